# shellcheck shell=bash
# Checks shared by the scripts of this folder. CANCE_BIN, CANCE_SOURCE_DIR and CANCE_TEST_PYTHON come from ctest.
# shellcheck disable=SC2034  # used by the scripts that source this file
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${CANCE_BIN:?folder of the programs}" "${CANCE_SOURCE_DIR:?root of the sources}" "${CANCE_TEST_PYTHON:=python3}"
export OMP_NUM_THREADS=1

local_ranks() { "$CANCE_SOURCE_DIR/launch/local.sh" "$@"; }

cance() {
  case ${to_server:+$1} in
    run | extract | score | export-model) ask_server "$@" ;;
    *) "$CANCE_BIN/cance" "$@" ;;
  esac
}

# many_starts: from here on the commands of cance-engine are run by one process of it that forks, without loading libtorch each time.
# end_starts, at exit: it ends.
many_starts() {
  coproc SERVER { LD_PRELOAD=$CANCE_MANY_STARTS exec "$CANCE_BIN/cance-engine"; }
  local to=${SERVER[1]} from=${SERVER[0]}
  exec {to_server}>&"$to" {from_server}<&"$from"
  exec {to}>&- {from}<&-
}
end_starts() {
  kill "$SERVER_PID" || true
  wait "$SERVER_PID" || true
}
ask_server() {
  local code=
  { # the command's descriptors are 6 to 8, as printf and read change 0 and 1
    printf '%s\0' "$BASHPID" "$PWD" $# "$@" >&"$to_server"
    read -r -u "$from_server" code || fail "the server of cance-engine ended at: cance $*"
  } 6<&0 7>&1 8>&2
  return "$code"
}

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

need_python() {
  # Looked up, not imported, which takes longer than what many a script tests.
  if ! "$CANCE_TEST_PYTHON" -c 'import importlib.util as i, sys; sys.exit(not (i.find_spec("h5py") and i.find_spec("pandas")))'; then
    echo "skipped: e2e.$1 needs h5py and pandas (launch/setup.sh --with-tests)"
    exit 77
  fi
}

# refused TEXT COMMAND...: exit code 2, one line on standard error (several faults: one indented line each), and TEXT, a
# regular expression, in it.
refused() {
  local text=$1 code=0 message
  shift
  message=$("$@" 2>&1 >/dev/null </dev/null) || code=$?
  [[ $code -eq 2 ]] || fail "'$*' ended with $code instead of 2: $message"
  [[ $message == 'cance: '* && $(grep -vc '^  ' <<<"$message") -eq 1 ]] || fail "'$*' did not say one line 'cance: ...': $message"
  [[ $message =~ $text ]] || fail "'$*' does not name '$text': $message"
}

# Every file below a folder, by relative name.
files_below() { (cd "$1" && find . -type f | sort); }
