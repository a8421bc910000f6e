"""Numbers, arrays and containers as JSON, and back."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

MAXIMUM_ITEMS = 1_000_000


def encode(value: Any, depth: int = 0) -> Any:
    """Return a value as JSON-ready data.

    Arrays and tensors become `{"array": nested lists, "shape": …, "dtype": …}`, tuples and lists
    `{"sequence": …}`, mappings `{"mapping": [[key, value], …]}`. Whatever is none of these becomes
    `{"other": name of its type}`.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | np.integer):
        return int(value)
    if isinstance(value, float | np.floating):
        return _number(float(value))
    if isinstance(value, Mapping) and depth < 8:
        return {"mapping": [[str(key), encode(each, depth + 1)] for key, each in value.items()]}
    if isinstance(value, list | tuple) and depth < 8:
        return {"sequence": [encode(each, depth + 1) for each in value]}
    if hasattr(value, "__array__") and hasattr(value, "shape"):
        return _encode_array(value)
    return {"other": type(value).__name__}


def _encode_array(value: Any) -> Any:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf" or array.size > MAXIMUM_ITEMS:
        return {"other": f"array of the dtype {array.dtype} and the shape {array.shape}"}
    numbers = [_number(each) for each in array.ravel().tolist()]
    return {"array": numbers, "shape": list(array.shape), "dtype": str(array.dtype)}


def _number(value: Any) -> Any:
    return value if math.isfinite(value) else {"not finite": str(value)}


class Other:
    """Stands for a value that has no encoding."""

    def __init__(self, type_name: str) -> None:
        """Keep the name of the value's type."""
        self.type_name = type_name


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
    return Other(str(data.get("other", "object")))
