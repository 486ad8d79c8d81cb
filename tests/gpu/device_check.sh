#!/usr/bin/env bash
# What only a device can show, by one command on a machine with a GPU, Python with torch, no network and none of our packages; the same
# on a CPU with tiny settings, so that it stays whole. Each step has its own time limit; a table comes out whatever happens.
set -euo pipefail

usage() {
  cat <<TEXT
usage: tests/gpu/device_check.sh [--bundle FILE|DIR | --build DIR] [--device cuda|cpu] [--tiny] [--out DIR] [--seconds N] [--only STEP,...]
  --bundle PLACE  made by 'cluster/bundle.sh --checks --mnist DIR' (default: device/cance-checks.tar.xz)
  --build DIR     programs of a build folder of this machine in its place
  --device WORD   cuda, or cpu to try the script itself (default: cuda)
  --tiny          drawn glyphs and few epochs
  --out DIR       for table.txt, log.txt and grid.csv (default: \$OUT, or device/out)
  --seconds N     in all (default: 540)
  --only STEPS    of: facts tests cell eager lanes seeds pytorch grid resume ranks fused extract
TEXT
}
die() {
  printf 'device_check.sh: %s\n' "$*" >&2
  exit 2
}

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(realpath "$here/../..")
bundle=$root/device/cance-checks.tar.xz build='' out=${OUT:-$root/device/out}
rest=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --bundle | --build | --out)
      printf -v "${1#--}" %s "$(realpath -m "${2:?$1 needs a place}")"
      shift
      ;;
    --device | --seconds | --only)
      rest+=("$1" "${2:?$1 needs a word}")
      shift
      ;;
    --tiny) rest+=("$1") ;;
    -h | --help)
      usage
      exit
      ;;
    *) die "unknown option '$1'; see tests/gpu/device_check.sh --help" ;;
  esac
  shift
done

python=${CANCE_TEST_PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if [[ -n $build ]]; then
  mkdir "$work/bin"
  ln -s "$build"/bin/* "$work/bin/"
  for program in gpu_test train_speed methods_speed; do ln -s "$build/tests/$program" "$work/bin/cance-$program"; done
  bin=$work/bin
else
  [[ -e $bundle ]] || die "$bundle is not there; make it with cluster/bundle.sh --checks, or name it with --bundle"
  [[ -d $bundle ]] || tar -C "$work" -xf "$bundle"
  [[ -d $bundle ]] || bundle=$work/cance-bundle
  bin=$bundle/bin
  if [[ -z ${CANCE_TORCH:-} ]]; then
    CANCE_TORCH=$("$python" -c 'import importlib.util as i; s = i.find_spec("torch"); print(s.submodule_search_locations[0] if s else "")')
    export CANCE_TORCH
  fi
fi
mkdir -p "$out"
"$python" "$here/device_check.py" --bin "$bin" --raw "$bundle/raw/mnist" --work "$work" --out "$out" "${rest[@]}"
