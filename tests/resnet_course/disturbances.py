"""What happens to drawn digits in real life: light, paper, cameras, and other marks."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw
from scipy.ndimage import gaussian_filter

from tests.resnet_course.drawn_digits import APART, FORMS, ink

Random = np.random.Generator

#: From a generator and ink, 0 to 1 of shape `(height, width)`, to a picture.
Disturb = Callable[[Random, np.ndarray], Image.Image]


@dataclass(frozen=True)
class Kind:
    """A kind of picture: how the digit is drawn, and what happens to it.

    Attributes:
        disturb: What happens.
        height: Smallest and largest height of the figure, as shares of the picture's shorter side.
        pen: Narrowest and widest pen, as shares of the figure's height.
        sides: Smallest and largest side of the picture, in pixels.
        off: How far from the middle the figure may be, as a share of the space that there is.
        doubtful: Whether the picture shows no single digit, so that a warning is all that is due.
        strokes: Forms by digit that replace the usual ones.
        gaps: Places where the pen leaves the paper.
    """

    disturb: Disturb
    height: tuple[float, float] = (0.35, 0.75)
    pen: tuple[float, float] = (0.04, 0.14)
    sides: tuple[int, int] = (180, 900)
    off: float = 0.6
    doubtful: bool = False
    strokes: dict[int, tuple] = field(default_factory=dict)
    gaps: int = 0
    enlarged: bool = True


def drawing(rng: Random, digit: int, kind: Kind, mnist: np.ndarray | None = None) -> np.ndarray:
    """Draw a digit as a kind asks for: with strokes, or a given 28x28 image enlarged.

    Args:
        rng: Where the pen, the form, the size and the place come from.
        digit: The digit.
        kind: The kind of picture.
        mnist: An image to enlarge instead, uint8 of shape `(28, 28)`.

    Returns:
        Ink from 0 to 1, float64 of shape `(height, width)`.
    """
    width, height = (int(rng.integers(*kind.sides, endpoint=True)) for _ in "xy")
    width = int(np.clip(width, height / 1.6, 1.6 * height))
    share = rng.uniform(*kind.height)
    tall = share * min(width, height)
    free = max(0.0, (1 - share) / 2 - 0.04) * min(width, height)
    x = 0.5 + kind.off * rng.uniform(-1, 1) * (free + max(0, width - height) / 2) / width
    y = 0.5 + kind.off * rng.uniform(-1, 1) * (free + max(0, height - width) / 2) / height
    pen = rng.uniform(*kind.pen)
    if mnist is not None and kind.enlarged:
        return _enlarged(mnist, (width, height), tall, (x, y))
    forms = FORMS[digit]
    strokes = kind.strokes.get(digit) or forms[rng.integers(len(forms))]
    return ink(rng, strokes, (width, height), tall, max(pen, 1.6 / tall), (x, y), gaps=kind.gaps)


def _enlarged(
    image: np.ndarray, size: tuple[int, int], tall: float, at: tuple[float, float]
) -> np.ndarray:
    side = max(28, round(tall * 28 / 20))
    large = np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)) / 255
    x, y = round(at[0] * size[0] - side / 2), round(at[1] * size[1] - side / 2)
    sheet = np.zeros((size[1] + 2 * side, size[0] + 2 * side))
    sheet[y + side : y + 2 * side, x + side : x + 2 * side] = large
    return sheet[side:-side, side:-side]


def paper(ink: np.ndarray, light: np.ndarray | float = 0.95, dark: float = 0.1) -> np.ndarray:
    """Lay ink on paper that light falls on: grey levels from 0 to 1."""
    return light * (1 - ink * (1 - dark))


def grey(levels: np.ndarray) -> Image.Image:
    """Return a grey picture of levels from 0 to 1."""
    return Image.fromarray(np.uint8(np.clip(255 * levels, 0, 255)))


def coloured(levels: np.ndarray) -> Image.Image:
    """Return a colour picture of levels from 0 to 1 of shape `(height, width, 3)`."""
    return Image.fromarray(np.uint8(np.clip(255 * levels, 0, 255)))


def jpeg(picture: Image.Image, quality: int) -> Image.Image:
    """Return what JPEG leaves of a picture."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file).convert(picture.mode)


def grid(ink: np.ndarray, turn: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Return coordinates from -0.5 to 0.5 along the picture's sides, turned by radians."""
    height, width = ink.shape
    y, x = np.mgrid[:height, :width]
    x, y = x / width - 0.5, y / height - 0.5
    return x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)


def clean(rng: Random, ink: np.ndarray) -> Image.Image:
    return grey(paper(ink, rng.uniform(0.9, 1), rng.uniform(0, 0.25)))


def fading(rng: Random, ink: np.ndarray) -> Image.Image:
    along, _ = grid(ink)
    if rng.random() < 0.5:
        along = -along
    if rng.random() < 0.5:
        return grey(paper(ink, 0.75 - 0.4 * along, rng.uniform(0.1, 0.4)))
    return grey(np.minimum(0.75 - 0.4 * along, 1 - rng.uniform(0.55, 0.95) * ink))


def gradient(rng: Random, ink: np.ndarray) -> Image.Image:
    along, _ = grid(ink, rng.uniform(0, 2 * np.pi))
    light = np.interp(along, (-0.6, 0.6), (rng.uniform(0.75, 1), rng.uniform(0.3, 0.6)))
    return grey(paper(ink, light, rng.uniform(0, 0.3)))


def shadow(rng: Random, ink: np.ndarray) -> Image.Image:
    """Cover a part of the picture with a shadow, its edge straight or curved, sharp or soft."""
    along, across = grid(ink, rng.uniform(0, 2 * np.pi))
    edge = rng.uniform(-0.3, 0.3) + rng.uniform(-0.8, 0.8) * across**2
    soft = rng.choice([0.005, 0.02, 0.06])
    light = 0.95 - rng.uniform(0.2, 0.5) / (1 + np.exp(np.clip((along - edge) / soft, -50, 50)))
    return grey(paper(ink, light, rng.uniform(0, 0.25)))


def vignette(rng: Random, ink: np.ndarray) -> Image.Image:
    x, y = grid(ink)
    radius = np.hypot(x - rng.uniform(-0.1, 0.1), y - rng.uniform(-0.1, 0.1)) / 0.7
    light = 0.97 - rng.uniform(0.3, 0.8) * np.clip(radius, 0, 1) ** rng.uniform(2, 4)
    return grey(paper(ink, light, rng.uniform(0, 0.25)))


def spotlight(rng: Random, ink: np.ndarray) -> Image.Image:
    x, y = grid(ink)
    away = np.hypot(x - rng.uniform(-0.4, 0.4), y - rng.uniform(-0.4, 0.4))
    return grey(paper(ink, 0.45 + 0.5 * np.exp(-((away / rng.uniform(0.3, 0.6)) ** 2)), 0.1))


def framed(levels: np.ndarray, widths: tuple[int, int, int, int], level: float) -> np.ndarray:
    """Cover the edges: left, top, right and bottom."""
    left, top, right, bottom = widths
    covered = np.full_like(levels, level)
    inside = np.s_[top : len(levels) - bottom, left : levels.shape[1] - right]
    covered[inside] = levels[inside]
    return covered


def thin_border(rng: Random, ink: np.ndarray) -> Image.Image:
    return grey(framed(paper(ink), (1, 1, 1, 1), 0))


def border(rng: Random, ink: np.ndarray) -> Image.Image:
    """Lay a frame around the picture: the paper stays whole."""
    width = int(rng.uniform(0.005, 0.3) * min(ink.shape)) + 1
    levels = paper(np.pad(ink, width), 0.95, rng.uniform(0, 0.25))
    return grey(framed(levels, (width,) * 4, rng.uniform(0, 0.7)))


def drawn_box(rng: Random, ink: np.ndarray) -> Image.Image:
    """Draw a rectangle around the figure, away from the picture's edges."""
    margin = int(rng.uniform(0.05, 0.15) * min(ink.shape)) + 2
    line = max(1, int(rng.uniform(0.004, 0.02) * min(ink.shape)))
    levels = framed(paper(ink), (line,) * 4, rng.uniform(0, 0.4))
    return grey(np.pad(levels, margin, constant_values=0.95))


def strip(rng: Random, ink: np.ndarray) -> Image.Image:
    """Put a strip along one edge or two, beside the figure's paper or over it."""
    sides = rng.permutation(4)[: rng.integers(1, 3)]
    widths = [0, 0, 0, 0]
    for side in sides:
        widths[side] = int(rng.uniform(0.02, 0.2) * min(ink.shape)) + 1
    left, top, right, bottom = widths
    if rng.random() < 0.7:
        ink = np.pad(ink, ((top, bottom), (left, right)))
    levels = paper(ink, 0.95, rng.uniform(0, 0.25))
    return grey(framed(levels, (left, top, right, bottom), rng.uniform(0, 0.6)))


def tilted_sheet(rng: Random, ink: np.ndarray) -> Image.Image:
    """Photograph the paper on a darker table, a little askew."""
    levels = paper(ink, 0.92, 0.15)
    table = rng.uniform(0.1, 0.6)
    margin = int(rng.uniform(0.05, 0.25) * min(ink.shape))
    sheet = np.pad(levels, margin, constant_values=table)
    turned = grey(sheet).rotate(
        rng.uniform(-6, 6), Image.Resampling.BICUBIC, fillcolor=int(255 * table)
    )
    left, top = (int(rng.uniform(0, 0.5) * margin) for _ in "xy")
    turned = turned.crop((left, top, turned.width - left, turned.height))
    noisy = np.asarray(turned) / 255 + rng.normal(0, 0.01, turned.size[::-1])
    return jpeg(grey(noisy), 80)


def black_pixel(rng: Random, ink: np.ndarray) -> Image.Image:
    levels = paper(ink, 0.95, 0.35)
    y, x = (int(rng.integers(0, side)) for side in levels.shape)
    levels[y, x] = 0
    return grey(levels)


def specks(rng: Random, ink: np.ndarray) -> Image.Image:
    levels = paper(ink, 0.95, rng.uniform(0, 0.4))
    for _ in range(rng.integers(3, 40)):
        y, x = (int(rng.integers(0, side)) for side in levels.shape)
        size = int(rng.uniform(0.001, 0.008) * min(ink.shape)) + 1
        levels[y : y + size, x : x + size] = rng.uniform(0, 0.3)
    return grey(levels)


def noise(rng: Random, ink: np.ndarray) -> Image.Image:
    levels = paper(ink, 0.85, rng.uniform(0, 0.3))
    return grey(levels + rng.normal(0, rng.uniform(0.02, 0.12), ink.shape))


def salt_and_pepper(rng: Random, ink: np.ndarray) -> Image.Image:
    levels, chance = paper(ink, 0.9, 0.15), rng.random(ink.shape)
    share = rng.uniform(0.001, 0.03)
    return grey(np.where(chance < share, 0, np.where(chance > 1 - share, 1, levels)))


def lines(
    rng: Random, ink: np.ndarray, both: bool, bold: bool, turn: float
) -> tuple[np.ndarray, tuple[float, ...]]:
    """Rule lines: ink of the lines from 0 to 1, and the colour of what they leave."""
    side = min(ink.shape)
    apart = rng.uniform(0.07, 0.25) * side
    width = rng.uniform(0.008, 0.02) * side if bold else rng.uniform(0.002, 0.008) * side
    x, y = grid(ink, turn)
    drawn = np.zeros(ink.shape)
    for places, length in ((y, ink.shape[0]), (x, ink.shape[1]))[: 2 if both else 1]:
        away = np.abs((places * length + rng.uniform(0, apart)) % apart - apart / 2)
        drawn = np.maximum(drawn, np.clip(0.5 + max(width, 1) / 2 - away, 0, 1))
    colours = ((0.55, 0.7, 0.95), (0.6, 0.6, 0.6), (0.95, 0.6, 0.6), (0.3, 0.3, 0.35), (0.1,) * 3)
    return drawn, colours[rng.integers(len(colours))]


def ruled(rng: Random, ink: np.ndarray, both: bool = False) -> Image.Image:
    turn = rng.choice([0.0, rng.normal(0, 0.02)])
    drawn, colour = lines(rng, ink, both, rng.random() < 0.3, turn)
    sheet = 0.95 * (1 - drawn[..., None] * (1 - np.array(colour)))
    pens = ((0.1, 0.1, 0.1), (0.1, 0.15, 0.5), (0.25, 0.25, 0.3), (0.6, 0.1, 0.1))
    pen = np.array(pens[rng.integers(len(pens))])
    picture = coloured(np.minimum(sheet, 1 - ink[..., None] * (1 - pen)))
    return picture if rng.random() < 0.6 else picture.convert("L")


def squared(rng: Random, ink: np.ndarray) -> Image.Image:
    return ruled(rng, ink, both=True)


def page_number(rng: Random, ink: np.ndarray) -> Image.Image:
    """Write one or two small digits into a corner."""
    side, levels = min(ink.shape), paper(ink)
    small, mark = rng.uniform(0.05, 0.11) * side, np.zeros_like(ink)
    right, low = rng.random(2) < 0.5
    for place in range(rng.integers(1, 3)):
        x = (0.3 + 0.75 * (place + 0.5)) * small + 0.02 * side
        at = np.array([x, 0.85 * small + 0.02 * side]) / ink.shape[::-1]
        at = abs(np.array([right, low]) - at)
        mark = np.maximum(mark, _small(rng, ink.shape, small, tuple(at)))
    return grey(np.minimum(levels, paper(mark)))


def corner_mark(rng: Random, ink: np.ndarray) -> Image.Image:
    """Put a dot, a tick or a stroke near an edge."""
    picture = grey(paper(ink))
    draw, side = ImageDraw.Draw(picture), min(ink.shape)
    size, wide = rng.uniform(0.02, 0.08) * side, max(1, int(0.012 * side))
    x = rng.choice([0.05, 0.95]) * picture.width
    y = rng.uniform(0.06, 0.94) * picture.height
    if rng.random() < 0.4:
        draw.ellipse((x - size / 3, y - size / 3, x + size / 3, y + size / 3), fill=30)
    else:
        draw.line([(x - size / 2, y), (x, y + size / 2), (x + size / 2, y - size)], 30, wide)
    return picture


def _small(rng: Random, shape: tuple, tall: float, at: tuple[float, float]) -> np.ndarray:
    digit = int(rng.integers(10))
    return ink(rng, FORMS[digit][0], shape[::-1], tall, max(0.12, 1.2 / tall), at)


def photograph(rng: Random, ink: np.ndarray) -> Image.Image:
    """Light, blur, noise and JPEG together."""
    x, y = grid(ink, rng.uniform(0, 6.3))
    light = 0.8 + 0.3 * x - rng.uniform(0, 0.5) * (x**2 + y**2)
    texture = gaussian_filter(rng.normal(0, 1, ink.shape), 2)
    levels = paper(gaussian_filter(ink, rng.uniform(0.3, 2)), light * (1 + 0.05 * texture), 0.2)
    tint = np.array([1, rng.uniform(0.92, 1), rng.uniform(0.8, 1)])
    noisy = levels[..., None] * tint + rng.normal(0, rng.uniform(0.005, 0.03), (*ink.shape, 3))
    return jpeg(coloured(noisy), int(rng.integers(25, 85)))


def poor_jpeg(rng: Random, ink: np.ndarray) -> Image.Image:
    return jpeg(clean(rng, ink), int(rng.integers(8, 30)))


def white_on_black(rng: Random, ink: np.ndarray) -> Image.Image:
    along, _ = grid(ink, rng.uniform(0, 6.3))
    board = rng.uniform(0, 0.3) + rng.choice([0, 0.2]) * along
    chalk = rng.uniform(0.7, 1)
    return grey(board * (1 - ink) + chalk * ink + rng.normal(0, 0.01, ink.shape))


def colours(rng: Random, ink: np.ndarray) -> Image.Image:
    pairs = (
        ((0.8, 0.1, 0.1), (0.95, 0.9, 0.5)),
        ((0.1, 0.2, 0.7), (0.7, 0.9, 0.7)),
        ((0.95, 0.9, 0.1), (1, 1, 1)),
        ((0.2, 0.6, 0.2), (1, 0.8, 0.85)),
        ((0.9, 0.3, 0.3), (0.45, 0.6, 0.45)),
        ((1, 0.9, 0.6), (0.3, 0.1, 0.4)),
        ((0.9, 0.5, 0.1), (0.1, 0.2, 0.4)),
    )
    pen, sheet = (np.array(colour) for colour in pairs[rng.integers(len(pairs))])
    along, _ = grid(ink, rng.uniform(0, 6.3))
    light = 1 + rng.choice([0, 0.3]) * (along - 0.5)
    return coloured((sheet * (1 - ink[..., None]) + pen * ink[..., None]) * light[..., None])


def transparent(rng: Random, ink: np.ndarray) -> Image.Image:
    picture = Image.new(
        "RGBA", ink.shape[::-1], ("black", "white", "navy", "gold")[rng.integers(4)]
    )
    picture.putalpha(grey(ink))
    return picture


def lined_and_shaded(rng: Random, ink: np.ndarray) -> Image.Image:
    drawn, colour = lines(rng, ink, rng.random() < 0.5, False, rng.normal(0, 0.01))
    along, _ = grid(ink, rng.uniform(0, 6.3))
    sheet = (0.75 + 0.35 * along)[..., None] * (1 - drawn[..., None] * (1 - np.array(colour)))
    return jpeg(coloured(sheet * (1 - 0.85 * ink[..., None])), 70)


def neighbour(rng: Random, ink: np.ndarray) -> Image.Image:
    """Put a second digit of the same size beside or below, and cut out both."""
    rows, columns = np.nonzero(ink > 0.3)
    tall, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
    beside = rng.random() < 0.7
    step = int((wide if beside else tall) * rng.uniform(1.05, 1.5) + 0.3 * tall * beside)
    sheet = np.pad(ink, step + tall // 2)
    at = (columns.min() + wide / 2, rows.min() + tall / 2)
    place = np.array(at) + step + tall // 2 + (np.array([step, 0]) if beside else [0, step])
    digit = int(rng.integers(10))
    other = _other(rng, sheet.shape, tall, tuple(place / sheet.shape[::-1]), digit)
    return grey(paper(np.maximum(sheet, other)))


def _other(rng, shape, tall, at, digit) -> np.ndarray:
    return ink(rng, FORMS[digit][0], shape[::-1], tall, 0.08, at)


def blank(rng: Random, ink: np.ndarray) -> Image.Image:
    """Leave the digit out, and disturb the page in another way."""
    ways = (clean, fading, gradient, shadow, vignette, spotlight, thin_border, border, strip, noise)
    more = (salt_and_pepper, ruled, squared, photograph, poor_jpeg, tilted_sheet, specks)
    every = ways + more
    return every[rng.integers(len(every))](rng, np.zeros_like(ink))


KINDS: dict[str, Kind] = {
    "clean": Kind(clean),
    "thin pen": Kind(clean, pen=(0.012, 0.03)),
    "thick marker": Kind(clean, pen=(0.15, 0.22), enlarged=False),
    "off centre": Kind(clean, height=(0.25, 0.5), off=1.0),
    "small in a large picture": Kind(
        clean, height=(0.05, 0.15), pen=(0.06, 0.15), sides=(800, 2000), off=1.0
    ),
    "fills the picture": Kind(clean, height=(0.78, 0.86)),
    "small picture": Kind(clean, sides=(40, 100), pen=(0.06, 0.14)),
    "paper fading": Kind(fading),
    "gradient": Kind(gradient),
    "shadow": Kind(shadow),
    "vignette": Kind(vignette),
    "spotlight": Kind(spotlight),
    "border of 1 pixel": Kind(thin_border),
    "border": Kind(border),
    "box around the digit": Kind(drawn_box),
    "strips at edges": Kind(strip),
    "sheet on a table": Kind(tilted_sheet),
    "one black pixel": Kind(black_pixel),
    "specks": Kind(specks),
    "noise": Kind(noise),
    "salt and pepper": Kind(salt_and_pepper),
    "ruled paper": Kind(ruled),
    "squared paper": Kind(squared),
    "ruled, shaded, JPEG": Kind(lined_and_shaded),
    "page number": Kind(page_number, height=(0.35, 0.6), off=0.3),
    "mark at an edge": Kind(corner_mark, height=(0.35, 0.6), off=0.3),
    "photograph": Kind(photograph),
    "poor JPEG": Kind(poor_jpeg),
    "white on black": Kind(white_on_black),
    "coloured": Kind(colours),
    "transparent": Kind(transparent),
    "strokes apart": Kind(clean, pen=(0.04, 0.08), strokes=APART, enlarged=False),
    "broken strokes": Kind(clean, pen=(0.04, 0.09), gaps=2, enlarged=False),
    "cut at the edge": Kind(clean, height=(0.98, 1.12), off=0.0),
    "two digits": Kind(neighbour, height=(0.25, 0.5), off=0.2, doubtful=True),
    "blank": Kind(blank, doubtful=True, enlarged=False),
}
