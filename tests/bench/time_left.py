#!/usr/bin/env python3
"""What `cance run` says is left beside what was left: a row for each word about 30, 120 and 180 seconds in, and half way.

    python3 tests/bench/time_left.py build/bin/cance --data-root data                 # four grids; cores otherwise idle
    python3 tests/bench/time_left.py build/bin/cance --data-root data --only thyroid

Each grid is started without a cache of speeds and with one thread. "of its core" is the share of a core that the run had: much below 100 %
others took the rest, and the words about the clock could not know it.
"""
import argparse
import datetime
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

GRIDS = {
    "mnist": ["configs/mnist-unimodal.cfg", "--schedule", "0.3", "--set", "grid.seeds=0"],
    "mnist-c": ["configs/mnist-c.cfg", "--set", "grid.seeds=0"],
    "thyroid": ["configs/thyroid.cfg"],
    "cifar10": ["configs/cifar10-heldout.cfg", "--schedule", "0.5", "--set", "grid.seeds=0", "--only", "*class[0-7]*"],
}
WORD = re.compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (\d+ of \d+ cells).*?, ((?:\d+ h )?(?:\d+ min )?(?:\d+ s )?)left")


def seconds_of(text):
    return sum(int(n) * {"h": 3600, "min": 60, "s": 1}[unit] for n, unit in re.findall(r"(\d+) (h|min|s)", text))


def run(cance, words):
    """The words of a run, (seconds in, cells, seconds left); the seconds it took; its share of a core."""
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder) / "log"
        with open(log, "w") as out:
            begin = datetime.datetime.now()
            start = time.perf_counter()
            process = subprocess.Popen([cance, "run", *words, "--threads", "1", "--out", folder + "/runs"], stdout=out, stderr=out,
                                       env=os.environ | {"XDG_CACHE_HOME": folder})
            _, status, usage = os.wait4(process.pid, 0)
            took = time.perf_counter() - start
        if os.waitstatus_to_exitcode(status) != 0:
            sys.exit(f"failed: cance run {' '.join(words)}\n{log.read_text()[-2000:]}")
        said = []
        for line in log.read_text().splitlines():
            if found := WORD.match(line):
                at = (datetime.datetime.fromisoformat(found[1]) - begin).total_seconds()
                said.append((max(at, 0), found[2], seconds_of(found[3])))
        return said, took, (usage.ru_utime + usage.ru_stime) / took


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cance")
    parser.add_argument("--data-root", default="data")
    parser.add_argument("--only", help="names of grids, as mnist,thyroid")
    options = parser.parse_args()
    print(f"{'grid':<9} {'in, s':>7} {'cells':<16} {'said, s':>8} {'was, s':>8} {'':>7}  of its core")
    for name in options.only.split(",") if options.only else GRIDS:
        said, took, share = run(options.cance, [*GRIDS[name], "--data-root", options.data_root])
        under_way = [word for word in said if word[0] < .95 * took]
        if not under_way:
            sys.exit(f"{name}: it was over in {took:.0f} s and said nothing of what is left")
        looks = sorted({min(under_way, key=lambda word: abs(word[0] - at)) for at in (30, 120, 180, took / 2)})
        for at, cells, left in looks:
            was = took - at
            print(f"{name:<9} {at:>7.0f} {cells:<16} {left:>8.0f} {was:>8.0f} {100 * (left / was - 1):>+6.0f}%  {100 * share:.0f} %",
                  flush=True)


if __name__ == "__main__":
    main()
