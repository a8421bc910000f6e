"""How the packages are laid out: what lies on one level, who imports whom, how long things are.

    python benchmarks/house.py

A room is a file or folder on the first level of a package, an arrow an import of one room in
another, and floors are the rooms in the longest chain of imports.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.structure import (
    ROOT,
    arrows,
    floors,
    imports,
    inside,
    lengths_of_functions,
    lines,
    rooms,
)


def main() -> None:
    """Print the figures of both packages."""
    for package in ("checks", "resnet_course"):
        modules = imports(package)
        on_one_level = rooms(modules)
        files = [*(ROOT / package).rglob("*.py")]
        largest = max(files, key=lines)
        lengths = lengths_of_functions(package)
        print(
            f"{package}: {len(on_one_level)} rooms, {floors(on_one_level)} floors, "
            f"{arrows(on_one_level)} arrows between rooms; {len(modules)} modules, "
            f"{sum(map(lines, files)):,} lines; the largest file is "
            f"{largest.relative_to(ROOT)} with {lines(largest):,} lines; functions have "
            f"{lengths[len(lengths) // 2]} lines in the middle, "
            f"{lengths[len(lengths) * 95 // 100]} at the 95th percentile"
        )
    within = rooms(inside(imports("resnet_course"), "grading"))
    print(
        f"resnet_course/grading: {len(within)} rooms, {floors(within)} floors, "
        f"{arrows(within)} arrows between rooms"
    )
    catalogue = [*(ROOT / "checks" / "catalogue").glob("*.py")]
    print(f"checks/catalogue: {len(catalogue)} files, {sum(map(lines, catalogue)):,} lines")


if __name__ == "__main__":
    main()
