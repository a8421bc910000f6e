"""The exercises on plain and residual stacks (lesson 1)."""

from collections.abc import Callable
from typing import Any

import pytest
from keras import layers, ops

import checks
from resnet_course.plain import plain_stack, residual_stack


@pytest.mark.parametrize("grading", [False, True])
@pytest.mark.parametrize("function", [plain_stack, residual_stack])
def test_the_reference_passes(function: Callable[..., Any], grading: bool) -> None:
    report = checks.run(function.__name__, function, grading)
    assert report.passed, str(report)


def test_activations_inside_the_convolutions_and_raw_operators_pass() -> None:
    def plain_stack(X: Any, depth: int, width: int) -> Any:
        for _ in range(depth):
            X = layers.Conv2D(width, (3, 3), padding="same", activation="relu")(X)
        return X

    def residual_stack(X: Any, depth: int, width: int) -> Any:
        if depth % 2:
            raise ValueError("odd")
        for _ in range(0, depth, 2):
            F = plain_stack(X, 1, width)
            F = layers.Conv2D(width, 3, padding="same", kernel_initializer="he_normal")(F)
            X = ops.relu(X + F)
        return X

    assert checks.run("plain_stack", plain_stack).passed
    assert checks.run("residual_stack", residual_stack).passed


@pytest.mark.parametrize("name", ["plain_stack", "residual_stack"])
def test_the_stub_scores_nothing(name: str) -> None:
    def stub(X: Any, depth: int, width: int) -> Any:
        raise NotImplementedError

    report = checks.run(name, stub)
    assert not report.passed
    assert report.score == 0


def test_a_layer_made_outside_the_loop_is_told_to_move_into_it() -> None:
    def residual_stack(X: Any, depth: int, width: int) -> Any:
        convolution = layers.Conv2D(width, 3, padding="same")
        for _ in range(depth // 2):
            F = convolution(ops.relu(convolution(X)))
            X = ops.relu(X + F)
        return X

    assert checks.run("residual_stack", residual_stack).cause == "All convolutions are one layer"


def test_a_layer_that_meets_other_channels_is_explained() -> None:
    def plain_stack(X: Any, depth: int, width: int) -> Any:
        convolution = layers.Conv2D(width, 3, padding="same", activation="relu")
        for _ in range(depth):
            X = convolution(X)
        return X

    cause = checks.run("plain_stack", plain_stack).cause
    assert cause == "One Conv2D is called in several places, and its weights fit only the first"


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (None, "An odd depth is accepted instead of refused with a ValueError"),
        (AssertionError("odd"), "An odd depth raises an AssertionError, not a ValueError"),
        (TypeError("odd"), "An odd depth raises a TypeError, not a ValueError"),
        (ValueError(), "The ValueError for an odd depth has no message"),
    ],
)
def test_an_odd_depth_has_to_be_refused_in_words(error: Exception | None, cause: str) -> None:
    def stack(X: Any, depth: int, width: int) -> Any:
        if depth % 2 and error:
            raise error
        return residual_stack(X, depth - depth % 2, width)

    report = checks.run("residual_stack", stack)
    assert [result.name for result in report.results if result.status != "passed"] == [
        "refuses an odd depth"
    ]
    assert str(report.cause).startswith(cause)
