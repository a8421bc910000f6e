"""The solved notebook of a lesson, made from its percent script."""

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from resnet_course.authoring.script import ScriptCell, read_script
from resnet_course.authoring.solution import read_solution
from resnet_course.errors import CourseError

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: All that a notebook says about the machine that runs it.
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}

CHECK = """\
checks.{name}({name}, points={points})
### BEGIN HIDDEN TESTS
checks.{name}({name}, points={points}, grading=True)
### END HIDDEN TESTS"""


def solved_notebook(script: Path) -> str:
    """Make the solved notebook of a lesson.

    Args:
        script: The lesson's percent script.

    Returns:
        The notebook as JSON, the same for the same script and reference functions on any machine.

    Raises:
        CourseError: If a cell of the script cannot be built; the message says which and why.
    """
    import nbformat

    script_cells = read_script(script)
    _check_grade_ids(script_cells)
    _check_pairs(script_cells)
    cells = [_notebook_cell(cell) for cell in script_cells]
    for cell, identifier in zip(cells, _identifiers(cells), strict=True):
        cell["id"] = identifier
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
    notebook.nbformat_minor = 5
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def grade_id(cell: ScriptCell) -> str | None:
    """Return the name under which nbgrader knows a cell; `None` for a plain one."""
    if cell.role == "exercise":
        return cell.name.rpartition(".")[2]
    if cell.role == "check":
        return f"check_{cell.name}"
    return cell.name or None


def _check_grade_ids(cells: Sequence[ScriptCell]) -> None:
    seen: dict[str, ScriptCell] = {}
    for cell in cells:
        name = grade_id(cell)
        if name is None:
            continue
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise cell.error(f"expected a name of letters, digits and underscores, not {name!r}.")
        if name in seen:
            raise cell.error(
                f"the name {name!r} is taken by {seen[name].place}. "
                "Give every exercise, check and question its own."
            )
        seen[name] = cell


def _check_pairs(cells: Sequence[ScriptCell]) -> None:
    """Check that every exercise has its check, and that the check comes after it."""
    exercises: dict[str, ScriptCell] = {}
    checked = set()
    for cell in cells:
        if cell.role == "exercise":
            exercises[str(grade_id(cell))] = cell
        elif cell.role == "check":
            if cell.name not in exercises:
                raise cell.error(
                    f"there is no exercise {cell.name!r} above this check. Write "
                    f'`# %% exercise="….{cell.name}"` before it.'
                )
            checked.add(cell.name)
    for name, cell in exercises.items():
        if name not in checked:
            raise cell.error(
                f'no check follows the exercise. Write `# %% check="{name}" points=2` below it.'
            )


def _notebook_cell(cell: ScriptCell) -> "NotebookNode":
    from nbformat import v4

    new = v4.new_markdown_cell if cell.kind == "markdown" else v4.new_code_cell
    if cell.role == "plain":
        return new(cell.source, metadata=dict(cell.markers))
    source = cell.source
    if cell.role == "exercise":
        try:
            source = read_solution(cell.name).cell()
        except CourseError as error:
            raise cell.error(str(error)) from error
    elif cell.role == "check":
        source = CHECK.format(name=cell.name, points=cell.markers["points"])
    return new(source, metadata={"nbgrader": _nbgrader_metadata(cell)})


def _nbgrader_metadata(cell: ScriptCell) -> dict[str, Any]:
    metadata = {
        "schema_version": 3,
        "grade_id": grade_id(cell),
        "grade": cell.role != "exercise",
        "solution": cell.role != "check",
        "locked": cell.role == "check",
        "task": False,
    }
    if "points" in cell.markers:
        metadata["points"] = cell.markers["points"]
    return metadata


def _identifiers(cells: Sequence["NotebookNode"]) -> list[str]:
    """Return an identifier for every cell: its grade id, or else a digest of its text."""
    identifiers = []
    seen: Counter[str] = Counter()
    for cell in cells:
        named = cell.metadata.get("nbgrader", {}).get("grade_id", "").replace("_", "-")
        identifier = named or hashlib.sha256(cell.source.encode()).hexdigest()[:12]
        seen[identifier] += 1
        identifiers.append(
            identifier if seen[identifier] == 1 else f"{identifier}-{seen[identifier]}"
        )
    return identifiers
