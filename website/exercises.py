"""The exercises of the lessons, as the page offers them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_course.authoring.build import lesson_scripts
from resnet_course.authoring.script import read_script

if TYPE_CHECKING:
    from nbformat import NotebookNode

#: Exercises that need what a page does not have, and what that is.
IN_JUPYTERLAB = {"gradient_norms": "gradients"}


@dataclass(frozen=True)
class Lesson:
    """A lesson.

    Attributes:
        name: Name of its folder, such as "02_identity_block".
        released: The notebook that learners get.
        solutions: By the name of an exercise, the module of its solution.
    """

    name: str
    released: Path
    solutions: dict[str, str]

    def notebook(self) -> "NotebookNode":
        """Return the notebook that learners get."""
        import nbformat

        return nbformat.read(self.released, as_version=4)


def lessons(root: Path) -> list[Lesson]:
    """Return the lessons of the course, in their order."""
    found = []
    for script in lesson_scripts(root):
        name = script.parent.name
        solutions = {
            cell.name.rpartition(".")[2]: cell.name.rpartition(".")[0]
            for cell in read_script(script)
            if cell.role == "exercise"
        }
        found.append(Lesson(name, root / "lessons" / name / f"{script.stem}.ipynb", solutions))
    return found


def setup_cell(notebook: "NotebookNode") -> str:
    """Return the lesson's first cell, which imports what it needs."""
    return next(cell.source for cell in notebook.cells if "setup" in cell.metadata.get("tags", ()))


def stub(notebook: "NotebookNode", exercise: str) -> str:
    """Return what an exercise gives learners to fill in."""
    return next(
        cell.source
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == exercise
    )


def described(root: Path) -> str:
    """Return all exercises as JSON, for `runtime/record.py`."""
    exercises = []
    for lesson in lessons(root):
        notebook = lesson.notebook()
        exercises += [
            {
                "exercise": name,
                "setup": setup_cell(notebook),
                "stub": stub(notebook, name),
                "solution": module,
            }
            for name, module in lesson.solutions.items()
        ]
    return json.dumps(exercises)
