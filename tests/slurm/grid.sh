#!/usr/bin/env bash
# grid.sh NAME WORK: a grid through submit.sh from beginning to end. WORK keeps it; the tests of stops.sh compare with it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

rm -rf "$reference"
mkdir -p "$reference"
cat >"$reference/x.cfg" <<'CFG'
[grid]
dataset = glyphs
cases = 0-1
seeds = 0-1
methods = error,gaussian,cance
[autoencoder]
channels = 4,8
epochs = 70
decoder_epochs = 4
[nce]
hidden = 32,32
epochs = 45
CFG
cance prep glyphs --train-per-class 100 --test-per-class 20 --out "$reference/data/glyphs.h5" >/dev/null

# What is submitted: --dry-run shows it and writes nothing. More workers than an array may have fold into fewer.
submit_plan() {
  "$cluster/submit.sh" "$reference/x.cfg" --data-root "$reference/data" --out "$work/dry run" --dry-run "$@" 2>&1
}
plan=$(submit_plan --workers 6 --gpus-per-node=2 --sbatch-arg=--mem=1G --site "$cluster/sites/local.sh" --launcher mpirun -- --threads 2)
for line in '#SBATCH --array=0-3' '#SBATCH --gpus-per-node=2' '#SBATCH --ntasks-per-node=2' '#SBATCH --mem=1G' 'launcher=mpirun' \
  '#SBATCH --signal=B:USR2@180' '#SBATCH --time=30' 'MaxArraySize of this cluster is 4' "'--threads' '2'"; do
  [[ $plan == *"$line"* ]] || fail "the plan lacks '$line': $plan"
done
[[ ! -e "$work/dry run" ]] || fail "--dry-run wrote something"

not_planned() {
  local text=$1 message code=0
  shift
  message=$(submit_plan "$@") || code=$?
  [[ $code -eq 2 && $message =~ $text ]] || fail "'$*': exit code $code without '$text': $message"
}
not_planned "nce.epochs" --set nce.epochs=none
not_planned "--nodes 0: expected" --nodes 0
not_planned "--fuse 2 with --ranks-per-run 2: models are trained in one step by one rank" --nodes 2 -- --ranks-per-run 2 --fuse 2
not_planned "--lanes 2 with --ranks-per-run 2: lanes are for" --nodes 2 -- --ranks-per-run=2 --lanes 2
not_planned "--ranks-per-run 3 does not divide the 2 ranks" --nodes 2 --ranks-per-node 1 -- --ranks-per-run 3
not_planned "'--stop-mark' cannot be specified more than once" -- --stop-mark mark
not_planned "'--worker' cannot be specified more than once" --workers 2 -- --worker 0/2
not_planned "unknown argument '--node'" --node 2
not_planned "--partition needs a value" --partition
not_planned "expected srun or mpirun" --launcher ssh
not_planned "no such file" --site nowhere.sh

runs=$reference/runs
submit --wait
same
said '^job .*: done$' || fail "the job does not say that it is done: $(logs)"
said '^complete: ' || fail "the collector does not say that all is there: $(logs)"
[[ $(cance verify "$runs/archive.h5" 2>/dev/null) == *"archive of 4 runs"* ]] || fail "no archive of all cells: $(files_below "$runs")"
said 'CANCE' || fail "the collector shows no table: $(logs)"
