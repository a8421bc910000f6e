"""Taking away lines that rule paper, and strips along the edges of a picture.

What runs dark from one edge of a picture to the other is no stroke of a figure that stands in it.
Where a line crosses a stroke, the stroke is repaired from what is above and below.
"""

import numpy as np

from resnet_course.pictures.paper import FAINTEST

#: Thickest line that rules paper, as a share of the picture's shorter side.
LINE = 0.04

#: Least contrast of a line that is taken away, of 255.
WEAKEST = 5

#: Share of a row that must be inside of the picture.
PRESENT = 0.25

#: What stands for pixels outside of the picture.
OUTSIDE = -1.0

#: Steepest line that rules paper, in pixels a pixel.
STEEPEST = 0.08


def without_lines(contrast: np.ndarray) -> np.ndarray:
    """Take away lines and strips that run from edge to edge."""
    return _without_rows(_without_rows(contrast).T).T


def _without_rows(contrast: np.ndarray) -> np.ndarray:
    """Take away lines that are nearly level."""
    from scipy import ndimage

    height, width = contrast.shape
    end = max(2, width // 12)
    if min(contrast[:, :end].max(), contrast[:, -end:].max()) < WEAKEST:
        return contrast
    reach = int(STEEPEST * width / 2) + 1
    thicker = ndimage.grey_dilation(contrast, size=(3, 1))
    padded = np.pad(thicker, ((2 * reach, 2 * reach), (0, 0)), constant_values=OUTSIDE)
    shift = _slope(padded, reach)
    profile = _profile(
        padded[np.arange(height + 2 * reach)[:, None] + shift, np.arange(width)], end
    )
    thickest = max(3, round(LINE * min(contrast.shape)))
    thin = profile - ndimage.grey_opening(profile, size=thickest)
    line = np.where(_at_the_edges(profile), profile, thin)
    taken = np.maximum(line[np.arange(height)[:, None] - shift + 2 * reach], 0)
    rest = np.maximum(contrast - taken, 0)
    repaired = ndimage.grey_closing(rest, size=(thickest + 3, 1))
    return np.where(taken > WEAKEST, np.minimum(repaired, contrast), rest)


def _slope(padded: np.ndarray, reach: int) -> np.ndarray:
    """Return how far down each column the rows go that show lines most clearly.

    Args:
        padded: Contrast with `2 * reach` rows above and below.
        reach: How far up or down the lines may go in half of the width.

    Returns:
        Rows from 0 to `2 * reach`, integers of shape `(width,)`.
    """
    width = padded.shape[1]
    some = np.sqrt(np.maximum(padded[:, ::4], 0))
    rows, columns = np.arange(len(padded) - 2 * reach)[:, None], np.arange(some.shape[1])

    def down(rise: int) -> np.ndarray:
        return reach + np.round(rise * np.linspace(-1, 1, width)).astype(int)

    def clearness(rise: int) -> float:
        return float(np.sum(np.diff(some[rows + down(rise)[::4], columns].mean(axis=1)) ** 2))

    return down(max(range(-reach, reach + 1), key=clearness))


def _profile(values: np.ndarray, end: int) -> np.ndarray:
    """Return how strong the line is that each row is a part of.

    Args:
        values: Contrast along the rows.
        end: How many pixels at either end a line must reach.

    Returns:
        The contrast of the line, 0 where there is none, `OUTSIDE` for a row that is nearly all
        outside of the picture, of shape `(rows,)`.
    """
    least, most = _quantile(values, 0.33), _quantile(values, 0.7)
    ends = [_quantile(part, 0.6) for part in (values[:, :end], values[:, -end:])]
    through = np.all([(at == OUTSIDE) | (at > 0.5 * least) for at in ends], axis=0)
    profile = np.where(through, np.minimum(most, 2 * least), 0)
    inside = (values > OUTSIDE).mean(axis=1) > PRESENT
    return np.where(inside, profile, OUTSIDE)


def _quantile(values: np.ndarray, share: float) -> np.ndarray:
    """Return what a share of each row's pixels inside of the picture do not exceed."""
    outside = np.count_nonzero(values == OUTSIDE, axis=1)
    last = values.shape[1] - 1
    at = np.minimum(outside + np.round(share * (last - outside)).astype(int), last)
    return np.sort(values, axis=1)[np.arange(len(values)), at]


def _at_the_edges(profile: np.ndarray) -> np.ndarray:
    """Return which rows belong to a strip at either edge."""
    dark = (profile > FAINTEST / 2) | (profile == OUTSIDE)
    first, last = np.cumprod(dark), np.cumprod(dark[::-1])[::-1]
    return (first | last).astype(bool)
