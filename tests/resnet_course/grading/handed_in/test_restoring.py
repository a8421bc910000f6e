"""Names and types that cells lost are put back, and another lesson's notebook is recognised."""

from dataclasses import replace

import pytest

from resnet_course.grading.course.assignment import other_lessons, read_assignment
from resnet_course.grading.handed_in.notebook import SubmittedCell
from resnet_course.grading.handed_in.restoring import lesson_instead, restored
from resnet_course.grading.handed_in.submission import read_submission
from tests.resnet_course.grading.conftest import LESSON, ROOT

LESSONS = sorted(path.name for path in (ROOT / "lessons").iterdir())


@pytest.fixture(scope="module")
def assignment():
    return read_assignment(ROOT, "solutions", LESSON)


@pytest.fixture(scope="module")
def released(assignment):
    return list(read_submission(ROOT / "lessons" / LESSON, assignment.notebook).cells)


def test_a_released_lesson_stays_as_it_is(assignment, released):
    assert restored(released, assignment) == released


@pytest.mark.parametrize("kind", ["code", "markdown", "raw"])
def test_cells_get_the_type_of_the_lesson(assignment, released, kind):
    assert restored([replace(cell, kind=kind) for cell in released], assignment) == released


def test_answers_get_the_type_of_the_lesson(assignment, released):
    answered = [replace(cell, source="an answer") if cell.grade_id else cell for cell in released]
    turned = [replace(cell, kind="raw") for cell in answered]
    assert restored(turned, assignment) == answered


def test_cells_are_known_by_their_id_where_their_name_is_lost(assignment, released):
    answered = [replace(cell, source="an answer") if cell.grade_id else cell for cell in released]
    bare = [replace(cell, grade_id=None) for cell in answered]
    assert restored(bare, assignment) == answered


def test_a_note_made_of_a_copy_of_an_exercise_is_not_run(assignment, released):
    note = SubmittedCell("markdown", "def conv_bn(): an old attempt", "new", "conv_bn")
    assert restored([*released, note], assignment)[-1] == note


def test_of_several_copies_of_the_wrong_type_the_last_is_restored(assignment):
    copies = [SubmittedCell("raw", text, text, "conv_bn") for text in ("old", "new")]
    assert [cell.kind for cell in restored(copies, assignment)] == ["raw", "code"]


def test_a_learners_own_cells_stay_as_they_are(assignment, released):
    own = [SubmittedCell("raw", "mine", "x"), SubmittedCell("markdown", "mine", "y", "unknown")]
    assert restored([*own, *released], assignment)[:2] == own


@pytest.mark.parametrize("folder", ["lessons", "solutions"])
@pytest.mark.parametrize("asked", LESSONS)
@pytest.mark.parametrize("handed_in", LESSONS)
def test_another_lessons_notebook_is_recognised(folder, asked, handed_in):
    assignment = read_assignment(ROOT, "solutions", asked)
    others = other_lessons(ROOT, "solutions", asked)
    name = read_assignment(ROOT, "solutions", handed_in).notebook
    cells = read_submission(ROOT / folder / handed_in, name).cells
    bare = [replace(cell, grade_id=None, identifier="") for cell in cells]
    for each in (cells, bare):
        instead = lesson_instead(each, assignment, others)
        assert instead == (None if handed_in == asked else handed_in)


def test_a_notebook_of_ones_own_or_of_all_lessons_is_taken(assignment, released):
    others = other_lessons(ROOT, "solutions", LESSON)
    assert lesson_instead([SubmittedCell("code", "x = 1")], assignment, others) is None
    cells = list(released)
    for other in others:
        cells += read_submission(ROOT / "lessons" / other.lesson, other.notebook).cells
    assert lesson_instead(cells, assignment, others) is None
