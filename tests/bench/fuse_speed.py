#!/usr/bin/env python3
"""Seeds trained in one step (`cance run --fuse K`) against one after the other (`--fuse off`): seconds in turn, and their ratio.

    python3 tests/bench/fuse_speed.py build/bin/cance configs/thyroid.cfg --data-root data --set grid.methods=error,gaussian,cnce,cance

All words behind the config go to both runs. On the CPU seconds are those of the processor, on a GPU (`--device cuda`) of the wall.
"""
import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def seconds(command, wall):
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}")
    return time.perf_counter() - start if wall else usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cance", type=pathlib.Path)
    parser.add_argument("config")
    parser.add_argument("--models", type=int, default=5, help="K (default 5)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    options, more = parser.parse_known_args()
    print(f"{'round':>5} {'off, s':>9} {'fused, s':>9} {'ratio':>7}")
    ratios = []
    for number in range(options.rounds):
        took = {}
        for fuse in ("off", str(options.models)):
            with tempfile.TemporaryDirectory() as runs:
                took[fuse] = seconds([options.cance, "run", options.config, "--out", runs, "--device", options.device, "--fuse", fuse,
                                      "--quiet", *more], options.device != "cpu")
        ratios.append(took[str(options.models)] / took["off"])
        print(f"{number + 1:>5} {took['off']:>9.2f} {took[str(options.models)]:>9.2f} {ratios[-1]:>7.2f}", flush=True)
    print(f"median of the ratios {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
