"""Jobs run step by step, and what hangs or dies costs its own step."""

import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from resnet_course.grading.isolation import bubblewrap
from resnet_course.grading.isolation.bubblewrap import Bubblewrap
from resnet_course.grading.isolation.jobs import Job, Limits
from resnet_course.grading.isolation.library import INSIDE, write_library
from resnet_course.grading.isolation.sandbox import Unconfined
from resnet_course.grading.isolation.server import SandboxFailed, Server

ROOT = Path(__file__).parents[4]
LIMITS = Limits(seconds=1, wall_seconds=4, total_seconds=60, output=2_000_000)

WITHOUT_A_SANDBOX = pytest.mark.skipif(
    bubblewrap.works() is not None, reason=f"no sandbox here: {bubblewrap.works()}"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    write_library(folder, {"twice"}, {})
    return folder


@pytest.fixture(
    scope="module",
    params=[Unconfined, pytest.param(Bubblewrap, marks=WITHOUT_A_SANDBOX)],
)
def server(request, library):
    """Give a server without Keras, which starts at once."""
    server = Server(request.param(library), LIMITS, [])
    yield server
    server.close(for_good=True)


def job(*sources, files=None):
    steps = {number: {"name": f"cell {number}", "source": s} for number, s in enumerate(sources)}
    return Job(steps, files or {})


def ended(ran):
    return {number: json.loads(result)["outcome"] for number, result in ran.results.items()}


def test_cells_share_a_namespace(server):
    ran = server.run(job("x = 1", "assert x == 1", "assert x == 2"))
    assert ended(ran) == {0: "ran", 1: "ran", 2: "raised"}
    error = json.loads(ran.results[2])["error"]
    assert (error["type"], error["line"]) == ("AssertionError", 1)
    assert not ran.endings


def test_jobs_do_not_see_each_other(server):
    server.run(job("x = 1\nopen('mine.txt', 'w').write('x')"))
    ran = server.run(job("x", "open('mine.txt')", "import sys\nsys.modules['__main__'].x"))
    assert ended(ran) == {0: "raised", 1: "raised", 2: "raised"}


def test_a_cell_that_kills_the_process_is_left_out(server):
    ran = server.run(job("x = 1", "import os\nos._exit(0)", "assert x == 1"))
    assert ended(ran) == {0: "ran", 2: "ran"}
    assert ran.endings == {1: "died"}


def test_an_endless_loop_is_interrupted(server):
    ran = server.run(job("while True:\n    pass", "y = 2"))
    assert ended(ran) == {0: "out of time", 1: "ran"}


def test_a_cell_that_hears_no_signal_is_killed(server):
    deaf = "import signal, time\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
    ran = server.run(job(deaf + "while True:\n    time.sleep(1)", "y = 2"))
    assert ran.endings == {0: "out of time"}
    assert ended(ran) == {1: "ran"}


def test_too_much_output_ends_a_step(server):
    announce = """
import os, struct
for descriptor in range(3, 50):
    try:
        os.write(descriptor, struct.pack("!cHI", b"r", 1, 2**31))
    except OSError:
        pass"""
    ran = server.run(job("x = 1", announce, "assert x == 1"))
    assert ran.endings == {1: "too much output"}
    assert ended(ran) == {0: "ran", 2: "ran"}


#: Writes bytes as they are to whatever the process holds open, the grader's socket among it.
SAY = """
import os, struct, time
def say(content):
    for descriptor in range(3, 50):
        try:
            os.write(descriptor, content)
        except OSError:
            pass
def message(kind, step, content=b""):
    return struct.pack("!cHI", kind, step, len(content)) + content
"""


TRICKLE = (
    SAY
    + """
pieces = [bytes([each]) for each in message(b"x", 0, bytes(50_000))]
end = time.process_time() + 3
while time.process_time() < end:
    for piece in pieces:
        os.write(descriptor, piece)
        list(range(100))
"""
)


@pytest.mark.parametrize("source", [TRICKLE, SAY + "say(message(b'x', 0) * 1_000_000)"])
def test_a_trickle_or_a_flood_of_messages_takes_the_grader_no_time(library, source):
    find = "for descriptor in range(3, 50):\n    try:\n        os.fstat(descriptor)\n"
    find = f"import os\n{find}        break\n    except OSError:\n        pass\n"
    server = Server(Unconfined(library), Limits(seconds=5, wall_seconds=20), [])
    try:
        server.run(job("x = 1"))
        begun = time.thread_time()
        server.run(job(find + source))
        assert time.thread_time() - begun < 2.5
    finally:
        server.close(for_good=True)


def test_all_attempts_together_may_give_as_much_evidence_as_one(server):
    from checks.case import Case

    flood = """
def flood_{0}(x):
    rest = message(b"r", {0}, b"[" * 900_000)
    while rest:
        say(rest[:50_000])
        rest = rest[50_000:]
    os._exit(0)"""
    steps = {0: {"name": "cell", "source": SAY + "".join(map(flood.format, range(1, 9)))}}
    steps |= {n: {"function": f"flood_{n}", "cases": [Case("", {"x": 1})]} for n in range(1, 9)}
    ran = server.run(Job(steps))
    assert sum(map(len, ran.results.values())) <= LIMITS.output
    # Who ends the process after it has answered costs the next function its turn.
    assert set(ran.results) == {0, 1, 3}
    died, others = dict.fromkeys((2, 4), "died"), dict.fromkeys(range(5, 9), "too much output")
    assert ran.endings == died | others
    again = server.run(Job({n: steps[n] for n in (0, 1)}, output=500_000))
    assert again.endings == {1: "too much output"}


def test_a_cell_has_no_use_for_as_much_evidence_as_a_function(server):
    ran = server.run(job(SAY + "say(message(b'r', 0, b' ' * 100_000))\nos._exit(0)", "x = 1"))
    assert ran.endings == {0: "too much output"}
    assert ended(ran) == {1: "ran"}


@pytest.mark.parametrize(
    "what",
    [
        "say(struct.pack('!cHI', b'r', 0, 1_000))\nwhile True: say(b'x'); time.sleep(0.1)",
        "while True: say(message(b'b', 7)); time.sleep(0.01)",
    ],
    ids=["a byte at a time", "messages that say nothing"],
)
def test_who_keeps_talking_is_out_of_time_nonetheless(library, what):
    server = Server(Unconfined(library), Limits(60, 2, 5), [])
    deaf = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\n"
    try:
        ran = server.run(job(deaf + SAY + what))
    finally:
        server.close(for_good=True)
    assert ran.endings == {0: "out of time"}


def test_a_function_is_probed_where_it_stands(server):
    from checks.case import Case

    steps = {
        0: {"name": "cell", "source": "def twice(x):\n    return 2 * x"},
        1: {"function": "twice", "cases": [Case("", {"x": 21})]},
        2: {"name": "cell", "source": "del twice"},
        3: {"function": "twice", "cases": [Case("", {"x": 21})]},
    }
    ran = server.run(Job(steps))
    first, second = json.loads(ran.results[1]), json.loads(ran.results[3])
    assert first["cases"][0]["value"]["value"] == 42
    assert "missing" not in first
    assert second["missing"]


def test_files_beside_the_notebook_are_there_and_shadow_nothing(server):
    files = {"helper.py": b"value = 7", "random.py": b"raise SystemExit", "data/a.txt": b"a"}
    source = (
        "import helper, random\nassert helper.value == 7\nassert open('data/a.txt').read() == 'a'"
    )
    assert ended(server.run(job(source, files=files))) == {0: "ran"}


def test_magics_do_no_harm_and_time_runs_its_cell(server):
    ran = server.run(job("%matplotlib inline\n!ls\nx = 1", "%%time\ny = x", "assert y == 1"))
    assert set(ended(ran).values()) == {"ran"}


def test_the_stand_in_for_checks_is_quiet(server):
    source = "import checks\nchecks.twice(None, points=5)\nchecks.run('twice', None).hints"
    assert ended(server.run(job(source))) == {0: "ran"}


def test_the_grader_itself_cannot_be_imported(server):
    ran = server.run(job("import resnet_course.grading.marking.judging", "import checks.catalogue"))
    assert set(ended(ran).values()) == {"raised"}


def test_the_whole_notebook_has_a_limit_of_time(library):
    limits = Limits(seconds=60, wall_seconds=60, total_seconds=2)
    server = Server(Unconfined(library), limits, [])
    try:
        ran = server.run(job("while True:\n    pass", "y = 2", "z = 3"))
    finally:
        server.close(for_good=True)
    assert ran.endings == dict.fromkeys(range(3), "out of time")


BUSY = "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass"
THREADS = """
import os, threading, time, zlib
def work():
    while True:
        zlib.compress(bytes(10**7))
for _ in range(4):
    threading.Thread(target=work, daemon=True).start()
time.sleep(1)
os._exit(0)"""


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize("source", [BUSY, "while True: pass", THREADS])
def test_all_attempts_of_both_runs_share_processor_time(library, source):
    server = Server(Bubblewrap(library), Limits(60, 60, 120, processor_seconds=3), [])
    try:
        ran = server.run(job(*[source] * 9))
        again = server.run(replace(job(source), processor_seconds=ran.processor_seconds))
    finally:
        server.close(for_good=True)
    assert 2 < ran.processor_seconds < 5
    assert again.processor_seconds < ran.processor_seconds + 2
    assert not server.has_time_after(again)
    assert set(again.endings.values()) | set(ended(again).values()) == {"out of time"}


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize("source", [BUSY, "while True: pass"])
def test_a_loop_leaves_time_for_what_follows(library, source):
    server = Server(Bubblewrap(library), Limits(60, 60, 120, processor_seconds=6), [])
    try:
        ran = server.run(job(source, "x = 1"))
    finally:
        server.close(for_good=True)
    assert ran.endings.get(0) == "out of time" or ended(ran)[0] == "out of time"
    assert ended(ran)[1] == "ran"


@WITHOUT_A_SANDBOX
def test_memory_has_a_limit_besides_what_the_server_took(library):
    server = Server(Bubblewrap(library), Limits(data=64 * 2**20), ["numpy"])
    try:
        ran = server.run(job("x = bytes(2**25)", "y = bytes(2**26)", "y = bytes(2**20)"))
    finally:
        server.close(for_good=True)
    assert ended(ran) == {0: "ran", 1: "raised", 2: "ran"}
    assert json.loads(ran.results[1])["error"]["type"] == "MemoryError"


#: By name: memory that is no data, to the kernel, but as good.
ELSEWHERE = {
    "shared": "room = mmap.mmap(-1, 2**27)",
    "shared, of a device": "room = mmap.mmap(os.open('/dev/zero', os.O_RDWR), 2**27)",
    "growing": "room = mmap.mmap(-1, 2**27, flags=private | 0x100)",
    "the stack": """
context = ctypes.create_string_buffer(4096)
ctypes.CDLL(None).getcontext(context)
top = int.from_bytes(context[160:168], "little")
most = resource.getrlimit(resource.RLIMIT_STACK)[1]
resource.setrlimit(resource.RLIMIT_STACK, (most, most))
for page in range(2**27 // 4096):
    ctypes.memset(top - 4096 * page, 1, 1)
""",
}


@WITHOUT_A_SANDBOX
def test_no_memory_is_out_of_the_limits_reach(library):
    server = Server(Bubblewrap(library), Limits(data=64 * 2**20), [])
    begin = "import ctypes, mmap, os, resource\nprivate = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS"
    try:
        ran = server.run(job(begin, *ELSEWHERE.values()))
    finally:
        server.close(for_good=True)
    took = [name for at, name in enumerate(ELSEWHERE, 1) if ended(ran).get(at) == "ran"]
    assert ended(ran)[0] == "ran"
    assert not took


def test_time_by_the_clock_is_shared_by_both_runs(library):
    server = Server(Unconfined(library), Limits(60, 60, 3), [])
    try:
        ran = server.run(job("import time\ntime.sleep(2)"))
        again = server.run(replace(job("import time\ntime.sleep(2)"), clock_seconds=2.5))
    finally:
        server.close(for_good=True)
    assert server.has_time_after(ran)
    assert again.endings == {0: "out of time"}
    assert not server.has_time_after(again)


class Guarded(Unconfined):
    """A sandbox whose kernel gives no namespaces."""

    nests = True


def test_without_namespaces_each_submission_gets_a_sandbox_of_its_own(tmp_path):
    write_library(tmp_path, {"twice"}, {})
    confinement = tmp_path / INSIDE / "confinement.py"
    text = confinement.read_text()
    text += "\ndef fork_apart():\n    raise OSError(1, 'no')\n"
    text += "\ndef give_up_privileges():\n    pass\n"
    confinement.write_text(text)
    server = Server(Guarded(tmp_path), LIMITS, [])
    try:
        assert ended(server.run(job("x = 1", "y = x"))) == {0: "ran", 1: "ran"}
        assert not server.warm
        assert ended(server.run(job("x = 1"))) == {0: "ran"}
    finally:
        server.close(for_good=True)


def test_a_sandbox_that_does_not_start_says_why(tmp_path):
    server = Server(Unconfined(tmp_path), LIMITS, [])
    with pytest.raises(SandboxFailed, match="No such file"):
        server.run(job("x = 1"))


@WITHOUT_A_SANDBOX
@pytest.mark.parametrize(
    "source",
    [
        "open('/etc/passwd')",
        "open('/home/ada')",
        "open('/proc/1/environ')",
        "open('/library/mine', 'w')",
        "import os\nos.fork()",
        "import subprocess\nsubprocess.run(['/bin/true'])",
        "import socket\nsocket.create_connection(('127.0.0.1', 22), 1)",
        "import socket\nsocket.create_connection(('192.0.2.1', 80), 1)",
        "import socket\nsocket.socket(40, socket.SOCK_STREAM)",
        "import os\nos.environ['PATH']",
        "import os\nassert len(os.listdir('/')) > 20",
        "import os\nos.kill(2, 0)",
        "import os\nos.mkdir('/tmp/x')\nos.chroot('/tmp/x')",
        f"import os\nos.listdir({str(ROOT / 'solutions')!r})",
        "import os\nos.chmod('/dev/null', 0o666)",
        "x = bytearray(2**36)",
        "open('/tmp/x', 'wb').write(bytes(2**27))",
    ],
)
def test_what_a_submission_must_not_do_raises(confined, source):
    assert ended(confined.run(job(source))) == {0: "raised"}


#: Looks in the frames and objects that a process was forked with.
REMEMBERED = """
import gc, sys
frame, held = sys._getframe(), []
while frame:
    held += frame.f_locals.values()
    frame = frame.f_back
taken = [each for each in [*held, *gc.get_objects()] if type(each).__name__ == "struct_rusage"]
assert not taken, taken
numbers = [each for each in held if type(each) is int and 300 < each < 2**20]
assert not numbers, numbers
"""


@WITHOUT_A_SANDBOX
def test_nothing_tells_what_the_submission_before_took(confined):
    threads = "import threading\nfor _ in range(400):\n    threading.Thread(target=int).start()"
    for _ in range(2):
        assert ended(confined.run(job(threads))) == {0: "ran"}
    ran = confined.run(job(REMEMBERED))
    assert ended(ran) == {0: "ran"}, ran.results


@WITHOUT_A_SANDBOX
def test_devices_work_as_ever(confined):
    source = (
        "open('/dev/null', 'w').write('x')\nassert len(open('/dev/urandom', 'rb').read(9)) == 9"
    )
    assert ended(confined.run(job(source))) == {0: "ran"}


@pytest.fixture(scope="module")
def confined(library):
    server = Server(Bubblewrap(library), LIMITS, [])
    yield server
    server.close(for_good=True)
