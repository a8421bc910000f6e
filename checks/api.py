"""Runs a check from end to end: draw the cases, probe the function, judge the evidence, show."""

import sys
from typing import Any

import numpy as np

from checks.catalogue import EXERCISES
from checks.judge import judge
from checks.probe import probe
from checks.report import CheckFailed, Report


def exercise_names() -> list[str]:
    """Return the names of all exercises, in the order of the lessons."""
    return list(EXERCISES)


def run(name: str, function: Any, grading: bool = False, seconds: float = 20.0) -> Report:
    """Check a function and return the report. A learner's mistake never raises.

    Args:
        name: Name of the exercise.
        function: The learner's function.
        grading: Draw the probes afresh, and more of them.
        seconds: Time limit for each call of the function.

    Raises:
        ValueError: If there is no exercise of this name.
    """
    if name not in EXERCISES:
        raise ValueError(f"Expected one of {', '.join(EXERCISES)}. Received: {name!r}")
    exercise = EXERCISES[name]
    generator = np.random.default_rng(None if grading else 0)
    cases = exercise.cases(generator, grading)
    return judge(exercise, cases, probe(function, cases, seconds))


def show(report: Report) -> None:
    """Show a report where the learner works.

    Raises:
        CheckFailed: If it did not pass.
    """
    if _in_notebook():
        from IPython.display import display

        display(report)
    elif report.passed:
        print(report)
    if not report.passed:
        raise CheckFailed(report)


def _in_notebook() -> bool:
    """Return whether this process is a Jupyter kernel."""
    return "ipykernel" in sys.modules and "IPython" in sys.modules
