"""Judges exercises whose function builds layers."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from itertools import chain, combinations, islice, starmap
from typing import Any

from checks.canonical import (
    same_structure,
    same_values,
    simplify,
    with_pointwise_convolutions,
)
from checks.case import Case
from checks.comparison import Comparison, compare, kinds_of_layers, unlike_layers
from checks.difference import shared_in_words
from checks.encoding import Other, decode
from checks.exercise import NetworkExercise
from checks.graph import ShapesDoNotFit
from checks.interpreter import UnknownLayer
from checks.keras_graph import MalformedEvidence, read_model
from checks.mistakes import Mistake, together
from checks.numbers import agree, first_of, in_words
from checks.operations import Shape
from checks.python_errors import misfit
from checks.slips import (
    STATE_TOLERANCE,
    Built,
    explains,
    known_and_more,
    led_astray,
    likely_pairs,
    with_edits,
)
from checks.unused import unused_in_words
from checks.verdict import Answers, Record, Verdict, group, other_groups

FIRST_RESULTS = ("returns the right kind", "output shape")

#: Above this many nodes, mistakes are told by structure alone: running each takes too long.
SMALL_GRAPH = 60

#: So many of the likely pairs of mistakes are tried.
MAXIMUM_PAIRS = 20

#: With so many mistakes, all pairs of them can be tried in a small network.
FEW_MUTATIONS = 25

#: What reading a network of a form that nobody foresaw may raise.
UNREADABLE = (MalformedEvidence, ShapesDoNotFit, KeyError, TypeError, IndexError)

#: So many frozen layers are named.
MAXIMUM_NAMED = 6

#: Where to look if what training will do with a model is not as expected.
_STATE_HINTS = {
    "trainable_parameters": "Go through the layers of the model, and through those inside of them: "
    "`layer.trainable` says whether training changes one.",
    "optimiser": "Look at the optimiser that you give to `model.compile`.",
    "learning_rate": "Look at the rate of the optimiser that you give to `model.compile`.",
    "new_optimiser": "Make a new optimiser and give it to `model.compile`.",
    "loss": "Look at the loss that you give to `model.compile`.",
    "returns_the_same_model": "Change the model that you were given, and return it.",
    "keeps_what_was_learned": "Build with the model that you were given, not with a copy.",
}

_LOOK_AT_THE_PICTURE = "Look at the place that is marked in the picture of the two networks."
_PRINT_THE_SHAPES = "Print `X.shape` after each layer: from where on is it another than you expect?"
_NEW_LAYERS = (
    "Make a layer of its own for each place: `layers.Conv2D(…)` makes one each time that it runs, "
    "and calling the same layer again uses the same weights again."
)

#: The part of a model's state that tells whether layers have a bias, where nothing else can.
BIASED = "trainable_parameters"

KINDS = {"tensor": "a Keras tensor", "model": "a Keras model"}

#: Classes of layers that learners return without calling them on a tensor.
LAYERS = frozenset(
    {
        "Activation",
        "Add",
        "AveragePooling2D",
        "BatchNormalization",
        "Concatenate",
        "Conv2D",
        "Dense",
        "Dropout",
        "Flatten",
        "GlobalAveragePooling2D",
        "MaxPooling2D",
        "ReLU",
        "Softmax",
        "ZeroPadding2D",
    }
)


class NetworkJudge:
    """Compares networks with the reference, and with what the known mistakes make of it."""

    def __init__(self, exercise: NetworkExercise, verdict: Verdict, answers: Answers) -> None:
        """Prepare to judge the answers to an exercise's cases."""
        self.exercise = exercise
        self.verdict = verdict
        self.answers = answers
        self._equivalent: dict[int, bool] = {}
        self._diagnosed = False
        if any(_misfit(record) for _, record in answers):
            self._diagnose()

    def judge(self) -> None:
        """Record the results of all answers. The first case has run."""
        first = group(self.answers, self.answers[0][0].covers)
        if not self._all_pass("returns the right kind", self._has_the_kind, first):
            return
        if not self._all_pass("output shape", self._has_the_shape, first):
            return
        self._counts_layers(first)
        if not self._all_pass("wiring", self._is_wired, first):
            return
        for key in state(self.exercise, first[0][0]):
            name = in_plain_words(key)
            if not all(self._has_state(key, name, case, record) for case, record in first):
                return
            self.verdict.passed(name)
        for covers in other_groups(self.answers):
            cases = group(self.answers, covers)
            self._all_pass(covers, self._is_right, cases)

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

    def _has_the_kind(self, name: str, case: Case, record: Record) -> bool:
        if not self.verdict.ran(name, case, record):
            return False
        value = record["value"]
        if value["kind"] == self.exercise.returns:
            return True
        expected = KINDS[self.exercise.returns]
        received = KINDS.get(value["kind"]) or in_words(decode(value.get("value")))
        hint = "Does the function end with `return` and the right name?"
        if received == "None":
            received, cause = "nothing (None)", "The function returns nothing"
        elif layer := _layer_class(value):
            cause = f"The function returns a layer, {layer}, instead of what the layer computes"
            hint = (
                f"`layers.{layer}(…)` makes a layer. Call it on a tensor: `layers.{layer}(…)(X)`."
            )
        else:
            cause = f"The function returns {received} where {expected} is expected"
        return self.verdict.failed(name, expected, received, hint=hint, cause=cause)

    def _has_the_shape(self, name: str, case: Case, record: Record) -> bool:
        reference = self.exercise.expected(case)
        expected = reference.nodes[reference.output].shape
        received = tuple(record["value"].get("shape") or ())
        if received == expected:
            return True
        self._diagnose()
        cause = f"The output has the shape {received} where {expected} is expected"
        with suppress(*UNREADABLE):
            cause = self._compare(case, record).cause
        expected_in_words = f"{expected} for {case.in_words()}"
        why = self._why(record)
        return self.verdict.failed(
            name, expected_in_words, str(received), why, _PRINT_THE_SHAPES, cause=cause
        )

    def _why(self, record: Record) -> str:
        """Return what was computed and never used, after the mistake if one is known."""
        words = unused_in_words(record["value"])
        return f"{self.verdict.mistake.title}. {words}" if self.verdict.mistake and words else words

    def _learns(self, name: str, record: Record) -> bool:
        """Return whether training changes all layers, where the exercise asks for nothing else."""
        frozen = record["value"].get("frozen")
        about_training = self.exercise.state is not None and self.exercise.returns == "model"
        if about_training or not frozen:
            return True
        return self.verdict.failed(
            name,
            "layers that training changes",
            f"frozen: {', '.join(map(str, frozen))}",
            "The network computes the right thing, and training would leave these layers as they "
            "are.",
            "Take `trainable=False` out of your function.",
            cause="A layer is frozen",
        )

    def _remembers(self, name: str, record: Record) -> bool:
        """Return whether the normalisations collect statistics of more than the last batch."""
        nodes = read_model(record["value"]["graph"]).nodes.values()
        momenta = {
            each.name: each.params["momentum"] for each in nodes if "momentum" in each.params
        }
        if not momenta:
            return True
        layer, momentum = next(iter(momenta.items()))
        return self.verdict.failed(
            name,
            "a momentum near 1 in every batch normalisation, such as Keras's own 0.99",
            f"the momentum {momentum:g} in the layer {layer!r}",
            "The momentum says how much of the moving mean and variance is kept from batch to "
            "batch. With this one they are those of the last batch, or never change at all, and "
            "outside of training the network normalises with them.",
            "The second argument of `layers.BatchNormalization` is the momentum. Give epsilon by "
            "its name: `epsilon=…`.",
            cause=f"A batch normalisation has the momentum {momentum:g}",
        )

    def _counts_layers(self, first: Answers) -> None:
        """Record, kind by kind, whether the network has the layers that it should have.

        How they are wired is another question. What cannot be read is left to that result.
        """
        with suppress(UnknownLayer, *UNREADABLE):
            different: dict[str, tuple[str, str]] = {}
            for case, record in first:
                if record["outcome"] == "returned" and not self._is_equivalent(case, record):
                    received = read_model(record["value"]["graph"])
                    different = unlike_layers(self.exercise.expected(case), received) | different
            for kind in kinds(self.exercise, first[0][0]):
                if kind in different:
                    self.verdict.failed(kind, *different[kind])
                else:
                    self.verdict.passed(kind)

    def _is_wired(self, name: str, case: Case, record: Record) -> bool:
        if not self.verdict.ran(name, case, record):
            return False
        try:
            if self._is_equivalent(case, record):
                return self._learns(name, record) and self._remembers(name, record)
        except UnknownLayer as unknown:
            return self.verdict.failed(
                name,
                "layers of Keras and functions of keras.ops",
                f"the layer {unknown.name!r} of the class {unknown.class_name}",
                "The check cannot look into this layer.",
                "Build the network from the layers that the lesson uses.",
                cause=self._compare(case, record).cause,
            )
        except UNREADABLE as error:
            self.verdict.traceback = repr(error)
            return self.verdict.failed(
                name,
                "a network that the check can read",
                "one that it cannot read, so it cannot tell whether yours is right",
                "That is a limit of the check, and need not be a mistake of yours.",
                "Build the network from the layers that the lesson uses.",
                cause="The check cannot read this network",
            )
        self._diagnose()
        parted = self._compare(case, record)
        setting = "" if name == "wiring" else f" for {case.in_words()}"
        shared = "" if self.verdict.mistake else shared_in_words(parted.received)
        return self.verdict.failed(
            name,
            parted.summary_expected + setting,
            parted.summary_received,
            self._why(record) or (f"{shared}." if shared else ""),
            _NEW_LAYERS if shared else _LOOK_AT_THE_PICTURE,
            cause=shared or self._wrong_default(case) or parted.cause,
        )

    def _wrong_default(self, case: Case) -> str:
        """Say which default is wrong, where only a call that leaves out an argument is."""
        left_out = [name for name in self.exercise.parameters if name not in case.arguments]
        others = [(other, record) for other, record in self.answers if other is not case]
        right = all(
            record["outcome"] == "returned" and self._is_equivalent(other, record)
            for other, record in others
        )
        default = left_out[0] if left_out and right and others else ""
        return f"The default of {default} is another one than in the lesson" if default else ""

    def _is_equivalent(self, case: Case, record: Record) -> bool:
        """Return whether a network is the expected one: by structure, or else by values."""
        if id(record) not in self._equivalent:
            self._equivalent[id(record)] = self._compare_networks(case, record)
        return self._equivalent[id(record)]

    def _compare_networks(self, case: Case, record: Record) -> bool:
        received = with_pointwise_convolutions(simplify(read_model(record["value"]["graph"])))
        expected = simplify(self.exercise.expected(case))
        if same_structure(expected, received, self.exercise.free):
            return True
        if len(received.nodes) > SMALL_GRAPH:
            # A large network takes long to run. The structure of a known mistake is enough.
            self._diagnose()
        return not self.verdict.mistake and same_values(expected, received, self.exercise.free)

    def _has_state(self, key: str, name: str, case: Case, record: Record) -> bool:
        """Return whether training will do with a model what it should."""
        if key == BIASED and self.exercise.returns == "tensor":
            return self._has_its_biases(name, case, record)
        expected, received = state(self.exercise, case)[key], record["value"].get(key)
        if agree(expected, received, STATE_TOLERANCE):
            return True
        self._diagnose()
        label = in_plain_words(key)
        words = "" if name == label else f"{label} "
        return self.verdict.failed(
            name,
            f"{words}{_said(expected)} for {case.in_words()}",
            f"{words}{_said(received)}",
            _frozen_in_words(record) if key == "trainable_parameters" else "",
            _STATE_HINTS.get(key, ""),
            cause=_state_in_words(key, received, expected),
        )

    def _has_its_biases(self, name: str, case: Case, record: Record) -> bool:
        """Return whether layers that compute the right thing have the weights that they should.

        Nothing but a bias before a batch normalisation can be missing from them, or be too many.
        """
        expected = state(self.exercise, case)[BIASED]
        received = record["value"].get(BIASED)
        if received == expected:
            return True
        self._diagnose()
        fewer = isinstance(received, int) and received < expected
        return self.verdict.failed(
            name,
            f"{expected} trainable parameters for {case.in_words()}",
            f"{_said(received)}",
            ""
            if self.verdict.mistake
            else "A batch normalisation takes a bias away again: with "
            "and without it the layers compute the same, and have other numbers of weights.",
            "How many weights has the convolution, with and without a bias?",
            cause=f"The convolution {'lacks its bias' if fewer else 'has a bias too many'}",
        )

    def _compare(self, case: Case, record: Record) -> Comparison:
        """Find where two networks part, and keep it for drawing."""
        received = read_model(record["value"]["graph"])
        comparison = compare(self.exercise.expected(case), received, self.exercise.free)
        self.verdict.comparison = comparison
        return comparison

    def _diagnose(self) -> None:
        """Find the mistake that turns the reference into what the learner built, in all cases."""
        if self.verdict.mistake or self._diagnosed:
            return
        self._diagnosed = True
        try:
            built = [
                (case, simplify(read_model(record["value"]["graph"])), record["value"])
                for case, record in self.answers
                if record["outcome"] == "returned" and "graph" in record["value"]
            ]
        except UNREADABLE:
            return
        small = all(
            max(len(graph.nodes), len(self.exercise.expected(case).nodes)) <= SMALL_GRAPH
            for case, graph, _ in built
        )
        for same in (same_structure, same_values) if small else (same_structure,):
            for mistake in self.exercise.mistakes:
                if explains(self.exercise, mistake, built, same) and self._stops_alike(mistake):
                    self.verdict.mistake = mistake
                    return
        if built:
            self.verdict.mistake = led_astray(self.exercise, built) or self._two_at_once(
                built, small
            )

    def _two_at_once(self, built: Built, small: bool) -> Mistake | None:
        """Find two mistakes that together give just the networks that were built.

        Where there are many, only the pairs are tried that the kinds of layers speak for.
        """
        wrong = (
            (case, graph)
            for case, graph, _ in built
            if not same_structure(simplify(self.exercise.expected(case)), graph, self.exercise.free)
        )
        first = next(wrong, None)
        if first is None:
            return None
        mutations = [each for each in self.exercise.mistakes if each.mutation and not each.state]
        likely = islice(likely_pairs(self.exercise, mutations, *first), MAXIMUM_PAIRS)
        others = (
            combinations(mutations, 2) if small and len(mutations) <= FEW_MUTATIONS else iter(())
        )
        explaining = (
            pair
            for pair in starmap(together, chain(likely, others))
            if explains(self.exercise, pair, built) and self._stops_alike(pair)
        )
        return (
            next(explaining, None)
            or with_edits(self.exercise, mutations, *first)
            or known_and_more(self.exercise, mutations, built)
        )

    def _stops_alike(self, mistake: Mistake) -> bool:
        """Return whether the mistake stops at the shapes at which the learner's calls stopped."""
        return all(
            self._misfit_of(mistake, case) == sorted(_misfit(record))
            for case, record in self.answers
            if _misfit(record)
        )

    def _misfit_of(self, mistake: Mistake, case: Case) -> list[Shape]:
        try:
            self.exercise.expected(case, mistake.mutation)
        except ShapesDoNotFit as error:
            return sorted(error.shapes)
        except (ValueError, KeyError, IndexError):
            pass
        return []


def results(exercise: NetworkExercise, case: Case) -> list[str]:
    """Return the names of the results of the first cases, in order."""
    states = map(in_plain_words, state(exercise, case))
    return [*FIRST_RESULTS, *kinds(exercise, case), "wiring", *states]


def kinds(exercise: NetworkExercise, case: Case) -> list[str]:
    """Return the kinds of layers that are counted in a case."""
    return kinds_of_layers(exercise.expected(case))


def state(exercise: NetworkExercise, case: Case) -> Mapping[str, Any]:
    """Return what training should do with the model of a case; nothing if that is not checked.

    Two calls in one network are not: the state is that of one.
    """
    return exercise.state(**case.arguments) if exercise.state and case.then is None else {}


def in_plain_words(key: str) -> str:
    """Return the name of a result about a model's state."""
    return key.replace("_", " ")


#: What is said in a title of a part of a model's state that is not as expected.
_STATES = {
    "new_optimiser": "The optimiser is the one that the model had before",
    "returns_the_same_model": "Another model is returned than the one that was given",
    "keeps_what_was_learned": "The model does not hold the weights that it was given",
}


def _state_in_words(key: str, received: Any, expected: Any) -> str:
    """Say in a title what a part of a model's state is, instead of what it should be."""
    if key in _STATES:
        return _STATES[key]
    if key == BIASED:
        is_so, should = "trained", "frozen"
        if (received or 0) < expected:
            is_so, should = should, is_so
        numbers = f"{_said(received)} trainable parameters instead of {_said(expected)}"
        return f"Part of the model is {is_so} that should be {should}: {numbers}"
    label = in_plain_words(key)
    if received is None:
        return f"The model is compiled without {label}"
    return f"The {label} is {_said(received)} instead of {_said(expected)}"


def _said(value: Any) -> str:
    """Return a part of a model's state in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else in_words(value).strip("'")


def _frozen_in_words(record: Record) -> str:
    """Return which layers of a model are frozen."""
    frozen = [str(name) for name in record["value"].get("frozen") or ()]
    return f"Frozen: {first_of(frozen, MAXIMUM_NAMED)}." if frozen else "Nothing is frozen."


def _layer_class(value: Mapping[str, Any]) -> str | None:
    """Return the class of a layer that was returned; None for other things."""
    result = decode(value.get("value"))
    return result.type_name if isinstance(result, Other) and result.type_name in LAYERS else None


def _misfit(record: Record) -> tuple[Shape, ...]:
    """Return the shapes that stopped a call because they do not fit; () if nothing did."""
    return misfit(record["error"]) if record["outcome"] == "raised" else ()
