#!/usr/bin/env bash
# export_model.sh SMALL_RUNS [all]: exports of every method that can be restored score as the run did: ONNX by ONNX Runtime, safetensors by NumPy,
# TorchScript by PyTorch where CANCE_TORCH_PYTHON names a Python that has it. Without `all`, methods to which an image is a row like any other
# are exported from the run of a table alone, and as TorchScript those that tests/pipeline/export_test.cpp does not have.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source-path=SCRIPTDIR source=small_methods.sh
. "$here/small_methods.sh"
need_python export_model
if ! "$CANCE_TEST_PYTHON" -c "import onnxruntime, safetensors" 2>/dev/null; then
  echo "skipped: e2e.export_model needs onnxruntime and safetensors (launch/setup.sh --with-tests)"
  exit 77
fi
many_starts
work=$(mktemp -d)
trap 'end_starts; rm -rf "$work"' EXIT
cp -r "${1:?folder of the small runs}/." "$work"
cd "$work"
every=${2:-}
[[ -z $every ]] || image_net_methods=$image_methods

# check RUN METHOD DATA: its exports; `judged` are those whose scores are compared with the run's at the end, all by one Python.
judged=()
check() {
  local model=models/$1.$2 ending endings=(onnx safetensors)
  case $1.$2 in
    pca.* | *.deep_sad | *.dagmm_cance) endings+=(pt) ;;
    *) [[ -z $every && -z ${CANCE_TORCH_PYTHON:-} ]] || endings+=(pt) ;;
  esac
  for ending in "${endings[@]}"; do cance export-model --run "runs/$1.h5" --method "$2" --out "$model.$ending" >/dev/null; done
  judged+=("runs/$1.h5" "$2" "data/$3.h5" "$model.onnx" "$model.safetensors")
  [[ -z ${CANCE_TORCH_PYTHON:-} ]] || "$CANCE_TEST_PYTHON" "$here/check_exports.py" --rows "runs/$1.h5" "$2" "data/$3.h5" |
    "$CANCE_TORCH_PYTHON" "$here/check_torchscript.py" "$model.pt"
}
for run in conv gcn channel pca table table64; do
  case $run in table*) data=tab ;; *) data=glyphs ;; esac
  for method in error latnce gaussian cnce cance; do
    if [[ $run != conv && $run != table && $method != cance ]]; then continue; fi
    check $run $method $data
  done
done
for method in ${image_net_methods//,/ }; do check compared "$method" glyphs; done
for method in ${table_methods//,/ }; do check compared_table "$method" tab; done
"$CANCE_TEST_PYTHON" "$here/check_exports.py" "${judged[@]}"

refused 'random: this method keeps nothing .* all but random' cance export-model --run runs/table.h5 --method random --out a.onnx
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
