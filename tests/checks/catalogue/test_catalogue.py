"""Where the exercises are."""

import subprocess
import sys
from importlib import import_module

import pytest

from checks.catalogue import EXERCISES, MODULES


def test_every_exercise_of_every_module_is_listed_in_its_order():
    found = {
        exercise.name: module
        for module in dict.fromkeys(MODULES.values())
        for exercise in import_module(f"checks.catalogue.{module}").EXERCISES
    }
    assert list(found.items()) == list(MODULES.items())


def test_an_exercise_is_found_by_its_name():
    assert all(EXERCISES[name].name == name for name in EXERCISES)
    with pytest.raises(KeyError):
        EXERCISES["nothing"]


def test_only_the_lesson_that_is_asked_for_is_imported():
    code = (
        "import sys, checks; from checks.catalogue import EXERCISES; EXERCISES['conv_bn']; "
        "print(sorted(name for name in sys.modules if name.startswith('checks.catalogue.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "identity" in done.stdout
    assert "transfer" not in done.stdout
