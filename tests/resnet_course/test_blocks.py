"""The building blocks against a forward pass in NumPy."""

from collections.abc import Callable

import keras
import numpy as np
import pytest

from resnet_course.blocks import (
    basic_block,
    conv_bn,
    convolutional_block,
    identity_block,
    output_size,
    projection_shortcut,
)

pytestmark = pytest.mark.numerical

EPSILON = 1.001e-5


class ForwardPass:
    """Computes with a model's weights, in float64 and without Keras."""

    def __init__(self, model: keras.Model, training: bool) -> None:
        self.training = training
        self.weights = {
            layer.name: {
                weight.name: keras.ops.convert_to_numpy(weight).astype(np.float64)
                for weight in layer.weights
            }
            for layer in model.layers
        }

    def unit(self, X: np.ndarray, name: str, s: int = 1) -> np.ndarray:
        """Convolve with "same" padding, then normalise."""
        kernel, bias = self.weights[f"res{name}"]["kernel"], self.weights[f"res{name}"].get("bias")
        return self.normalise(convolve(X, kernel, s) + (0 if bias is None else bias), f"bn{name}")

    def normalise(self, X: np.ndarray, name: str) -> np.ndarray:
        weights = self.weights[name]
        mean, variance = weights["moving_mean"], weights["moving_variance"]
        if self.training:
            mean = X.mean((0, 1, 2))
            variance = ((X - mean) ** 2).mean((0, 1, 2))
        return weights["gamma"] * (X - mean) / np.sqrt(variance + EPSILON) + weights["beta"]

    def bottleneck(self, X: np.ndarray, name: str, s: int = 1) -> np.ndarray:
        X = relu(self.unit(X, f"{name}_branch2a", s))
        X = relu(self.unit(X, f"{name}_branch2b"))
        return self.unit(X, f"{name}_branch2c")

    def pair(self, X: np.ndarray, name: str, s: int = 1) -> np.ndarray:
        X = relu(self.unit(X, f"{name}_branch2a", s))
        return self.unit(X, f"{name}_branch2b")


def convolve(X: np.ndarray, kernel: np.ndarray, s: int) -> np.ndarray:
    """Sum the kernel's positions one by one; "same" has the odd zero at the end."""
    size, (height, width) = len(kernel), X.shape[1:3]
    rows, columns = -(-height // s), -(-width // s)
    down = max((rows - 1) * s + size - height, 0)
    right = max((columns - 1) * s + size - width, 0)
    pads = ((0, 0), (down // 2, -(-down // 2)), (right // 2, -(-right // 2)), (0, 0))
    padded = np.pad(X, pads)
    total = np.zeros((len(X), rows, columns, kernel.shape[-1]))
    for i in range(size):
        for j in range(size):
            seen = padded[:, i : i + (rows - 1) * s + 1 : s, j : j + (columns - 1) * s + 1 : s]
            total += seen @ kernel[i, j]
    return total


def relu(X: np.ndarray) -> np.ndarray:
    return np.where(X > 0, X, 0)


def network(shape: tuple[int, int, int], block: Callable, *arguments, **others) -> keras.Model:
    inputs = keras.Input(shape)
    model = keras.Model(inputs, block(inputs, *arguments, **others))
    generator = np.random.default_rng(3)
    for layer in model.layers:
        layer.set_weights([_draw(weight, generator) for weight in layer.weights])
    return model


def _draw(weight, generator: np.random.Generator) -> np.ndarray:
    if weight.name in ("gamma", "moving_variance"):
        return generator.uniform(0.5, 1.5, weight.shape)
    return 0.4 * generator.standard_normal(weight.shape)


def assert_computes(
    model: keras.Model, truth: Callable[[ForwardPass, np.ndarray], np.ndarray]
) -> None:
    images = np.random.default_rng(4).standard_normal((3, *model.input_shape[1:]))
    for training in (False, True):
        expected = truth(ForwardPass(model, training), images)
        received = keras.ops.convert_to_numpy(model(images.astype(np.float32), training=training))
        assert received.shape == expected.shape
        np.testing.assert_allclose(received, expected, rtol=2e-4, atol=2e-4)
        assert np.abs(expected).max() > 0.1


@pytest.mark.parametrize(("kernel", "s", "bias"), [(3, 1, True), (1, 2, False), (4, 3, True)])
def test_the_unit_convolves_and_normalises(kernel: int, s: int, bias: bool) -> None:
    model = network((7, 10, 4), conv_bn, 6, kernel, "2a_branch2a", strides=s, use_bias=bias)
    assert_computes(model, lambda run, X: run.unit(X, "2a_branch2a", s))


@pytest.mark.parametrize("f", [1, 2, 3, 5])
def test_the_identity_block_adds_a_bottleneck_to_its_input(f: int) -> None:
    model = network((6, 9, 7), identity_block, f, (3, 5, 7), 2, "b")
    assert_computes(model, lambda run, X: relu(run.bottleneck(X, "2b") + X))


@pytest.mark.parametrize("s", [1, 2, 3])
def test_the_projection_mixes_the_channels_of_every_sth_position(s: int) -> None:
    model = network((7, 8, 4), projection_shortcut, 9, 3, "a", s=s)
    assert_computes(model, lambda run, X: run.unit(X, "3a_branch1", s))
    kernel = model.get_layer("res3a_branch1").get_weights()[0]
    X = np.random.default_rng(5).standard_normal((1, 7, 8, 4))
    np.testing.assert_allclose(convolve(X, kernel, s), X[:, ::s, ::s] @ kernel[0, 0])


@pytest.mark.parametrize(("f", "s"), [(3, 2), (3, 1), (1, 2), (5, 3), (2, 2)])
def test_the_convolutional_block_adds_a_bottleneck_to_a_projection(f: int, s: int) -> None:
    model = network((8, 11, 4), convolutional_block, f, (3, 5, 7), 3, "a", s=s)
    assert_computes(
        model, lambda run, X: relu(run.bottleneck(X, "3a", s) + run.unit(X, "3a_branch1", s))
    )


def test_the_stride_of_the_convolutional_block_is_2_where_none_is_given() -> None:
    model = network((8, 11, 4), convolutional_block, 3, (3, 5, 7), 3, "a")
    assert model.output_shape == (None, 4, 6, 7)


def test_the_basic_block_passes_its_input_on_where_the_shapes_fit() -> None:
    model = network((6, 9, 5), basic_block, 5, 2, "b")
    assert_computes(model, lambda run, X: relu(run.pair(X, "2b") + X))


@pytest.mark.parametrize(("filters", "s"), [(5, 2), (8, 1), (8, 2), (5, 3)])
def test_the_basic_block_projects_its_input_where_size_or_channels_change(
    filters: int, s: int
) -> None:
    model = network((6, 9, 5), basic_block, filters, 2, "a", s=s)
    assert_computes(model, lambda run, X: relu(run.pair(X, "2a", s) + run.unit(X, "2a_branch1", s)))


@pytest.mark.parametrize(
    ("block", "arguments", "channels", "kernels", "filters", "biases"),
    [
        (conv_bn, (6, 3, "2a"), 4, 9 * 4 * 6, 6, 6),
        (identity_block, (3, (2, 3, 4), 2, "b"), 4, 4 * 2 + 9 * 2 * 3 + 3 * 4, 2 + 3 + 4, 9),
        (projection_shortcut, (7, 3, "a"), 4, 4 * 7, 7, 7),
        (
            convolutional_block,
            (5, (2, 3, 6), 3, "a"),
            4,
            4 * 2 + 25 * 2 * 3 + 3 * 6 + 4 * 6,
            2 + 3 + 6 + 6,
            17,
        ),
        (basic_block, (4, 2, "b"), 4, 2 * 9 * 4 * 4, 4 + 4, 0),
        (basic_block, (6, 2, "a"), 4, 9 * 4 * 6 + 9 * 6 * 6 + 4 * 6, 6 + 6 + 6, 0),
    ],
)
def test_parameters_are_as_counted_by_hand(
    block: Callable, arguments: tuple, channels: int, kernels: int, filters: int, biases: int
) -> None:
    model = network((8, 8, channels), block, *arguments)
    trained = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    assert trained == kernels + biases + 2 * filters
    assert model.count_params() == trained + 2 * filters


def test_layers_are_named_as_in_the_published_networks() -> None:
    model = network((8, 8, 4), convolutional_block, 3, (2, 2, 6), 5, "a")
    weighted = {layer.name for layer in model.layers if layer.weights}
    units = ("5a_branch2a", "5a_branch2b", "5a_branch2c", "5a_branch1")
    assert weighted == {kind + unit for kind in ("res", "bn") for unit in units}


def test_blocks_of_one_network_have_names_of_their_own() -> None:
    inputs = keras.Input((16, 16, 4))
    X = convolutional_block(inputs, 3, (2, 2, 6), 2, "a", s=1)
    X = identity_block(X, 3, (2, 2, 6), 2, "b")
    X = convolutional_block(X, 3, (2, 2, 8), 3, "a")
    X = basic_block(X, 8, 4, "a", s=2)
    X = basic_block(X, 8, 4, "b")
    model = keras.Model(inputs, X)
    names = [layer.name for layer in model.layers]
    assert len(set(names)) == len(names)
    assert model.output_shape == (None, 4, 4, 8)


def test_the_identity_block_refuses_an_input_of_another_width() -> None:
    with pytest.raises(ValueError, match="incompatible shapes"):
        identity_block(keras.Input((8, 8, 5)), 3, (3, 3, 6), 2, "b")


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("kernel", [1, 2, 3, 5])
def test_the_output_size_is_that_of_keras(kernel: int, stride: int, padding: str) -> None:
    convolution = keras.layers.Conv2D(1, kernel, strides=stride, padding=padding)
    for size in range(5, 16):
        shape = convolution.compute_output_shape((1, size, size + 3, 1))
        assert output_size(size, kernel, stride, padding) == shape[1]
        assert output_size(size + 3, kernel, stride, padding) == shape[2]
