"""Where two networks part on the way from the input to the output, and what stands there."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from checks.graph import Graph, Node
from checks.graph.canonical import signatures


@dataclass(frozen=True)
class Parting:
    """The first nodes that a learner's graph and the expected one do not share.

    Attributes:
        missing: Expected nodes without a partner, whose inputs all have one.
        extra: Received nodes without a partner, whose inputs all have one.
        partners: The names of the expected nodes, by the names of received ones that compute the
            same from the input.
    """

    missing: tuple[Node, ...]
    extra: tuple[Node, ...]
    partners: Mapping[str, str]


def parting(expected: Graph, received: Graph, free: frozenset[str] = frozenset()) -> Parting:
    """Find where two simplified graphs part.

    Nodes that compute the same from the input are matched by their signatures. A bias says little
    about where two networks part, so it is left out as long as there is more.

    Args:
        expected: The reference graph.
        received: The learner's graph.
        free: Names of parameters that do not count.
    """
    for ignored in (free | {"use_bias"}, free):
        left, right = signatures(expected, ignored), signatures(received, ignored)
        missing = _frontier(expected, left, Counter(right.values()))
        extra = _frontier(received, right, Counter(left.values()))
        if missing or extra:
            break
    names: dict[Hashable, str] = {}
    for name, signature in left.items():
        names.setdefault(signature, name)
    partners = {name: names[each] for name, each in right.items() if each in names}
    return Parting(missing, extra, partners)


def _frontier(
    graph: Graph, signature: Mapping[str, Hashable], known: Counter[Hashable]
) -> tuple[Node, ...]:
    """Return the nodes without a partner whose inputs all have one.

    Nodes with weights do not share a partner: two convolutions of one input need two.
    """
    left = known.copy()
    alone: set[str] = set()
    for node in graph.nodes.values():
        if left[signature[node.name]] <= 0:
            if node.operation not in (
                "constant",
                "weight",
            ):  # it says nothing without what reads it
                alone.add(node.name)
        elif graph.weights_of(node):
            left[signature[node.name]] -= 1
    return tuple(
        node
        for node in graph.nodes.values()
        if node.name in alone and alone.isdisjoint(node.inputs)
    )


def role(graph: Graph, name: str) -> str:
    """Return what an expected node is called: its name says its role and where it stands."""
    if graph.nodes[name].operation == "input":
        return "the input"
    place = scope(name)
    own = name.removeprefix(f"{place}: ").partition(" after ")[0]
    words = own if own[-1:].isdigit() else f"the {own}"
    return f"{words} ({place})" if place else words


def scope(name: str) -> str:
    """Return the part of a network that a node belongs to: "stage 3, block b", or nothing."""
    return name.rpartition(": ")[0]
