"""Renders a report as plain text for a terminal."""

import os
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from checks.report import Report, Result

_SIGNS = {"passed": "✓", "failed": "✗", "not run": "–"}
_COLOURS = {"✓": "32", "✗": "31", "–": "90"}
_WIDTH = 88


def render(report: "Report", colour: bool = False) -> str:
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


def headline(report: "Report") -> str:
    """Return the verdict in one line."""
    passed = sum(result.status == "passed" for result in report.results)
    words = f"{passed} of {len(report.results)} checks passed"
    if report.passed:
        words = f"all {passed} checks passed"
    cause = f" · {report.cause}" if report.cause else ""
    return f"{report.exercise}: {words}{cause}{_points(report)}"


def graded_in_short(report: "Report") -> str:
    """Return what grading found with probes of its own, in a line that does not tell the probes."""
    failed = [result.name for result in report.results if result.status == "failed"]
    words = f" (failed: {', '.join(failed)})" if failed else ""
    return f"Graded with probes drawn afresh. {headline(report)}{words}"


def _points(report: "Report") -> str:
    if report.earned is None:
        return ""
    return f" · {report.earned:g} of {report.maximum:g} points"


def _lines(report: "Report") -> Iterator[str]:
    yield headline(report)
    yield ""
    for result in report.results:
        yield from _result_lines(result, worth(report, result))
    if report.explanation:
        yield ""
        yield from _wrapped(report.explanation)
    if len(report.hints) > 1:
        name = report.exercise
        yield from _wrapped(f"More hints: checks.run({name!r}, {name}).hints")
    if report.section:
        yield from _wrapped(f"Read again: {report.section}")
    if report.covered:
        yield ""
        yield from _wrapped(report.covered)
    if report.printed.strip():
        yield ""
        yield "Your function printed:"
        yield from textwrap.indent(report.printed.rstrip(), "  ").splitlines()


def worth(report: "Report", result: "Result") -> str:
    """Return what a result earns, such as "0 of 0.56 points"; "" where that is not known."""
    points = round(report.worth(result), 2)
    earned = f"{points:g}" if result.status == "passed" else f"0 of {points:g}"
    return f"{earned} point{'s' * (points != 1)}" if points else ""


def _result_lines(result: "Result", worth: str) -> Iterator[str]:
    status = "  (not run)" if result.status == "not run" else ""
    earned = f"  · {worth}" if worth else ""
    yield f"  {_SIGNS[result.status]} {result.name}{status}{earned}"
    fields = {
        "expected": result.expected,
        "received": result.received,
        "why": result.why,
        "hint": result.hint,
    }
    for name, words in fields.items():
        if words:
            yield from _wrapped(words, f"      {name:<9} ", " " * 16)


def _coloured(line: str) -> str:
    """Colour the sign at the beginning of a result's line."""
    sign = line.strip()[:1]
    if line.startswith(f"  {sign} ") and sign in _COLOURS:
        return line.replace(sign, f"\x1b[{_COLOURS[sign]}m{sign}\x1b[0m", 1)
    return line


def _wrapped(words: str, first: str = "", others: str = "") -> list[str]:
    return textwrap.wrap(words, _WIDTH, initial_indent=first, subsequent_indent=others) or [first]
