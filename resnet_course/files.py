"""Files and folders that are either whole or not there: written aside, then renamed."""

import os
import shutil
import struct
import tokenize
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resnet_course.errors import CourseError

#: What reading a damaged archive of arrays can raise, a zip file with NumPy's files in it.
DAMAGED = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    struct.error,
    tokenize.TokenError,
    zipfile.BadZipFile,
    zlib.error,
)

#: Name of the file that says how a run went, in the folder of every run.
RESULT_FILE = "result.json"


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give a path to write to; the file takes its real name when the block ends well.

    Args:
        path: Where the file goes. Its folder is made if need be; a file of that name is
            replaced.

    Yields:
        Path beside it, with the same suffix. What is there is removed if the block fails.
    """
    make_folder(path.parent)
    aside = path.with_name(f".{path.stem}.{os.getpid()}{path.suffix}")
    try:
        yield aside
        aside.replace(path)
    except OSError as error:
        # People know the file by its real name.
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def new_folder(
    folder: Path, marker: str, overwrite: bool = False, kind: str = "run"
) -> Iterator[Path]:
    """Give an empty folder to fill; it takes its real name when the block ends well.

    Args:
        folder: Where the folder goes. Its parents are made if need be.
        marker: Name of a file that every such folder holds. What lacks it is never overwritten.
        overwrite: Whether a folder of that name may be replaced.
        kind: What such a folder holds, for the messages.

    Yields:
        Path of a folder beside it, removed if the block fails.

    Raises:
        CourseError: If there is something of that name that must not be replaced.
    """
    refuse_to_overwrite(folder, marker, overwrite, kind)
    make_folder(folder.parent)
    aside = folder.with_name(f".{folder.name}.{os.getpid()}")
    replaced = folder.with_name(f".{folder.name}.{os.getpid()}.replaced")
    for left in (aside, replaced):
        shutil.rmtree(left, ignore_errors=True)
    aside.mkdir()
    try:
        yield aside
        refuse_to_overwrite(folder, marker, overwrite, kind)
        if folder.exists():
            folder.rename(replaced)
        aside.rename(folder)
    finally:
        for left in (aside, replaced):
            shutil.rmtree(left, ignore_errors=True)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents.

    Raises:
        CourseError: If that cannot be done.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CourseError(
            f"the folder {folder} cannot be created ({error.strerror}): name another place."
        ) from error


def made_folder(folder: Path) -> Path:
    """Return a folder, made if need be; see `make_folder`."""
    make_folder(folder)
    return folder


def refuse_to_overwrite(folder: Path, marker: str, overwrite: bool, kind: str = "run") -> None:
    """Refuse a name for a new folder if what is there must not be replaced.

    Args:
        folder: Where the new folder goes.
        marker: Name of a file that every such folder holds. What lacks it is never overwritten.
        overwrite: Whether a folder of that kind may be replaced.
        kind: What such a folder holds, for the messages.

    Raises:
        CourseError: If there is something that must stay.
    """
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / marker).is_file():
        raise CourseError(
            f"{folder} exists and is not an earlier {kind} (it holds no {marker}): name a new "
            "folder."
        )
    if not overwrite:
        raise CourseError(
            f"{folder} already holds a {kind}: name another "
            "folder, or add --overwrite to replace it."
        )


def one_form(name: str) -> str:
    """Return a name in the one Unicode form in which names are compared, NFC.

    macOS writes an é in a file name as two characters, Linux and Windows mostly as one.
    """
    return unicodedata.normalize("NFC", name)
