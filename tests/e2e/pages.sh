#!/usr/bin/env bash
# Every command of the pages for users, run as it is written, in a folder that looks like a checkout, with small settings files. Commands that
# need what is not everywhere (Slurm, GPUs, a build) are only parsed. Real data that is absent skips the commands that need it.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
need_python pages

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export CANCE_TEST_PYTHON
data=${CANCE_DATA_ROOT:-$CANCE_SOURCE_DIR/../shared/data}
"$CANCE_TEST_PYTHON" "$here/page_commands.py" "$CANCE_SOURCE_DIR" "$CANCE_BIN" "$data" "$work/checkout"
