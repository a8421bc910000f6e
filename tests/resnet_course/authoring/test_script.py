"""A percent script is read as it is written, or refused with the line and what to do."""

import pytest

from resnet_course.authoring.script import read_script
from resnet_course.errors import CourseError


def test_cells_keep_their_order_roles_and_text(script):
    cells = read_script(script)
    assert [cell.role for cell in cells] == [
        "plain",
        "plain",
        "exercise",
        "check",
        "question",
        "plain",
    ]
    assert [cell.kind for cell in cells] == [
        "markdown",
        "code",
        "code",
        "code",
        "markdown",
        "code",
    ]
    assert cells[0].source.startswith("# 1 · Tiny\n$x + x$")
    assert cells[3].markers == {"check": "double", "points": 2}
    assert cells[5].markers == {"tags": ["experiment"]}


def test_a_comment_that_looks_like_a_command_stays_a_comment(script):
    assert "# cat is a word, not a command" in read_script(script)[1].source


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ('# %% excercise="m.f"\n', 1, "unknown marker 'excercise'"),
        ("# %% A title\nx = 1\n", 1, "unknown marker 'title'"),
        ('# %% exercise="m.f" points=2\n', 1, "unknown marker 'points'"),
        ('# %%\nx = 1\n\n# %% tags=["setp"]\ny = 2\n', 4, "expected tags among"),
        ('# %% check="f"\n', 1, "expected a number of points above 0 and received None"),
        ('# %% check="f" points=0\n', 1, "received 0"),
        ('# %% check="f" points="two"\n', 1, "received 'two'"),
        ('# %% check="f" points=true\n', 1, "received True"),
        ("# %% check=3 points=2\n", 1, "expected a name in double quotes"),
        ('# %% exercise="m.f"\nx = 1\n', 1, "expected a code cell without a body"),
        ('# %% [markdown] check="f" points=1\n# x\n', 1, "expected a code cell without a body"),
        ('# %% question="q" points=1\n# x\n', 1, "expected a question to be a markdown cell"),
        ('# %% [markdown] question="q" points=1\n', 1, "holds the model answer"),
        ("# %%\nx = 1\n\n# %%\n", 4, "the cell is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, line, message):
    script = tmp_path / "solutions" / "01_tiny" / "tiny.py"
    script.parent.mkdir(parents=True)
    script.write_text(text)
    with pytest.raises(CourseError) as caught:
        read_script(script)
    assert str(caught.value).startswith(f"solutions/01_tiny/tiny.py, line {line} (cell ")
    assert message in str(caught.value)


@pytest.mark.parametrize("text", ["", "x = 1\n", "x = 1\n\n# %%\ny = 2\n"])
def test_text_before_the_first_cell_is_refused(tmp_path, text):
    script = tmp_path / "tiny.py"
    script.write_text(text)
    with pytest.raises(CourseError, match="Begin the file with"):
        read_script(script)
