"""open_with_h5py.py RUNS: a run file opens with h5py and pandas in the three lines that README shows, and follows the schema."""
import pathlib
import sys

try:
    import h5py
    import numpy as np
    import pandas as pd
except ImportError as error:
    print(f"skipped: e2e.open_with_h5py needs {error.name} (launch/setup.sh --with-tests)")
    sys.exit(77)

ROOT_ATTRIBUTES = """schema schema_version complete cell seed config config_hash software software_version git_commit
    date machine device ranks dataset_sha256""".split()
HISTORY_COLUMNS = ["epoch", "train_loss", "validation_loss", "seconds"]


def auroc(score, label):
    """Share of (anomalous, normal) pairs in the right order, ties half."""
    difference = score[label == 1][:, None] - score[label == 0][None, :]
    return ((difference > 0) + 0.5 * (difference == 0)).mean()


def average_precision(score, label):
    """Sum of precision times the rise in recall over the distinct scores, from the highest."""
    hits = np.array([label[score >= cut].sum() for cut in np.unique(score)[::-1]])
    flagged = np.array([(score >= cut).sum() for cut in np.unique(score)[::-1]])
    return (np.diff(hits, prepend=0) / label.sum() * hits / flagged).sum()


path = str(sorted(pathlib.Path(sys.argv[1]).rglob("seed*.h5"))[0])

# The lines of README.
f = h5py.File(path)
scores = pd.DataFrame({name: values[:] for name, values in f["scores"].items()}).assign(label=f["labels"][:])
metrics = pd.DataFrame({c: f["metrics"][c].asstr()[:] if f["metrics"][c].dtype == object else f["metrics"][c][:]
                        for c in f["metrics"].attrs["column-order"]})

absent = [name for name in ROOT_ATTRIBUTES if name not in f.attrs]
assert not absent, f"root attributes absent: {absent}"
assert f.attrs["schema"] == "cance-run"
assert f.attrs["schema_version"].split(".")[0] == "1" and isinstance(f.attrs["complete"], np.bool_) and f.attrs["complete"]
assert "nce" in f.attrs["config"] and len(f.attrs["config_hash"]) == 64

n = len(scores)
assert n > 0 and f["labels"].dtype == np.uint8 and f["index"].dtype == np.int64 and len(f["index"]) == n
assert {"error", "latnce", "cnce", "cance"} <= set(scores.columns)
assert all(f["scores"][name].dtype == np.float64 for name in f["scores"])
assert np.isfinite(scores.to_numpy()).all() and set(scores["label"]) == {0, 1}
for part in ("train", "validation", "test"):
    composite = f["composite"][part]
    assert composite.dtype == np.float32 and composite.shape[1] == len(f["moments/mean"]), part
assert f["composite/test"].shape[0] == n and f["moments/covariance"].shape == (len(f["moments/mean"]),) * 2
assert all(len(scale[()]) > 0 for scale in f["noise"].values())
for stage in f["history"].values():
    assert [str(c) for c in stage.attrs["column-order"]] == HISTORY_COLUMNS and "_index" in stage.attrs, stage.name
    assert len({len(stage[c]) for c in HISTORY_COLUMNS}) == 1, stage.name
assert f["scores/cance"].fletcher32 and f["scores/cance"].shuffle

assert list(metrics.columns) == ["method", "metric", "value"]
stored = metrics[metrics.metric == "auroc"].set_index("method").value
for method in f["scores"]:
    assert abs(stored[method] - auroc(scores[method].to_numpy(), scores["label"].to_numpy())) < 1e-12, method
areas = metrics[metrics.metric == "auprc"].set_index("method").value
for method in f["scores"]:
    assert abs(areas[method] - average_precision(scores[method].to_numpy(), scores["label"].to_numpy())) < 1e-12, method
print(f"{path}: {n} rows, {len(metrics)} metrics")
