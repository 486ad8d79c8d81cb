"""Scores of scikit-learn on small made rows, against which tests/detectors/sklearn_golden_test.cpp holds ours.

    make_sklearn_golden.py FILE.json            # writes them
    make_sklearn_golden.py --check FILE.json    # whether this scikit-learn still gives them; 77: it is not installed
"""
import json
import sys

import numpy as np

try:
    from sklearn.covariance import EmpiricalCovariance
    from sklearn.decomposition import PCA
    from sklearn.mixture import GaussianMixture
    from sklearn.neighbors import KernelDensity, NearestNeighbors
    from sklearn.svm import OneClassSVM
except ImportError as error:
    print(f"skipped: {error}; launch/setup.sh --with-tests installs it")
    sys.exit(77)


def made_rows():
    """Correlated rows far from zero, whose numbers float32 holds exactly."""
    rng = np.random.default_rng(7)
    mix = rng.normal(size=(5, 5))
    rows = rng.normal(size=(100, 5)) @ mix + 10
    return rows.astype(np.float32).astype(np.float64)


def golden():
    rows = made_rows()
    train, test = rows[:70], rows[70:]
    flat = np.round(train)
    flat[:, 4] = flat[:, 0] + flat[:, 1]  # a column that depends on others
    out = {"train": train, "test": test, "flat": flat}
    for h in (0.25, 2.0):
        out[f"kde_{h}"] = KernelDensity(bandwidth=h).fit(train).score_samples(test)
    for kind, whiten in (("pca", False), ("whiten", True)):
        pca = PCA(n_components=0.9, whiten=whiten).fit(train)
        density = KernelDensity(bandwidth=1.0).fit(pca.transform(train))
        out[f"kde_{kind}"] = density.score_samples(pca.transform(test))
    scale = (len(train) - 1) / len(train)  # ours divides by N - 1
    out["mahalanobis"] = EmpiricalCovariance().fit(train).mahalanobis(test) * scale
    out["mahalanobis_flat"] = EmpiricalCovariance().fit(flat).mahalanobis(test) * scale
    mixture = GaussianMixture(2, random_state=0).fit(train)
    out["mixture_weights"], out["mixture_means"] = mixture.weights_, mixture.means_
    out["mixture_covariance_0"], out["mixture_covariance_1"] = mixture.covariances_
    out["mixture_scores"] = mixture.score_samples(test)
    for nu in (0.1, 0.5):
        svm = OneClassSVM(gamma="scale", nu=nu, tol=1e-9).fit(train)
        out[f"ocsvm_{nu}"] = svm.decision_function(test)
    for k in (1, 5):
        distance = NearestNeighbors(n_neighbors=k).fit(train).kneighbors(test)[0]
        out[f"knn_mean_{k}"] = distance.mean(1)
        out[f"knn_kth_{k}"] = distance[:, -1]
    return {name: np.asarray(values).tolist() for name, values in out.items()}


def check(path):
    with open(path) as file:
        stored = json.load(file)
    now = golden()
    wrong = [name for name in now if name not in stored or not np.allclose(stored[name], now[name], rtol=1e-9, atol=1e-9)]
    print(f"{len(now)} arrays" + (f", other values than stored: {', '.join(wrong)}" if wrong else ", all as stored"))
    return 1 if wrong else 0


if sys.argv[1] == "--check":
    sys.exit(check(sys.argv[2]))
with open(sys.argv[1], "w") as file:
    json.dump(golden(), file, indent=0)
