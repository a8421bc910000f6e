"""Lesson 5, `digits_to_images`: the preparation step by step, and other steps."""

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.catalogue.digit_shapes import MEANS
from checks.catalogue.resizing import Resize, bilinear
from checks.graph.operation import Array

#: From images to images.
Change = Callable[[Array], Array]
#: The means and deviations that PyTorch's weights expect, of red, green and blue.
TORCH_MEANS, TORCH_DEVIATIONS = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def grey_levels(digits: Array) -> Array:
    """Return digits without a channel axis, as float64."""
    return digits.reshape(digits.shape[:3]).astype(np.float64)


def prepared(
    digits: Array,
    size: int = 224,
    levels: Change | None = None,
    copies: Change | None = None,
    resize: Resize = bilinear,
    whole: Change | None = None,
    colours: Change = lambda images: images - MEANS,
    stored: Change | None = None,
    instead: Callable[[Array, int], Array] | None = None,
    known: dict[Any, Array] | None = None,
) -> Array:
    """Prepare digits with something else in place of some steps.

    Args:
        digits: Grey images.
        size: Height and width of the result.
        levels: A change of the grey levels.
        copies: From grey images to three channels, where these are not the same.
        resize: The resizing of one channel.
        whole: A rounding of the resized images.
        colours: The normalisation.
        stored: What becomes of the result.
        instead: All of it.
        known: Keeps resized images, by how they were made.
    """
    if instead:
        return instead(digits, size)
    known, way = {} if known is None else known, (levels, copies, resize)
    if way not in known:
        grey = levels(grey_levels(digits)) if levels else grey_levels(digits)
        known[way] = _in_colour(grey, size, copies, resize)
    result = colours(whole(known[way]) if whole else known[way])
    return stored(result) if stored else result


def _in_colour(grey: Array, size: int, copies: Change | None, resize: Resize) -> Array:
    if copies is None:
        return np.repeat(resize(grey, size)[..., np.newaxis], 3, axis=-1)
    channels = np.moveaxis(copies(grey), -1, 0)
    return np.stack([resize(channel, size) for channel in channels], axis=-1)


def rounded(values: Array) -> Array:
    """Round, and leave open what float32 may round either way."""
    return np.where(np.abs(values % 1 - 0.5) < 1e-3, np.nan, np.rint(values))


def truncated(values: Array) -> Array:
    """Cut towards zero, and leave open what float32 may cut either way."""
    exact = np.abs(values - np.rint(values)) < 1e-3
    return np.where(exact, np.nan, np.trunc(values))


def in_half_precision(values: Array) -> Array:
    """Round to float16, and leave open what float32 may round either way."""
    below, above = (np.float16(values * factor) for factor in (1 - 1e-6, 1 + 1e-6))
    return np.where(below == above, below.astype(np.float64), np.nan)


def without_signs(whole: Change, before: bool) -> Callable[..., Array]:
    """Subtract whole means from pixels of type uint8, before the images are resized or after."""

    def function(digits: Array, size: int = 224) -> Array:
        grey = grey_levels(digits)
        if before:
            channels = [(grey - mean) % 256 for mean in whole(MEANS)]
            return np.stack([bilinear(channel, size) for channel in channels], axis=-1)
        images = np.repeat(whole(bilinear(grey, size))[..., np.newaxis], 3, axis=-1)
        return np.asarray((images - whole(MEANS)) % 256)

    return function


def cut_up(axis: int, step: int = 1) -> Change:
    """Join three copies along an axis, cut them up by `reshape`, and reverse that if step is −1."""
    return lambda grey: np.concatenate([grey] * 3, axis=axis).reshape(*grey.shape, 3)[..., ::step]


def minus(means: Any, divisor: Any = 1.0, factor: Any = 1.0) -> Change:
    """Subtract other means from pixels that are multiplied by a factor, and divide the result."""
    return lambda images: (factor * images - means) / divisor


def minus_their_own(
    centre: Callable[..., Any], axes: tuple[int, ...], spread: Callable[..., Any] | None = None
) -> Change:
    """Subtract a number of the images themselves along some axes, and divide by another one."""

    def colours(images: Array) -> Array:
        rest = images - centre(images, axes, keepdims=True)
        return np.asarray(rest / spread(images, axes, keepdims=True) if spread else rest)

    return colours
