"""A class of every kind: right, partly right, untouched, late, misplaced, broken and hostile.

Those who did work of their own each have code of their own, as a comment in an answer; everybody's
name begins with their kind.
"""

import csv
import json
import zipfile
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode, from_dict

from resnet_course.grading.course.classroom import Classroom
from tests.resnet_course.grading.attacks import in_cells, in_files

LESSON = "02_identity_block"
NOTEBOOK = "identity_block.ipynb"
EXERCISES = ("conv_bn", "identity_block", "identity_block_parameters")
TENTH_AN_HOUR = """
from nbgrader.plugins import LateSubmissionPlugin

class TenthAnHour(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        return score * 0.1 * (total_seconds_late // 3600)

c.AssignLatePenalties.plugin_class = TenthAnHour
"""
LAST_LINE = 'return layers.ReLU(name=f"res{stage}{block}_relu")(X)'
DUE = datetime(2026, 1, 31, 12)

#: How many learners of each kind there are in a class of two hundred.
OF_TWO_HUNDRED = {
    "right": 40,
    "partly_right": 16,
    "untouched": 4,
    "late": 12,
    "misplaced": 12,
    "broken": 16,
    "hostile": 100,
}

MISTAKES: Sequence[Mapping[str, str]] = (
    {LAST_LINE: "return X"},
    {'padding="same"': 'padding="valid"'},
    {"layers.Add(": "layers.Multiply("},
    {LAST_LINE: "raise ValueError"},
)

#: Puts a notebook at the wrong place in the folder of submissions, and gives the learner's name if
#: that is another than the folder's.
Layout = Callable[[Path, str, str], str | None]


def _at(place: str, submitted: Path, student: str, notebook: str) -> None:
    path = submitted / place.format(student=student)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(notebook)


def _by_a_name_that_is_refused(submitted: Path, student: str, notebook: str) -> str:
    _at(f"{{student}}: A/{LESSON}/{NOTEBOOK}", submitted, student, notebook)
    return f"{student}: A"


def _zipped(submitted: Path, student: str, notebook: str) -> None:
    path = submitted / student / f"{LESSON}.zip"
    path.parent.mkdir(parents=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(NOTEBOOK, notebook)


def _nothing(submitted: Path, student: str, notebook: str) -> None:
    (submitted / student).mkdir(parents=True)


def _linked(submitted: Path, student: str, notebook: str) -> None:
    elsewhere = submitted.parent / "elsewhere" / student
    _at(f"{{student}}/{LESSON}/{NOTEBOOK}", elsewhere.parent, student, notebook)
    submitted.mkdir(exist_ok=True)
    (submitted / student).symlink_to(elsewhere)


LAYOUTS: Sequence[Layout] = (
    partial(_at, f"{{student}}/02_Identity_Block/{NOTEBOOK}"),
    partial(_at, f"{{student}}/{NOTEBOOK}"),
    partial(_at, f"{LESSON}/{{student}}/{NOTEBOOK}"),
    partial(_at, f"{{student}}/homework/week 2/{LESSON}/{NOTEBOOK}"),
    _by_a_name_that_is_refused,
    _zipped,
    _nothing,
    _linked,
)

BROKEN = [name for name in in_files.ATTACKS if name in in_files.NEEDS_ATTENTION]
HOSTILE = [*in_cells.ATTACKS, *(name for name in in_files.ATTACKS if name not in BROKEN)]


def make_mixed_class(
    classroom: Classroom, numbers: Mapping[str, int], hostile: Sequence[str] = HOSTILE
) -> list[str]:
    """Fill the folder of submissions, set a due date and what an hour costs after it.

    Args:
        classroom: A course folder with lesson 2, released.
        numbers: How many learners of each kind to make.
        hostile: Names of the attacks that those make who are hostile, in turns.

    Returns:
        The names of all learners, which begin with their kind.
    """
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{classroom.folder}/gradebook.db", "resnet-course") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE)
    with (classroom.folder / "nbgrader_config.py").open("a") as file:
        file.write(TENTH_AN_HOUR)
    make = _Maker(classroom, hostile)
    return [
        getattr(make, kind)(f"{kind}-{place:03d}", place)
        for kind, number in numbers.items()
        for place in range(number)
    ]


class _Maker:
    """Makes one submission at a time, and gives the name of its learner."""

    def __init__(self, classroom: Classroom, hostile: Sequence[str]) -> None:
        self.classroom = classroom
        self.attacks = hostile
        self.submitted = classroom.folder / "submitted"
        self.released = json.dumps(classroom.untouched(LESSON))

    def right(self, student: str, place: int) -> str:
        self.classroom.submit(student, LESSON, personal(self.classroom.answered(LESSON), student))
        return student

    def partly_right(self, student: str, place: int) -> str:
        wrong = self.classroom.answered(LESSON, MISTAKES[place % len(MISTAKES)])
        self.classroom.submit(student, LESSON, personal(wrong, student))
        return student

    def untouched(self, student: str, place: int) -> str:
        self.classroom.submit(student, LESSON, self.classroom.untouched(LESSON))
        return student

    def late(self, student: str, place: int) -> str:
        self.right(student, place)
        folder = self.submitted / student / LESSON
        (folder / "timestamp.txt").write_text(f"{DUE + timedelta(hours=1 + place)} UTC")
        return student

    def misplaced(self, student: str, place: int) -> str:
        layout = LAYOUTS[place % len(LAYOUTS)]
        notebook = personal(self.classroom.answered(LESSON), student)
        return layout(self.submitted, student, nbformat.writes(notebook)) or student

    def broken(self, student: str, place: int) -> str:
        return self._attack(student, BROKEN[place % len(BROKEN)])

    def hostile(self, student: str, place: int) -> str:
        return self._attack(student, self.attacks[place % len(self.attacks)])

    def _attack(self, student: str, name: str) -> str:
        student = f"{student}-{name}"
        notebook = json.loads(self.released)
        if name in in_files.ATTACKS:
            folder = self.submitted / student / LESSON
            folder.mkdir(parents=True)
            in_files.ATTACKS[name](folder, notebook, self.classroom.folder)
        else:
            source = in_cells.ATTACKS[name][1].replace("PORT", "9")
            self.classroom.submit(student, LESSON, instead_of_answers(notebook, source))
        return student


@dataclass(frozen=True)
class Outcome:
    """What a grader that was told `--csv scores.csv --json scores.json` leaves behind.

    Attributes:
        table: The names in the first column of the table.
        csv: The rows of the CSV by name.
        json: The students of the JSON by name.
        gradebook: The names of those who have a submission in the gradebook.
        exported: The rows of nbgrader's own export by name.
    """

    table: set[str]
    csv: Mapping[str, Mapping[str, str]]
    json: Mapping[str, Mapping[str, Any]]
    gradebook: set[str]
    exported: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, course: Path, printed: str) -> "Outcome":
        """Read what lies in a course folder, with what the command printed."""
        from nbgrader.api import Gradebook
        from nbgrader.plugins import CsvExportPlugin

        with Gradebook(f"sqlite:///{course}/gradebook.db", "resnet-course") as gradebook:
            submissions = gradebook.assignment_submissions(LESSON)
            names = {each.student.id for each in submissions}
            CsvExportPlugin(to=str(course / "exported.csv")).export(gradebook)
        return cls(
            {line.split("  ")[0] for line in printed.splitlines()},
            _rows(course / "scores.csv", "student"),
            json.loads((course / "scores.json").read_text())["students"],
            names,
            _rows(course / "exported.csv", "student_id"),
        )

    def missing(self, learners: Sequence[str]) -> dict[str, list[str]]:
        """Return which learners are not named where they should be."""
        places: dict[str, Container[str]] = {
            "table": self.table,
            "CSV": self.csv,
            "JSON": self.json,
            "gradebook": self.gradebook,
        }
        return {
            place: [name for name in learners if name not in named]
            for place, named in places.items()
        }

    def has_the_scores_of_the_export(self) -> bool:
        """Return whether all net scores of CSV and JSON are those of nbgrader's export."""
        return self.csv.keys() == self.exported.keys() and all(
            abs(float(self.exported[name]["score"]) - float(row["score"])) < 0.005
            and float(row["score"]) == self.json[name]["score"]
            for name, row in self.csv.items()
        )


def _rows(path: Path, key: str) -> dict[str, Mapping[str, str]]:
    with path.open() as file:
        return {row[key]: row for row in csv.DictReader(file)}


def personal(notebook: NotebookNode, student: str) -> NotebookNode:
    """Make an answered notebook one learner's own, by a comment in an answer."""
    cell = next(
        cell
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == EXERCISES[0]
    )
    cell.source += f"\n# Tried out by {student}."
    return notebook


def instead_of_answers(notebook: dict[str, Any], source: str) -> NotebookNode:
    """Put a source in place of the first answer, and nothing in place of the others."""
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in EXERCISES:
            cell["source"], source = source, ""
    return from_dict(notebook)
