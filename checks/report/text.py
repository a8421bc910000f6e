"""Renders a report as plain text for a terminal."""

import os
import textwrap
from collections.abc import Iterator
from typing import Any

from checks.report.findings import Findings
from checks.report.layout import SIGNS, Line, explained, headline, lines

_COLOURS = {"✓": "32", "✗": "31", "–": "90"}
_WIDTH = 88


def render(report: Findings, colour: bool = False) -> str:
    """Return the report as text of at most 88 columns.

    Args:
        report: The report.
        colour: Whether to colour the verdict and the signs, for a terminal.
    """
    return "\n".join(_coloured(line) if colour else line for line in _lines(report))


def colourful(stream: Any) -> bool:
    """Return whether a stream shows colours, and whoever reads it has not switched them off.

    Source: no-color.org for the environment variables.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or bool(getattr(stream, "isatty", bool)())


def graded_in_short(report: Findings) -> str:
    """Return in a line what grading found with other cases, without telling them."""
    failed = [result.name for result in report.results if result.status == "failed"]
    words = f" (failed: {', '.join(failed)})" if failed else ""
    return f"Graded with probes drawn afresh. {headline(report)}{words}"


def _lines(report: Findings) -> Iterator[str]:
    yield headline(report)
    yield ""
    for line in lines(report):
        yield from _line(line)
    if words := explained(report):
        yield ""
        yield from _wrapped(words)
    if len(report.hints) > 1:
        name = report.exercise
        yield from _wrapped(f"More hints: checks.run({name!r}, {name}).hints")
    if report.traceback:
        name = report.exercise
        yield from _wrapped(f"Python's own message: print(checks.run({name!r}, {name}).traceback)")
    if report.section:
        yield from _wrapped(f"Read again: {report.section}")
    if report.covered:
        yield ""
        yield from _wrapped(report.covered)
    if report.printed.strip():
        yield ""
        yield "Your function printed:"
        yield from textwrap.indent(report.printed.rstrip(), "  ").splitlines()


def _line(line: Line) -> Iterator[str]:
    status = "  (not run)" if line.status == "not run" else ""
    earned = f"  · {line.earned}" if line.earned else ""
    sign = f"  {SIGNS[line.status]} "
    yield from _wrapped(f"{line.label}{status}{earned}", sign, " " * len(sign))
    for name, words in line.details.items():
        yield from _wrapped(words, f"      {name:<9} ", " " * 16)


def _coloured(line: str) -> str:
    """Colour the sign at the beginning of a result's line."""
    sign = line.strip()[:1]
    if line.startswith(f"  {sign} ") and sign in _COLOURS:
        return line.replace(sign, f"\x1b[{_COLOURS[sign]}m{sign}\x1b[0m", 1)
    return line


def _wrapped(words: str, first: str = "", others: str = "") -> list[str]:
    return textwrap.wrap(words, _WIDTH, initial_indent=first, subsequent_indent=others) or [first]
