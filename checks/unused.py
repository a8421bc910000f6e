"""Says what a learner's function computed and never used."""

from collections.abc import Mapping
from typing import Any

from checks.numbers import first_of

MAXIMUM_NAMED = 3


#: What layers and functions of Keras compute, by their classes.
OPERATIONS = {
    "Conv2D": "conv2d",
    "BatchNormalization": "batch_norm",
    "ReLU": "relu",
    "Relu": "relu",
    "Activation": "relu",
    "Add": "add",
    "MaxPooling2D": "max_pool",
    "AveragePooling2D": "average_pool",
    "GlobalAveragePooling2D": "reduce",
    "Flatten": "flatten",
    "Dense": "dense",
}


def unused_operations(value: Mapping[str, Any]) -> list[str]:
    """Return what a learner's function computed and never used, as names of operations.

    Args:
        value: What the probe says of a network.
    """
    return [OPERATIONS.get(str(each.get("class")), "") for each in _known(value)]


def never_called(value: Mapping[str, Any]) -> list[str]:
    """Return the classes of the layers that a learner's function made and never called."""
    return [str(each.get("class")) for each in _known(value, "uncalled")]


def call_it(layer: str) -> str:
    """Return the hint on a layer that was made and never called."""
    return (
        f"`layers.{layer}(…)` makes a layer. It computes something where it is called on a tensor: "
        f"`layers.{layer}(…)(X)`."
    )


def _known(value: Mapping[str, Any], key: str = "unused") -> list[Mapping[str, Any]]:
    listed = value.get(key)
    return [each for each in listed if isinstance(each, Mapping)] if listed else []


def unused_in_words(value: Mapping[str, Any]) -> str:
    """Return a sentence on the layers whose results lead nowhere, or nothing if there are none.

    Args:
        value: What the probe says of a network.
    """
    known = _known(value)
    if not known:
        return ""
    named = [f"{each.get('class')} (layer '{each.get('name')}')" for each in known]
    return f"Computed and never used: {first_of(named, MAXIMUM_NAMED)}."
