"""Fused batch normalisation against NumPy in float64 and against Keras's own layer."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from resnet_course.acceleration.batch_norm import FusedBatchNormalization, has_kernel

pytestmark = pytest.mark.numerical

SHAPE = (6, 5, 4, 3)
EPSILON, MOMENTUM = 1.001e-5, 0.9

only_with_the_kernel = pytest.mark.skipif(not has_kernel(), reason="the backend has no kernel")


def _layer(kind: type[layers.BatchNormalization], **options) -> layers.BatchNormalization:
    layer = kind(epsilon=EPSILON, momentum=MOMENTUM, **options)
    layer.build((None, *SHAPE[1:]))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.uniform(0.5, 2, weight.shape) for weight in layer.weights])
    return layer


def _images(dtype: str = "float32") -> keras.KerasTensor:
    return ops.convert_to_tensor(np.random.default_rng(2).normal(3, 2, SHAPE), dtype=dtype)


def _numbers(tensor: keras.KerasTensor) -> np.ndarray:
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


@only_with_the_kernel
def test_it_is_the_papers_normalisation_with_keras_statistics() -> None:
    layer = _layer(FusedBatchNormalization)
    gamma, beta, moving_mean, moving_variance = map(np.float64, layer.get_weights())
    x = _images()
    outputs = _numbers(layer(x, training=True))
    exact = np.float64(_numbers(x))
    mean, variance = exact.mean(axis=(0, 1, 2)), exact.var(axis=(0, 1, 2))
    expected = gamma * (exact - mean) / np.sqrt(variance + EPSILON) + beta
    np.testing.assert_allclose(outputs, expected, rtol=1e-4, atol=1e-5)
    after = layer.get_weights()
    for new, old, batch in ((after[2], moving_mean, mean), (after[3], moving_variance, variance)):
        np.testing.assert_allclose(new, MOMENTUM * old + (1 - MOMENTUM) * batch, rtol=1e-5)


@only_with_the_kernel
def test_its_gradients_are_those_of_keras_own_layer() -> None:
    import tensorflow as tf

    x, weights = _images(), _images() ** 2
    found = []
    for kind in (FusedBatchNormalization, layers.BatchNormalization):
        layer = _layer(kind)
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = ops.sum(weights * layer(x, training=True) ** 2)
        sources = [x, layer.gamma.value, layer.beta.value]
        found.append([_numbers(gradient) for gradient in tape.gradient(loss, sources)])
    for ours, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-3 * np.abs(theirs).max())


@pytest.mark.parametrize("frozen", [False, True])
def test_frozen_and_in_inference_it_is_keras_own_layer(frozen: bool) -> None:
    ours, theirs = (_layer(kind) for kind in (FusedBatchNormalization, layers.BatchNormalization))
    ours.trainable = theirs.trainable = not frozen
    said = [_numbers(layer(_images(), training=frozen)) for layer in (ours, theirs)]
    np.testing.assert_array_equal(*said)
    np.testing.assert_array_equal(ours.moving_mean, theirs.moving_mean)


@pytest.mark.parametrize(
    "options", [{"axis": 1}, {"scale": False}, {"renorm": True}, {"dtype": "float64"}]
)
def test_what_the_kernel_cannot_do_is_left_to_keras(options: dict) -> None:
    ours, theirs = (
        _layer(kind, **options) for kind in (FusedBatchNormalization, layers.BatchNormalization)
    )
    assert not ours.is_fusible()
    said = [_numbers(layer(_images(), training=True)) for layer in (ours, theirs)]
    np.testing.assert_array_equal(*said)


def test_flat_features_are_left_to_keras() -> None:
    layer = FusedBatchNormalization()
    x = np.random.default_rng(0).normal(2, 1, (50, 3)).astype(np.float32)
    outputs = _numbers(layer(x, training=True))
    np.testing.assert_allclose(outputs.mean(axis=0), 0, atol=1e-5)


@only_with_the_kernel
@pytest.mark.usefixtures("_bfloat16")
def test_in_bfloat16_it_keeps_statistics_in_float32() -> None:
    layer = _layer(FusedBatchNormalization, dtype="mixed_bfloat16")
    exact = _layer(layers.BatchNormalization)
    outputs = layer(_images("bfloat16"), training=True)
    assert keras.backend.standardize_dtype(outputs.dtype) == "bfloat16"
    assert layer.moving_mean.dtype == "float32"
    expected = _numbers(exact(ops.cast(_images("bfloat16"), "float32"), training=True))
    np.testing.assert_allclose(_numbers(outputs), expected, rtol=0.02, atol=0.05)
    np.testing.assert_allclose(layer.moving_variance, exact.moving_variance, rtol=1e-4)
