# shellcheck shell=bash
# The part of a batch script that is the same in every job: submit.sh puts the settings in front of it. It runs the ranks, and when they
# were stopped or died, puts the job back into the queue itself: Slurm does that on its own in few of the cases.
# shellcheck disable=SC2154 # the settings
set -uo pipefail
job=${SLURM_ARRAY_JOB_ID:+${SLURM_ARRAY_JOB_ID}_}${SLURM_ARRAY_TASK_ID:-$SLURM_JOB_ID}
worker=${SLURM_ARRAY_TASK_ID:-0}
mark=$folder/stopped.$worker
memory=$folder/starts.$worker
restarts=${SLURM_RESTART_COUNT:-0}
idle_limit=3

tell() { printf 'job %s: %s\n' "$job" "$*"; }

# Every finished cell, shard of features and checkpoint, in one line: it changes when a start of the job brought anything.
progress() {
  find "$out" -path "$out/slurm" -prune -o -type f \( -name '*.ckpt' -o -name 'seed*.h5' -o -name '*-[0-9]*.h5' \) -printf '%P %s %T@\n' 2>/dev/null |
    sort | sha256sum | cut -d ' ' -f 1
}

# Counts the starts in a row that brought nothing, this one among them until it brings something. A file remembers, since a start may
# end with its node.
count_idle_starts() {
  local last='' count=0
  if [[ $restarts -gt 0 && -r $memory ]]; then
    read -r last count <"$memory"
  fi
  before=$(progress)
  [[ $last == "$before" ]] || count=0
  idle_starts=$((count + 1))
  printf '%s %s\n' "$before" "$idle_starts" >"$memory"
}

field() { sed -nE "s/^(.* )?$1=([^ ]*).*/\2/p" <<<"$description"; }

# Whether Slurm has decided what becomes of the job: cancelled by somebody, or back in the queue already (node failure). Beyond its time
# limit or preempted where the site's rule is to cancel, it may still be taken back.
decided() {
  local description preempted
  description=$(scontrol show job --oneliner "$job" 2>/dev/null) || return 1
  [[ $(field JobState) == COMPLETING ]] || return 1
  [[ $(field Restarts) -eq $restarts ]] || return 0
  preempted=$(field PreemptTime)
  [[ $(field Reason) != TimeLimit && ($preempted == None || $preempted < $(field StartTime)) ]]
}

# Puts the job back into the queue, if that is wanted, allowed and promising.
again() {
  local why=$1
  if decided; then
    tell "$why; Slurm ends it, or has put it back already"
    exit 75
  fi
  if [[ $restarts -ge $restart_limit ]]; then
    tell "$why; given up after $restarts restarts (--max-restarts)"
    exit 1
  fi
  if [[ $idle_starts -ge $idle_limit && $(progress) == "$before" ]]; then
    tell "$why; given up: $idle_starts starts in a row brought neither a finished cell or shard nor a checkpoint"
    exit 1
  fi
  tell "$why; goes back into the queue (restart $((restarts + 1)) of at most $restart_limit)"
  # In an array never the bare number: that of the last element means the whole array.
  if scontrol requeue "$job"; then
    sleep 600 # until Slurm ends this script: it must not end first
  else
    tell "Slurm did not take it back; go on with: sbatch $folder/job.sh"
  fi
  exit 75
}

# This script must outlive the signals from its first line; the ranks learn of them and stop with checkpoints.
step='' asked=no
trap 'asked=yes; [[ -z $step ]] || kill -USR2 "$step" 2>/dev/null || true' TERM USR1 USR2
if declare -F site_setup >/dev/null; then site_setup; fi
# The other kinds of fence of Slurm's PMIx plugin let some starts over several nodes crash in MPI_Init.
export SLURM_PMIX_FENCE=${SLURM_PMIX_FENCE:-ring}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-1}
[[ -z ${SLURM_CPUS_PER_TASK:-} ]] || export SRUN_CPUS_PER_TASK=$SLURM_CPUS_PER_TASK
if [[ $launcher == mpirun ]]; then
  command=(mpirun -n "$SLURM_NTASKS" "${launcher_arguments[@]}")
else
  command=(srun --kill-on-bad-exit=1 "${launcher_arguments[@]}")
fi
[[ $workers -eq 1 ]] || arguments+=(--worker "$worker/$workers")

count_idle_starts
rm -f "$mark"
tell "start $((restarts + 1)), $SLURM_NTASKS ranks on $SLURM_JOB_NODELIST, $(date -u +%FT%TZ)"
[[ $asked == no ]] || again "stopped on request before its ranks started"
"${command[@]}" "$program" "$task" "${arguments[@]}" --stop-mark "$mark" &
step=$!
[[ $asked == no ]] || kill -USR2 "$step"
wait "$step"
while kill -0 "$step" 2>/dev/null; do
  wait "$step"
done
wait "$step"
code=$?

# The exit code of mpirun is not to be trusted; the mark is.
if [[ $code -eq 0 ]]; then
  tell "done"
elif [[ $code -eq 75 || -e $mark ]]; then
  again "stopped on request (exit code $code)"
elif [[ $code -eq 2 ]]; then
  tell "refused; the line that begins with 'cance:' says why"
elif [[ $code -eq 1 && -n $(find "$out/failed" -name '*.txt' -newer "$memory" -print -quit 2>/dev/null) ]]; then
  tell "some cells failed: cance status $out"
else
  again "the ranks ended with exit code $code"
fi
exit "$code"
