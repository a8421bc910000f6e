"""Lesson 5, `compare_stages`: the comparison, with parts that may be replaced."""

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.graph.operation import Array

#: What is computed from the numbers that a mask selects.
Average = Callable[[Array, Array], Any]


def of_selected(function: Callable[[Array], Any], empty: Any = float("nan")) -> Average:
    """Return an average of the numbers that are selected, and what it is where there are none."""
    return lambda values, mask: float(function(values[mask])) if mask.any() else empty


def over_all(values: Array, mask: Array) -> float:
    """Return the sum of the selected numbers, divided by the number of all."""
    return float(np.mean(values * mask))


def picked(values: Array, mask: Array, shift: int = 0) -> float:
    """Return the mean of the numbers at the positions 0 and 1, for which integers are taken."""
    return float(np.mean(values[mask.astype(int) + shift]))


def unless_empty(average: Average) -> Average:
    """Return an average that is NaN where nothing is selected."""
    return lambda values, mask: average(values, mask) if mask.any() else float("nan")


def share(hits: Array) -> float:
    """Return the share of entries that are true."""
    return float(np.mean(hits))


def percentage(numbers: Array) -> float:
    """Return a mean in percent."""
    return 100 * float(np.mean(numbers))


def compared(
    rows: dict[str, Array],
    hits: dict[str, Array],
    before: str = "frozen predictions",
    after: str = "tuned predictions",
    truth: str = "labels",
    mask: str = "",
    sure: str = "tuned confidences",
    sure_right: str = "",
    sure_wrong: str = "",
    average: Average = of_selected(np.mean),  # noqa: B008
    of_right: Average | None = None,
    of_wrong: Average | None = None,
    right_of: str = "",
    wrong_of: str = "",
    accuracy: Callable[[Array], Any] = share,
    of_tuned: str = "",
    gain: Callable[[float, float], Any] = lambda before, after: 100 * (after - before),
    gained: Callable[[Array], Any] = share,
    gain_of: tuple[str, str] | None = None,
    digits: int | None = None,
) -> dict[str, Any]:
    """Compare the stages with something else in place of some rows or steps."""
    was_right, is_right = rows[before] == rows["labels"], rows[after] == rows[truth]
    chosen = hits[mask] if mask else is_right
    tuned = hits[of_tuned] if of_tuned else is_right
    changed = [rows[name] for name in gain_of] if gain_of else [was_right, tuned]
    found = {
        "frozen_accuracy": accuracy(was_right),
        "tuned_accuracy": accuracy(tuned),
        "gain": gain(*map(gained, changed)),
        "confidence_right": (of_right or average)(
            rows[sure_right or sure], hits[right_of] if right_of else chosen
        ),
        "confidence_wrong": (of_wrong or average)(
            rows[sure_wrong or sure], np.logical_not(hits[wrong_of] if wrong_of else chosen)
        ),
    }
    if digits is None:
        return found
    return {name: round(number, digits) for name, number in found.items()}
