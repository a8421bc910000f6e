"""The process in the sandbox that imports Keras once, and gives every worker a server of its own.

What it takes of memory, its servers share, and what they fork.
"""

import json
import socket
import subprocess
import tempfile
import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resnet_course.grading.isolation.sandbox import Sandbox
from resnet_course.grading.isolation.sandboxed import zygote

#: How long an interpreter may take to import Keras on a machine that is busy.
STARTING_SECONDS = 300.0


class SandboxFailed(Exception):
    """The sandbox itself does not work: nothing to do with the submission."""


@dataclass(frozen=True)
class Started:
    """A process in a sandbox, and the sandbox's name."""

    process: "subprocess.Popen[bytes]"
    name: str


class SandboxProcess:
    """A sandbox for all workers, started when the first of them asks for a server."""

    def __init__(self, sandbox: Sandbox, modules: Sequence[str], limits: Mapping[str, int]) -> None:
        """Keep what is needed to start.

        Args:
            sandbox: Where it runs.
            modules: Modules to import before the first submission comes.
            limits: Limits of a submission's process, by the names of the `resource` module.
        """
        self.sandbox = sandbox
        self.modules = list(modules)
        self.limits = dict(limits) if sandbox.isolates else {}
        self._started: Started | None = None
        self._control: socket.socket | None = None
        self._closed = False
        self._lock = threading.Lock()
        self._log = tempfile.TemporaryFile()  # noqa: SIM115

    def join(self) -> socket.socket:
        """Return the control socket of a new server, starting the process if need be.

        Raises:
            SandboxFailed: If it does not start, or the run was ended.
            OSError: If it has ended.
        """
        with self._lock:
            try:
                if self._started is None or self._started.process.poll() is not None:
                    self._end()
                    self._begin()
                assert self._control is not None
                ours, theirs = socket.socketpair()
                with theirs:
                    socket.send_fds(self._control, [zygote.JOIN], [theirs.fileno()])
                ours.settimeout(30)
                return _once_ready(ours)
            except (OSError, SandboxFailed):
                self._end()
                raise

    def start(self, stdin: Any, stdout: Any, allowance: tuple[int, int] | None = None) -> Started:
        """Start a process in a sandbox.

        Args:
            stdin: Its standard input: the control socket, or what the one submission comes over.
            stdout: Its standard output.
            allowance: Where it runs a single submission: what that one may use.
        """
        settings = {
            "library": self.sandbox.library_inside,
            "modules": self.modules,
            "confined": self.sandbox.isolates or self.sandbox.nests,
            "limits": self.limits,
            "once": allowance is not None,
            "allowance": allowance or (0, 0),
        }
        self._log.seek(0)
        self._log.truncate()
        name = f"resnet-course-{uuid.uuid4().hex}"
        command = self.sandbox.command(json.dumps(settings), name)
        return Started(
            subprocess.Popen(command, stdin=stdin, stdout=stdout, stderr=self._log), name
        )

    def end(self, started: Started) -> None:
        """End a process and the sandbox around it."""
        started.process.kill()
        started.process.wait()
        stop = self.sandbox.stop_command(started.name)
        if stop:
            subprocess.run(stop, capture_output=True, stdin=subprocess.DEVNULL)

    def close(self) -> None:
        """End the process for good, and with it all that runs in its sandbox."""
        self._closed = True
        # Whoever waits for it to start holds the lock.
        if started := self._started:
            started.process.kill()
        with self._lock:
            self._end()

    def last_words(self) -> str:
        """Return the last line of what a process had to say."""
        self._log.seek(0)
        lines = self._log.read(100_000).decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""

    def _begin(self) -> None:
        if self._closed:
            raise SandboxFailed("the run was ended")
        self._control, theirs = socket.socketpair()
        with theirs:
            self._started = self.start(theirs, subprocess.DEVNULL)
        self._control.settimeout(STARTING_SECONDS)
        _once_ready(self._control).settimeout(30)

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._started is not None:
            self.end(self._started)
        self._started = self._control = None


def _once_ready(control: socket.socket) -> socket.socket:
    """Return a control socket when its server says that it is ready."""
    if control.recv(16) != zygote.READY:
        control.close()
        raise SandboxFailed("the server did not start")
    return control
