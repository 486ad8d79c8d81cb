#!/usr/bin/env bash
# cluster/bundle.sh: the bundle is small, asks nothing of our packages, and works elsewhere: in an empty root that holds the C library,
# a few tools and libtorch (where this user may make one), otherwise with a clean environment.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
if ! command -v patchelf >/dev/null; then
  echo "skipped: e2e.bundle needs patchelf (launch/setup.sh --with-tests)"
  exit 77
fi

build=$(dirname "$CANCE_BIN")
torch=$(sed -n 's|^TORCH_CPU_LIBRARY:.*=\(.*\)/lib/libtorch_cpu.so$|\1|p' "$build/CMakeCache.txt")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make_bundle() { "$CANCE_SOURCE_DIR/cluster/bundle.sh" --build "$build" "$@" 2>&1; }

# What cannot be bundled is refused before anything is written.
code=0
said=$("$CANCE_SOURCE_DIR/cluster/bundle.sh" --build "$work" --out "$work/none.tar.gz" 2>&1) || code=$?
[[ $code -eq 2 && $said == *"no build folder"* ]] || fail "a folder without a build: $code $said"
if grep -q '^CANCE_ARCH:STRING=native$' "$build/CMakeCache.txt"; then
  code=0
  said=$(make_bundle --out "$work/none.tar.gz") || code=$?
  [[ $code -eq 2 && $said == *"--native"* && ! -e $work/none.tar.gz ]] || fail "a build for one processor: $code $said"
fi

said=$(make_bundle --native --checks --out "$work/b.tar.gz") || fail "bundle.sh ended with $?: $said"
bytes=$(stat -c %s "$work/b.tar.gz")
[[ $bytes -lt 60000000 ]] || fail "the archive has $bytes bytes; expected less than 60 MB"

root=$work/root
mkdir -p "$root"/opt/{torch-site,elsewhere}
tar -xf "$work/b.tar.gz" -C "$root/opt/elsewhere"
bundle=$root/opt/elsewhere/cance-bundle
if [[ -f $CANCE_BIN/libcance-cuda.so && ! -f $bundle/lib/libcance-cuda.so ]]; then fail "lacks the part for GPUs"; fi
[[ -z $(find "$bundle" -name 'libtorch*' -o -name 'libc10*' -o -name 'libc.so*' -o -name 'libcu[dp]*' -o -name 'libnccl*') ]] ||
  fail "holds what belongs to the machine"
if grep -rlFI -e "$build" -e "$torch" "$bundle"; then fail "the files above name folders of the build"; fi
(cd "$bundle" && awk 'listed { print $3 "  " $1 } $1 == "file" { listed = 1 }' BUNDLE.txt >"$work/sums" &&
  sha256sum --quiet -c "$work/sums") || fail "BUNDLE.txt does not describe the files"
[[ $(wc -l <"$work/sums") -eq $(find "$bundle" -type f ! -name BUNDLE.txt | wc -l) ]] || fail "BUNDLE.txt does not list every file"

# The Slurm scripts start the bundle's program.
if [[ $("$bundle/cluster/submit.sh" --help) != *CANCE_BIN* ]]; then fail "submit.sh does not start from the bundle"; fi
[[ $(ln -s "$bundle/bin/cance" "$work/linked" && "$work/linked" --version) == cance\ * ]] || fail "a link to bin/cance does not start it"

# Every file of the bundle, and what it needs, is found in the bundle, in libtorch or in the C library.
# libcance-cuda.so is opened where libtorch has its CUDA packages, which bring the rest.
mapfile -t files < <(find "$bundle/libexec" "$bundle/lib" -type f ! -name '*.la' ! -name libcance-cuda.so)
strangers=$(env -i LD_LIBRARY_PATH="$torch/lib" /usr/bin/ldd "${files[@]}" 2>&1 |
  awk '/not found/ || $2 == "=>"' | grep -vF -e "$bundle/" -e "$torch/" |
  grep -vE '^[[:space:]]*lib(c|m|mvec|dl|rt|pthread|util|resolv)\.so' | sort -u) || true
[[ -z $strangers ]] || fail "needs libraries of this machine: $strangers"

cat >"$root/elsewhere.sh" <<'SCRIPT'
set -eu
bin=$1/opt/elsewhere/cance-bundle/bin
export OMP_NUM_THREADS=1 OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 OMPI_MCA_btl_vader_single_copy_mechanism=none
export OMPI_MCA_mpi_yield_when_idle=1
cd "$1/tmp"
mkdir -p home
export HOME=$PWD/home
if "$bin/cance" run x.cfg 2>message; then exit 1; fi
grep -q 'no libtorch: set CANCE_TORCH' message
if CANCE_TORCH=/tmp "$bin/cance" run x.cfg 2>message; then exit 1; fi
grep -q 'CANCE_TORCH=/tmp holds no lib/libtorch_cpu.so' message
# Other libraries of the same names on a cluster's library path, and libtorch found by that path alone.
mkdir decoy
for name in libmpi.so.40 libz.so.1 libstdc++.so.6; do : >"decoy/$name"; done
LD_LIBRARY_PATH=$PWD/decoy:$2/lib "$bin/cance-engine" --version
export CANCE_TORCH=$2
"$bin/cance" doctor
"$bin/cance" prep glyphs --train-per-class 40 --test-per-class 5 --out data/glyphs.h5
printf '[grid]\ndataset=glyphs\ncases=0-1\n[autoencoder]\nepochs=1\ndecoder_epochs=1\n[nce]\nepochs=1\n' >x.cfg
"$bin/mpirun" -n 2 --oversubscribe --bind-to none "$bin/cance" run x.cfg --data-root data --out runs
"$bin/cance" status runs
SCRIPT

as_root=()
[[ $(id -u) -eq 0 ]] || as_root=(--map-root-user)
# empty_root SCRIPT...: runs in the root, with the machine's /proc and /dev and libtorch at a place of its own.
empty_root() {
  # shellcheck disable=SC2016  # for the inner shell
  unshare --mount "${as_root[@]}" bash -c 'set -e
    mount --bind "$2" "$1/opt/torch-site"
    mount --rbind /proc "$1/proc"
    mount --rbind /dev "$1/dev"
    mount --rbind /sys "$1/sys"
    exec env -i PATH=/usr/bin:/bin /usr/sbin/chroot "$1" "${@:3}"' _ "$root" "$(dirname "$torch")" "$@"
}
fill_root() {
  mkdir -p "$root"/{bin,usr/bin,proc,dev,sys,etc,tmp}
  local tool
  for tool in sh cat readlink sed grep mkdir; do cp -L "$(command -v "$tool")" "$root/bin/"; done
  ldd "$root"/bin/* | grep -o '/[^ ]*\.so[^ ]*' >"$work/wanted"
  for tool in m mvec dl rt pthread util resolv; do ldconfig_path "lib$tool.so"; done >>"$work/wanted"
  sort -u "$work/wanted" | xargs cp -L --parents -t "$root"
  printf 'root:x:0:0::/tmp:/bin/sh\n' >"$root/etc/passwd"
  printf '127.0.0.1 localhost %s\n' "$(uname -n)" >"$root/etc/hosts"
}
ldconfig_path() { /sbin/ldconfig -p | awk -v name="$1." 'index($1, name) == 1 && /x86-64|AArch64/ && !found++ { print $NF }'; }

mkdir -p "$root/tmp"
fill_root
if empty_root /bin/sh -c : 2>"$work/refused"; then
  echo "in an empty root"
  said=$(empty_root /bin/sh /elsewhere.sh "" "/opt/torch-site/$(basename "$torch")" 2>&1) || fail "in an empty root: $said"
else
  echo "no empty root here ($(<"$work/refused")): with a clean environment"
  said=$(env -i PATH=/usr/bin:/bin /bin/sh "$root/elsewhere.sh" "$root" "$torch" 2>&1) || fail "with a clean environment: $said"
fi
printf '%s\n' "$said"
for text in "'cance run' works here" "mpirun (Open MPI)" "2 done, 0 failed, 0 missing"; do
  [[ $said == *"$text"* ]] || fail "does not say: $text"
done

said=$(CANCE_TORCH=$torch "$CANCE_SOURCE_DIR/tests/gpu/device_check.sh" --bundle "$bundle" --device cpu --tiny --out "$work/checks" \
  --only facts,tests,cell 2>&1) || fail "the checks of a device from a bundle: $said"
[[ $said == *"one cell, graphs | autoencoder "*"every step that could run did"* ]] || fail "the checks of a device: $said"
