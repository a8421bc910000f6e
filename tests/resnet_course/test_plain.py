"""Plain and residual stacks, and the gradients of their convolutions (lesson 1)."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers

from checks.catalogue.gradients import cross_entropy
from checks.graph import GraphBuilder
from checks.graph.interpreter import draw_weights, evaluate
from checks.probing.realisation import keras_model
from resnet_course.plain import (
    GradientRecorder,
    gradient_norms,
    plain_stack,
    residual_stack,
    stacked_network,
)

pytestmark = pytest.mark.numerical

Stack = Callable[[keras.KerasTensor, int, int], keras.KerasTensor]


def convolve(X: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> np.ndarray:
    """Slide a 3x3 kernel over images with a border of zeros: a sum of nine shifted products."""
    _, height, width, _ = X.shape
    padded = np.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return bias + sum(
        padded[:, row : row + height, column : column + width] @ kernel[row, column]
        for row in range(3)
        for column in range(3)
    )


def forward(weights: list[np.ndarray], X: np.ndarray, residual: bool) -> np.ndarray:
    """Run a stack in NumPy, from its kernels and biases in the order of the layers."""
    shortcut = X
    for number, (kernel, bias) in enumerate(zip(weights[::2], weights[1::2], strict=True), 1):
        X = convolve(X, kernel, bias)
        if residual and number % 2 == 0:
            X = shortcut = np.maximum(X + shortcut, 0)
        else:
            X = np.maximum(X, 0)
    return X


@pytest.mark.parametrize("depth", [2, 4])
@pytest.mark.parametrize(("stack", "channels"), [(plain_stack, 2), (residual_stack, 3)])
def test_a_stack_computes_what_numpy_computes(stack: Stack, channels: int, depth: int) -> None:
    rng = np.random.default_rng(depth)
    inputs = keras.Input((5, 4, channels))
    model = keras.Model(inputs, stack(inputs, depth, 3))
    weights = [rng.standard_normal(weight.shape) / 3 for weight in model.get_weights()]
    model.set_weights(weights)
    images = rng.standard_normal((2, 5, 4, channels))
    expected = forward(weights, images, residual=stack is residual_stack)
    np.testing.assert_allclose(model.predict(images, verbose=0), expected, rtol=1e-4, atol=1e-5)


def test_shortcuts_cost_no_parameters() -> None:
    plain, residual = (stacked_network(stack, 6, 5) for stack in (plain_stack, residual_stack))
    assert plain.count_params() == residual.count_params()
    assert plain.count_params() == (9 * 1 * 5 + 5) + 6 * (9 * 5 * 5 + 5) + (5 * 10 + 10)


@pytest.mark.parametrize("depth", [1, 5])
def test_an_odd_depth_is_refused(depth: int) -> None:
    with pytest.raises(ValueError, match=f"even depth.*Received: {depth}"):
        residual_stack(keras.Input((5, 4, 3)), depth, 3)


def small_network(residual: bool) -> tuple[keras.Model, Callable[..., float]]:
    """Return a network of few weights, and its loss in NumPy float64 with one weight shifted."""
    g = GraphBuilder()
    X = g.add("r1", "relu", g.conv("first", g.input((4, 5, 1)), 2, 3, strides=2))
    main = g.conv("second", X, 2, 3)
    X = g.add("sum", "add", main, X) if residual else main
    X = g.dense("classes", g.global_average_pool("pooling", g.add("r2", "relu", X)), 3)
    graph = g.graph(g.add("softmax", "softmax", X, axis=-1))
    weights = draw_weights(graph, seed=3)

    def loss(
        images: np.ndarray, labels: np.ndarray, layer: str, index: tuple[int, ...], shift: float
    ) -> float:
        kernel = weights[layer]["kernel"]
        kernel[index] += shift
        probabilities = evaluate(graph, weights, [images])
        kernel[index] -= shift
        return float(cross_entropy(probabilities, labels).mean())

    return keras_model(graph, weights), loss


@pytest.mark.parametrize("residual", [False, True])
def test_gradient_norms_agree_with_central_differences(residual: bool) -> None:
    model, loss = small_network(residual)
    rng = np.random.default_rng(1)
    images, labels = rng.standard_normal((3, 4, 5, 1)), rng.integers(0, 3, 3)
    norms = gradient_norms(model, images, labels)
    assert list(norms) == ["first", "second"]
    for layer, norm in norms.items():
        gradient = [
            (loss(images, labels, layer, index, 1e-6) - loss(images, labels, layer, index, -1e-6))
            / 2e-6
            for index in np.ndindex(*model.get_layer(layer).kernel.shape)
        ]
        assert norm == pytest.approx(np.linalg.norm(gradient), rel=1e-4)


def test_gradient_norms_are_the_length_of_a_step_of_gradient_descent() -> None:
    model = stacked_network(residual_stack, 4, 3, input_shape=(6, 5, 2), classes=4)
    rng = np.random.default_rng(2)
    images, labels = rng.random((8, 6, 5, 2)), rng.integers(0, 4, 8)
    norms = gradient_norms(model, images, labels)
    before = {name: model.get_layer(name).get_weights()[0] for name in norms}
    model.compile(keras.optimizers.SGD(1.0), "sparse_categorical_crossentropy")
    model.train_on_batch(images, labels)
    for name, norm in norms.items():
        step = np.linalg.norm(model.get_layer(name).get_weights()[0] - before[name])
        assert norm == pytest.approx(step, rel=1e-3)


def test_the_recorder_leaves_the_gradient_of_every_variable_in_its_place() -> None:
    inputs = keras.Input((2,))
    model = keras.Model(inputs, layers.Dense(1, kernel_initializer="zeros")(inputs))
    model.compile(GradientRecorder(), "mean_squared_error")
    x, y = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0], [2.0]])
    model.train_on_batch(x, y)
    kernel, bias = model.get_weights()
    np.testing.assert_allclose(kernel, -x.T @ y, rtol=1e-6)
    np.testing.assert_allclose(bias, [-3.0], rtol=1e-6)


def test_measuring_leaves_the_model_as_it_was() -> None:
    inputs = keras.Input((6, 6, 1))
    X = layers.BatchNormalization()(plain_stack(inputs, 2, 3))
    X = layers.GlobalAveragePooling2D()(X)
    model = keras.Model(inputs, layers.Dense(3, activation="softmax")(X))
    rng = np.random.default_rng(4)
    before = model.get_weights()
    gradient_norms(model, rng.random((4, 6, 6, 1)), rng.integers(0, 3, 4))
    for old, new in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    assert getattr(model, "optimizer", None) is None


def test_shortcuts_keep_the_gradient_of_a_deep_network_alive() -> None:
    rng = np.random.default_rng(5)
    images, labels = rng.random((32, 8, 8, 1)), rng.integers(0, 10, 32)
    keras.utils.set_random_seed(5)
    plain, residual = (
        min(gradient_norms(stacked_network(stack, 20), images, labels).values())
        for stack in (plain_stack, residual_stack)
    )
    assert residual > 100 * plain
