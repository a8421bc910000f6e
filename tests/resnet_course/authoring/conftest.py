"""A course of one tiny lesson, with a reference module of its own."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

REFERENCE = '''\
"""Reference solutions of a tiny course."""


def double(x: float) -> float:
    """Return twice `x`.

    Args:
        x: Any number.
    """
    two = 2

    return two * x
'''

SCRIPT = """\
# %% [markdown]
# # 1 · Tiny
# $x + x$ and ![a picture](figures/picture.svg)

# %% tags=["setup"]
import checks
# cat is a word, not a command

# %% exercise="tiny_reference.double"

# %% check="double" points=2

# %% [markdown] question="why" points=1.5
# The secret answer.

# %% tags=["experiment"]
print(double(3))
"""


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a course folder with one lesson, and its reference module on the path."""
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "tiny_reference.py").write_text(REFERENCE)
    monkeypatch.syspath_prepend(modules)
    course = tmp_path / "course"
    lesson = course / "solutions" / "01_tiny"
    (lesson / "figures").mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", course)
    (lesson / "tiny.py").write_text(SCRIPT)
    (lesson / "figures" / "picture.svg").write_text("<svg/>")
    (lesson / "rubric.md").write_text("The secret rubric.")
    return course


@pytest.fixture
def script(course: Path) -> Path:
    """Give the percent script of the tiny lesson."""
    return course / "solutions" / "01_tiny" / "tiny.py"
