"""Reads the evidence that comes out of a sandbox. Whoever wrote it is not to be trusted.

It is JSON of a known form: what departs from the form is refused, what is longer than allowed too.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from resnet_course.grading.untrusted.strange_json import read_json

#: Bytes of the result of a probe, and of that of a cell: read where no limit on memory helps.
MAXIMUM_BYTES = 8 * 2**20
MAXIMUM_CELL = 64 * 2**10

_LONG_TEXT, _SHORT_TEXT, _LIST, _LAYERS = 10_000, 500, 500, 10_000
_MOST_WARNINGS = 20
_NUMERIC = frozenset(
    ["bool"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
    + [f"float{bits}" for bits in (16, 32, 64)]
)


class Malformed(ValueError):
    """The evidence has not the form that the probe gives it."""


def read_result(content: bytes, longest: int = MAXIMUM_BYTES) -> dict[str, Any]:
    """Read the result of one step.

    Raises:
        Malformed: If it is not JSON object, or longer than `longest` bytes.
    """
    if len(content) > longest:
        raise Malformed("the evidence is too long")
    try:
        result = read_json(content)
    except (ValueError, RecursionError) as error:
        raise Malformed("the evidence is not JSON that can be read") from error
    if not isinstance(result, dict):
        raise Malformed("the evidence is not an object")
    return result


def read_cell(content: bytes) -> dict[str, Any]:
    """Read how a cell ended: its `outcome`, and an `error` of `type`, `message` and `line`.

    Its `warnings`, from compiling it, have the form of an error, each.

    Raises:
        Malformed: If it says no such thing.
    """
    result = read_result(content, MAXIMUM_CELL)
    outcome = result.get("outcome")
    given = result.get("warnings")
    warnings = given[:_MOST_WARNINGS] if isinstance(given, list) else []
    read = {"warnings": [_remark(each) for each in warnings if isinstance(each, dict)]}
    if outcome in ("ran", "out of time"):
        return {"outcome": outcome, **read}
    error = result.get("error")
    if outcome != "raised" or not isinstance(error, dict):
        raise Malformed("a cell neither ran nor raised")
    return {"outcome": "raised", "error": _remark(error), **read}


def _remark(remark: Mapping[str, Any]) -> dict[str, Any]:
    """Read an error or a warning."""
    line = remark.get("line")
    return {
        "type": _text(remark.get("type"), _SHORT_TEXT),
        "message": _text(remark.get("message"), _SHORT_TEXT),
        "line": line if type(line) is int and 0 < line < 1_000_000 else None,
    }


def read_probe(content: bytes, cases: int) -> dict[str, Any]:
    """Read what a probe says of a function.

    Args:
        content: The result of the step.
        cases: How many calls were to be made.

    Returns:
        The evidence in the form of `checks.probing.probe`, with a record for every case.

    Raises:
        Malformed: If it has another form.
    """
    result = read_result(content)
    if result.get("out of time") is True:
        return unfinished(cases)
    evidence = result.get("evidence")
    if not isinstance(evidence, dict) or type(evidence.get("callable")) is not bool:
        raise Malformed("the probe says nothing")
    parameters = evidence.get("parameters")
    records = evidence.get("cases")
    if not isinstance(records, list) or len(records) > cases:
        raise Malformed("the probe made another number of calls")
    read = [_record(record) for record in records]
    if evidence["callable"]:
        read += [{"outcome": "out of time", "seconds": 0.0}] * (cases - len(read))
    return {
        "callable": evidence["callable"],
        "missing": result.get("missing") is True,
        "type": _text(evidence.get("type"), _SHORT_TEXT),
        "parameters": None if parameters is None else _texts(parameters),
        "printed": _text(evidence.get("printed"), _LONG_TEXT),
        "cases": read,
    }


def unfinished(cases: int, seconds: float = 20.0) -> dict[str, Any]:
    """Return evidence of a function that does not come to an end."""
    return {
        "callable": True,
        "missing": False,
        "type": "function",
        "parameters": None,
        "printed": "",
        "cases": [{"outcome": "out of time", "seconds": seconds}] * cases,
    }


def _record(record: Any) -> dict[str, Any]:
    if not isinstance(record, dict):
        raise Malformed("a record of a call is not an object")
    outcome = record.get("outcome")
    others = {key: read(record[key]) for key, read in _RECORD_READERS.items() if key in record}
    if outcome == "returned":
        return {"outcome": "returned", "value": _value(record.get("value")), **others}
    if outcome == "out of time":
        seconds = record.get("seconds")
        if not isinstance(seconds, int | float) or not 0 <= seconds < 1e6:
            raise Malformed("a time is missing")
        return {"outcome": "out of time", "seconds": float(seconds)}
    if outcome == "raised" and isinstance(record.get("error"), dict):
        return {"outcome": "raised", "error": _error(record["error"]), **others}
    raise Malformed("a call neither returned nor raised nor ran out of time")


def _error(error: Mapping[str, Any]) -> dict[str, Any]:
    line = error.get("line_number")
    return {
        "type": _text(error.get("type"), _SHORT_TEXT),
        "types": _texts(error.get("types")),
        "message": _text(error.get("message"), 4_000),
        "line": _text(error.get("line"), _SHORT_TEXT),
        "line_number": line if type(line) is int and 0 <= line < 1_000_000 else None,
        "in_function": error.get("in_function") is not False,
        "first_statement": error.get("first_statement") is not False,
        "variables": _variables(error.get("variables", {})),
        "set_to_none": _texts(error.get("set_to_none", [])),
        "traceback": _text(error.get("traceback"), 4_000),
    }


def _built(built: Any) -> dict[str, Any]:
    """Check what is said to have been built before an error; the graph is checked elsewhere."""
    if not isinstance(built, dict):
        raise Malformed("what was built is not an object")
    return {key: read(built[key]) for key, read in _BUILT_READERS.items() if key in built}


def _lines(lines: Any) -> dict[str, list[list[Any]]]:
    """Check what is said to be the lines in which layers were called."""
    if not isinstance(lines, dict) or len(lines) > _LAYERS:
        raise Malformed("lines are not an object, or too many")
    return {name: [_line(each) for each in _listed(given, 2)] for name, given in lines.items()}


def _line(line: Any) -> list[Any]:
    if not isinstance(line, list) or len(line) != 2 or type(line[0]) is not int:
        raise Malformed("a line has no number")
    if not 0 < line[0] < 1_000_000:
        raise Malformed("a line has a number that no line has")
    return [line[0], _text(line[1], _SHORT_TEXT)]


def _value(value: Any) -> dict[str, Any]:
    """Check the encoded result of a call; `checks.graph.keras_graph` checks its graph."""
    if not isinstance(value, dict) or value.get("kind") not in ("tensor", "model", "value"):
        raise Malformed("a result is neither a tensor nor a model nor a value")
    checked = {
        "kind": value["kind"],
        "changed_arguments": _texts(value.get("changed_arguments")),
        **{key: read(value[key]) for key, read in _READERS.items() if key in value},
    }
    if value["kind"] == "value":
        checked["value"] = _encoded(value.get("value"))
    return checked


def _encoded(data: Any, depth: int = 0) -> Any:
    """Check a value in the form of `checks.encoding`."""
    if data is None or isinstance(data, bool | int | float):
        return data
    if isinstance(data, str):
        return data[:_LONG_TEXT]
    if not isinstance(data, dict) or depth > 10:
        raise Malformed("a value is not encoded")
    if "array" in data:
        return _array(data)
    if "other" in data and "shape" in data:
        return {"other": _text(data["other"], _SHORT_TEXT), "shape": _sizes(data["shape"])}
    readers: dict[str, Callable[[Any], Any]] = {
        "not finite": lambda value: _one_of(value, ("nan", "inf", "-inf")),
        "mapping": lambda value: [
            [_text(key, _SHORT_TEXT), _encoded(each, depth + 1)] for key, each in _pairs(value)
        ],
        "sequence": lambda value: [_encoded(each, depth + 1) for each in _listed(value)],
        "other": lambda value: _text(value, _SHORT_TEXT),
    }
    for key, read in readers.items():
        if key in data:
            return {key: read(data[key])}
    raise Malformed("a value is not encoded")


def _array(data: Mapping[str, Any]) -> dict[str, Any]:
    numbers, shape = _listed(data["array"], 2_000_000), _sizes(data.get("shape"))
    total = 1
    for size in shape:
        total *= size
    if total != len(numbers):
        raise Malformed("an array has another shape")
    if not all(isinstance(each, bool | int | float | dict) for each in numbers):
        raise Malformed("an array holds something else than numbers")
    read = [_encoded(each) if isinstance(each, dict) else each for each in numbers]
    return {"array": read, "shape": shape, "dtype": _one_of(data.get("dtype"), _NUMERIC)}


def _sizes(value: Any) -> list[int]:
    sizes = _listed(value, 32)
    if not all(type(each) is int and 0 <= each < 2**31 for each in sizes):
        raise Malformed("a shape holds something else than sizes")
    return sizes


def _pairs(value: Any) -> list[Any]:
    pairs = _listed(value, 10_000)
    if not all(isinstance(each, list) and len(each) == 2 for each in pairs):
        raise Malformed("a mapping holds something else than pairs")
    return pairs


def _listed(value: Any, longest: int = 100_000) -> list[Any]:
    if not isinstance(value, list) or len(value) > longest:
        raise Malformed("a list is missing or too long")
    return value


def _texts(value: Any) -> list[str]:
    return [_text(each, _SHORT_TEXT) for each in _listed(value, _LIST)]


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise Malformed("a text is missing")
    return value[:longest].encode("utf-8", "replace").decode("utf-8")


def _one_of(value: Any, known: Sequence[str] | frozenset[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise Malformed("a value is not one of those known")
    return value


def _shape(value: Any) -> list[int | None]:
    """Read the shape of an output, in which None stands for any size."""
    known = iter(_sizes([each for each in _listed(value, 32) if each is not None]))
    return [None if each is None else next(known) for each in value]


def _names(value: Any) -> list[str]:
    return [_text(each, _SHORT_TEXT) for each in _listed(value, _LAYERS)]


def _graph(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("a graph is not an object")
    return value


def _flags(value: Any) -> dict[str, bool]:
    if not isinstance(value, dict) or not all(type(each) is bool for each in value.values()):
        raise Malformed("a layer is neither trainable nor frozen")
    return {_text(name, _SHORT_TEXT): flag for name, flag in value.items()}


def _layers(value: Any) -> list[dict[str, str]]:
    return [
        {key: _text(each.get(key), _SHORT_TEXT) for key in ("class", "name")}
        for each in _listed(value, _LAYERS)
        if isinstance(each, dict)
    ]


def _number(value: Any) -> float | None:
    if value is not None and type(value) not in (bool, int, float):
        raise Malformed("a number is missing")
    return value


def _optional_text(value: Any) -> str | None:
    return None if value is None else _text(value, _SHORT_TEXT)


def _flag(value: Any) -> bool:
    if type(value) is not bool:
        raise Malformed("neither true nor false")
    return value


def _settings(value: Any) -> dict[str, list[str]]:
    if not isinstance(value, dict) or len(value) > _LIST:
        raise Malformed("the settings that changed are missing")
    return {_text(name, _SHORT_TEXT): _texts(each) for name, each in value.items()}


def _stopped(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Malformed("a call that failed is not an object")
    return {
        **{key: _text(value.get(key), _SHORT_TEXT) for key in ("class", "name")},
        "again": _flag(value.get("again")),
        **{key: _texts(value.get(key)) for key in ("layers", "others")},
    }


def _variables(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or len(value) > _LIST:
        raise Malformed("variables are missing")
    return {_text(name, _SHORT_TEXT): _text(each, _SHORT_TEXT) for name, each in value.items()}


#: What the probe says of any call, and how each item is read.
_RECORD_READERS: Mapping[str, Callable[[Any], Any]] = {"built": _built, "lines": _lines}

#: What the probe says of a network that is not finished, and how each item is read.
_BUILT_READERS: Mapping[str, Callable[[Any], Any]] = {
    "graph": _graph,
    "stopped": _stopped,
    "making": lambda value: _text(value, _SHORT_TEXT),
    "inputs": lambda value: [_shape(each) for each in _listed(value, _LAYERS)],
    "uncalled": _layers,
    "variables": _variables,
}

#: What else the probe says of a result, and how each item is read.
_READERS: Mapping[str, Callable[[Any], Any]] = {
    "returns_the_same_model": _flag,
    "keeps_what_was_learned": _flag,
    "changed_settings": _settings,
    "graph": _graph,
    "shape": _shape,
    "trainable": _flags,
    "frozen": _names,
    "unused": _layers,
    "uncalled": _layers,
    "parameters": _number,
    "trainable_parameters": _number,
    "unfrozen_without_weights": _number,
    "learning_rate": _number,
    "new_optimiser": _number,
    "optimiser": _optional_text,
    "loss": _optional_text,
}
