#!/usr/bin/env bash
# export_model.sh: exports of every method that can be restored score as the run did: ONNX by ONNX Runtime, safetensors by NumPy,
# TorchScript by PyTorch where CANCE_TORCH_PYTHON names a Python that has it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source-path=SCRIPTDIR source=small_runs.sh
. "$here/small_runs.sh"
need_python export_model
if ! "$CANCE_TEST_PYTHON" -c "import onnxruntime, safetensors" 2>/dev/null; then
  echo "skipped: e2e.export_model needs onnxruntime and safetensors (launch/setup.sh --with-tests)"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

"$CANCE_TEST_PYTHON" "$here/make_score_data.py" .
cance prep glyphs --train-per-class 120 --test-per-class 30 --out data/glyphs.h5 >/dev/null
cance prep table --raw train.csv --label kind --normal ok --drop note --missing mean --out data/tab.h5 >/dev/null
comparison_config
train compared --set grid.dataset=glyphs --set split.labelled_share=0.01 --set grid.methods=$image_methods
train compared_table --set grid.dataset=tab --set grid.protocol=goad --set grid.cases=all --set grid.methods=$table_methods
small_config random,error,latnce,gaussian,cnce,cance
train conv --set grid.dataset=glyphs
train gcn --set grid.dataset=glyphs --set input.normalisation=gcn --set feature.contrast=on --set feature.transform=log
train channel --set grid.dataset=glyphs --set input.normalisation=channel --set compute.precision=float64
train pca --set grid.dataset=glyphs --set autoencoder.network=pca
train table --set grid.dataset=tab --set grid.protocol=goad --set grid.cases=all
train table64 --set grid.dataset=tab --set grid.protocol=goad --set grid.cases=all --set compute.precision=float64 --set feature.transform=log

# check RUN METHOD DATA: its three exports score as the run did.
check() {
  local model=models/$1.$2 ending
  for ending in onnx safetensors pt; do cance export-model --run "runs/$1.h5" --method "$2" --out "$model.$ending" >/dev/null; done
  "$CANCE_TEST_PYTHON" "$here/check_exports.py" "runs/$1.h5" "$2" "$3" "$model.onnx" "$model.safetensors"
  [[ -z ${CANCE_TORCH_PYTHON:-} ]] || "$CANCE_TEST_PYTHON" "$here/check_exports.py" --rows "runs/$1.h5" "$2" "$3" |
    "$CANCE_TORCH_PYTHON" "$here/check_torchscript.py" "$model.pt"
}
for run in conv gcn channel pca table table64; do
  case $run in table*) data=data/tab.h5 ;; *) data=data/glyphs.h5 ;; esac
  for method in error latnce gaussian cnce cance; do
    if [[ $run != conv && $run != table && $method != cance ]]; then continue; fi
    check $run $method $data
  done
done
for method in ${image_methods//,/ }; do check compared "$method" data/glyphs.h5; done
for method in ${table_methods//,/ }; do check compared_table "$method" data/tab.h5; done

refused 'random: this method keeps nothing .* all but random and knn' cance export-model --run runs/table.h5 --method random --out a.onnx
refused "no method 'cnse'; did you mean 'cnce'" cance export-model --run runs/table.h5 --method cnse --out a.onnx
refused 'its ending tells no format' cance export-model --run runs/table.h5 --out a.bin
refused 'onnx' cance export-model --run runs/table.h5 --format onxx --out a.onnx
refused 'a cance run file, which would be lost' cance export-model --run runs/table.h5 --format onnx --out runs/table64.h5
for ending in onnx safetensors pt; do
  echo old >a.$ending
  refused 'disk' bash -c "ulimit -f 4; '$CANCE_BIN/cance' export-model --run runs/table.h5 --out a.$ending"
  [[ $(cat a.$ending) == old ]] || fail "a full disk touched a.$ending"
done
[[ -z $(find . -maxdepth 1 -name '*.tmp.*') ]] || fail "left behind: $(find . -maxdepth 1 -name '*.tmp.*')"
