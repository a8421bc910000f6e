"""What one submission could leave for another, or do to what is outside: none of it works."""

import errno
import fcntl
import json
import os
import platform
import re
import struct
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from resnet_course.grading.isolation import bubblewrap
from resnet_course.grading.isolation.bubblewrap import Bubblewrap
from resnet_course.grading.isolation.jobs import Limits
from resnet_course.grading.isolation.library import INSIDE, write_library
from resnet_course.grading.isolation.sandboxed import system_calls
from resnet_course.grading.isolation.server import Server
from tests.resnet_course.grading.isolation.test_server import ended, job

WITHOUT_A_SANDBOX = pytest.mark.skipif(
    bubblewrap.works() is not None, reason=f"no sandbox here: {bubblewrap.works()}"
)
WITHOUT_A_FILTER = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="the numbers of the system calls are x86-64's"
)

#: Makes a system call by its number, and raises where the kernel refuses.
CALL = """
import ctypes, fcntl, mmap, os, socket, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    result = libc.syscall(number, *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
room = ctypes.create_string_buffer(65536)
package = open(os.__file__)
descriptor = package.fileno()
path = os.__file__.encode()
private = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
"""

#: By name: what reaches outside the process, or tells of what is outside.
REFUSED = {
    "internet socket": "socket.socket(socket.AF_INET)",
    "datagram socket": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "socket of the new internet": "socket.socket(socket.AF_INET6)",
    "local socket": "socket.socket(socket.AF_UNIX)",
    "netlink": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "virtual machine's socket": "socket.socket(40)",
    "kernel cryptography's socket": "socket.socket(38, socket.SOCK_SEQPACKET)",
    "pair of internet sockets": "socket.socketpair(socket.AF_INET)",
    "descriptor in flight": "socket.send_fds(socket.socketpair()[0], [b'x'], [descriptor])",
    "read lease": "fcntl.fcntl(package, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "lease on the interpreter": "fcntl.fcntl(open(sys.executable), 1024, fcntl.F_RDLCK)",
    "lease on the library": "fcntl.fcntl(open('/library/checks/probing/probe.py'), 1024, 0)",
    "lease on a file of its own": "fcntl.fcntl(open('/tmp/own', 'w'), 1024, fcntl.F_WRLCK)",
    "lease's state": "fcntl.fcntl(package, fcntl.F_GETLEASE)",
    "delegation": "call(72, descriptor, 1024 + 16, room)",
    "notice of a folder's changes": "fcntl.fcntl(os.open('/usr/lib', 0), fcntl.F_NOTIFY, 1)",
    "owner of signals": "fcntl.fcntl(package, fcntl.F_SETOWN, os.getpid())",
    "owner of signals, extended": "fcntl.fcntl(package, 15, struct.pack('ii', 1, os.getpid()))",
    "signal of a file": "fcntl.fcntl(package, 10, 1)",
    "shared lock": "fcntl.flock(package, fcntl.LOCK_SH)",
    "exclusive lock": "fcntl.flock(package, fcntl.LOCK_EX | fcntl.LOCK_NB)",
    "lock on a device": "fcntl.flock(open('/dev/null'), fcntl.LOCK_EX)",
    "lock on a folder": "fcntl.flock(os.open('/usr/lib', 0), fcntl.LOCK_EX)",
    "lock of an open file": "fcntl.fcntl(package, 37, bytes(32))",
    "lock of an open file, waiting": "fcntl.fcntl(package, 38, bytes(32))",
    "hint on a file's life": "fcntl.fcntl(package, 1036, struct.pack('Q', 1))",
    "larger pipe": "fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)",
    "size of a pipe": "fcntl.fcntl(os.pipe()[0], 1032)",
    "watch on files": "call(294, 0)",
    "old watch on files": "call(253)",
    "fanotify": "call(300, 0, 0)",
    "fanotify without privileges": "call(300, 0x200, 0)",
    "pages in the cache": "call(27, 0, 0, room)",
    "state of the cache": "call(451, descriptor, room, room, 0)",
    "reading only what is cached": "os.preadv(descriptor, [bytearray(9)], 0, 8)",
    "reading ahead": "call(187, descriptor, 0, 4096)",
    "dropping from the cache": "os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)",
    "advice to read": "mmap.mmap(descriptor, 0, prot=1).madvise(mmap.MADV_WILLNEED)",
    "advice to page out": "mmap.mmap(descriptor, 0, prot=1).madvise(21)",
    "advice to merge pages": "mmap.mmap(-1, 4096, flags=private).madvise(mmap.MADV_MERGEABLE)",
    "advice on another process": "call(440, 1, room, 1, 4, 0)",
    "locked memory": "call(149, room, 4096)",
    "all memory locked": "call(151, 1)",
    "locked mapping": "mmap.mmap(-1, 1 << 16, flags=private | 0x2000)",
    "huge pages": "mmap.mmap(-1, 1 << 21, flags=private | 0x40000)",
    "memory that could be shared": "mmap.mmap(-1, 1 << 16)",
    "memory that grows like a stack": "mmap.mmap(-1, 1 << 16, flags=private | 0x100)",
    "memory file": "os.memfd_create('x')",
    "secret memory": "call(447, 0)",
    "shared memory": "call(29, 4242, 4096, 0o1777)",
    "semaphores": "call(64, 4242, 1, 0o1777)",
    "message queue": "call(68, 4242, 0o1777)",
    "message queue of POSIX": "call(240, b'x', os.O_CREAT | os.O_RDWR, 0o600, None)",
    "key ring": "call(250, 0, -3, 1)",
    "new key": "call(248, b'user', b'x', b'y', 1, -4)",
    "asynchronous reading": "call(206, 8, room)",
    "ring of requests": "call(425, 8, room)",
    "kernel timer": "call(222, 1, None, room)",
    "timer as a file": "call(283, 1, 0)",
    "signals as a file": "call(289, -1, room, 8, 0)",
    "signal with a value": "call(129, os.getpid(), 34, room)",
    "load and memory of the machine": "call(99, room)",
    "space on a disk": "os.statvfs('/usr/lib')",
    "writing all to disks": "call(162)",
    "writing a file system to its disk": "call(306, descriptor)",
    "range written to disk": "call(277, descriptor, 0, 0, 2)",
    "attribute of a file": "os.setxattr(os.__file__, 'user.x', b'y')",
    "attribute of a file of its own": "open('/tmp/x', 'w')\nos.setxattr('/tmp/x', 'user.x', b'y')",
    "quotas": "call(179, 0x80000700, b'/dev/null', 0, room)",
    "handle of a file": "call(303, -100, path, room, room, 0)",
    "file by its handle": "call(304, -100, room, 0)",
    "kinds of file systems": "call(139, 3)",
    "mounts": "call(457, room, room, 4096, 0)",
    "flags of a file": "fcntl.ioctl(package, 0x80086601, bytes(8))",
    "extents of a file": "fcntl.ioctl(package, 0xC020660B, bytes(32))",
    "entropy": "fcntl.ioctl(open('/dev/urandom'), 0x80045200, bytes(4))",
    "core to run on": "os.sched_setaffinity(0, {0})",
    "priority": "os.setpriority(os.PRIO_PROCESS, 0, 5)",
    "priority on disks": "call(251, 1, 0, 3 << 13)",
    "class of scheduling": "os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))",
    "barrier on all cores": "call(324, 1, 0, 0)",
    "personality": "call(135, 0xFFFFFFFF)",
    "filter": "call(317, 1, 0, room)",
    "filter, by its older name": "call(157, 22, 2, room)",
    "death signal": "call(157, 1, 9)",
    "comparing processes": "call(312, 1, 1, 0, 0, 0)",
    "process as a file": "os.pidfd_open(os.getpid())",
    "counters of the processor": "call(298, room, 0, -1, -1, 0)",
    "rules for itself": "call(444, None, 0, 1)",
    "clock": "time = __import__('time')\ntime.clock_settime(time.CLOCK_REALTIME, 0)",
    "clock's rate": "call(159, room)",
    "kernel's log": "call(103, 3, room, 9)",
    "terminal": "call(153)",
    "address of a thread's end": "call(218, room)",
    "list of held locks": "call(273, room, 24)",
    "futex of a file, moved": "call(202, room, 3, 1, 1, room, 0)",
    "several futexes": "call(449, room, 1, 0, 0, 0)",
    "spliced pipes": "r, w = os.pipe()\nos.splice(descriptor, w, 10, offset_src=0)",
    "copy within the kernel": "os.copy_file_range(descriptor, os.open('/tmp/y', 66), 9)",
    "pipe among packages": "os.mkfifo(os.path.dirname(os.__file__) + '/pipe')",
    "pipe of its own": "os.mkfifo('/tmp/pipe')",
    "process": "call(56, 17)",
    "program": "call(59, b'/nowhere', None, None)",
    "thread with open files of its own": "call(56, 0x10000 | 0x800 | 0x100)",
    "thread as a file": "call(56, 0x11F00, room, room, 0, 0)",
    "open files of its own": "call(436, 1000, 1001, 2)",
    "message to a socket in a folder": "socket.socketpair(1, 2)[0].sendto(b'x', '/library/x')",
    "number of a mount": "call(332, descriptor, b'', 0x1000, 0xFFF, room)",
    "mode of an open file": "os.fchmod(open('/tmp/x', 'w').fileno(), 0o600)",
    "mode of what is open": "call(452, os.eventfd(0), b'', 0o600, 0x1000)",
    "owner of an open file": "os.fchown(open('/tmp/x', 'w').fileno(), -1, -1)",
    "owner of what is open": "call(260, os.eventfd(0), b'', -1, -1, 0x1000)",
    "times of an open file": "os.utime(open('/tmp/x', 'w').fileno())",
    "times of what is open": "call(280, os.eventfd(0), b'', None, 0x1000)",
    "times by a directory": "call(261, os.eventfd(0), None, None)",
}

#: By name: what would leave a mark on files that others see.
READ_ONLY = {
    "times of a file": "os.utime(os.__file__)",
    "mode of a file": "os.chmod(os.__file__, 0o644)",
    "owner of a file": "os.chown(os.__file__, -1, os.getgid())",
    "link to a file": "os.link('/library/checks/probing/probe.py', '/library/link')",
    "nameless file among packages": "os.open('/usr/lib', os.O_TMPFILE | os.O_RDWR)",
    "nameless file in the library": "os.open('/library', os.O_TMPFILE | os.O_RDWR)",
}

#: Makes every error that the filter gives another one than the kernel's own.
MARKED = """

def program(machine, real=program):
    def marked(code, if_true, if_false, value):
        value += 200 * (code == _RETURN and _GRANTED < value <= _GRANTED + 0xFFFF)
        return struct.pack("HBBI", code, if_true, if_false, value)
    return b"".join(marked(*each) for each in struct.iter_unpack("HBBI", real(machine)))
"""

#: Allows everything.
OPEN = """

def program(machine):
    return struct.pack("HBBI", _RETURN, 0, 0, _ALLOW)
"""


@contextmanager
def serving(folder, filter_=""):
    """Give a server whose submissions are under the filter, or another one."""
    write_library(folder, {"twice"}, {})
    own = folder / INSIDE / "system_calls.py"
    own.write_text(own.read_text() + filter_)
    server = Server(Bubblewrap(folder), Limits(seconds=5, wall_seconds=10), [])
    try:
        yield server
    finally:
        server.close(for_good=True)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("library")) as server:
        yield server


@pytest.fixture(scope="module")
def another(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("library")) as server:
        yield server


@pytest.fixture(scope="module")
def open_servers(tmp_path_factory):
    folders = tmp_path_factory.mktemp("library"), tmp_path_factory.mktemp("library")
    with serving(folders[0], OPEN) as one, serving(folders[1], OPEN) as another:
        yield one, another


def errors(server, attempts):
    """Try everything in one submission; give by name which error of the kernel each ended with."""
    ran = server.run(job(CALL, *attempts.values()))
    assert not ran.endings
    results = [json.loads(ran.results[number]) for number in range(1 + len(attempts))]
    assert results[0] == {"outcome": "ran", "warnings": []}
    messages = [each.get("error", {}).get("message", "none") for each in results[1:]]
    found = [re.match(r"\[Errno (\d+)\]", each) for each in messages]
    return {
        name: int(number[1]) if number else message
        for name, number, message in zip(attempts, found, messages, strict=True)
    }


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("library"), MARKED) as server:
        return errors(server, REFUSED)


@WITHOUT_A_SANDBOX
@WITHOUT_A_FILTER
@pytest.mark.parametrize("name", REFUSED)
def test_what_reaches_outside_is_refused_by_the_filter(refused, name):
    marked = [200 + number for number in (errno.EPERM, errno.ENOTTY, errno.ENOSYS)]
    assert refused[name] in marked


@pytest.fixture(scope="module")
def unmarked(server):
    return errors(server, READ_ONLY)


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize("name", READ_ONLY)
def test_files_that_others_see_cannot_be_marked(unmarked, name):
    assert unmarked[name] == errno.EROFS


#: By name: what an accomplice leaves in a server, and how the next submission would read it.
LEFT = {
    "closed connections": (
        """
import socket
for port in range(10_000, 10_080, 2):
    with socket.create_server(("127.0.0.1", port)) as server:
        with socket.create_connection(server.getsockname()):
            server.accept()[0].close()
""",
        """
import socket
def taken(port):
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
assert [taken(port) for port in range(10_000, 10_080)] == [True, None] * 40
""",
    ),
    "files": (
        """
for folder in ("/tmp", "/dev/shm", "/proc"):
    open(folder + "/left", "w").write("x")
""",
        """
import os
assert [each for each in ("/tmp", "/dev/shm", "/proc") if os.path.exists(each + "/left")]
""",
    ),
    "pages of a file": (
        """
import glob, os
for number, path in enumerate(sorted(glob.glob(os.path.dirname(os.__file__) + "/*.py"))[:16]):
    with open(path) as file:
        file.read()
        if number % 2:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
""",
        """
import ctypes, glob, mmap, os
libc = ctypes.CDLL(None)
libc.mmap.restype = ctypes.c_void_p
def cached(path):
    with open(path) as file:
        start = ctypes.c_void_p(libc.mmap(None, 4096, 1, 2, file.fileno(), 0))
        page = ctypes.create_string_buffer(1)
        libc.mincore(start, 4096, page)
        return page.raw[0] & 1
paths = sorted(glob.glob(os.path.dirname(os.__file__) + "/*.py"))[:16]
assert len({cached(path) for path in paths}) == 2
""",
    ),
}

#: By name: what an accomplice takes, and how a submission beside it would feel that.
TAKEN = {
    "pipes of a user": (
        """
import ctypes, os, time
libc = ctypes.CDLL(None)
libc.clone.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p]
stacks = []
for _ in range(330):
    # A thread that waits, with a table of open files of its own.
    pipes = [os.pipe() for _ in range(55)]
    stacks.append(ctypes.create_string_buffer(1 << 15))
    top = (ctypes.addressof(stacks[-1]) + (1 << 15)) & ~15
    libc.clone(ctypes.cast(libc.pause, ctypes.c_void_p), top, 0x10000 | 0x800 | 0x200 | 0x100, None)
    for pipe in pipes:
        os.close(pipe[0]), os.close(pipe[1])
time.sleep(6)
""",
        """
import os, time
begun, room = time.monotonic(), 1 << 16
while room == 1 << 16 and time.monotonic() < begun + 4:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    room = os.write(writing, bytes(1 << 16))
    os.close(reading), os.close(writing)
    time.sleep(0.01)
assert room < 1 << 16
""",
    ),
    "threads of a user": (
        """
import threading, time
[threading.Thread(target=time.sleep, args=(9,), daemon=True).start() for _ in range(400)]
time.sleep(3)
""",
        """
import threading, time
time.sleep(1.5)
for _ in range(400):
    try:
        threading.Thread(target=time.sleep, args=(9,), daemon=True).start()
    except RuntimeError:
        break
else:
    raise AssertionError
""",
    ),
}


def found(attempt, servers):
    """Let an accomplice and a reader run; give how the reader's cell ended."""
    with ThreadPoolExecutor(2) as pool:
        accomplice, reader = pool.map(lambda server, code: server.run(job(code)), servers, attempt)
    assert not accomplice.endings
    return json.loads(reader.results[0])


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize("name", LEFT)
def test_the_next_submission_finds_nothing_left(server, name):
    accomplice, reader = LEFT[name]
    server.run(job(accomplice))
    error = json.loads(server.run(job(reader)).results[0])["error"]
    assert error["type"] in ("AssertionError", "PermissionError")


@WITHOUT_A_SANDBOX
@WITHOUT_A_FILTER
@pytest.mark.parametrize("name", ["closed connections", "pages of a file"])
def test_without_the_filter_the_next_submission_would_find_it(open_servers, name):
    if Path(os.__file__).stat().st_uid != os.getuid():
        pytest.skip("the kernel tells only the owner which pages of a file it has")
    accomplice, reader = LEFT[name]
    assert ended(open_servers[0].run(job(accomplice))) == {0: "ran"}
    assert ended(open_servers[0].run(job(reader))) == {0: "ran"}


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize("name", TAKEN)
def test_a_submission_does_not_feel_what_another_takes(server, another, name):
    assert found(TAKEN[name], [server, another])["error"]["type"] == "AssertionError"


@WITHOUT_A_SANDBOX
@WITHOUT_A_FILTER
def test_without_the_filter_it_would_feel_that_pipes_are_taken(open_servers):
    assert found(TAKEN["pipes of a user"], open_servers)["outcome"] == "ran"


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize("folder", ["/dev/shm", "/tmp", "/proc"])
def test_empty_files_come_to_an_end(server, folder):
    """The kernel keeps about a kibibyte of each, which no limit on memory counts."""
    made = f"import os\nfor number in range(5_000):\n    os.mkdir(f'{folder}/{{number}}')"
    assert ended(server.run(job(made))) == {0: "raised"}


#: Refuses what is refused to submissions, does something, says so and waits.
HOLDING = """
import ctypes, fcntl, mmap, os, sys
from resnet_course.grading.isolation.sandboxed import confinement
file = open(sys.argv[1])
confinement.give_up_privileges()
{}
print("done", flush=True)
sys.stdin.read()
"""


def held(attempt, path):
    """Start a process that is under the filter and has attempted something with a file."""
    words = [sys.executable, "-c", HOLDING.format(attempt), str(path)]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "done\n"
    return process


@WITHOUT_A_FILTER
def test_a_lock_that_is_granted_holds_up_nobody_outside(tmp_path):
    path = tmp_path / "package.py"
    path.write_text("x = 1")
    with held("fcntl.lockf(file, fcntl.LOCK_SH)", path), path.open("r+") as file:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


@WITHOUT_A_FILTER
def test_nobody_waits_at_a_page_that_others_have_too(tmp_path):
    """The kernel keeps such a queue by the file, and would say how many wait."""
    path = tmp_path / "package.py"
    path.write_bytes(bytes(4096))
    attempt = (
        "libc = ctypes.CDLL(None, use_errno=True)\n"
        "libc.mmap.restype = ctypes.c_void_p\n"
        "page = ctypes.c_void_p(libc.mmap(None, 4096, 1, 1, file.fileno(), 0))\n"
        "for how in (0, 9):\n"
        "    assert libc.syscall(202, page, how, 0, bytes(16), None, -1) == -1\n"
        "    assert ctypes.get_errno() == 11\n"
        "assert libc.syscall(202, page, 1, 1) == 0"
    )
    with held(attempt, path):
        pass


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize("name", ["package", "library"])
def test_reading_a_file_leaves_no_mark_on_it(server, name):
    inside = Path(os.__file__ if name == "package" else "/library/checks/probing/probe.py")
    path = inside if name == "package" else server.sandbox.library / "checks/probing/probe.py"
    if path.stat().st_uid != os.getuid():
        pytest.skip("the time of the last reading is set by the owner alone")
    os.utime(path, ns=(path.stat().st_mtime_ns - 10**9, path.stat().st_mtime_ns))
    before = path.stat().st_atime_ns
    assert ended(server.run(job(f"open({str(inside)!r}).read()"))) == {0: "ran"}
    assert path.stat().st_atime_ns == before


HONEST = {
    "locks of SQLite": """
import sqlite3
for mode in ("delete", "wal"):
    for _ in range(2):
        with sqlite3.connect(f"/tmp/{mode}.db") as database:
            database.execute(f"PRAGMA journal_mode={mode}")
            database.execute("CREATE TABLE IF NOT EXISTS numbers (number)")
            database.execute("INSERT INTO numbers VALUES (7)")
assert database.execute("SELECT sum(number) FROM numbers").fetchone() == (14,)
""",
    "event loops": """
import asyncio
async def five():
    await asyncio.sleep(0.01)
    return await asyncio.to_thread(lambda: 5)
assert asyncio.run(five()) == 5
""",
    "pools of threads": """
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
with ThreadPoolExecutor(4) as executor, ThreadPool(3) as pool:
    assert list(executor.map(abs, [-1, 2])) == pool.map(abs, [1, -2]) == [1, 2]
""",
    "locks between processes": """
import multiprocessing, threading
lock = multiprocessing.Lock()
lock.acquire()
threading.Timer(0.2, lock.release).start()
assert lock.acquire(timeout=5)
""",
    "files of its own": """
import os, shutil, tempfile
with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile() as file:
    os.fsync(file.fileno())
    shutil.copy2(os.__file__, folder)
    shutil.make_archive(folder + "/archive", "zip", folder)
    shutil.move(folder + "/archive.zip", folder + "/moved")
    os.utime(folder + "/moved")
    os.chmod(folder + "/moved", 0o600)
""",
    "memory maps": """
import numpy
numpy.save("/tmp/array.npy", numpy.arange(9))
numpy.load("/tmp/array.npy", mmap_mode="r+")[3] = 7
assert numpy.load("/tmp/array.npy", mmap_mode="r")[3] == 7
""",
    "signals and pipes": """
import os, signal
signal.signal(signal.SIGUSR1, lambda *_: None)
os.kill(os.getpid(), signal.SIGUSR1)
reading, writing = os.pipe()
os.write(writing, b"x")
assert os.read(reading, 1) == b"x"
""",
    "training and saving": """
import keras, numpy
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
model.compile("adam", keras.losses.MeanSquaredError())
saved = keras.callbacks.ModelCheckpoint("/tmp/best.keras")
model.fit(numpy.ones((8, 4)), numpy.ones((8, 2)), verbose=2, callbacks=[saved])
for name in ("/tmp/model.keras", "/tmp/model.h5"):
    model.save(name)
    keras.saving.load_model(name)
model.save_weights("/tmp/model.weights.h5")
model.load_weights("/tmp/model.weights.h5")
model.export("/tmp/exported")
""",
}


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    library = tmp_path_factory.mktemp("library")
    write_library(library, {"twice"}, {})
    server = Server(Bubblewrap(library), Limits(), [])
    try:
        results = server.run(job(*HONEST.values())).results
        return {name: json.loads(results[at]) for at, name in enumerate(HONEST)}
    finally:
        server.close(for_good=True)


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize("name", HONEST)
def test_what_honest_code_needs_works(honest, name):
    assert honest[name] == {"outcome": "ran", "warnings": []}


@pytest.mark.parametrize(
    ("header", "place"),
    [("x86_64-linux-gnu/asm/unistd_64.h", 0), ("asm-generic/unistd.h", 1)],
)
def test_system_calls_have_the_kernels_numbers(header, place):
    path = Path("/usr/include", header)
    if not path.is_file():
        pytest.skip("the kernel's headers are not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)$", path.read_text(), re.MULTILINE)
    kernel = {name: int(number) for name, number in found}
    kernel.setdefault("newfstatat", kernel.get("fstatat", -1))
    for table in (system_calls._ALLOWED, system_calls._BY_ARGUMENT):
        for name, number in system_calls.numbers(table, place).items():
            assert kernel.get(name, number) == number, name


def test_a_machine_that_is_not_known_has_no_filter():
    assert system_calls.program("riscv64") is None


def test_no_filter_is_longer_than_the_kernel_takes():
    for machine in ("x86_64", "aarch64"):
        steps = [*struct.iter_unpack("HBBI", system_calls.program(machine))]
        assert len(steps) < 4096
        assert steps[-1][0] == 0x06
