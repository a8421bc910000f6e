"""A function's source is cut between what is given and what is asked for."""

import ast
from pathlib import Path

import pytest

from resnet_course import blocks
from resnet_course.authoring.solution import read_solution
from resnet_course.errors import CourseError

MODULE = '''\
import functools
raise RuntimeError("this module must not be imported")


@functools.cache
def decorated(x):
    """One line."""
    # A comment that belongs to the solution.
    if x:

        return 1
    return 2


def bare(x):
    return x


def empty(x):
    """Nothing follows."""


class Shape:
    """Not a function."""
'''


@pytest.fixture
def module(tmp_path, monkeypatch):
    (tmp_path / "odd_reference.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    return "odd_reference"


def test_head_and_body_make_up_the_function(module):
    solution = read_solution(f"{module}.decorated")
    assert solution.name == "decorated"
    assert solution.head == '@functools.cache\ndef decorated(x):\n    """One line."""'
    assert solution.body.startswith("    # A comment that belongs to the solution.\n    if x:\n\n")
    assert solution.body.endswith("    return 2")


def test_the_cell_marks_the_body_at_its_indentation(module):
    lines = read_solution(f"{module}.decorated").cell().splitlines()
    assert lines[3] == "    ### BEGIN SOLUTION"
    assert lines[-1] == "    ### END SOLUTION"


def test_a_real_solution_means_the_same_as_the_function_it_comes_from():
    cell = ast.parse(read_solution("resnet_course.blocks.identity_block").cell())
    module = ast.parse(Path(blocks.__file__).read_text())
    original = [node for node in module.body if getattr(node, "name", "") == "identity_block"]
    assert [ast.dump(node) for node in cell.body] == [ast.dump(node) for node in original]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        ("{module}.absent", "no function 'absent'"),
        ("{module}.Shape", "no function 'Shape'"),
        ("{module}.bare", "needs a docstring"),
        ("{module}.empty", "needs a docstring"),
        ("resnet_course.absent.f", "expected the dotted name of a function"),
        ("no_such_module.f", "expected the dotted name of a function"),
        ("f", "expected the dotted name of a function"),
    ],
)
def test_what_cannot_be_read_is_named(module, function, message):
    with pytest.raises(CourseError, match=message):
        read_solution(function.format(module=module))
