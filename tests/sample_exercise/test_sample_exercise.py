"""The sample exercise: its reference passes, others that are right pass, mistakes are named."""

import numpy as np
import pytest
from keras import layers, ops

from checks.judging.judge import judge
from checks.probing.probe import probe
from tests.checks.catalogue.mutants import assert_named, mutants
from tests.sample_exercise.exercise import EXERCISE
from tests.sample_exercise.solution import pre_activation


def report_on(function, grading=False):
    """Check a function as `checks.run` checks those of the course."""
    cases = EXERCISE.cases(np.random.default_rng(0), grading)
    return judge(EXERCISE, cases, probe(function, cases))


@pytest.mark.parametrize("grading", [False, True])
def test_the_reference_passes(grading):
    report = report_on(pre_activation, grading)
    assert report.passed, str(report)
    assert report.score == 1


def test_another_way_to_write_it_passes():
    def pre_activation(X, filters):
        X = ops.relu(layers.BatchNormalization()(X))
        return layers.Conv2D(filters, (3, 3), padding="same", use_bias=False)(X)

    assert report_on(pre_activation).passed


@pytest.mark.parametrize(("exercise", "mistake"), mutants([EXERCISE]))
def test_a_mistake_is_named(exercise, mistake):
    assert_named(exercise, mistake)


def test_the_stub_scores_nothing():
    def pre_activation(X, filters):
        raise NotImplementedError

    assert report_on(pre_activation).score == 0
