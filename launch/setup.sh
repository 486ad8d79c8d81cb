#!/usr/bin/env bash
# Makes a Debian machine ready and builds: packages, libtorch, cmake. Everything that is already there is left alone.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages=(g++ cmake ninja-build ccache pkg-config git ca-certificates
  libopenmpi-dev openmpi-bin libhdf5-dev libboost-program-options-dev libspdlog-dev libfmt-dev nlohmann-json3-dev
  zlib1g-dev libarchive-dev libmatio-dev libcurl4-openssl-dev libturbojpeg0-dev libpng-dev libssl-dev libdnnl-dev libsvm-dev libgtest-dev python3 python3-venv python3-pip)
test_packages=(shellcheck clang-format-14 patchelf slurmctld slurmd slurm-client munge)
test_wheels=(h5py pandas numpy scikit-learn pillow==12.3.0 onnxruntime safetensors)

# The wheel links torch_cpu against these two CUDA libraries; the rest of its 4.7 GB of GPU packages is not needed.
torch_version=2.11.0
torch_wheels=("torch==$torch_version" nvidia-cuda-runtime==13.0.96 nvidia-cuda-cupti==13.0.85)
nccl_wheel=nvidia-nccl-cu13==2.28.9  # its header is needed to build for GPUs
torch_venv=$cache/torch-$torch_version
test_venv=$cache/test-python
torch_header=include/torch/csrc/api/include/torch/torch.h

usage() {
  cat <<TEXT
usage: launch/setup.sh [--with-tests] [--gpu] [--no-build] [--preset NAME] [--env]
  --with-tests   also what launch/test.sh needs, and builds the tests and the parts for GPUs
  --gpu          also the CUDA packages of libtorch (4.7 GB), and builds the parts for GPUs (NCCL, CUDA graphs)
  --no-build     packages and libtorch only
  --preset NAME  of CMakePresets.json (default: release)
  --env          installs nothing; prints shell lines for work by hand: eval "\$(launch/setup.sh --env)"
Environment: CANCE_CACHE (default ~/.cache/cance) holds libtorch and the compiler cache; CMAKE_PREFIX_PATH, TORCH_ROOT
or an active conda environment with libtorch are used instead of the wheel; CANCE_JOBS limits the build.
TEXT
}

# The folder below $1 that holds include/ and lib/ of libtorch, if any: a download, site-packages or conda.
torch_below() {
  local folder
  for folder in "$1" "$1"/torch "$1"/lib/python3.*/site-packages/torch; do
    if [[ -f $folder/$torch_header && -f $folder/lib/libtorch_cpu.so ]]; then
      printf '%s\n' "$folder"
      return 0
    fi
  done
  return 1
}

# libtorch of the user: TORCH_ROOT, CMAKE_PREFIX_PATH (also set by modules), conda.
given_torch() {
  if [[ -n ${TORCH_ROOT:-} ]]; then
    torch_below "$TORCH_ROOT" || die "TORCH_ROOT=$TORCH_ROOT holds no libtorch; expected $torch_header and" \
      "lib/libtorch_cpu.so in it. Correct it, or unset it to install the wheel."
    return 0
  fi
  local prefix
  local -a prefixes
  IFS=':;' read -r -a prefixes <<<"${CMAKE_PREFIX_PATH:-}:${CONDA_PREFIX:-}"
  for prefix in "${prefixes[@]}"; do
    if [[ -n $prefix ]] && torch_below "$prefix"; then
      return 0
    fi
  done
  return 1
}

as_root() {
  if [[ $(id -u) -eq 0 ]]; then "$@"; else sudo -n "$@"; fi
}

# Installs those of the named packages that are absent; without the right to, says which and how.
install_packages() {
  local package
  local -a missing=()
  if ! command -v dpkg-query >/dev/null; then
    note "not a Debian system: cmake will say what it lacks of: $*"
    return 0
  fi
  for package in "$@"; do
    [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || missing+=("$package")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    note "all there"
    return 0
  fi
  local -a install=(apt-get install -y --no-install-recommends "${missing[@]}")
  if ! as_root true 2>/dev/null; then
    printf 'setup.sh: missing packages: %s\nInstall them as root, then start again:\n  sudo apt-get update && sudo %s\n' \
      "${missing[*]}" "${install[*]}" >&2
    exit 2
  fi
  note "installing ${missing[*]}"
  as_root apt-get update -q >&2
  as_root env DEBIAN_FRONTEND=noninteractive "${install[@]}" >&2
}

# make_venv FOLDER PIP-ARGUMENT...: a virtual environment that counts only once it is whole.
make_venv() {
  local folder=$1 attempt
  shift
  rm -rf "$folder"
  python3 -m venv "$folder"
  mkdir -p "$folder/tmp"
  for attempt in 1 2 3; do
    if TMPDIR=$folder/tmp "$folder/bin/python" -m pip install --disable-pip-version-check --no-input --retries 10 \
      --timeout 60 --no-cache-dir --progress-bar off "$@" >&2; then
      rm -rf "$folder/tmp"
      return 0
    fi
    note "pip failed (attempt $attempt of 3)"
    sleep 5
  done
  die "pip could not install: $*. Is the package index reachable? Start again to retry."
}

install_torch() {
  mkdir -p "$cache"
  exec 9>"$torch_venv.lock"
  flock -n 9 || { note "another setup is installing libtorch; waiting for it"; flock 9; }
  if [[ ! -e $torch_venv/complete ]]; then
    note "downloads 0.5 GB and takes 1.2 GB in $torch_venv (2 GB while it installs), once"
    local free_kib
    free_kib=$(df -Pk "$cache" | awk 'NR == 2 { print $4 }')
    [[ $free_kib -gt 2200000 ]] || die "only $((free_kib / 1024)) MiB free in $cache, 2.2 GB needed; set CANCE_CACHE elsewhere"
    make_venv "$torch_venv" --no-deps --no-compile "${torch_wheels[@]}"
    local folder
    folder=$(torch_below "$torch_venv") || die "the wheel torch==$torch_version holds no C++ headers for this machine"
    if ldd "$folder/lib/libtorch_cpu.so" | grep 'not found' >&2; then
      die "libtorch of the wheel lacks the libraries named above"
    fi
    touch "$torch_venv/complete"
  fi
  exec 9>&-
}

# into_torch MARK WHEEL...: further packages beside libtorch, unless the user's own is used.
into_torch() {
  local mark=$torch_venv/$1
  shift
  [[ $torch == "$torch_venv"/* && ! -e $mark ]] || return 0
  note "installing $* into $torch_venv"
  TMPDIR=$cache "$torch_venv/bin/python" -m pip install --disable-pip-version-check --no-input --retries 10 --timeout 60 \
    --no-cache-dir --progress-bar off "$@" >&2 || die "pip could not install: $*. Is the package index reachable? Start again to retry."
  touch "$mark"
}

# Whether the parts for GPUs can be built with this libtorch; one without CUDA trains on the CPU.
choose_cuda() {
  [[ $gpu == no ]] || into_torch complete-gpu "torch==$torch_version"
  [[ $tests == no ]] || into_torch complete-nccl --no-deps "$nccl_wheel"
  if [[ -f $torch/lib/libtorch_cuda.so ]]; then
    cuda=ON
  elif [[ $gpu == yes ]]; then
    die "--gpu: $torch holds no libtorch_cuda.so; give a libtorch that was built for CUDA, or none to install the wheel"
  else
    note "$torch is without CUDA: the parts for GPUs are not built"
  fi
}

install_test_wheels() {
  mkdir -p "$cache"
  if [[ ! -e $test_venv/complete || $(<"$test_venv/complete") != "${test_wheels[*]}" ]]; then
    make_venv "$test_venv" "${test_wheels[@]}"
    printf '%s\n' "${test_wheels[*]}" >"$test_venv/complete"
  fi
}

# Finds libtorch for this process and its children; $torch is its folder.
use_torch() {
  if torch=$(given_torch); then
    note "yours: $torch"
  elif [[ -n ${TORCH_ROOT:-} ]]; then
    exit 2
  else
    [[ $1 == look ]] || install_torch
    [[ -e $torch_venv/complete ]] || die "libtorch is not installed yet; run launch/setup.sh first"
    torch=$(torch_below "$torch_venv")
    note "$torch"
  fi
  case :${CMAKE_PREFIX_PATH:-}: in
    *:"$torch":*) ;;
    *) export CMAKE_PREFIX_PATH=$torch${CMAKE_PREFIX_PATH:+:$CMAKE_PREFIX_PATH} ;;
  esac
}

print_environment() {
  use_torch look
  local name
  for name in CMAKE_PREFIX_PATH CCACHE_DIR CCACHE_BASEDIR CCACHE_SLOPPINESS; do
    printf 'export %s=%q\n' "$name" "${!name}"
  done
}

configure() {
  # Looked for afresh: another libtorch may be given than last time.
  (cd "$root" && cmake --preset "$preset" -DCANCE_CUDA="$cuda" -UTORCH_INCLUDE_DIR -UTORCH_CPU_LIBRARY -UC10_LIBRARY -UTORCH_CUDA_LIBRARY \
    -UC10_CUDA_LIBRARY -UNCCL_INCLUDE_DIR -UCUDA_INCLUDE_DIR >&2)
}

build() {
  (cd "$root" && cmake --build --preset "$preset" -j "$jobs" "$@" 2>&1 | build_progress)
}

[[ -n $cache ]] || die "set HOME or CANCE_CACHE, where libtorch and the compiler cache are to lie"
# Colleagues may want to use this build too.
tell_closed() {
  local path folder
  for path in "$root/" "$torch/lib/"; do
    if folder=$(closed others "$path"); then
      note "only you can use this build: others cannot enter $folder (chmod g+rx $folder opens it to its group)"
    fi
  done
}

preset=release tests=no gpu=no cuda=OFF build=yes jobs=${CANCE_JOBS:-$(nproc)}
while [[ $# -gt 0 ]]; do
  case $1 in
    --with-tests) tests=yes ;;
    --gpu) gpu=yes ;;
    --no-build) build=no ;;
    --preset)
      preset=${2:?--preset needs a name}
      shift
      ;;
    --env)
      print_environment
      exit
      ;;
    -h | --help)
      usage
      exit
      ;;
    *) die "unknown option '$1'; see launch/setup.sh --help" ;;
  esac
  shift
done

step "packages" install_packages "${packages[@]}"
if [[ $tests == yes ]]; then
  step "packages of the tests" install_packages "${test_packages[@]}"
  step "Python packages of the tests (0.5 GB in $test_venv)" install_test_wheels
fi
step "libtorch" use_torch install
if [[ $tests == yes || $gpu == yes ]]; then
  step "parts for GPUs" choose_cuda
fi
if [[ $build == yes ]]; then
  step "configuration (preset $preset)" configure
  if [[ $tests == yes ]]; then
    step "build with tests" build
  else
    targets=(cance cance-engine)
    [[ $cuda == OFF ]] || targets+=(cance_cuda)
    step "build" build --target "${targets[@]}"
  fi
  tell_closed
fi
