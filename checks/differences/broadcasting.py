"""Tensors that need axes of size 1 before an operator can combine them with feature maps.

Operators line up axes from the last one, as NumPy does. Of weights for the channels, of the shape
(batch, channels), the batch then meets the columns of the feature maps.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import NamedTuple

from checks.graph import Graph, GraphBuilder, Node
from checks.graph.equivalence import equivalent
from checks.graph.interpreter import UnknownLayer
from checks.graph.operations import WITHOUT_A_BATCH

#: What operators do with a tensor.
_VERBS = {
    "add": "added to",
    "subtract": "combined with",
    "multiply": "multiplied with",
    "divide": "combined with",
    "maximum": "combined with",
    "minimum": "combined with",
}

#: How many axes are missing, in words.
_NUMBERS = {1: "an axis", 2: "two axes"}


class LackingAxes(NamedTuple):
    """What is wrong with a tensor that lacks axes: a title, why it is wrong, and what to do."""

    cause: str
    why: str
    hint: str


def lacking_axes(graph: Graph) -> LackingAxes | None:
    """Explain the first tensor that has fewer axes than the feature maps it is combined with.

    Args:
        graph: The learner's graph, simplified.
    """
    first = next(_flat_operands(graph), None)
    if first is None:
        return None
    operator, flat, maps = first
    ones = len(maps.shape) - len(flat.shape)
    there, wanted = _with_a_batch(flat.shape), _with_a_batch((1,) * ones + flat.shape)
    number = _NUMBERS.get(ones, f"{ones} axes")
    what = "The weights need" if operator.operation == "multiply" else "A tensor needs"
    verb = _VERBS[operator.operation]
    images = len(maps.shape) == 3
    others = "the feature maps" if images else f"a tensor of the shape {_with_a_batch(maps.shape)}"
    met = {1: "the rows", 2: "the columns"}.get(ones, "an axis") if images else "an axis"
    return LackingAxes(
        f"{what} {number} of size 1 to be {verb} {others}: the shape {wanted} instead of {there}",
        f"Operators such as `*` line up the axes of two tensors from the last one on. The images "
        f"of the batch then meet {met} of {others}: that fails, or combines what does not belong "
        "together.",
        f"`layers.Reshape(({', '.join(map(str, (1,) * ones + flat.shape))}))` puts the axes in; "
        "a pooling keeps them with `keepdims=True`.",
    )


def lacks_nothing_else(expected: Graph, received: Graph, free: frozenset[str]) -> bool:
    """Return whether a network is right once tensors that lack axes of size 1 have them.

    Args:
        expected: The reference graph, simplified.
        received: The learner's graph, simplified.
        free: Names of parameters that do not count.
    """
    lacking: dict[str, dict[str, int]] = {}
    for operator, flat, maps in _flat_operands(received):
        lacking.setdefault(operator.name, {})[flat.name] = len(maps.shape) - len(flat.shape)
    with suppress(UnknownLayer, ValueError, KeyError, IndexError, TypeError):
        return bool(lacking) and equivalent(expected, _with_axes(received, lacking), free)
    return False


def _flat_operands(graph: Graph) -> Iterator[tuple[Node, Node, Node]]:
    """Yield operators with an operand that has too few axes, that operand, and the largest one."""
    batches: set[str] = set()
    for node in graph.nodes.values():
        operands = [graph.nodes[name] for name in node.inputs if name in batches]
        if node.operation == "input" or (operands and node.operation not in WITHOUT_A_BATCH):
            batches.add(node.name)
        if node.operation in _VERBS and operands:
            largest = max(operands, key=lambda each: len(each.shape))
            for each in operands:
                if 0 < len(each.shape) < len(largest.shape):
                    yield node, each, largest


def _with_axes(graph: Graph, lacking: dict[str, dict[str, int]]) -> Graph:
    """Put axes of size 1 after the batch: how many, by the operator and its operand."""
    builder = GraphBuilder()
    for node in graph.nodes.values():
        inputs = []
        for name in node.inputs:
            ones = lacking.get(node.name, {}).get(name, 0)
            if ones:
                target = (1,) * ones + graph.nodes[name].shape
                name = builder.add(f"{node.name}: axes of {name}", "reshape", name, target=target)
            inputs.append(name)
        builder.append(replace(node, inputs=tuple(inputs)))
    return builder.graph(graph.output)


def _with_a_batch(shape: Sequence[int]) -> str:
    return f"({', '.join(('batch', *map(str, shape)))})"
