"""What the exercises of lesson 5 share: backbones, heads, and what is trained of them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from checks.case import TransferNetwork
from checks.graph import Graph, GraphBuilder, Node
from checks.mistakes import Mutation, Reference, Row, Rows, State, hinted


def add_backbone(g: GraphBuilder, backbone: Graph) -> str:
    """Write the layers of a backbone, in a scope of its own."""
    with g.scope("backbone"):
        names: dict[str, str] = {}
        for node in backbone.nodes.values():
            if node.operation == "input":
                names[node.name] = g.input(node.shape, node.name)
            else:
                inputs = [names[name] for name in node.inputs]
                params = {key: value for key, value in node.params.items() if key != "pads"}
                names[node.name] = g.add(node.name, node.operation, *inputs, **params)
    return names[backbone.output]


def add_head(g: GraphBuilder, X: str, classes: int, hidden: int = 128) -> str:
    """Write the head: global average pooling, a hidden layer, and the output layer."""
    X = g.global_average_pool("global average pooling", X)
    X = g.add("ReLU of the head", "relu", g.dense("hidden layer", X, hidden))
    return g.add("softmax", "softmax", g.dense("output layer", X, classes), axis=-1)


#: Convolutions of a backbone that is deep enough to be frozen or unfrozen in part.
DEEP = 5


def draw_backbone(generator: np.random.Generator, convolutions: int = 2) -> Graph:
    """Draw convolutions with batch normalisation, for images that are not square."""
    height, width = generator.choice(np.arange(8, 13), 2, replace=False)
    filters = generator.choice(np.arange(3, 9), convolutions, replace=False)
    g = GraphBuilder()
    X = g.input((int(height), int(width), 3))
    for at, number in enumerate(filters, start=1):
        X = g.conv(f"convolution {at}", X, int(number), 3, 2 if at == 1 else 1)
        X = g.add(f"ReLU {at}", "relu", g.batch_norm(f"batch normalisation {at}", X))
    return g.graph(X)


def draw_head(backbone: Graph, classes: int, hidden: int) -> Graph:
    """Build the head for the features of a backbone."""
    g = GraphBuilder()
    X = g.input(backbone.nodes[backbone.output].shape)
    return g.graph(add_head(g, X, classes, hidden))


def draw_transfer_network(generator: np.random.Generator, convolutions: int = 2) -> TransferNetwork:
    """Draw a backbone, and a head with classes and hidden units."""
    backbone = draw_backbone(generator, convolutions)
    classes, hidden = (int(each) for each in generator.choice(np.arange(3, 9), 2, replace=False))
    return TransferNetwork(backbone, draw_head(backbone, classes, hidden))


#: No layers of a backbone.
NONE = slice(0)


class Trained(NamedTuple):
    """What training changes of a network: all of it, or less.

    Attributes:
        backbone: Which layers of the backbone; they begin with the input, as in Keras.
        convolutions: Whether it changes convolutions among them.
        normalisations: Whether it changes batch normalisations among them.
        head: Which layers of the head.
    """

    backbone: slice = slice(None)
    convolutions: bool = True
    normalisations: bool = True
    head: tuple[str, ...] = ("hidden layer", "output layer")

    def parameters(self, backbone: Graph, head: Graph) -> int:
        """Count the weights that it changes."""
        kinds = {"conv2d": self.convolutions, "batch_norm": self.normalisations}
        nodes = list(backbone.nodes.values())[self.backbone]
        trained = [node for node in nodes if kinds.get(node.operation)]
        heads = [head.nodes[name] for name in self.head]
        return _count(backbone, trained, True) + _count(head, heads, True)


def _count(graph: Graph, nodes: Iterable[Node], trained_only: bool) -> int:
    return sum(
        int(np.prod(shape))
        for node in nodes
        for name, shape in graph.weights_of(node).items()
        if not (trained_only and name.startswith("moving_"))
    )


def parameters_of(graph: Graph, trained_only: bool = False) -> int:
    """Count a network's parameters: all, or without the moving statistics."""
    return _count(graph, graph.nodes.values(), trained_only)


#: The last layers of a backbone, by where a learner may part it: each end that trains another
#: number of layers of the deeper backbone, counted from its end or from its beginning.
_BY_CONVOLUTIONS = (
    *(slice(-last, None) for last in range(3, 3 * DEEP, 3)),
    *(slice(first, None) for first in range(2, 3 * DEEP - 1, 3)),
)
_BY_NORMALISATIONS = (
    *(slice(-last, None) for last in range(2, 3 * DEEP, 3)),
    *(slice(first, None) for first in range(3, 3 * DEEP, 3)),
)
#: What is trained where only these are: without their normalisations, and with them.
LAST_WITHOUT = [Trained(last, normalisations=False) for last in _BY_CONVOLUTIONS]
LAST_WITH = [Trained(last) for last in (*_BY_CONVOLUTIONS, *_BY_NORMALISATIONS)]


def otherwise(
    state: Callable[[Trained], State],
    table: Mapping[str, tuple[Trained | list[Trained], str]],
    *hints: str,
) -> Rows:
    """Return the mistakes of models of which training changes other weights than it should.

    Args:
        state: Gives the state of a model of which these weights are trained.
        table: By their titles, what is trained, or what may be, and what is wrong with that.
        hints: The hints of all of them.
    """
    rows: dict[str, Row] = {}
    for title, (trained, explanation) in table.items():
        ways = trained if isinstance(trained, list) else [trained]
        rows[title] = (tuple(map(state, ways)), explanation)
    return hinted(rows, *hints)


def last_of_the_backbone(change: Callable[[str], Mutation]) -> Mutation:
    """Make a change that takes the name of the backbone's last layer."""

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        names = reference(arguments).nodes
        last = [name for name in names if name.startswith("backbone: ")][-1]
        return change(last)(reference, arguments)

    return mutation
