#!/usr/bin/env bash
# Puts a grid, or the extraction of features, into the queue of a Slurm cluster: writes the batch script beside the runs, submits it, and
# after a grid a job that collects.
# What a stopped job does is in job.sh, what a site needs in sites/. Nothing here needs accounting (sacct).
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=../launch/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../launch/common.sh"

usage() {
  cat <<TEXT
usage: cluster/submit.sh CONFIG... --data-root DIR --out DIR [options] [-- more arguments of 'cance run']
       cluster/submit.sh extract --data X.h5 --weights FILE --out F.h5 [options] [-- more arguments of 'cance extract']
  --set KEY=VALUE        a setting over those of CONFIG; may be repeated
  --vary KEY=V1,V2,...   a variant for each value; may be repeated
  --schedule S           every length of training times S
  --nodes N              nodes of a job (default 1)
  --ranks-per-node R     ranks on each (default: its GPUs, else 1)
  --gpus-per-node G      GPUs on each (default: none)
  --time T, --partition P, --account A   as for sbatch
  --workers K            K jobs, an array, share the cells (default 1)
  --launcher NAME        srun | mpirun (default srun)
  --max-restarts N       how often a stopped or dead job goes back into the queue (default 100)
  --signal-seconds S     the job is told to stop so long before its time limit (default 180)
  --site FILE            modules, partition and the like of a cluster; see cluster/sites/example.sh
  --sbatch-arg ARG       anything else for sbatch, as --sbatch-arg=--mem=64G; may be repeated
  --wait                 return when all is collected, with 0 if nothing is missing
  --dry-run              print the scripts, submit nothing
CANCE_BIN names the folder of the programs when it is not build/bin.
TEXT
}

# Options of the command line hold over those of the site file.
parse() {
  while [[ $# -gt 0 ]]; do
    local word=$1 name=${1%%=*} value
    shift
    case $name in
      --help) usage && exit ;;
      --) further=("$@") && return ;;
      --dry-run) given[dry_run]=yes && continue ;;
      --wait) given[wait]=yes && continue ;;
      --nodes | --ranks-per-node | --gpus-per-node | --time | --partition | --account | --workers | --launcher | --max-restarts | \
        --signal-seconds | --site | --data-root | --data | --weights | --out | --set | --vary | --schedule | --sbatch-arg) ;;
      *)
        [[ $word != -* && $config != extract ]] || die "unknown argument '$word'; see cluster/submit.sh --help"
        [[ -n $config ]] || config=$word
        configs+=("$word") && continue
        ;;
    esac
    if [[ $word == *=* ]]; then
      value=${word#*=}
    else
      [[ $# -gt 0 ]] || die "$name needs a value; see cluster/submit.sh --help"
      value=$1 && shift
    fi
    case $name in
      --set | --vary | --schedule) settings+=("$name" "$value") ;;
      --sbatch-arg) own_arguments+=("$value") ;;
      *)
        name=${name#--}
        given[${name//-/_}]=$value
        ;;
    esac
  done
}

# As from a login node, also where this runs inside a job (a notebook, a driver): what Slurm, its launchers and mpirun said of that job
# would be taken for what the new one asks for, and for a launch that 'cance run --dry-run' is a rank of.
leave_outer_job() {
  local name
  for name in $(compgen -e); do
    case $name in
      SLURM_CONF | SLURM_CONF_SERVER | SLURM_PMIX_FENCE | SLURM_TIME_FORMAT) ;;
      SLURM_* | SLURMD_* | SRUN_* | SBATCH_CPU_BIND* | SBATCH_MEM_BIND* | PMI_* | PMIX_* | PRTE_* | OMPI_COMM_* | OMPI_MCA_orte_* | \
        OMPI_MCA_ess* | OMPI_MCA_initial_wdir | OMPI_UNIVERSE_SIZE | OMPI_APP_CTX_* | OMPI_FIRST_RANKS | OMPI_NUM_APP_CTX | OMPI_ARGV | \
        OMPI_COMMAND | OMPI_FILE_LOCATION | HYDRA_* | CUDA_VISIBLE_DEVICES | GPU_DEVICE_ORDINAL | ROCR_VISIBLE_DEVICES | ZE_AFFINITY_MASK)
        unset "$name"
        ;;
      TMPDIR) [[ ${TMPDIR:-} != *"$1"* ]] || unset TMPDIR ;;
    esac
  done
}

# number NAME LEAST: the option is a whole number.
number() {
  [[ ${!1} =~ ^(0|[1-9][0-9]{0,6})$ && ${!1} -ge $2 ]] || die "--${1//_/-} ${!1}: expected a whole number from $2"
}

# words NAME...: the options are lines of the batch script, so that a line break would begin another.
words() {
  local name
  for name in "$@"; do
    [[ ${!name} != *[[:cntrl:][:space:]]* ]] || die "--${name//_/-} ${!name@Q}: expected one word"
  done
}

check() {
  local argument
  if [[ $config == extract ]]; then
    [[ -n $data && -n $weights && -n $out ]] || die "extract needs --data, --weights and --out; see cluster/submit.sh --help"
    [[ -f $data ]] || die "--data $data: no such file"
    [[ -f $weights || $weights == random:* ]] || die "--weights $weights: no such file"
    [[ $workers == 1 ]] || die "--workers $workers: an extraction is one job; give it more --nodes"
  else
    [[ -n $config && -n $data_root && -n $out ]] || die "CONFIG, --data-root and --out are needed; see cluster/submit.sh --help"
    for argument in "${configs[@]}"; do [[ -e $argument ]] || die "$argument: no such settings file"; done
    [[ -d $data_root ]] || die "--data-root $data_root: no such folder"
  fi
  need_program "$program"
  [[ $launcher == srun || $launcher == mpirun ]] || die "--launcher $launcher: expected srun or mpirun"
  [[ $(realpath -m "$out") != *[\"%\\[:cntrl:]]* ]] || die "--out ${out@Q}: sbatch cannot take a path with \", % or \\ in it, or a line break"
  words time partition account
  for argument in "${sbatch_arguments[@]}" "${collect_arguments[@]}" "${own_arguments[@]}"; do
    [[ $argument == -* && $argument != *[[:cntrl:]]* ]] || die "--sbatch-arg ${argument@Q}: expected one option of sbatch, as --mem=64G"
  done
  number nodes 1
  number gpus_per_node 0
  [[ -n $ranks_per_node ]] || ranks_per_node=$((gpus_per_node > 0 ? gpus_per_node : 1))
  number ranks_per_node 1
  number workers 1
  number max_restarts 0
  number signal_seconds 1
  [[ $dry_run == yes ]] || command -v sbatch >/dev/null || die "sbatch is not on the PATH; start this on a node of the cluster"
}

# judge ARGUMENT...: settings, data and options are judged now, not after hours in the queue; with those that job.sh adds.
judge() {
  (
    if declare -F site_setup >/dev/null; then site_setup >&2; fi
    "$program" "$task" "$@" --stop-mark "$out/slurm/stopped.0" --dry-run >/dev/null
  ) || die "'cance $task --dry-run' refuses this, see above"
}

# More jobs than an array of this site may have: the cells fold into fewer.
fold_workers() {
  local most=
  if command -v scontrol >/dev/null; then
    most=$(timeout 20 scontrol show config 2>/dev/null | sed -nE 's/^MaxArraySize *= *([0-9]+).*/\1/p') || most=
    [[ -n $most ]] || note "the controller of Slurm does not answer (scontrol show config): how long an array may be is not known"
  fi
  if [[ -n $most && $workers -gt $most ]]; then
    note "MaxArraySize of this cluster is $most: $most jobs share the cells instead of $workers"
    workers=$most
  fi
}

# header NAME LOG ARGUMENT...: the first lines of a batch script.
header() {
  local name=$1 log=$2 argument
  shift 2
  printf '#!/usr/bin/env bash\n#SBATCH --job-name=%s\n#SBATCH --output="%s"\n' "$name" "$folder/$log"
  for argument in "$@"; do printf '#SBATCH %s\n' "$argument"; done
  [[ -z $partition ]] || printf '#SBATCH --partition=%s\n' "$partition"
  [[ -z $account ]] || printf '#SBATCH --account=%s\n' "$account"
  printf '# Written by cluster/submit.sh.\n'
  printf '%s=%q\n' program "$program" task "$task" out "$out" folder "$folder"
  if declare -F site_setup >/dev/null; then declare -f site_setup; fi
}

job_script() {
  local to='' log=job.%j.log
  # The ranks get the signal; under mpirun the batch script does, and mpirun hands it to every rank.
  [[ $launcher == srun ]] || to=B:
  local -a lines=(--nodes="$nodes" --ntasks-per-node="$ranks_per_node" --requeue --open-mode=append
    --signal="${to}USR2@$signal_seconds")
  [[ -z $time ]] || lines+=(--time="$time")
  # Never per task: it hides the GPUs of the other ranks, and mpirun would put all ranks on one.
  [[ $gpus_per_node -eq 0 ]] || lines+=(--gpus-per-node="$gpus_per_node")
  if [[ $workers -gt 1 ]]; then
    log=job.%A_%a.log
    lines+=(--array=0-$((workers - 1)))
  fi
  header "cance-$stem" $log "${lines[@]}" "${sbatch_arguments[@]}" "${own_arguments[@]}"
  printf '%s=%q\n' workers "$workers" launcher "$launcher" restart_limit "$max_restarts"
  printf 'launcher_arguments=(%s)\narguments=(%s)\n' "${launcher_arguments[*]@Q}" "${arguments[*]@Q}"
  printf '\n'
  cat "$here/job.sh"
}

collect_script() {
  header "cance-$stem-collect" collect.%j.log --ntasks=1 --time=30 --requeue --open-mode=append "${collect_arguments[@]}"
  printf '\n'
  cat "$here/collect.sh"
}

submit() {
  local job collect code=0
  if [[ $task == extract && $wait == yes ]]; then
    sbatch --wait "$folder/job.sh" >/dev/null || code=$?
    cat "$folder"/job.*.log
    return $code
  fi
  job=$(sbatch --parsable "$folder/job.sh") || die "sbatch refused $folder/job.sh, see above"
  job=${job%%;*}
  note "job $job in the queue, $workers x $nodes nodes x $ranks_per_node ranks; logs and scripts: $folder"
  [[ $task == run ]] || return 0
  local -a line=(sbatch --parsable --dependency=afterany:"$job" "$folder/collect.sh")
  if [[ $wait == yes ]]; then
    "${line[@]:0:1}" --wait "${line[@]:1}" >/dev/null || code=$?
    cat "$folder"/collect.*.log
    return $code
  fi
  collect=$("${line[@]}") || die "job $job runs, but sbatch refused $folder/collect.sh; run it by hand at the end"
  note "job ${collect%%;*} collects after it: $folder/collect.${collect%%;*}.log; meanwhile: cance status $out"
}

[[ -z ${SLURM_JOB_ID:-} ]] || leave_outer_job "$SLURM_JOB_ID"
here=$root/cluster program=${CANCE_BIN:-$root/build/bin}/cance config=
declare -A given=()
declare -a configs=() settings=() own_arguments=() further=()
parse "$@"

# What a site file may set, besides the function site_setup.
nodes=1 ranks_per_node='' gpus_per_node=0 time='' partition='' account='' workers=1 launcher=srun max_restarts=100 signal_seconds=180
data_root='' data='' weights='' out='' wait=no dry_run=no
declare -a sbatch_arguments=() collect_arguments=() launcher_arguments=()
if [[ -n ${given[site]:-} ]]; then
  [[ -f ${given[site]} ]] || die "--site ${given[site]}: no such file; cluster/sites/example.sh shows one"
  # shellcheck source-path=SCRIPTDIR source=sites/example.sh
  . "${given[site]}"
fi
for name in "${!given[@]}"; do printf -v "$name" %s "${given[$name]}"; done
[[ $launcher != srun || ${#launcher_arguments[@]} -gt 0 ]] || launcher_arguments=(--mpi=pmix)
check

program=$(realpath "$program") out=$(realpath -m "$out") task=run
if [[ $config == extract ]]; then
  task=extract stem=extract
  [[ $weights == random:* ]] || weights=$(realpath "$weights")
  arguments=(--data "$(realpath "$data")" --weights "$weights" --out "$out" "${further[@]}")
  judge "${arguments[@]}"
  out=$out.shards # what a start brought lies there
else
  data_root=$(realpath "$data_root")
  stem=$(basename "$config" .cfg)
  [[ ${#configs[@]} -eq 1 ]] || stem=$stem-and-$((${#configs[@]} - 1))-more
  stem=${stem//[^A-Za-z0-9_.-]/_}
  places=(--data-root "$data_root" --out "$out")
  arguments=()
  for config in "${configs[@]}"; do arguments+=("$(realpath "$config")"); done
  arguments+=("${places[@]}")
  of_array=()
  [[ $workers -eq 1 ]] || of_array=(--worker 0/1)
  judge "${arguments[@]}" "${settings[@]}" "${further[@]}" "${of_array[@]}" --ranks $((nodes * ranks_per_node))
  fold_workers
fi
if [[ $dry_run == yes ]]; then
  folder=$out/slurm/DATE
  [[ $task == extract ]] || arguments+=("${settings[@]}" "${further[@]}")
  printf '### %s\n' "$folder/job.sh" && job_script
  [[ $task == extract ]] || { printf '\n### %s\n' "$folder/collect.sh" && collect_script; }
  exit
fi
mkdir -p "$out/slurm"
folder=$(mktemp -d "$out/slurm/$(date -u +%Y%m%d-%H%M%S)-XXX")
chmod 755 "$folder"
if [[ $task == run ]]; then
  # A restart trains with the settings of today, however the files change meanwhile.
  "$program" run "${arguments[@]}" --write-settings "$folder/settings" || die "the settings cannot be kept in $folder, see above"
  arguments=("$folder/settings" "${places[@]}" "${settings[@]}" "${further[@]}")
  collect_script >"$folder/collect.sh"
fi
job_script >"$folder/job.sh"
submit
