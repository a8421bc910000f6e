"""Pictures of any kind in, images like the training data out.

A network that learnt light digits of one size in the middle of a dark square knows nothing of a
dark digit in the corner of a sheet. So a drawing is brought to the form of the training images:
their polarity, their size of the figure, its centre of mass in the middle, as the makers of MNIST
did (LeCun et al. 1998, Gradient-based learning applied to document recognition, section III.A).
"""

import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from resnet_course.errors import CourseError

#: Pixels with more than this share of the strongest ink belong to the figure.
INK = 0.3

#: The least difference between figure and background, of 255, that makes a figure.
FAINTEST = 25

#: Images that a framing is measured on, at most.
SAMPLE = 1000


@dataclass(frozen=True)
class Framing:
    """How figures sit in the images of a data set of drawings.

    Attributes:
        light_on_dark: Whether figures are lighter than their background.
        extent: Longer side of a figure, as a share of the image's.
    """

    light_on_dark: bool = True
    extent: float = 20 / 28


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
    extents = [max(sides(ink)) / max(ink.shape) for ink, _ in found if ink.any()]
    light = float(np.mean([light for _, light in found])) >= 0.5
    return Framing(light, round(float(np.median(extents)), 3)) if extents else Framing()


def read_picture(path: Path) -> Image.Image:
    """Read a picture, upright, in 8-bit grey or RGB, what is transparent filled in.

    Args:
        path: A PNG, JPEG or other file that Pillow reads.

    Returns:
        The picture, in mode "L" or "RGB". Behind a transparent picture comes white, or black if
        what is drawn is light.

    Raises:
        CourseError: If there is no such file, it is no picture, or it is cut short.
    """
    if not path.is_file():
        raise CourseError(f"there is no image {path}: name a PNG or JPEG file.")
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
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise CourseError(f"{path} is a damaged image ({error}): save it again.") from error


def frame(picture: Image.Image, shape: tuple[int, int, int], framing: Framing | None) -> np.ndarray:
    """Bring a picture to the form that a model learnt.

    Args:
        picture: The picture, in mode "L" or "RGB".
        shape: Height, width and channels of the model's images.
        framing: How figures sit in the model's training images; None for photographs, which are
            resized to fill the frame, with what sticks out cut off.

    Returns:
        Image, uint8 of the given shape.

    Raises:
        CourseError: If a framing is asked for and the picture is blank.
    """
    height, width, channels = shape
    if framing is None or channels != 1:
        mode = "L" if channels == 1 else "RGB"
        fitted = ImageOps.fit(picture.convert(mode), (width, height), Image.Resampling.BICUBIC)
        return np.asarray(fitted).reshape(shape)
    ink, _ = find_figure(np.asarray(picture.convert("L")))
    if not ink.any():
        raise CourseError("the picture is blank: draw something on it.")
    if picture.size != (width, height):
        ink = _centred(ink, height, width, framing.extent)
    image = np.rint(255 * ink).astype(np.uint8)
    return (image if framing.light_on_dark else 255 - image)[..., np.newaxis]


def find_figure(pixels: np.ndarray) -> tuple[np.ndarray, bool]:
    """Tell the figure from its background, whichever of them is lighter.

    The background is what most of the border shows; the figure is what differs from it.

    Args:
        pixels: Grey levels, uint8 of shape `(height, width)`.

    Returns:
        Ink from 0 for background to 1 for the strongest, float of shape `(height, width)`, all 0
        if the picture is blank; and whether the figure is the lighter of the two.
    """
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    difference = pixels - np.median(border)
    light = difference.max() >= -difference.min()
    ink = np.maximum(difference if light else -difference, 0.0)
    strongest = ink.max()
    return (ink / strongest if strongest >= FAINTEST else np.zeros_like(ink)), bool(light)


def sides(ink: np.ndarray) -> tuple[int, int]:
    """Return the height and width of a figure, in pixels."""
    top, bottom, left, right = _box(ink)
    return bottom - top, right - left


def _box(ink: np.ndarray) -> tuple[int, int, int, int]:
    rows, columns = np.nonzero(ink > INK)
    return rows.min(), rows.max() + 1, columns.min(), columns.max() + 1


def _centred(ink: np.ndarray, height: int, width: int, extent: float) -> np.ndarray:
    """Cut out the window in which the figure has its place, and resize it."""
    top, bottom, left, right = _box(ink)
    scale = max((bottom - top) / height, (right - left) / width) / extent
    tall, wide = scale * height, scale * width
    weights = np.where(ink > INK, ink, 0.0)
    y = _window(weights.sum(axis=1), tall, top, bottom)
    x = _window(weights.sum(axis=0), wide, left, right)
    margin = int(np.ceil(max(tall, wide)))
    padded = Image.fromarray(np.pad(ink.astype(np.float32), margin))
    window = (x + margin, y + margin, x + wide + margin, y + tall + margin)
    small = np.asarray(padded.resize((width, height), Image.Resampling.BOX, box=window))
    return small / small.max()


def _window(mass: np.ndarray, length: float, first: int, last: int) -> float:
    """Return where a window begins that has the centre of mass in its middle and all of the ink."""
    centre = np.average(np.arange(len(mass)) + 0.5, weights=mass)
    return float(np.clip(centre - length / 2, last - length, first))


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Bring 16-bit and floating-point greys to 8 bits; leave others alone."""
    if picture.mode[0] not in "IF":
        return picture
    levels = np.asarray(picture, dtype=np.float64)
    most = 65535 if picture.mode.startswith("I") else max(levels.max(), 1.0)
    return Image.fromarray(np.uint8(np.clip(255 * levels / most, 0, 255)))


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
