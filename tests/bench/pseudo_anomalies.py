"""A label-free test set of a table: normal rows, and some of them again with every raw column drawn from another row.

    python3 tests/bench/pseudo_anomalies.py data/kddcup99.h5 KDD_PSEUDO.npz     # then: cance prep adbench --raw KDD_PSEUDO.npz --out data/adbench-kdd-pseudo.h5
"""
import sys

import h5py
import numpy as np

ROWS, PSEUDO = 60_000, 10_000

rng = np.random.default_rng(0)
with h5py.File(sys.argv[1]) as file:
    normal = file["all/x"][:][file["all/y"][:] == 0]
    names = file.attrs["column_names"]
normal = normal[rng.choice(len(normal), min(ROWS, len(normal)), replace=False)]
pseudo = normal[: min(PSEUDO, len(normal) // 2)].copy()
raw_columns = {}
for place, name in enumerate(names):  # one-hot columns "name=value" are one raw column
    raw_columns.setdefault(name.split("=")[0], []).append(place)
for places in raw_columns.values():
    pseudo[:, places] = normal[rng.integers(0, len(normal), len(pseudo))][:, places]
np.savez(sys.argv[2], X=np.concatenate([normal, pseudo]), y=np.repeat([0, 1], [len(normal), len(pseudo)]))
