"""Whatever may be a written answer is found, and an untouched notebook holds none."""

import json
import sys
from pathlib import Path

import pytest

from resnet_course.grading.course.assignment import Assignment, Cell, read_assignment
from resnet_course.grading.handed_in.notebook import SubmittedCell
from resnet_course.grading.handed_in.submission import read_submission
from resnet_course.grading.handed_in.written import places, text_elsewhere
from tests.resnet_course.grading.conftest import ROOT

STUB = "*Write your answer here.*"
ANSWER = "The addition comes before the last ReLU."
LESSON = Assignment(
    "lesson",
    Path("lesson.ipynb"),
    [
        Cell("shown", "p", "# The lesson\n\nRead this.", "markdown"),
        Cell("setup", "s", "import math  # first of all", "code"),
        Cell("exercise", "a", "def area(r):\n    return math.pi * r * r", "code", "area"),
        Cell("check", "c", "checks.area(area)", "code", "check_area", 2.0, "area"),
        Cell("question", "w", "Model answer.", "markdown", "why", 3.0),
    ],
)
RELEASED = {
    "area": {"source": "def area(r):\n    ..."},
    "check_area": {"source": "checks.area(area)"},
    "why": {"source": STUB},
}


def cells(*more, answer=STUB):
    released = [
        SubmittedCell(
            cell.kind,
            RELEASED[cell.grade_id]["source"] if cell.grade_id else cell.source,
            cell.identifier,
            cell.grade_id,
        )
        for cell in LESSON.cells[:-1]
    ]
    return [*released, SubmittedCell("markdown", answer, "w", "why"), *more]


def found(*more, answer=STUB):
    return list(text_elsewhere(cells(*more, answer=answer), LESSON, RELEASED).values())


@pytest.mark.parametrize("lesson", sorted(each.name for each in (ROOT / "lessons").iterdir()))
def test_an_untouched_lesson_and_a_solved_one_hold_no_text_elsewhere(lesson):
    assignment = read_assignment(ROOT, "solutions", lesson)
    folder = ROOT / "lessons" / lesson
    notebook = json.loads((folder / f"{assignment.notebook}.ipynb").read_text())
    released = {
        cell["metadata"]["nbgrader"]["grade_id"]: {"source": "".join(cell["source"])}
        for cell in notebook["cells"]
        if "nbgrader" in cell["metadata"]
    }
    for place in (folder, ROOT / "solutions" / lesson):
        submitted = read_submission(place, assignment.notebook).cells
        assert text_elsewhere(submitted, assignment, released) == {}


def test_white_space_and_copies_of_the_lessons_cells_are_no_text():
    assert found() == []
    assert found(SubmittedCell("markdown", " \n"), SubmittedCell("markdown", f"{STUB}\r\n")) == []
    assert found(SubmittedCell("markdown", "# The lesson\r\n\r\nRead this. ")) == []
    assert found(SubmittedCell("raw", "def area(r):\n    ...", "a", "area")) == []


@pytest.mark.parametrize("identifier", ["", "w", "new"])
@pytest.mark.parametrize("grade_id", [None, "why", "unknown"])
def test_a_markdown_cell_is_found_whatever_it_says_of_itself(identifier, grade_id):
    own = SubmittedCell("markdown", ANSWER, identifier, grade_id)
    if grade_id == "why":
        submitted = [*cells(), own]
        assert places(submitted, LESSON, RELEASED)["why"] == len(submitted) - 1
    else:
        assert found(own) == [ANSWER]
        assert found(own, answer="Another answer.") == [ANSWER]


def test_of_two_cells_for_an_answer_the_last_that_is_answered_counts():
    first = [SubmittedCell("markdown", ANSWER, "x", "why"), *cells()]
    assert places(first, LESSON, RELEASED)["why"] == 0
    assert text_elsewhere(first, LESSON, RELEASED) == {}
    both = [SubmittedCell("markdown", "One half.", "x", "why"), *cells(answer="The other half.")]
    assert places(both, LESSON, RELEASED)["why"] == len(both) - 1
    assert text_elsewhere(both, LESSON, RELEASED) == {0: "One half."}


def test_an_answer_in_a_changed_cell_of_the_lesson_is_found():
    submitted = cells()
    submitted[0] = SubmittedCell("markdown", f"# The lesson\n\nRead this.\n\n{ANSWER}", "p")
    assert list(text_elsewhere(submitted, LESSON, RELEASED)) == [0]


@pytest.mark.parametrize(
    "own",
    [
        SubmittedCell("raw", ANSWER),
        SubmittedCell("code", f"# {ANSWER}"),
        SubmittedCell("code", f"x = 1\n# {ANSWER}\nprint(x)"),
        SubmittedCell("code", f"def f():\n    return 1  # {ANSWER}"),
        SubmittedCell("code", f'"""{ANSWER}"""'),
        SubmittedCell("code", ANSWER),
        SubmittedCell("code", "It doesn't lose the gradient of the loss"),
        SubmittedCell("code", f"%%markdown\n{ANSWER}"),
        SubmittedCell("code", f"import math  # first of all\n# {ANSWER}", "s"),
    ],
)
def test_raw_cells_and_comments_are_found_where_the_answer_is_untouched(own):
    (text,) = found(own)
    assert text.strip("#\" '") in own.source
    assert found(own, answer="Another answer.") == []


@pytest.mark.parametrize(
    "source",
    [
        "area(2.0)",
        "import math  # first of all",
        "%matplotlib inline\n!pip install some more packages",
        "for x in range(3):\n    print('the area of it is', area(x))",
        "assert not area(0) is None and area(1) > 3",
        "#\n#%%",
        "((((",
    ],
)
def test_code_without_remarks_of_ones_own_is_no_answer(source):
    assert found(SubmittedCell("code", source)) == []


def test_comments_in_an_exercise_are_no_answer():
    assert (
        found(SubmittedCell("code", "def area(r):\n    # by pi\n    return 3", "a", "area")) == []
    )


def test_where_nothing_is_asked_nothing_is_found():
    lesson = Assignment("lesson", LESSON.path, LESSON.cells[:-1])
    assert text_elsewhere(cells(SubmittedCell("markdown", ANSWER)), lesson, RELEASED) == {}


@pytest.mark.parametrize(
    "source",
    [
        "(" + "a" * 99_990,
        "a a a;" * 16_666,
        "'\"" * 50_000,
        "#" * 100_000,
        "'" + "a" * 99_990,
        " ".join("a" for _ in range(50_000)),
        "\n".join(["'''", *["a b"] * 30_000]),
    ],
)
def test_searching_a_cell_for_text_takes_time_and_memory_in_proportion_to_its_length(source):
    steps = 0

    def counted(*_):
        nonlocal steps
        steps += 1
        return counted

    sys.settrace(counted)
    try:
        texts = found(SubmittedCell("code", source))
    finally:
        sys.settrace(None)
    assert sum(map(len, texts)) <= len(source)
    assert steps < 40 * len(source)
