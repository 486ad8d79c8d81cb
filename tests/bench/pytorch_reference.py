#!/usr/bin/env python3
"""The same autoencoder and the same NCE in PyTorch (eager, its best settings), for the speed benchmark.

Prints one JSON line: rows per second of each stage, or with --cell the seconds of a whole cell (both autoencoder stages, three
densities, validation after every epoch) at a tenth of the epochs. Networks, batch sizes, steps and arithmetic are those of
configs/mnist-unimodal.cfg; data are random images of the same size, which cost the same as real ones.
"""
import argparse
import copy
import json
import math
import time

import torch
from torch import nn
from torch.nn import functional as F


def block(layer, width, flat=False):
    norm = nn.BatchNorm1d(width) if flat else nn.BatchNorm2d(width)
    return [layer, norm, nn.LeakyReLU(0.1, inplace=True)]


class Autoencoder(nn.Module):
    def __init__(self, m):
        super().__init__()
        self.encoder = nn.Sequential(
            *block(nn.Conv2d(1, 16, 4, 2, 1, bias=False), 16),
            *block(nn.Conv2d(16, 32, 4, 2, 1, bias=False), 32),
            *block(nn.Conv2d(32, 64, 3, 2, 1, bias=False), 64),
            nn.Flatten(), nn.Linear(1024, m, bias=False), nn.BatchNorm1d(m, affine=False))
        self.decoder = nn.Sequential(
            *block(nn.Linear(m, 1024, bias=False), 1024, flat=True), nn.Unflatten(1, (64, 4, 4)),
            *block(nn.ConvTranspose2d(64, 32, 3, 2, 1, bias=False), 32),
            *block(nn.ConvTranspose2d(32, 16, 4, 2, 1, bias=False), 16),
            nn.ConvTranspose2d(16, 1, 4, 2, 1), nn.Sigmoid())


def schedule(step, steps, warmup=0.05, final=0.01):
    ramp = max(1, round(warmup * steps))
    if step < ramp:
        return (step + 1) / ramp
    t = (step - ramp) / max(1, steps - ramp)
    return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * t))


def set_rate(optimiser, rate):
    for group in optimiser.param_groups:
        group["lr"] = rate


def covariance_loss(z):
    zc = z - z.mean(0)
    s = zc.T @ zc / (len(z) - 1)
    m = s.shape[0]
    return (s.square().sum() - s.diagonal().square().sum()) / (m * (m - 1))


@torch.no_grad()
def autoencoder_loss(model, x):
    z = torch.cat([model.encoder(part) for part in x.split(512)])
    xhat = torch.cat([model.decoder(part) for part in z.split(512)])
    return (F.mse_loss(xhat, x) + 1e-3 * covariance_loss(z)).item()


class Best:
    """The weights with the lowest validation loss."""

    def __init__(self):
        self.lowest, self.state = math.inf, None

    def offer(self, loss, module):
        if loss < self.lowest:
            self.lowest, self.state = loss, copy.deepcopy(module.state_dict())


def train_autoencoder(x, m, epochs, batch=128, channels_last=True, validation=None):
    model = Autoencoder(m)
    best = Best()
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
        x = x.contiguous(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-5, fused=True)
    steps = epochs * math.ceil(len(x) / batch)
    step = 0
    for _ in range(epochs):
        order = torch.randperm(len(x))
        for rows in order.split(batch):
            set_rate(optimiser, 2e-3 * schedule(step, steps))
            xb = x[rows]
            z = model.encoder(xb)
            loss = F.mse_loss(model.decoder(z), xb)
            if len(xb) > m:
                loss = loss + 1e-3 * covariance_loss(z)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            step += 1
        if validation is not None:
            model.eval()
            best.offer(autoencoder_loss(model, validation), model)
            model.train()
    if validation is not None:
        model.load_state_dict(best.state)
    return model


def train_decoder(model, x, validation, epochs, batch=128):
    """Stage 2: the encoder is frozen, so its latents are computed once."""
    model.eval()
    with torch.no_grad():
        z = torch.cat([model.encoder(part) for part in x.split(512)])
        validation_z = torch.cat([model.encoder(part) for part in validation.split(512)])
    decoder, best = model.decoder, Best()
    optimiser = torch.optim.AdamW(decoder.parameters(), lr=1e-3, weight_decay=1e-5, fused=True)
    steps = epochs * math.ceil(len(x) / batch)
    step = 0
    for _ in range(epochs):
        decoder.train()
        for rows in torch.randperm(len(x)).split(batch):
            set_rate(optimiser, 1e-3 * schedule(step, steps))
            loss = F.mse_loss(decoder(z[rows]), x[rows])
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            optimiser.step()
            step += 1
        decoder.eval()
        with torch.no_grad():
            xhat = torch.cat([decoder(part) for part in validation_z.split(512)])
            best.offer(F.mse_loss(xhat, validation).item(), decoder)


class Game:
    """Noise, network and the alternating steps of src/method.md, sections 4 to 6."""

    def __init__(self, phi, nu=4, width=256):
        n = phi.shape[1]
        self.phi, self.n, self.nu = phi, n, nu
        self.mu = phi.mean(0)
        self.sd = phi.std(0)
        self.chol = torch.linalg.cholesky(torch.cov(phi.T.double())).float()
        self.net = nn.Sequential(nn.Linear(n, width), nn.SiLU(inplace=False), nn.Linear(width, width), nn.SiLU(),
                                 nn.Linear(width, 1))
        self.w = torch.full((n,), -4.0, requires_grad=True)
        self.opt_f = torch.optim.AdamW(self.net.parameters(), lr=3e-3, weight_decay=1e-2, fused=True)
        self.opt_w = torch.optim.AdamW([self.w], lr=1e-2, weight_decay=0.0, maximize=True, fused=True)
        var = phi[:, -2:].var(0)
        mean = phi[:, -2:].mean(0)
        self.mean_r, self.sd_r = mean.double(), var.sqrt().double()
        mode = mean * (1 + var / mean**2) ** -1.5
        self.low = torch.special.ndtr(-self.mean_r / self.sd_r)
        self.high = torch.special.ndtr((mode - self.mean_r) / self.sd_r)

    def noise(self, rows, a):
        return self.mu + a * (torch.randn(rows * self.nu, self.n) @ self.chol.T)

    def augment(self, data):
        coin = torch.rand(len(data)) < 0.5
        u = torch.rand(len(data), 2, dtype=torch.float64)
        r = self.mean_r + self.sd_r * torch.special.ndtri(self.low + u * (self.high - self.low))
        data[:, -2:] = torch.where(coin[:, None], r.float(), data[:, -2:])
        return data

    def value(self, data, noise):
        f = self.net((torch.cat([data, noise]) - self.mu) / self.sd).squeeze(1)
        return F.softplus(-f[: len(data)]).mean() + self.nu * F.softplus(f[len(data):]).mean()

    @torch.no_grad()
    def validation_loss(self, validation, artificial, unit_noise):
        a = 1 + F.softplus(self.w)
        whiten = torch.linalg.inv(self.chol.double()).T

        def odds(phi):
            def log_q(scale):
                white = ((phi - self.mu) / scale).double() @ whiten
                return -0.5 * white.square().sum(1) - scale.double().log().sum()
            f = self.net((phi - self.mu) / self.sd).squeeze(1).double()
            return f + log_q(a) - log_q(torch.ones_like(a))

        noise = self.nu * F.softplus(odds(unit_noise)).mean()
        halves = [F.softplus(-odds(rows)).mean() for rows in (validation, artificial)]
        return (noise + sum(halves) / 2).item()

    def step(self, rows, game=True):
        data = self.augment(self.phi[rows])
        with torch.no_grad():
            noise = self.noise(len(rows), 1 + F.softplus(self.w))
        loss = self.value(data, noise)
        self.opt_f.zero_grad(set_to_none=True)
        loss.backward()
        self.opt_f.step()
        if not game:
            return
        self.net.requires_grad_(False)
        a = 1 + F.softplus(self.w)
        anchored = self.mu + a * ((data - self.mu) / a).detach()
        value = self.value(anchored, self.noise(len(rows), a))
        self.opt_w.zero_grad(set_to_none=True)
        value.backward()
        self.opt_w.step()
        self.net.requires_grad_(True)


def train_nce(phi, epochs, batch=256, validation=None):
    game = Game(phi)
    best = Best()
    if validation is not None:
        artificial = game.augment(validation.clone())
        unit_noise = game.noise(len(validation), torch.ones(phi.shape[1]))
    steps = epochs * math.ceil(len(phi) / batch)
    step = 0
    for _ in range(epochs):
        for rows in torch.randperm(len(phi)).split(batch):
            rate = schedule(step, steps)
            set_rate(game.opt_f, 3e-3 * rate)
            set_rate(game.opt_w, 1e-2 * rate)
            game.step(rows)
            step += 1
        if validation is not None:
            best.offer(game.validation_loss(validation, artificial, unit_noise), game.net)


def train_cell(x, phi, m, tenths):
    """A cell of configs/mnist-unimodal.cfg at so many tenths of its epochs; the last tenth of the rows validates."""
    cut = len(x) * 9 // 10
    x = x.contiguous(memory_format=torch.channels_last)
    model = train_autoencoder(x[:cut], m, 4 * tenths, validation=x[cut:])
    train_decoder(model, x[:cut], x[cut:], 3 * tenths // 2)
    for _ in range(3):
        train_nce(phi[:cut], 6 * tenths, validation=phi[cut:])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5400)
    parser.add_argument("--latent", type=int, default=12)
    parser.add_argument("--autoencoder-epochs", type=int, default=2)
    parser.add_argument("--nce-epochs", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cell", type=int, metavar="TENTHS", help="time a whole cell at so many tenths of its epochs")
    parser.add_argument("--device", default="cpu")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_default_device(args.device)
    torch.manual_seed(0)
    torch.set_flush_denormal(True)
    x = torch.rand(args.rows, 1, 28, 28).pow(3)
    phi = torch.randn(args.rows, args.latent + 2)
    phi[:, -2:] = torch.exp(0.3 * torch.randn(args.rows, 2) - 3)
    result = {"torch": torch.__version__, "threads": args.threads}

    def now():
        if args.device != "cpu":
            torch.cuda.synchronize()
        return time.perf_counter()

    if args.cell:
        start = now()
        train_cell(x, phi, args.latent, args.cell)
        print(json.dumps({"cell": now() - start}))
        return

    def rate(function, epochs):
        function(1)
        start = now()
        function(epochs)
        return args.rows * epochs / (now() - start)

    formats = {name: rate(lambda e, last=last: train_autoencoder(x, args.latent, e, channels_last=last),
                          args.autoencoder_epochs) for name, last in (("nchw", False), ("channels_last", True))}
    result["autoencoder_formats"] = formats
    result["autoencoder"] = max(formats.values())
    result["nce"] = rate(lambda e: train_nce(phi, e), args.nce_epochs)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
