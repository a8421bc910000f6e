"""A course folder in which nbgrader releases, grades and gives feedback."""

import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from resnet_course.authoring.release import release_lesson
from resnet_course.configuration import CONFIG, load_configuration
from resnet_course.errors import CourseError
from resnet_course.quiet import silent_stderr


@dataclass(frozen=True)
class Score:
    """What a learner got for one graded cell.

    Attributes:
        cell: The cell's nbgrader id, such as "check_identity_block".
        points: Points given; None where a person has to grade it.
        maximum: Points that can be had.
        by_hand: Whether a person grades the cell, as a written answer.
    """

    cell: str
    points: float | None
    maximum: float
    by_hand: bool


class Classroom:
    """nbgrader's own engine on one course folder, with the course's settings."""

    def __init__(self, folder: Path) -> None:
        """Open a folder that holds `nbgrader_config.py` and `solutions/`.

        Raises:
            CourseError: If it does not hold them.
        """
        for name in (CONFIG, "solutions"):
            if not (folder / name).exists():
                raise CourseError(
                    f"{folder} is not a course folder: it holds no {name}. Name the folder that "
                    "holds both nbgrader_config.py and solutions/."
                )
        self.folder = folder.resolve()

    @classmethod
    def copied(cls, course: Path, folder: Path, lessons: Sequence[str]) -> "Classroom":
        """Make a new course folder with some of a course's lessons, without any gradebook.

        Args:
            course: The course to copy from.
            folder: The folder to make.
            lessons: Names of lessons, such as "02_identity_block".
        """
        source = cls(course).folder
        folder.mkdir(parents=True)
        shutil.copy(source / CONFIG, folder / CONFIG)
        for lesson in lessons:
            shutil.copytree(source / "solutions" / lesson, folder / "solutions" / lesson)
        return cls(folder)

    def release(self, lesson: str) -> Path:
        """Make what learners get, and return its notebook."""
        with _quiet():
            release_lesson(load_configuration(self.folder), lesson, record=True)
        return self._notebook("lessons", lesson)

    def submit(self, student: str, lesson: str, notebook: NotebookNode) -> None:
        """Put a learner's notebook where nbgrader expects submissions."""
        folder = self.folder / "submitted" / student / lesson
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / self._notebook("solutions", lesson).name)

    def untouched(self, lesson: str) -> NotebookNode:
        """Return the notebook of a lesson as it was released."""
        return nbformat.read(self._notebook("lessons", lesson), as_version=4)

    def answered(self, lesson: str, changes: Mapping[str, str] | None = None) -> NotebookNode:
        """Return the released notebook of a lesson with its answers filled in.

        Args:
            lesson: Name of the lesson. It has been released.
            changes: Parts of the answers to replace, by what to replace them with: this is how
                to make a learner who is partly wrong.

        Raises:
            CourseError: If a change does not occur in the answers.
        """
        notebook = self.untouched(lesson)
        answers = _answers(nbformat.read(self._notebook("solutions", lesson), as_version=4))
        for old, new in (changes or {}).items():
            if not any(old in answer for answer in answers.values()):
                raise CourseError(f"the answers of {lesson} do not contain {old!r}.")
            answers = {name: answer.replace(old, new) for name, answer in answers.items()}
        for cell in notebook.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = answers.get(name, cell.source)
        return notebook

    def autograde(self, lesson: str, student: str) -> None:
        """Grade one submission."""
        self._run("autograde", lesson, student)

    def give_feedback(self, lesson: str, student: str) -> Path:
        """Write the feedback on one submission, and return the page."""
        self._run("generate_feedback", lesson, student)
        return next((self.folder / "feedback" / student / lesson).glob("*.html"))

    def scores(self, lesson: str, student: str) -> list[Score]:
        """Return what a learner got, cell by cell."""
        with closing(self._api().gradebook) as gradebook:
            submission = gradebook.find_submission(lesson, student)
            return [
                Score(
                    grade.name,
                    None if grade.needs_manual_grade else grade.score,
                    grade.max_score,
                    by_hand=grade.cell.cell_type != "code",
                )
                for notebook in submission.notebooks
                for grade in notebook.grades
            ]

    def _run(self, command: str, *names: str) -> None:
        """Run one of nbgrader's commands. What it and the kernels log goes nowhere."""
        with _quiet():
            done = getattr(self._api(), command)(*names)
        if not done["success"]:
            reason = str(done.get("error") or done.get("log") or "no reason given").strip()
            raise CourseError(
                f"nbgrader's {command} failed for {' of '.join(names)}: {reason.splitlines()[-1]}"
            )

    def _api(self) -> Any:
        from nbgrader.apps import NbGraderAPI

        config = load_configuration(self.folder)
        config.NbGraderAPI.log_level = "ERROR"
        return NbGraderAPI(config=config)

    def _notebook(self, kind: str, lesson: str) -> Path:
        notebooks = sorted((self.folder / kind / lesson).glob("*.ipynb"))
        if not notebooks:
            raise CourseError(f"{self.folder / kind / lesson} holds no notebook: build it first.")
        return notebooks[0]


@contextmanager
def _quiet() -> Iterator[None]:
    with silent_stderr(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _answers(solved: NotebookNode) -> dict[str, str]:
    """Return the answers in a solved notebook by the names of their cells."""
    return {
        cell.metadata["nbgrader"]["grade_id"]: "\n".join(
            line for line in cell.source.splitlines() if not line.strip().startswith("### ")
        )
        for cell in solved.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
