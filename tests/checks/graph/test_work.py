"""The work of a network is told from shapes, before anything is computed."""

import time

import numpy as np
import pytest

from checks.catalogue import EXERCISES
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.graph.canonical import simplify
from checks.graph.equivalence import same_values
from checks.graph.work import ALLOWANCE, TIMES, is_far_more, work


def graph(build, shape=(8, 8, 4)):
    builder = GraphBuilder()
    return builder.graph(build(builder, builder.input(shape)))


PLAIN = graph(lambda b, X: b.conv("conv", X, 4, 3))


def test_the_products_of_a_convolution_are_counted():
    wide = graph(lambda b, X: b.conv("conv", X, 4_000, 3))
    more = 8 * 8 * 3 * 3 * 4 * (4_000 - 4) / 16
    assert work(wide) - work(PLAIN) > more


def test_padding_that_nothing_keeps_is_counted():
    pads = ((10_000, 10_000), (10_000, 10_000))
    padded = graph(
        lambda b, X: b.add(
            "conv",
            "conv2d",
            X,
            filters=4,
            kernel=(1, 1),
            strides=(20_000, 20_000),
            pads=pads,
            use_bias=False,
        )
    )
    assert is_far_more(padded, PLAIN)


@pytest.mark.parametrize("operation", ["max_pool", "average_pool"])
def test_every_number_in_a_window_is_counted(operation):
    def pooled(b, X):
        window = {"kernel": (1_001, 1_001), "strides": (1, 1), "padding": "same"}
        return b.add("pool", operation, X, **window)

    assert work(graph(pooled)) > 8 * 8 * 4 * 1_001**2


def test_what_a_reference_takes_is_never_far_more_than_itself():
    for exercise in EXERCISES.values():
        if isinstance(exercise, NetworkExercise):
            for case in exercise.cases(np.random.default_rng(0), False):
                if case.raises is None:
                    expected = simplify(exercise.expected(case))
                    assert work(expected) > 0
                    assert not is_far_more(expected, expected)


def test_a_wasteful_network_that_is_right_is_still_run():
    def slowly(b, X):
        for step in range(20):
            X = b.add(f"there {step}", "negative", b.add(f"and back {step}", "negative", X))
        return b.conv("conv", X, 4, 3)

    assert same_values(PLAIN, graph(slowly))


def test_a_network_that_takes_far_more_work_is_another_one_and_not_run():
    def giant(b, X):
        X = b.add("up", "upsample", X, size=(5_000, 5_000))
        X = b.add("down", "subsample", X, strides=(5_000, 5_000))
        return b.conv("conv", X, 4, 3)

    begun = time.process_time()
    assert not same_values(PLAIN, graph(giant))
    assert time.process_time() - begun < 1
    assert work(graph(giant)) > TIMES * work(PLAIN) + ALLOWANCE
