#!/bin/sh
# In a bundle (cluster/bundle.sh) bin/cance, cance-engine, mpirun and orted are copies of this file: each starts the program of its
# name in libexec/. Its own libraries it finds by itself; this adds libtorch of the machine and tells Open MPI where it lies now.
set -eu
self=$(readlink -f "$0")
top=${self%/bin/*}
name=${self##*/}

fail() {
  printf '%s: %s\n' "$name" "$*" >&2
  exit 2
}

# use_torch VARIABLE FOLDER: libtorch in the folder, or in a Python environment there.
use_torch() {
  torch=
  for folder in "$2" "$2/torch" "$2"/lib/python3.*/site-packages/torch; do
    if [ -z "$torch" ] && [ -f "$folder/lib/libtorch_cpu.so" ]; then torch=$folder; fi
  done
  [ -n "$torch" ] || fail "$1=$2 holds no lib/libtorch_cpu.so; expected the torch folder of Python's site-packages" \
    "(python3 -c 'import torch; print(torch.__path__[0])') or an unpacked libtorch"
  wanted=$(cat "$top/share/torch-version")
  there=$wanted
  for file in "$torch/version.py" "$torch/build-version"; do
    if [ -f "$file" ]; then
      there=$(sed -n "s/^\(__version__ = '\)\{0,1\}\([0-9][0-9.]*\).*/\2/p" "$file")
      break
    fi
  done
  [ "$there" = "$wanted" ] || fail "$torch is libtorch $there; this bundle was built with $wanted and needs that version"
  CANCE_TORCH=$torch
  export CANCE_TORCH
}

# Whether the library path leads to libtorch.
torch_on_path() {
  rest=${LD_LIBRARY_PATH:-}:
  while [ -n "$rest" ]; do
    if [ -f "${rest%%:*}/libtorch_cpu.so" ]; then return 0; fi
    rest=${rest#*:}
  done
  return 1
}

if [ -n "${CANCE_TORCH:-}" ]; then
  use_torch CANCE_TORCH "$CANCE_TORCH"
elif [ -n "${TORCH_ROOT:-}" ]; then
  use_torch TORCH_ROOT "$TORCH_ROOT"
elif ! torch_on_path && { [ "$name" = cance-engine ] || [ "${1:-}" = run ]; }; then
  fail "no libtorch: set CANCE_TORCH to the torch folder of Python's site-packages" \
    "(python3 -c 'import torch; print(torch.__path__[0])')"
fi

export OPAL_PREFIX="$top" OPAL_BINDIR="$top/bin" OPAL_LIBDIR="$top/lib" OPAL_PKGLIBDIR="$top/lib/openmpi" \
  OPAL_PKGDATADIR="$top/share/openmpi" OPAL_SYSCONFDIR="$top/etc" OMPI_MCA_orte_launch_agent="$top/bin/orted" \
  PMIX_PREFIX="$top" PMIX_LIBDIR="$top/lib" PMIX_PKGLIBDIR="$top/lib/pmix" PMIX_SYSCONFDIR="$top/etc" PATH="$top/bin:$PATH"

case $name in
  # Not for mpirun and orted: the srun and ssh that they start are the machine's.
  cance*)
    for folder in ${CANCE_TORCH:+"$CANCE_TORCH/../nvidia"/*/lib "$CANCE_TORCH/lib"}; do
      export LD_LIBRARY_PATH="$folder${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
    done
    ;;
  # Ranks on other nodes look for libtorch by the same variable. Open MPI ends where ssh is absent, needed or not.
  mpirun)
    set -- ${CANCE_TORCH:+-x CANCE_TORCH} "$@"
    command -v ssh >/dev/null || command -v rsh >/dev/null || export OMPI_MCA_plm="${OMPI_MCA_plm:-^rsh}"
    ;;
esac
exec "$top/libexec/$name" "$@"
