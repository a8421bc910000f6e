"""The lessons reach the learner's folder, and the learner's work stays as it was."""

import os
import sys
from pathlib import Path

import pytest

from resnet_course.cli import main
from resnet_course.desk import learning
from resnet_course.errors import CourseError

NOTEBOOK = Path("01_tiny/tiny.ipynb")


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    """Give a folder of lessons in the place of the course's own."""
    folder = tmp_path / "lessons"
    (folder / "01_tiny" / "figures").mkdir(parents=True)
    (folder / NOTEBOOK).write_text("first edition")
    (folder / "01_tiny" / "figures" / "picture.svg").write_text("<svg/>")
    monkeypatch.setattr(learning, "lessons_folder", lambda: folder)
    return folder


@pytest.fixture
def folder(tmp_path):
    """Give the learner's folder, which is not there yet."""
    return tmp_path / "my course"


def notebooks(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.ipynb")
    }


def test_everything_is_copied_the_first_time(lessons, folder):
    assert learning.copy_lessons(folder) == [
        f"Copied the lessons to {folder} (2 new). Your own work is unchanged."
    ]
    assert notebooks(folder) == {"01_tiny/tiny.ipynb": "first edition"}
    assert (folder / "01_tiny" / "figures" / "picture.svg").read_text() == "<svg/>"


def test_a_second_time_changes_nothing(lessons, folder):
    learning.copy_lessons(folder)
    (folder / NOTEBOOK).write_text("my answers")
    (folder / "01_tiny" / "helpers.py").write_text("mine = 1")
    assert "up to date" in learning.copy_lessons(folder)[0]
    assert notebooks(folder) == {"01_tiny/tiny.ipynb": "my answers"}
    assert (folder / "01_tiny" / "helpers.py").read_text() == "mine = 1"


def test_a_lesson_that_was_not_touched_is_brought_up_to_date(lessons, folder):
    learning.copy_lessons(folder)
    (lessons / NOTEBOOK).write_text("second edition")
    assert learning.copy_lessons(folder)[0].startswith("Brought the lessons")
    assert notebooks(folder) == {"01_tiny/tiny.ipynb": "second edition"}


def test_a_new_edition_is_put_beside_work_and_named_in_a_sentence(lessons, folder):
    learning.copy_lessons(folder)
    (folder / NOTEBOOK).write_text("my answers")
    (lessons / NOTEBOOK).write_text("second edition")
    sentence = learning.copy_lessons(folder)[1]
    assert sentence.startswith("01_tiny/tiny.ipynb has a newer version.")
    assert sentence.endswith("tiny_new.ipynb.")
    both = {"01_tiny/tiny.ipynb": "my answers", "01_tiny/tiny_new.ipynb": "second edition"}
    assert notebooks(folder) == both
    assert len(learning.copy_lessons(folder)) == 1
    assert notebooks(folder) == both


def test_work_in_a_copy_beside_is_kept_too(lessons, folder):
    learning.copy_lessons(folder)
    (folder / NOTEBOOK).write_text("my answers")
    (lessons / NOTEBOOK).write_text("second edition")
    learning.copy_lessons(folder)
    (folder / "01_tiny" / "tiny_new.ipynb").write_text("my new answers")
    (lessons / NOTEBOOK).write_text("third edition")
    learning.copy_lessons(folder)
    assert notebooks(folder) == {
        "01_tiny/tiny.ipynb": "my answers",
        "01_tiny/tiny_new.ipynb": "my new answers",
        "01_tiny/tiny_new_2.ipynb": "third edition",
    }


def test_a_file_of_unknown_origin_is_left_alone(lessons, folder):
    (folder / "01_tiny").mkdir(parents=True)
    (folder / NOTEBOOK).write_text("someone's answers")
    learning.copy_lessons(folder)
    (folder / learning.RECORD).unlink()
    learning.copy_lessons(folder)
    assert notebooks(folder) == {"01_tiny/tiny.ipynb": "someone's answers"}


@pytest.mark.parametrize("record", ["", "{", "[1, 2]", "null"])
def test_a_damaged_record_costs_no_work(lessons, folder, record):
    learning.copy_lessons(folder)
    (folder / NOTEBOOK).write_text("my answers")
    (folder / learning.RECORD).write_text(record)
    learning.copy_lessons(folder)
    assert notebooks(folder) == {"01_tiny/tiny.ipynb": "my answers"}


def test_a_new_lesson_is_added(lessons, folder):
    learning.copy_lessons(folder)
    (lessons / "02_more").mkdir()
    (lessons / "02_more" / "more.ipynb").write_text("more")
    assert "(1 new)" in learning.copy_lessons(folder)[0]
    assert notebooks(folder)["02_more/more.ipynb"] == "more"


def test_a_file_in_the_place_of_the_folder_is_named(lessons, folder, capsys):
    folder.write_text("a letter")
    assert main(["learn", str(folder), "--copy-only"]) == 2
    assert f"{folder} is a file" in capsys.readouterr().err
    assert folder.read_text() == "a letter"


def test_a_folder_that_cannot_be_written_to_is_named(lessons, folder, monkeypatch):
    folder.mkdir()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(CourseError, match="cannot be written to"):
        learning.copy_lessons(folder)
    assert list(folder.iterdir()) == []


def test_the_course_brings_its_own_lessons():
    found = learning.lessons_folder()
    assert (found / "02_identity_block" / "identity_block.ipynb").is_file()


def test_copy_only_copies_and_says_so(lessons, folder, capsys, monkeypatch):
    monkeypatch.setattr(learning, "start_jupyterlab", lambda *_, **__: pytest.fail("started"))
    assert main(["learn", str(folder), "--copy-only"]) == 0
    assert "Copied the lessons" in capsys.readouterr().out


@pytest.mark.parametrize(("user", "allowed"), [(0, True), (1000, False)])
def test_jupyterlab_runs_with_this_interpreter_in_the_folder(folder, monkeypatch, user, allowed):
    commands = []

    class Process:
        def __init__(self, command, cwd, env):
            commands.append(command)
            assert cwd == folder.resolve()
            assert env["JUPYTER_PREFER_ENV_PATH"] == "1"

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def wait(self):
            return 0

    monkeypatch.setattr(learning.subprocess, "Popen", Process)
    monkeypatch.setattr(os, "geteuid", lambda: user, raising=False)
    assert learning.start_jupyterlab(folder, browser=False) == 0
    (command,) = commands
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={folder.resolve()}" in command
    assert "--no-browser" in command
    assert ("--allow-root" in command) is allowed
