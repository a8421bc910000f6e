"""Compares what a numeric exercise returned with the truth, and puts both into words."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from checks.encoding import Other

#: How many numbers of an array are compared first: most wrong arrays differ there.
SEVERAL = 32


def same_form(truth: Any, received: Any) -> bool:
    """Return whether two values have the same form: the same keys, lengths and array shapes.

    Lists and one-dimensional arrays are the same thing here, and so are Python's and NumPy's
    numbers.
    """
    if isinstance(truth, Mapping):
        return (
            isinstance(received, Mapping)
            and set(map(str, truth)) == set(received)
            and all(same_form(value, received[str(key)]) for key, value in truth.items())
        )
    if isinstance(truth, str | bool) or truth is None:
        return type(truth) is type(received) or _is_flag(truth, received)
    try:
        return _numbers(truth).shape == _numbers(received).shape
    except (TypeError, ValueError):
        return (
            isinstance(truth, Sequence)
            and isinstance(received, Sequence)
            and len(truth) == len(received)
            and all(same_form(a, b) for a, b in zip(truth, received, strict=True))
        )


def agree(truth: Any, received: Any, tolerance: float) -> bool:
    """Return whether two values of the same form hold the same numbers.

    Args:
        truth: Numbers, arrays, strings, or lists or mappings of these.
        received: The learner's, decoded from evidence.
        tolerance: Largest difference, relative to the largest number of an array.
    """
    if type(truth) in (int, float) and type(received) in (int, float):
        difference = abs(received - truth)
        return bool(difference <= 2 * tolerance * abs(truth) or truth == received) or (
            truth != truth and received != received
        )
    if isinstance(truth, Mapping):
        return (
            isinstance(received, Mapping)
            and set(map(str, truth)) == set(received)
            and all(agree(value, received[str(key)], tolerance) for key, value in truth.items())
        )
    if isinstance(truth, str | bool) or truth is None:
        return same_form(truth, received) and bool(truth == received)
    try:
        expected, actual = _numbers(truth), _numbers(received)
    except (TypeError, ValueError):
        return same_form(truth, received) and all(
            agree(a, b, tolerance) for a, b in zip(truth, received, strict=True)
        )
    if expected.shape != actual.shape:
        return False
    sizes = np.abs(expected)
    scale = float(sizes.max(initial=0.0))
    if not math.isfinite(scale):
        scale = float(sizes.max(initial=0.0, where=np.isfinite(sizes)))
    first = np.abs(expected.ravel()[:SEVERAL] - actual.ravel()[:SEVERAL])
    if np.any(first > 2 * tolerance * scale):
        return False
    return bool(
        np.allclose(actual, expected, rtol=tolerance, atol=tolerance * scale, equal_nan=True)
    )


def shape_of(value: Any) -> tuple[int, ...]:
    """Return the shape of numbers, also of an array too long to be written down; () for others."""
    if isinstance(value, Other):
        return value.shape
    try:
        return _numbers(value).shape
    except (TypeError, ValueError):
        return ()


def has_dtype(received: Any, wanted: str) -> bool:
    """Return whether numbers are of a type: "integer", or a dtype such as "float32"."""
    dtype = np.asarray(received).dtype
    return dtype.kind in "iu" if wanted == "integer" else dtype.name == wanted


def first_of(names: Sequence[str], most: int) -> str:
    """Return the first few names in a row, and how many more there are: "a, b and 3 more"."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def in_words(value: Any) -> str:
    """Return a value for a report: short numbers as they are, arrays by shape and range."""
    if isinstance(value, Other):
        return f"an object of the type {value.type_name}"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{key}: {in_words(each)}" for key, each in list(value.items())[:6])
        return f"{{{inside}{', …' if len(value) > 6 else ''}}}"
    if isinstance(value, float | np.floating):
        return f"{value:.6g}"
    if isinstance(value, list | tuple) and any(not isinstance(each, int | float) for each in value):
        return f"[{', '.join(in_words(each) for each in list(value)[:6])}]"
    if isinstance(value, np.ndarray | list | tuple):
        return _array_in_words(np.asarray(value))
    return repr(value)


def _array_in_words(array: np.ndarray) -> str:
    if array.dtype.kind not in "iuf":
        array = array.astype(np.float64)
    if array.ndim == 0:
        return f"{array.item():.6g}"
    if array.size <= 8 and array.ndim <= 1:
        return f"[{', '.join(f'{each:.6g}' for each in array.tolist())}]"
    if array.size == 0:
        return f"no numbers, in the shape {array.shape}"
    first = ", ".join(f"{each:.4g}" for each in array.ravel()[:4].tolist())
    return (
        f"numbers of the shape {array.shape} from {array.min():.4g} to {array.max():.4g}, "
        f"the first of them {first}"
    )


def _numbers(value: Any) -> np.ndarray:
    if isinstance(value, Other | str | Mapping) or value is None:
        raise TypeError
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError
    return array.astype(np.float64, copy=False)


def _is_flag(truth: Any, received: Any) -> bool:
    return isinstance(truth, bool) and isinstance(received, bool | int)
