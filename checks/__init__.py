"""Checks that tell a learner what is wrong and why.

`checks.identity_block(identity_block)` shows a report on the exercise of that name and raises
`CheckFailed` where it is not right yet; so for every exercise. `checks.run` returns the report
instead of raising.
"""

from collections.abc import Callable
from typing import Any

from checks.api import exercise_names, run, show
from checks.report import CheckFailed, Report, Result

__all__ = ["CheckFailed", "Report", "Result", "exercise_names", "run"]


def __getattr__(name: str) -> Callable[..., None]:
    if name.startswith("_") or name not in exercise_names():
        raise AttributeError(
            f"there is no check called {name!r}; the exercises are {', '.join(exercise_names())}"
        )

    def check(function: Any, grading: bool = False) -> None:
        show(run(name, function, grading=grading))

    check.__name__ = check.__qualname__ = name
    check.__doc__ = (
        f"Check the exercise `{name}` and show the report.\n\n"
        "Args:\n"
        "    function: Your function.\n"
        "    grading: Draw other probes, and more, as grading does.\n\n"
        "Raises:\n"
        "    CheckFailed: If the exercise is not right yet."
    )
    return check


def __dir__() -> list[str]:
    return sorted([*__all__, *exercise_names()])
