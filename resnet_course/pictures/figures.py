"""Telling a drawn figure from its paper, whatever light, lines and marks there are on the paper.

`paper` finds the paper and its brightness around every pixel, `ruling` takes lines away. What is
left falls into connected parts: those of the figure are kept; the others are specks, marks in
corners and edges of things.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np
from PIL import Image

from resnet_course.pictures import measures
from resnet_course.pictures.paper import (
    FAINTEST,
    channels_of,
    darkened,
    ink_contrast,
    sheet,
    smoothed,
)
from resnet_course.pictures.ruling import LINE, without_lines

#: Pixels with more than this share of the ink's strength belong to the figure.
INK = 0.3

#: Widest stroke that can be told from a shadow, as a share of the picture's shorter side.
WIDEST = 0.35

#: Longer side of a speck, as a share of the picture's longer side.
SPECK = 0.025

#: Sheets that lie on one another, or frames around one another, at most.
MOST_SHEETS = 3

#: What is in doubt about a figure.
CUT = "the figure may be cut off at the edge of the picture"
FAINT = "the ink is hardly darker or lighter than its background"
SEVERAL = "there may be more than one figure in the picture"


@dataclass(frozen=True, eq=False)
class Figure:
    """A drawn figure, and what is in doubt about it.

    Attributes:
        ink: From 0 for background to 1, float32 of shape `(height, width)`, all 0 if there is no
            figure.
        doubts: A sentence for everything that is in doubt.
        clarity: That of its main part.
    """

    ink: np.ndarray
    doubts: tuple[str, ...] = ()
    clarity: float = 0.0


def find(picture: Image.Image) -> Figure | None:
    """Find the figure that is drawn in a picture.

    Args:
        picture: The picture, in mode "L" or "RGB".

    Returns:
        The figure, cut out of the picture with some background around it, or None if the picture
        is blank.
    """
    channels = channels_of(picture)
    found = _figure(channels)
    for _ in range(MOST_SHEETS):
        paper = sheet(channels)
        if paper is None:
            break
        inside = paper.cut_out(channels)
        within = _figure(inside)
        if within is None:
            reach = SPECK * max(channels.shape)
            return None if found and paper.has_edge(found.ink > INK, reach) else found
        if found and CUT in set(within.doubts) - set(found.doubts):
            break
        channels, found = inside, within
    return found


def _figure(channels: np.ndarray) -> Figure | None:
    """Find the figure with strokes of whatever width, then again with what is wider left out."""
    widest = WIDEST * min(channels.shape[1:])
    found = [
        (figure, levels)
        for levels in map(smoothed, darkened(channels))
        if (figure := _drawn(levels, widest)) is not None
    ]
    if not found:
        return None
    figure, levels = max(found, key=lambda pair: pair[0].clarity)
    width = 1.6 * thickest(figure.ink) + 3
    return (_drawn(levels, width) if width < 0.7 * widest else None) or figure


def _drawn(levels: np.ndarray, widest: float) -> Figure | None:
    return select(without_lines(ink_contrast(levels, widest)), levels)


def thickest(ink: np.ndarray) -> float:
    """Return the width of the thickest stroke, in pixels."""
    from scipy import ndimage

    return 2 * float(ndimage.distance_transform_edt(np.pad(ink > 0.6, 1)).max())


def select(contrast: np.ndarray, levels: np.ndarray) -> Figure | None:
    """Keep the parts of the ink that make up the figure.

    Args:
        contrast: How much darker than the paper each pixel is, of 255.
        levels: Grey levels, likewise of shape `(height, width)`.

    Returns:
        The figure, or None if there is none.
    """
    from scipy import ndimage

    strong = contrast[contrast > FAINTEST]
    if strong.size < 4:
        return None
    level = np.percentile(strong, 80)
    labels, _ = ndimage.label(contrast > max(INK * level, FAINTEST / 2), np.ones((3, 3)))
    steepness = sum(slope**2 for slope in np.gradient(levels))
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
    main = max(parts, key=lambda part: part.mass * part.clarity * (0.25 if part.contact else 1))
    kept = _group(main, parts, labels)
    mask = np.isin(labels, [part.index for part in kept])
    level = np.percentile(contrast[mask], 80)
    ink = np.clip(contrast / level, 0, 1) * ndimage.binary_dilation(mask, iterations=2)
    left = [part for part in parts if part not in kept]
    cut = any(part.contact > 0.8 * main.pen for part in kept)
    doubts = {
        CUT: cut or _runs_into(levels, mask) > 0.8 * main.pen,
        FAINT: level < 2 * FAINTEST,
        SEVERAL: _several(kept) or any(part.longer > 0.4 * main.longer for part in left),
    }
    return Figure(
        ink.astype(np.float32),
        tuple(doubt for doubt, holds in doubts.items() if holds),
        main.clarity,
    )


@dataclass(frozen=True, eq=False)
class Part:
    """Connected ink.

    Attributes:
        index: Its label.
        box: Where it begins and ends: top, bottom, left, right.
        area: Pixels.
        mass: Contrast of all its pixels.
        clarity: Squared slope of the levels, summed over its pixels: sharp strokes have most.
        strongest: Contrast of the strongest.
        contact: Pixels on the picture's edge.
        outline: Length of its outline, in steps along rows and columns.
    """

    index: int
    box: tuple[int, int, int, int]
    area: int
    mass: float
    clarity: float
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
        outline = measures.outline(inside)
        clarity = float(steepness[where][inside[1:-1, 1:-1]].sum())
        mass, strongest = float(values.sum()), float(values.max())
        return cls(index, box, values.size, mass, clarity, strongest, contact, outline)

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
        return float(measures.stroke_width(self.area, self.outline))


def _runs_into(levels: np.ndarray, mask: np.ndarray) -> int:
    """Return how far ink borders on something as dark as itself and thicker than a line."""
    from scipy import ndimage

    ink, background = np.median(levels[mask]), np.median(levels)
    thick = ndimage.grey_closing(levels, size=max(3, round(LINE * min(levels.shape))))
    near, nearer = (ndimage.binary_dilation(mask, iterations=steps) for steps in (4, 3))
    dark = near & ~nearer & (thick < ink + 0.2 * (background - ink))
    labels, _ = ndimage.label(dark, np.ones((3, 3)))
    return int(np.bincount(labels.ravel())[1:].max(initial=0))


def _group(main: Part, parts: list[Part], labels: np.ndarray) -> list[Part]:
    """Return the parts that are near the main one, or near those that are."""
    from scipy import ndimage

    kept = [main]
    rest = [part for part in parts if part is not main and part.area > 0.35 * main.pen**2]
    while rest:
        mask = np.isin(labels, [part.index for part in kept])
        away = ndimage.distance_transform_edt(~mask)
        gaps = ndimage.minimum(away, labels, [part.index for part in rest])
        near = [
            part
            for part, gap in zip(rest, gaps, strict=True)
            if gap <= max(2 * main.pen, min(0.5 * part.longer, 0.25 * _extent([*kept, part])))
        ]
        if not near:
            break
        kept += near
        rest = [part for part in rest if part not in near]
    return kept


def _span(parts: list[Part], first: int) -> int:
    return max(part.box[first + 1] for part in parts) - min(part.box[first] for part in parts)


def _extent(parts: list[Part]) -> int:
    return max(_span(parts, 0), _span(parts, 2))


def _several(parts: list[Part]) -> bool:
    """Return whether parts stand side by side or one above another, as two figures would."""
    height, width = _span(parts, 0), _span(parts, 2)
    return any(
        _beside(one, other, height, width) or _below(one, other, height, width)
        for one, other in permutations(parts, 2)
    )


def _beside(one: Part, other: Part, height: int, width: int) -> bool:
    gap = other.box[2] - one.box[3]
    apart = gap > 0.15 * height or (gap > -0.05 * width and width > height)
    return apart and min(one.height, other.height) > 0.6 * height


def _below(one: Part, other: Part, height: int, width: int) -> bool:
    gap = other.box[0] - one.box[1]
    apart = gap > 0.15 * height or (gap > -0.05 * height and height > 1.75 * width)
    return apart and min(one.height, other.height) > 0.3 * height
