"""Percent scripts: what an author writes, read into cells. `docs/authoring.md` is their manual."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from resnet_course.errors import CourseError

#: The markers that a cell may carry, by the marker that gives the cell its role.
MARKERS = {
    "exercise": {"exercise"},
    "check": {"check", "points"},
    "question": {"question", "points"},
    "plain": {"tags"},
}

#: The tags of plain cells.
TAGS = {"setup", "experiment"}


@dataclass(frozen=True)
class ScriptCell:
    """One cell of a percent script.

    Attributes:
        role: "exercise", "check", "question" or "plain".
        kind: "code" or "markdown".
        source: Its text, without the comment signs that mark markdown in the script.
        markers: What its first line says, such as `{"check": "conv_bn", "points": 2}`.
        place: Script, line and cell number, for messages.
    """

    role: str
    kind: str
    source: str
    markers: dict[str, Any]
    place: str

    @property
    def name(self) -> str:
        """The value of the marker that gives the cell its role; empty for a plain cell."""
        return self.markers.get(self.role, "")

    def error(self, message: str) -> CourseError:
        """Return an error about this cell."""
        return CourseError(f"{self.place}: {message}")


def read_script(script: Path) -> list[ScriptCell]:
    """Read a percent script and check that every cell is well formed.

    Args:
        script: The percent script of a lesson.

    Returns:
        Its cells, in order.

    Raises:
        CourseError: If a marker is unknown, missing or of the wrong kind.
    """
    import jupytext

    percent = {"extension": ".py", "format_name": "percent", "comment_magics": False}
    text = script.read_text(encoding="utf-8")
    notebook = jupytext.reads(text, fmt=percent)
    lines = [number for number, line in enumerate(text.splitlines(), 1) if line.startswith("# %%")]
    if not lines or len(lines) != len(notebook.cells):
        raise CourseError(
            f"{_short(script)}: expected every cell to begin with a line `# %%`, including the "
            f"first in the file, and found {len(lines)} such lines for {len(notebook.cells)} "
            "cells. "
            "Begin the file with `# %% [markdown]`."
        )
    return [
        _read_cell(cell, f"{_short(script)}, line {line} (cell {number})")
        for number, (line, cell) in enumerate(zip(lines, notebook.cells, strict=True), 1)
    ]


def _short(script: Path) -> str:
    return "/".join(script.parts[-3:])


def _read_cell(cell: Any, place: str) -> ScriptCell:
    markers = {key: value for key, value in cell.metadata.items() if key != "lines_to_next_cell"}
    role = next((role for role in MARKERS if role in markers), "plain")
    read = ScriptCell(role, cell.cell_type, cell.source, markers, place)
    _check_markers(read)
    _check_kind(read)
    return read


def _check_markers(cell: ScriptCell) -> None:
    allowed = MARKERS[cell.role]
    if unknown := sorted(cell.markers.keys() - allowed):
        what = "cell" if cell.role == "plain" else f"{cell.role} cell"
        raise cell.error(
            f"unknown marker {unknown[0]!r}. A {what} may carry {', '.join(sorted(allowed))}; "
            "the roles are exercise, check and question."
        )
    if cell.role != "plain" and not (isinstance(cell.name, str) and cell.name):
        raise cell.error(
            f'expected a name in double quotes, {cell.role}="…", and received {cell.name!r}.'
        )
    if "points" in allowed:
        points = cell.markers.get("points")
        if isinstance(points, bool) or not isinstance(points, int | float) or points <= 0:
            raise cell.error(
                f"expected a number of points above 0 and received {points!r}. "
                f'Write {cell.role}="{cell.name}" points=2.'
            )
    tags = cell.markers.get("tags", [])
    if not isinstance(tags, list) or not TAGS.issuperset(tags):
        raise cell.error(f'expected tags among {sorted(TAGS)}, as in tags=["setup"]: {tags!r}.')


def _check_kind(cell: ScriptCell) -> None:
    if cell.role in ("exercise", "check") and (cell.kind != "code" or cell.source.strip()):
        raise cell.error(
            f"the build writes the cell of the {cell.role}: expected a code cell without a body. "
            "Move what stands here into a cell of its own."
        )
    if cell.role == "question" and (cell.kind != "markdown" or not cell.source.strip()):
        raise cell.error(
            "expected a question to be a markdown cell that holds the model answer and the rubric. "
            f'Write `# %% [markdown] question="{cell.name}" points=2` and the answer below it.'
        )
    if cell.role == "plain" and not cell.source.strip():
        raise cell.error("the cell is empty. Write something in it or remove its marker line.")
