"""Says what a learner's function computed and never used."""

from collections.abc import Mapping
from typing import Any

from checks.numbers import first_of

MAXIMUM_NAMED = 3


def unused_in_words(value: Mapping[str, Any]) -> str:
    """Return a sentence on the layers whose results lead nowhere, or nothing if there are none.

    Args:
        value: What the probe says of a network.
    """
    listed = value.get("unused")
    known = [each for each in listed if isinstance(each, Mapping)] if listed else []
    if not known:
        return ""
    named = [f"{each.get('class')} (layer '{each.get('name')}')" for each in known]
    return f"Computed and never used: {first_of(named, MAXIMUM_NAMED)}."
