"""Finds batch normalisations that a learner's layer computes step by step.

There are many ways to write one, so it is recognised by its numbers: for random inputs and weights
the steps give what a normalisation gives, while training and afterwards.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import permutations
from math import prod
from typing import Any

import numpy as np

from checks.graph.graph import Graph, Node
from checks.graph.interpreter import evaluate
from checks.graph.operation import Array
from checks.graph.operations import OPERATIONS

#: Operations that a normalisation consists of.
_STEPS = frozenset(
    {
        *("add", "subtract", "multiply", "divide", "square", "power", "sqrt", "rsqrt"),
        *("reciprocal", "negative", "batch_statistic", "switch", "normalise_with"),
        *("weight", "constant", "stop_gradient"),
    }
)

#: One of these divides by the standard deviation.
_DIVISIONS = frozenset({"divide", "rsqrt", "reciprocal", "power", "normalise_with"})

#: The most steps that a normalisation has.
MAXIMUM_STEPS = 40

#: With more channels, steps are not run to see whether they are one.
MAXIMUM_CHANNELS = 10_000

_STATISTICS = ("moving_mean", "moving_variance")


def with_normalisations(graph: Graph) -> Graph:
    """Return a graph in which the steps of each batch normalisation are one node."""
    operations = {node.operation for node in graph.nodes.values()}
    if not _DIVISIONS & operations or not operations & {"weight", "batch_statistic"}:
        return graph
    for node in reversed(list(graph.nodes.values())):
        if node.operation in _STEPS and len(node.shape) in (1, 3) and node.name in graph.nodes:
            for start, steps in _regions(graph, node):
                if normalisation := _normalisation(graph, start, node, steps):
                    nodes = {**graph.nodes, node.name: normalisation}
                    return with_normalisations(graph.rebuilt(nodes.values()))
    return graph


def _regions(graph: Graph, end: Node) -> Iterator[tuple[Node, dict[str, Node]]]:
    """Yield the tensors that a node may be the normalisation of, with the steps in between."""
    within: dict[str, Node] = {}
    pending = [end.name]
    while pending:
        node = graph.nodes[pending.pop()]
        if node.name in within:
            continue
        within[node.name] = node
        if len(within) > MAXIMUM_STEPS:
            return
        pending.extend(node.inputs if node.operation in _STEPS else ())
    for start in [node for node in within.values() if node.shape == end.shape and node != end]:
        steps = _between(graph, start, end)
        if steps is not None and any(each.operation in _DIVISIONS for each in steps.values()):
            yield start, steps


def _between(graph: Graph, start: Node, end: Node) -> dict[str, Node] | None:
    """Return the steps from one node to another, or None where something else takes part."""
    steps: dict[str, Node] = {}
    pending = [end.name]
    while pending:
        name = pending.pop()
        if name == start.name or name in steps:
            continue
        if graph.nodes[name].operation not in _STEPS or not _may_stop(graph, graph.nodes[name]):
            return None
        steps[name] = graph.nodes[name]
        pending.extend(graph.nodes[name].inputs)
    return {name: node for name, node in graph.nodes.items() if name in steps}


def _may_stop(graph: Graph, node: Node) -> bool:
    """Return whether a gradient that stops here is zero anyway: that of a mean in a variance."""
    if node.operation != "stop_gradient":
        return True
    readers = graph.readers()
    return graph.nodes[node.inputs[0]].operation == "batch_statistic" and all(
        graph.nodes[name].operation == "subtract"
        and {graph.nodes[each].operation for each in readers[name]} == {"square"}
        for name in readers[node.name]
    )


def _normalisation(graph: Graph, start: Node, end: Node, steps: Mapping[str, Node]) -> Node | None:
    """Return the batch normalisation that steps amount to, or None where they do not."""
    weights = [node for node in steps.values() if node.operation == "weight"]
    channels = start.shape[-1]
    if len(weights) > 4 or any(node.shape != (channels,) for node in weights):
        return None
    largest = max(prod(start.shape), MAXIMUM_CHANNELS)
    if channels > MAXIMUM_CHANNELS or any(prod(each.shape) > largest for each in steps.values()):
        return None
    size = (3,) * (len(start.shape) - 1)
    generator = np.random.default_rng(0)
    X = generator.uniform(-1, 3, (4, *size, channels))
    drawn = {node.name: generator.uniform(0.5, 1.5, channels) for node in weights}
    entrance = replace(start, operation="input", inputs=(), params={})
    part = Graph({start.name: entrance, **steps}, end.name)
    values = {node.layer: {"value": drawn[node.name]} for node in weights}
    try:
        received = [evaluate(part, values, [X], training) for training in (True, False)]
    except ValueError:
        return None
    for params, roles in _candidates(steps, [node.name for node in weights]):
        own = {role: drawn[name] for role, name in roles.items()}
        expected = [_expected(params, own, X, training) for training in (True, False)]
        if all(
            wanted.shape == there.shape and np.allclose(wanted, there, rtol=1e-7, atol=1e-9)
            for wanted, there in zip(expected, received, strict=True)
        ):
            names = {role: graph.nodes[name] for role, name in roles.items()}
            return _node(start, end, {**params, **_mode(steps)}, names)
    return None


def _mode(steps: Mapping[str, Node]) -> dict[str, Any]:
    """Return the mode of the model that a normalisation with two modes is in, if it has one."""
    switches = [node.params for node in steps.values() if node.operation == "switch"]
    told = next((each for each in switches if "training" in each), {})
    return {name: told[name] for name in ("training", "told_by") if name in told}


def _candidates(
    steps: Mapping[str, Node], weights: list[str]
) -> Iterator[tuple[dict[str, Any], dict[str, str]]]:
    """Yield the normalisations that steps may be: parameters, and the roles of the weights."""
    for epsilon in _epsilons(steps):
        for training in (None, False, True):
            for scale in (True, False):
                for center in (True, False):
                    roles = ["gamma"] * scale + ["beta"] * center
                    roles += _STATISTICS if training is not True else ()
                    if len(roles) != len(weights):
                        continue
                    params = {"axis": -1, "epsilon": epsilon, "center": center, "scale": scale}
                    for order in permutations(weights):
                        yield {**params, "training": training}, dict(zip(roles, order, strict=True))


def _epsilons(steps: Mapping[str, Node]) -> list[float]:
    found = [node.params["epsilon"] for node in steps.values() if "epsilon" in node.params]
    for node in steps.values():
        value = node.params.get("value") if node.operation == "constant" else None
        if isinstance(value, int | float) and 0 < value < 1:
            found.append(float(value))
    return [*dict.fromkeys(found), 0.0]


def _expected(
    params: Mapping[str, Any], weights: Mapping[str, Array], X: Array, training: bool
) -> Array:
    return OPERATIONS["batch_norm"].values(params, weights, [X], training)


def _node(start: Node, end: Node, params: Mapping[str, Any], weights: Mapping[str, Node]) -> Node:
    """Return a normalisation in place of its steps."""
    extra: dict[str, Any] = {}
    if any(not weights[each].params["learns"] for each in ("gamma", "beta") if each in weights):
        extra["learns"] = False
    statistics = [weights[each] for each in _STATISTICS if each in weights]
    if not all(each.params["updated"] for each in statistics):
        extra["updated"] = False
    layer = next(iter(weights.values())).layer if weights else end.name
    return Node(end.name, "batch_norm", (start.name,), {**params, **extra}, end.shape, layer)
