#!/usr/bin/env bash
# What `cance status` says of a grid that runs elsewhere: the records of its ranks, fresh and old, beside failures, damaged run files and
# those of earlier launches.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p runs/glyphs/unimodal
printf '[grid]\ndataset=glyphs\ncases=0-3\nmethods=error\n' >runs/glyphs/unimodal/grid.cfg

# record CLASS RANK: a rank's record of its cell.
record() {
  mkdir -p "runs/running/glyphs/unimodal/class$1"
  printf 'host = node7\nrank = %s\nstage = autoencoder\nepoch = 12\nepochs = 150\ndone = 0.3125\nseconds_left = 512.0\n' \
    "$2" >"runs/running/glyphs/unimodal/class$1/seed0.txt"
}
# shows TEXT: a part of the answer.
shows() {
  local answer
  answer=$(cance status runs)
  [[ $answer == *"$1"* ]] || fail "no '$1' in: $answer"
}

shows "0 done, 0 failed, 4 missing of 4 cells"
record 0 0
record 2 1
shows "0 done, 2 running, 0 failed, 2 missing of 4 cells"
shows "running  glyphs/unimodal/class2/seed0: rank 1 on node7, autoencoder, epoch 12 of 150, 31 % done, 8 min 32 s left"

# A cell that is tried again is running, although its failure is still on record; silent, it counts as failed.
mkdir -p runs/failed/glyphs/unimodal/class0
printf 'out of memory' >runs/failed/glyphs/unimodal/class0/seed0.txt
shows "0 done, 2 running, 0 failed, 2 missing"
touch -d '2024-02-29 12:00:00 UTC' runs/running/glyphs/unimodal/class{0,2}/seed0.txt
shows "0 done, 1 silent, 1 failed, 2 missing of 4 cells"
shows "silent   glyphs/unimodal/class2/seed0: silent since 2024-02-29 12:00:00 UTC; rank 1 on node7, autoencoder"
shows "failed   glyphs/unimodal/class0/seed0: out of memory"

# Damaged run files are named, all of them, and so is what earlier launches left.
mkdir -p runs/glyphs/unimodal/class{1,3,7}
for class in 1 3 7; do printf 'no HDF5' >runs/glyphs/unimodal/class$class/seed0.h5; done
shows "0 done, 1 silent, 2 unusable, 1 failed, 0 missing of 4 cells"
shows "unusable runs/glyphs/unimodal/class1/seed0.h5: "
shows "unusable runs/glyphs/unimodal/class3/seed0.h5: "
shows "beside it 1 run file of cells that the last launch did not name"
ln -sf /nowhere/seed0.h5 runs/glyphs/unimodal/class1/seed0.h5
shows "unusable runs/glyphs/unimodal/class1/seed0.h5: a link that leads nowhere"

# A cell that was stopped on request is told apart from one that was never begun; with a checkpoint it goes on.
rm -r runs/running/glyphs/unimodal/class2
record 2 1
echo 'stopped = yes' >>runs/running/glyphs/unimodal/class2/seed0.txt
shows "0 done, 1 stopped, 2 unusable, 1 failed, 0 missing of 4 cells"
shows "stopped  glyphs/unimodal/class2/seed0: 31 %, autoencoder, begins anew"
mkdir -p runs/checkpoints/glyphs/unimodal/class2/seed0
shows "stopped  glyphs/unimodal/class2/seed0: 31 %, autoencoder, goes on from its checkpoint"

# Asked of a folder above or below, the run directory is the same.
for folder in . runs/glyphs runs/glyphs/unimodal "$work"; do
  [[ $(cance status "$folder") == *"0 done, 1 stopped, 2 unusable, 1 failed, 0 missing of 4 cells"* ]] || fail "$folder: $(cance status "$folder")"
done
say_nothing_else=$(cance status runs 2>&1 >/dev/null)
[[ -z $say_nothing_else ]] || fail "on standard error: $say_nothing_else"
