#!/usr/bin/env bash
# quick_grid.sh WORK: a grid of four small cells, alone, on 2 and on 4 ranks, and killed midway: the same bits each time.
# Then the commands that read its files. WORK/alone stays for the test that opens a run file with h5py.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python quick_grid
many_starts
trap end_starts EXIT

work=$1
rm -rf "$work"
mkdir -p "$work"
cat >"$work/quick.cfg" <<'CFG'
[grid]
dataset = glyphs
cases = 0-1
seeds = 0-1
[autoencoder]
channels = 4,8
epochs = 3
decoder_epochs = 1
[nce]
hidden = 32,32
epochs = 4
CFG
cance prep glyphs --train-per-class 200 --test-per-class 20 --out "$work/data/glyphs.h5" >/dev/null

grid() { printf '%s\n' run "$work/quick.cfg" --data-root "$work/data" --threads 1 --out "$1"; }
mapfile -t alone < <(grid "$work/alone")
mapfile -t two < <(grid "$work/two")
mapfile -t four < <(grid "$work/four")
mapfile -t killed < <(grid "$work/killed")
same() { "$CANCE_TEST_PYTHON" "$here/same_runs.py" "$work/alone" "$1"; }

plan=$(cance "${alone[@]}" --dry-run --ranks 4 --ranks-per-run 2)
[[ $plan == *"to do on 2 teams"* ]] || fail "--dry-run for 4 ranks: $plan"
refused 'expected 1 or more, with --dry-run' cance "${alone[@]}" --ranks 4
plan=$(cance "${alone[@]}" --dry-run)
refused '--device gpu: expected auto, cpu or cuda' cance "${alone[@]}" --dry-run --device gpu
about() { cance "${alone[@]}" --dry-run "$@" | sed -n 's/.*, about \(.*\) (.*/\1/p'; }
[[ $(about --ranks 1 --lanes 64) == "$(about --ranks 64)" ]] || fail "lanes of a machine to come have no cores: $(about --ranks 1 --lanes 64)"
[[ $plan == *class0/seed0* && $plan == *class1/seed1* && ! -e $work/alone ]] || fail "--dry-run: $plan"

cance "${alone[@]}"
local_ranks 2 "${two[@]}"
same "$work/two"
local_ranks 4 "${four[@]}"
same "$work/four"

before=$(cd "$work/alone" && find . -type f -name '*.h5' -exec sha256sum {} + | sort)
cance "${alone[@]}"
after=$(cd "$work/alone" && find . -type f -name '*.h5' -exec sha256sum {} + | sort)
[[ $before == "$after" ]] || fail "a second run changed finished files"

# kill_when TEST...: starts the grid, kills it as soon as the test holds; the process id survives the way to cance-engine.
kill_when() {
  "$CANCE_BIN/cance" "${killed[@]}" &
  local id=$! code=0
  for _ in {1..1200}; do
    if "$@" || ! kill -0 "$id" 2>/dev/null; then break; fi
    sleep 0.05
  done
  kill -9 "$id" 2>/dev/null || fail "the grid ended before it could be killed"
  wait "$id" 2>/dev/null || code=$?
  [[ $code -eq 137 ]] || fail "killed run ended with $code"
}
finished() { [[ $(find "$work/killed" -name 'seed*.h5' 2>/dev/null | wc -l) -ge $1 ]]; }
started() { [[ -d $work/killed ]]; }
kill_when started
kill_when finished 1
! finished 4 || fail "nothing was left to do after the kill"
cance "${killed[@]}"
same "$work/killed"
[[ $(files_below "$work/alone") == $(files_below "$work/killed") ]] ||
  fail "files differ after a kill: $(diff <(files_below "$work/alone") <(files_below "$work/killed"))"

mapfile -t files < <(find "$work/alone" -name 'seed*.h5' | sort)
[[ ${#files[@]} -eq 4 ]] || fail "expected 4 run files, found: ${files[*]}"
status=$(cance status "$work/alone") || fail "status ended with $?"
[[ $status == *4* ]] || fail "status does not count 4 cells: $status"
cance verify "${files[@]}" "$work/data/glyphs.h5" >/dev/null
[[ $(cance inspect "${files[0]}") == *class0/seed0* ]] || fail "inspect does not name the cell"
cance inspect --json "${files[0]}" | "$CANCE_TEST_PYTHON" -m json.tool >/dev/null
cance report "$work/alone" --out "$work/report" >"$work/table.txt"
grep -q CANCE "$work/table.txt" || fail "the report's table does not name CANCE"
find "$work/report" -name '*.html' -size +10k | grep -q . || fail "the report has no page"

# Finished cells of other settings are refused, with the difference, and left alone.
code=0
message=$(cance "${alone[@]}" --set nce.epochs=5 2>&1 >/dev/null) || code=$?
[[ $code -eq 2 && $message == *nce.epochs* ]] || fail "other settings in the same folder: $code $message"
[[ $before == $(cd "$work/alone" && find . -type f -name '*.h5' -exec sha256sum {} + | sort) ]] || fail "files were touched"
head -c 20000 "${files[0]}" >"$work/truncated.h5"
code=0
verdict=$(cance verify "$work/truncated.h5") || code=$?
[[ $code -eq 2 && $verdict == *truncated.h5:*truncated* ]] || fail "verify of a truncated file: $code $verdict"
