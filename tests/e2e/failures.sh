#!/usr/bin/env bash
# What goes wrong once cells run: failed cells, a full disk, requests to stop, other settings, a rank that fails. The rest goes on,
# exit codes tell, and the same command finishes the work.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

many_starts
work=$(mktemp -d)
trap 'end_starts; rm -rf "$work"' EXIT
cd "$work"
printf '[grid]\ndataset=glyphs\ncases=0-2\nmethods=error,cance\n[autoencoder]\nchannels=4,8\nepochs=1\ndecoder_epochs=1\n[nce]\nepochs=1\n' >x.cfg
cance prep glyphs --train-per-class 40 --test-per-class 5 --out data/glyphs.h5 >/dev/null
cells=runs/glyphs/unimodal

# expect CODE COMMAND...: the exit code; what was said lands in `said`.
expect() {
  local wanted=$1 code=0
  shift
  said=$("$@" 2>&1 </dev/null) || code=$?
  [[ $code -eq $wanted ]] || fail "'$*' ended with $code instead of $wanted: $said"
}
run() { cance run x.cfg --data-root data --out runs --quiet "$@"; }
count() { find "$1" -name "$2" 2>/dev/null | wc -l; }
# A file in place of the folder of a class: its cell cannot be written.
block() {
  mkdir -p $cells
  : >"$cells/class$1"
}

# A failed cell is recorded with its message, the others go on, and the same command tries it again.
block 1
expect 1 run
[[ $said == *"class1/seed0: failed: "*"Not a directory"* ]] || fail "no message of the failed cell: $said"
[[ $(<runs/failed/glyphs/unimodal/class1/seed0.txt) == *"Not a directory"* ]] || fail "the failure is not recorded"
[[ $(count runs 'seed0.h5') -eq 2 ]] || fail "the other cells did not go on: $(files_below runs)"
[[ $(cance status runs) == *"2 done, 1 failed, 0 missing"*"class1/seed0: "*"Not a directory"* ]] || fail "$(cance status runs)"
rm $cells/class1
expect 0 run
[[ $(cance status runs) == *"3 done, 0 failed, 0 missing"* ]] || fail "not finished: $(cance status runs)"
[[ $(count runs '*.txt') -eq 0 ]] || fail "the record of a mended failure stays"

# --on-failure=stop starts no further cell, and an old failure does not keep it from starting.
rm -r runs
block 0
expect 1 run --on-failure=stop
[[ $(count runs 'seed0.h5') -eq 0 && $(count runs '*.txt') -eq 1 ]] || fail "cells ran after a failure: $(files_below runs)"
rm $cells/class0
expect 0 run --on-failure=stop
[[ $(count runs 'seed0.h5') -eq 3 ]] || fail "the stop of an earlier run still holds: $(files_below runs)"

# Killed between the file of a cell and the removal of what led to it: the next start removes that, of this grid's cells only.
mkdir -p runs/{checkpoints,running}/glyphs/unimodal/class{0,9} runs/checkpoints/glyphs/unimodal/class{0,9}/seed0
touch runs/checkpoints/glyphs/unimodal/class{0,9}/seed0/cance.ckpt runs/running/glyphs/unimodal/class{0,9}/seed0.txt
expect 0 run
[[ $(count runs 'cance.ckpt') -eq 1 && $(count runs/running 'seed0.txt') -eq 1 && -e runs/running/glyphs/unimodal/class9/seed0.txt ]] ||
  fail "left overs of a finished cell stay: $(files_below runs)"
rm -r runs/{checkpoints,running}

# Finished cells of other settings: refused with the difference, or trained again.
before=$(sha256sum $cells/*/*.h5 $cells/grid.cfg)
refused 'nce.epochs: 1 -> 2.*--replace' run --set nce.epochs=2
[[ $before == "$(sha256sum $cells/*/*.h5 $cells/grid.cfg)" ]] || fail "refused, but touched"
expect 0 run --set nce.epochs=2 --replace
expect 0 run --set nce.epochs=2
refused 'nce.epochs: 2 -> 1' run

# Damaged run files: all are named, with the way to repair them.
truncate -s -100 $cells/class{0,2}/seed0.h5
refused "class0/seed0.h5: .*class2/seed0.h5: .*a damaged file can be removed, or its cell .*--replace --only 'glyphs/unimodal/class2/seed0'" run --set nce.epochs=2
rm $cells/class0/seed0.h5
expect 0 run --set nce.epochs=2 --replace --only glyphs/unimodal/class2/seed0

# Another run at work on a cell of this one: one line says so, unless its process has ended or has long been silent.
at_work=runs/running/glyphs/unimodal/class0/seed0.txt
record() {
  mkdir -p "$(dirname $at_work)"
  printf 'host = %s\nrank = 2\nprocess = %s\nspace = %s %s\n' "$(uname -n)" "$1" "$(cut -d - -f 1 /proc/sys/kernel/random/boot_id)" \
    "$(readlink /proc/self/ns/pid)" >$at_work
}
record $$
expect 0 run --set nce.epochs=2
[[ $said == *"another run is training cells of this one: glyphs/unimodal/class0/seed0 by rank 2 on $(uname -n) (process $$, seen "*"--worker 0/2"* &&
  $(grep -c "another run" <<<"$said") -eq 1 ]] || fail "another run on the same cell: $said"
(exit 0) &
ended=$!
wait $ended
for process in $ended $$; do
  rm $cells/class0/seed0.h5
  record "$process"
  [[ $process -eq $ended ]] || touch -d '10 minutes ago' $at_work
  expect 0 run --set nce.epochs=2
  [[ $said != *"another run"* ]] || fail "a record of process $process, ended or silent, counts as another run: $said"
done

# A full disk, played by a limit on the size of files (in KiB): failed cells, no broken files.
rm -r runs
expect 1 bash -c "ulimit -f 16; exec '$CANCE_BIN/cance' run x.cfg --data-root data --out runs --quiet"
[[ $said == *"is it full?"* && $(count runs '*.h5*') -eq 0 ]] || fail "full disk: $said, $(files_below runs)"

# A request to stop: exit code 75 within seconds, one line how to go on, a checkpoint and a record for cance status, nothing half done.
rm -r runs
stopped=./checkpoints/glyphs/unimodal/class0/seed0/autoencoder.ckpt$'\n'./glyphs/unimodal/grid.cfg$'\n'./running/glyphs/unimodal/class0/seed0.txt
for signal in INT TERM; do
  : >said
  "$CANCE_BIN/cance" run x.cfg --data-root data --out runs --set autoencoder.epochs=100000 >/dev/null 2>>said &
  id=$!
  for _ in {1..400}; do
    if grep -q " autoencoder$" said || ! kill -0 $id 2>/dev/null; then break; fi
    sleep 0.05
  done
  kill -$signal $id || fail "the run ended before it could be stopped: $(<said)"
  start=$SECONDS code=0
  (sleep 20 && kill -9 $id) 2>/dev/null &
  guard=$!
  wait $id || code=$?
  kill $guard 2>/dev/null || true
  [[ $code -eq 75 && $((SECONDS - start)) -lt 15 ]] || fail "SIG$signal: exit code $code after $((SECONDS - start)) s: $(<said)"
  [[ $(grep -c '^cance: stopped on request .*the same command goes on$' said) -eq 1 ]] || fail "SIG$signal: $(<said)"
  [[ $(files_below runs) == "$stopped" ]] || fail "SIG$signal left $(files_below runs)"
done
[[ $(cance status runs) =~ 'stopped  glyphs/unimodal/class0/seed0: '[0-9]+' %, autoencoder, goes on from its checkpoint' ]] || fail "$(cance status runs)"

# Another launch in the same folder goes on.
for class in 1 2; do
  "$CANCE_BIN/cance" run x.cfg --data-root data --out runs --quiet --only "class$class/*" --set autoencoder.epochs=100000 2>/dev/null &
  launches[class]=$!
  for _ in {1..400}; do
    if [[ -e runs/running/glyphs/unimodal/class$class/seed0.txt ]] || ! kill -0 $! 2>/dev/null; then break; fi
    sleep 0.05
  done
done
kill -INT "${launches[1]}"
code=0
wait "${launches[1]}" || code=$?
sleep 2
kill -TERM "${launches[2]}" || fail "a launch was stopped by the stop of another"
wait "${launches[2]}" || true
[[ $code -eq 75 && $(count runs/running 'stopped*') -eq 0 ]] || fail "exit code $code, $(files_below runs)"

# A mark that the user names stays for scripts, and nothing but a mark is removed for it. A cell that was stopped in a method keeps its
# autoencoder when the settings of the method change.
rm -r runs
states=runs/checkpoints/glyphs/unimodal/class0/seed0
"$CANCE_BIN/cance" run x.cfg --data-root data --out runs --set nce.epochs=100000 --checkpoint-seconds 0.1 --stop-mark mark --quiet 2>/dev/null &
id=$!
for _ in {1..400}; do
  if [[ -e $states/cance.ckpt ]] || ! kill -0 $id 2>/dev/null; then break; fi
  sleep 0.05
done
kill -TERM $id
wait $id || true
[[ $(<mark) == 'stopped on request, '* ]] || fail "no mark: $(ls)"
echo precious >notes.txt
refused 'notes.txt: no mark' run --stop-mark notes.txt
[[ $(<notes.txt) == precious ]] || fail "--stop-mark removed a file"
said=$(cance run x.cfg --data-root data --out runs --only 'class0/*' 2>&1)
[[ $said == *"cance.ckpt: of other settings"* && $said != *"autoencoder.ckpt: of other"* && $said == *'1 cell done'* ]] ||
  fail "nce.epochs changed after a stop: $said"

# A rank that cannot even record its failure ends all ranks with its message.
command -v mpirun >/dev/null || fail "mpirun is not on the PATH"
mkdir -p rank1/glyphs/unimodal
: >rank1/failed
for class in 0 1 2; do : >rank1/glyphs/unimodal/class$class; done
cat >"$work/cance" <<'SCRIPT'
#!/usr/bin/env bash
exec "$CANCE_PROGRAM" "$@" --out "rank$OMPI_COMM_WORLD_RANK"
SCRIPT
chmod +x "$work/cance"
expect 2 env CANCE_PROGRAM="$CANCE_BIN/cance" CANCE_BIN="$work" timeout 60 "$CANCE_SOURCE_DIR/launch/local.sh" 2 run x.cfg --data-root data
[[ $(grep -c '^cance: rank 1 of 2 on .*rank1/failed.*Not a directory' <<<"$said") -eq 1 ]] || fail "a failed rank: $said"
