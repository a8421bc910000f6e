"""Courses to grade."""

import shutil
from pathlib import Path

import pytest

from resnet_course.grading.course.classroom import Classroom
from resnet_course.grading.marking.marker import Marker
from resnet_course.grading.marking.marks import Mark, Marked

ROOT = Path(__file__).parents[3]
LESSON = "02_identity_block"
POINTS = {"check_conv_bn": 2.0, "check_identity_block": 5.0, "check_identity_block_parameters": 2.0}


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """Give a course folder with lesson 2, released."""
    classroom = Classroom.copied(ROOT, tmp_path_factory.mktemp("class") / "course", [LESSON])
    classroom.release(LESSON)
    return classroom


@pytest.fixture
def nine_points(classroom, tmp_path, monkeypatch):
    """Give a course of one's own in which everybody's code gets 9 points, and nothing is run."""

    def mark(self, student, folder, digest):
        marks = {name: Mark(points, points, "Right.") for name, points in POINTS.items()}
        return Marked(student, marks, {"two_changes": "Two things differ."})

    monkeypatch.setattr(Marker, "mark", mark)
    return Classroom(Path(shutil.copytree(classroom.folder, tmp_path / "course")))
