"""Writes a Keras model down as plain data, with what learners' own layers and models compute.

Keras writes down the settings of a layer that a learner defined, not what it does. Such a layer is
opened here: it is called once more, on new symbolic inputs, and stands in the data as the model
that comes out. One that cannot be opened keeps the name of its class and nothing else.
"""

import inspect
import json
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: So deep may models and layers of one's own be nested.
MAXIMUM_DEPTH = 20


class NotOpened(Exception):
    """What a layer computes cannot be told."""


def write(model: Any) -> dict[str, Any]:
    """Return a functional or sequential Keras model in the form of `model.to_json()`.

    Each layer has its `output_shapes` in addition: one for each of its calls, with the batch axis.
    """
    # What Keras warns of here is not the learner's doing.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = _opened_model(model, MAXIMUM_DEPTH)
        data = dict(json.loads(opened.to_json()))
    _add_shapes(data, opened)
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
        if _is_of_keras(type(model)):
            return model
        if _computes_its_graph(model):
            return keras.Model(model.inputs, model.outputs, name=model.name)
        input_shape = model.inputs[0].shape[1:]
    if input_shape is None:
        return None
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, model(inputs), name=model.name)


def _opened_model(model: Any, depth: int) -> Any:
    """Return a model that computes the same, out of layers of Keras as far as possible."""
    import keras

    if not any(_is_foreign(layer) for layer in layers_within(model)):
        return model
    opened: list[Any] = []

    def copy(layer: Any) -> Any:
        if not _is_foreign(layer) and not _holds_foreign(layer):
            return layer
        opened.append(_opened_layer(layer, depth))
        return opened[-1]

    def call(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if any(layer is each for each in opened):
            tensors = _tensors((args, kwargs))
            return layer(tensors if len(tensors) > 1 else tensors[0])
        return layer(*args, **kwargs)

    plain = keras.Model(model.inputs, model.outputs, name=model.name)
    return keras.models.clone_model(plain, clone_function=copy, call_function=call)


def layers_within(model: Any) -> Iterator[Any]:
    """Yield the layers of a model, and of the models in it."""
    for layer in model.layers:
        yield layer
        if getattr(layer, "layers", None) and getattr(layer, "inputs", None):
            yield from layers_within(layer)


def _holds_foreign(layer: Any) -> bool:
    return bool(getattr(layer, "inputs", None)) and any(map(_is_foreign, layers_within(layer)))


def _is_foreign(layer: Any) -> bool:
    """Return whether Keras's data would not tell what a layer computes."""
    import keras

    if not _is_of_keras(type(layer)) or isinstance(layer, keras.layers.Lambda):
        return True
    activation = getattr(layer, "activation", None)
    return activation is not None and not _is_of_keras(activation)


def _computes_its_graph(layer: Any) -> bool:
    """Return whether a layer is a model of known inputs and outputs that calls nothing else."""
    return bool(getattr(layer, "inputs", None)) and _is_of_keras(type(layer).call)


def _is_of_keras(thing: Any) -> bool:
    return str(getattr(thing, "__module__", "")).partition(".")[0] == "keras"


def _opened_layer(layer: Any, depth: int) -> Any:
    """Return what a layer computes as a model of the layer's name, or a closed stand-in."""
    import keras

    try:
        if depth == 0:
            raise NotOpened
        if _computes_its_graph(layer):
            inside = keras.Model(layer.inputs, layer.outputs, name=layer.name)
        elif _is_of_keras(type(layer)) and layer.weights:
            inside = _with_activation_apart(layer)
        else:
            inside = _traced(layer)
        return _opened_model(inside, depth - 1)
    except Exception:
        return _closed(layer)


def _traced(layer: Any) -> Any:
    """Call a layer's own `call` on new symbolic inputs; return the model that comes out."""

    inner = layer._flatten_layers(include_self=False)
    within = {id(weight) for each in inner for weight in each.weights}
    if any(id(weight) not in within for weight in layer.weights):
        raise NotOpened
    modes = (None, True) if "training" in inspect.signature(layer.call).parameters else ()
    traces = [_called(layer, {"training": mode}) for mode in modes] or [_called(layer, {})]
    kinds = [[type(operation) for operation in model.operations] for model in traces]
    if any(each != kinds[0] for each in kinds):  # it is one thing in training and another after
        raise NotOpened
    return traces[0]


def _called(layer: Any, mode: Mapping[str, Any]) -> Any:
    import keras

    arguments = layer._inbound_nodes[-1].arguments
    inputs = {
        id(tensor): keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype)
        for tensor in _tensors((arguments.args, arguments.kwargs))
    }
    args, kwargs = keras.tree.map_structure(
        lambda each: inputs.get(id(each), each), (arguments.args, dict(arguments.kwargs))
    )
    outputs = layer.call(*args, **{**kwargs, **mode})
    return keras.Model(list(inputs.values()), outputs, name=layer.name)


def _with_activation_apart(layer: Any) -> Any:
    """Return a layer of Keras without its activation, followed by that activation."""
    import keras

    plain = type(layer).from_config({**layer.get_config(), "activation": "linear"})
    inputs = keras.Input(batch_shape=layer._inbound_nodes[-1].input_tensors[0].shape)
    return keras.Model(inputs, layer.activation(plain(inputs)), name=layer.name)


def _closed(layer: Any) -> Any:
    """Return a layer that bears the name and the class of another, and computes nothing."""
    import keras

    output = layer._inbound_nodes[-1].outputs[0]

    def compute_output_spec(self: Any, *args: Any, **kwargs: Any) -> Any:
        return keras.KerasTensor(output.shape, dtype=output.dtype)

    members: Mapping[str, Any] = {"compute_output_spec": compute_output_spec}
    stand_in = type(type(layer).__name__, (keras.layers.Layer,), dict(members))
    return stand_in(name=layer.name)


def _tensors(structure: Any) -> list[Any]:
    import keras

    leaves = keras.tree.flatten(structure)
    return list({id(x): x for x in leaves if isinstance(x, keras.KerasTensor)}.values())


def unused(model: Any) -> list[dict[str, str]]:
    """Return what was computed from a model's inputs and does not lead to its output.

    Returns:
        The class and the name of each such layer or operation, in the order of the calls.
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
    return [
        {"class": type(node.operation).__name__, "name": node.operation.name}
        for key, node in found.items()
        if key not in used
    ]
