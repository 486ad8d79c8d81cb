"""F1 and AUROC of tables, a row a data set and rule, from a report's summary.csv, as Markdown.

    python3 tests/bench/table_page.py report/summary.csv
"""
import sys

import pandas as pd

ORDER = ["random", "knn", "error", "latnce", "gaussian", "cnce", "cance"]
TITLES = ["Random", "5-NN", "Error", "LatNCE", "Gaussian", "CNCE", "CANCE"]

table = pd.read_csv(sys.argv[1]).query("case == 'all' and metric in ('f1', 'auroc')")
table["text"] = table["mean"].map("{:.3f}".format) + " ± " + table["sd"].map("{:.3f}".format)
rows = table.pivot(index=["metric", "dataset", "protocol"], columns="method", values="text")[ORDER]
print("| metric | data | rule | " + " | ".join(TITLES) + " |")
print("| --- | --- | --- |" + " ---: |" * len(TITLES))
for keys, values in rows.sort_index(ascending=[False, True, True]).iterrows():
    print("| " + " | ".join([*keys, *values]) + " |")
