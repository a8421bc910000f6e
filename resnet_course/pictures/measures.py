"""Measures of a figure: the box around it, its outline, the width of its strokes."""

from typing import Any

import numpy as np


def box(inside: np.ndarray) -> tuple[int, int, int, int]:
    """Return where a figure begins and ends: top, bottom, left, right.

    Args:
        inside: Which pixels belong to it, booleans of shape `(height, width)`. One at least does.
    """
    rows, columns = np.nonzero(inside)
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


def outline(inside: np.ndarray) -> int:
    """Return the length of a figure's outline, in steps along rows and columns.

    Args:
        inside: Which pixels belong to it, booleans of shape `(height, width)`. None on the edge
            does.
    """
    return sum(int(np.count_nonzero(np.diff(inside, axis=axis))) for axis in (0, 1))


def stroke_width(area: Any, steps: Any) -> Any:
    """Estimate the width of strokes: their area by half of their outline's length.

    Args:
        area: Number of pixels, or several such numbers.
        steps: Length of the outline in steps along rows and columns, likewise. They overstate it
            by 4 / π, averaged over its directions.

    Returns:
        The width in pixels, of the shape of the arguments.
    """
    return area / (steps * np.pi / 8)
