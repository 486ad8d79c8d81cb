"""The corruptions of MNIST-C against what scikit-image makes of the same images (corruption_reference.npz, see
make_corruption_reference.py) and against their parameters.

usage: corruption_parity.py CORRUPTION_TOOL
"""

import pathlib
import subprocess
import sys
import tempfile

try:
    import numpy as np
except ImportError as error:
    print(f"skipped: {error}; launch/setup.sh --with-tests installs it")
    sys.exit(77)

NAMES = ["shot_noise", "impulse_noise", "glass_blur", "motion_blur", "shear", "scale", "rotate", "brightness", "translate", "stripe", "fog",
         "spatter", "dotted_line", "zigzag", "canny_edges"]


def corrupted(tool, images):
    with tempfile.TemporaryDirectory() as folder:
        source, target = pathlib.Path(folder, "in"), pathlib.Path(folder, "out")
        source.write_bytes(images.tobytes())
        subprocess.run([tool, source, target], check=True)
        out = np.frombuffer(target.read_bytes(), np.uint8).reshape(len(NAMES), *images.shape)
    return dict(zip(NAMES, out.astype(int)))


def against_scikit_image(ours, references):
    for name in ("shear", "rotate", "scale", "translate", "canny_edges"):
        candidates = {key: value.astype(int) for key, value in references.items() if key.split(".")[0] == name}
        used = set()
        for number, image in enumerate(ours[name]):
            distance = {key: np.abs(image - value[number]).max() for key, value in candidates.items()}
            best = min(distance, key=distance.get)
            used.add(best)
            assert distance[best] <= 1, f"{name} of image {number}: {distance[best]} levels from scikit-image's {best}"
        assert used == set(candidates), f"{name}: only {used} of {set(candidates)} occur"
        different = sum((ours[name][i] != min((v[i] for v in candidates.values()), key=lambda v: np.abs(v - ours[name][i]).max())).sum()
                        for i in range(len(ours[name])))
        print(f"{name}: as scikit-image ({different} of {ours[name].size} pixels a level off)")


def against_parameters(ours, images, blurred):
    x = images / 255
    n = len(images)
    assert (ours["brightness"] == np.floor(np.minimum(x + 0.5, 1) * 255 + 0.5)).all()
    inverted = images.copy()
    inverted[:, :, :7], inverted[:, :, 21:] = 255 - inverted[:, :, :7], 255 - inverted[:, :, 21:]
    assert (ours["stripe"] == inverted).all()
    shot = ours["shot_noise"]
    assert set(np.unique(shot)) <= {0, 85, 170, 255} and (shot[images == 0] == 0).all()
    # E min(Poisson(3), 3) / 3 = 0.776 of full pixels
    full = shot[images == 255] / 255
    assert abs(full.mean() - 0.776) < 0.03, full.mean()
    changed = ours["impulse_noise"] != images
    black = (ours["impulse_noise"] == 255)[images == 0].mean()
    assert abs(black - 0.085) < 0.01, black
    assert set(np.unique(ours["impulse_noise"][changed])) <= {0, 255}
    # Swaps keep the grains: sum and mean of the blurred image stay, away from it pixels stay dark.
    sums = ours["glass_blur"].sum((1, 2)) / blurred.sum((1, 2))
    assert ((sums > 0.95) & (sums < 1.02)).all(), sums
    assert (np.abs(ours["glass_blur"] - blurred.astype(int)).mean((1, 2)) > 2).all()
    for name, low, high in (("motion_blur", 0.97, 1.03), ("scale", 0.45, 0.53)):  # 0.7 squared is 0.49
        ratio = ours[name].sum((1, 2)) / images.sum((1, 2))
        assert ((ratio > low) & (ratio < high)).all(), (name, ratio)
    fog = ours["fog"] / 255
    assert (fog <= 2 * 0.5 + 1e-9).all() and fog.min() >= 0 and fog.mean() > 0.2 and fog.std(0).mean() > 0.05
    spatter = ours["spatter"]
    mud = (spatter > 50) & (spatter <= 63) & (images == 0)
    assert 0.01 < mud.mean() < 0.4, mud.mean()
    dots = ours["dotted_line"] - images
    assert (dots >= 0).all() and not dots[:, :, np.arange(28) % 4 < 2].any() and (dots.sum((1, 2)) > 0).all()
    zigzag = ours["zigzag"]
    assert (zigzag[images > 0] == 255).all()
    lines = np.where(images > 0, 0, zigzag)
    assert not lines[:, :, :1].any() and not lines[:, :, 26:].any()
    assert set(np.unique(ours["canny_edges"])) == {0, 255}
    print(f"statistics of {n} images are those of the parameters")


def main():
    file = np.load(pathlib.Path(__file__).with_name("corruption_reference.npz"))
    references = {name: file[name] for name in file.files}
    images = references["images"]
    ours = corrupted(sys.argv[1], images)
    against_scikit_image(ours, references)
    against_parameters(ours, images, references["blurred"])
    # An image's corruption depends on its own number alone.
    fewer = corrupted(sys.argv[1], images[:5])
    assert all((fewer[name] == ours[name][:5]).all() for name in NAMES)


main()
