"""Rendered letters: a task to pretrain on that needs no download."""

import string
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

#: Fonts that come with matplotlib, each in another style.
FONTS = (
    "DejaVuSans",
    "DejaVuSans-Bold",
    "DejaVuSans-Oblique",
    "DejaVuSansMono",
    "DejaVuSansMono-Bold",
    "DejaVuSansMono-Oblique",
    "DejaVuSerif",
    "DejaVuSerif-Bold",
    "DejaVuSerif-Italic",
    "DejaVuSerif-BoldItalic",
    "STIXGeneral",
    "STIXGeneralBol",
    "STIXGeneralItalic",
    "STIXGeneralBolIta",
    "cmb10",
    "cmr10",
    "cmss10",
    "cmti10",
    "cmtt10",
)

#: Height and width of the drawing that all distortions start from, in pixels.
CANVAS = 64

#: Longer side of a drawn letter, in pixels.
EXTENT = 0.875 * CANVAS

#: How many pixels a side are averaged into one, so that edges are grey as in scanned digits.
OVERSAMPLING = 4


def rendered_letters(
    images: int, seed: int = 0, characters: str = string.ascii_letters, size: int = 8
) -> tuple[np.ndarray, np.ndarray]:
    """Draw printed letters in many fonts, each turned, slanted, stretched and thickened at random.

    They fill the image as the digits of `resnet_course.data.sets.digits` do.

    Args:
        images: Number of images.
        seed: Seed of the draw.
        characters: The letters to draw from, one class each.
        size: Height and width of the images, in pixels.

    Returns:
        Images, uint8 of shape `(images, size, size, 1)`, and their classes, int64 of shape
        `(images,)`: positions in `characters`.
    """
    rng = np.random.default_rng(seed)
    fonts = [ImageFont.truetype(file, CANVAS) for file in font_files()]
    drawings = [[drawn(character, font, EXTENT) for font in fonts] for character in characters]
    labels = rng.integers(len(characters), size=images)
    letters = np.stack([_distorted(drawings[label], OVERSAMPLING * size, rng) for label in labels])
    return letters[..., np.newaxis], labels


def font_files() -> list[Path]:
    """Return the files of `FONTS`."""
    import matplotlib

    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    return [folder / f"{name}.ttf" for name in FONTS]


def drawn(character: str, font: ImageFont.FreeTypeFont, extent: float) -> Image.Image:
    """Draw a character in the middle of a canvas of `CANVAS` pixels a side.

    Args:
        character: The character.
        font: A font that has it.
        extent: Longer side of the character, in pixels.

    Returns:
        The drawing, in mode "L": light on dark.
    """
    left, top, right, bottom = (int(edge) for edge in font.getbbox(character))
    letter = Image.new("L", (right - left, bottom - top))
    ImageDraw.Draw(letter).text((-left, -top), character, fill=255, font=font)
    scale = extent / max(letter.size)
    letter = letter.resize([max(1, round(scale * length)) for length in letter.size])
    canvas = Image.new("L", (CANVAS, CANVAS))
    canvas.paste(letter, ((CANVAS - letter.width) // 2, (CANVAS - letter.height) // 2))
    return canvas


def _distorted(
    drawings: Sequence[Image.Image], pixels: int, rng: np.random.Generator
) -> np.ndarray:
    """Distort one of some drawings and reduce it to grey levels."""
    angle, slant = np.deg2rad(rng.uniform(-15, 15)), rng.uniform(-0.3, 0.3)
    width, height = rng.uniform(0.65, 1.0), rng.uniform(0.95, 1.15)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    back = turn @ np.array([[1 / width, slant], [0, 1 / height]]) * CANVAS / pixels
    offset = CANVAS / 2 - back @ np.full(2, pixels / 2) + rng.uniform(-2, 2, 2)
    coefficients = (*back[0], offset[0], *back[1], offset[1])
    letter = drawings[int(rng.integers(len(drawings)))].transform(
        (pixels, pixels), Image.Transform.AFFINE, coefficients, Image.Resampling.BILINEAR
    )
    letter = letter.filter(ImageFilter.MaxFilter(int(rng.choice([1, 3, 5]))))
    return np.asarray(letter.reduce(OVERSAMPLING))
