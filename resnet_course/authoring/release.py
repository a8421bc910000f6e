"""What learners get, made from the solved notebooks by nbgrader's own generate_assignment.

No gradebook is kept: an instructor's `nbgrader generate_assignment` makes one, and the same lesson.
"""

import logging
from pathlib import Path

from resnet_course.configuration import load_configuration
from resnet_course.errors import CourseError


def release(course: Path) -> None:
    """Release every lesson of a course folder, as `nbgrader generate_assignment` does.

    Args:
        course: Folder with `nbgrader_config.py` and the solved notebooks. Its release directory
            is written.

    Raises:
        CourseError: If nbgrader cannot release a lesson.
    """
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import SaveCells

    config = load_configuration(course)
    config.GenerateAssignment.no_database = True
    for lesson in sorted((course / config.CourseDirectory.source_directory).iterdir()):
        course_directory = CourseDirectory(config=config, assignment_id=lesson.name)
        converter = GenerateAssignment(coursedir=course_directory, config=config, force=True)
        converter.preprocessors = [
            preprocessor
            for preprocessor in converter.preprocessors
            if preprocessor is not SaveCells
        ]
        problems = _Problems()
        converter.log = problems.log
        try:
            converter.start()
        except NbGraderException as error:
            raise CourseError(
                f"nbgrader cannot release {lesson.name}: {problems.last_line() or error}"
            ) from error


class _Problems(logging.Handler):
    """Keeps what nbgrader says on errors, so that it can be said in one sentence."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []
        self.log = logging.Logger("nbgrader")
        self.log.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())

    def last_line(self) -> str:
        """Return the last line of the last traceback, which says what was wrong."""
        tracebacks = [message for message in self.messages if message.startswith("Traceback")]
        return tracebacks[-1].strip().splitlines()[-1] if tracebacks else ""
