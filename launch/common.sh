# shellcheck shell=bash
# What the scripts of this folder share: places, messages, compiler cache, Open MPI's settings for one machine. Sourced, not run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${CANCE_CACHE:-${XDG_CACHE_HOME:-${HOME:?set HOME or CANCE_CACHE}/.cache}/cance}

# One cache for all checkouts and build folders; the sloppiness is what ccache asks for with precompiled headers.
export CCACHE_DIR=${CCACHE_DIR:-$cache/ccache} CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros,include_file_mtime,include_file_ctime}

say() { printf '\n== %s\n' "$*" >&2; }
note() { printf '   %s\n' "$*" >&2; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 2
}

# step TEXT COMMAND...: runs the command and prints how long it took.
step() {
  local text=$1 start=$SECONDS
  shift
  say "$text"
  "$@"
  note "$text: $((SECONDS - start)) s"
}

# Ranks on the cores of one machine, as root in a container too. One thread a rank: ranks fill the cores.
single_machine_mpi() {
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
  export OMPI_MCA_btl_vader_single_copy_mechanism=none
  export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
}
