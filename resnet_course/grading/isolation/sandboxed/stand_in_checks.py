"""Stands in for `checks` while a submission is graded: the verdict is given elsewhere."""

from importlib import import_module
from importlib.util import find_spec
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
    """Return the module of that name, which the probe may import, or else a check."""
    if name.startswith("_"):
        raise AttributeError(name)
    if find_spec(f"{__name__}.{name}"):
        return import_module(f"{__name__}.{name}")
    return _check
