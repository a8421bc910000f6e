"""How the settings of layers differ, in words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from checks.differences.names import NAMES, capital, layers_of_graph, of_operation
from checks.differences.parting import role, scope
from checks.graph import Graph, Node
from checks.graph.canonical import settings

#: What the parameters of layers are called, in the order in which they are named.
SETTINGS = {
    "filters": "another number of filters",
    "units": "another number of units",
    "kernel": "another kernel size",
    "strides": "another stride",
    "dilation": "another dilation",
    "pads": "another padding",
    "padding": "another padding",
    "axis": "another axis",
    "axes": "other axes",
    "keepdims": "another `keepdims`",
    "use_bias": "a bias in another place",
    "center": "a beta in another place",
    "scale": "a gamma in another place",
    "epsilon": "another epsilon",
    "training": "another mode of training",
}


#: What is missing where one of these is switched off.
_SWITCHES = {"use_bias": "no bias", "center": "no beta", "scale": "no gamma"}


#: Settings that a learner writes and that do not follow from others, in the order of `SETTINGS`.
TOLD = tuple(each for each in SETTINGS if each not in ("pads", "padding", "epsilon", *_SWITCHES))


#: Settings whose values say something in a title.
SHOWN = frozenset({"filters", "units", "kernel", "strides", "pads", "epsilon", "keepdims"})


def changed_settings(ours: Node, theirs: Node, free: frozenset[str]) -> list[str]:
    """Return the settings that differ between two layers, of those that are named.

    Args:
        ours: The layer as it should be.
        theirs: The layer as it is.
        free: Names of parameters that do not count.
    """
    return [name for name in TOLD if name in unlike_in(ours, theirs, free)]


def changed_setting(expected: Graph, ours: Node, theirs: Node, free: frozenset[str]) -> str:
    """Say in a title which settings of a layer are others; there is one at least.

    Args:
        expected: The graph that the first layer belongs to.
        ours: The layer as it should be.
        theirs: The layer as it is.
        free: Names of parameters that do not count.
    """
    names = changed_settings(ours, theirs, free)
    first, *others = (setting_in_words(name, [(ours, theirs)], name == names[0]) for name in names)
    return capital(f"{role(expected, ours.name)} has {', and '.join([first, *others])}")


def unlike_settings(
    expected: Graph,
    received: Graph,
    free: frozenset[str],
    operations: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
) -> str:
    """Compare the settings of layers of the same kind, in the order in which they stand.

    Args:
        expected: The reference graph.
        received: The learner's graph.
        free: Names of parameters that do not count.
        operations: The kinds of layers to compare; all if there are none.
        names: What to call the layers whose places are known, by their names in the learner's
            graph.
    """
    ours, theirs = layers_of_graph(expected), layers_of_graph(received)
    for operation in operations or dict.fromkeys(node.operation for node in ours):
        pairs = _pairs(of_operation(ours, operation), of_operation(theirs, operation), free)
        unlike = [(a, b, unlike_in(a, b, free)) for a, b in pairs]
        keys_there = {key for *_, keys in unlike for key in keys}
        different = [each for each in SETTINGS if each in keys_there]
        if told := [each for each in different if each in TOLD] or different[:1]:
            found = [[(a, b) for a, b, keys in unlike if name in keys] for name in told]
            if _swapped(told, found[0]):
                return _SWAPPED
            if told[0] == "strides" and (title := _moved_stride(expected, found[0])):
                return title
            parts = [_having(told[0], found[0], names or {})]
            for name, pairs in zip(told[1:], found[1:], strict=True):
                parts.append(_also_having(name, pairs, pairs == found[0]))
            return capital(", and ".join(parts))
    return ""


_SWAPPED = "The number of filters and the kernel size are swapped"


def _swapped(names: Sequence[str], pairs: Sequence[tuple[Node, Node]]) -> bool:
    return names == ["filters", "kernel"] and all(
        tuple(a.params["kernel"]) == (b.params["filters"],) * 2
        and tuple(b.params["kernel"]) == (a.params["filters"],) * 2
        for a, b in pairs
    )


def _moved_stride(expected: Graph, pairs: Sequence[tuple[Node, Node]]) -> str:
    """Say which layer has the stride that another should have, if that is all of it."""
    if len(pairs) != 2:
        return ""
    strides = [(ours.params["strides"], theirs.params["strides"]) for ours, theirs in pairs]
    (first, there), (second, other) = strides
    if (tuple(there), tuple(other)) != (tuple(second), tuple(first)):
        return ""
    lacking, having = (ours for ours, _ in pairs)
    if max(first) < max(second):
        lacking, having = having, lacking
    alike = (
        node
        for node in expected.nodes.values()
        if scope(node.name) == scope(lacking.name) and settings(node) == settings(having)
    )
    having = next(alike, having)
    return capital(
        f"{role(expected, having.name)} has the stride that {role(expected, lacking.name)} "
        "should have"
    )


def _having(name: str, pairs: Sequence[tuple[Node, Node]], names: Mapping[str, str]) -> str:
    """Say which layer has another setting, or how many layers of a kind, and which setting."""
    ours, theirs = pairs[0]
    one, many = NAMES.get(ours.operation, (f"a {ours.operation}", ours.operation))
    who = f"{len(pairs)} {many} have" if len(pairs) > 1 else f"{names.get(theirs.name, one)} has"
    return f"{who} {setting_in_words(name, pairs)}"


def _also_having(name: str, pairs: Sequence[tuple[Node, Node]], same_layers: bool) -> str:
    """Say that the same layers, or others of their kind, have another setting as well."""
    number = "one has " if len(pairs) == 1 else f"{len(pairs)} have "
    return ("" if same_layers else number) + setting_in_words(name, pairs, expecting=False)


def setting_in_words(name: str, pairs: Sequence[tuple[Node, Node]], expecting: bool = True) -> str:
    """Say how a setting differs: its values, or those of the first layer where they vary."""
    values = [(ours.params.get(name), theirs.params.get(name)) for ours, theirs in pairs]
    if name in _SWITCHES and set(values) == {(True, False)}:
        return _SWITCHES[name]
    window = name == "kernel" and pairs[0][0].operation != "conv2d"
    setting = "another window" if window else SETTINGS[name]
    words = f"{setting} than expected" if expecting else setting
    if name not in SHOWN:
        return words
    expected, received = values[0]
    joint = ":" if len(set(values)) == 1 else ", the first"
    return f"{words}{joint} {value_in_words(received)} instead of {value_in_words(expected)}"


def value_in_words(value: Any) -> str:
    """Return a setting's value as it stands in a title."""
    if not isinstance(value, tuple | list):
        return str(value)
    if not any(isinstance(each, tuple | list) for each in value):
        return "×".join(map(str, value))
    sizes = {size for pair in value for size in pair}
    if len(sizes) > 1:
        return " and ".join(f"{before} + {after}" for before, after in value)
    return f"{sizes.pop()} on each side" if any(sizes) else "none"


def _pairs(
    ours: Sequence[Node], theirs: Sequence[Node], free: frozenset[str]
) -> list[tuple[Node, Node]]:
    """Pair the layers that have no partner of the same settings: the most alike first."""

    def others(nodes: Sequence[Node], partners: Sequence[Node]) -> list[Node]:
        left = Counter(settings(node, free) for node in partners)
        alone = []
        for node in nodes:
            key = settings(node, free)
            if left[key]:
                left[key] -= 1
            else:
                alone.append(node)
        return alone

    pairs: dict[str, tuple[Node, Node]] = {}
    taken: set[str] = set()
    alone = product(others(ours, theirs), others(theirs, ours))
    for one, other in sorted(alone, key=lambda pair: _unlikeness(pair, free)):
        if one.name not in pairs and other.name not in taken:
            pairs[one.name] = one, other
            taken.add(other.name)
    return [pairs[node.name] for node in ours if node.name in pairs]


def _unlikeness(pair: tuple[Node, Node], free: frozenset[str]) -> int:
    ours, theirs = pair
    return len(unlike_in(ours, theirs, free) & {*TOLD})


def unlike_in(ours: Node, theirs: Node, free: frozenset[str]) -> set[str]:
    """Return the names of the settings that differ between two nodes."""
    different = set(settings(ours, free)) ^ set(settings(theirs, free))
    return {key for key, _ in different}
