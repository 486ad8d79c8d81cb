"""near_runs.py A B [--auroc D] [--scores D]: the run files below two folders have the same names, every AUROC differs by less than D, and
every score by less than D of the largest of its method."""
import argparse

import h5py
import numpy as np

from same_runs import run_files


def auroc(f):
    m = f["metrics"]
    return {str(method): value for method, metric, value in zip(m["method"].asstr()[:], m["metric"].asstr()[:], m["value"][:])
            if metric == "auroc"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("a")
    parser.add_argument("b")
    parser.add_argument("--auroc", type=float, default=np.inf)
    parser.add_argument("--scores", type=float, default=np.inf)
    args = parser.parse_args()
    a, b = run_files(args.a), run_files(args.b)
    assert a and a.keys() == b.keys(), f"run files: {sorted(a)} and {sorted(b)}"
    areas, scores = [], []
    for name in a:
        with h5py.File(a[name]) as left, h5py.File(b[name]) as right:
            assert auroc(left).keys() == auroc(right).keys() == left["scores"].keys(), name
            for method, area in auroc(left).items():
                areas.append((abs(area - auroc(right)[method]), f"{name} {method}"))
                x, y = left["scores"][method][:], right["scores"][method][:]
                scores.append((np.abs(x - y).max() / np.abs(x).max(), f"{name} {method}"))
    for what, differences, limit in (("AUROC", areas, args.auroc), ("scores", scores, args.scores)):
        worst, where = max(differences)
        print(f"{what}: at most {worst:.2g} apart, {where}")
        assert worst < limit, f"{what} of {where}: {worst:.3g} apart, expected less than {limit:g}"


main()
