"""Reads the networks of all answers, compares them with the reference, and finds the mistake."""

from dataclasses import replace

from checks.case import Case
from checks.differences.comparison import Comparison, compare
from checks.differences.one_pixel import read_as_dense
from checks.differences.unused import LOST, are_lost, unused_operations
from checks.evidence import Record
from checks.exercise import NetworkExercise
from checks.graph import Graph
from checks.graph.canonical import simplify
from checks.graph.equivalence import same_structure, same_values, with_pointwise_convolutions
from checks.judging.diagnosis.diagnose import SMALL_GRAPH, diagnose
from checks.judging.diagnosis.explaining import Built
from checks.judging.diagnosis.fixed_modes import without_modes
from checks.judging.network_reading import UNREADABLE, has_graph, read_returned
from checks.judging.places import place
from checks.judging.stopped import Begun, read
from checks.judging.verdict import Answers, Verdict


class Inspection:
    """What the answers to an exercise built. Each network is read and compared once."""

    def __init__(
        self, exercise: NetworkExercise, verdict: Verdict, answers: Answers, quick: bool
    ) -> None:
        """Prepare to inspect answers.

        Args:
            exercise: The exercise.
            verdict: Receives the mistake, once it is known, and where two networks part.
            answers: The cases, with what the probe says of them.
            quick: Look for no mistakes, and do not run large networks to tell whether they are
                right.
        """
        self.exercise = exercise
        self.verdict = verdict
        self.answers = answers
        self._quick = self._diagnosed = quick
        self._equivalent: dict[Record, bool] = {}
        self._begun: dict[Record, Begun] = {}

    def network(self, record: Record) -> Graph:
        """Read the network of an answer, without the mode that a backbone may be called in."""
        graph = read_returned(record)
        return without_modes(graph, False) if self.exercise.in_inference else graph

    def begun(self, record: Record) -> Begun:
        """Return what a function built that returned no network."""
        if record not in self._begun:
            begun = read(record)
            if begun.graph and begun.simple and self.exercise.in_inference:
                graphs = without_modes(begun.graph, False), without_modes(begun.simple, False)
                begun = replace(begun, graph=graphs[0], simple=graphs[1])
            self._begun[record] = begun
        return self._begun[record]

    def is_equivalent(self, case: Case, record: Record) -> bool:
        """Return whether a network is the expected one: by structure, or else by values."""
        if record not in self._equivalent:
            self._equivalent[record] = self._compare_networks(case, record)
        return self._equivalent[record]

    def _compare_networks(self, case: Case, record: Record) -> bool:
        received = with_pointwise_convolutions(simplify(self.network(record)))
        expected = simplify(self.exercise.expected(case))
        if same_structure(expected, received, self.exercise.free):
            return True
        if len(received.nodes) > SMALL_GRAPH:
            # A large network takes long to run. The structure of a known mistake is enough.
            if self._quick:
                return False
            self.diagnose()
        return not self.verdict.mistake and same_values(expected, received, self.exercise.free)

    def compare(self, case: Case, record: Record) -> Comparison:
        """Find where two networks part, and keep it for drawing."""
        received = self.network(record)
        expected = self.exercise.expected(case)
        comparison = compare(expected, received, self.exercise.free)
        if "missing" in comparison.cause and are_lost(
            unused_operations(record.result), expected, received
        ):
            comparison = replace(comparison, cause=f"{comparison.cause} {LOST}")
        return self.keep(comparison, record)

    def keep(self, comparison: Comparison, record: Record | None) -> Comparison:
        """Keep a comparison for the report, and where in the learner's code the networks part."""
        self.verdict.comparison = comparison
        self.verdict.place = place(comparison, record) if record else ""
        return comparison

    def _simple(self, case: Case, record: Record) -> Graph:
        return read_as_dense(self.exercise.expected(case), simplify(self.network(record)))

    def diagnose(self) -> None:
        """Find the mistake that turns the reference into what the learner built, in all cases."""
        if self.verdict.mistake or self._diagnosed:
            return
        self._diagnosed = True
        try:
            built = [
                Built(case, self._simple(case, record), record.result)
                for case, record in self.answers
                if has_graph(record)
            ]
        except UNREADABLE:
            return
        built += [
            Built(case, begun.simple)
            for case, record in self.answers
            if not has_graph(record) and (begun := self.begun(record)).simple
        ]
        self.verdict.mistake = diagnose(self.exercise, built)
