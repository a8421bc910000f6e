"""Which layers a network has too few or too many of, and where that begins."""

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from checks.differences.names import (
    GIVEN,
    capital,
    counted_in_words,
    kind_of,
    layers_of_graph,
    listed,
    of_operation,
)
from checks.differences.parting import Parting, role
from checks.differences.settings import setting_in_words, unlike_in
from checks.graph import Graph, Node, ancestors
from checks.graph.canonical import DERIVED, settings, simplify
from checks.graph.equivalence import same_structure

#: Operations that can make feature maps smaller without weights.
_SMALLER = frozenset({"slice", "subsample", "max_pool", "average_pool"})


def _missing_and_extra(expected: Graph, received: Graph) -> tuple[Counter[str], Counter[str]]:
    """Count the layers that are missing and those that are too many, by kind."""
    wanted, there = (
        Counter(map(kind_of, layers_of_graph(graph))) for graph in (expected, received)
    )
    return wanted - there, there - wanted


def unlike_numbers(expected: Graph, received: Graph, parted: Parting, free: frozenset[str]) -> str:
    """Say of which kinds there are too few layers or too many, and where that begins."""
    missing, extra = _missing_and_extra(expected, received)
    if not missing and not extra:
        return ""
    if {*extra} == {"pad_otherwise"} and _is_right_with_zeros(expected, received, free):
        verb = "is" if extra.total() == 1 else "are"
        return f"There {verb} {counted_in_words(extra)} where zero padding should be"
    if _in_the_place(expected, received, missing, extra, free):
        verb = "is" if extra.total() == 1 else "are"
        return f"There {verb} {counted_in_words(extra)} where {counted_in_words(missing)} should be"
    return (
        ("" if "conv2d" in missing else _cause_of_projections(expected, received, parted, free))
        or _in_place_of_a_stride(expected, received, missing, extra)
        or _counted(missing, extra) + _where(expected, received, parted, missing, extra, free)
    )


def _in_the_place(
    expected: Graph,
    received: Graph,
    missing: Counter[str],
    extra: Counter[str],
    free: frozenset[str],
) -> bool:
    """Return whether layers of one kind stand just where those of another kind should."""
    if missing.total() != extra.total() or len(missing) != 1 or len(extra) != 1:
        return False
    wanted = next(node for node in expected.nodes.values() if kind_of(node) in missing)
    alike = {
        kind_of(node): node.params for node in expected.nodes.values() if kind_of(node) in extra
    }
    if alike:  # others of that kind belong there: which ones are too many?
        found = [node for node in received.nodes.values() if kind_of(node) in extra]
        chosen = [{node.name} for node in found] if extra.total() == 1 else []
    else:
        chosen = [{node.name for node in received.nodes.values() if kind_of(node) in extra}]
    return any(_fits(expected, received, names, wanted, free) for names in chosen)


def _is_right_with_zeros(expected: Graph, received: Graph, free: frozenset[str]) -> bool:
    """Return whether a network is right once all of its paddings pad with zeros."""
    nodes = (
        replace(node, operation="zero_pad", params={"pads": node.params["pads"][:2]})
        if node.operation == "pad_otherwise"
        else node
        for node in received.nodes.values()
    )
    return _is_right_with(expected, received, nodes, free)


def _is_right_with(
    expected: Graph, received: Graph, nodes: Iterable[Node], free: frozenset[str]
) -> bool:
    """Return whether a network is right once its nodes are replaced by these."""
    with suppress(ValueError, KeyError, IndexError, TypeError):
        return same_structure(expected, simplify(received.rebuilt(nodes)), free)
    return False


def _fits(
    expected: Graph, received: Graph, names: set[str], wanted: Node, free: frozenset[str]
) -> bool:
    """Return whether a network is right once some of its layers are of the wanted kind."""
    nodes = (
        replace(node, operation=wanted.operation, params=wanted.params)
        if node.name in names
        else node
        for node in received.nodes.values()
    )
    return _is_right_with(expected, received, nodes, free)


def _cause_of_projections(
    expected: Graph, received: Graph, parted: Parting, free: frozenset[str]
) -> str:
    """Say which setting of one layer differs, where that makes blocks project their input.

    Where the layer stands elsewhere in the other network it is missing here, or too many, and its
    settings are as they should be.
    """
    wanted, there = (
        Counter(settings(node, free | DERIVED) for node in graph.nodes.values())
        for graph in (expected, received)
    )
    for ours, theirs in same_place(expected, parted):
        lacking = settings(ours, free | DERIVED) in wanted - there
        if lacking and settings(theirs, free | DERIVED) in there - wanted:
            names = [
                each for each in ("filters", "strides") if each in unlike_in(ours, theirs, free)
            ]
            if names:
                other = setting_in_words(names[0], [(ours, theirs)])
                return capital(f"{role(expected, ours.name)} has {other}")
    return ""


def same_place(expected: Graph, parted: Parting) -> list[tuple[Node, Node]]:
    """Return the layers of one kind that read the same, an expected and a received one."""
    return [
        (ours, theirs)
        for ours in parted.missing
        for theirs in parted.extra
        if ours.operation == theirs.operation
        and ours.inputs == tuple(parted.partners.get(name, "") for name in theirs.inputs)
    ]


def has_a_layer_in_place_of_a_stride(expected: Graph, received: Graph) -> bool:
    """Return whether one more layer makes the feature maps smaller than a convolution should."""
    return bool(_in_place_of_a_stride(expected, received, *_missing_and_extra(expected, received)))


def _in_place_of_a_stride(
    expected: Graph, received: Graph, missing: Counter[str], extra: Counter[str]
) -> str:
    """Say which layer makes the feature maps smaller in place of a convolution's stride."""
    if missing or len(extra) != 1:
        return ""
    known = {settings(node, DERIVED) for node in expected.nodes.values()}
    for node in of_operation(received.nodes.values(), "conv2d"):
        read = received.nodes[node.inputs[0]]
        if read.operation not in _SMALLER or kind_of(read) not in extra:
            continue
        for ours in of_operation(expected.nodes.values(), "conv2d"):
            strided = replace(node, params={**node.params, "strides": ours.params["strides"]})
            alike = settings(strided, DERIVED) == settings(ours, DERIVED)
            if alike and settings(node, DERIVED) not in known:
                name = role(expected, ours.name)
                if extra.total() == 1:
                    return f"There is a {read.describe()} in place of the stride of {name}"
                several = counted_in_words(extra)
                return f"There are {several} in place of strides, the first for that of {name}"
    return ""


def _where(
    expected: Graph,
    received: Graph,
    parted: Parting,
    missing: Counter[str],
    extra: Counter[str],
    free: frozenset[str],
) -> str:
    """Say where the first of the layers is that are missing or too many, if only one of these."""
    if missing and not extra:
        for ours in parted.missing:
            if kind_of(ours) in missing and _fewer(expected, received, parted, ours):
                skipped = _skipped(expected, received, parted, missing, free)
                several, joins = missing[kind_of(ours)] > 1, len(ours.inputs) > 1
                begins = ", the first" if several else ": that" if joins else ""
                where = f"{'of' if joins else 'after'} {listed(expected, ours.inputs)}"
                return skipped or f"{begins} {where}"
    if extra and not missing:
        for theirs in parted.extra:
            if kind_of(theirs) in extra:
                read = [received.nodes[name] for name in theirs.inputs]
                tensors = [each.name for each in read if each.operation not in GIVEN]
                names = [parted.partners.get(name, "") for name in tensors]
                begins = "the first " if extra[kind_of(theirs)] > 1 else ""
                if all(names) and not _as_many(expected, received, parted, theirs):
                    word = "of" if len(names) > 1 else "after"
                    return f", {begins}{word} {listed(expected, names)}"
    return ""


def _fewer(expected: Graph, received: Graph, parted: Parting, ours: Node) -> bool:
    """Return whether fewer layers of a kind read what an expected one reads."""
    wanted, there = _reading(expected, received, parted, kind_of(ours), ours.inputs)
    return there < wanted


def _as_many(expected: Graph, received: Graph, parted: Parting, theirs: Node) -> bool:
    """Return whether as many layers of a kind should read what one of the learner's reads."""
    inputs = tuple(parted.partners.get(name, "") for name in theirs.inputs)
    wanted, there = _reading(expected, received, parted, kind_of(theirs), inputs)
    return there <= wanted


def _reading(
    expected: Graph, received: Graph, parted: Parting, kind: str, inputs: tuple[str, ...]
) -> tuple[int, int]:
    """Count the layers of a kind that read some expected tensors: expected ones and received."""
    wanted = [
        node
        for node in layers_of_graph(expected)
        if kind_of(node) == kind and node.inputs == inputs
    ]
    there = [
        node
        for node in layers_of_graph(received)
        if kind_of(node) == kind
        and tuple(parted.partners.get(name, "") for name in node.inputs) == inputs
    ]
    return len(wanted), len(there)


def _skipped(
    expected: Graph,
    received: Graph,
    parted: Parting,
    missing: Counter[str],
    free: frozenset[str],
) -> str:
    """Say which layer reads what comes before the missing layers, in place of their output."""
    for theirs in parted.extra:
        places = [
            node
            for node in expected.nodes.values()
            if node.name not in parted.partners.values()
            and settings(node, free | DERIVED) == settings(theirs, free | DERIVED)
            and node.operation == theirs.operation
        ]
        if len(places) != 1 or not expected.weights_of(places[0]) or len(theirs.inputs) != 1:
            continue
        between = ancestors(expected.nodes, places[0].name) - set(parted.partners.values())
        if Counter(kind_of(expected.nodes[name]) for name in between) == missing:
            read = role(expected, parted.partners[theirs.inputs[0]])
            wanted = listed(expected, places[0].inputs)
            return f": {role(expected, places[0].name)} reads {read} instead of {wanted}"
    return ""


def _counted(missing: Counter[str], extra: Counter[str]) -> str:
    parts = []
    if missing:
        parts.append(
            f"{counted_in_words(missing)} {'is' if missing.total() == 1 else 'are'} missing"
        )
    if extra:
        verb = "is" if next(iter(extra.values())) == 1 else "are"
        several = re.sub(r"(^|, | and )an? ", r"\1one ", counted_in_words(extra))
        parts.append(f"there {verb} {several} too many")
    return capital(", and ".join(parts))
