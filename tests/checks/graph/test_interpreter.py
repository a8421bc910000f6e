"""The NumPy interpreter against Keras, on random graphs of every layer that it knows."""

import json

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers, ops

from checks.graph import Graph, GraphBuilder
from checks.graph.interpreter import UnknownLayer, draw_input, draw_weights, evaluate
from checks.graph.keras_graph import read_model
from checks.graph.operations import OPERATIONS
from checks.probing.realisation import keras_model

pytestmark = pytest.mark.numerical

WINDOW = st.tuples(
    st.integers(1, 3), st.integers(1, 3), st.integers(1, 3), st.sampled_from(["same", "valid"])
)


def _window(settings_) -> dict:
    height, width, stride, padding = settings_
    # TensorFlow's CPU kernels take pooling strides of one size only where padding is "same".
    return {"kernel": (height, width), "strides": (stride, stride), "padding": padding}


IMAGE_STEPS = st.one_of(
    st.builds(
        lambda window, filters, bias: (
            "conv2d",
            {**_window(window), "filters": filters, "use_bias": bias},
        ),
        WINDOW,
        st.integers(1, 5),
        st.booleans(),
    ),
    st.builds(
        lambda center, scale, axis: (
            "batch_norm",
            {"axis": axis, "epsilon": 1e-3, "center": center, "scale": scale, "training": None},
        ),
        st.booleans(),
        st.booleans(),
        st.sampled_from([-1, 1, 2, 3]),
    ),
    st.builds(lambda window: ("max_pool", _window(window)), WINDOW),
    st.builds(lambda window: ("average_pool", _window(window)), WINDOW),
    st.builds(
        lambda a, b, c, d: ("zero_pad", {"pads": ((a, b), (c, d))}), *[st.integers(0, 2)] * 4
    ),
    st.builds(
        lambda rows, columns: ("subsample", {"strides": (rows, columns)}),
        *[st.integers(1, 3)] * 2,
    ),
    st.builds(
        lambda *bounds: ("slice", {"bounds": bounds}),
        *[
            st.tuples(
                st.sampled_from([1, 0, -3]),
                st.sampled_from([None, -1, 4]),
                st.integers(1, 2),
            )
        ]
        * 2,
        st.tuples(st.none(), st.sampled_from([None, 1, 3]), st.just(1)),
    ),
    st.builds(
        lambda a, b, c, d: ("pad", {"pads": ((a, b), (b, a), (c, d))}),
        *[st.integers(0, 2)] * 3,
        st.integers(1, 3),
    ),
    st.builds(
        lambda dilation, filters, padding: (
            "conv2d",
            {
                **_window((2, 3, 1, padding)),
                "filters": filters,
                "use_bias": True,
                "dilation": dilation,
            },
        ),
        st.sampled_from([(2, 2), (1, 3), (3, 1)]),
        st.integers(1, 5),
        st.sampled_from(["same", "valid"]),
    ),
    st.builds(
        lambda a, b, mode: (
            "pad_otherwise",
            {"pads": ((a, b), (b, a), (0, 0)), "mode": mode, "value": 2 * (mode == "constant")},
        ),
        *[st.integers(0, 2)] * 2,
        st.sampled_from(["reflect", "symmetric", "constant"]),
    ),
    st.builds(lambda size: ("upsample", {"size": size}), st.tuples(*[st.integers(1, 2)] * 2)),
    st.builds(
        lambda a, b: ("rescaling", {"scale": a, "offset": b}), *[st.floats(-2, 2, width=16)] * 2
    ),
    st.builds(lambda slope: ("leaky_relu", {"slope": slope}), st.sampled_from([0.1, 0.3])),
    st.builds(lambda maximum: ("clipped_relu", {"maximum": maximum}), st.sampled_from([0.5, 6.0])),
    st.builds(lambda name: (name, {}), st.sampled_from(["relu", "sigmoid", "tanh", "absolute"])),
    st.builds(
        lambda name: (name, {}),
        st.sampled_from(["gelu", "hard_sigmoid", "hard_silu", "mish", "softsign"]),
    ),
    st.builds(lambda dims: ("permute", {"dims": tuple(dims)}), st.permutations([1, 2, 3])),
    st.just(("softmax", {"axis": -1})),
)
JOINS = st.sampled_from(
    ["add", "multiply", "average", "maximum", "minimum", "subtract", "concatenate"]
)
MEAN = ("reduce", {"kind": "mean", "axes": (1, 2), "keepdims": True})
TAILS = st.one_of(
    st.builds(
        lambda kind: [("reduce", {"kind": kind, "axes": (1, 2), "keepdims": False})],
        st.sampled_from(["mean", "max"]),
    ),
    st.just([("flatten", {})]),
    st.just([("reshape", {"target": (-1,)})]),
    st.just([MEAN, ("squeeze", {"axes": (1, -2)})]),
)


@st.composite
def graphs(draw) -> Graph:
    """Draw a chain of layers with joins between nodes of equal shapes, and a classifier."""
    builder = GraphBuilder()
    shape = (draw(st.integers(4, 9)), draw(st.integers(4, 9)), draw(st.integers(1, 4)))
    X = builder.input(shape)
    for number in range(draw(st.integers(1, 6))):
        operation, params = draw(IMAGE_STEPS)
        try:
            X = builder.add(f"layer{number}", operation, X, **params)
        except ValueError:  # a window that is larger than the image
            continue
        twins = [
            name for name, node in builder.nodes.items() if node.shape == builder.nodes[X].shape
        ]
        if len(twins) > 1 and draw(st.booleans()):
            join = draw(JOINS)
            params = {"axis": 3} if join == "concatenate" else {}
            X = builder.add(f"join{number}", join, X, draw(st.sampled_from(twins[:-1])), **params)
    if draw(st.booleans()):
        for number, (operation, params) in enumerate(draw(TAILS)):
            X = builder.add(f"tail{number}", operation, X, **params)
        X = builder.dense("classifier", X, draw(st.integers(1, 4)), use_bias=draw(st.booleans()))
    return builder.graph(X)


def _difference(model: keras.Model, graph: Graph, weights, training: bool) -> float:
    X = draw_input(graph.inputs[0].shape, batch=3)
    ours = evaluate(graph, weights, [X], training)
    theirs = np.asarray(model(X.astype(np.float32), training=training))
    assert ours.shape == theirs.shape
    return float(np.max(np.abs(ours - theirs) / (1 + np.abs(ours)), initial=0.0))


def kinds(graph: Graph) -> list[str]:
    """Return the operations of a graph; a slice from the first pixel to the last subsamples."""
    operations = [node.operation for node in graph.nodes.values()]
    return ["slice" if each == "subsample" else each for each in operations]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(graphs())
def test_the_interpreter_agrees_with_keras(graph):
    weights = draw_weights(graph)
    model = keras_model(graph, weights)
    assert _difference(model, graph, weights, training=False) < 1e-5
    again = read_model(json.loads(model.to_json()))
    assert kinds(again) == kinds(graph)
    assert again.nodes[again.output].shape == graph.nodes[graph.output].shape


@pytest.mark.parametrize("axis", [1, 3])
def test_while_training_the_statistics_are_those_of_the_batch(axis):
    builder = GraphBuilder()
    X = builder.conv("convolution", builder.input((6, 7, 3)), 4, 3)
    graph = builder.graph(builder.batch_norm("normalisation", X, axis=axis))
    weights = draw_weights(graph)
    assert _difference(keras_model(graph, weights), graph, weights, training=True) < 1e-5


def test_batch_normalisation_fixed_to_a_mode_stays_in_it():
    X = keras.Input((5, 5, 2))
    model = keras.Model(X, layers.BatchNormalization(name="bn")(X, training=True))
    graph = read_model(json.loads(model.to_json()))
    weights = draw_weights(graph)
    model.get_layer("bn").set_weights([weights["bn"][v.name] for v in model.weights])
    X = draw_input((5, 5, 2))
    # Called without a mode: an explicit one would override what is built in.
    theirs = np.asarray(model(X.astype(np.float32)))
    assert np.max(np.abs(evaluate(graph, weights, [X]) - theirs)) < 1e-5


def test_a_layer_that_is_not_known_is_named():
    X = keras.Input((5, 5, 2))
    model = keras.Model(X, layers.LayerNormalization(name="odd")(X))
    graph = read_model(json.loads(model.to_json()))
    with pytest.raises(UnknownLayer, match="'odd' is of the class LayerNormalization"):
        evaluate(graph, {}, [draw_input((5, 5, 2))])


def test_operations_describe_themselves():
    params = {"filters": 4, "kernel": (3, 3), "strides": (2, 2), "padding": "same"}
    assert OPERATIONS["conv2d"].describe(params) == "Conv2D 4 filters 3×3, stride 2, padding same"
    assert OPERATIONS["relu"].describe({}) == "ReLU"


PARTS = {
    "ellipsis": lambda X: X[..., 1:3],
    "fewer axes than there are": lambda X: X[:, 1:-1],
    "cropping": lambda X: layers.Cropping2D(((1, 0), (0, 2)))(X),
    "no cropping": lambda X: layers.Cropping2D(0)(X),
    "zeros on each side": lambda X: ops.image.pad_images(X, 1, 2, 3, 0),
    "zeros on one side": lambda X: layers.ZeroPadding2D(((0, 1), (2, 0)))(X),
    "zeros behind the channels": lambda X: ops.pad(X, ((0, 0), (0, 1), (0, 0), (1, 2))),
    "numbers of a row": lambda X: layers.Flatten()(X)[:, 2:9:3],
}


@pytest.mark.parametrize("part", PARTS)
def test_parts_and_borders_of_images_are_those_of_keras(part):
    X = keras.Input((5, 6, 4))
    model = keras.Model(X, PARTS[part](X))
    assert _difference(model, read_model(json.loads(model.to_json())), {}, training=False) < 1e-5
