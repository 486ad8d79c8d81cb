#!/usr/bin/env bash
# Runs `cance` on N ranks of this machine: launch/local.sh N run configs/quickstart.cfg --data-root DIR --out DIR
# CANCE_BIN names the folder of the programs when it is not build/bin.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

if [[ $# -lt 2 || ! $1 =~ ^[1-9][0-9]*$ ]]; then
  die "usage: launch/local.sh N cance-arguments...   (N ranks, for example: launch/local.sh 2 run configs/quickstart.cfg" \
    "--data-root data --out runs)"
fi
ranks=$1 most=$((32 * $(nproc)))
shift
[[ ${#ranks} -le 5 && $ranks -le $most ]] || die "$ranks ranks on $(nproc) cores: expected at most $most; each takes 0.2 GB"
program=${CANCE_BIN:-$root/build/bin}/cance
need_program "$program"
command -v mpirun >/dev/null || die "mpirun is not on the PATH; launch/setup.sh installs Open MPI (Debian: openmpi-bin)"

single_machine_mpi
if ! mpirun --version 2>/dev/null | grep -q 'Open MPI'; then
  exec mpirun -n "$ranks" "$program" "$@"
fi
exec mpirun --oversubscribe --bind-to none -n "$ranks" "$program" "$@"
