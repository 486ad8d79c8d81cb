#!/usr/bin/env bash
# Archives of real runs: collected in a loop while a grid runs and is killed, over ranks, as links; compared, exported, reported, opened
# with h5py; a full disk leaves the old one whole; archives of older versions stay readable.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python archive
many_starts

work=$(mktemp -d)
id=
end() {
  [[ -z $id ]] || pkill -9 -P "$id" || true
  end_starts
  wait
  rm -rf "$work"
}
trap end EXIT
cd "$work"
printf '[grid]\ndataset=glyphs\ncases=0-1\nseeds=0-2\nmethods=error,cance\n[autoencoder]\nchannels=4,8\nepochs=3\ndecoder_epochs=1\n[nce]\nhidden=32,32\nepochs=4\n' >x.cfg
cance prep glyphs --train-per-class 60 --test-per-class 10 --out data/glyphs.h5 >/dev/null
grid() { exec "$CANCE_SOURCE_DIR/launch/local.sh" 2 run x.cfg --data-root data --threads 1 --checkpoint-seconds 0.2 --quiet --out runs; }

# expect CODE COMMAND...: the exit code; what was said lands in `said`.
expect() {
  local wanted=$1 code=0
  shift
  said=$("$@" 2>&1 </dev/null) || code=$?
  [[ $code -eq $wanted ]] || fail "'$*' ended with $code instead of $wanted: $said"
}

# Whatever the grid is doing, an archive is made of the whole files that are there, and what it says is right.
collected=0
collect_live() {
  local code=0
  said=$(cance collect runs --out live.h5 --quiet 2>&1) || code=$?
  if [[ $code -eq 2 && $said == *"no run file"* || $said == *"runs: not found"* ]]; then return; fi
  [[ $code -eq 0 ]] || fail "collecting beside a grid ended with $code: $said"
  cance verify live.h5 >verdict 2>&1 || fail "an archive beside a grid: $(<verdict)"
  collected=$((collected + 1))
}
has_runs() { find runs -name 'seed*.h5' 2>/dev/null | grep -q .; }
for attempt in 1 2; do
  (grid) 2>grid.log &
  id=$!
  while kill -0 $id 2>/dev/null; do
    collect_live
    if [[ $attempt -eq 1 ]] && has_runs; then
      pkill -9 -P $id || true
    fi
    sleep 0.1
  done
  wait $id 2>/dev/null || [[ $attempt -eq 1 ]] || fail "the grid did not end well: $(<grid.log)"
done
[[ $collected -gt 1 ]] || fail "collected $collected times only beside the grid"
cance collect runs --out live.h5 --quiet >/dev/null
cance collect runs --out end.h5 --quiet >said
[[ $(<said) == "end.h5: 6 runs, 6 new" ]] || fail "$(<said)"
cmp live.h5 end.h5 || fail "an archive that grew differs from one that was made at the end"
[[ $(cance collect runs --out end.h5 --quiet) == *"0 new; nothing was written"* ]] || fail "collecting again wrote something"

# Runs behind a link count; a run that cannot be read is named, the rest is done, and the exit code tells.
mkdir part
ln -s ../runs/glyphs/unimodal/class1 part/class1
ln -s /nowhere/seed0.h5 part/seed0.h5
for words in "collect part --out part.h5" "export part" "compare part part" "verify part" "report part --out part-report"; do
  # shellcheck disable=SC2086
  expect 1 cance $words
  [[ $said == *"part/seed0.h5"*"a link that leads nowhere"* ]] || fail "'$words' does not name the link: $said"
done
[[ $(cance verify part.h5) == *"archive of 3 runs"* ]] || fail "the runs behind the link were not collected"

# Ranks read together, one writes: the same bytes.
for ranks in 2 4; do
  local_ranks $ranks collect runs --out ranks$ranks.h5 --quiet >said
  [[ $(<said) == "ranks$ranks.h5: 6 runs, 6 new" ]] || fail "on $ranks ranks: $(<said)"
  cmp ranks$ranks.h5 end.h5 || fail "another archive on $ranks ranks"
done
expect 2 local_ranks 2 collect nowhere --out x.h5
[[ $said == *"nowhere: not found"* ]] || fail "no word of the missing folder: $said"

# What is in it, for people, for h5py and pandas, and in the forms of export.
[[ $(cance inspect end.h5) == *"archive of 6 runs"*"2 cases, 3 seeds; cance, error"* ]] || fail "$(cance inspect end.h5)"
[[ $(cance inspect end.h5 --cell glyphs/unimodal/class1/seed2) == *"class1/seed2 (seed 2"* ]] || fail "inspect --cell"
refused "no cell 'glyphs/unimodal/class1/seed9'.*did you mean" cance inspect end.h5 --cell glyphs/unimodal/class1/seed9
cance collect runs --out links.h5 --link --quiet >/dev/null
cance export end.h5 --out table.csv
cance export runs --table aggregates --out aggregates.csv
cance export links.h5 --format json --out table.json
"$CANCE_TEST_PYTHON" "$here/archive_with_h5py.py" . || fail "h5py, pandas or json read something else"
cp -r runs partly
truncate -s -10 partly/glyphs/unimodal/class0/seed1.h5
expect 1 cance report partly --out report4
[[ $said == *"seed1.h5 is left out: truncated"*"5 cells read, 1 file left out"* ]] || fail "a truncated run in a report: $said"
[[ ! -w /dev/full ]] || refused "standard output cannot be written|No space left" bash -c "'$CANCE_BIN/cance' export end.h5 >/dev/full"
refused "did you mean 'json'" cance export end.h5 --format jsn
refused "it is also what is read" cance export end.h5 --out end.h5
refused "a cance archive file, which would be lost" cance export runs --out end.h5
cp "$CANCE_SOURCE_DIR/configs/quickstart.cfg" own.cfg
refused "there is a settings file" cance export runs --out own.cfg
cmp "$CANCE_SOURCE_DIR/configs/quickstart.cfg" own.cfg || fail "a settings file was lost"
refused "nowhere: not found; expected a run directory" cance export nowhere
[[ $(cance verify links.h5 2>/dev/null) == *"6 runs, checksums fit, 24 metrics computed anew"* ]] || fail "verify of links"
cance report end.h5 --out report 2>/dev/null | grep -q CANCE || fail "the report of an archive names no CANCE"
cmp <(cance report runs --out report2 2>/dev/null | head -5) <(cance report end.h5 --out report 2>/dev/null | head -5) ||
  fail "an archive and its runs give different tables"

# Compared: the same to the bit; other settings are named, and one side is worse.
expect 0 cance compare end.h5 runs
[[ $said == *"6 cells in both"*"0 of "*"beyond seed noise"* && $said != *"setting "* && $said != *"data differ"* ]] || fail "$said"
cance run x.cfg --data-root data --threads 1 --quiet --out runs2 --set nce.epochs=1 --set autoencoder.epochs=1
worse=0
for sides in "runs runs2" "runs2 runs"; do
  code=0
  # shellcheck disable=SC2086 # two words
  said=$(cance compare $sides --tolerance 0 --metric auroc) || code=$?
  worse=$((worse + code))
  [[ $said == *"setting nce.epochs: "* ]] || fail "the setting is not named: $said"
done
[[ $worse -ge 1 && $worse -le 2 ]] || fail "no side is worse: $said"
cance prep glyphs --train-per-class 50 --test-per-class 10 --out data2/glyphs.h5 >/dev/null
cance run x.cfg --data-root data2 --threads 1 --quiet --out runs4 --only class0/seed1
code=0
said=$(cance compare runs runs4) || code=$?
[[ $code -le 1 && $said == *"data differ in 1 cell: glyphs/unimodal/class0/seed1 ("* ]] || fail "other data are not named: $code $said"
expect 2 cance collect runs runs2 --out both.h5
[[ $said == *"is also in"* && ! -e both.h5 ]] || fail "two contents of a cell: $said"

# A damaged run file is named and left out; a full disk leaves the archive as it was.
before=$(sha256sum end.h5)
cp -r runs more
truncate -s -100 more/glyphs/unimodal/class0/seed0.h5
mv more/glyphs more/moved
expect 1 cance collect more --out more.h5 --quiet
[[ $said == *"more.h5: 5 runs, 5 new"*"left out: more/moved/unimodal/class0/seed0.h5: truncated"* ]] || fail "$said"
sed 's/seeds=0-2/seeds=3/' x.cfg >y.cfg
cance run y.cfg --data-root data --threads 1 --quiet --out runs3
full_disk() { (ulimit -f 200 && cance collect runs3 --out end.h5 --quiet); }
expect 2 full_disk
[[ $said == "cance: "* && $(sha256sum end.h5) == "$before" ]] || fail "a full disk: $said"
[[ -z $(find . -name '*.tmp.*') ]] || fail "left behind: $(find . -name '*.tmp.*')"
expect 0 cance collect runs3 --out end.h5 --quiet
[[ $said == "end.h5: 8 runs, 2 new" ]] || fail "$said"

# Files of every version that was ever released.
for file in "$CANCE_SOURCE_DIR"/tests/compat/*.h5; do
  cance verify "$file" >verdict 2>&1 || fail "no longer readable: $(<verdict)"
  cance inspect "$file" >/dev/null
done
for version in 1.0 1.1 1.2; do
  cance report "$CANCE_SOURCE_DIR/tests/compat/archive-$version.h5" --out report3 2>/dev/null | grep -q CANCE || fail "report of an archive $version"
done
cance export data/glyphs.h5 >said 2>&1 && fail "a dataset was exported: $(<said)"
refused "train the cell again" cance score --run "$CANCE_SOURCE_DIR/tests/compat/run-1.0.h5" --input data/glyphs.h5 --out scores.csv
cance score --run "$CANCE_SOURCE_DIR/tests/compat/run-1.1.h5" --input data/glyphs.h5 --out scores.csv
[[ $(wc -l <scores.csv) -gt 10 ]] || fail "no scores by a run of 1.1"
