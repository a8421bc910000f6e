"""Marks one submission: reads it, runs it in the sandbox, has the evidence judged."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.handed_in.excess import without_excess
from resnet_course.grading.handed_in.notebook import SubmittedCell
from resnet_course.grading.handed_in.reading import Unreadable
from resnet_course.grading.handed_in.restoring import lesson_instead, restored
from resnet_course.grading.handed_in.submission import Submission, read_submission
from resnet_course.grading.handed_in.written import places, text_elsewhere
from resnet_course.grading.isolation.jobs import Job, Ran
from resnet_course.grading.isolation.server import SandboxFailed, Server
from resnet_course.grading.marking.judging import (
    Judge,
    JudgeFailed,
    Judgement,
    Question,
    TookTooLong,
    arguments_only,
    draw_cases,
    seed_for,
)
from resnet_course.grading.marking.marks import Mark, Marked
from resnet_course.grading.marking.plan import Plan, make_plan
from resnet_course.grading.marking.troubles import troubles, warnings
from resnet_course.grading.untrusted.evidence import unfinished

#: Stands for the judgement of what cannot be judged in time.
_LATE = Judgement(0.0, False, False, "could not be judged in time", (), "", "")
_LATE_IN_WORDS = (
    "What the function built, or gave back, takes the check more time to judge than is allowed. "
    "Your instructor has been told."
)


class Marker:
    """Marks the submissions of one lesson, one after the other."""

    def __init__(
        self,
        assignment: Assignment,
        server: Server,
        judge: Judge,
        secret: bytes,
        released: Mapping[str, Any],
        others: Sequence[Assignment] = (),
        experiments: bool = False,
    ) -> None:
        """Keep what all submissions need.

        Args:
            assignment: The lesson.
            server: Runs submissions.
            judge: Judges evidence.
            secret: What the probes are drawn from.
            released: The lesson's cells as learners get them, by nbgrader's name.
            others: The course's other lessons.
            experiments: Whether to run experiments, too.
        """
        self.assignment = assignment
        self.server = server
        self.judge = judge
        self.secret = secret
        self.released = released
        self.others = others
        self.experiments = experiments
        self._seconds = 0.0
        self._cells: list[SubmittedCell] = []

    def mark(self, student: str, folder: Path, digest: str) -> Marked:
        """Mark a submission. Whatever is in the folder, this gives marks or a problem.

        Args:
            student: Name of the student.
            folder: The submission's folder.
            digest: Digest of the folder, from which the probes are drawn.
        """
        self._cells, self._seconds, begun = [], 0.0, time.thread_time()
        try:
            marked = self._mark_submission(student, folder, digest)
        except Exception as error:
            marked = Marked(student, {}, problem=f"The grader failed: {error!r}")
        seconds = self._seconds + time.thread_time() - begun
        return replace(marked, processor_seconds=seconds, cells=self._cells)

    def _mark_submission(self, student: str, folder: Path, digest: str) -> Marked:
        own_files = [
            path.relative_to(self.assignment.path.parent).as_posix()
            for path in self.assignment.path.parent.rglob("*")
            if path.suffix != ".py"
        ]
        try:
            submission = read_submission(folder, self.assignment.notebook, own_files)
        except Unreadable as error:
            return Marked(student, {}, problem=str(error))
        except OSError as error:
            return Marked(student, {}, problem=_cannot_be_read(folder, error))
        cells = self._cells = restored(submission.cells, self.assignment)
        if instead := lesson_instead(cells, self.assignment, self.others):
            return Marked(student, {}, problem=_wrong_lesson(folder, self.assignment, instead))
        bounded, excess = without_excess(replace(submission, cells=cells))
        plan = make_plan(self.assignment, bounded, self.experiments)
        self._seconds = plan.seconds
        marked = self._run_and_judge(bounded, plan, student, digest)
        attention = [*excess, *plan.attention]
        if attention:
            seen = {name: _seen_by_a_person(mark) for name, mark in marked.marks.items()}
            marked = replace(marked, marks=seen, attention=attention)
        known = places(cells, self.assignment, self.released)
        elsewhere = text_elsewhere(bounded.cells, self.assignment, self.released)
        return replace(
            marked,
            sources={name: cells[number].source for name, number in known.items()},
            attachments={name: cells[number].attachments for name, number in known.items()},
            notes=[*submission.notes, *_to_read(elsewhere)],
            elsewhere=list(elsewhere.values()),
        )

    def _run_and_judge(
        self, submission: Submission, plan: Plan, student: str, digest: str
    ) -> Marked:
        """Return marks and what Python remarked on, or why there are none."""
        try:
            return self._marks(submission, plan, student, digest)
        except SandboxFailed as error:
            return Marked(student, {}, problem=f"The sandbox failed: {error}")
        except JudgeFailed as error:
            return Marked(student, {}, problem=str(error))

    def _marks(self, submission: Submission, plan: Plan, student: str, digest: str) -> Marked:
        cases = {name: self._hidden_cases(name, digest) for name in self.assignment.checks}
        self.judge.begin()
        ran = self._run(submission, plan, cases)
        verdicts = self._judge(plan, ran, cases)
        steps = {grade_id: number for number, grade_id in plan.probes.items()}
        public = {
            grade_id: draw_cases(str(self.assignment.checks[grade_id].exercise))
            for grade_id, verdict in verdicts.items()
            if verdict is not None and not verdict.passed and not verdict.missing
            if verdict is not _LATE
            if steps[grade_id] not in ran.endings
        }
        shown: dict[str, Judgement | None] = {}
        again = ran
        if public and self.server.has_time_after(ran):
            again = self._run(submission, plan.without(ran.endings), public, ran)
            # What had no time left says nothing about the function.
            ended = {name: each for name, each in public.items() if steps[name] in again.results}
            shown = self._judge(plan, again, ended)
        self._seconds += again.processor_seconds + self.judge.taken
        marks = {
            grade_id: self._mark(
                grade_id, verdict, shown.get(grade_id), troubles(plan, ran, steps[grade_id])
            )
            for grade_id, verdict in verdicts.items()
        }
        return Marked(student, marks, warnings=warnings(plan, ran))

    def _hidden_cases(self, grade_id: str, digest: str) -> list[Any]:
        """Draw the calls that decide about the points of an exercise, anew for each submission."""
        seed = seed_for(self.secret, digest, grade_id)
        return draw_cases(str(self.assignment.checks[grade_id].exercise), seed)

    def _run(
        self,
        submission: Submission,
        plan: Plan,
        cases: Mapping[str, Sequence[Any]],
        before: Ran | None = None,
    ) -> Ran:
        """Run a submission, for which less is left if it was run before."""
        arguments = {grade_id: arguments_only(each) for grade_id, each in cases.items()}
        steps = plan.steps(arguments, self.assignment)
        job = Job(steps, submission.files)
        if before:
            job = replace(
                job,
                output=before.left,
                processor_seconds=before.processor_seconds,
                clock_seconds=before.clock_seconds,
            )
        return self.server.run(job)

    def _judge(
        self, plan: Plan, ran: Ran, cases: Mapping[str, Sequence[Any]]
    ) -> dict[str, Judgement | None]:
        """Have the evidence judged.

        Returns:
            The judgements by name of the graded cell; None where there is nothing that can be
            judged, `_LATE` where that takes too long.
        """
        judged: dict[str, Judgement | None] = {}
        for number, grade_id in plan.probes.items():
            if grade_id not in cases:
                continue
            evidence: Any = ran.results.get(number)
            if ran.endings.get(number) == "out of time":
                evidence = unfinished(len(cases[grade_id]), self.server.limits.seconds)
            question = Question(
                str(self.assignment.checks[grade_id].exercise), cases[grade_id], evidence
            )
            try:
                judged[grade_id] = None if evidence is None else self.judge.judge(question)
            except TookTooLong:
                judged[grade_id] = _LATE
        return judged

    def _mark(
        self,
        grade_id: str,
        verdict: Judgement | None,
        shown: Judgement | None,
        notes: Sequence[str],
    ) -> Mark:
        """Put a verdict into points and words; what is shown is the verdict on public probes."""
        cell = self.assignment.checks[grade_id]
        if verdict is None:
            headline = f"{cell.exercise}: nothing that can be judged came back"
            return Mark(0.0, cell.points, headline, notes, waits=not notes)
        if verdict is _LATE:
            headline = f"{cell.exercise}: {_LATE.headline}"
            return Mark(0.0, cell.points, headline, [*notes, _LATE_IN_WORDS], waits=True)
        if shown is _LATE:
            shown = None
        points = round(cell.points * verdict.score, 2)
        if verdict.passed:
            return Mark(points, cell.points, verdict.headline, html=verdict.html)
        if verdict.missing:
            headline = f"{cell.exercise}: the notebook defines no function of this name"
            return Mark(points, cell.points, headline, notes or [headline])
        if shown is None or shown.passed:
            more = [_only_when_graded(verdict)] if shown else []
            return Mark(
                points, cell.points, verdict.headline, [*notes, *more], verdict.guarded_html
            )
        return Mark(points, cell.points, verdict.headline, notes, shown.html)


def _cannot_be_read(folder: Path, error: OSError) -> str:
    return (
        f"{'/'.join(folder.parts[-3:])} cannot be read ({error.strerror}): give yourself the right "
        "to read it, and all that it holds."
    )


def _wrong_lesson(folder: Path, assignment: Assignment, instead: str) -> str:
    place = "/".join(folder.parts[-3:-1])
    return (
        f"The notebook holds the lesson {instead}, not {assignment.lesson}: put "
        f"{assignment.notebook}.ipynb in its place, and if it is to count for {instead}, move it "
        f"to {place}/{instead}/."
    )


def _to_read(elsewhere: Mapping[int, str]) -> list[str]:
    """Say where text is that is not in the place of a written answer."""
    numbers = [str(number + 1) for number in elsewhere]
    if not numbers:
        return []
    first, more = numbers[:10], len(numbers) - 10
    cells = f"cell{'s' * (len(numbers) > 1)} {', '.join(first)}{f' and {more} more' * (more > 0)}"
    return [f"Text that is not the lesson's goes to a person to read: {cells} of the notebook."]


def _seen_by_a_person(mark: Mark) -> Mark:
    """Let a person look at a mark, unless it is the best that there is."""
    return replace(mark, waits=mark.waits or mark.points != mark.maximum)


def _only_when_graded(verdict: Judgement) -> str:
    return (
        "The check in the lesson passes. Grading also calls the function with other arguments, and "
        f"there failed: {', '.join(verdict.failures)}."
    )
