"""check_frames.py CANCE FILE...: results/cance.py reads runs and archives of every version as `cance export` and h5py do."""
import io
import pathlib
import subprocess
import sys

import h5py
import numpy as np
import pandas as pd

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "results"))
import cance  # noqa: E402

program, *files = sys.argv[1:]
for name in files:
    exported = pd.read_csv(io.StringIO(subprocess.run([program, "export", name], capture_output=True, text=True, check=True).stdout))
    pd.testing.assert_frame_equal(cance.table(name), exported, check_dtype=False, rtol=0, atol=0)
    with h5py.File(name) as file:
        runs = {"": file} if "runs" not in file else {cell: file["runs"][cell] for cell in file["cells/cell"].asstr()[:]}
        for run in runs.values():
            cell = run.attrs["cell"]
            scores = cance.scores(name, cell)
            assert list(scores.row) == list(run["index"]) and list(scores.label) == list(run["labels"]), cell
            for method in run["scores"]:
                assert (scores[method] == run["scores"][method][:]).all(), (cell, method)
            for method, kept in run.get("validation_scores", {}).items():
                assert (cance.scores(name, cell, part="validation")[method] == kept[:]).all(), (cell, method)
            history = cance.history(name, cell)
            for stage, kept in run["history"].items():
                own = history[history.stage == stage]
                assert list(own.epoch) == list(kept["epoch"]) and np.array_equal(own.train_loss, kept["train_loss"], equal_nan=True), (cell, stage)
            settings = cance.settings(name, cell)
            chosen = run.attrs.get("chosen", ())
            for key, value in settings.items():
                said = f"\n{key.split('.', 1)[1]} = {value}" in run.attrs["config"]
                assert said or f"{key}={value}" in chosen, (cell, key)
            assert settings["grid.dataset"] == run.attrs["dataset"], cell
            for part, kept in run["composite"].items():
                frame = cance.composite(name, cell, part)
                assert list(frame) == list(kept.attrs["columns"]) and (frame.to_numpy() == kept[:]).all(), (cell, part)
        for cell in [None] * (len(runs) > 1) + ["no/such/cell/seed0"]:
            try:
                cance.scores(name, cell)
            except ValueError as error:
                assert next(iter(runs.values())).attrs["cell"] in str(error), error
            else:
                raise AssertionError(f"{name}: scores of {cell}")


def refused(what, ask, *words):
    try:
        ask()
    except ValueError as error:
        assert "\n" not in str(error) and all(word in str(error) for word in words), f"{what}: {error}"
    else:
        raise AssertionError(f"{what}: taken")


whole = pathlib.Path(files[-1]).read_bytes()
with h5py.File("other.h5", "w") as other:
    other["x"] = [1, 2]
with h5py.File("hollow.h5", "w") as hollow:
    hollow.attrs.update(schema="cance-run", complete=True, cell="a/b/c/seed0")
for name, kept in {"cut.h5": whole[: len(whole) // 2], "head.h5": whole[:600], "empty.h5": b"", "table.csv": b"a,b\n1,2\n"}.items():
    pathlib.Path(name).write_bytes(kept)
for name in ("cut.h5", "head.h5", "empty.h5", "table.csv", "other.h5", "hollow.h5"):
    for ask in (cance.table, cance.scores, cance.history, cance.settings, cance.composite):
        refused(f"{ask.__name__} of {name}", lambda: ask(name), name)
refused("a part", lambda: cance.scores(files[-1], part="tset"), "'tset'", "test or validation")
refused("a part", lambda: cance.composite(files[-1], part="tset"), "'tset'")
for name in ("cut.h5", "head.h5", "empty.h5", "table.csv", "other.h5", "hollow.h5"):
    pathlib.Path(name).unlink()
