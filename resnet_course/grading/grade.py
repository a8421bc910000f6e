"""Grades a class: marks what changed, and says how every submission fared."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from resnet_course.errors import CourseError
from resnet_course.grading.course.assignment import Assignment, lesson_notebooks, read_assignment
from resnet_course.grading.course.folder import Course, open_course
from resnet_course.grading.handed_in.misplaced import (
    find_learners,
    find_misplaced,
    is_named_like_a_lesson,
)
from resnet_course.grading.handed_in.names import check_name, students
from resnet_course.grading.records.database import database_errors
from resnet_course.grading.records.gradebook import Gradebook
from resnet_course.grading.records.lock import alone
from resnet_course.grading.reports.line import Line
from resnet_course.grading.run.changed import Run
from resnet_course.grading.run.options import Options
from resnet_course.grading.run.recorder import Recorder

#: Told of each submission: how many are done, how many there are, and how this one fared.
Progress = Callable[[int, int, Line], None]


def grade(
    folder: Path, lesson: str, options: Options, progress: Progress
) -> tuple[Assignment, list[Line]]:
    """Grade the submissions of a lesson that are new or have changed.

    Args:
        folder: The course folder.
        lesson: Name of the lesson.
        options: How to grade.
        progress: Told of each submission.

    Returns:
        The lesson, and how each submission fared, by name of the student. What is misplaced has
        a line as well.

    Raises:
        CourseError: If the folder, the lesson, the students or the sandbox cannot be used.
    """
    course = open_course(folder)
    lesson = Path(lesson).name
    assignment = read_assignment(course.folder, course.source, lesson)
    notebooks = lesson_notebooks(course.folder, course.source)
    found = find_misplaced(course.submitted, lesson, notebooks)
    wanted = options.students
    misplaced = {name: text for name, text in found.items() if not wanted or name in wanted}
    names = _students(course, assignment, wanted, misplaced, notebooks)
    learners = find_learners(course.submitted, notebooks)
    with alone(course.records / lesson), database_errors(course):
        with alone(course.records):
            gradebook = Gradebook(course, assignment)
        with closing(gradebook):
            recorder = Recorder(course, assignment, gradebook)
            lines = []
            for line in Run(recorder, options).lines(names):
                lines.append(line)
                progress(len(lines), len(names), line)
            lines = _with_misplaced(lines, misplaced, learners, recorder)
            if not wanted:
                recorder.forget_set_aside({line.student for line in lines})
    return assignment, sorted(lines, key=lambda line: line.student)


def _with_misplaced(
    lines: Sequence[Line],
    misplaced: Mapping[str, Sequence[str]],
    learners: Collection[str],
    recorder: Recorder,
) -> list[Line]:
    """Add what is misplaced to lines, or as lines: learners who have no other are set aside."""
    joined = [replace(line, misplaced=misplaced.get(line.student, ())) for line in lines]
    graded = {line.student for line in lines}
    for name in [name for name in misplaced if name not in graded]:
        problem = " ".join(misplaced[name])
        known = name in learners
        joined.append(
            recorder.set_aside(name, problem) if known else Line(name, {}, None, False, problem)
        )
    return joined


def _students(
    course: Course,
    assignment: Assignment,
    wanted: Sequence[str],
    misplaced: Collection[str],
    notebooks: Mapping[str, str],
) -> list[str]:
    """Return whose submissions to grade.

    Raises:
        CourseError: If one that is wanted has handed in nothing, or nobody has.
    """
    known = [
        name
        for name in students(course.submitted, assignment.lesson)
        if not is_named_like_a_lesson(name, notebooks)
    ]
    for name in wanted:
        check_name(name)
        if name not in known and name not in misplaced:
            raise CourseError(
                f"{name} has handed in nothing for {assignment.lesson}: there is no folder "
                f"{course.submitted / name / assignment.lesson}."
            )
    if not known and not misplaced:
        raise CourseError(
            f"nobody has handed in {assignment.lesson}: {course.submitted} should hold a folder "
            f"for each student, with a folder {assignment.lesson} in it."
        )
    return sorted(set(wanted) & set(known)) if wanted else known
