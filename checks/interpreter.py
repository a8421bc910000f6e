"""Runs a graph in NumPy float64."""

from collections.abc import Mapping, Sequence

import numpy as np

from checks.graph import Graph
from checks.operations import OPERATIONS, Array, Shape

Weights = Mapping[str, Mapping[str, Array]]


class UnknownLayer(ValueError):
    """A graph has a layer whose computation is not known here."""

    def __init__(self, name: str, class_name: str) -> None:
        """Name the layer and its class."""
        super().__init__(
            f"The layer {name!r} is of the class {class_name}, which is not known here."
        )
        self.name = name
        self.class_name = class_name


def evaluate(
    graph: Graph, weights: Weights, inputs: Sequence[Array], training: bool = False
) -> Array:
    """Return the output of a graph.

    Args:
        graph: The network.
        weights: The weights of each layer, by layer and by the weight's name.
        inputs: One array of shape `(batch, *shape)` for each input of the graph, in order.
        training: Whether batch normalisation uses the statistics of the batch, and dropout drops.

    Returns:
        An array of dtype float64.

    Raises:
        UnknownLayer: If a layer is not known.
    """
    values = {
        node.name: np.asarray(X, np.float64) for node, X in zip(graph.inputs, inputs, strict=True)
    }
    for node in graph.nodes.values():
        if node.operation == "unknown":
            raise UnknownLayer(node.name, node.params["class_name"])
        if node.operation != "input":
            operands = [values[name] for name in node.inputs]
            values[node.name] = OPERATIONS[node.operation].values(
                node.params, weights.get(node.layer, {}), operands, training
            )
    return values[graph.output]


def draw_weights(graph: Graph, seed: int = 0) -> dict[str, dict[str, Array]]:
    """Return random weights for every layer, scaled so that signals keep their size.

    Gamma, beta and the moving statistics are random too, so that a normalisation that is missing,
    doubled or misplaced shows in the values.
    """
    generator = np.random.default_rng(seed)
    return {
        layer: {
            name: _draw(name, shape, generator)
            for name, shape in graph.weight_shapes(layer).items()
        }
        for layer in graph.weighted_layers()
    }


def _draw(name: str, shape: Shape, generator: np.random.Generator) -> Array:
    if name == "kernel":
        scale = np.sqrt(2 / np.prod(shape[:-1]))
        return scale * generator.standard_normal(shape, dtype=np.float32).astype(np.float64)
    if name in ("gamma", "moving_variance"):
        return generator.uniform(0.5, 1.5, shape)
    return 0.3 * generator.standard_normal(shape)


def draw_input(shape: Shape, batch: int = 2, seed: int = 1) -> Array:
    """Return a random batch of inputs of this shape."""
    return np.random.default_rng(seed).standard_normal((batch, *shape))
