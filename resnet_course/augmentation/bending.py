"""Augmentation: images moved, turned, scaled, slanted and bent at random, in the model."""

from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor, ops

from resnet_course.augmentation.layer import AugmentationLayer

#: Points a side of the coarse grid that a bending field is drawn on.
GRID = 5


@keras.saving.register_keras_serializable("resnet_course")
class Augmentation(AugmentationLayer):
    """Moves, turns, scales, slants and bends images at random while training.

    The first four are one affine map an image, with bilinear interpolation. What moves in is black
    in grey images, whose background is, and repeats the edge in colour images. Bending moves every
    pixel by a smooth field (Simard, Steinkraus and Platt 2003, section 2).
    """

    SETTINGS: ClassVar[tuple[str, ...]] = ("shift", "rotation", "scale", "slant", "bend")

    def __init__(
        self,
        shift: int = 0,
        rotation: float = 0.0,
        scale: float = 0.0,
        slant: float = 0.0,
        bend: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ):
        """Set how far images may change.

        Args:
            shift: Largest shift up, down, left and right, in whole pixels.
            rotation: Largest turn either way, in degrees.
            scale: Largest change of size, as a share: 0.1 for 90 % to 110 %.
            slant: Largest slant either way, in pixels a pixel of height.
            bend: Standard deviation of the field that bends, in pixels.
            seed: Seed of the draws. From Keras's global one if not given.
            options: What every layer takes, such as its name.
        """
        super().__init__(seed, **options)
        self.shift = shift
        self.rotation = rotation
        self.scale = scale
        self.slant = slant
        self.bend = bend

    def changed(self, images: KerasTensor) -> KerasTensor:
        """Return images moved, turned, scaled, slanted and bent."""
        drawn = keras.random.uniform((ops.shape(images)[0], 5), seed=self.draws)
        moved = ops.image.affine_transform(
            ops.cast(images, "float32"),
            self.transforms(drawn, images.shape[1], images.shape[2]),
            interpolation="bilinear",
            fill_mode="constant" if images.shape[-1] == 1 else "nearest",
            data_format="channels_last",
        )
        return self.bent(moved) if self.bend else moved

    def bent(self, images: KerasTensor) -> KerasTensor:
        """Move every pixel by a smooth random field.

        Args:
            images: Floats of shape `(batch, height, width, channels)`.

        Returns:
            Images of the same shape; what lies outside repeats the edge.
        """
        count = ops.shape(images)[0]
        height, width, _ = images.shape[1:]
        down, across = fields(count, height, width, self.bend, self.draws)
        rows = ops.arange(height, dtype="float32")[:, None] + down
        columns = ops.arange(width, dtype="float32") + across
        return sampled(images, rows, columns)

    def transforms(self, drawn: KerasTensor, height: int, width: int) -> KerasTensor:
        """Turn random numbers into affine maps from places in the result to places in the image.

        Args:
            drawn: Between 0 and 1, of shape `(batch, 5)`.
            height: Height of the images, in pixels.
            width: Their width.

        Returns:
            Coefficients as `keras.ops.image.affine_transform` takes them, of shape `(batch, 8)`.
        """
        moves = ops.floor(drawn[:, :2] * (2 * self.shift + 1)) - self.shift
        either_way = 2 * drawn - 1
        angle = either_way[:, 2] * (self.rotation * np.pi / 180)
        size = 1 + either_way[:, 3] * self.scale
        slant = either_way[:, 4] * self.slant
        cosine, sine = ops.cos(angle) / size, ops.sin(angle) / size
        rows = [(cosine, cosine * slant - sine), (sine, sine * slant + cosine)]
        middle = (width - 1) / 2, (height - 1) / 2
        coefficients = []
        for axis, (x, y) in enumerate(rows):
            offset = middle[axis] - x * middle[0] - y * middle[1] + moves[:, axis]
            coefficients += [x, y, offset]
        nothing = ops.zeros_like(angle)
        return ops.stack([*coefficients, nothing, nothing], axis=1)


def fields(
    count: int | KerasTensor,
    height: int,
    width: int,
    strength: float,
    draws: keras.random.SeedGenerator,
) -> tuple[KerasTensor, KerasTensor]:
    """Draw smooth random fields.

    Args:
        count: Number of images.
        height: Height of the images, in pixels.
        width: Their width.
        strength: Standard deviation of the fields, in pixels.
        draws: Source of the random numbers.

    Returns:
        How far to go down and to the right for each pixel, both of shape `(count, height, width)`.
    """
    noise = keras.random.normal((count, 2, GRID, GRID), stddev=strength, seed=draws)
    both = ops.matmul(ops.matmul(_smooth(height), noise), ops.transpose(_smooth(width)))
    return both[:, 0], both[:, 1]


def sampled(images: KerasTensor, rows: KerasTensor, columns: KerasTensor) -> KerasTensor:
    """Read images at fractional places, bilinearly.

    Args:
        images: Floats of shape `(batch, height, width, channels)`.
        rows: Where to read, in pixels from the top, of shape `(batch, height, width)`.
        columns: Likewise from the left.

    Returns:
        Images of the same shape; what lies outside repeats the edge.
    """
    height, width, channels = images.shape[1:]
    rows, columns = ops.clip(rows, 0, height - 1), ops.clip(columns, 0, width - 1)
    top, left = ops.floor(rows), ops.floor(columns)
    down, right = (rows - top)[..., None], (columns - left)[..., None]
    flat = ops.reshape(images, (-1, channels))
    first = ops.arange(ops.shape(images)[0], dtype="int32")[:, None, None] * (height * width)

    def at(y: KerasTensor, x: KerasTensor) -> KerasTensor:
        y, x = ops.minimum(y, height - 1), ops.minimum(x, width - 1)
        return ops.take(flat, first + ops.cast(y * width + x, "int32"), axis=0)

    upper = at(top, left) * (1 - right) + at(top, left + 1) * right
    lower = at(top + 1, left) * (1 - right) + at(top + 1, left + 1) * right
    return upper * (1 - down) + lower * down


def nearness(side: int) -> np.ndarray:
    """Return how near each of many places is to each point of the coarse grid: `(side, GRID)`."""
    places, points = np.linspace(0, GRID - 1, side), np.arange(GRID)
    return np.exp(-((places[:, np.newaxis] - points) ** 2))


def _smooth(side: int) -> np.ndarray:
    """Return how much each point of the coarse grid weighs at each of many places, likewise."""
    weights = nearness(side)
    lengths = np.sqrt((weights**2).sum(axis=1, keepdims=True))
    return (weights / lengths).astype(np.float32)
