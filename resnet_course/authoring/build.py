"""All notebooks of the course from the percent scripts and the reference solutions."""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from resnet_course.authoring.notebook import solved_notebook
from resnet_course.authoring.release import release
from resnet_course.configuration import CONFIG
from resnet_course.errors import CourseError
from resnet_course.files import new_file


def build(course: Path, lessons: Sequence[str] = ()) -> list[Path]:
    """Bring the notebooks of a course up to date.

    Nothing is written unless all notebooks can be made. Each changed file is written aside and
    then renamed, so that no reader ever sees half of one.

    Args:
        course: Folder with `solutions/` and `nbgrader_config.py`.
        lessons: Names of the lessons to build, such as "02_identity_block". All if there are none.

    Returns:
        The files that changed, relative to `course`.

    Raises:
        CourseError: If a script cannot be built; the message says where and why.
    """
    files = course_files(course, lessons)
    changed = [
        path
        for path, content in files.items()
        if not (course / path).is_file() or (course / path).read_bytes() != content
    ]
    for path in changed:
        with new_file(course / path) as aside:
            aside.write_bytes(files[path])
    return changed


def course_files(course: Path, lessons: Sequence[str] = ()) -> dict[Path, bytes]:
    """Make everything that is built: the solved notebooks and the whole of `lessons/`.

    Args:
        course: Folder with `solutions/` and `nbgrader_config.py`. It is only read.
        lessons: Names of the lessons to build. All if there are none.

    Returns:
        Content of each built file, by its path relative to `course`.

    Raises:
        CourseError: If a script cannot be built; the message says where and why.
    """
    scripts = lesson_scripts(course, lessons)
    notebooks = {script: solved_notebook(script).encode() for script in scripts}
    with tempfile.TemporaryDirectory() as folder:
        aside = Path(folder)
        shutil.copy(course / CONFIG, aside)
        for script, notebook in notebooks.items():
            lesson = aside / "solutions" / script.parent.name
            ignore = shutil.ignore_patterns("*.ipynb", ".ipynb_checkpoints", "__pycache__")
            shutil.copytree(script.parent, lesson, ignore=ignore)
            (lesson / f"{script.stem}.ipynb").write_bytes(notebook)
        release(aside)
        files = {
            script.relative_to(course).with_suffix(".ipynb"): notebook
            for script, notebook in notebooks.items()
        }
        for path in sorted((aside / "lessons").rglob("*")):
            if path.is_file():
                files[path.relative_to(aside)] = path.read_bytes().replace(b"\r\n", b"\n")
    return files


def lesson_scripts(course: Path, lessons: Sequence[str] = ()) -> list[Path]:
    """Return the percent scripts of the lessons, in order.

    Args:
        course: Folder with `solutions/`.
        lessons: Names of the lessons. All if there are none.

    Raises:
        CourseError: If there are no lessons, or a lesson has no script.
    """
    folders = sorted((course / "solutions").glob("[0-9][0-9]_*"))
    if not folders or not (course / CONFIG).is_file():
        raise CourseError(
            f"{course.resolve()}: expected a course, a folder with {CONFIG} and solutions/01_…. "
            "Run the command in the root of the repository."
        )
    names = [folder.name for folder in folders]
    if unknown := sorted(set(lessons) - set(names)):
        raise CourseError(f"there is no lesson {unknown[0]!r}: the lessons are {', '.join(names)}.")
    scripts = [course / "solutions" / name / f"{name[3:]}.py" for name in lessons or names]
    for script in scripts:
        if not script.is_file():
            raise CourseError(
                f"{script.parent}: expected the lesson's percent script {script.name} in it."
            )
    return scripts


def stray_files(course: Path, files: Mapping[Path, bytes]) -> list[Path]:
    """Return what lies in `lessons/`, or as a notebook in `solutions/`, and is not built.

    Args:
        course: Root folder of the course.
        files: What `course_files` returned.

    Returns:
        Paths relative to `course`: left over from a renamed lesson, or put there by hand.
    """
    found = [*(course / "lessons").rglob("*"), *(course / "solutions").rglob("*.ipynb")]
    relative = [path.relative_to(course) for path in found if path.is_file()]
    return sorted(
        path for path in relative if path not in files and ".ipynb_checkpoints" not in path.parts
    )
