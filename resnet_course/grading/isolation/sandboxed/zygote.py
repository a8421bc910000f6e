"""Servers that have imported Keras, have run no operation, and fork one process a submission.

The first process imports, and forks a server for each worker of the grader.

It never holds a submission, an expected value or anything else that is not public: each submission
comes to its own process over a socket of its own, and its evidence goes back the same way.

Started with a connected socket as standard input, and as argument what `Settings` says, in JSON.
Where it serves once, the one submission comes over standard input and output, and nothing forks.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import NoReturn

JOIN, READY, RUN, STARTED = b"join", b"ready", b"run", b"started"
END, ENDED, FAILED = b"end", b"ended", b"failed"

#: After RUN: seconds of processor time, and bytes of memory besides what there is; 0 for no limit.
ALLOWANCE = struct.Struct("!IQ")
#: After ENDED: seconds of processor time that the submission took.
TAKEN = struct.Struct("!d")


@dataclass(frozen=True)
class Settings:
    """What the server is told when it starts.

    Attributes:
        library: Folder of the modules that submissions may import.
        modules: Modules to import before the first submission comes.
        confined: Whether to shut each submission in: it gets no privileges and, unless it is the
            only one, namespaces of its own.
        limits: Limits of a submission's process, by the names of the `resource` module.
        once: Whether to run a single submission, in this very process.
        allowance: What that one may use: processor time and memory, as `ALLOWANCE` says.
    """

    library: str
    modules: list[str]
    confined: bool
    limits: dict[str, int]
    once: bool = False
    allowance: tuple[int, int] = (0, 0)


def serve(control: socket.socket, settings: Settings) -> None:
    """Fork a server for every worker that joins, until no more can."""
    prepare(settings)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nobody waits for a server that ends.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    control.sendall(READY)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 16, 1)
        if message != JOIN or not descriptors:
            return
        if os.fork() == 0:
            control.close()
            _guarded(partial(_serve_worker, descriptors[0], settings), descriptors[0])
        os.close(descriptors[0])


def _serve_worker(descriptor: int, settings: Settings) -> None:
    """Fork a watcher for every connection that comes, one after the other, until no more comes.

    What a submission took is for its watcher to know: the next one is forked from this process,
    and finds in its memory what this one remembers.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    control = socket.socket(fileno=descriptor)
    control.sendall(READY)
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, 64, 1)
        if not message.startswith(RUN) or not descriptors:
            return
        if os.fork() == 0:
            allowance = ALLOWANCE.unpack(message[len(RUN) :])
            own = replace(settings, allowance=allowance)
            _guarded(partial(_watch, control, descriptors[0], own), descriptors[0])
        os.close(descriptors[0])
        failed = bool(os.wait()[1])
        # Processes are numbered, which tells how many threads there were: these take the place of
        # the number that was freed.
        [*range(2**29, 2**29 + 1_000)]
        if failed:
            return


def serve_once(settings: Settings) -> None:
    """Run the one submission that comes over standard input."""
    prepare(settings)
    from resnet_course.grading.isolation.sandboxed import confinement, messages, runner

    pipes = messages.Pipes(os.dup(0), os.dup(1))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    confinement.limit(limits_of(settings, confinement.memory_in_use()))
    if settings.confined:
        confinement.give_up_privileges()
    runner.run(pipes)


def limits_of(settings: Settings, in_use: int) -> dict[str, int]:
    """Return the limits of a submission's process.

    Args:
        settings: What the server was told.
        in_use: The bytes that this process has for itself by now.
    """
    if not settings.limits:
        return {}
    seconds, memory = settings.allowance
    limits = {**settings.limits, "RLIMIT_CPU": seconds} if seconds else settings.limits
    return {**limits, "RLIMIT_DATA": in_use + memory} if memory and in_use else limits


def prepare(settings: Settings) -> None:
    """Import what submissions need."""
    sys.path.insert(0, settings.library)
    from resnet_course.grading.isolation.sandboxed import confinement, runner  # noqa: F401

    for name in settings.modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _watch(control: socket.socket, connection: int, settings: Settings) -> None:
    """Fork the process that runs a submission, end it when told to, and say what it took."""
    from resnet_course.grading.isolation.sandboxed import confinement

    process = 0
    try:
        process = confinement.fork_apart() if settings.confined else os.fork()
    except OSError as error:
        _say_failure(connection, error)
    else:
        if process == 0:
            control.close()
            _guarded(partial(_run, connection, settings), connection)
    os.close(connection)
    control.sendall(STARTED if process else FAILED)
    asked = control.recv(16)
    if process:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    if asked != END:
        raise EOFError
    control.sendall(ENDED + TAKEN.pack(confinement.seconds_taken()))


def _run(connection: int, settings: Settings) -> None:
    """Shut this process in and run the submission that comes over the connection."""
    from resnet_course.grading.isolation.sandboxed import confinement, runner

    confinement.default_signals()
    confinement.die_with_the_parent()
    confinement.close_descriptors(kept=connection)
    # While it may still ask what kind of socket it is.
    own = socket.socket(fileno=connection)
    in_use = confinement.memory_in_use()
    if settings.confined:
        confinement.empty_folders()
    confinement.limit(limits_of(settings, in_use))
    if settings.confined:
        confinement.give_up_privileges()
    runner.run(own)


def _guarded(work: Callable[[], None], connection: int) -> NoReturn:
    """Do something, say over the connection if it fails, and end the process."""
    code = 1
    try:
        work()
        code = 0
    except BaseException as error:
        _say_failure(connection, error)
    finally:
        os._exit(code)


def _say_failure(connection: int, error: BaseException) -> None:
    """Say over a connection why there is no submission, if anybody listens."""
    from resnet_course.grading.isolation.sandboxed import messages

    with contextlib.suppress(BaseException):
        sender = socket.socket(fileno=os.dup(connection))
        messages.send(sender, messages.FAILURE, content=repr(error).encode())


def main() -> None:
    """Serve the socket that is standard input, or a single submission."""
    settings = Settings(**json.loads(sys.argv[1]))
    if settings.once:
        serve_once(settings)
        return
    control = socket.socket(fileno=os.dup(0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.close(nowhere)
    serve(control, settings)


if __name__ == "__main__":
    main()
