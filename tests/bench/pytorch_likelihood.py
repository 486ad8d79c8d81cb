"""LSA, VAE and PixelCNN in PyTorch, for pytorch_methods.py: each trains on images and gives stages, seconds, first loss and parameters."""
import math
import sys

import torch
from torch import nn
from torch.nn import functional as F

if "pytorch_methods" not in sys.modules:
    sys.modules["pytorch_methods"] = sys.modules["__main__"]
from pytorch_methods import Start, adam, run_stage  # noqa: E402


class Residual(nn.Module):
    def __init__(self, body, shortcut):
        super().__init__()
        self.body, self.shortcut = body, shortcut

    def forward(self, x):
        return F.leaky_relu(self.body(x) + self.shortcut(x), 0.01, inplace=True)


def norm(width, flat=False, slope=True):
    layer = nn.BatchNorm1d(width) if flat else nn.BatchNorm2d(width)
    return [layer, nn.LeakyReLU(0.01, inplace=True)] if slope else [layer]


def down(i, o):
    return Residual(nn.Sequential(nn.Conv2d(i, o, 3, 2, 1, bias=False), *norm(o), nn.Conv2d(o, o, 3, 1, 1, bias=False), *norm(o, slope=False)),
                    nn.Sequential(nn.Conv2d(i, o, 1, 2, 0, bias=False), *norm(o, slope=False)))


def up(i, o):
    return Residual(nn.Sequential(nn.ConvTranspose2d(i, o, 5, 2, 2, 1, bias=False), *norm(o), nn.Conv2d(o, o, 3, 1, 1, bias=False), *norm(o, slope=False)),
                    nn.Sequential(nn.ConvTranspose2d(i, o, 1, 2, 0, 1, bias=False), *norm(o, slope=False)))


def autoencoder(outputs, latent):
    encoder = nn.Sequential(down(1, 32), down(32, 64), nn.Flatten(), nn.Linear(64 * 49, 64, bias=False), *norm(64, flat=True), nn.Linear(64, outputs))
    decoder = nn.Sequential(nn.Linear(latent, 64, bias=False), *norm(64, flat=True), nn.Linear(64, 64 * 49, bias=False), *norm(64 * 49, flat=True),
                            nn.Unflatten(1, (64, 7, 7)), up(64, 32), up(32, 16), nn.Conv2d(16, 1, 1, bias=False))
    return encoder, decoder


class MaskedLinear(nn.Module):
    """Dense layer from `i` numbers a latent to `o`, which see earlier latents (and their own), in eight parts: little more than what is not masked."""

    def __init__(self, latent, i, o, sees_own, parts=8):
        super().__init__()
        self.parts = nn.ModuleList()
        for part in range(parts):
            first, last = latent * part // parts, latent * (part + 1) // parts
            row = torch.arange(first, last).repeat_interleave(o)[:, None]
            column = torch.arange(last).repeat_interleave(i)
            self.register_buffer(f"mask{part}", (column <= row if sees_own else column < row).float())
            self.parts.append(nn.Linear(last * i, (last - first) * o))

    def forward(self, x):
        return torch.cat([F.linear(x[:, :part.in_features], part.weight * getattr(self, f"mask{k}"), part.bias) for k, part in enumerate(self.parts)], 1)


def lsa(x, place, batch=256, latent=64, bins=100, channels=(1, 32, 32, 32, 32)):
    x, (encoder, decoder) = place(x), map(place, autoencoder(latent, latent))
    layers = [MaskedLinear(latent, i, o, k > 0) for k, (i, o) in enumerate(zip(channels, (*channels[1:], bins)))]
    estimator = nn.Sequential(*[part for layer in layers for part in (layer, nn.LeakyReLU(0.01, inplace=True))][:-1])

    def loss(xb):
        z = torch.sigmoid(encoder(xb))
        error = (decoder(z) - xb).square().sum()
        bin_of = (z.detach() * bins).long().clamp(0, bins - 1)
        logits = estimator(z).view(-1, bins)
        return (error + F.cross_entropy(logits, bin_of.flatten(), reduction="sum")) / len(xb)

    nets = nn.ModuleList([encoder, decoder, estimator])
    size = Start.load(nets)
    return 1, *run_stage(x, batch, adam(nets.parameters(), 1e-4), loss), size


def vae(x, place, batch=256, latent=64, deviation=0.70710678):
    x, (encoder, decoder) = place(x), map(place, autoencoder(2 * latent, latent))
    constant = 28 * 28 / 2 * math.log(2 * math.pi * deviation**2)

    def loss(xb):
        mean, log_variance = encoder(xb).chunk(2, 1)
        z = mean + (log_variance / 2).exp() * torch.randn_like(mean)
        error = (xb - decoder(z)).square().sum() / (2 * deviation**2)
        kl = (mean.square() + log_variance.exp() - log_variance - 1).sum() / 2
        return (error + kl) / len(xb) + constant

    nets = nn.ModuleList([encoder, decoder])
    size = Start.load(nets)
    return 1, *run_stage(x, batch, adam(nets.parameters(), 1e-4), loss), size


class PixelCnn(nn.Module):
    def __init__(self, features=32, layers=5, reach=2, levels=256):
        super().__init__()
        self.reach, f = reach, features
        self.layers = nn.ModuleList()
        for i in [1] + [f] * (layers - 1):  # of the rows above, from there to the row, along the row, out
            self.layers.append(nn.ModuleList([nn.Conv2d(i, 2 * f, (reach + 1, 2 * reach + 1)), nn.Conv2d(2 * f, 2 * f, 1),
                                              nn.Conv2d(i, 2 * f, (1, reach + 1)), nn.Conv2d(f, f, 1)]))
        self.head, self.last = nn.Conv2d(f, f, 1), nn.Conv2d(f, levels, 1)
        mask = torch.ones(2 * f, 1, 1, reach + 1)
        mask[..., -1] = 0
        self.register_buffer("mask", mask)

    def forward(self, x):
        def gate(h):
            a, b = h.chunk(2, 1)
            return torch.tanh(a) * torch.sigmoid(b)
        r = self.reach
        above, along = F.pad(x, (0, 0, 1, -1)), x
        for k, (rows, across, row, out) in enumerate(self.layers):
            seen = rows(F.pad(above, (r, r, r, 0)))
            left = F.pad(along, (r, 0, 0, 0))
            h = F.conv2d(left, row.weight * self.mask, row.bias) if k == 0 else row(left)
            step = out(gate(h + across(seen)))
            along = step if k == 0 else along + step
            above = gate(seen)
        return self.last(F.relu(self.head(F.relu(along, inplace=True)), inplace=True))


def pixelcnn(x, place, batch=64, levels=256):
    x, net = place(x), place(PixelCnn(levels=levels))

    def loss(xb):
        level = (xb * 255).round().clamp(0, 255).long()
        logits = net(2 * level.float() / 255 - 1)
        return F.cross_entropy(logits, level[:, 0], reduction="sum") / len(xb)

    size = Start.load(net)
    return 1, *run_stage(x, batch, adam(net.parameters(), 1e-3), loss), size
