"""Two-stage transfer from end to end, on a small backbone and real digits."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from resnet_course import two_stage
from resnet_course.data import digits
from resnet_course.errors import CourseError
from resnet_course.transfer import digits_to_images, transfer_model
from resnet_course.two_stage import (
    PreparedBatches,
    Stages,
    frozen_features,
    imagenet_backbone,
    train_head,
    two_stage_transfer,
)

STAGES = Stages(head_epochs=8, head_rate=1e-2, tuning_epochs=10, tuning_rate=1e-2, batch_size=50)


def small_backbone(shape: tuple[int | None, int | None, int] = (10, 10, 3)) -> keras.Model:
    keras.utils.set_random_seed(3)
    inputs = keras.Input(shape)
    X = keras.layers.Rescaling(1 / 64)(inputs)
    X = keras.layers.Conv2D(16, 3, strides=2, activation="relu")(X)
    return keras.Model(inputs, keras.layers.BatchNormalization()(X))


def to_ten_pixels(images: np.ndarray) -> np.ndarray:
    return digits_to_images(images, 10)


@pytest.fixture(scope="module")
def transfer() -> two_stage.Transfer:
    return two_stage_transfer(small_backbone(), digits().take(300), STAGES)


def test_both_stages_are_measured_on_the_test_images(transfer):
    data = digits()
    assert transfer.frozen.shape == transfer.tuned.shape == (len(data.y_test), 10)
    np.testing.assert_allclose(transfer.tuned.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_array_equal(transfer.labels, data.y_test)
    expected = transfer.model.predict(to_ten_pixels(data.x_test), verbose=0)
    np.testing.assert_allclose(transfer.tuned, expected, atol=1e-5)


def test_each_stage_learns(transfer):
    compared = transfer.comparison()
    assert compared["frozen_accuracy"] > 0.2
    assert compared["gain"] > 10


def test_the_head_alone_is_trained_first_and_then_the_convolutions_too(transfer):
    head = 16 * 128 + 128 + 128 * 10 + 10
    convolution, normalisation = 3 * 3 * 3 * 16 + 16, 4 * 16
    total = head + convolution + normalisation
    assert transfer.parameters == {"frozen": (head, total), "tuned": (head + convolution, total)}
    assert set(transfer.seconds) == {"frozen", "tuned"}


def test_the_same_seed_gives_the_same_result(transfer):
    again = two_stage_transfer(small_backbone(), digits().take(300), STAGES)
    np.testing.assert_allclose(again.tuned, transfer.tuned, atol=1e-4)


def test_features_are_those_of_the_backbone_averaged_over_the_image():
    model = transfer_model(backbone := small_backbone())
    images = digits().x_test[:7]
    maps = backbone.predict(to_ten_pixels(images), verbose=0)
    features = frozen_features(model, images, to_ten_pixels, batch_size=3)
    np.testing.assert_allclose(features, maps.mean(axis=(1, 2)), rtol=1e-4, atol=1e-5)


def test_the_head_that_is_trained_is_that_of_the_model():
    model = transfer_model(small_backbone())
    data = digits()
    features = frozen_features(model, data.x_train[:60], to_ten_pixels)
    hidden = model.get_layer("hidden").get_weights()[0].copy()
    train_head(model, features, data.y_train[:60], STAGES)
    assert not np.array_equal(model.get_layer("hidden").get_weights()[0], hidden)


def test_every_image_comes_once_an_epoch_with_its_label():
    images = np.arange(7, dtype=np.uint8).reshape(7, 1, 1, 1)
    batches = PreparedBatches(images, np.arange(7), lambda x: x.astype("float32"), 3, seed=0)
    seen = [batches[index] for index in range(len(batches))]
    labels = np.concatenate([y for _, y in seen])
    assert sorted(labels) == list(range(7))
    np.testing.assert_array_equal(np.concatenate([x for x, _ in seen]).ravel(), labels)
    first = batches.order.tolist()
    batches.on_epoch_end()
    assert batches.order.tolist() != first


def test_colour_images_need_a_preparation_of_their_own():
    grey = digits()
    colour = replace(grey, x_train=grey.x_train.repeat(3, -1), x_test=grey.x_test.repeat(3, -1))
    with pytest.raises(CourseError, match="takes grey images, and those of digits are 8x8x3"):
        two_stage_transfer(small_backbone(), colour)


@pytest.mark.parametrize("shape", [(10, 12, 3), (None, None, 3), (10, 10, 1)])
def test_a_backbone_for_other_images_is_refused(shape):
    with pytest.raises(CourseError, match="colour images of one square size"):
        two_stage_transfer(small_backbone(shape), digits())


def test_weights_that_cannot_be_had_are_told_in_a_sentence(monkeypatch):
    def offline(**arguments: object) -> None:
        raise OSError("URL fetch failure\non a line of its own.")

    monkeypatch.setattr(keras.applications, "ResNet50", offline)
    with pytest.raises(CourseError, match=r"could not be loaded \(URL fetch failure on a line"):
        imagenet_backbone()
