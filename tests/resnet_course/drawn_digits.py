"""Digits drawn with a pen: strokes of several forms, pens, sizes and hands."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from PIL import Image, ImageDraw

#: Points of a stroke, in a box of width 1 and height 1 with y downwards.
Stroke = Sequence[tuple[float, float]]

#: How many times finer than the picture strokes are drawn.
FINER = 3


def arc(x: float, y: float, width: float, height: float, start: float, end: float) -> Stroke:
    """Return a part of an ellipse; angles in degrees, clockwise from the right."""
    angles = np.radians(np.linspace(start, end, 40))
    return [(x + width * np.cos(a), y + height * np.sin(a)) for a in angles]


#: The ways to write each digit. Every way is a list of strokes.
FORMS: tuple[tuple[tuple[Stroke, ...], ...], ...] = (
    ((arc(0.5, 0.5, 0.33, 0.5, -90, 275),), (arc(0.5, 0.5, 0.4, 0.48, -110, 250),)),
    (([(0.5, 0), (0.5, 1)],), ([(0.33, 0.2), (0.52, 0), (0.52, 1)],)),
    (
        ([*arc(0.5, 0.27, 0.33, 0.27, -170, 30), (0.15, 1), (0.85, 1)],),
        ([*arc(0.48, 0.25, 0.3, 0.25, -200, 40), (0.2, 0.97), (0.88, 0.93)],),
    ),
    (
        ([*arc(0.45, 0.25, 0.33, 0.25, -150, 80), *arc(0.45, 0.74, 0.37, 0.26, -80, 150)],),
        ([*arc(0.42, 0.24, 0.3, 0.24, -160, 90), *arc(0.45, 0.74, 0.36, 0.26, -90, 160)],),
    ),
    (
        ([(0.3, 0), (0.15, 0.6), (0.9, 0.6)], [(0.68, 0.25), (0.68, 1)]),
        ([(0.62, 0), (0.1, 0.65), (0.9, 0.65)], [(0.64, 0.02), (0.64, 1)]),
    ),
    (
        ([(0.8, 0.03), (0.27, 0.03), (0.23, 0.44), *arc(0.45, 0.69, 0.37, 0.3, -120, 145)],),
        (
            [(0.28, 0.02), (0.25, 0.45), *arc(0.46, 0.7, 0.36, 0.3, -120, 140)],
            [(0.28, 0.02), (0.84, 0)],
        ),
    ),
    (
        ([(0.65, 0), (0.35, 0.3), *arc(0.5, 0.7, 0.3, 0.29, 180, -180)],),
        ([*arc(0.72, 0.62, 0.52, 0.62, -100, -180), *arc(0.5, 0.7, 0.3, 0.29, 180, -170)],),
    ),
    (
        ([(0.12, 0.02), (0.85, 0.02), (0.4, 1)],),
        ([(0.15, 0.04), (0.82, 0), (0.6, 0.45), (0.45, 1)],),
        ([(0.12, 0.02), (0.85, 0.02), (0.4, 1)], [(0.35, 0.5), (0.8, 0.5)]),
    ),
    (
        ([*arc(0.5, 0.25, 0.27, 0.25, 90, 450), *arc(0.5, 0.75, 0.33, 0.25, -90, 270)],),
        (
            [
                *arc(0.52, 0.24, 0.25, 0.23, -20, -270),
                *arc(0.48, 0.74, 0.3, 0.26, -90, 200),
                (0.72, 0.32),
            ],
        ),
    ),
    (
        ([*arc(0.5, 0.3, 0.28, 0.29, 0, 360), (0.74, 1)],),
        ([*arc(0.48, 0.28, 0.28, 0.27, -10, 350), *arc(0.3, 0.6, 0.46, 0.4, 0, 80)],),
    ),
)

#: Digits in strokes that do not touch.
APART: dict[int, tuple[Stroke, ...]] = {
    4: ([(0.3, 0), (0.15, 0.58), (0.58, 0.58)], [(0.74, 0.2), (0.72, 1)]),
    5: (
        [(0.28, 0.14), (0.25, 0.45), *arc(0.46, 0.7, 0.36, 0.3, -120, 140)],
        [(0.38, 0.0), (0.88, 0.0)],
    ),
    7: ([(0.12, 0.02), (0.72, 0.02)], [(0.82, 0.12), (0.4, 1)]),
    0: (arc(0.5, 0.5, 0.35, 0.5, -75, 90), arc(0.5, 0.5, 0.35, 0.5, 105, 265)),
    3: (arc(0.45, 0.25, 0.33, 0.25, -150, 62), arc(0.45, 0.74, 0.37, 0.26, -62, 150)),
    6: ([(0.65, 0), (0.33, 0.33)], [(0.22, 0.5), *arc(0.5, 0.7, 0.3, 0.29, 180, -180)]),
    8: (arc(0.5, 0.23, 0.27, 0.23, 0, 360), arc(0.5, 0.77, 0.33, 0.23, 0, 360)),
    2: ([*arc(0.5, 0.27, 0.33, 0.27, -170, 30), (0.25, 0.87)], [(0.2, 0.99), (0.85, 0.97)]),
    9: (arc(0.5, 0.3, 0.28, 0.29, 0, 360), [(0.86, 0.38), (0.74, 1)]),
}


def ink(
    rng: np.random.Generator,
    strokes: Sequence[Stroke],
    size: tuple[int, int],
    height: float,
    pen: float,
    at: tuple[float, float] = (0.5, 0.5),
    slant: float = 0.15,
    gaps: int = 0,
) -> np.ndarray:
    """Draw strokes by a shaking hand.

    Args:
        rng: What the hand does.
        strokes: The strokes.
        size: Width and height of the picture, in pixels.
        height: Height of the figure, in pixels.
        pen: Width of the pen, as a share of the figure's height.
        at: Where the middle of the figure is, as shares of the picture's width and height.
        slant: Largest slant.
        gaps: Places where the pen left the paper.

    Returns:
        Ink from 0 to 1, float64 of shape `(height, width)`.
    """
    picture = Image.new("L", (FINER * size[0], FINER * size[1]))
    draw = ImageDraw.Draw(picture)
    shear, aspect = rng.uniform(-slant, slant), rng.uniform(0.62, 0.85)
    turn = np.radians(rng.uniform(-6, 6))
    radius = FINER * pen * height / 2
    for stroke in strokes:
        points = np.asarray(_dense(stroke)) - 0.5
        wave = rng.normal(0, 0.012, (6, 2))
        wave = np.stack([_smooth(wave[:, axis], len(points)) for axis in (0, 1)], axis=1)
        x, y = ((points + wave) * (aspect, 1)).T
        x = x - shear * y
        x, y = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
        x, y = FINER * (at[0] * size[0] + height * x), FINER * (at[1] * size[1] + height * y)
        kept = _kept(rng, len(x), gaps, 1.7 * pen, np.asarray(_dense(stroke)))
        for one, (left, top) in enumerate(zip(x, y, strict=True)):
            if kept[one]:
                draw.ellipse((left - radius, top - radius, left + radius, top + radius), fill=255)
    small = picture.resize(size, Image.Resampling.BOX)
    return np.asarray(small) / 255


def _dense(stroke: Stroke) -> list[tuple[float, float]]:
    """Put a point every hundredth of the height along a stroke."""
    dense = [stroke[0]]
    for (x0, y0), (x1, y1) in pairwise(stroke):
        steps = max(1, int(np.hypot(x1 - x0, y1 - y0) / 0.006))
        dense += [
            (x0 + (x1 - x0) * s / steps, y0 + (y1 - y0) * s / steps) for s in range(1, steps + 1)
        ]
    return dense


def _smooth(values: np.ndarray, length: int) -> np.ndarray:
    return np.interp(np.linspace(0, 1, length), np.linspace(0, 1, len(values)), values)


def _kept(
    rng: np.random.Generator, length: int, gaps: int, gap: float, points: np.ndarray
) -> np.ndarray:
    """Return which points are drawn: all but some stretches of a length."""
    kept = np.ones(length, bool)
    for _ in range(gaps):
        middle = points[rng.integers(length // 5, max(length // 5 + 1, 4 * length // 5))]
        kept &= np.hypot(*(points - middle).T) > gap / 2 + rng.uniform(0, 0.02)
    return kept
