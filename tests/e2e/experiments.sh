#!/usr/bin/env bash
# Many configs as one grid, a shorter schedule, and a sweep whose variants share their autoencoder.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python experiments
many_starts

work=$(mktemp -d)
trap 'end_starts; rm -rf "$work"' EXIT
cd "$work"
for seed in 0 1; do
  cance prep glyphs --train-per-class 40 --test-per-class 10 --seed $seed --out data/glyphs$seed.h5 >/dev/null
done
mkdir configs
cat >configs/a.cfg <<'CFG'
[grid]
dataset = glyphs0, glyphs1, mnist
cases = 0
methods = error,cnce
[autoencoder]
channels = 4,8
latent = 4
epochs = 20
decoder_epochs = 10
[nce]
hidden = 16
epochs = 20
CFG
printf 'include = a.cfg\n[grid]\ndataset = glyphs0\ncases = 1\n' >configs/b.cfg
grid() { cance run "$@" --data-root data --threads 1 2>said; }

# One plan over the folder's cells; what is absent is said once, with the line that makes it, and nothing else fails.
refused "mnist.h5: no such dataset file; make it with 'cance prep mnist --raw raw/mnist --out data/mnist.h5'" \
  cance run configs --data-root data --out runs --require-all
grid configs --out runs --schedule 0.1 || fail "two configs: $(<said)"
[[ $(grep -c "mnist.h5: no such dataset file.*; 1 cell left out" said) -eq 1 ]] || fail "nothing of MNIST: $(<said)"
grep -q '3 cells done, 0 failed, 1 cell left out for want of mnist (see above); next: cance report' said || fail "the closing line: $(<said)"
[[ $(find runs -name 'seed0.h5' | wc -l) -eq 3 ]] || fail "cells: $(files_below runs)"
[[ $(cance status runs) == *'together: 3 done, 0 failed, 1 missing of 4 cells'* ]] || fail "$(cance status runs)"

# Cells of the same lengths are finished, whether a schedule or the file says so; two configs may not differ on a cell.
grid configs/b.cfg --out runs --set autoencoder.epochs=2 --set autoencoder.decoder_epochs=1 --set nce.epochs=2 || fail "trained alike: $(<said)"
grep -q '1 cells finished, 0 to do' said || fail "a cell that is trained alike was not taken over: $(<said)"
sed -i 's/cases = 1/cases = 0/; $a[nce]\nbatch = 16' configs/b.cfg
refused 'a.cfg and .*b.cfg give the cell glyphs0/unimodal/class0/seed0 different settings \(nce.batch: 256 -> 16\)' \
  cance run configs --data-root data --out runs2
[[ ! -e runs2 ]] || fail "refused, but runs2 is there"

# A sweep: each autoencoder is trained once, so its epochs took the same seconds to the bit; two lanes wait for each other.
grid configs/a.cfg --out sweep --schedule 0.1 --vary nce.noise_ratio=1,4,16 --lanes 2 || fail "sweep: $(<said)"
"$CANCE_TEST_PYTHON" - <<'PY' || fail "the variants did not share their autoencoders"
import glob, h5py
for dataset in ("glyphs0", "glyphs1"):
    runs = [h5py.File(path) for path in glob.glob(f"sweep/*/{dataset}/unimodal/class0/seed0.h5")]
    assert len(runs) == 3
    seconds = {tuple(run["history/autoencoder/seconds"][:]) for run in runs}
    assert len(seconds) == 1, seconds
    assert len({run["scores/error"][:].tobytes() for run in runs}) == 1
    assert len({run["scores/cnce"][:].tobytes() for run in runs}) == 3
    assert all(run.attrs["default_variant"] == "noise_ratio=4" for run in runs)
PY
grid configs/a.cfg --out alone --schedule 0.1 --vary nce.noise_ratio=4 --set grid.dataset=glyphs1 || fail "alone: $(<said)"
"$CANCE_TEST_PYTHON" "$here/same_runs.py" alone/noise_ratio=4/glyphs1 sweep/noise_ratio=4/glyphs1

# One archive, whose tables have the setting as a column, and one report.
cance collect sweep --out sweep.h5 >/dev/null 2>&1
cance export sweep.h5 --out metrics.csv
grep -q 'noise_ratio' metrics.csv || fail "no column: $(head -n 1 metrics.csv)"
cance report sweep --out report >/dev/null 2>&1
grep -q 'Variants, glyphs0 / unimodal' report/report.md || fail "no table of variants"
grep -q 'schedule 0.1' report/report.md || fail "the report does not say schedule 0.1"
grep -q 'All others are equal' report/report.md || fail "the report does not say what is equal"
head -n 1 report/auroc.csv | grep -q noise_ratio || fail "auroc.csv: $(head -n 1 report/auroc.csv)"
cance compare sweep >compared || true
[[ $(head -n 1 compared) == *nce.noise_ratio* && $(grep -c 'noise_ratio=16' compared) -ge 4 ]] || fail "compare: $(<compared)"
