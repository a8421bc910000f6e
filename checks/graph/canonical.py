"""Brings graphs to a canonical form, in which the same computation looks the same."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from checks.graph.graph import Graph, Node, pruned
from checks.graph.operations import OPERATIONS

#: Parameters that never make a difference to what a network computes, or that are a free choice.
ALWAYS_FREE = frozenset({"padding", "momentum", "learns", "updated", "told_by", "implied"})

#: Parameters that follow from others.
DERIVED = frozenset({"pads"})


def simplify(graph: Graph) -> Graph:
    """Rewrite a graph so that spellings of the same computation look the same.

    Nested additions become one, zero padding moves into the convolution that follows, a bias right
    before a batch normalisation is dropped (the normalisation removes it), the larger of a tensor
    and zero becomes a ReLU, and what changes nothing is taken out.

    Args:
        graph: Any graph.

    Returns:
        A graph that computes the same, for suitable weights.
    """
    readers = graph.readers()
    simple: dict[str, Node] = {}
    stands_for: dict[str, str] = {}
    for node in graph.nodes.values():
        inputs = tuple(stands_for.get(name, name) for name in node.inputs)
        node = replace(node, inputs=inputs) if inputs != node.inputs else node
        match node.operation:
            case "conv2d" | "dense":
                node = _without_lost_bias(_with_pads(node, simple), graph, readers)
            case "maximum":
                node = _as_leaky_relu(_as_relu(node, simple), simple)
            case "where":
                node = _as_leaky_relu(node, simple)
            case "add":
                node = _flattened(node, simple, graph, readers)
            case "reduce":
                node = _of_axes_elsewhere(_with_positive_axes(node, simple), simple)
            case "flatten" | "reshape" | "squeeze":
                node = _as_plain_reduction(node, simple)
            case "permute":
                node = _in_one_order(node, simple)
        stopped = graph.stopped and node.name == graph.output
        if not stopped and _changes_nothing(node, simple):
            stands_for[node.name] = node.inputs[0]
        else:
            simple[node.name] = node
    ends = dict.fromkeys(stands_for.get(name, name) for name in graph.ends)
    output = stands_for.get(graph.output, graph.output)
    ends.pop(output, None)
    return pruned(simple, output, tuple(ends), graph.stopped)


def _with_pads(node: Node, before: Mapping[str, Node]) -> Node:
    """Let a convolution do the zero padding that it reads."""
    if node.operation != "conv2d":
        return node
    pads, read = node.params["pads"], before[node.inputs[0]]
    if read.operation == "zero_pad":
        pairs = zip(pads, read.params["pads"], strict=True)
        pads = tuple((a + c, b + d) for (a, b), (c, d) in pairs)
        node = replace(node, inputs=read.inputs)
    params = {key: value for key, value in node.params.items() if key != "padding"}
    return replace(node, params={**params, "pads": tuple(map(tuple, pads))})


def _without_lost_bias(node: Node, graph: Graph, readers: Mapping[str, list[str]]) -> Node:
    """Drop a bias that only batch normalisations read: they subtract it again."""
    lost = node.name != graph.output and all(
        graph.nodes[name].operation == "batch_norm" for name in readers[node.name]
    )
    return replace(node, params={**node.params, "use_bias": False}) if lost else node


def _as_relu(node: Node, before: Mapping[str, Node]) -> Node:
    """Call the larger of a tensor and zero a ReLU."""
    others = [name for name in node.inputs if not _is_zero(before[name])]
    if len(node.inputs) == 2 and len(others) == 1:
        return replace(node, operation="relu", inputs=tuple(others), params={})
    return node


def _as_leaky_relu(node: Node, before: Mapping[str, Node]) -> Node:
    """Call the larger of a tensor and a small part of it a leaky ReLU, by whatever choice."""
    match node.operation, node.inputs:
        case "maximum", (X, Y):
            pairs = [(X, Y), (Y, X)]
        case "where", (positive, X, Y) if _is_above_zero(before[positive], X, before):
            pairs = [(X, Y)]
        case _:
            return node
    for whole, part in pairs:
        slope = _multiple(whole, before[part], before)
        if slope is not None and (node.operation == "where" or 0 < slope < 1):
            params = {"slope": slope}
            return replace(node, operation="leaky_relu", inputs=(whole,), params=params)
    return node


def _is_above_zero(node: Node, name: str, before: Mapping[str, Node]) -> bool:
    """Return whether a node says where a tensor is above zero."""
    compares = node.operation in ("greater", "greater_equal")
    return compares and node.inputs[0] == name and _is_zero(before[node.inputs[-1]])


def _multiple(name: str, node: Node, before: Mapping[str, Node]) -> float | None:
    """Return how many times a tensor another one is, where it is a multiple of it."""
    if node.operation != "multiply" or name not in node.inputs:
        return None
    others = [before[each] for each in node.inputs if each != name]
    if len(others) != 1 or others[0].operation != "constant":
        return None
    value = np.asarray(others[0].params["value"])
    return float(value) if value.ndim == 0 else None


def _flattened(
    node: Node, before: Mapping[str, Node], graph: Graph, readers: Mapping[str, list[str]]
) -> Node:
    """Let an addition read the operands of an addition that nothing else reads, and no zeros."""
    operands: list[str] = []
    for name in node.inputs:
        inner = before[name]
        only_here = inner.operation == "add" and len(readers.get(name, ())) == 1
        operands.extend(inner.inputs if only_here and name != graph.output else [name])
    kept = tuple(name for name in operands if not _is_zero(before[name]))
    return replace(node, inputs=kept or node.inputs)


def _with_positive_axes(node: Node, before: Mapping[str, Node]) -> Node:
    rank = len(before[node.inputs[0]].shape) + 1
    axes = tuple(sorted(axis % rank if axis < 0 else axis for axis in node.params["axes"]))
    return replace(node, params={**node.params, "axes": axes})


def _of_axes_elsewhere(node: Node, before: Mapping[str, Node]) -> Node:
    """Let a reduction read a tensor as it was before its axes were reordered or made one."""
    read, axes = before[node.inputs[0]], node.params["axes"]
    if node.params["keepdims"] or not read.inputs:
        return node
    shape = before[read.inputs[0]].shape
    if read.operation == "permute":
        dims = read.params["dims"]
        kept = [dim for at, dim in enumerate(dims, start=1) if at not in axes]
        over = tuple(sorted(dims[axis - 1] for axis in axes)) if kept == sorted(kept) else ()
    else:
        rows = len(shape) - len(read.shape) + 1
        pixels = read.operation == "reshape" and axes == (1,) and rows > 1
        over = tuple(range(1, rows + 1)) if pixels and shape[rows:] == read.shape[1:] else ()
    params = {**node.params, "axes": over}
    return replace(node, inputs=read.inputs, params=params) if over else node


def _in_one_order(node: Node, before: Mapping[str, Node]) -> Node:
    """Let a node that reorders axes do what the one that it reads did."""
    read = before[node.inputs[0]]
    if read.operation != "permute":
        return node
    dims = tuple(read.params["dims"][at - 1] for at in node.params["dims"])
    return replace(node, inputs=read.inputs, params={"dims": dims})


def _as_plain_reduction(node: Node, before: Mapping[str, Node]) -> Node:
    """Let a reduction drop the axes of length 1 that the node takes out."""
    read = before[node.inputs[0]]
    if read.operation == "reduce" and read.params["keepdims"] and len(node.shape) == 1:
        params = {**read.params, "keepdims": False}
        return replace(node, operation="reduce", inputs=read.inputs, params=params)
    return node


def _is_zero(node: Node) -> bool:
    constant = node.operation == "constant" and not np.any(node.params["value"])
    return constant or node.operation == "zeros_like"


def _changes_nothing(node: Node, before: Mapping[str, Node]) -> bool:
    if not node.inputs:
        return False
    read = before[node.inputs[0]]
    match node.operation:
        case "relu":
            return read.operation == "relu"
        case "add":
            return len(node.inputs) == 1 and node.shape == read.shape
        case "zero_pad":
            return not any(map(any, node.params["pads"]))
        case "flatten" | "reshape" | "squeeze" | "subsample" | "slice":
            return node.shape == read.shape
        case "permute":
            return tuple(node.params["dims"]) == tuple(range(1, len(node.shape) + 1))
        case "dropout":
            return node.params["rate"] == 0
    return False


def signatures(graph: Graph, free: frozenset[str] = frozenset()) -> dict[str, Hashable]:
    """Return for every node a signature of the computation that ends there.

    Args:
        graph: A simplified graph.
        free: Names of parameters that do not count, such as "epsilon".

    Returns:
        Signatures by node name. Two nodes with equal signatures compute the same from the input.
    """
    result: dict[str, Hashable] = {}
    for node in graph.nodes.values():
        inputs = [hash(result[name]) for name in node.inputs]
        operation = OPERATIONS.get(node.operation)
        if operation and operation.commutative:
            inputs.sort()
        shape = node.shape if node.operation == "input" else None
        result[node.name] = (node.operation, settings(node, free), tuple(inputs), shape)
    return result


def settings(node: Node, free: frozenset[str] = frozenset()) -> tuple[tuple[str, Hashable], ...]:
    """Return the parameters of a node that count, in one spelling.

    Args:
        node: A node of a simplified graph.
        free: Names of parameters that do not count.
    """
    params = dict(node.params)
    if node.operation in ("batch_norm", "softmax", "concatenate") and "axis" in params:
        rank = len(node.shape) + 1
        params["axis"] = params["axis"] % rank - rank if isinstance(params["axis"], int) else None
    ignored = ALWAYS_FREE | free
    return tuple(
        sorted((key, _frozen(value)) for key, value in params.items() if key not in ignored)
    )


def _frozen(value: Any) -> Hashable:
    if isinstance(value, list | tuple):
        return tuple(_frozen(each) for each in value)
    if isinstance(value, Mapping):
        return tuple(sorted((key, _frozen(each)) for key, each in value.items()))
    return repr(value) if isinstance(value, float) else str(value)
