"""Every mistake of the catalogue, as a learner would hand it in, is told by its title."""

import pytest

from checks.catalogue import EXERCISES
from checks.exercise import Exercise
from checks.mistakes import Mistake
from tests.checks.catalogue.mutants import assert_named, mutants


@pytest.mark.parametrize(("exercise", "mistake"), mutants(EXERCISES.values()))
def test_a_mistake_is_named(exercise: Exercise, mistake: Mistake) -> None:
    assert_named(exercise, mistake, exercise.name != "ResNet50")
