"""Compares canonical graphs: by structure, and by values where needed."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import replace

import numpy as np

from checks.graph.canonical import signatures, simplify
from checks.graph.graph import Graph, Node
from checks.graph.interpreter import UnknownLayer, Weights, draw_input, draw_weights, evaluate
from checks.graph.operation import Array
from checks.graph.work import is_far_more


def with_pointwise_convolutions(graph: Graph) -> Graph:
    """Write dense layers that are applied to every pixel as 1x1 convolutions, which they are.

    A 1x1 convolution of a single pixel becomes a dense layer instead. That is for telling whether
    two networks are the same. In pictures each of them is what it is.

    Args:
        graph: A simplified graph.
    """
    nodes = {name: _pointwise(node, graph) for name, node in graph.nodes.items()}
    return replace(graph, nodes=nodes)


def with_dense_layers(graph: Graph) -> Graph:
    """Write 1x1 convolutions of a single pixel as dense layers, which they are.

    Args:
        graph: A simplified graph.
    """
    nodes = {
        name: _pointwise(node, graph) if node.operation == "conv2d" else node
        for name, node in graph.nodes.items()
    }
    return replace(graph, nodes=nodes)


def _pointwise(node: Node, graph: Graph) -> Node:
    params = node.params
    if node.operation == "dense" and len(node.shape) == 3 and node.shape[:2] != (1, 1):
        window = {"kernel": (1, 1), "strides": (1, 1), "pads": ((0, 0), (0, 0))}
        params = {"filters": params["units"], **window, "use_bias": params["use_bias"]}
        return replace(node, operation="conv2d", params=params)
    if node.operation == "conv2d" and _is_of_one_pixel(node, graph):
        params = {"units": params["filters"], "use_bias": params["use_bias"]}
        return replace(node, operation="dense", params=params)
    return node


def _is_of_one_pixel(node: Node, graph: Graph) -> bool:
    """Return whether a convolution is a 1x1 one and reads a single pixel."""
    read = graph.nodes[node.inputs[0]].shape
    plain = tuple(node.params["kernel"]) == (1, 1) and not any(map(any, node.params["pads"]))
    return plain and read[:2] == (1, 1)


def same_structure(ours: Graph, theirs: Graph, free: frozenset[str] = frozenset()) -> bool:
    """Return whether two simplified graphs are the same network, apart from names."""
    left, right = signatures(ours, free), signatures(theirs, free)
    if left[ours.output] != right[theirs.output]:
        return False
    return _layer_signatures(ours, left) == _layer_signatures(theirs, right)


def _layer_signatures(graph: Graph, signature: Mapping[str, Hashable]) -> Counter[Hashable]:
    """Count the weighted layers by the computations they take part in; this shows sharing."""
    uses: dict[str, list[int]] = {}
    for node in graph.nodes.values():
        if graph.weights_of(node):
            uses.setdefault(node.layer, []).append(hash(signature[node.name]))
    return Counter(tuple(sorted(each)) for each in uses.values())


def same_values(ours: Graph, theirs: Graph, free: frozenset[str] = frozenset()) -> bool:
    """Return whether two graphs compute the same numbers, in inference and while training.

    The layers that have weights are matched by the shapes of the weights and by where they stand;
    then both graphs run with the same random weights on the same random input. One that takes far
    more work than ours is not run: it counts as another network.

    Args:
        ours: A simplified graph.
        theirs: Another, with inputs of the same shapes.
        free: Names of parameters that do not count.

    Raises:
        UnknownLayer: If a graph has a layer that the interpreter does not know.
    """
    for graph in (ours, theirs):
        for node in graph.nodes.values():
            if node.operation == "unknown":
                raise UnknownLayer(node.name, node.params["class_name"])
            if node.operation == "stop_gradient":
                return False
    pairs = _matched_layers(ours, theirs)
    if pairs is None or [X.shape for X in ours.inputs] != [X.shape for X in theirs.inputs]:
        return False
    if ours.nodes[ours.output].shape != theirs.nodes[theirs.output].shape:
        return False
    if is_far_more(theirs, ours):
        return False
    if "epsilon" in free:
        ours, theirs = _with_one_epsilon(ours), _with_one_epsilon(theirs)
    weights = draw_weights(ours)
    copied: Weights = {right: weights[left] for left, right in pairs}
    inputs = [draw_input(node.shape) for node in ours.inputs]
    for training in (False, True):
        memory: dict[Hashable, Array] = {}
        expected = evaluate(ours, weights, inputs, training, memory)
        try:
            received = evaluate(theirs, copied, inputs, training, memory)
        except ValueError:  # Keras adds tensors of unlike numbers of axes, which NumPy does not
            return False
        if not np.allclose(received, expected, rtol=1e-6, atol=1e-8):
            return False
    return True


def _with_one_epsilon(graph: Graph) -> Graph:
    return graph.rebuilt(
        replace(node, params={**node.params, "epsilon": 1e-3})
        if node.operation == "batch_norm"
        else node
        for node in graph.nodes.values()
    )


def _matched_layers(ours: Graph, theirs: Graph) -> list[tuple[str, str]] | None:
    left, right = _places(ours), _places(theirs)
    if Counter(shapes for shapes, *_ in left) != Counter(shapes for shapes, *_ in right):
        return None
    return [(a[-1], b[-1]) for a, b in zip(sorted(left), sorted(right), strict=True)]


def _places(graph: Graph) -> list[tuple[str, int, str, int, str]]:
    """Return weighted layers as (weights, depth, what stands before, position, name)."""
    depth: dict[str, int] = {}
    before: dict[str, str] = {}
    places: dict[str, tuple[str, int, str, int, str]] = {}
    weighted = set(graph.weighted_layers())
    for position, node in enumerate(graph.nodes.values()):
        depths = [depth[name] for name in node.inputs]
        depth[node.name] = max(depths, default=0)
        before[node.name] = "+".join(sorted({before[name] for name in node.inputs}))
        if node.layer in weighted:
            shapes = f"{node.operation} {sorted(graph.weight_shapes(node.layer).items())}"
            depth[node.name] += 1
            place = (shapes, depth[node.name], before[node.name], position, node.layer)
            places.setdefault(node.layer, place)
            before[node.name] = shapes
    return list(places.values())


def equivalent(ours: Graph, theirs: Graph, free: frozenset[str] = frozenset()) -> bool:
    """Return whether two graphs are one network: the same structure, or else the same values.

    Raises:
        UnknownLayer: If that is not known because of a layer that is not.
    """
    ours, theirs = (with_pointwise_convolutions(simplify(graph)) for graph in (ours, theirs))
    return same_structure(ours, theirs, free) or same_values(ours, theirs, free)
