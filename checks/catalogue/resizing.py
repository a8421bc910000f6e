"""Ways to bring grey images to another size: the one that lesson 5 asks for, and others."""

from collections.abc import Callable

import numpy as np

from checks.graph.operation import Array

#: From images of shape (images, rows, columns) and a size to images of shape (images, size, size).
Resize = Callable[[Array, int], Array]
#: The share of a pixel by its distance from the place that is read, in pixels.
Kernel = Callable[[Array], Array]


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


#: From the lengths of an axis, before and after, to the share of each old pixel in each new one.
Weights = Callable[[int, int], Array]


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


def places_weights(places: Callable[[int, int], Array]) -> Weights:
    """Return the weights of a linear interpolation at certain places along an axis."""

    def weights(length: int, size: int) -> Array:
        at = np.clip(places(length, size), 0, length - 1)[:, np.newaxis]
        return triangle(np.arange(length) - at)

    return weights


def nearest_weights(length: int, size: int) -> Array:
    """Return the weights that repeat the old pixel nearest to each new one."""
    chosen = np.floor((np.arange(size) + 0.5) * length / size)
    return np.equal(np.arange(length), chosen[:, np.newaxis]).astype(np.float64)


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


#: So far from halfway between two whole numbers, Pillow rounds as it should.
_ROUNDING = 2e-4

#: TensorFlow takes cubic curves from a table of 1024 steps.
_TABLE = 1024

bilinear = resized_by(weights_by(triangle))
antialiased = resized_by(weights_by(triangle, antialias=True))
bicubic = resized_by(weights_by(cubic(-0.5), steps=_TABLE))
nearest = resized_by(nearest_weights)
with_aligned_corners = resized_by(
    places_weights(lambda length, size: np.linspace(0, length - 1, size))
)
without_half_pixels = resized_by(
    places_weights(lambda length, size: np.arange(size) * length / size)
)


def in_the_middle(grey: Array, size: int) -> Array:
    """Put the images, cut where they are larger, on a black background of the new size."""
    for axis in (1, 2):
        grey = np.moveaxis(grey, axis, 0)
        surplus = len(grey) - size
        if surplus > 0:
            grey = grey[surplus // 2 : surplus // 2 + size]
        before = max(-surplus // 2, 0)
        width = [(before, max(-surplus, 0) - before), *[(0, 0)] * (grey.ndim - 1)]
        grey = np.moveaxis(np.pad(grey, width), 0, axis)
    return grey


def cut_to_a_square(grey: Array, size: int) -> Array:
    """Resize the middle of the images, a square as high and wide as their shorter side."""
    return bilinear(in_the_middle(grey, min(grey.shape[1:])), size)


def padded_to_a_square(grey: Array, size: int) -> Array:
    """Resize the images on a black square as high and wide as their longer side."""
    return bilinear(in_the_middle(grey, max(grey.shape[1:])), size)


def mirrored(grey: Array, size: int) -> Array:
    """Resize, then reverse the columns."""
    return bilinear(grey, size)[:, :, ::-1]


def upside_down(grey: Array, size: int) -> Array:
    """Resize, then reverse the rows."""
    return bilinear(grey, size)[:, ::-1]


def transposed(grey: Array, size: int) -> Array:
    """Resize, then swap rows and columns."""
    return bilinear(grey, size).transpose(0, 2, 1)


def backwards(grey: Array, size: int) -> Array:
    """Resize, then reverse the order of the images."""
    return bilinear(grey, size)[::-1]


def read_as_columns(grey: Array, size: int) -> Array:
    """Resize after a reshape that takes the lengths of the rows and of the columns for each other.

    That breaks the rows at other places, and makes no transposed images.
    """
    images, rows, columns = grey.shape
    return bilinear(grey.reshape(images, columns, rows), size)
