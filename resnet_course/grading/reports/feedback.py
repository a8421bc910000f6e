"""The page that a learner gets: for each exercise the points and the reasons together."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from resnet_course.files import new_file
from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.marking.marks import Mark, Marked
from resnet_course.grading.records.gradebook import Entry
from resnet_course.grading.records.lateness import Late, in_words
from resnet_course.grading.untrusted import harmless


@dataclass(frozen=True)
class Part:
    """What the page says of one graded cell.

    Attributes:
        title: Name of the exercise or question.
        entry: What the gradebook says.
        by_hand: Whether a person gives the points.
        mark: The automatic mark.
        answer: What was handed in.
    """

    title: str
    entry: Entry
    by_hand: bool
    mark: Mark | None
    answer: str


def write_feedback(
    path: Path,
    assignment: Assignment,
    marked: Marked,
    entries: Mapping[str, Entry],
    late: Late,
) -> None:
    """Write the page of a submission. Nothing in it comes from the learner unescaped.

    Args:
        path: The file to write.
        assignment: The lesson.
        marked: The marks.
        entries: What the gradebook says, by name of the graded cell.
        late: How late it is, and what that costs.
    """
    score = sum(entry.score for entry in entries.values())
    page = _template().render(
        lesson=assignment.lesson,
        title=assignment.notebook.replace("_", " "),
        marked=marked,
        parts=_parts(assignment, marked, entries),
        score=score,
        net=late.net(score),
        late=late,
        how_late=in_words(late.seconds),
        maximum=sum(entry.maximum for entry in entries.values()),
        waiting=sum(entry.maximum for entry in entries.values() if entry.waits),
    )
    with new_file(path) as aside:
        aside.write_text(page, encoding="utf-8")


@cache
def _template() -> Any:
    from jinja2 import Environment

    template = files("resnet_course.grading.reports").joinpath("feedback.html.j2")
    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["points"] = in_points
    return environment.from_string(template.read_text(encoding="utf-8"))


def in_points(points: float) -> str:
    """Return points in words: 1 point, 2.5 points."""
    points = round(points, 2)
    return f"{points:g} point{'' if points == 1 else 's'}"


def _parts(assignment: Assignment, marked: Marked, entries: Mapping[str, Entry]) -> list[Any]:
    parts = []
    for name, cell in assignment.graded.items():
        if name not in entries:
            continue
        by_hand = cell.role == "question"
        answered = name if by_hand else str(cell.exercise)
        title = (cell.exercise or name).replace("_", " ") if by_hand else str(cell.exercise or name)
        answer = marked.sources.get(answered, "").strip()
        if by_hand:
            answer = "\n\n".join(filter(None, [answer, *map(str.strip, marked.elsewhere)]))
        answer = harmless.shown(harmless.plain(answer))
        parts.append(Part(title, entries[name], by_hand, marked.marks.get(name), answer))
    return parts
