"""Says in which line of a learner's code their network parts from the expected one."""

from collections.abc import Mapping, Sequence

from checks.differences.comparison import Comparison
from checks.evidence import Record

#: The number of a line of code, and the line.
Line = tuple[int, str]


def place(comparison: Comparison, record: Record) -> str:
    """Return a sentence about the line where two networks part; nothing where it is not known.

    Args:
        comparison: The networks.
        record: What the probe says of the call that gave the learner's.
    """
    if found := lines_of(comparison.at, record.lines):
        words = "The first layer that is not as expected comes from"
    elif found := lines_of(comparison.after, record.lines):
        words = "Something is missing after"
    named = record.error.line_number if record.error else None
    if not found or named in dict(found):  # the error names its line already
        return ""
    return f"{words} {' and there from '.join(map(in_words, found))}."


def lines_of(layer: str, lines: Mapping[str, Sequence[Line]]) -> list[Line]:
    """Return where a layer was called, or the layer or model of the learner's that it is part of.

    Args:
        layer: The name of the layer; in what is part of another, after that one's and a slash.
        lines: What the probe says of the lines of layers.
    """
    while layer not in lines:
        layer, slash, _ = layer.rpartition("/")
        if not slash:
            return []
    return [(number, text) for number, text in lines[layer] if text]


def in_words(line: Line) -> str:
    """Return the number of a line and its code."""
    number, text = line
    return f"line {number}: `{text}`"
