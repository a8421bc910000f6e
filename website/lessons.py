"""A lesson as a page: the notebook that learners get, with what the executed one shows."""

import hashlib
import os
import subprocess
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_course.errors import CourseError
from website.exercises import IN_JUPYTERLAB, Lesson

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Seconds that a cell of an experiment may take.
LIMIT = 900


def page(lesson: Lesson, executed: "NotebookNode | None") -> "NotebookNode":
    """Return a lesson as a notebook that MyST-NB makes a page of.

    Args:
        lesson: The lesson.
        executed: Its solved notebook with outputs, or None for a page without them.
    """
    notebook = lesson.notebook()
    shown = {cell.id: cell.get("outputs", []) for cell in executed.cells} if executed else {}
    cells, points = [], _points(notebook)
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("solution"):
            cells.append(_to_fill_in(lesson, cell, points))
        elif not marks.get("grade"):
            cells.append(_to_read(cell, shown.get(cell.id, [])))
    notebook.cells = cells
    return notebook


def executed(lesson: Lesson, solved: Path, kept: Path) -> "NotebookNode":
    """Run a solved notebook from top to bottom.

    Args:
        lesson: The lesson.
        solved: Its solved notebook.
        kept: Folder in which what was run is kept for the next time.

    Raises:
        CourseError: If a cell raises.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError

    digest = hashlib.sha256(solved.read_bytes()).hexdigest()[:16]
    file = kept / f"{lesson.name}-{digest}.ipynb"
    if not file.is_file():
        notebook = nbformat.read(solved, as_version=4)
        notebook.cells = [cell for cell in notebook.cells if not _is_check(cell)]
        environment = {**os.environ, "RESNET_COURSE_DATA": ""}
        client = NotebookClient(notebook, timeout=LIMIT, kernel_name="python3")
        client.resources = {"metadata": {"path": str(solved.parent)}}
        try:
            client.execute(env=environment, stderr=subprocess.DEVNULL)
        except CellExecutionError as error:
            raise CourseError(f"{solved} cannot be run: {error}") from error
        kept.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, file)
    return nbformat.read(file, as_version=4)


def _is_check(cell: "NotebookNode") -> bool:
    marks = cell.metadata.get("nbgrader", {})
    return bool(marks.get("grade")) and not marks.get("solution")


def _points(notebook: "NotebookNode") -> dict[str, float]:
    """Return what each exercise gives, by its name."""
    marks = [cell.metadata.get("nbgrader", {}) for cell in notebook.cells]
    return {
        each["grade_id"].removeprefix("check_"): each["points"]
        for each in marks
        if each.get("grade")
    }


def _to_fill_in(lesson: Lesson, cell: "NotebookNode", points: dict[str, float]) -> Any:
    """Return the place of an exercise or a question; the page's script makes an editor of it."""
    from nbformat import v4

    name = cell.metadata["nbgrader"]["grade_id"]
    kind = "exercise" if cell.cell_type == "code" else "question"
    attributes = {
        "class": f"course-{kind}",
        "id": f"{kind}-{name}",
        "data-name": name,
        "data-lesson": lesson.name,
        "data-notebook": lesson.released.name,
        "data-points": f"{points[name]:g}",
        "data-missing": IN_JUPYTERLAB.get(name, ""),
    }
    written = " ".join(f'{key}="{escape(value)}"' for key, value in attributes.items())
    return v4.new_markdown_cell(f"<pre {written}>{escape(cell.source)}</pre>")


def _to_read(cell: "NotebookNode", outputs: list[Any]) -> "NotebookNode":
    cell.metadata = {}
    if cell.cell_type == "code":
        cell.outputs = [each for each in outputs if each.get("name") != "stderr"]
        cell.execution_count = None
    return cell
