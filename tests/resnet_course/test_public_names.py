"""What programs import from the package itself: light, typed, listed, and shown by examples."""

import ast
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import resnet_course
from tests.structure import ROOT

PAGE = (ROOT / "docs" / "training.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_package_loads_nothing_until_a_name_is_used():
    code = (
        "import sys, resnet_course; dir(resnet_course);"
        "print([each for each in ('numpy', 'keras', 'tensorflow') if each in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
    assert "docs/training.md" in str(inspect.getdoc(resnet_course))


@pytest.mark.parametrize("name", resnet_course.__all__)
def test_every_name_is_what_it_says_whatever_was_imported_before(name):
    import resnet_course.finetuning.two_stages
    import resnet_course.transfer_learning

    found = getattr(resnet_course, name)
    assert callable(found)
    assert inspect.getdoc(found)
    assert name in dir(resnet_course)
    assert re.search(rf"^\| `{name}\(", PAGE, re.MULTILINE)


def test_type_checkers_see_the_names_that_are_loaded_later():
    tree = ast.parse(Path(resnet_course.__file__).read_text(encoding="utf-8"))
    [block] = [each for each in tree.body if isinstance(each, ast.If)]
    typed = {}
    for each in block.body:
        assert isinstance(each, ast.ImportFrom)
        module = str(each.module).removeprefix("resnet_course.")
        typed |= {alias.asname or alias.name: f"{module}.{alias.name}" for alias in each.names}
    assert typed == resnet_course._PLACES
    assert sorted(typed) == sorted(resnet_course.__all__)


def test_other_names_are_refused_as_those_of_any_module():
    with pytest.raises(AttributeError, match="module 'resnet_course' has no attribute 'resnet51'"):
        resnet_course.resnet51  # noqa: B018


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda code: code.split("\n")[0])
def test_the_examples_of_the_page_run(example, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(example, "docs/training.md", "exec"), {})
    assert capsys.readouterr().out
