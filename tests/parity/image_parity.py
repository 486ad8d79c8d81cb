"""The image layer against Pillow: pixels of decoded files, of resized and of cropped pictures.

usage: image_parity.py IMAGE_TOOL [--speed]     (--speed also prints images a second of both, on one core)
"""

import pathlib
import subprocess
import sys
import tempfile
import time

try:
    import numpy as np
    from PIL import Image
except ImportError as error:
    print(f"skipped: {error}; launch/setup.sh --with-tests installs it")
    sys.exit(77)

SIZES = [(1, 1), (1, 7), (7, 1), (2, 2), (3, 5), (28, 28), (32, 32), (31, 47), (64, 48), (100, 99), (224, 224),
         (255, 257), (375, 500), (500, 333)]
TARGETS = [(1, 1), (1, 9), (9, 1), (2, 3), (28, 28), (32, 32), (33, 17), (64, 64), (224, 224), (256, 341)]
CROPS = [((32, 32), 224, 224), ((32, 32), 256, 224), ((375, 500), 256, 224), ((500, 375), 256, 224), ((333, 500), 256, 224),
         ((301, 300), 256, 225), ((256, 256), 256, 256), ((1, 5), 8, 8), ((1024, 1024), 256, 224), ((257, 511), 64, 63)]


def picture(height, width, channels, seed):
    """Noise over a ramp, so that both smooth and hard edges occur."""
    random = np.random.default_rng(seed)
    ramp = np.add.outer(np.linspace(0, 160, height), np.linspace(0, 95, width))
    noise = random.integers(0, 256, (height, width, channels))
    pixels = np.where(random.random((height, width, channels)) < 0.5, noise, ramp[..., None]).astype(np.uint8)
    return Image.fromarray(pixels[..., 0] if channels == 1 else pixels)


def torchvision_crop(image, shorter, crop):
    """Resize(shorter) and CenterCrop(crop) of torchvision on a Pillow image."""
    width, height = image.size
    if width <= height:
        size = (shorter, int(shorter * height / width))
    else:
        size = (int(shorter * width / height), shorter)
    image = image.resize(size, Image.Resampling.BILINEAR)
    top, left = (int(round((side - crop) / 2.0)) for side in (size[1], size[0]))
    return image.crop((left, top, left + crop, top + crop))


class Cases:
    def __init__(self, folder):
        self.folder, self.commands, self.expected = folder, [], []
        self.files = 0

    def save(self, image, ending, **options):
        path = self.folder / f"{self.files}.{ending}"
        self.files += 1
        image.save(path, **options)
        return path

    def add(self, command, path, expected, *numbers):
        out = self.folder / f"out{len(self.commands)}"
        self.commands.append(" ".join(map(str, [command, path, out, *numbers])))
        self.expected.append((out, np.asarray(expected)))

    def compare(self, tool, most, share):
        """Runs all commands; levels may differ by `most`, in no more than `share` of the pixels of all."""
        subprocess.run([tool], input="\n".join(self.commands), text=True, check=True)
        worst, different, total = 0, 0, 0
        for (out, expected), command in zip(self.expected, self.commands):
            head, pixels = out.read_bytes().split(b"\n", 1)
            channels, height, width = map(int, head.split())
            ours = np.frombuffer(pixels, np.uint8).reshape(height, width, channels)
            if expected.ndim == 2:
                expected = expected[..., None]
            assert ours.shape == expected.shape, f"{command}: {ours.shape}, Pillow has {expected.shape}"
            difference = np.abs(ours.astype(int) - expected)
            assert difference.max() <= most, f"{command}: {difference.max()} levels from Pillow"
            worst = max(worst, difference.max())
            different += np.count_nonzero(difference)
            total += difference.size
        assert different <= share * total, f"{different} of {total} pixels differ"
        print(f"{len(self.commands)} pictures, {total} values: largest difference {worst} levels, {different} values differ")


def decoded(folder):
    cases = Cases(folder)
    for number, (height, width) in enumerate(SIZES):
        grey, colour = picture(height, width, 1, number), picture(height, width, 3, number)
        for image in (grey, colour):
            for options in ({"quality": 90}, {"quality": 40, "progressive": True}):
                path = cases.save(image, "jpg", **options)
                cases.add("decode", path, Image.open(path))
            path = cases.save(image, "png")
            cases.add("decode", path, image)
        for subsampling in (0, 1, 2):
            path = cases.save(colour, "jpg", quality=85, subsampling=subsampling)
            cases.add("decode", path, Image.open(path))
        alpha = Image.fromarray(np.asarray(grey) // 2 + 40)
        for image in (Image.merge("RGBA", (*colour.split(), alpha)), colour.quantize(13), Image.merge("LA", (grey, alpha))):
            path = cases.save(image, "png")
            mode = "L" if image.mode == "LA" else "RGB"
            cases.add("decode", path, Image.open(path).convert(mode))
        bits = grey.convert("1")
        cases.add("decode", cases.save(bits, "png"), bits.convert("L"))
    deep = np.random.default_rng(5).integers(0, 65536, (20, 30)).astype(np.uint16)
    cases.add("decode", cases.save(Image.fromarray(deep), "png"), (deep >> 8).astype(np.uint8))
    turned = Image.Exif()
    turned[0x0112] = 6  # on its side, which Image.open leaves as it is
    path = cases.save(picture(20, 30, 3, 1), "jpg", exif=turned)
    cases.add("decode", path, Image.open(path))
    return cases


def resized(folder):
    cases = Cases(folder)
    for number, (height, width) in enumerate(SIZES):
        for channels in (1, 3):
            image = picture(height, width, channels, number)
            path = cases.save(image, "png")
            for rows, columns in TARGETS:
                cases.add("resize", path, image.resize((columns, rows), Image.Resampling.BILINEAR), rows, columns)
    for (height, width), shorter, crop in CROPS:
        for channels in (1, 3):
            image = picture(height, width, channels, shorter)
            cases.add("crop", cases.save(image, "png"), torchvision_crop(image, shorter, crop), shorter, crop)
    return cases


def speed(tool, folder):
    for (height, width), shorter, crop in (((32, 32), 224, 224), ((375, 500), 256, 224)):
        image = picture(height, width, 3, 0)
        image.save(folder / "speed.png")
        start, count = time.perf_counter(), 2000
        for _ in range(count):
            torchvision_crop(image, shorter, crop)
        pillow = count / (time.perf_counter() - start)
        ours = subprocess.run([tool], input=f"time {folder}/speed.png {count} {shorter} {crop}", text=True, check=True,
                              capture_output=True).stdout.strip()
        print(f"{width} x {height} -> {shorter}, crop {crop}: {ours} images/s, Pillow {pillow:.0f}")


def main():
    tool = sys.argv[1]
    for cases, most, share in ((decoded, 1, 0.001), (resized, 0, 0)):
        with tempfile.TemporaryDirectory() as folder:
            cases(pathlib.Path(folder)).compare(tool, most, share)
    if "--speed" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            speed(tool, pathlib.Path(folder))


main()
