"""Code that is far longer than a person writes is left out, and that is said."""

from resnet_course.grading.handed_in.excess import MAXIMUM_CELL, MAXIMUM_CODE, without_excess
from resnet_course.grading.handed_in.notebook import SubmittedCell
from resnet_course.grading.handed_in.submission import Submission


def bounded(*sizes, kind="code"):
    cells = [SubmittedCell(kind, "a" * size, grade_id=str(at)) for at, size in enumerate(sizes)]
    return without_excess(Submission(cells))


def test_what_a_person_writes_is_as_it_was():
    submission, words = bounded(MAXIMUM_CELL, 3_000, 0)
    assert [len(cell.source) for cell in submission.cells] == [MAXIMUM_CELL, 3_000, 0]
    assert words == []


def test_a_cell_that_is_too_long_is_not_run_and_the_others_keep_their_places():
    submission, words = bounded(10, MAXIMUM_CELL + 1, 20)
    assert [len(cell.source) for cell in submission.cells] == [10, 0, 20]
    assert [cell.kind for cell in submission.cells] == ["code", "raw", "code"]
    assert [cell.grade_id for cell in submission.cells] == ["0", "1", "2"]
    assert words == [
        "Cell 2 of your notebook was left out: it has 100,001 characters, and 100,000 are allowed."
    ]


def test_many_such_cells_are_counted():
    _, words = bounded(*[MAXIMUM_CELL + 1] * 6)
    assert len(words) == 4
    assert words[-1] == "For the same reason 3 cells were left out besides."
    assert len(bounded(*[MAXIMUM_CELL + 1] * 3)[1]) == 3


def test_of_a_notebook_that_is_too_long_the_first_cells_run():
    number = MAXIMUM_CODE // MAXIMUM_CELL
    submission, words = bounded(*[MAXIMUM_CELL] * (number + 1), 0)
    assert [len(cell.source) for cell in submission.cells] == [MAXIMUM_CELL] * number + [0, 0]
    assert len(words) == 1
    assert "500,000" in words[0]
    assert "one cell was left out, cell 6 of your notebook first" in words[0]


def test_long_text_is_not_code():
    submission, words = bounded(2 * MAXIMUM_CODE, kind="markdown")
    assert len(submission.cells[0].source) == 2 * MAXIMUM_CODE
    assert words == []
