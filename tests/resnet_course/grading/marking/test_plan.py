"""The instructor's notebook decides what runs, and where functions are probed."""

import re
from pathlib import Path

import pytest

from resnet_course.grading.course.assignment import Assignment, Cell
from resnet_course.grading.handed_in.notebook import SubmittedCell
from resnet_course.grading.handed_in.submission import Submission
from resnet_course.grading.marking import needed
from resnet_course.grading.marking.plan import make_plan

LESSON = Assignment(
    "lesson",
    Path("lesson.ipynb"),
    [
        Cell("setup", "s", "import math", "code"),
        Cell("shown", "d", "half = 0.5", "code"),
        Cell("shown", "e", "picture = 1", "code"),
        Cell("exercise", "a", "def area(r): ...", "code", "area"),
        Cell("check", "c", "checks.area(area)", "code", "check_area", 2.0, "area"),
        Cell("experiment", "x", "train()", "code"),
    ],
)


def submitted(*cells):
    return Submission([SubmittedCell("code", *each) for each in cells])


def as_released(**changes):
    cells = [(changes.get(c.identifier, c.source), c.identifier, c.grade_id) for c in LESSON.cells]
    return submitted(*cells)


def test_setup_and_answers_run_and_the_check_is_a_probe():
    plan = make_plan(LESSON, as_released())
    assert list(plan.cells) == [0, 3]
    assert plan.probes == {4: "check_area"}


def test_experiments_run_when_asked():
    assert list(make_plan(LESSON, as_released(), experiments=True).cells) == [0, 1, 2, 3, 5]


def test_what_is_shown_runs_where_a_later_cell_uses_it():
    plan = make_plan(LESSON, as_released(a="def area(r):\n    return half * r"))
    assert list(plan.cells) == [0, 1, 3]


def test_a_changed_cell_is_the_learners_own():
    assert 2 in make_plan(LESSON, as_released(e="helper = 1")).cells


def test_an_added_cell_runs():
    cells = [*as_released().cells, SubmittedCell("code", "area = None")]
    assert 6 in make_plan(LESSON, Submission(cells)).cells


def test_cells_are_known_by_their_text_where_ids_are_lost():
    cells = [SubmittedCell("code", c.source, "", c.grade_id) for c in LESSON.cells]
    assert list(make_plan(LESSON, Submission(cells)).cells) == [0, 3]


def test_a_missing_check_is_made_up_for_at_the_end():
    cells = [cell for cell in as_released().cells if cell.grade_id != "check_area"]
    plan = make_plan(LESSON, Submission(cells))
    assert plan.probes == {5: "check_area"}


def test_of_a_check_that_is_there_twice_the_last_counts():
    cells = [*as_released().cells, SubmittedCell("code", "5.0", "c", "check_area")]
    plan = make_plan(LESSON, Submission(cells))
    assert plan.probes == {6: "check_area"}
    assert 6 not in plan.cells


def test_a_test_of_ones_own_brings_no_probe():
    cells = [*as_released().cells, SubmittedCell("code", "assert True", "b", "check_bonus")]
    assert make_plan(LESSON, Submission(cells)).probes == {4: "check_area"}


@pytest.mark.parametrize(
    "source",
    [
        "-" * 99_999 + "1",
        "[" * 99_999,
        "x." * 49_999 + "x",
        "lambda:" * 14_000 + "0",
        "f(" * 30_000,
        "a = 1\0",
        "half: " * 10_000,
        "a;" * 50_000,
    ],
    ids=lambda source: source[:7],
)
def test_hostile_source_harms_neither_the_plan_nor_its_other_cells(capfd, source):
    cells = [*as_released(a="def area(r):\n    return half * r").cells]
    plan = make_plan(LESSON, Submission([*cells, SubmittedCell("code", source)]))
    assert list(plan.cells) == [0, 1, 3, 6]
    assert not plan.attention
    assert capfd.readouterr() == ("", "")


def test_python_warns_of_nothing_in_the_graders_terminal(capfd):
    cells = [*as_released().cells, SubmittedCell("code", "[0for a in()];0 is 0;'\\d';" * 3_000)]
    make_plan(LESSON, Submission(cells))
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("limit", ["SECONDS = 0", "MEMORY = 1"])
def test_what_cannot_be_read_within_limits_is_said(monkeypatch, tmp_path, limit):
    name = limit.split()[0]
    text = Path(needed.__file__).read_text()
    program = tmp_path / "needed.py"
    program.write_text(re.sub(rf"(?m)^{name} = .*$", limit, text))
    monkeypatch.setattr(needed, "__file__", str(program))
    cells = [*as_released().cells, SubmittedCell("code", "a;" * 2_000_000)]
    plan = make_plan(LESSON, Submission(cells))
    assert list(plan.cells) == [0, 3, 6]
    assert "more time or memory" in plan.attention[0]
