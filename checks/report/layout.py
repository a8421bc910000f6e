"""The lines of a report, as text and HTML both show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from checks.report.findings import Findings, Result

SIGNS = {"passed": "✓", "failed": "✗", "not run": "–"}


@dataclass(frozen=True)
class Line:
    """One result, or several in a row of which there is nothing more to say.

    Attributes:
        status: "passed", "failed" or "not run".
        label: What was checked.
        earned: What it earns, such as "0 of 1.5 points"; "" where that is not known or nothing.
        details: Words by name: "expected", "received", "why" and "hint", those that there are.
    """

    status: str
    label: str
    earned: str
    details: Mapping[str, str]


def headline(report: Findings) -> str:
    """Return the verdict in one line."""
    passed = sum(result.status == "passed" for result in report.results)
    words = f"{passed} of {len(report.results)} checks passed"
    if report.passed:
        words = f"all {passed} checks passed"
    cause = f" · {report.cause}" if report.cause else ""
    points = ""
    if report.earned is not None:
        points = f" · {report.earned:g} of {report.maximum:g} points"
    return f"{report.exercise}: {words}{cause}{points}"


def explained(report: Findings) -> str:
    """Return what is wrong and why it matters, and where in the learner's code; "" if unknown."""
    return " ".join(filter(None, (report.explanation, report.place)))


def lines(report: Findings) -> list[Line]:
    """Return the results of a report, line by line."""
    found = []
    for _, group in groupby(enumerate(report.results), _joinable):
        results = [result for _, result in group]
        status = results[0].status
        worth = round(sum(map(report.worth, results)), 2)
        earned = f"{worth:g}" if status == "passed" else f"0 of {worth:g}"
        points = f"{earned} point{'s' * (worth != 1)}" if worth else ""
        label = ", ".join(result.name for result in results)
        found.append(Line(status, label, points, _details(results[0])))
    return found


def _joinable(numbered: tuple[int, Result]) -> tuple[int | None, str, bool]:
    """Return a key that is the same for results that may share a line."""
    number, result = numbered
    return number if _details(result) else None, result.status, result.points > 0


def _details(result: Result) -> dict[str, str]:
    words = {
        "expected": result.expected,
        "received": result.received,
        "why": result.why,
        "hint": result.hint,
    }
    return {name: each for name, each in words.items() if each}
