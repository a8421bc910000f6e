"""Stands in for a module that answers the lesson, while the lesson is graded."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)

    def hidden(*_: Any, **__: Any) -> None:
        raise NotImplementedError(f"{name} cannot be used while this lesson is graded")

    return hidden
