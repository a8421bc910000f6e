"""Pairs of mistakes are told by what each changes in the kinds of layers."""

from contextlib import suppress
from itertools import combinations

import numpy as np
import pytest

from checks.catalogue import EXERCISES
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.graph.canonical import simplify
from checks.judging.diagnosis.traits import change, pairs_that_make, traits
from checks.mistakes import together


def unit(filters: int, kernel: int, strides: int = 1) -> Graph:
    g = GraphBuilder()
    X = g.conv("convolution", g.input((9, 9, 4)), filters, kernel, strides)
    return simplify(g.graph(g.add("ReLU", "relu", X)))


def test_networks_of_the_same_layers_have_the_same_traits():
    assert change(traits(unit(3, 5)), traits(unit(3, 5))) == {}


def test_two_settings_of_one_layer_change_by_their_sum():
    before = traits(unit(3, 5))
    kernel = change(before, traits(unit(3, 3)))
    strides = change(before, traits(unit(3, 5, strides=2)))
    both = change(before, traits(unit(3, 3, strides=2)))
    assert list(pairs_that_make(both, [strides, None, {}, kernel])) == [(0, 3)]
    assert list(pairs_that_make(kernel, [strides, None, {}, kernel])) == [(2, 3)]


@pytest.mark.parametrize("name", ["ResNet50", "mnist_resnet"])
def test_most_pairs_of_mistakes_in_large_networks_are_likely_ones(name):
    exercise = EXERCISES[name]
    assert isinstance(exercise, NetworkExercise)
    case = exercise.cases(np.random.default_rng(0), False)[0]
    before = traits(simplify(exercise.expected(case)))
    mistakes = [each for each in exercise.mistakes if each.mutation][::3]
    changes = [
        change(before, traits(simplify(exercise.expected(case, each.mutation))))
        for each in mistakes
    ]
    pairs = list(combinations(range(len(mistakes)), 2))
    likely = 0
    for first, second in pairs:
        mutation = together(mistakes[first], mistakes[second]).mutation
        with suppress(KeyError):  # two mistakes that add a layer of the same name
            mistaken = traits(simplify(exercise.expected(case, mutation)))
            likely += (first, second) in pairs_that_make(change(before, mistaken), changes)
    assert likely > 0.6 * len(pairs)
