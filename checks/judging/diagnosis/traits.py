"""What kinds of layers a network has, whatever they read: a quick way to tell mistakes apart.

Two mistakes made at once change a network's traits by the sum of what each changes, nearly always.
So the pairs of mistakes that can explain a network are few, and only they need to be built.
"""

from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from itertools import combinations

from checks.graph import Graph
from checks.graph.canonical import DERIVED, settings

#: A change of at least this many kinds of layers cannot be taken for another.
SEVERAL = 3

#: How often a network has each trait, or how much that changes.
Traits = Mapping[Hashable, int]


def traits(graph: Graph, free: frozenset[str] = frozenset()) -> Counter[Hashable]:
    """Count the operations of a network, and each of their settings by itself.

    Args:
        graph: A simplified graph.
        free: Names of parameters that do not count.
    """
    found: Counter[Hashable] = Counter()
    for node in graph.nodes.values():
        found[node.operation] += 1
        for setting in settings(node, free | DERIVED):
            found[node.operation, setting] += 1
    return found


def change(before: Traits, after: Traits) -> dict[Hashable, int]:
    """Return by how much each trait is more, or less; nothing for those that are alike."""
    differences = {key: after.get(key, 0) - before.get(key, 0) for key in {**before, **after}}
    return {key: difference for key, difference in differences.items() if difference}


def is_part(one: Traits, whole: Traits) -> bool:
    """Return whether a change of several kinds of layers is part of another, unchanged."""
    kinds = [key for key in one if isinstance(key, str)]
    return len(kinds) >= SEVERAL and all(whole.get(key, 0) == number for key, number in one.items())


def pairs_that_make(wanted: Traits, changes: Sequence[Traits | None]) -> Iterator[tuple[int, int]]:
    """Yield the pairs of changes that together make another one, by their positions.

    Args:
        wanted: The change that is to be explained.
        changes: What each mistake changes; None where that is not known.
    """
    for first, second in combinations(range(len(changes)), 2):
        one, other = changes[first], changes[second]
        if one is not None and other is not None and _sum(one, other) == dict(wanted):
            yield first, second


def _sum(one: Traits, other: Traits) -> dict[Hashable, int]:
    total = {key: one.get(key, 0) + other.get(key, 0) for key in {**one, **other}}
    return {key: number for key, number in total.items() if number}
