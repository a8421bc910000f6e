"""Reads JSON that strangers wrote, unless it would take far more memory than its text."""

import json
import re
from typing import Any

#: Lists, objects, names and what stands in between: each takes Python up to 120 bytes.
MAXIMUM_VALUES = 1_000_000

#: A string whose escapes were taken out. One that never ends is one, too: else the search for its
#: end begins anew at each quotation mark in it.
_STRING = re.compile(rb'"[^"]*"?')


class TooManyValues(ValueError):
    """The JSON holds more values than there is memory for."""


def read_json(content: bytes) -> Any:
    """Read JSON in UTF-8, with or without a byte order mark.

    Raises:
        TooManyValues: If it may hold more than `MAXIMUM_VALUES`.
        ValueError: If it is not JSON.
        RecursionError: If it is nested too deeply.
    """
    total = _signs(content, 0, len(content))
    if total > MAXIMUM_VALUES:
        plain = content.replace(rb"\\", b"  ").replace(rb"\"", b"  ")
        # One after the other, as all of them at once would take what this is to save.
        for number, string in enumerate(_STRING.finditer(plain)):
            total -= _signs(plain, *string.span())
            if total <= MAXIMUM_VALUES or number > MAXIMUM_VALUES:
                break
    if total > MAXIMUM_VALUES:
        raise TooManyValues(f"it holds more than {MAXIMUM_VALUES:,} values")
    return json.loads(content.decode("utf-8-sig"))


def _signs(content: bytes, begin: int, end: int) -> int:
    """Count the signs of which there is at least one for each value but the first."""
    return sum(content.count(sign, begin, end) for sign in (b",", b":", b"[", b"{"))
