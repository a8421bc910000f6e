"""What shapes, ranges and errors show of wrong answers to `digits_to_images`."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from checks.differences.values import shape_of
from checks.evidence import Error
from checks.graph.operation import Array
from checks.messages.python_errors import Explanation, at_line, broadcast, plain, shapes

#: ImageNet's means of blue, green and red.
MEANS = np.array([103.939, 116.779, 123.68])


def at_a_glance(arguments: Mapping[str, Any], truth: Array, received: Any) -> str | None:
    """Say what the shape or the range of a wrong result shows."""
    shape = shape_of(received)
    if shape != truth.shape:
        return _unlike_shape(arguments["digits"], truth.shape, shape)
    images = np.asarray(received, dtype=np.float64)
    lowest, highest = float(images.min()), float(images.max())
    if lowest == highest:
        return None
    if np.allclose(images, images[..., :1], atol=1e-3 * max(abs(lowest), abs(highest))):
        if lowest >= 0 and 1.5 < highest <= 255:
            return "The means are not subtracted: the numbers lie between 0 and 255"
        return "All three channels are the same: each should have another mean subtracted"
    if max(abs(lowest), abs(highest)) < 10:
        return f"The numbers are too small, from {lowest:.3g} to {highest:.3g}: they were divided"
    if np.allclose(images + MEANS, (images + MEANS)[..., :1], atol=0.02):
        return "The means are right, but the images are resized in another way than asked for"
    return None


def _unlike_channels(digits: Array, shape: tuple[int, ...]) -> str | None:
    """Say what the last axis of an array shows that should be that of the channels."""
    rows, columns = digits.shape[1:3]
    taken = {columns: "columns", rows: "rows"}.get(shape[-1] if shape else 0)
    if taken and shape[-1] != 3 and len(shape) in (3, 4):
        return f"The {taken} of the digits are taken for channels"
    if shape and shape[-1] == 3 * columns and digits.ndim == 3:
        return "The digits are repeated along their width: they have no channel axis yet"
    return None


def _unlike_shape(digits: Array, wanted: tuple[int, ...], shape: tuple[int, ...]) -> str | None:
    if title := _unlike_channels(digits, shape):
        return title
    images = len(digits)
    if shape == wanted[1:]:
        return "The result is a single image, without an axis for the images"
    if shape == (*wanted[:3], 1):
        return "The result has one channel, not three: the grey level is not repeated"
    if shape == wanted[:3]:
        return "The result has no axis for the channels"
    if shape[1:] == wanted[1:]:
        number = f"{shape[0]} image{'s' * (shape[0] != 1)}"
        return f"The result holds {number} instead of {images}"
    return None


_WITH_AN_AXIS = (
    "`digits.reshape(*digits.shape[:3], 1)` gives the digits a channel axis, whether they had one "
    "or not. Repeat them along that axis."
)
#: What errors say where there is no channel axis.
_NO_CHANNELS = (
    r"axis 3 is out of bounds|range \[-3, 3\), but got 3|vector of length 3 but got length 4"
    r"|Last dimension of a grayscale image"
)


def on_error(arguments: Mapping[str, Any], error: Error) -> Explanation | None:
    """Explain errors that come from axes of the digits that a learner did not think of."""
    digits, message, where = arguments["digits"], plain(error.message), at_line(error)
    size, given = arguments.get("size", 224), f"The digits have the shape {digits.shape}"
    axes = {len(shape) for shape in shapes(error)}
    for shape in broadcast(error)[:1]:
        if title := _unlike_channels(digits, shape):
            why = f"{given}, and an array of the shape {shape} is made of them{where}."
            return Explanation(title, why, _WITH_AN_AXIS)
    if digits.ndim == 3 and re.search(_NO_CHANNELS, message):
        why = f"{given}: there is no axis to repeat the grey level along{where}."
        return Explanation("Digits without a channel axis are not given one", why, _WITH_AN_AXIS)
    if digits.ndim == 4 and 5 in axes:
        why = f"{given}, and with another axis for the channels there are five{where}."
        title = "Digits that have a channel axis already are given another one"
        return Explanation(title, why, _WITH_AN_AXIS)
    if 2 in axes and re.search("images rank|3 or 4 dimensions", message):
        why = f"A single digit is an image of height and width only{where}."
        return Explanation("Each digit is resized without a channel axis", why, _WITH_AN_AXIS)
    if "index 2 is out of bounds for axis 3 with size 1" in message:
        return Explanation(
            "The channels are reversed before there are three of them",
            f"The grey level has not been repeated yet{where}.",
            "Repeat it first: `np.repeat(images, 3, axis=-1)`.",
        )
    return _on_reshape(digits, size, message, where)


def _on_reshape(digits: Array, size: int, message: str, where: str) -> Explanation | None:
    """Explain why digits cannot be given another height and width by `reshape`."""
    found = re.search(r"cannot reshape array of size \d+ into shape \((.*?)\)", message)
    lengths = [int(each) for each in re.findall(r"\d+", found[1])] if found else []
    if lengths.count(size) > 1:
        return Explanation(
            "The digits are reshaped to the new size, not resized",
            f"`reshape` makes no new pixels: it only rearranges those that exist{where}.",
            "Use `keras.ops.image.resize`.",
        )
    if lengths.count(28) > 1:
        height, width = digits.shape[1:3]
        return Explanation(
            f"The digits are taken to be of 28×28 pixels, and these are of {height}×{width}",
            f"The height and the width are written out{where}.",
            "Read them from `digits.shape`.",
        )
    return None
