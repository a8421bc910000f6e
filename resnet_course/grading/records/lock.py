"""Keeps graders that work on the same course from getting in each other's way."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resnet_course.files import make_folder


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other grader is at work on a folder, and keep others waiting."""
    import fcntl

    make_folder(folder)
    with (folder / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
