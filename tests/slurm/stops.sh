#!/usr/bin/env bash
# stops.sh CASE WORK: a grid is stopped in the middle in one of the ways of a cluster. It must come back by itself and end with the bits of
# the undisturbed run in WORK.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# A job of more priority takes both nodes; the elements of the array come back under their own numbers.
preemption() {
  submit --nodes 1 --workers 2
  hold 2
  sbatch --partition=urgent --nodes=2 --exclusive --output=/dev/null --wrap 'sleep 2' >/dev/null
  ends_well
  local element
  for element in 0 1; do
    [[ $(grep -c "^job ${job}_$element: start" "$runs"/slurm/*/job."${job}_$element".log) -eq 2 ]] ||
      fail "element $element did not start twice: $(logs)"
  done
}

node_down() {
  submit
  hold 2
  scontrol update nodename=n1 state=down reason=test
  wait_until 60 said 'start 2'
  go_on
  ends_well
}

# A request by hand reaches only the ranks beside the remote daemon of mpirun, and its exit code is spoilt: the mark tells.
mark() {
  mkdir bin
  cat >bin/mpirun <<SCRIPT
#!/usr/bin/env bash
trap '[[ -n \${p:-} ]] && kill -USR2 \$p' USR2
$(command -v mpirun) "\$@" & p=\$!
wait \$p; while kill -0 \$p 2>/dev/null; do wait \$p; done; wait \$p; code=\$?
[[ \$code -ne 75 ]] || code=205
exit \$code
SCRIPT
  chmod +x bin/mpirun
  PATH=$work/bin:$PATH submit --launcher mpirun
  hold 2
  scancel --signal=USR2 "$job"
  go_on
  ends_well
  said 'stopped on request (exit code 205); goes back' || fail "the mark was not seen: $(logs)"
}

killed_rank() {
  submit
  hold 2
  kill -9 "${held[0]}"
  go_on
  ends_well
  said "exit code 1[0-9]*)\\?; goes back" || fail "it was not killed: $(logs)"
}

# A cancelled job stays away; the collector says what is missing, and the script beside the runs goes on.
cancelled() {
  submit
  hold 2
  scancel "$job"
  go_on
  wait_until 60 no_job
  said 'start 2' && fail "it came back: $(logs)"
  said '^not complete' || fail "the collector does not say that cells are missing: $(logs)"
  sbatch --wait "$runs"/slurm/*/job.sh >/dev/null || fail "the script did not go on: $(logs)"
  same
}

# Told to stop while the site is still being set up, before there are ranks: it comes back as well.
early_request() {
  mkdir bin
  printf '#!/usr/bin/env bash\n' >bin/cance
  chmod +x bin/cance
  printf 'site_setup() { touch %q; sleep 3; }\n' "$work/setup" >slow.sh
  CANCE_BIN=$work/bin submit --launcher mpirun --site slow.sh
  rm setup
  wait_until 30 test -e setup
  scancel --batch --signal=USR2 "$job"
  wait_until 60 no_job
  said 'stopped on request.*goes back' || fail "it did not come back: $(logs)"
  said 'start 2' || fail "it did not start again: $(logs)"
}

# Programs that never end: one leaves a checkpoint at each start, the other leaves nothing. A third dies beside the failed cell of an
# earlier job, which is not the reason.
endless() {
  mkdir bin
  cat >bin/cance <<'SCRIPT'
#!/usr/bin/env bash
if [[ $1 != run || $* == *--dry-run* || $* == *--write-settings* ]]; then exit 0; fi
if [[ $* == *--die* ]]; then exit 1; fi
if [[ $* == *--advance* ]]; then date +%s%N >>"$6/a.ckpt"; fi
exit 75
SCRIPT
  chmod +x bin/cance
  local -a line=("$cluster/submit.sh" "$reference/x.cfg" --data-root "$reference/data" --site "$cluster/sites/local.sh")
  CANCE_BIN=$work/bin "${line[@]}" --out "$work/advance" --max-restarts 1 -- --advance
  CANCE_BIN=$work/bin "${line[@]}" --out "$work/idle"
  mkdir -p "$work/dead/failed"
  touch -d '1 hour ago' "$work/dead/failed/cell.txt"
  CANCE_BIN=$work/bin "${line[@]}" --out "$work/dead" --max-restarts 0 -- --die
  wait_until 100 no_job
  runs=$work/advance
  said 'given up after 1 restarts (--max-restarts)' || fail "no limit of restarts: $(logs)"
  runs=$work/dead
  said 'ended with exit code 1; given up' || fail "the failure of another job was taken for its own: $(logs)"
  runs=$work/idle
  said 'given up: 3 starts in a row brought neither' || fail "no limit of starts in vain: $(logs)"
  ! said 'start 4' || fail "started too often: $(logs)"
}

# Slurm looks at the limits of time every 30 seconds and sends the signal up to 30 seconds early: 30 seconds after the start at the
# latest. The ranks are held until then, so that they are in the middle of their cells however fast the machine is. Slurm lets them go on
# with the signal: on a fast machine they may be back and done after 35 seconds.
limits() {
  endless
  runs=$work/runs
  submit --nodes 1 --time 1 --signal-seconds 30
  hold 1
  sleep 35
  go_on
  ends_well
  said 'stopped on request (exit code 75); goes back' || fail "the limit of time did not stop it: $(logs)"
}

# Without PMIx srun makes lone ranks that would all train the same cells; and what doctor says of the allocation.
lone_ranks() {
  local text code=0
  text=$(srun --nodes=2 --ntasks=2 --mpi=none "$CANCE_BIN/cance" run "$reference/x.cfg" --data-root "$reference/data" \
    --out "$runs" 2>&1) || code=$?
  [[ $code -ne 0 && $text == *"--mpi=pmix"* ]] || fail "lone ranks were not refused: $code $text"
  text=$(srun --nodes=2 --ntasks=2 --mpi=none "$CANCE_BIN/cance" doctor 2>&1) && fail "doctor is content with lone ranks: $text"
  [[ $text == *"2 tasks, none knows of the others"* ]] || fail "doctor does not see lone ranks: $text"
  text=$(srun --nodes=2 --ntasks-per-node=2 --gpus-per-node=2 --mpi=pmix "$CANCE_BIN/cance" doctor 2>&1) || fail "doctor: $text"
  for line in "4 tasks of one MPI world" "MaxArraySize=4" "PreemptMode=REQUEUE" "2 visible (0,1) for 2 ranks"; do
    [[ $text == *"$line"* ]] || fail "doctor does not say '$line': $text"
  done
}

case $name in
  preemption | early_request | node_down | mark | killed_rank | cancelled | limits | lone_ranks) "$name" ;;
  *) fail "unknown case '$name'" ;;
esac
