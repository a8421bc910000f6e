"""Which modules there are in a package, and which of them import which."""

import ast
from collections.abc import Container, Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[1]

#: Modules by name, each with the names of the modules that it imports, anywhere in it.
Imports = dict[str, set[str]]


def imports(package: str) -> Imports:
    """Return what the modules of a package import of each other, by names without the package's."""
    paths = {_name(path): path for path in (ROOT / package).rglob("*.py")}
    return {
        name.removeprefix(f"{package}."): {
            each.removeprefix(f"{package}.") for each in set(_imported(path, paths)) - {name}
        }
        for name, path in paths.items()
    }


def inside(modules: Imports, room: str) -> Imports:
    """Return what the modules of a room import of each other, by names without the room's."""
    return {
        name.removeprefix(f"{room}."): {
            each.removeprefix(f"{room}.") for each in imported if each.startswith(f"{room}.")
        }
        for name, imported in modules.items()
        if name.startswith(f"{room}.")
    }


def rooms(modules: Imports) -> Imports:
    """Return what the folders and files on a package's first level import of each other."""
    found: Imports = {}
    for name, imported in modules.items():
        room = name.split(".")[0]
        others = {each.split(".")[0] for each in imported} - {room}
        found.setdefault(room, set()).update(others)
    return found


def floors(modules: Imports) -> int:
    """Return how many modules the longest chain of imports has.

    Raises:
        graphlib.CycleError: If modules import each other in a circle.
    """
    height: dict[str, int] = {}
    for name in TopologicalSorter(modules).static_order():
        height[name] = 1 + max((height[each] for each in modules.get(name, ())), default=0)
    return max(height.values())


def arrows(modules: Imports) -> int:
    """Return how many imports there are."""
    return sum(map(len, modules.values()))


def lengths_of_functions(package: str) -> list[int]:
    """Return the number of lines of every function of a package, sorted."""
    return sorted(
        (node.end_lineno or 0) - node.lineno + 1
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def lines(path: Path) -> int:
    """Return the number of lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def circle(modules: Imports) -> str:
    """Return a circle of imports in words; "" if there is none."""
    try:
        floors(modules)
    except ValueError as error:
        return " ← ".join(dict.fromkeys(name for pair in pairwise(error.args[1]) for name in pair))
    return ""


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def _imported(path: Path, modules: Container[str]) -> Iterator[str]:
    """Yield which of some modules a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            for each in node.names:
                inner = f"{node.module}.{each.name}"
                yield from [name for name in (inner, str(node.module)) if name in modules][:1]
        elif isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in modules)
