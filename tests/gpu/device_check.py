"""The steps of device_check.sh, the important first: rows of `step | result | seconds | number | expected`."""
import argparse
import csv
import io
import json
import os
import pathlib
import re
import signal
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CONFIG = ROOT / "configs" / "mnist-unimodal.cfg"
METHODS = ("error", "latnce", "gaussian", "cnce", "cance")


class Failed(Exception):
    """A step cannot go on; its text is the row's result."""


class NotHere(Exception):
    """What a step needs is not on this machine; its text says what."""


class Check:
    """Runs programs within the time that is left, and keeps the rows and the log."""

    def __init__(self, args):
        self.args, self.rows = args, []
        self.cuda, self.tiny = args.device != "cpu", args.tiny
        self.end = time.monotonic() + args.seconds
        self.log = open(args.out / "log.txt", "w")
        self.dataset = "glyphs" if args.tiny else "mnist"

    def left(self):
        return self.end - time.monotonic() - 5

    def program(self, name):
        return str(self.args.bin / name)

    def start(self, words, **environment):
        self.log.write(f"\n$ {' '.join(map(str, words))}\n")
        self.log.flush()
        return subprocess.Popen([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                                cwd=self.args.work, start_new_session=True,
                                env={**os.environ, "OMP_NUM_THREADS": "1", "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                                     "OMPI_MCA_btl_vader_single_copy_mechanism": "none", **environment})

    def run(self, words, limit, good=(0,), **environment):
        """What it printed and its seconds; all it started is killed at the limit."""
        began = time.monotonic()
        child = self.start(words, **environment)
        try:
            text = child.communicate(timeout=max(1, min(limit, self.left())))[0]
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            self.log.write(child.communicate()[0][-4000:])
            raise Failed(f"not done after {time.monotonic() - began:.0f} s: {pathlib.Path(words[0]).name}")
        self.log.write(text[-20000:])
        if child.returncode not in good:
            last = text.strip().splitlines()[-1:] or ["no word"]
            raise Failed(f"{pathlib.Path(words[0]).name} ended with {child.returncode}: {last[0][:160]}")
        return text, time.monotonic() - began

    def cance(self, *words, limit=60, **environment):
        return self.run([self.program("cance"), *words], limit, **environment)

    def grid_words(self, name, share, only=None, options=()):
        """Of `cance run` with the published settings at a share of their epochs."""
        words = ["run", CONFIG, "--data-root", "data", "--out", name, "--device", self.args.device, "--quiet", "--set", f"grid.dataset={self.dataset}",
                 "--set", f"grid.methods={','.join(METHODS)}", "--schedule", str(share * (.05 if self.tiny else 1))]
        return [*words, *(["--only", only] if only else []), *options]

    def grid(self, name, share=1.0, only=None, limit=60, options=()):
        """Trains cells; seconds of the whole command."""
        return self.cance(*self.grid_words(name, share, only, options), limit=limit)[1]

    def values(self, name):
        """AUROC by (case, seed, method), all digits."""
        rows = csv.DictReader(io.StringIO(self.cance("export", name, "--table", "table")[0]))
        return {(r["case"], r["seed"], r["method"]): float(r["value"]) for r in rows if r["metric"] == "auroc"}

    def row(self, step, result, seconds=None, number="", expected=""):
        cells = [step, result, "" if seconds is None else f"{seconds:.1f}", number, expected]
        self.rows.append([str(cell).replace("|", "/").replace("\n", " ") for cell in cells])
        print(" | ".join(self.rows[-1]), flush=True)
        lines = ["| step | result | seconds | number | expected |", "| --- | --- | ---: | --- | --- |"]
        lines += [f"| {' | '.join(cells)} |" for cells in self.rows]
        (self.args.out / "table.txt").write_text("\n".join(lines) + "\n")


class Load:
    """While it lives, mean use of the GPU and its highest memory."""

    def __init__(self, check):
        self.child = check.start(["nvidia-smi", "--query-gpu=utilization.gpu,memory.used", "--format=csv,noheader,nounits", "-lms", "250"]) if check.cuda else None

    def stop(self):
        if not self.child:
            return ""
        os.killpg(self.child.pid, signal.SIGTERM)
        pairs = [tuple(map(float, line.split(","))) for line in self.child.communicate()[0].splitlines() if re.fullmatch(r"\s*\d+,\s*\d+\s*", line)]
        if not pairs:
            return ""
        return f", GPU busy {statistics.mean(use for use, _ in pairs):.0f} %, {max(memory for _, memory in pairs) / 1024:.1f} GiB"


def facts(check):
    for name, words in {"GPU": ["nvidia-smi", "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"], "C library": ["ldd", "--version"],
                        "compiler of CUDA": ["nvcc", "--version"], "engine": [check.program("cance-engine"), "--version"],
                        "PyTorch": [sys.executable, "-c", "import torch; print(torch.__version__, torch.version.cuda, torch.cuda.nccl.version() if torch.cuda.is_available() else 'no GPU')"]}.items():
        try:
            lines = check.run(words, 30)[0].strip().splitlines()
            check.row(f"facts: {name}", lines[-1 if name in ("compiler of CUDA", "PyTorch") else 0])
        except (Failed, OSError) as error:
            check.row(f"facts: {name}", f"none ({error})")
    model = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    check.row("facts: processor", f"{model[1] if model else 'unknown'}, {os.cpu_count()} cores")
    text, seconds = check.cance("doctor")
    line = next((line for line in text.splitlines() if "CUDA" in line), "says nothing of CUDA")
    check.row("doctor", " ".join(line.split()), seconds, expected="ok, with the GPU's name" if check.cuda else "note: no driver")


def tests(check):
    """Each in a process of its own: a crash costs one row."""
    program = check.program("cance-gpu_test")
    suite, names = "", []
    for line in check.run([program, "--gtest_list_tests"], 30)[0].splitlines():
        if not line.startswith(" "):
            suite = line.strip() if line.strip().endswith(".") else ""
        elif suite:
            names.append(suite + line.split()[0])
    if not names:
        raise Failed("the program lists no test")
    for name in names:
        began = time.monotonic()
        try:
            text = check.run([program, f"--gtest_filter={name}"], 60)[0]
            skipped = re.search(r"not run: .*", text)
            check.row(f"test {name}", skipped[0] if skipped else "passed", time.monotonic() - began, expected="passed")
        except Failed as error:
            check.row(f"test {name}", f"FAILED: {error}", time.monotonic() - began, expected="passed")


def prepare(check):
    if check.tiny:
        check.cance("prep", "glyphs", "--train-per-class", "60", "--test-per-class", "10", "--out", "data/glyphs.h5")
    elif not check.args.raw.is_dir():
        raise NotHere("MNIST is not in the bundle (cluster/bundle.sh --checks --mnist DIR)")
    else:
        check.cance("prep", "mnist", "--raw", check.args.raw, "--out", "data/mnist.h5")


def of_cell(check, name):
    """Seconds by stage of class3/seed0, from its history."""
    record = json.loads(check.cance("inspect", f"{name}/{check.dataset}/unimodal/class3/seed0.h5", "--json")[0])
    stages = {entry["stage"]: entry["seconds"] for entry in record.get("history", []) if "seconds" in entry}
    return ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in stages.items())


def cell(check):
    seconds = check.grid("cell", only="class3/seed0")
    values = check.values("cell")
    check.row("one cell, graphs", of_cell(check, "cell"), seconds, ", ".join(f"{m} {values['class3', '0', m]:.4f}" for m in METHODS),
              "" if check.tiny else "CNCE .9725 +- .003 as on CPUs; 5 to 8 s")


def eager(check):
    seconds = check.grid("eager", share=.3, only="class3/seed0", options=("--graphs", "off"))
    check.row("one cell, .3 of the epochs, no graphs", of_cell(check, "eager"), seconds, expected="" if check.tiny else "steps of 2 ms against .2 to .3 with graphs")


def lanes(check):
    best = 0
    for count in (1, 2) if check.tiny else (1, 4, 8, 16, 32):
        cells = "*/seed0" if count < 16 else "*/seed[0-2]"
        load = Load(check)
        began = time.monotonic()
        try:
            seconds = check.grid(f"lanes{count}", share=.1, only="class[0-3]/seed0" if count == 1 else cells, limit=40, options=("--lanes", str(count)))
        except Failed as error:
            check.row(f"{count} lanes, a tenth of the epochs", f"FAILED: {error}", time.monotonic() - began)
            load.stop()
            continue
        trained = len({key[:2] for key in check.values(f"lanes{count}")})
        rate = 60 * trained / seconds
        check.row(f"{count} lanes, a tenth of the epochs", f"{trained} cells{load.stop()}", seconds, f"{rate:.0f} cells a minute")
        if rate > best:
            best, check.lanes = rate, count
    check.row("lanes that are quickest", str(check.lanes), expected="" if check.tiny else "8 to 16")


def seeds(check):
    """Seeds in one step against one after the other; the grid then takes the quicker way."""
    took = {}
    for fuse in ("off", "2" if check.tiny else "5"):
        only = "class[3-4]/seed[01]" if check.tiny else "class[0-3]/*"
        took[fuse] = check.grid(f"fuse-{fuse}", share=.1, only=only, limit=60, options=("--lanes", str(check.lanes), "--fuse", fuse))
        check.row(f"seeds in one step: {fuse}", of_cell(check, f"fuse-{fuse}"), took[fuse], expected="less than off" if fuse != "off" and check.cuda else "")
    check.fuse = min(took, key=took.get)
    a, b = (check.values(f"fuse-{fuse}") for fuse in took)
    check.row("seeds in one step against off", f"quicker: {check.fuse}", number=f"AUROC within {max(abs(a[key] - b[key]) for key in a):.4f}",
              expected="" if check.tiny else "within .01 of a cell")


def pytorch(check):
    need_torch()
    words = [sys.executable, ROOT / "tests/bench/pytorch_reference.py", "--device", check.args.device, "--cell", "1" if check.tiny else "10"]
    if check.tiny:
        words += ["--rows", "300"]
    text, seconds = check.run(words, 60)
    check.reference = json.loads(text.splitlines()[-1])["cell"]
    check.row("the same cell in PyTorch", "eager, one after another", seconds, f"{check.reference:.2f} s a cell", "" if check.tiny else "9 to 18 s")


def need_torch():
    if subprocess.run([sys.executable, "-c", "import torch"], capture_output=True).returncode:
        raise NotHere("the Python here has no torch that can be imported")


def published(path):
    """Means by (case, method) from the page's table by case."""
    head, means = None, {}
    for line in path.read_text().splitlines():
        cells = [cell.strip(" *") for cell in line.strip("| ").split("|")]
        if cells[0] == "case":
            head = [cell.lower() for cell in cells]
        elif head and cells[0].startswith("class"):
            means.update({(cells[0], method): float(cells[head.index(method)].split()[0]) for method in METHODS})
    return means


def grid(check):
    only = "class[3-4]/seed0" if check.tiny else None
    load = Load(check)
    seconds = check.grid("grid", limit=150, only=only, options=("--lanes", str(check.lanes), "--fuse", check.fuse))
    use = load.stop()
    values = check.values("grid")
    (check.args.out / "grid.csv").write_text("case,seed,method,auroc\n" + "".join(f"{','.join(key)},{value}\n" for key, value in values.items()))
    cells = len({key[:2] for key in values})
    check.row("the grid, full epochs", f"{cells} cells, {check.lanes} lanes{use}", seconds, ", ".join(
        f"{m} {statistics.mean(v for k, v in values.items() if k[2] == m):.4f}" for m in METHODS), "" if check.tiny else "CNCE .9839, CANCE .9831; 12 to 60 s")
    if check.reference:
        check.row("against PyTorch, cell after cell", f"{check.reference:.2f} s a cell there", number=f"{check.reference * cells / seconds:.1f} times",
                  expected="" if check.tiny else "at least 15, aim 40")
    if not check.tiny:
        means = published(ROOT / "results/mnist-unimodal.md")
        ours = {key: statistics.mean(v for k, v in values.items() if (k[0], k[2]) == key) for key in means}
        for method in ("cnce", "cance"):
            off = {case: ours[case, m] - means[case, m] for case, m in means if m == method}
            worst = max(off, key=lambda case: abs(off[case]))
            check.row(f"AUROC by class against CPUs, {method}", f"largest difference at {worst}", number=f"{off[worst]:+.4f}", expected="within .003")


def resume(check):
    only = "class[3-4]/seed0"
    taken = check.grid("whole", share=.1, only=only, options=("--lanes", "2"))
    child = check.start([check.program("cance"), *check.grid_words("killed", .1, only, ("--lanes", "2", "--checkpoint-seconds", "1"))])
    time.sleep(.7 * taken)
    os.killpg(child.pid, signal.SIGKILL)
    child.communicate()
    done = len(list((check.args.work / "killed").glob("*/*/*/seed*.h5")))
    seconds = check.grid("killed", share=.1, only=only, options=("--lanes", "2"))
    same = check.values("whole") == check.values("killed")
    check.row("killed at .7 of its time and resumed", f"{done} cells were done; {'same digits' if same else 'FAILED: other digits'}", seconds, expected="same digits")


def ranks(check):
    """Two ranks train one model on one GPU, their sums staged through the host."""
    few = ("--precision", "float64", "--set", "autoencoder.epochs=1", "--set", "autoencoder.decoder_epochs=1", "--set", "nce.epochs=1")
    check.grid("one", only="class3/seed0", options=few)
    words = check.grid_words("two", 1, "class3/seed0", (*few, "--ranks-per-run", "2", "--ranks-per-gpu", "2", "--transport", "staged"))
    mpirun = check.program("mpirun") if (check.args.bin / "mpirun").exists() else "mpirun"
    _, seconds = check.run([mpirun, "-n", "2", "--oversubscribe", "--bind-to", "none", check.program("cance"), *words], 60)
    one, two = check.values("one"), check.values("two")
    check.row("two ranks on one GPU, float64", "one model, sums through the host", seconds,
              f"AUROC within {max(abs(one[key] - two[key]) for key in one):.1e}", "1e-9")


def fused(check):
    need_torch()
    words = [sys.executable, ROOT / "tests/gpu/fused_probe.py", "--device", check.args.device] + (["--tiny"] if check.tiny else [])
    text, seconds = check.run(words, 60)
    for line in text.splitlines():
        if " | " in line:
            step, result, number = line.split(" | ")
            check.row(f"seeds fused: {step}", result, number=number)
    check.row("seeds fused", "PyTorch probe", seconds)


def extract(check):
    """Of random 32 x 32 pictures by ResNet-18 with random weights."""
    raw = check.args.work / "cifar"
    raw.mkdir()
    per_file = 20 if check.tiny else 4000
    for name in (*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin"):
        pictures = bytearray(os.urandom(3073 * per_file))
        pictures[::3073] = bytes(i % 10 for i in range(per_file))
        (raw / name).write_bytes(pictures)
    check.cance("prep", "cifar10", "--raw", raw, "--out", "data/pictures.h5")
    count = 6 * per_file
    for precision, batch in (("fp32", 16),) if not check.cuda else (("fp32", 16), ("fp32", 512), ("bf16", 512), ("fp16", 512)):
        _, seconds = check.cance("extract", "--data", "data/pictures.h5", "--weights", "random:1", "--out", f"features-{precision}-{batch}.h5", "--device", check.args.device,
                                 "--precision", precision, "--batch", str(batch), "--quiet", *(("--size", "64") if check.tiny else ()))
        check.row(f"extract, {precision}, batch {batch}", f"{count} pictures with start and join", seconds, f"{count / seconds:.0f} pictures/s",
                  "at least 20,000, aim 40,000" if precision == "bf16" and not check.tiny else "")


# In order of worth, with the seconds that each may take.
STEPS = {"facts": (facts, 40), "tests": (tests, 150), "cell": (cell, 60), "lanes": (lanes, 100), "seeds": (seeds, 60), "pytorch": (pytorch, 60), "grid": (grid, 150), "resume": (resume, 60),
         "ranks": (ranks, 60), "eager": (eager, 40), "fused": (fused, 60), "extract": (extract, 60)}


def main():
    parser = argparse.ArgumentParser()
    for name in ("bin", "raw", "work", "out"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--seconds", type=float, default=540)
    parser.add_argument("--only", default=",".join(STEPS))
    args = parser.parse_args()
    unknown = set(args.only.split(",")) - set(STEPS)
    if unknown:
        parser.error(f"no step {', '.join(sorted(unknown))}; there are {', '.join(STEPS)}")
    check = Check(args)
    check.lanes, check.fuse, check.reference = 1 if check.tiny else 8, "auto", None
    began = time.monotonic()
    ready = None
    for name, (function, limit) in STEPS.items():
        if name not in args.only.split(","):
            continue
        whole_end = check.end
        check.end = min(whole_end, time.monotonic() + limit)
        start = time.monotonic()
        try:
            if check.left() <= 0:
                raise Failed("no time left")
            if ready is None and name not in ("facts", "tests", "pytorch", "fused", "extract"):
                ready = prepare(check) or True
            function(check)
        except NotHere as missing:
            check.row(name, f"not run: {missing}")
        except Exception as error:  # a step that breaks must not cost the others
            check.row(name, f"FAILED: {type(error).__name__ if not isinstance(error, Failed) else ''} {error}".replace("  ", " "), time.monotonic() - start)
        check.end = whole_end
    failed = [cells[0] for cells in check.rows if cells[1].startswith("FAILED")]
    check.row("all", f"{len(failed)} FAILED: {', '.join(failed)}" if failed else "every step that could run did", time.monotonic() - began)
    print("\n" + (args.out / "table.txt").read_text())
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
