"""Reference solutions as text: a function's source, cut where the learner's part begins."""

import ast
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from resnet_course.errors import CourseError


@dataclass(frozen=True)
class Solution:
    """The source of a reference function.

    Attributes:
        name: Name of the function.
        head: Decorators, signature and docstring: what the learner is given.
        body: The statements after the docstring: what the learner writes.
    """

    name: str
    head: str
    body: str

    def cell(self) -> str:
        """Return the source of the solved cell, from which nbgrader cuts the stub."""
        indent = self.body[: len(self.body) - len(self.body.lstrip())]
        return "\n".join(
            [self.head, f"{indent}### BEGIN SOLUTION", self.body, f"{indent}### END SOLUTION"]
        )


def read_solution(function: str) -> Solution:
    """Read a function's source from its module, without importing the module.

    Args:
        function: Dotted name of a function at the top level of a module, such as
            `"resnet_course.blocks.identity_block"`.

    Returns:
        Its source.

    Raises:
        CourseError: If there is no such function, or it has no docstring or no body.
    """
    module, _, name = function.rpartition(".")
    text = _module_path(module, function).read_text(encoding="utf-8")
    statements = ast.parse(text).body
    found = [node for node in statements if isinstance(node, ast.FunctionDef) and node.name == name]
    if not found:
        raise CourseError(f"module {module} has no function {name!r}. Check the spelling.")
    node = found[-1]
    if ast.get_docstring(node) is None or len(node.body) < 2:
        raise CourseError(
            f"{function} needs a docstring, which the learner is given, and a body after it, "
            "which the learner writes."
        )
    lines = text.splitlines()
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    docstring_end = node.body[0].end_lineno
    head = "\n".join(lines[first - 1 : docstring_end])
    body = "\n".join(lines[docstring_end : node.end_lineno]).strip("\n")
    return Solution(name, head, body)


def _module_path(module: str, function: str) -> Path:
    try:
        spec = importlib.util.find_spec(module) if module else None
    except ModuleNotFoundError:
        spec = None
    if spec is None or spec.origin is None:
        raise CourseError(
            f"expected the dotted name of a function, such as resnet_course.blocks.identity_block, "
            f"and found no module for {function!r}."
        )
    return Path(spec.origin)
