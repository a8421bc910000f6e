"""What learners of lesson 3 hand in, right and wrong, as code."""

import inspect
import math
from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers

import checks
from resnet_course import blocks
from resnet_course.blocks import conv_bn

NAMES = ("output_size", "projection_shortcut", "convolutional_block", "basic_block")


@pytest.mark.parametrize("grading", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_solution_passes(name: str, grading: bool) -> None:
    report = checks.run(name, getattr(blocks, name), grading=grading)
    assert report.passed, str(report)
    assert report.score == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_scores_nothing(name: str) -> None:
    def stub(*arguments, **others):
        raise NotImplementedError

    stub.__signature__ = inspect.signature(getattr(blocks, name))
    report = checks.run(name, stub)
    assert report.score == 0
    assert report.cause == "The exercise is not started"


def convolutional_block_in_other_words(X, f, filters, stage, block, s=2):
    """Leave out the names and the biases, write the shortcut last, add with an operator."""

    def unit(X, width, size, strides=1):
        X = layers.Conv2D(width, size, strides, padding="same", use_bias=False)(X)
        return layers.BatchNormalization(momentum=0.9)(X)

    main = keras.activations.relu(unit(X, filters[0], 1, s))
    main = layers.Activation("relu")(unit(main, filters[1], f))
    main = unit(main, filters[2], 1)
    return keras.ops.relu(unit(X, filters[2], (1, 1), (s, s)) + main)


def basic_block_in_other_words(X, filters, stage, block, s=1):
    """Decide by shapes, and give the convolutions biases."""
    main = layers.Conv2D(filters, 3, strides=s, padding="same")(X)
    main = layers.ReLU()(layers.BatchNormalization()(main))
    main = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(main))
    if main.shape != X.shape:
        X = layers.BatchNormalization()(layers.Conv2D(filters, 1, strides=s)(X))
    return layers.ReLU()(layers.add([X, main]))


def output_size_in_other_words(size, kernel, stride, padding):
    """Count in a loop."""
    last = size - 1 if padding == "same" else size - kernel
    count = np.int64(0)
    for _ in range(0, last + 1, stride):
        count += 1
    return count


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("convolutional_block", convolutional_block_in_other_words),
        ("basic_block", basic_block_in_other_words),
        ("output_size", output_size_in_other_words),
    ],
)
def test_an_equivalent_answer_passes(name: str, function: Callable) -> None:
    report = checks.run(name, function, grading=True)
    assert report.passed, str(report)


def with_layers(join: Callable) -> Callable:
    """Return a block whose shortcut lacks the stride, and which adds in a way of one's own."""

    def convolutional_block(X, f, filters, stage, block, s=2):
        F1, F2, F3 = filters
        shortcut = conv_bn(X, F3, 1, f"{stage}{block}_branch1")
        X = layers.ReLU()(conv_bn(X, F1, 1, f"{stage}{block}_branch2a", s))
        X = layers.ReLU()(conv_bn(X, F2, f, f"{stage}{block}_branch2b"))
        X = conv_bn(X, F3, 1, f"{stage}{block}_branch2c")
        return layers.ReLU()(join(X, shortcut))

    return convolutional_block


@pytest.mark.parametrize(
    "join", [lambda X, Y: layers.Add()([X, Y]), lambda X, Y: X + Y, keras.ops.add]
)
def test_shapes_that_do_not_fit_are_traced_to_the_stride_that_is_missing(join: Callable) -> None:
    report = checks.run("convolutional_block", with_layers(join))
    assert report.cause == "Only one of the two paths has the stride"
    failed = next(result for result in report.results if result.status == "failed")
    assert failed.name == "runs"
    assert "Tensors of the shapes" in failed.why
    assert "Print the shapes" in failed.hint


def test_where_no_known_mistake_explains_shapes_it_is_told_what_is_missing() -> None:
    def convolutional_block(X, f, filters, stage, block, s=2):
        main = layers.Conv2D(filters[2] + 1, 1, strides=s)(X)
        return main + layers.Conv2D(filters[2], 1, strides=s)(X)

    report = checks.run("convolutional_block", convolutional_block)
    assert report.cause is not None
    assert report.cause.startswith("2 convolutions, 4 batch normalisations and 2 ReLUs are missing")
    failed = next(result for result in report.results if result.status == "failed")
    assert "Tensors of the shapes" in failed.why


def test_a_condition_that_is_right_by_half_gets_part_of_the_points() -> None:
    def basic_block(X, filters, stage, block, s=1):
        shortcut = X
        if s != 1:
            shortcut = conv_bn(X, filters, 1, f"{stage}{block}_branch1", s)
        X = layers.ReLU()(conv_bn(X, filters, 3, f"{stage}{block}_branch2a", s))
        X = conv_bn(X, filters, 3, f"{stage}{block}_branch2b")
        return layers.ReLU()(layers.Add()([X, shortcut]))

    report = checks.run("basic_block", basic_block)
    assert report.cause == (
        "The shortcut is projected only where the stride is not 1, not where the channels change"
    )
    assert 0 < report.score < 1


def test_names_that_every_block_shares_are_found_by_a_second_call() -> None:
    def projection_named_once(X, f, filters, stage, block, s=2):
        return blocks.convolutional_block(X, f, filters, 3, "a", s)

    report = checks.run("convolutional_block", projection_named_once)
    assert report.cause == "The names of layers do not depend on `block`"


def test_floats_that_are_whole_pass() -> None:
    def output_size(size, kernel, stride, padding):
        return float(math.ceil((size if padding == "same" else size - kernel + 1) / stride))

    assert checks.run("output_size", output_size).passed
