"""Metrics of a report's summary.csv as Markdown, a row a metric, data set and rule.

    python3 tests/bench/table_page.py report/summary.csv [METRIC ...]     # default f1 auroc; 'auroc*' takes those of all kinds
"""
import fnmatch
import sys

import pandas as pd

wanted = sys.argv[2:] or ["f1", "auroc"]
table = pd.read_csv(sys.argv[1]).query("case == 'all'")
table = table[[any(fnmatch.fnmatch(metric, pattern) for pattern in wanted) for metric in table["metric"]]]
table["text"] = table["mean"].map("{:.3f}".format) + table["sd"].map(lambda sd: "" if pd.isna(sd) else f" ± {sd:.3f}")
rows = table.pivot(index=["metric", "dataset", "protocol"], columns="method", values="text")
rows = rows[table["method"].unique()]
print("| metric | data | rule | " + " | ".join(rows) + " |")
print("| --- | --- | --- |" + " ---: |" * rows.shape[1])
for keys, values in rows.sort_index(ascending=[False, True, True]).iterrows():
    print("| " + " | ".join([*keys, *values]) + " |")
