"""What a report says of another slip where a network works on images of a single pixel."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from keras import layers, ops

from checks.case import Case, Images
from checks.exercise import NetworkExercise
from checks.judging.judge import judge
from checks.probing.probe import probe
from checks.report import Report
from tests.checks.differences.test_broadcasting import SHAPE, gate

CASE = Case("first call", {"X": Images(SHAPE)})
EXERCISE = NetworkExercise("gate", "lesson", ("X",), lambda *_: [CASE], build=gate)


def report_on(answer: Callable[[Any], Any]) -> Report:
    return judge(EXERCISE, [CASE], probe(answer, [CASE]))


def convolved(first: int = 2, activation: str | None = "relu", **settings: Any) -> Any:
    """Return an answer of 1x1 convolutions."""

    def answer(X):
        weights = layers.GlobalAveragePooling2D(keepdims=True)(X)
        weights = layers.Conv2D(first, 1, activation=activation, **settings)(weights)
        return X * layers.Conv2D(5, 1, activation="sigmoid")(weights)

    return answer


def reshaped(squeeze: Any, activation: str = "relu", rate: float = 0.0) -> Any:
    """Return an answer that puts height and width back with a `Reshape`."""

    def answer(X):
        weights = layers.Dense(2, activation=activation)(squeeze(X))
        weights = layers.Dropout(rate)(layers.Dense(5, activation="sigmoid")(weights))
        return X * layers.Reshape((1, 1, 5))(weights)

    return answer


MEAN = layers.GlobalAveragePooling2D()


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (convolved(activation=None), "A ReLU is missing: dense layer 2 reads dense layer 1"),
        (convolved(activation="tanh"), "There is a tanh where a ReLU should be"),
        (convolved(use_bias=False), "Dense layer 1 has no bias"),
        (
            convolved(3),
            "Dense layer 1 has another number of units than expected: 3 instead of 2",
        ),
        (reshaped(MEAN, "tanh"), "There is a tanh where a ReLU should be"),
        (reshaped(MEAN, "gelu"), "There is a GELU where a ReLU should be"),
        (reshaped(MEAN, rate=0.3), "There is one dropout too many, after the sigmoid"),
        (
            reshaped(layers.Flatten()),
            "There is a Flatten where a GlobalAveragePooling2D should be",
        ),
    ],
)
def test_the_slip_is_named_and_not_the_spelling(answer, cause):
    assert (report_on(answer).cause or "").startswith(cause)


def test_convolutions_of_one_pixel_are_counted_as_dense_layers():
    report = report_on(convolved(activation="tanh"))
    found = {result.name: result.status for result in report.results}
    assert found["dense layers"] == "passed"
    assert found["activations"] == "failed"


def test_what_combines_tensors_is_counted_under_its_name():
    assert "multiplications" in {result.name for result in report_on(convolved()).results}


@pytest.mark.parametrize("roll", [ops.roll, lambda w, shift, axis: ops.flip(w, axis)])
def test_a_function_that_is_not_known_is_said_to_be_closed_with_its_line(roll):
    def answer(X):
        weights = layers.Dense(2, activation="relu")(layers.GlobalAveragePooling2D()(X))
        weights = layers.Dense(5, activation="sigmoid")(weights)
        weights = roll(weights, 1, axis=-1)
        return X * layers.Reshape((1, 1, 5))(weights)

    report = report_on(answer)
    lines, first = inspect.getsourcelines(answer)
    (at,) = [at for at, line in enumerate(lines) if "roll(" in line]
    assert (report.cause or "").startswith("The check cannot see into the layer '")
    assert f"line {first + at}: " in report.place


@pytest.mark.parametrize(
    ("combine", "verb"),
    [
        (lambda X, w: X * w, "multiplied"),
        (lambda X, w: X + w, "added"),
        (lambda X, w: X - w, "subtracted"),
        (lambda X, w: X / w, "divided"),
        (lambda X, w: layers.Multiply()([X, w]), "multiplied"),
        (lambda X, w: layers.Subtract()([X, w]), "subtracted"),
        (lambda X, w: layers.Add()([X, w]), "added"),
        (lambda X, w: ops.maximum(X, w), "combined"),
    ],
)
def test_shapes_that_do_not_fit_are_told_with_what_was_done(combine, verb):
    report = report_on(lambda X: combine(X, layers.Reshape((5, 1, 1))(MEAN(X))))
    result = next(each for each in report.results if each.name == "runs")
    assert f"cannot be {verb}" in result.why


@pytest.mark.parametrize(
    ("build", "cause"),
    [
        (lambda X: layers.Dense(5 / 2)(X), "`units` is given a float, 2.5,"),
        (lambda X: layers.Conv2D(4 / 2, 1)(X), "`filters` is given a float, 2.0,"),
        (lambda X: layers.Conv2D(2, 6 / 2)(X), "`kernel_size` is given a float, 3.0,"),
        (lambda X: layers.Conv2D(2, (6 / 2, 3))(X), "`kernel_size` is given a float, 3.0,"),
        (lambda X: layers.Conv2D(2, 1, strides=4 / 2)(X), "`strides` is given a float, 2.0,"),
        (lambda X: layers.MaxPooling2D(4 / 2)(X), "`pool_size` is given a float, 2.0,"),
        (lambda X: layers.UpSampling2D(4 / 2)(X), "`size` is given a float, 2.0,"),
        (lambda X: layers.ZeroPadding2D(4 / 2)(X), "`padding` is given a float, 2.0,"),
        (lambda X: layers.Cropping2D(4 / 2)(X), "`cropping` is given a float, 2.0,"),
        (lambda X: [X for _ in range(4 / 2)], "An integer is needed, not a float"),
        (lambda X: [X] * (4 / 2), "A list, a tuple or a string is multiplied by a float"),
        (lambda X: [X, X, X][4 / 2], "A list is indexed with a float"),
    ],
)
def test_a_float_of_a_division_is_named_with_what_divides_to_integers(build, cause):
    report = report_on(build)
    result = next(each for each in report.results if each.name == "runs")
    assert (report.cause or "").startswith(cause)
    assert "`//`" in result.hint
