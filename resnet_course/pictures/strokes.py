"""How wide the strokes of a drawing are."""

from typing import Any

import numpy as np


def outline(inside: np.ndarray) -> int:
    """Return the length of a figure's outline, in steps along rows and columns.

    Args:
        inside: Which pixels belong to the figure, booleans of shape `(height, width)`. None on the
            edge does.
    """
    return sum(int(np.count_nonzero(np.diff(inside, axis=axis))) for axis in (0, 1))


def width(area: Any, steps: Any) -> Any:
    """Estimate the width of strokes: their area by half of their outline's length.

    Args:
        area: Number of pixels, or several such numbers.
        steps: Length of the outline in steps along rows and columns, likewise. They overstate it
            by 4 / π, averaged over its directions.

    Returns:
        The width in pixels, of the shape of the arguments.
    """
    return area / (steps * np.pi / 8)
