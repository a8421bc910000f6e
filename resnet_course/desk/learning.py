"""The learner's own copy of the lessons, and JupyterLab in it."""

import hashlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

from resnet_course.errors import CourseError
from resnet_course.files import make_folder, new_file

#: What was copied, by digest, so that a later copy can tell the learner's changes from ours.
RECORD = ".resnet-course.json"


def copy_lessons(folder: Path) -> list[str]:
    """Copy the lessons to a learner's folder, never over the learner's work.

    New files are added, and files that the learner has not touched are brought up to date. Where a
    touched file has a newer version, that is put next to it as `name_new.ipynb`.

    Args:
        folder: The learner's folder. It is made if need be.

    Returns:
        What was done, one sentence each.

    Raises:
        CourseError: If the folder cannot be written to, or the lessons are not installed.
    """
    lessons = lessons_folder()
    folder = folder.expanduser()
    _check_writable(folder)
    record = _read_record(folder)
    counts: Counter[str] = Counter()
    sentences = []
    for source in _files(lessons):
        path = source.relative_to(lessons)
        target = folder / path
        released = _digest(source)
        state = _state(target, released, record.get(path.as_posix()))
        if state == "touched":
            target = _free_name(target)
            sentences.append(
                f"{path} has a newer version. Yours stays as it is; the newer one is beside it: "
                f"{target.name}."
            )
        if state != "current":
            _copy(source, target)
        counts[state] += 1
        record[path.as_posix()] = released
    _write_record(folder, record)
    return [_summary(folder, counts), *sentences]


def lessons_folder() -> Path:
    """Return the folder of the lessons: inside an installed package, or beside its source.

    Raises:
        CourseError: If there is none.
    """
    package = Path(str(resources.files("resnet_course")))
    for folder in (package / "lessons", package.parent / "lessons"):
        if folder.is_dir():
            return folder
    raise CourseError(
        f"the lessons are missing: expected them in {package / 'lessons'}. "
        "Install the package again, or run the command from a clone of the repository."
    )


def start_jupyterlab(folder: Path, browser: bool = True) -> int:
    """Start JupyterLab in a folder and wait until the learner stops it.

    Args:
        folder: The folder to show.
        browser: Whether to open a browser.

    Returns:
        JupyterLab's exit code.
    """
    root = f"--ServerApp.root_dir={folder.expanduser().resolve()}"
    command = [sys.executable, "-m", "jupyterlab", root]
    if not browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    environment = os.environ | {"JUPYTER_PREFER_ENV_PATH": "1"}
    with subprocess.Popen(command, cwd=folder, env=environment) as process:
        while True:
            try:
                return process.wait()
            except KeyboardInterrupt:
                continue


def _check_writable(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file: name a folder for your copy of the lessons.")
    make_folder(folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        raise CourseError(f"the folder {folder} cannot be written to: name a folder of your own.")


def _files(lessons: Path) -> Iterator[Path]:
    for path in sorted(lessons.rglob("*")):
        if path.is_file() and ".ipynb_checkpoints" not in path.parts:
            yield path


def _copy(source: Path, target: Path) -> None:
    with new_file(target) as aside:
        aside.write_bytes(source.read_bytes())


def _free_name(path: Path) -> Path:
    names = [f"{path.stem}_new", *(f"{path.stem}_new_{number}" for number in range(2, 1000))]
    return next(
        free for name in names if not (free := path.with_name(f"{name}{path.suffix}")).exists()
    )


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read_record(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / RECORD).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def _write_record(folder: Path, record: dict[str, str]) -> None:
    with new_file(folder / RECORD) as aside:
        aside.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _state(target: Path, released: str, copied: str | None) -> str:
    """Tell how a learner's file stands to the lesson that is released now.

    Args:
        target: The learner's file.
        released: Digest of the lesson as it is released now.
        copied: Digest of the lesson as it was copied; `None` if that is not known.

    Returns:
        "missing", "outdated" (not touched, and there is a newer version), "touched" (and there is
        a newer version) or "current" (there is nothing newer).
    """
    if not target.exists():
        return "missing"
    if copied in (released, None):
        return "current"
    digest = _digest(target)
    if digest == released:
        return "current"
    return "outdated" if digest == copied else "touched"


def _summary(folder: Path, counts: Counter[str]) -> str:
    if counts["missing"]:
        return (
            f"Copied the lessons to {folder} ({counts['missing']} new). Your own work is unchanged."
        )
    if counts["outdated"]:
        return f"Brought the lessons in {folder} up to date. Your own work is unchanged."
    return f"The lessons in {folder} are up to date. Your own work is unchanged."
