"""Names in the folder of submissions: whose they are, and which are refused or nobody's."""

import hashlib
import os
from pathlib import Path

from resnet_course.errors import CourseError

#: In characters, and in bytes: a file system takes 255, those of a suffix among them.
_LONGEST_NAME, _MOST_BYTES = 128, 200

#: Of a name that is refused: with more, the names of files would be too long for a file system.
_LONGEST_RECORDED = 50
_NO_TAGS = str.maketrans("<>", "‹›")

#: What systems and programs leave behind, besides files whose names begin with a dot.
_CLUTTER = {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"}


def students(folder: Path, lesson: str) -> list[str]:
    """Return the names of those who handed in a lesson, in order.

    Args:
        folder: nbgrader's folder of submissions: a folder for each student.
        lesson: Name of the lesson.
    """
    if not folder.is_dir():
        return []
    return sorted(
        entry.name for entry in os.scandir(folder) if os.path.lexists(Path(entry.path, lesson))
    )


def check_name(student: str) -> None:
    """Check that a student's name can be the name of a folder and nothing else.

    Raises:
        CourseError: If it cannot.
    """
    ok = student.isprintable() and student[:1] not in ("", ".", "-", " ") and student[-1:] != " "
    ok = ok and not set(student) & set('/\\:*?"<>|') and len(student) <= _LONGEST_NAME
    if not ok or len(student.encode()) > _MOST_BYTES:
        raise CourseError(
            f"{student!r} cannot be a student's name: rename the folder in submitted/ to something "
            f"that begins with a letter or digit, is at most {_LONGEST_NAME} characters and "
            f'{_MOST_BYTES} bytes long, and has none of /\\:*?"<>| in it.'
        )


def recorded_name(folder: str) -> str:
    """Return the name under which a learner is recorded whose folder has a name that is refused."""
    name = quoted(folder)
    shown = name.translate(_NO_TAGS)
    if shown == name and len(name) <= _LONGEST_RECORDED:
        return name
    # Somebody else may be called what is shown.
    return f"{shown[:_LONGEST_RECORDED]}…{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def is_clutter(name: str) -> bool:
    """Return whether a file or folder is nobody's work: hidden, or left by a system."""
    return name.startswith(".") or name in _CLUTTER


def is_notebook(name: str) -> bool:
    """Return whether a file is called as a notebook is."""
    return name.lower().endswith(".ipynb")


def quoted(name: str) -> str:
    """Return a name as it is, or in ASCII between quotes if not all of it can be shown."""
    return name if name.isprintable() else ascii(name)
