"""The paper that a figure is drawn on: where it is, and how bright it is around every pixel.

What is darker than its surroundings and narrower than a stroke can be is not paper, but ink
(grey-scale closing: Serra 1982, Image Analysis and Mathematical Morphology).
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

#: The least difference between figure and background, of 255, that makes a figure.
FAINTEST = 25

#: Longer side of a picture while its figure is looked for, in pixels: the least and the most.
SMALL, LARGE = 240, 480

#: Pixels of the shorter side, at least.
SHORTEST = 16

#: Standard deviation of the noise that smoothing leaves, of 255.
LEFT = 6

#: The powers of a quadratic surface, downwards and to the right.
POWERS = ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2))

#: A sheet of paper covers at least this share of a picture, and of the rectangle around it.
SHEET, RECTANGLE = 0.12, 0.88

#: What is around a sheet differs from the border by less than this share of what the sheet does.
SHARP = 0.6

#: A sheet that covers more of a picture than this is the picture.
WHOLE = 0.985


def channels_of(picture: Image.Image) -> np.ndarray:
    """Return the channels of a picture, brought to a middling size: grey, and red, green, blue."""
    longer = max(picture.size)
    scale = float(np.clip(longer, SMALL, LARGE) / longer)
    size = [max(SHORTEST, round(scale * side)) for side in picture.size]
    if size != list(picture.size):
        way = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
        picture = picture.resize(size, way)
    channels = [picture.convert("L"), *(picture.split() if picture.mode == "RGB" else ())]
    return np.stack([np.asarray(channel, dtype=np.float32) for channel in channels])


def border(image: np.ndarray) -> np.ndarray:
    """Return the pixels on the edges of an image.

    Args:
        image: Of shape `(height, width)` or `(height, width, channels)`.

    Returns:
        Of shape `(pixels,)` or `(pixels, channels)`. Each corner comes twice.
    """
    return np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])


@dataclass(frozen=True, eq=False)
class Sheet:
    """A sheet of paper in a picture.

    Attributes:
        inside: Which pixels are well inside of it, booleans of shape `(height, width)`.
        framed: Whether a frame is around it; if not, it lies on something else.
    """

    inside: np.ndarray
    framed: bool

    def cut_out(self, channels: np.ndarray) -> np.ndarray:
        """Cut the sheet out of a picture.

        Args:
            channels: Grey levels of shape `(channels, height, width)`.

        Returns:
            The sheet, likewise, its corners filled up with the nearest paper.
        """
        from scipy import ndimage

        nearest = ndimage.distance_transform_edt(
            ~self.inside, return_distances=False, return_indices=True
        )
        rows, columns = ndimage.find_objects(self.inside.astype(int))[0]
        return channels[:, nearest[0], nearest[1]][:, rows, columns]

    def has_edge(self, drawn: np.ndarray, reach: float) -> bool:
        """Return whether what looks drawn is the edge of the sheet on what it lies on.

        Args:
            drawn: Which pixels look drawn, booleans of shape `(height, width)`.
            reach: How far from the edge of `inside` that of the sheet may be, in pixels.
        """
        from scipy import ndimage

        out, within = map(ndimage.distance_transform_edt, (~self.inside, self.inside))
        return not self.framed and bool((out + within)[drawn].max() < reach)


def sheet(channels: np.ndarray) -> Sheet | None:
    """Find the sheet of paper that lies on something else, or that a frame is around.

    Args:
        channels: Grey levels of shape `(channels, height, width)`.
    """
    found = _rectangle_in(_difference(channels))
    if found is None or min(np.ptp(found.inside.nonzero(), axis=1)) + 1 < SHORTEST:
        return None
    return found


def _difference(channels: np.ndarray) -> np.ndarray:
    """Return how far each pixel is from what the border mostly shows."""
    background = np.median(border(np.moveaxis(channels, 0, -1)), axis=0)
    return np.abs(channels - background[:, None, None]).max(axis=0)


def _rectangle_in(difference: np.ndarray) -> Sheet | None:
    """Return the inside of a sheet with a sharp edge, or of a frame around one, or None."""
    from scipy import ndimage

    thing = _largest(difference > max(FAINTEST, 0.4 * np.percentile(difference, 95)))
    area = ndimage.binary_fill_holes(thing)
    filled = np.count_nonzero(area)
    if not SHEET * area.size < filled < WHOLE * area.size:
        return None
    if filled < RECTANGLE * _rectangle_around(area):
        return None
    margin = max(2, round(0.008 * max(area.shape)))
    inner = ndimage.binary_erosion(area, iterations=margin, border_value=1)
    framed = bool(np.count_nonzero(thing) < 0.5 * filled)
    if framed:
        inner &= ~ndimage.binary_dilation(thing, iterations=margin)
    else:
        around = ndimage.binary_dilation(area, iterations=margin) & ~area
        if np.median(difference[around]) > SHARP * np.median(difference[area & ~inner]):
            return None
    inside = _largest(inner)
    if inside.sum() <= 0.5 * filled:
        return None
    return Sheet(ndimage.binary_fill_holes(inside), framed)


def _largest(mask: np.ndarray) -> np.ndarray:
    """Return the connected part of a mask that takes up most room."""
    from scipy import ndimage

    labels, _ = ndimage.label(mask)
    boxes = [
        (rows.stop - rows.start) * (columns.stop - columns.start)
        for rows, columns in ndimage.find_objects(labels)
    ]
    return labels == (np.argmax(boxes) + 1 if boxes else 1)


def _rectangle_around(area: np.ndarray) -> float:
    """Return the size of the smallest rectangle around an area, turned by up to 15 degrees."""
    edge = area & ~np.pad(area, 1)[:-2, 1:-1] | area & ~np.pad(area, 1)[2:, 1:-1]
    points, turns = np.argwhere(edge), np.radians(np.arange(-15, 16))
    one = points @ np.stack([np.cos(turns), np.sin(turns)])
    other = points @ np.stack([-np.sin(turns), np.cos(turns)])
    return float(((np.ptp(one, axis=0) + 1) * (np.ptp(other, axis=0) + 1)).min())


def darkened(channels: np.ndarray) -> list[np.ndarray]:
    """Choose the channel in which the ink is clearest.

    Args:
        channels: Grey levels of shape `(channels, height, width)`.

    Returns:
        The channel, inverted if the ink is light; both ways where it is not clear which it is.
    """
    window = np.outer(*(np.hanning(side + 2)[1:-1] for side in channels.shape[1:]))
    best, most = [channels[0]], 0.0
    for channel in channels:
        away = channel - surface(channel)
        light, dark = (float((window * np.maximum(way, 0) ** 3).sum()) for way in (away, -away))
        if max(light, dark) > 1.05 * most:
            most = max(light, dark)
            best = [channel] * (8 * dark > light) + [255 - channel] * (8 * light > dark)
    return best


def surface(levels: np.ndarray) -> np.ndarray:
    """Fit a quadratic surface to most of the pixels, whatever the others are."""
    height, width = levels.shape
    y, x = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
    some = np.s_[:: max(1, height // 32), :: max(1, width // 32)]
    few_y, few_x = (grid.ravel() for grid in np.meshgrid(y[some[0]], x[some[1]], indexing="ij"))
    powers = [few_y**down * few_x**right for down, right in POWERS]
    points, values = np.stack(powers, axis=1), levels[some].ravel().astype(np.float64)
    weights, tiny = np.ones_like(values), 1e-9 * np.eye(len(POWERS))
    for _ in range(12):
        weighted = points * weights[:, None]
        found = np.linalg.solve(weighted.T @ points + tiny, weighted.T @ values)
        weights = 1 / np.maximum(np.abs(values - points @ found), 2)
    return sum(
        share * np.outer(y**down, x**right)
        for share, (down, right) in zip(found, POWERS, strict=True)
    )


def smoothed(levels: np.ndarray) -> np.ndarray:
    """Take away specks of a few pixels, and noise as far as there is any."""
    from scipy import ndimage

    median = ndimage.median_filter(levels, 3)
    specks, _ = ndimage.label(np.abs(levels - median) > FAINTEST, np.ones((3, 3)))
    small = np.bincount(specks.ravel()) <= 4
    levels = np.where(small[specks] & (specks > 0), median, levels)
    noise = _spread(levels - ndimage.gaussian_filter(levels, 1))
    # White noise of this spread falls to LEFT by a Gaussian filter of this width.
    width = noise / (2 * np.sqrt(np.pi) * LEFT)
    return ndimage.gaussian_filter(levels, min(width, 2.5)) if width > 0.3 else levels


def ink_contrast(levels: np.ndarray, widest: float) -> np.ndarray:
    """Return how much darker than the paper around it each pixel is, of 255.

    Args:
        levels: Grey levels of shape `(height, width)`, the ink darker than the paper.
        widest: What is wider than this is paper, in pixels.
    """
    from scipy import ndimage

    size = 2 * max(2, round(widest / 2)) + 1
    half = size // 2
    padded = np.pad(levels, half, mode="reflect", reflect_type="odd")
    padded = np.minimum(padded, np.pad(levels, half, mode="edge"))
    paper = ndimage.grey_closing(padded, size=size)[half:-half, half:-half]
    paper = np.maximum(paper, 1)
    contrast = 255 * (paper - levels) / np.maximum(paper, 60)
    return np.maximum(contrast - np.median(contrast) - 2.5 * _spread(contrast), 0)


def _spread(values: np.ndarray) -> float:
    """Return the standard deviation of most of the values, were they normally distributed."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))
