"""Four submissions of lesson 2 go through nbgrader's own commands."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LESSON = "02_identity_block"
NOTEBOOK = "identity_block.ipynb"
AUTOMATIC = {"check_conv_bn": 2, "check_identity_block": 5, "check_identity_block_parameters": 2}

#: The cell that never ends gets little time, to keep this test short.
SHORT_TIMEOUT = """
c.Execute.timeout_func = lambda cell: 5 if cell.source.startswith("while True") else 180
"""

NO_RELU_AT_THE_END = """\
def identity_block(X, f, filters, stage, block):
    F1, F2, F3 = filters
    name = f"{stage}{block}_branch2"
    Y = layers.ReLU()(conv_bn(X, F1, 1, f"{name}a"))
    Y = layers.ReLU()(conv_bn(Y, F2, f, f"{name}b"))
    return layers.Add()([conv_bn(Y, F3, 1, f"{name}c"), X])"""

NEVER_DEFINED = """\
while True:
    pass"""

CORRECT_WITHOUT_CONV_BN = """\
from resnet_course.blocks import identity_block"""

NEVER_RETURNS = """\
def identity_block_parameters(f, channels, filters):
    while True:
        pass"""


def graded_cells(notebook):
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: cell
        for cell in notebook["cells"]
        if "nbgrader" in cell["metadata"]
    }


def right(notebook):
    """Hand in the solved notebook."""
    return json.loads((ROOT / "solutions" / LESSON / NOTEBOOK).read_text())


def untouched(notebook):
    """Hand in the lesson as it came, but for tags that ask to skip its tests."""
    for name, cell in graded_cells(notebook).items():
        if name.startswith("check_"):
            cell["metadata"]["tags"] = ["skip-execution", "experiment"]
    return notebook


def partly(notebook):
    """Hand in one wrong block, and leave out its test."""
    notebook = right(notebook)
    graded_cells(notebook)["identity_block"]["source"] = NO_RELU_AT_THE_END
    notebook["cells"].remove(graded_cells(notebook)["check_identity_block"])
    return notebook


def endless(notebook):
    """Hand in a cell and a function that never come to an end."""
    notebook = right(notebook)
    cells = graded_cells(notebook)
    cells["conv_bn"]["source"] = NEVER_DEFINED
    cells["identity_block"]["source"] = CORRECT_WITHOUT_CONV_BN
    cells["identity_block_parameters"]["source"] = NEVER_RETURNS
    return notebook


STUDENTS = (right, untouched, partly, endless)


def nbgrader(course: Path, *words: str) -> None:
    command = [sys.executable, "-m", "nbgrader", *words]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give a course folder in which the four submissions went through the whole chain."""
    course = tmp_path_factory.mktemp("course")
    shutil.copytree(ROOT / "solutions" / LESSON, course / "solutions" / LESSON)
    config = (ROOT / "nbgrader_config.py").read_text()
    (course / "nbgrader_config.py").write_text(config + SHORT_TIMEOUT)
    nbgrader(course, "generate_assignment", LESSON)
    released = (course / "lessons" / LESSON / NOTEBOOK).read_text()
    for student in STUDENTS:
        submission = course / "submitted" / student.__name__ / LESSON
        submission.mkdir(parents=True)
        notebook = student(json.loads(released))
        (submission / NOTEBOOK).write_text(json.dumps(notebook))
        (submission / "helpers.py").write_text("mine = 1\n")
    nbgrader(course, "autograde", LESSON)
    nbgrader(course, "generate_feedback", LESSON)
    nbgrader(course, "export")
    return course


@pytest.fixture(scope="module")
def scores(course):
    """Give the automatic score of every graded cell, by student."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        submissions = gradebook.assignment_submissions(LESSON)
        return {
            submission.student.id: {
                grade.name: (grade.auto_score, grade.needs_manual_grade)
                for notebook in submission.notebooks
                for grade in notebook.grades
            }
            for submission in submissions
        }


def automatic(scores, student):
    return {name: scores[student.__name__][name][0] for name in AUTOMATIC}


def test_right_gets_full_marks_and_waits_for_a_reader(scores):
    assert automatic(scores, right) == AUTOMATIC
    assert scores["right"]["two_changes"] == (None, True)


def test_untouched_gets_nothing_whatever_its_tags_say(scores):
    assert {score for score, _ in scores["untouched"].values()} == {0}
    assert not any(waits for _, waits in scores["untouched"].values())


def test_a_wrong_block_keeps_the_points_of_what_is_right_even_without_its_test(scores):
    assert automatic(scores, partly) == AUTOMATIC | {"check_identity_block": 1.67}


def test_an_endless_loop_costs_its_own_exercise_only(scores):
    assert automatic(scores, endless) == {
        "check_conv_bn": 0,
        "check_identity_block": 5,
        "check_identity_block_parameters": 0,
    }


def test_feedback_shows_what_was_wrong_and_the_pictures(course):
    page = (course / "feedback" / "partly" / LESSON / "identity_block.html").read_text()
    assert "The ReLU after the addition is missing" in page
    assert "data:image/svg+xml;base64" in page


def test_experiments_are_not_run_for_grading(course):
    path = course / "autograded" / "right" / LESSON / NOTEBOOK
    cells = json.loads(path.read_text())["cells"]
    experiments = [cell for cell in cells if "experiment" in cell["metadata"].get("tags", [])]
    assert experiments
    assert not any(cell["outputs"] for cell in experiments)


def test_learners_files_are_kept_and_answers_are_not_handed_to_their_code(course):
    folder = course / "autograded" / "right" / LESSON
    assert (folder / "helpers.py").read_text() == "mine = 1\n"
    assert not (folder / "identity_block.py").exists()


def test_the_grades_are_exported(course):
    with (course / "grades.csv").open() as file:
        rows = {row["student_id"]: float(row["score"]) for row in csv.DictReader(file)}
    assert rows == {"right": 9.0, "untouched": 0.0, "partly": 5.67, "endless": 5.0}
