"""Redrawing changes line drawings and keeps them crisp, in their place and of their size."""

import keras
import numpy as np
import pytest

from resnet_course.augmentation.redrawing import Redrawing, are_line_drawings
from resnet_course.data.characters import distorted_characters
from resnet_course.pictures.framing import sides


@pytest.fixture(scope="module")
def characters() -> np.ndarray:
    return distorted_characters(60, 1, seed=0).x_train


def redrawn(layer: Redrawing, images: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(layer(images, training=True))


def square(height: int = 28, width: int = 28) -> np.ndarray:
    """Return one image of a white square of 10x10 pixels, two pixels off the middle."""
    image = np.zeros((1, height, width, 1), np.uint8)
    top, left = height // 2 - 3, width // 2 - 7
    image[0, top : top + 10, left : left + 10] = 255
    return image


def centres(images: np.ndarray) -> np.ndarray:
    mass = images[..., 0].astype(float)
    y, x = np.indices(mass.shape[1:])
    total = mass.sum(axis=(1, 2))
    return np.stack([(mass * axis).sum(axis=(1, 2)) / total for axis in (y, x)], axis=1)


def longer_sides(images: np.ndarray) -> np.ndarray:
    return np.array([max(sides(image[..., 0] / 255)) for image in images])


def test_nothing_changes_in_inference(characters) -> None:
    layer = Redrawing(2, 20, 0.2, 0.2, 1.0, 0.5, 1.0, seed=0)
    assert np.array_equal(keras.ops.convert_to_numpy(layer(characters)), characters)


@pytest.mark.parametrize(("height", "width"), [(28, 28), (20, 34), (64, 64), (130, 120)])
def test_a_figure_of_whole_pixels_stays_as_it_is_without_changes(height: int, width: int) -> None:
    image = square(height, width)
    again = redrawn(Redrawing(seed=0), image)
    assert again.dtype == np.uint8
    difference = np.abs(again.astype(int) - image)
    assert np.count_nonzero(difference) <= 4, "more than the corners"
    assert difference.max() <= 40


def test_without_changes_a_drawing_looks_nearly_the_same(characters) -> None:
    difference = redrawn(Redrawing(seed=0), characters).astype(float) - characters
    assert np.abs(difference).mean() < 0.2 * characters.mean()


def test_figures_keep_their_longer_side_and_their_place(characters) -> None:
    layer = Redrawing(0, 30, 0.3, 0.5, 1.0, 0.3, 0.5, seed=1)
    after = redrawn(layer, characters)
    assert np.abs(centres(after) - centres(characters)).max() < 1.3
    assert np.abs(longer_sides(after) - longer_sides(characters)).max() <= 2
    assert not np.array_equal(after, characters)


def test_a_shift_moves_by_whole_pixels() -> None:
    moved = redrawn(Redrawing(shift=2, seed=0), square().repeat(300, axis=0))
    moves = np.round(centres(moved) - centres(square()), 2)
    assert {tuple(move) for move in moves} == {(y, x) for y in range(-2, 3) for x in range(-2, 3)}


def test_a_rotation_turns_either_way() -> None:
    bar = np.zeros((1, 28, 28, 1), np.uint8)
    bar[0, 4:24, 13:15] = 255
    turned = redrawn(Redrawing(rotation=30, seed=0), bar.repeat(200, axis=0))
    y, x = np.indices((28, 28)) - 13.5
    leaning = (turned[..., 0] * (y * x)).sum(axis=(1, 2))
    assert 0.3 < (leaning > 0).mean() < 0.7
    wide = np.array([sides(image[..., 0] / 255)[1] for image in turned])
    assert 10 <= wide.max() <= 14
    assert longer_sides(turned).min() >= 19


def test_edges_stay_crisp(characters) -> None:
    def grey(images: np.ndarray) -> float:
        return np.mean((images > 40) & (images < 215)) / np.mean(images > 40)

    after = redrawn(Redrawing(0, 10, 0.1, 0.2, 0.7, seed=0), characters)
    assert grey(after) < 1.1 * grey(characters)


def test_thickness_makes_lines_thinner_and_thicker(characters) -> None:
    one = characters[:1].repeat(100, axis=0)
    ink = [
        redrawn(Redrawing(thickness=thickness, seed=0), one).sum(axis=(1, 2, 3)) / one[0].sum()
        for thickness in (0.0, 0.5)
    ]
    assert np.ptp(ink[0]) == 0
    assert ink[1].min() < 0.9
    assert ink[1].max() > 1.1


def test_the_asked_share_gets_a_stray_stroke_across_the_figure() -> None:
    line = np.zeros((1, 28, 28, 1), np.uint8)
    line[0, 4:24, 13:15] = 255
    for share, least, most in ((0.0, 0, 0), (0.3, 0.2, 0.4), (1.0, 0.9, 1)):
        after = redrawn(Redrawing(strokes=share, seed=0), line.repeat(300, axis=0))
        wide = np.array([sides(image[..., 0] / 255)[1] for image in after])
        assert least <= np.mean(wide > 2) <= most
        assert wide.max() <= 10


def test_a_blank_image_stays_blank() -> None:
    blank = np.zeros((3, 28, 28, 1), np.uint8)
    assert not redrawn(Redrawing(2, 20, 0.2, 0.2, 1.0, 0.5, 1.0, seed=0), blank).any()


def test_the_same_seed_gives_the_same_drawings(characters) -> None:
    first, second, other = (
        redrawn(Redrawing(1, 10, 0.1, 0.2, 0.7, 0.35, 0.3, seed=seed), characters)
        for seed in (3, 3, 4)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


def test_the_layer_survives_being_saved(tmp_path) -> None:
    inputs = keras.Input((28, 28, 1), dtype="uint8")
    outputs = Redrawing(1, 2.0, 0.1, 0.2, 0.5, 0.3, 0.4, seed=5)(inputs)
    keras.Model(inputs, outputs).save(tmp_path / "model.keras")
    config = keras.models.load_model(tmp_path / "model.keras").layers[-1].get_config()
    assert (config["thickness"], config["strokes"], config["seed"]) == (0.3, 0.4, 5)


def test_line_drawings_are_told_from_other_images(characters) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (50, 28, 28, 1), dtype=np.uint8)
    shaded = np.linspace(0, 200, 28, dtype=np.uint8) * np.ones((50, 28, 1), np.uint8)
    assert are_line_drawings(characters)
    assert not are_line_drawings(noise)
    assert not are_line_drawings(shaded[..., np.newaxis])
    assert not are_line_drawings(characters.repeat(3, axis=-1))
    assert not are_line_drawings(np.zeros_like(characters))
