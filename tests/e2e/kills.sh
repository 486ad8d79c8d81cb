#!/usr/bin/env bash
# kills.sh COUNT: a grid on two ranks loses one of them, or both, by kill -9 at so many random moments, and is started again each time.
# What it leaves at the end is what an undisturbed run leaves, bit for bit and file for file; no file is half-written at any moment.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python kills
wanted=$1

RANDOM=${CANCE_TEST_SEED:=$RANDOM}
echo "again with these kills: CANCE_TEST_SEED=$CANCE_TEST_SEED"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >x.cfg <<'CFG'
[grid]
dataset = glyphs
cases = 0-1
seeds = 0-1
methods = error,cance
[autoencoder]
channels = 4,8
epochs = 20
decoder_epochs = 5
[nce]
hidden = 32,32
epochs = 20
CFG
cance prep glyphs --train-per-class 200 --test-per-class 20 --out data/glyphs.h5 >/dev/null

# The process stays the one that is started here, to the end.
grid() { exec "$CANCE_SOURCE_DIR/launch/local.sh" 2 run x.cfg --data-root data --threads 1 --checkpoint-seconds 0.1 --out "$1"; }
(grid straight) 2>straight.log || fail "the undisturbed run: $(<straight.log)"

find_in_runs() { [[ ! -d runs ]] || find runs -name "$1"; }
# Ranks of the launch with this id.
ranks_of() { pgrep -P "$1" -f ' run x.cfg ' || true; }
# Neither a damaged run file nor a checkpoint that could not be used.
whole() {
  local -a files
  mapfile -t files < <(find_in_runs 'seed*.h5')
  [[ ${#files[@]} -eq 0 ]] || cance verify "${files[@]}" >verdict || fail "after kill $kills: $(<verdict)"
  ! grep -q 'the stage starts anew' ./*.log || fail "after kill $kills: $(grep -h 'starts anew' ./*.log)"
}
# Cells, and what else lies there.
ends_well() {
  "$CANCE_TEST_PYTHON" "$here/same_runs.py" straight runs
  whole
  [[ $(files_below straight) == "$(files_below runs)" ]] || fail "files differ: $(diff <(files_below straight) <(files_below runs))"
}

# kill_once: starts or goes on, kills after 0 to 0.8 seconds of training; a grid that is done before that begins anew.
kill_once() {
  local id code=0 victims=() moment=$((RANDOM % 800)) choice=$((RANDOM % 3))
  rm -f run.log  # of the run before, which would be taken for this one
  (grid runs) 2>run.log &
  id=$!
  until [[ -s run.log ]] || ! kill -0 $id 2>/dev/null; do sleep 0.02; done
  sleep "$(printf '%d.%03d' $((moment / 1000)) $((moment % 1000)))"
  mapfile -t victims < <(ranks_of $id)
  if [[ ${#victims[@]} -eq 2 && $choice -lt 2 ]]; then victims=("${victims[choice]}"); fi
  [[ ${#victims[@]} -eq 0 ]] || kill -9 "${victims[@]}" 2>/dev/null || true
  wait $id 2>/dev/null || code=$?
  if [[ $code -eq 0 ]]; then
    ends_well
    rm -rf runs
  else
    kills=$((kills + 1))
    [[ -z $(find_in_runs '*.ckpt') ]] || resumable=$((resumable + 1))
    whole
  fi
}

kills=0 resumable=0
while [[ $kills -lt $wanted || $((4 * resumable)) -lt $wanted ]]; do kill_once; done
(grid runs) 2>run.log || fail "the last run: $(<run.log)"
ends_well
echo "$kills kills, $resumable of them left a checkpoint"
