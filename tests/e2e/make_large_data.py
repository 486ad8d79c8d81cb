"""make_large_data.py GLYPHS.h5 LARGE.h5 TRAIN TEST: the rows of class 0 for training and those of all classes for the test, again and
again until there are so many, a little brighter or darker each time; as float32, four bytes a pixel like in memory."""
import sys

import h5py
import numpy as np

BLOCK = 4096


def fill(target, source, part, rows, normal_only):
    x, y = source[part]["x"][:], source[part]["y"][:]
    if normal_only:
        x, y = x[y == 0], y[y == 0]
    out = target.create_dataset(f"{part}/x", (rows, *x.shape[1:]), "f4")
    target[f"{part}/y"] = np.resize(y, rows)
    random = np.random.default_rng(1)
    for first in range(0, rows, BLOCK):
        at = np.arange(first, min(first + BLOCK, rows))
        out[at[0]:at[-1] + 1] = x[at % len(x)] * random.uniform(0.8, 1, (len(at), 1, 1, 1)).astype("f4")


def main():
    with h5py.File(sys.argv[1]) as source, h5py.File(sys.argv[2], "w") as target:
        for name, value in source.attrs.items():
            target.attrs[name] = value
        fill(target, source, "train", int(sys.argv[3]), normal_only=True)
        fill(target, source, "test", int(sys.argv[4]), normal_only=False)


main()
