"""The notebook that formgrader shows: the learner's answers, the reports, the rubrics."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from resnet_course.authoring.notebook import NOTEBOOK_METADATA
from resnet_course.files import new_file
from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.handed_in.notebook import SubmittedCell
from resnet_course.grading.handed_in.written import places
from resnet_course.grading.marking.marks import Mark, Marked
from resnet_course.grading.untrusted import harmless

#: The tag of the cells that graders see and learners do not.
RUBRIC_TAG = "rubric"

#: Keeps MathJax away from what learners call their layers.
_NO_FORMULAS = '<div class="tex2jax_ignore mathjax_ignore">{}</div>'


def write_autograded(
    path: Path,
    assignment: Assignment,
    released: Mapping[str, Any],
    marked: Marked,
) -> None:
    """Write the notebook that formgrader shows for a submission.

    What nbgrader knows of a cell comes from the lesson; only the text of answers, and cells of the
    learner's own, come from the submission. No output of the learner's and no HTML is kept, nothing
    that is shown comes to life, and what would take a page for ever is cut.

    Args:
        path: The file to write.
        assignment: The lesson.
        released: Its cells as learners get them, by nbgrader's name.
        marked: The marks, and the submission's cells.
    """
    written: list[dict[str, Any]] = []
    for sentence in [*filter(None, [marked.problem]), *marked.attention]:
        written.append(_markdown(f"**Needs attention.** {harmless.line(sentence)}"))
    lessons = {cell.source for cell in assignment.cells if cell.role == "shown"}
    left = harmless.MAXIMUM_OWN
    known = places(marked.cells, assignment, released)
    for number, cell in enumerate(marked.cells):
        if cell.grade_id is not None and known.get(cell.grade_id) == number:
            written += _known(cell.grade_id, cell, assignment, released, marked)
        else:
            own = cell.source not in lessons
            written.append(_own(cell, min(left, harmless.MAXIMUM_SHOWN)) if own else _copy(cell))
            left -= min(left, len(cell.source)) * own
    for name in released:
        if name not in known:
            written += _known(name, None, assignment, released, marked)
    for number, each in enumerate(written):
        each["id"] = f"cell-{number}"
    notebook = {
        "cells": written,
        "metadata": NOTEBOOK_METADATA,
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    with new_file(path) as aside:
        aside.write_text(json.dumps(notebook, indent=1), encoding="utf-8")


def _known(
    name: str,
    cell: SubmittedCell | None,
    assignment: Assignment,
    released: Mapping[str, Any],
    marked: Marked,
) -> list[dict[str, Any]]:
    """Return a cell that nbgrader knows, and the rubric after a question."""
    known = assignment.named[name]
    marks = {"nbgrader": dict(released[name]["metadata"]["nbgrader"])}
    locked = known.role == "check"
    own = cell if cell is not None and not locked else None
    if known.kind == "code":
        outputs = _report(marked.marks[name]) if name in marked.marks else []
        source = harmless.code(own.source) if own else released[name]["source"]
        return [_code(source, marks, outputs)]
    answer = _answer(own, marks) if own else _markdown(released[name]["source"], marks)
    rubric = _markdown(_rubric(known.source), {"tags": [RUBRIC_TAG]})
    return [answer, rubric] if known.role == "question" else [answer]


def _own(cell: SubmittedCell, longest: int) -> dict[str, Any]:
    """Return a cell that is the learner's own, up to a length."""
    if cell.kind == "code":
        return _code(harmless.code(cell.source, longest), {}, [])
    return _answer(cell, {}, longest)


def _copy(cell: SubmittedCell) -> dict[str, Any]:
    """Return a cell of the lesson that was handed in as it is."""
    return _code(cell.source, {}, []) if cell.kind == "code" else _markdown(cell.source)


def _answer(
    cell: SubmittedCell, metadata: dict[str, Any], longest: int = harmless.MAXIMUM_SHOWN
) -> dict[str, Any]:
    text, pictures = harmless.answer(cell.source, cell.attachments, longest)
    return _markdown(text, metadata) | ({"attachments": pictures} if pictures else {})


def _report(mark: Mark) -> list[dict[str, Any]]:
    words = "\n".join(map(harmless.line, [mark.headline, *mark.notes]))
    data = {"text/html": _with_notes(mark), "text/plain": words}
    return [{"output_type": "display_data", "metadata": {}, "data": data}]


def _with_notes(mark: Mark) -> str:
    from html import escape

    notes = "".join(f"<p>{escape(harmless.line(note))}</p>" for note in mark.notes)
    return _NO_FORMULAS.format(notes + harmless.plain(mark.html))


def _rubric(source: str) -> str:
    lines = (line for line in source.splitlines() if not line.strip().startswith("### "))
    return "> **For graders, not shown to learners**\n>\n" + "\n".join(
        f"> {line}" for line in lines
    )


def _code(source: str, metadata: dict[str, Any], outputs: list[Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "metadata": metadata,
        "outputs": outputs,
        "source": source,
    }


def _markdown(source: str, metadata: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"cell_type": "markdown", "metadata": metadata or {}, "source": source}
