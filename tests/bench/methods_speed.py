#!/usr/bin/env python3
"""Speed of the comparison methods: networks against the same ones in PyTorch, knn and kde against scikit-learn, in turn, one thread each.

    python3 tests/bench/methods_speed.py BUILD [--methods vae,lsa,...] [--pairs 3] [--sklearn-python PYTHON] [--mnist FOLDER] [--device cuda]

BUILD holds tests/methods_speed. PyTorch must be importable by the Python that runs this, numpy and scikit-learn by --sklearn-python. Rates are rows a second of
the processor's time, so that other work on the machine counts little. Both losses are those of one step from the same weights on other rows of the same kind.
knn and kde learn 6,000 drawings of one digit and score the 10,000 of the test set.
"""
import argparse
import gzip
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
STEPS = {"deep_svdd": 20, "deep_sad": 30, "drocc": 2, "dpad": 60, "goad": 40, "dagmm": 60, "vae": 8, "lsa": 8, "pixelcnn": 6}
KERNELS = ("knn", "kde")


def run(*command):
    environment = dict(os.environ, OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    result = subprocess.run([str(word) for word in command], env=environment, stdout=subprocess.PIPE, text=True)
    if result.returncode:
        raise SystemExit(f"failed: {' '.join(map(str, command))}")
    return json.loads(result.stdout)


def spread(ratios):
    return f"{min(ratios):>12.2f} {statistics.median(ratios):>7.2f} {max(ratios):>7.2f}"


def print_network(name, program, pairs, work, device):
    weights = work / "weights"
    rows = [(run(program, name, STEPS[name], weights, device),
             run(sys.executable, HERE / "pytorch_methods.py", name, STEPS[name], weights, device)) for _ in range(pairs)]
    ours, theirs = (statistics.median(row[side]["rate"] for row in rows) for side in (0, 1))
    a, b = rows[0]
    print(f"{name:<10} {ours:>10.4g} {theirs:>10.4g} {spread([x['rate'] / y['rate'] for x, y in rows])} {a['parameters']:>12} {a['loss']:>11.5g} {b['loss']:>11.5g}",
          flush=True)


def write_images(mnist, work):
    """Training rows of the digit 3 and all test rows, as float32 in 0..1."""
    import array

    def content(name, header):
        with gzip.open(mnist / name) as file:
            return file.read()[header:]

    def write(path, pixels):
        path.write_bytes(array.array("f", (value / 255 for value in pixels)).tobytes())
    images, labels = content("train-images-idx3-ubyte.gz", 16), content("train-labels-idx1-ubyte.gz", 8)
    threes = [i for i, label in enumerate(labels) if label == 3][:6000]
    write(work / "train", b"".join(images[784 * i:784 * (i + 1)] for i in threes))
    write(work / "test", content("t10k-images-idx3-ubyte.gz", 16))


def largest_deviation(a, b):
    """Of scores, relative to their spread."""
    import array
    values = []
    for path in (a, b):
        values.append(array.array("d"))
        values[-1].frombytes(path.read_bytes())
    return max(abs(x - y) for x, y in zip(*values)) / statistics.pstdev(values[1])


def print_kernel(name, program, python, pairs, work):
    rows = [(run(program, name, 28, 28, work / "train", work / "test", work / "ours"),
             run(python, HERE / "sklearn_reference.py", name, 784, work / "train", work / "test", work / "theirs")) for _ in range(pairs)]
    ours, theirs = (statistics.median(row[side]["fit"] + row[side]["score"] for row in rows) for side in (0, 1))
    ratios = [(y["fit"] + y["score"]) / (x["fit"] + x["score"]) for x, y in rows]
    scoring = statistics.median(y["score"] / x["score"] for x, y in rows)
    print(f"{name:<10} {ours:>10.4g} {theirs:>10.4g} {spread(ratios)} {scoring:>12.2f} {largest_deviation(work / 'ours', work / 'theirs'):>15.1g}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--methods", default=",".join((*STEPS, *KERNELS)))
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--sklearn-python", default=str(pathlib.Path.home() / ".cache/cance/test-python/bin/python"))
    parser.add_argument("--mnist", type=pathlib.Path, default=HERE.parents[1] / "../shared/data/mnist")
    parser.add_argument("--device", default="cpu", help="of the networks")
    args = parser.parse_args()
    chosen, program = args.methods.split(","), args.build / "tests" / "methods_speed"
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        networks, kernels = [m for m in STEPS if m in chosen], [m for m in KERNELS if m in chosen]
        if networks:
            print(f"{'rows/s':<10} {'cance':>10} {'PyTorch':>10} {'ratio: min':>12} {'median':>7} {'max':>7} {'parameters':>12} {'loss: cance':>11} {'PyTorch':>11}")
        for name in networks:
            print_network(name, program, args.pairs, work, args.device)
        if kernels:
            write_images(args.mnist, work)
            print(f"\n{'seconds':<10} {'cance':>10} {'sklearn':>10} {'ratio: min':>12} {'median':>7} {'max':>7} {'scoring alone':>13} {'deviation':>14}")
        for name in kernels:
            print_kernel(name, program, args.sklearn_python, args.pairs, work)


if __name__ == "__main__":
    main()
