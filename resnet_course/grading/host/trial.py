"""Says what a machine has and lacks for grading, and what mends it.

Each part of it is tried, not looked up: a sandbox is started, and a submission in it tries what no
submission may do.
"""

import json
import os
import platform
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from resnet_course.errors import CourseError
from resnet_course.grading.host import machine
from resnet_course.grading.host.machine import Finding
from resnet_course.grading.isolation import bubblewrap, library, preparing
from resnet_course.grading.isolation.jobs import Job, Limits
from resnet_course.grading.isolation.sandbox import Sandbox
from resnet_course.grading.isolation.sandboxed import system_calls
from resnet_course.grading.isolation.server import SandboxFailed, Server

#: What a submission tries: each must raise.
_FORBIDDEN = {
    "start a process": "import os\nos._exit(0) if os.fork() == 0 else None",
    "run a program": "import os, sys\nos.execv(sys.executable, ['python', '-c', 'pass'])",
    "open a socket": "import socket\nsocket.socket()",
    "take more memory than allowed": "bytearray(2**40)",
    "write to the installed packages": "import numpy\nopen(numpy.__file__, 'a')",
    # Itself, and what a sandbox starts it with, do not count as others.
    "see other processes": "import os\nassert sum(map(str.isdigit, os.listdir('/proc'))) > 4",
}
_MODULES = ["keras"]
_HONEST = "import keras\nassert keras.ops.sum(keras.ops.ones((2, 3))) == 6"


@dataclass(frozen=True)
class Wanted:
    """What the machine is to be fit for.

    Attributes:
        sandbox: "bubblewrap", "podman" or "docker".
        image: The container's image.
        workers: Submissions at once.
        course: The folder of the course: its file system takes gradebook and pages.
        limits: What a submission may use.
    """

    sandbox: str = "bubblewrap"
    image: str = "resnet-course"
    workers: int = 2
    course: Path = Path()
    limits: Limits = field(default_factory=Limits)


def check_host(wanted: Wanted) -> Iterator[Finding]:
    """Yield what a machine has and lacks for grading, as it is found out."""
    yield machine.system(platform.system(), platform.machine())
    if platform.system() != "Linux":
        return
    tool = _bubblewrap() if wanted.sandbox == "bubblewrap" else _runtime(wanted.sandbox)
    yield tool
    yield machine.memory(wanted.workers, machine.available_memory())
    yield machine.address_space(wanted.limits.memory)
    yield machine.cores(wanted.workers)
    yield machine.account(os.getuid())
    yield machine.clock()
    yield machine.disk(wanted.course)
    if tool.state != "unfit":
        yield from _in_the_sandbox(wanted)


def _bubblewrap() -> Finding:
    """Say whether bubblewrap is there, new enough, and gets its namespaces."""
    if shutil.which("bwrap") is None:
        return Finding("bubblewrap", "unfit", "not installed", "sudo apt install bubblewrap")
    done = subprocess.run(["bwrap", "--version"], capture_output=True, text=True)
    numbers = re.findall(r"\d+", done.stdout)
    version = ".".join(numbers) or "unknown"
    reason = bubblewrap.works()
    if reason:
        words = f"version {version}: {reason}"
        return Finding("bubblewrap", "unfit", words, machine.namespaces_mend())
    if [*map(int, numbers)] < [0, 8]:
        old = f"version {version}; tried with 0.8 and newer"
        return Finding("bubblewrap", "weak", old, "sudo apt install --only-upgrade bubblewrap")
    return Finding("bubblewrap", "ok", f"version {version}, and it gets its namespaces")


def _runtime(name: str) -> Finding:
    if shutil.which(name) is None:
        return Finding(name, "unfit", "not installed", f"sudo apt install {_PACKAGES[name]}")
    done = subprocess.run([name, "--version"], capture_output=True, text=True)
    return Finding(name, "ok", done.stdout.strip() or "installed")


_PACKAGES = {"podman": "podman", "docker": "docker.io"}


def _in_the_sandbox(wanted: Wanted) -> Iterator[Finding]:
    """Start a sandbox, look for answers in it, and let a submission try what none may do."""
    secrets = [wanted.course.resolve()] if wanted.course.is_dir() else []
    answers = library.ANSWERED_ELSEWHERE
    with ExitStack() as stack:
        try:
            sandbox = preparing.prepared(wanted.sandbox, wanted.image, answers, secrets=secrets)
            where = stack.enter_context(sandbox)
        except CourseError as error:
            yield Finding("answers", "unfit", str(error), "do what this sentence says")
            return
        yield Finding("answers", "ok", "none of those that are known can be read in the sandbox")
        yield from _submission(where, wanted.limits)


def _submission(where: Sandbox, limits: Limits) -> Iterator[Finding]:
    server = Server(where, limits, _MODULES, where.nests)
    try:
        begin = time.perf_counter()
        honest = _outcomes(server, [_HONEST])
        first = time.perf_counter() - begin
        outcomes = _outcomes(server, [*_FORBIDDEN.values()])
        begin = time.perf_counter()
        again = _outcomes(server, [_HONEST])
        next_one = time.perf_counter() - begin
    except SandboxFailed as error:
        yield Finding("submission", "unfit", f"none can be run: {error}", machine.namespaces_mend())
        return
    finally:
        server.close(for_good=True)
    yield _promises(outcomes)
    if where.nests and not server.warm:
        slow = "no namespaces inside a sandbox: each submission gets one of its own, and is slower"
        yield Finding("namespaces", "weak", slow, machine.namespaces_mend())
    if honest != again or honest != ["ran"]:
        words = "Keras does not work in the sandbox"
        yield Finding("submission", "unfit", words, "make setup")
        return
    words = f"{first:.1f} s for the first, {next_one:.1f} s for the next"
    yield Finding("submission", "ok", words)


def _promises(outcomes: Sequence[str | None]) -> Finding:
    """Say what a submission could do that none may do."""
    pairs = zip(_FORBIDDEN, outcomes, strict=True)
    broken = [name for name, outcome in pairs if outcome != "raised"]
    if not broken:
        return Finding("isolation", "ok", "a submission cannot " + ", ".join(_FORBIDDEN))
    filtered = system_calls.program(platform.machine())
    words = "a submission can " + ", ".join(broken)
    mend = "do not grade here, and report it as SECURITY.md says" if filtered else "use x86-64"
    return Finding("isolation", "unfit" if filtered else "weak", words, mend)


def _outcomes(server: Server, sources: Sequence[str]) -> list[str | None]:
    """Return how each cell of a submission ended; None for one that did not."""
    steps = {n: {"name": f"cell {n}", "source": source} for n, source in enumerate(sources)}
    results = server.run(Job(steps)).results
    return [json.loads(results[n])["outcome"] if n in results else None for n in steps]
