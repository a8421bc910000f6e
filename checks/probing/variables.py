"""Writes down what the variables of a learner's function held when it raised an error."""

import dis
from collections.abc import Iterable, Iterator
from contextlib import suppress
from types import CodeType, FrameType
from typing import Any

#: So many variables are written down, and so many entries of a list are looked at.
MAXIMUM = 100

#: So large are the numbers that say nothing as counts or positions.
LARGE = 10**6


def held(frames: Iterable[FrameType]) -> dict[str, str]:
    """Return what each variable held: its type, with the shape of an array.

    Args:
        frames: Those of the learner's own code, the innermost last.

    Returns:
        "None", "int 4", "list of 3", "list of 3 with None" where one of its entries is, "ndarray of
        the shape (2, 9, 33)" or the name of another type, by the variable's name.
    """
    values: dict[str, Any] = {}
    for frame in frames:
        values |= frame.f_locals
    return {name: _kind(value) for name, value in list(values.items())[:MAXIMUM]}


def _kind(value: Any) -> str:
    if value is None:
        return "None"
    name = str(type(value).__name__)
    if type(value) is int and abs(value) < LARGE:
        return f"{name} {value}"
    if type(value) in (list, tuple, dict):
        entries: Iterable[Any] = value.values() if isinstance(value, dict) else value
        has_none = any(each is None for each, _ in zip(entries, range(MAXIMUM), strict=False))
        return f"{name} of {len(value)}{' with None' * has_none}"
    with suppress(Exception):  # whatever an object of the learner's own does when it is asked
        return f"{name} of the shape {tuple(map(int, value.shape))}"
    return name


def set_to_none(codes: Iterable[CodeType]) -> tuple[str, ...]:
    """Return the variables that some code sets to None, as in the line `means = None`."""
    return tuple(sorted({name for code in codes for name in _set_to_none(code)})[:MAXIMUM])


def _set_to_none(code: CodeType) -> Iterator[str]:
    on_top = False
    for step in dis.get_instructions(code):
        if on_top and step.opname.startswith("STORE_"):
            yield from step.argval if isinstance(step.argval, tuple) else (str(step.argval),)
        elif step.opname != "COPY":  # `a = b = None`
            on_top = step.opname == "LOAD_CONST" and step.argval is None
