"""Runs submissions in a sandbox: starts its server, hands over jobs, collects what comes back.

What comes back is untrusted: it is bounded here, and read in `evidence.py`.
"""

import pickle
import select
import socket
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from resnet_course.grading.isolation.jobs import Ending, Job, Limits, Ran
from resnet_course.grading.isolation.sandbox import Sandbox
from resnet_course.grading.isolation.sandbox_process import (
    STARTING_SECONDS,
    SandboxFailed,
    SandboxProcess,
    Started,
)
from resnet_course.grading.isolation.sandboxed import messages, zygote
from resnet_course.grading.untrusted.evidence import MAXIMUM_CELL

#: With less processor time, nothing is run any more.
_LEAST_SECONDS = 0.5

#: Counted for each message besides its content: as many bytes as take as long to read.
_HEADER = 64

#: Seconds to wait for more where less has come than was asked for.
_PAUSE = 0.005


class NoNamespaces(SandboxFailed):
    """The kernel, or who guards it, gives a process in the sandbox no namespaces of its own."""


@dataclass(frozen=True)
class _Timed:
    """A socket of which a whole message has to come by a time, however slowly it trickles."""

    connection: socket.socket
    until: float

    def recv(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self.connection.settimeout(left)
        chunk = self.connection.recv(size)
        if 0 < len(chunk) < size:
            # Who writes a byte at a time would have the grader woken up for each.
            time.sleep(_PAUSE)
        return chunk

    def sendall(self, content: bytes, /) -> None:
        """Send all bytes."""
        self.connection.sendall(content)


class Server:
    """A server in a sandbox, started when the first job comes."""

    def __init__(
        self,
        sandbox: Sandbox,
        limits: Limits,
        modules: Sequence[str],
        warm: bool = True,
        process: SandboxProcess | None = None,
    ) -> None:
        """Keep what the server needs to start.

        Args:
            sandbox: Where it runs.
            limits: What a submission may use.
            modules: Modules to import before the first submission comes.
            warm: Whether one server serves many submissions, each forked from it.
            process: What it starts in, if it shares that with others, who close it.
        """
        self.sandbox = sandbox
        self.limits = limits
        self.warm = warm
        self.process = process or SandboxProcess(sandbox, modules, limits.of_process())
        self._shared = process is not None
        self._single: Started | None = None
        self._control: socket.socket | None = None
        self._closed = False
        self._deadline = 0.0
        self._taken = 0.0

    def run(self, job: Job) -> Ran:
        """Run a job. A step that kills the process, or hangs, is left out and the rest run again.

        Raises:
            SandboxFailed: If the sandbox does not work.
        """
        self._taken = job.processor_seconds
        self._deadline = time.monotonic() + self.limits.total_seconds - job.clock_seconds
        ran = self._run(job)
        clock = self.limits.total_seconds - (self._deadline - time.monotonic())
        return replace(ran, processor_seconds=self._taken, clock_seconds=clock)

    def has_time_after(self, ran: Ran) -> bool:
        """Return whether a submission has time left after what it has taken."""
        processor = self.limits.processor_seconds - ran.processor_seconds
        return processor >= _LEAST_SECONDS and ran.clock_seconds < self.limits.total_seconds

    @property
    def _left(self) -> float:
        """Processor time that the submission has left."""
        return self.limits.processor_seconds - self._taken

    def _run(self, job: Job) -> Ran:
        """Run a job, in as many attempts as it takes."""
        results: dict[int, bytes] = {}
        endings: dict[int, Ending] = {}
        output = self.limits.output if job.output is None else job.output
        while True:
            steps = {
                number: step
                for number, step in job.steps.items()
                if number not in endings and not ("cases" in step and number in results)
            }
            late = time.monotonic() > self._deadline or self._left < _LEAST_SECONDS
            if late or output <= 0:
                left = (n for n in steps if n not in results)
                ending: Ending = "out of time" if late else "too much output"
                return Ran(results, {**endings, **dict.fromkeys(left, ending)}, output)
            allowed = self._taken + self._allowed_seconds()
            attempt = self._attempt(replace(job, steps=steps, output=output))
            results = {**attempt.results, **results}
            output = attempt.left
            if not attempt.endings:
                return Ran(results, endings, output)
            by_the_kernel = self._taken > allowed - 0.5
            endings |= dict.fromkeys(attempt.endings, "out of time") if by_the_kernel else {}
            endings = {**attempt.endings, **endings}

    def close(self, for_good: bool = False) -> None:
        """End what runs for this server; it starts again with the next job, or never."""
        self._closed = self._closed or for_good
        if self._control is not None:
            self._control.close()
        if self._single is not None:
            self.process.end(self._single)
        self._single = self._control = None
        if for_good and not self._shared:
            self.process.close()

    def _attempt(self, job: Job) -> Ran:
        """Run the steps of a job until one does not end."""
        for last_try in (False, True):
            if self._closed:
                raise SandboxFailed("the run was ended")
            try:
                with self._connected() as connection:
                    return self._converse(connection, job)
            except (SandboxFailed, OSError, EOFError) as error:
                self.close()
                # Then every submission gets a sandbox of its own, which takes longer.
                self.warm = self.warm and not isinstance(error, NoNamespaces)
                if last_try:
                    raise SandboxFailed(f"{error}. {self.process.last_words()}") from error
        raise AssertionError("not reached")

    def _converse(self, connection: socket.socket, job: Job) -> Ran:
        """Send the job and collect the results, until the end or until a limit is reached."""
        connection.settimeout(self.limits.wall_seconds)
        messages.send(connection, messages.RESULT, content=self._content(job))
        results: dict[int, bytes] = {}
        at: int | None = None
        left = self.limits.output if job.output is None else job.output
        try:
            while True:
                waiting = time.monotonic()
                begun = at is not None or bool(results)
                patience = min(1.5 * self.limits.wall_seconds, self._deadline - waiting)
                until = waiting + (max(0.1, patience) if begun else STARTING_SECONDS)
                probing = at is not None and "cases" in job.steps[at]
                longest = left if probing else min(left, MAXIMUM_CELL)
                kind, step, content_ = messages.receive(_Timed(connection, until), longest)
                if not begun:
                    # How long the sandbox takes to start is not the submission's doing.
                    self._deadline += time.monotonic() - waiting
                elif waiting > self._deadline:
                    raise TimeoutError
                left -= len(content_) + _HEADER
                if kind == messages.FAILURE and at is None and not results:
                    raise NoNamespaces(content_.decode(errors="replace")[:500])
                if kind == messages.END:
                    return Ran(results, {}, left)
                if kind == messages.BEGINS and step in job.steps and step not in results:
                    at = step
                elif kind == messages.RESULT and step == at:
                    results[step] = content_
                    at = None
        except (EOFError, ConnectionError):
            ending: Ending = "died"
        except TimeoutError:
            ending = "out of time"
        except messages.TooLong:
            ending = "too much output"
        guilty = at if at is not None else next((n for n in job.steps if n not in results), None)
        if guilty is None:
            return Ran(results, {}, left)
        if not results and at is None:
            raise SandboxFailed(f"the process ended before the first cell ({ending})")
        return Ran(results, {guilty: ending}, left)

    def _content(self, job: Job) -> bytes:
        """Return what the process is told."""
        content = {
            "steps": list(job.steps.items()),
            "files": dict(job.files),
            "folder": None if self.sandbox.isolates else tempfile.mkdtemp(),
            "seconds": self.limits.seconds,
            "wall_seconds": self.limits.wall_seconds,
            "left": self._left,
        }
        return pickle.dumps(content)

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        """Give a connection to a new process that waits for a job; it is killed at the end."""
        ours, theirs = socket.socketpair()
        with ours:
            if not self.warm:
                with theirs:
                    self.close()
                    allowed = self._allowed_seconds(), self.limits.data or 0
                    self._single = self.process.start(theirs, theirs, allowed)
                before = self._deadline - time.monotonic()
                try:
                    yield ours
                finally:
                    self.close()
                    # No trustworthy source knows it, so time by the clock is taken instead.
                    taken = before - (self._deadline - time.monotonic())
                    self._taken += max(0.0, min(taken, self._allowed_seconds()))
                return
            with theirs:
                control = self._ready()
                allowance = zygote.ALLOWANCE.pack(self._allowed_seconds(), self.limits.data or 0)
                socket.send_fds(control, [zygote.RUN + allowance], [theirs.fileno()])
            try:
                if control.recv(16) != zygote.STARTED:
                    raise NoNamespaces(_failure(ours))
                yield ours
            finally:
                # Nothing is read from the process any more, so that it cannot block.
                ours.close()
                control.sendall(zygote.END)
                ended = control.recv(64)
                if not ended.startswith(zygote.ENDED):
                    raise SandboxFailed("the server ended")
                self._taken += zygote.TAKEN.unpack(ended[len(zygote.ENDED) :])[0]

    def _allowed_seconds(self) -> int:
        """Return the processor time of an attempt: not all, so that others may follow."""
        return max(1, int(0.75 * self._left))

    def _ready(self) -> socket.socket:
        """Return the server's control socket, starting the server if need be."""
        if self._control is None:
            self._control = self.process.join()
        return self._control


def _failure(connection: socket.socket) -> str:
    """Return why a process could not be shut in."""
    readable, _, _ = select.select([connection], [], [], 1.0)
    if not readable:
        return "no process could be started"
    return messages.receive(connection, 10_000)[2].decode(errors="replace")


@contextmanager
def several(
    sandbox: Sandbox, limits: Limits, modules: Sequence[str], number: int
) -> Iterator[list[Server]]:
    """Give servers that share one process, which is ended with them.

    Args:
        sandbox: Where they run.
        limits: What a submission may use.
        modules: Modules to import before the first submission comes.
        number: How many.
    """
    process = SandboxProcess(sandbox, modules, limits.of_process())
    # One server can serve many submissions where each can be shut in by itself.
    apart = sandbox.nests or not sandbox.isolates
    servers = [Server(sandbox, limits, [], apart, process) for _ in range(number)]
    try:
        yield servers
    finally:
        process.close()
        for server in servers:
            server.close(for_good=True)
