#!/usr/bin/env bash
# The entry of the program: help, version, slips of the pen, doctor. No training.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

help=$(cance --help)
for command in try prep run extract score export-model status add-scores collect ensemble compare export report inspect verify doctor; do
  [[ $help == *"  $command "* ]] || fail "cance --help does not list $command"
  usage=$(cance "$command" --help) || fail "cance $command --help ended with $?"
  [[ $usage == *"cance $command"* ]] || fail "cance $command --help shows no usage: $usage"
done
[[ $(cance --version) =~ ^cance\ [0-9]+\.[0-9]+\.[0-9]+\  ]] || fail "cance --version: $(cance --version)"

refused "no command" cance
refused "did you mean 'doctor'" cance docter
refused "did you mean '--json'" cance doctor --jsn

doctor=$(cance doctor) || fail "cance doctor: 'run' would not work here: $doctor"
for what in cance-engine cores memory mpirun HDF5 CUDA NCCL; do
  [[ $doctor == *"$what"* ]] || fail "cance doctor says nothing of $what"
done
cance doctor --json | "$CANCE_TEST_PYTHON" -c \
  'import json, sys; d = json.load(sys.stdin); assert d["works"] and len(d["findings"]) > 8, d'

# Alone, without cance-engine beside it, the program still starts and says what it lacks.
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cp "$CANCE_BIN/cance" "$folder/"
refused "needs $folder/cance-engine" "$folder/cance" run x.cfg
code=0
lonely=$("$folder/cance" doctor) || code=$?
[[ $code -eq 1 && $lonely == *"missing  cance-engine"* ]] || fail "doctor without cance-engine: $code $lonely"
