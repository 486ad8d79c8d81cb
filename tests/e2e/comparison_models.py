"""The comparison methods on rows of a table, as their papers describe them, from the tensors of an export (without the method's
prefix) and the metadata's settings."""

import re

import numpy as np


def dense(t, x, prefix, between):
    """Dense layers, batch normalisation where there is one, `between` after each layer but the last."""
    numbers = sorted({int(m[1]) for name in t if (m := re.match(re.escape(prefix) + r"(\d+)\.", name))})
    weighted = [number for number in numbers if f"{prefix}{number}.weight" in t]
    for number in weighted:
        x = x @ t[f"{prefix}{number}.weight"].T + t.get(f"{prefix}{number}.bias", 0)
        if number == weighted[-1]:
            return x
        if f"{prefix}{number + 1}.running_mean" in t:
            x = (x - t[f"{prefix}{number + 1}.running_mean"]) / np.sqrt(t[f"{prefix}{number + 1}.running_variance"] + 1e-5)
        x = between(x)


def leaky(slope):
    return lambda x: np.where(x > 0, x, slope * x)


def squared_distances(x, rows):
    return ((x[:, None, :] - rows[None]) ** 2).sum(-1)


def log_sum_exp(x, axis):
    top = x.max(axis, keepdims=True)
    return (top + np.log(np.exp(x - top).sum(axis, keepdims=True))).squeeze(axis)


def mahalanobis(t, x, _):
    return (((x - t["mean"]) @ t["map"]) ** 2).sum(1)


def knn(t, x, config):
    distances = np.sort(np.sqrt(squared_distances(x, t["rows"])), 1)[:, :int(config["knn.neighbours"])]
    return distances.mean(1) if config["knn.distance"] == "mean" else distances[:, -1]


def lof(t, x, config):
    distances = np.sqrt(squared_distances(x, t["rows"]))
    near = np.argsort(distances, 1)[:, :min(int(config["lof.neighbours"]), len(t["rows"]) - 1)]
    reach = np.maximum(np.take_along_axis(distances, near, 1), t["radius"][near]).mean(1)
    return t["density"][near].mean(1) * (reach + 1e-10)


def iforest(t, x, _):
    trees, row = np.arange(len(t["columns"])), np.arange(len(x))[:, None]
    place = np.zeros((len(x), len(trees)), int)
    while (place < t["columns"].shape[1]).all():
        column = t["columns"][trees, place].astype(int)
        place = 2 * place + 1 + (x[row, column] > t["cuts"][trees, place])
    return 2 ** (-t["paths"][trees, place - t["columns"].shape[1]].mean(1) / t["mean_path"][0])


def tails(t, x, copula):
    rows = np.concatenate([t["sorted"][None].repeat(len(x), 0), x[:, None]], 1)  # each with the training rows
    left, right = -np.log((rows <= x[:, None]).mean(1)), -np.log((rows >= x[:, None]).mean(1))
    skew = ((rows - rows.mean(1, keepdims=True)) ** 3).sum(1)
    skewed = np.where(skew > 0, 0, left) + np.where(skew < 0, 0, right)
    return np.maximum(skewed, (left + right) / 2 if copula else np.maximum(left, right)).sum(1)


def loda(t, x, _):
    bins = np.clip(np.floor((x @ t["directions"] - t["low"]) / t["width"]), 0, t["surprise"].shape[1] - 1).astype(int)
    return t["surprise"][np.arange(len(t["surprise"])), bins].mean(1)


def kde(t, x, _):
    h, (n, m) = t["bandwidth"][0], t["rows"].shape
    return np.log(n) + m / 2 * np.log(2 * np.pi * h * h) - log_sum_exp(-squared_distances(x, t["rows"]) / (2 * h * h), 1)


def ocsvm(t, x, _):
    return t["rho"][0] - np.exp(-t["gamma"][0] * squared_distances(x, t["support"])) @ t["coefficients"]


def deep_svdd(t, x, _):
    return ((dense(t, x, "", leaky(0.01)) - t["centre"]) ** 2).sum(1) - t["radius"] ** 2


def drocc(t, x, _):
    return -dense(t, x, "", leaky(0))[:, 0]


def dpad(t, x, config):
    distances = np.sqrt(squared_distances(dense(t, x, "", leaky(0.01)), t["outputs"]))
    return np.sort(distances, 1)[:, :int(config["dpad.neighbours"])].mean(1)


def dagmm(t, x, _):
    z = dense(t, x, "encoder.", np.tanh)
    back = dense(t, z, "decoder.", np.tanh)
    norm = np.linalg.norm
    error = norm(x - back, axis=1) / np.maximum(norm(x, axis=1), 0.01 * np.sqrt(x.shape[1]))
    cosine = (x * back).sum(1) / (norm(x, axis=1) * norm(back, axis=1))
    features = np.column_stack([z, error, cosine])
    logs = []
    for weight, mean, covariance in zip(t["mixture.weights"], t["mixture.means"], t["mixture.covariances"]):
        centred = features - mean
        square = np.einsum("ni,ni->n", centred, np.linalg.solve(covariance, centred.T).T)
        logs.append(np.log(max(weight, 1e-12)) - 0.5 * (square + np.linalg.slogdet(2 * np.pi * covariance)[1]))
    return -log_sum_exp(np.array(logs), 0)


def goad(t, x, config):
    views = (x @ t["maps"] + t["offsets"]).reshape(len(x), int(config["goad.transforms"]), -1)
    features = leaky(0.2)(dense(t, views, "", leaky(0.2)))
    distances = ((features[:, :, None, :] - t["centres"]) ** 2).sum(-1)
    return (np.diagonal(distances, axis1=1, axis2=2) + log_sum_exp(-distances, 2)).sum(1)


METHODS = {"knn": knn, "lof": lof, "iforest": iforest, "ecod": lambda t, x, _: tails(t, x, False), "copod": lambda t, x, _: tails(t, x, True),
           "loda": loda, "mahalanobis": mahalanobis, "kde": kde, "ocsvm": ocsvm, "deep_svdd": deep_svdd, "deep_sad": deep_svdd, "drocc": drocc, "dpad": dpad,
           "dagmm": dagmm, "dagmm_1": dagmm, "goad": goad}
