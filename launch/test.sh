#!/usr/bin/env bash
# Everything a change must pass: build with warnings as errors, shellcheck, all tests but the long ones. CI runs this too.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[[ $# -eq 0 ]] || die "takes no arguments; for single tests: ctest --preset ci -R NAME"
cd "$root"
launch/setup.sh --with-tests --preset ci </dev/null

mapfile -t scripts < <(find . \( -name 'build*' -o -name .git \) -prune -o -type f \( -name '*.sh' -o -path ./.ci/run \) -print | sort)
step "shellcheck of ${#scripts[@]} scripts" shellcheck -x "${scripts[@]}"

say "tests"
log=build-ci/test.log status=0
ctest --preset ci </dev/null 2>&1 | tee "$log" || status=$?
mapfile -t skipped < <(sed -n 's/^[[:space:]]*[0-9]* - \(.*\) (Skipped)$/\1/p' "$log")
if [[ ${#skipped[@]} -eq 0 ]]; then
  say "no test was skipped"
else
  say "skipped: ${#skipped[@]}"
  for name in "${skipped[@]}"; do note "$name"; done
  { grep -h '^skipped: ' build-ci/Testing/Temporary/LastTest.log || true; } | sort -u >&2
fi
if [[ $status -ne 0 ]]; then
  say "FAILED after $SECONDS s; again the failed ones alone: ctest --preset ci --rerun-failed"
  exit 1
fi
say "passed in $SECONDS s"
