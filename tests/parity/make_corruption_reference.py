"""Makes corruption_reference.npz: 24 test images of MNIST under what is deterministic in the corruptions of MNIST-C, by scikit-image.

usage: make_corruption_reference.py DATASET.h5 OUT.npz     (pip install scikit-image h5py; DATASET.h5 of `cance prep mnist`)
For a corruption with a random direction there is an array for each direction.
"""

import sys

import h5py
import numpy as np
from skimage import feature, filters, transform


def warped(image, matrix, shift=(0, 0)):
    """Inverse map about (13.5, 13.5), as the published code has it."""
    matrix = np.array([[*matrix[0], 0], [*matrix[1], 0], [0, 0, 1]], float)
    for row in (0, 1):
        matrix[row, 2] = 13.5 * (1 - matrix[row, 0] - matrix[row, 1]) + shift[row]
    return transform.warp(image, inverse_map=transform.AffineTransform(matrix=matrix))


def bytes_of(image):
    return np.floor(np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8)


def main():
    with h5py.File(sys.argv[1]) as file:
        images = file["test/x"][:24, 0]
    references = {"images": images}
    for angle in (0.4, -0.4):
        sin, cos = np.sin(angle), np.cos(angle)
        references[f"shear.{angle}"] = [warped(x / 255, [[1, -sin], [0, cos]]) for x in images]
        references[f"rotate.{angle}"] = [warped(x / 255, [[cos, -sin], [sin, cos]]) for x in images]
    references["scale"] = [warped(x / 255, [[1 / 0.7, 0], [0, 1 / 0.7]]) for x in images]
    for right in (3, -3):
        for down in (3, -3):
            references[f"translate.{right}.{down}"] = [warped(x / 255, [[1, 0], [0, 1]], (right, down)) for x in images]
    references["canny_edges"] = [feature.canny(x / 255) for x in images]
    references["blurred"] = [filters.gaussian(x / 255, sigma=0.7) for x in images]
    arrays = {name: value if name == "images" else np.stack([bytes_of(x) for x in value]) for name, value in references.items()}
    np.savez_compressed(sys.argv[2], **arrays)


main()
