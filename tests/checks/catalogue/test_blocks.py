"""The exercises of lessons 2 and 3."""

import pytest

from checks.catalogue import convolutional, identity
from checks.exercise import Exercise
from checks.mistakes import Mistake
from tests.checks.catalogue.mutants import assert_named, mutants


@pytest.mark.parametrize(
    ("exercise", "mistake"), mutants([*identity.EXERCISES, *convolutional.EXERCISES])
)
def test_a_mistake_is_named(exercise: Exercise, mistake: Mistake) -> None:
    assert_named(exercise, mistake)
