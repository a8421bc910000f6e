"""The build makes what nbgrader would, all of it or nothing."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from resnet_course.authoring.build import build, course_files, stray_files
from resnet_course.cli import main
from resnet_course.errors import CourseError

SOLVED = Path("solutions/01_tiny/tiny.ipynb")
LESSON = Path("lessons/01_tiny/tiny.ipynb")
PICTURE = Path("lessons/01_tiny/figures/picture.svg")


def sources(course, path):
    cells = json.loads((course / path).read_text())["cells"]
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in cells
        if "nbgrader" in cell["metadata"]
    }


def test_learners_get_stub_visible_check_and_a_place_to_write(course):
    build(course)
    lesson = sources(course, LESSON)
    assert lesson["double"] == (
        'def double(x: float) -> float:\n    """Return twice `x`.\n\n    Args:\n'
        '        x: Any number.\n    """\n    # YOUR CODE HERE\n    raise NotImplementedError()'
    )
    assert lesson["check_double"] == "checks.double(double, points=2)"
    assert lesson["why"].startswith("*Write your answer here")
    assert "return two * x" in sources(course, SOLVED)["double"]


def test_nothing_but_notebook_and_figures_reaches_the_learners(course):
    build(course)
    files = {path.relative_to(course) for path in (course / "lessons").rglob("*") if path.is_file()}
    assert files == {LESSON, PICTURE}
    everything = b"".join((course / path).read_bytes() for path in files)
    assert b"secret" not in everything
    assert b"grading=True" not in everything


def test_a_second_build_changes_nothing(course):
    assert sorted(build(course)) == sorted([SOLVED, LESSON, PICTURE])
    assert build(course) == []


def test_the_same_course_elsewhere_gives_the_same_bytes(course, tmp_path):
    elsewhere = tmp_path / "another place"
    course_again = course.rename(elsewhere)
    first = course_files(course_again)
    assert first == course_files(course_again)
    build(course_again)
    assert {path: (course_again / path).read_bytes() for path in first} == first


def test_nbgrader_alone_gives_the_very_same_lesson(course):
    build(course)
    before = {path: (course / path).read_bytes() for path in (LESSON, PICTURE)}
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "01_tiny", "--force"]
    subprocess.run(command, cwd=course, check=True, capture_output=True)
    assert {path: (course / path).read_bytes() for path in before} == before
    assert not (course / "lessons" / "01_tiny" / "tiny.py").exists()


def test_a_wrong_script_leaves_the_notebooks_as_they_were(course, script):
    build(course)
    before = {path: (course / path).read_bytes() for path in (SOLVED, LESSON)}
    script.write_text(script.read_text() + '\n# %% nonsense="x"\n')
    with pytest.raises(CourseError, match="unknown marker 'nonsense'"):
        build(course)
    assert {path: (course / path).read_bytes() for path in before} == before


def test_what_nbgrader_refuses_is_said_in_one_sentence(course, script):
    script.write_text(script.read_text() + "\n# %%\n### BEGIN SOLUTION\nx = 1\n### END SOLUTION\n")
    with pytest.raises(CourseError, match="cannot release 01_tiny: RuntimeError: Solution region"):
        build(course)
    assert not (course / SOLVED).exists()


def test_one_lesson_is_built_while_another_is_still_being_written(course):
    (course / "solutions" / "02_later").mkdir()
    with pytest.raises(CourseError, match=r"expected the lesson's percent script later\.py"):
        build(course)
    assert LESSON in build(course, ["01_tiny"])
    with pytest.raises(CourseError, match="there is no lesson '03_never'"):
        build(course, ["03_never"])


def test_left_over_files_are_found(course):
    build(course)
    (course / "lessons" / "01_old").mkdir()
    (course / "lessons" / "01_old" / "old.ipynb").write_text("{}")
    assert stray_files(course, course_files(course)) == [Path("lessons/01_old/old.ipynb")]


def test_the_command_says_what_it_wrote(course, monkeypatch, capsys):
    monkeypatch.chdir(course)
    assert main(["build"]) == 0
    assert f"wrote {LESSON}" in capsys.readouterr().out
    monkeypatch.chdir(course / "solutions")
    assert main(["build"]) == 2
    assert "Run the command in the root of the repository" in capsys.readouterr().err
