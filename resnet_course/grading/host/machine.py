"""What a machine has for grading, as far as the kernel says: memory, cores, clock, settings."""

import ctypes
import resource
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from resnet_course.grading.isolation.sandboxed import system_calls

#: "unfit" where grading cannot begin or keeps no promise, "weak" where it is slower or less sure.
State = Literal["ok", "weak", "unfit"]

#: A worker's submission and judge, and what all workers share: the grader, and a server with Keras.
#: Right submissions of lesson 4, the largest, as `benchmarks/grading.py memory` measures them with
#: Keras 3.15 and TensorFlow 2.21: 0.87 GiB for one at once, 1.97 GiB for four.
GIB_OF_A_WORKER, GIB_OF_THE_GRADER = 0.4, 0.5
_GIB = 2**30


@dataclass(frozen=True)
class Finding:
    """What was found out about one thing.

    Attributes:
        thing: What it is about, in a word or two.
        state: How it is.
        words: What was found.
        mend: The command that mends it, or what to do; empty where nothing needs fixing.
    """

    thing: str
    state: State
    words: str
    mend: str = ""


def system(name: str, processor: str) -> Finding:
    """Say whether there is a sandbox for this system, and a filter of system calls."""
    words = f"{name} on {processor}"
    if name != "Linux":
        mend = "grade on Linux; `--trust` grades here without any sandbox"
        return Finding("system", "unfit", f"{words}: there is no sandbox", mend)
    if not system_calls.program(processor):
        lacks = "there is no filter of system calls for this processor (see SECURITY.md)"
        return Finding("system", "weak", f"{words}: {lacks}", "grade on x86-64 or ARM64")
    return Finding("system", "ok", words)


def memory(workers: int, available: int) -> Finding:
    """Say whether there is memory for the workers.

    Args:
        workers: Submissions at once.
        available: Bytes that are free, or can be freed.
    """
    needed = workers * GIB_OF_A_WORKER + GIB_OF_THE_GRADER
    words = f"{available / _GIB:.1f} GiB available, {workers} at once take about {needed:.1f}"
    possible = int((available / _GIB - GIB_OF_THE_GRADER) / GIB_OF_A_WORKER)
    if possible < 1:
        return Finding("memory", "unfit", words, "free memory: one worker takes about 1 GiB")
    if possible < workers:
        return Finding("memory", "weak", words, _fewer_workers(possible))
    return Finding("memory", "ok", words)


def address_space(limit: int) -> Finding:
    """Say whether a process may have the address space that a submission is given.

    Args:
        limit: Bytes of a submission.
    """
    words = f"a submission may have {limit / _GIB:g} GiB of addresses"
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    if hard != resource.RLIM_INFINITY and hard < limit:
        short = f"{words}, and a process here no more than {hard / _GIB:.1f}"
        return Finding("addresses", "unfit", short, "ulimit -v unlimited")
    if _number("/proc/sys/vm/overcommit_memory") == 2:
        strict = f"{words}, and the kernel counts them as memory that is used"
        return Finding("addresses", "weak", strict, "sudo sysctl --write vm.overcommit_memory=0")
    return Finding("addresses", "ok", words)


def cores(workers: int) -> Finding:
    """Say whether there is a processor core for each worker, by affinity and quota."""
    from joblib import cpu_count

    number = cpu_count()
    words = f"{number} to use, {workers} submissions at once"
    state: State = "weak" if number < workers else "ok"
    return Finding("cores", state, words, _fewer_workers(number) if state == "weak" else "")


def account(number: int) -> Finding:
    """Say whether the account that grades is bound by all limits, by its number."""
    if number:
        return Finding("account", "ok", "an ordinary user, whom all limits bind")
    words = "root, whom limits on threads do not bind: submissions can stop others for a while"
    return Finding("account", "weak", words, "grade as a user of its own: sudo adduser grader")


def clock() -> Finding:
    """Say whether the kernel knows its clock to be right: being late depends on it."""
    unsynchronised = 5
    # The kernel's `struct timex` takes 208 bytes; all 0, it asks and sets nothing.
    answer = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512))
    words = f"{time.strftime('%Y-%m-%d %H:%M UTC', time.gmtime())}"
    if answer in (-1, unsynchronised):
        doubt = f"{words}, not known to be right: who is late may be told wrongly"
        return Finding("clock", "weak", doubt, "sudo timedatectl set-ntp true")
    return Finding("clock", "ok", f"{words}, synchronised")


def disk(course: Path) -> Finding:
    """Say whether there is room for the gradebook and the pages of a class."""
    folder = course.absolute()
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    words = f"{free / _GIB:.1f} GiB free in {folder}"
    if free < _GIB / 10:
        return Finding("disk", "unfit", words, f"free at least 1 GiB in {folder}")
    if free < _GIB:
        return Finding("disk", "weak", words, "a page takes about 1 MB for each learner and lesson")
    return Finding("disk", "ok", words)


def _fewer_workers(number: int) -> str:
    return f"grade with --workers {number}"


#: Settings of the kernel that keep bubblewrap from making namespaces, and what they should be.
_NAMESPACES = {
    "user/max_user_namespaces": (0, 15000),
    "user/max_net_namespaces": (0, 15000),
    "user/max_pid_namespaces": (0, 15000),
    "kernel/unprivileged_userns_clone": (0, 1),
    "kernel/apparmor_restrict_unprivileged_userns": (1, 0),
}


def namespaces_mend(root: Path = Path("/")) -> str:
    """Return the command that lets bubblewrap make namespaces, as far as can be told.

    Args:
        root: Where the machine's files are.
    """
    for name, (bad, good) in _NAMESPACES.items():
        if _number(root / "proc/sys" / name) == bad:
            return f"sudo sysctl --write {name.replace('/', '.')}={good}"
    if any((root / name).exists() for name in (".dockerenv", "run/.containerenv")):
        return "start this container with --privileged, or grade on the machine that runs it"
    return "use a kernel with user namespaces (CONFIG_USER_NS), or grade with --sandbox podman"


def _number(path: Path | str) -> int | None:
    try:
        return int(Path(path).read_text())
    except (OSError, ValueError):
        return None


def available_memory() -> int:
    """Return the bytes that this process and its children may still get."""
    import psutil

    return min([psutil.virtual_memory().available, *cgroup_memory()])


def cgroup_memory(root: Path = Path("/")) -> Iterator[int]:
    """Yield the bytes that are left in each control group with a limit, of version 1 and 2.

    Args:
        root: Where the machine's files are.
    """
    try:
        lines = (root / "proc/self/cgroup").read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, name = line.split(":", 2)
        top, limit, used = root / "sys/fs/cgroup", "memory.max", "memory.current"
        if "memory" in controllers.split(","):
            top, limit, used = top / "memory", "memory.limit_in_bytes", "memory.usage_in_bytes"
        elif controllers:
            continue
        inner = Path(name.lstrip("/"))
        for folder in (top / inner, *(top / each for each in inner.parents)):
            most, now = _number(folder / limit), _number(folder / used)
            if most is not None and now is not None:
                yield most - now
