#!/usr/bin/env bash
# balance.sh NAME WORK: eight equal cells on four ranks of two nodes. The start says how uneven the schedule is, the end how long ranks
# were idle and what the grid itself took.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

mkdir data
printf '[grid]\ndataset=glyphs\ncases=1\nseeds=0-7\nmethods=error,cance\n[autoencoder]\nepochs=30\ndecoder_epochs=10\n[nce]\nepochs=40\n' >x.cfg
cance prep glyphs --train-per-class 300 --test-per-class 20 --out data/glyphs.h5 >/dev/null
"$cluster/submit.sh" x.cfg --data-root data --out "$runs" --site "$cluster/sites/local.sh" --nodes 2 --ranks-per-node 2 --wait -- \
  --threads 1 >submitted 2>&1 || fail "$(<submitted)"
logs | grep -E 'imbalance|idle at the end' | sed 's/^.*rank 0: //'
said '0 cells finished, 8 to do on 4 ranks, imbalance 0 %' || fail "no even schedule of 8 cells on 4 ranks: $(logs)"

# On processors of their own ranks wait less than 10 % for each other; here four share what else runs on this machine as well.
read -r idle beside < <(logs | sed -nE 's/^.* ([0-9]+)\.[0-9] % of the time idle at the end, ([0-9]+)\.[0-9] % beside the cells.*/\1 \2/p')
[[ $idle -lt 20 ]] || fail "idle for $idle % of the time: $(logs)"
[[ $beside -lt 2 ]] || fail "$beside % of the time beside the cells: $(logs)"
