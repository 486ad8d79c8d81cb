#!/usr/bin/env bash
# score.sh SMALL_RUNS [all]: finished runs of every kind score their own test rows to the same bits, and raw rows as prepared ones; what is
# wrong with an input is said in one line, and the old output stays. Without `all` own rows are scored by every method of a run of images
# and of one of a table, by the last one of the other runs; that the others come back too is in tests/represent/restore_test.cpp.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source-path=SCRIPTDIR source=small_methods.sh
. "$here/small_methods.sh"
need_python score
many_starts
work=$(mktemp -d)
trap 'end_starts; rm -rf "$work"' EXIT
cp -r "${1:?folder of the small runs}/." "$work"
cd "$work"
files=40 maps=17
if [[ ${2:-} == all ]]; then
  files=76 maps=49 image_net_methods=$image_methods
fi

# own RUN DATA METHOD...: its own rows, scored again.
own() {
  local run=$1 data=$2 method
  shift 2
  for method in "$@"; do
    cance score --run "runs/$run.h5" --input "data/$data.h5" --part own --method "$method" --out "own/$run.$method.h5" >/dev/null
  done
}
for run in conv gcn streamed float64 pca64 team table table64; do
  methods=(error latnce gaussian cnce cance)
  if [[ $run != conv && $run != table && ${2:-} != all ]]; then methods=(cance); fi
  case $run in table*) own $run tab "${methods[@]}" ;; *) own $run glyphs "${methods[@]}" ;; esac
done
IFS=, read -ra methods <<<"$image_net_methods"
own compared glyphs "${methods[@]}"
IFS=, read -ra methods <<<"$table_methods"
own compared_table tab "${methods[@]}"
"$CANCE_TEST_PYTHON" "$here/check_scores.py" own runs $files $maps

# Raw rows as the prepared ones, by one lane or several, from a file or standard input.
cance score --run runs/table.h5 --input data/tab.h5 --part all --out prepared.csv >/dev/null
cance score --run runs/table.h5 --input train.csv --out raw.csv --lanes 1 >/dev/null
cance score --run runs/table.h5 --input - --out piped.csv --lanes 3 <train.csv >/dev/null
if ! cmp prepared.csv raw.csv || ! cmp raw.csv piped.csv; then fail "raw rows score otherwise than prepared ones"; fi
cance score --run runs/pictures.h5 --input data/pictures.h5 --out prepared.csv >/dev/null
cance score --run runs/pictures.h5 --input pictures/test --out raw.csv >/dev/null
"$CANCE_TEST_PYTHON" "$here/check_scores.py" --same-scores prepared.csv raw.csv
cance score --run runs/conv.h5 --input glyphs.npy --out arrays.csv >/dev/null
cance score --run runs/conv.h5 --input data/glyphs.h5 --out prepared.csv >/dev/null || fail "a dataset file"
[[ $(wc -l <arrays.csv) -eq 4 ]] || fail "three images of an array: $(cat arrays.csv)"

# A run on features scores pictures, by the weights that made its features and by no others.
cance prep folder --raw pictures --out data/files.h5 >/dev/null
cance extract --quiet --data data/files.h5 --weights random:7 --tap layer2 --size 64 --name features --out data/features.h5
printf '[grid]\ndataset = features\nprotocol = given\nmethods = knn,error\n[autoencoder]\nnetwork = pca\nlatent = 4\n' >features.cfg
cance run features.cfg --data-root data --quiet --out features >/dev/null
features=features/features/given/all/seed0.h5
cance score --run $features --input data/features.h5 --out prepared.csv >/dev/null
cance score --run $features --input pictures/test --weights random:7 --out raw.csv >/dev/null
"$CANCE_TEST_PYTHON" "$here/check_scores.py" --same-scores prepared.csv raw.csv || fail "pictures score otherwise than their features"
refused "its SHA-256 is .*, but the run's features are by random:7" cance score --run $features --input pictures/test --weights random:8 --out a.csv
refused 'give the network.s weights by --weights' cance score --run $features --input pictures/test --out a.csv
refused 'weights is for pictures' cance score --run runs/table.h5 --input train.csv --weights random:7 --out a.csv

# A cell of an archive as its run file.
mkdir one && cp runs/table.h5 one/
cance collect one --out archive.h5 >/dev/null
cance score --run archive.h5:tab/goad/all/seed0 --input train.csv --out member.csv >/dev/null
cance score --run runs/table.h5 --input train.csv --out raw.csv >/dev/null
cmp raw.csv member.csv || fail "a cell of an archive scores otherwise than its run file"

# Thresholds: that of the run is the same as its rule said in words.
cance score --run runs/table.h5 --input train.csv --id note --threshold stored --out stored.csv >/dev/null
cance score --run runs/table.h5 --input train.csv --id note --threshold normals=0.05 --out normals.csv >/dev/null
cmp stored.csv normals.csv || fail "the stored threshold is not that of 5 % of the normals"
[[ $(head -1 stored.csv) == row,name,score,rank,flagged,latent,error,cosine,columns,state,reason ]] || fail "columns: $(head -1 stored.csv)"
told=$(cance score --run runs/table.h5 --input train.csv --threshold share=0.1 --out share.csv)
[[ $told == *"; 40 flagged "* ]] || fail "a tenth of 400 rows: $told"

# Rows with labels are judged; the output may be standard output; what is written again takes the old one's place.
cance score --run runs/table.h5 --input train.csv --label kind --normal ok --out judged.h5 >told
cance score --run runs/table.h5 --input train.csv --label kind --normal ok --out judged.h5 >told || fail "scores do not take the place of scores"
cance score --run runs/table.h5 --input data/tab.h5 --part all --normal normal --out classes.h5 >told_of_classes
cance score --run runs/table.h5 --input train.csv --out - >piped.csv 2>/dev/null
cmp piped.csv raw.csv || fail "standard output differs from a file"
"$CANCE_TEST_PYTHON" "$here/check_scores.py" --judged judged.h5 train.csv told runs/table.h5 || fail "judged rows: $(cat told)"
[[ $(sed -n 2p told) == $(sed -n 2p told_of_classes) ]] || fail "classes of a dataset file are judged otherwise: $(cat told_of_classes)"
grep -v ',ok$' train.csv >faulty.csv
told=$(cance score --run runs/table.h5 --input faulty.csv --label kind --normal ok --out out.csv)
flagged=$(sed -n 's/.*; \([0-9]*\) flagged .*/\1/p' <<<"$told")
[[ $told == *"all rows are anomalous: recall $(awk "BEGIN { printf \"%.4f\", $flagged / ($(wc -l <faulty.csv) - 1) }") "*"no row has the label 'ok' (--normal)"* ]] ||
  fail "rows without a normal one: $told"
told=$(cance score --run runs/table.h5 --input train.csv --label kind --normal ok,okk --out out.csv)
[[ $told == *"AUROC"*"  no row has the label 'okk' (--normal); did you mean 'ok'?" ]] || fail "a label that no row has: $told"

# Why a row scores high, by columns: the one that was moved comes first, beside rows held out of training.
for method in error cance; do
  printf 'a,b,c,d,e,colour\n10,10,10,90,10,red\n10,10,,10,10,green\n10,60,10,10,10,red\n' | cance score --run runs/table.h5 --method $method \
    --input - --background data/tab.h5 --out moved.h5 >/dev/null
  "$CANCE_TEST_PYTHON" "$here/check_scores.py" --columns moved.h5 runs/table.h5 $method d - b || fail "$method: reasons by columns"
done

# A row that cannot be scored keeps its place, and is flagged; the others have the scores that they have without it.
code=0
said=$(cance score --run runs/table.h5 --input nan.csv --out odd.csv 2>&1) || code=$?
[[ $code -eq 1 && $said == *"1 of "*" rows could not be scored"*"nan.csv: line 3, column b"* ]] || fail "exit code $code of a row without a number: $said"
cance score --run runs/table.h5 --input nan.csv --out odd.h5 >/dev/null 2>&1 && fail "an .h5 with an unscored row is no success"
grep -v nan nan.csv >whole.csv
cance score --run runs/table.h5 --input whole.csv --out raw.csv >/dev/null
"$CANCE_TEST_PYTHON" "$here/check_scores.py" --odd-row odd.csv odd.h5 raw.csv 1 || fail "the rows beside one without a number: $(cat odd.csv)"

# Fill values of 1e20 in training, validation and test rows: every method scores every row, and those of the test rows rank first.
cance prep table --raw far.csv --label kind --normal ok --out data/far.h5 >/dev/null
printf '[grid]\ndataset = far\nprotocol = goad\nmethods = knn,kde,ocsvm,mahalanobis,goad,deep_svdd,drocc,error,latnce,cance\n[autoencoder]\nlatent = 2\nhidden = 16\nepochs = 2\n[nce]\nepochs = 2\nhidden = 16\n[goad]\nepochs = 1\n[deep_svdd]\nepochs = 1\n[drocc]\nepochs = 2\n' >far.cfg
said=$(cance run far.cfg --data-root data --out far 2>&1) || fail "a cell with far rows: $said"
"$CANCE_TEST_PYTHON" "$here/check_scores.py" --far far/far/goad/all/seed0.h5 far.csv || fail "far rows in a run"

# Rows without labels: all train, none is judged, and new ones are scored.
awk 'BEGIN {srand(7); print "a,b,c"; for (i = 0; i < 60; ++i) {x = rand(); print x "," x + 0.1 * rand() "," rand()}}' >unlabelled.csv
cance prep table --raw unlabelled.csv --out data/unlabelled.h5 >/dev/null
printf '[grid]\ndataset = unlabelled\nprotocol = fit\nmethods = knn,mahalanobis,cance\n[autoencoder]\nlatent = 2\nepochs = 2\n[nce]\nepochs = 2\n' >unlabelled.cfg
said=$(cance run unlabelled.cfg --data-root data --out fitted 2>&1) || fail "training without labels: $said"
[[ $said == *"trained, nothing to judge"* ]] || fail "nothing said of a run that is not judged: $said"
printf 'a,b,c\n0.5,0.55,0.5\n0.9,-3,0.5\n' >new.csv
for method in mahalanobis cance; do
  cance score --run fitted/unlabelled/fit/all/seed0.h5 --input new.csv --method $method --out new_scores.csv >/dev/null
  [[ $(sort -t, -k3,3n new_scores.csv | tail -n +2 | head -1 | cut -d, -f1) == 1 ]] || fail "$method: the odd row is not first: $(cat new_scores.csv)"
  cance score --run fitted/unlabelled/fit/all/seed0.h5 --input new.csv --background unlabelled.csv --method $method --out why.csv >/dev/null
  [[ $(sed -n 3p why.csv) == *,b* && $(sed -n 3p why.csv) != *,[ac]* ]] || fail "$method: the odd column is not first: $(cat why.csv)"
done
cance run unlabelled.cfg --data-root data --out fitted --set grid.dataset=glyphs --set grid.methods=mahalanobis --set autoencoder.network=pca >/dev/null 2>&1
cance score --run fitted/glyphs/fit/all/seed0.h5 --input data/glyphs.h5 --part own --out own_fit.csv >/dev/null
"$CANCE_TEST_PYTHON" -c 'import h5py, pandas
assert (pandas.read_csv("own_fit.csv").score == h5py.File("fitted/glyphs/fit/all/seed0.h5")["scores/mahalanobis"][:]).all()' || fail "the held-out rows of the part train"
[[ $(cance inspect fitted/glyphs/fit/all/seed0.h5) == *"nothing was judged; thresholds ("*"new normal rows"*Mahalanobis* ]] || fail "inspect of a run that is not judged"
{ cance collect fitted --out fitted.h5 && cance verify fitted.h5; } >/dev/null || fail "an archive of a run that is not judged"
if said=$(cance report fitted --out out 2>&1); then fail "a report of nothing: $said"; fi
[[ $said == *"no test row is anomalous"* ]] || fail "a report of nothing: $said"

# One line each, exit code 2, and no file but the old one.
score() { cance score --run runs/table.h5 --out out.csv "$@"; }
echo old >out.csv
refused "method 'canse'; did you mean 'cance'" score --input train.csv --method canse
refused 'random: this method keeps nothing' score --input train.csv --method random
refused 'missing: .a. .is .A. meant' score --input upper.csv
refused 'surplus.csv: .*not known: .extra. (.*--id)' score --input surplus.csv
refused 'nan.csv: line 3, column b: .nan. is not a number.*--unknown flag' score --input nan.csv --unknown refuse
refused 'absent.csv: no such file' score --input absent.csv
refused "there is no column 'kin' .--label.; did you mean 'kind'" score --input train.csv --label kin
refused "label 'ok', expected 0 .normal. or 1; name the normal ones by --normal" score --input train.csv --label kind
refused 'say in which column of a CSV they are by --label' score --input train.csv --normal ok
refused 'is a dataset file; say which of its classes' score --input data/tab.h5 --label kind
refused 'holds arrays' score --input short.npy --label kind
refused 'short.npy: .* columns without names' score --input short.npy
refused 'threshold' score --input train.csv --threshold often
refused 'it is also what is read' cance score --run runs/table.h5 --input train.csv --out train.csv
refused 'it is also what is read' cance score --run runs/table.h5 --input train.csv --background nan.csv --out nan.csv
refused 'background is for tables' cance score --run runs/conv.h5 --input data/glyphs.h5 --background data/glyphs.h5 --out out.csv
refused 'background -: expected a file' score --input train.csv --background -
refused 'background asks for the reasons' score --input train.csv --background train.csv --no-reasons
refused 'upper.csv: ' score --input train.csv --background upper.csv
refused 'a cance run file, which would be lost' cance score --run runs/table.h5 --input train.csv --out runs/conv.h5
refused 'a cance dataset file, which would be lost' cance score --run runs/table.h5 --input train.csv --out data/tab.h5
refused 'is a folder' cance score --run runs/table.h5 --input train.csv --out runs
refused 'rows of 1 x 28 x 28, but the run was trained on rows of 7' score --input data/glyphs.h5
refused 'there is no part' score --input data/tab.h5 --part test
refused 'not the dataset that tab.* was judged on' score --input data/glyphs.h5 --part own
refused 'empty.csv: empty, expected' score --input empty.csv
refused 'standard input: empty, expected' score --input - </dev/null
refused 'expected a name that ends in .csv or .h5' cance score --run runs/table.h5 --input train.csv --out out.txt
refused 'trained on images of 1 x 28 x 28' cance score --run runs/conv.h5 --input train.csv --out out.csv
refused 'expected 1 x 28 x 28' cance score --unknown refuse --run runs/conv.h5 --input pictures/test --out out.csv
refused 'cance-dataset' cance score --run data/tab.h5 --input train.csv --out out.csv
head -c 30000 runs/table.h5 >cut.h5
refused 'cut.h5: .*truncated' cance score --run cut.h5 --input train.csv --out out.csv
refused 'not found|no such|does not exist' cance score --run absent.h5 --input train.csv --out out.csv
[[ $(cat out.csv) == old ]] || fail "a refused command touched the output"
refused 'disk' bash -c "ulimit -f 4; '$CANCE_BIN/cance' score --run runs/table.h5 --input train.csv --out out.csv"
[[ $(cat out.csv) == old ]] || fail "a full disk touched the output"
cp own/conv.cance.h5 out.h5
before=$(sha256sum out.h5)
refused 'out.h5' bash -c "ulimit -f 100; '$CANCE_BIN/cance' score --run runs/conv.h5 --input data/glyphs.h5 --out out.h5"
[[ $(sha256sum out.h5) == "$before" ]] || fail "a full disk touched the output"
[[ -z $(find . -maxdepth 1 -name '*.tmp.*') ]] || fail "left behind: $(find . -maxdepth 1 -name '*.tmp.*')"
