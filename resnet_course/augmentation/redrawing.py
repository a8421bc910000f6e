"""Redrawing: augmentation for line drawings that keeps them crisp.

Whatever interpolates between the pixels of a small image blurs it, and a network that sees few
images adapts to the blur. So a drawing is enlarged, changed, made crisp again and brought back to
the size and place that it had, as the makers of MNIST did with scanned digits (LeCun et al. 1998,
Gradient-based learning applied to document recognition, section III.A).
"""

import math
from typing import Any, ClassVar

import keras
import numpy as np
from keras import KerasTensor, ops
from PIL import Image

from resnet_course.augmentation.bending import Augmentation, fields, sampled
from resnet_course.pictures.measures import stroke_width

#: Height of the enlarged drawing and its margins, in pixels, or nearly so.
ENLARGED = 72

#: Empty space on every side of a drawing while it changes, in pixels.
MARGIN = 4

#: Grey level at which ink begins.
INK = 127.5

#: What contrast is multiplied by, to make edges crisp again.
CONTRAST = 4.0

#: Shortest and longest stray stroke, as shares of a figure's longer side.
STRAY = 0.15, 0.35

#: Images that are looked at to tell line drawings from others, at most.
SAMPLE = 100

#: Largest difference that redrawing makes to a line drawing, as a share of its brightness.
FAITHFUL = 0.22

#: Random numbers that every image needs, between 0 and 1.
DRAWS = 11


@keras.saving.register_keras_serializable("resnet_course")
class Redrawing(Augmentation):
    """Redraws light figures on black while training.

    Each is turned, slanted, stretched and bent, gets thinner or thicker, and some get a stray
    stroke: a crossed seven is a seven. The figure keeps its longer side and its centre of mass.
    """

    SETTINGS: ClassVar[tuple[str, ...]] = (*Augmentation.SETTINGS, "thickness", "strokes")

    def __init__(
        self,
        shift: int = 0,
        rotation: float = 0.0,
        scale: float = 0.0,
        slant: float = 0.0,
        bend: float = 0.0,
        thickness: float = 0.0,
        strokes: float = 0.0,
        seed: int | None = None,
        **options: Any,
    ):
        """Set how far drawings may change.

        Args:
            shift: Largest shift up, down, left and right, in whole pixels.
            rotation: Largest turn either way, in degrees.
            scale: Largest change of width and of height, as a share. Only their proportion shows.
            slant: Largest slant either way, in pixels a pixel of height.
            bend: Standard deviation of the field that bends, in pixels.
            thickness: How much thinner or thicker lines may get, from 0 to 1.
            strokes: Share of the drawings that get a stray stroke.
            seed: Seed of the draws. From Keras's global one if not given.
            options: What every layer takes, such as its name.
        """
        super().__init__(shift, rotation, scale, slant, bend, seed, **options)
        self.thickness = thickness
        self.strokes = strokes

    def changed(self, images: KerasTensor) -> KerasTensor:
        """Return images of shape `(batch, height, width, 1)` redrawn."""
        count = ops.shape(images)[0]
        drawn = ops.transpose(keras.random.uniform((count, DRAWS), seed=self.draws))
        drawings = ops.cast(images[..., 0], "float32")
        factor = _factor(images.shape[1])
        down, across = (_enlarging(side, factor) for side in images.shape[1:3])
        enlarged = ops.matmul(ops.matmul(down, drawings), ops.transpose(across))
        longer = ops.maximum(*_sides(enlarged))
        changed = enlarged
        if self.strokes:
            changed = ops.maximum(changed, self.stray_strokes(enlarged, longer, drawn[:4]))
        changed = self.warped(changed, drawn[4:8], factor)
        edge = INK * (1 + self.thickness * (2 * drawn[8] - 1))
        crisp = ops.clip(CONTRAST * (changed - _each(edge)) + INK, 0, 255)
        moves = ops.floor(drawn[9:11] * (2 * self.shift + 1)) - self.shift
        return _in_place(crisp, drawings, longer / factor, moves)[..., None]

    def stray_strokes(
        self, drawings: KerasTensor, longer: KerasTensor, drawn: KerasTensor
    ) -> KerasTensor:
        """Draw a straight stroke across some place of a figure, as wide as its lines are.

        Args:
            drawings: Of shape `(batch, height, width)`.
            longer: Longer side of each figure, in pixels, of shape `(batch,)`.
            drawn: Random numbers between 0 and 1, of shape `(4, batch)`.

        Returns:
            The strokes alone, of the shape of the drawings; black where there is none.
        """
        height, width = drawings.shape[1:]
        ink = ops.cast(drawings > INK, "float32")
        before = ops.cumsum(ops.reshape(ink, (-1, height * width)), axis=1)
        place = ops.argmax(before > _each(drawn[0], 1) * before[:, -1:], axis=1)
        y, x = (ops.cast(part, "float32") for part in (place // width, place % width))
        length = longer * (STRAY[0] + (STRAY[1] - STRAY[0]) * drawn[1])
        angle = np.pi * drawn[2]
        rows = _pixels(height)[:, None] - _each(y)
        columns = _pixels(width) - _each(x)
        sine, cosine = _each(ops.sin(angle)), _each(ops.cos(angle))
        half = _each(length / 2)
        along = ops.clip(rows * sine + columns * cosine, -half, half)
        distance = ops.sqrt((rows - along * sine) ** 2 + (columns - along * cosine) ** 2)
        there = (drawn[3] < self.strokes) & (before[:, -1] > 0)
        wide = ops.where(there, _line_width(ink), -2.0)
        return 255 * ops.clip(_each(wide / 2) - distance + 0.5, 0, 1)

    def warped(self, drawings: KerasTensor, drawn: KerasTensor, factor: int) -> KerasTensor:
        """Turn, slant, stretch and bend drawings.

        Args:
            drawings: Of shape `(batch, height, width)`.
            drawn: Random numbers between 0 and 1, of shape `(4, batch)`.
            factor: How many times larger than the images they are.

        Returns:
            Drawings of the same shape.
        """
        height, width = drawings.shape[1:]
        either_way = 2 * drawn - 1
        angle = either_way[0] * (self.rotation * np.pi / 180)
        slant = _each(either_way[1] * self.slant)
        tall, wide = (_each(ops.exp(either_way[at] * np.log1p(self.scale))) for at in (2, 3))
        sine, cosine = _each(ops.sin(angle)), _each(ops.cos(angle))
        y = _pixels(height)[:, None] - (height - 1) / 2
        x = _pixels(width) - (width - 1) / 2
        rows = tall * (cosine * y - sine * x)
        columns = wide * (sine * y + cosine * x) + slant * rows
        if self.bend:
            count, strength = ops.shape(drawings)[0], self.bend * factor
            down, across = fields(count, height, width, strength, self.draws)
            rows, columns = rows + down, columns + across
        rows, columns = rows + (height - 1) / 2, columns + (width - 1) / 2
        return sampled(drawings[..., None], rows, columns)[..., 0]


def are_line_drawings(images: np.ndarray) -> bool:
    """Tell whether images are light line drawings on black, large enough to be redrawn.

    Args:
        images: uint8 of shape `(images, height, width, channels)`.

    Returns:
        Whether they are grey and look nearly the same once they are redrawn without a change.
    """
    if images.shape[-1] != 1 or not images.any():
        return False
    sample = images[:: math.ceil(len(images) / SAMPLE)]
    redrawn = ops.convert_to_numpy(Redrawing(seed=0)(sample, training=True))
    difference = np.abs(redrawn.astype(np.float64) - sample)
    return bool(difference.mean() <= FAITHFUL * sample.mean())


def _in_place(
    drawings: KerasTensor, originals: KerasTensor, longer: KerasTensor, moves: KerasTensor
) -> KerasTensor:
    """Reduce drawings so that each figure has the longer side and the place that it had.

    Args:
        drawings: Of shape `(batch, large height, large width)`.
        originals: Where their figures were, of shape `(batch, height, width)`.
        longer: Longer side of each figure there, in pixels, of shape `(batch,)`.
        moves: Whole pixels to move each figure down and to the right, of shape `(2, batch)`.

    Returns:
        Drawings of the shape of `originals`: means over the area of each pixel.
    """
    scale = ops.round(longer) / ops.maximum(*_sides(drawings))
    rows, columns = (
        _reducing(drawings, originals, axis, scale, moves[axis - 1]) for axis in (1, 2)
    )
    return ops.matmul(ops.matmul(rows, drawings), ops.transpose(columns, (0, 2, 1)))


def _reducing(
    drawings: KerasTensor,
    originals: KerasTensor,
    axis: int,
    scale: KerasTensor,
    move: KerasTensor,
) -> KerasTensor:
    """Return how much each large pixel weighs in each small one: `(batch, small, large)`."""
    large, small = drawings.shape[axis], originals.shape[axis]
    first, length = _box(drawings, axis)
    pixels = ops.clip(ops.round(scale * length), 1, small)
    scale = pixels / length
    centre = scale * (_centre(drawings, axis) - first)
    start = ops.clip(ops.round(_centre(originals, axis) - centre), 0, small - pixels) + move
    edges = first[:, None] + (_pixels(small + 1) - start[:, None]) / scale[:, None]
    edges = ops.clip(edges, first[:, None], (first + length)[:, None])[..., None]
    overlap = ops.minimum(edges[:, 1:], _pixels(large) + 1) - ops.maximum(
        edges[:, :-1], _pixels(large)
    )
    return ops.maximum(overlap, 0) * _each(scale)


def _box(drawings: KerasTensor, axis: int) -> tuple[KerasTensor, KerasTensor]:
    """Return where figures begin along an axis, and how long they are; all of it if there is none.

    Args:
        drawings: Of shape `(batch, height, width)`.
        axis: 1 for down, 2 for across.
    """
    inked = ops.cast(ops.any(drawings > INK, axis=3 - axis), "float32")
    first = ops.argmax(inked, axis=1)
    after = drawings.shape[axis] - ops.argmax(ops.flip(inked, axis=1), axis=1)
    return ops.cast(first, "float32"), ops.cast(after - first, "float32")


def _sides(drawings: KerasTensor) -> tuple[KerasTensor, KerasTensor]:
    """Return height and width of figures, in pixels."""
    return _box(drawings, 1)[1], _box(drawings, 2)[1]


def _centre(drawings: KerasTensor, axis: int) -> KerasTensor:
    """Return the centre of mass of drawings along an axis, in pixels from the edge."""
    mass = ops.sum(drawings, axis=3 - axis)
    places = _pixels(drawings.shape[axis]) + 0.5
    return ops.sum(mass * places, axis=1) / ops.maximum(ops.sum(mass, axis=1), 1.0)


def _line_width(ink: KerasTensor) -> KerasTensor:
    """Estimate the width of lines, in pixels, where ink is 1 and all else 0."""
    steps = sum(ops.sum(ops.abs(ops.diff(ink, axis=axis)), axis=(1, 2)) for axis in (1, 2))
    return stroke_width(ops.sum(ink, axis=(1, 2)), ops.maximum(steps, 1.0))


def _factor(side: int) -> int:
    """Return how many times larger drawings of some height are drawn."""
    return max(1, round(ENLARGED / (side + 2 * MARGIN)))


def _enlarging(side: int, factor: int) -> np.ndarray:
    """Return what enlarges one side of an image and adds margins: `(large, side)`."""
    alone = np.pad(np.eye(side, dtype=np.float32), ((MARGIN, MARGIN), (0, 0)))
    size = (side, factor * len(alone))
    return np.asarray(Image.fromarray(alone).resize(size, Image.Resampling.BICUBIC))


def _pixels(count: int) -> KerasTensor:
    return ops.arange(count, dtype="float32")


def _each(values: KerasTensor, axes: int = 2) -> KerasTensor:
    """Give one value an image as many axes more as are to be broadcast."""
    return ops.reshape(values, (-1, *[1] * axes))
