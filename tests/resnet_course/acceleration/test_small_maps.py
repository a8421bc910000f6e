"""Convolution as matrix products, against NumPy in float64 and against Keras's own layer."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from resnet_course.acceleration import small_maps
from resnet_course.acceleration.batch_norm import has_kernel
from resnet_course.acceleration.small_maps import SmallMapConv2D
from resnet_course.acceleration.training_twin import training_twin
from resnet_course.data.dataset import Dataset
from resnet_course.training import networks
from resnet_course.training.recipes import RECIPES

pytestmark = pytest.mark.numerical

MAPS = [(1, 1), (2, 2), (3, 2), (5, 4)]
KERNELS = [(3, 3), (5, 3), (1, 1)]

only_on_tensorflow = pytest.mark.skipif(not has_kernel(), reason="twins need the kernel")


@pytest.fixture(autouse=True)
def every_map_is_small(monkeypatch) -> None:
    monkeypatch.setattr(small_maps, "WEIGHTS_PER_PIXEL", 0)


def _layer(kind: type[layers.Conv2D], shape: tuple[int, ...], **options) -> layers.Conv2D:
    layer = kind(**{"filters": 5, "kernel_size": 3, "padding": "same", **options})
    layer.build((None, *shape[1:]))
    rng = np.random.default_rng(1)
    layer.set_weights([rng.normal(0, 1, weight.shape) for weight in layer.weights])
    return layer


def _images(shape: tuple[int, ...], dtype: str = "float32") -> keras.KerasTensor:
    return ops.convert_to_tensor(np.random.default_rng(2).normal(0, 1, shape), dtype=dtype)


def _convolved(x: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Convolve pixel by pixel, in float64."""
    rows, columns = kernel.shape[:2]
    around = ((0, 0), (rows // 2, rows // 2), (columns // 2, columns // 2), (0, 0))
    padded = np.pad(np.float64(x), around)
    outputs = np.zeros((*x.shape[:3], kernel.shape[-1]))
    for row, column in np.ndindex(x.shape[1:3]):
        seen = padded[:, row : row + rows, column : column + columns]
        outputs[:, row, column] = np.einsum("nijc,ijcf->nf", seen, np.float64(kernel))
    return outputs


@pytest.mark.parametrize("window", KERNELS)
@pytest.mark.parametrize("size", MAPS)
def test_it_is_the_sum_over_the_window(size: tuple[int, int], window: tuple[int, int]) -> None:
    shape = (6, *size, 4)
    layer = _layer(SmallMapConv2D, shape, kernel_size=window)
    assert layer.is_faster_as_products(shape)
    kernel, bias = layer.get_weights()
    x = _images(shape)
    expected = _convolved(ops.convert_to_numpy(x), kernel) + bias
    np.testing.assert_allclose(ops.convert_to_numpy(layer(x)), expected, rtol=1e-4, atol=1e-5)


@only_on_tensorflow
@pytest.mark.parametrize("window", KERNELS)
@pytest.mark.parametrize("size", MAPS)
def test_its_gradients_are_those_of_keras_own_layer(
    size: tuple[int, int], window: tuple[int, int]
) -> None:
    import tensorflow as tf

    shape, found = (6, *size, 4), []
    x, weights = _images(shape), _images((6, *size, 5)) ** 2
    for kind in (SmallMapConv2D, layers.Conv2D):
        layer = _layer(kind, shape, kernel_size=window)
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = ops.sum(weights * layer(x) ** 2)
        found.append(tape.gradient(loss, [x, layer.kernel.value, layer.bias.value]))
    for ours, theirs in zip(*found, strict=True):
        ours, theirs = ops.convert_to_numpy(ours), ops.convert_to_numpy(theirs)
        np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5 * np.abs(theirs).max())


@pytest.mark.parametrize(
    "options",
    [
        {"strides": 2},
        {"dilation_rate": 2},
        {"padding": "valid"},
        {"groups": 2, "filters": 4},
        {"kernel_size": (2, 3)},
    ],
)
def test_what_products_cannot_do_is_left_to_keras(options: dict) -> None:
    shape = (6, 4, 4, 4)
    ours, theirs = (_layer(kind, shape, **options) for kind in (SmallMapConv2D, layers.Conv2D))
    assert not ours.is_faster_as_products(shape)
    said = [ops.convert_to_numpy(layer(_images(shape))) for layer in (ours, theirs)]
    np.testing.assert_array_equal(*said)


def test_maps_of_unknown_size_are_left_to_keras() -> None:
    inputs = keras.Input((None, None, 4))
    model = keras.Model(inputs, SmallMapConv2D(5, 3, padding="same")(inputs))
    assert model.output_shape == (None, None, None, 5)


def test_a_map_is_small_when_each_weight_is_used_a_few_times(monkeypatch) -> None:
    monkeypatch.undo()
    layer = SmallMapConv2D(512, 3, padding="same")
    assert layer.is_faster_as_products((None, 4, 4, 512))
    assert not layer.is_faster_as_products((None, 16, 16, 512))
    assert not SmallMapConv2D(64, 3, padding="same").is_faster_as_products((None, 4, 4, 64))


@pytest.mark.usefixtures("_bfloat16")
def test_in_bfloat16_it_says_nearly_the_same() -> None:
    shape = (6, 2, 2, 4)
    half = _layer(SmallMapConv2D, shape, dtype="mixed_bfloat16")(_images(shape, "bfloat16"))
    assert keras.backend.standardize_dtype(half.dtype) == "bfloat16"
    exact = _layer(layers.Conv2D, shape)(_images(shape))
    difference = ops.convert_to_numpy(ops.cast(half, "float32")) - ops.convert_to_numpy(exact)
    assert 0 < np.abs(difference).max() < 0.1


@only_on_tensorflow
def test_the_twin_of_resnet18_convolves_its_last_maps_as_products(monkeypatch) -> None:
    monkeypatch.undo()
    images = np.zeros((10, 32, 32, 3), np.uint8)
    labels = np.arange(10)
    dataset = Dataset("black", images, labels, images, labels, [str(label) for label in labels])
    model = networks.build("resnet18", dataset, RECIPES["resnet18"])
    twin = training_twin(model)
    body = twin.layers[-1]
    as_products = [
        layer.name
        for layer in body.layers
        if isinstance(layer, SmallMapConv2D) and layer.is_faster_as_products(layer.input.shape)
    ]
    assert len(as_products) == 3
    assert {body.get_layer(name).input.shape[1:] for name in as_products} == {(4, 4, 512)}
    assert not any(isinstance(layer, SmallMapConv2D) for layer in model.layers[-1].layers)
