"""Says in a title how a network differs from the expected one, where no mistake is known."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from checks.canonical import settings, signatures
from checks.graph import Graph, Node

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
    "rescaling": ("a rescaling", "rescalings"),
}

#: What the parameters of layers are called, in the order in which they are told.
SETTINGS = {
    "filters": "another number of filters",
    "units": "another number of units",
    "kernel": "another kernel size",
    "strides": "another stride",
    "pads": "another padding",
    "padding": "another padding",
    "axis": "another axis",
    "axes": "other axes",
    "use_bias": "a bias in another place",
    "epsilon": "another epsilon",
    "training": "another mode of training",
}


#: Settings whose values say something in a title.
SHOWN = frozenset({"filters", "units", "kernel", "strides", "epsilon"})


def cause_of(expected: Graph, received: Graph, free: frozenset[str] = frozenset()) -> str:
    """Say in a title what differs: layers too few or too many, their settings, or their order.

    Args:
        expected: The reference graph, simplified.
        received: The learner's graph, simplified, which is not equivalent to it.
        free: Names of parameters that do not count.
    """
    ours, theirs = _layers(expected), _layers(received)
    wanted, there = Counter(map(_kind, ours)), Counter(map(_kind, theirs))
    missing, extra = wanted - there, there - wanted
    if missing and extra and missing.total() == extra.total() and len(missing) == len(extra) == 1:
        verb = "is" if extra.total() == 1 else "are"
        return f"There {verb} {_several(extra)} where {_several(missing)} should be"
    if missing or extra:
        return _counted(missing, extra)
    return _unlike_settings(ours, theirs, free) or _joined(expected, received, free)


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
    more = f" and {len(named) - MAXIMUM_NAMED} more" if len(named) > MAXIMUM_NAMED else ""
    return (
        f"{len(named)} layers are used in several places each, which share their weights: "
        f"{', '.join(named[:MAXIMUM_NAMED])}{more}"
    )


def _layers(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes.values() if node.operation not in ("input", "constant")]


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
        verb = "is" if extra.total() == 1 else "are"
        parts.append(f"there {verb} {_several(extra)} too many")
    title = ", and ".join(parts)
    return title[0].upper() + title[1:]


def _unlike_settings(ours: Sequence[Node], theirs: Sequence[Node], free: frozenset[str]) -> str:
    """Compare the settings of layers of the same kind, in the order in which they stand."""
    for operation in dict.fromkeys(node.operation for node in ours):
        pairs = _pairs(_of(ours, operation), _of(theirs, operation), free)
        unlike = [(a, b, _unlike(a, b, free)) for a, b in pairs]
        names = [each for each in SETTINGS if any(each in keys for *_, keys in unlike)]
        if names:
            one, many = NAMES.get(operation, (f"a {operation}", operation))
            who = f"{one} has" if len(unlike) == 1 else f"{len(unlike)} {many} have"
            values = {
                (a.params.get(names[0]), b.params.get(names[0]))
                for a, b, keys in unlike
                if names[0] in keys
            }
            return f"{who[0].upper()}{who[1:]} {_setting(names[0], values)}"
    return ""


def _setting(name: str, values: Collection[tuple[Any, Any]]) -> str:
    """Say how a setting differs, and with its values where all layers differ in the same way."""
    if name == "use_bias" and values == {(True, False)}:
        return "no bias"
    words = f"{SETTINGS[name]} than expected"
    if len(values) > 1 or name not in SHOWN:
        return words
    expected, received = next(iter(values))
    return f"{words}: {_value(received)} instead of {_value(expected)}"


def _value(value: Any) -> str:
    return "×".join(map(str, value)) if isinstance(value, tuple | list) else str(value)


def _pairs(
    ours: Sequence[Node], theirs: Sequence[Node], free: frozenset[str]
) -> list[tuple[Node, Node]]:
    """Pair the layers, in their order, that have no partner of the same settings."""

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

    return list(zip(others(ours, theirs), others(theirs, ours), strict=False))


def _of(nodes: Iterable[Node], operation: str) -> list[Node]:
    return [node for node in nodes if node.operation == operation]


def _unlike(ours: Node, theirs: Node, free: frozenset[str]) -> set[str]:
    different = set(settings(ours, free)) ^ set(settings(theirs, free))
    return {key for key, _ in different}


def _joined(expected: Graph, received: Graph, free: frozenset[str]) -> str:
    """Say how the same layers are joined in another way: which path leaves or ends elsewhere."""
    known = set(signatures(expected, free).values())
    signature = signatures(received, free)
    for node in received.nodes.values():
        if signature[node.name] in known or not node.inputs:
            continue
        if node.operation == "add" and len(node.inputs) > 1:
            return "The addition adds other tensors than expected"
        before = received.nodes[node.inputs[0]].describe()
        return f"The layers stand in another order: {node.describe()} after {before}"
    return "The network ends at another layer than expected"
