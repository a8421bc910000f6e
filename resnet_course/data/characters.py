"""Distorted characters to pretrain on: close to handwritten digits, with nothing to download.

The characters are Latin, Greek and Cyrillic letters and signs in the fonts that come with
matplotlib; there is no digit among them. Each image is drawn in a random font and thickness, bent,
turned, slanted and stretched at random, and then framed as the makers of MNIST framed digits.
"""

from collections.abc import Iterator
from functools import cache

import numpy as np
from PIL import Image, ImageFilter, ImageFont

from resnet_course.augmentation.bending import GRID, nearness
from resnet_course.data.dataset import Dataset
from resnet_course.data.letters import CANVAS, drawn, font_files
from resnet_course.pictures.measures import box

#: One class each. Characters that look alike at one size, such as c and C, are there once.
CHARACTERS = (
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghijlmnqrty"
    "ΓΔΘΛΞΠΣΦΨΩαβγδεζηθλμξπρσφχψω"
    "БДЖЗИЛУЦЧШЫЭЮЯб"
    "&@#%?!$£¥∂∫√∞≈≠±÷"
)

#: Longer side of a drawn character, in pixels.
HEIGHT = 38

#: Height and width of the images, and the longer side of a character in them.
PIXELS, EXTENT = 28, 20


def distorted_characters(images: int, test_images: int = 2000, seed: int = 0) -> Dataset:
    """Draw a data set of distorted characters.

    Args:
        images: Number of training images.
        test_images: Number of test images.
        seed: Seed of the draw.

    Returns:
        The data set: images of 28x28x1, light on dark.
    """
    rng = np.random.default_rng(seed)
    drawings, classes = _drawings()
    x, y = (
        np.concatenate(parts)
        for parts in zip(*_parts(images + test_images, drawings, classes, rng), strict=True)
    )
    return Dataset("characters", x[:images], y[:images], x[images:], y[images:], tuple(CHARACTERS))


def _parts(
    images: int, drawings: np.ndarray, classes: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield images and labels a few hundred at a time."""
    for start in range(0, images, 500):
        chosen = rng.integers(len(drawings), size=min(500, images - start))
        warped = warp(drawings[chosen], rng)
        yield np.stack([framed(image) for image in warped]), classes[chosen]


@cache
def _drawings() -> tuple[np.ndarray, np.ndarray]:
    """Draw every character in every font that has it, in three thicknesses."""
    from matplotlib.ft2font import FT2Font

    drawings, classes = [], []
    for path in font_files():
        known = FT2Font(str(path)).get_charmap()
        font = ImageFont.truetype(path, CANVAS)
        for label, character in enumerate(CHARACTERS):
            if ord(character) in known:
                drawing = drawn(character, font, HEIGHT)
                thicker = [drawing.filter(ImageFilter.MaxFilter(size)) for size in (3, 5)]
                drawings += [np.asarray(each) for each in (drawing, *thicker)]
                classes += [label] * 3
    return np.stack(drawings), np.array(classes, dtype=np.int64)


def warp(
    drawings: np.ndarray,
    rng: np.random.Generator,
    rotation: float = 20.0,
    slant: float = 0.5,
    stretch: float = 0.3,
    bend: float = 4.0,
) -> np.ndarray:
    """Turn, slant, stretch and bend drawings, each in its own way.

    Args:
        drawings: uint8 of shape `(images, side, side)`.
        rng: Source of the changes.
        rotation: Largest turn either way, in degrees.
        slant: Largest slant either way, in pixels a pixel.
        stretch: Largest change of width and height, as a share.
        bend: Largest strength of bending: deviation of the coarse grid's points, in pixels.

    Returns:
        Float32 of the same shape. What moves in is black.

    Source: Simard, Steinkraus and Platt 2003, Best practices for convolutional neural networks
    applied to visual document analysis, section 2, with a grid for their Gaussian smoothing.
    """
    from scipy.ndimage import map_coordinates

    count, side = drawings.shape[:2]

    def uniform(most: float) -> np.ndarray:
        return rng.uniform(-most, most, (count, 1, 1)).astype(np.float32)

    angle, shear = uniform(np.deg2rad(rotation)), uniform(slant)
    tall, wide = np.exp(uniform(np.log1p(stretch))), np.exp(uniform(np.log1p(stretch)))
    y, x = np.meshgrid(*[np.arange(side, dtype=np.float32) - (side - 1) / 2] * 2, indexing="ij")
    bent = _bends(count, side, bend, rng)
    rows = tall * (np.cos(angle) * y - np.sin(angle) * x) + bent[0]
    columns = wide * (np.sin(angle) * y + np.cos(angle) * x) + shear * rows + bent[1]
    places = np.stack([rows, columns], axis=1) + (side - 1) / 2
    return np.stack(
        [
            map_coordinates(drawing, place, np.float32, order=1)
            for drawing, place in zip(drawings, places, strict=True)
        ]
    )


def _bends(count: int, side: int, bend: float, rng: np.random.Generator) -> np.ndarray:
    """Return smooth random displacements of shape `(2, images, side, side)`."""
    smooth = nearness(side).astype(np.float32)
    strength = rng.uniform(0, bend, (1, count, 1, 1)).astype(np.float32)
    coarse = strength * rng.standard_normal((2, count, GRID, GRID)).astype(np.float32)
    return smooth @ coarse @ smooth.T


def framed(drawing: np.ndarray) -> np.ndarray:
    """Frame a drawing as MNIST frames digits: in a box of 20x20, centre of mass in the middle.

    Args:
        drawing: Light on dark, float32 of shape `(height, width)`, from 0 to 255.

    Returns:
        uint8 of shape `(28, 28, 1)`.

    Source: LeCun et al. 1998, Gradient-based learning applied to document recognition, III.A.
    """
    ink = drawing > 60
    if not ink.any():
        return np.zeros((PIXELS, PIXELS, 1), np.uint8)
    top, bottom, left, right = box(ink)
    figure = drawing[top:bottom, left:right]
    scale = EXTENT / max(figure.shape)
    height, width = (max(1, round(scale * side)) for side in figure.shape)
    small = np.asarray(Image.fromarray(figure).resize((width, height), Image.Resampling.BOX))
    mass = small.sum()
    y = (small.sum(axis=1) * np.arange(height)).sum() / mass
    x = (small.sum(axis=0) * np.arange(width)).sum() / mass
    top = int(np.clip(round((PIXELS - 1) / 2 - y), 0, PIXELS - height))
    left = int(np.clip(round((PIXELS - 1) / 2 - x), 0, PIXELS - width))
    image = np.zeros((PIXELS, PIXELS, 1), np.uint8)
    image[top : top + height, left : left + width, 0] = np.clip(small, 0, 255)
    return image
