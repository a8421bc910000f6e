"""How much work it is to run a graph, from its shapes alone, before anything is computed."""

from math import prod

from checks.graph.graph import Graph, Node
from checks.graph.operation import Shape

#: How many times the work of the expected network another may take, and how much in any case.
TIMES = 6
ALLOWANCE = 5 * 10**6

#: What else takes as long as moving this many numbers: beginning a step, looking at a number in a
#: window, and multiplying two numbers in a product of matrices.
_STEP, _WINDOW, _PRODUCT = 20_000, 8, 1 / 16


def work(graph: Graph) -> float:
    """Return how many numbers could be read and written while a graph runs on one input."""
    return sum(_STEP + _work(graph, node) for node in graph.nodes.values())


def is_far_more(theirs: Graph, ours: Graph) -> bool:
    """Return whether a network takes far more work than the one that is expected."""
    return work(theirs) > TIMES * work(ours) + ALLOWANCE


def _work(graph: Graph, node: Node) -> float:
    shapes = [graph.nodes[name].shape for name in node.inputs]
    weights = sum(map(prod, graph.weights_of(node).values()))
    moved = prod(node.shape) + sum(map(prod, shapes)) + weights
    match node.operation:
        case "conv2d":
            windows = prod(node.shape[:2]) * prod(node.params["kernel"]) * shapes[0][-1]
            return moved + _padded(node, shapes[0]) + windows * (1 + node.shape[-1] * _PRODUCT)
        case "max_pool" | "average_pool":
            windows = prod(node.shape) * prod(node.params["kernel"])
            return moved + _padded(node, shapes[0]) + windows * _WINDOW
        case "dense":
            return moved + prod(node.shape) * shapes[0][-1] * _PRODUCT
        case "batch_norm":
            return moved * 4
    return moved


def _padded(node: Node, shape: Shape) -> int:
    """Return the size of the images with their padding."""
    pads = node.params["pads"]
    return prod(size + sum(pair) for size, pair in zip(shape, (*pads, (0, 0)), strict=True))
