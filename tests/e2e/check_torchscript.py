"""check_torchscript.py MODEL.pt: PyTorch scores the rows of standard input (check_exports.py --rows) as the run did."""

import io
import sys

import numpy as np
import torch

source = io.BytesIO(sys.stdin.buffer.read())
rows, expected = np.load(source), np.load(source)
extra = {"method": "", "threshold": ""}
module = torch.jit.load(sys.argv[1], _extra_files=extra)
worst = np.abs(module(torch.from_numpy(rows)).numpy() - expected).max() / np.ptp(expected)
print(f"{sys.argv[1]} by PyTorch: largest difference {worst:.1e} of the range")
assert worst < 1e-5, worst
float(extra["threshold"])
