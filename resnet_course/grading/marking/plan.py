"""Which cells of a submission run, and where its functions are probed.

The instructor's notebook decides, never what the submission says of itself: a cell is the
lesson's if it bears the id or the text of one of its cells. What learners add or change runs; what
the lesson only shows runs where something needs a name that it defines; experiments run when asked.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from resnet_course.grading.course.assignment import Assignment, Cell
from resnet_course.grading.handed_in.notebook import SubmittedCell, cell_name
from resnet_course.grading.handed_in.submission import Submission
from resnet_course.grading.marking.needed import SECONDS, TooHard, needed

_TOO_HARD = (
    "The notebook's code takes Python more time or memory to read than is allowed, so cells that "
    "the lesson only shows were left out."
)


@dataclass(frozen=True)
class Plan:
    """The steps of a submission, in order.

    Attributes:
        cells: Source of the cells to run, by step.
        probes: Names of the graded cells whose functions are probed, by step.
        attention: What a person should know, in sentences.
        seconds: Processor time that another process took for it.
    """

    cells: Mapping[int, str]
    probes: Mapping[int, str]
    attention: Sequence[str] = ()
    seconds: float = 0.0

    def without(self, steps: Collection[int]) -> "Plan":
        """Return the plan without some cells, such as those that end the process."""
        cells = {number: source for number, source in self.cells.items() if number not in steps}
        return replace(self, cells=cells)

    def steps(self, cases: Mapping[str, Any], assignment: Assignment) -> dict[int, dict[str, Any]]:
        """Return what the sandbox needs to know.

        Args:
            cases: The cases by the name of the graded cell. Cells without cases are not probed.
            assignment: The lesson.
        """
        steps: dict[int, dict[str, Any]] = {}
        for number in sorted({*self.cells, *self.probes}):
            if number in self.cells:
                steps[number] = {"name": cell_name(number), "source": self.cells[number]}
            elif self.probes[number] in cases:
                grade_id = self.probes[number]
                function = assignment.checks[grade_id].exercise
                steps[number] = {"function": function, "cases": cases[grade_id]}
        return steps


def make_plan(assignment: Assignment, submission: Submission, experiments: bool = False) -> Plan:
    """Decide what to run of a submission.

    Args:
        assignment: The lesson.
        submission: What was handed in.
        experiments: Whether to run experiments and what the lesson only shows, too.
    """
    lesson = _Lesson(assignment)
    roles = {number: lesson.cell(cell) for number, cell in enumerate(submission.cells)}
    code = [number for number, cell in enumerate(submission.cells) if cell.kind == "code"]
    checked = {
        known.grade_id: number
        for number, known in roles.items()
        if known is not None and known.role == "check"
    }
    probes = {number: str(name) for name, number in checked.items() if name in assignment.checks}
    missing = [name for name in assignment.checks if name not in checked]
    probes |= {len(submission.cells) + place: name for place, name in enumerate(missing)}
    running = [number for number in code if _runs(roles[number], experiments)]
    shown = [number for number in code if _is_shown(roles[number]) and number not in running]
    sources = {number: submission.cells[number].source for number in code}
    attention = []
    try:
        more, seconds = needed(shown, running, sources)
        running += more
    except TooHard:
        attention.append(_TOO_HARD)
        seconds = SECONDS
    cells = {number: sources[number] for number in sorted(running)}
    return Plan(cells, probes, attention, seconds)


class _Lesson:
    """Finds the lesson's cell that a submitted one is a copy of."""

    def __init__(self, assignment: Assignment) -> None:
        self.named = assignment.named
        plain = [cell for cell in assignment.cells if cell.kind == "code" and not cell.grade_id]
        self.by_id = {cell.identifier: cell for cell in plain if cell.identifier}
        self.by_source = {cell.source.strip(): cell for cell in plain}

    def cell(self, submitted: SubmittedCell) -> Cell | None:
        """Return the lesson's cell; None if the learner added this one, or changed it."""
        if submitted.grade_id in self.named:
            return self.named[submitted.grade_id]
        known = self.by_id.get(submitted.identifier)
        if known and (
            known.role == "experiment" or known.source.strip() == submitted.source.strip()
        ):
            return known
        return self.by_source.get(submitted.source.strip())


def _is_shown(cell: Cell | None) -> bool:
    return cell is not None and cell.role == "shown"


def _runs(cell: Cell | None, experiments: bool) -> bool:
    if cell is None or cell.role in ("setup", "exercise"):
        return True
    return experiments and cell.role in ("experiment", "shown")
