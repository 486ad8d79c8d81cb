#!/usr/bin/env bash
# The words of cluster/submit.sh: none becomes a command or a line of the batch script, and a job starts as from a login node also from
# inside another one. Stand-ins for the program and for Slurm.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir bin data
# shellcheck disable=SC2016 # the stand-in expands it
printf '#!/bin/sh\nenv >"%s/seen.$1"\necho "MaxArraySize = 1001"\n' "$work" | tee bin/cance bin/scontrol >bin/sbatch
chmod +x bin/*
export CANCE_BIN=$work/bin PATH=$work/bin:$PATH
printf '[grid]\ndataset=glyphs\n' >x.cfg

plan() { "$CANCE_SOURCE_DIR/cluster/submit.sh" x.cfg --data-root data --out runs --dry-run "$@" 2>&1; }
# not_planned TEXT ARGUMENT...
not_planned() {
  local text=$1 message code=0
  shift
  message=$(plan "$@") || code=$?
  [[ $code -eq 2 && $message == *"$text"* && $message != *'#SBATCH'* ]] || fail "'$*': exit code $code without '$text': $message"
  [[ ! -e PWN ]] || fail "'$*' ran a command"
}
# shellcheck disable=SC2016 # nothing is to be expanded
{
  for option in nodes ranks-per-node gpus-per-node workers max-restarts signal-seconds; do
    not_planned "--$option" "--$option" 'BASH_VERSINFO[$(touch PWN)0]'
  done
  for option in time partition account; do
    not_planned 'expected one word' "--$option" $'main\ntouch PWN'
  done
  not_planned 'expected one option' --sbatch-arg $'--mem=1\ntouch PWN'
  not_planned 'expected one option' --sbatch-arg 'touch PWN'
  for out in 'a\b' 'a"b' 'a%b' $'a\nb'; do not_planned '--out' --out "$out"; done
  text=$(plan --set 'a=$(touch PWN)' --partition main --sbatch-arg=--mem=1G -- --only '$(touch PWN)')
  [[ $text == *"'--only' '\$(touch PWN)'"* && $text == *$'\n#SBATCH --mem=1G\n'* && $text == *$'\n#SBATCH --partition=main\n'* ]] || fail "$text"
}
[[ ! -e PWN ]] || fail "a word ran as a command"

printf '#!/bin/sh\nexit 1\n' >bin/scontrol
[[ $(plan) == *'controller of Slurm does not answer'*'#SBATCH --nodes=1'* ]] || fail "nothing of the controller that does not answer"

# Of the job around it nothing reaches the new one, but what the user chose does.
SLURM_JOB_ID=7 SLURM_MEM_PER_CPU=100 SLURM_CPUS_PER_TASK=2 SLURM_GPUS_PER_NODE=1 SLURM_TRES_PER_TASK=cpu:2 SRUN_CPUS_PER_TASK=2 PMIX_RANK=0 \
  OMPI_COMM_WORLD_SIZE=2 CUDA_VISIBLE_DEVICES=3 TMPDIR=/scratch/job.7 SLURM_CONF=/x/slurm.conf OMPI_MCA_btl=tcp SBATCH_ACCOUNT=mine \
  "$CANCE_SOURCE_DIR/cluster/submit.sh" x.cfg --data-root data --out runs 2>/dev/null
for seen in seen.run seen.--parsable; do
  ! grep -E '^(SLURM_[A-BD-Z]|SLURM_CPUS|SRUN_|PMIX_|OMPI_COMM|CUDA_VIS|TMPDIR)' "$seen" || fail "$seen: left of the job around it"
  [[ $(grep -cE '^(SLURM_CONF|OMPI_MCA_btl|SBATCH_ACCOUNT)=' "$seen") -eq 3 ]] || fail "$seen: the user's own settings are gone"
done
SLURM_PARTITION=mine plan >/dev/null
grep -q '^SLURM_PARTITION=mine' seen.run || fail "outside a job a variable of the user is gone"

# The build of a colleague in a folder that only they may enter: it is named.
if [[ $(id -u) -eq 0 ]]; then
  chmod 755 "$work"
  mkdir -m 700 private
  cp -r bin private/
  cp -r "$CANCE_SOURCE_DIR/cluster" "$CANCE_SOURCE_DIR/launch" .
  code=0
  text=$(CANCE_BIN=$work/private/bin setpriv --reuid=65534 --regid=65534 --clear-groups env -u HOME cluster/submit.sh x.cfg --data-root data \
    --out runs --dry-run 2>&1) || code=$?
  [[ $code -eq 2 && $text == *"you cannot enter $work/private; ask its owner"* ]] || fail "a build behind a closed folder: $code, $text"
fi
