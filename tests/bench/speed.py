#!/usr/bin/env python3
"""Training speed of cance against the same networks in PyTorch: alternating runs on the same threads, and the ratios.

    python3 tests/bench/speed.py BUILD [--pairs 5] [--threads 1]

BUILD holds tests/train_speed. PyTorch must be importable by the Python that runs this (pip install torch).
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).parent


def run(command, threads):
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads))
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    ours = [str(args.build / "tests" / "train_speed"), str(args.threads)]
    reference = [sys.executable, str(HERE / "pytorch_reference.py"), "--threads", str(args.threads)]
    rows = [(run(ours, args.threads), run(reference, args.threads)) for _ in range(args.pairs)]
    print(f"{'stage':<12} {'cance rows/s':>14} {'PyTorch rows/s':>15} {'ratio (min, median, max)':>28}")
    for stage in ("autoencoder", "nce"):
        ratios = sorted(a[stage] / b[stage] for a, b in rows)
        print(f"{stage:<12} {statistics.median(a[stage] for a, _ in rows):>14.0f} "
              f"{statistics.median(b[stage] for _, b in rows):>15.0f} "
              f"{ratios[0]:>12.2f} {statistics.median(ratios):>7.2f} {ratios[-1]:>7.2f}")


if __name__ == "__main__":
    main()
