"""What a submission brought: points and reasons, and what a person should know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from resnet_course.grading.handed_in.notebook import SubmittedCell


@dataclass(frozen=True)
class Mark:
    """What one graded cell brought.

    Attributes:
        points: The points; None if a person has to give them.
        maximum: What can be had.
        headline: The reason in one line.
        notes: What happened on the way, such as a cell that raised an error.
        html: The report for the learner's page.
        waits: Whether a person should look at it, because it could not be judged.
    """

    points: float | None
    maximum: float
    headline: str
    notes: Sequence[str] = ()
    html: str = ""
    waits: bool = False


@dataclass(frozen=True)
class Marked:
    """A submission with its marks.

    Attributes:
        student: Name of the student.
        marks: The marks of the checks by nbgrader's name of the cell.
        sources: Source of the submission's cells that nbgrader knows, by its name for them.
        attachments: Pictures pasted into those cells, by the same names.
        notes: What an instructor should know.
        problem: Why the submission could not be graded; None if it was.
        elsewhere: Texts that may be written answers, and stand in cells of the learner's own.
        warnings: What Python remarked on while compiling the learner's cells.
        attention: What else needs a person's attention, in sentences.
        processor_seconds: Processor time that it took to run and to judge, in all processes.
        cells: The submission's cells as the lesson has them; none where they cannot be read.
    """

    student: str
    marks: Mapping[str, Mark]
    sources: Mapping[str, str] = field(default_factory=dict)
    attachments: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    notes: Sequence[str] = ()
    problem: str | None = None
    elsewhere: Sequence[str] = ()
    warnings: Sequence[str] = ()
    attention: Sequence[str] = ()
    processor_seconds: float = 0.0
    cells: Sequence[SubmittedCell] = ()

    def without_cells(self) -> "Marked":
        """Return what is kept of it in a record."""
        return replace(self, cells=())

    def without_sources(self) -> "Marked":
        """Return what is kept of it for a whole class: nothing that may be many mebibytes."""
        return replace(self, sources={}, attachments={}, elsewhere=(), cells=())
