#!/usr/bin/env bash
# launch/paper.sh on small raw files and short schedules, and on the embedded digits where there is none.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python paper

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
for folder in launch configs cluster; do cp -r "$CANCE_SOURCE_DIR/$folder" .; done
unset CANCE_DATA_ROOT
# paper CODE ARGUMENT...: the script ends so; what it says is in `said`.
paper() {
  local code=0 expected=$1
  shift
  launch/paper.sh --ranks 1 "$@" >said 2>&1 || code=$?
  [[ $code -eq $expected ]] || fail "'$*' ended with $code: $(<said)"
}

# No raw file: what is missing is told in a line each, and the digits take the place of MNIST.
cance prep glyphs --train-per-class 40 --test-per-class 10 --out data/glyphs.h5 >/dev/null
paper 0 --schedule 0.01 --out digits -- --only '*/unimodal/class3/seed0'
for set in mnist fashion-mnist cifar10 adbench-cifar10-0 abalone thyroid arrhythmia kddcup99; do
  [[ $(grep -c "^   $set: no raw/.*cance prep [a-z0-9-]* --download --raw raw/" said) -eq 1 ]] || fail "nothing of $set: $(<said)"
done
grep -q 'glyphs / unimodal.*schedule 0.01' digits/report/report.md || fail "no report of the digits: $(<said)"
[[ $(files_below digits | grep -c 'seed0.h5') -eq 1 && -e digits/archive.h5 ]] || fail "$(files_below digits)"

# Small raw files in both places: they are prepared, trained by every method, and stand in the paper's order.
mkdir -p raw/abalone other/odds
"$CANCE_TEST_PYTHON" "$CANCE_SOURCE_DIR/tests/e2e/raw_abalone.py" raw/abalone/abalone.data
"$CANCE_TEST_PYTHON" - <<'PY'
import numpy
from scipy.io import savemat
x, y = numpy.random.default_rng(1).normal(size=(240, 6)), numpy.arange(240) < 40
savemat("other/odds/thyroid.mat", {"X": x + 4 * y[:, None], "y": y.astype(float)[:, None]})
PY
export CANCE_DATA_ROOT=$work/other
paper 0 --schedule 0.01 -- --only '*/goad/all/seed0'
[[ $(files_below paper | grep -c 'seed0.h5') -eq 2 ]] || fail "$(files_below paper)"
"$CANCE_TEST_PYTHON" - <<'PY' || fail "not every method"
import h5py
methods = set(h5py.File("paper/abalone/goad/all/seed0.h5")["scores"])
assert {"goad", "drocc", "dagmm_cance", "dpad", "deep_sad", "kde", "cance"} <= methods and len(methods) == 18, methods
PY
[[ $(grep -nE '^## (abalone|thyroid) ' paper/report/report.md | cut -d: -f2 | tr '\n' ' ') == '## abalone'*'## thyroid'* ]] ||
  fail "the order: $(grep '^## ' paper/report/report.md)"
grep -q '^In the paper: Abalone (configs/paper/abalone.cfg)' paper/report/report.md || fail "the report does not name the config"

# Again: nothing is trained; what would be other settings is refused.
before=$(sha256sum paper/*/*/*/seed0.h5)
paper 0 --schedule 0.01 -- --only '*/goad/all/seed0'
grep -q '2 cells finished, 0 to do' said || fail "a second time: $(<said)"
[[ $(sha256sum paper/*/*/*/seed0.h5) == "$before" ]] || fail "trained again"
paper 2 --schedule 0.02
grep -q "paper holds runs of '--schedule 0.01 --budget none'; say the same again" said || fail "$(<said)"

paper 2 --schedule 0.01x --out refused
[[ $(tail -n 1 said) == *'schedule.share = 0.01x: expected a number'* && ! -e refused ]] || fail "a refused start: $(<said)"

# A budget drops seeds, then lengths of the slowest methods, and says so.
paper 0 --budget 1m --out fast --dry-run -- --only 'thyroid/goad/*' --set grid.methods=error,dagmm,dagmm_1,dagmm_cance --set dagmm.epochs=100000
grep -q '== budget: 1 of 5 seeds, dropped 4' said || fail "nothing of seeds: $(<said)"
grep -q '   shorter than published: .*dagmm.*:' said || fail "nothing of lengths: $(<said)"
seconds=$(sed -nE 's/.*estimated: ([0-9]+) s of 60 s.*/\1/p' said)
[[ $seconds -ge 5 && $seconds -le 60 && ! -e fast ]] || fail "estimated $seconds s of 60: $(<said)"
paper 2 --budget 30x
grep -q -- '--budget 30x: expected a time as 30m, 2h or 3d' said || fail "$(<said)"

# With Slurm the same grid is submitted, with the settings of the first start (a stand-in for sbatch).
mkdir bin
printf '#!/bin/sh\necho 7\n' >bin/sbatch
chmod +x bin/sbatch
: >site.sh
PATH=$work/bin:$PATH paper 0 --schedule 0.01 --out queued --slurm site.sh -- --only '*/goad/all/seed0'
job=$(echo queued/slurm/*/job.sh)
grep -q "'--schedule' '0.01' '--set' 'grid.seeds=0-4' '--only' '\*/goad/all/seed0'" "$job" || fail "the job: $(grep arguments= "$job")"
printf 'nodes=3\ngpus_per_node=2\n' >site.sh # whose ranks an estimate counts on
PATH=$work/bin:$PATH launch/paper.sh --schedule 0.01 --out teams --slurm site.sh -- --only '*/goad/all/seed0' --ranks-per-run 6 >said 2>&1 ||
  fail "teams on a site: $(<said)"
[[ -e $(dirname "$job")/settings/abalone.cfg && $(wc -l <queued/settings.txt) -eq 3 ]] || fail "$(files_below queued)"
