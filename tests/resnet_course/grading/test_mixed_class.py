"""Of a class of every kind nobody is lost, and every score is the one that nbgrader exports."""

import os
import subprocess
import sys

import pytest

from resnet_course.grading.course.classroom import Classroom
from resnet_course.grading.isolation import bubblewrap
from resnet_course.grading.marking.allowance import MARGIN
from tests.resnet_course.grading.conftest import LESSON, ROOT
from tests.resnet_course.grading.mixed_class import Outcome, make_mixed_class

pytestmark = pytest.mark.skipif(
    bubblewrap.works() is not None, reason=f"no sandbox here: {bubblewrap.works()}"
)

NUMBERS = {"right": 2, "partly_right": 2, "untouched": 1, "late": 2, "misplaced": 8, "broken": 7}
HOSTILE = ["memory_bomb_that_goes_off", "busy_in_every_step", "markup", "removed_tests"]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give the folder of the course."""
    return tmp_path_factory.mktemp("mixed") / "course"


@pytest.fixture(scope="module")
def graded(course):
    """Grade a mixed class with the command; give its learners and the outcome."""
    classroom = Classroom.copied(ROOT, course, [LESSON])
    classroom.release(LESSON)
    numbers = {**NUMBERS, "hostile": len(HOSTILE)}
    learners = make_mixed_class(classroom, numbers, HOSTILE)
    words = ["grade", LESSON, "--seconds", "3", "--csv", "scores.csv", "--json", "scores.json"]
    done = subprocess.run(
        [sys.executable, "-m", "resnet_course", *words],
        cwd=classroom.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return learners, Outcome.read(classroom.folder, done.stdout)


def test_every_learner_is_named_everywhere(graded):
    learners, outcome = graded
    assert outcome.missing(learners) == {"table": [], "CSV": [], "JSON": [], "gradebook": []}


def test_nobody_else_is(graded):
    learners, outcome = graded
    assert set(learners) == set(outcome.csv) == outcome.gradebook


def test_the_scores_are_those_of_nbgraders_export(graded):
    assert graded[1].has_the_scores_of_the_export()


def test_each_kind_gets_what_it_earned(graded):
    scores = {name: float(row["score"]) for name, row in graded[1].csv.items()}
    assert {scores[name] for name in scores if name.startswith("right")} == {9.0}
    assert {scores[name] for name in scores if name.startswith("late")} == {8.1, 7.2}
    assert all(0 < scores[name] < 9 for name in scores if name.startswith("partly_right"))
    for name, row in graded[1].csv.items():
        if name.startswith(("misplaced", "broken")):
            assert (scores[name], row["waits"]) == (0.0, "12.0"), name
            assert row["needs_attention"], name


def test_nobody_takes_more_time_than_all_limits_together(graded):
    taken = {name: each["processor_seconds"] for name, each in graded[1].json.items()}
    # Twice 3 seconds to run, 12 to be judged, 3 to be parsed, and some to be read and written.
    assert max(taken.values()) < 24
    assert all(taken[name] > 0 for name in taken if name.startswith(("right", "hostile")))


def test_memory_is_allowed_by_what_the_lessons_own_answers_take(graded, course):
    _, number = (course / ".grading" / LESSON / "memory").read_text().split()
    assert MARGIN < int(number) < MARGIN + 512 * 2**20
