"""Runs a submission: its cells in order, and in between the probes of its functions.

It says what happened, step by step, and judges nothing.
"""

import contextlib
import json
import linecache
import os
import pickle
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from checks.evidence import Evidence, written
from checks.probing.probe import OutOfTime, probe
from resnet_course.grading.isolation.sandboxed import messages, notebook_shell

HOME = "/tmp/submission"
MAXIMUM_MESSAGE = 500
MAXIMUM_WARNINGS = 20


def run(connection: messages.Connection) -> None:
    """Receive a job, run its steps in one namespace, and send the result of each.

    The job is pickled: it comes from the grader, which this process has every reason to trust.
    Nothing is ever unpickled on the way back.
    """
    job = pickle.loads(messages.receive(connection, 1 << 30)[2])
    folder = Path(job["folder"] or HOME)
    _unpack(job["files"], folder)
    namespace = _namespace()
    until = time.process_time() + job["left"]
    for number, step in job["steps"]:
        messages.send(connection, messages.BEGINS, number)
        # So that something is left for the steps that follow.
        seconds = max(0.1, min(job["seconds"], (until - time.process_time()) / 2))
        result = _result(step, namespace, seconds, job["wall_seconds"])
        messages.send(connection, messages.RESULT, number, json.dumps(result).encode())
    messages.send(connection, messages.END)


def _unpack(files: dict[str, bytes], folder: Path) -> None:
    """Write the submission's own files, and make their folder the current one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        with contextlib.suppress(OSError, ValueError):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    os.chdir(folder)
    # Last, so that a file called random.py does no harm.
    sys.path.append(str(folder))


def _namespace() -> dict[str, Any]:
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    namespace = module.__dict__
    namespace.update(notebook_shell.names(namespace))
    return namespace


def _result(
    step: dict[str, Any], namespace: dict[str, Any], seconds: float, wall_seconds: float
) -> dict[str, Any]:
    """Run one step and describe what happened."""
    if "source" in step:
        remarks: list[dict[str, Any]] = []
        ended = _run_cell(step["name"], step["source"], namespace, seconds, wall_seconds, remarks)
        return {**ended, "warnings": remarks}
    function = namespace.get(step["function"])
    missing = step["function"] not in namespace
    try:
        with _time_limit(seconds, signal.SIGPROF, signal.ITIMER_PROF):
            evidence = probe(function, step["cases"], wall_seconds)
    except OutOfTime:
        evidence = Evidence(True)
    return dict(written(replace(evidence, missing=missing)))


def _run_cell(
    name: str,
    source: str,
    namespace: dict[str, Any],
    seconds: float,
    wall_seconds: float,
    remarks: list[dict[str, Any]],
) -> dict[str, Any]:
    """Run a cell and say how it ended; what Python remarks on while compiling it is kept."""
    try:
        with (
            _time_limit(wall_seconds, signal.SIGALRM, signal.ITIMER_REAL),
            _time_limit(seconds, signal.SIGPROF, signal.ITIMER_PROF),
        ):
            source = notebook_shell.python_from(source)
            lines = source.splitlines(keepends=True)
            linecache.cache[name] = (len(source), None, lines, name)
            exec(_compiled(source, name, remarks), namespace)
    except OutOfTime:
        return {"outcome": "out of time"}
    except BaseException as error:
        return {"outcome": "raised", "error": _describe(error, name)}
    return {"outcome": "ran"}


def _compiled(source: str, name: str, remarks: list[dict[str, Any]]) -> CodeType:
    """Compile a cell, and keep warnings for the learner's page."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            return compile(source, name, "exec", dont_inherit=True)
        finally:
            remarks += [
                {
                    "type": each.category.__name__,
                    "message": str(each.message)[:MAXIMUM_MESSAGE],
                    "line": each.lineno,
                }
                for each in caught[:MAXIMUM_WARNINGS]
            ]


def _describe(error: BaseException, name: str) -> dict[str, Any]:
    line = error.lineno if isinstance(error, SyntaxError) else None
    message = error.msg if isinstance(error, SyntaxError) else error
    if line is None:
        own = traceback.extract_tb(error.__traceback__)
        line = next((frame.lineno for frame in own if frame.filename == name), None)
    return {
        "type": type(error).__name__[:MAXIMUM_MESSAGE],
        "message": str(message)[:MAXIMUM_MESSAGE],
        "line": line,
    }


@contextlib.contextmanager
def _time_limit(seconds: float, number: int, timer: int) -> Iterator[None]:
    """Raise `OutOfTime` in the block when a timer has run for some seconds."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    previous: Callable[[int, FrameType | None], Any] | int | None = signal.signal(number, ring)
    # It rings again and again, in case the submission's code catches the first.
    signal.setitimer(timer, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(timer, 0)
        signal.signal(number, previous)
