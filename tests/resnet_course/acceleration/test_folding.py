"""A folded model predicts what the model does, without its batch normalisations."""

import keras
import numpy as np
import pytest
from keras import layers

from resnet_course.acceleration.folding import folded
from resnet_course.data.sets import load
from resnet_course.finetuning.backbones import backbone
from resnet_course.resnet import ResNet50

pytestmark = pytest.mark.numerical


def randomised(model: keras.Model) -> keras.Model:
    """Give a model's batch normalisations something to do."""
    rng = np.random.default_rng(0)
    model.set_weights([array + rng.uniform(0, 0.2, array.shape) for array in model.get_weights()])
    return model


def images(*shape: int) -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, shape).astype(np.float32)


def kinds(model: keras.Model) -> list[str]:
    return [layer.__class__.__name__ for layer in model.layers]


def test_a_network_says_the_same_without_any_batch_normalisation() -> None:
    keras.utils.set_random_seed(0)
    network = ResNet50((32, 32, 3), classes=6)
    model = keras.Model(network.inputs, network.layers[-2].output)
    twin = folded(model)
    assert "BatchNormalization" not in kinds(twin)
    X = images(2, 32, 32, 3)
    expected = model.predict(X, verbose=0)
    # Untrained, a network of fifty layers enlarges features: rounding counts beside the largest.
    largest = np.abs(expected).max()
    np.testing.assert_allclose(twin.predict(X, verbose=0), expected, rtol=0, atol=1e-4 * largest)


@pytest.mark.parametrize("options", [{}, {"scale": False}, {"center": False}, {"epsilon": 0.1}])
@pytest.mark.parametrize("use_bias", [True, False])
def test_every_kind_of_normalisation_is_folded(options: dict, use_bias: bool) -> None:
    inputs = keras.Input((6, 6, 4))
    X = layers.Conv2D(8, 3, use_bias=use_bias, groups=2)(inputs)
    model = randomised(keras.Model(inputs, layers.BatchNormalization(**options)(X)))
    twin = folded(model)
    assert "BatchNormalization" not in kinds(twin)
    X = images(3, 6, 6, 4)
    expected = model.predict(X, verbose=0)
    np.testing.assert_allclose(twin.predict(X, verbose=0), expected, rtol=1e-4, atol=1e-5)


def test_a_convolution_that_others_see_stays_as_it_is() -> None:
    inputs = keras.Input((6, 6, 3))
    seen = layers.Conv2D(3, 3, padding="same")(inputs)
    with_relu = layers.Conv2D(3, 3, padding="same", activation="relu")(inputs)
    sums = [seen, layers.BatchNormalization()(seen), layers.BatchNormalization()(with_relu)]
    model = randomised(keras.Model(inputs, layers.Add()(sums)))
    assert folded(model) is model


def test_a_model_with_layers_of_its_own_stays_as_it_is() -> None:
    class Mine(layers.Layer):
        def call(self, X):
            return 2 * X

    inputs = keras.Input((6, 6, 3))
    X = Mine()(layers.BatchNormalization()(layers.Conv2D(3, 3)(inputs)))
    model = keras.Model(inputs, X)
    assert folded(model) is model


def test_folding_leaves_the_model_alone_and_sees_models_within() -> None:
    dataset = load("digits").take(20)
    source = backbone("characters", dataset)
    before = source.get_weights()
    twin = folded(source)
    assert twin is not source
    X = dataset.x_train
    np.testing.assert_allclose(
        twin.predict(X, verbose=0), source.predict(X, verbose=0), rtol=1e-3, atol=1e-4
    )
    for old, new in zip(before, source.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
