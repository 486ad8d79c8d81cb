#!/usr/bin/env bash
# python.sh SMALL_RUNS: runs in the hands of Python: results/cance.py on files of every version, and scores of another program, made as
# configs/README.md shows, as a method of a run.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python python
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
small=${1:?folder of the small runs}
cd "$work"
mkdir -p runs/mine/goad/all data
cp "$small/runs/table.h5" runs/mine/goad/all/seed0.h5
cp "$small/data/tab.h5" data/mine.h5
run=runs/mine/goad/all/seed0.h5
"$CANCE_TEST_PYTHON" "$here/check_frames.py" "$CANCE_BIN/cance" "$CANCE_SOURCE_DIR"/tests/compat/{run,archive}-*.h5 "$small/runs/pictures.h5" $run ||
  fail "results/cance.py reads something else"

"$CANCE_TEST_PYTHON" - "$CANCE_SOURCE_DIR/configs/README.md" <<'PY' || fail "the example of configs/README.md"
import re, sys
section = open(sys.argv[1]).read().split("## Scores of other programs")[1]
exec(re.search(r"```python\n(.*?)```", section, re.S)[1])
PY
old=$(cance verify $run)
cance add-scores scores.csv --method outside --runs runs >told
[[ $(<told) == "$run: outside of "*" test rows, AUROC 0."* ]] || fail "add-scores says: $(<told)"
[[ $(cance verify $run) != "$old" && $(cance inspect $run) == *"outside: scores of another program, from scores.csv, added 2"* ]] || fail "$(cance inspect $run)"
"$CANCE_TEST_PYTHON" - "$small/runs/table.h5" $run <<'PY' || fail "what add-scores wrote"
import hashlib, sys, h5py, numpy, pandas
from sklearn.metrics import average_precision_score, roc_auc_score
old, new = (h5py.File(name) for name in sys.argv[1:])
given = pandas.read_csv("scores.csv").set_index(["part", "row"]).score
metric = {(m.decode(), n.decode()): v for m, n, v in zip(new["metrics/method"], new["metrics/metric"], new["metrics/value"])}
score = given["test"][new["index"][:]].to_numpy()
assert (new["scores/outside"][:] == score).all()
assert abs(metric["outside", "auroc"] - roc_auc_score(new["labels"][:], score)) < 1e-12
assert abs(metric["outside", "auprc"] - average_precision_score(new["labels"][:], score)) < 1e-12
held = numpy.sort(given["validation"].to_numpy())
threshold = dict(zip(new["thresholds/method"].asstr(), new["thresholds/threshold"]))["outside"]
assert threshold == held[min(int(numpy.ceil(.95 * (len(held) + 1))), len(held)) - 1]
assert new["origins/sha256"].asstr()[0] == hashlib.sha256(open("scores.csv", "rb").read()).hexdigest()
def compare(name, node):
    if isinstance(node, h5py.Dataset) and not name.startswith(("metrics", "thresholds")):
        same = numpy.array_equal(node[()], new[name][()], equal_nan=node.dtype.kind == "f")
        assert same and dict(node.attrs).keys() == dict(new[name].attrs).keys(), name
old.visititems(compare)
assert all(numpy.array_equal(value, new.attrs[name]) for name, value in old.attrs.items())
rows = numpy.concatenate([new["split"][part][:] for part in ("train", "validation", "test")])
assert sorted(rows) == list(range(len(h5py.File("data/mine.h5")["all/y"]))), "the parts of the split are the rows of the table"
PY
cance report runs --out report >/dev/null 2>&1
grep -q 'Scores of other programs: outside (scores.csv of 2' report/report.md || fail "the report does not say where scores came from"
grep -q '^.*,outside,auroc' <(cance export runs) || fail "the table has no outside scores"
{ cance collect runs --out archive.h5 --quiet && cance verify archive.h5; } >/dev/null || fail "an archive with scores of another program"
cance score --run $run --input data/mine.h5 --method cance --out own.csv >/dev/null || fail "a run with scores of another program scores no more"
refused 'outside' cance score --run $run --input data/mine.h5 --method outside --out own.csv

# The same scores again, others in their place, and for several cells at once.
cance add-scores scores.csv --method outside --runs $run >/dev/null || fail "the same scores again"
sed 's/0\.[0-9]*/&1/' scores.csv >other.csv
refused 'it has scores of outside already, from scores.csv of 2.*--replace' cance add-scores other.csv --method outside --runs runs
cance add-scores other.csv --method outside --runs runs --replace >/dev/null
mkdir runs/mine/goad/again
cp "$small/runs/table64.h5" runs/mine/goad/again/seed1.h5
refused '2 runs below runs are meant; add the columns class and seed' cance add-scores scores.csv --method twice --runs runs
awk 'NR == 1 { print ",row,score,part,class,seed" } NR > 1 { print NR - 2 "," $0 ",all,0" }' scores.csv >cells.csv # the index of pandas
refused '2 runs below runs are meant by all, seed 0; name the folder' cance add-scores cells.csv --method twice --runs runs
cance add-scores cells.csv --method twice --runs runs/mine/goad/all >told || fail "a cell named by class and seed"
grep -q 'left out: Unnamed: 0' told || fail "nothing is said of a column without a name: $(<told)"

# One line each, and the run file stays.
sum=$(sha256sum $run)
refuse() {
  printf '%b' "$1" >bad.csv
  refused "$2" cance add-scores bad.csv --method "${3:-bad}" --runs $run
}
grep test scores.csv | cut -d, -f1,2 >rows
first=$(head -1 rows | cut -d, -f1)
refuse 'row,skore\n1,2\n' "the column 'skore' is not known.*score"
refuse 'row\n1\n' "there is no column 'score'"
refuse ',score\n1,2\n' "there is no column 'row'.*index_label="
refuse 'row,score\n' 'no scores below'
refuse 'row,score\nx,2\n' "line 2, column row: 'x' is no row number"
refuse 'row,score\n1,inf\n' "line 2, column score: 'inf' is not a finite number"
refuse 'row,score\n1,2\n1,3\n' 'line 3: row 1 has a score already'
refuse "row,score\n$first,2\n" 'no score of its test row'
refuse "row,score\n$(tr '\n' ' ' <rows | sed 's/ /\\n/g')999999,1\n" 'row 999999 is none of its'
refuse 'row,score,part\n1,2,trian\n' "column part: 'trian', expected test or validation"
refuse 'row,score,seed\n1,2,9\n' 'no run below .* is of seed 9'
refuse 'row,score\n1,2\n' 'that is a method of this program' cance
refuse 'row,score\n1,2\n' 'expected a name of letters' 'a/b'
refused 'an archive; add the scores to the run files' cance add-scores scores.csv --method x --runs archive.h5
refused 'absent.csv' cance add-scores absent.csv --method x --runs runs
[[ $(sha256sum $run) == "$sum" ]] || fail "a refused file changed the run"

# Curves for TensorBoard, of finished cells and of one under way.
cance export runs/mine/goad/all --format tensorboard --out events >told
events=events/tab/goad/all/seed0/events.out.tfevents.cance
"$CANCE_TEST_PYTHON" "$here/read_events.py" $events $run || fail "event files: $(<told)"
mkdir live
refused 'no run file below' cance export live --format tensorboard --out live_events
refused 'name it by --out' cance export runs --format tensorboard
printf '[grid]\ndataset = mine\nprotocol = goad\nmethods = error\n[autoencoder]\nlatent = 2\nepochs = 100000\n' >long.cfg
code=0
timeout -s TERM 4 "$CANCE_BIN/cance" run long.cfg --data-root data --out live --checkpoint-seconds 0.2 --quiet >/dev/null 2>&1 || code=$?
[[ -n $(find live/checkpoints -name autoencoder.ckpt) ]] || fail "no checkpoint of a cell under way ($code)"
[[ $(cance export live --format tensorboard --out live_events) == "live_events: 0 runs, 1 under way"* ]] || fail "a cell under way"
[[ $(stat -c %s live_events/*/goad/all/seed0/events.out.tfevents.cance) -gt 1000 ]] || fail "no curve of a cell under way"

# The notebook, cell by cell.
mkdir tour && cd tour && ln -s "$CANCE_SOURCE_DIR/results" results
PATH=$CANCE_BIN:$PATH "$CANCE_TEST_PYTHON" "$here/run_notebook.py" results/tour.ipynb --short >told 2>&1 || fail "results/tour.ipynb: $(<told)"
[[ $(<told) == *"AUROC 0."*"hot"*"leak"* && $(<told) == *"test rows, AUROC 0."*cance* ]] || fail "the notebook says: $(<told)"
