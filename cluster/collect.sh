# shellcheck shell=bash
# The job after the jobs: whatever became of them, it says what is missing and makes archive and report. submit.sh puts the settings in front.
# shellcheck disable=SC2154 # the settings
set -uo pipefail
if declare -F site_setup >/dev/null; then site_setup; fi
status=$("$program" status "$out") || exit
printf '%s\n' "$status"
"$program" collect "$out" --out "$out/archive.h5" --replace --quiet
"$program" report "$out/archive.h5" --out "$out/report"

incomplete=$(sed -nE 's/^.*: ([0-9]+) done.* of ([0-9]+) cells.*/\1 \2/p; s/^.*: [0-9]+ ensembles? made, ([0-9]+) missing$/\1 0/p' <<<"$status" |
  awk '$1 != $2' | wc -l)
asked=$(sed -n 's/^workers=//p' "$folder/job.sh") served=$(sed -nE 's/^job [0-9]+(_[0-9]+)?: done$/worker\1/p' "$folder"/job.*.log | sort -u | wc -l)
if [[ $incomplete -gt 0 && $served -lt $asked ]]; then
  printf 'not complete; the end of each log says why:\n'
  for log in "$folder"/job.*.log; do
    printf '  %s: %s\n' "$log" "$(grep '^job ' "$log" | tail -n 1)"
  done
  printf 'go on with: sbatch %q\n' "$folder/job.sh"
  exit 1
fi
made=$out/archive.h5
[[ ! -e $out/report/index.html ]] || made+=", $out/report/index.html"  # none where nothing was judged
[[ $incomplete -eq 0 ]] || made+='; what is missing above was not asked of this job (--only, or no data set)'
printf 'complete: %s\n' "$made"
