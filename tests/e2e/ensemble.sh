#!/usr/bin/env bash
# ensemble.sh: runs of two latent sizes joined; the ensemble stands in a report and scores its own rows to the same bits. A grid joins its own.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python ensemble
many_starts
work=$(mktemp -d)
trap 'end_starts; rm -rf "$work"' EXIT
cd "$work"
cance prep glyphs --train-per-class 40 --test-per-class 4 --out data/glyphs.h5 >/dev/null
printf '[grid]\ncases = 0\n[autoencoder]\nchannels = 8,16\nepochs = 2\ndecoder_epochs = 1\n[nce]\nhidden = 16\nepochs = 2\n' >small.cfg
for latent in 4 8; do
  cance run small.cfg --data-root data --out "runs$latent" --set "autoencoder.latent=$latent" --quiet
done

cance collect runs4 --out runs4.h5 >/dev/null
said=$(cance ensemble runs4 runs8 --over latents --methods cnce,error --out joined)
[[ $said == *"glyphs/unimodal/class0/seed0: AUROC "*"1 ensemble of latents by cnce,error, max"* ]] || fail "it says: $said"
[[ $(cance ensemble runs4 runs8 --over latents --methods cnce,error --out joined) == *"(1 was there)"* ]] || fail "a second time"
refused 'another run is there; use another --out, or --replace' cance ensemble runs4 runs8 --over latents --rule mean --out joined
refused "there is no setting 'hidden' to join over; expected seeds, latents, methods or a key; did you mean 'autoencoder.hidden' or 'nce.hidden' or " cance ensemble runs4 runs8 --over hidden --out none
refused "runs4/glyphs/unimodal/class0/seed0.h5 are one run; name it once" cance ensemble runs4.h5 runs4 --over methods --methods cnce,error --out none
refused "did you mean 'seeds'?" cance ensemble runs4 runs8 --over seed --methods cnce --out none
refused "it has no method 'cnc'" cance ensemble runs4 runs8 --over latents --methods cnc --out none
[[ ! -e none ]] || fail "a refused ensemble left a folder"
run=joined/glyphs/unimodal/class0/seed0.h5
cance verify "$run" >/dev/null
[[ $(cance inspect "$run") == *"member runs4/"*"member runs8/"* ]] || fail "inspect does not name the members"
cance report joined runs4 --out report >report.txt
grep -q '^Ensemble ' report.txt || fail "the report has no ensemble: $(<report.txt)"
cance collect joined --out archive.h5 >/dev/null
cance score --run "$run" --input data/glyphs.h5 --part own --out file.csv 2>/dev/null >/dev/null
cance score --run "archive.h5:glyphs/unimodal/class0/seed0" --input data/glyphs.h5 --part own --out archive.csv 2>/dev/null >/dev/null
cmp file.csv archive.csv || fail "the archive's ensemble scores otherwise than its file"
"$CANCE_TEST_PYTHON" - file.csv "$run" <<'PY' || fail "it scores its own rows otherwise"
import h5py, pandas, sys
there, kept = pandas.read_csv(sys.argv[1])["score"].to_numpy(), h5py.File(sys.argv[2])["scores/ensemble"][:]
sys.exit(int(len(kept) != 40 or abs(there - kept).max() > 1e-12 * abs(kept).max()))
PY
for ending in onnx safetensors; do cance export-model --run "$run" --out model.$ending >/dev/null; done
"$CANCE_TEST_PYTHON" - "$run" <<'PY' || fail "its export scores otherwise"
import h5py, importlib.util, json, numpy, sys
run, rows = h5py.File(sys.argv[1]), h5py.File("data/glyphs.h5")["test/x"][:].astype(numpy.float32)
kept = run["scores/ensemble"][:]
if importlib.util.find_spec("onnxruntime"):
    import onnxruntime
    model = onnxruntime.InferenceSession("model.onnx", providers=["CPUExecutionProvider"])
    scores = model.run(["scores"], {"rows": rows[run["index"][:]]})[0]
    assert abs(scores - kept).max() < 1e-4 * numpy.ptp(kept), abs(scores - kept).max()
    assert len(json.loads(model.get_modelmeta().custom_metadata_map["members"])) == 2
if importlib.util.find_spec("safetensors"):
    import safetensors.numpy
    tensors = safetensors.numpy.load_file("model.safetensors")
    normals = run["members/001/validation_scores/error"][:]
    assert (numpy.sort(tensors["member1.error.validation_scores"]) == numpy.sort(normals)).all()
    assert "member0.encoder.0.weight" in tensors and "member0.cnce.0.weight" in tensors
PY
refused 'the method ensemble is not trained' cance run small.cfg --data-root data --out none --set grid.methods=ensemble

# A grid joins its runs as soon as the last member is there, whichever worker trains it, and again what is gone or made of other runs.
cat >grid.cfg <<'CFG'
include = small.cfg
[grid]
seeds = 0-1
methods = error,cnce
ensembles = latents:max:cnce+error, seeds:mean:cnce
[vary]
autoencoder.latent = 4,8
CFG
grid() { cance run grid.cfg --data-root data --out grid --quiet "$@" 2>said || fail "$* ended with $?: $(<said)"; }
joined() { files_below grid | grep -c 'ensemble=' || true; }
hashes() { (cd grid && sha256sum ensemble=*/*/*/*/*.h5 | sort); }
grid --worker 0/2
[[ $(joined) -lt 4 ]] || fail "joined before all members are there: $(files_below grid)"
[[ $(cance status grid) == *"missing  ensemble=latents-max-cnce+error/glyphs/unimodal/class0/seed"*": "[12]" of 2 members not done, latent="* ]] ||
  fail "$(cance status grid)"
grid --worker 1/2
[[ $(joined) -eq 4 ]] || fail "not joined: $(files_below grid)"
cance ensemble grid --over latents --methods cnce,error --out by-hand >/dev/null
"$CANCE_TEST_PYTHON" - <<'PY' || fail "the grid's ensemble is another than that by hand"
import h5py
grid, hand = (h5py.File(f"{folder}/glyphs/unimodal/class0/seed1.h5") for folder in ("grid/ensemble=latents-max-cnce+error", "by-hand"))
assert (grid["scores/ensemble"][:] == hand["scores/ensemble"][:]).all()
assert grid.attrs["cell"] == "ensemble=latents-max-cnce+error/glyphs/unimodal/class0/seed1" and len(grid["members"]) == 2
PY
hashes >before
[[ $(cance status grid) == *$'\ngrid: 4 ensembles made, 0 missing'* ]] || fail "$(cance status grid)"
rm -r 'grid/ensemble=seeds-mean-cnce,latent=4'
cance status grid --json | "$CANCE_TEST_PYTHON" -c '
import json, sys
all = json.load(sys.stdin)
[ensembles] = all["ensembles"]
assert ensembles["folder"] == "grid" and ensembles["made"] == 3, ensembles
assert ensembles["missing"] == [{"cell": "ensemble=seeds-mean-cnce,latent=4/glyphs/unimodal/class0/seed0",
                                 "note": "all members are done; the same run makes it"}], ensembles
assert [(grid["folder"], grid["cells"], grid["done"], grid["missing"]) for grid in all["grids"]] == [
    (f"grid/latent={m}/glyphs/unimodal", 2, 2, []) for m in (4, 8)], all["grids"]
' || fail "as JSON: $(cance status grid --json)"
[[ $(cance status grid/latent=4) != *ensemble* ]] || fail "of a part: $(cance status grid/latent=4)"
grid
[[ $(joined) -eq 4 && $(hashes | comm -12 - before | wc -l) -ge 3 ]] || fail "resumed: $(files_below grid)"
hashes >before
grid --replace --only 'latent=8/*/seed1'
[[ $(hashes | comm -13 before - | wc -l) -eq 2 ]] || fail "not made anew of a new member: $(hashes)"
[[ $(cance status grid) == *'4 done, 0 failed, 0 missing of 4 cells'* ]] || fail "$(cance status grid)"
cance collect grid --out grid.h5 >/dev/null 2>&1
cance report grid.h5 --out grid-report >/dev/null 2>&1
grep -q '^## ensemble=seeds-mean-cnce,latent=8 / glyphs' grid-report/report.md || fail "no section of an ensemble"
! grep -q '^## Overview' grid-report/report.md || fail "ensembles stand among the groups of an overview"
grep -q 'Variants, glyphs / unimodal' grid-report/report.md || fail "no table of variants"
# Ensembles are compared with each other, and have no value of what they join over.
cance compare grid --metric auroc >compared || true
[[ $(grep -c '^glyphs/unimodal/class0 *Ensemble ' compared) -eq 3 && $(<compared) != *'data differ'* ]] || fail "compare: $(<compared)"
grep -qE '^glyphs/unimodal/class0 *Ensemble +auroc +4,8 by cnce,error ' compared || fail "compare: $(<compared)"
# Of two folders each ensemble beside its namesake, whose drop counts.
code=0
said=$(cance compare grid grid --metric auroc) || code=$?
[[ $(grep -c '^glyphs/unimodal/class0 *Ensemble .* first$' <<<"$said") -eq 3 ]] || fail "namesakes: $code, $said"
code=0
cance run grid.cfg --data-root data --out grid --quiet --replace --only 'latent=8/*/seed1' --set nce.epochs=3 2>said || code=$?
[[ $code -eq 1 && $(grep -c 'no other run agrees with it in all but' said) -eq 2 ]] || fail "members of other settings: $code, $(<said)"
[[ $(cance status grid) == *'grid: 2 ensembles made, 2 missing'*'no other run agrees with it in all but'* ]] || fail "$(cance status grid)"
# Variants of a later launch lie beside these, and an ensemble joins those of the launch that named it last; a damaged member is not done.
extend() { cance run small.cfg --data-root data --out grid --quiet --set grid.ensembles=latents:max:cnce+error --vary "autoencoder.latent=$1"; }
extend 2,6
[[ $(cance status grid) == *'grid: 2 ensembles made, 2 missing'* ]] || fail "of two launches: $(cance status grid)"
for seed in 0 1; do
  cance run small.cfg --data-root data --out apart --quiet --set grid.methods=error,cnce --set grid.ensembles=methods:mean:cnce+error --set "grid.seeds=$seed"
done
[[ $(cance status apart) == *'apart: 2 ensembles made, 0 missing'* ]] || fail "of launches of other seeds: $(cance status apart)"
truncate -s -1 grid/latent=6/glyphs/unimodal/class0/seed0.h5
[[ $(cance status grid) == *'missing  ensemble=latents-max-cnce+error/glyphs/unimodal/class0/seed0: 1 of 2 members not done, latent=6/'* ]] ||
  fail "a damaged member: $(cance status grid)"
refused "grid.ensembles: seeds:max:cance: the grid does not train the method 'cance'" \
  cance run small.cfg --data-root data --out none --set grid.methods=cnce --set grid.ensembles=seeds:max:cance
refused 'an ensemble joins two runs or more, and grid.seeds has one value' \
  cance run small.cfg --data-root data --out none --set grid.ensembles=seeds:max:cance
refused 'grid.ensembles = seeds:most:cance: expected none, or OVER:RULE' \
  cance run small.cfg --data-root data --out none --set grid.ensembles=seeds:most:cance
