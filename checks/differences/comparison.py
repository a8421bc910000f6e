"""Where two networks part: the first difference between a learner's graph and the expected one."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from checks.differences.difference import cause_of
from checks.differences.names import NAMES, ONLY_READ
from checks.differences.one_pixel import alike, read_as_dense
from checks.differences.parting import Parting, parting, role, scope
from checks.differences.unfinished import up_to
from checks.graph import Graph, Node
from checks.graph.canonical import simplify

#: Operations of the same kind, by the name of the result that counts them.
KINDS_OF_LAYERS = {
    "convolutions": {"conv2d"},
    "batch normalisations": {"batch_norm"},
    "activations": {
        "relu",
        "leaky_relu",
        "clipped_relu",
        "sigmoid",
        "tanh",
        "softmax",
        "elu",
        "selu",
        "silu",
        "softplus",
        "gelu",
        "gelu_tanh",
        "hard_sigmoid",
        "hard_silu",
        "mish",
        "softsign",
    },
    "additions": {
        "add",
        "subtract",
        "multiply",
        "divide",
        "average",
        "maximum",
        "minimum",
        "concatenate",
    },
    "poolings": {"max_pool", "average_pool", "reduce", "zero_pad"},
    "dense layers": {"dense"},
}


@dataclass(frozen=True)
class Comparison:
    """A learner's network beside the expected one.

    Attributes:
        expected: The reference graph.
        received: The learner's graph.
        expected_marks: Names of expected nodes that the learner's graph lacks.
        received_marks: Names of nodes of the learner's graph that are not expected.
        summary_expected: The first difference in words: what should be there.
        summary_received: The first difference in words: what is there.
        cause: What differs, as a title.
        at: The learner's layer that is the first not to be as expected; "" if something is missing.
        after: The learner's layer after which something is missing; "" if that is not all.
        finished: Whether the learner's function came to the end of its network.
    """

    expected: Graph
    received: Graph
    expected_marks: frozenset[str]
    received_marks: frozenset[str]
    summary_expected: str
    summary_received: str
    cause: str
    at: str = ""
    after: str = ""
    finished: bool = True


def compare(
    expected: Graph,
    received: Graph,
    free: frozenset[str] = frozenset(),
    finished: bool = True,
) -> Comparison:
    """Find where two graphs part.

    Args:
        expected: The reference graph.
        received: The learner's graph.
        free: Names of parameters that do not count.
        finished: Whether the learner's network is; if not, its end is not a difference.
    """
    ours, theirs = simplify(expected), read_as_dense(expected, simplify(received))
    if not finished:
        ours = up_to(ours, theirs, free)
    cause = cause_of(ours, theirs, free)
    ours, theirs = alike(ours, theirs, free)
    parted = parting(ours, theirs, free)
    missing, extra = parted.missing, parted.extra
    return Comparison(
        expected,
        received,
        frozenset(node.name for node in missing),
        frozenset(node.name for node in extra),
        *_in_words(ours, theirs, missing, extra, free),
        cause,
        _counterpart(missing, extra).layer if extra else "",
        "" if extra or not missing else _layer_before(theirs, parted),
        finished,
    )


def _counterpart(missing: Sequence[Node], extra: Sequence[Node]) -> Node:
    """Return what is there instead of the first node that is missing."""
    first = missing[0].operation if missing else ""
    return next((node for node in extra if node.operation == first), extra[0])


def _layer_before(theirs: Graph, parted: Parting) -> str:
    """Return the learner's layer that the first missing node should read."""
    read = parted.missing[0].inputs[:1]
    names = [name for name, partner in parted.partners.items() if (partner,) == read]
    return theirs.nodes[names[0]].layer if names else ""


def kinds_of_layers(graph: Graph) -> list[str]:
    """Return the kinds of layers that a network has, such as "convolutions"."""
    there = {node.operation for node in graph.nodes.values()}
    return [name for name, kind in _names_of_kinds(graph).items() if there & KINDS_OF_LAYERS[kind]]


def _names_of_kinds(expected: Graph) -> dict[str, str]:
    """Return the kinds by their names: what combines tensors is called as what is expected is."""
    found = dict.fromkeys(
        node.operation
        for node in expected.nodes.values()
        if node.operation in KINDS_OF_LAYERS["additions"]
    )
    combinations = " and ".join(NAMES[each][1] for each in found)
    return {
        combinations if kind == "additions" and found else kind: kind for kind in KINDS_OF_LAYERS
    }


def unlike_layers(expected: Graph, received: Graph) -> dict[str, tuple[str, str]]:
    """Count the layers of two networks, kind by kind, wherever they stand.

    Args:
        expected: The reference graph.
        received: The learner's graph.

    Returns:
        By kind, for the kinds of which the two have other layers or another number of them, these
        layers in words and with their numbers: expected and received, "none" if there are none.
    """
    ours, theirs = simplify(expected), read_as_dense(expected, simplify(received))
    names = _names_of_kinds(expected)
    different = {}
    for kind in kinds_of_layers(expected):
        wanted, there = (_layers(graph, names[kind]) for graph in (ours, theirs))
        unlike = [layer for layer in {**wanted, **there} if wanted[layer] != there[layer]]
        if unlike:
            different[kind] = _counted(unlike, wanted), _counted(unlike, there)
    return different


def kinds_too_many(expected: Graph, received: Graph) -> set[str]:
    """Return the kinds of which a network has layers that are not expected."""
    ours, theirs = simplify(expected), read_as_dense(expected, simplify(received))
    return {
        name
        for name, kind in _names_of_kinds(expected).items()
        if _layers(theirs, kind) - _layers(ours, kind)
    }


def _layers(graph: Graph, kind: str) -> Counter[str]:
    members = KINDS_OF_LAYERS[kind]
    return Counter(node.describe() for node in graph.nodes.values() if node.operation in members)


def _counted(layers: Sequence[str], counts: Mapping[str, int]) -> str:
    return ", ".join(f"{counts[layer]} × {layer}" for layer in layers) or "none"


def _in_words(
    ours: Graph,
    theirs: Graph,
    missing: Sequence[Node],
    extra: Sequence[Node],
    free: frozenset[str],
) -> tuple[str, str]:
    """Return the first difference in words: what is expected and what is received."""
    if not missing:
        end = f"nothing after {role(ours, ours.output)}"
        if not extra:
            return end, "a layer that is used twice"
        return end, f"{extra[0].describe()}{_after(theirs, extra[0], _layer)}"
    first = missing[0]
    place = f"{scope(first.name)}: " if scope(first.name) else ""
    if not extra:
        end = f"nothing: the network ends with {_layer(theirs, theirs.output)}"
        return f"{place}{first.describe()} after {_listed(ours, first, role)}", end
    partner = _counterpart(missing, extra)
    if first.operation == partner.operation == "add":
        return (
            f"{place}the sum of {_listed(ours, first, role)}",
            f"the sum of {_listed(theirs, partner, _layer)}",
        )
    return (
        f"{place}{first.describe()}{_unlike(first, partner, free)}{_after(ours, first, role)}",
        f"{partner.describe()}{_unlike(partner, first, free)}{_after(theirs, partner, _layer)}",
    )


def _after(graph: Graph, node: Node, call: Callable[[Graph, str], str]) -> str:
    """Return what a node stands after, or what an input takes."""
    if node.operation == "input":
        return f" of the shape {'×'.join(map(str, node.shape))}"
    return f" after {_listed(graph, node, call)}"


def _unlike(node: Node, other: Node, free: frozenset[str]) -> str:
    """Return the parameters that differ, where the descriptions do not show it."""
    if node.describe() != other.describe() or node.inputs == other.inputs == ():
        return ""
    different = {
        key: value
        for key, value in node.params.items()
        if key not in free | {"padding"} and other.params.get(key) != value
    }
    return "".join(f", {key} = {value}" for key, value in different.items())


def _listed(graph: Graph, node: Node, call: Callable[[Graph, str], str]) -> str:
    return " and ".join(call(graph, name) for name in node.inputs)


def _layer(graph: Graph, name: str) -> str:
    """Return what a learner's node is called."""
    node = graph.nodes[name]
    if node.operation in ONLY_READ:
        return node.describe()
    return f"{node.describe()} (layer {name!r})"
