"""What a report says of Python's own errors."""

import statistics
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

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
    assert cause_of(function) == "`None` is used where a value is needed"


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (lambda probabilities: {[1]}, "A list is used as a key or as a member of a set"),
        (lambda probabilities: set([[1]]), "A set cannot hold a list"),  # noqa: C405
        (lambda probabilities: 1 + "1", "`+` does not work between an int and a string"),
        (lambda probabilities: (1,) + [1], "`+` does not work between a tuple and a list"),
        (lambda probabilities: [1][float(len(probabilities))], "A list is indexed with a float"),
        (lambda probabilities: 1.5 * "a", "A list, a tuple or a string is multiplied by a float"),
        (lambda probabilities: int("a"), "A string is converted to a number, but is not one"),
        (
            lambda probabilities: np.ones(3) + np.ones(2),
            "Arrays of the shapes (3,) and (2,) cannot",
        ),
        (lambda probabilities: np.ones((2, 3)) @ np.ones((2, 3)), "Two arrays cannot be multipl"),
        (lambda probabilities: np.array([[1], [1, 2]]), "An array is made of rows of different"),
        (lambda probabilities: np.ones(2).max(1), "There is no axis 1 in an array of the rank 1"),
        (lambda probabilities: np.concatenate([np.ones((2, 2)), np.ones((2, 3))]), "Arrays of d"),
        (lambda probabilities: np.ones(2).numpy(), "A NumPy array has no attribute `numpy`"),
        (lambda probabilities: probabilities.size / {}, "`/` does not work between"),
        (lambda probabilities: 7 % 0, "A number is divided by zero"),
        (lambda probabilities: {}["a"], "There is no entry 'a'"),
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


def report_of(exercise: str, function: Callable[..., Any]) -> str:
    return str(checks.run(exercise, function))


def test_a_variable_that_a_line_sets_to_none_is_to_be_filled_in():
    def confidence(probabilities):
        labels = None
        return labels.astype(int), probabilities.max(1)

    assert cause_of(confidence) == "`labels` is None where a value is needed"
    assert "Fill in the line `labels = None`" in report_of("confidence", confidence)


def test_a_none_that_a_function_returned_is_not_said_to_be_a_line_to_fill_in():
    def confidence(probabilities):
        ordered = probabilities.sort(axis=1)
        return ordered.argmax(1), probabilities.max(1)

    report = report_of("confidence", confidence)
    assert "`ordered` is None where a value is needed" in report
    assert "Which line sets `ordered`?" in report
    assert "Fill in" not in report


def layer(name: str, *args: Any, **settings: Any) -> Callable[..., Any]:
    def stem(X):
        return getattr(keras.layers, name)(*args, **settings)(X)

    return stem


@pytest.mark.parametrize(
    ("shift", "cause"),
    [
        ("", "The index `stage` is 3, and `widths` has 3 entries"),
        (" + 1", "The index `stage + 1` is 3, and `widths` has 3 entries"),
        ("-9", "The index `stage - 9` is -7, and `widths` has 3 entries"),
    ],
)
def test_an_index_beyond_the_end_is_told_with_its_number(shift, cause, tmp_path):
    (tmp_path / "answer.py").write_text(
        "def mnist_resnet(input_shape, classes, widths):\n"
        "    for stage in range(2, 5):\n"
        f"        width = widths[stage{shift}]\n"
    )
    space: dict[str, Any] = {}
    path = tmp_path / "answer.py"
    exec(compile(path.read_text(), str(path), "exec"), space)
    assert checks.run("mnist_resnet", space["mnist_resnet"]).cause == cause


def test_a_model_that_predicts_while_a_network_is_built_is_told_to_be_called():
    def transfer_model(backbone, classes=10):
        inputs = keras.Input(backbone.input_shape[1:])
        return keras.Model(inputs, backbone.predict(inputs))

    report = checks.run("transfer_model", transfer_model)
    assert report.cause == "`predict` is called on a tensor that has no numbers yet"


def own(X):
    def widened(X, width):
        return X

    return widened(X, widht=3)


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (layer("Conv2D", 8, 3, paddings="same"), "`paddings` is not an argument of Conv2D"),
        (layer("ReLU", slope=1), "`slope` is not an argument of ReLU"),
        (layer("Conv2D", 8), "Conv2D is made without its argument 'kernel_size'"),
        (own, "`widht` is not an argument of `widened`"),
        (lambda X: keras.optimizers.Adam(lr=0.1), "`lr` is not an argument of Adam"),
        (lambda X: X(1), "Something that is not a function is called: a KerasTensor"),
    ],
)
def test_calls_with_the_wrong_arguments_are_told_what_is_called(function, cause):
    assert checks.run("stem", function).cause == cause


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (
            lambda input_shape, classes: keras.Input(*input_shape),
            "`keras.Input` is given `input_shape` unpacked: it takes the shape as one tuple",
        ),
        (
            lambda input_shape, classes: keras.Input(input_shape[0]),
            "`keras.Input` is given the number 64 as its shape: it takes the shape as one tuple",
        ),
    ],
)
def test_an_input_takes_its_shape_as_one_tuple(function, cause):
    assert checks.run("ResNet50", function).cause == cause


@pytest.mark.parametrize(
    ("function", "cause"),
    [
        (lambda p: tf.constant(p) - tf.ones(3, "float64"), "Tensors of the shapes [7,4] and [3] c"),
        (lambda p: tf.constant(p) - tf.ones(4), "Tensors of the types double and float are com"),
        (lambda p: tf.reduce_mean(p > 0.5), "A TensorFlow function gets booleans where it needs"),
        (lambda p: tf.concat([p, p], axis=2), "There is no axis 2 in a tensor of 2 axes"),
        (lambda p: tf.reshape(tf.constant(p), (3, 3)), "A tensor of 28 numbers cannot be reshaped"),
        (lambda p: tf.constant(p)[[0, 1], [0, 1]], "A tensor is indexed as NumPy arrays are"),
        (lambda p: -(p > 0.5), "A mask is inverted with a minus sign"),
        (lambda p: np.array(True) - (p > 0.5), "Booleans are subtracted"),
        (lambda p: ~(1, 2), "`~` does not work on a tuple"),
        (lambda p: [1, 2][p > 0.5], "A list or a tuple is indexed with an array"),
        (lambda p: np.take_along_axis(p, p.argmax(1), axis=1), "`np.take_along_axis` gets indices"),
        (lambda p: statistics.mean([]), "The mean or maximum of an empty array is taken"),
        (lambda p: p[:0].max(), "The mean or maximum of an empty array is taken"),
    ],
)
def test_errors_of_arrays_and_tensors_are_told_in_plain_words(function, cause):
    assert cause_of(function).startswith(cause)
