"""Pictures of any kind in, images like the training data out.

A network that has learnt light digits of one size in the middle of a dark square knows nothing
about a dark digit in the corner of a sheet. So a drawing is brought to the form of the training
images: their polarity, the size of their figures, the centre of mass in the middle, as the makers
of MNIST did (LeCun et al. 1998, Gradient-based learning applied to document recognition, section
III.A).
"""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from resnet_course.errors import CourseError
from resnet_course.pictures import figures, measures
from resnet_course.pictures.figures import INK
from resnet_course.pictures.image_formats import register_plug_ins
from resnet_course.pictures.paper import FAINTEST, border

#: How many times finer than the model's image a drawing is worked on.
FINE = 8

#: Images that a framing is measured on, at most.
SAMPLE = 1000


@dataclass(frozen=True)
class Framing:
    """How figures sit in the images of a data set of drawings.

    Attributes:
        light_on_dark: Whether figures are lighter than their background.
        extent: Longer side of a figure, as a share of the image's.
        stroke: Width of strokes that all but one figure in twenty exceed, likewise.
    """

    light_on_dark: bool = True
    extent: float = 20 / 28
    stroke: float = 0.05

    @classmethod
    def of(cls, figures: Mapping[str, Any]) -> "Framing":
        """Return the framing that `dataclasses.asdict` made plain data of.

        Raises:
            KeyError, TypeError, ValueError: If the data is no framing.
        """
        found = cls(
            bool(figures["light_on_dark"]), float(figures["extent"]), float(figures["stroke"])
        )
        if not (0 < found.extent <= 1 and 0 <= found.stroke <= 1):
            raise ValueError(f"framing {dict(figures)}")
        return found


def measure(images: np.ndarray) -> Framing | None:
    """Measure the framing of images.

    Args:
        images: uint8 of shape `(images, height, width, channels)`.

    Returns:
        The framing, or None for colour images, which are photographs and need none.
    """
    if images.shape[-1] != 1:
        return None
    sample = images[:: max(1, len(images) // SAMPLE), :, :, 0]
    found = [find_figure(image) for image in sample]
    figures = [ink for ink, _ in found if ink.any()]
    if not figures:
        return Framing()
    height, width = sample.shape[1:]
    extents = [max(sides(ink)) / max(height, width) for ink in figures]
    widths = [stroke_width(_enlarged(ink, height, width)) / (FINE * width) for ink in figures]
    return Framing(
        light_on_dark=float(np.mean([light for _, light in found])) >= 0.5,
        extent=round(float(np.median(extents)), 4),
        stroke=round(float(np.quantile(widths, 0.05)), 4),
    )


def read_picture(path: Path) -> Image.Image:
    """Read a picture, upright, in 8-bit grey or RGB, what is transparent filled in.

    Args:
        path: A PNG, JPEG or other file that Pillow reads.

    Returns:
        The picture, in mode "L" or "RGB". Behind a transparent picture comes white, or black if
        what is drawn is light.

    Raises:
        CourseError: If there is no such file, it is not a picture, or it is cut short.
    """
    if path.is_dir():
        raise CourseError(f"{path} is a folder: name the PNG or JPEG files in it.")
    if not path.is_file():
        raise CourseError(f"there is no image {path}: name a PNG or JPEG file.")
    register_plug_ins()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as opened:
                picture = ImageOps.exif_transpose(opened)
                return _flat(_eight_bit(picture))
    except UnidentifiedImageError as error:
        raise CourseError(f"{path} is not an image: name a PNG or JPEG file.") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise CourseError(f"{path} is too large an image: shrink it first.") from error
    except Exception as error:  # what a damaged file makes a format's reader raise is any kind
        raise CourseError(f"{path} is a damaged image ({error}): save it again.") from error


class Prepared(NamedTuple):
    """A picture in the form that a model learnt.

    Attributes:
        image: What the model is shown, uint8 of the shape of its images.
        doubts: Sentences on what is in doubt about it.
    """

    image: np.ndarray
    doubts: tuple[str, ...] = ()


def frame(picture: Image.Image, shape: tuple[int, int, int], framing: Framing | None) -> np.ndarray:
    """Bring a picture to the form that a model learnt: the image of what `prepare` returns."""
    return prepare(picture, shape, framing).image


def prepare(picture: Image.Image, shape: tuple[int, int, int], framing: Framing | None) -> Prepared:
    """Bring a picture to the form that a model learnt, and say what is in doubt about it.

    A drawing that has the size of the model's images is taken for one of them, and gets its
    polarity and strength only.

    Args:
        picture: The picture, in mode "L" or "RGB".
        shape: Height, width and channels of the model's images.
        framing: How figures sit in the model's training images; None for photographs, which are
            resized to fill the frame, with what sticks out cut off.

    Returns:
        The image and the doubts.

    Raises:
        CourseError: If a framing is asked for and the picture is blank.
    """
    height, width, channels = shape
    if framing is None or channels != 1:
        mode = "L" if channels == 1 else "RGB"
        fitted = ImageOps.fit(picture.convert(mode), (width, height), Image.Resampling.BICUBIC)
        return Prepared(np.asarray(fitted).reshape(shape))
    if picture.size == (width, height):
        found = figures.Figure(find_figure(_clearest_channel(picture))[0])
    else:
        found = figures.find(picture) or figures.Figure(np.zeros((1, 1), np.float32))
    if not found.ink.any():
        raise CourseError("the picture is blank: draw something on it.")
    ink = found.ink
    if picture.size != (width, height):
        ink = _centred(ink, height, width, framing)
    image = np.rint(255 * ink).astype(np.uint8)
    image = (image if framing.light_on_dark else 255 - image)[..., np.newaxis]
    return Prepared(image, found.doubts)


def find_figure(pixels: np.ndarray) -> tuple[np.ndarray, bool]:
    """Tell the figure from its background, whichever of them is lighter.

    The background is what most of the border shows; the figure is what differs from it.

    Args:
        pixels: Grey levels, uint8 of shape `(height, width)`.

    Returns:
        Ink from 0 for background to 1 for the strongest, float32 of shape `(height, width)`, all 0
        if the picture is blank; and whether the figure is the lighter of the two.
    """
    difference = pixels.astype(np.float32) - np.median(border(pixels)).astype(np.float32)
    light = difference.max() >= -difference.min()
    ink = np.maximum(difference if light else -difference, 0.0)
    strongest = ink.max()
    return (ink / strongest if strongest >= FAINTEST else np.zeros_like(ink)), bool(light)


def sides(ink: np.ndarray) -> tuple[int, int]:
    """Return the height and width of a figure, in pixels."""
    top, bottom, left, right = measures.box(ink > INK)
    return bottom - top, right - left


def stroke_width(ink: np.ndarray) -> float:
    """Estimate the width of a drawing's strokes, in pixels.

    Args:
        ink: From 0 for background to 1, float of shape `(height, width)`.
    """
    inside = np.pad(ink > ink.max() / 2, 1)
    steps = measures.outline(inside)
    return float(measures.stroke_width(np.count_nonzero(inside), steps)) if steps else 0.0


def _clearest_channel(picture: Image.Image) -> np.ndarray:
    """Return the colour channel with the widest range: yellow on white shows in blue only."""
    channels = [np.asarray(channel) for channel in (picture.convert("L"), *picture.split())]
    return max(channels, key=lambda channel: int(np.ptp(channel)))


def _centred(ink: np.ndarray, height: int, width: int, framing: Framing) -> np.ndarray:
    """Cut out the window in which the figure has its place, and resize it."""
    top, bottom, left, right = measures.box(ink > INK)
    scale = max((bottom - top) / height, (right - left) / width) / framing.extent
    tall, wide = scale * height, scale * width
    weights = np.where(ink > INK, ink, 0.0)
    y = _window(weights.sum(axis=1), tall, top, bottom)
    x = _window(weights.sum(axis=0), wide, left, right)
    fine = _enlarged(ink, height, width, (x, y, x + wide, y + tall))
    thicken = FINE * width * framing.stroke - stroke_width(fine)
    drawing = Image.fromarray(fine)
    if thicken > 0:
        drawing = drawing.filter(ImageFilter.MaxFilter(2 * round(thicken / 2) + 1))
    small = np.asarray(drawing.resize((width, height), Image.Resampling.BOX))
    return small / small.max()


def _enlarged(
    ink: np.ndarray,
    height: int,
    width: int,
    window: tuple[float, float, float, float] | None = None,
) -> np.ndarray:
    """Resize a window of a drawing to a multiple of the model's image size."""
    left, top, right, bottom = window or (0, 0, ink.shape[1], ink.shape[0])
    x, y = int(np.floor(left)), int(np.floor(top))
    around = (x, y, int(np.ceil(right)), int(np.ceil(bottom)))
    inside = (left - x, top - y, right - x, bottom - y)
    resized = (
        Image.fromarray(ink)
        .crop(around)
        .resize((FINE * width, FINE * height), Image.Resampling.BICUBIC, box=inside)
    )
    return np.clip(np.asarray(resized), 0.0, 1.0)


def _window(mass: np.ndarray, length: float, first: int, last: int) -> float:
    """Return where a window begins that has the centre of mass in its middle and all of the ink."""
    centre = np.average(np.arange(len(mass)) + 0.5, weights=mass)
    return float(np.clip(centre - length / 2, last - length, first))


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Bring 16-bit and floating-point greys, of whatever range, to 8 bits; leave others alone."""
    if picture.mode[0] not in "IF":
        return picture
    levels = np.nan_to_num(np.asarray(picture, dtype=np.float64), posinf=0.0)
    return Image.fromarray(np.uint8(np.clip(255 * levels / max(levels.max(), 1.0), 0, 255)))


def _flat(picture: Image.Image) -> Image.Image:
    """Fill in what is transparent, and keep grey as "L" and the rest as "RGB"."""
    if not picture.has_transparency_data:
        return picture.convert("L" if picture.mode in ("1", "L") else "RGB")
    picture = picture.convert("RGBA")
    grey, visible = np.asarray(picture.convert("L")), np.asarray(picture)[..., 3]
    drawn_light = visible.any() and np.average(grey, weights=visible) > 127
    behind = Image.new(
        "RGBA", picture.size, "black" if drawn_light and visible.min() == 0 else "white"
    )
    return Image.alpha_composite(behind, picture).convert("RGB")
