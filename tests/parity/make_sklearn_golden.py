"""Scores of scikit-learn, PyOD and NumPy on small made rows, against which tests/detectors/sklearn_golden_test.cpp holds ours.

    make_sklearn_golden.py FILE.json            # writes them
    make_sklearn_golden.py --check FILE.json    # whether this scikit-learn still gives them; 77: it is not installed
    make_sklearn_golden.py --check-all FILE.json    # the same of the means over many seeds, not those over a few alone

ECOD, COPOD and LODA are written out here as PyOD computes them; --check compares the first two with PyOD where it is installed.
"""
import json
import sys

try:
    import numpy as np
    from sklearn.covariance import EmpiricalCovariance
    from sklearn.decomposition import PCA
    from sklearn.ensemble import IsolationForest
    from sklearn.mixture import GaussianMixture
    from sklearn.neighbors import KernelDensity, LocalOutlierFactor, NearestNeighbors
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


SEEDS, FEW = 200, 10  # of methods that draw


def tail_scores(train, row, copula):
    """PyOD's ECOD or COPOD of the training rows and this one, the score of this one."""
    rows = np.vstack([train, row])
    left, right = (-np.log((rows[:, None] <= rows[None]).mean(0)[-1]), -np.log((rows[:, None] >= rows[None]).mean(0)[-1]))
    skew = np.sign(((rows - rows.mean(0)) ** 3).mean(0))
    skewed = left * -np.sign(skew - 1) + right * np.sign(skew + 1)
    return np.maximum(skewed, (left + right) / 2 if copula else np.maximum(left, right)).sum()


def loda_scores(train, test, seed, directions=100, bins=10):
    """LODA as its paper has it and PyOD's defaults; PyOD itself reads the histogram a bin too far to the right."""
    rng = np.random.default_rng(seed)
    total = np.zeros(len(test))
    for _ in range(directions):
        weights = np.zeros(train.shape[1])
        weights[rng.permutation(len(weights))[:int(np.sqrt(len(weights)))]] = rng.normal(size=int(np.sqrt(len(weights))))
        counts, edges = np.histogram(train @ weights, bins)
        shares = (counts + 1e-12) / (counts + 1e-12).sum()
        total -= np.log(shares[np.clip(np.searchsorted(edges, test @ weights, side="right") - 1, 0, bins - 1)])
    return total / directions


def golden(seeds):
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
    for k in (1, 20, 200):
        out[f"lof_{k}"] = -LocalOutlierFactor(n_neighbors=min(k, len(train) - 1), novelty=True).fit(train).score_samples(test)
    out["ecod"], out["copod"], out["ecod_flat"], out["copod_flat"] = (
        [tail_scores(of, row, copula) for row in test] for of in (train, flat) for copula in (False, True))
    forests = [-IsolationForest(random_state=seed).fit(train).score_samples(test) for seed in range(seeds)]
    for name, scores in (("iforest", forests), ("loda", [loda_scores(train, test, seed) for seed in range(seeds)])):
        out[f"{name}_of_few"] = np.mean(scores[:FEW], 0)
        if seeds == SEEDS:
            out["seeds"] = [SEEDS]
            out[f"{name}_mean"], out[f"{name}_deviation"] = np.mean(scores, 0), np.std(scores, 0, ddof=1)
    for k in (1, 5):
        distance = NearestNeighbors(n_neighbors=k).fit(train).kneighbors(test)[0]
        out[f"knn_mean_{k}"] = distance.mean(1)
        out[f"knn_kth_{k}"] = distance[:, -1]
    return {name: np.asarray(values).tolist() for name, values in out.items()}


def check(path, seeds):
    with open(path) as file:
        stored = json.load(file)
    now = golden(seeds)
    try:
        from pyod.models.copod import COPOD
        from pyod.models.ecod import ECOD
        for name, model in (("ecod", ECOD), ("copod", COPOD)):
            fitted = model().fit(np.array(now["train"]))
            now[name] = [fitted.decision_function(np.array([row]))[0] for row in now["test"]]
    except ImportError:
        print("PyOD is not installed; its formulas are checked by themselves")
    wrong = [name for name in now if name not in stored or not np.allclose(stored[name], now[name], rtol=1e-9, atol=1e-9)]
    print(f"{len(now)} arrays" + (f", other values than stored: {', '.join(wrong)}" if wrong else ", all as stored"))
    return 1 if wrong else 0


if sys.argv[1].startswith("--check"):
    sys.exit(check(sys.argv[2], SEEDS if sys.argv[1] == "--check-all" else FEW))
with open(sys.argv[1], "w") as file:
    json.dump(golden(SEEDS), file, indent=0)
