"""Patterns by which wrong numbers follow from the right ones, and the words for each."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import permutations
from typing import Any

import numpy as np

from checks.differences.values import agree

#: What may have been done to the right numbers, by what is said of it.
_FUNCTIONS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = {
    "The result is rounded": np.round,
    "The result is rounded to one decimal place": lambda right: np.round(right, 1),
    "The result is rounded to two decimal places": lambda right: np.round(right, 2),
    "The result is truncated to whole numbers": np.trunc,
    "The result is squared": np.square,
    "The result is the square root of the expected one": lambda right: np.sqrt(np.abs(right)),
    "The result is 1 minus the expected one": lambda right: 1 - right,
    "The sign of the result is lost": np.abs,
}

#: What is said where a pattern holds in every call, and its number is another in each.
VARYING = {
    "The result is {:.4g} times the expected one": (
        "The result is a multiple of the expected one, by a different factor in every call"
    ),
    "The result is {:.4g} everywhere": "The result is the same number everywhere",
    "The result is {:.6g} more than expected": (
        "A constant is added to the expected numbers, a different one in every call"
    ),
    "The result is {:.6g} less than expected": (
        "A constant is subtracted from the expected numbers, a different one in every call"
    ),
}


def patterns(
    expected: np.ndarray, actual: np.ndarray, tolerance: float
) -> Iterator[tuple[str, float]]:
    """Yield the words for each pattern that fits, and the number that goes into them, or 0."""

    def same(left: np.ndarray, right: np.ndarray) -> bool:
        return agree(left, right, tolerance)

    if not np.all(np.isfinite(actual)) and np.all(np.isfinite(expected)):
        yield "The result contains NaN or infinity", 0
        return
    if not np.any(actual) and np.any(expected):
        yield "The result is 0", 0
        return
    if same(-expected, actual):
        yield "The sign is wrong", 0
    if (factor := _constant(actual, expected, np.divide, tolerance)) is not None:
        yield "The result is {:.4g} times the expected one", factor
    if expected.size > 1 and np.all(actual == actual.ravel()[0]):
        yield "The result is {:.4g} everywhere", float(actual.ravel()[0])
    for words, function in _FUNCTIONS.items():
        if same(function(expected), actual):
            yield words, 0
    if moved := _moved(expected, actual, same):
        yield moved, 0
    if (difference := _constant(actual, expected, np.subtract, tolerance)) is not None:
        yield (
            f"The result is {{:.6g}} {'more' if difference > 0 else 'less'} than expected",
            abs(difference),
        )


def _moved(expected: np.ndarray, actual: np.ndarray, same: Any) -> str | None:
    """Say whether the right numbers stand in other places."""
    if expected.ndim == 0 or expected.size < 2:
        return None
    axes = _square_axes(expected.shape)
    if any(same(np.transpose(expected, order), actual) for order in axes):
        return "Two axes of the result are swapped"
    for axis in range(expected.ndim):
        if same(np.flip(expected, axis), actual):
            return _reversed(axis, expected.ndim)
    if same(np.sort(expected, axis=None), np.sort(actual, axis=None)):
        return "The numbers are right, but in the wrong places"
    return None


def _reversed(axis: int, axes: int) -> str:
    """Say along which axis numbers stand in reverse order; four axes are those of images."""
    if axes == 4:
        words = (
            "images are",
            "rows of the images are",
            "columns of the images are",
            "channels are",
        )
        return f"The {words[axis]} in reverse order"
    if axes == 1:
        return "The numbers are in reverse order"
    if axis == axes - 1:
        return "The channels are in reverse order"
    return f"The numbers are in reverse order along axis {axis}"


def _square_axes(shape: tuple[int, ...]) -> Iterable[tuple[int, ...]]:
    """Return the orders of the axes that keep a shape."""
    if len(shape) > 4:
        return
    for order in permutations(range(len(shape))):
        if order != tuple(range(len(shape))) and tuple(shape[axis] for axis in order) == shape:
            yield order


def _constant(actual: np.ndarray, expected: np.ndarray, by: Any, tolerance: float) -> float | None:
    """Return what all numbers are multiplied by, or what is added to all, if there is one."""
    if by is np.divide:
        expected, actual = expected[expected != 0], actual[expected != 0]
    if expected.size == 0:
        return None
    values = by(actual, expected)
    spread = float(np.max(values) - np.min(values))
    scale = float(np.max(np.abs(values)))
    return float(values.ravel()[0]) if spread <= max(tolerance, 1e-6) * max(scale, 1e-12) else None
