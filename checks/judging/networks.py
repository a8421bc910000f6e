"""Judges exercises whose function builds layers."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from checks.case import Case, Network, TransferNetwork
from checks.differences.broadcasting import lacking_axes
from checks.differences.comparison import (
    Comparison,
    compare,
    kinds_of_layers,
    kinds_too_many,
    unlike_layers,
)
from checks.differences.names import shared_in_words
from checks.differences.unfinished import layers_of
from checks.differences.unused import LOST, are_lost, unused_in_words, unused_operations
from checks.differences.values import agree, first_of, in_words
from checks.encoding import Other, decode
from checks.evidence import Record, Value
from checks.exercise import NetworkExercise
from checks.graph import Graph, ShapesDoNotFit
from checks.graph.canonical import simplify
from checks.graph.equivalence import same_structure, same_values, with_pointwise_convolutions
from checks.graph.interpreter import UnknownLayer
from checks.graph.keras_graph import MalformedEvidence, read_model
from checks.graph.work import is_far_more
from checks.judging.diagnosis import SMALL_GRAPH, STATE_TOLERANCE, Built, diagnose
from checks.judging.fixed_modes import without_made_up_numbers, without_modes
from checks.judging.name_collision import explain_collision
from checks.judging.places import place
from checks.judging.stopped import Begun, deviates, explain_stop, paths, read
from checks.judging.verdict import Answers, Verdict, group, other_groups
from checks.messages.python_errors import explain, is_known

FIRST_RESULTS = ("returns the right kind", "output shape")

#: What reading a network of a form that nobody foresaw may raise.
UNREADABLE = (MalformedEvidence, ShapesDoNotFit, KeyError, TypeError, IndexError)

#: A batch normalisation with a larger epsilon does not bring its input to unit variance.
LARGEST_EPSILON = 0.1

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

_FAR_MORE = (
    "Your network takes far more work than the expected one, so it was compared layer by layer, "
    "and not run."
)
_LOOK_AT_THE_PICTURE = "Look at the place that is marked in the picture of the two networks."
_PRINT_THE_SHAPES = "Print `X.shape` after each layer: after which one is it not what you expect?"
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
        self._quick = self._diagnosed = quick
        self.exercise = exercise
        self.verdict = verdict
        self.answers = answers
        self._equivalent: dict[Record, bool] = {}
        self._begun: dict[Record, Begun] = {}

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

    def _ran(self, name: str, case: Case, record: Record) -> bool:
        """Return whether a case ran to its end; else that is explained by what was built."""
        if record.error is None:
            return self.verdict.ran(name, case, record)
        expected, begun = self.exercise.expected(case), self._what_was_begun(record)
        unclear = begun.misfits or not is_known(explain(record.error, self.exercise.parameters))
        otherwise = deviates(begun, expected, self.exercise.free)
        if unclear and otherwise:
            self._diagnose()
        if begun.graph and not self.verdict.comparison:
            comparison = compare(expected, begun.graph, self.exercise.free, False)
            self._keep(comparison, record if otherwise else None)
        parameters = self.exercise.parameters
        explanation = explain_collision(record.error, parameters, case) or explain_stop(
            record.error, parameters, begun, expected, self.exercise.free
        )
        return self.verdict.ran(name, case, record, explanation)

    def _what_was_begun(self, record: Record) -> Begun:
        """Return what a function built that returned no network."""
        if record not in self._begun:
            begun = read(record)
            if begun.graph and begun.simple and self.exercise.in_inference:
                graphs = without_modes(begun.graph, False), without_modes(begun.simple, False)
                begun = replace(begun, graph=graphs[0], simple=graphs[1])
            self._begun[record] = begun
        return self._begun[record]

    def _network(self, record: Record) -> Graph:
        """Read the network of an answer, without the mode that a backbone may be called in."""
        graph = _model(record)
        return without_modes(graph, False) if self.exercise.in_inference else graph

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
        if not self._ran(name, case, record):
            return False
        value = record.result
        if value.kind == self.exercise.returns:
            return True
        expected = KINDS[self.exercise.returns]
        received = KINDS.get(value.kind) or in_words(decode(value.value))
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
        received = record.result.shape
        if received == expected:
            return True
        self._diagnose()
        cause = f"The output has the shape {received} where {expected} is expected"
        with suppress(*UNREADABLE):
            if _closed(record) is None:
                cause = self._compare(case, record).cause
        expected_in_words = f"{expected} for {case.in_words()}"
        why = self._why(record)
        return self.verdict.failed(
            name, expected_in_words, str(received), why, _PRINT_THE_SHAPES, cause=cause
        )

    def _why(self, record: Record) -> str:
        """Return what was computed and never used, after the mistake if one is known."""
        words = unused_in_words(record.result)
        return f"{self.verdict.mistake.title}. {words}" if self.verdict.mistake and words else words

    def _learns(self, name: str, record: Record) -> bool:
        """Return whether training changes all layers, where the exercise asks for nothing else."""
        frozen = record.result.frozen
        about_training = self.exercise.state is not None and self.exercise.returns == "model"
        if about_training:
            return True
        nodes = _model(record).nodes.values()
        fixed = [node for node in nodes if node.params.get("learns") is False]
        if fixed:
            return self.verdict.failed(
                name,
                "weights that training changes",
                f"weights of the layer {fixed[0].layer!r} that it does not",
                "The network computes the right thing, and training would leave these weights as "
                "they are. Keras trains those that a layer gets from `self.add_weight`, and not a "
                "`tf.Variable`.",
                "Make the weights in `build`, with `self.add_weight(shape=…)`.",
                cause="A layer has weights that training does not change",
            )
        if not frozen:
            return True
        return self.verdict.failed(
            name,
            "layers that training changes",
            f"frozen: {', '.join(map(str, frozen))}",
            "Outside of training the network computes the right thing. Training would leave these "
            "layers as they are.",
            "Take `trainable=False` out of your function.",
            cause="A layer is frozen",
        )

    def _normalises(self, name: str, record: Record) -> bool:
        """Return whether epsilon adds next to nothing to the variances."""
        for node in _model(record).nodes.values():
            epsilon = node.params.get("epsilon", 0)
            if not epsilon >= 0:
                return self.verdict.failed(
                    name,
                    "an epsilon above 0 and far below 1, such as 1.001e-5",
                    f"the epsilon {epsilon:g} in the layer {node.layer!r}",
                    "Epsilon is added to the variance before its square root is taken. With this "
                    "one there may be no root.",
                    "Is a minus sign in the wrong place?",
                    cause=f"A batch normalisation has the epsilon {epsilon:g}",
                )
            if epsilon > LARGEST_EPSILON:
                return self.verdict.failed(
                    name,
                    "an epsilon far below 1, such as 1.001e-5",
                    f"the epsilon {epsilon:g} in the layer {node.layer!r}",
                    "Epsilon only keeps the division from failing where the variance is zero. One "
                    "that is as large as the variance, or larger, makes the outputs smaller.",
                    "Is a minus sign missing in the exponent?",
                    cause=f"A batch normalisation has the epsilon {epsilon:g}",
                )
        return True

    def _remembers(self, name: str, record: Record) -> bool:
        """Return whether the normalisations collect statistics of more than the last batch."""
        nodes = _model(record).nodes.values()
        momenta = {
            each.name: each.params["momentum"] for each in nodes if "momentum" in each.params
        }
        if any(each.params.get("updated") is False for each in nodes):
            return self.verdict.failed(
                name,
                "a moving mean and variance that follow the batches while training",
                "ones that are never set",
                "While training, a batch normalisation collects the statistics of the batches, and "
                "outside of training it normalises with them.",
                "Set the moving statistics where `training` is true, with `assign`.",
                cause="The moving mean and variance of a normalisation never change",
            )
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

    def _counts_layers(self, first: Answers, whole: bool) -> None:
        """Record, kind by kind, whether the network has the layers that it should have.

        How they are wired is another question. What cannot be read is left to that result. Of a
        network that is not finished, kinds whose layers are only missing have not been reached.

        Args:
            first: The first cases.
            whole: Whether there is a network of the right shape; else the layers of models that
                the function was given earn nothing.
        """
        given = kinds_given(self.exercise, first[0][0]) if not whole else set()
        with suppress(UnknownLayer, *UNREADABLE):
            different: dict[str, tuple[str, str]] = {}
            not_reached: set[str] = set()
            for case, record in first:
                expected = self.exercise.expected(case)
                if _has_graph(record):
                    if not self._is_equivalent(case, record):
                        received = self._network(record)
                        if _of_ones_own(record):
                            return
                        different = unlike_layers(expected, received) | different
                    continue
                begun = self._what_was_begun(record).graph
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
            if self._is_equivalent(case, record):
                return (
                    self._learns(name, record)
                    and self._normalises(name, record)
                    and self._remembers(name, record)
                )
        except UnknownLayer as unknown:
            closed = _closed(record)
            layer = closed or unknown
            shown = without_made_up_numbers(layer.name)
            words = f"the layer {shown!r} of the class {layer.class_name}"
            return self.verdict.failed(
                name,
                "layers and functions that the check can see into",
                words,
                "What this layer computes, and so whether the network is right, cannot be told."
                if closed
                else "The check does not know this layer.",
                "Build the network from the layers that the lesson uses.",
                cause=f"The check cannot see into {words}"
                if closed
                else _of_ones_own(record) or self._compare(case, record).cause,
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
        # What does two things is called once for each.
        two_modes = any(each.operation == "switch" for each in parted.received.nodes.values())
        told = self.verdict.mistake or two_modes
        shared = "" if told else shared_in_words(parted.received)
        why, hint = (f"{shared}.", _NEW_LAYERS) if shared else self._first_difference(parted)
        return self.verdict.failed(
            name,
            parted.summary_expected + setting,
            parted.summary_received,
            self._why(record) or why,
            hint,
            cause=shared or _of_ones_own(record) or self._wrong_default(case) or parted.cause,
        )

    def _first_difference(self, parted: Comparison) -> tuple[str, str]:
        """Return why a network counts as another one, where that can be said, and a hint."""
        received = simplify(parted.received)
        flat = lacking_axes(received)
        if flat and flat.cause == parted.cause:
            return flat.why, flat.hint
        far_more = is_far_more(received, simplify(parted.expected))
        return _FAR_MORE if far_more else "", _LOOK_AT_THE_PICTURE

    def _wrong_default(self, case: Case) -> str:
        """Say which default is wrong, where only a call that leaves out an argument is."""
        others = [(other, record) for other, record in self.answers if other is not case]
        left_out = [
            name
            for name in self.exercise.parameters
            if all(name in other.arguments for other, _ in others) and name not in case.arguments
        ]
        right = all(
            record.outcome == "returned" and self._is_equivalent(other, record)
            for other, record in others
        )
        default = left_out[0] if left_out and right and others else ""
        return f"The default of {default} is not the one in the lesson" if default else ""

    def _is_equivalent(self, case: Case, record: Record) -> bool:
        """Return whether a network is the expected one: by structure, or else by values."""
        if record not in self._equivalent:
            self._equivalent[record] = self._compare_networks(case, record)
        return self._equivalent[record]

    def _compare_networks(self, case: Case, record: Record) -> bool:
        received = with_pointwise_convolutions(simplify(self._network(record)))
        expected = simplify(self.exercise.expected(case))
        if same_structure(expected, received, self.exercise.free):
            return True
        if len(received.nodes) > SMALL_GRAPH:
            # A large network takes long to run. The structure of a known mistake is enough.
            if self._quick:
                return False
            self._diagnose()
        return not self.verdict.mistake and same_values(expected, received, self.exercise.free)

    def _has_state(self, key: str, name: str, case: Case, record: Record) -> bool:
        """Return whether training will do with a model what it should."""
        if key == BIASED and self.exercise.returns == "tensor":
            return self._has_its_biases(name, case, record)
        expected, received = state(self.exercise, case)[key], getattr(record.result, key)
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
        received = getattr(record.result, BIASED)
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
        received = self._network(record)
        expected = self.exercise.expected(case)
        comparison = compare(expected, received, self.exercise.free)
        if "missing" in comparison.cause and are_lost(
            unused_operations(record.result), expected, received
        ):
            comparison = replace(comparison, cause=f"{comparison.cause} {LOST}")
        return self._keep(comparison, record)

    def _keep(self, comparison: Comparison, record: Record | None) -> Comparison:
        """Keep a comparison for the report, and where in the learner's code the networks part."""
        self.verdict.comparison = comparison
        self.verdict.place = place(comparison, record) if record else ""
        return comparison

    def _diagnose(self) -> None:
        """Find the mistake that turns the reference into what the learner built, in all cases."""
        if self.verdict.mistake or self._diagnosed:
            return
        self._diagnosed = True
        try:
            built = [
                Built(case, simplify(self._network(record)), record.result)
                for case, record in self.answers
                if _has_graph(record)
            ]
        except UNREADABLE:
            return
        built += [
            Built(case, begun.simple)
            for case, record in self.answers
            if not _has_graph(record) and (begun := self._what_was_begun(record)).simple
        ]
        self.verdict.mistake = diagnose(self.exercise, built)


def results(exercise: NetworkExercise, case: Case) -> list[str]:
    """Return the names of the results of the first cases, in order."""
    states = map(in_plain_words, state(exercise, case))
    return [*FIRST_RESULTS, *kinds(exercise, case), "wiring", *states]


def kinds(exercise: NetworkExercise, case: Case) -> list[str]:
    """Return the kinds of layers that are counted in a case."""
    return kinds_of_layers(exercise.expected(case))


def kinds_given(exercise: NetworkExercise, case: Case) -> set[str]:
    """Return the kinds of layers of which a function was given all that there should be."""
    given: set[str] = set()
    for value in case.arguments.values():
        if isinstance(value, TransferNetwork):
            return set(kinds(exercise, case))
        if isinstance(value, Network):
            given |= set(kinds(exercise, case)) - {
                *unlike_layers(exercise.expected(case), value.graph)
            }
    return given


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
    frozen = [*record.result.frozen]
    return f"Frozen: {first_of(frozen, MAXIMUM_NAMED)}." if frozen else "Nothing is frozen."


def _closed(record: Record) -> UnknownLayer | None:
    """Return a layer that the probe could not see into, where a network has one."""
    for node in _model(record).nodes.values():
        if node.params.get("closed"):
            return UnknownLayer(node.name, node.params["class_name"])
    return None


def _of_ones_own(record: Record) -> str:
    """Say in a title which layer of the learner's own does what no layer of a reference does."""
    nodes = list(simplify(_model(record)).nodes.values())
    found = {node.operation: node for node in reversed(nodes)}
    owner = found.get("switch") or found.get("weight")
    if owner is None:
        return ""
    if "batch_statistic" in found:
        what = "takes statistics of the batch and is not a batch normalisation"
    elif "switch" in found:
        what = "computes one thing while training and another afterwards"
    else:
        what = "computes with its weights what none of the expected layers does"
    return f"The layer {owner.params['of']!r} of the class {owner.params['of_class']} {what}"


def _layer_class(value: Value) -> str | None:
    """Return the class of a layer that was returned; None for other things."""
    result = decode(value.value)
    return result.type_name if isinstance(result, Other) and result.type_name in LAYERS else None


def _has_graph(record: Record) -> bool:
    """Return whether an answer is a network, which may be of the wrong kind."""
    return record.value is not None and record.value.graph is not None


def _model(record: Record) -> Graph:
    """Read the network that a function returned."""
    if record.result.graph is None:
        raise MalformedEvidence("there is no network")
    return read_model(record.result.graph)
