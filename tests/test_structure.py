"""Which room of the house may import which, and that each says what it is for."""

import ast
import sys
from collections.abc import Mapping

import pytest

from tests.structure import ROOT, Imports, circle, imports, inside, rooms

PACKAGES = ("checks", "resnet_course")

#: What each file and folder on the first level may import of the others. `api` runs a whole check.
CHECKS: Mapping[str, str] = {
    "graph": "",
    "encoding": "",
    "evidence": "encoding",
    "messages": "evidence graph",
    "differences": "encoding evidence graph",
    "report": "differences graph",
    "case": "graph",
    "mistakes": "graph messages",
    "variations": "messages mistakes",
    "exercise": "case evidence graph messages mistakes variations",
    "catalogue": "case differences evidence exercise graph messages mistakes variations",
    "probing": "case encoding evidence graph",
    "browser": "",
    "judging": "case differences encoding evidence exercise graph messages mistakes report",
    "api": "catalogue judging probing report",
    "checks": "api report",
}

#: The same of the course. The four files of reference solutions import no tool.
COURSE: Mapping[str, str] = {
    "errors": "",
    "files": "errors",
    "choices": "errors",
    "quiet": "errors",
    "configuration": "errors quiet",
    "plain": "",
    "blocks": "",
    "keras_weights": "errors",
    "resnet": "blocks keras_weights",
    "transfer_learning": "",
    "acceleration": "",
    "pictures": "errors",
    "augmentation": "pictures",
    "data": "augmentation choices errors files pictures quiet",
    "letters": "data",
    "training": "acceleration augmentation choices data errors files pictures quiet resnet",
    "results": "data errors files pictures quiet training",
    "finetuning": "acceleration augmentation choices data errors files pictures quiet resnet "
    "results training transfer_learning",
    "authoring": "configuration errors files",
    "grading": "authoring configuration errors files quiet resnet_course",
    "desk": "blocks data errors files finetuning grading quiet results training",
    "commands": "authoring choices data desk errors files finetuning grading quiet results "
    "training",
    "cli": "commands errors resnet_course",
    "resnet_course": "blocks data finetuning resnet results training",
    "__main__": "cli",
}

#: The same of `grading`, which is as large as a package. `execute` and `rubric` are nbgrader's
#: plugins: they stay where the configurations of courses name them.
GRADING: Mapping[str, str] = {
    "untrusted": "",
    "course": "",
    "handed_in": "course untrusted",
    "isolation": "untrusted",
    "host": "isolation",
    "marking": "course handed_in isolation untrusted",
    "records": "course handed_in marking untrusted",
    "reports": "course handed_in marking records untrusted",
    "run": "course handed_in isolation marking records reports",
    "grade": "course handed_in records reports run",
    "execute": "",
    "rubric": "reports",
}


def not_allowed(modules: Imports, allowed: Mapping[str, str]) -> list[str]:
    """Return the imports that are not allowed, in words."""
    return [
        f"{room} imports {other}"
        for room, others in rooms(modules).items()
        for other in sorted(others - set(allowed[room].split()))
    ]


@pytest.mark.parametrize(("package", "allowed"), [("checks", CHECKS), ("resnet_course", COURSE)])
def test_each_room_imports_only_what_it_may(package, allowed):
    assert not_allowed(imports(package), allowed) == []


def test_each_room_of_the_grader_imports_only_what_it_may():
    assert not_allowed(inside(imports("resnet_course"), "grading"), GRADING) == []


def test_an_import_that_is_not_allowed_is_named():
    modules = {"graph.graph": {"report.page"}, "report.page": {"graph.graph"}}
    assert not_allowed(modules, CHECKS) == ["graph imports report"]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_modules_import_each_other_in_a_circle(package):
    assert circle(imports(package)) == ""
    assert circle(rooms(imports(package))) == ""


def test_no_rooms_of_the_grader_import_each_other_in_a_circle():
    assert circle(rooms(inside(imports("resnet_course"), "grading"))) == ""


def test_a_circle_is_named():
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": set()}).split(" ← ")) == {*"abc"}


@pytest.mark.parametrize("package", PACKAGES)
def test_no_module_is_named_like_one_of_the_standard_library(package):
    names = {path.stem for path in (ROOT / package).rglob("*.py")}
    assert names & set(sys.stdlib_module_names) == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_each_package_says_in_a_paragraph_what_it_is_for(package):
    for path in (ROOT / package).rglob("__init__.py"):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        assert len(text.split("\n\n")) > 1, f"{path} should say what it is for and may import"


def house() -> Mapping[str, set[str]]:
    """Return the names that the picture of the house in CONTRIBUTING.md has for each package."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    picture = text.split("## The house\n\n```\n")[1].split("```")[0]
    names: dict[str, set[str]] = {}
    for line in picture.splitlines():
        first = line.strip().split("  ")[0]
        if not line.startswith(" "):
            package = names.setdefault(first.rstrip("/"), set())
        elif len(line) - len(line.lstrip()) == 2:
            package.update(first.split(", "))
    return names


@pytest.mark.parametrize("package", PACKAGES)
def test_the_picture_of_the_house_shows_every_file_and_folder(package):
    folder = ROOT / package
    files = {path.stem for path in folder.glob("[!_]*.py")}
    folders = {f"{path.name}/" for path in folder.glob("[!_.]*/")}
    assert house()[package] == files | folders
