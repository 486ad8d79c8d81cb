#!/usr/bin/env bash
# format_test.sh CLANG-FORMAT SOURCE-DIR: every C++ file is as clang-format 14 writes it.
set -euo pipefail
clang_format=$1
cd "$2"

if [[ ! -x $clang_format ]]; then
  echo "skipped: format needs clang-format-14 (launch/setup.sh --with-tests installs it)"
  exit 77
fi
mapfile -t files < <(find src data_prep tests -name '*.cpp' -o -name '*.hpp' | sort)
if [[ ${#files[@]} -eq 0 ]]; then
  echo "no C++ files below $2" >&2
  exit 1
fi
mapfile -t wrong < <("$clang_format" --dry-run --Werror --ferror-limit=1 "${files[@]}" 2>&1 | sed -n 's/:[0-9]*:[0-9]*: error:.*//p')
if [[ ${#wrong[@]} -gt 0 ]]; then
  echo "not formatted; mend with: clang-format-14 -i ${wrong[*]}" >&2
  exit 1
fi
echo "${#files[@]} files are formatted"
