"""The twin that trains in a model's place has its weights and says the same."""

from dataclasses import replace

import keras
import numpy as np
import pytest
from keras import layers

from resnet_course import data, networks, training
from resnet_course.fused import FusedBatchNormalization, has_kernel
from resnet_course.networks import normalisations
from resnet_course.recipes import Recipe
from resnet_course.transferring import unfreeze
from resnet_course.twin import training_twin

RECIPE = Recipe(epochs=1, batch_size=64, image_size=16, shift=0)

only_with_the_kernel = pytest.mark.skipif(not has_kernel(), reason="the backend has no kernel")


@pytest.fixture
def digits() -> data.Dataset:
    return data.load("digits")


@only_with_the_kernel
def test_every_batch_normalisation_is_fused_and_predictions_are_the_same(digits) -> None:
    model = networks.build("custom", digits, RECIPE)
    twin = training_twin(model)
    kinds = {type(layer) for layer in normalisations(twin)}
    assert kinds == {FusedBatchNormalization}
    assert [weight.path for weight in twin.weights] == [weight.path for weight in model.weights]
    said = [each.predict(digits.x_test[:50], verbose=0) for each in (model, twin)]
    np.testing.assert_allclose(*said, atol=1e-6)


@only_with_the_kernel
def test_it_trains_to_the_same_end_as_the_model_itself(digits, monkeypatch) -> None:
    few, ends = digits.take(128), []
    recipe = replace(RECIPE, optimiser="sgd", learning_rate=0.05, schedule="constant")
    for kernel in (True, False):
        keras.utils.set_random_seed(0)
        model = networks.build("custom", few, recipe)
        monkeypatch.setattr("resnet_course.twin.has_kernel", lambda kernel=kernel: kernel)
        training.fit(model, few, recipe)
        ends.append(np.concatenate([weight.ravel() for weight in model.get_weights()]))
    np.testing.assert_allclose(*ends, atol=1e-5)


def test_frozen_layers_stay_frozen(digits) -> None:
    model = networks.build("custom", digits, RECIPE)
    unfreeze(model, statistics=False)
    for precision in ("float32", "bfloat16"):
        twin = training_twin(model, precision)
        assert not any(layer.trainable for layer in normalisations(twin))
        assert len(twin.trainable_weights) == len(model.trainable_weights) > 0


def test_a_layer_of_ones_own_is_not_copied(digits) -> None:
    class Doubled(layers.Layer):
        def __init__(self, factor):
            super().__init__()
            self.factor = factor

        def call(self, x):
            return self.factor * x

    inputs = keras.Input((8, 8, 1), dtype="uint8")
    X = layers.Conv2D(4, 3)(layers.Rescaling(1 / 16)(inputs))
    X = layers.GlobalAveragePooling2D()(Doubled(2.0)(layers.BatchNormalization()(X)))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(X))
    assert training_twin(model) is model
    trace = training.fit(model, digits.take(64), RECIPE)
    assert np.isfinite(trace.curve["loss"]).all()


def test_in_bfloat16_it_says_nearly_the_same(digits) -> None:
    model = networks.build("custom", digits, RECIPE)
    twin = training_twin(model, "bfloat16")
    body = twin.layers[-1]
    assert body.get_layer("res_conv1").compute_dtype == "bfloat16"
    assert body.get_layer("res_conv1").kernel.dtype == "float32"
    said = [each.predict(digits.x_test[:50], verbose=0) for each in (model, twin)]
    assert said[1].dtype == np.float32
    np.testing.assert_allclose(said[0], said[1], atol=0.05)
    assert not np.array_equal(said[0], said[1])
