"""Says in a title how a result differs from the truth, where no mistake is known."""

from collections.abc import Iterable, Mapping
from itertools import permutations
from typing import Any

import numpy as np

from checks.encoding import Other
from checks.numbers import agree, in_words

#: What the parts of a result are called that is a tuple.
ORDINALS = [f"the {word} value" for word in ("first", "second", "third", "fourth", "fifth")]


def unlike_form(truth: Any, received: Any) -> str | None:
    """Say how the form of a result differs, if it can be said in a title.

    Args:
        truth: What is expected.
        received: What the learner's function returned: something of another form.
    """
    if received is None:
        return "The function returns nothing"
    if isinstance(truth, Mapping) and isinstance(received, Mapping):
        missing = [str(key) for key in truth if str(key) not in received]
        extra = [str(key) for key in received if key not in set(map(str, truth))]
        if missing:
            return f"The result has no entry {missing[0]!r}"
        if extra:
            return f"The result has an entry {extra[0]!r} that is not asked for"
        return next(filter(None, (_unlike_entry(key, truth, received) for key in truth)), None)
    if isinstance(truth, tuple | list) and isinstance(received, tuple | list):
        if len(truth) != len(received):
            return f"The function returns {len(received)} values where {len(truth)} are expected"
        forms = (unlike_form(a, b) for a, b in zip(truth, received, strict=True))
        return next(filter(None, forms), None)
    expected, actual = _array(truth), _array(received)
    if expected is not None and isinstance(received, Other) and received.shape:
        return f"The result has the shape {received.shape} where {expected.shape} is expected"
    if expected is None or actual is None:
        return f"The function returns {_kind(received)} where {_kind(truth)} is expected"
    if expected.shape == actual.shape:
        return None
    if expected.ndim == 0:
        return f"The result is an array of the shape {actual.shape} where a number is expected"
    if sorted(expected.shape) == sorted(actual.shape):
        return f"The axes of the result are in another order: {actual.shape}"
    return f"The result has the shape {actual.shape} where {expected.shape} is expected"


def _unlike_entry(key: Any, truth: Mapping[Any, Any], received: Mapping[str, Any]) -> str | None:
    name = str(key)
    if received[name] is None and truth[key] is not None:
        return f"The entry {name!r} is None"
    form = unlike_form(truth[key], received[name])
    return f"In the entry {name!r}: {_lowered(form)}" if form else None


def unlike_numbers(truth: Any, received: Any, tolerance: float) -> str | None:
    """Say how the numbers of a result differ, if they follow a pattern that a title can say.

    Args:
        truth: What is expected.
        received: The learner's result, of the same form.
        tolerance: Largest relative difference that counts as equal.
    """
    if isinstance(truth, Mapping):
        return _unlike_entries(
            {str(key): (value, received[str(key)]) for key, value in truth.items()}, tolerance
        )
    if isinstance(truth, tuple | list) and any(np.ndim(each) for each in truth):
        pairs = zip(truth, received, strict=True)
        entries = dict(zip(ORDINALS, pairs, strict=False))
        return _unlike_entries(entries, tolerance)
    expected, actual = _array(truth), _array(received)
    if expected is None or actual is None or expected.shape != actual.shape:
        return None
    return _pattern(expected, actual, tolerance)


def _unlike_entries(entries: Mapping[str, tuple[Any, Any]], tolerance: float) -> str | None:
    wrong = [name for name, pair in entries.items() if not agree(*pair, tolerance)]
    if not wrong:
        return None
    pattern = unlike_numbers(*entries[wrong[0]], tolerance)
    if len(wrong) == 1:
        return f"Only {_quoted(wrong[0])} is wrong" + (f": {_lowered(pattern)}" if pattern else "")
    patterns = {unlike_numbers(*entries[name], tolerance) for name in wrong}
    if len(wrong) == len(entries):
        return f"In every entry: {_lowered(pattern)}" if pattern and len(patterns) == 1 else None
    return f"{_listed(wrong)} are wrong"


def _pattern(expected: np.ndarray, actual: np.ndarray, tolerance: float) -> str | None:
    def same(left: np.ndarray, right: np.ndarray) -> bool:
        return agree(left, right, tolerance)

    if not np.all(np.isfinite(actual)) and np.all(np.isfinite(expected)):
        return "The result holds numbers that are no numbers"
    if not np.any(actual) and np.any(expected):
        return "The result is 0"
    if same(-expected, actual):
        return "The sign is wrong"
    factor = _constant(actual, expected, np.divide, tolerance)
    if factor is not None:
        return f"The result is {factor:.4g} times the expected one"
    if expected.size > 1 and np.all(actual == actual.ravel()[0]):
        return f"The result is {actual.ravel()[0]:.4g} everywhere"
    if same(np.round(expected), actual):
        return "The result is rounded"
    if same(expected**2, actual):
        return "The result is squared"
    if same(np.sqrt(np.abs(expected)), actual):
        return "The result is the square root of the expected one"
    moved = _moved(expected, actual, same)
    if moved:
        return moved
    difference = _constant(actual, expected, np.subtract, tolerance)
    if difference is not None:
        more = "more" if difference > 0 else "less"
        return f"The result is {abs(difference):.6g} {more} than expected"
    return None


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
        return "The numbers are right, but they stand in other places"
    return None


def _reversed(axis: int, axes: int) -> str:
    """Say along which axis numbers stand in reversed order; four axes are those of images."""
    if axes == 4:
        words = (
            "images are",
            "rows of the images are",
            "columns of the images are",
            "channels are",
        )
        return f"The {words[axis]} in reversed order"
    if axes == 1:
        return "The numbers are in reversed order"
    if axis == axes - 1:
        return "The channels are in reversed order"
    return f"The numbers are in reversed order along axis {axis}"


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


def _array(value: Any) -> np.ndarray | None:
    if isinstance(value, Other | str | Mapping) or value is None:
        return None
    try:
        return np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        return None


def _kind(value: Any) -> str:
    if isinstance(value, Other):
        return in_words(value)
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, str):
        return "a text"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)}"
    if np.ndim(value):
        return "an array"
    return "a number"


def _quoted(name: str) -> str:
    return name if name in ORDINALS else repr(name)


def _listed(names: Iterable[str]) -> str:
    *first, last = map(_quoted, names)
    return f"{', '.join(first)} and {last}"


def _lowered(title: str | None) -> str:
    return title[0].lower() + title[1:] if title else ""
