"""A report says which line of the learner's code is not as expected."""

import inspect
from dataclasses import replace

import numpy as np
import pytest
from keras import layers

import checks
from checks.catalogue import EXERCISES
from checks.differences.comparison import compare
from checks.evidence import Record
from checks.graph import GraphBuilder
from checks.judging.judge import judge
from checks.judging.places import place
from checks.probing.probe import probe
from tests.checks.test_equivalents import main_path


def line_in(function, text):
    """Return the number of the line of a function that holds a text, and the line."""
    lines, first = inspect.getsourcelines(function)
    (found,) = [at for at, line in enumerate(lines) if text in line]
    return f"line {first + found}: `{lines[found].strip()}`"


def unit(X, filters, kernel):
    X = layers.Conv2D(filters, kernel, padding="same")(X)
    return layers.BatchNormalization()(X)


def a_tanh(X, f, filters, stage, block):
    Y = layers.ReLU()(unit(X, filters[0], 1))
    Y = layers.Activation("tanh")(unit(Y, filters[1], f))
    Y = unit(Y, filters[2], 1)
    return layers.ReLU()(layers.Add()([Y, X]))


def a_kernel_in_a_helper(X, f, filters, stage, block):
    Y = layers.ReLU()(unit(X, filters[0], 1))
    Y = layers.ReLU()(unit(Y, filters[1], f + 2))
    return layers.ReLU()(layers.Add()([unit(Y, filters[2], 1), X]))


def too_few_channels(X, f, filters, stage, block):
    Y = layers.ReLU()(unit(X, filters[0], 1))
    Y = layers.ReLU()(unit(Y, filters[1], f))
    Y = unit(Y, filters[0], 1)
    return layers.ReLU()(layers.Add()([Y, X]))


def place_of(function):
    return checks.run("identity_block", function).place


def test_the_first_layer_that_is_not_as_expected_is_named_with_its_line():
    line = line_in(a_tanh, '"tanh"')
    assert place_of(a_tanh) == f"The first layer that is not as expected comes from {line}."


def test_the_line_after_which_something_is_missing_is_named():
    whole = GraphBuilder()
    X = whole.conv("conv", whole.input((8, 6, 3)), 4, 3)
    begun = whole.graph(X)
    comparison = compare(whole.graph(whole.add("ReLU", "relu", X)), begun)
    record = Record("out of time", lines={"conv": ((3, "X = conv(X)"),)})
    assert place(comparison, record) == "Something is missing after line 3: `X = conv(X)`."


def test_a_line_that_calls_a_function_of_the_same_file_is_named_with_the_one_it_leads_to():
    call, line = line_in(a_kernel_in_a_helper, "f + 2"), line_in(unit, "Conv2D")
    place = place_of(a_kernel_in_a_helper)
    assert place.endswith(f" comes from {call} and there from {line}.")


def test_what_was_built_up_to_an_error_has_its_lines_too():
    report = checks.run("identity_block", too_few_channels)
    assert line_in(too_few_channels, "unit(Y, filters[0], 1)") in report.place
    assert report.place in " ".join(str(report).split())
    assert report.to_dict()["place"] == report.place


def test_a_call_that_python_refuses_says_nothing_of_layers_that_are_right():
    def identity_block(X, f, filters, stage, block):
        Y = main_path(X, f, filters)
        return layers.ReLU()(layers.Add()(Y, X))

    report = checks.run("identity_block", identity_block)
    assert report.cause == "The tensors of an addition are not passed as one list"
    assert report.place == ""


def test_a_mistake_that_is_known_speaks_for_itself():
    def identity_block(X, f, filters, stage, block):
        return layers.Add(name=f"{stage}{block}")([main_path(X, f, filters), X])

    report = checks.run("identity_block", identity_block)
    assert report.cause == "The ReLU after the addition is missing"
    assert report.place == ""


def test_a_right_answer_has_no_such_line():
    def identity_block(X, f, filters, stage, block):
        return layers.ReLU()(layers.Add()([main_path(X, f, filters), X]))

    report = checks.run("identity_block", identity_block)
    assert report.passed
    assert report.place == ""


def test_a_layer_that_is_part_of_the_learners_own_has_the_line_of_that_one():
    class Own(layers.Layer):
        def __init__(self):
            super().__init__()
            self.tanh = layers.Activation("tanh")

        def call(self, X):
            return self.tanh(X)

    def identity_block(X, f, filters, stage, block):
        Y = main_path(X, f, filters)
        Y = Own()(Y)
        return layers.ReLU()(layers.Add()([Y, X]))

    assert line_in(identity_block, "Own()") in place_of(identity_block)


@pytest.mark.parametrize("lines", [{}, {"conv": ()}, {"another": ((3, "X = Y"),)}])
def test_evidence_without_the_line_says_nothing_of_one(lines):
    exercise = EXERCISES["identity_block"]
    cases = exercise.cases(np.random.default_rng(0), False)
    evidence = probe(a_tanh, cases)
    records = tuple(replace(record, lines=lines) for record in evidence.cases)
    assert judge(exercise, cases, replace(evidence, cases=records)).place == ""
