"""Takes out of two networks what makes no difference where images have a single pixel.

A 1x1 convolution of one pixel is a dense layer, and axes of length 1 in front of the channels say
nothing until they meet those of feature maps. Other differences show better without them.
"""

from dataclasses import replace

from checks.differences.parting import parting
from checks.graph import Graph, Node, ancestors
from checks.graph.equivalence import with_dense_layers
from checks.graph.operation import Shape


def read_as_dense(expected: Graph, received: Graph) -> Graph:
    """Write 1x1 convolutions of one pixel as dense layers, where dense layers are expected.

    Args:
        expected: The reference graph.
        received: The learner's graph, simplified.
    """
    if all(node.operation != "dense" for node in expected.nodes.values()):
        return received
    dense = with_dense_layers(received).nodes
    nodes = {
        name: dense[name] if _comes_of_a_mean(name, received) else node
        for name, node in received.nodes.items()
    }
    return replace(received, nodes=nodes)


def _comes_of_a_mean(name: str, graph: Graph) -> bool:
    """Return whether a pooling of whole images comes before a node: no strides made one pixel."""
    before = (graph.nodes[each] for each in ancestors(graph.nodes, name))
    return any(
        node.operation == "reduce"
        or (node.operation == "average_pool" and node.shape[:2] == (1, 1))
        for node in before
    )


def alike(
    expected: Graph, received: Graph, free: frozenset[str] = frozenset()
) -> tuple[Graph, Graph]:
    """Return two networks without axes of length 1 that are not what makes them differ.

    Args:
        expected: The reference graph, simplified.
        received: The learner's graph, simplified.
        free: Names of parameters that do not count.
    """
    ours, theirs = without_single_axes(expected), without_single_axes(received)
    parted = parting(ours, theirs, free)
    return (ours, theirs) if parted.missing or parted.extra else (expected, received)


def without_single_axes(graph: Graph) -> Graph:
    """Leave out what only puts axes of length 1 in front of the others, or takes them out.

    Args:
        graph: A simplified graph. The shapes of its nodes stay what they are.
    """
    stands_for: dict[str, str] = {}
    nodes: dict[str, Node] = {}
    for node in graph.nodes.values():
        inputs = tuple(stands_for.get(name, name) for name in node.inputs)
        node = replace(node, inputs=inputs)
        if node.name != graph.output and _is_of_single_axes(node, graph):
            stands_for[node.name] = inputs[0]
            continue
        if node.operation == "reduce" and len(node.params["axes"]) == len(node.shape) - 1:
            node = replace(node, params={**node.params, "keepdims": False})
        nodes[node.name] = node
    ends = tuple(dict.fromkeys(stands_for.get(name, name) for name in graph.ends))
    return replace(graph, nodes=nodes, ends=ends)


def _is_of_single_axes(node: Node, graph: Graph) -> bool:
    if node.operation not in ("reshape", "squeeze", "flatten"):
        return False
    before = graph.nodes[node.inputs[0]].shape
    return before != node.shape and _without_leading_ones(before) == _without_leading_ones(
        node.shape
    )


def _without_leading_ones(shape: Shape) -> Shape:
    while len(shape) > 1 and shape[0] == 1:
        shape = shape[1:]
    return shape
