"""Lesson 5: `digits_to_images`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checks.case import Case
from checks.catalogue import digit_shapes, resizing
from checks.catalogue.digit_shapes import MEANS
from checks.catalogue.resizing import Resize, bilinear
from checks.exercise import NumericExercise
from checks.graph.operations import Array
from checks.mistakes import Mistake
from checks.variations import Slip, Variations

_PREPARATION = "lesson 5, “What the backbone expects”"


#: The means and deviations that PyTorch's weights expect, of red, green and blue.
_TORCH = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def digits_to_images(digits: Array, size: int = 224) -> Array:
    """Compute the reference: grey to colour, bilinear resizing, BGR minus the means."""
    return _prepared(digits, size)


def _grey(digits: Array) -> Array:
    return digits.reshape(digits.shape[:3]).astype(np.float64)


def _prepared(
    digits: Array,
    size: int = 224,
    levels: Callable[[Array], Array] | None = None,
    copies: Callable[[Array], Array] | None = None,
    resize: Resize = bilinear,
    whole: Callable[[Array], Array] | None = None,
    colours: Callable[[Array], Array] = lambda images: images - MEANS,
    stored: Callable[[Array], Array] | None = None,
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


def _in_colour(
    grey: Array, size: int, copies: Callable[[Array], Array] | None, resize: Resize
) -> Array:
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


def _without_signs(whole: Callable[[Array], Array], before: bool) -> Callable[..., Array]:
    """Subtract whole means from pixels of type uint8, before the images are resized or after."""

    def function(digits: Array, size: int = 224) -> Array:
        grey = _grey(digits)
        if before:
            channels = [(grey - mean) % 256 for mean in whole(MEANS)]
            return np.stack([bilinear(channel, size) for channel in channels], axis=-1)
        images = np.repeat(whole(bilinear(grey, size))[..., np.newaxis], 3, axis=-1)
        return np.asarray((images - whole(MEANS)) % 256)

    return function


def _cut_up(axis: int, step: int) -> Callable[[Array], Array]:
    """Join three copies of the images along an axis, and cut them up again by `reshape`.

    Args:
        axis: The axis.
        step: −1 where the channels are then reversed, else 1.
    """
    return lambda grey: np.concatenate([grey] * 3, axis=axis).reshape(*grey.shape, 3)[..., ::step]


def _standardised(axes: tuple[int, ...]) -> Callable[[Array], Array]:
    def colours(images: Array) -> Array:
        deviation = images.std(axes, keepdims=True)
        return np.asarray((images - images.mean(axes, keepdims=True)) / deviation)

    return colours


def _stretched(axes: tuple[int, ...]) -> Callable[[Array], Array]:
    def colours(images: Array) -> Array:
        lowest, highest = images.min(axes, keepdims=True), images.max(axes, keepdims=True)
        return np.asarray((images - lowest) / (highest - lowest))

    return colours


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    # All lengths are odd, so that no interpolated value lies exactly between two whole numbers.
    def digits(images: int, channel_axis: bool) -> NDArray[np.uint8]:
        sides = (int(each) for each in generator.choice([5, 7, 9, 11], 2, replace=False))
        shape = (images, *sides, *(1,) * channel_axis)
        return np.asarray(generator.integers(0, 256, shape, dtype=np.uint8))

    def stripes() -> NDArray[np.uint8]:
        # Odd differences between seven columns: nothing lies halfway, as above.
        row = 2 * generator.integers(0, 128, 7) + np.arange(7) % 2
        return np.broadcast_to(row.astype(np.uint8), (1, 9, 7)).copy()

    def case(covers: str, size: int, channel_axis: bool) -> Case:
        return Case(covers, {"digits": digits(2, channel_axis), "size": size})

    cases = [
        case("first call", 13, False),
        case("digits with a channel axis", 17, True),
        case("other sizes", 23, False),
        case("smaller images", 3, False),
        Case("a single image", {"digits": digits(1, False), "size": 15}),
        Case("the size left out", {"digits": stripes()}),
    ]
    return [*cases, case("smaller images", 3, True)] if grading else cases


@dataclass(frozen=True)
class _Change:
    """Something else in the place of a step.

    Attributes:
        title: What was done.
        part: The step.
        value: What stands in its place.
        explanation: What is wrong with it; nothing where the title says it all.
        hints: From a nudge to nearly the answer.
    """

    title: str
    part: str
    value: Any
    explanation: str = ""
    hints: tuple[str, str, str] = (
        "Take one digit of 3×3 pixels and compute one of its new pixels by hand.",
        "Which line of yours does this? Print what it gives.",
        "Compare that line with the docstring.",
    )


_SCALES = (
    "In which range were the pixels that the backbone was trained on?",
    "This backbone was trained with pixels of 0 to 255 from which a mean was subtracted.",
    "Leave the pixels in 0 … 255 and subtract the means. What divides them may be the "
    "`preprocess_input` of another network.",
)


_AXES = (
    "Show one of your images, and one of the digits, with `plt.imshow`.",
    "What does each of the four axes stand for?",
    "To reverse the channels, reverse the last axis: `[..., ::-1]`.",
)


_INTERPOLATION = (
    "How does the function that you resize with interpolate?",
    "Bilinear interpolation takes the mean of four old pixels.",
    'Resize with `interpolation="bilinear"`, the default of `keras.ops.image.resize`.',
)


_CENTRES = (
    "Which position of the old image does the first new pixel come from?",
    "A pixel's centre lies half a pixel from the edge.",
    "Read new pixel i at (i + 0.5) · old / new − 0.5, as `keras.ops.image.resize` does.",
)


_COPIES = (
    "Show one of your images with `plt.imshow`: is it still a digit?",
    "`reshape` keeps the numbers in their order and only breaks it into different rows.",
    "Repeat the grey level along a last axis of its own: "
    "`np.repeat(digits[..., np.newaxis], 3, axis=-1)`.",
)


_SIDES = (
    "Print the height and the width of the digits, and show one of your images.",
    "The exercise asks for all of each digit, stretched to a square.",
    "Leave out what keeps the aspect ratio.",
)


_ROUNDING = (
    "Print the `dtype` after every step.",
    "Interpolated grey levels are fractions, and a uint8 holds none.",
    'Call `.astype("float32")` before you resize, and no other conversion after it.',
)


def _means_hints(last: str) -> tuple[str, str, str]:
    return (
        "Take one grey pixel of the value 200 and compute its three numbers by hand.",
        "They are 200 − 103.939, 200 − 116.779 and 200 − 123.68.",
        last,
    )


_RESIZES = (
    _Change(
        "The images are resized by nearest-neighbour interpolation",
        "resize",
        resizing.nearest,
        "Each new pixel copies one old pixel, which turns slanted strokes into stairs. The "
        "exercise asks for bilinear interpolation.",
        _INTERPOLATION,
    ),
    _Change(
        "The images are resized with antialiasing",
        "resize",
        resizing.antialiased,
        "Where images get smaller, antialiasing takes the mean over more than four old pixels. "
        "The exercise asks for plain bilinear interpolation.",
        (
            "Which settings does your resizing have besides the size?",
            "`keras.ops.image.resize` does not antialias unless it is told to.",
            "Leave out `antialias=True`.",
        ),
    ),
    *(
        _Change(
            f"The images are resized with bicubic interpolation{more}",
            "resize",
            resize,
            "Cubic curves overshoot at edges: there are values below 0 and above 255. The exercise "
            "asks for bilinear interpolation.",
            _INTERPOLATION,
        )
        for more, resize in (
            ("", resizing.bicubic),
            (
                " and antialiasing",
                resizing.resized_by(resizing.weights_by(resizing.cubic(-0.5), antialias=True)),
            ),
            (
                ", with the sharper curves of PyTorch and OpenCV",
                resizing.resized_by(resizing.weights_by(resizing.cubic(-0.75))),
            ),
        )
    ),
    *(
        _Change(
            f"The images are resized with a Lanczos kernel of {radius} pixels",
            "resize",
            resizing.resized_by(resizing.weights_by(resizing.lanczos(radius))),
            "A Lanczos kernel overshoots at edges. The exercise asks for bilinear interpolation.",
            _INTERPOLATION,
        )
        for radius in (3, 5)
    ),
    _Change(
        "The images are resized by area",
        "resize",
        resizing.resized_by(resizing.area_weights),
        "Each new pixel is the mean of the area that it covers. The exercise asks for bilinear "
        "interpolation.",
        _INTERPOLATION,
    ),
    *(
        _Change(
            f"The images are resized {words}, and rounded to whole numbers after each axis, as "
            "Pillow does",
            "resize",
            resizing.resized_by(resizing.weights_by(kernel, antialias), whole=True),
            "Pillow keeps integer images as integers. The exercise asks for bilinear "
            "interpolation in floating point, without antialiasing.",
            _INTERPOLATION,
        )
        for words, kernel, antialias in (
            ("with bicubic interpolation and antialiasing", resizing.cubic(-0.5), True),
            ("with antialiasing", resizing.triangle, True),
            ("with a Lanczos kernel and antialiasing", resizing.lanczos(3), True),
        )
    ),
    _Change(
        "The images are padded, not resized",
        "resize",
        resizing.in_the_middle,
        "The digits keep their size on a larger black background. The exercise asks for larger "
        "digits.",
        (
            "How large are the digits in your result, in pixels?",
            "Resizing changes the number of pixels of the digit itself.",
            "Use `keras.ops.image.resize`.",
        ),
    ),
    _Change(
        "The images are cropped to squares before they are resized",
        "resize",
        resizing.cut_to_a_square,
        "What lies outside the square is lost.",
        _SIDES,
    ),
    _Change(
        "The images are padded to squares before they are resized",
        "resize",
        resizing.padded_to_a_square,
        "The digits keep their proportions, and get black borders.",
        _SIDES,
    ),
    _Change(
        "The images are resized with aligned corners",
        "resize",
        resizing.with_aligned_corners,
        "The centres of the outermost pixels stay where they are, and the others are spread "
        "between them. With half-pixel centres, which the exercise asks for, the edges of the "
        "images stay where they are.",
        _CENTRES,
    ),
    _Change(
        "The images are resized without half-pixel centres",
        "resize",
        resizing.without_half_pixels,
        "New pixel i is read at i · old / new: that moves the image by up to half a pixel. The "
        "exercise asks for half-pixel centres.",
        _CENTRES,
    ),
    _Change(
        "The images are mirrored: their columns are reversed",
        "resize",
        resizing.mirrored,
        "`[:, :, ::-1]` reverses the third axis, which holds the columns. The channels are the "
        "last axis.",
        _AXES,
    ),
    _Change(
        "The images are upside down: their rows are reversed",
        "resize",
        resizing.upside_down,
        "`[:, ::-1]` reverses the second axis, which holds the rows. The channels are the last "
        "axis.",
        _AXES,
    ),
    _Change(
        "Rows and columns of the images are swapped",
        "resize",
        resizing.transposed,
        "The axes are images, rows, columns and channels, in this order.",
        _AXES,
    ),
    _Change(
        "The rows of the digits are broken in the wrong places: height and width are swapped in a "
        "`reshape`",
        "resize",
        resizing.read_as_columns,
        "`reshape` keeps the numbers in their order. It does not turn an image on its side.",
        _COPIES,
    ),
    _Change(
        "The images themselves are in reverse order",
        "resize",
        resizing.backwards,
        "`[::-1]` reverses the first axis, which holds the images. The channels are the last axis.",
        _AXES,
    ),
)


_STEPS = (
    _Change(
        "The grey levels are inverted",
        "levels",
        lambda grey: 255 - grey,
        "Black has become white. The digits come as white on black, and should stay so.",
        _means_hints("Remove `255 - …`."),
    ),
    _Change(
        "The grey levels are in one channel only",
        "copies",
        lambda grey: np.stack([grey, 0 * grey, 0 * grey], axis=-1),
        "The other two channels are black: a digit in one colour. Grey is the same level in red, "
        "green and blue.",
        (
            "What are the red, green and blue values of a grey pixel?",
            "All three channels hold the same image.",
            "Repeat the grey channel: `np.repeat(grey, 3, axis=-1)`.",
        ),
    ),
    *(
        _Change(
            f"Columns are taken for channels: three copies {joined} are cut up by `reshape`{then}",
            "copies",
            _cut_up(axis, step),
            "The last axis of the result holds neighbouring columns in the place of three equal "
            "channels, and the images are scrambled.",
            _COPIES,
        )
        for axis, joined in (
            (2, "side by side"),
            (1, "one below the other"),
            (0, "of all images in a row"),
        )
        for step, then in ((1, ""), (-1, ", and what comes out is reversed"))
    ),
    _Change("The resized images are rounded to whole numbers", "whole", _rounded, "", _ROUNDING),
    _Change("The resized images are truncated to whole numbers", "whole", _cut, "", _ROUNDING),
    _Change(
        "The resized images are clipped to 0 … 255", "whole", lambda images: images.clip(0, 255)
    ),
    _Change("The result is rounded to whole numbers", "stored", _rounded),
    _Change("The result is truncated to whole numbers", "stored", _cut),
    _Change("The result is clipped to 0 … 255", "stored", lambda result: result.clip(0, 255)),
    _Change(
        "The new shape is filled with the same numbers over and over, as `np.resize` does",
        "instead",
        lambda digits, size: np.resize(digits, (len(digits), size, size, 3)) - MEANS,
        "`np.resize` does not know of rows and columns: it repeats the numbers in their order "
        "until the new shape is full. The exercise asks for bilinear interpolation.",
        _INTERPOLATION,
    ),
    _Change("The signs of the result are lost", "stored", np.abs),
    _Change(
        "The result is in half precision, float16",
        "stored",
        _in_half_precision,
    ),
    *(
        _Change(
            "The means are subtracted while the pixels are unsigned integers",
            "instead",
            _without_signs(whole, before),
            explanation,
            _means_hints('Call `.astype("float32")` before anything else.'),
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


_ONE_FOR_EACH = "Blue, green and red each have a mean of their own."


_IMAGENET = (
    "The backbone was trained on images from which the means of ImageNet were subtracted, the same "
    "for all images."
)


_CAFFE = "Subtract 103.939, 116.779 and 123.68"


_CHANNELS = ("blue", "green", "red")


_COLOURS = (
    _Change(
        "Blue and red have each other's mean",
        "colours",
        lambda images: images - MEANS[::-1],
        "Either the means are in the order of red, green and blue, or the channels are reversed "
        "after the subtraction: on grey digits both give the same numbers. The first channel that "
        "the backbone expects is blue, minus the mean of blue.",
        (
            "Which colour does the backbone expect in its first channel, and which mean belongs "
            "to it?",
            "103.939 is the mean of blue, and blue comes first. Are the channels in that order "
            "when you subtract?",
            "Reverse the channels first, then subtract `[103.939, 116.779, 123.68]`.",
        ),
    ),
    _Change(
        "The pixels are divided by 255 before the means are subtracted",
        "colours",
        lambda images: images / 255 - MEANS,
        "Two kinds of normalisation at once. The means are those of pixels from 0 to 255, so after "
        "the division every image is nearly the same: about −104, −117 and −124 everywhere.",
        _SCALES,
    ),
    _Change(
        "The means are subtracted and the result is divided by 255",
        "colours",
        lambda images: (images - MEANS) / 255,
        "The first layer of the backbone sees a signal that is 255 times too weak.",
        _SCALES,
    ),
    _Change(
        "The means are not subtracted",
        "colours",
        lambda images: images,
        "The backbone was trained on images whose mean is about 0. These are about 110 too bright.",
        (
            "What did the authors of the weights do to their images?",
            "Three numbers, one for each channel, are missing.",
            "Subtract `[103.939, 116.779, 123.68]` from the channels.",
        ),
    ),
    _Change(
        "The pixels are scaled to 0 … 1",
        "colours",
        lambda images: images / 255,
        "Many networks take pixels from 0 to 1. This backbone does not: it was trained with pixels "
        "of 0 to 255 from which a mean was subtracted.",
        _SCALES,
    ),
    _Change(
        "The pixels are scaled to −1 … 1",
        "colours",
        lambda images: images / 127.5 - 1,
        "That is what MobileNet and Inception were trained with. Every backbone needs the "
        "normalisation that its weights were trained with.",
        _SCALES,
    ),
    _Change(
        "The pixels are normalised as for PyTorch's weights",
        "colours",
        lambda images: (images / 255 - _TORCH[0]) / _TORCH[1],
        "Those were trained on pixels from 0 to 1, minus a mean, divided by a standard deviation. "
        "Every backbone needs the normalisation that its own weights were trained with.",
        _SCALES,
    ),
    _Change(
        "PyTorch's means are subtracted from pixels of 0 … 1",
        "colours",
        lambda images: images / 255 - _TORCH[0],
        "These weights expect pixels of 0 to 255 from which means of 0 to 255 were subtracted.",
        _means_hints(f"{_CAFFE}, without a division."),
    ),
    *(
        _Change(
            f"The means are those of PyTorch's weights, times 255{more}",
            "colours",
            lambda images, means=means: images - 255 * means,
            "They are nearly the same, and not the ones that these weights were trained with.",
            _means_hints(f"{_CAFFE}."),
        )
        for more, means in ((", and red comes first", _TORCH[0]), ("", _TORCH[0][::-1]))
    ),
    *(
        _Change(
            "The means are {}, {} and {}, not those of the lesson".format(*means),
            "colours",
            lambda images, means=means: images - means,
            "Rounded means are nearly right. The weights were trained with the exact ones.",
            _means_hints(f"{_CAFFE}."),
        )
        for means in ((104, 117, 123), (104, 117, 124), (103, 116, 123))
    ),
    _Change(
        "The means are divided by 255, and the pixels are not",
        "colours",
        lambda images: images - MEANS / 255,
        "Pixels of 0 to 255 are hardly changed by numbers below 1.",
        _means_hints(f"{_CAFFE}, without a division."),
    ),
    _Change(
        "The result is divided by PyTorch's deviations",
        "colours",
        lambda images: (images - MEANS) / (255 * _TORCH[1][::-1]),
        "These weights expect no division.",
        _SCALES,
    ),
    _Change(
        "The result is divided by PyTorch's deviations, and red comes first",
        "colours",
        lambda images: (images - MEANS) / (255 * _TORCH[1]),
    ),
    _Change(
        "The means are added, not subtracted",
        "colours",
        lambda images: images + MEANS,
        "The images are about 220 too bright.",
        _means_hints("Subtract the means."),
    ),
    _Change(
        "The pixels are subtracted from the means",
        "colours",
        lambda images: MEANS - images,
        "Every sign is wrong: bright pixels come out as dark ones.",
        _means_hints("Subtract the means from the pixels."),
    ),
    _Change(
        "The means are subtracted twice",
        "colours",
        lambda images: images - 2 * MEANS,
        "`preprocess_input` of Keras subtracts the means already.",
        _means_hints("Subtract them yourself or let Keras do it, not both."),
    ),
    _Change(
        "The means are subtracted twice, and the channels reversed twice",
        "colours",
        lambda images: images - MEANS - MEANS[::-1],
        "`preprocess_input` of Keras reverses the channels and subtracts the means already.",
        _means_hints("Do both yourself or let Keras do both."),
    ),
    _Change(
        "One mean is subtracted from all channels",
        "colours",
        lambda images: images - MEANS.mean(),
        _ONE_FOR_EACH,
        _means_hints("Subtract an array of three numbers from the last axis."),
    ),
    *(
        _Change(
            f"{mean:g} is subtracted from all channels",
            "colours",
            lambda images, mean=mean: images - mean,
            _ONE_FOR_EACH,
            _means_hints("Subtract an array of three numbers from the last axis."),
        )
        for mean in (127.5, 128.0, *MEANS)
    ),
    *(
        _Change(
            f"A mean is subtracted from {' and '.join(_CHANNELS[each] for each in chosen)} only",
            "colours",
            lambda images, chosen=chosen: images - [MEANS[at] * (at in chosen) for at in range(3)],
            "Each channel has a mean, and all three are subtracted.",
            _means_hints("Subtract an array of three numbers from the last axis."),
        )
        for chosen in ((0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
    ),
    *(
        _Change(
            f"The mean of {whose} is subtracted",
            "colours",
            lambda images, axes=axes: images - images.mean(axes, keepdims=True),
            _IMAGENET,
            _means_hints(f"{_CAFFE}."),
        )
        for whose, axes in (("the images themselves", (0, 1, 2, 3)), ("each image", (1, 2)))
    ),
    *(
        _Change(
            f"{whose} standardised by {own} own mean and standard deviation",
            "colours",
            _standardised(axes),
            "This backbone expects no division, and the same means subtracted from all images.",
            _means_hints(f"{_CAFFE}, without a division."),
        )
        for whose, own, axes in (
            ("Each image is", "its", (1, 2, 3)),
            ("The images are", "their", (0, 1, 2, 3)),
        )
    ),
    *(
        _Change(
            f"{whose} stretched to 0 … 1 by {own} smallest and largest grey level",
            "colours",
            _stretched(axes),
            "The same digit gives other numbers beside other images. This backbone expects the "
            "pixels as they are, minus the means of ImageNet.",
            _means_hints(f"{_CAFFE}, without a division."),
        )
        for whose, own, axes in (
            ("Each image is", "its", (1, 2, 3)),
            ("The images are", "their", (0, 1, 2, 3)),
        )
    ),
    _Change(
        "The channels are multiplied by luma weights",
        "colours",
        lambda images: images * [0.114, 0.587, 0.299] - MEANS,
    ),
)


_CHANGES = (*_RESIZES, *_STEPS, *_COLOURS)


_MISTAKES = tuple(
    Mistake(
        change.title,
        change.explanation,
        change.hints,
        _PREPARATION,
        function=partial(_prepared, **{change.part: change.value}),
    )
    for change in _CHANGES
    if change.explanation
)


_VARIATIONS = Variations(
    _prepared,
    tuple(
        Slip(
            change.title,
            {change.part: change.value},
            change.hints[-1],
            alone=change.part == "instead",
        )
        for change in _CHANGES
    ),
    _PREPARATION,
    (
        "Take one digit of 3×3 pixels and compute one of its new pixels by hand.",
        "Which line of yours does this? Print what it gives.",
    ),
    together=3,
    material=lambda **arguments: {**arguments, "known": {}},
)


EXERCISE = NumericExercise(
    "digits_to_images",
    "05_mnist_transfer",
    ("digits", "size"),
    _cases,
    _MISTAKES,
    "Covered: colour, size and normalisation, digits with and without a channel axis, images "
    "that are not square. Grading draws others, and makes some smaller.",
    truth=digits_to_images,
    variations=_VARIATIONS,
    describe="an array of the shape (images, size, size, 3)",
    at_a_glance=digit_shapes.at_a_glance,
    on_error=digit_shapes.on_error,
)
