"""What lies in the folder of submissions where the grader does not look for it.

Nothing of it is graded, and nothing is moved: each is named, with what to do about it.
"""

import os
import stat
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from resnet_course.grading.handed_in.names import is_clutter, is_notebook, quoted
from resnet_course.grading.handed_in.reading import Unreadable, files_in, find_notebook

#: Stands for a student whose name a folder does not tell.
SOMEBODY = "STUDENT"

_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")
_MOST = 20


def find_misplaced(
    submitted: Path, lesson: str, notebooks: Mapping[str, str]
) -> dict[str, list[str]]:
    """Find what is in the folder of submissions, and neither graded nor another lesson's.

    Args:
        submitted: nbgrader's folder of submissions.
        lesson: Name of the lesson that is graded.
        notebooks: Names of the lessons, each with that of its notebook, without suffix.

    Returns:
        What to do about it, in sentences, by the student's name, or else the file's.
    """
    search = _Search(submitted, lesson, notebooks)
    if submitted.is_dir():
        search.look()
    return {name: _at_most(sentences) for name, sentences in search.found.items()}


def find_learners(submitted: Path, notebooks: Mapping[str, str]) -> set[str]:
    """Find the learners who have a folder, wherever it is, or a link in its place.

    Args:
        submitted: nbgrader's folder of submissions.
        notebooks: Names of the lessons, each with that of its notebook, without suffix.

    Returns:
        The names of the folders, as `find_misplaced` gives them.
    """
    found = set()
    for path in _listed(submitted):
        within = not path.is_symlink() and is_named_like_a_lesson(path.name, notebooks)
        for each in _listed(path) if within else [path]:
            a_file = is_notebook(each.name) or each.suffix.lower() in _ARCHIVES
            if each.is_dir() or (each.is_symlink() and not a_file):
                found.add(quoted(each.name))
    return {name for name in found if not is_named_like_a_lesson(name, notebooks)}


def _listed(folder: Path) -> list[Path]:
    """Return what is in a folder and somebody's work; nothing if it cannot be read."""
    with suppress(OSError):
        return [path for path in folder.iterdir() if not is_clutter(path.name)]
    return []


def is_named_like_a_lesson(name: str, notebooks: Mapping[str, str]) -> bool:
    """Return whether a folder is called like a lesson, as far as letters and digits go."""
    known = {_without_number(each) for pair in notebooks.items() for each in pair}
    return _without_number(name) in known


@dataclass
class _Search:
    """A walk through the folder of submissions; `found` says what to do, by name."""

    submitted: Path
    lesson: str
    notebooks: Mapping[str, str]
    found: dict[str, list[str]] = field(default_factory=dict)

    def look(self) -> None:
        """Look at everything in the folder."""
        folders = []
        for path in self._inside(self.submitted, self.submitted.name):
            if path.is_symlink() and os.path.lexists(path / self.lesson):
                continue  # Whoever marks it will say so.
            if path.is_symlink() or not path.is_dir():
                self._stray(path.name, path, path.name if path.is_symlink() else SOMEBODY)
            elif is_named_like_a_lesson(path.name, self.notebooks):
                self._lesson_outside(path)
            else:
                folders.append(path.name)
                self._student(path)
        self._same_name_twice(folders)

    def _student(self, folder: Path) -> None:
        """Look into a student's folder."""
        inside = self._inside(folder, folder.name)
        if not inside and folder.name not in self.found:
            self._say(
                folder.name,
                f"{self._shown(folder)} is empty: put what was handed in into "
                f"{self._place(folder.name)}, or delete it.",
            )
        for path in inside:
            if path.name == self.lesson:
                self._handed_in(folder.name, path)
            elif path.name not in self.notebooks or path.is_symlink() or not path.is_dir():
                self._stray(folder.name, path, folder.name)

    def _lesson_outside(self, folder: Path) -> None:
        """Look into a folder of a lesson that lies in no student's folder."""
        inside = self._inside(folder, folder.name)
        if not inside and folder.name not in self.found:
            self._say(folder.name, f"{self._shown(folder)} is empty: delete it.")
        for path in inside:
            known = path.is_dir() and not is_named_like_a_lesson(path.name, self.notebooks)
            student = path.name if known else SOMEBODY
            self._stray(path.name, path, student, self._lesson_of(folder))

    def _handed_in(self, student: str, folder: Path) -> None:
        """Look for what is left out of a submission: other notebooks, links, archives."""
        if folder.is_symlink() or not folder.is_dir():
            return
        try:
            graded = find_notebook(folder, self.notebooks[self.lesson])
            inside = list(files_in(folder))
        except (Unreadable, OSError):
            return  # Whoever marks it will say so.
        for path, status in inside:
            if path == graded:
                continue
            if stat.S_ISLNK(status.st_mode):
                why = "is a link, and was left out: put the file itself in its place, or delete it."
            elif is_notebook(path.name):
                why = (
                    f"was not graded, as {self._shown(graded)} was: if it is the one that counts, "
                    f"put it in the place of that; if not, delete it."
                )
            elif path.suffix.lower() in _ARCHIVES:
                why = (
                    "is an archive, and was not opened: if it holds the notebook that counts, "
                    f"unpack that to {self._shown(graded)}; if not, delete it."
                )
            else:
                continue
            self._say(student, f"{self._shown(path)} {why}")

    def _stray(self, name: str, path: Path, student: str, lesson: str | None = None) -> None:
        """Say of a file or folder where it belongs."""
        if path.is_symlink() or not path.is_dir():
            self._say(name, self._of_a_file(path, student, lesson or self._lesson_of(path)))
            return
        try:
            held = sorted({each.parent for each, _ in files_in(path) if is_notebook(each.name)})
        except OSError as error:
            self._say(name, self._unreadable(path, error))
            return
        except Unreadable:
            held = []
        for folder in held or [path]:
            self._say(name, self._of_a_folder(folder, student, lesson or self._lesson_of(folder)))

    def _of_a_file(self, path: Path, student: str, lesson: str | None) -> str:
        name, place = self._shown(path), self._place(student, lesson)
        notebook = f"{place}{self.notebooks[lesson or self.lesson]}.ipynb"
        if path.is_symlink():
            return f"{name} is a link, which is not followed: put what it leads to into {place}."
        if path.suffix.lower() in _ARCHIVES:
            return f"{name} is an archive, and was not opened: unpack its notebook to {notebook}."
        if path.name in self.notebooks:
            return f"{name} is not a folder: its notebook should be {notebook}."
        return (
            f"{name} was not graded, as it lies in no lesson's folder: {self._move(place, lesson)}"
        )

    def _of_a_folder(self, path: Path, student: str, lesson: str | None) -> str:
        place = self._place(student, lesson)
        if lesson and student != SOMEBODY and os.path.lexists(self.submitted / student / lesson):
            return (
                f"{self._shown(path)} was not graded, as {place} is there, too: put what counts "
                "into that, and delete the other."
            )
        return (
            f"{self._shown(path)} was not graded, as it is not at "
            f"{self.submitted.name}/{SOMEBODY}/LESSON/: {self._move(place, lesson)}"
        )

    def _move(self, place: str, lesson: str | None) -> str:
        if lesson:
            return f"move it to {place}."
        return f"if it belongs to {self.lesson}, move it to {place}; if not, delete it."

    def _same_name_twice(self, names: Iterable[str]) -> None:
        """Say of which folders the names look the same and are not."""
        alike: dict[str, list[str]] = {}
        for name in names:
            alike.setdefault(unicodedata.normalize("NFKC", name), []).append(name)
        for group in alike.values():
            for name in group if len(group) > 1 else ():
                self._say(
                    name,
                    f"Folders in {self.submitted.name}/ have names that look the same in "
                    f"different Unicode forms, {' and '.join(map(ascii, group))}: if they are one "
                    "student's, put all into one of them.",
                )

    def _inside(self, folder: Path, name: str) -> list[Path]:
        """Return what is in a folder, and say so if it cannot be read."""
        try:
            inside = sorted(folder.iterdir())
            for each in inside:
                each.lstat()
        except OSError as error:
            self._say(name, self._unreadable(folder, error))
            return []
        return [each for each in inside if not is_clutter(each.name)]

    def _unreadable(self, path: Path, error: OSError) -> str:
        return (
            f"{self._shown(path)} cannot be read ({error.strerror}): give yourself the right to "
            "read it, and all that it holds."
        )

    def _lesson_of(self, path: Path) -> str | None:
        """Guess a lesson from the name of a file or folder, or else of the notebooks in it."""
        names = [path.stem if path.suffix else path.name]
        if path.is_dir() and not path.is_symlink():
            names += [each.stem for each in sorted(path.iterdir()) if is_notebook(each.name)]
        return next((found for name in names if (found := self._guess(name))), None)

    def _guess(self, name: str) -> str | None:
        keys = {_key(each): lesson for lesson, pair in self._names().items() for each in pair}
        key = _key(name)
        within = [each for each in keys if each in key]
        close = [max(within, key=len)] if within else get_close_matches(key, keys, 1, 0.75)
        return keys[close[0]] if close else None

    def _names(self) -> dict[str, tuple[str, str]]:
        return {lesson: (lesson, notebook) for lesson, notebook in self.notebooks.items()}

    def _place(self, student: str, lesson: str | None = None) -> str:
        return f"{self.submitted.name}/{quoted(student)}/{lesson or self.lesson}/"

    def _shown(self, path: Path) -> str:
        return quoted(path.relative_to(self.submitted.parent).as_posix())

    def _say(self, name: str, sentence: str) -> None:
        self.found.setdefault(quoted(name), []).append(sentence)


def _key(name: str) -> str:
    """Return the letters and digits of a name, in one form."""
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(each for each in text if each.isalnum())


def _without_number(name: str) -> str:
    key = _key(name)
    return key.lstrip("0123456789") or key


def _at_most(sentences: Sequence[str]) -> list[str]:
    more = len(sentences) - _MOST
    return [*sentences[:_MOST], *([f"{more} more are misplaced."] if more > 0 else [])]
