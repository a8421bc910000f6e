"""How one submission fared: a line of what the grader shows in the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from resnet_course.grading.marking.marks import Marked
from resnet_course.grading.records.gradebook import Entry
from resnet_course.grading.records.lateness import Late


@dataclass(frozen=True)
class Line:
    """How a submission fared.

    Attributes:
        student: Name of the student.
        entries: What the gradebook says, by nbgrader's name of the cell.
        marked: The marks; None if there was nothing to grade, or it was not looked at.
        fresh: Whether it was graded now, not before.
        problem: What needs a person's attention.
        late: How late it is, and what that costs.
        fresh_penalty: Whether what being late costs has changed since the last run.
        misplaced: What else needs it, as it lies where the grader does not look.
    """

    student: str
    entries: Mapping[str, Entry]
    marked: Marked | None
    fresh: bool
    problem: str | None = None
    late: Late = field(default_factory=Late)
    fresh_penalty: bool = False
    misplaced: Sequence[str] = ()

    @property
    def problems(self) -> list[str]:
        """What needs a person's attention, in sentences."""
        return [each for each in (self.problem, *self.misplaced) if each]
