#!/usr/bin/env bash
# report_latex.sh REPORT.TEX: pdflatex makes the document of a report, without a line that is too long.
set -euo pipefail
if ! command -v pdflatex >/dev/null; then
  echo "skipped: e2e.report_latex needs pdflatex (apt-get install texlive-latex-recommended)"
  exit 77
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$(dirname "$1")"  # its figures are named from there
pdflatex -interaction=nonstopmode -halt-on-error -output-directory "$work" "$(basename "$1")" >"$work/said" 2>&1 || { cat "$work/said"; exit 1; }
grep -q 'Output written on .*report.pdf' "$work/said"
if grep 'Overfull' "$work/said"; then exit 1; fi
