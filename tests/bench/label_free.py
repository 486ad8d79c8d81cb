"""What CANCE's runs on tables, or ensembles of them, say without test labels, beside their AUROC: a row a run, as CSV.

    PATH=build/bin:$PATH python3 tests/bench/label_free.py data runs-auto runs-t3 ... >label_free.csv     # dataset files data/SET.h5

held: mean log-likelihood of the rows held out; of an ensemble less the mean of its scores. pseudo: AUROC of rows held out against
pseudo-anomalies made of training rows, the mean of two kinds: half of the raw columns drawn from other rows, and numbers moved by half the
difference of two other rows.
"""
import pathlib
import subprocess
import sys
import tempfile

import h5py
import json
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

FEWEST = 300  # pseudo-anomalies of a kind


def raw_rows(file):
    """The rows of a dataset file as its raw table had them."""
    x, names = file["all/x"][:], list(file.attrs["column_names"])
    columns = json.loads(file.attrs["preparation"])["columns"] if "preparation" in file.attrs else []
    if not columns:
        return pd.DataFrame(x.astype(float), columns=names)
    raw = {}
    for column in (column for column in columns if column["use"] != "left_out"):
        name, words = column["name"], column.get("categories")
        if words:
            raw[name] = np.array(words, object)[x[:, [names.index(f"{name}={word}") for word in words]].argmax(1)]
        elif "codes" in column:
            raw[name] = np.array(column["codes"], object)[x[:, names.index(name)].astype(int)]
        else:
            raw[name] = x[:, names.index(name)].astype(float) + column.get("offset", 0)
    return pd.DataFrame(raw)


def pseudo(rows, run):
    """Rows held out, then two kinds of pseudo-anomalies."""
    rng = np.random.default_rng(1)
    pool, held = rows.iloc[run["split/train"][:]], rows.iloc[run["split/validation"][:]]
    some = pd.concat([held] * max(1, FEWEST // len(held)), ignore_index=True)
    other = [pool.iloc[rng.integers(len(pool), size=len(some))].reset_index(drop=True) for _ in range(2)]
    mixed, numbers = some.astype(object), rows.select_dtypes("number").columns
    for row in range(len(some)):
        for column in rng.choice(rows.columns, (rows.shape[1] + 1) // 2, replace=False):
            mixed.at[row, column] = pool[column].iloc[rng.integers(len(pool))]
    spread = some.copy()
    spread[numbers] += .5 * (other[0][numbers] - other[1][numbers])
    return pd.concat([held, mixed, spread], ignore_index=True), np.repeat([0, 1, 2], [len(held), len(some), len(some)])


print("runs,set,auroc,held,pseudo")
for folder in sys.argv[2:]:
    for path in sorted(pathlib.Path(folder).rglob("seed0.h5")):
        with h5py.File(path) as run, h5py.File(f"{sys.argv[1]}/{run.attrs['dataset']}.h5") as data, tempfile.TemporaryDirectory() as work:
            rows, kind = pseudo(raw_rows(data), run if "split" in run else next(iter(run["members"].values())))
            rows.to_csv(f"{work}/rows.csv", index=False)
            method = "ensemble" if "ensemble" in run["scores"] else "cance"
            subprocess.run(["cance", "score", "--run", path, "--input", f"{work}/rows.csv", "--out", f"{work}/s.csv", "--method", method,
                            "--no-reasons"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            score = pd.read_csv(f"{work}/s.csv")["score"].fillna(np.inf).clip(upper=1e300)
            free = np.mean([roc_auc_score(kind[(kind == 0) | (kind == k)] == k, score[(kind == 0) | (kind == k)]) for k in (1, 2)])
            auroc = roc_auc_score(run["labels"][:], run["scores"][method][:])
            print(f"{folder},{run.attrs['dataset']},{auroc:.4f},{-run['validation_scores'][method][:].mean():.2f},{free:.4f}", flush=True)
