"""Statistics taken anew are those of the images, at every normalisation that is not frozen."""

import keras
import numpy as np
import pytest
from keras import layers

from resnet_course.finetuning import batch_norm_statistics
from resnet_course.finetuning.batch_norm_statistics import renew_statistics
from resnet_course.training.networks import normalisations

pytestmark = pytest.mark.numerical


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (600, 6, 6, 2)).astype(np.float32)


@pytest.fixture
def model() -> keras.Model:
    inputs = keras.Input((6, 6, 2))
    X = layers.BatchNormalization(name="first", momentum=0.9)(inputs)
    body = keras.Model(inputs, layers.BatchNormalization(name="second")(layers.ReLU()(X)))
    outer = keras.Input((6, 6, 2))
    return keras.Model(outer, body(outer))


def test_the_first_has_the_statistics_of_the_images_and_the_next_of_what_it_sees(
    model: keras.Model, images: np.ndarray
) -> None:
    renew_statistics(model, images[:500])
    first, second = normalisations(model)
    exact = np.float64(images[:500])
    mean = exact.mean(axis=(0, 1, 2))
    halves = [exact[::2].var(axis=(0, 1, 2)), exact[1::2].var(axis=(0, 1, 2))]
    np.testing.assert_allclose(first.moving_mean, mean, rtol=1e-5)
    np.testing.assert_allclose(first.moving_variance, np.mean(halves, axis=0), rtol=1e-5)
    seen = np.maximum((exact - mean) / np.sqrt(np.mean(halves, axis=0) + 1e-3), 0)
    np.testing.assert_allclose(second.moving_mean, seen.mean(axis=(0, 1, 2)), rtol=0.01)
    assert [layer.momentum for layer in (first, second)] == [0.9, 0.99]


def test_frozen_normalisations_and_weights_stay_as_they_are(
    model: keras.Model, images: np.ndarray
) -> None:
    first, second = normalisations(model)
    first.trainable = False
    gamma = second.gamma.numpy()
    renew_statistics(model, images)
    np.testing.assert_array_equal(first.moving_mean, 0)
    assert np.abs(second.moving_mean).max() > 1
    np.testing.assert_array_equal(second.gamma, gamma)


def test_of_many_images_some_from_everywhere_are_looked_at(
    model: keras.Model, images: np.ndarray, monkeypatch
) -> None:
    monkeypatch.setattr(batch_norm_statistics, "MOST_IMAGES", 100)
    renew_statistics(model, images)
    first = normalisations(model)[0]
    np.testing.assert_allclose(first.moving_mean, images[::6].mean(axis=(0, 1, 2)), rtol=1e-4)
    renew_statistics(model, images[:199])
    np.testing.assert_allclose(first.moving_mean, images[:199:2].mean(axis=(0, 1, 2)), rtol=1e-4)


@pytest.mark.parametrize("count", [2, 249, 250, 251, 252, 499, 501, 599])
def test_every_image_weighs_the_same_whatever_their_number(
    model: keras.Model, images: np.ndarray, count: int
) -> None:
    images[count - 1] = 10_000
    renew_statistics(model, images[:count])
    first = normalisations(model)[0]
    exact = np.float64(images[:count])
    np.testing.assert_allclose(first.moving_mean, exact.mean(axis=(0, 1, 2)), rtol=1e-5)
    np.testing.assert_allclose(first.moving_variance, exact.var(axis=(0, 1, 2)), rtol=0.02)


def test_images_sorted_by_class_give_the_statistics_of_all_of_them(
    model: keras.Model, images: np.ndarray
) -> None:
    images[300:] += 1000
    renew_statistics(model, images)
    first = normalisations(model)[0]
    variance = np.float64(images).var(axis=(0, 1, 2))
    np.testing.assert_allclose(first.moving_variance, variance, rtol=0.02)


def test_a_single_image_changes_nothing(model: keras.Model, images: np.ndarray) -> None:
    renew_statistics(model, images[:1])
    assert all(np.array_equal(layer.moving_variance, [1, 1]) for layer in normalisations(model))
