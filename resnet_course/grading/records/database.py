"""Opens nbgrader's database, or says in a sentence what is wrong with it and what mends it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shlex import quote
from typing import Any

from resnet_course.authoring.gradebook import open_gradebook
from resnet_course.errors import CourseError
from resnet_course.files import new_file
from resnet_course.grading.course.folder import Course

_SIGNATURE = b"SQLite format 3\0"

#: Tables that no `nbgrader db upgrade` makes: nbgrader does when it opens the gradebook.
_MADE_LATER = {"task_cells"}

#: What a database says of itself, and what people are told.
_REASONS = {
    r"is locked|lock timeout": (
        "is locked by another program: end that or wait until it is done, then run this "
        "again{which}."
    ),
    r"read-?only|permission|unable to open": (
        "cannot be written: it and its folder must be writable (`chmod u+rw {path}`)."
    ),
    r"is full|no space": "cannot be written, as the disk is full: make room, then run this again.",
    r"no such (table|column)|(relation|column) .* does not exist": (
        "was made by an older nbgrader ({reason}): run `nbgrader db upgrade` in {folder}. If that "
        "does not fix it, it is damaged: put back a copy of it{copy}."
    ),
    r"malformed|not a database|disk I/O|^damaged: ": (
        "is damaged ({reason}): put back a copy of it{copy}, or move it away "
        "(`mv {path} {path}.old`) to begin a new one."
    ),
    "": "cannot be used: {reason}. See c.CourseDirectory.db_url in nbgrader_config.py.",
}


class DatabaseUnusable(CourseError):
    """The gradebook cannot be used. The message says why, and what mends it."""


def open_database(course: Course) -> Any:
    """Open nbgrader's database of a course; one that is not there yet is made.

    Nothing is written to one that cannot be used.

    Returns:
        A `nbgrader.api.Gradebook`.

    Raises:
        DatabaseUnusable: If it cannot be used.
    """
    from sqlalchemy.engine import make_url
    from tornado.log import app_log

    # What nbgrader logs of a database, it raises, too.
    app_log.setLevel("CRITICAL")
    try:
        path = _file(course)
        if path is not None and not os.path.lexists(path):
            if not path.parent.is_dir():
                raise _refusal(course, f"there is no folder {path.parent}")
            # Whoever is killed in between leaves no half of a gradebook.
            with new_file(path) as aside:
                new = make_url(course.database).set(database=str(aside))
                address = new.render_as_string(hide_password=False)
                open_gradebook(address, course.course_id).close()
        if path is not None:
            _check_file(course, path)
        _check_content(course)
        return open_gradebook(course.database, course.course_id)
    except DatabaseUnusable:
        raise
    except Exception as error:
        raise _refusal(course, _database_error(error) or error) from error


@contextmanager
def database_errors(course: Course) -> Iterator[None]:
    """Say in a sentence why a database cannot be used any more.

    Raises:
        DatabaseUnusable: If the block fails for that reason.
    """
    try:
        yield
    except DatabaseUnusable:
        raise
    except Exception as error:
        known = _database_error(error)
        if known is None:
            raise
        raise _refusal(course, known) from error


def is_database_error(error: BaseException) -> bool:
    """Return whether the database cannot be used, whatever one tries to write."""
    return isinstance(error, DatabaseUnusable) or _database_error(error) is not None


def _database_error(error: BaseException | None) -> BaseException | None:
    """Find what the database said: nbgrader may say only that an entry is invalid."""
    from sqlalchemy import exc

    while error is not None:
        of_one_entry = isinstance(error, exc.IntegrityError | exc.DataError)
        if isinstance(error, exc.DatabaseError) and not of_one_entry:
            return error.orig or error
        error = error.__cause__ or error.__context__
    return None


def _file(course: Course) -> Path | None:
    """Return the file of a course's database; None if a server or the memory keeps it."""
    from sqlalchemy.engine import make_url

    url = make_url(course.database)
    is_file = url.get_backend_name() == "sqlite" and url.database
    if not is_file or str(url.database).startswith((":memory:", "file:")):
        return None
    return Path(str(url.database))


def name_of(course: Course) -> str:
    """Return what people know a course's database by: its file, or its address."""
    from sqlalchemy.engine import make_url

    return str(_file(course) or make_url(course.database).render_as_string(hide_password=True))


def damaged(course: Course, reason: str) -> DatabaseUnusable:
    """Return the error for a database that is not whole."""
    return _refusal(course, f"damaged: {reason}")


def _refusal(course: Course, said: object) -> DatabaseUnusable:
    """Return the error for what a database said of itself."""
    from sqlalchemy.exc import ArgumentError

    reason = (str(said).strip().splitlines() or [type(said).__name__])[0].rstrip(".")
    try:
        path, shown = _file(course), name_of(course)
    except ArgumentError:
        path, shown = None, course.database
    sentence = next(
        text for pattern, text in _REASONS.items() if re.search(pattern, reason, re.IGNORECASE)
    )
    words = sentence.format(
        reason=reason.removeprefix("damaged: "),
        path=quote(shown),
        folder=quote(str(course.folder)),
        which=f" (`fuser -v {quote(shown)}` names it)" if path else "",
        copy=_newest_copy(path),
    )
    return DatabaseUnusable(f"the gradebook {shown} {words}")


def _newest_copy(path: Path | None) -> str:
    """Name the newest copy that `nbgrader db upgrade` left beside a gradebook."""
    copies = sorted(path.parent.glob(f"{path.name}.2*")) if path else []
    return f", such as {copies[-1].name} beside it" if copies else ""


def _check_file(course: Course, path: Path) -> None:
    """Check that this is a file of SQLite's that can be read and written.

    Raises:
        DatabaseUnusable: If it is not.
    """
    move = f"move it away (`mv {quote(str(path))} {quote(str(path))}.old`) to begin a new one"
    if not path.exists():
        raise DatabaseUnusable(f"the gradebook {path} is a link to nothing: {move}.")
    if not path.is_file():
        kind = "a folder" if path.is_dir() else "not an ordinary file"
        raise DatabaseUnusable(f"the gradebook {path} is {kind}, and should be a file: {move}.")
    for each in (path, path.parent):
        # Root may write nevertheless, but should not where nobody is meant to.
        if not os.access(each, os.R_OK | os.W_OK) or not each.stat().st_mode & 0o222:
            raise _refusal(course, "read-only")
    with path.open("rb") as file:
        start = file.read(len(_SIGNATURE))
    if start != _SIGNATURE:
        kind = "not an SQLite database" if start else "an empty file"
        raise DatabaseUnusable(
            f"the gradebook {path} is {kind}: put back a copy of it{_newest_copy(path)}, or {move}."
        )


def _check_content(course: Course) -> None:
    """Check that the database is whole, not locked, and has all that nbgrader asks for.

    Raises:
        DatabaseUnusable: If it is not.
    """
    from sqlalchemy import create_engine

    engine = create_engine(course.database)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                found = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar())
                if found != "ok":
                    raise damaged(course, found.splitlines()[-1])
                size = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
                path = _file(course)
                if path is not None and path.stat().st_size % size:
                    raise damaged(course, "its last page is cut short")
            _check_columns(course, connection)
            if engine.dialect.name == "sqlite":
                connection.rollback()
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                connection.rollback()
    finally:
        engine.dispose()


def _check_columns(course: Course, connection: Any) -> None:
    from nbgrader.api import Base
    from sqlalchemy import inspect

    tables: Any = Base.metadata.sorted_tables
    inspector = inspect(connection)
    there = set(inspector.get_table_names())
    asked = {table.name: {column.name for column in table.columns} for table in tables}
    if not there & set(asked):
        if _file(course) is None:
            return
        raise damaged(course, "it holds none of nbgrader's tables")
    for name, columns in asked.items():
        if name in _MADE_LATER - there:
            continue
        if name not in there:
            raise _refusal(course, f"no such table: {name}")
        known = {column["name"] for column in inspector.get_columns(name)}
        if lacking := sorted(columns - known):
            raise _refusal(course, f"no such column: {name}.{lacking[0]}")
