"""The table of a class in the terminal, and what is said below it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_course.grading.reports.line import Line


def table(names: Sequence[str], lines: Sequence["Line"]) -> list[str]:
    """Return the lines of a table: students, their points cell by cell, and what needs a person.

    Where being late cost points, two more columns say what the work got, and what was taken off.

    Args:
        names: nbgrader's names of the graded cells.
        lines: How the submissions fared.
    """
    titles = [name.removeprefix("check_") for name in names]
    penalised = any(line.late.penalty for line in lines)
    rows = [["student", "points", *["score", "late"] * penalised, *titles]]
    for line in lines:
        score = sum(entry.score for entry in line.entries.values())
        maximum = sum(entry.maximum for entry in line.entries.values())
        taken_off = f"{-round(line.late.penalty, 2):g}" if line.late.penalty else ""
        before = [f"{round(score, 2):g}", taken_off] * penalised
        cells = [_points(line.entries.get(name)) for name in names]
        points = f"{line.late.net(score):g}/{maximum:g}" if line.entries else "–"
        rows.append([printable(line.student), points, *before, *cells])
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    text = [
        "  ".join(
            word.ljust(width) if column == 0 else word.rjust(width)
            for column, (word, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return [text[0], "─" * max(map(len, text)), *text[1:], "", *_summary(lines)]


def _points(entry: Any) -> str:
    if entry is None:
        return "–"
    waits = entry.waits and entry.automatic is None and entry.manual is None
    return "by hand" if waits else f"{round(entry.score, 2):g}"


def _summary(lines: Sequence["Line"]) -> list[str]:
    graded = [line for line in lines if line.marked]
    fresh = sum(line.fresh for line in graded)
    waiting = sum(any(entry.waits for entry in line.entries.values()) for line in lines)
    penalised = sum(line.fresh_penalty for line in lines)
    unchanged = len(graded) - fresh - penalised
    new_penalty = f"{penalised} with a new late penalty, " if penalised else ""
    words = [f"{fresh} graded now, {new_penalty}{unchanged} unchanged since the last run."]
    if waiting:
        words.append(f"{waiting} wait for a person in formgrader.")
    words += [
        f"needs attention: {printable(line.student)}: {printable(problem)}"
        for line in lines
        for problem in line.problems
    ]
    notes = [(line.student, note) for line in lines if line.marked for note in line.marked.notes]
    return [*words, *(f"note: {printable(student)}: {printable(note)}" for student, note in notes)]


def reasons(lines: Sequence["Line"]) -> dict[str, dict[str, Any]]:
    """Return why each student has the points that they have, and what needs attention."""
    return {
        line.student: {
            "problem": line.problem,
            "misplaced": list(line.misplaced),
            "processor_seconds": round(line.marked.processor_seconds, 2) if line.marked else 0.0,
            "notes": list(line.marked.notes) if line.marked else [],
            "reasons": {
                name: [mark.headline, *mark.notes]
                for name, mark in (line.marked.marks if line.marked else {}).items()
            },
        }
        for line in lines
    }


def printable(text: str) -> str:
    """Return text that a terminal shows and does not obey."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
