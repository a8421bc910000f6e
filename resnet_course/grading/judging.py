"""Judges evidence in a process of its own, apart from the sandbox and apart from the gradebook.

Evidence is hostile until proven otherwise: a graph may be made to take hours to compare. So the
process has limits, and is ended and begun anew where they are reached.
"""

import hashlib
import hmac
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any

SECONDS = 30.0
MEMORY = 6 * 2**30

_READY = "ready"

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


class Judge:
    """A process that judges, started when the first question comes."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Keep the limit of one judgement, in seconds of processor time."""
        self.seconds = seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: Connection | None = None

    def judge(self, question: Question) -> Judgement | None:
        """Judge evidence; None if it cannot be judged within the limits.

        Raises:
            JudgeFailed: If the judge does not start.
        """
        connection = self._ready()
        try:
            connection.send(question)
            # By the clock it may take longer, on a machine that is busy with other things.
            if connection.poll(10 * self.seconds):
                answer = connection.recv()
                return answer if isinstance(answer, Judgement) else None
        except (EOFError, OSError):
            pass
        self.close()
        return None

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
        folders = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
        command = "from resnet_course.grading.judging import serve; serve()"
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", command],
                stdin=theirs.fileno(),
                env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
            )
        self._connection = Connection(ours.detach())
        try:
            self._connection.send(self.seconds)
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
    import checks.judge  # noqa: F401

    connection = Connection(os.dup(0))
    seconds = connection.recv()
    signal.signal(signal.SIGPROF, _too_long)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    connection.send(_READY)
    with suppress(EOFError, ConnectionError):
        while True:
            connection.send(_answer(connection.recv(), seconds))


def _answer(question: Question, seconds: float) -> Judgement | None:
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        return _judgement(question)
    except Exception:
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _too_long(number: int, frame: FrameType | None) -> None:
    raise TimeoutError("the evidence takes too long to judge")


def _judgement(question: Question) -> Judgement:
    from checks import html, text
    from checks.catalogue import EXERCISES
    from checks.judge import judge
    from resnet_course.grading.evidence import read_probe

    exercise = EXERCISES[question.exercise]
    evidence = question.evidence
    if isinstance(evidence, bytes):
        evidence = read_probe(evidence, len(question.cases))
    report = judge(exercise, question.cases, evidence)
    guarded = _guarded(report)
    return Judgement(
        score=float(report.score),
        passed=report.passed,
        missing=bool(evidence.get("missing")),
        headline=_writable(text.headline(report)),
        failures=[result.name for result in report.results if result.status == "failed"],
        html=_writable(html.render(report)),
        guarded_html=_writable(html.render(guarded)),
    )


def _writable(text: str) -> str:
    """Return text that can be written as UTF-8: evidence may hold halves of characters."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "")


def _guarded(report: Any) -> Any:
    """Return a report without the arguments, numbers and graphs of the probe.

    What the sandbox says of the learner's lines is left out as well: it may tell the probe.
    """
    hint = report.hints[0] if report.hints else "Try your function with other arguments, too."
    results = [
        replace(each, expected="", received=NOT_SHOWN, why="", hint=hint)
        if each.status == "failed"
        else each
        for each in report.results
    ]
    return replace(report, results=results, place="", printed="", traceback="", comparison=None)
