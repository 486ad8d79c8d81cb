"""check_report.py REPORT RUNS: every file of a report against the run files, read with h5py."""
import csv
import html.parser
import math
import pathlib
import re
import statistics
import sys
import urllib.parse
import xml.etree.ElementTree as xml

import h5py

report, runs = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
page = (report / "index.html").read_text()

VOID = {"meta", "img", "br", "link", "input"}


class Balance(html.parser.HTMLParser):
    """Every element is closed where it was opened, nothing is loaded, and links lead to files that are there."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attributes):
        assert tag not in {"link", "iframe", "object"} and (tag != "script" or not attributes), (tag, attributes)
        for name, value in attributes:
            assert not name.startswith("on"), name
            if name in {"src", "href"} and not value.startswith(("data:image/png;base64,", "#")):
                assert name == "href" and tag == "a" and (report / urllib.parse.unquote(value)).is_file(), value
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, (tag, self.getpos())


balance = Balance()
balance.feed(page)
balance.close()
assert not balance.open, balance.open

pictures = re.findall(r"<svg.*?</svg>", page, re.S)
assert len(pictures) >= 6, len(pictures)
for picture in pictures:
    root = xml.fromstring(picture)
    width, height = (float(root.get(side)) for side in ("width", "height"))
    for text in root.iter("{http://www.w3.org/2000/svg}text"):
        if text.get("x"):  # no label begins outside the picture
            assert 0 <= float(text.get("x")) <= width and 0 <= float(text.get("y")) <= height, (text.text, text.attrib)
    assert not re.search(r"nan|inf", re.sub(r'href="[^"]*"', "", picture).lower()), "a number that is none in a picture"

values = {}
for path in sorted(runs.rglob("*.h5")):
    with h5py.File(path) as file:
        cell, config_hash = file.attrs["cell"], file.attrs["config_hash"]
        for text in (cell, config_hash[:12]):
            assert f">{text}<" in page, f"{text} is not named in the page"
        assert f">{path}<" in page or f">archive.h5:{cell}<" in page, f"{path} is not named in the page"
        table = file["metrics"]
        for method, metric, value in zip(table["method"].asstr()[:], table["metric"].asstr()[:], table["value"][:]):
            key = tuple(str(file.attrs[name]) for name in ("dataset", "protocol", "case")) + (method, metric)
            values.setdefault(key, []).append(float(value))
assert values, f"no run file below {runs}"

with open(report / "summary.csv", newline="") as file:
    rows = [row for row in csv.DictReader(file) if row["source"] == "these runs"]
found = {tuple(row[name] for name in ("dataset", "protocol", "case", "method", "metric")): row for row in rows}
for key, own in values.items():
    row = found[key]
    assert math.isclose(float(row["mean"]), statistics.fmean(own), rel_tol=1e-12), (key, row)
    assert int(row["seeds"]) == len(own), (key, row)
    if len(own) > 1:
        assert math.isclose(float(row["sd"]), statistics.stdev(own), rel_tol=1e-9, abs_tol=1e-15), (key, row)

# The page, Markdown, LaTeX and tables.csv show the same entries.
markdown, latex = (report / "report.md").read_text(), (report / "report.tex").read_text()
with open(report / "tables.csv", newline="") as file:
    entries = [row for row in csv.DictReader(file) if row["table"].startswith("AUROC by case")]
assert len(entries) >= len({key[2] for key in values})
for entry in entries:
    text = entry["text"]
    assert f"{text}<" in page and text in markdown and text.replace("±", r"$\pm$") in latex, entry
assert latex.count(r"\begin{table}") == latex.count(r"\end{table}") == latex.count(r"\toprule") > 0
# Every figure is there as SVG, PDF and numbers, every table as LaTeX and CSV.
figures, tables = ({path.stem for path in (report / folder).iterdir()} for folder in ("figures", "tables"))
assert len(figures) == len(pictures) and len(tables) == page.count('"tables/') // 2, (figures, tables)
for name in figures:
    xml.parse(report / "figures" / f"{name}.svg")
    assert (report / "figures" / f"{name}.pdf").read_bytes().startswith(b"%PDF-1.4")
    assert len((report / "figures" / f"{name}.csv").read_text().splitlines()) > 1
for name in tables:
    assert (report / "tables" / f"{name}.tex").read_text().count(r"\end{tabular}") == 1
    assert (report / "tables" / f"{name}.csv").is_file()

print(f"{len(values)} means, {len(pictures)} pictures, {len(entries)} entries")
