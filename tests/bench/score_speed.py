"""score_speed.py BUILD [ROWS]: how long `cance score` takes for a raw table of 100,000 rows and 20 columns, with and without
contributions, and its peak memory. The network has the sizes of the defaults."""

import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

cance = pathlib.Path(sys.argv[1]).resolve() / "bin" / "cance"
rows = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
CONFIG = "[grid]\ndataset = t\nprotocol = goad\ncases = all\nmethods = cance\n[autoencoder]\nepochs = 2\n[nce]\nepochs = 2\n"


def write(path, count, random):
    x = np.column_stack([random.normal(size=(count, 20)) * np.arange(1, 21), random.random(count) < 0.05])
    header = ",".join([f"c{i}" for i in range(20)] + ["kind"])
    np.savetxt(path, x, fmt="%.6g", delimiter=",", header=header, comments="")


def timed(*arguments):
    """Seconds on the clock, and of all cores."""
    start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([cance, *arguments], check=True, stdout=subprocess.DEVNULL)
    now = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.perf_counter() - start, now.ru_utime - used.ru_utime + now.ru_stime - used.ru_stime


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    random = np.random.default_rng(1)
    write(folder / "train.csv", 4000, random)
    write(folder / "new.csv", rows, random)
    (folder / "t.cfg").write_text(CONFIG)
    timed("prep", "table", "--raw", folder / "train.csv", "--label", "kind", "--out", folder / "t.h5")
    timed("run", folder / "t.cfg", "--data-root", folder, "--out", folder / "runs", "--threads", "1", "--quiet")
    score = ["score", "--run", next((folder / "runs").rglob("seed0.h5")), "--input", folder / "new.csv", "--out", folder / "s.csv"]
    start = timed(*score[:3], "--input", folder / "train.csv", "--out", folder / "s.csv", "--no-reasons")
    for words, more in [("scores and contributions", []), ("scores alone", ["--no-reasons"]), ("one lane", ["--lanes", "1"])]:
        clock, cores = timed(*score, *more)
        print(f"{rows} rows, {words}: {clock:.2f} s, {cores:.2f} s of all cores")
    print(f"4000 rows, scores alone, mostly the start of the program: {start[0]:.2f} s, {start[1]:.2f} s of all cores")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024:.0f} MiB")
