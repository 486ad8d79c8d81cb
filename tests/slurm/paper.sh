#!/usr/bin/env bash
# paper.sh NAME WORK: launch/paper.sh on a cluster, whose ranks are killed in the middle of a cell, and started again at the end.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

for folder in launch configs cluster; do cp -r "$CANCE_SOURCE_DIR/$folder" .; done
unset CANCE_DATA_ROOT
mkdir -p raw/abalone
"$CANCE_TEST_PYTHON" "$CANCE_SOURCE_DIR/tests/e2e/raw_abalone.py" raw/abalone/abalone.data
runs=$work/paper
paper() {
  launch/paper.sh --schedule 0.1 --slurm cluster/sites/local.sh -- --only 'abalone/goad/all/seed[01]' --set grid.methods=error,cance \
    --set autoencoder.epochs=100000 --checkpoint-seconds 0.1 2>submitted || fail "not submitted: $(<submitted)"
}
paper
hold 1
kill -9 "${held[@]}"
wait_until 150 no_job
said '^job .*: start 2, ' || fail "not put back: $(logs)"
said '^complete: .*what is missing above was not asked of this job' || fail "not complete: $(logs)"
grep -q '^In the paper: Abalone (configs/paper/abalone.cfg)' paper/report/report.md || fail "the report: $(<paper/report/report.md)"
[[ $(cance verify paper/archive.h5 2>/dev/null) == *'archive of 2 runs'* ]] || fail "the archive: $(cance verify paper/archive.h5 2>&1)"
paper
wait_until 60 no_job
said '2 cells finished, 0 to do' || fail "trained again: $(logs)"
