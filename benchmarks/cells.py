"""Cells of the tables that benchmarks print."""

import statistics
from collections.abc import Sequence


def cell(values: Sequence[float | None], places: int = 1) -> str:
    """Return a mean and, where there are several, the values that it is of."""
    numbers = [value for value in values if value is not None]
    if not numbers:
        return "–"
    mean = f"{statistics.mean(numbers):.{places}f}"
    several = ", ".join(f"{number:.{places}f}" for number in numbers)
    return f"{mean} ({several})" if len(numbers) > 1 else mean
