"""Says in a title how numbers differ from the truth, where no mistake is known."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from checks.differences.number_patterns import VARYING, patterns
from checks.differences.unlike_form import ORDINALS, as_array
from checks.differences.values import agree, in_words

#: How a sentence about several entries begins.
_SEVERAL = "They are"

#: The truth and what was received, in the same form.
Pair = tuple[Any, Any]


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
    found = {_common_pattern(entries[name], tolerance) for name in names}
    return found.pop() if len(found) == 1 else None


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
    arrays = [(as_array(a), as_array(b)) for a, b in pairs if not agree(a, b, tolerance)]
    known = [(a, b) for a, b in arrays if a is not None and b is not None and a.shape == b.shape]
    if not known or len(known) < len(arrays):
        return None
    found = [dict(patterns(expected, actual, tolerance)) for expected, actual in known]
    common = [words for words in found[0] if all(words in each for each in found)]
    single = all(expected.size == 1 for expected, _ in known)
    for words in common:
        numbers = [each[words] for each in found]
        says = "{" not in words or len(known) > 1 or not single
        if says and np.allclose(numbers, numbers[0], rtol=max(tolerance, 1e-4)):
            title = words.format(numbers[0])
            return f"Where it is wrong, {_lowered(title)}" if len(known) < len(pairs) else title
    return next(filter(None, map(VARYING.get, common)), None) if not single else None


def leaning(pairs: Sequence[Pair], tolerance: float, subject: str = "The result is") -> str:
    """Say whether results are too large or too small.

    Args:
        pairs: The truths and the results of all calls, some of which are wrong.
        tolerance: Largest relative difference that counts as equal.
        subject: How a sentence about single numbers begins.
    """
    wrong = [pair for pair in pairs if not agree(*pair, tolerance)]
    arrays = [(as_array(a), as_array(b)) for a, b in wrong]
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


def _quoted(name: str) -> str:
    return name if name in ORDINALS else repr(name)


def _listed(names: Iterable[str]) -> str:
    *first, last = map(_quoted, names)
    return f"{', '.join(first)} and {last}"


def _lowered(title: str | None) -> str:
    return title[0].lower() + title[1:] if title else ""
