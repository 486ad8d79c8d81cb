# shellcheck shell=bash
# What the tests on a private Slurm share: its start and end, a small grid, waiting, and the comparison with an undisturbed run.
# shellcheck disable=SC2034 # used by the scripts that source this file
# common.sh NAME WORK: the test's name, and the folder of the undisturbed run, which grid.sh makes.
# shellcheck source-path=SCRIPTDIR source=../e2e/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../e2e/common.sh"
name=$1 reference=$2
cluster=$CANCE_SOURCE_DIR/cluster
mini_slurm=$CANCE_SOURCE_DIR/tests/slurm/mini_slurm.sh
PATH=$PATH:/usr/sbin:/sbin

skip() {
  echo "skipped: slurm.$name needs $*"
  exit 77
}
need_python "$name"
for program in slurmctld slurmd munged sbatch srun mpirun; do
  command -v $program >/dev/null || skip "Slurm and MPI, there is no $program (launch/setup.sh --with-tests)"
done
[[ $(id -u) -eq 0 ]] || skip "root, for host names of the pretend nodes"
unshare --uts true 2>/dev/null || skip "the right to name pretend nodes (CAP_SYS_ADMIN)"

work=$(mktemp -d)
chmod 755 "$work"
runs=$work/runs
end() {
  "$mini_slurm" stop "$work/slurm"
  rm -rf "$work"
}
trap end EXIT
# Below the ports that the system hands out, and apart from a test of another checkout.
MINI_SLURM_PORT=$((20000 + $$ % 1000 * 8)) "$mini_slurm" start "$work/slurm"
export SLURM_CONF=$work/slurm/slurm.conf
cd "$work" || exit

# submit OPTION...: the grid of the reference run into $runs; sets $job.
submit() {
  "$cluster/submit.sh" "$reference/x.cfg" --data-root "$reference/data" --out "$runs" --site "$cluster/sites/local.sh" --nodes 2 \
    "$@" -- --threads 1 --checkpoint-seconds 0.1 2>submitted || fail "not submitted: $(<submitted)"
  job=$(sed -n 's/^ *job \([0-9]*\) in the queue.*/\1/p' submitted)
  [[ -n $job ]] || fail "no job number: $(<submitted)"
}

logs() { cat "$runs"/slurm/*/*.log 2>/dev/null; }

# wait_until SECONDS TEST...
wait_until() {
  local last=$((SECONDS + $1))
  shift
  until "$@"; do
    [[ $SECONDS -lt $last ]] || fail "waited in vain for '$*': $(squeue --states=all) $(logs)"
    sleep 0.2
  done
}

no_job() { [[ -z $(squeue --noheader) ]]; }
said() { grep -q -- "$1" <<<"$(logs)"; }

# hold COUNT: stops so many ranks, each in the middle of a cell, when that has a checkpoint: they are still there however fast the machine
# is. go_on lets them go.
held=()
hold() {
  local file cell rank last=$((SECONDS + 60))
  held=()
  while [[ ${#held[@]} -lt $1 ]]; do
    [[ $SECONDS -lt $last ]] || fail "no $1 ranks with a checkpoint: $(logs)"
    sleep 0.05
    while read -r file; do
      cell=$(dirname "${file#"$runs/checkpoints/"}")
      rank=$(sed -n 's/^process = //p' "$runs/running/$cell.txt" 2>/dev/null) || continue
      if [[ -n $rank && " ${held[*]} " != *" $rank "* ]] && kill -STOP "$rank" 2>/dev/null; then held+=("$rank"); fi
    done < <(find "$runs/checkpoints" -name '*.ckpt' 2>/dev/null)
  done
}
go_on() { kill -CONT "${held[@]}" 2>/dev/null || true; }

# The jobs end by themselves, the collector finds all cells, and nobody can tell what happened meanwhile.
ends_well() {
  wait_until 150 no_job
  said '^complete: ' || fail "not complete: $(logs)"
  same
}
same() { "$CANCE_TEST_PYTHON" "$here/same_runs.py" "$reference/runs" "$runs" || fail "other results: $(logs)"; }
