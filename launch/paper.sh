#!/usr/bin/env bash
# The experiments of the paper (configs/paper) from raw files to one archive and one report in the paper's order: every data set that is
# there, all methods that are compared on it, five seeds. Started again, it does only what is missing.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

usage() {
  cat <<TEXT
usage: launch/paper.sh [options] [-- more arguments of 'cance run']
  --schedule S    every length of training times S
  --budget T      at most about this long, as 30m, 2h, 3d: seeds are dropped first, then the lengths of the slowest methods
  --slurm SITE    submit to Slurm, with the site file of cluster/submit.sh
  --ranks N       ranks of this machine, or those that a budget counts on with --slurm (default: the GPUs of this machine, or its
                  cores; with --slurm those of the site)
  --out DIR       runs, archive.h5 and report (default paper)
  --dry-run       prepare, say what a budget drops and what all takes, train nothing
Raw files are looked for in raw/ and in the folder that CANCE_DATA_ROOT names; data sets go to data/. Where none is there, the embedded
digits take the place of MNIST. CANCE_BIN names the folder of the programs when it is not build/bin.
TEXT
}

cance() { "$program" "$@"; }

launch() { # cance on all ranks
  if [[ $here -eq 1 ]]; then cance "$@"; else "$root/launch/local.sh" "$here" "$@"; fi
}

# first NAME...: the first of these that is there, below raw/ or CANCE_DATA_ROOT.
first() {
  local name place
  for name in "$@"; do
    for place in raw ${CANCE_DATA_ROOT:+"$CANCE_DATA_ROOT"}; do
      [[ ! -e $place/$name ]] || { printf '%s\n' "$place/$name" && return; }
    done
  done
  return 1
}

# prepare SET DATASET NAME...: data/DATASET.h5 of raw files under the first of these names that is there.
prepare() {
  local set=$1 dataset=$2 out=data/$2.h5 raw
  shift 2
  if [[ ! -e $out ]]; then
    if ! raw=$(first "$@"); then
      note "$dataset: no raw/$1 (or below CANCE_DATA_ROOT); $(how_to_get "$set" "$1")"
      return
    fi
    say "data set $dataset"
    cance prep "$set" --raw "$raw" --out "$out" >&2 || { note "$dataset: $raw could not be used, see above" && return; }
  fi
  datasets+=("$dataset")
}

how_to_get() {
  if [[ $1 == mnist-c ]]; then
    printf 'it is drawn from the files of MNIST, or read from raw/mnist_c (https://zenodo.org/records/3239543)'
  else
    printf "'cance prep %s --download --raw %s' fetches it" "$1" "raw/${2%%/*}"
  fi
}

prepare_all() {
  local k
  prepare mnist mnist mnist
  prepare fashion-mnist fashion-mnist fashion-mnist
  # Batch 5 tests where the test batch is missing, and the set has another name.
  if [[ -e data/cifar10-heldout.h5 ]]; then
    datasets+=(cifar10-heldout)
  elif [[ -e data/cifar10.h5 ]]; then
    datasets+=(cifar10)
  else
    prepare cifar10 cifar10 cifar10
    if [[ -e data/cifar10.h5 && $(cance inspect data/cifar10.h5) == *cifar10-heldout* ]]; then
      mv data/cifar10.h5 data/cifar10-heldout.h5
    fi
  fi
  if first mnist_c >/dev/null; then prepare mnist-c mnist-c mnist_c; else prepare mnist-c mnist-c-generated mnist; fi
  for k in 0 4 6; do prepare adbench "adbench-cifar10-$k" {adbench,adbench-resnet18}/CIFAR10_$k.npz; done
  prepare abalone abalone abalone
  prepare thyroid thyroid thyroid odds
  prepare arrhythmia arrhythmia arrhythmia odds
  prepare kddcup99 kddcup99 kddcup99
}

extract_features() {
  local weights data out
  for data in data/cifar10.h5 data/cifar10-heldout.h5; do
    out=${data%.h5}-resnet18-layer3.h5
    [[ -e $data && ! -e $out ]] || continue
    if weights=$(first resnet18.safetensors resnet18.pth resnet18-f37072fd.pth); then
      step "features of $data" launch extract --data "$data" --weights "$weights" --tap layer3 --out "$out"
    else
      note "$out: no raw/resnet18.pth (or below CANCE_DATA_ROOT); https://download.pytorch.org/models/resnet18-f37072fd.pth is torchvision's"
    fi
  done
}

# usual_ranks: one a GPU where the program computes on GPUs, else one a core.
usual_ranks() {
  local gpus folder
  gpus=$(nvidia-smi -L 2>/dev/null | grep -c '^GPU ') || gpus=0
  if [[ $gpus -gt 0 ]]; then
    while read -r folder; do
      [[ ! -e $folder/libtorch_cuda.so ]] || { printf '%s\n' "$gpus" && return; }
    done < <(library_folders "$program-engine")
  fi
  nproc
}

# site_ranks: all of a launch by submit.sh with the site file.
site_ranks() (
  nodes=1 ranks_per_node='' gpus_per_node=0 workers=1
  # shellcheck source-path=SCRIPTDIR source=../cluster/sites/example.sh
  . "$site" >&2
  printf '%d\n' $((workers * nodes * ${ranks_per_node:-$((gpus_per_node > 0 ? gpus_per_node : 1))}))
)

# unless_bad COMMAND...: goes on where runs were left out, which the exit code of all then says.
# shellcheck disable=SC2317  # it is, by step
unless_bad() {
  local own=0
  "$@" || own=$?
  [[ $own -le 1 ]] || exit "$own"
  [[ $own -eq 0 ]] || code=1
}

# seconds TEXT: of "90s", "30m", "2h", "3d".
seconds() {
  local -A unit=([s]=1 [m]=60 [h]=3600 [d]=86400)
  [[ $1 =~ ^([1-9][0-9]{0,5})([smhd])$ ]] || die "--budget $1: expected a time as 30m, 2h or 3d"
  printf '%d\n' $((BASH_REMATCH[1] * unit[${BASH_REMATCH[2]}]))
}

# estimate ARGUMENT...: what is to be trained takes, in whole seconds: a line "all N", which is how long the busiest rank has to do, and
# one a method, its share of that.
estimate() {
  cance run "${grid[@]}" --dry-run "$@" "${further[@]}" --ranks "$ranks" | awk -v ranks="$ranks" '
    /^stage, over all cells/ { stages = 1; next }
    !stages && NF == 3 && $3 + 0 > 0 { sum += $3; if ($3 > longest) longest = $3 }
    stages && NF == 2 { print $1, $2 / ranks }
    END { all = sum / ranks; printf "all %d\n", (all > longest ? all : longest) }'
}
estimated() { sed -n 's/^all //p' <<<"$1"; }

# shares SECONDS: "METHOD:SHARE,..." with which methods take about so long together, by estimates of whole lengths and of the least ones, $2
# and $3: none takes longer than a cap, under which all fit. What has no length to cut stays.
shares() {
  awk -v budget="$1" '
    function seconds(m, cap) {
      return whole[m] > cap && least[m] < .9 * whole[m] ? (cap > least[m] ? cap : least[m]) : whole[m]
    }
    NR == FNR { least[$1] = $2; next }
    $1 == "all" { all = $2; next }
    { method[++n] = $1; whole[$1] = $2; sum += $2; if ($2 > high) high = $2 }
    END {
      scale = all / sum # above 1 where one cell is longer than what the other ranks have to do
      for (i = 0; i < 50; i++) {
        cap = (low + high) / 2; total = 0
        for (k = 1; k <= n; k++) total += seconds(method[k], cap)
        if (total * scale > budget) high = cap; else low = cap
      }
      for (k = 1; k <= n; k++) {
        own = seconds(method[k], low)
        if (own < whole[method[k]]) printf "%s%s:%.3g", (cut++ ? "," : ""), method[k], own / whole[method[k]]
      }
    }' <(printf '%s' "$3") <(printf '%s' "$2")
}

# fit_budget SECONDS: fills `fit` with what keeps the grid within the time, and says what that drops.
fit_budget() {
  local last=4 now five='' whole='' least='' cut='' aim=$1
  fits() { [[ $(estimated "$now") -le $1 ]]; }
  for_seeds() { fit=(--set "grid.seeds=0-$last") && now=$(estimate "$@" "${fit[@]}"); }
  for_seeds --calibrate
  if ! fits "$1"; then
    five=$(estimated "$now") last=0
    for_seeds 2>/dev/null
    whole=$now
    if fits "$1"; then
      last=$((4 * ($1 - $(estimated "$now")) / (five - $(estimated "$now"))))
      for_seeds 2>/dev/null
      while ! fits "$1"; do last=$((last - 1)) && for_seeds 2>/dev/null; done
    else
      least=$(estimate "${fit[@]}" --set "schedule.shares=$(awk '$1 != "all" { printf "%s%s:1e-6", (n++ ? "," : ""), $1 }' <<<"$whole")" 2>/dev/null)
    fi
  fi
  for _ in 1 2 3; do
    ! fits "$1" || break
    cut=$(shares "$aim" "$whole" "$least")
    fit=(--set grid.seeds=0-0 --set "schedule.shares=${cut:-none}")
    now=$(estimate "${fit[@]}" 2>/dev/null)
    aim=$((aim * $1 / ($(estimated "$now") + 1)))
  done
  say "budget: $((last + 1)) of 5 seeds$([[ $last -eq 4 ]] || printf ', dropped %d' $((4 - last)))"
  [[ -z $cut ]] || note "shorter than published: ${cut//,/, } of their lengths"
  note "estimated: $(estimated "$now") s of $1 s on $on$(fits "$1" || printf '; nothing more can be dropped')"
}

# The settings of the first start hold for all later ones: cells of other settings would not stand beside those that are there.
settle_settings() {
  local said request="--schedule $schedule --budget ${budget:-none}"
  [[ ${#datasets[@]} -gt 0 ]] || request+=' on the drawn digits'
  if [[ -e $out/settings.txt ]]; then
    [[ $(head -n 1 "$out/settings.txt") == "$request" ]] ||
      die "$out holds runs of '$(head -n 1 "$out/settings.txt")'; say the same again, or give another --out"
  else
    fit=(--set grid.seeds=0-4)
    [[ -z $budget ]] || fit_budget "$(seconds "$budget")"
    [[ -z $dry_run ]] || return 0
    said=$(cance run "${grid[@]}" "${fit[@]}" --dry-run "${further[@]}" --ranks "$ranks" 2>&1 >/dev/null) || { printf '%s\n' "$said" >&2 && exit 2; }
    mkdir -p "$out"
    printf '%s\n' "$request" "${fit[@]}" >"$out/settings.txt.new"
    mv "$out/settings.txt.new" "$out/settings.txt"
  fi
  mapfile -t -s 1 fit <"$out/settings.txt"
}

schedule=1 budget='' site='' dry_run='' ranks='' out=''
declare -a further=() datasets=() fit=() grid=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --help) usage && exit ;;
    --) further=("${@:2}") && break ;;
    --dry-run) dry_run=yes && shift && continue ;;
    --schedule | --budget | --slurm | --ranks | --out) [[ $# -ge 2 ]] || die "$1 needs a value; see launch/paper.sh --help" ;;
    *) die "unknown argument '$1'; see launch/paper.sh --help" ;;
  esac
  case $1 in
    --schedule) schedule=$2 ;;
    --budget) budget=$2 && seconds "$budget" >/dev/null ;;
    --slurm) site=$2 ;;
    --ranks) ranks=$2 ;;
    --out) out=$2 ;;
  esac
  shift 2
done
[[ -z $ranks || $ranks =~ ^[1-9][0-9]{0,4}$ ]] || die "--ranks $ranks: expected a whole number from 1"
[[ -z $site || -f $site ]] || die "--slurm $site: no such file; cluster/sites/example.sh shows one"
[[ -z ${OMPI_COMM_WORLD_SIZE:-}${PMI_SIZE:-} ]] || die "start it once, without mpirun; --ranks N starts the ranks"
for name in site out CANCE_DATA_ROOT CANCE_BIN; do # as where this was started
  [[ -z ${!name:-} ]] || printf -v "$name" %s "$(realpath -m "${!name}")"
done
cd "$root"
out=${out:-paper}
program=${CANCE_BIN:-$root/build/bin}/cance
need_program "$program"
here=${ranks:-$(usual_ranks)} # on this machine
[[ -n $ranks ]] || ranks=$(if [[ -n $site ]]; then site_ranks; else printf '%s' "$here"; fi)
on="$ranks ranks"
[[ $ranks -ne 1 ]] || on='1 rank'

mkdir -p data
prepare_all
extract_features
if [[ ${#datasets[@]} -gt 0 ]]; then
  grid=(configs/paper)
else
  note "no data set of the paper is there: the embedded digits take the place of MNIST"
  [[ -e data/glyphs.h5 ]] || cance prep glyphs --out data/glyphs.h5 >&2
  grid=(configs/paper/mnist-{unimodal,bimodal,multimodal}.cfg --set grid.dataset=glyphs)
fi
grid+=(--data-root data --out "$out" --schedule "$schedule")
settle_settings
if [[ -n $dry_run ]]; then
  cance run "${grid[@]}" "${fit[@]}" --dry-run "${further[@]}" --ranks "$ranks"
  exit
fi
if [[ -n $site ]]; then
  exec "$root/cluster/submit.sh" "${grid[@]}" "${fit[@]}" --site "$site" -- "${further[@]}"
fi

code=0
say "training on $on"
rm -f "$out/stopped"
launch run "${grid[@]}" "${fit[@]}" --stop-mark "$out/stopped" "${further[@]}" || code=$?
[[ ! -e $out/stopped && $code -ne 75 ]] || { note "stopped; the same command goes on" && exit 75; }
[[ $code -le 2 ]] || note "training ended with exit code $code; the same command goes on"
[[ $code -le 1 ]] || exit "$code"
step "archive" unless_bad cance collect "$out" --out "$out/archive.h5" --replace --quiet
step "report" unless_bad cance report "$out/archive.h5" --out "$out/report"
say "the report: $out/report/index.html"
exit "$code"
