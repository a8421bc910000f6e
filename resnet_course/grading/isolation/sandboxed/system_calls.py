"""The system calls that a submission may make: a seccomp filter that refuses all others.

What is allowed reads and writes files, and works within the process. What is refused, by not being
named here, leaves traces for another process or reaches one: sockets, shared memory, message
queues, leases and locks, watches on files, the page cache's state, new processes and programs.
"""

import struct
from collections.abc import Iterable, Iterator

#: Allowed for all arguments: name, number on x86-64, number on ARM64 ("-": not there).
_ALLOWED = """
read:0:63 write:1:64 close:3:57 open:2:- openat:257:56 creat:85:- stat:4:- fstat:5:80 lstat:6:-
newfstatat:262:79 lseek:8:62 pread64:17:67 pwrite64:18:68 readv:19:65 writev:20:66
preadv:295:69 pwritev:296:70 access:21:- faccessat:269:48 faccessat2:439:439 dup:32:23 dup2:33:-
dup3:292:24 truncate:76:45 ftruncate:77:46 fallocate:285:47 getdents:78:- getdents64:217:61
getcwd:79:17 chdir:80:49 fchdir:81:50 rename:82:- renameat:264:38
renameat2:316:276 mkdir:83:- mkdirat:258:34 rmdir:84:- link:86:- linkat:265:37 unlink:87:-
unlinkat:263:35 symlink:88:- symlinkat:266:36 readlink:89:- readlinkat:267:78 chmod:90:-
fchmodat:268:53 chown:92:- lchown:94:- umask:95:166 utime:132:- utimes:235:-
getxattr:191:8 lgetxattr:192:9 fgetxattr:193:10 listxattr:194:11 llistxattr:195:12
flistxattr:196:13 sendfile:40:71
munmap:11:215 mprotect:10:226 brk:12:214 mremap:25:216 msync:26:227
exit:60:93 exit_group:231:94 gettid:186:178 getpid:39:172 getppid:110:173 sched_yield:24:124
sched_getaffinity:204:123 sched_getparam:143:121 sched_getscheduler:145:120
sched_get_priority_max:146:125 sched_get_priority_min:147:126 getpriority:140:141 getcpu:309:168
rseq:334:293 arch_prctl:158:- wait4:61:260 waitid:247:95
rt_sigaction:13:134 rt_sigprocmask:14:135 rt_sigreturn:15:139 rt_sigpending:127:136
rt_sigtimedwait:128:137 rt_sigsuspend:130:133 sigaltstack:131:132 restart_syscall:219:128
kill:62:129 tkill:200:130 tgkill:234:131 pause:34:- alarm:37:- setitimer:38:103 getitimer:36:102
nanosleep:35:101 clock_nanosleep:230:115 clock_gettime:228:113 clock_getres:229:114
gettimeofday:96:169 time:201:- times:100:153 getrusage:98:165
poll:7:- ppoll:271:73 select:23:- pselect6:270:72 epoll_create:213:- epoll_create1:291:20
epoll_ctl:233:21 epoll_wait:232:- epoll_pwait:281:22 epoll_pwait2:441:441 eventfd:284:-
eventfd2:290:19 pipe:22:- pipe2:293:59 recvfrom:45:207 shutdown:48:210
getsockname:51:204 getpeername:52:205
getuid:102:174 geteuid:107:175 getgid:104:176 getegid:108:177 getresuid:118:148
getresgid:120:150 getgroups:115:158 getpgid:121:155 getpgrp:111:- getsid:124:156
getrlimit:97:163 setrlimit:160:164 prlimit64:302:261 uname:63:160 getrandom:318:278
"""

#: Allowed for some arguments only: see `_rules`.
_BY_ARGUMENT = """
fcntl:72:25 flock:73:32 fsync:74:82 fdatasync:75:83 ioctl:16:29 futex:202:98 mmap:9:222
madvise:28:233 prctl:157:167 clone:56:220 clone3:435:435 socketpair:53:199 sendto:44:206
close_range:436:436 statx:332:291 fchmodat2:452:452 fchownat:260:54 utimensat:280:88
"""

Instruction = tuple[int, int, int, int]

#: By the machine's name in `uname -m`: the kernel's name for it, and its place in the tables.
_MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}

#: What a filter may do with a call. `_GRANTED` says that it went well and does nothing.
_ALLOW, _GRANTED, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_EPERM, _EAGAIN, _ENOTTY, _ENOSYS = 1, 11, 25, 38

_LOAD, _MASK, _EQUAL, _ANY_BIT, _RETURN = 0x20, 0x54, 0x15, 0x45, 0x06
_GREATER, _GREATER_OR_EQUAL = 0x25, 0x35
_NUMBER, _MACHINE = 0, 4

#: From here on the C library does without calls that the kernel does not know.
_NEWER_CALLS = 424
#: The numbers of the x32 interface of x86-64, by which the same calls could be made.
_X32 = 0x40000000

_CLONE_FILES, _CLONE_PIDFD, _CLONE_THREAD = 0x400, 0x1000, 0x00010000
_CLOSE_ON_EXEC = 4
_NO_FOLLOW = 0x100
_AF_UNIX = 1
_MAP_SHARED, _MAP_ANONYMOUS, _MAP_GROWSDOWN = 0x1, 0x20, 0x100
_MAP_LOCKED, _MAP_HUGETLB = 0x2000, 0x40000
_FUTEX_PRIVATE, _FUTEX_COMMAND = 128, 127
_FUTEX_WAIT, _FUTEX_WAKE, _FUTEX_WAIT_BITSET, _FUTEX_WAKE_BITSET = 0, 1, 9, 10
#: Duplicates and flags of descriptors, and what locks others hold: no leases, no signals, no
#: notices, no larger pipes.
_FCNTL = (0, 1, 2, 3, 4, 5, 1030)
_FCNTL_LOCKS = (6, 7)
#: What a terminal is asked for, flags of descriptors, and how much there is to read.
_IOCTL = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
#: Advice on the process's own memory; none on what is kept of files.
_MADVISE = (0, 1, 2, 4, 8, 14, 15, 16, 17, 18, 19)
#: The names of threads and of memory.
_PRCTL = (15, 16, 0x53564D41)


def program(machine: str) -> bytes | None:
    """Return the filter for a machine, packed as the kernel reads it; None for one not known here.

    Args:
        machine: Its name in `uname -m`.
    """
    if machine not in _MACHINES:
        return None
    audit, place = _MACHINES[machine]
    steps: list[Instruction] = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, audit),
        _end(_KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_GREATER_OR_EQUAL, 0, 1, _X32),
        _end(_refused()),
    ]
    for name, number in numbers(_BY_ARGUMENT, place).items():
        rule = [*_RULES[name]]
        steps += [(_EQUAL, 0, len(rule), number), *rule]
    for lowest, highest in _ranges(numbers(_ALLOWED, place).values()):
        steps += [(_GREATER_OR_EQUAL, 0, 2, lowest), (_GREATER, 1, 0, highest), _end(_ALLOW)]
    steps += [(_GREATER_OR_EQUAL, 0, 1, _NEWER_CALLS), _end(_refused(_ENOSYS)), _end(_refused())]
    return b"".join(struct.pack("HBBI", *each) for each in steps)


def numbers(table: str, place: int) -> dict[str, int]:
    """Return the numbers of the calls in a table, by name, for the machine at a place in it."""
    calls = {name: both for name, *both in (each.split(":") for each in table.split())}
    return {name: int(both[place]) for name, both in calls.items() if both[place] != "-"}


def _ranges(members: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the lowest and the highest of each run of numbers without a gap."""
    left = sorted(members)
    while left:
        length = next((n for n, each in enumerate(left) if each != left[0] + n), len(left))
        yield left[0], left[length - 1]
        left = left[length:]


def _refused(error: int = _EPERM) -> int:
    return _GRANTED | error


def _end(action: int) -> Instruction:
    return _RETURN, 0, 0, action


def _argument(place: int) -> Instruction:
    """Load the lower half of an argument: the kernel looks at no more of any used here."""
    return _LOAD, 0, 0, 16 + 8 * place


def _if_any(values: Iterable[int], action: int) -> Iterator[Instruction]:
    """Take an action if what is loaded is one of some values."""
    for value in values:
        yield from ((_EQUAL, 0, 1, value), _end(action))


def _only(place: int, values: Iterable[int], error: int = _EPERM) -> list[Instruction]:
    """Allow a call for some values of an argument."""
    return [_argument(place), *_if_any(values, _ALLOW), _end(_refused(error))]


_RULES: dict[str, list[Instruction]] = {
    # Threads, no processes; all with the same open files, or the limit on those would not hold, and
    # a user's pipes get smaller when there are many. None as a file: the kernel numbers these for
    # the whole machine. A filter cannot read the flags of clone3.
    "clone": [
        _argument(0),
        (_MASK, 0, 0, _CLONE_THREAD | _CLONE_FILES | _CLONE_PIDFD),
        *_if_any([_CLONE_THREAD | _CLONE_FILES], _ALLOW),
        _end(_refused()),
    ],
    "clone3": [_end(_refused(_ENOSYS))],
    "close_range": _only(2, [0, _CLOSE_ON_EXEC]),
    "socketpair": _only(0, [_AF_UNIX]),
    # To the other end of the pair. With an address it would go to any local socket whose file is
    # in a folder that can be seen.
    "sendto": _only(5, [0]),
    # It counts the mounts of the whole machine. The C library does without.
    "statx": [_end(_refused(_ENOSYS))],
    # By a path, not by a descriptor. All that polls and counts events has one inode for the whole
    # machine, which is root's, and older kernels let root's processes mark it.
    "fchmodat2": _only(3, [0, _NO_FOLLOW]),
    "fchownat": _only(4, [0, _NO_FOLLOW]),
    "utimensat": [
        _argument(1),
        *_if_any([0], _refused()),
        *_only(3, [0, _NO_FOLLOW]),
    ],
    "ioctl": _only(1, _IOCTL, _ENOTTY),
    "madvise": _only(2, _MADVISE),
    "prctl": _only(0, _PRCTL),
    # Locked memory is counted by user; huge pages come out of one pool for the whole machine. The
    # limit on memory counts neither what grows like a stack nor what could be shared.
    "mmap": [
        _argument(3),
        (_ANY_BIT, 0, 1, _MAP_LOCKED | _MAP_HUGETLB | _MAP_GROWSDOWN),
        _end(_refused()),
        (_MASK, 0, 0, _MAP_SHARED | _MAP_ANONYMOUS),
        *_if_any([_MAP_SHARED | _MAP_ANONYMOUS], _refused()),
        _end(_ALLOW),
    ],
    # A lock is the file's, and so seen by all who open it. In a process that is alone with its
    # files, a lock of POSIX is always granted: SQLite asks for them. HDF5 does without flock.
    "fcntl": [
        _argument(1),
        *_if_any(_FCNTL, _ALLOW),
        *_if_any(_FCNTL_LOCKS, _GRANTED),
        _end(_refused()),
    ],
    "flock": [_end(_refused(_ENOSYS))],
    # All that can be written to is in memory.
    "fsync": [_end(_GRANTED)],
    "fdatasync": [_end(_GRANTED)],
    # A futex that is not private to a process is the file's. The C library waits for the end of a
    # thread at such a one, and asks again when told that there is no need to wait.
    "futex": [
        _argument(1),
        (_ANY_BIT, 0, 1, _FUTEX_PRIVATE),
        _end(_ALLOW),
        (_MASK, 0, 0, _FUTEX_COMMAND),
        *_if_any([_FUTEX_WAIT, _FUTEX_WAIT_BITSET], _refused(_EAGAIN)),
        *_if_any([_FUTEX_WAKE, _FUTEX_WAKE_BITSET], _GRANTED),
        _end(_refused()),
    ],
}
