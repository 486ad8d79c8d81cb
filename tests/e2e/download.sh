#!/usr/bin/env bash
# `cance prep SET --download` against a mirror on this machine: whole, resumed, cut off, without ranges, busy, wrong, absent, and no network.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

data=${CANCE_DATA_ROOT:-$CANCE_SOURCE_DIR/../shared/data}
if [[ ! -f $data/abalone/abalone.data || ! -f $data/odds/thyroid.mat ]]; then
  echo "skipped: e2e.download needs abalone and odds in CANCE_DATA_ROOT"
  exit 77
fi
work=$(mktemp -d)
cd "$work"
mkdir -p files/abalone files/thyroid
cp "$data/abalone/abalone.data" files/abalone/
cp "$data/odds/thyroid.mat" files/thyroid/
"$CANCE_TEST_PYTHON" "$here/mirror.py" files port >requests 2>/dev/null &
mirror=$!
trap 'kill "$mirror"; rm -rf "$work"' EXIT
for _ in $(seq 100); do
  [[ ! -s port ]] || break
  sleep 0.1
done
port=$(<port)
export no_proxy=127.0.0.1
manner() { export CANCE_CATALOGUE_URL="http://127.0.0.1:$port/$1"; }
# As refused, with lines of progress before the message.
refused_late() {
  local text=$1 code=0 message
  shift
  message=$("$@" 2>&1 >/dev/null) || code=$?
  [[ $code -eq 2 && $(tail -n 1 <<<"$message") =~ ^cance:\ .*$text ]] || fail "'$*' ended with $code and does not name '$text': $message"
}
published() { cmp "$1" "$data/$2" || fail "$1 is not the published file"; }

manner ok
cance prep abalone --download --out abalone.h5 2>log >summary || fail "download: $(<log)"
published raw/abalone/abalone.data abalone/abalone.data
[[ $(<summary) == *"1920 rows"* && $(<summary) == *"as published"* ]] || fail "prep behind the download: $(<summary)"
cance prep abalone --download 2>log || fail "second download: $(<log)"
[[ $(<log) == *"already there"* && $(grep -c abalone requests) -eq 1 ]] || fail "fetched what was there: $(<log)"

# Resumed from a part: only the rest is asked for.
mkdir resumed
head -c 100000 "$data/abalone/abalone.data" >resumed/abalone.data.part
cance prep abalone --download --raw resumed 2>log || fail "resumed: $(<log)"
published resumed/abalone.data abalone/abalone.data
[[ $(tail -n 1 requests) == *"bytes=100000-"* ]] || fail "did not resume: $(tail -n 1 requests)"

# A whole part needs no request; one that is too long, or a damaged one, is fetched anew by the next call.
mkdir whole
cp "$data/abalone/abalone.data" whole/abalone.data.part
before=$(wc -l <requests)
cance prep abalone --download --raw whole 2>log || fail "whole part: $(<log)"
[[ $(wc -l <requests) -eq $before ]] || fail "asked for bytes that were there"
mkdir damaged
head -c 100000 /dev/zero >damaged/abalone.data.part
refused_late "not the published file.*removed" cance prep abalone --download --raw damaged
[[ ! -e damaged/abalone.data && ! -e damaged/abalone.data.part ]] || fail "a damaged file stayed"
cance prep abalone --download --raw damaged 2>log || fail "after a damaged part: $(<log)"
published damaged/abalone.data abalone/abalone.data

# The name of the part can be foretold; a link that somebody put there is not written through.
mkdir linked
echo precious >victim
ln -s ../victim linked/abalone.data.part
refused_late "if it is a link or no file, remove it" cance prep abalone --download --raw linked
[[ $(<victim) == precious ]] || fail "written through a link"

manner whole
mkdir anew
head -c 100000 "$data/abalone/abalone.data" >anew/abalone.data.part
cance prep abalone --download --raw anew 2>log || fail "a server without ranges: $(<log)"
published anew/abalone.data abalone/abalone.data

manner cut
cance prep thyroid --download --raw cut 2>log || fail "cut connections: $(<log)"
published cut/thyroid.mat odds/thyroid.mat
[[ $(grep -c '^cut ' requests) -eq 4 ]] || fail "cut connections took $(grep -c '^cut ' requests) requests, expected 4"

manner busy
cance prep thyroid --download --raw busy 2>log || fail "a busy server: $(<log)"
published busy/thyroid.mat odds/thyroid.mat

manner wrong
refused_late "not the published file: 39704 bytes with SHA-256 .* removed" cance prep thyroid --download --raw wrong --out wrong.h5
[[ ! -e wrong/thyroid.mat && ! -e wrong.h5 ]] || fail "a wrong file was used"

manner ok
refused "404" cance prep arrhythmia --download --raw absent
export CANCE_CATALOGUE_URL=http://127.0.0.1:1
refused_late "abalone.data: .*5 tries" cance prep abalone --download --raw nowhere
export CANCE_CATALOGUE_URL=http://no.such.host.invalid
refused "is there a network\? fetch it elsewhere and put it into nowhere" cance prep abalone --download --raw nowhere
export CANCE_CATALOGUE_URL=file://$work/files
refused "abalone.data" cance prep abalone --download --raw nowhere
refused "not for glyphs, only for mnist" cance prep glyphs --download
touch file
refused "file: the folder cannot be made" cance prep abalone --download --raw file
