"""Runs a graph in NumPy float64."""

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from checks.graph.graph import Graph, Node
from checks.graph.operation import Array, Shape
from checks.graph.operations import OPERATIONS

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
    graph: Graph,
    weights: Weights,
    inputs: Sequence[Array],
    training: bool = False,
    memory: dict[Hashable, Array] | None = None,
) -> Array:
    """Return the output of a graph.

    Args:
        graph: The network.
        weights: The weights of each layer, by layer and by the weight's name.
        inputs: One array of shape `(batch, *shape)` for each input of the graph, in order.
        training: Whether batch normalisation uses the statistics of the batch, and dropout drops.
        memory: What was computed before, to spare a second network what it shares with a first
            one: the very same arrays as weights and inputs. An empty dictionary begins one.

    Returns:
        An array of dtype float64.

    Raises:
        UnknownLayer: If a layer is not known.
    """
    # A learner's network may divide by zero. That shows in the values, and is nothing to print.
    with np.errstate(all="ignore"):
        return _evaluate(graph, weights, inputs, training, memory)


def _evaluate(
    graph: Graph,
    weights: Weights,
    inputs: Sequence[Array],
    training: bool,
    memory: dict[Hashable, Array] | None,
) -> Array:
    values = {
        node.name: np.asarray(X, np.float64) for node, X in zip(graph.inputs, inputs, strict=True)
    }
    for node in graph.nodes.values():
        if node.operation == "unknown":
            raise UnknownLayer(node.name, node.params["class_name"])
        if node.operation != "input":
            operands = [values[name] for name in node.inputs]
            own = weights.get(node.layer, _NO_WEIGHTS)
            values[node.name] = (
                _values(node, own, operands, training)
                if memory is None
                else _remembered(memory, node, own, operands, training)
            )
    return values[graph.output]


_NO_WEIGHTS: Mapping[str, Array] = {}


def _values(
    node: Node, weights: Mapping[str, Array], operands: Sequence[Array], training: bool
) -> Array:
    return OPERATIONS[node.operation].values(node.params, weights, operands, training)


def _remembered(
    memory: dict[Hashable, Array],
    node: Node,
    weights: Mapping[str, Array],
    operands: Sequence[Array],
    training: bool,
) -> Array:
    """Compute a node unless that was done before; return the same array for the same numbers."""
    settings = repr(sorted(node.params.items()))
    key = (node.operation, settings, id(weights), tuple(map(id, operands)), training)
    if key not in memory:
        value = _values(node, weights, operands, training)
        known = memory.setdefault((value.shape, f"{value.sum():.6g}"), value)
        memory[key] = known if np.allclose(known, value, 1e-9, 1e-12) else value
    return memory[key]


#: How many random numbers are drawn; kernels are cut out of them. A prime, so that no two rows of
#: a kernel are alike.
_POOL = 100_003


def draw_weights(graph: Graph, seed: int = 0) -> dict[str, dict[str, Array]]:
    """Return random weights for every layer, scaled so that signals keep their size.

    Gamma, beta and the moving statistics are random too, so that a normalisation that is missing,
    doubled or misplaced shows in the values.
    """
    generator = np.random.default_rng(seed)
    pool = generator.standard_normal(_POOL)

    def draw(name: str, shape: Shape) -> Array:
        start, size = int(generator.integers(_POOL)), int(np.prod(shape))
        numbers = np.resize(np.roll(pool, start), size).reshape(shape)
        if name == "kernel":
            return numbers * np.sqrt(2 / np.prod(shape[:-1]))
        if name in ("gamma", "moving_variance"):
            return generator.uniform(0.5, 1.5, shape)
        return 0.3 * numbers

    return {
        layer: {name: draw(name, shape) for name, shape in graph.weight_shapes(layer).items()}
        for layer in graph.weighted_layers()
    }


def draw_input(shape: Shape, batch: int = 2, seed: int = 1) -> Array:
    """Return a random batch of inputs of this shape."""
    return np.random.default_rng(seed).standard_normal((batch, *shape))
