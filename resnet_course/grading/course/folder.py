"""A course folder as nbgrader's configuration describes it."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from resnet_course.configuration import CONFIG, load_configuration
from resnet_course.errors import CourseError

#: Name of the file beside a submission in which nbgrader says when it was handed in.
STAMP = "timestamp.txt"


@dataclass(frozen=True)
class Course:
    """Where a course keeps what, as nbgrader sees it.

    Attributes:
        folder: The course folder.
        config: nbgrader's configuration of it.
        source: Name of the folder of solved notebooks.
        submitted: Folder of the submissions.
        autograded: Folder of the notebooks that formgrader shows.
        feedback: Folder of the pages for learners.
        database: Address of the gradebook.
        course_id: nbgrader's name of the course.
    """

    folder: Path
    config: Any
    source: str
    submitted: Path
    autograded: Path
    feedback: Path
    database: str
    course_id: str

    @property
    def records(self) -> Path:
        """Folder of the grader's own records."""
        return self.folder / ".grading"


def open_course(folder: Path) -> Course:
    """Open a course folder.

    Args:
        folder: It holds nbgrader_config.py and the solved notebooks.

    Raises:
        CourseError: If it does not, or the configuration cannot be read.
    """
    if not (folder / CONFIG).is_file():
        raise CourseError(
            f"{folder.resolve()} is not a course folder: it holds no {CONFIG}. Go to the folder "
            "that holds it, or name that with --course."
        )
    from nbgrader.coursedir import CourseDirectory

    folder = folder.resolve()
    config = load_configuration(folder)
    directory = CourseDirectory(config=config)
    source = directory.source_directory
    if not (folder / source).is_dir():
        raise CourseError(
            f"{folder} is not a course folder: it holds no {source}/ with the solved notebooks."
        )
    return Course(
        folder,
        config,
        source,
        folder / directory.submitted_directory,
        folder / directory.autograded_directory,
        folder / directory.feedback_directory,
        directory.db_url,
        directory.course_id,
    )


def handed_in_at(submission: Path) -> datetime | None:
    """Return when a submission was collected, as nbgrader wrote beside it; None if unknown."""
    from nbgrader.utils import parse_utc

    path = submission / STAMP
    # A long row of digits is more than the reader's decimal arithmetic takes; and a folder may be
    # closed to whoever grades.
    with suppress(ValueError, ArithmeticError, OSError):
        if path.is_symlink() or not path.is_file() or path.stat().st_size > 200:
            return None
        stamp: datetime | None = parse_utc(path.read_text(encoding="utf-8").strip() or None)
        return stamp
    return None


def stamp_problem(submission: Path) -> str | None:
    """Return what is wrong with the time stamp beside a submission; None if nothing is."""
    if not os.path.lexists(submission / STAMP) or handed_in_at(submission):
        return None
    return (
        f"{STAMP} cannot be read as a time (2026-01-31 12:00:00 UTC), so nobody knows whether the "
        "submission is late."
    )
