"""Judges exercises whose function computes numbers."""

import warnings

from checks.case import Case
from checks.differences.values import in_words, same_form
from checks.evidence import Error, Record
from checks.exercise import NumericExercise
from checks.judging.besides_numbers import another_dtype, another_order, changed_arguments
from checks.judging.formulas import Returned
from checks.judging.returned_numbers import Numbers
from checks.judging.unexplained import wrong_form, wrong_values
from checks.judging.verdict import Answers, Failure, Verdict, group, other_groups
from checks.messages.python_errors import Explanation

ORDER = "order of the entries"
DTYPE = "type of the numbers"


class NumericJudge:
    """Compares numbers with the truth, and with what the known mistakes would give."""

    def __init__(self, exercise: NumericExercise, verdict: Verdict, answers: Answers) -> None:
        """Prepare to judge the answers to an exercise's cases."""
        self.exercise = exercise
        self.verdict = verdict
        self.answers = answers
        self.numbers = Numbers(exercise, answers)
        self._diagnosed = False

    def judge(self) -> bool:
        """Record the results of all answers.

        Returns:
            Whether the function answers: the first case ran, or all the others are right.
        """
        first = group(self.answers, self.answers[0][0].covers)
        ran = self._ran("runs", *first[0]) and self.verdict.passed("runs")
        if not ran or not self._is_right_at_first(first):
            return self._keeps_the_rest() or ran
        for covers in other_groups(self.answers):
            cases = group(self.answers, covers)
            if all(self._agrees(covers, case, record) for case, record in cases):
                self.verdict.passed(covers)
        return True

    def _is_right_at_first(self, first: Answers) -> bool:
        """Record the results of the first case, up to one that fails."""
        if not all(self._has_the_form(case, record) for case, record in first):
            return False
        self.verdict.passed("form of the result")
        if not all(self._agrees("values", case, record) for case, record in first):
            return False
        self.verdict.passed("values")
        calls = self.numbers.returned()
        if self.exercise.ordered_by:
            self._record(ORDER, another_order(self.exercise, calls))
        if self.exercise.dtypes:
            self._record(DTYPE, another_dtype(self.exercise, calls))
        self._record("leaves its arguments alone", changed_arguments(self.answers))
        return True

    def _record(self, name: str, failure: Failure | None) -> None:
        if failure:
            self.verdict.failed(name, *failure)
        else:
            self.verdict.passed(name)

    def _keeps_the_rest(self) -> bool:
        """Record the results of the other cases if all of them are right: only the first is not."""
        covers = other_groups(self.answers)
        others = [answer for name in covers for answer in group(self.answers, name)]
        if not covers or not all(self.numbers.are_right(*answer) for answer in others):
            return False
        return all(map(self.verdict.passed, covers))

    def _ran(self, name: str, case: Case, record: Record) -> bool:
        """Return whether a case ran to its end; if not, record what the error means."""
        explanation = self._explained(case, record.error) if record.error else None
        return self.verdict.ran(name, case, record, explanation)

    def _explained(self, case: Case, error: Error) -> Explanation | None:
        """Return what an error means in this exercise, if that is more than Python said."""
        explain = self.exercise.on_error
        return explain(case.arguments, error) if explain else None

    def _has_the_form(self, case: Case, record: Record) -> bool:
        if not self._ran("form of the result", case, record):
            return False
        truth, received = self.numbers.of(case, record)
        if same_form(truth, received):
            return True
        self._diagnose()
        return self.verdict.failed(
            "form of the result",
            self.exercise.describe or in_words(truth),
            "nothing (None)" if received is None else in_words(received),
            hint="Does the function end with `return` and the right name?"
            if received is None
            else "Compare the form of your result with what the docstring asks for.",
            cause=wrong_form(self.numbers, truth, received),
        )

    def _agrees(self, name: str, case: Case, record: Record) -> bool:
        if not self._ran(name, case, record):
            return False
        truth, received = self.numbers.of(case, record)
        if self.numbers.agree(truth, received):
            return True
        self._diagnose()
        cause, hint = self.exercise.only_wrong.get(name) or (
            wrong_values(self.numbers, name, case),
            "Call your function with small arguments of your own, and print every step.",
        )
        expected = f"{in_words(truth)} for {case.in_words()}"
        return self.verdict.failed(name, expected, in_words(received), hint=hint, cause=cause)

    def _diagnose(self) -> None:
        """Find the mistake that gives the learner's numbers, in all cases."""
        if self.verdict.mistake or self._diagnosed:
            return
        self._diagnosed = True
        calls = [(case.arguments, received) for case, _, received in self.numbers.returned()]
        returned = Returned(calls, self.exercise.tolerance)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if returned.says_something():
                self.verdict.mistake = self.exercise.variations.fitting(returned.is_given_by)


def results(exercise: NumericExercise, case: Case) -> list[str]:
    """Return the names of the results of the first cases, in order."""
    order = [ORDER] if exercise.ordered_by else []
    dtype = [DTYPE] if exercise.dtypes else []
    return ["form of the result", "values", *order, *dtype, "leaves its arguments alone"]
