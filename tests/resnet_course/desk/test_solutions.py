"""Finding the reference solutions."""

import pytest

import checks
from resnet_course.desk.solutions import reference_solution
from resnet_course.errors import CourseError


@pytest.mark.parametrize("exercise", checks.exercise_names())
def test_every_exercise_has_a_reference_solution_that_passes_its_check(exercise):
    solution = reference_solution(exercise)
    assert solution.__name__ == exercise
    for grading in (False, True):
        report = checks.run(exercise, solution, grading=grading)
        assert report.passed, str(report)
        assert report.covered


def test_an_exercise_without_one_is_named():
    with pytest.raises(CourseError, match="no reference solution called 'conv_nothing'"):
        reference_solution("conv_nothing")
