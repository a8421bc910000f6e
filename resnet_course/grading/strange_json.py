"""Reads JSON that strangers wrote, unless it would take far more memory than its text."""

import json
from typing import Any

#: Lists, objects and members: each takes Python about a hundred bytes, and two letters of text.
MAXIMUM_VALUES = 1_000_000


class TooManyValues(ValueError):
    """The JSON holds more values than there is memory for."""


def read_json(content: bytes) -> Any:
    """Read JSON in UTF-8, with or without a byte order mark.

    Raises:
        TooManyValues: If it may hold more than `MAXIMUM_VALUES`.
        ValueError: If it is no JSON.
        RecursionError: If it is nested too deeply.
    """
    if sum(map(content.count, (b",", b"[", b"{"))) > MAXIMUM_VALUES:
        raise TooManyValues(f"it holds more than {MAXIMUM_VALUES:,} values")
    return json.loads(content.decode("utf-8-sig"))
