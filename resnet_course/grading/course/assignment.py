"""What an instructor's solved notebook says about a lesson: cells, exercises, points."""

import ast
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from resnet_course.errors import CourseError

Role = Literal["exercise", "check", "question", "setup", "experiment", "shown"]


@dataclass(frozen=True)
class Cell:
    """A cell of the solved notebook.

    Attributes:
        role: "exercise" and "check" belong together, "question" is answered in words, "setup" runs
            always, "experiment" only when asked, "shown" where something needs it.
        identifier: The cell's id.
        source: Its text.
        kind: "code", "markdown" or "raw".
        grade_id: nbgrader's name for it, if it has one.
        points: What it is worth.
        exercise: For a check: the exercise that it checks; None if it is not a call of `checks`.
    """

    role: Role
    identifier: str
    source: str
    kind: str
    grade_id: str | None = None
    points: float = 0.0
    exercise: str | None = None


@dataclass(frozen=True)
class Assignment:
    """A lesson as its instructor wrote it.

    Attributes:
        lesson: nbgrader's name of the assignment, such as "02_identity_block".
        path: The solved notebook.
        cells: Its cells, in order.
    """

    lesson: str
    path: Path
    cells: Sequence[Cell]

    @property
    def notebook(self) -> str:
        """The notebook's name without its suffix."""
        return self.path.stem

    @cached_property
    def graded(self) -> dict[str, Cell]:
        """The cells that bring points, by nbgrader's name."""
        return {
            str(cell.grade_id): cell for cell in self.cells if cell.role in ("check", "question")
        }

    @cached_property
    def checks(self) -> dict[str, Cell]:
        """The checks that can be judged here, by nbgrader's name."""
        return {name: cell for name, cell in self.graded.items() if cell.exercise}

    @cached_property
    def answers(self) -> set[str]:
        """Names of the functions that learners have to write."""
        return {str(cell.exercise) for cell in self.checks.values()}

    @cached_property
    def named(self) -> dict[str, Cell]:
        """All cells that nbgrader knows, by its name for them."""
        return {cell.grade_id: cell for cell in self.cells if cell.grade_id}

    @cached_property
    def modules(self) -> list[str]:
        """Modules that the cells import which run when grading, in order."""
        sources = [cell.source for cell in self.code if cell.role in ("setup", "exercise")]
        return list(dict.fromkeys(each for source in sources for each in _imported(source)))

    @property
    def code(self) -> list[Cell]:
        """The cells of code."""
        return [cell for cell in self.cells if cell.kind == "code"]

    @cached_property
    def digest(self) -> str:
        """A digest of all that grading depends on in the solved notebook."""
        return hashlib.sha256(repr(self.cells).encode()).hexdigest()


def lesson_notebooks(course: Path, source: str) -> dict[str, str]:
    """Return the names of a course's lessons, each with that of its notebook, without suffix.

    Args:
        course: The course folder.
        source: Name of the folder of solved notebooks, such as "solutions".
    """
    found = {path.parent.name: path.stem for path in (course / source).glob("*/*.ipynb")}
    return dict(sorted(found.items()))


def other_lessons(course: Path, source: str, lesson: str) -> list[Assignment]:
    """Read the solved notebooks of all lessons but one, as far as they can be read.

    Args:
        course: The course folder.
        source: Name of the folder of solved notebooks, such as "solutions".
        lesson: Name of the lesson to leave out.
    """
    found = []
    for name in lesson_notebooks(course, source):
        with suppress(CourseError):
            found += [read_assignment(course, source, name)] if name != lesson else []
    return found


def read_assignment(course: Path, source: str, lesson: str) -> Assignment:
    """Read the solved notebook of a lesson.

    Args:
        course: The course folder.
        source: Name of the folder of solved notebooks, such as "solutions".
        lesson: Name of the lesson.

    Raises:
        CourseError: If there is no such lesson, or nothing in it is graded.
    """
    from checks import exercise_names

    folder = course / source / lesson
    notebooks = sorted(folder.glob("*.ipynb")) if folder.is_dir() else []
    if len(notebooks) != 1:
        known = [path.name for path in sorted((course / source).iterdir()) if path.is_dir()]
        raise CourseError(
            f"{folder} holds {len(notebooks) or 'no'} solved notebook{'s' * bool(notebooks)}, and "
            f"one is needed. The lessons here are {', '.join(known) or 'none'}."
        )
    try:
        content = json.loads(notebooks[0].read_text(encoding="utf-8"))
        cells = [_cell(cell, exercise_names()) for cell in content["cells"]]
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{notebooks[0]} is not a notebook of format 4: build it again."
        ) from error
    assignment = Assignment(lesson, notebooks[0], cells)
    if not assignment.graded:
        raise CourseError(f"nothing is graded in {notebooks[0]}: no cell of it has points.")
    return assignment


def _cell(cell: Mapping[str, Any], exercises: Sequence[str]) -> Cell:
    metadata = cell["metadata"]
    marks = metadata.get("nbgrader", {})
    source = "".join(cell["source"])
    exercise = _checked(source, exercises) if marks.get("grade") else None
    return Cell(
        _role(cell["cell_type"], marks, metadata.get("tags", ())),
        cell.get("id", ""),
        source,
        cell["cell_type"],
        marks.get("grade_id"),
        float(marks.get("points") or 0.0),
        exercise,
    )


def _role(kind: str, marks: Mapping[str, Any], tags: Sequence[str]) -> Role:
    if marks.get("grade"):
        return "question" if marks.get("solution") or marks.get("task") else "check"
    if marks.get("solution"):
        return "exercise"
    if "experiment" in tags:
        return "experiment"
    return "setup" if "setup" in tags else "shown"


def _checked(source: str, exercises: Sequence[str]) -> str | None:
    """Return the exercise that a graded cell checks, as in `checks.conv_bn(conv_bn)`."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return None
    for node in nodes:
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "checks"
            and node.func.attr in exercises
        ):
            return node.func.attr
    return None


def _imported(source: str) -> Iterator[str]:
    """Yield the modules that a cell imports."""
    with suppress(SyntaxError):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module
