"""Tells the mode that a call of a layer is given from the one that Keras puts in.

Keras writes the default of a layer's `call` into its graph as if it had been an argument. Where
that is `training=False`, it says nothing: a layer whose call names no mode follows the network.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import numpy as np

#: The attribute of a node of Keras's graph whose call names a mode.
_MARK = "names_a_mode"


def marking(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return `Layer.__call__` that marks the nodes of calls that name a mode.

    A layer with a `__call__` of its own hands on a mode that nobody may have named.
    """

    @wraps(original)
    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        known = len(getattr(layer, "_inbound_nodes", ()))
        result = original(layer, *args, **kwargs)
        for node in layer._inbound_nodes[known:]:
            if kwargs.get("training") is not None and _entrance(layer) == layer.call:
                setattr(node, _MARK, True)
            _take_out_default(node)
        return result

    return call


def without_defaults(model: Any) -> None:
    """Take `training=False` out of the calls in a functional model that do not name it.

    Keras puts it in again, so this changes nothing of what the model computes.
    """
    for nodes in model._nodes_by_depth.values():
        for node in nodes:
            _take_out_default(node)


def _take_out_default(node: Any) -> None:
    kwargs = node.arguments.kwargs
    if kwargs.get("training") is False and not getattr(node, _MARK, False):
        parameter = inspect.signature(_entrance(node.operation)).parameters.get("training")
        if parameter is not None and parameter.default is False:
            del kwargs["training"]


def without_mode(
    layer: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[bool | None, tuple[Any, ...], dict[str, Any]]:
    """Return the mode that is among the arguments of a layer's call, and the other arguments.

    By its place, Keras takes nothing but None. A tensor as a mode is left out.
    """
    mode = kwargs.get("training")
    parameters = inspect.signature(layer.call).parameters.items()
    names = [name for name, each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]
    at = names.index("training") if "training" in names else len(args)
    others = {**dict(zip(names[at + 1 :], args[at + 1 :], strict=False)), **kwargs}
    others.pop("training", None)
    known = isinstance(mode, bool | int | np.bool_)
    return bool(mode) if known else None, tuple(args[:at]), others


def _entrance(layer: Any) -> Callable[..., Any]:
    """Return what a call of a layer begins with: `call`, or a `__call__` of the layer's own."""
    own = type(layer).__call__
    return layer.call if own.__module__.startswith("keras.") else own
