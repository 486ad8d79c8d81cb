"""same_runs.py A B: the run files below two folders have the same names and, time stamps aside, the same bits."""
import pathlib
import sys

import h5py

COMPARED = ("labels", "index", "scores", "composite", "moments", "noise", "model")


def run_files(folder):
    paths = sorted(pathlib.Path(folder).rglob("seed*.h5"))
    return {str(path.relative_to(folder)): path for path in paths}


def arrays(path):
    found = {}

    def visit(name, item):
        if isinstance(item, h5py.Dataset) and name.split("/")[0] in COMPARED:
            values = item[()]
            found[name] = values.tobytes() if item.dtype.kind != "O" else repr(values)

    with h5py.File(path) as f:
        f.visititems(visit)
    return found


def main():
    a, b = run_files(sys.argv[1]), run_files(sys.argv[2])
    assert a and a.keys() == b.keys(), f"run files: {sorted(a)} and {sorted(b)}"
    for name in a:
        left, right = arrays(a[name]), arrays(b[name])
        assert any(key.startswith("scores/") for key in left), f"{name} holds no scores"
        assert left.keys() == right.keys(), f"{name}: {left.keys() ^ right.keys()}"
        differing = [key for key in left if left[key] != right[key]]
        assert not differing, f"{name}: not the same bits in {', '.join(differing)}"
    print(f"{len(a)} run files are equal")


if __name__ == "__main__":
    main()
