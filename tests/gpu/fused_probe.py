"""Which way the seeds of a class advance together fastest: K models on streams of their own, grouped convolutions, or unfolded products.

    python3 tests/gpu/fused_probe.py [--device cuda] [--tiny]

Plain PyTorch, no data: a step of the autoencoder's convolutions (forward, backward, AdamW; 128 rows a model) and one of the estimation network (1,280 rows a
model), on a GPU as graphs. Lines `step | models and precision | microseconds a step of all models, and times K single ones`.
"""
import argparse
import time

import torch
from torch import nn
from torch.nn import functional as F

WIDTHS = ((1, 16, 4), (16, 32, 4), (32, 64, 3))  # of the encoder: channels in, out, side of the kernel


class Grouped(nn.Module):
    """K encoders as grouped convolutions on (B, K C, H, W)."""

    def __init__(self, models):
        super().__init__()
        self.layers = nn.Sequential(*[layer for i, o, side in WIDTHS for layer in (
            nn.Conv2d(models * i, models * o, side, 2, 1, groups=models, bias=False), nn.BatchNorm2d(models * o), nn.LeakyReLU(0.1))])

    def forward(self, x):
        return self.layers(x).square().mean()


class Unfolded(nn.Module):
    """K encoders as products of unfolded patches, (K, out, in side^2) by (K, in side^2, B places)."""

    def __init__(self, models):
        super().__init__()
        self.models = models
        self.weights = nn.ParameterList([0.1 * torch.randn(models, o, i * side * side) for i, o, side in WIDTHS])
        self.norms = nn.ModuleList([nn.BatchNorm2d(models * o) for _, o, _ in WIDTHS])

    def forward(self, x):
        rows = len(x)
        for (i, o, side), weight, norm in zip(WIDTHS, self.weights, self.norms):
            out = (x.shape[2] + 2 - side) // 2 + 1
            patches = F.unfold(x.reshape(rows * self.models, i, *x.shape[2:]), side, padding=1, stride=2)
            patches = patches.view(rows, self.models, i * side * side, out * out).permute(1, 2, 0, 3).reshape(self.models, i * side * side, rows * out * out)
            y = torch.bmm(weight, patches).view(self.models, o, rows, out, out).permute(2, 0, 1, 3, 4).reshape(rows, self.models * o, out, out)
            x = F.leaky_relu(norm(y), 0.1)
        return x.square().mean()


class Estimators(nn.Module):
    """K networks of 14 -> 256 -> 256 -> 1 by batched products."""

    def __init__(self, models):
        super().__init__()
        widths = (14, 256, 256, 1)
        self.weights = nn.ParameterList([0.1 * torch.randn(models, i, o) for i, o in zip(widths, widths[1:])])
        self.biases = nn.ParameterList([torch.zeros(models, 1, o) for o in widths[1:]])

    def forward(self, x):
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases)):
            x = torch.baddbmm(bias, x, weight)
            x = F.silu(x) if k < 2 else x
        return F.softplus(x).mean()


def stepper(model, x):
    """A function that takes one step; on a GPU a graph of it."""
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True, capturable=x.is_cuda)

    def step():
        optimiser.zero_grad(set_to_none=True)
        model(x).backward()
        optimiser.step()
    if not x.is_cuda:
        return step
    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def microseconds(steps, cuda, count):
    """Of one step of all; several steppers go to streams of their own."""
    streams = [torch.cuda.Stream() for _ in steps] if cuda and len(steps) > 1 else [None] * len(steps)

    def once():
        for step, stream in zip(steps, streams):
            if stream is None:
                step()
            else:
                with torch.cuda.stream(stream):
                    step()
    for repeat in (2, count):
        if cuda:
            torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(repeat):
            once()
        if cuda:
            torch.cuda.synchronize()
    return 1e6 * (time.perf_counter() - start) / count


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--tiny", action="store_true")
    args = parser.parse_args()
    cuda = args.device != "cpu"
    torch.set_default_device(args.device)
    torch.set_num_threads(1)
    counts, rows, repeats = ((1, 2), 8, 2) if args.tiny else ((1, 5, 10, 50), 128, 50)
    for precision in ("fp32", "tf32") if cuda else ("fp32",):
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision == "tf32"
        for models in counts:
            images = torch.rand(rows, models, 28, 28)
            ways = {"encoder, a stream each": [stepper(Grouped(1), torch.rand(rows, 1, 28, 28)) for _ in range(models)],
                    "encoder, grouped": [stepper(Grouped(models), images)], "encoder, unfolded": [stepper(Unfolded(models), images)],
                    "estimator, a stream each": [stepper(Estimators(1), torch.randn(1, 10 * rows, 14)) for _ in range(models)],
                    "estimator, batched": [stepper(Estimators(models), torch.randn(models, 10 * rows, 14))]}
            for name, steps in ways.items():
                taken = microseconds(steps, cuda, repeats)
                kind = name.split(",")[0]
                if models == 1 and name.endswith("each"):
                    single = {kind: taken} if kind == "encoder" else {**single, kind: taken}
                print(f"{name} | K = {models}, {precision} | {taken:.0f} us, {models * single[kind] / taken:.2f} times K alone", flush=True)


if __name__ == "__main__":
    main()
