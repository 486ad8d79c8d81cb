"""run_notebook.py NOTEBOOK.ipynb [--write | --short]: runs its cells one after another, as Jupyter would, in the working folder; --write
keeps what they print and draw in the notebook, --short trains a tenth as long. Without matplotlib nothing is drawn, the rest runs all the
same."""
import ast
import base64
import contextlib
import io
import json
import pathlib
import sys
import unittest.mock

try:
    import matplotlib
    matplotlib.use("agg")
    from matplotlib import pyplot
except ImportError:
    pyplot = None
    sys.modules["matplotlib"], sys.modules["matplotlib.pyplot"] = unittest.mock.MagicMock(), unittest.mock.MagicMock()


def run(source, names):
    """What the cell prints, and the value of a last line that is an expression, as texts."""
    tree = ast.parse(source)
    shown = tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";")
    last = tree.body.pop() if shown else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, "cell", "exec"), names)
        value = eval(compile(ast.Expression(last.value), "cell", "eval"), names) if last else None
    return printed.getvalue() + ("" if value is None or pyplot is None and "Mock" in str(type(value)) else f"{value}\n")


path = pathlib.Path(sys.argv[1])
notebook = json.loads(path.read_text())
names = {"__name__": "__main__"}
count = 0
for cell in notebook["cells"]:
    if cell["cell_type"] != "code":
        continue
    count += 1
    source = "".join(cell["source"])
    text = run(source.replace("cance run ", "cance run --schedule 0.1 ") if "--short" in sys.argv else source, names)
    outputs = [{"output_type": "stream", "name": "stdout", "text": text.splitlines(keepends=True)}] if text else []
    if pyplot is not None and pyplot.get_fignums():
        drawn = io.BytesIO()
        pyplot.savefig(drawn, format="png", dpi=60)
        pyplot.close("all")
        outputs.append({"output_type": "display_data", "metadata": {}, "data": {"image/png": base64.b64encode(drawn.getvalue()).decode()}})
    cell["execution_count"], cell["outputs"] = count, outputs
    print(f"--- cell {count}\n{text}", end="")
if "--write" in sys.argv:
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n")
