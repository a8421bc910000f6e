"""Numbers, arrays and containers as JSON, and back."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

#: Far more than any exercise asks for: numbers of an array, and values in all lists together.
MAXIMUM_NUMBERS = 200_000
MAXIMUM_ITEMS = 20_000
MAXIMUM_DEPTH = 8
MAXIMUM_TEXT = 10_000
MAXIMUM_AXES = 32
#: Of a name: that of a type, or of an entry.
MAXIMUM_NAME = 500
#: Arrays of these kinds of numbers are written down; others, as those of complex ones, are not.
NUMERIC = frozenset(
    ["bool"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
    + [f"float{bits}" for bits in (16, 32, 64)]
)


def encode(value: Any) -> Any:
    """Return a value as JSON-ready data.

    Arrays and tensors become `{"array": nested lists, "shape": …, "dtype": …}`, tuples and lists
    `{"sequence": …}`, mappings `{"mapping": [[key, value], …]}`. Whatever is none of these, or too
    large, or too deep, becomes `{"other": name of its type}`; an array with its `shape`.
    """
    try:
        return _Encoder().encode(value)
    except _TooLong:
        return {"other": "very long value"}


class _TooLong(Exception):
    pass


class _Encoder:
    """Counts what it encodes, so that a list that holds itself many times comes to an end."""

    def __init__(self) -> None:
        self.left = MAXIMUM_ITEMS

    def encode(self, value: Any, depth: int = 0) -> Any:
        self.left -= 1
        if self.left < 0:
            raise _TooLong
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return str(value[:MAXIMUM_TEXT])
        if isinstance(value, int | np.integer):
            return _whole(int(value))
        if isinstance(value, float | np.floating):
            return _number(float(value))
        if isinstance(value, Mapping) and depth < MAXIMUM_DEPTH:
            pairs = [(str(key), self.encode(each, depth + 1)) for key, each in value.items()]
            return {"mapping": [list(pair) for pair in pairs]}
        if isinstance(value, list | tuple) and depth < MAXIMUM_DEPTH:
            return {"sequence": [self.encode(each, depth + 1) for each in value]}
        if hasattr(value, "__array__") and hasattr(value, "shape"):
            return _encode_array(value)
        return {"other": type(value).__name__}


def _encode_array(value: Any) -> Any:
    try:
        array = np.asarray(value)
    except Exception:  # a symbolic tensor, for one, has no numbers
        return {"other": type(value).__name__}
    if array.dtype.name not in NUMERIC or array.size > MAXIMUM_NUMBERS:
        words = f"array of the dtype {array.dtype} and the shape {array.shape}"
        return {"other": words, "shape": list(array.shape)}
    numbers = [_number(each) for each in array.ravel().tolist()]
    return {"array": numbers, "shape": list(array.shape), "dtype": array.dtype.name}


def _whole(value: int) -> Any:
    return value if value.bit_length() < 64 else {"other": "very large whole number"}


def _number(value: Any) -> Any:
    return value if math.isfinite(value) else {"not finite": str(value)}


class Other:
    """Stands for a value that has no encoding."""

    def __init__(self, type_name: str, shape: tuple[int, ...] = ()) -> None:
        """Keep the name of the value's type, and the shape of an array."""
        self.type_name = type_name
        self.shape = shape


def decode(data: Any) -> Any:
    """Return the value that `encode` wrote: arrays as NumPy arrays, sequences as lists."""
    if not isinstance(data, Mapping):
        return data
    if "not finite" in data:
        return float(data["not finite"])
    if "mapping" in data:
        return {str(key): decode(value) for key, value in data["mapping"]}
    if "sequence" in data:
        return [decode(each) for each in data["sequence"]]
    if "array" in data:
        numbers = [decode(each) for each in data["array"]]
        return np.array(numbers, dtype=data["dtype"]).reshape(data["shape"])
    return Other(str(data.get("other", "object")), tuple(data.get("shape", ())))


class Malformed(ValueError):
    """Evidence has not the form that a probe gives it."""


def checked(data: Any, depth: int = 0) -> Any:
    """Return data that have the form of `encode`, whoever wrote them.

    Raises:
        Malformed: If they have another.
    """
    if data is None or isinstance(data, bool | int | float):
        return data
    if isinstance(data, str):
        return data[:MAXIMUM_TEXT]
    if not isinstance(data, dict) or depth > MAXIMUM_DEPTH + 2:
        raise Malformed("a value is not encoded")
    if "array" in data:
        return _checked_array(data)
    if "mapping" in data:
        pairs = _listed(data["mapping"], MAXIMUM_ITEMS)
        if not all(isinstance(each, list) and len(each) == 2 for each in pairs):
            raise Malformed("a mapping holds something else than pairs")
        return {"mapping": [[_name(key), checked(each, depth + 1)] for key, each in pairs]}
    if "sequence" in data:
        listed = _listed(data["sequence"], MAXIMUM_ITEMS)
        return {"sequence": [checked(each, depth + 1) for each in listed]}
    if "other" in data:
        shape = {"shape": _sizes(data["shape"])} if "shape" in data else {}
        return {"other": _name(data["other"]), **shape}
    if data.get("not finite") in ("nan", "inf", "-inf"):
        return {"not finite": data["not finite"]}
    raise Malformed("a value is not encoded")


def _checked_array(data: Mapping[str, Any]) -> dict[str, Any]:
    numbers, shape = _listed(data["array"], MAXIMUM_NUMBERS), _sizes(data.get("shape"))
    if math.prod(shape) != len(numbers):
        raise Malformed("an array has another shape")
    if not all(isinstance(each, bool | int | float | dict) for each in numbers):
        raise Malformed("an array holds something else than numbers")
    if not isinstance(data.get("dtype"), str) or data["dtype"] not in NUMERIC:
        raise Malformed("an array is of no known type")
    read = [checked(each) if isinstance(each, dict) else each for each in numbers]
    return {"array": read, "shape": shape, "dtype": data["dtype"]}


def _sizes(value: Any) -> list[int]:
    sizes = _listed(value, MAXIMUM_AXES)
    if not all(type(each) is int and 0 <= each < 2**31 for each in sizes):
        raise Malformed("a shape holds something else than sizes")
    return sizes


def _listed(value: Any, most: int) -> list[Any]:
    if not isinstance(value, list) or len(value) > most:
        raise Malformed("a list is missing or too long")
    return value


def _name(value: Any) -> str:
    if not isinstance(value, str):
        raise Malformed("a text is missing")
    return value[:MAXIMUM_NAME].encode("utf-8", "replace").decode("utf-8")
