"""Tells whether a formula gives the numbers that a learner's function returned."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from checks.differences.values import agree, shape_of

#: A formula may leave this share of the arrays open, in the mean over all calls.
MOST_OPEN = 0.7


class Returned:
    """What a function returned in all of its calls, to be compared with many formulas."""

    def __init__(self, calls: Sequence[tuple[Mapping[str, Any], Any]], tolerance: float) -> None:
        """Prepare to compare, beginning with the smallest array: most formulas fail there.

        Args:
            calls: The arguments of the calls, by name, and what was returned.
            tolerance: Largest relative difference that counts as equal.
        """
        self._calls = sorted(
            ((arguments, received, shape_of(received)) for arguments, received in calls),
            key=lambda call: int(np.prod(call[2])),
        )
        self._tolerance = tolerance

    def says_something(self) -> bool:
        """Return whether some array holds different numbers: many formulas give zeros."""
        return any(
            not isinstance(received, np.ndarray) or np.ptp(received) > 0
            for _, received, _ in self._calls
        )

    def is_given_by(self, function: Callable[..., Any]) -> bool:
        """Return whether a wrong function gives the same numbers in all calls.

        Where an array is NaN, a formula leaves open what it may be. Where more is open than a part
        of the numbers, it explains nothing.
        """
        open_share = 0.0
        for arguments, received, shape in self._calls:
            try:
                wrong = function(**arguments)
            except Exception:
                return False
            if isinstance(wrong, np.ndarray) and shape == wrong.shape:
                left_open = np.isnan(wrong)
                if count := np.count_nonzero(left_open):
                    open_share += count / wrong.size / len(self._calls)
                    wrong = np.where(left_open, received, wrong)
            if open_share >= MOST_OPEN or not agree(wrong, received, self._tolerance):
                return False
        return True
