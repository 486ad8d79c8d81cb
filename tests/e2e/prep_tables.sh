#!/usr/bin/env bash
# `cance prep table` against NumPy, Python's csv and h5py.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python prep_tables
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$CANCE_TEST_PYTHON" "$here/prep_tables.py" "$CANCE_BIN/cance" "$work"
