"""`cance extract` against torchvision on the spot, at every tap: python extract_parity.py FOLDER-OF-PROGRAMS DATA-ROOT

Pictures larger and smaller than the network's, of CIFAR-10, grey, and as files; weights as torch.save writes them. Needs torch, torchvision,
Pillow, h5py; the Python that runs this is that of CANCE_TORCH_PYTHON. The golden values that are kept are a part of this.
"""
import pathlib
import subprocess
import sys
import tempfile

try:
    import h5py
    import numpy as np
    import PIL
    import torch
    import torchvision  # noqa: F401

    import extract_files
    import resnet18_reference as reference
except ImportError as error:
    print(f"skipped: parity.extract needs torchvision ({error}); name a Python that has it in CANCE_TORCH_PYTHON")
    sys.exit(77)
if int(PIL.__version__.split(".")[0]) > 12:
    print("skipped: parity.extract needs Pillow 12: 13 resizes some shapes in another order (src/image/resize.hpp)")
    sys.exit(77)

RELATIVE = 1e-4


def compare(what, found, expected):
    wrong = np.abs(found - expected).max() / np.abs(expected).max()
    each = np.abs(found - expected) <= RELATIVE * np.abs(expected) + 1e-5 * np.abs(expected).max()
    print(f"{what}: within {wrong:.1e} of the largest")
    assert wrong <= RELATIVE and each.all(), f"{what}: {(~each).sum()} of {each.size} numbers differ"


def real_pictures(data_root):
    """Twelve of CIFAR-10, when it is there."""
    import tarfile
    path = data_root / "cifar10" / "cifar-10-binary-train.tar.xz"
    if not path.exists():
        return None
    with tarfile.open(path) as archive:
        member = next(m for m in archive if m.name.endswith(".bin"))
        return np.frombuffer(archive.extractfile(member).read(12 * 3073), np.uint8).reshape(12, 3073)[:, 1:].reshape(12, 3, 32, 32)


def main():
    programs, data_root = map(pathlib.Path, sys.argv[1:3])
    sets = {"colour": reference.pictures(5, 3, 32, 32), "grey": reference.pictures(3, 1, 28, 28), "large": reference.pictures(3, 3, 240, 230),
            "files": reference.pictures(3, 3, 300, 261)}
    cifar = real_pictures(data_root)
    if cifar is not None:
        sets["cifar10"] = cifar
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        random = reference.network(reference.random_weights(11))
        torch.save(random.state_dict(), folder / "random.pth")
        weights = [(random, folder / "random.pth", reference.TAPS)]
        real = data_root / "resnet18-imagenet-layer3" / "resnet18-imagenet-to-layer3.safetensors"
        if real.exists():
            weights.append((reference.network(reference.read_safetensors(real)), real, reference.TAPS[:3]))
        for label, pictures in sets.items():
            files = label == "files"
            rows = [extract_files.png(picture) for picture in pictures] if files else pictures
            extract_files.write_dataset(folder / "data.h5", rows[1:], rows[:1])
            for model, path, taps in weights:
                expected = reference.features(model, pictures, 224, files)
                for tap in taps:
                    subprocess.run([programs / "cance", "extract", "--quiet", "--data", folder / "data.h5", "--weights", path, "--tap", tap,
                                    "--out", folder / "features.h5"], check=True)
                    with h5py.File(folder / "features.h5") as file:
                        compare(f"{label}, {path.name}, {tap}", np.concatenate([file["test/x"], file["train/x"]]), expected[tap])


if __name__ == "__main__":
    main()
