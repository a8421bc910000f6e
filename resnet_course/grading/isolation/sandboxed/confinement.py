"""Shuts a process in: namespaces of its own, empty folders, no privileges, no new processes.

The server of `zygote.py` lives in a sandbox already. Every submission that it forks is shut in once
more, so that it sees neither the server nor what another submission left.
"""

import ctypes
import os
import resource
import signal
import struct
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from resnet_course.grading.isolation.sandboxed import system_calls

_libc = ctypes.CDLL(None, use_errno=True)

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID, _CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
_MS_READ_ONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND = 1, 2, 4, 0x20, 0x1000
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP, _PR_SET_PDEATHSIG = 38, 24, 1
_CAPABILITY_VERSION_3 = 0x20080522

#: Folders that are empty and the submission's own, each with the options of its file system.
FOLDERS = {
    # Files and folders take memory of the kernel's besides their content.
    "/dev/shm": b"size=64m,mode=1777,nr_inodes=4096",
    "/tmp": b"size=64m,mode=1777,nr_inodes=4096",
    "/proc": b"size=4k,mode=755,nr_inodes=16",
}

#: The devices that there are in the sandbox. /dev/zero gives memory that no limit counts.
DEVICES = ("/dev/null", "/dev/full", "/dev/random", "/dev/urandom")


def fork_apart() -> int:
    """Fork a process that is the first of its own namespaces, as `os.fork` forks one.

    Returns:
        0 in that process; in the caller, its process id.

    Raises:
        OSError: If the kernel gives no namespaces. The caller should end: it may have some of them.
    """
    user, group = os.getuid(), os.getgid()
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC | _CLONE_NEWUTS
    if not system_calls.program(os.uname().machine):
        # Where sockets are refused, a network of its own would only cost time.
        flags |= _CLONE_NEWNET
    _check(_libc.unshare(flags), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    return os.fork()


def empty_folders() -> None:
    """Put an empty folder of this process's own over each that others write to or are seen in.

    Raises:
        OSError: If the kernel refuses.
    """
    os.setsid()
    _check(_libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None), "make mounts private")
    for folder, options in FOLDERS.items():
        hidden = _modules_in(folder)
        flags = _MS_NOSUID | _MS_NODEV
        mounted = _libc.mount(b"tmpfs", folder.encode(), b"tmpfs", flags, options)
        _check(mounted, f"mount {folder}")
        for path, descriptor in hidden.items():
            _show_again(path, descriptor)
    for device in DEVICES:
        # A grader who is root owns the machine's own devices: nobody shall change their modes.
        flags = _MS_REMOUNT | _MS_BIND | _MS_READ_ONLY | _MS_NOSUID
        _check(_libc.mount(None, device.encode(), None, flags, None), f"protect {device}")
    # All that TensorFlow reads there.
    Path("/proc/self").mkdir()
    Path("/proc/self/exe").symlink_to(sys.executable)
    Path("/proc/self/cmdline").write_text("python\0submission\0")


def _modules_in(folder: str) -> dict[Path, int]:
    """Open the folders of Python's modules that lie in a folder: an environment in /tmp."""
    paths = [Path(each) for each in sys.path if Path(each).is_relative_to(folder)]
    return {path: os.open(path, os.O_PATH) for path in paths if path.is_dir()}


def _show_again(path: Path, descriptor: int) -> None:
    """Put a folder back where an empty one hides it, read-only as it was."""
    path.mkdir(parents=True, exist_ok=True)
    source = f"/proc/self/fd/{descriptor}".encode()
    shown = _libc.mount(source, os.fsencode(path), None, _MS_BIND | _MS_REC, None)
    _check(shown, f"mount {path}")
    os.close(descriptor)


def memory_in_use() -> int:
    """Return the bytes that this process has for itself, written to or not; 0 if unknown."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[5])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * resource.getpagesize()


def limit(limits: Mapping[str, int]) -> None:
    """Set limits by the names of the `resource` module, such as {"RLIMIT_AS": 2**32}.

    Processor time counts from now.
    """
    for name, value in limits.items():
        if name == "RLIMIT_CPU":
            value += int(time.process_time())
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (value, value))


def give_up_privileges() -> None:
    """Drop all capabilities for good, and refuse the system calls that a submission has no use for.

    Raises:
        OSError: If the kernel refuses.
    """
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    for capability in range(64):
        _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _check(_libc.capset(header, bytes(24)), "capset")
    program = system_calls.program(os.uname().machine)
    if program:
        _install(program)


def close_descriptors(kept: int) -> None:
    """Close every file descriptor but the standard ones, which lead nowhere, and one."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def seconds_taken() -> float:
    """Return the processor time of this process, and of those that it has forked and waited for."""
    used = [resource.getrusage(each) for each in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def die_with_the_parent() -> None:
    """Let the kernel end this process when the one that forked it ends."""
    if hasattr(_libc, "prctl"):
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def default_signals() -> None:
    """Let signals do what they do by default."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _install(instructions: bytes) -> None:
    program = _Program(len(instructions) // 8, instructions)
    seccomp, filter_mode = 22, 2
    _check(_libc.prctl(seccomp, filter_mode, ctypes.byref(program), 0, 0), "seccomp")


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
