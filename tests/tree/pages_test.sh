#!/usr/bin/env bash
# pages_test.sh SOURCE-DIR: what files say of Markdown pages is true. Every page that a file names exists, seen from that file, from the
# root or from src/; every cited section is a numbered heading of its page; every relative link of a page leads to a file or folder; no
# line of a page is longer than 140 characters, rows of tables in results/ apart. A fault is printed as "file:line: what".
set -euo pipefail
cd "$1"
export LC_ALL=C  # bytes for every awk, which drops the continuation bytes of UTF-8 itself

# The files that git tracks; of a copy without git all that no build made.
files() {
  local top
  top=$(git rev-parse --show-toplevel 2>/dev/null) || top=
  if [[ -n $top && $top -ef . ]]; then
    git ls-files
  else
    find . \( -name .git -o -name 'build*' \) -prune -o -type f -print | sed 's|^\./||'
  fi | sort | while IFS= read -r file; do [[ ! -f $file ]] || printf '%s\n' "$file"; done
}

mapfile -t all < <(files)
pages=()
others=()  # but for this file, which names no page of its own
for file in "${all[@]}"; do
  case $file in
    *.md) pages+=("$file") ;;
    tests/tree/pages_test.sh) ;;
    *) others+=("$file") ;;
  esac
done
if [[ ${#pages[@]} -eq 0 ]]; then
  echo "no pages below $1" >&2
  exit 1
fi
mapfile -t naming < <(printf '%s\0' "${others[@]}" | xargs -0 grep -Il '\.md' --)

awk '
  function fault(what) {
    printf "%s:%d: %s\n", at_file, at_line, what
    ++faults
  }

  # a/./b/../c without the dots.
  function plain(path,   steps, kept, n, m, i, result) {
    n = split(path, steps, "/")
    m = 0
    for (i = 1; i <= n; ++i) {
      if (steps[i] == ".." && m > 0 && kept[m] != "..") --m
      else if (steps[i] != "." && steps[i] != "") kept[++m] = steps[i]
    }
    result = m > 0 ? kept[1] : "."
    for (i = 2; i <= m; ++i) result = result "/" kept[i]
    return result
  }

  # A path as the file at hand means it.
  function beside(path,   folder) {
    folder = at_file
    if (!sub(/\/[^\/]*$/, "", folder)) folder = "."
    return plain(folder "/" path)
  }

  # The page that a name means; "" where there is none.
  function meant(name) {
    if (beside(name) in exists) return beside(name)
    if (plain(name) in exists) return plain(name)
    return plain("src/" name) in exists ? plain("src/" name) : ""
  }

  # A name, and the text behind it, which may cite sections.
  function check_name(name, behind,   page, number) {
    if (name ~ /(^|\/)report\.md$/) return  # what the program writes
    page = meant(name)
    if (page == "") {
      fault("the page " name " does not exist")
    } else if (behind ~ /^[^a-zA-Z0-9]*sections? [0-9]/) {
      if (behind !~ /^[`)]?, sections? [0-9]/) fault("write \"" name ", section N\", with a comma and nothing else between")
      match(behind, /sections? [0-9]+((, | and | to )[0-9]+)*/)
      behind = substr(behind, RSTART, RLENGTH)
      while (match(behind, /[0-9]+/)) {
        number = substr(behind, RSTART, RLENGTH)
        behind = substr(behind, RSTART + RLENGTH)
        if (!((page, number) in heading)) fault(page " has no section " number)
      }
    }
  }

  # The names that begin in a line; their sections may stand in the next one, behind its comment sign.
  function check_names(line, next_line,   text, place, before, name) {
    sub(/^[ \t]*(\/\/[\/!]?<?|#+|\*)?[ \t]*/, "", next_line)
    text = line " " next_line
    place = 1
    while (match(substr(text, place), /[A-Za-z0-9_.\/-]*[A-Za-z0-9_-]\.md/) && place + RSTART - 1 <= length(line)) {
      before = substr(text, 1, place + RSTART - 2)
      name = substr(text, place + RSTART - 1, RLENGTH)
      place += RSTART + RLENGTH - 1
      # Neither a part of an address or a pattern, nor the beginning of a longer word.
      if (before !~ /[:*$}{]$/ && substr(text, place, 1) !~ /[A-Za-z0-9_]/) check_name(name, substr(text, place))
    }
  }

  function check_links(line,   target) {
    gsub(/`[^`]*`/, "", line)
    while (match(line, /\]\([^)]*\)/)) {
      target = substr(line, RSTART + 2, RLENGTH - 3)
      line = substr(line, RSTART + RLENGTH)
      sub(/[ \t]+".*$/, "", target)
      sub(/#.*$/, "", target)
      if (target != "" && target !~ /^[a-z]+:/ && !(beside(target) in exists)) fault("the link " target " leads nowhere")
    }
  }

  function check_length(line) {
    gsub(/[\200-\277]/, "", line)
    if (length(line) > 140 && !(at_file ~ /^results\// && line ~ /^\|/)) fault(length(line) " characters, expected at most 140")
  }

  # The line that was read last, when the one behind it is known.
  function check_held(next_line) {
    if (at_file == "") return
    check_names(held, next_line)
    if (at_file !~ /\.md$/) return
    if (held ~ /^[ \t]*```/) fenced = !fenced
    if (!fenced && held !~ /^    /) check_links(held)
    check_length(held)
  }

  phase == "names" {
    for (path = $0; path != ""; ) {
      exists[path]
      if (!sub(/\/[^\/]*$/, "", path)) path = ""
    }
  }
  phase == "headings" && match($0, /^##+ [0-9]+[. ]/) {
    number = substr($0, RSTART, RLENGTH)
    gsub(/[^0-9]/, "", number)
    heading[FILENAME, number]
  }
  phase == "check" {
    check_held(FNR == 1 ? "" : $0)
    if (FNR == 1) {
      fenced = 0
      ++files
    }
    held = $0
    at_file = FILENAME
    at_line = FNR
  }
  END {
    check_held("")
    if (faults > 0) exit 1
    printf "%d files say of pages what is true\n", files
  }' phase=names <(printf '%s\n' "${all[@]}" .) phase=headings "${pages[@]}" phase=check "${pages[@]}" "${naming[@]}"
