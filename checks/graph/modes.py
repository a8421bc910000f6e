"""Takes apart what depends on whether a network trains, so that as little as possible does."""

from dataclasses import replace
from typing import Any

from checks.graph.graph import Graph, Node

#: The parameters that say which mode a node has, and the call of which model says so.
_MODE = ("training", "told_by")


def with_modes_apart(graph: Graph) -> Graph:
    """Return a graph whose switches stand as near to the input as they can.

    A layer that does one thing while training and another afterwards is read as two networks and a
    switch between them. What both do stands once in the graph that is returned; the two modes of a
    normalisation become one that follows the mode of the network.
    """
    if not any(node.operation == "switch" for node in graph.nodes.values()):
        return graph
    nodes: dict[str, Node] = {}
    stands_for: dict[str, str] = {}
    for node in graph.nodes.values():
        node = replace(node, inputs=tuple(stands_for.get(name, name) for name in node.inputs))
        nodes[node.name] = node
        if node.operation == "switch":
            stands_for[node.name] = _merged(graph, nodes, node)
    return graph.rebuilt(nodes.values(), stands_for.get(graph.output, graph.output))


def _merged(graph: Graph, nodes: dict[str, Node], switch: Node) -> str:
    """Add what a switch stands for to the nodes, and return its name."""
    known: dict[tuple[str, str], str] = {}
    first = switch.inputs[0], switch.inputs[1]
    pending = [first]
    while pending:
        training, after = pair = pending[-1]
        if pair in known or training == after:
            known[pair] = known.get(pair, training)
            pending.pop()
            continue
        one, other = nodes[training], nodes[after]
        params = _common(one, other, switch)
        if params is None or not _of_one_layer(graph, one, other):
            name = switch.name if pair == first else f"{switch.name}: {training}"
            nodes[name] = replace(switch, name=name, inputs=pair, shape=other.shape)
            known[pair] = name
            continue
        inside = list(zip(one.inputs, other.inputs, strict=True))
        if left := [each for each in inside if each not in known]:
            pending.extend(left)
            continue
        name = f"{switch.name}: {after}, in both modes"
        inputs = tuple(known[each] for each in inside)
        nodes[name] = replace(other, name=name, inputs=inputs, params=params)
        if other.layer == other.name:
            nodes[name] = replace(nodes[name], layer=name)
        known[pair] = name
    return known[first]


def _common(one: Node, other: Node, switch: Node) -> dict[str, Any] | None:
    """Return the parameters of two nodes that do the same, each in its mode; None for others.

    Both modes together are the one that the switch follows: that of the network, or another.
    """
    if one.operation != other.operation or len(one.inputs) != len(other.inputs) or not one.inputs:
        return None
    modes = one.params.get("training"), other.params.get("training")
    if modes != (True, False) and modes[0] != modes[1]:
        return None
    if _others(one) != _others(other):
        return None
    mode = {"training": None} | _mode(switch) if modes == (True, False) else _mode(one)
    return _others(one) | mode


def _mode(node: Node) -> dict[str, Any]:
    return {name: value for name, value in node.params.items() if name in _MODE}


def _others(node: Node) -> dict[str, Any]:
    return {name: value for name, value in node.params.items() if name not in _MODE}


def _of_one_layer(graph: Graph, one: Node, other: Node) -> bool:
    return one.layer == other.layer or not (graph.weights_of(one) or graph.weights_of(other))
