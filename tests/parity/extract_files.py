"""The files of tests/e2e/extract.sh: makes data and weights, and compares features.

    extract_files.py make FOLDER | golden FILE CASE TAP | same FILE FILE | near FILE FILE LIMIT
"""
import collections
import io
import json
import pathlib
import pickle
import sys
import zipfile

import h5py
import numpy as np

import resnet18_reference as reference

RELATIVE = 1e-4


def write_dataset(path, train, test):
    """Pictures as pixels; lists of bytes as encoded files with names."""
    with h5py.File(path, "w") as file:
        file.attrs.update(schema="cance-dataset", schema_version="1.0", name=path.stem, licence="none")
        file.attrs["complete"] = np.True_
        for key, values in (("class_names", ["a", "b"]), ("column_names", []), ("source_names", []), ("source_sha256", [])):
            file.attrs.create(key, values, shape=(len(values),), dtype=h5py.string_dtype())
        for part, x in (("train", train), ("test", test)):
            if isinstance(x, list):
                file[part + "/encoded"] = np.frombuffer(b"".join(x), np.uint8)
                file[part + "/encoded_offset"] = np.cumsum([0, *map(len, x)])
                file.create_dataset(part + "/name", data=[f"{part}{i}.png" for i in range(len(x))], dtype=h5py.string_dtype())
            else:
                file[part + "/x"] = x
            file[part + "/y"] = (np.arange(len(x)) % 2).astype(np.int32)


def png(pixels):
    from PIL import Image
    file = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0))).save(file, "PNG")
    return file.getvalue()


class Stub:
    """Pickles as a name of torch, or as a call of it."""

    def __init__(self, name, *arguments):
        self.name, self.arguments = name, arguments


class StatePickler(pickle._Pickler):
    """Pickles arrays as torch.save does, each a storage of its own."""
    dispatch = dict(pickle._Pickler.dispatch)

    def save_stub(self, stub):
        if isinstance(stub, Stub):
            self.write(pickle.GLOBAL + stub.name.encode() + b"\n")
            if stub.arguments:
                self.save(stub.arguments)
                self.write(pickle.REDUCE)

    dispatch[Stub] = save_stub

    def persistent_id(self, value):
        return value.identity if isinstance(value, Persistent) else None


class Persistent:
    def __init__(self, key, count):
        self.identity = ("storage", Stub("torch\nFloatStorage"), key, "cpu", count)


def write_pth(path, tensors, extra=None, wrap=lambda state: state):
    """A file of torch.save without torch: a zip of a pickle of wrap(state) and raw numbers."""
    state = collections.OrderedDict()
    with zipfile.ZipFile(path, "w") as archive:
        for i, (name, values) in enumerate(tensors.items()):
            strides = tuple(np.array(values.strides) // 4)
            state[name] = Stub("torch._utils\n_rebuild_tensor_v2", Persistent(str(i), values.size), 0, values.shape, tuple(map(int, strides)),
                               False, collections.OrderedDict())
            archive.writestr(f"archive/data/{i}", np.ascontiguousarray(values, "<f4").tobytes())
        if extra:
            state["extra"] = extra
        with archive.open("archive/data.pkl", "w") as file:
            StatePickler(file, protocol=2).dump(wrap(state))
        archive.writestr("archive/byteorder", "little")


def fold(weights):
    """Batch norms folded into the convolutions, in float64."""
    result = {}
    for conv, norm, *_ in reference.convolutions():
        scale = weights[norm + ".weight"] / np.sqrt(weights[norm + ".running_var"].astype(float) + 1e-5)
        result[conv + ".weight"] = (weights[conv + ".weight"] * scale[:, None, None, None]).astype(np.float32)
        result[conv + ".bias"] = (weights[norm + ".bias"] - weights[norm + ".running_mean"] * scale).astype(np.float32)
    return result


def make(folder):
    folder = pathlib.Path(folder)
    write_dataset(folder / "colour.h5", reference.pictures(3, 3, 32, 32)[:2], reference.pictures(3, 3, 32, 32)[2:])
    write_dataset(folder / "grey.h5", reference.pictures(2, 1, 28, 28)[:1], reference.pictures(2, 1, 28, 28)[1:])
    write_dataset(folder / "long.h5", reference.pictures(50, 3, 16, 16, 1), reference.pictures(9, 3, 16, 16, 2))
    files = [png(picture) for picture in reference.pictures(2, 3, 100, 131)]
    write_dataset(folder / "files.h5", [files[0], files[1][:600]], [files[1]])
    weights = reference.random_weights(7)
    reference.write_safetensors(folder / "random.safetensors", weights)
    write_pth(folder / "random.pth", weights)
    reference.write_safetensors(folder / "folded.safetensors", fold(weights))
    few = {name: weights[name] for name in ("conv1.weight", "bn1.weight")}
    write_pth(folder / "evil.pth", few, Stub("os\nsystem", "touch no.h5"))
    first = {name: values for name, values in weights.items() if name.startswith(("conv1", "bn1", "layer1"))}
    write_pth(folder / "wrapped.pth", {"module." + name: values for name, values in first.items()},
              wrap=lambda state: {"epoch": 3, "best": 0.5, "state_dict": state})
    name = "layer1.0.conv1.weight"
    reference.write_safetensors(folder / "misshapen.safetensors", {**first, name: first[name][:, :, :2]})
    misnamed = dict(first)
    misnamed["conv.weight"] = misnamed.pop("conv1.weight")
    reference.write_safetensors(folder / "misnamed.safetensors", misnamed)


def features(path):
    with h5py.File(path) as file:
        assert file.attrs["complete"] and file["train/x"].dtype == np.float32
        return np.concatenate([file["train/x"], file["test/x"]]), np.concatenate([file["train/y"], file["test/y"]])


def golden(*words):
    """Of each path, case and tap."""
    stored = json.load(open(pathlib.Path(__file__).parent / "resnet18_golden.json"))
    for path, case, tap in zip(words[::3], words[1::3], words[2::3]):
        x, _ = features(path)
        expected = np.array(stored[case][tap])
        wrong = np.abs(x - expected).max() / np.abs(expected).max()
        assert x.shape == expected.shape and wrong <= RELATIVE, f"{path}: {case} {tap}: {wrong:.3g} of the largest feature"
        print(f"{case} {tap}: within {wrong:.1e}")


def same(one, other):
    for a, b in zip(features(one), features(other)):
        assert np.array_equal(a, b), f"{one} and {other} differ by up to {np.abs(a - b).max():.3g}"


def near(one, other, limit):
    a, b = features(one)[0], features(other)[0]
    wrong = np.sqrt(((a - b) ** 2).mean() / (b**2).mean())
    assert 0 < wrong <= float(limit), f"{one} and {other} differ by {wrong:.3g} of the features (root mean square)"


if __name__ == "__main__":
    {"make": make, "golden": golden, "same": same, "near": near}[sys.argv[1]](*sys.argv[2:])
