#!/usr/bin/env bash
# nested.sh NAME WORK: submit.sh from inside a job of other memory, processors and GPUs starts the same job as from a login node, on a Slurm
# whose memory counts.
set -euo pipefail
export MINI_SLURM_LINES=SelectTypeParameters=CR_Core_Memory
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

awk 'BEGIN { srand(1); print "a,b,label"; for (i = 0; i < 60; ++i) printf "%.3f,%.3f,%d\n", rand() + 9 * (i >= 50), rand(), (i >= 50) }' >t.csv
cance prep table --raw t.csv --label label --out t.h5 >/dev/null
printf '[grid]\ndataset = t\nprotocol = goad\nmethods = knn\n[autoencoder]\nnetwork = pca\nlatent = 2\n' >t.cfg
cat >outer.sh <<TEXT
#!/usr/bin/env bash
"$cluster/submit.sh" t.cfg --data-root . --out "$runs" --site "$cluster/sites/local.sh" --sbatch-arg=--mem=600 --max-restarts 0
TEXT
sbatch --mem-per-cpu=100 --cpus-per-task=2 --gres=gpu:1 --output=outer.log --wait outer.sh >/dev/null || fail "the outer job: $(cat outer.log)"
wait_until 60 no_job
said '^complete: ' || fail "the inner job does not train: $(cat outer.log) $(logs)"
[[ -e $runs/t/goad/all/seed0.h5 ]] || fail "no run file: $(logs)"
