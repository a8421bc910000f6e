"""A submission's cells as the lesson has them: names and types that were lost are put back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.handed_in.notebook import SubmittedCell


def restored(cells: Sequence[SubmittedCell], assignment: Assignment) -> list[SubmittedCell]:
    """Return cells with the names and types that the lesson gives them.

    A cell that lost nbgrader's name is known by its id. A cell that nbgrader knows gets its type
    back, of several with the same name the last, unless one has the right type still; of the
    lesson's other cells those that are otherwise unchanged.

    Args:
        cells: The submission's cells.
        assignment: The lesson.
    """
    borne = {cell.grade_id for cell in cells}
    lost = {
        cell.identifier: cell.grade_id
        for cell in assignment.cells
        if cell.grade_id and cell.identifier and cell.grade_id not in borne
    }
    named = [
        replace(cell, grade_id=lost.pop(cell.identifier))
        if cell.identifier in lost and cell.grade_id is None
        else cell
        for cell in cells
    ]
    last = {cell.grade_id: number for number, cell in enumerate(named)}
    kept = {
        cell.grade_id
        for cell in named
        if cell.grade_id in assignment.named and cell.kind == assignment.named[cell.grade_id].kind
    }
    unchanged = {
        (cell.identifier, cell.source.strip()): cell.kind
        for cell in assignment.cells
        if cell.identifier and not cell.grade_id
    }
    result = []
    for number, cell in enumerate(named):
        kind = unchanged.get((cell.identifier, cell.source.strip()), cell.kind)
        if cell.grade_id in assignment.named:
            counts = number == last[cell.grade_id] and cell.grade_id not in kept
            kind = assignment.named[cell.grade_id].kind if counts else cell.kind
        result.append(replace(cell, kind=kind))
    return result


def lesson_instead(
    cells: Sequence[SubmittedCell], assignment: Assignment, others: Iterable[Assignment]
) -> str | None:
    """Return the lesson that a notebook holds instead of the one that it should; None if none.

    Args:
        cells: The submission's cells.
        assignment: The lesson that was asked for.
        others: The course's other lessons.
    """
    submitted = {cell.grade_id for cell in cells} | {_text(cell.source) for cell in cells}
    own = _traits(assignment)
    for other in others:
        traits = _traits(other)
        here, there = len(submitted & (own - traits)), len(submitted & (traits - own))
        # A cell or two may have been copied from another lesson, or be in it by chance.
        if there > max(2, 3 * here):
            return other.lesson
    return None


def _traits(assignment: Assignment) -> set[str]:
    """Return what cells of a lesson are known by: nbgrader's names and their text."""
    texts = {_text(cell.source) for cell in assignment.cells}
    return (set(assignment.named) | texts) - {""}


def _text(source: str) -> str:
    return " ".join(source.split())
