# shellcheck shell=bash
# What the scripts of this folder share: places, messages, compiler cache, Open MPI's settings for one machine. Sourced, not run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${CANCE_CACHE:-${XDG_CACHE_HOME:-${HOME:+$HOME/.cache}}/cance}
[[ $cache != /cance ]] || cache=  # nowhere, which only setup.sh minds

# One cache for all checkouts and build folders; the sloppiness is what ccache asks for with precompiled headers.
export CCACHE_DIR=${CCACHE_DIR:-${cache:+$cache/ccache}} CCACHE_BASEDIR=${CCACHE_BASEDIR:-$root}
export CCACHE_SLOPPINESS=${CCACHE_SLOPPINESS:-pch_defines,time_macros,include_file_mtime,include_file_ctime}

say() { printf '\n== %s\n' "$*" >&2; }
note() { printf '   %s\n' "$*" >&2; }
die() {
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit 2
}

# closed WHO PATH: the first folder on the way to PATH that WHO, me or others, cannot enter; fails where there is none.
closed() {
  local folder='' part
  local -a parts
  IFS=/ read -r -a parts <<<"${2%/*}"
  for part in "${parts[@]}"; do
    [[ -n $part ]] || continue
    folder+=/$part
    if [[ $1 == me ]]; then
      [[ -x $folder || ! -e $folder ]] || { printf '%s\n' "$folder" && return; }
    else
      [[ $((0$(stat -c %a "$folder") & 011)) -ne 0 ]] || { printf '%s\n' "$folder" && return; }
    fi
  done
  return 1
}

# The folders in which cance-engine at $1 looks for its libraries, a line each.
library_folders() { LD_DEBUG=libs LD_TRACE_LOADED_OBJECTS=1 "$1" 2>&1 | sed -nE 's/.*search path=([^ \t]+)\s+\((RUNPATH|RPATH) .*/\1/p' | tr : '\n' | sort -u; }

# need_program PATH: the program is there and this user can start it; a build of a colleague may lie behind closed doors.
need_program() {
  local path folder
  if folder=$(closed me "$1"); then die "$1: you cannot enter $folder; ask its owner for 'chmod g+rx $folder'"; fi
  [[ -x $1 ]] || die "there is no $1; build it with launch/setup.sh, or set CANCE_BIN"
  ldd "$1-engine" 2>/dev/null | grep -q 'not found' || return 0
  while read -r path; do
    if folder=$(closed me "$path/"); then die "$1 needs $path, but you cannot enter $folder; ask its owner for 'chmod g+rx $folder'"; fi
  done < <(library_folders "$1-engine")
}

# step TEXT COMMAND...: runs the command and prints how long it took; kept in the file $CANCE_STEPS for `tell_steps`, also by
# scripts that this one starts.
step() {
  local text=$1 start=$SECONDS
  shift
  say "$text"
  "$@"
  note "$text: $((SECONDS - start)) s"
  [[ -z ${CANCE_STEPS:-} ]] || printf '%6d s  %s\n' $((SECONDS - start)) "$text" >>"$CANCE_STEPS"
}

# From here on steps are kept for tell_steps.
keep_steps() {
  CANCE_STEPS=$(mktemp)
  export CANCE_STEPS
  trap 'rm -f "$CANCE_STEPS"' EXIT
}
tell_steps() {
  say "what took how long"
  cat "$CANCE_STEPS" >&2
}

# build_progress: of a build's output (NINJA_STATUS as below) one line of what is done and left, rewritten on a terminal, every
# 30 s elsewhere; all other lines as they are.
export NINJA_STATUS='@%f/%t/%e@ '
build_progress() {
  local line text last=-30
  while IFS= read -r line; do
    if [[ $line =~ ^@([0-9]+)/([0-9]+)/([0-9]+)[.0-9]*@ ]]; then
      local done=${BASH_REMATCH[1]} total=${BASH_REMATCH[2]} seconds=${BASH_REMATCH[3]}
      [[ $done -gt 0 ]] || continue
      text="$done of $total steps"
      [[ $seconds -lt 20 ]] || text+=", about $((seconds * (total - done) / done)) s left"
      if [[ -t 2 ]]; then
        printf '\r   %s\e[K' "$text" >&2
        [[ $done -lt $total ]] || printf '\n' >&2
      elif ((seconds >= last + 30 || done == total)); then
        note "$text"
        last=$seconds
      fi
    else
      printf '%s\n' "$line" >&2
    fi
  done
}

# Ranks on the cores of one machine, as root in a container too. One thread a rank: ranks fill the cores.
single_machine_mpi() {
  export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
  export OMPI_MCA_rmaps_base_oversubscribe=1 OMPI_MCA_hwloc_base_binding_policy=none
  export OMPI_MCA_btl_vader_single_copy_mechanism=none
  # A rank that waits leaves its core to those it waits for, also where ranks are fewer than cores and others use the cores.
  export OMPI_MCA_mpi_yield_when_idle=${OMPI_MCA_mpi_yield_when_idle:-1}
  export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
}
