"""What else is asked of a function that returns the right numbers.

Their type, the order in which they stand, and that the function leaves alone what it was given.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from checks.case import Network, TransferNetwork
from checks.differences.values import has_dtype
from checks.exercise import NumericExercise
from checks.judging.returned_numbers import Call
from checks.judging.verdict import Answers, Failure

_UNCHANGED = "arguments left unchanged"
_STILL_IN_USE = "The caller may still need what was passed to the function."

#: What converts to a type of numbers, by the word for the type.
_CONVERSIONS = {"integer": "int64"}

#: The title and a hint for what was changed of a model besides its weights.
_UNTOUCHED = {
    "how it is compiled": (
        "The function compiles the model that it was given",
        "Make a second model of the same layers and compile that one: "
        "`recorder = keras.Model(model.input, model.output)`.",
    ),
    "which layers are trainable": (
        "The function changes which layers of the model are trainable",
        "Leave `trainable` as it is, or put it back at the end.",
    ),
}


def another_order(exercise: NumericExercise, calls: Sequence[Call]) -> Failure | None:
    """Return how the entries of dictionaries stand in another order than is asked for."""
    orders = [(list(map(str, truth)), list(received)) for _, truth, received in calls]
    unlike = [(wanted, there) for wanted, there in orders if wanted != there]
    if not unlike:
        return None
    wanted, there = unlike[0]
    is_reversed = all(there == wanted[::-1] for wanted, there in unlike)
    order = "in the reverse order" if is_reversed else "not in the order"
    return Failure(
        ", ".join(wanted),
        ", ".join(there),
        f"The numbers are right, but they should be in the order of {exercise.ordered_by}: a plot "
        "shows them in the order of the dictionary.",
        f"Fill the dictionary in the order of {exercise.ordered_by}.",
        f"The entries of the dictionary are {order} of {exercise.ordered_by}",
    )


def another_dtype(exercise: NumericExercise, calls: Sequence[Call]) -> Failure | None:
    """Return which numbers are of another type than is asked for."""
    for _, _, received in calls:
        parts = received if len(exercise.dtypes) > 1 else [received]
        for (words, wanted), part in zip(exercise.dtypes.items(), parts, strict=False):
            if wanted and not has_dtype(part, wanted):
                return _of_dtype(np.asarray(part).dtype.name, words, wanted)
    return None


def _of_dtype(received: str, words: str, wanted: str) -> Failure:
    return Failure(
        f"{words} as {wanted}",
        f"{words} as {received}",
        f"The values are right, but their type is {received}: the docstring asks for {wanted}.",
        f'Print `.dtype` after every step. `.astype("{_CONVERSIONS.get(wanted, wanted)}")` '
        "converts an array; it is better to find the line that changes the type.",
        f"{words[0].upper()}{words[1:]} are of type {received}, not {wanted}",
    )


def changed_arguments(answers: Answers) -> Failure | None:
    """Return what a function changed of its arguments: arrays, weights of models, or settings."""
    changed = {
        name: case.arguments[name]
        for case, record in answers
        if record.outcome == "returned"
        for name in record.result.changed_arguments
    }
    if not changed:
        return _changed_settings(answers)
    return Failure(
        _UNCHANGED,
        f"changed: {', '.join(sorted(changed))}",
        _STILL_IN_USE,
        "Keep `model.get_weights()` before you change the model, and put them back at the end "
        "with `model.set_weights(…)`."
        if any(map(_is_model, changed.values()))
        else "Make a new array: `x -= mean` and `x.shape = …` change the array that was passed "
        "to the function, `x = x - mean` and `x = x.reshape(…)` do not.",
        _changed_in_words(changed),
    )


def _changed_settings(answers: Answers) -> Failure | None:
    """Return whether models are compiled or frozen in another way than before.

    What the evidence says of this is not checked before it comes here.
    """
    changed = [
        (name, words)
        for _, record in answers
        if record.outcome == "returned"
        for name, settings in record.result.changed_settings.items()
        for words in settings
        if words in _UNTOUCHED
    ]
    if not changed:
        return None
    name, words = changed[0]
    cause, hint = _UNTOUCHED[words]
    return Failure(
        _UNCHANGED, f"changed: {words}, of the argument {name}", _STILL_IN_USE, hint, cause
    )


def _is_model(value: Any) -> bool:
    return isinstance(value, Network | TransferNetwork)


def _changed_in_words(changed: Mapping[str, Any]) -> str:
    """Say in a title which arguments a function changes: arrays, and the weights of models."""
    arrays = [name for name in changed if not _is_model(changed[name])]
    models = [name for name in changed if _is_model(changed[name])]
    parts = [f"its argument{'s' * (len(arrays) > 1)} {' and '.join(arrays)}"] * bool(arrays)
    parts += [f"the weights of its argument {name}" for name in models]
    return f"The function changes {' and '.join(parts)}"
