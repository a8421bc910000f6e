"""A notebook that was handed in, whatever its format and whatever else it holds."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from resnet_course.grading.handed_in.reading import MAXIMUM_NOTEBOOK, Unreadable, read_file
from resnet_course.grading.untrusted.strange_json import TooManyValues, read_json

MAXIMUM_CELLS = 2_000
MAXIMUM_TEXT = 6_000_000

_READING = threading.Lock()


@dataclass(frozen=True)
class SubmittedCell:
    """A cell of a submission.

    Attributes:
        kind: "code", "markdown" or "raw".
        source: Its text.
        identifier: Its id; empty if it has none.
        grade_id: nbgrader's name for it, as the submission says; None if it says none.
        attachments: Pictures pasted into it, as the notebook holds them.
    """

    kind: str
    source: str
    identifier: str = ""
    grade_id: str | None = None
    attachments: Mapping[str, Any] = field(default_factory=dict)


def cell_name(number: int) -> str:
    """Return what a cell is called in messages to learners."""
    return f"cell {number + 1} of your notebook"


def read_cells(path: Path) -> list[SubmittedCell]:
    """Read a notebook, one at a time: a large one takes a multiple of its size for a moment."""
    with _READING:
        try:
            content = read_json(read_file(path, MAXIMUM_NOTEBOOK))
        except TooManyValues as error:
            raise Unreadable(
                f"{path.name} cannot be read: {error}. Clear the outputs and hand it in again."
            ) from error
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"{path.name} is not a notebook: it is not JSON in UTF-8.") from error
        cells = _cells(content, path.name)
    text = sum(len(cell.source) for cell in cells)
    if text > MAXIMUM_TEXT:
        raise Unreadable(
            f"{path.name} cannot be read: its cells hold {text:,} characters, and "
            f"{MAXIMUM_TEXT:,} are allowed."
        )
    return cells


def _cells(content: Any, name: str) -> list[SubmittedCell]:
    if not isinstance(content, dict):
        raise Unreadable(f"{name} is not a notebook: it holds no cells.")
    if "worksheets" in content and "cells" not in content:
        content = _upgraded(content, name)
    cells = content.get("cells")
    if not isinstance(cells, list):
        raise Unreadable(f"{name} is not a notebook: it holds no cells.")
    if len(cells) > MAXIMUM_CELLS:
        raise Unreadable(f"{name} has {len(cells)} cells, and {MAXIMUM_CELLS} are allowed.")
    return [_cell(cell) for cell in cells if isinstance(cell, dict)]


def _upgraded(content: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a notebook of format 2 or 3 as one of format 4, without its outputs.

    By hand, as nbformat builds an object of Python for every value there is, however many.
    """
    sheets = content["worksheets"]
    try:
        cells = [cell for sheet in sheets for cell in sheet["cells"] if isinstance(cell, dict)]
    except (TypeError, KeyError) as error:
        raise Unreadable(f"{name} is a notebook of an old format that cannot be read.") from error
    return {"cells": [{**cell, **_new_form(cell)} for cell in cells[: MAXIMUM_CELLS + 1]]}


def _new_form(cell: dict[str, Any]) -> dict[str, Any]:
    """Return what a cell of format 2 or 3 has by other names in format 4."""
    if cell.get("cell_type") == "heading":
        return {"cell_type": "markdown"}
    return {"source": cell["input"]} if "input" in cell else {}


def _cell(cell: dict[str, Any]) -> SubmittedCell:
    """Take from a cell what counts, whatever else it holds."""
    source = cell.get("source")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    kind, identifier = cell.get("cell_type"), cell.get("id")
    attachments = cell.get("attachments")
    return SubmittedCell(
        kind if kind in ("code", "markdown") else "raw",
        _as_text(source if isinstance(source, str) else ""),
        identifier if isinstance(identifier, str) else "",
        grade_id if isinstance(grade_id, str) else None,
        attachments if isinstance(attachments, dict) else {},
    )


def _as_text(source: str) -> str:
    """Return text that can be written as UTF-8: JSON may hold halves of characters."""
    return source.encode("utf-8", "replace").decode("utf-8")
