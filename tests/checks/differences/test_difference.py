"""What a report says of wrong networks and numbers that no entry of the catalogue explains."""

from typing import Any

import numpy as np
import pytest
from keras import layers, ops

import checks
from checks.differences.comparison import compare
from checks.differences.difference import cause_of
from checks.differences.names import shared_in_words
from checks.differences.unlike_form import unlike_form
from checks.differences.unlike_numbers import leaning, unlike_numbers
from checks.graph import Graph, GraphBuilder
from checks.graph.canonical import simplify


def unit(X: Any, filters: int, kernel: int, **settings: Any) -> Any:
    X = layers.Conv2D(filters, kernel, padding="same", **settings)(X)
    return layers.BatchNormalization()(X)


def with_a_leaky_relu(X, f, filters, stage, block):
    main = layers.LeakyReLU()(unit(X, filters[0], 1))
    main = layers.ReLU()(unit(main, filters[1], f))
    return layers.ReLU()(unit(main, filters[2], 1) + X)


def with_a_dropout(X, f, filters, stage, block):
    main = layers.ReLU()(unit(X, filters[0], 1))
    main = layers.Dropout(0.1)(layers.ReLU()(unit(main, filters[1], f)))
    return layers.ReLU()(unit(main, filters[2], 1) + X)


def with_the_kernels_swapped(X, f, filters, stage, block):
    main = layers.ReLU()(unit(X, filters[1], f))
    main = layers.ReLU()(unit(main, filters[0], 1))
    return layers.ReLU()(unit(main, filters[2], 1) + X)


def with_layer_normalisation(X, f, filters, stage, block):
    main = layers.ReLU()(unit(layers.LayerNormalization()(X), filters[0], 1))
    main = layers.ReLU()(unit(main, filters[1], f))
    return layers.ReLU()(unit(main, filters[2], 1) + X)


def with_the_stride_moved(X, filters, stage, blocks, s=2):
    for number in range(blocks):
        first = number == 0
        main = layers.ReLU()(unit(X, filters[0], 1))
        main = layers.ReLU()(unit(main, filters[1], 3, strides=s if first else 1))
        side = unit(X, filters[2], 1, strides=s) if first else X
        X = layers.ReLU()(unit(main, filters[2], 1) + side)
    return X


def with_a_mirrored_border(X):
    X = ops.pad(X, ((0, 0), (3, 3), (3, 3), (0, 0)), mode="reflect")
    X = layers.ReLU()(layers.BatchNormalization()(layers.Conv2D(64, 7, strides=2)(X)))
    return layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(X))


def with_a_dilation(X):
    X = layers.Conv2D(64, 7, dilation_rate=2)(layers.ZeroPadding2D(3)(X))
    X = layers.ReLU()(layers.BatchNormalization()(X))
    return layers.MaxPooling2D(3, strides=2)(layers.ZeroPadding2D(1)(X))


@pytest.mark.parametrize(
    ("exercise", "function", "cause"),
    [
        (
            "bottleneck_stage",
            with_the_stride_moved,
            "Convolution 2 (stage 3, block a) has the stride that convolution 1 (stage 3, block a) "
            "should have",
        ),
        (
            "stem",
            with_a_mirrored_border,
            "There is a padding with other numbers than zeros where zero padding should be",
        ),
        (
            "stem",
            with_a_dilation,
            "The convolution has another stride than expected: 1×1 instead of 2×2, and another "
            "dilation",
        ),
    ],
)
def test_a_setting_that_went_elsewhere_is_named(exercise, function, cause):
    assert checks.run(exercise, function).cause == cause


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (with_a_leaky_relu, "There is a LeakyReLU where a ReLU should be"),
        (with_a_dropout, "There is one dropout too many"),
        (with_the_kernels_swapped, "The layers are in a different order: Conv2D"),
        (with_layer_normalisation, "There is one layer of the class LayerNormalization too many"),
    ],
)
def test_a_network_that_no_mistake_explains_is_told_what_differs(function, cause):
    report = checks.run("identity_block", function)
    assert not report.passed
    assert report.cause is not None
    assert report.cause.startswith(cause)


def test_two_mistakes_at_once_are_both_named():
    def identity_block(X, f, filters, stage, block):
        main = layers.ReLU()(unit(X, filters[0], 1))
        main = unit(main, filters[1], f)
        return unit(main, filters[2], 1) + X

    report = checks.run("identity_block", identity_block)
    assert report.cause == "The ReLUs after the addition and the second convolution are missing"
    assert report.explanation.startswith("First: ")
    assert len(report.hints) == 3


def test_one_mistake_in_both_blocks_is_said_once():
    def residual_stack(X, depth, width):
        if depth % 2:
            raise ValueError(f"Expected an even depth. Received: {depth}")
        for _ in range(depth // 2):
            main = layers.ReLU()(layers.Conv2D(width, 3, padding="same")(X))
            X = layers.ReLU()(layers.Conv2D(width, 1)(main) + X)
        return X

    assert checks.run("residual_stack", residual_stack).cause == (
        "Convolution 2 (blocks 1 and 2) has another kernel size than expected: 1×1 instead of 3×3"
    )


TRUTH = np.array([[1.0, 2.0, 4.0], [3.0, 5.0, 8.5], [0.5, 7.0, 9.0]])


@pytest.mark.parametrize(
    ("received", "title"),
    [
        (-TRUTH, "The sign is wrong"),
        (TRUTH * 255, "The result is 255 times the expected one"),
        (TRUTH + 3, "The result is 3 more than expected"),
        (TRUTH.T, "Two axes of the result are swapped"),
        (TRUTH[:, ::-1], "The channels are in reverse order"),
        (np.zeros((3, 3)), "The result is 0"),
        (np.full((3, 3), 7.0), "The result is 7 everywhere"),
        (np.full((3, 3), np.nan), "The result contains NaN or infinity"),
        (np.round(TRUTH), "The result is rounded"),
        (np.trunc(TRUTH + 0.3 * (TRUTH == 8.5)), "The result is rounded"),
        (TRUTH**2, "The result is squared"),
        (1 - TRUTH, "The result is 1 minus the expected one"),
        (np.sort(TRUTH, axis=None).reshape(3, 3), "The numbers are right, but in the wrong"),
        (TRUTH + np.arange(9).reshape(3, 3) ** 2, "None"),
    ],
)
def test_numbers_that_follow_a_pattern_are_told_the_pattern(received, title):
    assert str(unlike_numbers([(TRUTH, received)], 1e-6)).startswith(title)


@pytest.mark.parametrize(
    ("pairs", "title"),
    [
        ([({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 5.0})], "Only 'b' is wrong: it is too"),
        (
            [({"a": 1.0, "b": 2.0}, {"a": 1.0, "b": 4.0}), ({"a": 1, "b": 3}, {"a": 1, "b": 6})],
            "Only 'b' is wrong: the result is 2 times the expected one",
        ),
        (
            [({"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 6.0})],
            "In every entry: the result is 3 times the expected one",
        ),
        (
            [({"a": 1.0, "b": 2.0}, {"a": 3.0, "b": 6.0}), ({"a": 1, "b": 2}, {"a": 2, "b": 4})],
            "In every entry: the result is a multiple of the expected one, by a different factor "
            "in every call",
        ),
        ([({"a": 1, "b": 2, "c": 3}, {"a": 3, "b": 5, "c": 3})], "'a' and 'b' are wrong"),
        ([({"a": 1, "b": 2}, {"a": 4, "b": 5.5})], "Every entry is wrong: they are too large"),
        ([((TRUTH, TRUTH), (TRUTH, -TRUTH))], "Only the second value is wrong: the sign is wrong"),
        ([((3, 4), (0, 0)), ((5, 9), (0, 0))], "The result is [0, 0] whatever the arguments are"),
        ([((3, 4), (1, 0)), ((5, 9), (2, 8))], "Both values are wrong: they are too small"),
    ],
)
def test_results_of_several_parts_are_told_which_part_is_wrong(pairs, title):
    assert str(unlike_numbers(pairs, 1e-6)).startswith(title)


@pytest.mark.parametrize(
    ("pairs", "title"),
    [
        ([(3, 6)], "None"),  # one number is some multiple of another always
        ([(3, 6), (5, 10)], "The result is 2 times the expected one"),
        ([(3, 4), (5, 6)], "The result is 1 more than expected"),
        ([(3, 4), (5, 6), (7, 7)], "Where it is wrong, the result is 1 more than expected"),
        ([(3, 9), (5, 25)], "The result is squared"),
        ([(3, 8), (5, 8)], "The result is 8 whatever the arguments are"),
        ([(3, 8), (5, 9)], "None"),
    ],
)
def test_single_numbers_need_a_pattern_that_holds_in_every_call(pairs, title):
    assert str(unlike_numbers(pairs, 1e-6)) == title


@pytest.mark.parametrize(
    ("pairs", "title"),
    [
        ([(3, 8), (5, 9)], "The result is too large"),
        ([(3, 2), (5, 5)], "The result is too small, where it is wrong"),
        ([(3, 2), (5, 9)], "The result is too large in some calls and too small in others"),
        ([(TRUTH, TRUTH + TRUTH**2)], "The numbers are too large"),
        ([(TRUTH, TRUTH.T - 0.1)], "Some of the numbers are too large and some too small"),
    ],
)
def test_numbers_without_a_pattern_are_told_whether_they_are_too_large(pairs, title):
    assert leaning(pairs, 1e-6) == title


@pytest.mark.parametrize(
    ("truth", "received", "title"),
    [
        (1.0, None, "The function returns nothing"),
        ({"a": 1.0}, {"a": None}, "The entry 'a' is None"),
        (
            {"a": 1.0},
            {"a": np.ones(3)},
            "The entry 'a' is an array of the shape (3,) where a number is expected",
        ),
        (1.0, "one", "The function returns a string where a number is expected"),
        (1.0, [1, 2], "The function returns 2 values where a single number is expected"),
        (
            (1, 2),
            [1, [2, 3]],
            "The second value is a sequence of 2 values where a single number is",
        ),
        (
            (TRUTH[0], TRUTH[0]),
            [TRUTH[0], ["1", "2", "3"]],
            "The second value is a list of strings",
        ),
        ((TRUTH[0], TRUTH[0]), [TRUTH[0], TRUTH[0, :2]], "The second value has the shape (2,)"),
        ((1, 2), [1, 2, 3], "The function returns 3 values where 2 are expected"),
        ({"a": 1}, {"b": 1}, "The result has no entry 'a'"),
        ({"a": 1}, {"a": 1, "b": 1}, "The result has an entry 'b' that is not asked for"),
        (TRUTH, TRUTH[:2], "The result has the shape (2, 3) where (3, 3) is expected"),
        (np.ones((2, 3)), np.ones((3, 2)), "The axes of the result are in another order: (3, 2)"),
    ],
)
def test_results_of_another_form_are_told_the_form(truth, received, title):
    assert str(unlike_form(truth, received)).startswith(title)


def test_a_layer_with_two_places_is_named() -> None:
    g = GraphBuilder()
    X = g.conv("first", g.input((6, 6, 4)), 4, 3)
    X = g.add("again", "conv2d", X, layer="first", **g.nodes["first"].params)
    words = shared_in_words(g.graph(g.add("relu", "relu", X)))
    assert words == (
        "One layer is used in two places, which share its weights: "
        "'first', Conv2D 4 filters 3×3, padding same"
    )


def test_several_layers_with_several_places_are_named_up_to_a_number() -> None:
    g = GraphBuilder()
    X = g.input((6, 6, 4))
    for time in range(3):
        for layer in "abcde":
            X = g.add(f"{layer}{time}", "dense", X, layer=layer, units=4, use_bias=True)
    words = shared_in_words(g.graph(X))
    assert words.startswith("5 layers are used in several places each, which share their weights:")
    assert words.endswith("'a', 'b', 'c' and 2 more")


def test_an_activation_that_is_called_twice_shares_nothing() -> None:
    g = GraphBuilder()
    X = g.add("relu", "relu", g.conv("conv", g.input((6, 6, 4)), 4, 3))
    X = g.add("relu again", "relu", g.conv("next", X, 4, 3), layer="relu")
    assert shared_in_words(g.graph(X)) == ""


def chain(kernels: list[int], strides: list[int], use_bias: bool = True) -> Graph:
    g = GraphBuilder()
    X = g.input((12, 12, 4))
    for number, (kernel, stride) in enumerate(zip(kernels, strides, strict=True)):
        X = g.conv(f"convolution {number}", X, 4, kernel, stride, use_bias=use_bias)
    return simplify(g.graph(g.add("ReLU", "relu", X)))


@pytest.mark.parametrize(
    ("received", "cause"),
    [
        (
            chain([5, 3], [1, 1]),
            "Convolution 0 has another kernel size than expected: 5×5 instead of 3×3",
        ),
        (
            chain([3, 3], [2, 2]),
            "2 convolutions have another stride than expected: 2×2 instead of 1×1",
        ),
        (
            chain([3, 3], [2, 3]),
            "2 convolutions have another stride than expected, the first 2×2 instead of 1×1",
        ),
        (chain([3, 3], [1, 1], use_bias=False), "2 convolutions have no bias"),
    ],
)
def test_settings_that_differ_are_told_with_their_values(received: Graph, cause: str) -> None:
    assert cause_of(chain([3, 3], [1, 1]), received) == cause


def test_of_two_convolutions_of_one_input_each_has_a_partner_of_its_own() -> None:
    def block(kernel: int) -> Graph:
        g = GraphBuilder()
        X = g.input((9, 9, 4))
        main, side = g.conv("main", X, 4, 3), g.conv("side", X, 4, kernel)
        return g.graph(g.add("addition", "add", main, side))

    comparison = compare(block(1), block(3))
    assert comparison.summary_expected == "Conv2D 4 filters 1×1 after the input"
    assert comparison.summary_received == "Conv2D 4 filters 3×3 after the input"
    assert comparison.received_marks == {"side"}


def test_layers_of_the_same_settings_in_another_order_are_no_difference_of_settings() -> None:
    cause = cause_of(chain([1, 3, 3], [1, 1, 1]), chain([3, 3, 5], [1, 1, 1]))
    assert cause == "A convolution has another kernel size than expected: 5×5 instead of 1×1"


def test_several_layers_that_are_not_known_are_named_in_the_plural() -> None:
    def plain_stack(X, depth, width):
        for _ in range(depth):
            X = layers.Conv2D(width, 3, padding="same", activation="squareplus")(X)
        return X

    cause = checks.run("plain_stack", plain_stack).cause
    assert cause is not None
    words = "3 layers of the class Activation with squareplus where 3 ReLUs should be"
    assert words in cause


def test_a_factor_stands_beside_what_it_multiplies() -> None:
    g = GraphBuilder()
    X = g.input((4, 4, 2))
    factor = g.add("factor", "constant", value=0.1)
    scaled = g.graph(g.add("sum", "add", X, g.add("scaled", "multiply", X, factor)))
    comparison = compare(g.graph(g.add("twice", "add", X, X)), scaled)
    assert comparison.summary_received == "Multiply after the input and constant 0.1"
