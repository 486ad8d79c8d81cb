"""A folder that looks like a checkout, with small settings files, small published data and files that stand for a user's own."""
import gzip
import itertools
import os
import pathlib
import random
import re
import shutil
import struct
import subprocess
import sys
import zlib

# Where the folder of a set's published files has another name in the data folder.
FOLDERS = {"thyroid": "odds", "arrhythmia": "odds", "adbench": "adbench-resnet18"}
# Keys of the settings files of configs/ that the copies have shorter.
SHORT = {"seeds": 0, "epochs": 1, "decoder_epochs": 1, "pretraining_epochs": 0, "steps": 10, "decoder_steps": 5}


def python():
    return os.environ.get("CANCE_TEST_PYTHON") or sys.executable


def shorten(path):
    """Leaves a settings file two classes, one seed, narrow nets and the shortest stages."""
    lines = []
    for line in path.read_text().split("\n"):
        key = line.split("=")[0].strip()
        if key in SHORT:
            line = f"{key} = {SHORT[key]}"
        elif key == "cases" and line.endswith("0-9"):
            line = "cases = 1,3"
        lines.append(line)
        if line == "[autoencoder]":
            lines.append("channels = 4,8")
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


def make_weights(sources, folder):
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


def cut_kddcup99(published, folder):
    """The first lines of the published table; tests/data_prep reads all of it."""
    folder.mkdir()
    for path in published.glob("*.gz"):
        with gzip.open(path, "rb") as file, gzip.open(folder / path.name, "wb", compresslevel=1) as cut:
            cut.writelines(itertools.islice(file, 20000))


def cut_cifar10(_, folder):
    """Random pictures in batches like the published ones, whose archive takes long to unpack; tests/data_prep does."""
    folder.mkdir()
    dice = random.Random(2)
    for batch in range(1, 6):
        records = (bytes([i % 10]) + dice.randbytes(3 * 32 * 32) for i in range(200))
        (folder / f"data_batch_{batch}.bin").write_bytes(b"".join(records))


SMALL = {"mnist": cut_mnist, "fashion-mnist": cut_mnist, "kddcup99": cut_kddcup99, "cifar10": cut_cifar10}


def link_published(data, work, fetched):
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


def make_checkout(commands, sources, programs, data, work):
    """The folder that looks like a checkout; gives that of published files to download."""
    work.mkdir(parents=True)
    (work / "build").mkdir()
    (work / "build/bin").symlink_to(programs)
    for name in ("configs", "launch", "cluster"):
        shutil.copytree(sources / name, work / name)
    for name in ("src", "tests", "results", "data_prep", "CMakePresets.json"):
        (work / name).symlink_to(sources / name)
    for path in (work / "configs").rglob("*.cfg"):
        shorten(path)
    dice = random.Random(1)
    make_tables(work, dice)
    for place, count in (("train/normal", 16), ("test/normal", 4), ("test/anomalous/scratch", 4)):
        make_pictures(work / "my-pictures" / place, count, dice, scratched="scratch" in place)
    make_weights(sources, work)
    return link_published(data, work, {name for command in commands for name in re.findall(r"cance prep (\S+) .*--download", command.text)})
