#!/usr/bin/env python3
"""Covariance in float64: the streaming moments of cance against numpy.cov, in turn on one core each, and memory by rows.

    python3 tests/bench/moments_speed.py BUILD [--pairs 5] [--memory]

BUILD holds tests/moments_speed; numpy must be importable. --memory instead writes dataset files of 1e5, 1e6 and 1e7 rows of
32 float32 columns (1.3 GB at most) one after another to a temporary folder and prints the peak memory of reading each in blocks.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

SIZES = ((34, 200_000), (258, 50_000), (514, 20_000))
REFERENCE = """
import json, sys, time, numpy
columns, rows = map(int, sys.argv[1:])
x = numpy.random.default_rng(1).random((rows, columns))
best = 0
for _ in range(5):
    start = time.perf_counter()
    numpy.cov(x, rowvar=False)
    best = max(best, rows / (time.perf_counter() - start))
print(json.dumps({"rate": best}))
"""


def run(*command):
    """The last line of what the command prints, as JSON; one thread, and OpenBLAS free to choose its kernels."""
    environment = dict(os.environ, OPENBLAS_NUM_THREADS="1", OMP_NUM_THREADS="1", MKL_NUM_THREADS="1")
    environment.pop("OPENBLAS_CORETYPE", None)
    done = subprocess.run(list(map(str, command)), env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1]) if done.stdout else None


def compare(program, pairs):
    print(f"{'columns':>8} {'cance rows/s':>13} {'numpy.cov':>11} {'cance GFLOP/s':>14} {'ratio: min':>11} {'median':>7} {'max':>6}")
    for columns, rows in SIZES:
        ours, reference = [], []
        for _ in range(pairs):
            ours.append(run(program, "rate", columns, rows)["rate"])
            reference.append(run(sys.executable, "-c", REFERENCE, columns, rows)["rate"])
        ratios = sorted(a / b for a, b in zip(ours, reference))
        rate = statistics.median(ours)
        print(f"{columns:>8} {rate:>13.4g} {statistics.median(reference):>11.4g} {rate * columns * (columns + 1) / 1e9:>14.1f} "
              f"{ratios[0]:>11.2f} {statistics.median(ratios):>7.2f} {ratios[-1]:>6.2f}", flush=True)


def measure_memory(program):
    print(f"{'rows':>10} {'file, MiB':>10} {'peak memory, MiB':>17} {'deviation':>10}")
    for rows in (100_000, 1_000_000, 10_000_000):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "rows.h5"
            run(program, "write", path, rows)
            result = run(program, "stream", path)
            print(f"{result['rows']:>10} {path.stat().st_size / 2**20:>10.0f} {result['peak_mib']:>17.1f} "
                  f"{result['deviation']:>10.5f}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--memory", action="store_true")
    args = parser.parse_args()
    program = args.build / "tests" / "moments_speed"
    if args.memory:
        measure_memory(program)
    else:
        compare(program, args.pairs)


if __name__ == "__main__":
    main()
