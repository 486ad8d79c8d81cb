#!/usr/bin/env bash
# The main job from nothing: packages, build, the embedded data set, training on RANKS ranks (default 2), archive, report.
# Everything lands in quickstart/; started again, it does only what is missing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ $# -le 1 && ${1:-2} =~ ^[1-9][0-9]*$ ]] || die "usage: launch/quickstart.sh [RANKS]"
cd "$root"
keep_steps
launch/setup.sh
data=quickstart/data/glyphs.h5 runs=quickstart/runs archive=quickstart/archive.h5 report=quickstart/report

cance() { build/bin/cance "$@"; }

if [[ ! -e $data ]]; then
  step "data set" cance prep glyphs --out "$data"
fi
step "training on ${1:-2} ranks" launch/local.sh "${1:-2}" run configs/quickstart.cfg --data-root quickstart/data --out "$runs"
step "archive" cance collect "$runs" --out "$archive" --replace --quiet
step "report" cance report "$archive" --out "$report"
page=$(find "$report" -maxdepth 1 -name '*.html' -print -quit)
[[ -n $page ]] || die "cance report left no page in $report"
tell_steps
say "done in $SECONDS s. Look at the report: $root/$page
   A table of your own:    build/bin/cance try my.csv --label COLUMN --normal VALUE"
