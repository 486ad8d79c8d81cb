#!/usr/bin/env bash
# mini_slurm.sh start DIR [NODES=2] [GPUS_PER_NODE=2]: a private Slurm of pretend nodes on this machine; mini_slurm.sh stop DIR ends it.
# Then: export SLURM_CONF=DIR/slurm.conf. Configuration, keys, logs and sockets live in DIR; nothing in /etc is touched. Root only: each
# node gets a host name of its own. Written for Slurm 22.05 (Debian 12).
# Environment: MINI_SLURM_PORT (default 26817) and the NODES + 1 ports after it; MINI_SLURM_LINES, more lines for slurm.conf.
set -euo pipefail

nodes=${3:-2} gpus=${4:-2} port=${MINI_SLURM_PORT:-26817}
mkdir -p "$2"
folder=$(cd "$2" && pwd)
export SLURM_CONF=$folder/slurm.conf

# wait_until TEST...: at most ten seconds.
wait_until() {
  for _ in {1..100}; do
    if "$@"; then return 0; fi
    sleep 0.1
  done
  return 1
}

no_job() { [[ -z $(squeue --noheader 2>/dev/null) ]]; }
none_alive() { ! kill -0 "$@" 2>/dev/null; }
all_idle() { [[ $(sinfo --noheader --Node --partition=main --format=%T | grep -c idle) -eq $nodes ]]; }

# Ends only what belongs to the folder: its jobs, its daemons, and step daemons that a crash left behind. When it returns nobody writes there.
stop() {
  local file process daemons=()
  squeue --noheader --format=%A 2>/dev/null | sort -u | xargs -r scancel 2>/dev/null || true
  wait_until no_job || true
  for file in "$folder"/run/slurmd.*.pid "$folder"/run/slurmctld.pid "$folder"/run/munged.pid; do
    if [[ -f $file ]]; then daemons+=("$(<"$file")"); fi
  done
  kill "${daemons[@]}" 2>/dev/null || true
  wait_until none_alive "${daemons[@]}" || kill -9 "${daemons[@]}" 2>/dev/null || true
  for process in /proc/[0-9]*; do
    if grep -qx slurmstepd "$process/comm" 2>/dev/null &&
      tr '\0' '\n' 2>/dev/null <"$process/environ" | grep -qxF "SLURM_CONF=$SLURM_CONF"; then
      kill -9 "${process#/proc/}" 2>/dev/null || true
    fi
  done
}

write_configuration() {
  local user
  user=$(id -un)
  cat >"$SLURM_CONF" <<TEXT
ClusterName=mini
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
# A job that goes back into the queue waits so long and a second.
AuthInfo=socket=$folder/run/munge.sock,cred_expire=5
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$folder/state
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.%n.pid
SlurmdSpoolDir=$folder/spool/%n
TmpFS=$folder/tmp/%n
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.%n.log
# No control groups.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MailProg=/bin/true
MpiDefault=none
MaxArraySize=4
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
ReturnToService=2
JobRequeue=1
KillWait=5
MinJobAge=3600
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
GresTypes=gpu
NodeName=n[0-$((nodes - 1))] NodeHostname=localhost NodeAddr=127.0.0.1 Port=[$((port + 1))-$((port + nodes))] CPUs=8 Sockets=1 \
  CoresPerSocket=8 ThreadsPerCore=1 RealMemory=4000 Gres=gpu:$gpus State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES PriorityTier=1 PreemptMode=REQUEUE GraceTime=10 State=UP
PartitionName=urgent Nodes=ALL PriorityTier=10 PreemptMode=OFF State=UP
${MINI_SLURM_LINES:-}
TEXT
  # Any character device serves as a pretend GPU: these are /dev/null.
  local i
  mkdir -p "$folder/dev"
  for ((i = 0; i < gpus; i++)); do
    [[ -e $folder/dev/gpu$i ]] || mknod "$folder/dev/gpu$i" c 1 3
  done
  printf 'NodeName=n[0-%d] Name=gpu File=%s/dev/gpu[0-%d]\n' $((nodes - 1)) "$folder" $((gpus - 1)) >"$folder/gres.conf"
  # Named outright, slurmd starts without any control group mounted.
  printf 'CgroupAutomount=no\nCgroupPlugin=cgroup/v1\n' >"$folder/cgroup.conf"
}

start() {
  local i
  # munged wants the folder of its socket at 0755, that of its key at 0700.
  mkdir -p "$folder"/{run,key,state,log}
  chmod 755 "$folder" "$folder/run"
  chmod 700 "$folder/key"
  if [[ ! -f $folder/key/munge.key ]]; then
    head -c 1024 /dev/urandom >"$folder/key/munge.key"
    chmod 400 "$folder/key/munge.key"
  fi
  munged --key-file="$folder/key/munge.key" --socket="$folder/run/munge.sock" --pid-file="$folder/run/munged.pid" \
    --log-file="$folder/key/munged.log" --seed-file="$folder/key/seed"
  write_configuration
  slurmctld >"$folder/log/slurmctld.out" 2>&1
  for ((i = 0; i < nodes; i++)); do
    mkdir -p "$folder/spool/n$i" "$folder/tmp/n$i"
    unshare --uts bash -c "hostname n$i && exec slurmd -N n$i" >"$folder/log/slurmd.n$i.out" 2>&1
  done
  if ! wait_until all_idle; then
    echo "mini_slurm.sh: the nodes did not come up; see $folder/log" >&2
    sinfo --Node --long >&2
    return 1
  fi
}

case $1 in
  start | stop) "$1" ;;
  *)
    echo "usage: mini_slurm.sh start|stop DIR [NODES] [GPUS_PER_NODE]" >&2
    exit 2
    ;;
esac
