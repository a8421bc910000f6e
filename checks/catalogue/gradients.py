"""Gradients of a loss in a small network, by central differences."""

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Network
from checks.graph import Graph, Node, pruned
from checks.graph.interpreter import Weights, evaluate
from checks.graph.operation import Array

#: From probabilities of shape (batch, classes) and integer labels to the loss of each image.
Loss = Callable[[Array, Array], Array]


def of_weights(
    model: Network,
    images: Array,
    labels: Array,
    loss: Loss,
    operations: Collection[str] = ("conv2d",),
    kinds: Collection[str] = ("kernel",),
) -> dict[str, Array]:
    """Return the gradient of each image's loss with respect to the weights of each layer.

    Args:
        model: A network with its weights.
        images: Batch of shape `(batch, height, width, channels)`.
        labels: Class of each image, integers of shape `(batch,)`.
        loss: The loss of each image.
        operations: Operations of the layers that count.
        kinds: Names of the weights that count.

    Returns:
        By the layer's name, an array of shape `(weights, batch)`.
    """
    return {
        layer: np.concatenate(
            [_of_weight(model, images, labels, loss, layer, kind) for kind in each if kind in kinds]
        )
        for layer, each in (model.weights or {}).items()
        if model.graph.nodes[layer].operation in operations and not each.keys().isdisjoint(kinds)
    }


#: Gradients computed last, by the ids of the arguments, which live on with them.
_COMPUTED: OrderedDict[tuple[int, ...], tuple[tuple[Any, ...], Array]] = OrderedDict()
_MOST_KEPT = 64


def _of_weight(*arguments: Any) -> Array:
    """Return the gradients with respect to one variable, which many mistakes share."""
    key = tuple(map(id, arguments))
    if key not in _COMPUTED:
        model, images, labels, loss, layer, kind = arguments
        weights = as_keras_holds_them(model)
        found = _differences(
            lambda: loss(evaluate(model.graph, weights, [images]), labels),
            weights[layer][kind],
            weights[layer][kind].shape,
        )
        _COMPUTED[key] = arguments, found
        if len(_COMPUTED) > _MOST_KEPT:
            _COMPUTED.popitem(last=False)
    return _COMPUTED[key][1]


def of_outputs(model: Network, images: Array, labels: Array) -> dict[str, Array]:
    """Return the gradient of the mean loss with respect to what each convolution puts out.

    Returns:
        By the layer's name, an array of shape `(numbers, 1)`.
    """
    weights = as_keras_holds_them(model)

    def of_output(layer: Node) -> Array:
        graph, shift = _with_a_shift(model.graph, layer), np.zeros((len(images), *layer.shape))

        def losses() -> Array:
            return cross_entropy(evaluate(graph, weights, [images, shift]), labels)

        by_image = _differences(losses, np.moveaxis(shift, 0, -1), layer.shape)
        return by_image.reshape(-1, 1) / len(images)

    layers = model.graph.nodes.values()
    return {layer.name: of_output(layer) for layer in layers if layer.operation == "conv2d"}


def as_keras_holds_them(model: Network) -> dict[str, dict[str, Array]]:
    """Copy the weights of a network, rounded to float32."""
    weights: Weights = model.weights or {}
    return {
        layer: {kind: weight.astype(np.float32).astype(np.float64) for kind, weight in each.items()}
        for layer, each in weights.items()
    }


def _differences(
    losses: Callable[[], Array], variable: Array, shape: tuple[int, ...], step: float = 1e-6
) -> Array:
    """Return the central differences of each image's loss for the numbers of a variable.

    Args:
        losses: Computes the losses from the variable as it is then.
        variable: What is changed, and put back.
        shape: Its shape, without the axis in which it has numbers for all images.
        step: By how much it is changed.

    Returns:
        An array of shape `(numbers, batch)`.
    """
    rows = []
    for index in np.ndindex(*shape):
        value = np.copy(variable[index])
        variable[index] = value + step
        above = losses()
        variable[index] = value - step
        rows.append((above - losses()) / (2 * step))
        variable[index] = value
    return np.stack(rows)


def _with_a_shift(graph: Graph, layer: Node) -> Graph:
    """Add a second input to what a layer puts out."""
    nodes: list[Node] = []
    for node in graph.nodes.values():
        inputs = tuple("shifted" if name == layer.name else name for name in node.inputs)
        nodes.append(replace(node, inputs=inputs))
        if node.name == layer.name:
            nodes.append(Node("shift", "input", (), {}, layer.shape, "shift"))
            nodes.append(Node("shifted", "add", (layer.name, "shift"), {}, (), "shifted"))
    return graph.rebuilt(nodes)


def cross_entropy(probabilities: Array, labels: Array) -> Array:
    """Return minus the logarithm of the true class's probability, for each image."""
    return np.asarray(-np.log(probabilities[np.arange(len(labels)), labels]))


#: From a network, images and labels to an array of shape (numbers, images) for each layer.
Gradients = Callable[[Network, Array, Array], dict[str, Array]]


def by_loss(loss: Loss = cross_entropy, **chosen: tuple[str, ...]) -> Gradients:
    """Return what computes gradients of a loss; `chosen` are the operations and the kinds."""
    return lambda model, images, labels: of_weights(model, images, labels, loss, **chosen)


of_kernels = by_loss()


def softmax_twice(probabilities: Array, labels: Array) -> Array:
    """Return the cross-entropy of a softmax of probabilities."""
    powers = np.exp(probabilities)
    return cross_entropy(powers / powers.sum(-1, keepdims=True), labels)


def of_errors(function: Callable[[Array], Array]) -> Loss:
    """Return a loss of the differences between probabilities and rows of zeros and a one."""
    return lambda probabilities, labels: function(
        probabilities - np.eye(probabilities.shape[1])[labels]
    )


#: Of each probability by itself. Where the truth is 1, the error is the probability minus 1.
binary_cross_entropy = of_errors(lambda errors: -np.log(1 - np.abs(errors)).mean(axis=1))


def of_logits(model: Network, images: Array, labels: Array) -> dict[str, Array]:
    """Take binary cross-entropy of what the softmax reads, which Keras keeps and prefers."""
    nodes = model.graph.nodes
    logits = Network(pruned(nodes, nodes[model.graph.output].inputs[0]), model.weights)
    loss = by_loss(lambda X, labels: binary_cross_entropy(1 / (1 + np.exp(-X)), labels))
    return loss(logits, images, labels)


def of_own_answers(model: Network, images: Array, labels: Array) -> dict[str, Array]:
    """Take the most probable class of each image for its label."""
    answers = evaluate(model.graph, as_keras_holds_them(model), [images]).argmax(1)
    return of_kernels(model, images, answers)


def after_a_step(model: Network, images: Array, labels: Array) -> dict[str, Array]:
    """Take gradients at the point where all weights are gradients already."""
    weights = model.weights or {}
    layers = tuple(node.operation for node in model.graph.nodes.values())
    recorded: dict[str, dict[str, Array]] = {layer: {} for layer in weights}
    for kind in ("kernel", "bias"):
        found = by_loss(operations=layers, kinds=(kind,))(model, images, labels)
        for layer, gradient in found.items():
            recorded[layer][kind] = gradient.mean(axis=1).reshape(weights[layer][kind].shape)
    return of_kernels(Network(model.graph, recorded), images, labels)


def kernels(model: Network, images: Array, labels: Array) -> dict[str, Array]:
    """Return the kernels themselves."""
    return {
        layer: each["kernel"].reshape(-1, 1)
        for layer, each in (model.weights or {}).items()
        if model.graph.nodes[layer].operation == "conv2d"
    }
