#!/usr/bin/env bash
# Inside a bare Debian 12, as root, from the root of the sources: builds the program for any processor of this kind and leaves
# /opt/cance (a bundle) and /opt/site-packages (libtorch). Containerfile and cance.def run it and keep those two folders only.
set -euo pipefail

# Debian's packages as of this day: compiler, MPI, HDF5 and the rest keep their versions. libtorch is pinned by launch/setup.sh.
snapshot=20250601T000000Z
rm -f /etc/apt/sources.list.d/debian.sources
cat >/etc/apt/sources.list <<LIST
deb [check-valid-until=no] http://snapshot.debian.org/archive/debian/$snapshot bookworm main
deb [check-valid-until=no] http://snapshot.debian.org/archive/debian-security/$snapshot bookworm-security main
LIST
printf 'Acquire::Retries "10";\n' >/etc/apt/apt.conf.d/80-retries
apt-get update -q
apt-get install -y --no-install-recommends patchelf python3-venv

export HOME=/root CANCE_CACHE=/opt/cache
options=(--preset portable)
[[ ${CANCE_GPU:-no} == no ]] || options+=(--gpu)
launch/setup.sh "${options[@]}"
cluster/bundle.sh --build build-portable --out /opt/cance

torch=$(sed -n 's|^TORCH_CPU_LIBRARY:.*=\(.*\)/lib/libtorch_cpu.so$|\1|p' build-portable/CMakeCache.txt)
mkdir -p /opt/site-packages/torch
cp -a "$torch/lib" "$torch/version.py" /opt/site-packages/torch/
cp -a "${torch%/*}/nvidia" /opt/site-packages/
CANCE_TORCH=/opt/site-packages/torch /opt/cance/bin/cance doctor
