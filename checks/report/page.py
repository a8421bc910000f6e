"""Renders a report as HTML for a notebook."""

from html import escape

from checks.differences.comparison import Comparison
from checks.report.drawing import draw
from checks.report.findings import Findings
from checks.report.layout import SIGNS, Line, explained, headline, lines

#: A page in other colours, a dark one say, sets these variables.
_COLOURS = {
    "passed": "var(--course-passed, #1b6e3c)",
    "failed": "var(--course-failed, #b03a12)",
    "not run": "var(--course-not-run, #5c6670)",
}


# Spelt out, because notebooks, feedback pages and browsers have different rules.
_CELL = "text-align: left; vertical-align: top; padding: 1px 14px 1px 0"
_SUMMARY = '<summary style="display: list-item; cursor: pointer">'


def render(report: Findings) -> str:
    """Return the report as HTML: verdict, results, explanation, and both networks drawn."""
    colour = _COLOURS["passed" if report.passed else "failed"]
    sign = SIGNS["passed" if report.passed else "failed"]
    results = "".join(map(_line, lines(report)))
    parts = [
        f'<div style="border-left: 4px solid {colour}; padding: 4px 14px; line-height: 1.45">',
        f'<p style="margin: 4px 0; font-weight: 600">{sign} {escape(headline(report))}</p>',
        _explained(report),
        f'<div style="margin: 6px 0">{results}</div>',
        _drawn(report.comparison) if report.comparison else "",
        f"<p>{escape(report.covered)}</p>" if report.covered else "",
        _printed(report.printed),
        "</div>",
    ]
    return "".join(parts)


def _explained(report: Findings) -> str:
    said = explained(report)
    words = f"<p>{escape(said)}</p>" if said else ""
    hints = "".join(
        f"<details>{_SUMMARY}Hint {number}</summary>{escape(hint)}</details>"
        for number, hint in enumerate(report.hints, start=1)
    )
    section = f"<p>Read again: {escape(report.section)}.</p>" if report.section else ""
    python = ""
    if report.traceback:
        message = f'<pre style="white-space: pre-wrap">{escape(report.traceback)}</pre>'
        python = f"<details>{_SUMMARY}Python's own message</summary>{message}</details>"
    return words + hints + python + section


def _line(line: Line) -> str:
    status = " (not run)" if line.status == "not run" else ""
    earned = f' <span style="opacity: 0.75">· {line.earned}</span>' if line.earned else ""
    sign = (
        f'<span style="color: {_COLOURS[line.status]}; font-weight: 600" '
        f'aria-label="{line.status}">{SIGNS[line.status]}</span>'
    )
    rows = "".join(
        f'<tr style="background: transparent"><td style="{_CELL}; opacity: 0.75">{name}</td>'
        f'<td style="{_CELL}">{escape(words)}</td></tr>'
        for name, words in line.details.items()
    )
    table = f'<table style="margin: 2px 0 6px 18px">{rows}</table>' if rows else ""
    return f"<div>{sign} {escape(line.label)}{status}{earned}</div>{table}"


def _drawn(comparison: Comparison) -> str:
    own = "Your network" if comparison.finished else "Your network, up to the error"
    pictures = (
        (own, comparison.received, comparison.received_marks),
        ("Expected", comparison.expected, comparison.expected_marks),
    )
    figures = "".join(
        f'<figure style="margin: 0 24px 8px 0"><figcaption><b>{title}</b></figcaption>'
        f"{draw(graph, marks, title)}</figure>"
        for title, graph, marks in pictures
    )
    return (
        f'<details open="open">{_SUMMARY}The two networks; where they part is marked ▶</summary>'
        f'<div style="display: flex; flex-wrap: wrap; align-items: flex-start">{figures}</div>'
        "</details>"
    )


def _printed(printed: str) -> str:
    if not printed.strip():
        return ""
    return f"<p>Your function printed:</p><pre>{escape(printed.rstrip())}</pre>"
