"""Augmentation moves, turns, scales and slants while training, and does nothing in inference."""

import keras
import numpy as np
import pytest

from resnet_course.augmentation.bending import Augmentation


def dotted(count: int = 400, side: int = 9, channels: int = 1) -> np.ndarray:
    """Return images with one light dot in the middle."""
    images = np.zeros((count, side, side, channels), np.uint8)
    images[:, side // 2, side // 2] = 200
    return images


def changed(layer: Augmentation, images: np.ndarray) -> np.ndarray:
    return keras.ops.convert_to_numpy(layer(images, training=True))


def test_nothing_changes_in_inference() -> None:
    images = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), dtype=np.uint8)
    layer = Augmentation(shift=2, rotation=20, scale=0.2, slant=0.2, bend=1, seed=0)
    assert np.array_equal(keras.ops.convert_to_numpy(layer(images)), images)


def test_a_shift_moves_every_image_by_its_own_whole_number_of_pixels() -> None:
    moved = changed(Augmentation(shift=2, seed=0), dotted())
    assert moved.dtype == np.uint8
    assert np.array_equal(moved.sum(axis=(1, 2, 3)), np.full(400, 200))
    places = {tuple(np.argwhere(image[..., 0])[0] - 4) for image in moved}
    assert places == {(y, x) for y in range(-2, 3) for x in range(-2, 3)}


def test_what_moves_in_is_black_in_grey_images_and_the_edge_in_colour_images() -> None:
    grey = changed(Augmentation(shift=2, seed=0), np.full((50, 6, 6, 1), 90, np.uint8))
    colour = changed(Augmentation(shift=2, seed=0), np.full((50, 6, 6, 3), 90, np.uint8))
    assert set(np.unique(grey)) == {0, 90}
    assert set(np.unique(colour)) == {90}


def bar(side: int = 41) -> np.ndarray:
    """Return one image of an upright bar in the middle."""
    image = np.zeros((1, side, side, 1), np.uint8)
    image[0, 8:33, 19:22] = 255
    return image


def directions(images: np.ndarray) -> np.ndarray:
    """Return the angle of each bar against the upright, in degrees."""
    middle = (images.shape[1] - 1) / 2
    angles = []
    for image in images[..., 0].astype(float):
        y, x = (axis - middle for axis in np.indices(image.shape))
        spread = np.cov(y.ravel(), x.ravel(), aweights=image.ravel())
        y_main, x_main = np.linalg.eigh(spread)[1][:, -1]
        angles.append(np.rad2deg(np.arctan(x_main / y_main)))
    return np.array(angles)


def test_a_rotation_turns_about_the_middle_by_up_to_its_angle() -> None:
    turned = changed(Augmentation(rotation=30, seed=0), bar().repeat(300, axis=0))
    angles = directions(turned)
    assert np.abs(angles).max() <= 30.5
    assert angles.max() > 27
    assert angles.min() < -27


def test_a_slant_leans_an_upright_bar_and_leaves_a_lying_one() -> None:
    leaning = changed(Augmentation(slant=0.5, seed=0), bar().repeat(300, axis=0))
    angles = directions(leaning)
    assert np.abs(angles).max() <= np.rad2deg(np.arctan(0.5)) + 1
    assert angles.max() > 22
    lying = bar().transpose(0, 2, 1, 3)
    extents = changed(Augmentation(slant=0.5, seed=0), lying.repeat(50, axis=0)).any(axis=(2, 3))
    assert np.array_equal(extents, lying.repeat(50, axis=0).any(axis=(2, 3)))


def test_a_scale_changes_the_size_by_up_to_its_share() -> None:
    scaled = changed(Augmentation(scale=0.2, seed=0), bar().repeat(300, axis=0))
    ink = scaled.astype(float).sum(axis=(1, 2, 3)) / bar().astype(float).sum()
    assert 0.8**2 - 0.05 < ink.min() < 0.7
    assert 1.35 < ink.max() < 1.2**2 + 0.05


def test_bending_moves_pixels_smoothly_by_about_its_strength() -> None:
    rows = np.broadcast_to(np.arange(0, 240, 8, dtype=np.uint8)[:, None, None], (200, 30, 30, 1))
    for images, axis in ((rows, 1), (rows.transpose(0, 2, 1, 3), 2)):
        bent = changed(Augmentation(bend=1.0, seed=0), images).astype(float)
        moved = (bent - images)[:, 8:-8, 8:-8, 0] / 8
        assert 0.85 < moved.std() < 1.15
        assert np.abs(np.diff(moved, axis=axis)).max() < 1.5
        assert abs(moved.mean()) < 0.2


def test_bending_leaves_an_even_colour_image_even() -> None:
    images = np.full((10, 12, 9, 3), (10, 20, 30), np.uint8)
    assert np.array_equal(changed(Augmentation(bend=2.0, seed=0), images), images)


def test_the_same_seed_gives_the_same_changes() -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)
    first, second, other = (
        changed(Augmentation(shift=2, rotation=10, seed=seed), images) for seed in (3, 3, 4)
    )
    assert np.array_equal(first, second)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("channels", [1, 3])
def test_an_augmented_model_survives_being_saved(tmp_path, channels: int) -> None:
    inputs = keras.Input((8, 8, channels), dtype="uint8")
    outputs = Augmentation(1, 2.0, 0.1, 0.2, 0.5, seed=5)(inputs)
    keras.Model(inputs, outputs).save(tmp_path / "model.keras")
    layer = keras.models.load_model(tmp_path / "model.keras").layers[-1]
    assert layer.get_config()["rotation"] == 2.0
    assert layer.get_config()["seed"] == 5
