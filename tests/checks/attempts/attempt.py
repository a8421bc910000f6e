"""An answer to an exercise, and what a truthful report says about it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Attempt:
    """An answer to an exercise.

    Attributes:
        exercise: Name of the exercise.
        function: What the learner hands in; its name says what is special about it.
        cause: A regular expression that a truthful cause matches, whatever its case; None if the
            answer is right.
        open: What the checks would need to judge it truthfully; empty where they do.
    """

    exercise: str
    function: Any
    cause: str | None = None
    open: str = ""

    @property
    def name(self) -> str:
        """Return a name for the test."""
        return f"{self.exercise}-{self.function.__name__}"


def collector(attempts: list[Attempt]) -> tuple[Callable, Callable]:
    """Return two decorators that fill a list: `right(exercise)` and `wrong(exercise, cause)`."""

    def wrong(exercise: str, cause: str | None, open: str = "") -> Callable[[Any], Any]:
        def enter(function: Any) -> Any:
            attempts.append(Attempt(exercise, function, cause, open))
            return function

        return enter

    def right(exercise: str, open: str = "") -> Callable[[Any], Any]:
        return wrong(exercise, None, open)

    return right, wrong
