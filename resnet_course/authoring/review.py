"""Reviews a course as its authors would: what is wrong, where, and what to do about it.

Every stub fails and every solution passes; every exercise has hints, and its mistakes send
learners to headings that exist; names are unique; notebooks are what the build gives.
"""

import __future__

import importlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_course.authoring.build import course_files, lesson_scripts, stray_files
from resnet_course.authoring.script import ScriptCell, read_script
from resnet_course.authoring.solution import read_solution

if TYPE_CHECKING:
    from checks.exercise import Exercise

#: How many hints an exercise and a mistake have, from a nudge to nearly the answer.
HINTS = 3

CARD = re.compile(
    r"> \*\*Difficulty\*\* [●○]{5} · \*\*Importance\*\* [●○]{5} · "
    r"\*\*Time\*\* \d+ minutes · \*\*Points\*\* ([\d.]+)"
)


@dataclass(frozen=True)
class Problem:
    """Something to fix.

    Attributes:
        place: Where: a file, a lesson, an exercise.
        what: What is wrong with it, as a sentence.
        remedy: What to do, as a sentence.
    """

    place: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """Return the problem on one line."""
        return f"{self.place}: {self.what} {self.remedy}"


def review(course: Path, lessons: Sequence[str] = ()) -> list[Problem]:
    """Review the lessons of a course.

    Args:
        course: Folder with `solutions/`, `lessons/` and `nbgrader_config.py`. It is only read.
        lessons: Names of the lessons. All if there are none.

    Returns:
        What needs fixing, in the order of the lessons; nothing if all is well.

    Raises:
        CourseError: If a script cannot be read or built; the message says where and why.
    """
    scripts = {script: read_script(script) for script in lesson_scripts(course, lessons)}
    problems = list(_not_current(course, lessons))
    problems += _shared_names(scripts)
    for script, cells in scripts.items():
        problems += _lesson_problems(script, cells)
    return problems


def _not_current(course: Path, lessons: Sequence[str]) -> Iterator[Problem]:
    files = course_files(course, lessons)
    for path, content in files.items():
        if not (course / path).is_file() or (course / path).read_bytes() != content:
            what = "is not what the build gives." if (course / path).exists() else "is missing."
            yield Problem(str(path), what, "Run `make build` and commit it.")
    if not lessons:
        for path in stray_files(course, files):
            yield Problem(str(path), "nothing builds this file.", "Delete it, or name its lesson.")


def _shared_names(scripts: Mapping[Path, Sequence[ScriptCell]]) -> Iterator[Problem]:
    """Find functions that are exercises twice: each has one check, named after it."""
    cells = [cell for cells in scripts.values() for cell in cells if cell.role == "exercise"]
    names = Counter(map(_function, cells))
    for cell in cells:
        name = _function(cell)
        if names[name] > 1:
            yield Problem(
                cell.place,
                f"the exercise {name!r} is in the course {names[name]} times.",
                "Give each exercise a name of its own.",
            )


def _lesson_problems(script: Path, cells: Sequence[ScriptCell]) -> Iterator[Problem]:
    place = f"solutions/{script.parent.name}/{script.name}"
    texts = [cell.source for cell in cells if cell.role == "plain" and cell.kind == "markdown"]
    prose = "\n".join(texts)
    yield from _parts(place, cells, prose)
    yield from _cards(place, cells, prose)
    yield from _pictures(place, script.parent, prose)
    headings = set(re.findall(r"^##+ (.+)$", prose, re.MULTILINE))
    for cell in cells:
        if cell.role == "exercise":
            yield from _hints_in_prose(place, _function(cell), prose)
            yield from _exercise_problems(script.parent.name, cell, headings)


def _parts(place: str, cells: Sequence[ScriptCell], prose: str) -> Iterator[Problem]:
    """Find what a lesson lacks as a whole."""
    roles = Counter(cell.role for cell in cells)
    tags = {tag for cell in cells for tag in cell.markers.get("tags", ())}
    rubrics = [cell for cell in cells if cell.role == "question" and "**Rubric.**" in cell.source]
    present = {
        "three exercises": roles["exercise"] >= 3,
        "a question that is graded by hand": bool(roles["question"]),
        "a **Rubric.** for every question": len(rubrics) == roles["question"],
        "an experiment": "experiment" in tags,
        "what the reader will be able to do": "You will be able to" in prose,
        "a source (arXiv)": "arXiv" in prose,
    }
    for part, there in present.items():
        if not there:
            yield Problem(place, f"the lesson lacks {part}.", "docs/authoring.md shows how.")


def _cards(place: str, cells: Sequence[ScriptCell], prose: str) -> Iterator[Problem]:
    """Find exercises and questions whose card is missing or shows other points."""
    graded = [cell for cell in cells if "points" in cell.markers]
    shown = CARD.findall(prose)
    if len(shown) != len(graded):
        yield Problem(
            place,
            f"expected a card for each of the {len(graded)} exercises and questions, found "
            f"{len(shown)}.",
            "Copy a card from docs/authoring.md below the heading.",
        )
        return
    for cell, points in zip(graded, shown, strict=True):
        if float(points) != float(cell.markers["points"]):
            yield Problem(
                cell.place,
                f"the card shows {points} points, the cell is worth {cell.markers['points']}.",
                "Make them equal.",
            )


def _pictures(place: str, folder: Path, prose: str) -> Iterator[Problem]:
    pictures = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", prose)
    if not pictures:
        yield Problem(place, "the lesson has no picture.", "Put one into figures/.")
    for description, name in pictures:
        if len(description) <= 20:
            yield Problem(
                place,
                f"{name} has the description {description!r}.",
                "Say in its square brackets what it shows, for those who cannot see it.",
            )
        if not (folder / name).is_file():
            yield Problem(place, f"{name} does not exist.", "Add the picture or correct its name.")
        elif "<title>" not in (folder / name).read_text(encoding="utf-8"):
            yield Problem(f"{folder.name}/{name}", "has no <title>.", "Say in it what it shows.")


def _hints_in_prose(place: str, name: str, prose: str) -> Iterator[Problem]:
    heading = re.search(rf"^### Exercise \d+ · `{name}`$", prose, re.MULTILINE)
    if heading is None:
        yield Problem(
            place,
            f"the exercise {name!r} has no heading.",
            f"Write `### Exercise 1 · `{name}`` above its text, with its number.",
        )
        return
    section = re.split(r"^##", prose[heading.end() :], maxsplit=1, flags=re.MULTILINE)[0]
    hints = section.count("<details><summary>")
    if hints < HINTS or section.count("<details>") != section.count("</details>"):
        yield Problem(
            place,
            f"expected {HINTS} hints for {name!r}, each closed by </details>, and found {hints}.",
            "Write a nudge, then what to use, then nearly the answer.",
        )


def _exercise_problems(lesson: str, cell: ScriptCell, headings: set[str]) -> Iterator[Problem]:
    from checks.catalogue import EXERCISES

    name = _function(cell)
    if name not in EXERCISES:
        yield Problem(
            cell.place,
            f"there is no check for the exercise {name!r}.",
            "Describe it in checks/catalogue/, as CONTRIBUTING.md shows.",
        )
        return
    exercise = EXERCISES[name]
    if exercise.lesson != lesson:
        yield Problem(
            cell.place,
            f"the check of {name!r} says that its lesson is {exercise.lesson}.",
            f'Write lesson="{lesson}" in checks/catalogue/.',
        )
    yield from catalogue_problems(exercise, headings)
    yield from answer_problems(name, stub(cell.name), solution(cell.name))


def catalogue_problems(exercise: "Exercise", headings: set[str]) -> Iterator[Problem]:
    """Find what is wrong with the mistakes of an exercise.

    Args:
        exercise: The exercise of the catalogue.
        headings: The headings of its lesson.
    """
    if not exercise.mistakes:
        yield Problem(
            f"checks, {exercise.name}",
            "the exercise has no mistakes.",
            "Add those that you have seen learners make, as docs/authoring.md shows.",
        )
    # Several entries of one kind, such as the last three or six layers, may say the same.
    said = {(mistake.title, mistake.explanation) for mistake in exercise.mistakes}
    titles = Counter(title for title, _ in said)
    for mistake in exercise.mistakes:
        place = f"checks, {exercise.name}, “{mistake.title}”"
        if titles[mistake.title] > 1:
            yield Problem(place, "another mistake has the same title.", "Tell them apart.")
        if not mistake.explanation or len(mistake.hints) != HINTS or not all(mistake.hints):
            yield Problem(
                place,
                f"expected an explanation and {HINTS} hints, and received {len(mistake.hints)}.",
                "Write a nudge, then what to look at, then nearly the answer.",
            )
        heading = re.search("“(.+)”", mistake.section)
        if heading is None or heading[1] not in headings:
            yield Problem(
                place,
                f"its section {mistake.section!r} names no heading of the lesson.",
                "Write: lesson N, “Heading”.",
            )


def answer_problems(
    name: str, stub: Callable[..., Any], solution: Callable[..., Any]
) -> Iterator[Problem]:
    """Find out whether a check tells the stub from the solution.

    Args:
        name: Name of the exercise.
        stub: What learners are given.
        solution: The reference solution.
    """
    import checks

    for grading in (False, True):
        when = " when grading" if grading else ""
        if checks.run(name, stub, grading=grading).score > 0:
            yield Problem(
                f"checks, {name}",
                f"the stub earns points{when}.",
                "Let results that it passes weigh nothing in checks/judging/verdict.py.",
            )
        report = checks.run(name, solution, grading=grading)
        if not report.passed:
            failed = next(each for each in report.results if each.status == "failed")
            yield Problem(
                f"checks, {name}",
                f"the solution does not pass{when}: {failed.name}, expected {failed.expected}, "
                f"received {failed.received}.",
                "Fix the solution or the reference in checks/catalogue/.",
            )


def stub(function: str) -> Callable[..., Any]:
    """Return what learners are given of a reference function: it raises NotImplementedError.

    Args:
        function: Its dotted name, such as "resnet_course.blocks.identity_block".
    """
    source = f"{read_solution(function).head}\n    raise NotImplementedError()"
    variables: dict[str, Any] = {}
    # Annotations name what the lesson imports; they stay text.
    flags = __future__.annotations.compiler_flag
    exec(compile(source, f"<stub of {function}>", "exec", flags), variables)
    return variables[function.rpartition(".")[2]]


def solution(function: str) -> Callable[..., Any]:
    """Return a reference function by its dotted name."""
    module, _, name = function.rpartition(".")
    return getattr(importlib.import_module(module), name)


def _function(cell: ScriptCell) -> str:
    return cell.name.rpartition(".")[2]
