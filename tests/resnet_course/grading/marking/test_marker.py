"""What goes wrong while a submission is read is said in a sentence."""

import json

from resnet_course.grading.course.assignment import read_assignment
from resnet_course.grading.isolation.server import Ran
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


def test_what_python_remarks_on_holds_nothing_that_is_obeyed():
    warning = {"type": "SyntaxWarning", "message": "\x1b[2J\u202e", "line": 1}
    result = json.dumps({"outcome": "ran", "warnings": [warning]}).encode()
    (said,) = marker._warnings(0, Ran({0: result}, {}))
    assert said.isprintable()
