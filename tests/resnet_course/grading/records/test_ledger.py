"""What was graded is graded anew when the code that decides on marks has changed."""

from dataclasses import replace
from pathlib import Path

import pytest

import checks
from resnet_course import grading
from resnet_course.grading.handed_in.notebook import SubmittedCell
from resnet_course.grading.marking.marks import Mark, Marked
from resnet_course.grading.records import ledger
from resnet_course.grading.records.lateness import Penalty


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


def test_a_record_holds_the_marks_and_not_the_whole_notebook(tmp_path):
    marked = Marked("ada", {"check": Mark(1.0, 2.0, "Half right.")}, {"check": "x = 1"})
    whole = replace(marked, cells=[SubmittedCell("code", "x = 1")])
    ledger.write_record(tmp_path / "ada.json", ledger.Record("print", whole, {}, Penalty(0.5)))
    record = ledger.read_record(tmp_path / "ada.json")
    assert record
    assert not record.marked.cells
    assert record.marked.sources == marked.sources
    assert record.marked.marks["check"].points == 1.0
    assert (record.fingerprint, record.penalty) == ("print", Penalty(0.5))


def test_what_was_measured_is_measured_again_when_anything_changed(tmp_path):
    path, numbers = tmp_path / "memory", iter([1, 2, 3])

    def measured(fingerprint):
        return ledger.measured_once(path, fingerprint, lambda: next(numbers))

    assert [measured("a"), measured("a"), measured("b"), measured("b")] == [1, 1, 2, 2]
    path.write_text("b many")
    assert measured("b") == 3
