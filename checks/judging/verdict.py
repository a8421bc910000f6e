"""Collects the results of one judgement, and the cause once it is known."""

from collections.abc import Sequence
from typing import NamedTuple

from checks.case import Case
from checks.differences.comparison import Comparison
from checks.evidence import Record
from checks.exercise import Exercise
from checks.messages.python_errors import Explanation, explain, in_short, is_known, is_stub
from checks.mistakes import Mistake
from checks.report import Report
from checks.report.findings import Result

#: The cases that a function should answer, each with what the probe says of it.
Answers = Sequence[tuple[Case, Record]]

#: Weights of results that weigh other than 1. What answers pass that do nothing weighs nothing.
WEIGHTS = {
    "is a function": 0,
    "takes the arguments": 0,
    "runs": 0,
    "returns the right kind": 0,
    "output shape": 0,
    "form of the result": 0,
    "leaves its arguments alone": 0,
    "wiring": 3,
    "values": 3,
}


class Failure(NamedTuple):
    """Why a result failed: what `Verdict.failed` records of it."""

    expected: str = ""
    received: str = ""
    why: str = ""
    hint: str = ""
    cause: str | None = None


class Verdict:
    """Collects results, and the cause once it is known.

    Attributes:
        exercise: The exercise.
        results: The results so far.
        mistake: The mistake of the catalogue that explains the failure.
        cause: Title of the cause where it is not in the catalogue.
        comparison: The learner's network beside the expected one.
        place: Where in the learner's code it parts from that. A mistake of the catalogue may be
            elsewhere: a layer that reads too much is as it should be, and what it reads is not.
        traceback: What Python itself said, where the function raised.
    """

    def __init__(self, exercise: Exercise) -> None:
        """Begin without results."""
        self.exercise = exercise
        self.results: list[Result] = []
        self.mistake: Mistake | None = None
        self.cause: str | None = None
        self.comparison: Comparison | None = None
        self.place = ""
        self.traceback = ""

    def passed(self, name: str) -> bool:
        """Record a result that passed. Always true."""
        self.results.append(Result(name, "passed", _points(name)))
        return True

    def failed(
        self,
        name: str,
        expected: str = "",
        received: str = "",
        why: str = "",
        hint: str = "",
        cause: str | None = None,
    ) -> bool:
        """Record a result that failed. Always false."""
        if self.mistake:
            why, hint = why or self.mistake.title, self.mistake.hints[0]
        said = next((each for each in self.results if each.why == why and each.hint == hint), None)
        if said and why:
            why, hint = f"The same as for “{said.name}”.", ""
        self.results.append(Result(name, "failed", _points(name), expected, received, why, hint))
        self.cause = self.cause or cause
        return False

    def ran(
        self, name: str, case: Case, record: Record, explanation: Explanation | None = None
    ) -> bool:
        """Return whether a case ran to its end; one that did not is recorded and explained.

        Args:
            name: The result that depends on it.
            case: The call.
            record: What the probe says of it.
            explanation: What stopped it, where more is known than what Python said.
        """
        if record.outcome == "returned":
            return True
        if record.outcome == "out of time":
            return self.failed(
                name,
                f"an answer within {record.seconds:g} seconds",
                "none",
                hint="Look for a loop that never ends. If there is none, the computer may be "
                "busy: run the check again.",
                cause="The function does not finish",
            )
        error = record.error
        assert error is not None
        self.traceback = error.traceback
        explanation = explanation or explain(error, self.exercise.parameters)
        unknown = name != "runs" and not is_known(explanation)
        cause = f"{explanation.cause} ({name})" if unknown else explanation.cause
        words = {"why": explanation.why, "hint": explanation.hint, "cause": cause}
        if is_stub(error):
            return self.failed(name, **words)
        return self.failed(name, f"no error for {case.in_words()}", in_short(error), **words)

    def report(self, planned: Sequence[str], printed: str) -> Report:
        """Return the report; planned results that have not been recorded were not run."""
        done = {result.name for result in self.results}
        not_run = [Result(name, "not run", _points(name)) for name in planned if name not in done]
        results = [*self.results, *not_run]
        passed = all(result.status == "passed" for result in results)
        mistake = self.mistake
        return Report(
            self.exercise.name,
            results,
            cause=mistake.title if mistake else self.cause,
            explanation=mistake.explanation if mistake else "",
            hints=mistake.hints if mistake else (),
            place="" if passed or mistake else self.place,
            section=mistake.section if mistake else "",
            covered=self.exercise.covered if passed else "",
            printed=printed,
            comparison=None if passed else self.comparison,
            traceback=self.traceback,
        )


def group(answers: Answers, covers: str) -> Answers:
    """Return the answers to the cases that stand for one thing."""
    return [(case, record) for case, record in answers if case.covers == covers]


def other_groups(answers: Answers) -> list[str]:
    """Return what the cases after the first group stand for, in order."""
    covers = dict.fromkeys(case.covers for case, _ in answers)
    return [each for each in covers if each != answers[0][0].covers]


def _points(name: str) -> int:
    return WEIGHTS.get(name, 1)
