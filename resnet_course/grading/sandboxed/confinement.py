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
from collections.abc import Mapping
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)

_CLONE_NEWNS, _CLONE_NEWUTS, _CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
_CLONE_NEWUSER, _CLONE_NEWPID = 0x10000000, 0x20000000
_MS_READ_ONLY, _MS_NOSUID, _MS_NODEV, _MS_REMOUNT, _MS_BIND = 1, 2, 4, 0x20, 0x1000
_MS_REC, _MS_PRIVATE = 0x4000, 0x40000
_PR_SET_NO_NEW_PRIVS, _PR_CAPBSET_DROP = 38, 24
_CAPABILITY_VERSION_3 = 0x20080522

#: Folders that are empty and the submission's own, each with the options of its file system.
FOLDERS = {
    "/dev/shm": b"size=64m,mode=1777",
    "/tmp": b"size=64m,mode=1777,nr_inodes=4096",
    "/proc": b"size=4k,mode=755,nr_inodes=16",
}

#: The devices that there are in the sandbox.
DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")


def fork_apart() -> int:
    """Fork a process that is the first of its own namespaces, as `os.fork` forks one.

    Returns:
        0 in that process; in the caller, its process id.

    Raises:
        OSError: If the kernel gives no namespaces. The caller should end: it may have some of them.
    """
    user, group = os.getuid(), os.getgid()
    flags = _CLONE_NEWUSER | _CLONE_NEWNS | _CLONE_NEWPID | _CLONE_NEWIPC | _CLONE_NEWUTS
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


def limit(limits: Mapping[str, int]) -> None:
    """Set limits by the names of the `resource` module, such as {"RLIMIT_AS": 2**32}."""
    for name, value in limits.items():
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
    program = _filter_program(os.uname().machine)
    if program:
        _install(program)


def close_descriptors(kept: int) -> None:
    """Close every file descriptor but the standard ones, which lead nowhere, and one."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    os.closerange(3, kept)
    os.closerange(kept + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])


def default_signals() -> None:
    """Let signals do what they do by default."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)


# The system calls that are refused, by the machine's name in `uname -m`.
_DENIED = {
    "x86_64": {
        "fork": 57,
        "vfork": 58,
        "execve": 59,
        "ptrace": 101,
        "pivot_root": 155,
        "mount": 165,
        "umount2": 166,
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "unshare": 272,
        "perf_event_open": 298,
        "setns": 308,
        "process_vm_readv": 310,
        "process_vm_writev": 311,
        "bpf": 321,
        "execveat": 322,
        "userfaultfd": 323,
    },
    "aarch64": {
        "umount2": 39,
        "mount": 40,
        "pivot_root": 41,
        "unshare": 97,
        "ptrace": 117,
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "execve": 221,
        "perf_event_open": 241,
        "setns": 268,
        "process_vm_readv": 270,
        "process_vm_writev": 271,
        "bpf": 280,
        "execveat": 281,
        "userfaultfd": 282,
    },
}
_IO_URING = (425, 426, 427)
_CLONE3 = 435
_MACHINES = {
    "x86_64": {"audit": 0xC000003E, "clone": 56, "socket": 41},
    "aarch64": {"audit": 0xC00000B7, "clone": 220, "socket": 198},
}
_CLONE_THREAD = 0x00010000
_EPERM, _ENOSYS = 1, 38
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
#: Sockets within the sandbox only; above all no AF_VSOCK, which no network namespace holds back.
_FAMILIES = (1, 2, 10)

_LOAD, _EQUAL, _GREATER_OR_EQUAL, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _MACHINE, _FIRST_ARGUMENT = 0, 4, 16

Instruction = tuple[int, int, int, int]


def _filter_program(machine: str) -> list[Instruction]:
    """Return the seccomp program for a machine; nothing for one that is not known here.

    It refuses new processes (but not threads), new programs, namespaces, mounts, and ways into
    other processes.
    """
    if machine not in _MACHINES:
        return []
    numbers = _MACHINES[machine]
    allow, refuse = (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _ERRNO | _EPERM)
    program: list[Instruction] = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, numbers["audit"]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":
        # The numbers of the x32 interface, by which the same calls could be made.
        program += [(_GREATER_OR_EQUAL, 0, 1, 0x40000000), refuse]
    for number in (*_DENIED[machine].values(), *_IO_URING):
        program += [(_EQUAL, 0, 1, number), refuse]
    # The C library does without clone3, and a filter can read the flags of clone.
    program += [(_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _ERRNO | _ENOSYS)]
    program += [
        (_EQUAL, 0, 4, numbers["clone"]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        (_ANY_BIT, 0, 1, _CLONE_THREAD),
        allow,
        refuse,
    ]
    families = [step for family in _FAMILIES for step in ((_EQUAL, 0, 1, family), allow)]
    program += [
        (_EQUAL, 0, len(families) + 2, numbers["socket"]),
        (_LOAD, 0, 0, _FIRST_ARGUMENT),
        *families,
        refuse,
    ]
    return [*program, allow]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _install(instructions: list[Instruction]) -> None:
    packed = b"".join(struct.pack("HBBI", *each) for each in instructions)
    program = _Program(len(instructions), packed)
    seccomp, filter_mode = 22, 2
    _check(_libc.prctl(seccomp, filter_mode, ctypes.byref(program), 0, 0), "seccomp")


def _check(result: int, what: str) -> None:
    if result:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
