"""From evidence to a report. Pure: needs neither Keras nor the learner's code."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from checks.canonical import same_structure, same_values, simplify
from checks.case import Case, Network
from checks.comparison import Comparison, compare
from checks.encoding import decode
from checks.exercise import Exercise, NetworkExercise, NumericExercise
from checks.graph import Graph, ShapesDoNotFit
from checks.interpreter import UnknownLayer
from checks.keras_graph import MalformedEvidence, read_model
from checks.mistakes import Mistake
from checks.numbers import agree, in_words, same_form
from checks.operations import Shape
from checks.python_errors import explain, misfit
from checks.report import Report, Result

#: Above this many nodes, mistakes are told by structure alone: running each takes too long.
SMALL_GRAPH = 60

#: Keras keeps a learning rate in float32.
STATE_TOLERANCE = 1e-5


def judge(exercise: Exercise, cases: Sequence[Case], evidence: Mapping[str, Any]) -> Report:
    """Judge the evidence that a probe collected.

    Args:
        exercise: The exercise.
        cases: The cases that the probe was given.
        evidence: What it returned.

    Returns:
        The report. Checks that depend on a failed one are "not run".
    """
    verdict = _Verdict(exercise)
    if _is_callable(verdict, evidence) and _takes_the_arguments(verdict, evidence):
        pairs = list(zip(cases, evidence["cases"], strict=False))
        answered = [case for case, _ in pairs if case.raises is None]
        records = [record for case, record in pairs if case.raises is None]
        if isinstance(exercise, NetworkExercise) and any(map(_misfit, records)):
            _NetworkJudge(exercise, verdict).diagnose(answered, records)
        if _runs(verdict, "runs", answered[0], records[0]):
            if isinstance(exercise, NetworkExercise):
                _NetworkJudge(exercise, verdict).judge(answered, records)
            elif isinstance(exercise, NumericExercise):
                _NumericJudge(exercise, verdict).judge(answered, records)
            _refuses(verdict, [(case, record) for case, record in pairs if case.raises])
    return verdict.report(_planned(exercise, cases), str(evidence.get("printed", "")))


class _Verdict:
    """Collects results, and the cause once it is known."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.results: list[Result] = []
        self.mistake: Mistake | None = None
        self.cause: str | None = None
        self.comparison: Comparison | None = None

    def passed(self, name: str) -> bool:
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
        self.results.append(Result(name, "failed", _points(name), expected, received, why, hint))
        self.cause = self.cause or cause
        return False

    def report(self, planned: Sequence[str], printed: str) -> Report:
        done = {result.name for result in self.results}
        not_run = [Result(name, "not run", _points(name)) for name in planned if name not in done]
        results = [*self.results, *not_run]
        passed = all(result.status == "passed" for result in results)
        return Report(
            self.exercise.name,
            results,
            cause=self.mistake.title if self.mistake else self.cause,
            explanation=self.mistake.explanation if self.mistake else "",
            hints=self.mistake.hints if self.mistake else (),
            section=self.mistake.section if self.mistake else "",
            covered=self.exercise.covered if passed else "",
            printed=printed,
            comparison=None if passed else self.comparison,
        )


_FIRST_RESULTS = ("is a function", "takes the arguments", "runs")
_NETWORK_RESULTS = ("returns the right kind", "output shape", "wiring")
_NUMERIC_RESULTS = ("form of the result", "values", "leaves its arguments alone")
_POINTS = {"wiring": 3, "values": 3, "leaves its arguments alone": 0} | dict.fromkeys(
    (*_FIRST_RESULTS, "returns the right kind"), 0
)


def _points(name: str) -> int:
    return _POINTS.get(name, 1)


def _planned(exercise: Exercise, cases: Sequence[Case]) -> list[str]:
    """Return the names of all results, in order."""
    own: tuple[str, ...] = _NUMERIC_RESULTS
    if isinstance(exercise, NetworkExercise):
        own = (*_NETWORK_RESULTS, *map(_in_plain_words, _state(exercise, cases[0])))
    others = dict.fromkeys(case.covers for case in cases if case.covers != cases[0].covers)
    return [*_FIRST_RESULTS, *own, *others]


def _is_callable(verdict: _Verdict, evidence: Mapping[str, Any]) -> bool:
    if evidence["callable"]:
        return verdict.passed("is a function")
    return verdict.failed(
        "is a function",
        f"the function {verdict.exercise.name}",
        f"an object of the type {evidence['type']}",
        hint=f"Hand over the function itself: checks.{verdict.exercise.name}"
        f"({verdict.exercise.name}), without calling it.",
        cause="What was handed over is not a function",
    )


def _takes_the_arguments(verdict: _Verdict, evidence: Mapping[str, Any]) -> bool:
    wanted, names = verdict.exercise.parameters, evidence["parameters"]
    if names is None or set(wanted) <= set(names):
        return verdict.passed("takes the arguments")
    missing = [name for name in wanted if name not in names]
    close = get_close_matches(missing[0], [name for name in names if name not in wanted], n=1)
    hint = f"Is `{close[0]}` meant to be `{missing[0]}`? " if close else ""
    return verdict.failed(
        "takes the arguments",
        f"({', '.join(wanted)})",
        f"({', '.join(names)})",
        f"The function has no parameter called {' and none called '.join(missing)}.",
        hint + "Keep the first line of the function as the lesson gives it.",
        cause="The parameters have other names",
    )


def _runs(verdict: _Verdict, name: str, case: Case, record: Mapping[str, Any]) -> bool:
    """Record whether a case ran to its end; a case that did not is explained."""
    if record["outcome"] == "returned":
        return verdict.passed(name) if name == "runs" else True
    if record["outcome"] == "out of time":
        return verdict.failed(
            name,
            f"an answer within {record['seconds']:g} seconds",
            "none",
            hint="Look for a loop that never ends.",
            cause="The function does not finish",
        )
    error = record["error"]
    explanation = explain(error, verdict.exercise.parameters)
    if "NotImplementedError" in error["types"]:
        return verdict.failed(
            name, why=explanation.why, hint=explanation.hint, cause=explanation.cause
        )
    return verdict.failed(
        name,
        f"no error for {case.in_words()}",
        f"{error['type']}: {_shortened(error['message'])}" if error["message"] else error["type"],
        explanation.why,
        verdict.mistake.hints[0] if verdict.mistake else explanation.hint,
        cause=explanation.cause,
    )


def _refuses(verdict: _Verdict, pairs: Sequence[tuple[Case, Mapping[str, Any]]]) -> None:
    """Record whether the function refuses the arguments that it should refuse."""
    for case, record in pairs:
        error = record.get("error", {"type": "no error", "types": [], "message": ""})
        if case.raises in error["types"] and error["message"]:
            verdict.passed(case.covers)
            continue
        verdict.failed(
            case.covers,
            f"a {case.raises} with a message, for {case.in_words()}",
            f"{error['type']} {_shortened(error['message'])}".strip(),
            "Who passes such arguments by mistake gets something else than they think.",
            f"Look at the arguments first: `raise {case.raises}(…)` with a sentence that says what "
            "was expected and what was received.",
            cause="The function accepts arguments that it should refuse",
        )


def _misfit(record: Mapping[str, Any]) -> tuple[Shape, ...]:
    """Return the shapes that stopped a call because they do not fit; () if nothing did."""
    return misfit(record["error"]) if record["outcome"] == "raised" else ()


def _shortened(message: str, limit: int = 200) -> str:
    words = " ".join(message.split())
    return words if len(words) <= limit else words[: limit - 1] + "…"


class _NetworkJudge:
    """Judges an exercise whose function builds layers."""

    def __init__(self, exercise: NetworkExercise, verdict: _Verdict) -> None:
        self.exercise = exercise
        self.verdict = verdict

    def judge(self, cases: Sequence[Case], records: Sequence[Mapping[str, Any]]) -> None:
        kind = "a Keras tensor" if self.exercise.returns == "tensor" else "a Keras model"
        value = records[0]["value"]
        if value["kind"] != self.exercise.returns:
            received = (
                "a Keras model"
                if value["kind"] == "model"
                else (
                    "a Keras tensor"
                    if value["kind"] == "tensor"
                    else in_words(decode(value.get("value")))
                )
            )
            self.verdict.failed(
                "returns the right kind",
                kind,
                "nothing (None)" if received == "None" else received,
                hint="Does the function end with `return` and the right name?",
                cause="The function returns the wrong thing",
            )
            return
        self.verdict.passed("returns the right kind")
        if self._first(cases, records) and self._first_state(cases, records):
            self._others(cases, records)

    def _first(self, cases: Sequence[Case], records: Sequence[Mapping[str, Any]]) -> bool:
        """Judge shape and wiring of the cases that belong to the first group."""
        for case, record in self._group(cases, records, cases[0].covers):
            if not _runs(self.verdict, "wiring", case, record):
                return False
            reference = self.exercise.expected(case)
            expected = list(reference.nodes[reference.output].shape)
            if record["value"].get("shape") != expected:
                self.diagnose(cases, records)
                self.verdict.failed(
                    "output shape",
                    f"{tuple(expected)} for {case.in_words()}",
                    str(tuple(record["value"].get("shape") or ())),
                    **self._why(),
                )
                self._compare(case, record)
                return False
        self.verdict.passed("output shape")
        for case, record in self._group(cases, records, cases[0].covers):
            if not self._accepts("wiring", case, record, cases, records):
                return False
        return self.verdict.passed("wiring")

    def _others(self, cases: Sequence[Case], records: Sequence[Mapping[str, Any]]) -> None:
        for covers in dict.fromkeys(case.covers for case in cases):
            if covers != cases[0].covers:
                group = self._group(cases, records, covers)
                if len(group) and all(
                    _runs(self.verdict, covers, case, record)
                    and self._accepts(covers, case, record, cases, records)
                    and all(
                        self._has_state(key, covers, case, record, cases, records)
                        for key in _state(self.exercise, case)
                    )
                    for case, record in group
                ):
                    self.verdict.passed(covers)

    def _first_state(self, cases: Sequence[Case], records: Sequence[Mapping[str, Any]]) -> bool:
        """Judge what training will do with the models of the first group."""
        group = self._group(cases, records, cases[0].covers)
        return all(
            all(
                self._has_state(key, _in_plain_words(key), case, record, cases, records)
                for case, record in group
            )
            and self.verdict.passed(_in_plain_words(key))
            for key in _state(self.exercise, cases[0])
        )

    def _has_state(
        self,
        key: str,
        name: str,
        case: Case,
        record: Mapping[str, Any],
        cases: Sequence[Case],
        records: Sequence[Mapping[str, Any]],
    ) -> bool:
        expected, received = _state(self.exercise, case)[key], record["value"].get(key)
        if agree(expected, received, STATE_TOLERANCE):
            return True
        self.diagnose(cases, records)
        words = "" if name == _in_plain_words(key) else f"{_in_plain_words(key)} "
        return self.verdict.failed(
            name,
            f"{words}{in_words(expected)} for {case.in_words()}",
            f"{words}{in_words(received)}",
            **self._why(),
        )

    @staticmethod
    def _group(
        cases: Sequence[Case], records: Sequence[Mapping[str, Any]], covers: str
    ) -> list[tuple[Case, Mapping[str, Any]]]:
        pairs = zip(cases, records, strict=False)
        return [(case, record) for case, record in pairs if case.covers == covers]

    def _accepts(
        self,
        name: str,
        case: Case,
        record: Mapping[str, Any],
        cases: Sequence[Case],
        records: Sequence[Mapping[str, Any]],
    ) -> bool:
        try:
            received = simplify(read_model(record["value"]["graph"]))
            expected = simplify(self.exercise.expected(case))
            free = self.exercise.free
            if same_structure(expected, received, free):
                return True
            if not self._is_large_and_known(received, cases, records) and same_values(
                expected, received, free
            ):
                return True
        except UnknownLayer as unknown:
            return self.verdict.failed(
                name,
                "layers of Keras and functions of keras.ops",
                f"the layer {unknown.name!r} of the class {unknown.class_name}",
                "The check cannot look into this layer.",
                "Build the network from the layers that the lesson uses.",
                cause=f"A layer of the class {unknown.class_name} is not known here",
            )
        except (MalformedEvidence, KeyError, TypeError) as error:
            return self.verdict.failed(name, "a network of Keras layers", str(error))
        self.diagnose(cases, records)
        self._compare(case, record)
        comparison = self.verdict.comparison
        assert comparison is not None
        setting = "" if name == "wiring" else f" for {case.in_words()}"
        return self.verdict.failed(
            name,
            comparison.summary_expected + setting,
            comparison.summary_received,
            **self._why(),
        )

    def _is_large_and_known(
        self, received: Graph, cases: Sequence[Case], records: Sequence[Mapping[str, Any]]
    ) -> bool:
        """Return whether a network that takes long to run has the structure of a mistake."""
        if len(received.nodes) <= SMALL_GRAPH:
            return False
        self.diagnose(cases, records)
        return self.verdict.mistake is not None

    def _why(self) -> dict[str, str]:
        mistake = self.verdict.mistake
        return {"why": mistake.title, "hint": mistake.hints[0]} if mistake else {}

    def _compare(self, case: Case, record: Mapping[str, Any]) -> None:
        received = read_model(record["value"]["graph"])
        self.verdict.comparison = compare(
            self.exercise.expected(case), received, self.exercise.free
        )

    def diagnose(self, cases: Sequence[Case], records: Sequence[Mapping[str, Any]]) -> None:
        """Find the mistake that turns the reference into what the learner built, in all cases."""
        if self.verdict.mistake:
            return
        crashed = [
            (case, _misfit(record))
            for case, record in zip(cases, records, strict=False)
            if _misfit(record)
        ]
        built = [
            (case, simplify(read_model(record["value"]["graph"])), record["value"])
            for case, record in zip(cases, records, strict=False)
            if record["outcome"] == "returned" and record["value"]["kind"] in ("tensor", "model")
        ]
        for same in (same_structure, same_values):
            if same is same_values and any(len(graph.nodes) > SMALL_GRAPH for _, graph, _ in built):
                return
            for mistake in self.exercise.mistakes:
                if self._explains(mistake, built, same) and all(
                    self._stops(mistake, case, shapes) for case, shapes in crashed
                ):
                    self.verdict.mistake = mistake
                    return

    def _stops(self, mistake: Mistake, case: Case, shapes: Sequence[Shape]) -> bool:
        """Return whether a mistake makes a call stop at these shapes, which do not fit."""
        try:
            self.exercise.expected(case, mistake.mutation)
        except ShapesDoNotFit as error:
            return sorted(error.shapes) == sorted(shapes)
        except (ValueError, KeyError, IndexError):
            pass
        return False

    def _explains(
        self,
        mistake: Mistake,
        built: Sequence[tuple[Case, Graph, Mapping[str, Any]]],
        same: Any,
    ) -> bool:
        free = self.exercise.free
        if mistake.function is None and mistake.mutation is None:
            return False
        try:
            return all(
                same(simplify(self.exercise.expected(case, mistake.mutation)), graph, free)
                and _is_state_of(mistake, case, value)
                for case, graph, value in built
            )
        except (ValueError, KeyError, IndexError):
            return False


def _state(exercise: NetworkExercise, case: Case) -> Mapping[str, Any]:
    return exercise.state(**case.arguments) if exercise.state else {}


def _is_state_of(mistake: Mistake, case: Case, value: Mapping[str, Any]) -> bool:
    """Return whether a model has the state that a mistake gives it, where it gives it one."""
    if mistake.function is None:
        return True
    wrong = mistake.function(**case.arguments)
    return all(agree(wrong[key], value.get(key), STATE_TOLERANCE) for key in wrong)


def _in_plain_words(key: str) -> str:
    return key.replace("_", " ")


class _NumericJudge:
    """Judges an exercise whose function computes numbers."""

    def __init__(self, exercise: NumericExercise, verdict: _Verdict) -> None:
        self.exercise = exercise
        self.verdict = verdict

    def judge(self, cases: Sequence[Case], records: Sequence[Mapping[str, Any]]) -> None:
        pairs = list(zip(cases, records, strict=False))
        first = [(case, record) for case, record in pairs if case.covers == cases[0].covers]
        for case, record in first:
            truth, received = self._values(case, record)
            if not same_form(truth, received):
                self._diagnose(pairs)
                self.verdict.failed(
                    "form of the result",
                    self.exercise.describe or in_words(truth),
                    "nothing (None)" if received is None else in_words(received),
                    **self._why("Does the function end with `return` and the right name?"),
                    cause="The function returns the wrong thing",
                )
                return
        self.verdict.passed("form of the result")
        if all(self._agrees("values", case, record, pairs) for case, record in first):
            self.verdict.passed("values")
            self._leaves_arguments_alone(pairs)
            self._others(cases, pairs)

    def _values(self, case: Case, record: Mapping[str, Any]) -> tuple[Any, Any]:
        value = record["value"]
        received = decode(value["value"]) if value["kind"] == "value" else f"a {value['kind']}"
        return self.exercise.truth(**case.arguments), received

    def _agrees(
        self,
        name: str,
        case: Case,
        record: Mapping[str, Any],
        pairs: Sequence[tuple[Case, Mapping[str, Any]]],
    ) -> bool:
        if not _runs(self.verdict, name, case, record):
            return False
        truth, received = self._values(case, record)
        if agree(truth, received, self.exercise.tolerance):
            return True
        self._diagnose(pairs)
        return self.verdict.failed(
            name,
            f"{in_words(truth)} for {case.in_words()}",
            in_words(received),
            **self._why(""),
        )

    def _leaves_arguments_alone(self, pairs: Sequence[tuple[Case, Mapping[str, Any]]]) -> None:
        changed = {
            name: case.arguments[name]
            for case, record in pairs
            if record["outcome"] == "returned"
            for name in record["value"]["changed_arguments"]
        }
        if not changed:
            self.verdict.passed("leaves its arguments alone")
            return
        self.verdict.failed(
            "leaves its arguments alone",
            "arguments that are as they were",
            f"changed: {', '.join(sorted(changed))}",
            "Whoever calls the function goes on with what it was given.",
            "Keep `model.get_weights()` before you change the model and put them back at the end."
            if any(isinstance(value, Network) for value in changed.values())
            else "Work on a copy: `x = x - mean` makes a new array, `x -= mean` changes the old.",
            cause="The function changes its arguments",
        )

    def _others(
        self, cases: Sequence[Case], pairs: Sequence[tuple[Case, Mapping[str, Any]]]
    ) -> None:
        for covers in dict.fromkeys(case.covers for case in cases):
            group = [(case, record) for case, record in pairs if case.covers == covers]
            if (
                covers != cases[0].covers
                and group
                and all(self._agrees(covers, case, record, pairs) for case, record in group)
            ):
                self.verdict.passed(covers)

    def _why(self, otherwise: str) -> dict[str, str]:
        mistake = self.verdict.mistake
        if mistake:
            return {"why": mistake.title, "hint": mistake.hints[0]}
        return {"hint": otherwise}

    def _diagnose(self, pairs: Sequence[tuple[Case, Mapping[str, Any]]]) -> None:
        returned = [(case, record) for case, record in pairs if record["outcome"] == "returned"]
        for mistake in self.exercise.mistakes:
            if not self.verdict.mistake and self._explains(mistake, returned):
                self.verdict.mistake = mistake

    def _explains(
        self, mistake: Mistake, returned: Sequence[tuple[Case, Mapping[str, Any]]]
    ) -> bool:
        assert mistake.function is not None
        for case, record in returned:
            _, received = self._values(case, record)
            try:
                wrong = mistake.function(**case.arguments)
            except Exception:
                return False
            if not agree(wrong, received, self.exercise.tolerance):
                return False
        return True
