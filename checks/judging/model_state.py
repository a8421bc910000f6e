"""What training will do with a model that was returned: what its graph does not show."""

from collections.abc import Mapping
from typing import Any

from checks.case import Case
from checks.differences.values import agree, first_of, in_words
from checks.evidence import Record
from checks.exercise import NetworkExercise
from checks.judging.diagnosis.explaining import STATE_TOLERANCE
from checks.judging.verdict import Failure

#: How many frozen layers are named.
MAXIMUM_NAMED = 6

#: The part of a model's state that tells whether layers have a bias, where nothing else can.
BIASED = "trainable_parameters"

#: Where to look if a part of the state is not as expected.
_HINTS = {
    "trainable_parameters": "Go through the layers of the model, and through those inside them: "
    "`layer.trainable` says whether training changes one.",
    "optimiser": "Look at the optimiser that you give to `model.compile`.",
    "learning_rate": "Look at the rate of the optimiser that you give to `model.compile`.",
    "new_optimiser": "Make a new optimiser and give it to `model.compile`.",
    "loss": "Look at the loss that you give to `model.compile`.",
    "returns_the_same_model": "Change the model that you were given, and return it.",
    "keeps_what_was_learned": "Build with the model that you were given, not with a copy.",
}

#: What is said in a title of a part of the state that is either so or not.
_TITLES = {
    "new_optimiser": "The optimiser is the one that the model had before",
    "returns_the_same_model": "Another model is returned than the one that was given",
    "keeps_what_was_learned": "The model does not hold the weights that it was given",
}


def state(exercise: NetworkExercise, case: Case) -> Mapping[str, Any]:
    """Return what training should do with the model of a case; nothing if that is not checked.

    Two calls in one network are not: the state is that of one.
    """
    return exercise.state(**case.arguments) if exercise.state and case.then is None else {}


def in_plain_words(key: str) -> str:
    """Return the name of a result about a model's state."""
    return key.replace("_", " ")


def is_as_expected(exercise: NetworkExercise, key: str, case: Case, record: Record) -> bool:
    """Return whether a part of the state of the model that a case returned is as expected."""
    expected, received = state(exercise, case)[key], getattr(record.result, key)
    if _is_about_biases(exercise, key):
        return bool(received == expected)
    return agree(expected, received, STATE_TOLERANCE)


def unlike_state(
    exercise: NetworkExercise, name: str, key: str, case: Case, record: Record, explained: bool
) -> Failure:
    """Return how a part of the state of a model is not as expected.

    Args:
        exercise: The exercise.
        name: The result that fails.
        key: The part of the state.
        case: The call.
        record: What became of it.
        explained: Whether a mistake of the catalogue explains it.
    """
    expected, received = state(exercise, case)[key], getattr(record.result, key)
    if _is_about_biases(exercise, key):
        return _unlike_biases(expected, received, case, explained)
    label = in_plain_words(key)
    words = "" if name == label else f"{label} "
    return Failure(
        f"{words}{_said(expected)} for {case.in_words()}",
        f"{words}{_said(received)}",
        _frozen_in_words(record) if key == "trainable_parameters" else "",
        _HINTS.get(key, ""),
        _title(key, received, expected),
    )


def _is_about_biases(exercise: NetworkExercise, key: str) -> bool:
    """Return whether a number of weights tells of biases: layers compute the right thing already.

    Nothing but a bias before a batch normalisation can be missing from them, or be too many.
    """
    return key == BIASED and exercise.returns == "tensor"


def _unlike_biases(expected: int, received: Any, case: Case, explained: bool) -> Failure:
    fewer = isinstance(received, int) and received < expected
    return Failure(
        f"{expected} trainable parameters for {case.in_words()}",
        _said(received),
        ""
        if explained
        else "A batch normalisation subtracts a bias again. With and without one the layers "
        "compute the same, but they have different numbers of weights.",
        "How many weights does the convolution have, with and without a bias?",
        f"The convolution {'lacks its bias' if fewer else 'has a bias, and should have none'}",
    )


def _title(key: str, received: Any, expected: Any) -> str:
    """Say in a title what a part of a model's state is, instead of what it should be."""
    if key in _TITLES:
        return _TITLES[key]
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
