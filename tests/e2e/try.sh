#!/usr/bin/env bash
# try.sh: one command from a table to its report, or to scores where nothing is labelled; again, after a change, and on input that is wrong.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
# Points near a line; every tenth of the labelled ones, and row 7 of the others, lie far from it.
awk 'BEGIN { srand(1); print "x,y,kind"; for (i = 0; i < 200; ++i) { x = rand(); odd = i % 10 == 3
  print x "," (odd ? 3 - x : 2 * x + .1 * rand()) "," (odd ? "worn" : "ok") } }' >"my rows.csv"
awk 'BEGIN { srand(2); print "x,y"; for (i = 0; i < 150; ++i) { x = rand(); print x "," (i == 7 ? 9 : 2 * x + .1 * rand()) } }' >plain.csv

cance try "my rows.csv" --label kind --normal ok >out 2>err
[[ $(<out) == *CANCE*"report: try/my_rows/report/index.html"* && -s try/my_rows/report/index.html ]] || fail "output: $(<out)"
[[ $(grep '^\$' err) == "\$ cance prep table --raw 'my rows.csv' --out try/my_rows/data/my_rows.h5 --label kind --normal ok
\$ cance run try/my_rows/my_rows.cfg --data-root try/my_rows/data --out try/my_rows/runs
\$ cance report try/my_rows/runs --out try/my_rows/report" ]] || fail "commands: $(<err)"
[[ $(<try/my_rows/my_rows.cfg) == $'[grid]\ndataset = my_rows\nprotocol = goad\nmethods = knn,iforest,error,cance' ]] || fail "settings"

run=try/my_rows/runs/my_rows/goad/all/seed0.h5
before=$(sha256sum "$run")
cance try "my rows.csv" --label kind --normal ok >/dev/null 2>&1
[[ $(sha256sum "$run") == "$before" ]] || fail "what was finished was trained again"
sed -i 2d "my rows.csv"
code=0
cance try "my rows.csv" --label kind --normal ok >/dev/null 2>err || code=$?
[[ $code -eq 2 && $(tail -n 1 err) == *"or --replace to train it again" ]] || fail "changed rows: $code, $(<err)"
sed -i 's/^methods = .*/methods = knn/' try/my_rows/my_rows.cfg
cance try "my rows.csv" --label kind --normal ok --replace >/dev/null 2>&1
[[ $(sha256sum "$run") != "$before" ]] || fail "--replace kept the run"

cance try plain.csv --out elsewhere >out 2>&1
[[ $(awk -F, '$3 == 1 { print $1 }' elsewhere/scores.csv) == 7 ]] || fail "the odd row: $(head -n 12 elsewhere/scores.csv)"

# Labels that come later bring another protocol, unless the settings file was changed.
awk 'BEGIN { FS = OFS = ","; getline; print $0, "kind" } { print $0, NR % 8 ? "ok" : "worn" }' plain.csv >labelled.csv
cance try labelled.csv --label kind --normal ok --out elsewhere --name plain >out 2>&1
grep -q '^protocol = goad$' elsewhere/plain.cfg || fail "settings: $(<elsewhere/plain.cfg)"
sed -i 's/^methods = .*/methods = knn/' elsewhere/plain.cfg
cance try labelled.csv --label kind --normal ok --out elsewhere --name plain --replace >out 2>&1
[[ $(<out) == *k-NN* && $(<out) != *CANCE* ]] || fail "changed settings: $(<out)"

# Scores are those of the settings as they were changed, and rows are read as prep was told.
sed -i 's/^methods = .*/methods = knn\nseeds = 1/' elsewhere/plain.cfg
sed -i 's/^protocol = .*/protocol = fit/' elsewhere/plain.cfg
printf 'x,gr\xf6\xdfe\n' >latin.csv
tail -n +2 plain.csv >>latin.csv
cance try latin.csv --encoding latin1 --out elsewhere --name plain >out 2>&1 || fail "another encoding: $(<out)"
[[ $(<out) == *"150 rows by knn of plain/fit/all/seed1"* ]] || fail "scores of other settings: $(<out)"

for wrong in "nosuch.csv" "plain.csv --label kind" "plain.csv --labl x" ""; do
  code=0
  # shellcheck disable=SC2086
  cance try $wrong --out none >/dev/null 2>err || code=$?
  [[ $code -eq 2 && $(grep -c '^cance: ' err) -eq 1 && ! -e none ]] || fail "'$wrong' ended with $code: $(<err)"
done
