"""A picture of a dataset file of images: a row for each class, its first images of the test part from left to right.

usage: contact_sheet.py DATASET.h5 OUT.png [--images 12] [--zoom 2]     (needs h5py, numpy and pillow)
"""

import argparse

import h5py
import numpy as np
from PIL import Image, ImageDraw

NAMES_WIDTH = 96


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset")
    parser.add_argument("out")
    parser.add_argument("--images", type=int, default=12)
    parser.add_argument("--zoom", type=int, default=2)
    options = parser.parse_args()
    with h5py.File(options.dataset) as file:
        names = [str(name) for name in np.atleast_1d(file.attrs["class_names"])]
        labels = file["test/y"][:]
        x = file["test/x"]
        channels, height, width = (*x.shape[1:],)
        size = (width * options.zoom + 2, height * options.zoom + 2)
        sheet = Image.new("RGB", (NAMES_WIDTH + options.images * size[0], len(names) * size[1]), "white")
        draw = ImageDraw.Draw(sheet)
        for row, name in enumerate(names):
            draw.text((4, row * size[1] + size[1] // 2 - 6), name, fill="black")
            for column, index in enumerate(np.flatnonzero(labels == row)[: options.images]):
                pixels = x[index].transpose(1, 2, 0)
                image = Image.fromarray(pixels[..., 0] if channels == 1 else pixels)
                image = image.resize((width * options.zoom, height * options.zoom), Image.Resampling.NEAREST)
                sheet.paste(image, (NAMES_WIDTH + column * size[0], row * size[1]))
    sheet.save(options.out, optimize=True)


main()
