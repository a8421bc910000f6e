"""Judges evidence in a process of its own, apart from the sandbox and apart from the gradebook.

Evidence is hostile until proven otherwise: a graph may be made to take hours to compare. So the
process has limits, and is ended and begun anew where they are reached.
"""

import hashlib
import hmac
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

from resnet_course.grading.isolation.sandboxed.confinement import memory_in_use
from resnet_course.grading.untrusted.harmless import plain

#: Processor time of one judgement, and of all judgements of a submission.
SECONDS, TOTAL_SECONDS = 8.0, 12.0
_LEAST_SECONDS = 0.1
#: Address space, and bytes of memory besides what the judge has taken before it begins.
MEMORY, DATA = 6 * 2**30, 256 * 2**20

#: Characters of a report as HTML, and of its headline.
MAXIMUM_PAGE, MAXIMUM_HEADLINE = 2**20, 2_000
TOO_LARGE = "<p>This report is too large to be shown: so is the network that was built.</p>"

_READY, _LATE = "ready", "late"

#: What a failed result says where the probe is not to be given away.
NOT_SHOWN = "something else, for arguments that were drawn for grading"


@dataclass(frozen=True)
class Judgement:
    """What the judge found about one exercise.

    Attributes:
        score: Share of the points, from 0 to 1.
        passed: Whether everything is right.
        missing: Whether there was no function of that name at all.
        headline: The verdict in one line, without anything of the probes.
        failures: Names of the results that failed.
        html: The report for a page; it gives probes away unless they were public.
        guarded_html: The report for a page, without what gives probes away.
    """

    score: float
    passed: bool
    missing: bool
    headline: str
    failures: Sequence[str]
    html: str
    guarded_html: str


@dataclass(frozen=True)
class Question:
    """Evidence to judge.

    Attributes:
        exercise: Name of the exercise.
        cases: The calls that were made.
        evidence: The evidence as `evidence.read_probe` reads it, or bytes that it shall read.
    """

    exercise: str
    cases: Sequence[Any]
    evidence: Any


def seed_for(secret: bytes, *words: str) -> int:
    """Return a seed that only those who know the secret can tell, always the same for the words."""
    text = "\0".join(words).encode()
    return int.from_bytes(hmac.digest(secret, text, hashlib.sha256)[:8], "big")


def draw_cases(exercise: str, seed: int | None = None) -> list[Any]:
    """Draw the calls of an exercise's probe: those of grading from a seed, else the public ones."""
    import numpy as np

    from checks.catalogue import EXERCISES

    generator = np.random.default_rng(0 if seed is None else seed)
    return list(EXERCISES[exercise].cases(generator, seed is not None))


def arguments_only(cases: Sequence[Any]) -> list[Any]:
    """Return cases without what they stand for and what should come of them."""
    return [replace(case, covers="", raises=None) for case in cases]


class JudgeFailed(Exception):
    """The judge does not start: nothing to do with the submission."""


class TookTooLong(Exception):
    """Evidence cannot be judged in the time that there is for it."""


class _OutOfTime(BaseException):
    """The time is over. No `except Exception` on the way is to take this for a failure."""


class Judge:
    """A process that judges, started when the first question comes."""

    def __init__(self, seconds: float = SECONDS, total_seconds: float = TOTAL_SECONDS) -> None:
        """Keep the limits, in seconds of processor time: of one judgement, and of all together."""
        self.seconds = seconds
        self.total_seconds = total_seconds
        self._left = total_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def begin(self) -> None:
        """Begin another submission, which has all of the time again."""
        self._left = self.total_seconds

    @property
    def taken(self) -> float:
        """Processor time that the judgements of this submission have taken."""
        return self.total_seconds - self._left

    def judge(self, question: Question) -> Judgement | None:
        """Judge evidence; None if it has no form that can be judged.

        Raises:
            TookTooLong: If the time of this judgement, or of the submission, is over.
            JudgeFailed: If the judge does not start.
        """
        if self._left < _LEAST_SECONDS:
            raise TookTooLong
        connection = self._ready()
        seconds = min(self.seconds, self._left)
        try:
            connection.send((question, seconds))
            # By the clock it may take longer, on a machine that is busy with other things.
            if connection.poll(10 * seconds + 10):
                answer, spent = connection.recv()
                self._left -= spent
                if answer == _LATE:
                    raise TookTooLong
                return answer if isinstance(answer, Judgement) else None
        except (EOFError, OSError):
            pass
        self.close()
        self._left -= seconds
        raise TookTooLong

    def close(self) -> None:
        """End the process."""
        if self._connection is not None:
            self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process = self._connection = None

    def _ready(self) -> Connection:
        if self._connection is not None:
            return self._connection
        ours, theirs = socket.socketpair()
        folders = [str(Path(__file__).parents[3]), *filter(None, [os.environ.get("PYTHONPATH")])]
        command = "from resnet_course.grading.marking.judging import serve; serve()"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", command],
                stdin=theirs.fileno(),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
            )
        self._connection = Connection(ours.detach())
        try:
            if self._connection.poll(300) and self._connection.recv() == _READY:
                return self._connection
        except (EOFError, OSError):
            pass
        self.close()
        raise JudgeFailed("The judge does not start.")


def serve() -> None:
    """Answer the questions that come over standard input, until no more come."""
    import resource

    # Loaded before the limits, and before the first question counts.
    import checks.catalogue
    import checks.judging.judge  # noqa: F401

    connection = Connection(os.dup(0))
    signal.signal(signal.SIGPROF, _too_long)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if in_use := memory_in_use():
        resource.setrlimit(resource.RLIMIT_DATA, (in_use + DATA, in_use + DATA))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    connection.send(_READY)
    with suppress(EOFError, ConnectionError):
        while True:
            connection.send(_answer(*connection.recv()))


def _answer(question: Question, seconds: float) -> tuple[Judgement | str | None, float]:
    """Return the judgement, and the processor time that it took."""
    begun = time.process_time()
    try:
        with _limited(seconds):
            return _judgement(question), time.process_time() - begun
    except _OutOfTime:
        return _LATE, time.process_time() - begun
    except Exception:
        return None, time.process_time() - begun


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Raise `_OutOfTime` when the time is over; where Python cannot, the kernel ends the process.

    Python hears no signal before a function of NumPy returns, and that may take an hour.
    """
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = time.process_time()
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(used + seconds) + 1, hard))
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def _too_long(number: int, frame: FrameType | None) -> None:
    raise _OutOfTime


def _judgement(question: Question) -> Judgement:
    from checks.catalogue import EXERCISES
    from checks.judging.judge import judge
    from checks.report import page, text
    from resnet_course.grading.untrusted.evidence import read_probe

    exercise = EXERCISES[question.exercise]
    evidence = question.evidence
    if isinstance(evidence, bytes):
        evidence = read_probe(evidence, len(question.cases))
    report = judge(exercise, question.cases, evidence)
    guarded = _guarded(report)
    return Judgement(
        score=float(report.score),
        passed=report.passed,
        missing=evidence.missing,
        headline=_writable(text.headline(report))[:MAXIMUM_HEADLINE],
        failures=[result.name for result in report.results if result.status == "failed"],
        html=_bounded(_writable(page.render(report))),
        guarded_html=_bounded(_writable(page.render(guarded))),
    )


def _bounded(page: str) -> str:
    """Return a report as HTML, or a sentence in its place if it would fill a page for ever."""
    return page if len(page) <= MAXIMUM_PAGE else TOO_LARGE


def _writable(text: str) -> str:
    """Return text that can be written as UTF-8: evidence may hold halves of characters."""
    return plain(text.encode("utf-8", "replace").decode("utf-8").replace("\0", ""))


def _guarded(report: Any) -> Any:
    """Return a report without the arguments, numbers and graphs of the probe.

    What the sandbox says of the learner's lines is left out as well: it may tell the probe.
    """
    hint = report.hints[0] if report.hints else "Try your function with other arguments as well."
    results = [
        replace(each, expected="", received=NOT_SHOWN, why="", hint=hint)
        if each.status == "failed"
        else each
        for each in report.results
    ]
    return replace(report, results=results, place="", printed="", traceback="", comparison=None)
