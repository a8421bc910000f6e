"""Says in one sentence what Python's own errors mean for a learner."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from checks.operations import Shape


@dataclass(frozen=True)
class Explanation:
    """A learner's error in plain words.

    Attributes:
        cause: A title.
        why: What Python could not do, with the learner's own line.
        hint: What to look at.
    """

    cause: str
    why: str
    hint: str


def explain(error: Mapping[str, Any], parameters: Sequence[str]) -> Explanation:
    """Explain an error that a learner's function raised.

    Args:
        error: The `error` record of the evidence.
        parameters: Names of the exercise's parameters.
    """
    kinds, message = error["types"], str(error["message"])
    where = _where(error)
    if "NotImplementedError" in kinds:
        return Explanation(
            "The exercise is not started",
            "The function still holds the stub.",
            "Replace the line `raise NotImplementedError()` by your own code.",
        )
    for pattern, explanation in _PATTERNS:
        if match := re.search(pattern, message):
            cause, why, hint = (part.format(*match.groups(), where=where) for part in explanation)
            return Explanation(cause, why, hint)
    if "NameError" in kinds and (match := re.search(r"name '(\w+)' is not defined", message)):
        close = get_close_matches(match[1], parameters, n=1)
        suggestion = f" Did you mean `{close[0]}`?" if close else ""
        return Explanation(
            f"The name {match[1]} is not defined",
            f"Python does not know `{match[1]}`{where}.{suggestion}",
            "Look for a typing mistake, or run the cell that defines it first.",
        )
    return Explanation(
        f"Your function raised {error['type']}",
        f"Python stopped{where} and said: {_first_line(message)}",
        "Call the function yourself in a cell of its own to see the whole message.",
    )


def misfit(error: Mapping[str, Any]) -> tuple[Shape, ...]:
    """Return the shapes that an error calls incompatible, without the batch axis; () if none."""
    message = str(error["message"])
    if not re.search(r"incompatible shapes|Cannot broadcast shape", message):
        return ()
    sizes = (re.findall(r"\d+", inside) for inside in re.findall(r"[(\[](.*?)[)\]]", message))
    return tuple(tuple(map(int, each)) for each in sizes if each)


def _where(error: Mapping[str, Any]) -> str:
    return f" at your line {error['line_number']}, `{error['line']}`" if error.get("line") else ""


def _first_line(message: str) -> str:
    return message.strip().splitlines()[0] if message.strip() else "nothing more"


_PATTERNS: tuple[tuple[str, tuple[str, str, str]], ...] = (
    (
        r"(?s)incompatible shapes.*?(\(.*?\)).*?(\(.*?\))",
        (
            "The shapes of the two paths do not fit",
            "Tensors of the shapes {0} and {1} cannot be added{where}.",
            "Print the shape of both before the addition. Which layer changes height, width or "
            "channels where it should not, or leaves them where it should change them?",
        ),
    ),
    (
        r"(?s)Cannot broadcast shape.*?\[None, (.*?)\].*?\[None, (.*?)\]",
        (
            "The shapes of the two paths do not fit",
            "Tensors of the shapes ({0}) and ({1}) cannot be added{where}.",
            "Print the shape of both before the addition. Which layer changes height, width or "
            "channels where it should not, or leaves them where it should change them?",
        ),
    ),
    (
        r"(?s)axis -1 of input shape to have value (\d+).*received input with shape (\(.*?\))",
        (
            "A layer is called with another number of channels than before",
            "The layer has a kernel for {0} channels, and the shape {1} is not that{where}.",
            "Is one layer called twice? A layer keeps the kernel of its first call: make a new "
            "layer for every call, inside the loop.",
        ),
    ),
    (
        r"The name \"(.+?)\" is used (\d+) times",
        (
            "Layer names collide",
            'The name "{0}" is given to {1} layers of one network.',
            "Build the name of each layer from `stage` and `block`, so that every block has "
            "names of its own.",
        ),
    ),
    (
        r"All layer names should be unique|layer names should be unique",
        (
            "Layer names collide",
            "Two layers of one network have the same name.",
            "Build the name of each layer from `stage` and `block`, so that every block has "
            "names of its own.",
        ),
    ),
    (
        r"cannot access local variable '(\w+)'",
        (
            "A variable is used before it has a value",
            "`{0}` has no value yet{where}.",
            "Follow your function from the top: which line should have set it?",
        ),
    ),
    (
        r"got an unexpected keyword argument '(\w+)'",
        (
            "An argument has a name that is not known",
            "`{0}` is not an argument of what is called{where}.",
            "Look the argument up in the documentation of the layer; check the spelling.",
        ),
    ),
    (
        r"missing (\d+) required positional arguments?: (.+)",
        (
            "An argument is missing",
            "A call lacks {0} of its arguments{where}: {1}.",
            "Compare the call with the definition of what it calls.",
        ),
    ),
    (
        r"A KerasTensor cannot be used as input to a TensorFlow function",
        (
            "A TensorFlow function is applied to a Keras tensor",
            "A function of TensorFlow cannot be part of a Keras network{where}.",
            "Use the layer or the `keras.ops` function of the same name instead.",
        ),
    ),
)
