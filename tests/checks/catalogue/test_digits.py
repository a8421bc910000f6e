"""The exercise on preparing digits for a backbone (lesson 5)."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import checks
from checks.catalogue import EXERCISES, resizing
from resnet_course.transfer_learning import digits_to_images


@pytest.mark.parametrize("grading", [False, True])
def test_the_reference_passes(grading: bool) -> None:
    report = checks.run("digits_to_images", digits_to_images, grading)
    assert report.passed, str(report)


def test_titles_are_told_apart() -> None:
    titles = [mistake.title for mistake in EXERCISES["digits_to_images"].mistakes]
    assert len(titles) == len(set(titles))


GREY = np.random.default_rng(3).integers(0, 256, (2, 9, 11)).astype(np.float32)


def by_keras(size: int, **settings: Any) -> np.ndarray:
    images = keras.ops.image.resize(GREY[..., np.newaxis], (size, size), **settings)
    return keras.ops.convert_to_numpy(images)[..., 0]


def by_area(size: int) -> np.ndarray:
    return tf.image.resize(GREY[..., np.newaxis], (size, size), method="area").numpy()[..., 0]


def by_pillow(method: Image.Resampling) -> Callable[[int], np.ndarray]:
    def resize(size: int) -> np.ndarray:
        images = [Image.fromarray(each.astype(np.uint8)) for each in GREY]
        return np.stack([np.array(each.resize((size, size), method)) for each in images])

    return resize


def in_whole_numbers(kernel: resizing.Kernel) -> resizing.Resize:
    return resizing.resized_by(resizing.weights_by(kernel, antialias=True), whole=True)


WAYS: dict[str, tuple[resizing.Resize, Callable[[int], np.ndarray]]] = {
    "bilinear": (resizing.bilinear, by_keras),
    "antialiased": (resizing.antialiased, lambda size: by_keras(size, antialias=True)),
    "bicubic": (resizing.bicubic, lambda size: by_keras(size, interpolation="bicubic")),
    "nearest": (resizing.nearest, lambda size: by_keras(size, interpolation="nearest")),
    "lanczos": (
        resizing.resized_by(resizing.weights_by(resizing.lanczos(3))),
        lambda size: by_keras(size, interpolation="lanczos3"),
    ),
    "area": (resizing.resized_by(resizing.area_weights), by_area),
    "cut to a square": (
        resizing.cut_to_a_square,
        lambda size: by_keras(size, crop_to_aspect_ratio=True),
    ),
    "padded to a square": (
        resizing.padded_to_a_square,
        lambda size: by_keras(size, pad_to_aspect_ratio=True),
    ),
    "pillow, bilinear": (
        in_whole_numbers(resizing.triangle),
        by_pillow(Image.Resampling.BILINEAR),
    ),
    "pillow, bicubic": (
        in_whole_numbers(resizing.cubic(-0.5)),
        by_pillow(Image.Resampling.BICUBIC),
    ),
    "pillow, Lanczos": (in_whole_numbers(resizing.lanczos(3)), by_pillow(Image.Resampling.LANCZOS)),
}


@pytest.mark.parametrize("size", [4, 13, 23])
@pytest.mark.parametrize("way", WAYS)
def test_images_are_resized_as_the_libraries_do_it(way: str, size: int) -> None:
    ours, theirs = WAYS[way]
    resized = ours(GREY.astype(np.float64), size)
    left_open = np.isnan(resized)
    assert left_open.mean() < (0.5 if "pillow" in way else 1e-9)
    np.testing.assert_allclose(resized[~left_open], theirs(size)[~left_open], atol=2e-3)
