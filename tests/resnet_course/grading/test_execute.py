"""Which cells of a submission run is decided by their part in the grading, not by their tags."""

import pytest
from nbformat import v4

from resnet_course.grading.execute import ExecuteSubmission


def cell(name, tags=(), grade=False, solution=False):
    cell = v4.new_code_cell(f'print("{name} ran")')
    cell.metadata["tags"] = list(tags)
    if grade or solution:
        cell.metadata["nbgrader"] = {"grade_id": name, "grade": grade, "solution": solution}
    return cell


def executed(tmp_path, **settings):
    notebook = v4.new_notebook(
        cells=[
            cell("plain"),
            cell("experiment", ["experiment"]),
            cell("answer", ["experiment"], solution=True),
            cell("test tagged as an experiment", ["experiment"], grade=True),
            cell("test tagged to be skipped", ["skip-execution"], grade=True),
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": "python"}},
    )
    resources = {"metadata": {"path": str(tmp_path)}}
    notebook, _ = ExecuteSubmission(**settings).preprocess(notebook, resources)
    return {output.text.strip() for cell in notebook.cells for output in cell.outputs}


GRADED = {
    "answer ran",
    "test tagged as an experiment ran",
    "test tagged to be skipped ran",
}


@pytest.mark.parametrize(
    ("settings", "ran"),
    [
        ({}, {"plain ran", *GRADED}),
        ({"run_experiments": True}, {"plain ran", "experiment ran", *GRADED}),
    ],
)
def test_experiments_are_left_out_and_graded_cells_never(tmp_path, settings, ran):
    assert executed(tmp_path, **settings) == ran
