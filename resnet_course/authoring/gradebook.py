"""Begins nbgrader's gradebook of a course."""

from typing import Any


def open_gradebook(address: str, course_id: str) -> Any:
    """Open nbgrader's gradebook; one without any table gets them.

    It is marked with the version of its tables, for `nbgrader db upgrade`. nbgrader does so itself,
    with a program that takes seconds to start.

    Args:
        address: SQLAlchemy's address of the database.
        course_id: nbgrader's name of the course.

    Returns:
        A `nbgrader.api.Gradebook`.
    """
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from nbgrader.api import Gradebook
    from nbgrader.dbutil import ALEMBIC_DIR
    from sqlalchemy import create_engine, inspect

    engine = create_engine(address)
    try:
        with engine.begin() as connection:
            if not inspect(connection).get_table_names():
                MigrationContext.configure(connection).stamp(ScriptDirectory(ALEMBIC_DIR), "head")
    finally:
        engine.dispose()
    return Gradebook(address, course_id)
