"""An answer to an exercise, with what is true of it in words."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class Answer:
    """An answer to an exercise.

    Attributes:
        exercise: Name of the exercise.
        function: What the learner hands in; its name says what is special about it.
        truth: What is wrong with it, in words; None if it is right.
    """

    exercise: str
    function: Any
    truth: str | None = None


_ANSWERS: list[Answer] = []


def wrong(exercise: str, truth: str | None) -> Callable[[Any], Any]:
    """Return a decorator that enters a wrong answer."""

    def enter(function: Any) -> Any:
        _ANSWERS.append(Answer(exercise, function, truth))
        return function

    return enter


def right(exercise: str) -> Callable[[Any], Any]:
    """Return a decorator that enters a right answer."""
    return wrong(exercise, None)


def answers(number: int) -> list[Answer]:
    """Return the answers of a set, 1 to 4, in the order of the lessons."""
    package = f"tests.checks.blind.set{number}"
    for lesson in range(1, 6):
        import_module(f"{package}.lesson{lesson}")
    return [each for each in _ANSWERS if each.function.__module__.startswith(package)]
