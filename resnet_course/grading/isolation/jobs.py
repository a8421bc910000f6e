"""What a server is asked to run, what it may use for that, and what comes of it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Ending = Literal["out of time", "died", "too much output"]


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes:
        seconds: Processor time of one cell, and of the probe of one function.
        wall_seconds: Time by the clock of one cell, and of one call of a function.
        total_seconds: Time by the clock of all.
        memory: Address space in bytes.
        output: Bytes of evidence, of all steps and attempts together.
        processor_seconds: Processor time of all.
        data: Bytes of memory besides what the server has taken; None for as much as there is.
    """

    seconds: float = 20.0
    wall_seconds: float = 60.0
    total_seconds: float = 300.0
    memory: int = 6 * 2**30
    output: int = 12 * 2**20
    processor_seconds: float = 40.0
    data: int | None = None

    def of_process(self) -> dict[str, int]:
        """Return the limits that the kernel watches, by the names of the `resource` module."""
        return {
            "RLIMIT_AS": self.memory,
            "RLIMIT_CPU": math.ceil(self.processor_seconds),
            "RLIMIT_FSIZE": 64 * 2**20,
            "RLIMIT_NOFILE": 128,
            "RLIMIT_NPROC": 512,
            "RLIMIT_CORE": 0,
            # The limit on memory does not count the stack.
            "RLIMIT_STACK": 8 * 2**20,
            # What the kernel counts by user: others would see how much of it is left.
            "RLIMIT_SIGPENDING": 64,
            "RLIMIT_MSGQUEUE": 0,
            "RLIMIT_MEMLOCK": 0,
        }


@dataclass(frozen=True)
class Job:
    """What to run: steps by number, and the files beside the notebook.

    A step holds `name` and `source` of a cell, or `function` and `cases` of a probe.

    Attributes:
        steps: The steps, by number.
        files: The files beside the notebook.
        output: Bytes of evidence that may come; None for as many as a submission may give.
        processor_seconds: Processor time that the submission has taken before.
        clock_seconds: Time by the clock that it has taken before.
    """

    steps: Mapping[int, Mapping[str, Any]]
    files: Mapping[str, bytes] = field(default_factory=dict)
    output: int | None = None
    processor_seconds: float = 0.0
    clock_seconds: float = 0.0


@dataclass(frozen=True)
class Ran:
    """What a job gave.

    Attributes:
        results: The results of the steps that ended, as bytes that nobody has looked at.
        endings: The steps that did not end, and why not.
        left: Bytes of evidence that may still come of this submission.
        processor_seconds: Processor time that the submission has taken by now.
        clock_seconds: Time by the clock that it has taken by now.
    """

    results: Mapping[int, bytes]
    endings: Mapping[int, Ending]
    left: int = 0
    processor_seconds: float = 0.0
    clock_seconds: float = 0.0
