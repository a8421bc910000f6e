"""Stands in for IPython: cells with magics run, as far as they are Python."""

import builtins
from typing import Any

_RUN_THE_CELL = {"time", "timeit", "capture", "prun"}


class Shell:
    """What `get_ipython()` gives: magics do nothing, or run the Python in their cell."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        """Keep the namespace of the cells."""
        self.user_ns = namespace

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> None:
        """Do nothing, except for `%time statement`."""
        if name in _RUN_THE_CELL and line:
            exec(line, self.user_ns)

    def run_cell_magic(self, name: str, line: str, cell: str) -> None:
        """Run the cell if the magic does that."""
        if name in _RUN_THE_CELL:
            exec(cell, self.user_ns)

    def system(self, *_: Any) -> None:
        """Do nothing."""

    getoutput = system
    set_next_input = system


def names(namespace: dict[str, Any]) -> dict[str, Any]:
    """Return what a notebook's namespace holds from the start."""
    shell = Shell(namespace)
    return {
        "__builtins__": builtins,
        "get_ipython": lambda: shell,
        "display": lambda *_, **__: None,
    }


def python_from(source: str) -> str:
    """Return a cell as plain Python: magics and `!commands` as calls."""
    if not any(sign in source for sign in "%!?"):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)
