#!/usr/bin/env python3
"""The networks of the comparison methods, their losses and steps in PyTorch (eager, its best settings), for the speed benchmark.

    python3 tests/bench/pytorch_methods.py METHOD STEPS WEIGHTS [DEVICE]

Prints one JSON line: rows a second of the training stages, the parameters of the network that scores and the loss of one step from the WEIGHTS that
methods_speed.cpp wrote. Networks, batches, steps and arithmetic are those of that program; images are tried in both memory formats and the faster one
counts. Seconds are of the processor, on a GPU of the clock.
"""
import json
import math
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

WARM_UP = 3       # steps of a stage that do not count
COLUMNS = 64      # of the table
LABELLED_PART = 20


def seconds():
    if torch.get_default_device().type == "cpu":
        return time.process_time()
    torch.cuda.synchronize()
    return time.perf_counter()


def dark(*shape):
    return torch.rand(*shape).pow(3)


class Start:
    """Weights that networks start from, one after another, at rate 0; without them at random."""
    weights = None

    @classmethod
    @torch.no_grad()
    def load(cls, *parts):
        tensors = [t for part in parts for t in (part.parameters() if isinstance(part, nn.Module) else [part])]
        if cls.weights is not None:
            for tensor, values in zip(tensors, cls.weights.split([t.numel() for t in tensors])):
                tensor.copy_(values.view(tensor.shape))
        return sum(t.numel() for t in tensors)


def adam(parameters, rate, decay=0.0, beta1=0.9):
    return torch.optim.AdamW(parameters, lr=rate if Start.weights is None else 0.0, weight_decay=decay, betas=(beta1, 0.999), fused=True)


def run_stage(x, batch, optimiser, loss_of):
    """One epoch; seconds of all steps but the first ones, and the loss of the first."""
    first, started = None, seconds()
    for step, rows in enumerate(torch.randperm(len(x)).split(batch)):
        if step == WARM_UP:
            started = seconds()
        loss = loss_of(x[rows])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()
        value = loss.item()
        first = value if first is None else first
    return seconds() - started, first


# Deep SVDD, Deep SAD, DROCC and DPAD

def conv_block(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 5, 1, 2, bias=False), nn.BatchNorm2d(outputs, affine=False), nn.LeakyReLU(0.01, inplace=True), nn.MaxPool2d(2)]


def svdd_encoder(latent=32):
    return nn.Sequential(*conv_block(1, 8), *conv_block(8, 4), nn.Flatten(), nn.Linear(4 * 7 * 7, latent, bias=False))


def svdd_decoder():
    def up(inputs, outputs, padding):
        return [nn.ConvTranspose2d(inputs, outputs, 5, 1, padding, bias=False), nn.BatchNorm2d(outputs, affine=False), nn.LeakyReLU(0.01, inplace=True),
                nn.Upsample(scale_factor=2)]
    return nn.Sequential(nn.Unflatten(1, (2, 4, 4)), nn.LeakyReLU(0.01), nn.Upsample(scale_factor=2), *up(2, 4, 2), *up(4, 8, 3),
                         nn.ConvTranspose2d(8, 1, 5, 1, 2, bias=False), nn.Sigmoid())


def contrast(x):
    x = x - x.mean((1, 2, 3), keepdim=True)
    x = x / x.abs().mean((1, 2, 3), keepdim=True)
    return (x - x.min()) / (x.max() - x.min())


def deep_svdd(x, place, batch=200, labelled=None):
    x, encoder, decoder = place(contrast(x)), place(svdd_encoder()), place(svdd_decoder())
    size = Start.load(encoder)
    optimiser = adam([*encoder.parameters(), *decoder.parameters()], 1e-4, 5e-7)
    before, _ = run_stage(x, batch, optimiser, lambda xb: F.mse_loss(decoder(encoder(xb)), xb))
    with torch.no_grad():
        encoder.eval()
        centre = torch.cat([encoder(part) for part in x.split(512)]).mean(0)
        centre = torch.where(centre.abs() < 0.1, torch.where(centre < 0, -0.1, 0.1), centre)
        encoder.train()

    def distance(xb):
        return (encoder(xb) - centre).square().sum(1)

    def loss(xb):
        if labelled is None:
            return distance(xb).mean()
        known = max(1, round(len(xb) / LABELLED_PART))
        d = distance(torch.cat([xb, labelled[torch.randint(len(labelled), (known,))]]))
        return (d[:len(xb)].sum() + (d[len(xb):] + 1e-6).reciprocal().sum()) / len(d)

    seconds, first = run_stage(x, batch, adam(encoder.parameters(), 1e-4, 5e-7), loss)
    return 2, before + seconds, first, size


def deep_sad(x, place, batch=128):
    return deep_svdd(x, place, batch, place(contrast(x[:len(x) // LABELLED_PART])))


def drocc(x, place, batch=256, ascent_steps=50):
    net = place(nn.Sequential(*conv_block(1, 8), *conv_block(8, 4), nn.Flatten(), nn.Linear(4 * 7 * 7, 128, bias=False), nn.LeakyReLU(0.01),
                              nn.Linear(128, 64, bias=False), nn.LeakyReLU(0.01), nn.Linear(64, 1, bias=False)))
    x, size = place(x), Start.load(net)
    radius = ((x - x.mean(0)).square().flatten(1).sum(1).mean().sqrt() / 2).item()

    def norms(h):
        return h.flatten(1).norm(dim=1).clamp_min(1e-12).view(-1, 1, 1, 1)

    def projected(h):  # gamma = 1: the shell is a sphere
        return h * (radius / norms(h))

    def loss(xb):
        h = torch.randn_like(xb)
        for step in range(1, ascent_steps + 1):
            point = (xb + h).requires_grad_(True)
            gradient, = torch.autograd.grad(F.softplus(net(point)).sum(), point)
            h = point.detach() - xb + 1e-3 * gradient / norms(gradient)
            if step % 10 == 0:
                h = projected(h)
        return F.softplus(-net(xb)).mean() + F.softplus(net(xb + projected(h))).mean()

    return 1, *run_stage(x, batch, adam(net.parameters(), 1e-3), loss), size


def dpad(x, place, batch=128):
    x, encoder = place(x), place(svdd_encoder())
    size = Start.load(encoder)
    with torch.no_grad():
        unit = 2 * encoder(x[:batch]).var(0).sum()
        norms = torch.stack([w.norm() for w in encoder.parameters()])

    def loss(xb):
        z = encoder(xb)
        squares = z.square().sum(1)
        d = ((squares[:, None] + squares - 2 * z @ z.T) / unit).clamp_min(0)
        penalty = (torch.stack([w.norm() for w in encoder.parameters()]) / norms - 1).square().sum()
        return ((-d.detach()).exp() * d).sum() / (len(z) * (len(z) - 1)) + penalty

    return 1, *run_stage(x, batch, adam(encoder.parameters(), 1e-4), loss), size


# Tables

def goad(x, place, batch=64, maps=64, size=64, width=32, layers=5):
    columns = x.shape[1]
    affine = torch.randn(columns + 1, maps * size)
    net = nn.Sequential(*[layer for i in range(layers) for layer in (nn.Linear(size if i == 0 else width, width, bias=False), nn.LeakyReLU(0.2))])
    head = nn.Linear(width, maps)
    for layer in [*net, head]:
        if isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=math.sqrt(4 / sum(layer.weight.shape)))
    never = 1e6 * torch.eye(maps)
    numbers = Start.load(affine, net, head)
    a, b = affine[:columns], affine[columns]

    def loss(xb):
        h = net(torch.addmm(b, xb, a).view(len(xb), maps, size))
        logits = head(h)
        centres = h.mean(0)
        d = (h.square().sum(2, keepdim=True) + centres.square().sum(1) - 2 * h @ centres.T).clamp_min(0)
        triplet = (d.diagonal(0, 1, 2) + 1 - (d + never).amin(2)).clamp_min(0)
        return (0.1 * triplet - F.log_softmax(logits, 2).diagonal(0, 1, 2)).mean()

    return 1, *run_stage(x, batch, adam([*net.parameters(), *head.parameters()], 1e-3, beta1=0.5), loss), numbers


def dagmm(x, place, batch=1024, hidden=(60, 30, 10), latent=1, estimation=10, components=4):
    def mlp(*widths):
        return nn.Sequential(*[layer for i, o in zip(widths, widths[1:]) for layer in (nn.Linear(i, o), nn.Tanh())][:-1])
    columns = x.shape[1]
    encoder, decoder = mlp(columns, *hidden, latent), mlp(latent, *hidden[::-1], columns)
    estimator = nn.Sequential(nn.Linear(latent + 2, estimation), nn.Tanh(), nn.Dropout(0.5), nn.Linear(estimation, components), nn.Softmax(1))
    n = latent + 2

    def loss(xb):
        z = encoder(xb)
        output = decoder(z)
        norm, other = (t.norm(dim=1, keepdim=True).clamp_min(1e-12) for t in (xb, output))
        error = (xb - output).square().sum(1, keepdim=True)
        features = torch.cat([z, error.clamp_min(1e-12).sqrt() / norm.clamp_min(0.01 * math.sqrt(columns)), (xb * output).sum(1, keepdim=True) / (norm * other)], 1)
        members, features = estimator(features).double(), features.double()
        counts = members.sum(0).clamp_min(1e-12)
        means = members.T @ features / counts[:, None]
        centred = features[:, None] - means
        covariances = torch.einsum("bk,bki,bkj->kij", members, centred, centred) / counts[:, None, None] + 1e-6 * torch.eye(n)
        factor = torch.linalg.cholesky_ex(covariances)[0]
        white = torch.linalg.solve_triangular(factor, centred.permute(1, 2, 0), upper=False)
        logs = -0.5 * white.square().sum(1) - factor.diagonal(0, 1, 2).log().sum(1, keepdim=True) - 0.5 * n * math.log(2 * math.pi)
        energy = -torch.logsumexp(logs + (counts / len(xb)).log()[:, None], 0)
        return error.sum() / len(xb) + 0.1 * energy.mean() + 0.005 * covariances.diagonal(0, 1, 2).reciprocal().sum()

    nets = nn.ModuleList([encoder, decoder, estimator])
    numbers = Start.load(nets)
    if Start.weights is not None:
        estimator.eval()  # no dropout
    return 1, *run_stage(x, batch, adam(nets.parameters(), 1e-4), loss), numbers


METHODS = {"deep_svdd": (deep_svdd, 200), "deep_sad": (deep_sad, 128), "drocc": (drocc, 256), "goad": (goad, 64), "dagmm": (dagmm, 1024), "dpad": (dpad, 128)}
TABLES = {"goad", "dagmm"}


def run(method, rows, channels_last):
    function = METHODS[method][0]
    x = dark(rows, COLUMNS) if method in TABLES else dark(rows, 1, 28, 28)
    return function(x, (lambda t: t.to(memory_format=torch.channels_last)) if channels_last else (lambda t: t))


def main():
    method, steps, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    torch.set_default_device(sys.argv[4] if len(sys.argv) > 4 else "cpu")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    torch.set_flush_denormal(True)
    batch = METHODS[method][1]
    rates = []
    for channels_last in (False,) if method in TABLES else (False, True):
        stages, taken, _, parameters = run(method, (steps + WARM_UP) * batch, channels_last)
        rates.append(stages * steps * batch / taken)
    with open(path, "rb") as file:
        Start.weights = torch.frombuffer(bytearray(file.read()), dtype=torch.float32)
    if len(Start.weights) != parameters:
        raise SystemExit(f"{method}: {parameters} parameters here, {len(Start.weights)} there")
    loss = run(method, batch, False)[2]
    print(json.dumps({"rate": max(rates), "parameters": parameters, "loss": loss}))


if __name__ == "__main__":
    from pytorch_likelihood import lsa, pixelcnn, vae
    METHODS.update(lsa=(lsa, 256), vae=(vae, 256), pixelcnn=(pixelcnn, 64))
    main()
