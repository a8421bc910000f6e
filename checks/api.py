"""Runs a check from end to end: draw the cases, probe the function, judge the evidence, show."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np

from checks.catalogue import EXERCISES
from checks.judging.judge import judge
from checks.probing.probe import probe
from checks.report import Report
from checks.report.text import colourful, graded_in_short, render


def exercise_names() -> list[str]:
    """Return the names of all exercises, in the order of the lessons."""
    return list(EXERCISES)


def run(
    name: str,
    function: Any,
    grading: bool = False,
    seconds: float = 20.0,
    points: float | None = None,
) -> Report:
    """Check a function and return the report. A learner's mistake never raises.

    Args:
        name: Name of the exercise.
        function: The learner's function.
        grading: Draw the probes afresh, and more of them.
        seconds: Time limit for each call of the function.
        points: What the exercise is worth, if the report should say what the answer earns.

    Raises:
        ValueError: If there is no exercise of this name, or `points` is not a number above 0.
    """
    if points is not None and not (_is_number(points) and points > 0):
        raise ValueError(f"Expected points above 0. Received: {points!r}")
    if name not in EXERCISES:
        raise ValueError(f"Expected one of {', '.join(EXERCISES)}. Received: {name!r}")
    exercise = EXERCISES[name]
    generator = np.random.default_rng(None if grading else 0)
    cases = exercise.cases(generator, grading)
    return replace(judge(exercise, cases, probe(function, cases, seconds)), maximum=points)


def show(report: Report, in_short: bool = False) -> None:
    """Show a report where the learner works.

    Args:
        report: The report. One that failed and gives no points is left to the exception.
        in_short: Say only what passed and what it earns: grading's own probes stay unknown.
    """
    if in_short:
        print(graded_in_short(report))
    elif _in_notebook():
        from IPython.display import display

        display(report)
    elif report.passed or report.maximum is not None:
        print(render(report, colour=colourful(sys.stdout)))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _in_notebook() -> bool:
    """Return whether this process is a Jupyter kernel."""
    return "ipykernel" in sys.modules and "IPython" in sys.modules
