"""Records how a submission fared: its marks and cost of being late, its notebook and page."""

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from resnet_course.errors import CourseError
from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.course.folder import Course, handed_in_at, stamp_problem
from resnet_course.grading.handed_in.names import check_name, recorded_name
from resnet_course.grading.marking.marks import Marked
from resnet_course.grading.records import ledger
from resnet_course.grading.records.database import is_database_error
from resnet_course.grading.records.gradebook import Gradebook
from resnet_course.grading.records.lateness import Penalty
from resnet_course.grading.records.lock import alone
from resnet_course.grading.reports.feedback import write_feedback
from resnet_course.grading.reports.formgrader import write_autograded
from resnet_course.grading.reports.line import Line

#: Stands in the record of a learner whose submission was not looked at.
_SET_ASIDE = "set aside"


class Recorder:
    """Writes what came of the submissions of one lesson, and says how each fared."""

    def __init__(self, course: Course, assignment: Assignment, gradebook: Gradebook) -> None:
        """Keep where to write: the course's folders, and its gradebook, open for the lesson."""
        self.course = course
        self.assignment = assignment
        self.gradebook = gradebook

    def unchanged(self, student: str, fingerprint: str) -> Line | None:
        """Return how a submission fared that has been graded as it is; None if it has to be."""
        record = ledger.read_record(self._path(student))
        return self._renew(record) if record and self._still_holds(record, fingerprint) else None

    def _still_holds(self, record: ledger.Record, fingerprint: str) -> bool:
        """Return whether a record is of this very submission, and the gradebook says the same."""
        marked = record.marked
        if record.fingerprint != fingerprint or marked.problem:
            return False
        entries = self.gradebook.entries(marked.student)
        notebook, _ = self._pages(marked.student)
        return notebook.is_file() and all(
            name in entries and entries[name].automatic == mark.points
            for name, mark in marked.marks.items()
        )

    def set_aside(self, folder: str, problem: str) -> Line:
        """Record of a learner whose submission cannot be looked at that a person has to."""
        try:
            check_name(folder)
        except CourseError:
            folder = recorded_name(folder)
        line = self.record(Marked(folder, {}, problem=problem), _SET_ASIDE)
        return replace(line, marked=None, fresh=False)

    def forget_set_aside(self, names: Collection[str]) -> None:
        """Forget those who were set aside in an earlier run, and have no submission any more."""
        for path in self.folder.glob("*.json"):
            record = ledger.read_record(path) if path.stem not in names else None
            if record and record.fingerprint == _SET_ASIDE:
                self.gradebook.forget(record.marked.student)
                for page in self._pages(record.marked.student):
                    page.unlink(missing_ok=True)
                path.unlink()

    def record(self, marked: Marked, fingerprint: str) -> Line:
        """Write a submission's marks, or else that it could not be done."""
        written = self._written(marked, fingerprint)
        if isinstance(written, Line):
            return written
        problem = f"The marks could not be written: {type(written).__name__}."
        failed = Marked(marked.student, {}, problem=problem, cells=marked.cells)
        said = self._written(failed, fingerprint)
        if isinstance(said, Line):
            return said
        problem = f"{problem} Neither could this be said in the gradebook: {said}"
        return Line(marked.student, {}, failed.without_sources(), fresh=True, problem=problem)

    def _written(self, marked: Marked, fingerprint: str) -> Line | Exception:
        """Write marks, or return why they cannot be, with the gradebook as it was."""
        try:
            return self._record_marks(marked, fingerprint)
        except Exception as error:
            if is_database_error(error):
                raise
            self.gradebook.undo()
            return error

    def _record_marks(self, marked: Marked, fingerprint: str) -> Line:
        """Write a submission's marks: notebook, gradebook, then the record that it is done."""
        folder = self.submission(marked.student)
        before = ledger.read_record(self._path(marked.student))
        answers = self._answers(marked)
        known = before.answers if before else {}
        changed = frozenset(name for name in answers if known.get(name) != answers[name])
        notebook, _ = self._pages(marked.student)
        write_autograded(notebook, self.assignment, self.gradebook.released, marked)
        # One at a time in the whole course: two graders may be at work on two of its lessons.
        with alone(self.course.records):
            penalty = self.gradebook.record(marked, handed_in_at(folder), changed)
        record = ledger.Record(fingerprint, marked, answers, penalty)
        ledger.write_record(self._path(marked.student), record)
        return self._finish(marked, penalty, fresh=True)

    def _answers(self, marked: Marked) -> dict[str, str]:
        """Return digests of the written answers, by nbgrader's name."""
        questions = [n for n, cell in self.assignment.graded.items() if cell.role == "question"]
        texts = {n: [marked.sources.get(n, ""), *marked.elsewhere] for n in questions}
        return ledger.digests({name: "\0".join(text) for name, text in texts.items()})

    def _renew(self, record: ledger.Record) -> Line:
        """Write what is not as it was of a submission that is: what being late costs."""
        marked = record.marked
        with alone(self.course.records):
            penalty = self.gradebook.renew_penalty(marked.student, record.penalty)
        if penalty == record.penalty:
            return self._finish(marked, penalty, fresh=False)
        ledger.write_record(self._path(marked.student), replace(record, penalty=penalty))
        return self._finish(marked, penalty, fresh=False, fresh_penalty=True)

    def _finish(
        self, marked: Marked, penalty: Penalty, fresh: bool, fresh_penalty: bool = False
    ) -> Line:
        """Write the learner's page from the marks and what the gradebook says by now."""
        entries = self.gradebook.entries(marked.student)
        late = self.gradebook.late(marked.student)
        _, page = self._pages(marked.student)
        write_feedback(page, self.assignment, marked, entries, late)
        problems = [marked.problem, *marked.attention, penalty.problem]
        if self.gradebook.is_due():
            problems.append(stamp_problem(self.submission(marked.student)))
        problem = " ".join(filter(None, problems)) or None
        return Line(
            marked.student, entries, marked.without_sources(), fresh, problem, late, fresh_penalty
        )

    def submission(self, student: str) -> Path:
        """Return the folder of a student's submission."""
        return self.course.submitted / student / self.assignment.lesson

    def _pages(self, student: str) -> tuple[Path, Path]:
        """Return the notebook that formgrader shows, and the learner's page."""
        place, name = Path(student, self.assignment.lesson), self.assignment.notebook
        autograded, feedback = self.course.autograded / place, self.course.feedback / place
        return autograded / f"{name}.ipynb", feedback / f"{name}.html"

    @property
    def folder(self) -> Path:
        """Folder of the lesson's records."""
        return self.course.records / self.assignment.lesson

    def _path(self, student: str) -> Path:
        return self.folder / f"{student}.json"
