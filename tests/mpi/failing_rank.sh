#!/usr/bin/env bash
# failing_rank.sh PROGRAM MPIRUN -n RANKS: the program ends on all ranks, in time, with the message of the one that failed.
set -euo pipefail
program=$1 ranks=${!#}
shift

start=$SECONDS code=0
message=$(timeout 30 "$@" "$program" 2>&1) || code=$?
echo "exit code $code after $((SECONDS - start)) s: $message"
[[ $code -eq 2 ]] || { echo "FAILED: expected exit code 2" >&2; exit 1; }
[[ $(grep -c "the disk of rank $((ranks - 1)) is full" <<<"$message") -eq 1 ]] || { echo "FAILED: no message" >&2; exit 1; }
[[ $message != *"let rank"* ]] || { echo "FAILED: a rank went on" >&2; exit 1; }
