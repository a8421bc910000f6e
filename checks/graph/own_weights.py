"""Reads what is computed with weights that a learner's layer has itself.

A convolution with such a weight as its kernel is a convolution layer, a product of matrices is a
dense layer, and what is added to one of them is its bias.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from checks.graph.contractions import is_dense
from checks.graph.graph import Graph, Node
from checks.graph.keras_forms import is_of_keras
from checks.graph.keras_reading import Json, pair

#: The class of a layer that gives one of the weights that a learner's layer has itself.
WEIGHT = "__weight__"

#: The class of a layer that gives its first input while training, and its second one afterwards.
SWITCH = "__switch__"


def stand_in(layer: Json) -> tuple[str, dict[str, Any]] | None:
    """Return the operation of a layer that stands for something that Keras has no layer for."""
    config = layer["config"]
    if layer["class_name"] == WEIGHT:
        names = ("shape", "learns", "updated", "of", "of_class")
        return "weight", {name: config[name] for name in names}
    if layer["class_name"] == SWITCH:
        return "switch", {name: config[name] for name in ("of", "of_class")}
    return None


def weighted(layer: Json, operands: Sequence[Node]) -> tuple[str, Any] | None:
    """Return the operation that a function of Keras is because of a weight that it takes.

    Args:
        layer: The function's JSON.
        operands: The nodes that it is applied to.

    Returns:
        The operation and its parameters; None where it is not one that has weights.
    """
    if len(operands) != 2 or operands[1].operation != "weight" or not is_of_keras(layer):
        return None
    if operands[0].operation == "weight":
        return None
    shape, config = operands[1].params["shape"], layer["config"]
    match layer["class_name"]:
        case "Conv" if len(shape) == 4 and shape[2] == operands[0].shape[-1]:
            if pair(config["dilation_rate"]) != (1, 1):
                return None
            if config["data_format"] not in (None, "channels_last"):
                return None
            params = {
                "filters": shape[3],
                "kernel": tuple(shape[:2]),
                "strides": pair(config["strides"]),
                "padding": config["padding"],
            }
        case "Matmul" | "Dot" | "Einsum" | "Tensordot" if len(shape) == 2:
            if not _over_the_last_axis(layer, len(operands[0].shape) + 1):
                return None
            return "dense", {"units": shape[1], "use_bias": False, **_learning(operands[1])}
        case _:
            return None
    return "conv2d", {**params, "use_bias": False, **_learning(operands[1])}


def _over_the_last_axis(layer: Json, rank: int) -> bool:
    config = layer["config"]
    if layer["class_name"] == "Einsum":
        return is_dense(config["subscripts"])
    if layer["class_name"] == "Tensordot":
        axes = config["axes"]
        return axes == 1 or axes in ([[rank - 1], [0]], [[-1], [0]], [rank - 1, 0], [-1, 0])
    return True


def _learning(weight: Node) -> Mapping[str, Any]:
    return {} if weight.params["learns"] else {"learns": False}


def with_biases(graph: Graph) -> Graph:
    """Return a graph in which convolutions and dense layers have the biases that are added to them.

    A weight that is added in several places stays by itself, but for calls of one layer.
    """
    if not any(node.operation == "weight" for node in graph.nodes.values()):
        return graph
    sums = list(_sums(graph))
    pairs = {(product.layer, bias.layer) for _, product, bias in sums}
    nodes = dict(graph.nodes)
    for addition, product, bias in sums:
        rivals = [pair for pair in pairs if product.layer in pair or bias.layer in pair]
        calls = [node for node in graph.nodes.values() if node.layer == product.layer]
        biased = [each for each in sums if each[1].layer == product.layer]
        if len(rivals) == 1 and len(calls) - _kernels(calls) == len(biased):
            params = {**product.params, "use_bias": True, **_learning(bias)}
            nodes[addition.name] = replace(product, name=addition.name, params=params)
    return graph.rebuilt(nodes.values())


def _kernels(nodes: Sequence[Node]) -> int:
    return sum(node.operation == "weight" for node in nodes)


def _sums(graph: Graph) -> Iterator[tuple[Node, Node, Node]]:
    """Yield additions of a weight to a convolution or a dense layer that nothing else reads."""
    readers = graph.readers()
    for node in graph.nodes.values():
        for names in (node.inputs, node.inputs[::-1]):
            if node.operation == "add" and len(names) == 2:
                product, bias = (graph.nodes[name] for name in names)
                if (
                    product.operation in ("conv2d", "dense")
                    and not product.params["use_bias"]
                    and len(readers[product.name]) == 1
                    and bias.operation == "weight"
                    and bias.shape == product.shape[-1:]
                ):
                    yield node, product, bias
