"""What was graded is graded anew when the code that decides on marks has changed."""

from pathlib import Path

import pytest

import checks
from resnet_course import grading
from resnet_course.grading.records import ledger


@pytest.mark.parametrize(
    "path",
    [
        Path(checks.__file__).parent / "judging" / "judge.py",
        Path(grading.__file__).parent / "grade.py",
        Path(grading.__file__).parent / "marking" / "judging.py",
        Path(grading.__file__).parent / "isolation" / "sandboxed" / "runner.py",
    ],
)
def test_the_digest_of_the_judge_tells_a_change_in_any_room(monkeypatch, path):
    before, read = ledger.judge_digest(), Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda self: read(self) + b"#" * (self == path))
    assert ledger.judge_digest() != before
