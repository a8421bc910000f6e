"""Checks that tell a learner what is wrong and why.

`checks.identity_block(identity_block)` shows a report on the exercise of that name and raises
`CheckFailed` where it is not right yet, and so for every exercise. With `points=5` it returns the
points that the answer earns instead of raising. `checks.run` returns the report.
"""

from collections.abc import Callable
from typing import Any

from checks.api import exercise_names, run, show
from checks.report import CheckFailed, Report
from checks.report.findings import Points, Result

__all__ = ["CheckFailed", "Points", "Report", "Result", "exercise_names", "run"]


def __getattr__(name: str) -> Callable[..., Points | None]:
    if name.startswith("_") or name not in exercise_names():
        raise AttributeError(
            f"there is no check called {name!r}; the exercises are {', '.join(exercise_names())}"
        )

    def check(function: Any, points: float | None = None, grading: bool = False) -> Points | None:
        report = run(name, function, grading=grading, points=points)
        show(report, in_short=grading and points is not None)
        if points is None and not report.passed:
            raise CheckFailed(report)
        return report.earned

    check.__name__ = check.__qualname__ = name
    check.__doc__ = (
        f"Check the exercise `{name}` and show the report.\n\n"
        "Args:\n"
        "    function: Your function.\n"
        "    points: What the exercise is worth.\n"
        "    grading: Draw other probes, and more, as grading does.\n\n"
        "Returns:\n"
        "    The points earned; None if `points` is not given.\n\n"
        "Raises:\n"
        "    CheckFailed: If the exercise is not right yet and `points` is not given."
    )
    return check


def __dir__() -> list[str]:
    return sorted([*__all__, *exercise_names()])
