"""Photographs are told from line drawings by their pixels."""

import numpy as np
import pytest
from PIL import Image

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.pictures.photographs import are_photographs


def digits(ink: tuple[int, int, int], paper: tuple[int, int, int], side: int = 32) -> np.ndarray:
    """Return handwritten digits in colour."""
    drawn = []
    for image in sets.load("digits").x_train[:60, ..., 0]:
        large = Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC)
        share = np.asarray(large, np.float64)[..., np.newaxis] / 255
        drawn.append(np.rint(share * ink + (1 - share) * np.array(paper)))
    return np.array(drawn, np.uint8)


@pytest.mark.parametrize(
    ("ink", "paper"),
    [
        ((200, 20, 20), (0, 0, 0)),
        ((30, 30, 160), (255, 255, 255)),
        ((255, 255, 0), (0, 60, 120)),
        ((60, 20, 90), (230, 215, 190)),
    ],
)
@pytest.mark.parametrize("spread", [0, 6])
def test_digits_in_any_colour_are_line_drawings(ink, paper, spread: int) -> None:
    noise = np.random.default_rng(0).normal(0, spread, (60, 32, 32, 3))
    images = np.clip(digits(ink, paper) + noise, 0, 255).astype(np.uint8)
    assert not are_photographs(images)


def test_grey_images_are_no_photographs_whatever_they_show() -> None:
    grey = np.random.default_rng(0).integers(0, 256, (20, 16, 16, 1), dtype=np.uint8)
    assert not are_photographs(grey)
    assert not are_photographs(np.repeat(grey, 3, axis=-1))


def test_scenes_in_colour_are_photographs() -> None:
    coarse = np.random.default_rng(0).integers(0, 256, (20, 5, 5, 3), dtype=np.uint8)
    smooth = [Image.fromarray(each).resize((48, 32), Image.Resampling.BICUBIC) for each in coarse]
    assert are_photographs(np.stack([np.asarray(each) for each in smooth]))


def test_large_things_on_a_plain_ground_are_photographs() -> None:
    y, x = np.indices((48, 48)) - 24
    image = np.full((48, 48, 3), 250, np.uint8)
    image[y**2 + x**2 < 15**2] = 200, 60, 20
    assert are_photographs(np.stack([image] * 5))


def test_hand_signs_are_photographs(signs: Dataset) -> None:
    assert are_photographs(signs.x_train)
