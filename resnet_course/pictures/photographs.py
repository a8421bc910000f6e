"""Tells photographs from line drawings: a mirrored cat is a cat, a mirrored digit no digit."""

import numpy as np
from PIL import Image, ImageFilter

from resnet_course.pictures.framing import find_figure, sides
from resnet_course.pictures.paper import border

#: Images that are looked at, at most.
SAMPLE = 200

#: Largest difference between the channels of a pixel that is grey, of 255.
GREY = 8

#: Largest difference from its colour that a plain ground may have, of 255.
UNEVEN = 32

#: Share of an image that its ground takes, at least, where lines are drawn on it.
GROUND = 0.45

#: Side of the largest square that fits into a line, at most, by the longer side of the figure.
SQUARE = 0.35


def are_photographs(images: np.ndarray) -> bool:
    """Tell whether images are photographs: in colour, and no line drawings.

    Args:
        images: uint8 of shape `(images, height, width, channels)`.

    Returns:
        Whether some are in colour, and most of them are no thin lines on a plain ground.
    """
    if images.shape[-1] != 3:
        return False
    sample = images[:: max(1, len(images) // SAMPLE)]
    if is_grey(sample):
        return False
    return float(np.mean([_is_line_drawing(image) for image in sample])) < 0.5


def is_grey(levels: np.ndarray) -> bool:
    """Return whether colours are grey, or nearly so.

    Args:
        levels: Of red, green and blue, uint8 of shape `(…, 3)`.
    """
    return bool(np.ptp(levels, axis=-1).max() <= GREY)


def _is_line_drawing(image: np.ndarray) -> bool:
    ground = np.median(border(image), axis=0)
    difference = np.abs(image.astype(np.int16) - ground).max(axis=-1)
    if np.mean(difference <= UNEVEN) < GROUND:
        return False
    clearest = int(np.ptp(image, axis=(0, 1)).argmax())
    ink, _ = find_figure(image[..., clearest])
    return bool(ink.any()) and not _has_a_square(ink)


def _has_a_square(ink: np.ndarray) -> bool:
    """Return whether a figure is so thick somewhere that a large square fits into it."""
    square = 2 * int(SQUARE * max(sides(ink)) / 2) + 1
    mask = Image.fromarray(np.pad(ink > 0.5, 1).astype(np.uint8))
    return bool(np.asarray(mask.filter(ImageFilter.MinFilter(square))).any())
