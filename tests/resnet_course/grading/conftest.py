"""Courses to grade."""

from pathlib import Path

import pytest

from resnet_course.grading.course.classroom import Classroom

ROOT = Path(__file__).parents[3]
LESSON = "02_identity_block"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """Give a course folder with lesson 2, released."""
    classroom = Classroom.copied(ROOT, tmp_path_factory.mktemp("class") / "course", [LESSON])
    classroom.release(LESSON)
    return classroom
