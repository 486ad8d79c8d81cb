#!/usr/bin/env bash
# ensemble.sh: runs of two latent sizes joined; the ensemble stands in a report and scores its own rows to the same bits.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python ensemble
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cance prep glyphs --train-per-class 40 --test-per-class 4 --out data/glyphs.h5 >/dev/null
printf '[grid]\ncases = 0\n[autoencoder]\nchannels = 8,16\nepochs = 2\ndecoder_epochs = 1\n[nce]\nhidden = 16\nepochs = 2\n' >small.cfg
for latent in 4 8; do
  cance run small.cfg --data-root data --out "runs$latent" --set "autoencoder.latent=$latent" --quiet
done

said=$(cance ensemble runs4 runs8 --over latents --methods cnce,error --out joined)
[[ $said == *"glyphs/unimodal/class0/seed0: AUROC "*"1 ensemble of latents by cnce,error, max"* ]] || fail "it says: $said"
[[ $(cance ensemble runs4 runs8 --over latents --methods cnce,error --out joined) == *"(1 was there)"* ]] || fail "a second time"
refused 'another run is there; use another --out, or --replace' cance ensemble runs4 runs8 --over latents --rule mean --out joined
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
refused 'export its members: runs4/' cance export-model --run "$run" --out model.onnx
refused 'the method ensemble is not trained' cance run small.cfg --data-root data --out none --set grid.methods=ensemble
