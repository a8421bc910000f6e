"""Ways to bring grey images to another size: the one that lesson 5 asks for, and others."""

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.graph.operation import Array
from checks.variations import table

#: From images of shape (images, rows, columns) and a size to images of shape (images, size, size).
Resize = Callable[[Array, int], Array]
#: The share of a pixel by its distance from the place that is read, in pixels.
Kernel = Callable[[Array], Array]
#: From the lengths of an axis, before and after, to the share of each old pixel in each new one.
Weights = Callable[[int, int], Array]


def triangle(x: Array) -> Array:
    """Interpolate linearly."""
    return np.maximum(1 - np.abs(x), 0)


def cubic(sharpness: float) -> Kernel:
    """Return a cubic kernel (Keys 1981, equation 4 for a sharpness of −0.5)."""

    def kernel(x: Array) -> Array:
        a, x = sharpness, np.abs(x)
        near = (a + 2) * x**3 - (a + 3) * x**2 + 1
        far = a * (x**3 - 5 * x**2 + 8 * x - 4)
        return np.where(x <= 1, near, np.where(x < 2, far, 0))

    return kernel


def lanczos(radius: int) -> Kernel:
    """Return a sinc in a window of itself that is this many pixels wide on either side."""
    return lambda x: np.where(np.abs(x) < radius, np.sinc(x) * np.sinc(x / radius), 0)


def weights_by(kernel: Kernel, antialias: bool = False, steps: int = 0) -> Weights:
    """Return the weights of a kernel laid on half-pixel centres.

    Args:
        kernel: The kernel.
        antialias: Whether it is stretched over all old pixels where images get smaller.
        steps: Places are rounded to so many parts of a pixel, as where kernels are tabulated.
    """

    def weights(length: int, size: int) -> Array:
        scale = max(length / size, 1.0) if antialias else 1.0
        centres = (np.arange(size)[:, np.newaxis] + 0.5) * length / size - 0.5
        if steps:
            centres = np.floor(centres) + np.rint(centres % 1 * steps) / steps
        shares = kernel((np.arange(length) - centres) / scale)
        return np.asarray(shares / shares.sum(axis=1, keepdims=True))

    return weights


def area_weights(length: int, size: int) -> Array:
    """Return how much of each old pixel lies under each new one."""
    edges = np.arange(size + 1)[:, np.newaxis] * length / size
    old = np.arange(length)
    covered = np.minimum(edges[1:], old + 1) - np.maximum(edges[:-1], old)
    return np.asarray(np.maximum(covered, 0) * size / length)


def resized_by(weights: Weights, whole: bool = False) -> Resize:
    """Return a resizing by weights along either axis.

    Args:
        weights: The weights.
        whole: Whether pixels become whole numbers from 0 to 255 after each axis, as in Pillow.
            Which axis comes first depends on its version and on the shapes, and its weights are
            rounded: where either makes a difference, the pixel is left open, as NaN.
    """

    def rounded(grey: Array) -> Array:
        if not whole:
            return grey
        halfway = np.abs(grey % 1 - 0.5) < _ROUNDING
        return np.where(halfway, np.nan, np.clip(np.rint(grey), 0, 255))

    def resize(grey: Array, size: int) -> Array:
        rows, columns = (weights(length, size) for length in grey.shape[1:])
        columns_first = rounded(rows @ rounded(grey @ columns.T))
        rows_first = rounded(rounded(rows @ grey) @ columns.T) if whole else columns_first
        return np.where(columns_first == rows_first, columns_first, np.nan)

    return resize


def interpolated_at(places: Callable[[int, int], Any]) -> Resize:
    """Return a linear interpolation at certain places along either axis."""

    def weights(length: int, size: int) -> Array:
        at = np.clip(places(length, size), 0, length - 1)[:, np.newaxis]
        return triangle(np.arange(length) - at)

    return resized_by(weights)


#: So far from halfway between two whole numbers, Pillow rounds as it should.
_ROUNDING = 2e-4

#: TensorFlow takes cubic curves from a table of 1024 steps.
_TABLE = 1024

bilinear = resized_by(weights_by(triangle))
antialiased = resized_by(weights_by(triangle, antialias=True))
bicubic = resized_by(weights_by(cubic(-0.5), steps=_TABLE))
nearest = interpolated_at(lambda length, size: (np.arange(size) + 0.5) * length // size)
with_aligned_corners = interpolated_at(lambda length, size: np.linspace(0, length - 1, size))
without_half_pixels = interpolated_at(lambda length, size: np.arange(size) * length / size)


def in_the_middle(grey: Array, size: int) -> Array:
    """Put the images, cut where they are larger, on a black background of the new size."""
    for axis in (1, 2):
        length = grey.shape[axis]
        cut, border = max(length - size, 0), max(size - length, 0)
        grey = np.take(grey, range(cut // 2, cut // 2 + length - cut), axis)
        widths = [(0, 0)] * 3
        widths[axis] = (border // 2, border - border // 2)
        grey = np.pad(grey, widths)
    return grey


def cut_to_a_square(grey: Array, size: int) -> Array:
    """Resize the middle of the images, a square as high and wide as their shorter side."""
    return bilinear(in_the_middle(grey, min(grey.shape[1:])), size)


def padded_to_a_square(grey: Array, size: int) -> Array:
    """Resize the images on a black square as high and wide as their longer side."""
    return bilinear(in_the_middle(grey, max(grey.shape[1:])), size)


def then(change: Callable[[Array], Array]) -> Resize:
    """Return a bilinear resizing after which the images are changed."""
    return lambda grey, size: change(bilinear(grey, size))


def read_as_columns(grey: Array, size: int) -> Array:
    """Resize after a reshape that takes the lengths of the rows and of the columns for each other.

    That breaks the rows at other places, and makes no transposed images.
    """
    images, rows, columns = grey.shape
    return bilinear(grey.reshape(images, columns, rows), size)


INTERPOLATION = (
    "How does the function that you resize with interpolate?",
    "Bilinear interpolation takes a weighted mean of four old pixels.",
    'Call `keras.ops.image.resize` with its defaults: `interpolation="bilinear"`, no `antialias`.',
)

_AXES = "The axes are images, rows, columns and channels, in this order."

#: What else learners do instead of the bilinear resizing.
SLIPS = (
    *table(
        "The images are resized {}",
        "resize",
        {
            "by nearest-neighbour interpolation": (
                nearest,
                "Each new pixel copies one old pixel, which turns slanted strokes into stairs. The "
                "exercise asks for bilinear interpolation.",
            ),
            "by area": (
                resized_by(area_weights),
                "Each new pixel is the mean of the area of the old image that it covers. The "
                "exercise asks for bilinear interpolation.",
            ),
            "with antialiasing": (
                antialiased,
                "Where images get smaller, antialiasing takes the mean over more than four old "
                "pixels. The exercise asks for plain bilinear interpolation.",
            ),
            "with bicubic interpolation": bicubic,
            "with bicubic interpolation and antialiasing": resized_by(
                weights_by(cubic(-0.5), antialias=True)
            ),
            "with bicubic interpolation, with the sharper curves of PyTorch and OpenCV": resized_by(
                weights_by(cubic(-0.75))
            ),
            "with a Lanczos kernel of 3 pixels": resized_by(weights_by(lanczos(3))),
            "with a Lanczos kernel of 5 pixels": resized_by(weights_by(lanczos(5))),
        },
        INTERPOLATION,
        "Cubic and Lanczos kernels overshoot at edges, so some values are below 0 and others "
        "above 255. The exercise asks for bilinear interpolation.",
    ),
    *table(
        "The images are resized {}, and rounded to whole numbers after each axis, as Pillow does",
        "resize",
        {
            words: resized_by(weights_by(kernel, antialias=True), whole=True)
            for words, kernel in (
                ("with bicubic interpolation and antialiasing", cubic(-0.5)),
                ("with antialiasing", triangle),
                ("with a Lanczos kernel and antialiasing", lanczos(3)),
            )
        },
        INTERPOLATION,
        "Pillow keeps images of integers as integers. The exercise asks for bilinear "
        "interpolation in floating point, without antialiasing.",
    ),
    *table(
        "The images are {} resized",
        "resize",
        {
            "padded, not": (
                in_the_middle,
                "The digits keep their size on a larger black background. The exercise asks for "
                "larger digits.",
            ),
            "cropped to squares before they are": (
                cut_to_a_square,
                "What lies outside the square is lost. The exercise asks for all of each digit, "
                "stretched to a square.",
            ),
            "padded to squares before they are": (
                padded_to_a_square,
                "The digits keep their proportions and get black borders. The exercise asks for "
                "digits that are stretched to a square.",
            ),
        },
        (
            "Print the height and the width of the digits, and show one of your images.",
            "The exercise asks for all of each digit, stretched to a square.",
            "Use `keras.ops.image.resize`, without an option that keeps the aspect ratio.",
        ),
    ),
    *table(
        "The images are resized {}",
        "resize",
        {
            "with aligned corners": (
                with_aligned_corners,
                "The centres of the outermost pixels stay where they are, which stretches the "
                "image a little. With half-pixel centres, which the exercise asks for, its edges "
                "stay where they are.",
            ),
            "without half-pixel centres": (
                without_half_pixels,
                "New pixel i is read at i · old / new, which moves the image a little. The "
                "exercise asks for half-pixel centres.",
            ),
        },
        (
            "Which position of the old image does the first new pixel come from?",
            "A pixel's centre lies half a pixel from the edge.",
            "Read new pixel i at (i + 0.5) · old / new − 0.5, as `keras.ops.image.resize` does.",
        ),
    ),
    *table(
        "{}",
        "resize",
        {
            "The images are mirrored: their columns are reversed": (
                then(lambda X: X[:, :, ::-1]),
                f"{_AXES} `[:, :, ::-1]` reverses the columns, and not the channels.",
            ),
            "The images are upside down: their rows are reversed": (
                then(lambda X: X[:, ::-1]),
                f"{_AXES} `[:, ::-1]` reverses the rows, and not the channels.",
            ),
            "Rows and columns of the images are swapped": (
                then(lambda X: X.transpose(0, 2, 1)),
                f"{_AXES} Your images have the columns before the rows: they lie on their side.",
            ),
            "The images themselves are in reverse order": (
                then(lambda X: X[::-1]),
                f"{_AXES} `[::-1]` reverses the images, and not the channels.",
            ),
        },
        (
            "Show one of your images, and one of the digits, with `plt.imshow`.",
            "What does each of the four axes stand for?",
            "To reverse the channels, reverse the last axis: `[..., ::-1]`.",
        ),
    ),
)
