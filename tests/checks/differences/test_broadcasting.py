"""What a report says where weights of channels have no height and width to be multiplied with."""

import json
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from checks.case import Case, Images
from checks.differences.difference import cause_of
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.graph.canonical import simplify
from checks.graph.keras_graph import read_model
from checks.judging.judge import judge
from checks.probing.probe import probe

SHAPE = (6, 8, 5)


def gate(g: GraphBuilder, X: str) -> str:
    """Write a reference that weighs the channels of feature maps."""
    weights = g.dense("dense layer 1", g.global_average_pool("pooling", X, keepdims=True), 2)
    weights = g.dense("dense layer 2", g.add("ReLU", "relu", weights), 5)
    return g.add("multiplication", "multiply", X, g.add("sigmoid", "sigmoid", weights))


def gated(weigh: Callable[[Any, Any], Any], **changes: Any) -> Callable[[Any], Any]:
    """Return an answer that weighs with numbers of the shape (batch, channels)."""

    def answer(X):
        weights = layers.GlobalAveragePooling2D()(X)
        weights = layers.Dense(2, activation=changes.get("activation", "relu"))(weights)
        return weigh(X, layers.Dense(5, activation="sigmoid")(weights))

    return answer


def network(answer: Callable[[Any], Any]) -> keras.Model:
    X = keras.Input(SHAPE)
    return keras.Model(X, answer(X))


def cause(answer: Callable[[Any], Any], write: Callable[[GraphBuilder, str], str] = gate) -> str:
    builder = GraphBuilder()
    expected: Graph = builder.graph(write(builder, builder.input(SHAPE)))
    received = read_model(json.loads(network(answer).to_json()))
    return cause_of(simplify(expected), simplify(received))


FLAT = (
    "The weights need two axes of size 1 to be multiplied with the feature maps: "
    "the shape (batch, 1, 1, 5) instead of (batch, 5)"
)

OPERATORS = {
    "maps first": lambda X, w: X * w,
    "weights first": lambda X, w: w * X,
    "the function multiply": lambda X, w: ops.multiply(X, w),
}


@pytest.mark.parametrize("operator", OPERATORS)
def test_flat_weights_are_told_to_need_two_axes_of_size_1(operator):
    answer = gated(OPERATORS[operator])
    with pytest.raises(Exception, match=r"shape|broadcast"):
        network(answer)(np.ones((3, *SHAPE), "float32"))
    assert cause(answer) == FLAT


def test_weights_with_one_axis_too_few_are_told_to_need_it():
    assert cause(gated(lambda X, w: X * w[:, None])) == (
        "The weights need an axis of size 1 to be multiplied with the feature maps: "
        "the shape (batch, 1, 1, 5) instead of (batch, 1, 5)"
    )


def test_the_reference_may_put_the_axes_in_by_a_reshape():
    def gate_with_a_reshape(g, X):
        weights = g.dense("dense layer 1", g.global_average_pool("pooling", X), 2)
        weights = g.dense("dense layer 2", g.add("ReLU", "relu", weights), 5)
        weights = g.add(
            "reshape", "reshape", g.add("sigmoid", "sigmoid", weights), target=(1, 1, 5)
        )
        return g.add("multiplication", "multiply", X, weights)

    assert cause(gated(OPERATORS["maps first"]), gate_with_a_reshape) == FLAT


def test_flat_numbers_that_are_added_need_the_axes_as_well():
    def shifted(g, X):
        return g.add("addition", "add", X, g.global_average_pool("pooling", X, keepdims=True))

    assert cause(lambda X: X + layers.GlobalAveragePooling2D()(X), shifted) == (
        "A tensor needs two axes of size 1 to be added to the feature maps: "
        "the shape (batch, 1, 1, 5) instead of (batch, 5)"
    )


def test_another_setting_is_told_after_the_axes_and_a_missing_layer_before_them():
    def narrow(X):
        weights = layers.Dense(3, activation="relu")(layers.GlobalAveragePooling2D()(X))
        return X * layers.Dense(5, activation="sigmoid")(weights)

    assert cause(narrow) == FLAT
    assert cause(gated(OPERATORS["maps first"], activation=None)).startswith("A ReLU is missing")


@pytest.mark.parametrize(
    "weigh",
    [
        lambda X, w: layers.Multiply()([X, w]),
        lambda X, w: X * w[:, None, None, :],
        lambda X, w: X * 0.5 * ops.reshape(w, (-1, 1, 1, 5)),
    ],
)
def test_weights_that_have_the_axes_are_not_told_to_need_them(weigh):
    network(gated(weigh))(np.ones((3, *SHAPE), "float32"))
    assert "axes of size 1" not in cause(gated(weigh, activation="tanh"))


def test_the_report_says_why_and_what_to_do():
    case = Case("first call", {"X": Images(SHAPE)})
    exercise = NetworkExercise("gate", "lesson", ("X",), lambda *_: [case], build=gate)
    answer = gated(OPERATORS["maps first"])
    report = judge(exercise, [case], probe(answer, [case]))
    wiring = next(result for result in report.results if result.name == "wiring")
    assert report.cause == FLAT
    assert "meet the columns of the feature maps" in wiring.why
    assert "layers.Reshape((1, 1, 5))" in wiring.hint
    assert judge(exercise, [case], probe(gated(lambda X, w: X * w[:, None, None]), [case])).passed
