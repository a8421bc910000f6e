"""Written answers: which cells hold them, and what else in a notebook a person has to read."""

import io
import keyword
import re
import tokenize
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from resnet_course.grading.assignment import Assignment
from resnet_course.grading.submission import SubmittedCell
from resnet_course.grading.template import is_unanswered

#: What of a code cell is searched for text, in characters.
_LONGEST_CODE = 100_000

#: So many characters that begin no token, and a cell is no Python: each costs as long as its line.
_MOST_STRAY = 200

#: Three words in a row. It begins at the first letter of one, lest a long word be read again.
_PROSE = re.compile(r"(?<![^\W\d_])[^\W\d_]+ [^\W\d_]+ [^\W\d_]")


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
    """Yield what of a code cell is meant for people: comments, loose strings, lines of prose."""
    lines = source[:_LONGEST_CODE].splitlines()
    code = "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))
    names = stray = 0
    begins = True
    prose: set[int] = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            is_name = token.type == tokenize.NAME and not keyword.iskeyword(token.string)
            names = names + 1 if is_name else 0
            loose = begins and token.type == tokenize.STRING
            if (token.type == tokenize.COMMENT or loose) and re.search(r"[^\W\d_]", token.string):
                yield token.string
            elif names == 3 and token.start[0] not in prose:  # No Python has three in a row.
                prose.add(token.start[0])
                yield token.line.strip()
            stray += token.type == tokenize.ERRORTOKEN
            if stray > _MOST_STRAY:
                raise SyntaxError("this is no Python")
            begins = token.type in (
                tokenize.NEWLINE,
                tokenize.NL,
                tokenize.INDENT,
                tokenize.DEDENT,
                tokenize.COMMENT,
            )
    except (tokenize.TokenError, SyntaxError):
        if _PROSE.search(code):
            yield code
