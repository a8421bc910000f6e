"""Renders a report as plain text for a terminal."""

import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from checks.report import Report, Result

_SIGNS = {"passed": "✓", "failed": "✗", "not run": "–"}
_WIDTH = 88


def render(report: "Report") -> str:
    """Return the report as text of at most 88 columns."""
    return "\n".join(_lines(report))


def headline(report: "Report") -> str:
    """Return the verdict in one line."""
    passed = sum(result.status == "passed" for result in report.results)
    if report.passed:
        return f"{report.exercise}: all {passed} checks passed"
    cause = f" · {report.cause}" if report.cause else ""
    return f"{report.exercise}: {passed} of {len(report.results)} checks passed{cause}"


def _lines(report: "Report") -> Iterator[str]:
    yield headline(report)
    yield ""
    for result in report.results:
        yield from _result_lines(result)
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


def _result_lines(result: "Result") -> Iterator[str]:
    status = "  (not run)" if result.status == "not run" else ""
    yield f"  {_SIGNS[result.status]} {result.name}{status}"
    fields = {
        "expected": result.expected,
        "received": result.received,
        "why": result.why,
        "hint": result.hint,
    }
    for name, words in fields.items():
        if words:
            yield from _wrapped(words, f"      {name:<9} ", " " * 16)


def _wrapped(words: str, first: str = "", others: str = "") -> list[str]:
    return textwrap.wrap(words, _WIDTH, initial_indent=first, subsequent_indent=others) or [first]
