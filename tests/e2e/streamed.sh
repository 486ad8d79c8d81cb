#!/usr/bin/env bash
# Rows streamed from the file in windows: the same bits again, also with lanes; results near those of rows in memory; and a
# dataset file larger than the memory that the process may have, where rows in memory do not train.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python streamed

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '[grid]\ndataset=glyphs\ncases=1\nseeds=0-1\nmethods=error,cance\n[autoencoder]\nchannels=4,8\nepochs=5\ndecoder_epochs=2\n[nce]\nhidden=32,32\nepochs=8\n' >x.cfg
cance prep glyphs --train-per-class 200 --test-per-class 60 --out data/glyphs.h5 >/dev/null
run() { "$CANCE_BIN/cance" run x.cfg --data-root data --threads 1 "$@"; }

# 180 training rows in windows of 64; a batch lies in up to three of them.
run --out memory
run --out windows --set data.window=64
run --out again --set data.window=64 --lanes 2
"$CANCE_TEST_PYTHON" "$here/same_runs.py" windows again
"$CANCE_TEST_PYTHON" "$here/near_runs.py" memory windows --auroc .05

# A limit on heap and other private memory: libtorch and one epoch in windows want about 135 MiB of it. One arena for all threads, and
# large blocks that go back at once, so that malloc's habits do not count. Without memory libtorch may crash.
limit=190
"$CANCE_TEST_PYTHON" "$here/make_large_data.py" data/glyphs.h5 glyphs.h5 29000 36000
mv glyphs.h5 data/glyphs.h5
size=$(($(stat -c %s data/glyphs.h5) / 1048576))
[[ $size -gt $limit ]] || fail "the file has only $size MiB"
# trains WINDOW: one cell of one epoch.
trains() (
  export MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=1048576
  ulimit -d $((limit * 1024))
  run --quiet --out "large$1" --set data.window="$1" --set grid.cases=0 --set grid.seeds=0 --set grid.methods=error --set autoencoder.epochs=1 \
    --set autoencoder.decoder_epochs=0 --set autoencoder.channels=2,2 --set autoencoder.batch=512 2>said
)
code=0
trains 0 || code=$?
[[ $code -ne 0 ]] || fail "$size MiB of rows train in $limit MiB of memory, so this shows nothing"
grep -Eq 'bad_alloc|memory|Segmentation' said || fail "it failed for another reason: $(<said)"
trains 2048 || fail "rows in windows do not train in $limit MiB: $(<said)"
cance verify large2048/glyphs/unimodal/class0/seed0.h5 >/dev/null
echo "a file of $size MiB trains in $limit MiB"
