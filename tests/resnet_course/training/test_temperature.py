"""A temperature changes how sure a model is, by the definition, and nothing else."""

import keras
import numpy as np
import pytest

from resnet_course.training.networks import without_classifier
from resnet_course.training.temperature import (
    calibrated,
    fit_temperature,
    temperature_of,
    tempered,
    uncalibrated,
)

RNG = np.random.default_rng(0)


def softmax(logits: np.ndarray) -> np.ndarray:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def drawn(logits: np.ndarray) -> np.ndarray:
    """Draw a label for each image with the probabilities that its logits stand for."""
    return (softmax(logits).cumsum(axis=1) > RNG.uniform(size=(len(logits), 1))).argmax(axis=1)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.5])
def test_the_temperature_that_spoilt_the_probabilities_is_found(temperature: float) -> None:
    logits = RNG.normal(scale=3, size=(20_000, 10))
    said = softmax(logits * temperature)
    assert fit_temperature(said, drawn(logits)) == pytest.approx(temperature, rel=0.05)


def test_a_few_images_that_are_all_right_do_not_make_a_model_certain() -> None:
    said = np.full((20, 10), 0.1 / 9)
    said[:, 3] = 0.9
    found = fit_temperature(said, np.full(20, 3))
    assert 0.2 < found < 1
    assert fit_temperature(said[:1], np.full(1, 3)) > found


def test_probabilities_are_tempered_as_softmax_of_scaled_logits() -> None:
    logits = RNG.normal(scale=4, size=(50, 6))
    np.testing.assert_allclose(tempered(softmax(logits), 0.4), softmax(logits / 0.4), rtol=1e-9)
    np.testing.assert_allclose(tempered(np.eye(3), 2.0), np.eye(3), atol=1e-12)


@pytest.fixture(params=["flat", "nested"])
def model(request: pytest.FixtureRequest) -> keras.Model:
    keras.utils.set_random_seed(1)
    inputs = keras.Input((4, 4, 1))
    X = keras.layers.Flatten()(inputs)
    body = keras.Model(inputs, keras.layers.Dense(5, activation="softmax")(X), name="body")
    if request.param == "flat":
        return body
    outer = keras.Input((4, 4, 1))
    return keras.Model(outer, body(keras.layers.Rescaling(2.0)(outer)))


IMAGES = RNG.normal(scale=3, size=(200, 4, 4, 1)).astype(np.float32)


@pytest.mark.parametrize("temperature", [0.1, 0.5, 4.0])
def test_a_calibrated_model_says_tempered_probabilities_of_the_same_classes(
    model: keras.Model, temperature: float
) -> None:
    before = model.predict(IMAGES, verbose=0)
    after = calibrated(model, temperature).predict(IMAGES, verbose=0)
    np.testing.assert_allclose(after, tempered(before, temperature), atol=1e-5)
    assert np.array_equal(after.argmax(axis=1), before.argmax(axis=1))


def test_the_temperature_is_kept_in_the_file_and_can_be_taken_off(
    model: keras.Model, tmp_path
) -> None:
    before = model.predict(IMAGES, verbose=0)
    hot = calibrated(model, 0.4)
    hot.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras", safe_mode=True)
    assert temperature_of(loaded) == pytest.approx(0.4)
    np.testing.assert_array_equal(loaded.predict(IMAGES, verbose=0), hot.predict(IMAGES, verbose=0))
    np.testing.assert_array_equal(uncalibrated(loaded).predict(IMAGES, verbose=0), before)
    np.testing.assert_array_equal(
        without_classifier(loaded).predict(IMAGES, verbose=0),
        without_classifier(model).predict(IMAGES, verbose=0),
    )


def test_a_temperature_of_one_adds_nothing(model: keras.Model) -> None:
    assert calibrated(model, 1.0) is model
    assert uncalibrated(model) is model
    assert temperature_of(model) == 1
