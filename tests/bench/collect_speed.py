#!/usr/bin/env python3
"""Collecting, checking and reporting archives of growing size: seconds, peak memory, and what a cell adds.

    python3 tests/bench/collect_speed.py BUILD [--cells 125 250 500] [--ranks 2]

BUILD holds bin/cance and tests/make_runs. Cells are drawn with the size that MNIST cells have (2.3 MB each, written to a temporary
folder: 1.2 GB for 500, and the archive beside them).
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time


def run(*command, **more):
    """Seconds and peak memory in MiB of a command."""
    start = time.perf_counter()
    process = subprocess.Popen(list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--cells", type=int, nargs="+", default=[125, 250, 500])
    parser.add_argument("--ranks", type=int, default=2)
    options = parser.parse_args()
    cance, make_runs = options.build.resolve() / "bin/cance", options.build.resolve() / "tests/make_runs"
    local = pathlib.Path(__file__).resolve().parents[2] / "launch/local.sh"
    ranked = dict(os.environ, CANCE_BIN=str(cance.parent))
    print(f"{'cells':>6} {'MB':>6}   {'collect':>16} {'on ' + str(options.ranks) + ' ranks':>16} {'again':>16} {'verify':>16} {'report':>16}   page")
    for cells in options.cells:
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            runs, archive = folder / "runs", folder / "archive.h5"
            subprocess.run([make_runs, runs, str(cells)], check=True)
            size = sum(file.stat().st_size for file in runs.rglob("*.h5"))
            steps = [run(cance, "collect", runs, "--out", archive),
                     run(local, options.ranks, "collect", runs, "--out", folder / "ranks.h5", env=ranked),
                     run(cance, "collect", runs, "--out", archive),
                     run(cance, "verify", archive),
                     run(cance, "report", archive, "--out", folder / "report")]
            text = " ".join(f"{seconds:7.1f} s {memory:3.0f} MiB" for seconds, memory in steps)
            page = (folder / "report/index.html").stat().st_size
            print(f"{cells:>6} {size / 1e6:>6.0f}   {text}   {page / 1e6:.1f} MB", flush=True)


if __name__ == "__main__":
    main()
