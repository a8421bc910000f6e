"""Which networks count as one."""

import numpy as np
import pytest

from checks.graph import Graph, GraphBuilder
from checks.graph.canonical import simplify
from checks.graph.equivalence import equivalent, same_structure
from checks.graph.interpreter import draw_input, draw_weights, evaluate


def build(write) -> Graph:
    builder = GraphBuilder()
    return builder.graph(write(builder, builder.input((9, 7, 4))))


def block(g, X):
    main = g.batch_norm("bn", g.conv("conv", X, 4, 3))
    return g.add("relu", "relu", g.add("add", "add", main, X))


EQUIVALENTS = {
    "addends in the other order": lambda g, X: g.add(
        "relu", "relu", g.add("add", "add", X, g.batch_norm("bn", g.conv("conv", X, 4, 3)))
    ),
    "no bias before the normalisation": lambda g, X: g.add(
        "relu",
        "relu",
        g.add("add", "add", g.batch_norm("bn", g.conv("conv", X, 4, 3, use_bias=False)), X),
    ),
    "padding as a layer of its own": lambda g, X: g.add(
        "relu",
        "relu",
        g.add(
            "add",
            "add",
            g.batch_norm("bn", g.conv("conv", g.zero_pad("pad", X, 1), 4, 3, padding="valid")),
            X,
        ),
    ),
    "a second ReLU right after the first": lambda g, X: g.add("again", "relu", block(g, X)),
    "the larger of the sum and zero": lambda g, X: g.add(
        "maximum",
        "maximum",
        g.add("add", "add", g.batch_norm("bn", g.conv("conv", X, 4, 3)), X),
        g.add("zero", "constant", value=0.0),
    ),
    "a sum that begins with nothing": lambda g, X: g.add(
        "relu",
        "relu",
        g.add(
            "sum",
            "add",
            g.add("begin", "add", g.add("zero", "constant", value=0), X),
            g.batch_norm("bn", g.conv("conv", X, 4, 3)),
        ),
    ),
    "a reshape that changes nothing": lambda g, X: g.add(
        "reshape", "reshape", block(g, X), target=(9, -1, 4)
    ),
    "twice the mean": lambda g, X: g.add(
        "relu",
        "relu",
        g.add(
            "double",
            "multiply",
            g.add("mean", "average", g.batch_norm("bn", g.conv("conv", X, 4, 3)), X),
            g.add("two", "constant", value=2.0),
        ),
    ),
}

DIFFERENT = {
    "another kernel": lambda g, X: g.add(
        "relu", "relu", g.add("add", "add", g.batch_norm("bn", g.conv("conv", X, 4, 5)), X)
    ),
    "no normalisation": lambda g, X: g.add(
        "relu", "relu", g.add("add", "add", g.conv("conv", X, 4, 3), X)
    ),
    "no ReLU": lambda g, X: g.add("add", "add", g.batch_norm("bn", g.conv("conv", X, 4, 3)), X),
    "a difference for a sum": lambda g, X: g.add(
        "relu",
        "relu",
        g.add("subtract", "subtract", g.batch_norm("bn", g.conv("conv", X, 4, 3)), X),
    ),
    "dropout": lambda g, X: g.add("dropout", "dropout", block(g, X), rate=0.5),
    "normalisation fixed to training": lambda g, X: g.add(
        "relu",
        "relu",
        g.add("add", "add", g.batch_norm("bn", g.conv("conv", X, 4, 3), training=True), X),
    ),
    "normalisation fixed to inference": lambda g, X: g.add(
        "relu",
        "relu",
        g.add("add", "add", g.batch_norm("bn", g.conv("conv", X, 4, 3), training=False), X),
    ),
}


@pytest.mark.parametrize("name", EQUIVALENTS)
def test_other_spellings_are_the_same_network(name):
    assert equivalent(build(block), build(EQUIVALENTS[name]))


@pytest.mark.parametrize("name", DIFFERENT)
def test_other_networks_are_not(name):
    assert not equivalent(build(block), build(DIFFERENT[name]))


def test_weights_used_twice_are_not_two_sets_of_weights():
    def two_layers(g, X):
        return g.conv("b", g.conv("a", X, 4, 3), 4, 3)

    def one_layer_twice(g, X):
        params = {"filters": 4, "kernel": (3, 3), "strides": (1, 1), "padding": "same"}
        first = g.add("a", "conv2d", X, layer="a", use_bias=True, **params)
        return g.add("b", "conv2d", first, layer="a", use_bias=True, **params)

    assert not same_structure(simplify(build(two_layers)), simplify(build(one_layer_twice)))
    assert not equivalent(build(two_layers), build(one_layer_twice))


def test_an_activation_inside_a_layer_is_the_same_structure_as_a_layer_of_its_own():
    def of_its_own(g, X):
        return g.add("relu", "relu", g.conv("conv", X, 4, 3))

    def inside(g, X):
        return g.add("relu", "relu", g.conv("conv", X, 4, 3), layer="conv")

    assert same_structure(simplify(build(of_its_own)), simplify(build(inside)))


def test_a_mean_that_keeps_its_axes_and_is_flattened_is_the_mean():
    def plain(g, X):
        return g.global_average_pool("mean", X)

    def kept(g, X):
        mean = g.add("mean", "reduce", X, kind="mean", axes=(-3, -2), keepdims=True)
        return g.add("flat", "flatten", mean)

    assert same_structure(simplify(build(plain)), simplify(build(kept)))


def test_what_two_networks_share_is_computed_once_and_does_not_change_the_result():
    graph, other = simplify(build(block)), simplify(build(EQUIVALENTS["twice the mean"]))
    weights, inputs = draw_weights(graph), [draw_input((9, 7, 4))]
    memory = {}
    first = evaluate(graph, weights, inputs, memory=memory)
    assert evaluate(graph, weights, inputs, memory=memory) is first
    assert evaluate(other, weights, inputs, memory=memory) is first
    assert np.array_equal(evaluate(graph, weights, inputs), first)


def test_networks_for_images_of_different_sizes_are_not_the_same():
    larger = GraphBuilder()
    assert not equivalent(build(block), larger.graph(block(larger, larger.input((9, 8, 4)))))


def test_epsilon_counts_only_where_it_is_not_free():
    def with_epsilon(epsilon):
        return build(lambda g, X: g.batch_norm("bn", X, epsilon=epsilon))

    assert equivalent(with_epsilon(1e-3), with_epsilon(1e-5), frozenset({"epsilon"}))
    assert not equivalent(with_epsilon(1e-1), with_epsilon(1e-5))


def test_same_padding_depends_on_the_size_of_the_images():
    def same(g, X):
        return g.conv("conv", X, 4, 3, strides=2)

    def padded_by_one(g, X):
        return g.conv("conv", g.zero_pad("pad", X, 1), 4, 3, strides=2, padding="valid")

    assert equivalent(build(same), build(padded_by_one))

    def build_even(write):
        builder = GraphBuilder()
        return builder.graph(write(builder, builder.input((8, 8, 4))))

    assert not equivalent(build_even(same), build_even(padded_by_one))


@pytest.mark.parametrize("use_bias", [True, False])
def test_a_dense_layer_for_every_pixel_is_a_convolution_of_one_pixel(use_bias):
    dense = build(lambda g, X: g.add("dense", "relu", g.dense("units", X, 5, use_bias)))
    one = build(lambda g, X: g.add("conv", "relu", g.conv("units", X, 5, 1, use_bias=use_bias)))
    three = build(lambda g, X: g.add("conv", "relu", g.conv("units", X, 5, 3, use_bias=use_bias)))
    strided = build(lambda g, X: g.add("conv", "relu", g.conv("units", X, 5, 1, 2, "same")))
    assert equivalent(one, dense)
    assert not equivalent(three, dense)
    assert not equivalent(strided, dense)


def test_a_dense_layer_after_the_mean_is_a_dense_layer_whether_the_mean_keeps_its_axes_or_not():
    plain = build(lambda g, X: g.dense("units", g.global_average_pool("mean", X), 5))

    def write(g, X):
        mean = g.add("mean", "reduce", X, kind="mean", axes=(1, 2), keepdims=True)
        return g.add("flat", "flatten", g.dense("units", mean, 5))

    assert equivalent(plain, build(write))


@pytest.mark.parametrize("choice", ["where greater", "where greater or equal", "maximum"])
def test_a_leaky_relu_by_hand_is_one(choice):
    def write(g, X):
        small = g.add("small", "multiply", g.add("slope", "constant", value=0.2), X)
        if choice == "maximum":
            return g.add("larger", "maximum", small, X)
        zero = g.add("zero", "constant", value=0.0)
        operation = choice.removeprefix("where ").replace(" or ", "_")
        return g.add("chosen", "where", g.add("positive", operation, X, zero), X, small)

    simple = simplify(build(write))
    assert simple.nodes[simple.output].operation == "leaky_relu"
    assert simple.nodes[simple.output].params == {"slope": 0.2}
    leaky = build(lambda g, X: g.add("leaky", "leaky_relu", X, slope=0.2))
    assert same_structure(simple, simplify(leaky))


@pytest.mark.parametrize(
    "write",
    [
        lambda g, X: g.add("m", "maximum", X, g.add("s", "multiply", X, _constant(g, 2.0))),
        lambda g, X: g.add(
            "chosen",
            "where",
            g.add("large", "greater", X, _constant(g, 1.0)),
            X,
            g.add("small", "multiply", X, _constant(g, 0.2)),
        ),
        lambda g, X: g.add("m", "maximum", X, g.add("square", "multiply", X, X)),
    ],
)
def test_what_looks_like_a_leaky_relu_is_none(write):
    simple = simplify(build(write))
    assert simple.nodes[simple.output].operation != "leaky_relu"


def _constant(g, value):
    return g.add(f"constant {value}", "constant", value=value)
