"""Lesson 5, `digits_to_images`: the preparation step by step, and what learners do instead."""

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.catalogue import resizing
from checks.catalogue.digit_shapes import MEANS
from checks.catalogue.resizing import INTERPOLATION, Resize, bilinear, read_as_columns
from checks.graph.operation import Array
from checks.variations import Slip, Variations, alone, table

#: From images to images.
Change = Callable[[Array], Array]
#: The means and deviations that PyTorch's weights expect, of red, green and blue.
_TORCH, _DEVIATIONS = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def _grey(digits: Array) -> Array:
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
    """Prepare digits with something else in the place of some steps.

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
        grey = levels(_grey(digits)) if levels else _grey(digits)
        known[way] = _in_colour(grey, size, copies, resize)
    result = colours(whole(known[way]) if whole else known[way])
    return stored(result) if stored else result


def _in_colour(grey: Array, size: int, copies: Change | None, resize: Resize) -> Array:
    if copies is None:
        return np.repeat(resize(grey, size)[..., np.newaxis], 3, axis=-1)
    channels = np.moveaxis(copies(grey), -1, 0)
    return np.stack([resize(channel, size) for channel in channels], axis=-1)


def _rounded(values: Array) -> Array:
    """Round, and leave open what float32 may round either way."""
    return np.where(np.abs(values % 1 - 0.5) < 1e-3, np.nan, np.rint(values))


def _cut(values: Array) -> Array:
    """Cut towards zero, and leave open what float32 may cut either way."""
    exact = np.abs(values - np.rint(values)) < 1e-3
    return np.where(exact, np.nan, np.trunc(values))


def _in_half_precision(values: Array) -> Array:
    """Round to float16, and leave open what float32 may round either way."""
    below, above = (np.float16(values * factor) for factor in (1 - 1e-6, 1 + 1e-6))
    return np.where(below == above, below.astype(np.float64), np.nan)


def _without_signs(whole: Change, before: bool) -> Callable[..., Array]:
    """Subtract whole means from pixels of type uint8, before the images are resized or after."""

    def function(digits: Array, size: int = 224) -> Array:
        grey = _grey(digits)
        if before:
            channels = [(grey - mean) % 256 for mean in whole(MEANS)]
            return np.stack([bilinear(channel, size) for channel in channels], axis=-1)
        images = np.repeat(whole(bilinear(grey, size))[..., np.newaxis], 3, axis=-1)
        return np.asarray((images - whole(MEANS)) % 256)

    return function


def _cut_up(axis: int, step: int = 1) -> Change:
    """Join three copies along an axis, cut them up by `reshape`, and reverse that if step is −1."""
    return lambda grey: np.concatenate([grey] * 3, axis=axis).reshape(*grey.shape, 3)[..., ::step]


def _minus(means: Any, divisor: Any = 1.0, factor: Any = 1.0) -> Change:
    """Subtract other means from pixels that are multiplied by a factor, and divide the result."""
    return lambda images: (factor * images - means) / divisor


def _minus_their_own(
    centre: Callable[..., Any], axes: tuple[int, ...], spread: Callable[..., Any] | None = None
) -> Change:
    """Subtract a number of the images themselves along some axes, and divide by another one."""

    def colours(images: Array) -> Array:
        rest = images - centre(images, axes, keepdims=True)
        return np.asarray(rest / spread(images, axes, keepdims=True) if spread else rest)

    return colours


_COPIES = (
    "Show one of your images with `plt.imshow`: is it still a digit?",
    "`reshape` keeps the numbers in their order and only breaks it into different rows.",
    "Repeat the grey level along a last axis of its own: "
    "`np.repeat(digits[..., np.newaxis], 3, axis=-1)`.",
)


def _of_means(last: str) -> tuple[str, str, str]:
    return (
        "Take one grey pixel of the value 200 and compute its three numbers by hand.",
        "They are 200 − 103.939, 200 − 116.779 and 200 − 123.68.",
        last,
    )


_STEPS = (
    Slip(
        "The rows of the digits are broken in the wrong places: height and width are swapped in a "
        "`reshape`",
        {"resize": read_as_columns},
        _COPIES,
        "`reshape` keeps the numbers in their order. It does not turn an image on its side.",
    ),
    Slip(
        "The grey levels are inverted",
        {"levels": lambda grey: 255 - grey},
        _of_means("Remove `255 - …`."),
        "Black has become white. The digits come as white on black, and should stay so.",
    ),
    Slip(
        "The grey levels are in one channel only",
        {"copies": lambda grey: np.stack([grey, 0 * grey, 0 * grey], axis=-1)},
        "All three channels hold the same image: `np.repeat(grey, 3, axis=-1)`.",
        "The other two channels are black: a digit in one colour. Grey is the same level in red, "
        "green and blue.",
    ),
    *table(
        "Columns are taken for channels: three copies {}",
        "copies",
        {
            f"{joined} are cut up by `reshape`{reverse}": _cut_up(axis, step)
            for axis, joined in (
                (2, "side by side"),
                (1, "one below the other"),
                (0, "of all images in a row"),
            )
            for step, reverse in ((1, ""), (-1, ", and what comes out is reversed"))
        },
        _COPIES,
        "The last axis of the result holds neighbouring columns in the place of three equal "
        "channels, and the images are scrambled.",
    ),
    *table(
        "The resized images are {}",
        "whole",
        {
            "rounded to whole numbers": _rounded,
            "truncated to whole numbers": _cut,
            "clipped to 0 … 255": lambda images: images.clip(0, 255),
        },
        (
            "Print the `dtype` after every step.",
            "Interpolated grey levels are fractions, and a uint8 holds none.",
            'Call `.astype("float32")` before you resize, and no other conversion after it.',
        ),
    ),
    *table(
        "{}",
        "stored",
        {
            "The result is rounded to whole numbers": _rounded,
            "The result is truncated to whole numbers": _cut,
            "The result is clipped to 0 … 255": lambda result: result.clip(0, 255),
            "The signs of the result are lost": np.abs,
            "The result is in half precision, float16": _in_half_precision,
        },
    ),
)

_INSTEAD = (
    Slip(
        "The new shape is filled with the same numbers over and over, as `np.resize` does",
        {"instead": lambda digits, size: np.resize(digits, (len(digits), size, size, 3)) - MEANS},
        INTERPOLATION,
        "`np.resize` does not know of rows and columns: it repeats the numbers in their order "
        "until the new shape is full. The exercise asks for bilinear interpolation.",
    ),
    *(
        Slip(
            "The means are subtracted while the pixels are unsigned integers",
            {"instead": _without_signs(whole, before)},
            _of_means('Call `.astype("float32")` before anything else.'),
            explanation,
        )
        for whole, before, explanation in (
            (
                np.floor,
                True,
                "A uint8 cannot be negative and holds no fraction: 100 − 103 becomes 253.",
            ),
            (np.floor, False, ""),
            (np.rint, True, ""),
            (np.rint, False, ""),
        )
    ),
)

_ALL, _EACH = (0, 1, 2, 3), (1, 2, 3)

_COLOURS = (
    Slip(
        "Blue and red have each other's mean",
        {"colours": _minus(MEANS[::-1])},
        (
            "Which colour does the backbone expect in its first channel, and which mean belongs "
            "to it?",
            "103.939 is the mean of blue, and blue comes first. Are the channels in that order "
            "when you subtract?",
            "Reverse the channels first, then subtract `[103.939, 116.779, 123.68]`.",
        ),
        "Either the means are in the order of red, green and blue, or the channels are reversed "
        "after the subtraction: on grey digits both give the same numbers. The backbone expects "
        "blue first, minus the mean of blue.",
    ),
    *table(
        "{}",
        "colours",
        {
            "The pixels are divided by 255 before the means are subtracted": (
                _minus(MEANS, factor=1 / 255),
                "Two kinds of normalisation at once. The means are those of pixels from 0 to 255: "
                "every image is nearly the same, about −104, −117 and −124 everywhere.",
            ),
            "The means are subtracted and the result is divided by 255": _minus(MEANS, 255),
            "The pixels are scaled to 0 … 1": _minus(0, 255),
            "The pixels are scaled to −1 … 1": _minus(127.5, 127.5),
            "The pixels are normalised as for PyTorch's weights": _minus(
                _TORCH, _DEVIATIONS, 1 / 255
            ),
            "PyTorch's means are subtracted from pixels of 0 … 1": _minus(_TORCH, factor=1 / 255),
            "The means are divided by 255, and the pixels are not": _minus(MEANS / 255),
            "The result is divided by PyTorch's deviations": _minus(MEANS, 255 * _DEVIATIONS[::-1]),
            "The result is divided by PyTorch's deviations, and red comes first": _minus(
                MEANS, 255 * _DEVIATIONS
            ),
        },
        (
            "In which range were the pixels that the backbone was trained on?",
            "This backbone was trained with pixels of 0 to 255 from which a mean was subtracted.",
            "Leave the pixels in 0 … 255 and subtract the means. What divides them may be the "
            "`preprocess_input` of another network.",
        ),
        "Every backbone needs the normalisation that its own weights were trained with: some take "
        "pixels of 0 … 1, MobileNet and Inception of −1 … 1. This one takes pixels of 0 … 255 "
        "minus means of 0 … 255, without a division.",
    ),
    *table(
        "The means are {}",
        "colours",
        {
            "those of PyTorch's weights, times 255, and red comes first": _minus(255 * _TORCH),
            "those of PyTorch's weights, times 255": _minus(255 * _TORCH[::-1]),
            "104, 117 and 123, not those of the lesson": _minus([104, 117, 123]),
            "104, 117 and 124, not those of the lesson": _minus([104, 117, 124]),
            "103, 116 and 123, not those of the lesson": _minus([103, 116, 123]),
        },
        _of_means("Subtract 103.939, 116.779 and 123.68."),
        "They are nearly right, and not the ones that these weights were trained with.",
    ),
    *table(
        "{}",
        "colours",
        {
            "The means are not subtracted": (
                _minus(0),
                "The backbone was trained on images whose mean is about 0. These are about 110 too "
                "bright: three numbers, one for each channel, are missing.",
            ),
            "The means are added, not subtracted": _minus(-MEANS),
            "The pixels are subtracted from the means": _minus(MEANS, -1),
            "The means are subtracted twice": _minus(2 * MEANS),
            "The means are subtracted twice, and the channels reversed twice": _minus(
                MEANS + MEANS[::-1]
            ),
        },
        _of_means("Subtract the means from the pixels: yourself or by Keras, not both."),
        "The backbone was trained on pixels minus means, whose mean is about 0. `preprocess_input` "
        "of Keras reverses the channels and subtracts the means already.",
    ),
    *table(
        "{}",
        "colours",
        {
            "One mean is subtracted from all channels": _minus(MEANS.mean()),
            **{
                f"{mean:g} is subtracted from all channels": _minus(mean)
                for mean in (127.5, 128.0, *MEANS)
            },
            **{
                f"A mean is subtracted from {words} only": _minus(MEANS * chosen)
                for words, chosen in (
                    ("blue", (1, 0, 0)),
                    ("green", (0, 1, 0)),
                    ("red", (0, 0, 1)),
                    ("blue and green", (1, 1, 0)),
                    ("blue and red", (1, 0, 1)),
                    ("green and red", (0, 1, 1)),
                )
            },
        },
        _of_means("Subtract an array of three numbers from the last axis."),
        "Blue, green and red each have a mean of their own, and all three are subtracted.",
    ),
    *table(
        "{}",
        "colours",
        {
            "The mean of the images themselves is subtracted": _minus_their_own(np.mean, _ALL),
            "The mean of each image is subtracted": _minus_their_own(np.mean, (1, 2)),
            "Each image is standardised by its own mean and standard deviation": (
                _minus_their_own(np.mean, _EACH, np.std)
            ),
            "The images are standardised by their own mean and standard deviation": (
                _minus_their_own(np.mean, _ALL, np.std)
            ),
            "Each image is stretched to 0 … 1 by its smallest and largest grey level": (
                _minus_their_own(np.min, _EACH, np.ptp)
            ),
            "The images are stretched to 0 … 1 by their smallest and largest grey level": (
                _minus_their_own(np.min, _ALL, np.ptp)
            ),
        },
        _of_means("Subtract 103.939, 116.779 and 123.68, without a division."),
        "The backbone was trained on images from which the means of ImageNet were subtracted, the "
        "same for all images, and nothing was divided.",
    ),
    Slip(
        "The channels are multiplied by luma weights",
        {"colours": _minus(MEANS, factor=np.array([0.114, 0.587, 0.299]))},
    ),
)

VARIATIONS = Variations(
    prepared,
    (*resizing.SLIPS, *_STEPS, *_COLOURS, *alone(*_INSTEAD)),
    "lesson 5, “What the backbone expects”",
    (
        "Take one digit of 3×3 pixels and compute one of its new pixels by hand.",
        "Which line of yours does this? Print what it gives.",
    ),
    together=3,
    material=lambda **arguments: {**arguments, "known": {}},
)
