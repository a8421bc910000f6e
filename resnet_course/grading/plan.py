"""Which cells of a submission run, and where its functions are probed.

The instructor's notebook decides, never what the submission says of itself: a cell is the
lesson's if it bears the id or the text of one of its cells. What learners add or change runs; what
the lesson only shows runs where something needs a name that it defines; experiments run when asked.
"""

import symtable
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from resnet_course.grading.assignment import Assignment, Cell
from resnet_course.grading.submission import Submission, SubmittedCell

#: What a learner's cell is called where Python reads it outside of the sandbox.
CELL = "cell"


@dataclass(frozen=True)
class Plan:
    """The steps of a submission, in order.

    Attributes:
        cells: Source of the cells to run, by step.
        probes: Names of the graded cells whose functions are probed, by step.
    """

    cells: Mapping[int, str]
    probes: Mapping[int, str]

    def without(self, steps: Collection[int]) -> "Plan":
        """Return the plan without some cells, such as those that end the process."""
        cells = {number: source for number, source in self.cells.items() if number not in steps}
        return Plan(cells, self.probes)

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


def cell_name(number: int) -> str:
    """Return what a cell is called in messages to learners."""
    return f"cell {number + 1} of your notebook"


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
    running += _needed(shown, running, sources)
    return Plan({number: sources[number] for number in sorted(running)}, probes)


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


def _needed(shown: Sequence[int], running: Sequence[int], sources: Mapping[int, str]) -> list[int]:
    """Return the cells among `shown` that define a name which a later cell that runs uses."""
    users = {number: _names(sources[number])[1] for number in running}
    needed = []
    for number in sorted(shown, reverse=True):
        defined, used = _names(sources[number])
        if any(defined & names for later, names in users.items() if later > number):
            needed.append(number)
            users[number] = used
    return needed


def _names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell defines and those that it takes from elsewhere."""
    try:
        top = symtable.symtable(source, CELL, "exec")
    except (SyntaxError, ValueError, RecursionError):
        return set(), set()
    defined = {each.get_name() for each in top.get_symbols() if each.is_assigned()}
    defined |= {each.get_name() for each in top.get_symbols() if each.is_imported()}
    used: set[str] = set()
    pending = [top]
    while pending:
        table = pending.pop()
        pending += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                used.add(symbol.get_name())
    return defined, used
