"""page_commands.py SOURCES PROGRAMS DATA FOLDER: runs every command of the pages for users, as written, in FOLDER.

Commands are the lines of blocks that begin with ```sh or ```python. An HTML comment on the line before a block says how it is tested:
  <!-- parsed: WHY -->         not run; options are looked up in --help, files and presets must exist
  <!-- ends with 0 or 1 -->    run; these exit codes are right (otherwise only 0 is)
FOLDER gets links to the programs and to published data, copies of configs/ with tiny schedules, and files that stand for a user's own;
settings files that the commands write get a short schedule too.
Exit code 0: all passed; 1: something failed; 77: nothing failed, but commands were skipped because their real data is absent.
"""
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

from page_checkout import make_checkout, python
from page_syntax import Reference
from page_text import read_page

PAGES = ["README.md", "data_prep/README.md", "configs/README.md", "cluster/README.md", "launch/README.md"]
SECONDS = 200  # the longest that a command may take

sources, programs, data, work = (pathlib.Path(word).resolve() for word in sys.argv[1:5])


def environment(port):
    own = dict(os.environ)
    own.pop("CANCE_BIN", None)
    own.update(PATH=f"{work / 'build/bin'}:{own['PATH']}", OMP_NUM_THREADS="1", no_proxy="127.0.0.1",
               CANCE_CATALOGUE_URL=f"http://127.0.0.1:{port}/ok")
    for name in ("OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"):
        own[name] = "1"
    return own


def start_mirror(folder):
    """The server of tests/e2e/mirror.py and its port."""
    place = work.parent / "port"
    line = [python(), sources / "tests/e2e/mirror.py", folder, place]
    server = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(200):
        if place.exists() and place.read_text():
            break
        time.sleep(.05)
    return server, place.read_text()


def processor_seconds():
    """Of all commands up to now."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(command, own):
    """What is wrong with how the command ended; empty when nothing is."""
    line = ["bash", "-euo", "pipefail", "-c", command.text] if command.language == "sh" else [python(), "-c", command.text]
    try:
        ended = subprocess.run(line, cwd=work, env=own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               timeout=SECONDS, text=True, errors="replace")
    except subprocess.TimeoutExpired as late:
        return [f"not done after {SECONDS} s", (late.stdout or b"").decode(errors="replace")]
    if ended.returncode in command.exit_codes:
        return []
    return [f"ended with {ended.returncode}, expected {' or '.join(map(str, command.exit_codes))}", ended.stdout]


def shorten_settings():
    """Settings files that a command wrote get a short schedule."""
    for path in work.glob("*.cfg"):
        if "\n[schedule]" not in path.read_text():
            with path.open("a") as file:
                file.write("\n[schedule]\nshare = 0.05\n")


# Commands whose real data is absent.

def dataset_of(config):
    """The data set that a settings file names, or one that it includes."""
    own = re.search(r"(?m)^dataset *= *(\S+)", config.read_text())
    if own:
        return own.group(1)
    included = re.search(r"(?m)^include *= *(.+)", config.read_text())
    names = (dataset_of(config.parent / name.strip()) for name in (included.group(1).split(",") if included else ()))
    return next(filter(None, names), None)


class Absent:
    """What skipped commands would have made, each with the published set it lacks."""

    def __init__(self):
        self.names = {}

    def reason(self, command):
        """The set that the command lacks; None when it can run."""
        for name in re.findall(r"\braw/([\w-]+)", command.text):
            if not (work / "raw" / name).exists():
                return name
        download = re.search(r"cance prep (\S+) .*--download", command.text)
        if download and not (work.parent / "mirror" / download.group(1)).exists():
            return download.group(1)
        for name, lacks in self.names.items():
            if re.search(rf"(?<![\w./-]){re.escape(name)}(?![\w-])", command.text):
                return lacks
        return self.names.get(f"data/{self.dataset(command)}.h5")

    @staticmethod
    def dataset(command):
        """The data set of the command's settings file."""
        for path in re.findall(r"\S+\.cfg", command.text):
            if (work / path).is_file():
                return dataset_of(work / path)
        return None

    def add(self, command, lacks):
        out = re.search(r"--out (\S+)", command.text)
        if not out:
            return
        place, of = out.group(1), self.dataset(command)
        if not (work / place).exists():
            self.names[place] = lacks
        if of:
            self.names[f"{place}/{of}"] = self.names[f"{of}/"] = lacks

    def made(self, command):
        out = re.search(r"--out (\S+)", command.text)
        if out:
            self.names.pop(out.group(1), None)


def main():
    pages = [read_page(sources, name) for name in PAGES]
    commands = [command for page, _ in pages for command in page]
    failed = [fault for _, faults in pages for fault in faults]
    for fault in failed:
        print("FAILED ", fault)
    server, port = start_mirror(make_checkout(commands, sources, programs, data, work))
    own = environment(port)
    reference, absent, skipped = Reference(sources, work, own), Absent(), []
    prepared = set()  # texts of `cance prep` that ran: the same on another page makes the same file
    counts = {name: [0, 0, 0] for name in PAGES}
    try:
        for command in commands:
            lacks = None if command.parsed_only else absent.reason(command)
            began = processor_seconds()
            if lacks:
                skipped.append((command, lacks))
                absent.add(command, lacks)
                print(f"skipped {command.title} (lacks {lacks})", flush=True)
                counts[command.page][2] += 1
                continue
            if command.text in prepared:
                faults = []
            else:
                faults = reference.faults(command) if command.parsed_only else run(command, own)
            if command.text.startswith("cance prep ") and not command.parsed_only and not faults:
                prepared.add(command.text)
            shorten_settings()
            verdict = "FAILED " if faults else "parsed " if command.parsed_only else "ok     "
            print(f"{verdict} {command.title} ({processor_seconds() - began:.1f} s of a core)", flush=True)
            if faults:
                failed.append(command.title)
                print("\n".join([*command.text.split("\n")[1:], *faults]), flush=True)
            if not command.parsed_only:
                absent.made(command)
            counts[command.page][1 if command.parsed_only else 0] += 1
    finally:
        server.kill()
    for name, (ran, parsed, left) in counts.items():
        print(f"{name}: {ran} run, {parsed} parsed" + (f", {left} skipped" if left else ""))
    ran, parsed, left = (sum(column) for column in zip(*counts.values()))
    print(f"{ran} commands run, {parsed} parsed, {left} skipped, {len(failed)} failed, {processor_seconds():.0f} s of a core")
    if failed:
        return 1
    if skipped:
        lacking = sorted({lacks for _, lacks in skipped})
        print(f"skipped: e2e.pages needs {', '.join(lacking)} in CANCE_DATA_ROOT for {left} of {len(commands)} commands")
        return 77
    return 0


sys.exit(main())
