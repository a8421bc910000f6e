"""Where the exercises are, and how their functions are called."""

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from checks import catalogue
from checks.catalogue import EXERCISES
from checks.exercise import Exercise, NetworkExercise, NumericExercise


def test_every_file_that_holds_an_exercise_is_listed():
    files = Path(catalogue.__file__).parent.glob("*.py")
    modules = [import_module(f"checks.catalogue.{path.stem}") for path in files]
    found = [module.EXERCISE for module in modules if hasattr(module, "EXERCISE")]
    assert sorted(each.name for each in found) == sorted(EXERCISES)


def test_an_exercise_is_found_by_its_name():
    assert all(EXERCISES[name].name == name for name in EXERCISES)
    with pytest.raises(KeyError):
        EXERCISES["nothing"]


def titles(exercise: Exercise) -> set[str]:
    """Return the titles of all mistakes that an exercise knows, alone or as parts of a formula."""
    mistakes = {each.title for each in exercise.mistakes}
    if isinstance(exercise, NumericExercise):
        mistakes |= {each.title for each in exercise.variations.slips}
    return mistakes


def test_no_mistake_is_lost_and_each_is_listed():
    known = Path(__file__).with_name("titles.txt").read_text(encoding="utf-8").splitlines()
    now = {f"{name}: {title}" for name in EXERCISES for title in titles(EXERCISES[name])}
    lost = [line for line in known if line not in now]
    of_networks = [each for each in EXERCISES.values() if isinstance(each, NetworkExercise)]
    unlisted = [
        line
        for exercise in of_networks
        for line in sorted(f"{exercise.name}: {title}" for title in titles(exercise))
        if line not in known
    ]
    assert not lost
    assert not unlisted, "add these lines to titles.txt:\n" + "\n".join(unlisted)


def test_only_the_exercise_that_is_asked_for_is_imported():
    code = (
        "import sys, checks; from checks.catalogue import EXERCISES; EXERCISES['conv_bn']; "
        "print(sorted(name for name in sys.modules if name.startswith('checks.catalogue.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "conv_bn" in done.stdout
    assert "transfer_model" not in done.stdout


LESSONS = sorted((Path(__file__).parents[3] / "solutions").glob("*/*.py"))


def names_handed_over(function: str, text: str) -> set[str]:
    """Return the parameters that the calls of a function in a text hand over by name."""
    calls = re.findall(rf"(?<![\w.]){function}(\((?:[^()]|\([^()]*\))*\))", text)
    return {name for call in calls for name in re.findall(r"[(\s](\w+)=(?!=)", call)}


@pytest.mark.parametrize("name", EXERCISES)
def test_what_the_lessons_hand_over_by_name_has_to_have_that_name(name):
    exercise = EXERCISES[name]
    lessons = "".join(path.read_text(encoding="utf-8") for path in LESSONS)
    assert names_handed_over(name, lessons) <= exercise.keywords <= set(exercise.parameters)


@pytest.mark.parametrize("grading", [False, True])
@pytest.mark.parametrize("name", EXERCISES)
def test_the_arguments_of_a_case_are_the_first_parameters_in_their_order(name, grading):
    exercise = EXERCISES[name]
    for case in exercise.cases(np.random.default_rng(0), grading):
        for arguments in filter(None, (case.arguments, case.then)):
            assert tuple(arguments) == exercise.parameters[: len(arguments)]
