"""What layers are called in a title: by their kind, one and several."""

from collections import Counter
from collections.abc import Iterable

from checks.differences.parting import role
from checks.differences.values import first_of
from checks.graph import Graph, Node

#: Operations that say nothing without what reads them.
ONLY_READ = frozenset({"input", "constant", "weight"})
#: Of these, what is written in the code and does not come from a tensor.
GIVEN = ONLY_READ - {"input"}


#: How many shared layers are named.
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
    "maximum": ("a maximum", "maxima"),
    "minimum": ("a minimum", "minima"),
    "divide": ("a division", "divisions"),
    "rescaling": ("a rescaling", "rescalings"),
    "elu": ("an ELU", "ELUs"),
    "selu": ("a SELU", "SELUs"),
    "silu": ("a SiLU", "SiLUs"),
    "softplus": ("a softplus", "softplus functions"),
    "gelu": ("a GELU", "GELUs"),
    "gelu_tanh": ("a GELU", "GELUs"),
    "hard_sigmoid": ("a hard sigmoid", "hard sigmoids"),
    "hard_silu": ("a hard SiLU", "hard SiLUs"),
    "mish": ("a Mish", "Mishes"),
    "softsign": ("a softsign", "softsigns"),
    "square": ("a square", "squares"),
    "exp": ("an exponential", "exponentials"),
    "stop_gradient": ("a stop_gradient", "stop_gradients"),
}


def called(node: Node) -> str:
    """Return what one layer of a kind is called: "a ReLU"."""
    kind = kind_of(node)
    return NAMES.get(kind, (f"a {kind}", ""))[0]


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


def layers_of_graph(graph: Graph) -> list[Node]:
    """Return the nodes that are layers: no inputs, constants and weights, and nothing implied."""
    return [
        node
        for node in graph.nodes.values()
        if node.operation not in ONLY_READ and "implied" not in node.params
    ]


def kind_of(node: Node) -> str:
    """Return the operation, or its description if it has no name here."""
    return node.operation if node.operation in NAMES else node.describe()


def counted_in_words(kinds: Counter[str]) -> str:
    """Return how many there are of each kind: "2 convolutions and a ReLU"."""
    words = []
    for kind, count in kinds.items():
        several = (
            f"layers{kind.removeprefix('layer')}" if kind.startswith("layer ") else f"× {kind}"
        )
        one, many = NAMES.get(kind, (f"a {kind}", several))
        words.append(one if count == 1 else f"{count} {many}")
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def listed(graph: Graph, names: Iterable[str]) -> str:
    """Return what nodes are called, with “and” between them."""
    return " and ".join(role(graph, name) for name in names)


def capital(words: str) -> str:
    """Return words with a capital letter."""
    return words[0].upper() + words[1:]


def of_operation(nodes: Iterable[Node], operation: str) -> list[Node]:
    """Return the nodes of one operation."""
    return [node for node in nodes if node.operation == operation]
