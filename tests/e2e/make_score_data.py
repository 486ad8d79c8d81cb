"""Raw data for the tests of trained models: FOLDER/train.csv (numbers with gaps, a category, a column to drop, a label), tables
that do not fit it, pictures/ and an array of images."""

import pathlib
import sys

import numpy as np
from PIL import Image

folder = pathlib.Path(sys.argv[1])
random = np.random.default_rng(3)
rows = 400
numbers = random.normal(size=(rows, 5)) * [1, 2, 3, 4, 5] + 10
colours = random.choice(["red", "green"], rows)
anomalous = random.random(rows) < 0.1
numbers[anomalous] += 6 * random.normal(size=(anomalous.sum(), 5))


def write(name, header, lines):
    (folder / name).write_text("\n".join([header, *lines]) + "\n")


lines = []
for i in range(rows):
    cells = [f"{value:.6g}" for value in numbers[i]]
    if i % 50 == 7:
        cells[2] = ""
    lines.append(",".join([*cells, colours[i], f'"row, {i}"', "bad" if anomalous[i] else "ok"]))
write("train.csv", "a,b,c,d,e,colour,note,kind", lines)
write("upper.csv", "A,b,c,d,e,colour", ["1,2,3,4,5,red"])
write("surplus.csv", "a,b,c,d,e,colour,extra", ["1,2,3,4,5,red,6"])
write("nan.csv", "a,b,c,d,e,colour", ["1,2,3,4,5,red", "1,nan,3,4,5,red"])
far = random.normal(size=(220, 8))  # a value beyond all others, as of a missing one, in each of eight columns
far[200:] += 6
for column in range(8):
    far[column if column < 7 else 200, column] = 1e20
write("far.csv", "a,b,c,d,e,f,g,h,kind", [",".join(f"{v:.6g}" for v in row) + (",ok" if i < 200 else ",bad") for i, row in enumerate(far)])
(folder / "empty.csv").write_text("")
np.save(folder / "short.npy", np.ones((4, 3)))
np.save(folder / "glyphs.npy", random.integers(0, 256, (3, 28, 28), dtype=np.uint8))
for part, kind, count in [("train", "normal", 40), ("test", "normal", 6), ("test", "anomalous", 6)]:
    for i in range(count):
        path = folder / "pictures" / part / kind / f"{i}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        pixels = random.integers(0, 256 if kind == "anomalous" else 90, (20, 24, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(path)
