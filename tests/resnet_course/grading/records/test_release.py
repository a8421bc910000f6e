"""Answers are laid into the very cells that learners got."""

import json

import pytest

from resnet_course.grading.course.assignment import lesson_notebooks, read_assignment
from resnet_course.grading.course.folder import open_course
from resnet_course.grading.records.release import released_cells
from tests.resnet_course.grading.conftest import ROOT

NOTEBOOKS = lesson_notebooks(ROOT, "solutions")


@pytest.mark.parametrize("lesson", NOTEBOOKS)
def test_the_cells_are_those_of_the_released_lesson(lesson):
    notebook = json.loads((ROOT / "lessons" / lesson / f"{NOTEBOOKS[lesson]}.ipynb").read_text())
    expected = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell | {"source": "".join(cell["source"])}
        for cell in notebook["cells"]
        if "nbgrader" in cell["metadata"]
    }
    assignment = read_assignment(ROOT, "solutions", lesson)
    assert released_cells(open_course(ROOT), assignment, save=False) == expected
