"""What a learner handed in: found, read and checked before anything else looks at it."""

import hashlib
import os
import stat
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resnet_course.errors import CourseError
from resnet_course.grading.untrusted.strange_json import TooManyValues, read_json

MAXIMUM_NOTEBOOK = 20 * 2**20
MAXIMUM_FILES = 10 * 2**20
MAXIMUM_CELLS = 2_000
MAXIMUM_TEXT = 6_000_000
MAXIMUM_ENTRIES = 2_000
MAXIMUM_PATH = 2_000
#: Of more than that, sizes and times tell whether it has changed.
_MAXIMUM_READ = 64 * 2**20
#: In characters, and in bytes: a file system takes 255, those of a suffix among them.
_LONGEST_NAME, _MOST_BYTES = 128, 200

#: Of a name that is refused: with more, the names of files would be too long for a file system.
_LONGEST_RECORDED = 50
_NO_TAGS = str.maketrans("<>", "‹›")

#: What systems and programs leave behind, besides files whose names begin with a dot.
_CLUTTER = {"__MACOSX", "__pycache__", "Thumbs.db", "desktop.ini"}


_READING = threading.Lock()


class Unreadable(Exception):
    """A submission cannot be graded as it is. The message says why, in a sentence."""


@dataclass(frozen=True)
class SubmittedCell:
    """A cell of a submission.

    Attributes:
        kind: "code", "markdown" or "raw".
        source: Its text.
        identifier: Its id; empty if it has none.
        grade_id: nbgrader's name for it, as the submission says; None if it says none.
        attachments: Pictures pasted into it, as the notebook holds them.
    """

    kind: str
    source: str
    identifier: str = ""
    grade_id: str | None = None
    attachments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Submission:
    """A notebook that was handed in, and the files beside it.

    Attributes:
        cells: The notebook's cells, in order.
        files: The files beside it, by their path in the folder.
        notes: What an instructor should know of it.
    """

    cells: Sequence[SubmittedCell]
    files: Mapping[str, bytes] = field(default_factory=dict)
    notes: Sequence[str] = ()


def cell_name(number: int) -> str:
    """Return what a cell is called in messages to learners."""
    return f"cell {number + 1} of your notebook"


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
    name = quoted(folder).translate(_NO_TAGS)
    if len(name) <= _LONGEST_RECORDED:
        return name
    return f"{name[:_LONGEST_RECORDED]}…{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def is_clutter(name: str) -> bool:
    """Return whether a file or folder is nobody's work: hidden, or left by a system."""
    return name.startswith(".") or name in _CLUTTER


def is_notebook(name: str) -> bool:
    """Return whether a file is called as a notebook is."""
    return name.lower().endswith(".ipynb")


def quoted(name: str) -> str:
    """Return a name as it is, or in ASCII between quotes if not all of it can be shown."""
    return name if name.isprintable() else ascii(name)


def digest(folder: Path) -> str:
    """Return a digest of all that was handed in, whatever it is, without following links."""
    total = hashlib.sha256()
    left = _MAXIMUM_READ
    for path, status in walk(folder):
        total.update(repr((str(path.relative_to(folder)), stat.S_IFMT(status.st_mode))).encode())
        if stat.S_ISREG(status.st_mode) and status.st_size <= min(left, MAXIMUM_NOTEBOOK):
            left -= status.st_size
            with suppress(Unreadable):
                total.update(hashlib.sha256(_read(path, MAXIMUM_NOTEBOOK)).digest())
                continue
        # Whoever marks it leaves it out, or says that it cannot be graded.
        total.update(repr((status.st_size, status.st_mtime_ns)).encode())
    return total.hexdigest()


def read_submission(folder: Path, notebook: str, own_files: Sequence[str] = ()) -> Submission:
    """Read what a learner handed in.

    Args:
        folder: The submission's folder.
        notebook: Name of the notebook that was asked for, without its suffix.
        own_files: Paths that belong to the lesson, and so are left out.

    Raises:
        Unreadable: If there is nothing that can be graded.
    """
    for path in (folder.parent, folder):
        if path.is_symlink() or not path.is_dir():
            raise Unreadable(
                f"The submission is not a folder: {quoted(path.name)} is "
                f"{'a link' if path.is_symlink() else 'a file'}. Put a folder with "
                f"{notebook}.ipynb in its place."
            )
    notes: list[str] = []
    path = find_notebook(folder, notebook)
    if path.name != f"{notebook}.ipynb":
        notes.append(f"The notebook was called {path.name!a}, not {notebook}.ipynb.")
    cells = _read_cells(path)
    files = _files_beside(folder, path, set(own_files), notes)
    return Submission(cells, files, notes)


def _read_cells(path: Path) -> list[SubmittedCell]:
    """Read a notebook, one at a time: a large one takes a multiple of its size for a moment."""
    with _READING:
        try:
            content = read_json(_read(path, MAXIMUM_NOTEBOOK))
        except TooManyValues as error:
            raise Unreadable(
                f"{path.name} cannot be read: {error}. Clear the outputs and hand it in again."
            ) from error
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{path.name} is not a notebook: it is not JSON in UTF-8.") from error
        cells = _cells(content, path.name)
    text = sum(len(cell.source) for cell in cells)
    if text > MAXIMUM_TEXT:
        raise Unreadable(
            f"{path.name} cannot be read: its cells hold {text:,} characters, and "
            f"{MAXIMUM_TEXT:,} are allowed."
        )
    return cells


def find_notebook(folder: Path, notebook: str) -> Path:
    """Return the notebook to grade: the one of that name, or else the only one in the folder.

    Raises:
        Unreadable: If it is not clear which that is.
    """
    expected = folder / f"{notebook}.ipynb"
    if os.path.lexists(expected):
        return expected
    names = sorted(entry.name for entry in os.scandir(folder))
    others = [name for name in names if is_notebook(name) and not is_clutter(name)]
    if len(others) == 1:
        return folder / others[0]
    raise Unreadable(_says_what_is_there(folder, expected.name))


def _says_what_is_there(folder: Path, expected: str) -> str:
    """Say what a folder without the notebook holds, and what to do about it."""
    place = quoted("/".join(folder.parts[-3:]))
    paths = [path.relative_to(folder) for path, status in walk(folder) if _is_file(status)]
    files = [path.as_posix() for path in paths if not any(map(is_clutter, path.parts))]
    notebooks = [name for name in files if is_notebook(name)]
    names = ", ".join(map(ascii, (notebooks or files)[:5]))
    if (notebooks or files)[5:]:
        names += f" and {len((notebooks or files)[5:])} more"
    if len(notebooks) > 1:
        held, advice = f"{len(notebooks)} other notebooks: {names}", "Move the one that counts to"
    elif notebooks:
        held, advice = f"no notebook, but there is {names} within it", "Move that to"
    else:
        held = f"no notebook, but {names}" if files else "no notebook, and no other file"
        advice = "Put the notebook there as"
    return f"{expected} was not handed in: the folder holds {held}. {advice} {place}/{expected}."


def _is_file(status: os.stat_result) -> bool:
    return not stat.S_ISDIR(status.st_mode)


def _read(path: Path, largest: int) -> bytes:
    """Read a file, unless it is a link, a device or too large.

    Raises:
        Unreadable: If it is.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        link, unreadable = "a link: put the file itself in its place", "no file that can be read"
        reason = link if path.is_symlink() else unreadable
        raise Unreadable(f"{path.name} is {reason}.") from error
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise Unreadable(f"{path.name} is not an ordinary file.")
        if status.st_size > largest:
            raise Unreadable(
                f"{path.name} is too large: {status.st_size / 2**20:.0f} MiB, and "
                f"{largest / 2**20:.0f} MiB are allowed. Clear the outputs and hand it in again."
            )
        return file.read(largest + 1)


def _cells(content: Any, name: str) -> list[SubmittedCell]:
    if not isinstance(content, dict):
        raise Unreadable(f"{name} is not a notebook: it holds no cells.")
    if "worksheets" in content and "cells" not in content:
        content = _upgraded(content, name)
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"{name} is not a notebook: it holds no cells.")
    if len(cells) > MAXIMUM_CELLS:
        raise Unreadable(f"{name} has {len(cells)} cells, and {MAXIMUM_CELLS} are allowed.")
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _upgraded(content: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a notebook of format 2 or 3 as one of format 4, without its outputs.

    By hand, as nbformat builds an object of Python for every value there is, however many.
    """
    sheets = content["worksheets"]
    try:
        cells = [cell for sheet in sheets for cell in sheet["cells"] if isinstance(cell, dict)]
    except (TypeError, KeyError) as error:
        raise Unreadable(f"{name} is a notebook of an old format that cannot be read.") from error
    return {"cells": [{**cell, **_new_form(cell)} for cell in cells[: MAXIMUM_CELLS + 1]]}


def _new_form(cell: dict[str, Any]) -> dict[str, Any]:
    """Return what a cell of format 2 or 3 has by other names in format 4."""
    if cell.get("cell_type") == "heading":
        return {"cell_type": "markdown"}
    return {"source": cell["input"]} if "input" in cell else {}


def _cell(cell: dict[str, Any]) -> SubmittedCell:
    """Take from a cell what counts, whatever else it holds."""
    source = cell.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    kind, identifier = cell.get("cell_type"), cell.get("id")
    attachments = cell.get("attachments")
    return SubmittedCell(
        kind if kind in ("code", "markdown") else "raw",
        _as_text(source if isinstance(source, str) else ""),
        identifier if isinstance(identifier, str) else "",
        grade_id if isinstance(grade_id, str) else None,
        attachments if isinstance(attachments, dict) else {},
    )


def _as_text(source: str) -> str:
    """Return text that can be written as UTF-8: JSON may hold halves of characters."""
    return source.encode("utf-8", "replace").decode("utf-8")


def _files_beside(
    folder: Path, notebook: Path, own_files: set[str], notes: list[str]
) -> dict[str, bytes]:
    """Read the other files of a submission, as long as they are ordinary and not too large."""
    files: dict[str, bytes] = {}
    left_out = []
    left = MAXIMUM_FILES
    for path, status in walk(folder):
        name = path.relative_to(folder).as_posix()
        if path == notebook or name in own_files or stat.S_ISDIR(status.st_mode):
            continue
        if any(map(is_clutter, path.relative_to(folder).parts)):
            continue
        if not stat.S_ISREG(status.st_mode) or status.st_size > left or is_notebook(name):
            left_out.append(name)
            continue
        files[name] = _read(path, left)
        left -= len(files[name])
    if left_out:
        notes.append(
            f"Left out of the folder: {', '.join(map(ascii, left_out[:5]))}. What lies beside the "
            f"notebook is used if it is an ordinary file, up to {MAXIMUM_FILES >> 20} MiB in all."
        )
    return files


def walk(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield what is in a folder and in those within, in order, without following links.

    Raises:
        Unreadable: If there is too much of it.
    """
    pending = [folder]
    number = 0
    while pending:
        here = pending.pop()
        for entry in sorted(os.scandir(here), key=lambda entry: entry.name):
            number += 1
            if number > MAXIMUM_ENTRIES or len(entry.path) > MAXIMUM_PATH:
                raise Unreadable("The submission holds too many files, or folders too deep.")
            status = entry.stat(follow_symlinks=False)
            yield Path(entry.path), status
            if stat.S_ISDIR(status.st_mode):
                pending.append(Path(entry.path))
