"""A solved notebook carries the metadata that nbgrader asks for, and nothing of the machine."""

import json

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from resnet_course.authoring.notebook import solved_notebook
from resnet_course.errors import CourseError


@pytest.fixture
def notebook(script):
    return nbformat.reads(solved_notebook(script), as_version=4)


def graded(notebook):
    return {
        cell.metadata.nbgrader.grade_id: cell
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }


def test_nbgrader_accepts_the_notebook(notebook):
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert list(graded(notebook)) == ["double", "check_double", "why"]


@pytest.mark.parametrize(
    ("name", "grade", "solution", "locked", "points"),
    [
        ("double", False, True, False, None),
        ("check_double", True, False, True, 2),
        ("why", True, True, False, 1.5),
    ],
)
def test_each_role_has_its_part_in_the_grading(notebook, name, grade, solution, locked, points):
    metadata = graded(notebook)[name].metadata.nbgrader
    assert (metadata.grade, metadata.solution, metadata.locked) == (grade, solution, locked)
    assert metadata.get("points") == points


def test_the_check_runs_openly_and_then_hidden(notebook):
    assert graded(notebook)["check_double"].source == (
        "checks.double(double, points=2)\n"
        "### BEGIN HIDDEN TESTS\n"
        "checks.double(double, points=2, grading=True)\n"
        "### END HIDDEN TESTS"
    )


def test_the_notebook_says_nothing_about_the_machine(notebook):
    assert notebook.metadata == {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
    }
    assert all(not cell.get("outputs") for cell in notebook.cells)
    assert [cell.metadata for cell in notebook.cells if "nbgrader" not in cell.metadata] == [
        {},
        {"tags": ["setup"]},
        {"tags": ["experiment"]},
    ]


def test_cells_keep_their_identity_when_others_come_and_go(script):
    before = [cell["id"] for cell in json.loads(solved_notebook(script))["cells"]]
    script.write_text("# %%\nnew = 1\n\n" + script.read_text())
    after = [cell["id"] for cell in json.loads(solved_notebook(script))["cells"]]
    assert after[1:] == before
    assert len(set(after)) == len(after)


def test_equal_cells_have_different_identities(script):
    script.write_text(script.read_text() + "\n# %%\nprint()\n\n# %%\nprint()\n")
    cells = json.loads(solved_notebook(script))["cells"]
    assert len({cell["id"] for cell in cells}) == len(cells)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('exercise="tiny_reference.double"', 'exercise="no_reference.double"', "found no module"),
        ('check="double"', 'check="treble"', "there is no exercise 'treble' above this check"),
        ('# %% check="double" points=2\n', "", "no check follows the exercise"),
        ('question="why"', 'question="double"', "the name 'double' is taken by"),
        ('question="why"', 'question="why not?"', "letters, digits and underscores"),
    ],
)
def test_what_does_not_fit_together_is_refused(script, old, new, message):
    text = script.read_text()
    assert old in text
    script.write_text(text.replace(old, new))
    with pytest.raises(CourseError) as caught:
        solved_notebook(script)
    assert "solutions/01_tiny/tiny.py, line " in str(caught.value)
    assert message in str(caught.value)
