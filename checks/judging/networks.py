"""Judges exercises whose function builds layers."""

from collections.abc import Callable
from contextlib import suppress

from checks.case import Case
from checks.differences.comparison import compare, kinds_too_many, unlike_layers
from checks.differences.unfinished import layers_of
from checks.differences.unused import unused_in_words
from checks.evidence import Record
from checks.exercise import NetworkExercise
from checks.graph.interpreter import UnknownLayer
from checks.judging import wiring
from checks.judging.in_training import wrong_in_training
from checks.judging.inspection import Inspection
from checks.judging.layer_counts import kinds, kinds_given
from checks.judging.model_state import in_plain_words, is_as_expected, state, unlike_state
from checks.judging.name_collision import explain_collision
from checks.judging.network_reading import (
    UNREADABLE,
    closed_layer,
    has_graph,
    own_layer_in_words,
)
from checks.judging.returned_kind import of_another_kind
from checks.judging.stopped import deviates, explain_stop, paths
from checks.judging.verdict import Answers, Failure, Verdict, group, other_groups
from checks.messages.python_errors import explain, is_known

FIRST_RESULTS = ("returns the right kind", "output shape")

_PRINT_THE_SHAPES = "Print `X.shape` after each layer: after which one is it not what you expect?"


class NetworkJudge:
    """Compares networks with the reference, and with what the known mistakes make of it."""

    def __init__(
        self, exercise: NetworkExercise, verdict: Verdict, answers: Answers, quick: bool = False
    ) -> None:
        """Prepare to judge the answers to an exercise's cases.

        Args:
            exercise: The exercise.
            verdict: Collects the results.
            answers: The cases, with what the probe says of them.
            quick: Look for no mistakes, and do not run large networks to tell whether they are
                right.
        """
        self.exercise = exercise
        self.verdict = verdict
        self.answers = answers
        self.inspection = Inspection(exercise, verdict, answers, quick)

    def judge(self) -> bool:
        """Record the results of all answers.

        Returns:
            Whether the function answers: the first case ran, or all the others are right.
        """
        first = group(self.answers, self.answers[0][0].covers)
        ran = self._ran("runs", *first[0]) and self.verdict.passed("runs")
        if ran and self._is_right_at_first(first):
            for covers in other_groups(self.answers):
                self._all_pass(covers, self._is_right, group(self.answers, covers))
            return True
        if not ran:
            self._counts_layers(first, whole=False)
        return self._keeps_the_rest() or ran

    def _is_right_at_first(self, first: Answers) -> bool:
        """Record the results of the first case, up to one that fails."""
        right_form = self._all_pass(
            "returns the right kind", self._has_the_kind, first
        ) and self._all_pass("output shape", self._has_the_shape, first)
        self._counts_layers(first, whole=right_form)
        if not right_form or not self._all_pass("wiring", self._is_wired, first):
            return False
        for key in state(self.exercise, first[0][0]):
            name = in_plain_words(key)
            if not all(self._has_state(key, name, case, record) for case, record in first):
                return False
            self.verdict.passed(name)
        return True

    def _keeps_the_rest(self) -> bool:
        """Record the results of the other cases if all of them are right: only the first is not."""
        covers = other_groups(self.answers)
        others = NetworkJudge(self.exercise, Verdict(self.exercise), self.answers, quick=True)
        if not covers or not all(
            others._is_right(name, case, record)
            for name in covers
            for case, record in group(self.answers, name)
        ):
            return False
        return all(map(self.verdict.passed, covers))

    def _all_pass(
        self, name: str, check: Callable[[str, Case, Record], bool], answers: Answers
    ) -> bool:
        """Record a result as passed if all answers pass its check; who fails has been recorded."""
        return all(check(name, case, record) for case, record in answers) and self.verdict.passed(
            name
        )

    def _is_right(self, name: str, case: Case, record: Record) -> bool:
        return self._is_wired(name, case, record) and all(
            self._has_state(key, name, case, record) for key in state(self.exercise, case)
        )

    def _without(self, name: str, failure: Failure | None) -> bool:
        """Return whether there is no failure; one is recorded."""
        return failure is None or self.verdict.failed(name, *failure)

    def _ran(self, name: str, case: Case, record: Record) -> bool:
        """Return whether a case ran to its end; if not, explain it by what was built."""
        if record.error is None:
            return self.verdict.ran(name, case, record)
        expected, begun = self.exercise.expected(case), self.inspection.begun(record)
        unclear = begun.misfits or not is_known(explain(record.error, self.exercise.parameters))
        otherwise = deviates(begun, expected, self.exercise.free)
        if unclear and otherwise:
            self.inspection.diagnose()
        if begun.graph and not self.verdict.comparison:
            comparison = compare(expected, begun.graph, self.exercise.free, False)
            self.inspection.keep(comparison, record if otherwise else None)
        parameters = self.exercise.parameters
        explanation = explain_collision(record.error, parameters, case) or explain_stop(
            record.error, parameters, begun, expected, self.exercise.free
        )
        return self.verdict.ran(name, case, record, explanation)

    def _has_the_kind(self, name: str, case: Case, record: Record) -> bool:
        return self._ran(name, case, record) and self._without(
            name, of_another_kind(record.result, self.exercise.returns)
        )

    def _has_the_shape(self, name: str, case: Case, record: Record) -> bool:
        reference = self.exercise.expected(case)
        expected = reference.nodes[reference.output].shape
        received = record.result.shape
        if received == expected:
            return True
        self.inspection.diagnose()
        cause = f"The output has the shape {received} where {expected} is expected"
        with suppress(*UNREADABLE):
            if closed_layer(record) is None:
                cause = self.inspection.compare(case, record).cause
        expected_in_words = f"{expected} for {case.in_words()}"
        why = self._why(record)
        return self.verdict.failed(
            name, expected_in_words, str(received), why, _PRINT_THE_SHAPES, cause=cause
        )

    def _why(self, record: Record) -> str:
        """Return what was computed and never used, after the mistake if one is known."""
        words = unused_in_words(record.result)
        return f"{self.verdict.mistake.title}. {words}" if self.verdict.mistake and words else words

    def _counts_layers(self, first: Answers, whole: bool) -> None:
        """Record, kind by kind, whether the network has the layers that it should have.

        How they are wired is another question. What cannot be read is left to that result. Of a
        network that is not finished, kinds whose layers are only missing have not been reached.

        Args:
            first: The first cases.
            whole: Whether there is a network of the right shape; if not, the layers of models that
                the function was given earn nothing.
        """
        given = kinds_given(self.exercise, first[0][0]) if not whole else set()
        with suppress(UnknownLayer, *UNREADABLE):
            different: dict[str, tuple[str, str]] = {}
            not_reached: set[str] = set()
            for case, record in first:
                expected = self.exercise.expected(case)
                if has_graph(record):
                    if not self.inspection.is_equivalent(case, record):
                        received = self.inspection.network(record)
                        if own_layer_in_words(record):
                            return
                        different = unlike_layers(expected, received) | different
                    continue
                begun = self.inspection.begun(record).graph
                if begun is None:
                    return
                received = layers_of(begun, paths(expected))
                different = unlike_layers(expected, received) | different
                not_reached |= different.keys() - kinds_too_many(expected, received)
            for kind in kinds(self.exercise, first[0][0]):
                if kind in given:
                    continue
                if kind not in different:
                    self.verdict.passed(kind)
                elif kind not in not_reached:
                    self.verdict.failed(kind, *different[kind])

    def _is_wired(self, name: str, case: Case, record: Record) -> bool:
        if not self._ran(name, case, record):
            return False
        try:
            if self.inspection.is_equivalent(case, record):
                return self._without(name, wrong_in_training(self.exercise, record))
        except UnknownLayer as unknown:
            return self._without(name, wiring.opaque(self.inspection, case, record, unknown))
        except UNREADABLE as error:
            self.verdict.traceback = repr(error)
            return self._without(name, wiring.UNREAD)
        self.inspection.diagnose()
        parted = self.inspection.compare(case, record)
        setting = "" if name == "wiring" else f" for {case.in_words()}"
        failure = wiring.difference(self.inspection, case, record, parted)
        return self.verdict.failed(
            name,
            failure.expected + setting,
            failure.received,
            self._why(record) or failure.why,
            failure.hint,
            failure.cause,
        )

    def _has_state(self, key: str, name: str, case: Case, record: Record) -> bool:
        """Return whether training will do with a model what it should."""
        if is_as_expected(self.exercise, key, case, record):
            return True
        self.inspection.diagnose()
        explained = self.verdict.mistake is not None
        return self._without(name, unlike_state(self.exercise, name, key, case, record, explained))


def results(exercise: NetworkExercise, case: Case) -> list[str]:
    """Return the names of the results of the first cases, in order."""
    states = map(in_plain_words, state(exercise, case))
    return [*FIRST_RESULTS, *kinds(exercise, case), "wiring", *states]
