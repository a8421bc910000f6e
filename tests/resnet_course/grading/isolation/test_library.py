"""Submissions may import the course, but for what answers their lesson."""

import subprocess
import sys
from pathlib import Path

import pytest

from resnet_course.grading.course.assignment import read_assignment
from resnet_course.grading.isolation.library import imports_of_course, write_library

ROOT = Path(__file__).parents[4]
LESSONS = sorted(path.name for path in (ROOT / "solutions").iterdir() if path.is_dir())


@pytest.fixture(params=LESSONS)
def library(request, tmp_path):
    """Give a lesson, what its cells import from the course, and its library."""
    assignment = read_assignment(ROOT, "solutions", request.param)
    imported = imports_of_course(cell.source for cell in assignment.code)
    write_library(tmp_path, assignment.answers, imported)
    return assignment, imported, tmp_path


def defined(path: Path) -> dict[str, str]:
    """Return the source of each function of a module, by name."""
    import ast

    text = path.read_text()
    return {
        each.name: ast.unparse(each)
        for each in ast.walk(ast.parse(text))
        if isinstance(each, ast.FunctionDef)
    }


def test_no_module_holds_an_answer(library):
    assignment, _, folder = library
    assert assignment.answers
    for path in folder.rglob("*.py"):
        for name, source in defined(path).items():
            assert name not in assignment.answers or "raise NotImplementedError" in source


def is_there(folder: Path, module: str, name: str) -> bool:
    """Return whether a module of a library defines a name, or imports it from one that does."""
    import ast

    path = folder.joinpath("resnet_course", *module.split("."))
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    for each in ast.parse(path.read_text()).body:
        if isinstance(each, ast.FunctionDef | ast.ClassDef) and each.name == name:
            return True
        if isinstance(each, ast.ImportFrom) and name in [alias.name for alias in each.names]:
            return is_there(folder, str(each.module).removeprefix("resnet_course."), name)
    return False


def test_what_the_lesson_imports_is_there(library):
    _, imported, folder = library
    assert imported
    for module, names in imported.items():
        assert all(is_there(folder, module, name) for name in names), module


def test_no_reference_of_the_checks_is_there(library):
    _, _, folder = library
    modules = {path.stem for path in (folder / "checks").rglob("*.py")}
    assert "probe" in modules
    assert not modules & {"catalogue", "judge", "api", "mistakes", "identity", "exercise"}


def test_the_grader_is_not_there(library):
    _, _, folder = library
    grading = folder / "resnet_course" / "grading"
    there = {path.relative_to(grading).as_posix() for path in grading.rglob("*.py")}
    outside = {path for path in there if not path.startswith("isolation/sandboxed/")}
    assert outside == {"__init__.py", "isolation/__init__.py"}
    assert there - outside


def test_modules_of_the_probe_are_themselves_and_every_other_name_is_a_quiet_check(library):
    code = (
        f"import sys; sys.path.insert(0, {str(library[2])!r})\n"
        "from checks import encoding, conv_bn\n"
        "print(encoding.__name__, conv_bn(None))"
    )
    ran = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert ran.stdout.split() == ["checks.encoding", "None"], ran.stderr
