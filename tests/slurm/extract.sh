#!/usr/bin/env bash
# extract.sh NAME WORK: features over the nodes of a cluster by submit.sh, against those of one rank.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
judge() { "$CANCE_TEST_PYTHON" "$CANCE_SOURCE_DIR/tests/parity/extract_files.py" "$@"; }

judge make .
submit_features() {
  "$cluster/submit.sh" extract --data long.h5 --weights random.safetensors --out features.h5 --site "$cluster/sites/local.sh" --nodes 2 \
    --ranks-per-node 1 "$@" -- --tap layer2 --size 64 --shard-rows 16
}
plan=$(submit_features --dry-run)
for line in '#SBATCH --nodes=2' '#SBATCH --signal=USR2@180' 'task=extract' "'--weights' '$work/random.safetensors'" "'--tap' 'layer2'"; do
  [[ $plan == *"$line"* ]] || fail "the plan lacks '$line': $plan"
done
[[ ! -e features.h5.shards ]] || fail "--dry-run wrote something"
code=0
message=$(submit_features --weights absent.pth 2>&1) || code=$?
[[ $code -eq 2 && $message == *"--weights absent.pth: no such file"* ]] || fail "$code: $message"
code=0
message=$("$cluster/submit.sh" extract --data long.h5 --weights random.safetensors --out features.h5 --dry-run -- --batch 5000 2>&1) || code=$?
[[ $code -eq 2 && $message == *"--batch 5000: expected 1 to 4096"* && $message != *'#SBATCH'* ]] || fail "$code: $message"

submit_features --wait >submitted 2>&1 || fail "not extracted: $(<submitted)"
grep -q '5 of 5 shards to do on 2 ranks' submitted || fail "not on two ranks: $(<submitted)"
cance extract --quiet --data long.h5 --weights random.safetensors --out alone.h5 --tap layer2 --size 64 --shard-rows 16
judge same alone.h5 features.h5
