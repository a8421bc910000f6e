"""Writes marks to nbgrader's gradebook, and reads scores from it."""

import os
import shutil
import sys
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from resnet_course.errors import CourseError
from resnet_course.grading import harmless
from resnet_course.grading.assignment import Assignment
from resnet_course.grading.course import Course
from resnet_course.grading.marking import Marked
from resnet_course.grading.template import is_unanswered, released_cells


@dataclass(frozen=True)
class Entry:
    """What the gradebook says of one graded cell of a submission.

    Attributes:
        automatic: Points that the grader gave; None where a person has to.
        manual: Points that a person gave; None if nobody did.
        score: The points that count.
        maximum: What can be had.
        waits: Whether a person should look at it.
        comment: What a person wrote about it.
    """

    automatic: float | None
    manual: float | None
    score: float
    maximum: float
    waits: bool
    comment: str = ""


class Gradebook:
    """nbgrader's gradebook, opened for one lesson."""

    def __init__(self, course: Course, assignment: Assignment) -> None:
        """Open the gradebook, and record the lesson in it if it is not there as it is now.

        Raises:
            CourseError: If the gradebook cannot be opened, or holds submissions of another version.
        """
        from nbgrader.api import Gradebook as Database
        from sqlalchemy.exc import SAWarning

        # nbgrader's way of adding a submission makes SQLAlchemy uneasy, to no effect.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        self.course = course
        self.assignment = assignment
        _find_alembic()
        try:
            self._database = Database(course.database, course.course_id)
        except Exception as error:
            raise CourseError(f"the gradebook {course.database} cannot be opened: {error}") from (
                error
            )
        new = not self._knows_the_lesson()
        if new:
            self._database.update_or_create_assignment(assignment.lesson)
        self.released = released_cells(course, assignment, save=new)
        # What another connection has written is read anew.
        self._database.db.expire_all()

    def undo(self) -> None:
        """Forget what was not written to the end."""
        self._database.db.rollback()

    def close(self) -> None:
        """Close the gradebook."""
        self._database.close()

    def _knows_the_lesson(self) -> bool:
        from nbgrader.api import MissingEntry

        try:
            notebook = self._database.find_notebook(
                self.assignment.notebook, self.assignment.lesson
            )
        except MissingEntry:
            return False
        known = {cell.name: cell.max_score for cell in notebook.grade_cells}
        return known == {name: cell.points for name, cell in self.assignment.graded.items()}

    def record(
        self, marked: Marked, handed_in: datetime | None, changed_answers: frozenset[str]
    ) -> None:
        """Record a submission's marks, all at once or not at all. A person's points stay.

        Args:
            marked: The marks. Where the submission could not be graded, it gets nothing and waits
                for a person.
            handed_in: When it was handed in.
            changed_answers: Names of the written answers that are not what they were when the
                submission was last recorded.
        """
        self._database.update_or_create_student(marked.student)
        stamp = {"timestamp": handed_in} if handed_in else {}
        lesson = self.assignment.lesson
        submission = self._database.update_or_create_submission(lesson, marked.student, **stamp)
        for notebook in submission.notebooks:
            if notebook.name != self.assignment.notebook:
                continue
            for grade in notebook.grades:
                self._record_grade(grade, marked, changed_answers)
            for comment in notebook.comments:
                reason = self._reason(comment.name, marked)
                comment.auto_comment = reason and harmless.line(reason)
            self._penalise_lateness(submission, notebook)
        self._database.db.commit()

    def _record_grade(self, grade: Any, marked: Marked, changed_answers: frozenset[str]) -> None:
        before = grade.auto_score
        if marked.problem:
            grade.auto_score, grade.needs_manual_grade = 0.0, True
        elif grade.name in marked.marks:
            mark = marked.marks[grade.name]
            grade.auto_score = mark.points
            overruled = grade.manual_score is not None and before != mark.points
            grade.needs_manual_grade = mark.waits or overruled
        elif self.is_unanswered(grade.name, marked):
            grade.auto_score = 0.0
            grade.needs_manual_grade = grade.manual_score is not None and before != 0.0
        else:
            grade.auto_score = None
            if grade.manual_score is None or grade.name in changed_answers:
                grade.needs_manual_grade = True

    def is_unanswered(self, name: str, marked: Marked) -> bool:
        """Return whether a written question has no answer; a check of another kind never has."""
        if self.assignment.named[name].role != "question":
            return False
        return is_unanswered(marked.sources.get(name, ""), self.released[name])

    def _reason(self, name: str, marked: Marked) -> str | None:
        """Return what the gradebook says about the cell of an answer."""
        if marked.problem:
            return f"Needs attention. {marked.problem}"
        cell = self.assignment.named.get(name)
        if cell is not None and cell.role == "question":
            return "No response." if self.is_unanswered(name, marked) else None
        for grade_id, check in self.assignment.checks.items():
            if check.exercise == name and grade_id in marked.marks:
                return marked.marks[grade_id].headline
        return None

    def _penalise_lateness(self, submission: Any, notebook: Any) -> None:
        """Let nbgrader's plugin for late submissions say what being late costs."""
        if submission.total_seconds_late <= 0:
            notebook.late_submission_penalty = None
            return
        from nbgrader.preprocessors import AssignLatePenalties

        self._database.db.flush()
        self._database.db.refresh(notebook)
        late = AssignLatePenalties(config=self.course.config)
        late.init_plugin()
        penalty = late.plugin_inst.late_submission_penalty(
            submission.student.id, notebook.score, submission.total_seconds_late
        )
        if penalty is not None:
            penalty = late._check_late_penalty(notebook, penalty)
        notebook.late_submission_penalty = penalty

    def entries(self, student: str) -> dict[str, Entry]:
        """Return what the gradebook says of a student's submission; nothing if it knows none."""
        from nbgrader.api import MissingEntry

        try:
            notebook = self._database.find_submission_notebook(
                self.assignment.notebook, self.assignment.lesson, student
            )
        except MissingEntry:
            return {}
        comments = {each.name: each.manual_comment or "" for each in notebook.comments}
        return {grade.name: _entry(grade, comments) for grade in notebook.grades}

    def students(self) -> list[str]:
        """Return all students that the gradebook knows."""
        return [student.id for student in self._database.students]


def _find_alembic() -> None:
    """Let nbgrader find the program with which it begins a gradebook, beside the interpreter."""
    if shutil.which("alembic") is None:
        folders = [str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)]
        os.environ["PATH"] = os.pathsep.join(folders)


def _entry(grade: Any, comments: Mapping[str, str]) -> Entry:
    return Entry(
        grade.auto_score,
        grade.manual_score,
        grade.score,
        grade.cell.max_score,
        grade.needs_manual_grade,
        comments.get(grade.name, ""),
    )
