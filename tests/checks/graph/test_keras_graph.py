"""Reading Keras's JSON."""

import json

import keras
import numpy as np
import pytest
from keras import layers, ops

from checks.graph import Graph
from checks.graph.canonical import simplify
from checks.graph.equivalence import equivalent, same_structure
from checks.graph.interpreter import draw_input, evaluate
from checks.graph.keras_graph import MalformedEvidence, read_model
from checks.probing.serialisation import write


def read(inputs, outputs) -> Graph:
    return read_model(json.loads(keras.Model(inputs, outputs).to_json()))


def operations(graph: Graph) -> list[str]:
    return [node.operation for node in graph.nodes.values()]


SPELLINGS_OF_RELU = {
    "layer": lambda X: layers.ReLU()(X),
    "activation layer": lambda X: layers.Activation("relu")(X),
    "activation function": lambda X: keras.activations.relu(X),
    "op": lambda X: ops.relu(X),
    "layer of the function": lambda X: layers.Activation(keras.activations.relu)(X),
}

SPELLINGS_OF_ADD = {
    "operator": lambda X, Y: X + Y,
    "layer": lambda X, Y: layers.Add()([X, Y]),
    "function": lambda X, Y: layers.add([X, Y]),
    "op": lambda X, Y: ops.add(X, Y),
}


@pytest.mark.parametrize("spelling", SPELLINGS_OF_RELU)
def test_every_spelling_of_relu_is_one_operation(spelling):
    X = keras.Input((6, 8, 3))
    assert operations(read(X, SPELLINGS_OF_RELU[spelling](X))) == ["input", "relu"]


@pytest.mark.parametrize("spelling", SPELLINGS_OF_ADD)
def test_every_spelling_of_addition_is_one_operation(spelling):
    X = keras.Input((6, 8, 3))
    graph = read(X, SPELLINGS_OF_ADD[spelling](X, layers.ReLU()(X)))
    assert operations(graph) == ["input", "relu", "add"]
    assert set(graph.nodes[graph.output].inputs) == set(list(graph.nodes)[:2])


def test_an_activation_inside_a_layer_is_a_step_of_its_own():
    X = keras.Input((6, 8, 3))
    graph = read(X, layers.Conv2D(4, 3, padding="same", activation="relu")(X))
    assert operations(graph) == ["input", "conv2d", "relu"]
    assert graph.nodes[graph.output].shape == (6, 8, 4)


def test_the_training_flag_of_a_call_is_kept():
    X = keras.Input((6, 8, 3))
    graph = read(X, layers.BatchNormalization()(X, training=True))
    assert graph.nodes[graph.output].params["training"] is True


def test_a_shared_layer_is_two_nodes_of_one_layer():
    X = keras.Input((6, 8, 3))
    shared = layers.Conv2D(3, 3, padding="same", name="shared")
    graph = read(X, shared(shared(X)))
    assert operations(graph) == ["input", "conv2d", "conv2d"]
    assert graph.weighted_layers() == ["shared"]


def test_nested_models_are_read_as_if_written_out():
    inner_input = keras.Input((6, 8, 3))
    inner = keras.Model(inner_input, layers.ReLU()(layers.Conv2D(4, 1)(inner_input)), name="unit")
    X = keras.Input((6, 8, 3))
    graph = read(X, keras.Sequential([inner, layers.GlobalAveragePooling2D()])(X))
    assert operations(graph) == ["input", "conv2d", "relu", "reduce"]


def test_a_nested_model_that_is_called_twice_shares_its_weights():
    inner_input = keras.Input((6, 8, 3))
    unit = keras.Model(inner_input, layers.Conv2D(3, 1, name="conv")(inner_input), name="unit")
    X = keras.Input((6, 8, 3))
    graph = read(X, unit(unit(X)))
    assert operations(graph) == ["input", "conv2d", "conv2d"]
    assert graph.weighted_layers() == ["unit/conv"]


OTHER_SPELLINGS = {
    "every second pixel": (lambda X: X[:, ::2, ::2], "subsample", (3, 4, 3)),
    "zeros around images": (
        lambda X: ops.pad(X, ((0, 0), (1, 1), (0, 2), (0, 0))),
        "zero_pad",
        (8, 10, 3),
    ),
    "the function max_pool": (lambda X: ops.max_pool(X, 2, padding="same"), "max_pool", (3, 4, 3)),
    "the function mean": (lambda X: ops.mean(X, axis=(1, 2)), "reduce", (3,)),
    "the function average": (lambda X: ops.average(X, axis=1), "reduce", (8, 3)),
    "the layer average": (lambda X: layers.average([X, X]), "average", (6, 8, 3)),
    "the function reshape": (lambda X: ops.reshape(X, (-1, 48, 3)), "reshape", (48, 3)),
    "the layer reshape": (lambda X: layers.Reshape((-1, 3))(X), "reshape", (48, 3)),
    "some of the rows": (lambda X: X[:, 1:], "slice", (5, 8, 3)),
    "the first channels": (lambda X: X[..., :2], "slice", (6, 8, 2)),
    "a cropping": (lambda X: layers.Cropping2D(((1, 0), (2, 3)))(X), "slice", (5, 3, 3)),
    "zeros behind the channels": (
        lambda X: ops.pad(X, ((0, 0), (0, 0), (0, 0), (0, 2))),
        "pad",
        (6, 8, 5),
    ),
    "zeros on each side": (lambda X: ops.image.pad_images(X, 1, 2, 3, 4), "zero_pad", (10, 14, 3)),
    "one row alone": (lambda X: X[:, 0], "unknown", None),
    "the rows upside down": (lambda X: X[:, ::-1], "unknown", None),
    "a new axis": (lambda X: X[:, None], "reshape", (1, 6, 8, 3)),
    "a new axis beside a lost one": (lambda X: X[:, None, 0], "unknown", None),
    "other values than zeros": (
        lambda X: ops.pad(X, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=1),
        "pad_otherwise",
        (8, 10, 3),
    ),
    "the image mirrored at its border": (
        lambda X: ops.pad(X, ((0, 0), (1, 2), (1, 1), (0, 0)), mode="reflect"),
        "pad_otherwise",
        (9, 10, 3),
    ),
    "a dilated convolution": (
        lambda X: layers.Conv2D(4, 3, dilation_rate=2)(X),
        "conv2d",
        (2, 4, 4),
    ),
    "a mean over the batch": (lambda X: ops.mean(X, axis=0, keepdims=True), "unknown", None),
}


@pytest.mark.parametrize("spelling", OTHER_SPELLINGS)
def test_functions_of_keras_are_read_as_far_as_they_are_known(spelling):
    function, operation, shape = OTHER_SPELLINGS[spelling]
    X = keras.Input((6, 8, 3))
    graph = read(X, function(X))
    assert graph.nodes[graph.output].operation == operation
    if shape:
        assert graph.nodes[graph.output].shape == shape


def test_constants_are_operands():
    X = keras.Input((4,))
    graph = read(X, 2.0 - X)
    assert graph.nodes[graph.output].operation == "subtract"
    first, second = (graph.nodes[name].operation for name in graph.nodes[graph.output].inputs)
    assert (first, second) == ("constant", "input")


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(4, 3, groups=2),
        layers.DepthwiseConv2D(3),
        layers.LayerNormalization(),
        layers.Activation("squareplus"),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_a_layer_that_is_not_known_is_never_guessed(layer):
    X = keras.Input((8, 8, 4))
    graph = read(X, layer(X))
    assert graph.nodes[graph.output].operation == "unknown"
    assert graph.nodes[graph.output].params["class_name"].startswith(type(layer).__name__)


def test_the_setting_that_is_not_known_is_named():
    X = keras.Input((8, 8, 4))
    for layer, words in (
        (layers.Conv2D(4, 3, groups=2), "Conv2D in groups"),
        (layers.Activation("squareplus"), "Activation with squareplus"),
        (layers.Conv2D(4, 3, activation="squareplus"), "Activation with squareplus"),
    ):
        graph = read(X, layer(X))
        assert graph.nodes[graph.output].params["class_name"] == words


@pytest.mark.parametrize(
    "model",
    [{}, {"class_name": "Functional"}, {"class_name": "Sequential", "config": {"layers": []}}, []],
)
def test_what_is_not_a_model_is_refused(model):
    with pytest.raises(MalformedEvidence):
        read_model(model)


def test_layers_that_read_each_other_in_a_circle_are_refused():
    X = keras.Input((6, 8, 3), name="X")
    model = json.loads(keras.Model(X, layers.ReLU(name="a")(layers.ReLU(name="b")(X))).to_json())
    for layer in model["config"]["layers"]:
        if layer["name"] == "b":
            tensor = layer["inbound_nodes"][0]["args"][0]
            tensor["config"]["keras_history"] = ["a", 0, 0]
    with pytest.raises(MalformedEvidence, match="circle"):
        read_model(model)


def test_a_layer_that_is_not_known_has_the_shape_that_keras_gives_it():
    X = keras.Input((8, 6, 4))
    resizing = layers.Resizing(4, 3)
    resizing(keras.Input((2, 2, 1)))
    inside = keras.Sequential([layers.DepthwiseConv2D(2, strides=2), layers.Resizing(5, 7)])
    model = keras.Model(X, [resizing(resizing(inside(X)))[:, 0]])
    shapes = [node.shape for node in read_model(write(model)).nodes.values()]
    assert shapes == [(8, 6, 4), (4, 3, 4), (5, 7, 4), (4, 3, 4), (4, 3, 4), (3, 4)]


def weighted_channels(weigh) -> Graph:
    """Weigh the channels of images by numbers that have no height and width."""
    X = keras.Input((6, 8, 3))
    weights = layers.Dense(3, activation="sigmoid")(layers.GlobalAveragePooling2D()(X))
    return read(X, weigh(X, weights))


WITH_AXES = {
    "Reshape": lambda X, w: X * layers.Reshape((1, 1, 3))(w),
    "the layer Multiply, which puts axes in": lambda X, w: layers.Multiply()([X, w]),
    "the function multiply of layers": lambda X, w: layers.multiply([w, X]),
    "new axes by None": lambda X, w: X * w[:, None, None, :],
    "new axes by None, the rest left out": lambda X, w: X * w[:, None, None],
    "new axes after an ellipsis": lambda X, w: X * w[..., None, None, :],
    "expand_dims twice": lambda X, w: X * ops.expand_dims(ops.expand_dims(w, 1), 1),
    "expand_dims of two axes": lambda X, w: X * ops.expand_dims(w, (1, 2)),
}


@pytest.mark.parametrize("spelling", WITH_AXES)
def test_every_way_to_give_weights_of_channels_a_height_and_width_is_one_network(spelling):
    written = weighted_channels(WITH_AXES[spelling])
    assert equivalent(weighted_channels(WITH_AXES["Reshape"]), written)


def test_weights_of_channels_without_height_and_width_are_another_network():
    reshaped = weighted_channels(WITH_AXES["Reshape"])
    assert not equivalent(reshaped, weighted_channels(lambda X, w: X * w))


def test_convolutions_of_a_single_pixel_are_dense_layers():
    X = keras.Input((6, 8, 3))
    mean = layers.GlobalAveragePooling2D(keepdims=True)(X)
    dense = read(X, layers.Dense(5)(mean))
    assert equivalent(dense, read(X, layers.Conv2D(5, 1, strides=2)(mean)))
    assert not equivalent(dense, read(X, layers.Conv2D(5, 1, use_bias=False)(mean)))
    assert not equivalent(dense, read(X, layers.Conv2D(5, 3, padding="same")(mean)))


EINSTEIN_SUMS = {
    "a product with weights of channels": ("bhwc,bc->bhwc", [(6, 8, 3), (3,)]),
    "the same the other way round": ("bc,bhwc->bhwc", [(3,), (6, 8, 3)]),
    "dots for height and width": ("n...c,nc->n...c", [(6, 8, 3), (3,)]),
    "a product of equal shapes": ("...,...->...", [(6, 8, 3), (6, 8, 3)]),
    "axes in another order": ("bhwc->bchw", [(6, 8, 3)]),
    "a product and axes in another order": ("bhwc,bwh->bchw", [(6, 8, 3), (8, 6)]),
    "a sum over the pixels": ("bhwc->bc", [(6, 8, 3)]),
    "a weighted sum over the pixels": ("bhwc,bhw->bc", [(6, 8, 3), (6, 8)]),
    "a matrix for each image": ("bpc,bcd->bpd", [(6, 3), (3, 4)]),
    "attention": ("bqhd,bkhd->bhqk", [(6, 2, 3), (5, 2, 3)]),
}


@pytest.mark.parametrize("spelling", EINSTEIN_SUMS)
def test_einstein_sums_are_read_as_products_sums_and_orders_of_axes(spelling):
    subscripts, shapes = EINSTEIN_SUMS[spelling]
    inputs = [keras.Input(shape) for shape in shapes]
    graph = read(inputs, ops.einsum(subscripts, *inputs))
    assert {"unknown", "einsum"}.isdisjoint(operations(graph))
    numbers = [draw_input(shape, seed=seed) for seed, shape in enumerate(shapes)]
    expected = np.einsum(subscripts, *numbers)
    np.testing.assert_allclose(evaluate(graph, {}, numbers), expected)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [("bii->bi", [(4, 4)]), ("bc,dc->bd", [(3,), (3,)]), ("bhc->hc", [(4, 3)])],
    ids=["a diagonal", "images with each other", "a sum over the batch"],
)
def test_einstein_sums_that_cannot_be_read_are_closed(subscripts, shapes):
    inputs = [keras.Input(shape, batch_size=2) for shape in shapes]
    graph = read(inputs, ops.einsum(subscripts, *inputs))
    assert graph.nodes[graph.output].operation == "unknown"
    assert graph.nodes[graph.output].params["closed"]


@pytest.mark.parametrize(
    "layer",
    [
        layers.EinsumDense("bhwc,cf->bhwf", output_shape=(None, None, 4), bias_axes="f"),
        layers.EinsumDense("...c,cf->...f", output_shape=4, bias_axes="f"),
    ],
)
def test_a_sum_over_the_last_axis_with_a_bias_is_a_dense_layer(layer):
    X = keras.Input((6, 8, 3))
    assert equivalent(read(X, layers.Dense(4)(X)), read(X, layer(X)))
    assert not equivalent(read(X, layers.Dense(4, use_bias=False)(X)), read(X, layer(X)))


MEANS = {
    "pixels in a row": lambda X: layers.GlobalAveragePooling1D()(layers.Reshape((48, 3))(X)),
    "the layer Permute": lambda X: ops.mean(layers.Permute((3, 1, 2))(X), (2, 3)),
    "the function transpose": lambda X: ops.mean(ops.transpose(X, (0, 3, 2, 1)), (2, 3)),
    "the function moveaxis": lambda X: ops.mean(ops.moveaxis(X, -1, 1), (-2, -1)),
    "the function swapaxes": lambda X: ops.mean(ops.swapaxes(X, 1, 2), (1, 2)),
    "there and back": lambda X: layers.GlobalAveragePooling2D()(
        layers.Permute((2, 3, 1))(layers.Permute((3, 1, 2))(X))
    ),
}


@pytest.mark.parametrize("spelling", MEANS)
def test_a_mean_over_pixels_is_one_operation_wherever_the_axes_are(spelling):
    X = keras.Input((6, 8, 3))
    mean = simplify(read(X, layers.GlobalAveragePooling2D()(X)))
    assert same_structure(mean, simplify(read(X, MEANS[spelling](X))))


def test_axes_in_another_order_around_an_operation_make_no_other_network():
    X = keras.Input((6, 8, 3))
    turned = layers.Permute((3, 1, 2))(X)
    back = layers.Permute((2, 3, 1))(layers.ReLU()(turned))
    wide = layers.Dense(4)(back)
    assert equivalent(read(X, layers.Dense(4)(layers.ReLU()(X))), read(X, wide))
    swapped = layers.Dense(4)(layers.Permute((2, 1, 3))(X))
    assert not equivalent(read(X, layers.Dense(4)(X)), read(X, layers.Permute((1, 2, 3))(swapped)))


@pytest.mark.parametrize(
    ("name", "operation"),
    [
        ("gelu", "gelu"),
        ("hard_sigmoid", "hard_sigmoid"),
        ("hard_swish", "hard_silu"),
        ("mish", "mish"),
        ("softsign", "softsign"),
        ("exponential", "exp"),
        ("leaky_relu", "leaky_relu"),
    ],
)
def test_activations_are_read_alike_inside_a_layer_and_by_themselves(name, operation):
    X = keras.Input((6, 8, 3))
    assert operations(read(X, layers.Dense(4, activation=name)(X)))[1:] == ["dense", operation]
    model = keras.Model(X, layers.Activation(name)(X))
    numbers = 3 * draw_input((6, 8, 3))
    ours = evaluate(read_model(json.loads(model.to_json())), {}, [numbers])
    np.testing.assert_allclose(ours, np.asarray(model(numbers)), 1e-5, 1e-5)


@pytest.mark.parametrize("approximate", [True, False])
def test_both_forms_of_gelu_are_known(approximate):
    X = keras.Input((6, 8, 3))
    model = keras.Model(X, ops.gelu(X, approximate=approximate))
    numbers = 3 * draw_input((6, 8, 3))
    ours = evaluate(read_model(json.loads(model.to_json())), {}, [numbers])
    np.testing.assert_allclose(ours, np.asarray(model(numbers)), 1e-5, 1e-5)
