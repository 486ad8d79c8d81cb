#!/usr/bin/env bash
# Cells side by side in lanes of one rank: the bits of one after another, also with rows from the file, and stopped in the middle. The
# preset tsan-engine runs this under the thread sanitizer.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python lanes

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >x.cfg <<'CFG'
[grid]
dataset = glyphs
cases = 0-1
seeds = 0-1
[autoencoder]
channels = 4,8
epochs = 2
decoder_epochs = 1
[nce]
hidden = 16,16
epochs = 3
CFG
cance prep glyphs --train-per-class 150 --test-per-class 20 --out data/glyphs.h5 >/dev/null

run() { "$CANCE_BIN/cance" run x.cfg --data-root data --threads 1 "$@" 2>said; }
same() { "$CANCE_TEST_PYTHON" "$here/same_runs.py" "$1" "$2"; }

run --out one || fail "one lane: $(<said)"
for lanes in 2 4; do
  run --out lanes$lanes --lanes $lanes || fail "$lanes lanes: $(<said)"
  same one lanes$lanes
done

run --out windows --set data.window=50 || fail "one lane, windows: $(<said)"
run --out windows3 --lanes 3 --set data.window=50 || fail "3 lanes, windows: $(<said)"
same windows windows3

# Lanes that are stopped leave a checkpoint each, and go on from it, however many there are then.
"$CANCE_BIN/cance" run x.cfg --data-root data --threads 1 --lanes 3 --out stopped --checkpoint-seconds 0.1 2>said &
id=$!
until [[ $(find stopped -name '*.ckpt' 2>/dev/null | wc -l) -ge 3 ]] || ! kill -0 $id 2>/dev/null; do sleep 0.02; done
kill $id || fail "it ended before it could be stopped: $(<said)"
code=0
wait $id || code=$?
[[ $code -eq 75 && $(grep -c 'seed.: stopped on request' said) -eq 3 ]] || fail "stopped lanes: $code $(<said)"
run --out stopped --lanes 2 || fail "after the stop: $(<said)"
same one stopped
[[ $(files_below one) == "$(files_below stopped)" ]] || fail "files differ: $(diff <(files_below one) <(files_below stopped))"
