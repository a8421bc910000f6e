"""Writes marks to nbgrader's gradebook, and reads scores from it."""

import warnings
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from resnet_course.errors import CourseError
from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.course.folder import Course
from resnet_course.grading.handed_in.written import is_unanswered
from resnet_course.grading.marking.marks import Marked
from resnet_course.grading.records.database import damaged, name_of, open_database
from resnet_course.grading.records.lateness import Late, Penalties, Penalty, seconds_late
from resnet_course.grading.records.release import released_cells
from resnet_course.grading.untrusted import harmless


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
        extra: Extra credit that a person gave; `score` counts it.
    """

    automatic: float | None
    manual: float | None
    score: float
    maximum: float
    waits: bool
    comment: str = ""
    extra: float = 0.0


class Gradebook:
    """nbgrader's gradebook, opened for one lesson."""

    def __init__(self, course: Course, assignment: Assignment) -> None:
        """Open the gradebook, and record the lesson in it if it is not there as it is now.

        Raises:
            CourseError: If the gradebook cannot be opened, or holds submissions of another version.
        """
        from sqlalchemy.exc import SAWarning

        # nbgrader's way of adding a submission makes SQLAlchemy uneasy, to no effect.
        warnings.filterwarnings("ignore", category=SAWarning, module="nbgrader")
        self.course = course
        self.assignment = assignment
        self._penalties = Penalties(course)
        self._database = open_database(course)
        self._forget_other_notebooks()
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

    def _forget_other_notebooks(self) -> None:
        """Forget notebooks that the lesson no longer has, as `nbgrader generate_assignment` does.

        Raises:
            CourseError: If there are submissions of one.
        """
        from nbgrader.api import MissingEntry

        lesson = self.assignment.lesson
        try:
            known = self._database.find_assignment(lesson).notebooks
        except MissingEntry:
            return
        others = [notebook for notebook in known if notebook.name != self.assignment.notebook]
        for notebook in others:
            if notebook.submissions:
                raise CourseError(
                    f"the gradebook {name_of(self.course)} holds submissions of {lesson} with the "
                    f"notebook {notebook.name}.ipynb, and the lesson now has "
                    f"{self.assignment.notebook}.ipynb: give the notebook its old name, or the "
                    "lesson a new one."
                )
        for notebook in others:
            self._database.remove_notebook(notebook.name, lesson)

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
    ) -> Penalty:
        """Record a submission's marks, all at once or not at all. A person's points stay.

        Args:
            marked: The marks. Where the submission could not be graded, it gets nothing and waits
                for a person.
            handed_in: When it was handed in.
            changed_answers: Names of the written answers that are not what they were when the
                submission was last recorded.

        Returns:
            What being late costs.

        Raises:
            DatabaseUnusable: If the gradebook has lost cells of the submission.
        """
        self._database.update_or_create_student(marked.student)
        stamp = {"timestamp": handed_in} if handed_in else {}
        notebook = self._submitted_notebook(marked.student, stamp)
        if lost := set(self.assignment.graded) - {grade.name for grade in notebook.grades}:
            raise damaged(self.course, f"{min(lost)} of {marked.student} is not in it")
        for grade in notebook.grades:
            self._record_grade(grade, marked, changed_answers)
        for comment in notebook.comments:
            reason = self._reason(comment.name, marked)
            comment.auto_comment = reason and harmless.line(reason)
        penalty = self._penalty(notebook)
        if not penalty.problem:
            notebook.late_submission_penalty = penalty.points
        self._database.db.commit()
        return penalty

    def forget(self, student: str) -> None:
        """Forget a submission that no longer exists, if the gradebook knows it."""
        from nbgrader.api import MissingEntry

        with suppress(MissingEntry):
            self._database.remove_submission(self.assignment.lesson, student)

    def _submitted_notebook(self, student: str, stamp: Mapping[str, datetime]) -> Any:
        """Return the submission's notebook. It is made if nbgrader does not know it yet."""
        lesson = self.assignment.lesson
        submission = self._database.update_or_create_submission(lesson, student, **stamp)
        if not submission.notebooks:
            # It is older than what nbgrader knows of the lesson, as when an extension was granted.
            kept = {"timestamp": submission.timestamp, "extension": submission.extension}
            self._database.remove_submission(lesson, student)
            self._database.add_submission(lesson, student, **kept)
        return self._database.find_submission_notebook(self.assignment.notebook, lesson, student)

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
        """Return whether a written question has no answer anywhere; other cells never have one."""
        if self.assignment.named[name].role != "question" or marked.elsewhere:
            return False
        return is_unanswered(marked.sources.get(name, ""), self.released[name])

    def _reason(self, name: str, marked: Marked) -> str | None:
        """Return what the gradebook says about the cell of an answer."""
        if marked.problem:
            return f"Needs attention. {marked.problem}"
        cell = self.assignment.named.get(name)
        if cell is not None and cell.role == "question":
            if marked.elsewhere:
                return "There is text in other cells as well."
            return "No response." if self.is_unanswered(name, marked) else None
        for grade_id, check in self.assignment.checks.items():
            if check.exercise == name and grade_id in marked.marks:
                return marked.marks[grade_id].headline
        return None

    def _penalty(self, notebook: Any) -> Penalty:
        """Let nbgrader's plugin say what being late costs, by what the gradebook says now."""
        self._database.db.flush()
        self._database.db.refresh(notebook)
        return self._penalties.of(notebook, seconds_late(notebook.assignment))

    def renew_penalty(self, student: str, before: Penalty) -> Penalty:
        """Record what being late costs, if that is not what it was.

        Due dates, extensions, a person's points and the plugin's settings may have changed since.

        Args:
            student: Name of the student. The submission has been recorded.
            before: What it cost when it was last recorded.

        Returns:
            What it costs now.
        """
        notebook = self._find_notebook(student)
        penalty = self._penalty(notebook)
        if penalty != before and not penalty.problem:
            notebook.late_submission_penalty = penalty.points
            self._database.db.commit()
        return penalty

    def late(self, student: str) -> Late:
        """Return how late a submission is, and what that costs; nothing if it is not known."""
        from nbgrader.api import MissingEntry

        try:
            submission = self._find_notebook(student).assignment
        except MissingEntry:
            return Late()
        self._database.db.refresh(submission, ["late_submission_penalty"])
        return Late(seconds_late(submission), submission.late_submission_penalty)

    def is_due(self) -> bool:
        """Return whether the lesson has a due date."""
        return self._database.find_assignment(self.assignment.lesson).duedate is not None

    def entries(self, student: str) -> dict[str, Entry]:
        """Return what the gradebook says of a student's submission; nothing if it knows none."""
        from nbgrader.api import MissingEntry

        try:
            notebook = self._find_notebook(student)
        except MissingEntry:
            return {}
        comments = {each.name: each.manual_comment or "" for each in notebook.comments}
        return {grade.name: _entry(grade, comments) for grade in notebook.grades}

    def _find_notebook(self, student: str) -> Any:
        return self._database.find_submission_notebook(
            self.assignment.notebook, self.assignment.lesson, student
        )

    def students(self) -> list[str]:
        """Return all students that the gradebook knows."""
        return [student.id for student in self._database.students]


def _entry(grade: Any, comments: Mapping[str, str]) -> Entry:
    return Entry(
        grade.auto_score,
        grade.manual_score,
        grade.score,
        grade.cell.max_score,
        grade.needs_manual_grade,
        comments.get(grade.name, ""),
        grade.extra_credit or 0.0,
    )
