"""What one submission can still tell another, and how fast: each known channel, measured.

Usage: python benchmarks/channels.py [--only NAME] [--seed 0] [--slot SECONDS]

An accomplice sends random bits from the sandbox that `resnet-course grade` uses, and a reader
guesses them in another submission: the next of the same server, or one that runs at the same time
in a server of its own. The last column is how many bits would come through in the 20 seconds of
processor time, or 60 by the clock, that a cell has, less those to be spent on correcting errors.
"""

import argparse
import json
import math
import os
import sysconfig
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from resnet_course.grading.isolation.bubblewrap import Bubblewrap
from resnet_course.grading.isolation.jobs import Job, Limits
from resnet_course.grading.isolation.library import write_library
from resnet_course.grading.isolation.server import Server

#: What turns magics into Python takes half a second to import.
MODULES = ["IPython.core.inputtransformer2"]

#: What every cell begins with. The reader looks at the message only to count its errors.
EVERY = """
import time
arrived = time.monotonic()
import ctypes, hashlib, json, mmap, os, random, statistics, threading
libc = ctypes.CDLL(None)
message = random.Random(SEED).choices([0, 1], k=BITS)
began, spent = time.monotonic(), time.process_time()
def tell(received):
    wrong = sum(a != b for a, b in zip(message, received, strict=True))
    clock, processor = time.monotonic() - began, time.process_time() - spent
    raise RuntimeError(json.dumps([wrong, clock, processor]))
def small(values):
    # About half of them are small and half large.
    ordered = sorted(values)
    middle = len(ordered) // 2
    limit = (statistics.median(ordered[:middle]) + statistics.median(ordered[middle:])) / 2
    return [each < limit for each in values]
"""

NAMES = """
folder = os.path.dirname(os.__file__)
names = [f"{folder}/{SEED}-{number}".encode() for number in range(BITS)]
"""

#: Without looking ahead, the kernel reads a page alone.
PAGES = """
mapped = mmap.mmap(os.open(FILE, 0), 0, prot=mmap.PROT_READ)
mapped.madvise(mmap.MADV_RANDOM)
pages = range(0, 4096 * BITS, 4096)
"""

NUMBER = """
number = sum(bit << place for place, bit in enumerate(message))
def tell_number(received):
    tell([received >> place & 1 for place in range(BITS)])
"""

#: All pipes of the machine are counted together, each core taking 1024 numbers at once.
PIPES = """
def next_pipe():
    reading, writing = os.pipe()
    inode = os.fstat(reading).st_ino
    os.close(reading), os.close(writing)
    return inode // 4096 % 2**BITS
"""

SLOTS = """
def until(number):
    time.sleep(max(0, START + number * SLOT - time.monotonic()))
    return START + (number + 1) * SLOT
"""

COPIES = """
source, target = bytes(1 << 25), bytearray(1 << 25)
"""

#: A piece of a file that both have mapped, and so have in the same place of the caches.
LINES = """
mapped = mmap.mmap(os.open(os.__file__, 0), 4096, prot=mmap.PROT_READ)
def spin(number):
    while time.monotonic() < START + number * SLOT:
        pass
    return START + (number + 0.8) * SLOT
"""

#: Machine code: load from an address, return the cycles that it took, flush it from all caches.
RELOAD = "0faef0 0faee8 0f31 89c6 0faee8 488b07 0faee8 0f31 29f0 0fae3f c3"

COUNT = """
counts = []
for number in range(BITS):
    ends, count = until(number), 0
    while time.monotonic() < ends:
        WORK
        count += 1
    counts.append(count)
tell(small(counts))
"""


@dataclass(frozen=True)
class Channel:
    """A way from one submission to another.

    Attributes:
        bits: How many bits a submission sends.
        send: The accomplice's code, which leaves the message somewhere.
        read: The reader's code, which ends with `tell(received)`.
        slot: Seconds of a bit where both run at the same time; 0 where one follows the other.
        rounds: How many pairs of submissions to try.
        all_there_is: Whether a submission cannot send more bits than these.
    """

    bits: int
    send: str
    read: str
    slot: float = 0
    rounds: int = 1
    all_there_is: bool = False


CHANNELS = {
    "names looked for": Channel(
        200_000,
        NAMES + "for name, bit in zip(names, message):\n    bit and libc.access(name, 0)",
        NAMES
        + """
clock, access, times = time.perf_counter_ns, libc.access, []
for name in names:
    before = clock()
    access(name, 0)
    times.append(clock() - before)
tell(small(times))
""",
    ),
    "pages of files read": Channel(
        10_000,
        PAGES + "for page, bit in zip(pages, message):\n    bit and mapped[page]",
        PAGES
        + """
clock, times = time.perf_counter_ns, []
for page in pages:
    before = clock()
    mapped[page]
    times.append(clock() - before)
tell(small(times))
""",
    ),
    "number of pipes made": Channel(
        10,
        NUMBER + PIPES + "while next_pipe() != number:\n    pass",
        NUMBER + PIPES + "for _ in range(1100):\n    last = next_pipe()\ntell_number(last)",
        rounds=4,
        all_there_is=True,
    ),
    "time of the end": Channel(
        6,
        NUMBER + "time.sleep(START + number / 10 - time.monotonic())",
        NUMBER + "tell_number(int((arrived - START) * 10) % 2**BITS)",
        rounds=6,
        all_there_is=True,
    ),
    "lines of the cache": Channel(
        5_000,
        LINES
        + """
for number, bit in enumerate(message):
    ends = spin(number)
    while bit and time.monotonic() < ends:
        mapped[2048]
""",
        LINES
        + f"code = bytes.fromhex('{RELOAD}')"
        + """
kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
room = mmap.mmap(-1, 4096, kind, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
room.write(code)
address = ctypes.addressof(ctypes.c_char.from_buffer(room))
reload = ctypes.CFUNCTYPE(ctypes.c_uint32, ctypes.c_void_p)(address)
libc.mmap.restype = ctypes.c_void_p
line = libc.mmap(None, 4096, mmap.PROT_READ, mmap.MAP_SHARED, os.open(os.__file__, 0), 0) + 2048
times = []
for number in range(BITS):
    ends, cycles = spin(number), []
    reload(line)
    while time.monotonic() < ends:
        cycles.append(reload(line))
    times.append(sorted(cycles)[len(cycles) // 20] if cycles else 0)
tell(small(times))
""",
        slot=0.001,
    ),
    "load of the memory": Channel(
        500,
        SLOTS
        + COPIES
        + """
for number, bit in enumerate(message):
    ends = until(number)
    while bit and time.monotonic() < ends:
        target[: 1 << 22] = source[: 1 << 22]
""",
        SLOTS + COPIES + COUNT.replace("WORK", "target[: 1 << 20] = source[: 1 << 20]"),
        slot=0.02,
    ),
    "load of the cores": Channel(
        500,
        SLOTS
        + """
def work():
    for number, bit in enumerate(message):
        ends = until(number)
        while bit and time.monotonic() < ends:
            hashlib.sha256(data)
data = bytes(1 << 18)
threads = [threading.Thread(target=work) for _ in os.sched_getaffinity(0)]
[each.start() for each in threads]
[each.join() for each in threads]
""",
        SLOTS + COUNT.replace("WORK", "pass"),
        slot=0.02,
    ),
}


def measure(channel: Channel, library: Path, seed: int) -> tuple[int, float, float]:
    """Send and read through a channel.

    Returns:
        How many bits were read wrong, and the seconds of one submission by the clock and of the
        processor: of the accomplice or the reader, whichever took longer.
    """
    servers = [
        Server(Bubblewrap(library), Limits(), MODULES) for _ in range(2 if channel.slot else 1)
    ]
    try:
        for server in servers:
            server.run(_job("tell([0])", 1, seed, "", 0))
        rounds = [_round(channel, servers, seed + number) for number in range(channel.rounds)]
    finally:
        for server in servers:
            server.close(for_good=True)
    wrong = sum(reader[0] for _, reader in rounds)
    clock, processor = (max(max(a[at], b[at]) for a, b in rounds) for at in (1, 2))
    return int(wrong), clock, processor


def _round(channel: Channel, servers: list[Server], seed: int) -> list[list[float]]:
    """Return what the accomplice and the reader tell: errors, seconds, processor seconds."""
    file = _forgotten(channel.bits * 4096) if PAGES in channel.read else ""
    codes = [f"{channel.send}\ntell(message)", channel.read]
    jobs = [_job(code, channel.bits, seed, file, channel.slot) for code in codes]
    with ThreadPoolExecutor(len(servers)) as pool:
        places = [servers[0], servers[-1]]
        ran = list(pool.map(lambda server, job: server.run(job), places, jobs))
    told = [json.loads(each.results[0])["error"] for each in ran]
    if any(each["type"] != "RuntimeError" for each in told):
        raise SystemExit(f"the channel does not work: {told}")
    return [json.loads(each["message"]) for each in told]


def _job(code: str, bits: int, seed: int, file: str, slot: float) -> Job:
    start = time.monotonic() + 0.5
    names = f"BITS, SEED, FILE, SLOT, START = {bits}, {seed}, {file!r}, {slot}, {start}"
    return Job({0: {"name": "cell", "source": names + EVERY + code}})


def _forgotten(size: int) -> str:
    """Return an installed file of at least some size, of which the kernel keeps no page."""
    files = Path(sysconfig.get_path("purelib")).rglob("*")
    sizes = {path: path.stat().st_size for path in files if path.is_file()}
    path = min((each for each in sizes if sizes[each] >= size), key=lambda each: sizes[each])
    with path.open() as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return str(path)


def _each(channel: Channel, wrong: int, clock: float, processor: float) -> float:
    """Return how many bits a submission gets through, by Shannon's formula."""
    share = wrong / (channel.bits * channel.rounds)
    noise = sum(-p * math.log2(p) for p in (share, 1 - share) if p)
    limits = Limits()
    longer = min(limits.seconds / processor, limits.wall_seconds / clock)
    return channel.bits * (1 - noise) * (1 if channel.all_there_is else longer)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", default="", help="part of a channel's name")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**9)
    parser.add_argument("--slot", type=float, help="seconds of a bit where both run at once")
    arguments = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores, seed {arguments.seed}")
    print("channel                  bits    wrong  seconds  processor  a submission")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder)
        write_library(library, {"twice"}, {})
        for name, channel in CHANNELS.items():
            if arguments.only in name:
                if arguments.slot and channel.slot:
                    channel = replace(channel, slot=arguments.slot)
                wrong, clock, processor = measure(channel, library, arguments.seed)
                sent = channel.bits * channel.rounds
                least = max(processor, 0.001)
                bits = _each(channel, wrong, clock, least)
                print(
                    f"{name:22}{sent:7,}{wrong / sent:8.1%}{clock:9.2f}{processor:11.2f}"
                    f"{bits:14,.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
