#!/usr/bin/env bash
# Packs the built programs with their MPI, HDF5, oneDNN and every small library into one folder that runs on a machine that has the
# same libtorch and none of our packages. libtorch, the GPU's libraries and the C library stay the machine's.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../launch/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../launch/common.sh"

usage() {
  cat <<TEXT
usage: cluster/bundle.sh [--build DIR] [--out FILE.tar.gz|FILE.tar.xz|DIR] [--native] [--checks [--mnist DIR]]
  --build DIR  the build folder (default: build)
  --out PLACE  an archive, or a folder that is not there yet (default: cance-bundle.tar.gz)
  --native     accept a build for this very processor (CANCE_ARCH=native)
  --checks     with what tests/gpu/device_check.sh runs (default of --out: device/cance-checks.tar.xz)
  --mnist DIR  and with MNIST's four files from there
For other machines: launch/setup.sh --preset portable; cluster/bundle.sh --build build-portable
There: CANCE_TORCH=.../site-packages/torch cance-bundle/bin/cance doctor; BUNDLE.txt in it says what it holds and needs.
TEXT
}

# Of the C library, which fits the machine's loader only, and of its GPU: the driver, and what libtorch brings.
system_libraries='^(ld-linux.*|lib(c|m|mvec|dl|rt|pthread|util|resolv|nsl|anl))\.so|^lib(cuda|cudart|cublas|cudnn|cupti|nccl|nvrtc|nvidia)'
# Open MPI's plugins for networks that need libraries of the site, and those of OpenSHMEM. Ranks of cance exchange little over MPI;
# between GPUs NCCL uses the fast network by itself.
left_out='_(ucx|ofi|openib|uct|psm2?|usnic|portals4|flux)\.so$|/mca_(atomic|memheap|scoll|spml|sshmem)_'

cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt"; }
mpi_path() { "$mpi_bin/ompi_info" --path "$1" --parsable | cut -d: -f3; }

check_build() {
  [[ -f $build/CMakeCache.txt ]] || die "$build is no build folder; build with launch/setup.sh, or name one with --build"
  local program
  for program in cance cance-engine; do
    [[ -x $build/bin/$program ]] || die "$build/bin/$program is not there; cmake --build $build --target $program"
  done
  processor=$(uname -m)
  [[ $(cached CANCE_ARCH) == OFF ]] || processor+=", $(cached CANCE_ARCH)"
  if [[ $(cached CANCE_ARCH) == native ]]; then
    processor="this processor only: $(sed -n '/^model name/ { s/.*: //p; q }' /proc/cpuinfo)"
  fi
  if [[ $processor == this* && $native == no ]]; then
    die "$build was compiled for this very processor (CANCE_ARCH=native) and may stop with 'illegal instruction' elsewhere;" \
      "build with launch/setup.sh --preset portable, or say --native for machines of this kind"
  fi
  command -v patchelf >/dev/null || die "patchelf is not on the PATH (Debian: apt-get install patchelf)"
  torch=$(realpath "$(dirname "$(cached TORCH_CPU_LIBRARY)")/..")
  mpi_bin=$(dirname "$(realpath "$(command -v "$(cached MPIEXEC_EXECUTABLE)")")")
  [[ -x $mpi_bin/ompi_info && -x $mpi_bin/orted ]] || die "$mpi_bin is not of Open MPI; only Open MPI can be bundled"
}

# libraries_of FILE: 'name path' of the libraries that the file itself asks for, the machine's and libtorch's left out.
libraries_of() {
  local name path
  ldd "$1" | awk '$2 == "=>" && $3 ~ "^/" { print $1, $3 }' >"$work/resolved"
  patchelf --print-needed "$1" | { grep -Ev "$system_libraries" || true; } | while read -r name; do
    path=$(awk -v name="$name" '$1 == name { print $2; exit }' "$work/resolved")
    [[ -n $path ]] || die "$1 needs $name, which is not found here"
    path=$(realpath "$path")
    case $path in "$torch"/* | "${torch%/*}"/nvidia/*) continue ;; esac
    printf '%s %s\n' "$name" "$path"
  done
}

# take FILE TARGET RUNPATH: copies a program or library, with the libraries it needs, all of which find each other from there.
# DT_RPATH and not RUNPATH: another libmpi on the library path of a cluster must not come in between.
take() {
  local name path
  printf '%s %s\n' "${2#"$bundle"/}" "$(realpath "$1")" >>"$work/origins"
  install -m 755 "$1" "$2"
  [[ $1 != "$build"/* ]] || strip "$2"
  patchelf --force-rpath --set-rpath "$3" "$2"
  libraries_of "$1" >"$work/needed.${2##*/}"
  while read -r name path; do
    # shellcheck disable=SC2016  # $ORIGIN is for the loader
    [[ -e $bundle/lib/$name ]] || take "$path" "$bundle/lib/$name" '$ORIGIN'
  done <"$work/needed.${2##*/}"
}

# shellcheck disable=SC2016  # $ORIGIN is for the loader
take_programs() {
  mkdir -p "$bundle"/{bin,cluster,etc,launch,lib/openmpi,lib/pmix,libexec,share}
  take "$build/bin/cance" "$bundle/libexec/cance" '$ORIGIN/../lib'
  take "$build/bin/cance-engine" "$bundle/libexec/cance-engine" '$ORIGIN/../lib'
  [[ ! -f $build/bin/libcance-cuda.so ]] || take "$build/bin/libcance-cuda.so" "$bundle/lib/libcance-cuda.so" '$ORIGIN'
  take "$mpi_bin/orterun" "$bundle/libexec/mpirun" '$ORIGIN/../lib'
  take "$mpi_bin/orted" "$bundle/libexec/orted" '$ORIGIN/../lib'
  local program
  for program in cance cance-engine mpirun orted; do
    install -m 755 "$root/cluster/bundle_start.sh" "$bundle/bin/$program"
  done
  cp -r "$root/configs" "$bundle/"
  # For submit.sh, with CANCE_BIN=bin.
  cp "$root"/cluster/{submit,job,collect}.sh "$bundle/cluster/"
  cp -r "$root/cluster/sites" "$bundle/cluster/"
  cp "$root/launch/common.sh" "$bundle/launch/"
}

# shellcheck disable=SC2016  # $ORIGIN is for the loader
take_checks() {
  local program file
  for program in gpu_test train_speed methods_speed; do
    [[ -x $build/tests/$program ]] || die "$build/tests/$program is not there; cmake --build $build --target $program"
    take "$build/tests/$program" "$bundle/libexec/cance-$program" '$ORIGIN/../lib'
    install -m 755 "$root/cluster/bundle_start.sh" "$bundle/bin/cance-$program"
  done
  [[ -n $mnist ]] || return 0
  mkdir -p "$bundle/raw/mnist"
  for file in {train,t10k}-{images-idx3,labels-idx1}-ubyte; do
    [[ -f $mnist/$file.gz ]] || die "$mnist/$file.gz is not there; --mnist names the folder of MNIST's four files"
    install -m 644 "$mnist/$file.gz" "$bundle/raw/mnist/"
  done
}

# shellcheck disable=SC2016  # $ORIGIN is for the loader
take_plugins() {
  local plugin
  for plugin in "$(mpi_path pkglibdir)"/*.so; do
    [[ $plugin =~ $left_out ]] || take "$plugin" "$bundle/lib/openmpi/${plugin##*/}" '$ORIGIN/..'
  done
  local pmix
  pmix=$(awk '$1 ~ "^lib/libpmix" { print $2 }' "$work/origins")
  for plugin in "${pmix%/*}"/pmix/*.so; do
    [[ ! -e $plugin ]] || take "$plugin" "$bundle/lib/pmix/${plugin##*/}" '$ORIGIN/..'
  done
  local texts settings
  texts=$(mpi_path pkgdatadir)
  cp -r "$texts" "$bundle/share/openmpi"
  find "$texts" -type f -printf "share/openmpi/%P %p\n" >>"$work/origins"
  settings=$(mpi_path sysconfdir)/openmpi-mca-params.conf
  [[ ! -f $settings ]] || cp "$settings" "$bundle/etc/"
}

# oneDNN is opened at run time (src/nn); without it the engine multiplies by libtorch, slower.
take_onednn() {
  local name path
  for name in libdnnl.so.3 libdnnl.so.2; do
    path=$(/sbin/ldconfig -p | awk -v name="$name" '$1 == name && !found++ { print $NF }')
    if [[ -n $path ]]; then
      # shellcheck disable=SC2016  # $ORIGIN is for the loader
      take "$path" "$bundle/lib/$name" '$ORIGIN'
      return 0
    fi
  done
  note "no oneDNN here (Debian: libdnnl-dev): dense layers will multiply by libtorch"
}

# The newest version of the C library that a file of the bundle asks for.
newest_glibc() {
  find "$bundle" -type f \( -path '*/libexec/*' -o -name '*.so*' \) -exec objdump -T {} + | grep -o 'GLIBC_[0-9.]*' | sort -uV | tail -n 1
}

# Fills owner[file of the bundle] with the Debian package and version it came from.
find_owners() {
  local file origin package path number
  local -A of_path version
  while read -r package path; do of_path[$path]=$package; done < <(awk '{ print $2; sub("^/usr", "", $2); print $2 }' \
    "$work/origins" | sort -u | xargs dpkg-query -S 2>/dev/null | sed 's/\(:[a-z0-9]*\)\?: / /')
  while read -r package number; do version[$package]=$number; done < <(dpkg-query -W -f '${Package} ${Version}\n' 2>/dev/null)
  while read -r file origin; do
    package=${of_path[$origin]:-${of_path[${origin#/usr}]:-}}
    owner[$file]=${package:+$package ${version[$package]}}
  done <"$work/origins"
}

write_manifest() {
  local engine size sum file
  local -A owner
  engine=$("$build/bin/cance-engine" --version) || die "$build/bin/cance-engine does not start: $engine"
  sed -n 's/.*libtorch \([0-9][0-9.]*\).*/\1/p' <<<"$engine" >"$bundle/share/torch-version"
  find_owners
  {
    "$build/bin/cance" --version
    printf '%s\n' "$engine"
    printf 'compiled for: %s\n' "$processor"
    printf 'needs of the machine: %s or newer, libtorch %s (CANCE_TORCH=the torch folder)\n' "$(newest_glibc)" \
      "$(<"$bundle/share/torch-version")"
    printf '\n%-44s %10s  %-64s  %s\n' file bytes sha256 from
    (cd "$bundle" && find . -type f -printf '%P\n' | sort | xargs sha256sum) | while read -r sum file; do
      size=$(stat -c %s "$bundle/$file")
      printf '%-44s %10d  %s  %s\n' "$file" "$size" "$sum" "${owner[$file]:-cance}"
    done
  } >"$work/BUNDLE.txt"
  mv "$work/BUNDLE.txt" "$bundle/"
}

pack() {
  mkdir -p "$(dirname "$out")"
  case $out in
    *.tar.gz | *.tar.xz)
      local -a packer=(gzip -n)
      [[ $out == *.tar.gz ]] || packer=(xz -T0)
      tar -C "$work" --sort=name --owner=0 --group=0 --numeric-owner -cf - cance-bundle | "${packer[@]}" >"$out.partial"
      mv "$out.partial" "$out"
      ;;
    *) mv "$bundle" "$out" ;;
  esac
}

build=$root/build out='' native=no checks=no mnist=''
while [[ $# -gt 0 ]]; do
  case $1 in
    --build | --out | --mnist)
      printf -v "${1#--}" %s "${2:?$1 needs a place}"
      shift
      ;;
    --native) native=yes ;;
    --checks) checks=yes ;;
    -h | --help)
      usage
      exit
      ;;
    *) die "unknown option '$1'; see cluster/bundle.sh --help" ;;
  esac
  shift
done
[[ -n $out || $checks == no ]] || out=device/cance-checks.tar.xz
out=${out:-cance-bundle.tar.gz}
[[ $out == *.tar.[gx]z || ! -e $out ]] || die "--out $out is there already; give a new folder or a name that ends in .tar.gz or .tar.xz"
[[ $checks == yes || -z $mnist ]] || die "--mnist goes with --checks"
build=$(realpath -m "$build")
check_build

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/cance-bundle
step "programs" take_programs
step "plugins of Open MPI" take_plugins
step "oneDNN" take_onednn
[[ $checks == no ]] || step "checks of a device" take_checks
step "manifest" write_manifest
unpacked=$(du -sm "$bundle" | cut -f1)
step "packing" pack
say "$out: $(du -sm "$out" | cut -f1) MiB, unpacked $unpacked MiB"
