"""A lesson's page has everything to read, and no answer."""

import pytest
from nbformat import v4

from tests.website.conftest import ROOT
from website.exercises import Lesson, lessons, setup_cell
from website.lessons import page
from website.reference import DOCUMENTS, document, mistakes

LESSONS = lessons(ROOT)


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda each: each.name)
def test_a_page_has_a_place_for_every_answer_and_no_check(lesson: Lesson) -> None:
    text = "\n".join(cell.source for cell in page(lesson, None).cells)
    for name in lesson.solutions:
        assert text.count(f'id="exercise-{name}"') == 1
    assert "checks." + next(iter(lesson.solutions)) not in text
    assert "raise NotImplementedError()" in text
    assert "BEGIN SOLUTION" not in text


def test_outputs_of_the_executed_notebook_are_shown_and_warnings_are_not() -> None:
    lesson = LESSONS[1]
    executed = lesson.notebook()
    for cell in executed.cells:
        if cell.cell_type == "code":
            cell.outputs = [
                v4.new_output("stream", name="stdout", text=f"of {cell.id}"),
                v4.new_output("stream", name="stderr", text="a warning"),
            ]
    shown = [
        output.text
        for cell in page(lesson, executed).cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]
    assert len(shown) > 3
    assert all(text.startswith("of ") for text in shown)
    assert "of conv-bn" not in shown


def test_the_first_cell_is_found() -> None:
    assert "import checks" in setup_cell(LESSONS[0].notebook())


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_of_documents_lead_to_pages_of_the_site(name: str) -> None:
    text = document(ROOT, name)
    assert "](checks/" not in text
    assert "](resnet_course/" not in text
    assert "](../benchmarks/results" not in text


def test_the_catalogue_explains_mistakes_of_every_exercise() -> None:
    text = mistakes(LESSONS)
    for lesson in LESSONS:
        for name in lesson.solutions:
            assert f"### `{name}`" in text
    assert "**The ReLU after the addition is missing**\n: " in text
