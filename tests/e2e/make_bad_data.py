"""make_bad_data.py GOOD.h5 FOLDER: one FOLDER/FAULT/glyphs.h5 for each way a dataset file can be wrong."""
import pathlib
import sys

import h5py
import numpy as np


def replace(group, name, values):
    del group[name]
    group[name] = values


def no_normal_rows(f):
    y = f["train/y"][:]
    replace(f["train"], "y", np.where(y == 0, 1, y))


def one_normal_row(f):
    y = f["train/y"][:]
    first = np.flatnonzero(y == 0)[0]
    y[(y == 0) & (np.arange(len(y)) != first)] = 1
    replace(f["train"], "y", y)


def constant_pixels(f):
    replace(f["train"], "x", np.full_like(f["train/x"][:], 7))


def fewer_labels(f):
    replace(f["train"], "y", f["train/y"][:-3])


def labels_outside(f):
    replace(f["train"], "y", f["train/y"][:] + 50)


def no_test_part(f):
    del f["test"]


def not_finite(f):
    for part in ("train", "test"):
        replace(f[part], "x", f[part]["x"][:].astype("float32"))
    f["test/x"][4, 0, 5, 5] = np.nan


def a_table(f):
    for part in ("train", "test"):
        replace(f[part], "x", f[part]["x"][:].reshape(len(f[part]["y"]), -1).astype("float32"))


def no_anomalies(f):
    replace(f["test"], "y", np.zeros_like(f["test/y"][:]))


def newer_version(f):
    f.attrs["schema_version"] = "2.0"


def not_complete(f):
    del f.attrs["complete"]


def other_schema(f):
    f.attrs["schema"] = "something-else"


def main():
    good, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    faults = [no_normal_rows, one_normal_row, constant_pixels, fewer_labels, labels_outside, no_test_part,
              no_anomalies, not_finite, a_table, newer_version, not_complete, other_schema]
    for fault in faults:
        path = folder / fault.__name__ / "glyphs.h5"
        path.parent.mkdir(parents=True)
        with h5py.File(good) as source, h5py.File(path, "w") as f:
            for name in source:
                source.copy(name, f)
            for name, value in source.attrs.items():
                f.attrs[name] = value
            fault(f)
    (folder / "no_hdf5").mkdir()
    (folder / "no_hdf5" / "glyphs.h5").write_text("not a dataset\n")
    (folder / "truncated").mkdir()
    content = pathlib.Path(good).read_bytes()
    (folder / "truncated" / "glyphs.h5").write_bytes(content[: len(content) // 2])


main()
