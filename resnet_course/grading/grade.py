"""Grades a class: marks what changed, one submission after the other or several at once."""

import ast
import contextlib
import queue
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from resnet_course.errors import CourseError
from resnet_course.files import make_folder, new_file
from resnet_course.grading.course.assignment import (
    Assignment,
    lesson_notebooks,
    other_lessons,
    read_assignment,
)
from resnet_course.grading.course.folder import Course, handed_in_at, open_course, stamp_problem
from resnet_course.grading.handed_in.misplaced import (
    find_learners,
    find_misplaced,
    is_named_like_a_lesson,
)
from resnet_course.grading.handed_in.restoring import restored
from resnet_course.grading.handed_in.submission import (
    Unreadable,
    check_name,
    digest,
    read_submission,
    recorded_name,
    students,
)
from resnet_course.grading.isolation import library, preparing
from resnet_course.grading.isolation.jobs import Limits
from resnet_course.grading.isolation.sandbox import Sandbox
from resnet_course.grading.isolation.sandbox_process import SandboxProcess
from resnet_course.grading.isolation.server import Server
from resnet_course.grading.marking.allowance import memory_for
from resnet_course.grading.marking.judging import Judge
from resnet_course.grading.marking.marker import Marker
from resnet_course.grading.marking.marks import Marked
from resnet_course.grading.records import ledger
from resnet_course.grading.records.database import database_errors, is_database_error
from resnet_course.grading.records.gradebook import Gradebook
from resnet_course.grading.records.lateness import Penalty
from resnet_course.grading.reports.feedback import write_feedback
from resnet_course.grading.reports.formgrader import write_autograded
from resnet_course.grading.reports.line import Line

#: Stands in the record of a learner whose submission was not looked at.
_SET_ASIDE = "set aside"


@dataclass(frozen=True)
class Options:
    """How to grade.

    Attributes:
        students: Names of those whose submissions to grade; all if there are none.
        workers: How many submissions to run at once.
        force: Whether to grade what has not changed, too.
        trust: Whether to run submissions without a sandbox.
        sandbox: "bubblewrap", "podman" or "docker".
        image: The container's image.
        experiments: Whether to run experiments, too.
        limits: What a submission may use.
        data: A folder with data sets for experiments.
    """

    students: Sequence[str] = ()
    workers: int = 1
    force: bool = False
    trust: bool = False
    sandbox: str = "bubblewrap"
    image: str = "resnet-course"
    experiments: bool = False
    limits: Limits = field(default_factory=Limits)
    data: Path | None = None


#: Told of each submission: how many are done, how many there are, and how this one fared.
Progress = Callable[[int, int, Line], None]


def grade(
    folder: Path, lesson: str, options: Options, progress: Progress
) -> tuple[Assignment, list[Line]]:
    """Grade the submissions of a lesson that are new or have changed.

    Args:
        folder: The course folder.
        lesson: Name of the lesson.
        options: How to grade.
        progress: Told of each submission.

    Returns:
        The lesson, and how each submission fared, by name of the student. What is misplaced has
        a line as well.

    Raises:
        CourseError: If the folder, the lesson, the students or the sandbox cannot be used.
    """
    course = open_course(folder)
    lesson = Path(lesson).name
    assignment = read_assignment(course.folder, course.source, lesson)
    notebooks = lesson_notebooks(course.folder, course.source)
    found = find_misplaced(course.submitted, lesson, notebooks)
    wanted = options.students
    misplaced = {name: text for name, text in found.items() if not wanted or name in wanted}
    names = _students(course, assignment, wanted, misplaced, notebooks)
    learners = find_learners(course.submitted, notebooks)
    with (
        _alone(course.records / lesson),
        database_errors(course),
        contextlib.ExitStack() as stack,
    ):
        with _alone(course.records):
            gradebook = Gradebook(course, assignment)
        stack.callback(gradebook.close)
        run = _Run(course, assignment, options, gradebook)
        lines = []
        for line in run.lines(names):
            lines.append(line)
            progress(len(lines), len(names), line)
        lines = [replace(line, misplaced=misplaced.pop(line.student, ())) for line in lines]
        for name, sentences in misplaced.items():
            problem = " ".join(sentences)
            known = name in learners
            lines.append(
                run.set_aside(name, problem) if known else Line(name, {}, None, False, problem)
            )
        if not wanted:
            run.forget_set_aside({line.student for line in lines})
    return assignment, sorted(lines, key=lambda line: line.student)


class _Run:
    """One run of the grader over one lesson."""

    def __init__(
        self, course: Course, assignment: Assignment, options: Options, gradebook: Gradebook
    ) -> None:
        self.course = course
        self.assignment = assignment
        self.options = options
        self.gradebook = gradebook
        self.secret = ledger.secret(course.records)
        self.judge_digest = ledger.judge_digest()

    def lines(self, names: Iterable[str]) -> Iterator[Line]:
        """Grade submissions and say how each fared, in the order in which they are done."""
        changed: list[tuple[str, str, str]] = []
        for name in names:
            try:
                check_name(name)
            except CourseError as error:
                yield self.set_aside(name, str(error))
                continue
            try:
                submitted = digest(self._submission(name))
            except (Unreadable, OSError, ValueError):
                # Whoever marks it will say why.
                submitted = "unreadable"
            fingerprint = self._fingerprint(submitted)
            record = ledger.read_record(self._record(name))
            if record and not self.options.force and self._still_holds(record, fingerprint):
                yield self._renew(record)
            else:
                changed.append((name, submitted, fingerprint))
        if changed:
            yield from self._mark_all(changed)

    def set_aside(self, folder: str, problem: str) -> Line:
        """Record of a learner whose submission cannot be looked at that a person has to."""
        try:
            check_name(folder)
        except CourseError:
            folder = recorded_name(folder)
        line = self._record_safely(Marked(folder, {}, problem=problem), "", _SET_ASIDE)
        return replace(line, marked=None, fresh=False)

    def forget_set_aside(self, names: Collection[str]) -> None:
        """Forget those who were set aside in an earlier run, and have no submission any more."""
        for path in self._record("any").parent.glob("*.json"):
            record = ledger.read_record(path) if path.stem not in names else None
            if record and record.fingerprint == _SET_ASIDE:
                self.gradebook.forget(record.marked.student)
                for page in self._pages(record.marked.student):
                    page.unlink(missing_ok=True)
                path.unlink()

    def _mark_all(self, changed: Sequence[tuple[str, str, str]]) -> Iterator[Line]:
        """Mark submissions in several threads; what is written is written in this one."""
        with contextlib.ExitStack() as stack:
            workers = min(self.options.workers, len(changed))
            pool = stack.enter_context(ThreadPoolExecutor(workers))
            # Closed before the pool waits for its threads, so that an interrupt ends them.
            markers = self._markers(stack, workers)
            stack.callback(pool.shutdown, wait=False, cancel_futures=True)
            left = list(reversed(changed))
            running: dict[Future[Marked], tuple[str, str, str]] = {}
            while left or running:
                while left and len(running) < 2 * self.options.workers:
                    each = left.pop()
                    running[pool.submit(self._mark, markers, each[0], each[1])] = each
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield self._record_safely(future.result(), *running.pop(future)[1:])

    def _mark(self, markers: "queue.Queue[Marker]", name: str, submitted: str) -> Marked:
        """Mark one submission. Nothing that goes wrong with it gets any further."""
        marker = markers.get()
        try:
            return marker.mark(name, self._submission(name), submitted)
        except Exception as error:
            return Marked(name, {}, problem=f"The grader failed: {error!r}")
        finally:
            markers.put(marker)

    def _record_safely(self, marked: Marked, submitted: str, fingerprint: str) -> Line:
        """Write a submission's marks, or else that it could not be done."""
        try:
            return self._record_marks(marked, submitted, fingerprint)
        except Exception as error:
            if is_database_error(error):
                raise
            self.gradebook.undo()
            problem = f"The marks could not be written: {type(error).__name__}."
            failed = Marked(marked.student, {}, problem=problem)
            try:
                return self._record_marks(failed, submitted, fingerprint)
            except Exception as again:
                if is_database_error(again):
                    raise
                self.gradebook.undo()
                problem = f"{problem} Neither could this be said in the gradebook: {again}"
                return Line(marked.student, {}, failed, fresh=True, problem=problem)

    def _record_marks(self, marked: Marked, submitted: str, fingerprint: str) -> Line:
        """Write a submission's marks: notebook, gradebook, then the record that it is done."""
        folder = self._submission(marked.student)
        before = ledger.read_record(self._record(marked.student))
        questions = [n for n, cell in self.assignment.graded.items() if cell.role == "question"]
        texts = {n: [marked.sources.get(n, ""), *marked.elsewhere] for n in questions}
        answers = ledger.digests({name: "\0".join(text) for name, text in texts.items()})
        known = before.answers if before else {}
        changed = frozenset(name for name in questions if known.get(name) != answers[name])
        try:
            submission = read_submission(folder, self.assignment.notebook)
            cells = restored(submission.cells, self.assignment)
        except (Unreadable, OSError):
            cells = []
        notebook, _ = self._pages(marked.student)
        write_autograded(notebook, self.assignment, self.gradebook.released, marked, cells)
        # One at a time in the whole course: two graders may be at work on two of its lessons.
        with _alone(self.course.records):
            penalty = self.gradebook.record(marked, handed_in_at(folder), changed)
        record = ledger.Record(fingerprint, marked, answers, penalty)
        ledger.write_record(self._record(marked.student), record)
        return self._finish(marked, penalty, fresh=True)

    def _renew(self, record: ledger.Record) -> Line:
        """Write what is not as it was of a submission that is: what being late costs."""
        marked = record.marked
        with _alone(self.course.records):
            penalty = self.gradebook.renew_penalty(marked.student, record.penalty)
        if penalty == record.penalty:
            return self._finish(marked, penalty, fresh=False)
        ledger.write_record(self._record(marked.student), replace(record, penalty=penalty))
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
            problems.append(stamp_problem(self._submission(marked.student)))
        problem = " ".join(filter(None, problems)) or None
        # The lines of a whole class are kept: without what may be many mebibytes of each.
        kept = replace(marked, sources={}, attachments={}, elsewhere=())
        return Line(marked.student, entries, kept, fresh, problem, late, fresh_penalty)

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

    def _fingerprint(self, submitted: str) -> str:
        options = self.options
        how = f"{options.experiments} {options.limits}"
        return ledger.fingerprint(submitted, self.assignment.digest, self.judge_digest, how)

    def _submission(self, student: str) -> Path:
        return self.course.submitted / student / self.assignment.lesson

    def _pages(self, student: str) -> tuple[Path, Path]:
        """Return the notebook that formgrader shows, and the learner's page."""
        place, name = Path(student, self.assignment.lesson), self.assignment.notebook
        autograded, feedback = self.course.autograded / place, self.course.feedback / place
        return autograded / f"{name}.ipynb", feedback / f"{name}.html"

    def _record(self, student: str) -> Path:
        return self.course.records / self.assignment.lesson / f"{student}.json"

    def _markers(self, stack: contextlib.ExitStack, number: int) -> "queue.Queue[Marker]":
        """Prepare the workers: each with a sandbox and a judge of its own."""
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="resnet-course-")))
        library.write_library(folder, self.assignment.answers, self._course_imports())
        folder.chmod(0o755)
        options = self.options
        hidden = bool(self.assignment.answers & library.ANSWERED_ELSEWHERE)
        data = options.data if options.experiments else None
        where = preparing.choose(
            options.sandbox,
            options.trust,
            options.image,
            folder,
            hidden,
            data,
            [self.course.folder],
        )
        others = other_lessons(self.course.folder, self.course.source, self.assignment.lesson)
        markers: queue.Queue[Marker] = queue.Queue()
        apart = _can_fork_apart(where)
        process = SandboxProcess(where, self._modules(), options.limits.of_process())
        servers = [Server(where, options.limits, [], apart, process) for _ in range(number)]
        for server in servers:
            stack.callback(server.close, for_good=True)
        stack.callback(process.close)
        limits = self._limits(where, servers[0])
        for server in servers:
            server.limits = limits
            judge = Judge()
            stack.callback(judge.close)
            markers.put(
                Marker(
                    self.assignment,
                    server,
                    judge,
                    self.secret,
                    self.gradebook.released,
                    others,
                    options.experiments,
                )
            )
        return markers

    def _limits(self, where: Sandbox, server: Server) -> Limits:
        """Return the limits of a submission, that of memory by what the lesson's answers take."""
        limits = self.options.limits
        if limits.data is not None or self.options.experiments or not where.nests:
            return limits
        known = self._record("memory").with_suffix("")
        fingerprint = self._fingerprint("memory")
        with contextlib.suppress(OSError, ValueError):
            written, number = known.read_text().split()
            if written == fingerprint:
                return replace(limits, data=int(number))
        data = memory_for(self.assignment, server)
        with new_file(known) as aside:
            aside.write_text(f"{fingerprint} {data}\n")
        return replace(limits, data=data)

    def _course_imports(self) -> dict[str, set[str]]:
        """Return what the lesson's own cells import from the course."""
        found: dict[str, set[str]] = {}
        for cell in self.assignment.cells:
            if cell.kind == "code":
                for module, names in library.imports_of_course(cell.source).items():
                    found.setdefault(module, set()).update(names)
        return found

    def _modules(self) -> list[str]:
        """Return the modules that the cells of the lesson import and that run when grading."""
        found = dict.fromkeys(["numpy", "keras", "IPython.core.inputtransformer2"])
        for cell in self.assignment.cells:
            if cell.kind == "code" and cell.role in ("setup", "exercise"):
                found |= dict.fromkeys(_imported(cell.source))
        return list(found)


def _imported(source: str) -> Iterator[str]:
    with contextlib.suppress(SyntaxError):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                yield from (each.name for each in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module


def _can_fork_apart(where: Sandbox) -> bool:
    """Return whether one server can serve many submissions, each shut in by itself."""
    return where.nests or not where.isolates


def _students(
    course: Course,
    assignment: Assignment,
    wanted: Sequence[str],
    misplaced: Collection[str],
    notebooks: Mapping[str, str],
) -> list[str]:
    """Return whose submissions to grade.

    Raises:
        CourseError: If one that is wanted has handed in nothing, or nobody has.
    """
    known = [
        name
        for name in students(course.submitted, assignment.lesson)
        if not is_named_like_a_lesson(name, notebooks)
    ]
    for name in wanted:
        check_name(name)
        if name not in known and name not in misplaced:
            raise CourseError(
                f"{name} has handed in nothing for {assignment.lesson}: there is no folder "
                f"{course.submitted / name / assignment.lesson}."
            )
    if not known and not misplaced:
        raise CourseError(
            f"nobody has handed in {assignment.lesson}: {course.submitted} should hold a folder "
            f"for each student, with a folder {assignment.lesson} in it."
        )
    return sorted(set(wanted) & set(known)) if wanted else known


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other grader is at work on this, and keep others waiting."""
    import fcntl

    make_folder(folder)
    file: IO[Any]
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
