"""Written answers: which cells hold them, and what else in a notebook a person has to read."""

import keyword
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.handed_in.notebook import SubmittedCell

#: What of a code cell is searched for text, in characters.
_LONGEST_CODE = 100_000
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


def places(
    cells: Sequence[SubmittedCell], assignment: Assignment, released: Mapping[str, Any]
) -> dict[str, int]:
    """Return where the cells stand that nbgrader knows, by its name for them.

    Of several with the same name the last counts; of those for a written answer the last that
    holds one.

    Args:
        cells: The submission's cells.
        assignment: The lesson.
        released: Its cells as learners get them, by nbgrader's name.
    """
    found: dict[str, int] = {}
    for number, cell in enumerate(cells):
        name = cell.grade_id
        if name is None or name not in assignment.named:
            continue
        question = assignment.named[name].role == "question"
        if name in found and question and is_unanswered(cell.source, released[name]):
            continue
        found[name] = number
    return found


def is_unanswered(answer: str, released: Mapping[str, Any]) -> bool:
    """Return whether a written answer is still what the lesson had in its place."""
    return re.sub(r"\s+", " ", answer).strip() in (
        "",
        re.sub(r"\s+", " ", released["source"]).strip(),
    )


def text_elsewhere(
    cells: Sequence[SubmittedCell], assignment: Assignment, released: Mapping[str, Any]
) -> dict[int, str]:
    """Return what learners wrote that may be a written answer and stands in no cell for one.

    That is every Markdown cell that the lesson does not have. Where a question is unanswered, it is
    raw cells, too, and the comments of code that is neither the lesson's nor an exercise.

    Args:
        cells: The submission's cells.
        assignment: The lesson.
        released: Its cells as learners get them, by nbgrader's name.

    Returns:
        The texts by the number of the cell; nothing where the lesson has no written question.
    """
    standing = places(cells, assignment, released)
    questions = [name for name, cell in assignment.graded.items() if cell.role == "question"]
    if not questions:
        return {}
    unanswered = any(
        name not in standing or is_unanswered(cells[standing[name]].source, released[name])
        for name in questions
    )
    answers = {standing[name] for name in questions if name in standing}
    sources = [cell.source for cell in assignment.cells if not cell.grade_id]
    sources += [cell["source"] for cell in released.values()]
    known = {_words(source) for source in sources}
    remarks = {remark for source in sources for remark in _remarks(source)}
    found = {}
    for number, cell in enumerate(cells):
        if number in answers or _words(cell.source) in known | {""}:
            continue
        if cell.kind == "markdown" or (cell.kind == "raw" and unanswered):
            found[number] = cell.source
        elif cell.kind == "code" and unanswered and cell.grade_id not in assignment.named:
            own = [each for each in _remarks(cell.source) if each not in remarks]
            if own:
                found[number] = "\n".join(own)
    return found


def _words(source: str) -> str:
    return " ".join(source.split())


def _remarks(source: str) -> Iterator[str]:
    """Yield what of a code cell is meant for people: comments, loose strings, lines of prose.

    Line by line, and without Python's tokenizer: a few lines can keep that busy for hours.
    """
    for line in map(str.strip, source[:_LONGEST_CODE].splitlines()):
        code = _STRING.sub(lambda string: " " * len(string[0]), line)
        comment = code.find("#")
        if line.startswith(("%", "!")):
            continue
        if comment >= 0 and any(map(str.isalpha, line[comment:])):
            yield line[comment:]
        elif (_is_loose(line, code) and any(map(str.isalpha, line))) or _is_prose(code):
            yield line


def _is_loose(line: str, code: str) -> bool:
    """Return whether a line is a string and nothing else, or begins one of several lines."""
    return line.startswith(('"""', "'''")) or (line[:1] in ("'", '"') and not code.strip())


def _is_prose(code: str) -> bool:
    """Return whether three words follow each other, which no line of Python has."""
    row = 0
    for word in code.split():
        if keyword.iskeyword(word) or not word.rstrip(".,;:!?").isalpha():
            row = 0
            continue
        row += 1
        if row == 3:
            return True
        if not word.isalpha():
            row = 0
    return False
