"""ResNet-18 features of 32x32 pictures at 224: `cance extract` against torchvision (eager, channels-last), in one run.

    python3 tests/bench/extract_speed.py build [--pictures 192] [--pairs 3] [--device cuda]     (needs torch, torchvision, Pillow)

Both resize by Pillow's filter, normalise and run one thread. Of `cance extract` the time of a sixth of the pictures is taken off, so that
starting and joining shards do not count; two ranks share the same pictures.
"""
import argparse
import os
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

import torch
import torchvision
from PIL import Image
from torchvision.transforms import v2


def make_pictures(folder, count):
    draw = random.Random(1)
    for part, n in (("train/normal", count - 2), ("test/normal", 1), ("test/anomalous/other", 1)):
        (folder / part).mkdir(parents=True)
        for i in range(n):
            Image.frombytes("RGB", (32, 32), draw.randbytes(3072)).save(folder / part / f"{i}.png")


def extract_seconds(cance, dataset, ranks, device):
    with tempfile.TemporaryDirectory() as out:
        command = [cance, "extract", "--data", dataset, "--weights", "random:1", "--out", f"{out}/f.h5", "--shard-rows", "16", "--quiet",
                   "--device", device, "--ranks-per-gpu", str(ranks)]
        mpirun = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", str(ranks)] if ranks > 1 else []
        start = time.perf_counter()
        subprocess.run(mpirun + command, check=True, env=dict(os.environ, OMP_NUM_THREADS="1"))
        return time.perf_counter() - start


def torchvision_rate(pictures, device, batch=16):
    torch.set_num_threads(1)
    model = torchvision.models.resnet18().eval().to(memory_format=torch.channels_last)
    model.fc = torch.nn.Identity()
    model = model.to(device)
    transform = v2.Compose([v2.Resize((224, 224), antialias=True), v2.PILToTensor(), v2.ToDtype(torch.float32, scale=True),
                            v2.Normalize((.485, .456, .406), (.229, .224, .225))])
    with torch.inference_mode():
        def features(part):
            return model(torch.stack([transform(p) for p in part]).to(device, memory_format=torch.channels_last)).cpu()
        features(pictures[:batch])
        start = time.perf_counter()
        for first in range(0, len(pictures), batch):
            features(pictures[first:first + batch])
        return len(pictures) / (time.perf_counter() - start)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--pictures", type=int, default=192)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    cance = str(args.build / "bin" / "cance")
    with tempfile.TemporaryDirectory() as work:
        datasets = {}
        for count in (args.pictures // 6, args.pictures):
            folder = pathlib.Path(work) / str(count)
            make_pictures(folder, count)
            datasets[count] = f"{work}/{count}.h5"
            subprocess.run([cance, "prep", "folder", "--raw", folder, "--size", "32", "--out", datasets[count]], check=True, capture_output=True)
        pictures = [Image.open(path).convert("RGB") for path in sorted(folder.glob("train/normal/*.png"))]
        few, many = datasets
        rate = {1: [], 2: []}
        reference = []
        for _ in range(args.pairs):
            reference.append(torchvision_rate(pictures, args.device))
            for ranks in rate:
                seconds = [extract_seconds(cance, datasets[n], ranks, args.device) for n in (few, many)]
                rate[ranks].append((many - few) / (seconds[1] - seconds[0]))
    ratios = sorted(ours / theirs for ours, theirs in zip(rate[1], reference))
    print(f"cance {statistics.median(rate[1]):.1f} pictures/s, torchvision {statistics.median(reference):.1f}, "
          f"ratio {ratios[0]:.2f} / {statistics.median(ratios):.2f} / {ratios[-1]:.2f} (min, median, max)")
    print(f"two ranks against one: {statistics.median(b / a for a, b in zip(rate[1], rate[2])):.2f} times")


if __name__ == "__main__":
    main()
