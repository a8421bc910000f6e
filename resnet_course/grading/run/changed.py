"""Marks the submissions of a class that have changed, several at once."""

import queue
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from resnet_course.errors import CourseError
from resnet_course.grading.course.assignment import other_lessons
from resnet_course.grading.handed_in.names import check_name
from resnet_course.grading.handed_in.reading import Unreadable, digest
from resnet_course.grading.isolation.jobs import Limits
from resnet_course.grading.isolation.library import imports_of_course
from resnet_course.grading.isolation.preparing import prepared
from resnet_course.grading.isolation.server import Server, several
from resnet_course.grading.marking.allowance import memory_for
from resnet_course.grading.marking.judging import Judge
from resnet_course.grading.marking.marker import Marker
from resnet_course.grading.marking.marks import Marked
from resnet_course.grading.records import ledger
from resnet_course.grading.reports.line import Line
from resnet_course.grading.run.options import Options
from resnet_course.grading.run.recorder import Recorder

#: What the server imports besides what the lesson does: these the probe and the runner need.
_MODULES = ("numpy", "keras", "IPython.core.inputtransformer2")


@dataclass(frozen=True)
class _Changed:
    """A submission to mark.

    Attributes:
        student: Name of the student.
        digest: Digest of what was handed in.
        fingerprint: Stands for everything that its marks depend on.
    """

    student: str
    digest: str
    fingerprint: str


class Run:
    """One run of the grader over one lesson."""

    def __init__(self, recorder: Recorder, options: Options) -> None:
        """Keep what says how each submission fared, and how to grade."""
        self.recorder = recorder
        self.course = recorder.course
        self.assignment = recorder.assignment
        self.options = options
        self.secret = ledger.secret(self.course.records)
        self.judge_digest = ledger.judge_digest()

    def lines(self, names: Iterable[str]) -> Iterator[Line]:
        """Grade submissions and say how each fared, in the order in which they are done."""
        changed: list[_Changed] = []
        for name in names:
            try:
                check_name(name)
            except CourseError as error:
                yield self.recorder.set_aside(name, str(error))
                continue
            each = self._submitted(name)
            force = self.options.force
            line = None if force else self.recorder.unchanged(name, each.fingerprint)
            if line:
                yield line
            else:
                changed.append(each)
        if changed:
            yield from self._mark_all(changed)

    def _submitted(self, student: str) -> _Changed:
        try:
            submitted = digest(self.recorder.submission(student))
        except (Unreadable, OSError, ValueError):
            # Whoever marks it will say why.
            submitted = "unreadable"
        return _Changed(student, submitted, self._fingerprint(submitted))

    def _fingerprint(self, submitted: str) -> str:
        how = f"{self.options.experiments} {self.options.limits}"
        return ledger.fingerprint(submitted, self.assignment.digest, self.judge_digest, how)

    def _mark_all(self, changed: Sequence[_Changed]) -> Iterator[Line]:
        """Mark submissions in several threads; what is written is written in this one."""
        with ExitStack() as stack:
            workers = min(self.options.workers, len(changed))
            pool = stack.enter_context(ThreadPoolExecutor(workers))
            # Closed before the pool waits for its threads, so that an interrupt ends them.
            markers = stack.enter_context(self._markers(workers))
            stack.callback(pool.shutdown, wait=False, cancel_futures=True)
            left = list(reversed(changed))
            running: dict[Future[Marked], _Changed] = {}
            while left or running:
                while left and len(running) < 2 * self.options.workers:
                    each = left.pop()
                    running[pool.submit(self._mark, markers, each)] = each
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    fingerprint = running.pop(future).fingerprint
                    yield self.recorder.record(future.result(), fingerprint)

    def _mark(self, markers: "queue.Queue[Marker]", each: _Changed) -> Marked:
        marker = markers.get()
        try:
            return marker.mark(each.student, self.recorder.submission(each.student), each.digest)
        finally:
            markers.put(marker)

    @contextmanager
    def _markers(self, number: int) -> Iterator["queue.Queue[Marker]"]:
        """Give workers: each with a server in the sandbox and a judge of its own."""
        options, assignment, course = self.options, self.assignment, self.course
        marker = partial(
            Marker,
            assignment,
            secret=self.secret,
            released=self.recorder.gradebook.released,
            others=other_lessons(course.folder, course.source, assignment.lesson),
            experiments=options.experiments,
        )
        sandbox = prepared(
            options.sandbox,
            options.image,
            assignment.answers,
            imports_of_course(cell.source for cell in assignment.code),
            trust=options.trust,
            data=options.data if options.experiments else None,
            secrets=[course.folder],
        )
        modules = list(dict.fromkeys([*_MODULES, *assignment.modules]))
        with ExitStack() as stack:
            where = stack.enter_context(sandbox)
            servers = stack.enter_context(several(where, options.limits, modules, number))
            limits = self._limits(servers[0])
            markers: queue.Queue[Marker] = queue.Queue()
            for server in servers:
                server.limits = limits
                markers.put(marker(server, stack.enter_context(closing(Judge()))))
            yield markers

    def _limits(self, server: Server) -> Limits:
        """Return the limits of a submission, that of memory by what the lesson's answers take."""
        limits = self.options.limits
        if limits.data is not None or self.options.experiments or not server.sandbox.nests:
            return limits
        data = ledger.measured_once(
            self.recorder.folder / "memory",
            self._fingerprint("memory"),
            partial(memory_for, self.assignment, server),
        )
        return replace(limits, data=data)
