#!/usr/bin/env python3
"""archive_with_h5py.py FOLDER: end.h5, links.h5, table.csv, aggregates.csv and table.json against the run files in runs/."""
import csv
import json
import pathlib
import statistics
import sys

import h5py
import numpy
import pandas

folder = pathlib.Path(sys.argv[1])
expected = {}
for path in sorted(folder.glob("runs/glyphs/**/seed*.h5")):
    with h5py.File(path) as run:
        names = zip(run["metrics/method"].asstr()[:], run["metrics/metric"].asstr()[:], run["metrics/value"][:])
        expected.update({(run.attrs["cell"], method, metric): value for method, metric, value in names})
assert len(expected) == 24, expected  # 6 cells, 2 methods, 2 metrics


def frame(group):
    return pandas.DataFrame({c: group[c].asstr()[:] if group[c].dtype.kind == "O" else group[c][:] for c in group.attrs["column-order"]})


def check(table, what):
    found = {(row.cell, row.method, row.metric): row.value for row in table.itertuples()}
    assert found == expected, f"{what}: {found} instead of {expected}"


for name in ("end.h5", "links.h5"):
    with h5py.File(folder / name) as archive:
        assert archive.attrs["schema"] == "cance-archive" and archive.attrs["complete"]
        check(frame(archive["table"]), name)
        for cell in frame(archive["cells"]).itertuples():
            own, original = archive["runs"][cell.cell], h5py.File(folder / cell.file)
            assert numpy.array_equal(own["scores/cance"][:], original["scores/cance"][:]), cell
            assert own.attrs["config_hash"] == cell.config_hash == original.attrs["config_hash"]
        aggregates = frame(archive["aggregates"])
        for row in aggregates.itertuples():
            values = [v for (cell, method, metric), v in expected.items()
                      if f"/{row.case}/" in cell and (method, metric) == (row.method, row.metric)]
            assert row.n == len(values) == 3
            assert abs(row.mean - statistics.mean(values)) < 1e-14 and abs(row.deviation - statistics.stdev(values)) < 1e-14
            assert row.low <= row.mean <= row.high



def csv_of(name):
    with open(folder / name, newline="") as lines:
        return list(csv.DictReader(lines))


assert {(r["cell"], r["method"], r["metric"]): float(r["value"]) for r in csv_of("table.csv")} == expected
rows = csv_of("aggregates.csv")
assert [float(r["mean"]) for r in rows] == list(aggregates["mean"]) and list(rows[0]) == list(aggregates.columns)
document = json.loads((folder / "table.json").read_text())
assert {(c["cell"], method, metric): value for c in document["cells"] for method, metrics in c["metrics"].items()
        for metric, value in metrics.items()} == expected
