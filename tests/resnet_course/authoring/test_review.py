"""What the review of a course says of lessons that are not right."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from checks.catalogue import EXERCISES
from resnet_course.authoring.build import build
from resnet_course.authoring.review import (
    answer_problems,
    catalogue_problems,
    review,
    solution,
    stub,
)
from resnet_course.blocks import identity_block

CARD = "> **Difficulty** ●○○○○ · **Importance** ●○○○○ · **Time** 5 minutes · **Points** "


def words(course: Path) -> str:
    return "\n".join(map(str, review(course)))


def test_a_tiny_lesson_is_told_what_it_lacks(course):
    build(course)
    said = words(course)
    for part in (
        "three exercises",
        "a **Rubric.** for every question",
        "what the reader will be able to do",
        "a source (arXiv)",
    ):
        assert f"the lesson lacks {part}. docs/authoring.md shows how." in said
    assert "there is no check for the exercise 'double'. Describe it in checks/catalogue/" in said
    assert "expected a card for each of the 2 exercises and questions, found 0" in said
    assert "the exercise 'double' has no heading. Write `### Exercise 1 · `double``" in said
    assert "has the description 'a picture'. Say in its square brackets" in said
    assert "picture.svg: has no <title>" in said


def test_notebooks_that_are_not_current_are_named_with_the_command(course):
    assert "solutions/01_tiny/tiny.ipynb: is missing. Run `make build`" in words(course)
    build(course)
    notebook = course / "lessons" / "01_tiny" / "tiny.ipynb"
    notebook.write_text(notebook.read_text().replace("Tiny", "Small"))
    (course / "lessons" / "notes.txt").write_text("left over")
    said = words(course)
    assert "lessons/01_tiny/tiny.ipynb: is not what the build gives. Run `make build`" in said
    assert "lessons/notes.txt: nothing builds this file. Delete it" in said


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text.replace("double", "double").replace("x + x", "x"), "has no heading"),
        (
            lambda text: text.replace("# $x", "# ### Exercise 1 · `double`\n# $x"),
            "expected 3 hints for 'double', each closed by </details>, and found 0",
        ),
        (
            lambda text: text.replace("# $x", f"# {CARD}2\n# {CARD}1\n# $x"),
            "the card shows 1 points, the cell is worth 1.5. Make them equal.",
        ),
        (
            lambda text: text.replace("figures/picture.svg", "figures/none.svg"),
            "figures/none.svg does not exist. Add the picture or correct its name.",
        ),
        (
            lambda text: text.replace("![a picture](figures/picture.svg)", ""),
            "the lesson has no picture. Put one into figures/.",
        ),
    ],
)
def test_what_is_wrong_with_the_text_is_said(
    course: Path, script: Path, change: Callable[[str], str], expected: str
) -> None:
    script.write_text(change(script.read_text()))
    assert expected in words(course)


def test_an_exercise_in_two_lessons_is_refused(course, script):
    again = course / "solutions" / "02_again"
    again.mkdir()
    (again / "again.py").write_text(script.read_text())
    assert "the exercise 'double' is in the course 2 times" in words(course)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"hints": ("one",)}, "expected an explanation and 3 hints, and received 1."),
        ({"section": "somewhere"}, "its section 'somewhere' names no heading of the lesson."),
        ({"section": "lesson 2, “Nowhere”"}, "names no heading of the lesson. Write: lesson N"),
    ],
)
def test_a_mistake_without_hints_or_section_is_named(change, expected):
    exercise = EXERCISES["identity_block"]
    mistake = replace(exercise.mistakes[0], **change)
    problems = list(catalogue_problems(replace(exercise, mistakes=(mistake,)), {"Heading"}))
    assert any(expected in str(each) and mistake.title in str(each) for each in problems)


def test_two_mistakes_of_one_title_and_none_at_all_are_named():
    exercise = EXERCISES["identity_block"]
    mistake = exercise.mistakes[0]
    twice = replace(exercise, mistakes=(mistake, replace(mistake, explanation="It is another.")))
    assert any("the same title" in str(each) for each in catalogue_problems(twice, set()))
    none = replace(exercise, mistakes=())
    assert "has no mistakes. Add those" in str(next(catalogue_problems(none, set())))


def test_a_stub_that_passes_and_a_solution_that_fails_are_named():
    the_stub = stub("resnet_course.blocks.identity_block")
    assert list(answer_problems("identity_block", the_stub, identity_block)) == []
    said = [str(each) for each in answer_problems("identity_block", identity_block, the_stub)]
    assert any("the stub earns points. Let results that it passes weigh nothing" in s for s in said)
    assert any("the solution does not pass when grading: runs" in s for s in said)


def test_a_stub_is_the_signature_of_its_solution_and_raises():
    with pytest.raises(NotImplementedError):
        stub("resnet_course.blocks.convolutional_block")(None, 3, (1, 2, 3), 2, "a")
    assert solution("resnet_course.blocks.identity_block") is identity_block
