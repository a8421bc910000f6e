"""A network as plain data: nodes, the operations they apply, and what they read.

Learners' networks and reference networks meet in this form. `keras_graph` reads it from Keras's
JSON; references are written with `GraphBuilder`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from checks.graph.operation import Pads, Shape
from checks.graph.operations import OPERATIONS
from checks.graph.windows import same_pads, span


@dataclass(frozen=True)
class Node:
    """One application of an operation.

    Attributes:
        name: Unique name: the layer's name, or in a reference the node's role in plain words.
        operation: Key of `OPERATIONS`, or "input", or "unknown".
        inputs: Names of the nodes that it reads, in order.
        params: What the operation needs besides its inputs and weights.
        shape: Shape of the output without the batch axis.
        layer: Name of the layer that owns the weights. Nodes of one layer share them.
    """

    name: str
    operation: str
    inputs: tuple[str, ...]
    params: Mapping[str, Any]
    shape: Shape
    layer: str

    def describe(self) -> str:
        """Return the operation in a few words, such as "Conv2D 64 filters 3×3"."""
        if self.operation == "input":
            return "the input"
        if self.operation == "unknown":
            return f"layer of the class {self.params['class_name']}"
        return OPERATIONS[self.operation].describe(self.params)


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which they can be computed, and the one whose value is the result.

    Attributes:
        nodes: The nodes by name.
        output: The name of the node whose value is the result.
        ends: In a network that is not finished, the names of its other nodes that nothing reads.
        stopped: Whether `output` is a call that failed: the shape of its output is not known.
    """

    nodes: Mapping[str, Node]
    output: str
    ends: tuple[str, ...] = ()
    stopped: bool = False

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The input nodes."""
        return tuple(node for node in self.nodes.values() if node.operation == "input")

    def weight_shapes(self, layer: str) -> dict[str, Shape]:
        """Return the shapes of a layer's weights by name."""
        return self.weights_of(next(node for node in self.nodes.values() if node.layer == layer))

    def weights_of(self, node: Node) -> dict[str, Shape]:
        """Return the shapes of the weights that a node uses: none for a layer's activation."""
        if node.operation in ("input", "unknown"):
            return {}
        shapes = [self.nodes[name].shape for name in node.inputs]
        return OPERATIONS[node.operation].weights(node.params, shapes)

    def weighted_layers(self) -> list[str]:
        """Return the layers that have weights, in the order in which they are first used."""
        layers = dict.fromkeys(node.layer for node in self.nodes.values())
        return [layer for layer in layers if self.weight_shapes(layer)]

    def shared_layers(self) -> dict[str, Node]:
        """Return the layers with weights that are called more than once, with their first node."""
        first: dict[str, Node] = {}
        shared: dict[str, Node] = {}
        for node in self.nodes.values():
            if self.weights_of(node) and first.setdefault(node.layer, node) is not node:
                shared[node.layer] = first[node.layer]
        return shared

    def readers(self) -> dict[str, list[str]]:
        """Return, for each node, the nodes that read it."""
        readers: dict[str, list[str]] = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for name in node.inputs:
                readers[name].append(node.name)
        return readers

    def rebuilt(self, nodes: Iterable[Node], output: str | None = None) -> "Graph":
        """Return a graph of these nodes, with shapes inferred again and dead ends left out."""
        builder = GraphBuilder()
        for node in nodes:
            builder.append(node)
        return builder.graph(output or self.output)


def ancestors(nodes: Mapping[str, Node], name: str) -> set[str]:
    """Return the names of the nodes that a node depends on, without its own."""
    found: set[str] = set()
    for each in reversed(list(nodes)):
        if each == name or each in found:
            found.update(nodes[each].inputs)
    return found


def pruned(
    nodes: Mapping[str, Node], output: str, ends: Sequence[str] = (), stopped: bool = False
) -> Graph:
    """Return the graph of the inputs and of everything that `output` and `ends` depend on."""
    needed = {output, *ends}.union(*(ancestors(nodes, name) for name in (output, *ends)))
    kept = {
        name: node for name, node in nodes.items() if name in needed or node.operation == "input"
    }
    return Graph(kept, output, tuple(ends), stopped)


def unfinished(nodes: Mapping[str, Node], stopped: Node | None = None) -> Graph:
    """Return the graph of all nodes of a network that is not finished, and of where it stopped.

    Args:
        nodes: What was built, in order; at least one node.
        stopped: The call that failed. In the place of its shape it has that of its first input.
    """
    if stopped:
        shape = nodes[stopped.inputs[0]].shape if stopped.inputs else ()
        nodes = {**nodes, stopped.name: replace(stopped, shape=shape)}
    read = {name for node in nodes.values() for name in node.inputs}
    ends = [name for name, node in nodes.items() if name not in read and node.operation != "input"]
    output = stopped.name if stopped else (ends or list(nodes))[-1]
    others = tuple(name for name in ends if name != output)
    return Graph(nodes, output, others, stopped is not None)


class ShapesDoNotFit(ValueError):
    """An operation cannot take inputs of these shapes.

    Attributes:
        shapes: The shapes of its inputs.
        built: The network up to there.
    """

    def __init__(self, node: Node, built: Mapping[str, Node]) -> None:
        """Keep the node that cannot be added to those that were built before."""
        self.shapes = tuple(built[name].shape for name in node.inputs)
        if "padding" in node.params:
            node = replace(node, params={"pads": _NO_PADS, **node.params})
        super().__init__(f"{node.name!r} cannot take inputs of the shapes {list(self.shapes)}")
        self.built = unfinished(built, node)


class GraphBuilder:
    """Writes a graph node by node, inferring shapes on the way."""

    def __init__(self) -> None:
        """Begin an empty graph."""
        self.nodes: dict[str, Node] = {}
        self._scope = ""

    @contextmanager
    def scope(self, name: str) -> Iterator[None]:
        """Put a name before the names of the nodes added meanwhile: "stage 2, block a: conv 1"."""
        outer, self._scope = self._scope, f"{self._scope}{name}: "
        try:
            yield
        finally:
            self._scope = outer

    def input(self, shape: Sequence[int], name: str = "input") -> str:
        """Add an input of this shape, without the batch axis, and return its name."""
        name = self._scope + name
        self.nodes[name] = Node(name, "input", (), {}, tuple(shape), name)
        return name

    def add(
        self, name: str, operation: str, *inputs: str, layer: str | None = None, **params: Any
    ) -> str:
        """Add a node and return its name.

        A `padding` of "same" or "valid" among the parameters is made explicit as `pads`.

        Raises:
            ValueError: If the name is taken or the shapes do not fit.
        """
        name = self._scope + name
        if name in self.nodes:
            raise ValueError(f"two nodes are called {name!r}")
        return self.append(Node(name, operation, inputs, params, (), layer or name))

    def append(self, node: Node) -> str:
        """Add a node made elsewhere, inferring its shape again, and return its name."""
        if node.operation not in ("input", "unknown"):
            shapes = [self.nodes[name].shape for name in node.inputs]
            try:
                if "padding" in node.params:
                    pads = _pads(node.params, shapes[0])
                    node = replace(node, params={**node.params, "pads": pads})
                shape = tuple(OPERATIONS[node.operation].shape(node.params, shapes))
            except (ValueError, IndexError) as error:
                raise ShapesDoNotFit(node, self.nodes) from error
            if any(size <= 0 for size in shape):
                raise ShapesDoNotFit(node, self.nodes)
            node = replace(node, shape=shape)
        self.nodes[node.name] = node
        return node.name

    def graph(self, output: str) -> Graph:
        """Return the graph of everything that `output` depends on."""
        return pruned(self.nodes, output)

    def conv(
        self,
        name: str,
        X: str,
        filters: int,
        kernel: int,
        strides: int = 1,
        padding: str = "same",
        use_bias: bool = True,
    ) -> str:
        """Add a convolution with a square kernel."""
        return self.add(
            name,
            "conv2d",
            X,
            filters=filters,
            kernel=(kernel, kernel),
            strides=(strides, strides),
            padding=padding,
            use_bias=use_bias,
        )

    def batch_norm(self, name: str, X: str, **changes: Any) -> str:
        """Add a batch normalisation over the channels."""
        params = {"axis": 3, "epsilon": 1e-3, "center": True, "scale": True, "training": None}
        return self.add(name, "batch_norm", X, **(params | changes))

    def max_pool(self, name: str, X: str, size: int, strides: int, padding: str = "valid") -> str:
        """Add a max pooling with a square window."""
        return self.add(
            name, "max_pool", X, kernel=(size, size), strides=(strides, strides), padding=padding
        )

    def zero_pad(self, name: str, X: str, size: int) -> str:
        """Add zeros around the images."""
        return self.add(name, "zero_pad", X, pads=((size, size), (size, size)))

    def global_average_pool(self, name: str, X: str, keepdims: bool = False) -> str:
        """Add the mean over height and width, which stay as axes of length 1 if asked to."""
        return self.add(name, "reduce", X, kind="mean", axes=(1, 2), keepdims=keepdims)

    def dense(self, name: str, X: str, units: int, use_bias: bool = True) -> str:
        """Add a fully connected layer without activation."""
        return self.add(name, "dense", X, units=units, use_bias=use_bias)


def chained(first: Graph, second: Graph, prefix: str = "second call: ") -> Graph:
    """Return one graph in which the second network, which may not be finished, reads the first."""
    builder = GraphBuilder()
    for node in first.nodes.values():
        builder.append(node)
    renamed = {
        node.name: first.output if node.operation == "input" else prefix + node.name
        for node in second.nodes.values()
    }
    for node in second.nodes.values():
        if node.operation == "input":
            continue
        node = replace(
            node,
            name=renamed[node.name],
            inputs=tuple(renamed[name] for name in node.inputs),
            layer=prefix + node.layer,
        )
        if second.stopped and node.name == renamed[second.output]:
            return unfinished(builder.nodes, node)
        builder.append(node)
    return builder.graph(renamed[second.output])


def _pads(params: Mapping[str, Any], shape: Shape) -> Pads:
    if params["padding"] == "same":
        return same_pads(shape[:2], span(params), params["strides"])
    return _NO_PADS


_NO_PADS: Pads = ((0, 0), (0, 0))
