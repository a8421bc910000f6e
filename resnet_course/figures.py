"""Telling a drawn figure from its paper, whatever light, lines and marks there are on the paper.

The brightness of the paper is estimated around every pixel: what is narrower than a stroke can be
is not paper, but ink (grey-scale closing: Serra 1982, Image Analysis and
Mathematical Morphology).
Lines and strips that run across the whole picture are no ink. What is left falls into connected
parts: those of the figure are kept; the others are specks, marks in corners and edges of things.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

#: Pixels with more than this share of the ink's strength belong to the figure.
INK = 0.3

#: The least difference between figure and background, of 255, that makes a figure.
FAINTEST = 25

#: Longer side of a picture while its figure is looked for, in pixels: the least and the most.
SMALL, LARGE = 240, 480

#: Widest stroke that can be told from a shadow, as a share of the picture's shorter side.
WIDEST = 0.35

#: Standard deviation of the noise that smoothing leaves, of 255.
LEFT = 6

#: Thickest line that rules paper, as a share of the picture's shorter side.
LINE = 0.04

#: Steepest line that rules paper, in pixels a pixel.
STEEPEST = 0.08

#: Longer side of a speck, as a share of the picture's longer side.
SPECK = 0.025

#: Sheets that lie on one another, or frames around one another, at most.
MOST_SHEETS = 3

#: What is in doubt about a figure.
CUT = "the figure is cut off at the edge of the picture"
FAINT = "the ink is hardly darker or lighter than its background"
SEVERAL = "there may be more than one figure in the picture"

#: The powers of a quadratic surface, downwards and to the right.
POWERS = ((0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2))

#: A sheet of paper covers at least this share of a picture, and of the rectangle around it.
SHEET, RECTANGLE = 0.12, 0.88


@dataclass(frozen=True, eq=False)
class Figure:
    """A drawn figure, and what is in doubt about it.

    Attributes:
        ink: From 0 for background to 1, float32 of shape `(height, width)`, all 0 if there is no
            figure.
        doubts: A sentence for everything that is in doubt.
        weight: That of its main part.
    """

    ink: np.ndarray
    doubts: tuple[str, ...] = ()
    weight: float = 0.0


def find(picture: Image.Image) -> Figure | None:
    """Find the figure that is drawn in a picture.

    Args:
        picture: The picture, in mode "L" or "RGB".

    Returns:
        The figure, cut out of the picture with some background around it, or None if the picture
        is blank.
    """
    channels = _channels(picture)
    found = _figure(channels)
    for _ in range(MOST_SHEETS):
        inside = sheet(channels)
        within = _figure(inside) if inside is not None else None
        if (
            inside is None
            or within is None
            or (found and CUT in set(within.doubts) - set(found.doubts))
        ):
            break
        channels, found = inside, within
    return found


def _channels(picture: Image.Image) -> np.ndarray:
    """Return the channels of a picture, brought to a middling size: grey, and red, green, blue."""
    longer = max(picture.size)
    scale = float(np.clip(longer, SMALL, LARGE) / longer)
    if scale != 1:
        way = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
        picture = picture.resize([max(1, round(scale * side)) for side in picture.size], way)
    channels = [picture.convert("L"), *(picture.split() if picture.mode == "RGB" else ())]
    return np.stack([np.asarray(channel, dtype=np.float32) for channel in channels])


def _figure(channels: np.ndarray) -> Figure | None:
    found = [select(without_lines(ink_contrast(levels))) for levels in _darkened(channels)]
    figures = [figure for figure in found if figure is not None]
    return max(figures, key=lambda figure: figure.weight, default=None)


def sheet(channels: np.ndarray) -> np.ndarray | None:
    """Cut out the sheet of paper that lies on something else, or that a frame is around."""
    from scipy import ndimage

    border = np.concatenate(
        [channels[:, 0], channels[:, -1], channels[:, :, 0], channels[:, :, -1]], axis=1
    )
    away = np.abs(channels - np.median(border, axis=1)[:, None, None]).max(axis=0)
    labels, _ = ndimage.label(away > max(FAINTEST, 0.4 * np.percentile(away, 95)))
    boxes = ndimage.find_objects(labels)
    if not boxes:
        return None
    large = max(
        range(len(boxes)), key=lambda one: np.prod([part.stop - part.start for part in boxes[one]])
    )
    line = labels == large + 1
    area = ndimage.binary_fill_holes(line)
    hull = _hull(area)
    if hull is None or not SHEET * area.size < area.sum() < 0.985 * area.size:
        return None
    if area.sum() < RECTANGLE * _rectangle(hull):
        return None
    filled = area.sum()
    if line.sum() < 0.5 * filled:
        area &= ~line
    margin = max(2, round(0.008 * max(area.shape)))
    area = ndimage.binary_erosion(area, iterations=margin)
    holes, count = ndimage.label(area)
    if not count:
        return None
    area = holes == np.bincount(holes.ravel())[1:].argmax() + 1
    if area.sum() < 0.5 * filled:
        return None
    area = ndimage.binary_fill_holes(area)
    rows, columns = ndimage.find_objects(area.astype(int))[0]
    nearest = ndimage.distance_transform_edt(~area, return_distances=False, return_indices=True)
    return channels[:, nearest[0], nearest[1]][:, rows, columns]


def _hull(mask: np.ndarray) -> np.ndarray | None:
    from scipy.spatial import ConvexHull, QhullError

    edges = [(x, y) for y, row in enumerate(mask) if row.any() for x in np.nonzero(row)[0][[0, -1]]]
    try:
        return np.array(edges)[ConvexHull(edges).vertices]
    except (QhullError, ValueError):
        return None


def _rectangle(hull: np.ndarray) -> float:
    """Return the area of the smallest rectangle around points, turned by up to 15 degrees."""
    turns = np.radians(np.arange(-15, 16))
    x = hull @ np.stack([np.cos(turns), np.sin(turns)])
    y = hull @ np.stack([-np.sin(turns), np.cos(turns)])
    return float(((np.ptp(x, axis=0) + 1) * (np.ptp(y, axis=0) + 1)).min())


def _darkened(channels: np.ndarray) -> list[np.ndarray]:
    """Return the channel in which the ink is clearest, so that ink is dark; or both ways."""
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
    weights = np.ones_like(values)
    for _ in range(12):
        weighted = points * weights[:, None]
        found = np.linalg.solve(weighted.T @ points, weighted.T @ values)
        weights = 1 / np.maximum(np.abs(values - points @ found), 2)
    return sum(
        share * np.outer(y**down, x**right)
        for share, (down, right) in zip(found, POWERS, strict=True)
    )


def ink_contrast(levels: np.ndarray) -> np.ndarray:
    """Return how much darker than the paper around it each pixel is, of 255."""
    from scipy import ndimage

    levels = smoothed(levels)
    size = 2 * round(WIDEST * min(levels.shape) / 2) + 1
    padded = np.pad(levels, size, mode="reflect", reflect_type="odd")
    padded = np.minimum(padded, np.pad(levels, size, mode="edge"))
    paper = ndimage.grey_closing(padded, size=(size, size))[size:-size, size:-size]
    paper = np.maximum(paper, 1)
    contrast = 255 * (paper - levels) / np.maximum(paper, 60)
    return np.maximum(contrast - np.median(contrast) - 2.5 * _spread(contrast), 0)


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


def _spread(values: np.ndarray) -> float:
    """Return the standard deviation of most of the values, were they normally distributed."""
    return 1.4826 * float(np.median(np.abs(values - np.median(values))))


def without_lines(contrast: np.ndarray) -> np.ndarray:
    """Take away lines and strips that run from edge to edge."""
    return _without_rows(_without_rows(contrast).T).T


def _without_rows(contrast: np.ndarray) -> np.ndarray:
    from scipy import ndimage

    height, width = contrast.shape
    reach = int(STEEPEST * width / 2) + 1
    thicker = ndimage.grey_dilation(contrast, size=(3, 1))
    padded = np.pad(thicker, ((2 * reach, 2 * reach), (0, 0)), constant_values=-1)
    rows, x = np.arange(height + 2 * reach)[:, None], np.linspace(-1, 1, width)
    thin = np.sqrt(np.maximum(padded, 0))[:, ::4]

    def shift(rise: float) -> np.ndarray:
        return reach + np.round(rise * x).astype(int)

    def evenness(rise: float) -> float:
        means = thin[rows + shift(rise)[::4], np.arange(thin.shape[1])].mean(axis=1)
        return float(np.sum(np.diff(means) ** 2))

    rise = max(np.arange(-reach, reach + 0.5), key=evenness)
    level = shift(rise)
    profile = _profile(padded[rows + level, np.arange(width)])
    if profile.max() < 5:
        return contrast
    tall = max(3, round(LINE * min(contrast.shape)))
    edge = _at_the_edges(profile > FAINTEST / 2)
    line = np.where(edge, profile, profile - ndimage.grey_opening(profile, size=tall))
    at = np.arange(height)[:, None] - level + 2 * reach
    taken = line[np.clip(at, 0, len(line) - 1)]
    rest = np.maximum(contrast - taken, 0)
    bridged = ndimage.grey_closing(rest, size=(tall + 3, 1))
    return np.where(taken > 5, np.minimum(bridged, contrast), rest)


def _at_the_edges(dark: np.ndarray) -> np.ndarray:
    """Return which rows belong to a dark run at either end."""
    first = np.cumprod(dark)
    last = np.cumprod(dark[::-1])[::-1]
    return (first | last).astype(bool)


def _profile(values: np.ndarray) -> np.ndarray:
    """Return how strong the line is that each row is a part of; -1 is outside of the picture."""
    end = max(2, values.shape[1] // 12)
    present = (values >= 0).mean(axis=1) > 0.5
    some = values[present]
    least, most = np.percentile(some, (33, 70), axis=1)
    ends = [np.percentile(part, 40, axis=1) for part in (some[:, :end], some[:, -end:])]
    profile = np.zeros(len(values), np.float32)
    profile[present] = np.where(np.minimum(*ends) > 0.5 * least, np.minimum(most, 2 * least), 0)
    return np.maximum(profile, 0)


def select(contrast: np.ndarray) -> Figure | None:
    """Keep the parts of the ink that make up the figure, or return None if there is none."""
    from scipy import ndimage

    strong = contrast[contrast > FAINTEST]
    if strong.size < 4:
        return None
    level = np.percentile(strong, 80)
    labels, _ = ndimage.label(contrast > max(INK * level, FAINTEST / 2), np.ones((3, 3)))
    steepness = sum(slope**2 for slope in np.gradient(contrast))
    least = SPECK * max(contrast.shape)
    parts = [
        part
        for index, where in enumerate(ndimage.find_objects(labels), 1)
        if (part := Part.of(index, labels, contrast, steepness, where)).longer > least
        and part.strongest > max(FAINTEST, 0.5 * level)
        and not part.along_the_edge
    ]
    if not parts:
        return None
    main = max(parts, key=lambda part: part.weight * (0.5 if part.contact else 1))
    kept = _group(main, parts, labels)
    mask = np.isin(labels, [part.index for part in kept])
    level = np.percentile(contrast[mask], 80)
    ink = np.clip(contrast / level, 0, 1) * ndimage.binary_dilation(mask, iterations=2)
    left = [part for part in parts if part not in kept]
    doubts = [
        doubt
        for doubt, holds in (
            (CUT, any(part.contact > 0.8 * main.pen for part in kept)),
            (FAINT, level < 2 * FAINTEST),
            (SEVERAL, _several(kept) or any(part.longer > 0.4 * main.longer for part in left)),
        )
        if holds
    ]
    return Figure(ink.astype(np.float32), tuple(doubts), main.weight)


@dataclass(frozen=True, eq=False)
class Part:
    """Connected ink.

    Attributes:
        index: Its label.
        box: Where it begins and ends: top, bottom, left, right.
        area: Pixels.
        weight: How much ink it has and how sharp its outline is: the geometric mean of its contrast
            and its squared slope, each summed over its pixels.
        strongest: Contrast of the strongest.
        contact: Pixels on the picture's edge.
        outline: Length of its outline, in steps along rows and columns.
    """

    index: int
    box: tuple[int, int, int, int]
    area: int
    weight: float
    strongest: float
    contact: int
    outline: int

    @classmethod
    def of(
        cls,
        index: int,
        labels: np.ndarray,
        contrast: np.ndarray,
        steepness: np.ndarray,
        where: tuple[slice, slice],
    ) -> "Part":
        """Measure the part with a label, which lies within slices."""
        inside = np.pad(labels[where] == index, 1)
        values = contrast[where][inside[1:-1, 1:-1]]
        rows, columns = where
        box = rows.start, rows.stop, columns.start, columns.stop
        edges = (inside[1], inside[-2], inside[:, 1], inside[:, -2])
        ends = (0, labels.shape[0], 0, labels.shape[1])
        contact = sum(
            int(np.count_nonzero(edge))
            for edge, at, end in zip(edges, box, ends, strict=True)
            if at == end
        )
        outline = sum(int(np.count_nonzero(np.diff(inside, axis=axis))) for axis in (0, 1))
        slopes = steepness[where][inside[1:-1, 1:-1]]
        weight = float(np.sqrt(values.sum() * slopes.sum()))
        return cls(index, box, values.size, weight, float(values.max()), contact, outline)

    @property
    def along_the_edge(self) -> bool:
        """Whether it hugs the picture's edge, as shadows and tables do."""
        return self.contact > 0.22 * self.outline

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.box[1] - self.box[0]

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self.box[3] - self.box[2]

    @property
    def longer(self) -> int:
        """Longer side in pixels."""
        return max(self.height, self.width)

    @property
    def pen(self) -> float:
        """Width of the stroke in pixels."""
        return self.area / (self.outline * np.pi / 8)


def _group(main: Part, parts: list[Part], labels: np.ndarray) -> list[Part]:
    """Return the parts that are near the main one, or near those that are."""
    from scipy import ndimage

    kept = [main]
    rest = [part for part in parts if part is not main and part.area > 0.35 * main.pen**2]
    while rest:
        mask = np.isin(labels, [part.index for part in kept])
        away = ndimage.distance_transform_edt(~mask)
        gaps = ndimage.minimum(away, labels, [part.index for part in rest])
        extent = max(_span(kept, 0), _span(kept, 2))
        near = [
            part
            for part, gap in zip(rest, gaps, strict=True)
            if gap <= max(2 * main.pen, min(0.5 * part.longer, 0.25 * extent))
        ]
        if not near:
            break
        kept += near
        rest = [part for part in rest if part not in near]
    return kept


def _span(parts: list[Part], first: int) -> int:
    return max(part.box[first + 1] for part in parts) - min(part.box[first] for part in parts)


def _several(parts: list[Part]) -> bool:
    """Return whether parts stand side by side or one above another, as two figures would."""
    height, width = _span(parts, 0), _span(parts, 2)
    for one in parts:
        for other in parts:
            beside = other.box[2] - one.box[3]
            below = other.box[0] - one.box[1]
            tall = min(one.height, other.height) > 0.6 * height
            if tall and (beside > 0.15 * height or (beside > -0.05 * width and width > height)):
                return True
            wide = (
                min(one.width, other.width) > 0.5 * width
                and min(one.height, other.height) > 0.3 * height
            )
            if wide and (
                below > 0.15 * height or (below > -0.05 * height and height > 2.1 * width)
            ):
                return True
    return False
