"""check_scores.py OWN RUNS FILES MAPS: each of so many OWN/RUN.METHOD.h5 holds the scores of RUNS/RUN.h5 to the bit, contributions that sum to them where
the method sees composites alone, and error maps, of so many, whose mean is the error feature.
check_scores.py --judged OWN.h5 RAW.csv TOLD RUN.h5: metrics of the labelled rows, and errors by column.
check_scores.py --same-scores A.csv B.csv: the same names and scores in any order.
check_scores.py --odd-row ODD.csv ODD.h5 ALL.csv ROW: ROW has no score but a reason, the others are those of ALL.
check_scores.py --far RUN.h5 DATA.csv: rows with a value over 1e19 in the test rows alone rank first by every method, and AUROC is that of the scores."""

import pathlib
import sys

import h5py
import numpy as np
import pandas as pd

OTHERS = {"row", "name", "label", "score", "rank", "flagged", "columns", "state", "reason"}
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
    groups = [name for name in table.attrs["column-order"] if name not in OTHERS]
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
elif sys.argv[1] == "--judged":
    from sklearn.metrics import average_precision_score, precision_recall_fscore_support, roc_auc_score
    told = pathlib.Path(sys.argv[4]).read_text()
    raw = pd.read_csv(sys.argv[3])
    with h5py.File(sys.argv[2]) as own, h5py.File(sys.argv[5]) as run:
        score, flagged, odd = own["table/score"][:], own["table/flagged"][:], (raw.kind == "bad").to_numpy()
        assert list(own["table/label"].asstr()[:]) == list(raw.kind)
        expected = [roc_auc_score(odd, score), average_precision_score(odd, score), *precision_recall_fscore_support(odd, flagged, average="binary")[:3]]
        names = ["auroc", "auprc", "precision", "recall", "f1"]
        assert np.allclose([own.attrs[name] for name in names], expected, rtol=1e-12), expected
        assert all(f"{value:.4f}" in told.split("\n")[1] for value in expected), told
        assert list(own["kinds/rows"]) == [(~odd).sum(), odd.sum()] and list(own["kinds/flagged"]) == [flagged[~odd].sum(), flagged[odd].sum()]
        # Errors of columns: all numbers of a raw column together, whose mean over the numbers is e.
        columns, errors = list(own["column_error"].attrs["columns"]), own["column_error"][:]
        assert columns == ["a", "b", "c", "d", "e", "colour"], columns
        numbers = run["input/row_shape"][0]
        assert numbers == 7
        assert np.allclose(errors[run["index"][:]].sum(1) / numbers, run["composite/test"][:, -2], rtol=1e-5), "errors of columns"
        lead = [text.split("; ") for text in own["table/columns"].asstr()[:]]
        assert all([columns[i] for i in np.argsort(-row, kind="stable")[:3]] == names for row, names in zip(errors, lead)), "leading columns"
elif sys.argv[1] == "--columns":
    with h5py.File(sys.argv[2]) as own, h5py.File(sys.argv[3]) as run:
        held_out = run["validation_scores"][sys.argv[4]][:]
        assert len(held_out) <= 32 and np.isclose(own.attrs["background_score"], held_out.mean(), rtol=1e-6), "background"
        values, scores = own["column_contribution"][:], own["table/score"][:]
        assert np.allclose(values.sum(1), scores - held_out.mean(), rtol=1e-6, atol=1e-6), "Shapley values do not sum to the score"
        for row, first, names in zip(values, sys.argv[5:], own["table/columns"].asstr()[:]):
            columns = own["column_contribution"].attrs["columns"]
            assert names == "; ".join(columns[i] for i in np.argsort(-row, kind="stable")[:3] if row[i] > 0), names
            assert first in ("-", names.split("; ")[0]), names
elif sys.argv[1] == "--far":
    with h5py.File(sys.argv[2]) as f:
        values = pd.read_csv(sys.argv[3]).drop(columns="kind").values[f["index"][:]]
        labels, metrics = f["labels"][:], pd.DataFrame({k: f["metrics"][k].asstr()[:] if k != "value" else f["metrics"][k][:]
                                                        for k in f["metrics"].attrs["column-order"]})
        far = values.max(axis=1) > 1e19
        assert 0 < far[labels == 0].sum() < 7 and far[labels == 1].sum() == 1, far.sum()
        for method in f["scores"]:
            s = f["scores"][method][:]
            assert np.isfinite(s).all() and (s[far] == s.max()).all() and (s[~far] < s.max()).all(), method
            odd, normal = s[labels == 1][:, None], s[labels == 0][None, :]
            auroc = ((odd > normal) + 0.5 * (odd == normal)).mean()
            told = metrics[(metrics.method == method) & (metrics.metric == "auroc")].value.item()
            assert abs(auroc - told) < 1e-12, (method, auroc, told)
elif sys.argv[1] == "--odd-row":
    odd, every = pd.read_csv(sys.argv[2]), pd.read_csv(sys.argv[4])
    row = int(sys.argv[5])
    with h5py.File(sys.argv[3]) as f:
        for name in ("score", "latent", "error", "cosine"):
            assert np.array_equal(odd[name].values, f["table"][name][:], equal_nan=True), name
        for name in ("rank", "flagged"):
            assert (odd[name].values == f["table"][name][:]).all(), name
        assert [s.decode() for s in f["table/state"][:]] == odd["state"].tolist(), "states"
    assert odd["state"].tolist() == ["unscored" if i == row else "scored" for i in range(len(odd))], "states"
    assert np.isnan(odd["score"][row]) and odd["rank"][row] == 0 and odd["flagged"][row] == 1, odd.iloc[row]
    assert "not a number" in odd["reason"][row] and odd["reason"].notna().sum() == 1, "reasons"
    rest = odd.drop(row)
    assert sorted(rest["rank"]) == list(range(1, len(odd))), "ranks"
    assert np.allclose(rest["score"], every["score"], rtol=1e-6), "other scores"
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
