"""`cance prep table` on what NumPy, Python's csv and h5py write, against the arrays themselves.

usage: prep_tables.py CANCE FOLDER
"""

import csv
import gzip
import itertools
import os
import pathlib
import re
import subprocess
import sys

import h5py
import numpy as np
import pandas as pd

cance, folder = sys.argv[1], pathlib.Path(sys.argv[2])
random = np.random.default_rng(0)


def prep(raw, *more):
    out = folder / "out.h5"
    run = subprocess.run([cance, "prep", "table", "--raw", raw, "--out", out, *more], capture_output=True, text=True)
    assert run.returncode == 0, f"{raw}: {run.stderr}"
    return h5py.File(out)


def expect(file, part, x, y=None):
    assert file[f"{part}/x"].dtype == np.float32
    np.testing.assert_array_equal(file[f"{part}/x"][:], np.asarray(x).astype(np.float32))
    np.testing.assert_array_equal(file[f"{part}/y"][:], np.zeros(len(x)) if y is None else y)


types = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "?"]
for kind, order, memory, version in itertools.product(types, "<>", "CF", [(1, 0), (2, 0), (3, 0)]):
    x = np.array(random.integers(0, 100, (5, 3)), dtype=np.dtype(kind).newbyteorder(order), order=memory)
    with open(folder / "x.npy", "wb") as out:
        np.lib.format.write_array(out, x, version=version)
    expect(prep(folder / "x.npy"), "all", x)

x, y = random.normal(size=(40, 7)), random.integers(0, 2, 40)
for save in (np.savez, np.savez_compressed):
    save(folder / "a.npz", X=x, y=y, other=np.array(["text"]))
    expect(prep(folder / "a.npz"), "all", x, y)
    save(folder / "b.npz", X_train=x[:30], y_train=y[:30], X_test=x[30:], y_test=y[30:])
    file = prep(folder / "b.npz")
    expect(file, "train", x[:30], y[:30])
    expect(file, "test", x[30:], y[30:])

with h5py.File(folder / "raw.h5", "w") as raw:
    raw.create_dataset("X", data=x.astype("f4"), compression="gzip")
    raw["y"] = y
expect(prep(folder / "raw.h5"), "all", x, y)

jobs = ['say "no"', "a,b", "two\nlines"]
with gzip.open(folder / "t.csv.gz", "wt", newline="") as out:
    writer = csv.writer(out)
    writer.writerow(["job", "value, cm", "kind"])
    writer.writerows([jobs[i % 3], repr(float(v)), "odd" if i % 5 == 0 else "fine"] for i, v in enumerate(x[:, 0]))
file = prep(folder / "t.csv.gz", "--label", "kind", "--normal", "fine", "--name", "mine")
names = list(file.attrs["column_names"])
assert names == [f"job={job}" for job in sorted(jobs)] + ["value, cm"], names
one_hot = [[float(jobs[i % 3] == job) for job in sorted(jobs)] for i in range(len(x))]
expect(file, "all", np.column_stack([one_hot, x[:, 0]]), [i % 5 == 0 for i in range(len(x))])
assert file.attrs["name"] == "mine"



def refuse(words, raw, *more):
    run = subprocess.run([cance, "prep", "table", "--raw", raw, "--out", folder / "no.h5", *more],
                         capture_output=True, text=True)
    assert run.returncode == 2 and words in run.stderr and run.stderr.count("\n") == 1, run.stderr
    assert not (folder / "no.h5").exists()


np.save(folder / "objects.npy", np.array([{}], dtype=object))
refuse("Python objects", folder / "objects.npy")
with open(folder / "named.csv", "w", newline="") as out:
    kinds = ["worse" if i % 9 == 0 else "ok" for i in range(400)]
    csv.writer(out).writerows([["id", "x", "kind"], *([f"n{i}", i, kind] for i, kind in enumerate(kinds))])
refuse("column id has 400 different texts in 400 rows", folder / "named.csv", "--label", "kind", "--normal", "ok")
refuse("no row has the label 'wrose' (--normal); did you mean 'worse'? (labels: ok, worse)",
       folder / "named.csv", "--label", "kind", "--normal", "ok,wrose")

# Tables as spreadsheets and statistics programs of any country write them are read as they are.
os.chdir(folder)
plain = pd.DataFrame(random.normal(size=(60, 3)).round(3) * 1000, columns=list("abc"))
plain["label"] = np.repeat([0, 1], [50, 10])
for name, table, how, encoding, *more in [
    ("semi.csv", plain, {"sep": ";", "decimal": ","}, "utf-8"),
    ("excel.csv", plain.assign(größe="ü"), {"sep": ";", "decimal": ","}, "cp1252", "--encoding", "cp1252"),
    ("quoted.csv", plain, {"sep": ";", "decimal": ",", "quoting": csv.QUOTE_ALL}, "utf-8"),
    ("decimal.csv", plain, {"decimal": ","}, "utf-8"),
    ("utf16.csv", plain, {"sep": "\t", "decimal": ","}, "utf-16", "--encoding", "UTF-16"),
    ("tabs.csv", plain, {"sep": "\t"}, "utf-8"),
    ("tabs.tsv", plain, {"sep": "\t", "decimal": ","}, "utf-8"),
    ("commas.tsv", plain, {}, "utf-8"),
    ("bars.txt", plain, {"sep": "|"}, "utf-8"),
    ("blanks.csv", plain, {"sep": " "}, "utf-8"),
    ("blanks.data", plain, {"sep": " ", "header": False}, "utf-8"),
    ("large.csv", pd.concat([plain] * 700), {"sep": ";", "decimal": ","}, "utf-8"),
]:
    table.to_csv(name, index=False, encoding=encoding, **how)
    file = prep(folder / name, *(["--header", "no"] if "header" in how else ["--label", "label"]), *more)
    found = file["all/x"][:, list(file.attrs["column_names"]).index("x1" if "header" in how else "b")]
    np.testing.assert_array_equal(found, np.asarray(table["b"], "f4"), err_msg=name)
pathlib.Path("sep.csv").write_text("sep=;\n" + plain.to_csv(sep=";", decimal=",", index=False))
file = prep(folder / "sep.csv", "--label", "label")
np.testing.assert_array_equal(file["all/x"][:, 1], np.asarray(plain["b"], "f4"))

# The Python that a refusal advises is run, and the table that it writes is read.
whole = random.integers(0, 10**6, 60)
european, french = str.maketrans(",.", ".,"), str.maketrans(",.", "\u202f,")
semicolons = {"sep": ";", "decimal": ","}
for name, d, expected, how in [
    ("european.csv", [f"{v:,}.5".translate(european) for v in whole], whole + .5, semicolons),
    ("thousand.csv", [f"{v:,}".translate(european) for v in whole * 1000], whole * 1000, semicolons),
    ("french.csv", [f"{v:,}.5".translate(french) for v in whole], whole + .5, semicolons),
    ("spaced.csv", [f"{v:,}.5".translate(str.maketrans(",.", "\xa0,")) for v in whole], whole + .5, semicolons),
    ("swiss.csv", [f"{v:,}.5".replace(",", "\u2019") for v in whole], whole + .5, {"sep": ";"}),
    ("percents.csv", [f"{v / 8} %".replace(".", ",") for v in whole], whole / 8, semicolons),
    ("euros.csv", [f"{v:,}.50 €".translate(european) for v in whole], whole + .5, semicolons),
    ("percent.tsv", [f"{v}%" for v in whole], whole, {"sep": "\t"}),
    ("thousands.csv", [f"{v:,}" for v in whole], whole, {}),
    ("dollars.csv", [f"${v:,}.50" for v in whole], whole + .5, {}),
    ("commas.csv", [f"{v / 100:.2f}".replace(".", ",") for v in whole], whole / 100, {}),
]:
    plain.assign(d=d).to_csv(name, index=False, **how)
    run = subprocess.run([cance, "prep", "table", "--raw", name, "--out", "no.h5", "--label", "label"], capture_output=True, text=True)
    advice = re.search("in Python: (.*?)(; or keep|; where its|$)", run.stderr.strip())
    assert run.returncode == 2 and advice, f"{name}: {run.stderr}"
    exec("import pandas; " + advice[1].replace("'OLD'", repr(name)).replace("'NEW'", "'new.csv'"))
    file = prep("new.csv", "--label", "label")
    columns = list(file.attrs["column_names"])
    np.testing.assert_array_equal(file["all/x"][:, columns.index("d")], np.asarray(expected, "f4"), err_msg=name)
    np.testing.assert_array_equal(file["all/x"][:, columns.index("b")], np.asarray(plain["b"], "f4"), err_msg=name)


def arff(path):
    head = "".join(f"@attribute {c} numeric\n" for c in "abc") + "@attribute label {0,1}\n@data\n"
    pathlib.Path(path).write_text("@relation t\n" + head + plain.to_csv(header=False, index=False))


for name, write in [("t.arff", arff), ("t.pkl", plain.to_pickle), ("t.json", plain.to_json),
                    ("t.xlsx", plain.to_excel), ("t.parquet", plain.to_parquet), ("t.feather", plain.to_feather)]:
    try:
        write(name)
    except ImportError:
        continue  # pandas needs a further package for it
    run = subprocess.run([cance, "prep", "table", "--raw", name, "--out", "no.h5"], capture_output=True, text=True)
    advice = re.search("in Python: (.*)$", run.stderr.strip())
    assert run.returncode == 2 and advice and run.stderr.count("\n") == 1, f"{name}: {run.stderr}"
    exec(advice[1].replace("'OLD'", repr(name)).replace("'NEW.csv'", "'new.csv'").replace("'NEW'", "'new.csv'"),
         {"pandas": pd} if "import" not in advice[1] else {})
    file = prep("new.csv", "--label", "label")
    np.testing.assert_array_equal(file["all/x"][:, list(file.attrs["column_names"]).index("b")], plain["b"].astype("f4"), err_msg=name)
