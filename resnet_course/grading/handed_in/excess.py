"""Leaves out of a submission what is far longer than a person writes."""

from dataclasses import replace

from resnet_course.grading.handed_in.notebook import cell_name
from resnet_course.grading.handed_in.submission import Submission

#: Characters of code in one cell, and in all cells of a notebook.
MAXIMUM_CELL = 100_000
MAXIMUM_CODE = 500_000
_MAXIMUM_NAMED = 3


def without_excess(submission: Submission) -> tuple[Submission, list[str]]:
    """Empty the cells of code that are too long to be run.

    Args:
        submission: What was handed in.

    Returns:
        The submission with as many cells as before, and sentences that say what was left out.
    """
    cells = list(submission.cells)
    too_long, beyond, total = [], [], 0
    for number, cell in enumerate(cells):
        if cell.kind != "code":
            continue
        size = len(cell.source)
        if size > MAXIMUM_CELL:
            too_long.append(number)
        elif total + size > MAXIMUM_CODE:
            beyond.append(number)
        else:
            total += size
    for number in (*too_long, *beyond):
        cells[number] = replace(cells[number], kind="raw", source="")
    words = [
        f"{cell_name(number).capitalize()} was left out: it has "
        f"{len(submission.cells[number].source):,} characters, and {MAXIMUM_CELL:,} are allowed."
        for number in too_long[:_MAXIMUM_NAMED]
    ]
    if others := len(too_long[_MAXIMUM_NAMED:]):
        words.append(f"For the same reason {_counted(others)} left out besides.")
    if beyond:
        words.append(
            f"The code of the notebook has more than {MAXIMUM_CODE:,} characters, which is all "
            f"that is run: {_counted(len(beyond))} left out, {cell_name(beyond[0])} first."
        )
    return replace(submission, cells=cells), words


def _counted(number: int) -> str:
    return "one cell was" if number == 1 else f"{number} cells were"
