#!/usr/bin/env python3
"""Training speed of cance against the same networks in PyTorch: alternating runs on the same threads, and the ratios.

    python3 tests/bench/speed.py BUILD [--pairs 5] [--threads 1] [--whole] [--device cuda]

BUILD holds tests/train_speed. PyTorch must be importable by the Python that runs this (pip install torch). --whole instead trains one cell on each of
two cores at its full epochs, first by cance, then by PyTorch: a fifth of the ten-class, one-seed MNIST grid, whose cells are all of this size (five minutes).
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def run(command, threads, copies=1):
    """The JSON lines of so many copies of a command that run at the same time."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    children = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(copies)]
    results = [json.loads(child.communicate()[0]) for child in children]
    if any(child.returncode for child in children):
        raise SystemExit(f"failed: {command}")
    return results


def print_row(name, ours, reference, ratios):
    ratios = sorted(ratios)
    print(f"{name:<26} {statistics.median(ours):>10.4g} {statistics.median(reference):>10.4g} "
          f"{ratios[0]:>12.2f} {statistics.median(ratios):>7.2f} {ratios[-1]:>7.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    ours = [str(args.build / "tests" / "train_speed"), str(args.threads), args.device]
    reference = [sys.executable, str(HERE / "pytorch_reference.py"), "--threads", str(args.threads), "--device", args.device]
    if args.whole:
        seconds = [max(r["cell"] for r in run(command, args.threads, 2)) for command in (ours + ["cell", "10"], reference + ["--cell=10"])]
        print(f"two whole cells on two cores: cance {seconds[0]:.1f} s, PyTorch {seconds[1]:.1f} s, {seconds[1] / seconds[0]:.2f} times as fast")
        return
    rows = [(run(ours, args.threads)[0], run(reference, args.threads)[0]) for _ in range(args.pairs)]
    cell = ours + ["cell", "1"]
    cells = [(run(cell, args.threads, 2), run(reference + ["--cell=1"], args.threads, 2)) for _ in range(args.pairs)]
    alone = [run(cell, args.threads)[0] for _ in range(args.pairs)]
    print(f"{'':<26} {'cance':>10} {'PyTorch':>10} {'ratio: min':>12} {'median':>7} {'max':>7}")
    for stage in ("autoencoder", "nce"):
        print_row(f"{stage}, rows/s", *zip(*[(a[stage], b[stage]) for a, b in rows]), [a[stage] / b[stage] for a, b in rows])
    slowest = [(max(r["cell"] for r in a), max(r["cell"] for r in b)) for a, b in cells]
    print_row("two cells on two cores, s", *zip(*slowest), [b / a for a, b in slowest])
    speedups = [2 * a["cell"] / two for a, (two, _) in zip(alone, slowest)]
    print(f"two ranks against one: {statistics.median(speedups):.2f} times ({min(speedups):.2f} to {max(speedups):.2f})")


if __name__ == "__main__":
    main()
