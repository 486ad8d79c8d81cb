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
log=build-ci/test.log results=build-ci/test.xml last=build-ci/Testing/Temporary/LastTest.log status=0
rm -f "$log" "$results" "$last"
ctest --preset ci --parallel "$(nproc)" --output-junit "$root/$results" </dev/null 2>&1 | tee "$log" || status=$?

say "the slowest, in seconds"
sed -n 's/.*<testcase name="\([^"]*\)".* time="\([0-9.]*\)".*/\2 \1/p' "$results" | sort -rn | awk 'NR <= 10 { printf "   %7.1f %s\n", $1, $2 }' >&2

# Tests that ctest counts as skipped, and cases that a program of many cases skipped.
mapfile -t skipped < <({
  sed -n 's/^[[:space:]]*[0-9]* - \(.*\) (Skipped)$/\1/p' "$log"
  sed -n 's/^\[  SKIPPED \] \([^ ,]*\.[^ ,]*\).*/\1/p' "$last"
} | awk '{ n = split($1, part, "."); key = part[n - 1] "." part[n] } !named[key]++ { print $1 }')
if [[ ${#skipped[@]} -eq 0 ]]; then
  say "no test was skipped"
else
  say "skipped: ${#skipped[@]}"
  for name in "${skipped[@]}"; do note "$name"; done
  { grep -h '^skipped: ' "$last" || true; } | sort -u >&2
fi
if [[ $status -ne 0 ]]; then
  say "FAILED after $SECONDS s; again the failed ones alone: ctest --preset ci --rerun-failed"
  exit 1
fi
say "passed in $SECONDS s"
