"""Photographs are mirrored and recoloured while training, and left alone in inference."""

import keras
import numpy as np

from resnet_course.augmentation.recolouring import Recolouring


def changed(images: np.ndarray, **settings: float) -> np.ndarray:
    return keras.ops.convert_to_numpy(Recolouring(seed=0, **settings)(images, training=True))


def noise(count: int, channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.integers(60, 180, (count, 6, 8, channels), dtype=np.uint8)


def test_nothing_changes_in_inference() -> None:
    layer = Recolouring(flip=1, colour=0.5, seed=0)
    assert np.array_equal(keras.ops.convert_to_numpy(layer(noise(5))), noise(5))


def test_the_share_that_is_asked_for_is_mirrored() -> None:
    images = noise(1000)
    assert np.array_equal(changed(images, flip=1), images[:, :, ::-1])
    some = changed(images, flip=0.3)
    mirrored = (some == images[:, :, ::-1]).all(axis=(1, 2, 3))
    assert (mirrored | (some == images).all(axis=(1, 2, 3))).all()
    assert 0.25 < mirrored.mean() < 0.35


def test_brightness_changes_by_its_own_factor_for_every_image() -> None:
    images = np.full((1000, 4, 4, 3), 100, np.uint8)
    levels = changed(images, colour=0.2)
    assert levels.dtype == np.uint8
    assert (levels == levels[:, :1, :1, :1]).all()
    assert levels.min() == 80
    assert levels.max() == 120
    assert abs(levels.mean() - 100) < 1.5


def test_contrast_and_saturation_change_by_factors_of_their_own() -> None:
    def factors(image: np.ndarray, spread) -> np.ndarray:
        images = np.repeat(image[np.newaxis], 1000, axis=0)
        after = changed(images, colour=0.2).astype(float)
        return (
            spread(after)
            / spread(images[:1].astype(float))
            / (after.mean((1, 2, 3)) / image.mean())
        )

    grey = np.full((2, 2, 3), 90, np.uint8)
    grey[0] = 150
    contrast = factors(grey, lambda x: x[:, 0, 0, 0] - x[:, 1, 0, 0])
    assert 0.76 < contrast.min() < 0.84
    assert 1.16 < contrast.max() < 1.24
    plain = np.full((2, 2, 3), (140, 100, 60), np.uint8)
    both = factors(plain, lambda x: x[:, 0, 0, 0] - x[:, 0, 0, 2])
    assert 0.6 < both.min() < 0.75
    assert 1.3 < both.max() < 1.5


def test_grey_images_stay_grey() -> None:
    grey = np.repeat(noise(50, 1), 3, axis=-1)
    levels = changed(grey, flip=0.5, colour=0.3)
    assert (levels == levels[..., :1]).all()
    assert changed(noise(50, 1), flip=0.5, colour=0.3).shape == (50, 6, 8, 1)


def test_the_layer_is_made_again_from_its_configuration() -> None:
    layer = Recolouring(flip=0.5, colour=0.1, seed=3)
    again = Recolouring.from_config(layer.get_config())
    assert (again.flip, again.colour, again.seed) == (0.5, 0.1, 3)
