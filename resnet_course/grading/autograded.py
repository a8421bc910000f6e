"""The notebook that formgrader shows: the learner's answers, the reports, the rubrics."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from resnet_course.authoring.notebook import NOTEBOOK_METADATA
from resnet_course.files import new_file
from resnet_course.grading.assignment import Assignment
from resnet_course.grading.marking import Mark, Marked
from resnet_course.grading.submission import SubmittedCell
from resnet_course.grading.written import places

#: The tag of the cells that graders see and learners do not.
RUBRIC_TAG = "rubric"

_IMAGES = ("image/png", "image/jpeg", "image/gif")


def write_autograded(
    path: Path,
    assignment: Assignment,
    released: Mapping[str, Any],
    marked: Marked,
    cells: Sequence[SubmittedCell],
) -> None:
    """Write the notebook that formgrader shows for a submission.

    What nbgrader knows of a cell comes from the lesson; only the text of answers, and cells of the
    learner's own, come from the submission. No output of the learner's and no HTML is kept.

    Args:
        path: The file to write.
        assignment: The lesson.
        released: Its cells as learners get them, by nbgrader's name.
        marked: The marks.
        cells: The submission's cells.
    """
    written: list[dict[str, Any]] = []
    if marked.problem:
        written.append(_markdown(f"**Needs attention.** {_harmless(marked.problem)}"))
    known = places(cells, assignment, released)
    for number, cell in enumerate(cells):
        if cell.grade_id is not None and known.get(cell.grade_id) == number:
            written += _known(cell.grade_id, cell, assignment, released, marked)
        else:
            written.append(_own(cell))
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
    source = released[name]["source"] if locked or cell is None else cell.source
    if known.kind == "code":
        outputs = _report(marked.marks[name]) if name in marked.marks else []
        return [_code(source, marks, outputs)]
    answer = _with_pictures(_markdown(_harmless(source), marks), cell)
    rubric = _markdown(_rubric(known.source), {"tags": [RUBRIC_TAG]})
    return [answer, rubric] if known.role == "question" else [answer]


def _own(cell: SubmittedCell) -> dict[str, Any]:
    if cell.kind == "code":
        return _code(cell.source, {}, [])
    return _with_pictures(_markdown(_harmless(cell.source)), cell)


def _with_pictures(written: dict[str, Any], cell: SubmittedCell | None) -> dict[str, Any]:
    if cell is not None and (pictures := _pictures(cell.attachments)):
        written["attachments"] = pictures
    return written


def _report(mark: Mark) -> list[dict[str, Any]]:
    words = "\n".join([mark.headline, *mark.notes])
    data = {"text/html": _with_notes(mark), "text/plain": words}
    return [{"output_type": "display_data", "metadata": {}, "data": data}]


def _with_notes(mark: Mark) -> str:
    from html import escape

    return "".join(f"<p>{escape(note)}</p>" for note in mark.notes) + mark.html


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


def _harmless(source: str) -> str:
    """Return Markdown without HTML: every tag that begins in it is shown as text."""
    return re.sub(r"<(?=[A-Za-z/!?])", "&lt;", source)


def _pictures(attachments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the pictures among attachments."""
    found: dict[str, Any] = {}
    for name, content in attachments.items():
        data = content if isinstance(content, dict) else {}
        pictures = {
            kind: text
            for kind, text in data.items()
            if kind in _IMAGES and isinstance(text, str) and re.fullmatch(r"[\w+/=\s]*", text)
        }
        if pictures and isinstance(name, str) and re.fullmatch(r"[\w .-]{1,100}", name):
            found[name] = pictures
    return found
