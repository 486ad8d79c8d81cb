"""Pictures, weights and features of torchvision's ResNet-18 for the tests of `cance extract`.

    python3 resnet18_reference.py golden OUT.json [--real WEIGHTS.safetensors]

makes the golden values that are kept beside this file (needs torch, torchvision, Pillow). The pictures and the weights of
`random:SEED` are functions of counters, so that both sides make the same ones from nothing.
"""
import argparse
import json
import struct

import numpy as np

WEIGHTS, TEST = 2, 12  # purposes of the random streams in src/base/random.hpp
CASES = (((3, 3, 32, 32), 224, False), ((2, 1, 28, 28), 64, False), ((2, 3, 100, 131), 64, True))  # of the golden values
TAPS = ("layer1", "layer2", "layer3", "layer4")


def philox(counter, key):
    """Philox4x32-10 (Salmon et al., SC 2011) of four arrays of words."""
    c = [np.asarray(word, np.uint64) for word in counter]
    low = np.uint64(0xFFFFFFFF)
    k = [int(key[0]), int(key[1])]
    for _ in range(10):
        p0, p1 = np.uint64(0xD2511F53) * c[0], np.uint64(0xCD9E8D57) * c[2]
        c = [(p1 >> np.uint64(32)) ^ c[1] ^ np.uint64(k[0]), p1 & low, (p0 >> np.uint64(32)) ^ c[3] ^ np.uint64(k[1]), p0 & low]
        k = [(k[0] + 0x9E3779B9) & 0xFFFFFFFF, (k[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return c


def uniforms(seed, purpose, step, count):
    """Numbers 0 .. count - 1 of the stream Random(seed, purpose, step)."""
    blocks = np.arange((count + 1) // 2, dtype=np.uint64)
    fixed = [np.full(blocks.size, word, np.uint64) for word in (purpose ^ ((step >> 32) << 8), step & 0xFFFFFFFF)]
    w = philox([blocks & np.uint64(0xFFFFFFFF), blocks >> np.uint64(32), *fixed], [seed & 0xFFFFFFFF, seed >> 32])
    pairs = np.stack([(w[0] << np.uint64(32)) | w[1], (w[2] << np.uint64(32)) | w[3]], 1).ravel()[:count]
    return ((pairs >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52


def convolutions():
    """(name, batch norm, out, in, kernel) in the order of the streams."""
    yield "conv1", "bn1", 64, 3, 7
    before = 64
    for stage, out in enumerate((64, 128, 256, 512), 1):
        for block in (0, 1):
            prefix = f"layer{stage}.{block}."
            yield prefix + "conv1", prefix + "bn1", out, before, 3
            yield prefix + "conv2", prefix + "bn2", out, out, 3
            if before != out:
                yield prefix + "downsample.0", prefix + "downsample.1", out, before, 1
            before = out


def random_weights(seed):
    """The tensors of `--weights random:SEED` by torchvision's names."""
    weights = {}

    def add(name, shape, low, high):
        draws = uniforms(seed, WEIGHTS, len(weights), int(np.prod(shape)))
        weights[name] = (low + (high - low) * draws).astype(np.float32).reshape(shape)

    for conv, norm, out, before, kernel in convolutions():
        bound = np.sqrt(6 / (before * kernel * kernel))
        add(conv + ".weight", (out, before, kernel, kernel), -bound, bound)
        add(norm + ".weight", (out,), 0.5, 1.5)
        add(norm + ".bias", (out,), -0.5, 0.5)
        add(norm + ".running_mean", (out,), -0.5, 0.5)
        add(norm + ".running_var", (out,), 0.5, 1.5)
    return weights


def pictures(rows, channels, height, width, step=0):
    """Pictures with edges, slopes and noise, uint8 (rows, channels, height, width)."""
    noise = uniforms(3, TEST, step, rows * channels * height * width).reshape(rows, channels, height, width)
    y, x = np.mgrid[0:height, 0:width]
    wave = (x * (1 + np.arange(rows))[:, None, None] + 2 * y) % 31 / 31
    return (255 * (0.6 * wave[:, None] + 0.4 * noise)).astype(np.uint8)


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    kinds = {"F32": np.float32, "F64": np.float64, "F16": np.float16}
    return {name: np.frombuffer(data[slice(*entry["data_offsets"])], kinds[entry["dtype"]]).reshape(entry["shape"])
            for name, entry in header.items() if name != "__metadata__"}


def write_safetensors(path, tensors):
    header, at = {}, 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(np.ascontiguousarray(values, "<f4").tobytes())


def network(weights):
    """torchvision's network with these weights; one whose batch norms are folded in gets those that do nothing."""
    import torch
    import torchvision
    model = torchvision.models.resnet18(weights=None).eval()
    state = {name: torch.from_numpy(np.array(values)) for name, values in weights.items()}
    for conv, norm, out, _, _ in convolutions():
        bias = state.pop(conv + ".bias", None)
        if bias is not None:
            one = torch.ones(out)
            state.update({norm + ".weight": one, norm + ".bias": bias, norm + ".running_mean": 0 * one, norm + ".running_var": one - 1e-5})
    unknown = model.load_state_dict(state, strict=False).unexpected_keys
    assert not unknown, unknown
    return model


def features(model, rows, size, files=False):
    """Features by tap of uint8 (rows, c, h, w): torchvision's transforms on Pillow's pictures, then its network in float32. Picture files keep
    their proportions and lose their margins."""
    import torch
    from PIL import Image
    from torchvision import transforms
    resize = [transforms.Resize(size * 256 // 224), transforms.CenterCrop(size)] if files else [transforms.Resize((size, size))]
    prepare = transforms.Compose([*resize, transforms.ToTensor(), transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))])
    rows = np.repeat(rows, 3, 1) if rows.shape[1] == 1 else rows
    with torch.inference_mode():
        x = torch.stack([prepare(Image.fromarray(np.ascontiguousarray(row.transpose(1, 2, 0)))) for row in rows])
        x = model.maxpool(model.relu(model.bn1(model.conv1(x))))
        result = {}
        for tap in TAPS:
            x = getattr(model, tap)(x)
            result[tap] = x.mean((2, 3)).numpy()
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["golden"])
    parser.add_argument("out")
    parser.add_argument("--real", required=True)
    args = parser.parse_args()
    cases = {}
    for name, weights, taps in (("random:7", random_weights(7), TAPS), ("real", read_safetensors(args.real), TAPS[:3])):
        model = network(weights)
        for shape, size, files in CASES:
            found = features(model, pictures(*shape), size, files)
            cases[f"{name} {'x'.join(map(str, shape))} {size}{' files' if files else ''}"] = {tap: [[float(f"{v:.7g}") for v in row] for row in found[tap]] for tap in taps}
    with open(args.out, "w") as file:
        json.dump(cases, file, separators=(",", ":"))


if __name__ == "__main__":
    main()
