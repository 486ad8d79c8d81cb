"""Whether rows of one length (input.normalisation = unit) suit tables, as their training rows say by k-NN: a row a set, as CSV.

    python3 tests/bench/unit_length.py data runs-auto >unit_length.csv     # runs of k-NN and others on data/SET.h5

pseudo: AUROC of 5-NN on the rows held out against pseudo-anomalies made of training rows (half of the columns drawn from other rows, and
rows moved by half the difference of two others), the mean of both kinds, of standardised rows and of those of one length. chosen: unit
where that at least halves 1 - pseudo. auroc: of 5-NN on the test rows, which have no say.
"""
import pathlib
import sys

import h5py
import numpy as np
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors

FEWEST = 300  # pseudo-anomalies of a kind


def standardised(rows, train):
    scale = train.std(0)
    return (rows - train.mean(0)) / np.where(scale > 0, scale, 1)


def unit(rows, train):
    return rows / np.maximum(np.sqrt((rows ** 2).mean(1, keepdims=True)), 1e-12)


def auroc(normalised, train, normal, anomalous):
    neighbours = NearestNeighbors(n_neighbors=5, algorithm="brute").fit(normalised(train, train))
    scores = [neighbours.kneighbors(normalised(rows, train))[0].mean(1) for rows in (normal, anomalous)]
    return roc_auc_score(np.repeat([0, 1], [len(normal), len(anomalous)]), np.concatenate(scores))


print("set,pseudo,pseudo_unit,chosen,auroc,auroc_unit")
for path in sorted(pathlib.Path(sys.argv[2]).rglob("seed0.h5")):
    with h5py.File(path) as run, h5py.File(f"{sys.argv[1]}/{run.attrs['dataset']}.h5") as data:
        name, rows, labels = run.attrs["dataset"], data["all/x"][:].astype(float), run["labels"][:]
        train, held, test = (rows[run["split"][part][:]] for part in ("train", "validation", "test"))
    rng = np.random.default_rng(1)
    some = np.concatenate([held] * max(1, FEWEST // len(held)))
    one, other = rng.integers(len(train), size=(2, len(some)))
    moved, mixed = some + .5 * (train[one] - train[other]), some.copy()
    for row in mixed:
        columns = rng.choice(rows.shape[1], (rows.shape[1] + 1) // 2, replace=False)
        row[columns] = train[rng.integers(len(train), size=len(columns)), columns]
    pseudo = [np.mean([auroc(way, train, held, rows) for rows in (mixed, moved)]) for way in (standardised, unit)]
    real = [auroc(way, train, test[labels == 0], test[labels == 1]) for way in (standardised, unit)]
    chosen = "unit" if 1 - pseudo[1] <= (1 - pseudo[0]) / 2 else "standardise"
    print(f"{name},{pseudo[0]:.3f},{pseudo[1]:.3f},{chosen},{real[0]:.4f},{real[1]:.4f}", flush=True)
