"""Says in a title how a result differs from the truth, where no mistake is known."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

import numpy as np

from checks.differences.values import agree, in_words
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
    expected, actual = _array(truth), _array(received)
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


#: How a sentence about several entries begins.
_SEVERAL = "They are"

_EMPTY = "The result is an empty dictionary"

#: The truth and what was received, in the same form.
Pair = tuple[Any, Any]

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
_VARYING = {
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


def unlike_numbers(pairs: Sequence[Pair], tolerance: float) -> str | None:
    """Say how results differ, if they follow a pattern that a title can say.

    Args:
        pairs: The truths and the results of all calls, some of which are wrong.
        tolerance: Largest relative difference that counts as equal.
    """
    truths, results = zip(*pairs, strict=True)
    parts = truths[0] if isinstance(truths[0], tuple | list) else [truths[0]]
    if not isinstance(truths[0], Mapping) and not any(map(np.ndim, parts)):
        words, expected = ({in_words(each) for each in side} for side in (results, truths))
        if len(words) == 1 < len(expected):
            return f"The result is {words.pop()} whatever the arguments are"
    if isinstance(truths[0], Mapping):
        return _unlike_entries(_by_key(pairs), pairs, tolerance)
    if isinstance(truths[0], tuple | list):
        entries = {
            name: [(truth[at], received[at]) for truth, received in pairs]
            for at, name in enumerate(ORDINALS[: len(truths[0])])
        }
        return _unlike_entries(entries, pairs, tolerance)
    return _common_pattern(pairs, tolerance)


def _by_key(pairs: Sequence[Pair]) -> dict[str, list[Pair]]:
    entries: dict[str, list[Pair]] = {}
    for truth, received in pairs:
        for key, value in truth.items():
            entries.setdefault(str(key), []).append((value, received[str(key)]))
    return entries


def _unlike_entries(
    entries: Mapping[str, Sequence[Pair]], pairs: Sequence[Pair], tolerance: float
) -> str | None:
    """Say which of several entries are wrong, and how."""

    def right(pairs: Sequence[Pair]) -> bool:
        return all(agree(*pair, tolerance) for pair in pairs)

    wrong = [name for name, each in entries.items() if not right(each)]
    together = [pair for name in wrong for pair in entries[name]]
    if len(wrong) == len(entries) and isinstance(pairs[0][0], Mapping):
        pattern = _common_pattern([_as_arrays(*pair) for pair in pairs], tolerance)
        if pattern:
            return f"In every entry: {_lowered(pattern)}"
    said = _alike(entries, wrong, tolerance)
    if not said and len(wrong) in (1, len(entries)):
        said = leaning(together, tolerance, _SEVERAL if len(wrong) > 1 else "It is")
    more = f": {_lowered(said)}" if said else ""
    if len(wrong) == 1:
        return f"Only {_quoted(wrong[0])} is wrong{more}"
    if len(wrong) < len(entries):
        return f"{_listed(wrong)} are wrong{more}"
    if isinstance(pairs[0][0], Mapping):
        return f"Every entry is wrong{more}"
    return f"{'Both' if len(entries) == 2 else 'All'} values are wrong{more}"


def _alike(
    entries: Mapping[str, Sequence[Pair]], names: Sequence[str], tolerance: float
) -> str | None:
    """Return the pattern that each of these entries follows by itself, if it is the same."""
    patterns = {_common_pattern(entries[name], tolerance) for name in names}
    return patterns.pop() if len(patterns) == 1 else None


def _as_arrays(truth: Mapping[Any, Any], received: Mapping[str, Any]) -> Pair:
    """Return the entries of two dictionaries in one order, as arrays where they are numbers."""
    values = [(value, received[str(key)]) for key, value in truth.items()]
    if any(np.ndim(value) for value, _ in values):
        return truth, received
    expected, actual = zip(*values, strict=True)
    return np.asarray(expected), np.asarray(actual)


def _common_pattern(pairs: Sequence[Pair], tolerance: float) -> str | None:
    """Say the pattern that all wrong results follow.

    One number differs from another by some factor always, so a factor has to be that of several.
    """
    arrays = [(_array(a), _array(b)) for a, b in pairs if not agree(a, b, tolerance)]
    known = [(a, b) for a, b in arrays if a is not None and b is not None and a.shape == b.shape]
    if not known or len(known) < len(arrays):
        return None
    found = [dict(_patterns(expected, actual, tolerance)) for expected, actual in known]
    common = [words for words in found[0] if all(words in each for each in found)]
    single = all(expected.size == 1 for expected, _ in known)
    for words in common:
        numbers = [each[words] for each in found]
        says = "{" not in words or len(known) > 1 or not single
        if says and np.allclose(numbers, numbers[0], rtol=max(tolerance, 1e-4)):
            title = words.format(numbers[0])
            return f"Where it is wrong, {_lowered(title)}" if len(known) < len(pairs) else title
    return next(filter(None, map(_VARYING.get, common)), None) if not single else None


def leaning(pairs: Sequence[Pair], tolerance: float, subject: str = "The result is") -> str:
    """Say whether results are too large or too small.

    Args:
        pairs: The truths and the results of all calls, some of which are wrong.
        tolerance: Largest relative difference that counts as equal.
        subject: How a sentence about single numbers begins.
    """
    wrong = [pair for pair in pairs if not agree(*pair, tolerance)]
    arrays = [(_array(a), _array(b)) for a, b in wrong]
    signs = {
        bool(sign)
        for expected, actual in arrays
        if expected is not None and actual is not None
        for sign in np.ravel(actual > expected)[_unlike(expected, actual, tolerance)]
    }
    several = any(expected is not None and expected.ndim for expected, _ in arrays)
    where = ", where it is wrong" if len(wrong) < len(pairs) and not several else ""
    subject = "The numbers are" if several else subject
    if len(signs) == 1:
        return f"{subject} too {'large' if signs.pop() else 'small'}{where}"
    if several:
        return "Some of the numbers are too large and some too small"
    if subject == _SEVERAL:
        return "Some are too large and some too small"
    return f"{subject} too large in some calls and too small in others"


def _unlike(expected: np.ndarray, actual: np.ndarray, tolerance: float) -> np.ndarray:
    scale = float(np.max(np.abs(expected), initial=0.0, where=np.isfinite(expected)))
    return ~np.isclose(np.ravel(actual), np.ravel(expected), tolerance, tolerance * scale)


def _patterns(
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


def _array(value: Any) -> np.ndarray | None:
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


def _quoted(name: str) -> str:
    return name if name in ORDINALS else repr(name)


def _listed(names: Iterable[str]) -> str:
    *first, last = map(_quoted, names)
    return f"{', '.join(first)} and {last}"


def _lowered(title: str | None) -> str:
    return title[0].lower() + title[1:] if title else ""
