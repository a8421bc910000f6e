"""Compares a network that is not finished with one that is, or that stops as well."""

from collections import Counter
from collections.abc import Hashable, Mapping, Set

from checks.differences.parting import parting
from checks.graph import Graph, Node, ancestors, pruned, unfinished
from checks.graph.canonical import signatures


def begins(begun: Graph, network: Graph, free: frozenset[str] = frozenset()) -> bool:
    """Return whether a network that is not finished is the beginning of another.

    All its nodes have to be in the other network, and where it stopped the other has to stop too.

    Args:
        begun: What was built, simplified.
        network: The other network, simplified; it may be unfinished itself.
        free: Names of parameters that do not count.
    """
    # A bias before a normalisation does not count, and the normalisation may be missing yet.
    lax = free | {"use_bias"}
    theirs, ours = signatures(begun, lax), signatures(network, lax)
    if begun.stopped and not (network.stopped and ours[network.output] == theirs[begun.output]):
        return False
    there, known = Counter(ours.values()), set(theirs.values())
    weighted = Counter(theirs[node.name] for node in _weighted(begun))
    return (
        all(signature in there for signature in theirs.values())
        and weighted <= there
        and _shared(begun, theirs, known) == _shared(network, ours, known)
    )


def _weighted(graph: Graph) -> list[Node]:
    """Return the nodes that have weights, without a call that failed."""
    return [
        node
        for node in graph.nodes.values()
        if not (graph.stopped and node.name == graph.output) and graph.weights_of(node)
    ]


def _shared(
    graph: Graph, signature: Mapping[str, Hashable], known: Set[Hashable]
) -> Counter[Hashable]:
    """Count the layers with several calls by the signatures of those calls that are known."""
    uses: dict[str, list[int]] = {}
    for node in _weighted(graph):
        if signature[node.name] in known:
            uses.setdefault(node.layer, []).append(hash(signature[node.name]))
    return Counter(tuple(sorted(calls)) for calls in uses.values() if len(calls) > 1)


def up_to(network: Graph, begun: Graph, free: frozenset[str] = frozenset()) -> Graph:
    """Return the part of a network that should be there where another one ends.

    That is what its own node of that place depends on: the third addition where the other ends
    with its third addition. Where it has no such node, what comes before that counts.

    Args:
        network: The network, simplified.
        begun: What was built, simplified.
        free: Names of parameters that do not count.
    """
    if network.stopped:
        return pruned(network.nodes, network.output, stopped=True)
    before = {begun.output} | ancestors(begun.nodes, begun.output)
    for name in [each for each in reversed([*begun.nodes]) if each in before]:
        operation = begun.nodes[name].operation
        alike = [each for each, node in network.nodes.items() if node.operation == operation]
        for counted in (begun.nodes, before):  # what leads nowhere was on the way there, or not
            number = sum(begun.nodes[each].operation == operation for each in counted)
            if number <= len(alike) and operation != "input":
                return pruned(network.nodes, alike[number - 1])
    first = [node.name for node in parting(network, begun, free).missing]
    return pruned(network.nodes, first[-1], first[:-1]) if first else network


def joined(begun: Graph, paths: int) -> Graph:
    """Return what was built without what leads nowhere.

    Args:
        begun: What was built.
        paths: How many open paths may still be joined: the last ones.
    """
    if begun.stopped:
        return pruned(begun.nodes, begun.output, stopped=True)
    ends = (*begun.ends, begun.output)[-paths:]
    return pruned(begun.nodes, ends[-1], ends[:-1])


def layers_of(begun: Graph, paths: int) -> Graph:
    """Return the same without the call that failed: that one computed nothing."""
    return without_stop(joined(begun, paths))


def without_stop(begun: Graph) -> Graph:
    """Return what was built before the call that failed, if one did."""
    if not begun.stopped:
        return begun
    return unfinished({name: node for name, node in begun.nodes.items() if name != begun.output})
