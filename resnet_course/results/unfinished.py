"""The folder of a run that is not finished: its settings, its state and a lock.

It stands beside the folder that the run will have, and goes when that is complete.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from resnet_course.errors import CourseError
from resnet_course.files import make_folder, new_file, one_form

SETTINGS_FILE = "settings.json"
LOCK_FILE = "lock"


def folder_of(output: Path) -> Path:
    """Return where the unfinished run of a folder is."""
    return output.with_name(f"{output.name}.unfinished")


def is_unfinished(output: Path) -> bool:
    """Return whether there is a run for a folder that could be resumed, finished before or not."""
    folder = folder_of(output)
    return (folder / SETTINGS_FILE).is_file() and _is_begun(folder)


@contextmanager
def unfinished_run(
    output: Path, settings: dict[str, Any], resume: bool = False, overwrite: bool = False
) -> Iterator[Path]:
    """Give a folder for the state of a run, to one process at a time.

    Args:
        output: Where the run goes when it is finished.
        settings: Everything that the result depends on, as plain data.
        resume: Whether to continue an unfinished run, if there is one.
        overwrite: Whether to discard an unfinished run, if there is one.

    Yields:
        The folder. It is removed when the block ends well, or refuses what a new run was given
        with a `CourseError`; it stays when it is interrupted or the disk is full.

    Raises:
        CourseError: If there is an unfinished run and neither `resume` nor `overwrite`, it has
            other settings, another process works on it, or the disk is full.
        KeyboardInterrupt: If interrupted, with a sentence that says how to go on.
    """
    folder = folder_of(output)
    kept = f"what was done so far is in {folder}: run the same command with --resume to continue."
    make_folder(folder)
    with _locked(folder):
        if overwrite:
            _empty(folder)
        is_new = _compare(folder, json.loads(json.dumps(settings)), resume)
        try:
            yield folder
        except CourseError:
            if is_new:
                shutil.rmtree(folder, ignore_errors=True)
            raise
        except OSError as error:
            room = "Make room; " if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
            raise CourseError(
                f"{error.filename or folder}: {error.strerror or error}. {room}{kept}"
            ) from error
        except KeyboardInterrupt as stop:
            if _is_begun(folder):
                raise KeyboardInterrupt(kept) from stop
            shutil.rmtree(folder, ignore_errors=True)
            raise
        except Exception:
            if not _is_begun(folder):
                shutil.rmtree(folder, ignore_errors=True)
            raise
    shutil.rmtree(folder, ignore_errors=True)


def _compare(folder: Path, settings: dict[str, Any], resume: bool) -> bool:
    """Refuse to mix two runs, note the settings of a new one, and return whether it is new."""
    path = folder / SETTINGS_FILE
    try:
        earlier = dict(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        earlier = {}
        if _is_begun(folder):
            raise CourseError(
                f"{folder} holds the state of a run, and {SETTINGS_FILE} beside it cannot be read: "
                "add --overwrite to start again, or name another folder."
            ) from None
    if earlier and not resume:
        raise CourseError(
            f"{folder} holds an unfinished run: add --resume to continue it, or --overwrite to "
            "start again."
        )
    for name in settings if earlier else ():
        if not _same(earlier.get(name), settings[name]):
            raise CourseError(
                f"the unfinished run in {folder} has {name.replace('_', ' ')} "
                f"{earlier.get(name)}, and this one {settings[name]}: use the same settings, or "
                "add --overwrite to start again."
            )
    with new_file(path) as aside:
        aside.write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")
    return not earlier


def _same(earlier: Any, now: Any) -> bool:
    """Compare two settings; texts in one Unicode form."""
    if isinstance(earlier, str) and isinstance(now, str):
        return one_form(earlier) == one_form(now)
    return bool(earlier == now)


def _is_begun(folder: Path) -> bool:
    return any(path.name not in (SETTINGS_FILE, LOCK_FILE) for path in folder.iterdir())


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name != LOCK_FILE:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep other processes out. The lock goes with the process, however that ends."""
    with (folder / LOCK_FILE).open("a+") as file:
        try:
            _lock(file)
        except OSError as error:
            raise CourseError(
                f"another process is training in {folder}: wait for it, or name another folder."
            ) from error
        yield


def _lock(file: IO[str]) -> None:
    if os.name == "nt":
        import msvcrt

        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
