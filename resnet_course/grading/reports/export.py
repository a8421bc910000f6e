"""Scores as the spreadsheets of Canvas and Moodle take them, as a plain one, and as JSON."""

import csv
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from types import MappingProxyType
from typing import Any

from resnet_course.errors import CourseError
from resnet_course.files import new_file
from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.records.gradebook import Entry
from resnet_course.grading.records.lateness import Late

FORMATS = ("plain", "canvas", "moodle")

#: What the gradebook says of each student, by nbgrader's name of the cell.
Scores = Mapping[str, Mapping[str, Entry]]

#: How late each student was. Who is not in it was not.
Lateness = Mapping[str, Late]
_NOBODY: Lateness = MappingProxyType({})


def write_csv(
    path: Path,
    assignment: Assignment,
    scores: Scores,
    layout: str,
    late: Lateness = _NOBODY,
    problems: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Write net scores, as `nbgrader export` does, as a table of comma-separated values.

    Args:
        path: The file to write.
        assignment: The lesson.
        scores: What the gradebook says.
        layout: "plain", "canvas" (Gradebook, Import) or "moodle" (Grades, Import, CSV file).
        late: How late each student was.
        problems: By student: what needs a person's attention, for the plain layout.

    Raises:
        CourseError: If the layout is none of these.
    """
    if layout not in FORMATS:
        raise CourseError(f"the format must be one of {', '.join(FORMATS)}, not {layout!r}.")
    rows = {"plain": _plain, "canvas": _canvas, "moodle": _moodle}[layout](assignment, scores, late)
    if layout == "plain":
        rows[0].append("needs_attention")
        for row, student in zip(rows[1:], scores, strict=True):
            row.append(problems.get(student, ""))
    with new_file(path) as aside, aside.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([[_safe(each) for each in row] for row in rows])


def write_json(
    path: Path,
    assignment: Assignment,
    scores: Scores,
    reasons: Mapping[str, Mapping[str, Any]],
    late: Lateness = _NOBODY,
) -> None:
    """Write net scores, as `nbgrader export` does, and their reasons as JSON.

    Args:
        path: The file to write.
        assignment: The lesson.
        scores: What the gradebook says.
        reasons: By student: `problem`, `notes` and `reasons` by name of the graded cell.
        late: How late each student was.
    """
    content = {
        "lesson": assignment.lesson,
        "maximum": sum(cell.points for cell in assignment.graded.values()),
        "students": {
            student: {
                "score": net(student, entries, late),
                "raw_score": total(entries),
                "late_submission_penalty": _penalty(student, late),
                "seconds_late": late.get(student, Late()).seconds,
                "waits_for_a_person": any(entry.waits for entry in entries.values()),
                **reasons.get(student, {}),
                "cells": {name: asdict(entry) for name, entry in entries.items()},
            }
            for student, entries in scores.items()
        },
    }
    with new_file(path) as aside:
        aside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def total(entries: Mapping[str, Entry]) -> float:
    """Return the points of a submission before anything is taken off."""
    return round(sum(entry.score for entry in entries.values()), 2)


def net(student: str, entries: Mapping[str, Entry], late: Lateness) -> float:
    """Return the points of a submission after what being late costs."""
    return late.get(student, Late()).net(sum(entry.score for entry in entries.values()))


def _penalty(student: str, late: Lateness) -> float:
    return round(late.get(student, Late()).penalty, 2)


def _plain(assignment: Assignment, scores: Scores, late: Lateness) -> list[list[Any]]:
    names = list(assignment.graded)
    columns = ["student", "lesson", "raw_score", "late_submission_penalty", "score", "maximum"]
    rows: list[list[Any]] = [[*columns, "waits", *names]]
    for student, entries in scores.items():
        maximum = sum(cell.points for cell in assignment.graded.values())
        waits = sum(entry.maximum for entry in entries.values() if entry.waits)
        points = [round(entries[name].score, 2) if name in entries else "" for name in names]
        summary = [total(entries), _penalty(student, late), net(student, entries, late), maximum]
        rows.append([student, assignment.lesson, *summary, waits, *points])
    return rows


def _canvas(assignment: Assignment, scores: Scores, late: Lateness) -> list[list[Any]]:
    maximum = sum(cell.points for cell in assignment.graded.values())
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment.lesson]
    rows = [
        [student, "", "", student, "", net(student, each, late)] for student, each in scores.items()
    ]
    return [head, ["    Points Possible", "", "", "", "", maximum], *rows]


def _moodle(assignment: Assignment, scores: Scores, late: Lateness) -> list[list[Any]]:
    head = ["username", assignment.lesson, "feedback"]
    rows = [
        [student, net(student, each, late), _remarks(each, _penalty(student, late))]
        for student, each in scores.items()
    ]
    return [head, *rows]


def _remarks(entries: Mapping[str, Entry], penalty: float) -> str:
    names: Sequence[str] = [name for name, entry in entries.items() if entry.waits]
    waiting = f"Not graded yet: {', '.join(names)}" if names else ""
    taken_off = f"Taken off for being late: {penalty:g} of {total(entries):g}" if penalty else ""
    return "; ".join(filter(None, (taken_off, waiting)))


def _safe(value: Any) -> Any:
    """Return text that a spreadsheet takes for text, and for no formula."""
    first = unicodedata.normalize("NFKC", value.lstrip()[:1]) if isinstance(value, str) else ""
    if first in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{value}"
    return value
