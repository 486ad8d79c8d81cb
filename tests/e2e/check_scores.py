"""check_scores.py OWN RUNS FILES MAPS: each of so many OWN/RUN.METHOD.h5 holds the scores of RUNS/RUN.h5 to the bit, contributions that sum to them where
the method sees composites alone, and error maps, of so many, whose mean is the error feature.
check_scores.py --same-scores A.csv B.csv: the same names and scores in any order."""

import pathlib
import sys

import h5py
import numpy as np
import pandas as pd

COMPOSITE = {"error", "latnce", "gaussian", "cnce", "cance"}


def check(own, run, method):
    table = own["table"]
    scores = table["score"][:]
    assert (scores == run["scores"][method][:]).all(), "other bits"
    assert (table["row"][:] == run["index"][:]).all(), "other rows"
    assert (np.argsort(np.argsort(-scores, kind="stable")) + 1 == table["rank"][:]).all(), "ranks"
    assert ((scores > own.attrs["threshold"]) == table["flagged"][:]).all(), "flags"
    columns = list(run["composite/test"].attrs["columns"])
    expected = ["latent", *(["contrast"] if "contrast" in columns else []), "error", "cosine"]
    groups = [name for name in table.attrs["column-order"] if name not in ("row", "name", "score", "rank", "flagged")]
    assert groups == (expected if method in COMPOSITE else []), groups
    if groups:
        check_contributions(table, own, scores, method, groups)
    if "error_map" in own:
        error = run["composite/test"][:, -2]
        assert np.allclose(own["error_map"][:].mean(axis=(1, 2)), error, rtol=1e-5), "error maps"
    return "error_map" in own


def check_contributions(table, own, scores, method, groups):
    total = sum(table[name][:] for name in groups)
    change = scores - own.attrs["typical_score"]
    assert np.abs(total - change).max() <= 1e-12 * np.abs(scores).max(), "contributions do not sum to the score"
    # Nothing but rounding in float32 comes from what a method does not see.
    for name in {"error": ["latent", "cosine"], "latnce": ["error", "cosine"]}.get(method, []):
        assert np.abs(table[name][:]).max() <= 1e-6 * np.abs(scores).max(), f"{method} does not see {name}"


if sys.argv[1] == "--same-scores":
    a, b = (pd.read_csv(path).assign(name=lambda t: t["name"].str.removeprefix("test/")).sort_values("name") for path in sys.argv[2:])
    assert (a["name"].values == b["name"].values).all() and np.allclose(a["score"], b["score"], rtol=1e-6), "other scores"
else:
    own, runs = map(pathlib.Path, sys.argv[1:3])
    expected_files, expected_maps = map(int, sys.argv[3:])
    files = sorted(own.glob("*.h5"))
    assert len(files) == expected_files, files
    maps = 0
    for path in files:
        name, method, _ = path.name.split(".")
        try:
            with h5py.File(path) as scores, h5py.File(runs / f"{name}.h5") as run:
                maps += check(scores, run, method)
        except AssertionError as error:
            sys.exit(f"{path}: {error}")
    assert maps == expected_maps, maps
