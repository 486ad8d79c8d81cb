#!/usr/bin/env bash
# report.sh RUNS: a report of trained cells and of their archive, checked file by file; a full disk leaves the old report whole.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python report

runs=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cance report "$runs" --out report >/dev/null
"$CANCE_TEST_PYTHON" "$here/check_report.py" report "$runs"

# The same numbers from an archive.
cance collect "$runs" --out archive.h5 >/dev/null
cance report archive.h5 --out again >/dev/null
"$CANCE_TEST_PYTHON" "$here/check_report.py" again "$runs"
cmp report/summary.csv again/summary.csv

# A full disk, played by a limit on the size of files (in KiB) that only the page exceeds: nothing is replaced.
size=$(($(stat -c %s report/index.html) / 1024))
sum=$(sha256sum report/*.*)
full() (
  ulimit -f $((size - 20))
  "$CANCE_BIN/cance" report "$runs" --title "Another title" --out report
)
code=0
said=$(full 2>&1) || code=$?
[[ $code -eq 2 && $said == *"index.html: writing "*"is the disk full?"* ]] || fail "a full disk: $code $said"
[[ $sum == "$(sha256sum report/*.*)" ]] || fail "a full disk replaced a part of the report: $(ls -l report)"
