"""What goes wrong while a submission is read is said in a sentence."""

import shutil
from typing import Any

from resnet_course.grading.course.assignment import read_assignment
from resnet_course.grading.marking import marker
from tests.resnet_course.grading.conftest import LESSON, ROOT


def test_a_folder_that_cannot_be_read_is_named(tmp_path, monkeypatch):
    def read(*_):
        raise PermissionError(13, "Permission denied", "/somewhere/else")

    monkeypatch.setattr(marker, "read_submission", read)
    lesson = read_assignment(ROOT, "solutions", LESSON)
    marked = marker.Marker(lesson, None, None, b"", {}).mark(
        "ada", tmp_path / "submitted" / "ada" / LESSON, ""
    )
    assert marked.problem.startswith(
        f"submitted/ada/{LESSON} cannot be read (Permission denied): give yourself the right"
    )


def test_where_the_grader_fails_a_person_gets_to_see_what_was_handed_in(tmp_path):
    lesson = read_assignment(ROOT, "solutions", LESSON)
    folder = tmp_path / "ada" / LESSON
    folder.mkdir(parents=True)
    shutil.copy(lesson.path, folder)
    server: Any = None
    marked = marker.Marker(lesson, server, server, b"", {}).mark("ada", folder, "")
    assert marked.problem
    assert marked.problem.startswith("The grader failed: ")
    assert [cell.source for cell in marked.cells] == [cell.source for cell in lesson.cells]
