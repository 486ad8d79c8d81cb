"""Runs of cance as pandas data frames: copy this file, or put its folder on your path (needs h5py, numpy, pandas).

PATH is a run folder, a run file or an archive; CELL a cell as "mine/goad/all/seed0", needed where PATH holds several.

    import cance
    cance.table("runs")                                   # a row a metric: cell, ..., method, metric, value
    cance.scores("runs", "mine/goad/all/seed0")           # a row a test row: row, label, [kind,] one column a method
    cance.scores(PATH, CELL, part="validation")           # of rows held out, ascending; a column a method
    cance.history(PATH, CELL)                             # a row an epoch: stage, epoch, train_loss, validation_loss, seconds
    cance.settings(PATH, CELL)                            # {"nce.epochs": "100", ...}
    cance.composite(PATH, CELL, part="test")              # a row a row: z0, ..., e, c
"""
import configparser
import pathlib

import h5py
import numpy as np
import pandas as pd

IDENTITY = ("cell", "dataset", "protocol", "case", "representation", "seed")


def _frame(group):
    return pd.DataFrame({name: group[name].asstr()[:] if group[name].dtype.kind == "O" else group[name][:]
                         for name in group.attrs["column-order"]})


def _each(path, read):
    """What `read` makes of each run, one after another. ValueError: a file that cannot be read as one of cance."""
    path = pathlib.Path(path)
    files = sorted(file for file in path.rglob("*.h5") if ".tmp." not in file.name) if path.is_dir() else [path]
    for name in files:
        try:
            with h5py.File(name) as file:
                schema = file.attrs.get("schema")
                if schema == "cance-run" and file.attrs["complete"]:
                    yield read(file)
                elif schema == "cance-archive":
                    for cell in file["cells/cell"].asstr()[:]:
                        yield read(file["runs"][cell])
                elif not path.is_dir():
                    raise ValueError(f"{path}: neither a run file nor an archive (schema: {schema})")
        except FileNotFoundError:
            raise
        except (KeyError, OSError, RuntimeError, configparser.Error) as error:
            raise ValueError(f"{name}: damaged, or no HDF5 file; 'cance verify' says which ({error})") from error


def _of(path, cell, read):
    """What `read` makes of one run. ValueError: no such cell, or several."""
    def chosen(run):
        name = run.attrs["cell"]
        return name, read(run) if cell in (None, name) else None
    runs = list(_each(path, chosen))
    found = [made for _, made in runs if made is not None]
    if len(found) != 1:
        there = ", ".join(name for name, _ in runs[:9]) or "none"
        raise ValueError(f"{path}: {len(found)} runs of {cell or 'any cell'}; there are {there}")
    return found[0]


def _require(part, parts):
    if part not in parts:
        raise ValueError(f"part={part!r}: expected {' or '.join(parts) or 'nothing, none is kept'}")


def table(path):
    """Metrics of all runs, as /table of an archive has them."""
    frames = list(_each(path, lambda run: _frame(run["metrics"]).assign(**{name: run.attrs[name] for name in IDENTITY})))
    columns = [*IDENTITY, "method", "metric", "value"]
    return pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)


def scores(path, cell=None, part="test"):
    """Scores of the test rows with row number and label, or of the rows held out (part="validation")."""
    _require(part, ("test", "validation"))

    def read(run):
        if part == "validation":
            return pd.DataFrame({method: run["validation_scores"][method][:] for method in run.get("validation_scores", ())})
        frame = pd.DataFrame({"row": run["index"][:], "label": run["labels"][:]})
        if "kinds" in run:
            names = run["kinds"].attrs["names"]
            frame["kind"] = [names[kind] for kind in run["kinds"][:]]
        return frame.assign(**{method: run["scores"][method][:] for method in run["scores"].attrs["column-order"]})
    return _of(path, cell, read)


def history(path, cell=None):
    """Losses of every epoch of every stage of training."""
    def read(run):
        stages = [_frame(run["history"][stage]).assign(stage=stage) for stage in run["history"].attrs["column-order"]]
        columns = ["stage", "epoch", "train_loss", "validation_loss", "seconds"]
        return pd.concat(stages, ignore_index=True)[columns] if stages else pd.DataFrame(columns=columns)
    return _of(path, cell, read)


def settings(path, cell=None):
    """Effective settings, "section.key" to text; in place of auto what was chosen."""
    def read(run):
        parser = configparser.ConfigParser(interpolation=None)
        parser.read_string(run.attrs["config"])
        values = {f"{section}.{key}": value for section in parser.sections() for key, value in parser[section].items()}
        return values | dict(text.split("=", 1) for text in run.attrs.get("chosen", ()))
    return _of(path, cell, read)


def composite(path, cell=None, part="test"):
    """Composite features of the rows of a part: train, validation or test."""
    def read(run):
        _require(part, tuple(run["composite"]))
        array = run["composite"][part]
        return pd.DataFrame(array[:].astype(np.float64), columns=list(array.attrs["columns"]))
    return _of(path, cell, read)
