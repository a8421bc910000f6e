"""Finds the modules that the page has to bring: all that lessons and checks import.

It runs under Pyodide in Node, with the packages' sources. Every lesson's first cell runs, and every
exercise is checked with its solution, with its stub and with an answer that raises.
"""

import importlib
import json
import sys
from pathlib import Path

GUEST = "/guest/"


def modules(lessons: str) -> list[str]:
    """Return the files of all modules that are needed, relative to the packages' folder.

    Args:
        lessons: JSON: for each exercise the lesson's first cell, the stub, and where the solution
            is: `setup`, `exercise`, `stub`, `solution` (a module).
    """
    import desk

    import checks

    for asked in json.loads(lessons):
        name = asked["exercise"]
        first = {"name": "setup", "source": asked["setup"]}
        exec(compile(asked["setup"], f"<setup of {name}>", "exec"), {})
        raising = f"def {name}(*args, **kwargs):\n    return None.shape\n"
        for source in (asked["stub"], raising):
            cells = [first, {"name": name, "source": source}]
            desk.check(json.dumps({"exercise": name, "points": 1, "cells": cells}))
        solution = getattr(importlib.import_module(asked["solution"]), name)
        checks.run(name, solution)
    files = {getattr(module, "__file__", None) or "" for module in sys.modules.values()}
    needed = {file.removeprefix(GUEST) for file in files if file.startswith(GUEST)}
    needed |= {path.as_posix().removeprefix(GUEST) for path in Path(GUEST, "checks").rglob("*.py")}
    return sorted(needed)
