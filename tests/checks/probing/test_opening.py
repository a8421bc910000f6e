"""What layers that compute with TensorFlow, or with weights of their own, are read as."""

import contextlib

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from checks.graph import Graph
from checks.graph.interpreter import evaluate
from checks.graph.keras_graph import read_model
from checks.probing.recording import recorded
from checks.probing.serialisation import write

SHAPE = (6, 8, 4)


def opened(layer, shape=SHAPE) -> tuple[Graph, keras.Model]:
    inputs = keras.Input(shape)
    model = keras.Model(inputs, layer(inputs))
    return read_model(write(model)), model


def operations(graph: Graph) -> list[str]:
    return [node.operation for node in graph.nodes.values()]


def images(shape=SHAPE):
    return np.random.default_rng(0).uniform(0.1, 2, (3, *shape)).astype(np.float32)


#: Functions of TensorFlow, each by itself or with others.
FUNCTIONS = {
    "relu": tf.nn.relu,
    "relu6": lambda t: tf.nn.relu6(3 * t),
    "leaky relu": lambda t: tf.nn.leaky_relu(t - 1, alpha=0.3),
    "elu": lambda t: tf.nn.elu(t - 1),
    "selu": lambda t: tf.nn.selu(t - 1),
    "silu": lambda t: tf.nn.silu(t - 1),
    "softplus": tf.nn.softplus,
    "sigmoid": tf.sigmoid,
    "tanh": tf.tanh,
    "softmax": tf.nn.softmax,
    "softmax by hand": lambda t: tf.exp(t) / tf.reduce_sum(tf.exp(t), axis=-1, keepdims=True),
    "square": tf.square,
    "root": lambda t: tf.sqrt(t) + tf.math.rsqrt(t),
    "power": lambda t: tf.pow(t, 3),
    "absolute value": lambda t: tf.abs(t - 1),
    "negative": tf.negative,
    "quotient": lambda t: tf.divide(1.0, t),
    "array": lambda t: t * np.arange(1.0, 5.0, dtype=np.float32),
    "clipped": lambda t: tf.clip_by_value(t, 0.5, 1.5),
    "maximum of zeros": lambda t: tf.maximum(t - 1, tf.zeros_like(t)),
    "minimum": lambda t: tf.minimum(t, 2 - t),
    "choice": lambda t: tf.where(t > 1, t, -t),
    "choice the other way": lambda t: tf.where(tf.less_equal(t, 1.0), t, tf.ones_like(t)),
    "difference": lambda t: tf.math.squared_difference(t, 1.0),
    "sum of a list": lambda t: tf.add_n([t, t, tf.nn.relu(t)]),
    "sum over a stack": lambda t: tf.reduce_sum(tf.stack([t, 2 * t]), axis=0),
    "mean": lambda t: tf.reduce_mean(t, axis=[1, 2]),
    "mean that keeps axes": lambda t: tf.reduce_mean(t, axis=[1, 2], keepdims=True),
    "largest": lambda t: tf.reduce_max(t, axis=[-3, -2]),
    "sum": lambda t: tf.reduce_sum(t, axis=-1),
    "concatenation": lambda t: tf.concat([t, tf.nn.relu(t)], axis=-1),
    "zeros behind channels": lambda t: tf.concat([t, tf.zeros_like(t)], axis=3),
    "padding": lambda t: tf.pad(t, [[0, 0], [1, 2], [0, 1], [0, 0]]),
    "padding of channels": lambda t: tf.pad(t, [[0, 0], [0, 0], [0, 0], [0, 3]]),
    "strides": lambda t: t[:, ::2, 1::3],
    "cut": lambda t: tf.slice(t, [0, 1, 2, 0], [-1, 3, 4, -1]),
    "halves": lambda t: tf.split(t, 2, axis=-1)[1],
    "parts": lambda t: tf.split(t, [1, 3], axis=-1)[1],
    "reshape": lambda t: tf.reshape(t, [tf.shape(t)[0], -1, t.shape[-1]]),
    "flat": lambda t: tf.reshape(t, (-1, t.shape[1] * t.shape[2] * t.shape[3])),
    "squeeze": lambda t: tf.squeeze(tf.reduce_mean(t, [1, 2], keepdims=True), axis=[1, 2]),
    "max pooling": lambda t: tf.nn.max_pool2d(t, 3, 2, "SAME"),
    "average pooling": lambda t: tf.nn.avg_pool2d(t, 2, 2, "VALID"),
    "twice the size": lambda t: tf.image.resize(t, (12, 16), method="nearest"),
    "the same size": lambda t: tf.image.resize(t, (6, 8)),
    "of another precision": lambda t: tf.cast(tf.nn.relu(tf.cast(t, tf.float64)), tf.float32),
    "with Keras": lambda t: ops.relu(tf.add(ops.square(t), t)),
    "decorated": tf.function(lambda t: tf.nn.relu(t) + 1.0),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_of_tensorflow_is_read_as_what_it_computes(name):
    graph, model = opened(layers.Lambda(FUNCTIONS[name]))
    assert "unknown" not in operations(graph)
    X = images()
    received = evaluate(graph, {}, [X])
    assert received.shape == model(X).shape
    np.testing.assert_allclose(received, model(X), rtol=1e-4, atol=1e-5)


UNKNOWN = {
    "a sum of all images": lambda t: t + tf.reduce_sum(t, axis=0, keepdims=True),
    "axes in another order": lambda t: tf.transpose(t, [0, 2, 1, 3]),
    "images in another order": lambda t: tf.reverse(t, [0]),
    "chance": lambda t: t + tf.random.normal(tf.shape(t)),
    "Python": lambda t: tf.ensure_shape(tf.py_function(lambda x: x, [t], tf.float32), t.shape),
    "a loop": lambda t: tf.while_loop(lambda x: tf.reduce_sum(x) < 0, lambda x: [x], [t])[0],
    "a gradient of its own": tf.custom_gradient(lambda t: (t * 1.0, lambda upstream: 0 * upstream)),
    "another kind of resizing": lambda t: tf.image.resize(t, (9, 9), method="bicubic"),
}


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_is_not_known_stays_closed(name):
    graph, _ = opened(layers.Lambda(UNKNOWN[name], output_shape=SHAPE))
    assert "unknown" in operations(graph)


def test_a_gradient_that_stops_is_seen():
    graph, _ = opened(layers.Lambda(tf.stop_gradient))
    assert operations(graph) == ["input", "stop_gradient"]


class Product(layers.Layer):
    """Layers with weights of their own: a product, its bias, and what is done with the sum."""

    def __init__(self, product, shape, bias_shape=(5,)):
        super().__init__()
        self.product, self.shape, self.bias_shape = product, shape, bias_shape

    def build(self, shape):
        self.matrix = self.add_weight(shape=self.shape)
        self.offset = self.add_weight(shape=self.bias_shape, initializer="ones")

    def call(self, X):
        return self.product(X, self.matrix) + self.offset


PRODUCTS = {
    "tf.nn.conv2d": (lambda X, W: tf.nn.conv2d(X, W, 2, "SAME"), (3, 3, 4, 5)),
    "tf.nn.convolution": (lambda X, W: tf.nn.convolution(X, W, padding="VALID"), (3, 3, 4, 5)),
    "ops.conv": (lambda X, W: ops.conv(X, W, strides=(2, 1), padding="same"), (3, 3, 4, 5)),
    "tf.matmul": (tf.matmul, (4, 5)),
    "tf.tensordot": (lambda X, W: tf.tensordot(X, W, 1), (4, 5)),
    "tf.einsum": (lambda X, W: tf.einsum("...c,cf->...f", X, W), (4, 5)),
    "ops.matmul": (ops.matmul, (4, 5)),
    "ops.dot": (ops.dot, (4, 5)),
    "ops.einsum": (lambda X, W: ops.einsum("nhwc,cf->nhwf", X, W), (4, 5)),
    "ops.tensordot": (lambda X, W: ops.tensordot(X, W, axes=[[3], [0]]), (4, 5)),
    "@": (lambda X, W: X @ W, (4, 5)),
}


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("bias_shape", [(5,), (1, 1, 1, 5)])
def test_a_product_with_a_weight_is_a_layer_with_a_bias(name, bias_shape):
    product, shape = PRODUCTS[name]
    graph, model = opened(Product(product, shape, bias_shape))
    assert operations(graph) == ["input", "conv2d" if len(shape) == 4 else "dense"]
    kernel, bias = (np.asarray(weight) for weight in model.get_weights())
    weights = {graph.nodes[graph.output].layer: {"kernel": kernel, "bias": bias}}
    X = images()
    np.testing.assert_allclose(evaluate(graph, weights, [X]), model(X), rtol=1e-4, atol=1e-5)


def test_a_layer_that_is_called_twice_shares_its_weights():
    inputs = keras.Input((6, 8, 5))
    layer = Product(lambda X, W: tf.nn.conv2d(X, W, 1, "SAME"), (3, 3, 5, 5))
    graph = read_model(write(keras.Model(inputs, layer(layer(inputs)))))
    assert operations(graph) == ["input", "conv2d", "conv2d"]
    assert len(graph.weighted_layers()) == 1
    assert all(each.params["use_bias"] for each in graph.nodes.values() if each.inputs)


def test_a_layer_that_is_called_on_images_of_two_sizes_shares_its_weights():
    inputs = keras.Input((6, 8, 5))
    layer = Product(lambda X, W: tf.nn.conv2d(X, W, 2, "SAME"), (3, 3, 5, 5))
    graph = read_model(write(keras.Model(inputs, layer(layer(inputs)))))
    assert graph.nodes[graph.output].shape == (2, 2, 5)
    assert len(graph.weighted_layers()) == 1


def test_each_call_of_a_layer_is_read_with_its_own_arguments():
    class Powers(layers.Layer):
        def call(self, X, rectify=False):
            return tf.nn.relu(X) if rectify else tf.tanh(X)

    inputs = keras.Input(SHAPE)
    layer = Powers()
    graph = read_model(write(keras.Model(inputs, layer(layer(inputs), rectify=True))))
    assert operations(graph) == ["input", "tanh", "relu"]


def test_a_class_that_only_sets_arguments_is_the_layer_that_it_extends():
    class Pointwise(layers.Conv2D):
        def __init__(self, filters):
            super().__init__(filters, 1, activation=tf.nn.relu)

    graph, _ = opened(Pointwise(3))
    assert operations(graph) == ["input", "conv2d", "relu"]


def test_a_class_that_extends_a_normalisation_is_one():
    class Normalisation(layers.BatchNormalization):
        def call(self, X, training=None):
            return tf.identity(super().call(X, training=training))

    graph, _ = opened(Normalisation(epsilon=1e-4))
    assert operations(graph) == ["input", "batch_norm"]
    node = graph.nodes[graph.output]
    assert node.params["training"] is None
    assert node.params["epsilon"] == pytest.approx(1e-4)
    assert "updated" not in node.params


@pytest.mark.parametrize(
    ("mode", "training"),
    [(lambda t: t, None), (bool, None), (lambda t: True, True), (lambda t: False, False)],
)
def test_the_mode_that_a_layer_hands_on_is_kept(mode, training):
    class Inside(layers.Layer):
        def __init__(self):
            super().__init__()
            self.inner = layers.BatchNormalization()

        def call(self, X, training=False):
            return tf.nn.relu(self.inner(X, training=mode(training)))

    graph, _ = opened(Inside())
    assert operations(graph) == ["input", "batch_norm", "relu"]
    assert list(graph.nodes.values())[1].params["training"] is training


def test_what_differs_between_the_modes_is_a_switch_and_the_rest_is_not():
    class Modes(layers.Layer):
        def call(self, X, training=None):
            Y = tf.nn.relu(X)
            return tf.tanh(Y + 1) if training else tf.tanh(Y + 2)

    graph, model = opened(Modes())
    assert operations(graph).count("switch") == operations(graph).count("tanh") == 1
    X = images()
    for mode in (True, False):
        expected = model(X, training=mode)
        np.testing.assert_allclose(evaluate(graph, {}, [X], mode), expected, rtol=1e-5, atol=1e-6)


def test_a_function_of_tensorflow_outside_of_layers_is_refused_as_ever():
    opened(layers.Lambda(tf.nn.relu))
    with pytest.raises(ValueError, match="KerasTensor cannot be used as input to a TensorFlow"):
        tf.nn.relu(keras.Input(SHAPE))


def test_reading_a_model_changes_nothing_of_it():
    layer = Product(lambda X, W: tf.nn.conv2d(X, W, 1, "SAME"), (3, 3, 4, 5))
    before = keras.layers.Layer.__call__, keras.layers.Layer.compute_output_spec
    _, model = opened(layer)
    assert (keras.layers.Layer.__call__, keras.layers.Layer.compute_output_spec) == before
    assert layer.matrix is layer.weights[0]
    assert model(images()).shape == (3, 6, 8, 5)


class Normalised(layers.Layer):
    """A layer with a batch normalisation that gets the layer's mode."""

    def __init__(self):
        super().__init__()
        self.normalisation = layers.BatchNormalization()


class FollowingByDefault(Normalised):
    def call(self, X, training=None):
        return self.normalisation(X, training=training)


class InferenceByDefault(Normalised):
    def call(self, X, training=False):
        return self.normalisation(X, training=training)


class TrainingByDefault(Normalised):
    def call(self, X, training=True):
        return self.normalisation(X, training=training)


def mode_of(kind, mode, recording):
    """Return the mode that is read of a call, and whether Keras normalises by the batch."""
    with recorded(None) if recording else contextlib.nullcontext():
        inputs = keras.Input(SHAPE)
        model = keras.Model(inputs, kind()(inputs, **mode))
        (node,) = (
            each for each in read_model(write(model)).nodes.values() if each.operation != "input"
        )
    X = images()
    by_the_batch = not np.allclose(model(X)[:1], model(X[:1]), atol=1e-3)
    return node.params["training"], by_the_batch


@pytest.mark.parametrize("recording", [True, False])
@pytest.mark.parametrize("kind", [FollowingByDefault, InferenceByDefault, TrainingByDefault])
def test_the_default_of_a_call_is_no_mode_unless_it_is_training(kind, recording):
    trains = kind is TrainingByDefault
    assert mode_of(kind, {}, recording) == (True if trains else None, trains)
    assert mode_of(kind, {"training": None}, recording) == (None, False)


@pytest.mark.parametrize("kind", [FollowingByDefault, InferenceByDefault, TrainingByDefault])
def test_a_mode_that_a_call_names_is_that_of_the_normalisation_inside(kind):
    assert mode_of(kind, {"training": True}, recording=True) == (True, True)
    assert mode_of(kind, {"training": False}, recording=True) == (False, False)


def test_reading_a_model_leaves_its_modes_as_they_are():
    inputs = keras.Input(SHAPE)
    model = keras.Model(inputs, InferenceByDefault()(inputs))
    after = model(images())
    write(model)
    np.testing.assert_allclose(model(images()), after, rtol=1e-6)
    by_the_batch = model(images(), training=True)
    write(model)
    np.testing.assert_allclose(model(images(), training=True), by_the_batch, rtol=1e-6)
    assert not np.allclose(after, by_the_batch)
