"""Attacks that a submission makes as a file: by the notebook's form, or by what lies beside it.

Each is a function of the submission's folder, the untouched notebook, and the course folder.
"""

import json
import os
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

NOTEBOOK = "identity_block.ipynb"
Json = dict[str, Any]

#: Names of attacks after which a person has to look at the submission.
NEEDS_ATTENTION = {
    "no_json",
    "empty_file",
    "binary_file",
    "huge_file",
    "deeply_nested",
    "empty_lists",
    "wide_letters",
    "no_cells",
    "link_to_the_solution",
    "linked_folder",
    "pipe_instead_of_a_notebook",
    "folder_instead_of_a_notebook",
    "two_other_notebooks",
    "too_many_cells",
    "deep_folders",
    "many_files",
    "file_instead_of_a_folder",
}


def marks(notebook: Json, grade_id: str) -> Json:
    return next(
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def write(folder: Path, notebook: Json, name: str = NOTEBOOK) -> None:
    (folder / name).write_text(json.dumps(notebook))


def no_json(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in half a file."""
    (folder / NOTEBOOK).write_text(json.dumps(notebook)[:1000])


def empty_file(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in nothing."""
    (folder / NOTEBOOK).write_bytes(b"")


def binary_file(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a picture by the notebook's name."""
    (folder / NOTEBOOK).write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))


def huge_file(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a file larger than the memory, with nothing in it."""
    with (folder / NOTEBOOK).open("wb") as file:
        file.truncate(2**36)


def deeply_nested(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in JSON that no reader can follow."""
    (folder / NOTEBOOK).write_text("[" * 100_000)


def empty_lists(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in JSON that takes whoever reads it thirty times its size."""
    (folder / NOTEBOOK).write_text('{"cells": [' + "[]," * 6_900_000 + "[]]}")


def wide_letters(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a notebook that takes four times its size, as each letter takes as much as any."""
    marks(notebook, "two_changes")["source"] = "\U0001f600" + "a" * (20 * 2**20 - 100_000)
    (folder / NOTEBOOK).write_text(json.dumps(notebook, ensure_ascii=False))


def no_cells(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in JSON that is not a notebook."""
    write(folder, {"points": 100, "cells": "all right"})


def too_many_cells(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a hundred thousand cells."""
    cell = {"cell_type": "code", "source": "pass", "metadata": {}}
    write(folder, {"cells": [cell] * 100_000, "metadata": {}, "nbformat": 4})


def strange_cells(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in cells of the wrong types among the right ones."""
    strange = [None, 3, {}, {"cell_type": 5, "source": {"a": 1}, "metadata": [], "id": []}]
    strange.append({"cell_type": "code", "source": [1, "x = 1"], "metadata": {"nbgrader": "yes"}})
    notebook["cells"] = strange + notebook["cells"]
    write(folder, notebook)


def halves_of_characters(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in text that cannot be written as UTF-8."""
    marks(notebook, "two_changes")["source"] = "\ud800 answer \udfff"
    marks(notebook, "conv_bn")["source"] = "x = '\ud800'\x00"
    (folder / NOTEBOOK).write_text(json.dumps(notebook))


def link_to_the_solution(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a link to the solved notebook."""
    (folder / NOTEBOOK).symlink_to(course / "solutions/02_identity_block" / NOTEBOOK)


def linked_folder(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a link to the folder of solutions."""
    folder.rmdir()
    folder.symlink_to(course / "solutions/02_identity_block")


def linked_helper(folder: Path, notebook: Json, course: Path) -> None:
    """Lay a link to the solved notebook beside the notebook, and run its answers."""
    (folder / "helper.json").symlink_to(course / "solutions/02_identity_block" / NOTEBOOK)
    marks(notebook, "conv_bn")["source"] = (
        "import json\nfor cell in json.load(open('helper.json'))['cells']:\n"
        "    if 'def ' in ''.join(cell['source']):\n        exec(''.join(cell['source']))"
    )
    write(folder, notebook)


def pipe_instead_of_a_notebook(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a pipe at which a reader waits for ever."""
    os.mkfifo(folder / NOTEBOOK)


def folder_instead_of_a_notebook(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a folder by the notebook's name."""
    (folder / NOTEBOOK).mkdir()


def two_other_notebooks(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in two notebooks, none by the right name."""
    write(folder, notebook, "first.ipynb")
    write(folder, notebook, "second.ipynb")


def edited_tests(folder: Path, notebook: Json, course: Path) -> None:
    """Edit the test cells so that they give full marks."""
    for name in ("conv_bn", "identity_block", "identity_block_parameters"):
        marks(notebook, f"check_{name}")["source"] = "5.0"
    write(folder, notebook)


def removed_tests(folder: Path, notebook: Json, course: Path) -> None:
    """Leave out the test cells."""
    notebook["cells"] = [
        cell
        for cell in notebook["cells"]
        if not cell["metadata"].get("nbgrader", {}).get("grade_id", "").startswith("check_")
    ]
    write(folder, notebook)


def duplicated_cells(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in every cell twice."""
    notebook["cells"] = [deepcopy(each) for cell in notebook["cells"] for each in (cell, cell)]
    write(folder, notebook)


def more_points(folder: Path, notebook: Json, course: Path) -> None:
    """Say that every cell is worth a hundred points."""
    for cell in notebook["cells"]:
        if "nbgrader" in cell["metadata"]:
            cell["metadata"]["nbgrader"].update(points=100, auto_score=100, manual_score=100)
    write(folder, notebook)


def other_names(folder: Path, notebook: Json, course: Path) -> None:
    """Give the easiest exercise the name of the one with the most points, with a right answer."""
    easy, hard = marks(notebook, "check_conv_bn"), marks(notebook, "check_identity_block")
    easy["metadata"]["nbgrader"]["grade_id"] = "check_identity_block"
    hard["metadata"]["nbgrader"]["grade_id"] = "check_conv_bn"
    easy["source"] = hard["source"] = "checks.conv_bn(conv_bn)\n"
    write(folder, notebook)


def extra_tests(folder: Path, notebook: Json, course: Path) -> None:
    """Add graded cells of one's own that always pass."""
    for number in range(5):
        cell = deepcopy(marks(notebook, "check_conv_bn"))
        cell["metadata"]["nbgrader"].update(grade_id=f"bonus_{number}", points=10)
        cell["source"] = "assert True"
        notebook["cells"].append(cell)
    write(folder, notebook)


def tests_as_text(folder: Path, notebook: Json, course: Path) -> None:
    """Turn the test cells into text, which never fails."""
    for name in ("check_conv_bn", "check_identity_block"):
        cell = marks(notebook, name)
        cell["cell_type"] = "markdown"
        cell.pop("outputs", None)
    write(folder, notebook)


def answered_by_hand(folder: Path, notebook: Json, course: Path) -> None:
    """Turn a test into a written answer, which a person may take for a right one."""
    cell = marks(notebook, "check_identity_block")
    cell["cell_type"] = "markdown"
    cell["metadata"]["nbgrader"].update(solution=True, locked=False)
    write(folder, notebook)


def skipped_tests(folder: Path, notebook: Json, course: Path) -> None:
    """Ask by tags not to run the tests."""
    for cell in notebook["cells"]:
        cell["metadata"]["tags"] = ["skip-execution", "experiment", "raises-exception"]
    write(folder, notebook)


def other_kernel(folder: Path, notebook: Json, course: Path) -> None:
    """Ask for a kernel in which everything passes."""
    notebook["metadata"]["kernelspec"] = {"name": "bash", "language": "bash", "display_name": ""}
    notebook["metadata"]["language_info"] = {"name": "bash"}
    write(folder, notebook)


def outputs_of_success(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in test cells that show full marks already."""
    data = {"text/plain": "5.0", "text/html": "<script>alert(1)</script>"}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = [
                {
                    "output_type": "execute_result",
                    "data": data,
                    "metadata": {},
                    "execution_count": 1,
                }
            ]
    write(folder, notebook)


def another_lesson(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a notebook of another lesson by this one's name."""
    for cell in notebook["cells"]:
        if grade_id := cell["metadata"].get("nbgrader", {}).get("grade_id"):
            cell["metadata"]["nbgrader"]["grade_id"] = f"other_{grade_id}"
    write(folder, notebook)


def modules_beside_it(folder: Path, notebook: Json, course: Path) -> None:
    """Lay modules beside the notebook that stand in for those of the grader."""
    for name in ("checks", "keras", "numpy", "runner", "json", "sitecustomize", "pickle"):
        (folder / f"{name}.py").write_text("def __getattr__(name): return lambda *a, **k: 5.0\n")
    (folder / "resnet_course").mkdir()
    (folder / "resnet_course" / "__init__.py").write_text("raise SystemExit(0)\n")
    write(folder, notebook)


def gradebook_beside_it(folder: Path, notebook: Json, course: Path) -> None:
    """Lay a gradebook and settings beside the notebook."""
    (folder / "gradebook.db").write_bytes(b"SQLite format 3\x00")
    (folder / "nbgrader_config.py").write_text("raise SystemExit(0)\n")
    (folder / "timestamp.txt").write_text("9999-99-99 99:99:99 <script>")
    write(folder, notebook)


def strange_names_beside_it(folder: Path, notebook: Json, course: Path) -> None:
    """Lay files with names that hurt terminals and paths beside the notebook."""
    (folder / "\x1b[2Jowned.ipynb").write_text("{}")
    (folder / "..hidden").write_text("x")
    (folder / "link").symlink_to("/etc/passwd")
    write(folder, notebook)


def early_experiment(folder: Path, notebook: Json, course: Path) -> None:
    """Give an answer the id of an experiment, or an experiment that of a test."""
    for cell in notebook["cells"]:
        if "experiment" in cell["metadata"].get("tags", []):
            cell["metadata"]["nbgrader"] = deepcopy(
                marks(notebook, "check_identity_block")["metadata"]["nbgrader"]
            )
    write(folder, notebook)


def old_format(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a notebook of format 3 with tests that pass."""
    cell = {"cell_type": "code", "input": "5.0", "language": "python", "outputs": []}
    sheet = {"cells": [cell], "metadata": {}}
    old = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}, "worksheets": [sheet]}
    write(folder, old)


def deep_folders(folder: Path, notebook: Json, course: Path) -> None:
    """Lay folders within folders beside the notebook, deeper than anyone needs."""
    write(folder, notebook)
    (folder / "/".join(["d" * 100] * 25)).mkdir(parents=True)


def many_files(folder: Path, notebook: Json, course: Path) -> None:
    """Lay thousands of files beside the notebook."""
    write(folder, notebook)
    for number in range(3000):
        (folder / str(number)).touch()


def file_instead_of_a_folder(folder: Path, notebook: Json, course: Path) -> None:
    """Hand in a file where a folder should be."""
    folder.rmdir()
    folder.write_text("{}")


def living_answers(folder: Path, notebook: Json, course: Path) -> None:
    """Answer a question, and add cells, with links and formulas that run scripts in formgrader."""
    living = (
        "[x](javascript:alert(1)) ![x](https://evil.example/seen.png) ![x](.grading/secret) "
        "![x](attachment:missing.png) $\\href{javascript:alert(1)}{x}$ <img src=x onerror=alert(1)>"
        "\n\n[y]\n\n[y]: javascript:alert(1)\n\n```mermaid\nclick A\n```"
    )
    _answer(notebook, living, "x = 1")
    notebook["cells"].append({"cell_type": "markdown", "metadata": {}, "source": living})
    notebook["cells"].append({"cell_type": "raw", "metadata": {}, "source": living})
    write(folder, notebook)


def pages_without_end(folder: Path, notebook: Json, course: Path) -> None:
    """Answer with what formgrader takes minutes to show."""
    _answer(notebook, "[a](" * 20_000, "a;" * 40_000)
    wide = {"cell_type": "markdown", "metadata": {}, "source": "[[" * 40_000}
    notebook["cells"] += [wide] * 20
    write(folder, notebook)


def _answer(notebook: Json, words: str, code: str) -> None:
    """Put words into the written answers, and code into the others."""
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = words if cell["cell_type"] == "markdown" else code


ATTACKS: dict[str, Callable[[Path, Json, Path], None]] = {
    each.__name__: each
    for each in (
        no_json,
        empty_file,
        binary_file,
        huge_file,
        deeply_nested,
        empty_lists,
        wide_letters,
        no_cells,
        too_many_cells,
        strange_cells,
        halves_of_characters,
        link_to_the_solution,
        linked_folder,
        linked_helper,
        pipe_instead_of_a_notebook,
        folder_instead_of_a_notebook,
        two_other_notebooks,
        edited_tests,
        removed_tests,
        duplicated_cells,
        more_points,
        other_names,
        extra_tests,
        tests_as_text,
        answered_by_hand,
        skipped_tests,
        other_kernel,
        outputs_of_success,
        another_lesson,
        modules_beside_it,
        gradebook_beside_it,
        strange_names_beside_it,
        early_experiment,
        old_format,
        deep_folders,
        many_files,
        file_instead_of_a_folder,
        living_answers,
        pages_without_end,
    )
}
