"""Says in one sentence what Python's own errors mean for a learner."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from checks.evidence import Error
from checks.graph.operation import Shape
from checks.messages.error_patterns import PATTERNS
from checks.messages.patterns import Patterns


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


class _Word(str):
    """A word of an error; `{0:a}` says what a value of that type is, with its article."""

    def __format__(self, spec: str) -> str:
        word = _TYPES.get(self, str(self))
        return f"{'an' if word[:1] in 'aeioAEIO' else 'a'} {word}" if spec == "a" else str(self)


#: What values of a type are called.
_TYPES = {
    "ndarray": "NumPy array",
    "EagerTensor": "TensorFlow tensor",
    "Functional": "model",
    "Sequential": "model",
    "dict": "dictionary",
    "str": "string",
}


def explain(error: Error, parameters: Sequence[str], operation: str = "") -> Explanation:
    """Explain an error that a learner's function raised.

    Args:
        error: What the evidence says of it.
        parameters: Names of the exercise's parameters.
        operation: The class of the layer whose call failed, if it was one.
    """
    kinds, message, where = error.types, plain(error.message), at_line(error)
    if "NotImplementedError" in kinds:
        return _not_implemented(error, message, where)
    if is_about_none(error):
        return _none(error, where)
    if found := _beyond_the_end(error, where) or by_patterns(PATTERNS, error, operation):
        return found
    if "NameError" in kinds and (match := re.search(r"name '(\w+)' is not defined", message)):
        close = get_close_matches(match[1], parameters, n=1)
        suggestion = f" Did you mean `{close[0]}`?" if close else ""
        return Explanation(
            f"The name {match[1]} is not defined",
            f"Python does not know `{match[1]}`{where}.{suggestion}",
            "Look for a typing mistake, or run the cell that defines it first.",
        )
    said = _first_line(message)
    if "KeyError" in kinds and said:
        return Explanation(
            f"There is no entry {_shortened(said)}",
            f"A dictionary is asked for an entry that it does not have{where}.",
            "Print the keys of the dictionary. Check the spelling, and the order of the lines.",
        )
    return Explanation(
        f"{_UNKNOWN} {error.type}" + (f": {_shortened(said)}" if said else ""),
        f"Python stopped{where}" + (f" and said: {said}" if said else ", and said nothing more."),
        "Call the function yourself in a separate cell to see the whole message.",
    )


def by_patterns(patterns: Patterns, error: Error, operation: str = "") -> Explanation | None:
    """Explain an error by the first pattern that it fits, if there is one.

    Args:
        patterns: In the form of `checks.messages.patterns`.
        error: What the evidence says of it.
        operation: The class of the layer whose call failed, if it was one.
    """
    with_line, where = _with_line(error), at_line(error)
    combined = _COMBINED.get(operation, "combined")
    for pattern, explanation in patterns:
        if match := re.search(pattern, with_line):
            words = [_Word(each) for each in match.groups()]
            parts = (part.format(*words, where=where, combined=combined) for part in explanation)
            return Explanation(*(part[0].upper() + part[1:] for part in parts))
    return None


#: What a layer does with two tensors.
_COMBINED = {
    "Add": "added",
    "Subtract": "subtracted",
    "Multiply": "multiplied",
    "Divide": "divided",
    "TrueDivide": "divided",
}


def is_about_none(error: Error) -> bool:
    """Return whether an error says that Python met None where it needed something else."""
    return bool(re.search(_NONE, _with_line(error)))


#: What errors say that are about None.
_NONE = (
    r"NoneType|value \(None\)|None values not supported|Received:? (?:\w+=)?None\b"
    r"|input_shape=\[(?:\([^)]*\), )*None\b"
)


def _none(error: Error, where: str) -> Explanation:
    """Say which variable is None, and where that may come from."""
    method = re.search(r"\.(predict|fit|evaluate)\(", error.line)
    if method and "int() argument must be" in error.message:  # the number of images
        return Explanation(
            f"`{method[1]}` is called on a tensor that has no numbers yet",
            f"`{method[1]}` takes images, and while a network is being built there are "
            f"none{where}.",
            "Call the model like a layer: `backbone(X)` gives what it computes from `X`.",
        )
    held = error.variables
    names = [name for name in _names(error) if held.get(name) == "None"]
    left = [name for name in names if name in error.set_to_none]
    name = f"`{(left or names)[0]}`" if names else ""
    if left:
        hint = f"Fill in the line `{left[0]} = None`: what should it compute?"
    else:
        hint = (
            f"Which line sets {name or 'the value'}? A function gives None where it ends without "
            "`return`, as do methods that change something, such as `append` and `set_weights`."
        )
    return Explanation(
        f"{name or '`None`'} is {'None' if name else 'used'} where a value is needed",
        f"Python cannot compute anything with `None`, which means that there is no value{where}.",
        hint,
    )


def _beyond_the_end(error: Error, where: str) -> Explanation | None:
    """Say which entry of which sequence is asked for, where it has fewer and all of it is known."""
    if "IndexError" not in error.types:
        return None
    held = error.variables
    for sequence, name, shift in re.findall(
        r"\b([^\W\d]\w*)\[([^\W\d]\w*)(?: *([+-] *\d+))?\]", error.line
    ):
        entries = re.match(r"(?:list|tuple) of (\d+)", held.get(sequence, ""))
        number = re.fullmatch(r"int (-?\d+)", held.get(name, ""))
        if entries and number:
            index = int(number[1]) + int((shift or "0").replace(" ", ""))
            if not -int(entries[1]) <= index < int(entries[1]):
                asked = f"{name} {shift[0]} {shift[1:].strip()}" if shift else name
                return Explanation(
                    f"The index `{asked}` is {index}, and `{sequence}` has {entries[1]} entries",
                    f"Entries are counted from 0, so the last one has the index "
                    f"{int(entries[1]) - 1}{where}.",
                    f"Which index has the first entry that you want? What is `{name}` then?",
                )
    return None


def _names(error: Error) -> list[str]:
    """Return the names in the learner's line, in order."""
    return list(dict.fromkeys(re.findall(r"[^\W\d]\w*", error.line)))


def _with_line(error: Error) -> str:
    return f"{plain(error.message)}\n{error.line}"


#: How a title begins that says no more than what was raised.
_UNKNOWN = "Your function raised"


def is_known(explanation: Explanation) -> bool:
    """Return whether an error was explained, not only named."""
    return not explanation.cause.startswith(_UNKNOWN)


def _not_implemented(error: Error, message: str, where: str) -> Explanation:
    """Tell the line of the stub from the same error of something that the function calls."""
    stub, inner = "`raise NotImplementedError()`", _innermost(error)
    if is_stub(error) and error.first_statement:
        return Explanation(
            "The exercise is not started",
            "The function is still the stub of the lesson.",
            f"Replace the line {stub} with your own code.",
        )
    if is_stub(error):
        return Explanation(
            f"The stub's line {stub} is still there",
            f"Python stops{where}: no line after it ever runs.",
            f"Delete the line {stub}.",
        )
    if not message.strip() and inner and not _LIBRARY.search(inner["file"]):
        name = f"`{inner['function']}`"
        return Explanation(
            f"{name}, which your function calls, is not started",
            f"{name} is still a stub, and your function calls it.",
            f"Write {name} first, and run its cell.",
        )
    said = _first_line(message)
    return Explanation(
        "Something that your function calls is not implemented"
        + (f": {_shortened(said)}" if said else ""),
        f"Python stopped{where}, in code that is not yours"
        + (f", and said: {said}" if said else ", and said nothing more."),
        "Call the function yourself in a separate cell to see the whole message.",
    )


def is_stub(error: Error) -> bool:
    """Return whether an error is that of the line which a lesson gives in place of a solution."""
    inner, line = _innermost(error), error.line
    return (
        "NotImplementedError" in error.types
        and error.in_function
        and (inner is None or inner["line"] == str(error.line_number))
        and (not line or bool(re.search(r"\braise NotImplementedError\b", line)))
    )


def _innermost(error: Error) -> re.Match[str] | None:
    """Find in Python's own message the place at which an error was raised."""
    return next(reversed([*_FRAME.finditer(error.traceback)]), None)


#: A place in Python's own message.
_FRAME = re.compile(r'File "(?P<file>.*?)", line (?P<line>\d+), in (?P<function>\S+)')

#: What the files of libraries have in their paths.
_LIBRARY = re.compile(r"[/\\](site-packages|dist-packages|python3[.\d]*)[/\\]", re.IGNORECASE)


def plain(message: Any) -> str:
    """Return what Python said without codes for colours, and without TensorFlow's own notes."""
    return re.sub(
        r"\x1b\[[0-9;]*m|\{\{function_node .*?\}\} ?| ?\[Op:\w+\](?: name:.*)?", "", str(message)
    )


def broadcast(error: Error) -> tuple[Shape, ...]:
    """Return the shapes of arrays that could not be combined; () if that was not the error."""
    shapes = re.search(
        r"broadcast together with shapes ((?:\([\d,]*\) ?)+)"
        r"|Incompatible shapes: (\[[\d,]*\] vs\. \[[\d,]*\])",
        error.message,
    )
    return tuple(map(_shape, re.findall(r"[([](.*?)[)\]]", shapes[0]))) if shapes else ()


def shapes(error: Error) -> tuple[Shape, ...]:
    """Return the shapes of the arrays in the learner's line, and those that the error names."""
    held = error.variables
    texts = [error.message, *(held.get(name, "") for name in _names(error))]
    return tuple(_shape(each) for text in texts for each in re.findall(r"\(\d+,[\d, ]*\)", text))


def _shape(words: str) -> Shape:
    return tuple(map(int, re.findall(r"\d+", words)))


def in_short(error: Error, limit: int = 200) -> str:
    """Return an error of the evidence on one line."""
    message = " ".join(plain(error.message).split())
    words = f"{error.type}: {message}" if message else error.type
    return words if len(words) <= limit else words[: limit - 1] + "…"


def at_line(error: Error) -> str:
    """Return which of the learner's lines an error comes from, to be put into a sentence."""
    return f" (line {error.line_number}: `{error.line}`)" if error.line else ""


def _first_line(message: str) -> str:
    """Return the first line that says what is wrong; Keras begins with where it was."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    return next((line for line in lines if not line.startswith("Exception encountered")), "")


def _shortened(words: str, most: int = 80) -> str:
    return words if len(words) <= most else f"{words[: most - 1]}…"
