"""check_exports.py (RUN.h5 METHOD DATA.h5 MODEL.onnx MODEL.safetensors)...: of each five, rows of the run's test scored again by ONNX Runtime, and by
NumPy from the tensors alone, agree with the scores in the run file to 1e-5 of their range. Of a comparison method the tensors are
those of the run file, and NumPy scores tables.
check_exports.py --rows RUN.h5 METHOD DATA.h5: those rows and scores as two .npy on standard output."""

import json
import sys

import h5py
import numpy as np
import onnxruntime
import safetensors

import comparison_models

TOLERANCE = 1e-5
COMPOSITE = {"error", "latnce", "gaussian", "cnce", "cance"}
ROWS = 40  # for NumPy, whose convolutions are loops


def conv(x, weight, stride, padding):
    x = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    k = weight.shape[2]
    windows = np.lib.stride_tricks.sliding_window_view(x, (k, k), axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("nchwij,ocij->nohw", windows, weight)


def conv_transpose(x, weight, stride, padding):
    n, _, h, w = x.shape
    k = weight.shape[2]
    out = np.zeros((n, weight.shape[1], (h - 1) * stride + k, (w - 1) * stride + k), x.dtype)
    for i in range(h):
        for j in range(w):
            out[:, :, i * stride:i * stride + k, j * stride:j * stride + k] += np.einsum("nc,coij->noij", x[:, :, i, j], weight)
    return out[:, :, padding:-padding, padding:-padding]


class Model:
    """The method as its description says, from tensors and metadata."""

    def __init__(self, path):
        with safetensors.safe_open(path, "numpy") as file:
            self.t = {name: file.get_tensor(name).astype(np.float64) for name in file.keys()}
            self.meta = file.metadata()
        self.shape = json.loads(self.meta["row_shape"])
        section, self.config = "", {}
        for line in self.meta["config"].splitlines():
            if line.startswith("["):
                section = line.strip("[]")
            elif "=" in line:
                key, value = line.split("=", 1)
                self.config[f"{section}.{key.strip()}"] = value.strip()

    def network(self, x, part):
        names = {}
        for name in self.t:
            if name.startswith(part + "."):
                _, number, kind = name.split(".")
                names.setdefault(int(number), set()).add(kind)
        last = max(names)
        for number in sorted(names):
            get = lambda kind: self.t[f"{part}.{number}.{kind}"]
            if "running_mean" in names[number]:
                of = (lambda v: v.reshape(1, -1, 1, 1)) if x.ndim == 4 else (lambda v: v)
                x = (x - of(get("running_mean"))) / np.sqrt(of(get("running_variance")) + 1e-5)
                if "weight" in names[number]:
                    x = x * of(get("weight")) + of(get("bias"))
                    x = np.where(x > 0, x, 0.1 * x)
            elif get("weight").ndim == 4:
                weight = get("weight")
                if part == "decoder" and x.ndim == 2:
                    side = int(np.sqrt(x.shape[1] // weight.shape[0]))
                    x = x.reshape(len(x), weight.shape[0], side, side)
                x = (conv if part == "encoder" else conv_transpose)(x, weight, 2, 1)
                if "bias" in names[number]:
                    x = x + get("bias").reshape(1, -1, 1, 1)
            else:
                x = x.reshape(len(x), -1) @ get("weight").T
                if "bias" in names[number]:
                    x = x + get("bias")
        return x

    def composite(self, x):
        images = len(self.shape) == 3
        if images:
            x = x / 255
        raw = x
        kind = self.config["input.normalisation"]
        if kind == "gcn":
            mean = x.mean(axis=(1, 2, 3), keepdims=True)
            scale = np.maximum(np.abs(x - mean).mean(axis=(1, 2, 3), keepdims=True), 1e-3)
            x = (x - mean) / scale
        elif "input.mean" in self.t:
            x = (x - self.t["input.mean"]) / self.t["input.scale"]
        if "pca.mean" in self.t:
            z = (x.reshape(len(x), -1) - self.t["pca.mean"]) @ self.t["pca.components"].T
            back = z @ self.t["pca.components"] + self.t["pca.mean"]
        else:
            z = self.network(x, "encoder")
            back = self.network(z, "decoder")
            if images and kind in ("auto", "none"):
                back = 1 / (1 + np.exp(-back))
        a, b = x.reshape(len(x), -1), back.reshape(len(x), -1)
        error = ((a - b) ** 2).mean(axis=1)
        cosine = 1 - (a * b).sum(axis=1) / (np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1))
        more = [np.stack([mean.ravel(), np.log(scale.ravel())], 1)] if self.config["feature.contrast"] == "on" else []
        return np.concatenate([z, *more, np.stack([error, cosine], 1)], 1)

    def compared(self, x):
        own = self.meta["method"] + "."
        tensors = {name.removeprefix(own): tensor for name, tensor in self.t.items() if name.startswith(own)}
        return comparison_models.METHODS[self.meta["method"]](tensors, (x - self.t["input.mean"]) / self.t["input.scale"], self.config)

    def score(self, x):
        method = self.meta["method"]
        if method in comparison_models.METHODS:
            return self.compared(x)
        phi = self.composite(x)
        if method == "error":
            return phi[:, -2]
        if "feature.offset" in self.t:
            phi[:, -2:] = np.log(phi[:, -2:] + self.t["feature.offset"])
        n = phi.shape[1] - (2 if method == "latnce" else 0)
        phi, mean = phi[:, :n], self.t["moments.mean"][:n]
        covariance = self.t["moments.covariance"][:n, :n]
        scale = self.t.get(f"{method}.noise.scale", np.ones(n))
        noise = covariance * np.outer(scale, scale)
        centred = phi - mean
        log_q = -0.5 * (np.einsum("ni,ni->n", centred, np.linalg.solve(noise, centred.T).T) + np.linalg.slogdet(2 * np.pi * noise)[1])
        if method == "gaussian":
            return -log_q
        h = centred / np.sqrt(np.diag(covariance))
        layers = [int(name.split(".")[1]) for name in self.t if name.startswith(method) and name.endswith(".weight")]
        for number in sorted(layers):
            h = h @ self.t[f"{method}.{number}.weight"].T + self.t[f"{method}.{number}.bias"]
            if number < max(layers):
                h = h / (1 + np.exp(-h))
        return -(h[:, 0] + log_q + np.log(float(self.config["nce.noise_ratio"])))


def compare(what, found, expected):
    spread = np.ptp(expected)  # float32 of the run itself is 1e-6 of it away from float64
    worst = np.abs(found - expected).max() / spread
    print(f"{what}: largest difference {worst:.1e} of the range")
    assert worst < TOLERANCE, f"{what}: {worst} of the range {spread}"


def read(run_path, method, data_path):
    """Test rows of the run, its scores and its threshold."""
    with h5py.File(run_path) as run, h5py.File(data_path) as data:
        part = "test" if "test" in data else "all"
        rows = data[part]["x"][:][run["index"][:]].astype(np.float32)
        thresholds = dict(zip(run["thresholds/method"].asstr()[:], run["thresholds/threshold"][:]))
        return rows, run["scores"][method][:], thresholds[method]


def check(run_path, method, data_path, onnx_path, tensors_path):
    rows, expected, threshold = read(run_path, method, data_path)
    session = onnxruntime.InferenceSession(onnx_path, providers=["CPUExecutionProvider"])
    compare(f"{onnx_path} by ONNX Runtime", session.run(["scores"], {"rows": rows})[0], expected)
    meta = session.get_modelmeta().custom_metadata_map
    model = Model(tensors_path)
    assert meta == model.meta, "the metadata of both formats differ"
    assert float(meta["threshold"]) == threshold and meta["method"] == method
    if method in COMPOSITE or (rows.ndim == 2 and method in comparison_models.METHODS):
        compare(f"{tensors_path} by NumPy", model.score(rows[:ROWS].astype(np.float64)), expected[:ROWS])
    if method not in COMPOSITE:
        with h5py.File(run_path) as run:
            kept = {name: run["model"][name][()] for name in run["model"] if name.startswith(("input.", method + "."))}
        assert kept.keys() == model.t.keys() and len(kept) > 1, "other tensors"
        assert all((kept[name] == model.t[name]).all() for name in kept), "other values"


if sys.argv[1] == "--rows":
    rows, expected, _ = read(*sys.argv[2:])
    np.save(sys.stdout.buffer, rows)
    np.save(sys.stdout.buffer, expected)
else:
    words = sys.argv[1:]
    assert words and len(words) % 5 == 0, words
    for first in range(0, len(words), 5):
        check(*words[first:first + 5])
