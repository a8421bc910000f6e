"""The lesson as nbgrader releases it, to lay learners' answers into."""

from typing import Any

from resnet_course.authoring.release import released_notebook
from resnet_course.errors import CourseError
from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.course.folder import Course
from resnet_course.grading.records.database import is_database_error


def released_cells(course: Course, assignment: Assignment, save: bool) -> dict[str, Any]:
    """Return the cells that nbgrader knows as learners get them, by nbgrader's name.

    Args:
        course: The course.
        assignment: The lesson.
        save: Whether to record the lesson in the gradebook, as `nbgrader generate_assignment` does.

    Raises:
        CourseError: If nbgrader cannot release the lesson.
    """
    try:
        notebook = released_notebook(course.config, assignment.lesson, assignment.path, save)
    except Exception as error:
        if is_database_error(error):
            raise
        reason = " ".join(str(error).split())
        raise CourseError(f"nbgrader cannot release {assignment.lesson}: {reason}") from error
    return {
        cell.metadata.nbgrader.grade_id: dict(cell)
        for cell in notebook.cells
        if "nbgrader" in cell.metadata
    }
