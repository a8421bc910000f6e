"""Stands in for `checks` while a submission is graded: the verdict is given elsewhere."""

from typing import Any


class CheckFailed(AssertionError):
    """Never raised here."""


class Report:
    """A report that says nothing."""

    passed = False
    score = 0.0
    cause = None
    results = hints = ()


def _check(*_: Any, **__: Any) -> None:
    """Do nothing."""


def run(*_: Any, **__: Any) -> Report:
    """Return a report that says nothing."""
    return Report()


def exercise_names() -> list[str]:
    """Return no names."""
    return []


def __getattr__(name: str) -> Any:
    if name.startswith("_"):
        raise AttributeError(name)
    return _check
