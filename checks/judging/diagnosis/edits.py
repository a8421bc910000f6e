"""Small edits of a network, a layer here or there: slips that nobody listed."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from checks.differences.names import called
from checks.differences.parting import role
from checks.differences.settings import changed_setting, changed_settings
from checks.graph import Graph, Node
from checks.graph.canonical import DERIVED, settings
from checks.mistakes import (
    Inapplicable,
    Mistake,
    Mutation,
    changed,
    edited,
    ending_at,
    replaced,
    rewired,
    without,
)

#: A layer is rewired to one of this many layers before it, or to the input.
NEAR = 8

_FOLLOW_THE_NAMES = (
    "Follow each variable from the line that sets it to the lines that read it.",
    "Which result is never read? Which line should read it?",
)
_NUDGES = (
    "Go through both pictures layer by layer, from the input on.",
    "Where do the two first differ, and where do they differ again?",
)


def edits(expected: Graph, received: Graph, free: frozenset[str]) -> Iterator[Mistake]:
    """Yield edits of a network that another network suggests, each as a mistake.

    Only layers of kinds of which there are too few or too many are left out or put in, and settings
    are changed only to those that the other network has.

    Args:
        expected: The reference graph, simplified.
        received: The learner's graph, simplified.
        free: Names of parameters that do not count.
    """
    missing, extra = _surplus(expected, received, free), _surplus(received, expected, free)
    yield from _left_out(expected, {each.operation for each in missing})
    yield from _put_in(expected, extra)
    yield from _set_otherwise(expected, missing, extra, free)
    yield from _of_another_kind(expected, missing, extra)
    readers = expected.readers()
    for wanted, mistake in _rewirings(expected):
        if len(readers[wanted]) > 1:
            yield mistake


def rewirings(expected: Graph) -> Iterator[Mistake]:
    """Yield the mistakes of layers that read, or functions that return, an earlier layer's output.

    Args:
        expected: The reference graph, simplified.
    """
    for _, mistake in _rewirings(expected):
        yield mistake
    for name in list(expected.nodes)[-NEAR:]:
        if name != expected.output and expected.nodes[name].operation != "constant":
            right = role(expected, expected.output)
            title = f"The function returns the output of {role(expected, name)} instead of {right}"
            yield _wrong_reader(title, f"Return the output of {right}.", ending_at(name))


def _surplus(graph: Graph, other: Graph, free: frozenset[str]) -> list[Node]:
    """Return a node for each kind and settings of which a network has more than another."""

    def key(node: Node) -> tuple[Any, ...]:
        return node.operation, settings(node, free | DERIVED)

    there = Counter(map(key, other.nodes.values()))
    found: dict[tuple[Any, ...], Node] = {}
    for node in graph.nodes.values():
        there[key(node)] -= 1
        if there[key(node)] < 0 and node.operation not in ("input", "constant"):
            found.setdefault(key(node), node)
    return list(found.values())


def _left_out(expected: Graph, operations: set[str]) -> Iterator[Mistake]:
    for node in expected.nodes.values():
        if node.operation in operations and node.inputs:
            yield _edit(f"{_capital(role(expected, node.name))} is missing", without(node.name))


def _put_in(expected: Graph, extra: list[Node]) -> Iterator[Mistake]:
    """Put each surplus layer that reads one tensor between two layers, or after the last."""
    readers = expected.readers()
    for layer in extra:
        if len(layer.inputs) != 1 or layer.operation == "unknown":
            continue
        for node in expected.nodes.values():
            several = len(readers[node.name]) > 1
            for reader in readers[node.name] or [""]:
                where = f"after {role(expected, node.name)}"
                if several:
                    where = f"between {role(expected, node.name)} and {role(expected, reader)}"
                yield _edit(
                    f"There is one {called(layer).partition(' ')[2]} too many, {where}",
                    _inserted(node.name, reader, layer.operation, layer.params),
                )


def _inserted(name: str, reader: str, operation: str, params: Mapping[str, Any]) -> Mutation:
    """Put a layer between a node and one of its readers, or after the last node."""

    def edit(graph: Graph) -> Graph:
        if name not in graph.nodes or (reader and reader not in graph.nodes):
            raise Inapplicable(f"no node is called {name!r} or {reader!r}")
        new = Node(f"{operation} after {name}", operation, (name,), params, (), f"new {operation}")
        nodes: list[Node] = []
        for node in graph.nodes.values():
            if node.name == reader:
                inputs = tuple(new.name if each == name else each for each in node.inputs)
                nodes += [new, replace(node, inputs=inputs)]
            else:
                nodes.append(node)
        if reader:
            return graph.rebuilt(nodes)
        return graph.rebuilt([*nodes, new], new.name)

    return edited(edit)


def _set_otherwise(
    expected: Graph, missing: list[Node], extra: list[Node], free: frozenset[str]
) -> Iterator[Mistake]:
    """Give layers the settings of surplus layers of their kind."""
    lacking = {settings(node, free | DERIVED) for node in missing}
    for ours in expected.nodes.values():
        for theirs in extra if settings(ours, free | DERIVED) in lacking else ():
            keys = changed_settings(ours, theirs, free)
            if theirs.operation == ours.operation and keys:
                yield _edit(
                    changed_setting(expected, ours, theirs, free),
                    changed(ours.name, **{key: theirs.params[key] for key in keys}),
                )


def _of_another_kind(expected: Graph, missing: list[Node], extra: list[Node]) -> Iterator[Mistake]:
    """Put surplus layers in place of layers of which there are too few."""
    kinds = {each.operation for each in missing}
    for ours in expected.nodes.values():
        for theirs in extra if ours.operation in kinds else ():
            if theirs.operation not in (ours.operation, "unknown"):
                yield _edit(
                    f"There is {called(theirs)} in the place of {role(expected, ours.name)}",
                    replaced(ours.name, theirs.operation, **theirs.params),
                )


def _rewirings(expected: Graph) -> Iterator[tuple[str, Mistake]]:
    """Yield the layer that is no longer read, and the mistake."""
    names = list(expected.nodes)
    for at, node in enumerate(expected.nodes.values()):
        verb = "adds" if node.operation == "add" else "reads"
        for position, wanted in enumerate(node.inputs):
            for instead in dict.fromkeys((*names[:1], *names[max(0, at - NEAR) : at])):
                if instead in node.inputs or expected.nodes[instead].operation == "constant":
                    continue
                inputs = (*node.inputs[:position], instead, *node.inputs[position + 1 :])
                reader, right = role(expected, node.name), role(expected, wanted)
                title = f"{_capital(reader)} {verb} {role(expected, instead)} instead of {right}"
                hint = f"Let {reader} {verb[:-1]} {right}."
                yield wanted, _wrong_reader(title, hint, rewired(node.name, *inputs))


def further(title: str) -> Mistake:
    """Return what else differs in a network, besides a mistake that is known."""
    return _edit(title, None)


def _edit(title: str, mutation: Mutation | None) -> Mistake:
    begins = title[0].lower() if title[1:2].islower() else title[0]
    return Mistake(title, "", (*_NUDGES, f"Correct this: {begins}{title[1:]}."), "", mutation)


def _wrong_reader(title: str, hint: str, mutation: Mutation) -> Mistake:
    return Mistake(title, "", (*_FOLLOW_THE_NAMES, hint), "", mutation)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]
