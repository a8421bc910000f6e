"""Lesson 5, `digits_to_images`: what learners do in place of the steps."""

import numpy as np

from checks.catalogue import resizing
from checks.catalogue.digit_shapes import MEANS
from checks.catalogue.digit_steps import (
    TORCH_DEVIATIONS,
    TORCH_MEANS,
    cut_up,
    in_half_precision,
    minus,
    minus_their_own,
    prepared,
    rounded,
    truncated,
    without_signs,
)
from checks.catalogue.resizing import INTERPOLATION, read_as_columns
from checks.variations import Slip, Variations, alone, table

_COPIES = (
    "Show one of your images with `plt.imshow`: is it still a digit?",
    "`reshape` keeps the numbers in their order and only breaks them into different rows.",
    "Repeat the grey level along a new last axis: `np.repeat(digits[..., np.newaxis], 3, "
    "axis=-1)`.",
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
        "`reshape` keeps the numbers in their order and breaks them into rows of another length. "
        "It does not turn an image on its side, but scrambles it.",
    ),
    Slip(
        "The grey levels are inverted",
        {"levels": lambda grey: 255 - grey},
        _of_means("Remove `255 - …`."),
        "Black has become white. The digits are white on black, and should stay that way.",
    ),
    Slip(
        "The grey levels are in one channel only",
        {"copies": lambda grey: np.stack([grey, 0 * grey, 0 * grey], axis=-1)},
        "All three channels hold the same image: `np.repeat(grey, 3, axis=-1)`.",
        "The other two channels are black, so the digits have a colour. Grey is the same level in "
        "red, green and blue.",
    ),
    *table(
        "Columns are taken for channels: three copies {}",
        "copies",
        {
            f"{joined} are cut up by `reshape`{reverse}": cut_up(axis, step)
            for axis, joined in (
                (2, "side by side"),
                (1, "one below the other"),
                (0, "of all images in a row"),
            )
            for step, reverse in ((1, ""), (-1, ", and what comes out is reversed"))
        },
        _COPIES,
        "The last axis of the result holds neighbouring columns in place of three equal "
        "channels, and the images are scrambled.",
    ),
    *table(
        "The resized images are {}",
        "whole",
        {
            "rounded to whole numbers": rounded,
            "truncated to whole numbers": truncated,
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
            "The result is rounded to whole numbers": rounded,
            "The result is truncated to whole numbers": truncated,
            "The result is clipped to 0 … 255": lambda result: result.clip(0, 255),
            "The signs of the result are lost": np.abs,
            "The result is in half precision, float16": in_half_precision,
        },
    ),
)

_INSTEAD = (
    Slip(
        "The new shape is filled with the same numbers over and over, as `np.resize` does",
        {"instead": lambda digits, size: np.resize(digits, (len(digits), size, size, 3)) - MEANS},
        INTERPOLATION,
        "`np.resize` knows nothing of rows and columns: it repeats the numbers in their order "
        "until the new shape is full. The exercise asks for bilinear interpolation.",
    ),
    *(
        Slip(
            "The means are subtracted while the pixels are unsigned integers",
            {"instead": without_signs(whole, before)},
            _of_means('Call `.astype("float32")` before anything else.'),
            explanation,
        )
        for whole, before, explanation in (
            (
                np.floor,
                True,
                "A uint8 cannot be negative and holds no fractions: 100 − 103 becomes 253.",
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
        {"colours": minus(MEANS[::-1])},
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
                minus(MEANS, factor=1 / 255),
                "These are two kinds of normalisation at once. The means are those of pixels from "
                "0 to 255, so after the division every image is nearly the same: about −104, −117 "
                "and −124 everywhere.",
            ),
            "The means are subtracted and the result is divided by 255": minus(MEANS, 255),
            "The pixels are scaled to 0 … 1": minus(0, 255),
            "The pixels are scaled to −1 … 1": minus(127.5, 127.5),
            "The pixels are normalised as for PyTorch's weights": minus(
                TORCH_MEANS, TORCH_DEVIATIONS, 1 / 255
            ),
            "PyTorch's means are subtracted from pixels of 0 … 1": minus(
                TORCH_MEANS, factor=1 / 255
            ),
            "The means are divided by 255, and the pixels are not": (
                minus(MEANS / 255),
                "Pixels of 0 … 255 are hardly changed by means below 1. This backbone takes pixels "
                "of 0 … 255 minus means of 0 … 255, without a division.",
            ),
            "The result is divided by PyTorch's deviations": minus(
                MEANS, 255 * TORCH_DEVIATIONS[::-1]
            ),
            "The result is divided by PyTorch's deviations, and red comes first": minus(
                MEANS, 255 * TORCH_DEVIATIONS
            ),
        },
        (
            "In which range were the pixels that the backbone was trained on?",
            "This backbone was trained with pixels of 0 to 255 from which a mean was subtracted.",
            "Leave the pixels in 0 … 255 and subtract the means. What divides them may be the "
            "`preprocess_input` of another network.",
        ),
        "Every backbone needs the normalisation that its own weights were trained with. This one "
        "takes pixels of 0 … 255 minus means of 0 … 255, without a division.",
    ),
    *table(
        "The means are {}",
        "colours",
        {
            "those of PyTorch's weights, times 255, and red comes first": minus(255 * TORCH_MEANS),
            "those of PyTorch's weights, times 255": minus(255 * TORCH_MEANS[::-1]),
            "104, 117 and 123, not those of the lesson": minus([104, 117, 123]),
            "104, 117 and 124, not those of the lesson": minus([104, 117, 124]),
            "103, 116 and 123, not those of the lesson": minus([103, 116, 123]),
        },
        _of_means("Subtract 103.939, 116.779 and 123.68."),
        "These means are nearly right, but the weights were trained with others: 103.939, 116.779 "
        "and 123.68.",
    ),
    *table(
        "{}",
        "colours",
        {
            "The means are not subtracted": (
                minus(0),
                "The backbone was trained on images whose mean is about 0. These are too bright "
                "by 104 to 124, the three means that should be subtracted from the channels.",
            ),
            "The means are added, not subtracted": (
                minus(-MEANS),
                "The backbone was trained on pixels minus means, whose mean is about 0. With the "
                "means added, every number is too large by 208 to 247.",
            ),
            "The pixels are subtracted from the means": (
                minus(MEANS, -1),
                "The backbone was trained on pixels minus means. Every sign is wrong: bright "
                "pixels come out as dark ones.",
            ),
            "The means are subtracted twice": minus(2 * MEANS),
            "The means are subtracted twice, and the channels reversed twice": minus(
                MEANS + MEANS[::-1]
            ),
        },
        _of_means("Subtract the means from the pixels: yourself or by Keras, not both."),
        "`preprocess_input` of Keras reverses the channels and subtracts the means already. The "
        "backbone was trained on pixels from which the means were subtracted once.",
    ),
    *table(
        "{}",
        "colours",
        {
            "One mean is subtracted from all channels": minus(MEANS.mean()),
            **{
                f"{mean:g} is subtracted from all channels": minus(mean)
                for mean in (127.5, 128.0, *MEANS)
            },
            **{
                f"A mean is subtracted from {words} only": minus(MEANS * chosen)
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
        "Blue, green and red each have another mean, and all three should be subtracted.",
    ),
    *table(
        "{}",
        "colours",
        {
            "The mean of the images themselves is subtracted": minus_their_own(np.mean, _ALL),
            "The mean of each image is subtracted": minus_their_own(np.mean, (1, 2)),
            "Each image is standardised by its own mean and standard deviation": (
                minus_their_own(np.mean, _EACH, np.std)
            ),
            "The images are standardised by their own mean and standard deviation": (
                minus_their_own(np.mean, _ALL, np.std)
            ),
            "Each image is stretched to 0 … 1 by its smallest and largest grey level": (
                minus_their_own(np.min, _EACH, np.ptp)
            ),
            "The images are stretched to 0 … 1 by their smallest and largest grey level": (
                minus_their_own(np.min, _ALL, np.ptp)
            ),
        },
        _of_means("Subtract 103.939, 116.779 and 123.68, without a division."),
        "The backbone was trained on images from which the means of ImageNet were subtracted, the "
        "same three for all images, and which were not divided by anything.",
    ),
    Slip(
        "The channels are multiplied by luma weights",
        {"colours": minus(MEANS, factor=np.array([0.114, 0.587, 0.299]))},
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
