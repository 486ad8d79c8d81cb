#!/usr/bin/env bash
# Wrong use and bad data, each: exit code 2, one line that names the fault, nothing left behind.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python bad_input
many_starts

work=$(mktemp -d)
trap 'end_starts; rm -rf "$work"' EXIT
cd "$work"
printf '[grid]\ndataset = glyphs\ncases = 0\n[autoencoder]\nnetwork = conv\nepochs = 1\n[nce]\nepochs = 1\n' >good.cfg
cance prep glyphs --train-per-class 40 --test-per-class 5 --out data/glyphs.h5 >/dev/null
"$CANCE_TEST_PYTHON" "$here/make_bad_data.py" data/glyphs.h5 bad
before=$(files_below .)

run() { cance run good.cfg --data-root data --out runs "$@"; }
refused "absent.cfg" cance run absent.cfg --data-root data --out runs
refused "no-such" cance run good.cfg --data-root no-such --out runs
refused "did you mean '--data-root'" cance run good.cfg --data-rot data --out runs
refused "did you mean 'nce.epochs'" run --set nce.epoch=3
refused "nce.batch.*autoencoder.latent" run --set nce.batch=0 --set autoencoder.latent=-1
refused "class0/seed9" run --only 'class0/seed9'
refused "no class 11; classes are 0 to 9" run --set grid.cases=0,11
refused "expected continue or stop" run --on-failure=halt
refused "--threads 0" run --threads=0
refused "--transport nccl: it is for GPUs" run --device=cpu --transport=nccl
refused "--device gpu: expected auto, cpu or cuda" run --device=gpu
refused "--graphs maybe" run --graphs=maybe
refused "--ranks-per-run 2 does not divide the 1 rank" run --ranks-per-run=2
[[ -e /dev/nvidiactl ]] || refused "--device cuda: no driver .libcuda.so.1." run --device=cuda
refused "--out.* is required" cance run good.cfg --data-root data
refused "good.cfg/glyphs/unimodal: the folder cannot be made" cance run good.cfg --data-root data --out good.cfg
refused "good.cfg/glyphs.h5: no such dataset file" cance run good.cfg --data-root good.cfg --out runs
printf 'epochs 3\n' >no-ini.cfg
refused "no-ini.cfg: not an INI file.*nce.batch = 0.*--set nce: expected key=value" \
  cance run no-ini.cfg --data-root data --out runs --set nce.batch=0 --set nce
rm no-ini.cfg
refused "HDF5" cance inspect good.cfg
code=0
verdict=$(cance verify absent.h5 data/glyphs.h5) || code=$?  # a line a file is its result
[[ $code -eq 2 && $verdict == "absent.h5: "*"data/glyphs.h5: ok"* ]] || fail "verify: $code $verdict"
refused "did you mean 'mnist'" cance prep mnst --raw . --out x.h5
refused "train-images" cance prep mnist --raw . --out x.h5
refused "." cance status no-such
refused "." cance report no-such --out report

# One folder a fault, each with a glyphs.h5 made by make_bad_data.py. --dry-run refuses the same.
declare -A message=(
  [no_normal_rows]="0 normal training rows for class0" [one_normal_row]="1 normal training rows for class0"
  [constant_pixels]="all 40 normal training rows of class0 are the same" [fewer_labels]="400 rows, but 397 labels"
  [labels_outside]="label 50 in row 0" [no_test_part]="expected train and test" [no_anomalies]="0 anomalous test rows"
  [not_finite]="/test/x: row 4 holds a value that is not finite" [a_table]="network = conv takes images.* rows of 784"
  [newer_version]="schema version 2.0" [not_complete]="incomplete" [other_schema]="something-else"
  [no_hdf5]="not an HDF5 file" [truncated]="truncated")
folders=(bad/*/)
[[ ${#folders[@]} -eq ${#message[@]} ]] || fail "${#folders[@]} bad files, ${#message[@]} expected messages"
for folder in "${folders[@]}"; do
  refused "${message[$(basename "$folder")]}" cance run good.cfg --data-root "$folder" --out runs
done
refused "row 4 holds" cance run good.cfg --data-root bad/not_finite --out runs --dry-run

# A full disk, played by a limit on the size of files (in KiB).
full() (
  ulimit -f 8
  "$@"
)
refused "full.h5" full "$CANCE_BIN/cance" prep glyphs --out full.h5

[[ $(files_below .) == "$before" ]] || fail "left behind: $(diff <(echo "$before") <(files_below .))"
[[ ! -e runs ]] || fail "an empty runs folder was left behind"

# What names and files hold reaches no terminal as a command.
refused '^cance: \\x1b\[31mgone\\x0d\.h5: ' cance inspect $'\e[31mgone\r.h5'
