"""Prepares the sandbox that submissions run in, and makes sure that it holds no answers."""

import os
import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from resnet_course.errors import CourseError
from resnet_course.grading.isolation import bubblewrap, library
from resnet_course.grading.isolation.bubblewrap import Bubblewrap
from resnet_course.grading.isolation.container import Container, answers_in_image
from resnet_course.grading.isolation.sandbox import Sandbox, Unconfined
from resnet_course.grading.isolation.sandboxed import answers


@contextmanager
def prepared(
    name: str,
    image: str,
    answers: Collection[str],
    imported: Mapping[str, set[str]] = MappingProxyType({}),
    *,
    trust: bool = False,
    data: Path | None = None,
    secrets: Sequence[Path] = (),
) -> Iterator[Sandbox]:
    """Give a sandbox with all that submissions of a lesson may import, and without its answers.

    Args:
        name: "bubblewrap", "podman" or "docker".
        image: The container's image.
        answers: Names of the functions that learners have to write.
        imported: What the lesson's own cells import: names by module of the course.
        trust: Whether to do without any.
        data: A folder with data sets, or None.
        secrets: Folders that must not be seen, such as the course's.

    Raises:
        CourseError: If this sandbox cannot be used.
    """
    hidden = not library.ANSWERED_ELSEWHERE.isdisjoint(answers)
    with tempfile.TemporaryDirectory(prefix="resnet-course-") as folder:
        library.write_library(Path(folder), answers, imported)
        Path(folder).chmod(0o755)
        yield choose(name, trust, image, Path(folder), hidden, data, secrets)


def choose(
    name: str,
    trust: bool,
    image: str,
    modules: Path,
    hidden: bool,
    data: Path | None,
    secrets: Sequence[Path] = (),
) -> Sandbox:
    """Return the sandbox to run submissions in.

    Args:
        name: "bubblewrap", "podman" or "docker".
        trust: Whether to do without any.
        image: The container's image.
        modules: Folder of the modules that submissions may import.
        hidden: Whether to hide the modules of other libraries that answer the lesson.
        data: A folder with data sets, or None.
        secrets: Folders that must not be seen, such as the course's.

    Raises:
        CourseError: If this sandbox does not work here and submissions are not trusted, or if
            answers can be read in it.
    """
    if trust:
        return Unconfined(modules, (), data)
    where: Sandbox
    if name == "bubblewrap":
        where = _bubblewrap(modules, hidden, data, secrets)
    else:
        files, folders = _parted(answers_in_image(name, image, hidden))
        where = Container(modules, files, data, name, image, secrets=folders)
    refuse_answers(where, hidden)
    return where


def refuse_answers(where: Sandbox, elsewhere: bool) -> None:
    """Make sure that nothing which answers a lesson can be read in a sandbox.

    Args:
        where: The sandbox.
        elsewhere: Whether Keras answers the lesson, too, and not only this course.

    Raises:
        CourseError: If something can. It names the first.
    """
    left = where.readable_answers(elsewhere)
    if left:
        more = f", and so can {len(left) - 1} more" if len(left) > 1 else ""
        raise CourseError(
            f"{left[0]} answers a lesson and can be read in the sandbox{more}: remove it, or grade "
            "with a Python environment that holds only the course's dependencies (make setup)."
        )


def _bubblewrap(modules: Path, hidden: bool, data: Path | None, secrets: Sequence[Path]) -> Sandbox:
    reason = bubblewrap.works()
    if reason:
        raise CourseError(
            f"submissions cannot be run apart from this machine: {reason}. "
            "`resnet-course grade --check-host` says what mends it. Or name a container runtime "
            "(--sandbox podman), or add --trust to run them with all that you may do yourself."
        )
    visible = bubblewrap.visible_folders()
    paths = {os.path.realpath(each) for each in answers.find([*map(str, visible)], hidden, ())}
    shown = [each for each in paths if any(Path(each).is_relative_to(top) for top in visible)]
    files, folders = _parted(shown)
    return Bubblewrap(modules, files, data, secrets=[*secrets, *folders])


def _parted(paths: Iterable[str]) -> tuple[list[Path], list[Path]]:
    """Return which of some paths are files by their names, and which are folders."""
    every = [Path(each) for each in paths]
    folders = [each for each in every if each.name in ("resnet_course", "checks")]
    return [each for each in every if each not in folders], folders
