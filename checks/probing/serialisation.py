"""Writes a Keras model down as plain data, with what learners' own layers and models compute."""

import json
import warnings
from collections.abc import Sequence
from typing import Any

from checks.evidence import Layer
from checks.probing.opening import computes_its_graph, is_of_keras, opened, tensors_in


def write(model: Any) -> dict[str, Any]:
    """Return a functional or sequential Keras model in the form of `model.to_json()`.

    Each layer has its `output_shapes` in addition: one for each of its calls, with the batch axis.
    A model that stands for a layer of the learner's own has its name as `of`.
    """
    # What Keras warns of here is not the learner's doing.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = opened(model)
        data = dict(json.loads(model.to_json()))
    _add_shapes(data, model)
    return data


def _add_shapes(data: dict[str, Any], model: Any) -> None:
    network = getattr(model, "_functional", None) or model  # a sequential model has one inside
    operations = {operation.name: operation for operation in network.operations}
    calls = {id(node) for nodes in network._nodes_by_depth.values() for node in nodes}
    for layer in data["config"]["layers"]:
        operation = operations.get(layer["config"]["name"])
        if operation is None:
            continue
        layer["output_shapes"] = [
            list(node.outputs[0].shape)
            for node in operation._inbound_nodes
            if id(node) in calls and node.outputs
        ]
        if isinstance(of := getattr(operation, "of", None), str):
            layer["of"] = of
        if isinstance(layer["config"].get("layers"), list) and getattr(operation, "layers", None):
            _add_shapes(layer, operation)


def functional(model: Any, input_shape: Sequence[int] | None = None) -> Any:
    """Return a model whose graph Keras knows: the model itself, or what calling it gives.

    Args:
        model: Any Keras model.
        input_shape: Shape of its input without the batch axis, for a model defined as a class.

    Returns:
        A functional or sequential model, or None where the shape is needed and not known.
    """
    import keras

    if getattr(model, "inputs", None):
        if is_of_keras(type(model)):
            return model
        if computes_its_graph(model):
            return keras.Model(model.inputs, model.outputs, name=model.name)
        input_shape = model.inputs[0].shape[1:]
    if input_shape is None:
        input_shape = _shape_of_calls(model)
    if input_shape is None:
        return None
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, model(inputs), name=model.name)


def _shape_of_calls(model: Any) -> Sequence[int] | None:
    """Return the shape of what a model was called with, without the batch axis, if it was."""
    for node in model._inbound_nodes[-1:]:
        return tuple(tensors_in(node.input_tensors)[0].shape[1:])
    shape = (model.get_build_config() or {}).get("input_shape")
    return tuple(shape[1:]) if isinstance(shape, list | tuple) and len(shape) > 1 else None


def unused(model: Any) -> tuple[Layer, ...]:
    """Return what was computed from a model's inputs and does not lead to its output.

    Returns:
        The layers or operations, in the order of the calls.
    """
    used: set[int] = set()
    pending = list(model.outputs)
    while pending:
        operation, index, _ = pending.pop()._keras_history
        node = operation._inbound_nodes[index]
        if id(node) not in used:
            used.add(id(node))
            pending.extend(node.input_tensors)
    reached = {id(tensor) for tensor in model.inputs}
    found: dict[int, Any] = {}
    pending = list(model.inputs)
    while pending:
        for node in pending.pop(0)._keras_history.operation._outbound_nodes:
            if id(node) in found or not reached & {id(each) for each in node.input_tensors}:
                continue
            found[id(node)] = node
            reached.update(id(tensor) for tensor in node.outputs)
            pending.extend(node.outputs)
    return tuple(
        Layer(type(node.operation).__name__, str(node.operation.name))
        for key, node in found.items()
        if key not in used
    )
