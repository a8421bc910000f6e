"""What the exercises of lesson 5 share: backbones, heads, and what is trained of them."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from checks.case import TransferNetwork
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Reference,
)


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


#: Gamma and beta: what batch normalisations learn.
LEARNED = ("gamma", "beta")


def trained_in(graph: Graph, layers: slice, normalisations: bool = True) -> int:
    """Count what training changes in some of the layers, which begin with the input as in Keras."""
    return sum(
        int(np.prod(shape))
        for layer in list(graph.nodes)[layers]
        if layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
        if not name.startswith("moving_") and (normalisations or name not in LEARNED)
    )


def parameters_of(graph: Graph, trained_only: bool = False) -> int:
    """Count a network's parameters: all, or without the moving statistics."""
    return sum(
        int(np.prod(shape))
        for layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
        if not (trained_only and name.startswith("moving_"))
    )


def normalisation_parameters(graph: Graph) -> int:
    """Count gamma and beta of all batch normalisations."""
    return sum(
        int(np.prod(shape))
        for layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
        if name in LEARNED
    )


#: The last layers of a backbone, by where a learner may part it: each end that trains another
#: number of layers of the deeper backbone, counted from its end or from its beginning.
LAST_LAYERS_BY_CONVOLUTIONS = (
    *(slice(-last, None) for last in range(3, 3 * DEEP, 3)),
    *(slice(first, None) for first in range(2, 3 * DEEP - 1, 3)),
)


LAST_LAYERS = (
    *LAST_LAYERS_BY_CONVOLUTIONS,
    *(slice(-last, None) for last in range(2, 3 * DEEP, 3)),
    *(slice(first, None) for first in range(3, 3 * DEEP, 3)),
)


def ending_with_the_backbone(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    """Return the backbone's features: the head is missing."""
    graph = reference(arguments)
    last = [name for name in graph.nodes if name.startswith("backbone: ")][-1]
    return graph.rebuilt(graph.nodes.values(), last)
