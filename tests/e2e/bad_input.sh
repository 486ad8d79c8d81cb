#!/usr/bin/env bash
# Wrong use and bad data, each: exit code 2, one line that names the fault, nothing left behind.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python bad_input

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '[grid]\ndataset = glyphs\ncases = 0\n[autoencoder]\nepochs = 1\n[nce]\nepochs = 1\n' >good.cfg
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
refused "good.cfg" run --out good.cfg
refused "HDF5" cance inspect good.cfg
refused "absent.h5" cance verify absent.h5
refused "did you mean 'mnist'" cance prep mnst --raw . --out x.h5
refused "train-images" cance prep mnist --raw . --out x.h5
refused "." cance status no-such
refused "." cance report no-such --out report

# One folder a fault, each with a glyphs.h5 made by make_bad_data.py.
for folder in bad/*/; do
  refused "." cance run good.cfg --data-root "$folder" --out runs
done

# A full disk, played by a limit on the size of files (in KiB) whose signal is ignored.
full() (
  trap '' XFSZ
  ulimit -f 8
  "$@"
)
refused "full.h5" full "$CANCE_BIN/cance" prep glyphs --out full.h5

[[ $(files_below .) == "$before" ]] || fail "left behind: $(diff <(echo "$before") <(files_below .))"
[[ ! -e runs ]] || fail "an empty runs folder was left behind"
