"""Says in a title how a network differs from the expected one, where no mistake is known."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any

from checks.differences.parting import Parting, parting, role, scope
from checks.differences.stages import unlike_stages
from checks.differences.values import first_of
from checks.graph import Graph, Node, ancestors
from checks.graph.canonical import DERIVED, settings, simplify
from checks.graph.equivalence import same_structure

#: Operations that say nothing without what reads them.
ONLY_READ = frozenset({"input", "constant", "weight"})
_GIVEN = ONLY_READ - {"input"}

#: So many shared layers are named.
MAXIMUM_NAMED = 3

#: What layers of an operation are called: one, and several.
NAMES = {
    "conv2d": ("a convolution", "convolutions"),
    "batch_norm": ("a batch normalisation", "batch normalisations"),
    "relu": ("a ReLU", "ReLUs"),
    "add": ("an addition", "additions"),
    "max_pool": ("a max pooling", "max poolings"),
    "average_pool": ("an average pooling", "average poolings"),
    "zero_pad": ("a zero padding", "zero paddings"),
    "pad": ("a padding of the channels", "paddings of the channels"),
    "pad_otherwise": (
        "a padding with other numbers than zeros",
        "paddings with other numbers than zeros",
    ),
    "dense": ("a dense layer", "dense layers"),
    "softmax": ("a softmax", "softmaxes"),
    "leaky_relu": ("a LeakyReLU", "LeakyReLUs"),
    "sigmoid": ("a sigmoid", "sigmoids"),
    "tanh": ("a tanh", "tanhs"),
    "dropout": ("a dropout", "dropouts"),
    "flatten": ("a Flatten", "Flattens"),
    "concatenate": ("a concatenation", "concatenations"),
    "multiply": ("a multiplication", "multiplications"),
    "subtract": ("a subtraction", "subtractions"),
    "average": ("an average", "averages"),
    "divide": ("a division", "divisions"),
    "rescaling": ("a rescaling", "rescalings"),
    "elu": ("an ELU", "ELUs"),
    "selu": ("a SELU", "SELUs"),
    "silu": ("a SiLU", "SiLUs"),
    "softplus": ("a softplus", "softplus functions"),
    "square": ("a square", "squares"),
    "exp": ("an exponential", "exponentials"),
    "stop_gradient": ("a stop_gradient", "stop_gradients"),
}

#: What the parameters of layers are called, in the order in which they are told.
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
_TOLD = tuple(each for each in SETTINGS if each not in ("pads", "padding", "epsilon", *_SWITCHES))

#: Operations that can make feature maps smaller without weights.
_SMALLER = frozenset({"slice", "subsample", "max_pool", "average_pool"})

#: Settings whose values say something in a title.
SHOWN = frozenset({"filters", "units", "kernel", "strides", "pads", "epsilon"})


def cause_of(expected: Graph, received: Graph, free: frozenset[str] = frozenset()) -> str:
    """Say in a title what differs: layers too few or too many, their settings, or their order.

    Args:
        expected: The reference graph, simplified.
        received: The learner's graph, simplified, which is not equivalent to it.
        free: Names of parameters that do not count.
    """
    parted = parting(expected, received, free)
    return (
        _other_images(expected, received)
        or unlike_stages(expected, received)
        or _unlike_numbers(expected, received, parted, free)
        or _first_setting(expected, received, parted, free)
        or _read_elsewhere(expected, received, parted, free)
        or _in_another_order(expected, received, parted)
        or _unlike_settings(expected, received, free)
        or "The network ends at another layer than expected"
    )


def called(node: Node) -> str:
    """Return what one layer of a kind is called: "a ReLU"."""
    kind = _kind(node)
    return NAMES.get(kind, (f"a {kind}", ""))[0]


def changed_settings(ours: Node, theirs: Node, free: frozenset[str]) -> list[str]:
    """Return the settings that differ between two layers, of those that are told.

    Args:
        ours: The layer as it should be.
        theirs: The layer as it is.
        free: Names of parameters that do not count.
    """
    return [name for name in _TOLD if name in _unlike(ours, theirs, free)]


def changed_setting(expected: Graph, ours: Node, theirs: Node, free: frozenset[str]) -> str:
    """Say in a title which settings of a layer are others; there is one at least.

    Args:
        expected: The graph that the first layer belongs to.
        ours: The layer as it should be.
        theirs: The layer as it is.
        free: Names of parameters that do not count.
    """
    names = changed_settings(ours, theirs, free)
    first, *others = (_setting(name, [(ours, theirs)], name == names[0]) for name in names)
    return _capital(f"{role(expected, ours.name)} has {', and '.join([first, *others])}")


def shared_in_words(graph: Graph) -> str:
    """Say in a title that one layer has several places in a network; nothing where none has.

    Args:
        graph: The learner's graph.
    """
    shared = graph.shared_layers()
    if not shared:
        return ""
    named = [repr(layer) for layer in shared]
    calls = Counter(node.layer for node in graph.nodes.values() if graph.weights_of(node))
    if len(named) == 1:
        ((layer, node),) = shared.items()
        times = "two" if calls[layer] == 2 else str(calls[layer])
        words = f"{layer!r}, {node.describe()}"
        return f"One layer is used in {times} places, which share its weights: {words}"
    return (
        f"{len(named)} layers are used in several places each, which share their weights: "
        f"{first_of(named, MAXIMUM_NAMED)}"
    )


def _layers(graph: Graph) -> list[Node]:
    return [
        node
        for node in graph.nodes.values()
        if node.operation not in ("input", "constant", "weight")
    ]


def _kind(node: Node) -> str:
    """Return the operation, or for one without a name of its own its description."""
    return node.operation if node.operation in NAMES else node.describe()


def _several(kinds: Counter[str]) -> str:
    words = []
    for kind, count in kinds.items():
        several = (
            f"layers{kind.removeprefix('layer')}" if kind.startswith("layer ") else f"× {kind}"
        )
        one, many = NAMES.get(kind, (f"a {kind}", several))
        words.append(one if count == 1 else f"{count} {many}")
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def _counted(missing: Counter[str], extra: Counter[str]) -> str:
    parts = []
    if missing:
        parts.append(f"{_several(missing)} {'is' if missing.total() == 1 else 'are'} missing")
    if extra:
        verb = "is" if next(iter(extra.values())) == 1 else "are"
        several = re.sub(r"(^|, | and )an? ", r"\1one ", _several(extra))
        parts.append(f"there {verb} {several} too many")
    return _capital(", and ".join(parts))


def _other_images(expected: Graph, received: Graph) -> str:
    wanted, there = ([node.shape for node in graph.inputs] for graph in (expected, received))
    if wanted == there or len(wanted) != 1 or len(there) != 1:
        return ""
    if len(there[0]) != len(wanted[0]):
        return (
            f"The model begins at a tensor of the shape {there[0]}, not at the images of "
            f"{_value(wanted[0])}"
        )
    return f"The network takes images of {_value(there[0])} instead of {_value(wanted[0])}"


def _missing_and_extra(expected: Graph, received: Graph) -> tuple[Counter[str], Counter[str]]:
    """Count the layers that are missing and those that are too many, by kind."""
    wanted, there = (Counter(map(_kind, _layers(graph))) for graph in (expected, received))
    return wanted - there, there - wanted


def _unlike_numbers(expected: Graph, received: Graph, parted: Parting, free: frozenset[str]) -> str:
    """Say of which kinds there are too few layers or too many, and where that begins."""
    missing, extra = _missing_and_extra(expected, received)
    if not missing and not extra:
        return ""
    if {*extra} == {"pad_otherwise"} and _is_right_with_zeros(expected, received, free):
        verb = "is" if extra.total() == 1 else "are"
        return f"There {verb} {_several(extra)} where zero padding should be"
    if _in_the_place(expected, received, missing, extra, free):
        verb = "is" if extra.total() == 1 else "are"
        return f"There {verb} {_several(extra)} where {_several(missing)} should be"
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
    wanted = next(node for node in expected.nodes.values() if _kind(node) in missing)
    alike = {_kind(node): node.params for node in expected.nodes.values() if _kind(node) in extra}
    if alike:  # others of that kind belong there: which ones are too many?
        found = [node for node in received.nodes.values() if _kind(node) in extra]
        chosen = [{node.name} for node in found] if extra.total() == 1 else []
    else:
        chosen = [{node.name for node in received.nodes.values() if _kind(node) in extra}]
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
    """Return whether a network is right once it has these nodes in the place of its own."""
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
    for ours, theirs in _same_place(expected, parted):
        lacking = settings(ours, free | DERIVED) in wanted - there
        if lacking and settings(theirs, free | DERIVED) in there - wanted:
            names = [each for each in ("filters", "strides") if each in _unlike(ours, theirs, free)]
            if names:
                return _capital(
                    f"{role(expected, ours.name)} has {_setting(names[0], [(ours, theirs)])}"
                )
    return ""


def _same_place(expected: Graph, parted: Parting) -> list[tuple[Node, Node]]:
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
    for node in _of(received.nodes.values(), "conv2d"):
        read = received.nodes[node.inputs[0]]
        if read.operation not in _SMALLER or _kind(read) not in extra:
            continue
        for ours in _of(expected.nodes.values(), "conv2d"):
            strided = replace(node, params={**node.params, "strides": ours.params["strides"]})
            alike = settings(strided, DERIVED) == settings(ours, DERIVED)
            if alike and settings(node, DERIVED) not in known:
                name = role(expected, ours.name)
                if extra.total() == 1:
                    return f"There is a {read.describe()} in place of the stride of {name}"
                several = _several(extra)
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
            if _kind(ours) in missing and _fewer(expected, received, parted, ours):
                skipped = _skipped(expected, received, parted, missing, free)
                several, joins = missing[_kind(ours)] > 1, len(ours.inputs) > 1
                begins = ", the first" if several else ": that" if joins else ""
                where = f"{'of' if joins else 'after'} {_listed(expected, ours.inputs)}"
                return skipped or f"{begins} {where}"
    if extra and not missing:
        for theirs in parted.extra:
            if _kind(theirs) in extra:
                read = [received.nodes[name] for name in theirs.inputs]
                tensors = [
                    each.name for each in read if each.operation not in ONLY_READ - {"input"}
                ]
                names = [parted.partners.get(name, "") for name in tensors]
                begins = "the first " if extra[_kind(theirs)] > 1 else ""
                if all(names) and not _as_many(expected, received, parted, theirs):
                    word = "of" if len(names) > 1 else "after"
                    return f", {begins}{word} {_listed(expected, names)}"
    return ""


def _fewer(expected: Graph, received: Graph, parted: Parting, ours: Node) -> bool:
    """Return whether fewer layers of a kind read what an expected one reads."""
    wanted, there = _reading(expected, received, parted, _kind(ours), ours.inputs)
    return there < wanted


def _as_many(expected: Graph, received: Graph, parted: Parting, theirs: Node) -> bool:
    """Return whether as many layers of a kind should read what one of the learner's reads."""
    inputs = tuple(parted.partners.get(name, "") for name in theirs.inputs)
    wanted, there = _reading(expected, received, parted, _kind(theirs), inputs)
    return there <= wanted


def _reading(
    expected: Graph, received: Graph, parted: Parting, kind: str, inputs: tuple[str, ...]
) -> tuple[int, int]:
    """Count the layers of a kind that read some expected tensors: expected ones and received."""
    wanted = [node for node in _layers(expected) if _kind(node) == kind and node.inputs == inputs]
    there = [
        node
        for node in _layers(received)
        if _kind(node) == kind
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
        if Counter(_kind(expected.nodes[name]) for name in between) == missing:
            read = role(expected, parted.partners[theirs.inputs[0]])
            wanted = _listed(expected, places[0].inputs)
            return f": {role(expected, places[0].name)} reads {read} instead of {wanted}"
    return ""


def _first_setting(expected: Graph, received: Graph, parted: Parting, free: frozenset[str]) -> str:
    """Say how the settings differ of the kind of layers at which the networks part."""
    places = _same_place(expected, parted)
    if not places:
        return ""
    kinds = tuple(dict.fromkeys(ours.operation for ours, _ in places))
    names = {theirs.name: role(expected, ours.name) for ours, theirs in places}
    return _unlike_settings(expected, received, free, kinds, names) or _exchanged_setting(
        expected, places[0], free
    )


def _exchanged_setting(expected: Graph, place: tuple[Node, Node], free: frozenset[str]) -> str:
    """Say which one setting a layer has that another should have; with two, the layers moved."""
    ours, theirs = place
    unlike = [name for name in _unlike(ours, theirs, free) if name in _TOLD]
    if len(unlike) != 1:
        return ""
    return _capital(f"{role(expected, ours.name)} has {_setting(unlike[0], [place])}")


def _read_elsewhere(expected: Graph, received: Graph, parted: Parting, free: frozenset[str]) -> str:
    """Say which layer reads another tensor than it should."""
    lax = free | DERIVED | {"strides", "use_bias"}
    for ours in parted.missing:
        for theirs in parted.extra:
            same = ours.operation == theirs.operation and len(ours.inputs) == len(theirs.inputs)
            if not same or settings(ours, lax) != settings(theirs, lax):
                continue
            there = [parted.partners[name] for name in theirs.inputs]
            wanted, instead = Counter(ours.inputs), Counter(there)
            verb = "adds" if ours.operation == "add" else "reads"
            return _capital(
                f"{role(expected, ours.name)} {verb} {_listed(expected, instead - wanted)} "
                f"instead of {_listed(expected, wanted - instead)}"
            )
    return ""


def _in_another_order(expected: Graph, received: Graph, parted: Parting) -> str:
    if not parted.missing or not parted.extra:
        return ""
    ours, theirs = parted.missing[0], parted.extra[0]
    if ours.describe() == theirs.describe() and _same_place(expected, parted):
        return ""
    there = [parted.partners.get(name, "") for name in theirs.inputs]
    after = f" after {_listed(expected, there)}" if there and all(there) else ""
    return (
        f"The layers are in a different order: {theirs.describe()}{after}, "
        f"where {ours.describe()} is expected"
    )


def _listed(graph: Graph, names: Iterable[str]) -> str:
    return " and ".join(role(graph, name) for name in names)


def _capital(words: str) -> str:
    return words[0].upper() + words[1:]


def _unlike_settings(
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
    ours, theirs = _layers(expected), _layers(received)
    for operation in operations or dict.fromkeys(node.operation for node in ours):
        pairs = _pairs(_of(ours, operation), _of(theirs, operation), free)
        unlike = [(a, b, _unlike(a, b, free)) for a, b in pairs]
        keys_there = {key for *_, keys in unlike for key in keys}
        different = [each for each in SETTINGS if each in keys_there]
        if told := [each for each in different if each in _TOLD] or different[:1]:
            found = [[(a, b) for a, b, keys in unlike if name in keys] for name in told]
            if _swapped(told, found[0]):
                return _SWAPPED
            if told[0] == "strides" and (title := _moved_stride(expected, found[0])):
                return title
            parts = [_having(told[0], found[0], names or {})]
            for name, pairs in zip(told[1:], found[1:], strict=True):
                parts.append(_also_having(name, pairs, pairs == found[0]))
            return _capital(", and ".join(parts))
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
    return _capital(
        f"{role(expected, having.name)} has the stride that {role(expected, lacking.name)} "
        "should have"
    )


def _having(name: str, pairs: Sequence[tuple[Node, Node]], names: Mapping[str, str]) -> str:
    """Say which layer has another setting, or how many layers of a kind, and which setting."""
    ours, theirs = pairs[0]
    one, many = NAMES.get(ours.operation, (f"a {ours.operation}", ours.operation))
    who = f"{len(pairs)} {many} have" if len(pairs) > 1 else f"{names.get(theirs.name, one)} has"
    return f"{who} {_setting(name, pairs)}"


def _also_having(name: str, pairs: Sequence[tuple[Node, Node]], same_layers: bool) -> str:
    """Say that the same layers, or others of their kind, have another setting as well."""
    number = "one has " if len(pairs) == 1 else f"{len(pairs)} have "
    return ("" if same_layers else number) + _setting(name, pairs, expecting=False)


def _setting(name: str, pairs: Sequence[tuple[Node, Node]], expecting: bool = True) -> str:
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
    return f"{words}{joint} {_value(received)} instead of {_value(expected)}"


def _value(value: Any) -> str:
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
    return len(_unlike(ours, theirs, free) & {*_TOLD})


def _of(nodes: Iterable[Node], operation: str) -> list[Node]:
    return [node for node in nodes if node.operation == operation]


def _unlike(ours: Node, theirs: Node, free: frozenset[str]) -> set[str]:
    different = set(settings(ours, free)) ^ set(settings(theirs, free))
    return {key for key, _ in different}
