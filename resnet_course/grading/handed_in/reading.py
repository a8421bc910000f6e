"""Finds and reads the files of a submission: no links, no devices, and not too much of them."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from resnet_course.grading.handed_in.names import is_clutter, is_notebook, quoted

MAXIMUM_NOTEBOOK = 20 * 2**20
MAXIMUM_FILES = 10 * 2**20
MAXIMUM_ENTRIES = 2_000
MAXIMUM_PATH = 2_000
#: Of more than that, sizes and times tell whether it has changed.
_MAXIMUM_READ = 64 * 2**20


class Unreadable(Exception):
    """A submission cannot be graded as it is. The message says why, in a sentence."""


def digest(folder: Path) -> str:
    """Return a digest of all that was handed in, whatever it is, without following links.

    Raises:
        Unreadable: If there is too much of it, or it is not there but at the end of a link.
    """
    if folder.is_symlink() or folder.parent.is_symlink():
        raise Unreadable("The submission is a link.")
    total = hashlib.sha256()
    left = _MAXIMUM_READ
    for path, status in walk(folder):
        total.update(repr((str(path.relative_to(folder)), stat.S_IFMT(status.st_mode))).encode())
        if stat.S_ISREG(status.st_mode) and status.st_size <= min(left, MAXIMUM_NOTEBOOK):
            left -= status.st_size
            with suppress(Unreadable):
                total.update(hashlib.sha256(read_file(path, MAXIMUM_NOTEBOOK)).digest())
                continue
        # Whoever marks it leaves it out, or says that it cannot be graded.
        total.update(repr((status.st_size, status.st_mtime_ns)).encode())
    return total.hexdigest()


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
    files = [path.relative_to(folder).as_posix() for path, _ in files_in(folder)]
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


def read_file(path: Path, largest: int) -> bytes:
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


def files_beside(
    folder: Path, notebook: Path, own_files: set[str], notes: list[str]
) -> dict[str, bytes]:
    """Read the other files of a submission, as long as they are ordinary and not too large."""
    files: dict[str, bytes] = {}
    left_out = []
    left = MAXIMUM_FILES
    for path, status in files_in(folder):
        name = path.relative_to(folder).as_posix()
        if path == notebook or name in own_files:
            continue
        if not stat.S_ISREG(status.st_mode) or status.st_size > left or is_notebook(name):
            left_out.append(name)
            continue
        files[name] = read_file(path, left)
        left -= len(files[name])
    if left_out:
        notes.append(
            f"Left out of the folder: {', '.join(map(ascii, left_out[:5]))}. What lies beside the "
            f"notebook is used if it is an ordinary file, up to {MAXIMUM_FILES >> 20} MiB in all."
        )
    return files


def files_in(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """Yield what is in a folder and in those within, and is neither a folder nor clutter.

    Raises:
        Unreadable: If there is too much of it.
        OSError: If it cannot be read.
    """
    for path, status in walk(folder):
        clutter = any(map(is_clutter, path.relative_to(folder).parts))
        if not clutter and not stat.S_ISDIR(status.st_mode):
            yield path, status


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
