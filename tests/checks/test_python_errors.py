"""What a report says of Python's own errors."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import checks


def cause_of(function: Callable[..., Any]) -> str:
    cause = checks.run("confidence", function).cause
    assert cause is not None
    return cause


def stub(probabilities):
    """Return labels and confidences.

    Args:
        probabilities: What the model says.
    """
    # YOUR CODE HERE
    raise NotImplementedError()


def stub_in_one_line(probabilities): raise NotImplementedError()  # fmt: skip


def stub_after_code(probabilities):
    labels = probabilities.argmax(1)
    labels + 1
    raise NotImplementedError


def a_part_of_it(probabilities):
    raise NotImplementedError()


def calls_a_stub(probabilities):
    return a_part_of_it(probabilities)


def calls_a_library(probabilities):
    import asyncio

    return asyncio.AbstractEventLoop().run_forever()


def calls_a_library_with_a_message(probabilities):
    import selectors

    class Own(selectors.BaseSelector):
        pass

    return Own()


def raises_one_with_a_message(probabilities):
    error = NotImplementedError("there is no such kernel")
    raise error


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (stub, "The exercise is not started"),
        (stub_in_one_line, "The exercise is not started"),
        (stub_after_code, "The stub's line `raise NotImplementedError()` is still there"),
        (calls_a_stub, "`a_part_of_it`, which your function calls, is not started"),
        (calls_a_library, "Something that your function calls is not implemented"),
        (
            raises_one_with_a_message,
            "Something that your function calls is not implemented: there is no such kernel",
        ),
    ],
)
def test_only_the_line_of_the_stub_means_that_an_exercise_is_not_started(function, cause):
    assert cause_of(function) == cause


def test_a_stub_without_its_source_is_known_by_its_place():
    names: dict[str, Any] = {}
    exec("def confidence(probabilities):\n    raise NotImplementedError()", names)
    assert cause_of(names["confidence"]) == "The exercise is not started"


NONE = None


@pytest.mark.parametrize(
    "function",
    [
        lambda probabilities: NONE(probabilities),
        lambda probabilities: NONE[0],
        lambda probabilities: NONE.argmax(1),
        lambda probabilities: NONE + 1,
        lambda probabilities: NONE < 1,
        lambda probabilities: len(NONE),
        lambda probabilities: int(NONE),
        lambda probabilities: list(NONE),
        lambda probabilities: -NONE,
        lambda probabilities: range(NONE),
    ],
)
def test_none_that_is_left_over_is_named(function):
    assert cause_of(function) == "`None` stands where a value is needed"


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (lambda probabilities: {[1]}, "A value of the type list cannot be a key or a member of a"),
        (lambda probabilities: set([[1]]), "`set` cannot hold values of the type list"),  # noqa: C405
        (lambda probabilities: 1 + "1", "`+` does not work between an int and a str"),
        (lambda probabilities: (1,) + [1], "`+` does not work between a tuple and a list"),
        (lambda probabilities: [1][float(len(probabilities))], "A list is indexed with a value"),
        (lambda probabilities: 1.5 * "a", "A list, a tuple or a text is multiplied by a float"),
        (lambda probabilities: int("a"), "A text is taken for a number"),
        (lambda probabilities: np.ones(3) + np.ones(2), "Arrays of the shapes (3,) and (2,) do"),
        (lambda probabilities: np.ones((2, 3)) @ np.ones((2, 3)), "Two arrays cannot be multipl"),
        (lambda probabilities: np.array([[1], [1, 2]]), "An array is made of rows of different"),
        (lambda probabilities: np.ones(2).max(1), "There is no axis 1 in an array of 1 axes"),
        (lambda probabilities: np.concatenate([np.ones((2, 2)), np.ones((2, 3))]), "Arrays of d"),
        (lambda probabilities: np.ones(2).numpy(), "A value of the type ndarray has nothing call"),
        (lambda probabilities: probabilities.size / {}, "`/` does not work between"),
        (lambda probabilities: 7 % 0, "There is a division by zero"),
        (lambda probabilities: {}["a"], "Your function raised KeyError: 'a'"),
    ],
)
def test_errors_are_told_in_plain_words(function, cause):
    assert cause_of(function).startswith(cause)


def test_a_variable_that_hides_a_module_is_named():
    def confidence(probabilities):
        np = "a text"
        return np.argmax(probabilities, axis=1)

    assert cause_of(confidence) == "A variable called `np` hides the module of that name"


def test_what_was_said_of_one_result_is_not_said_again_of_the_next():
    def output_size(size, kernel, stride, padding):
        if padding == "valid":
            return None + 1
        return -(-size // stride)

    report = checks.run("output_size", output_size)
    failed = [result for result in report.results if result.status == "failed"]
    assert [result.why.startswith("The same as for “padding “valid”") for result in failed] == [
        False,
        *[True] * (len(failed) - 1),
    ]
    assert len(failed) > 1
    assert [bool(result.hint) for result in failed] == [True, *[False] * (len(failed) - 1)]
