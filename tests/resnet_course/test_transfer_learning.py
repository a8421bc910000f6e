"""Transfer, against Keras's own preparation and published parameter counts."""

import keras
import numpy as np
import pytest

from resnet_course.transfer_learning import (
    compare_stages,
    confidence,
    count_parameters,
    digits_to_images,
    transfer_model,
    unfreeze,
)

HEAD = 2048 * 128 + 128 + 128 * 10 + 10


def small_backbone() -> keras.Model:
    inputs = keras.Input((8, 8, 3))
    X = keras.layers.Conv2D(5, 3, strides=2, name="convolution")(inputs)
    return keras.Model(inputs, keras.layers.BatchNormalization(name="normalisation")(X))


@pytest.fixture(scope="module")
def resnet50() -> keras.Model:
    return keras.applications.ResNet50(weights=None, include_top=False, input_shape=(32, 32, 3))


@pytest.fixture
def trained() -> keras.Model:
    """Give a small transfer model with one stage of training behind it."""
    keras.utils.set_random_seed(0)
    model = transfer_model(small_backbone(), classes=3)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(*task(), epochs=2, verbose=0)
    return model


def task() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = 3 + 2 * rng.standard_normal((30, 8, 8, 3)).astype("float32")
    return X, rng.integers(0, 3, 30)


def weights(layer: keras.Layer) -> list[np.ndarray]:
    return [value.copy() for value in layer.get_weights()]


def changed(before: list[np.ndarray], layer: keras.Layer) -> list[bool]:
    return [not np.array_equal(a, b) for a, b in zip(before, layer.get_weights(), strict=True)]


@pytest.mark.numerical
@pytest.mark.parametrize("size", [7, 28, 45])
def test_images_are_prepared_as_keras_prepares_them(size):
    digits = np.random.default_rng(0).integers(0, 256, (3, 28, 20, 1), dtype=np.uint8)
    rgb = keras.ops.image.resize(digits.repeat(3, -1).astype("float32"), (size, size))
    expected = keras.applications.resnet.preprocess_input(keras.ops.convert_to_numpy(rgb).copy())
    images = digits_to_images(digits, size)
    assert images.dtype == np.float32
    assert images.shape == (3, size, size, 3)
    np.testing.assert_allclose(images, expected, atol=1e-3)


def test_digits_without_a_channel_axis_are_taken_too():
    digits = np.random.default_rng(0).integers(0, 256, (2, 8, 8), dtype=np.uint8)
    np.testing.assert_array_equal(
        digits_to_images(digits, 16), digits_to_images(digits[..., np.newaxis], 16)
    )


def test_digits_are_left_as_they_were():
    digits = np.random.default_rng(0).integers(0, 256, (2, 8, 8), dtype=np.uint8)
    before = digits.copy()
    digits_to_images(digits, 8)
    np.testing.assert_array_equal(digits, before)


def test_black_is_minus_the_means_of_blue_green_and_red():
    image = digits_to_images(np.zeros((1, 4, 4), np.uint8), 6)
    np.testing.assert_allclose(image[0, 3, 3], [-103.939, -116.779, -123.68], rtol=1e-6)


def test_the_head_and_the_whole_of_resnet50_have_the_known_numbers_of_parameters(resnet50):
    model = transfer_model(resnet50)
    assert count_parameters(model) == (HEAD, 23_851_274)
    assert HEAD == 263_562


def test_tuning_trains_all_but_the_batch_normalisations(resnet50):
    gamma_and_beta = 2 * 26_560
    moving = gamma_and_beta
    trainable, total = count_parameters(unfreeze(transfer_model(resnet50)))
    assert total == 23_851_274
    assert trainable == total - moving - gamma_and_beta


def test_the_first_stage_changes_nothing_in_the_backbone():
    model = transfer_model(backbone := small_backbone(), classes=3)
    before = weights(backbone)
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(*task(), epochs=2, verbose=0)
    assert not any(changed(before, backbone))


def test_the_second_stage_trains_convolutions_and_leaves_normalisations(trained):
    backbone = next(layer for layer in trained.layers if isinstance(layer, keras.Model))
    convolution, normalisation = backbone.layers[1:]
    before = weights(convolution), weights(normalisation)
    unfreeze(trained, 1e-2).fit(*task(), epochs=2, verbose=0)
    assert any(changed(before[0], convolution))
    assert not any(changed(before[1], normalisation))


@pytest.mark.numerical
def test_a_tuned_model_computes_the_same_while_training_as_when_predicting(trained):
    unfreeze(trained)
    X, _ = task()
    training, predicting = (
        keras.ops.convert_to_numpy(trained(X, training=mode)) for mode in (True, False)
    )
    np.testing.assert_allclose(training, predicting, atol=1e-6)


@pytest.mark.numerical
def test_tuning_keeps_the_model_and_what_it_knows(trained):
    X, _ = task()
    before = trained.predict(X, verbose=0)
    tuned = unfreeze(trained, 3e-6)
    assert tuned is trained
    assert float(tuned.optimizer.learning_rate) == pytest.approx(3e-6)
    np.testing.assert_allclose(tuned.predict(X, verbose=0), before, atol=1e-6)


def test_confidence_is_the_probability_of_the_prediction():
    labels, sure = confidence(np.array([[0.2, 0.5, 0.3], [0.9, 0.0, 0.1]]))
    assert labels.tolist() == [1, 0]
    assert sure.tolist() == [0.5, 0.9]


def test_stages_are_compared_on_the_same_images():
    labels = np.array([0, 1, 1, 0])
    frozen = np.array([[0.6, 0.4], [0.7, 0.3], [0.8, 0.2], [0.1, 0.9]])
    tuned = np.array([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7], [0.4, 0.6]])
    assert compare_stages(labels, frozen, tuned) == pytest.approx(
        {
            "frozen_accuracy": 0.25,
            "tuned_accuracy": 0.75,
            "gain": 50.0,
            "confidence_right": 0.8,
            "confidence_wrong": 0.6,
        }
    )


def test_where_nothing_is_wrong_there_is_no_confidence_of_errors():
    labels, sure = np.array([0, 1]), np.array([[0.9, 0.1], [0.2, 0.8]])
    compared = compare_stages(labels, sure, sure)
    assert np.isnan(compared["confidence_wrong"])
    compared = compare_stages(1 - labels, sure, sure)
    assert np.isnan(compared["confidence_right"])
