"""Reads what comes out of a sandbox. Whoever wrote it is not to be trusted.

What a probe says has the form of `checks.evidence`, and is read there. How a cell ended is read
here. What departs from the form is refused, what is longer than allowed too.
"""

from dataclasses import dataclass, replace
from typing import Annotated, Any

from checks.encoding import Malformed
from checks.evidence import Evidence, LineNumber, OneOf, Record, read
from resnet_course.grading.untrusted.strange_json import read_json

#: Bytes of the result of a probe, and of that of a cell: read where no limit on memory helps.
MAXIMUM_BYTES = 8 * 2**20
MAXIMUM_CELL = 64 * 2**10


@dataclass(frozen=True)
class Remark:
    """An error of a cell, or a warning from compiling it: its type, message and line."""

    type: str
    message: str = ""
    line: LineNumber | None = None


@dataclass(frozen=True)
class CellResult:
    """How a cell ended: it "ran", it "raised" an error, or it ran "out of time"."""

    outcome: Annotated[str, OneOf(("ran", "raised", "out of time"))]
    error: Remark | None = None
    warnings: tuple[Remark, ...] = ()

    def __post_init__(self) -> None:
        """Refuse an error of which nothing is said."""
        if self.outcome == "raised" and self.error is None:
            raise Malformed("a cell raised, and nothing is said of what")


def read_result(content: bytes, longest: int = MAXIMUM_BYTES) -> Any:
    """Read the JSON of one step's result.

    Raises:
        Malformed: If it is no JSON, or longer than `longest` bytes.
    """
    if len(content) > longest:
        raise Malformed("the evidence is too long")
    try:
        return read_json(content)
    except (ValueError, RecursionError) as error:
        raise Malformed("the evidence is not JSON that can be read") from error


def read_cell(content: bytes) -> CellResult:
    """Read how a cell ended.

    Raises:
        Malformed: If it says no such thing.
    """
    return read(CellResult, read_result(content, MAXIMUM_CELL))


def read_probe(content: bytes, cases: int) -> Evidence:
    """Read what a probe says of a function.

    Args:
        content: The result of the step.
        cases: How many calls were to be made.

    Returns:
        The evidence, with a record for every case: calls of which nothing is said ran out of time.

    Raises:
        Malformed: If it has another form.
    """
    evidence = read(Evidence, read_result(content))
    left = cases - len(evidence.cases)
    if left < 0:
        raise Malformed("the probe made another number of calls")
    if not evidence.callable:
        return evidence
    return replace(evidence, cases=(*evidence.cases, *[Record("out of time")] * left))


def unfinished(cases: int, seconds: float = 20.0) -> Evidence:
    """Return evidence of a function that does not come to an end."""
    return Evidence(True, cases=(Record("out of time", seconds=seconds),) * cases)
