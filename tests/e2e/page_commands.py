"""page_commands.py SOURCES PROGRAMS DATA FOLDER: runs every command of the pages for users, as written, in FOLDER.

Commands are the lines of blocks that begin with ```sh or ```python. An HTML comment on the line before a block says how it is tested:
  <!-- parsed: WHY -->         not run; options are looked up in --help, files and presets must exist
  <!-- ends with 0 or 1 -->    run; these exit codes are right (otherwise only 0 is)
FOLDER gets links to the programs and to published data, copies of configs/ with tiny schedules, and files that stand for a user's own.
Exit code 0: all passed; 1: something failed; 77: nothing failed, but commands were skipped because their real data is absent.
"""
import gzip
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import struct
import subprocess
import sys
import time
import zlib

PAGES = ["README.md", "data_prep/README.md", "configs/README.md", "cluster/README.md", "launch/README.md"]
LONGEST_LINE = 140
SECONDS = 200  # the longest that a command may take
# Where the folder of a set's published files has another name in the data folder.
FOLDERS = {"thyroid": "odds", "arrhythmia": "odds", "adbench": "adbench-resnet18"}
# Keys of the settings files of configs/ that the copies have shorter.
SHORT = {"seeds": 0, "epochs": 1, "decoder_epochs": 1, "pretraining_epochs": 0, "steps": 10, "decoder_steps": 5}

sources, programs, data, work = (pathlib.Path(word).resolve() for word in sys.argv[1:5])


class Command:
    """The text of a command and how it is tested."""

    def __init__(self, page, line, language, mark, text):
        self.page, self.line, self.language, self.mark, self.text = page, line, language, mark, text

    @property
    def parsed_only(self):
        return self.mark.startswith("parsed:")

    @property
    def exit_codes(self):
        return [int(code) for code in re.findall(r"\d+", self.mark)] if self.mark.startswith("ends with") else [0]

    @property
    def title(self):
        first, *rest = self.text.split("\n")
        return f"{self.page}:{self.line}: {first}{' ...' if rest else ''}"


def whole_commands(lines):
    """(number, text) of each command of a shell block: continued lines and here-documents belong together."""
    commands, text, start, end_word = [], [], 0, None
    for number, line in lines:
        if not text and (not line.strip() or line.startswith("#")):
            continue
        if not text:
            start = number
        text.append(line)
        here = re.search(r"<<-?'?(\w+)'?", line)
        if end_word is None and here:
            end_word = here.group(1)
        elif end_word == line.strip():
            end_word = None
        if end_word is None and not line.endswith("\\"):
            commands.append((start, "\n".join(text)))
            text = []
    assert not text, f"a command without an end: {text}"
    return commands


def read_page(name):
    """The commands of a page and what is wrong with its form."""
    lines = (sources / name).read_text().split("\n")
    commands, faults, block, language, mark = [], [], [], None, ""
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            faults.append(f"{name}:{number}: {len(line)} characters, expected at most {LONGEST_LINE}")
        if language is None and line.startswith("```"):
            language, block = line[3:].strip(), []
            before = re.fullmatch(r"<!-- ((?:parsed: |ends with ).+) -->", lines[number - 2])
            mark = before.group(1) if before else ""
            if language not in ("sh", "python", "text", "ini"):
                faults.append(f"{name}:{number}: a block '{line}', expected ```sh, ```python, ```text or ```ini")
        elif language is not None and line == "```":
            if language == "sh":
                commands += [Command(name, start, language, mark, text) for start, text in whole_commands(block)]
            elif language == "python":
                commands.append(Command(name, block[0][0], language, mark, "\n".join(text for _, text in block)))
            language = None
        elif language is not None:
            block.append((number, line))
        elif re.match(r"    (\S*/)?(cance|launch/|cluster/|python3) ?", line):
            faults.append(f"{name}:{number}: a command outside of a ```sh block")
    if language is not None:
        faults.append(f"{name}: a block without an end")
    if not commands:
        faults.append(f"{name}: no command")
    return commands, faults


# The folder that looks like a checkout.

def shorten(path):
    """Leaves a settings file two classes, one seed and the shortest stages."""
    lines = []
    for line in path.read_text().split("\n"):
        key = line.split("=")[0].strip()
        if key in SHORT:
            line = f"{key} = {SHORT[key]}"
        elif key == "cases" and line.endswith("0-9"):
            line = "cases = 1,3"
        lines.append(line)
    path.write_text("\n".join(lines))


def png(width, height, pixel):
    """A grey picture; pixel(x, y) is 0..255."""
    rows = b"".join(b"\0" + bytes(pixel(x, y) for x in range(width)) for y in range(height))

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def make_pictures(folder, count, dice, scratched):
    folder.mkdir(parents=True)
    for i in range(count):
        slope, start, noise = dice.uniform(2, 3), dice.uniform(20, 60), [dice.randrange(20) for _ in range(97)]
        column = dice.randrange(10, 30)

        def pixel(x, y):
            bright = start + slope * (x + y) / 2 + noise[(7 * x + 31 * y) % 97]
            return 255 if scratched and abs(x - column) < 2 else int(min(bright, 255))

        (folder / f"{i}.png").write_bytes(png(44, 40, pixel))


def make_tables(folder, dice):
    def row(kind):
        width = dice.gauss(10, 1)
        length = 2 * width + dice.gauss(0, .3 if kind in ("ok", "fair") else 4)
        return f"{length:.3f},{width:.3f},{dice.choice(['red', 'blue'])}"

    def table(name, kinds):
        lines = ["length,width,colour,kind"] + [f"{row(kind)},{kind}" for kind in kinds]
        (folder / name).write_text("\n".join(lines) + "\n")

    table("my.csv", ["ok"] * 300 + ["worn", "broken"] * 10)
    table("my-test.csv", ["ok"] * 60 + ["worn", "broken"] * 10)
    (folder / "new.csv").write_text("\n".join(["length,width,colour"] + [row("ok") for _ in range(20)] + [row("broken")]) + "\n")
    lines = ["name,length,width,colour,kind"]
    for i in range(200):
        kind = "broken" if i % 20 == 0 else "fair" if i % 3 == 0 else "ok"
        length, *rest = row(kind).split(",")
        lines.append(",".join([f"part {i}", "" if i % 50 == 7 else length, *rest, kind]))
    (folder / "parts.csv").write_text("\n".join(lines) + "\n")


def make_weights(folder):
    """Weights of a ResNet-18 in both forms, drawn at random; numpy makes them."""
    script = ("import sys, pathlib; sys.path.insert(0, sys.argv[1])\n"
              "import extract_files, resnet18_reference as reference\n"
              "weights = reference.random_weights(7)\n"
              "reference.write_safetensors(pathlib.Path('resnet18.safetensors'), weights)\n"
              "extract_files.write_pth(pathlib.Path('resnet18.pth'), weights)\n")
    subprocess.run([python(), "-c", script, sources / "tests/parity"], cwd=folder, check=True)


def cut_mnist(published, folder):
    """The first rows of the published files; tests/data_prep reads all of them."""
    folder.mkdir()
    for part, rows in (("train", 2000), ("t10k", 500)):
        for kind, head, size in (("images-idx3", 16, 28 * 28), ("labels-idx1", 8, 1)):
            with gzip.open(published / f"{part}-{kind}-ubyte.gz") as file:
                content = file.read(head + rows * size)
            with gzip.open(folder / f"{part}-{kind}-ubyte.gz", "wb", compresslevel=1) as file:
                file.write(content[:4] + struct.pack(">I", rows) + content[8:])


def cut_cifar10(_, folder):
    """Random pictures in batches like the published ones, whose archive takes long to unpack; tests/data_prep does."""
    folder.mkdir()
    dice = random.Random(2)
    for batch in range(1, 6):
        records = (bytes([i % 10]) + dice.randbytes(3 * 32 * 32) for i in range(200))
        (folder / f"data_batch_{batch}.bin").write_bytes(b"".join(records))


SMALL = {"mnist": cut_mnist, "cifar10": cut_cifar10}


def link_published(fetched):
    """raw/SET for every set at hand, small where SMALL has a way; but those that a page downloads, which the mirror has."""
    (work / "raw").mkdir()
    mirror = work.parent / "mirror"
    mirror.mkdir()
    for name in ["mnist", "fashion-mnist", "cifar10", "kddcup99", "abalone", *FOLDERS]:
        published = data / FOLDERS.get(name, name)
        if published.is_dir() and name in SMALL:
            SMALL[name](published, work / "raw" / name)
        elif published.is_dir():
            ((mirror if name in fetched else work / "raw") / name).symlink_to(published)
    return mirror


def make_checkout(commands):
    work.mkdir(parents=True)
    (work / "build").mkdir()
    (work / "build/bin").symlink_to(programs)
    for name in ("configs", "launch", "cluster"):
        shutil.copytree(sources / name, work / name)
    for name in ("src", "tests", "results", "data_prep", "CMakePresets.json"):
        (work / name).symlink_to(sources / name)
    for path in (work / "configs").glob("*.cfg"):
        shorten(path)
    dice = random.Random(1)
    make_tables(work, dice)
    for place, count in (("train/normal", 30), ("test/normal", 6), ("test/anomalous/scratch", 6)):
        make_pictures(work / "my-pictures" / place, count, dice, scratched="scratch" in place)
    make_weights(work)
    return link_published({name for command in commands for name in re.findall(r"cance prep (\S+) .*--download", command.text)})


# Running.

def python():
    return os.environ.get("CANCE_TEST_PYTHON") or sys.executable


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


# Commands whose real data is absent.

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
                return re.search(r"(?m)^dataset *= *(\S+)", (work / path).read_text()).group(1)
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


# Parsing.

class Reference:
    """Help texts and presets, against which commands are parsed."""

    def __init__(self, own):
        self.own, self.helps = own, {}
        presets = json.loads((sources / "CMakePresets.json").read_text())
        self.presets = {kind: {preset["name"] for preset in presets[kind + "Presets"] if not preset.get("hidden")}
                        for kind in ("configure", "build", "test")}

    def help(self, *line):
        if line not in self.helps:
            self.helps[line] = subprocess.run([*line, "--help"], cwd=work, env=self.own, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                              stderr=subprocess.STDOUT, timeout=60, text=True)
        return self.helps[line]

    def unknown_options(self, words, *line):
        options = [word.split("=")[0] for word in words if re.match(r"--[a-z]", word)]
        if not options:
            return []
        told = self.help(*line)
        if told.returncode != 0:
            return [f"'{' '.join(line)} --help' ended with {told.returncode}: {told.stdout}"]
        return [f"'{' '.join(line)} --help' knows no {option}" for option in options
                if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", told.stdout)]

    def cance_faults(self, words):
        if not words:
            return ["a command of cance is missing"]
        if words[0].startswith("--"):
            return self.unknown_options(words, "cance")
        known = re.findall(r"(?m)^  ([a-z-]+) ", self.help("cance").stdout)
        if words[0] not in known:
            return [f"cance has no command '{words[0]}'"]
        return self.unknown_options(words[1:], "cance", words[0])

    def script_faults(self, script, words):
        if not os.access(work / script, os.X_OK):
            return [f"{script} cannot be executed"]
        if script == "launch/local.sh":
            return self.cance_faults(words[1:])
        if script != "cluster/submit.sh":
            return self.unknown_options(words, script)
        cut = words.index("--") if "--" in words else len(words)
        task = "extract" if "extract" in words[:cut] else "run"
        return self.unknown_options(words[:cut], script) + self.unknown_options(words[cut + 1:], "cance", task)

    def preset_faults(self, words):
        kind = "test" if words[0] == "ctest" else "build" if "--build" in words else "configure"
        return [f"CMakePresets.json has no {kind} preset '{name}'" for option, name in zip(words, words[1:])
                if option == "--preset" and name not in self.presets[kind]]

    def simple_faults(self, words):
        """Of one command without operators."""
        for i, word in enumerate(words):
            if word == "cance" or word.endswith("/cance"):
                if i == 0 or words[0] in ("srun", "mpirun", "bash"):
                    return self.cance_faults(words[i + 1:])
            if re.fullmatch(r"(launch|cluster)/\w+\.sh", word):
                return self.script_faults(word, words[i + 1:])
        return self.preset_faults(words) if words and words[0] in ("cmake", "ctest") else []

    def faults(self, command):
        found = []
        for text in [command.text, *re.findall(r"\$\(([^()]*)\)", command.text)]:
            lexer = shlex.shlex(text.replace("\\\n", " "), posix=True, punctuation_chars=True)
            lexer.whitespace_split = True
            simple = []
            for word in [*lexer, ";"]:
                if not set(word) <= set(";|&()<>"):
                    simple.append(word)
                elif word not in ("<", ">"):
                    while simple and re.match(r"[A-Z_]+=", simple[0]):
                        simple.pop(0)
                    found += self.simple_faults(simple)
                    simple = []
            for name in re.findall(r"(?<![\w./-])(?:configs|launch|cluster|tests|src|results|data_prep)/[\w./-]+", text):
                if not (work / name).exists():
                    found.append(f"there is no {name}")
        return found


def main():
    pages = [read_page(name) for name in PAGES]
    commands = [command for page, _ in pages for command in page]
    failed = [fault for _, faults in pages for fault in faults]
    for fault in failed:
        print("FAILED ", fault)
    server, port = start_mirror(make_checkout(commands))
    own = environment(port)
    reference, absent, skipped = Reference(own), Absent(), []
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
            faults = reference.faults(command) if command.parsed_only else run(command, own)
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
