"""The numbers that were expected of all calls of a function, and those that were returned."""

from typing import Any

from checks.case import Case
from checks.differences.values import agree
from checks.encoding import decode
from checks.evidence import Record
from checks.exercise import NumericExercise
from checks.judging.verdict import Answers

#: A call that returned, what is expected of it, and what was received.
Call = tuple[Case, Any, Any]


class Numbers:
    """Expected and received numbers; each truth is computed once."""

    def __init__(self, exercise: NumericExercise, answers: Answers) -> None:
        """Prepare to compare the answers to an exercise's cases with the truth."""
        self.exercise = exercise
        self.answers = answers
        self._known: dict[Record, tuple[Any, Any]] = {}

    def of(self, case: Case, record: Record) -> tuple[Any, Any]:
        """Return what is expected of a case and what was received."""
        if record not in self._known:
            value = record.result
            received = decode(value.value) if value.kind == "value" else f"a {value.kind}"
            self._known[record] = self.exercise.truth(**case.arguments), received
        return self._known[record]

    def returned(self) -> list[Call]:
        """Return all calls that came to an end."""
        return [
            (case, *self.of(case, record))
            for case, record in self.answers
            if record.outcome == "returned"
        ]

    def agree(self, truth: Any, received: Any) -> bool:
        """Return whether numbers are those that are expected."""
        return agree(truth, received, self.exercise.tolerance)

    def are_right(self, case: Case, record: Record) -> bool:
        """Return whether a call came to an end, with the numbers that are expected."""
        return record.outcome == "returned" and self.agree(*self.of(case, record))
