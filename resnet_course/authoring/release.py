"""What learners get, made from the solved notebooks by nbgrader's own generate_assignment."""

import logging
from pathlib import Path
from typing import Any

from resnet_course.authoring.gradebook import open_gradebook
from resnet_course.configuration import load_configuration
from resnet_course.errors import CourseError


def release(course: Path) -> None:
    """Release every lesson of a course folder, as `nbgrader generate_assignment` does.

    No gradebook is kept: an instructor's `nbgrader generate_assignment` makes one, and the same
    lesson.

    Args:
        course: Folder with `nbgrader_config.py` and the solved notebooks. Its release directory
            is written.

    Raises:
        CourseError: If nbgrader cannot release a lesson.
    """
    config = load_configuration(course)
    for lesson in sorted((course / config.CourseDirectory.source_directory).iterdir()):
        release_lesson(config, lesson.name, record=False)


def release_lesson(config: Any, lesson: str, record: bool) -> None:
    """Release a lesson of a course.

    Args:
        config: nbgrader's configuration of the course.
        lesson: Name of the lesson.
        record: Whether to record the lesson in the gradebook.

    Raises:
        CourseError: If nbgrader cannot release the lesson.
    """
    from nbgrader.converters.base import NbGraderException

    problems = _Problems()
    converter = _converter(config, lesson, record)
    if record:
        open_gradebook(converter.coursedir.db_url, converter.coursedir.course_id).close()
    converter.log = problems.log
    try:
        converter.start()
    except NbGraderException as error:
        raise CourseError(
            f"nbgrader cannot release {lesson}: {problems.last_line() or error}"
        ) from error


def released_notebook(config: Any, lesson: str, notebook: Path, record: bool) -> Any:
    """Return a notebook of a lesson as it is released, without writing it anywhere.

    Args:
        config: nbgrader's configuration of the course.
        lesson: Name of the lesson.
        notebook: The solved notebook.
        record: Whether to record its cells in the gradebook, which knows the lesson.

    Returns:
        A `nbformat.NotebookNode`. What nbgrader raises where it cannot release it is raised.
    """
    import nbformat

    converter = _converter(config, lesson, record)
    exporter = converter.exporter_class(parent=converter, config=converter.config)
    for step in converter.preprocessors:
        exporter.register_preprocessor(step)
    names = {"assignment": lesson, "notebook": notebook.stem}
    place = {**names, "db_url": converter.coursedir.db_url}
    resources = {"nbgrader": place, "unique_key": notebook.stem}
    text, _ = exporter.from_filename(str(notebook), resources=resources)
    return nbformat.reads(text, as_version=4)


def _converter(config: Any, lesson: str, record: bool) -> Any:
    from nbgrader.converters import GenerateAssignment
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import SaveCells

    directory = CourseDirectory(config=config, assignment_id=lesson)
    converter = GenerateAssignment(coursedir=directory, config=config, force=True)
    if not record:
        converter.no_database = True
        converter.preprocessors = [each for each in converter.preprocessors if each != SaveCells]
    return converter


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
