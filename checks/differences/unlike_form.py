"""Says in a title how the form of a result differs from the one that is expected."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from checks.differences.values import in_words
from checks.encoding import Other

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
            return f"The result has no entry {missing[0]!r}" if received else _EMPTY
        if extra:
            return f"The result has an entry {extra[0]!r} that is not asked for"
        return next(filter(None, (_unlike_entry(key, truth, received) for key in truth)), None)
    if isinstance(truth, tuple | list) and isinstance(received, tuple | list):
        if len(truth) != len(received):
            return f"The function returns {len(received)} values where {len(truth)} are expected"
        forms = map(unlike_form, truth, received)
        named = zip(ORDINALS, forms, strict=False)
        return next((_of_part(name, form) for name, form in named if form), None)
    expected, actual = as_array(truth), as_array(received)
    if expected is not None and isinstance(received, Other) and received.shape:
        return f"The result has the shape {received.shape} where {expected.shape} is expected"
    if expected is None or actual is None:
        return f"The function returns {_kind(received)} where {_kind(truth)} is expected"
    if expected.shape == actual.shape:
        return None
    if expected.ndim == 0 and isinstance(received, list | tuple):
        return f"The function returns {len(received)} values where a single number is expected"
    if expected.ndim == 0:
        return f"The result is an array of the shape {actual.shape} where a number is expected"
    if sorted(expected.shape) == sorted(actual.shape):
        return f"The axes of the result are in another order: {actual.shape}"
    return f"The result has the shape {actual.shape} where {expected.shape} is expected"


def _of_part(name: str, form: str) -> str:
    """Say of one of several values what was said of a result."""
    capital = name[0].upper() + name[1:]
    words = form.replace("The result", capital)
    many = re.sub(
        r"The function returns (\d+) values", rf"{capital} is a sequence of \1 values", words
    )
    return many.replace("The function returns", f"{capital} is")


def _unlike_entry(key: Any, truth: Mapping[Any, Any], received: Mapping[str, Any]) -> str | None:
    name = str(key)
    if received[name] is None and truth[key] is not None:
        return f"The entry {name!r} is None"
    form = unlike_form(truth[key], received[name])
    return _of_part(f"the entry {name!r}", form) if form else None


_EMPTY = "The result is an empty dictionary"


def as_array(value: Any) -> np.ndarray | None:
    """Return numbers as an array of float64; None for anything else."""
    if isinstance(value, Other | str | Mapping) or value is None:
        return None
    try:
        array = np.asarray(value)
    except ValueError:
        return None
    return array.astype(np.float64) if array.dtype.kind in "biuf" else None


def _kind(value: Any) -> str:
    if isinstance(value, Other):
        return in_words(value)
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, tuple):
        return f"a tuple of {len(value)} values"
    if isinstance(value, list):
        return "a list of strings" if any(isinstance(each, str) for each in value) else "a list"
    return "an array" if np.ndim(value) else "a number"
