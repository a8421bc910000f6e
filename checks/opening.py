"""Opens layers that learners defined: says what they compute, in layers and functions of Keras.

Keras writes down the settings of such a layer, not what it does. So it is called once more, on new
symbolic inputs, and the model that comes out stands for it. The weights that it reads itself become
symbolic tensors too. One that cannot be opened keeps the name of its class and nothing else.
"""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from checks import foreign_functions, tensorflow_tracing
from checks.stand_ins import OwnWeights, closed, switch

#: So deep may models and layers of one's own be nested.
MAXIMUM_DEPTH = 20

#: What a class may define without changing what the class of Keras below it computes.
_OF_NO_EFFECT = frozenset({"get_config", "from_config", "compute_output_shape"})


class NotOpened(Exception):
    """What a layer computes cannot be told."""


def opened_model(model: Any, depth: int = MAXIMUM_DEPTH) -> Any:
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
            tensors = tensors_in((args, kwargs))
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


def is_of_keras(thing: Any) -> bool:
    """Return whether a class or a function is one of Keras's own."""
    return str(getattr(thing, "__module__", "")).partition(".")[0] == "keras"


def computes_its_graph(layer: Any) -> bool:
    """Return whether a layer is a model of known inputs and outputs that calls nothing else."""
    return bool(getattr(layer, "inputs", None)) and is_of_keras(type(layer).call)


def tensors_in(structure: Any) -> list[Any]:
    """Return the symbolic tensors of Keras in a structure, each once."""
    import keras

    leaves = keras.tree.flatten(structure)
    return list({id(x): x for x in leaves if isinstance(x, keras.KerasTensor)}.values())


def _holds_foreign(layer: Any) -> bool:
    return bool(getattr(layer, "inputs", None)) and any(map(_is_foreign, layers_within(layer)))


def _is_foreign(layer: Any) -> bool:
    """Return whether Keras's data would not tell what a layer computes."""
    import keras

    if getattr(layer, "is_a_stand_in", False):
        return False
    if not is_of_keras(type(layer)) or isinstance(layer, keras.layers.Lambda):
        return True
    activation = getattr(layer, "activation", None)
    named = activation is None or inspect.isfunction(activation)
    return not named or (activation is not None and not is_of_keras(activation))


def _opened_layer(layer: Any, depth: int) -> Any:
    """Return what a layer computes as a model of the layer's name, or a closed stand-in."""
    import keras

    try:
        if depth == 0:
            raise NotOpened
        if computes_its_graph(layer):
            inside = keras.Model(layer.inputs, layer.outputs, name=layer.name)
        elif base := _same_layer_of_keras(layer):
            inside = _as_base(layer, base)
        elif is_of_keras(type(layer)) and layer.weights:
            inside = _with_activation_apart(layer)
        else:
            inside = _traced(layer)
        return opened_model(inside, depth - 1)
    except Exception:
        return closed(layer)


def _same_layer_of_keras(layer: Any) -> Any:
    """Return the class of Keras whose computations a layer leaves as they are, or None."""
    import keras

    others = (keras.layers.Layer, keras.layers.Lambda)
    classes = type(layer).__mro__
    base = next(each for each in classes if is_of_keras(each))
    own = {name for each in classes[: classes.index(base)] for name in vars(each)}
    changed = {name for name in own - _OF_NO_EFFECT if not name.startswith("__")}
    changed -= {name for name in changed if not hasattr(base, name)}
    unchanged = base is not type(layer) and not changed and "__call__" not in own
    plain = base not in others and not issubclass(base, keras.Model)
    return base if unchanged and plain else None


def _as_base(layer: Any, base: Any) -> Any:
    """Return a layer of the learner's class as one of the class of Keras that it extends."""
    import keras

    config = base.get_config(layer)
    if "activation" in config:
        config["activation"] = "linear"
    plain = base.from_config({**config, "name": layer.name})
    if "activation" in config:
        plain.activation = layer.activation
    inputs, args, kwargs = _new_inputs(layer._inbound_nodes[-1].arguments)
    outputs = plain(*args, **kwargs)
    return keras.Model(inputs, outputs, name=layer.name)


def _traced(layer: Any) -> Any:
    """Call a layer's own `call` on new symbolic inputs; return the model that comes out."""
    import keras

    inputs, args, kwargs = _new_inputs(layer._inbound_nodes[-1].arguments)
    weights = OwnWeights(layer, inputs[0])

    def outputs(mode: Mapping[str, Any]) -> Any:
        return _called(layer, args, {**kwargs, **mode}, weights)

    if "training" not in inspect.signature(layer.call).parameters:
        return keras.Model(inputs, outputs({}), name=layer.name)
    either, training, after = (outputs({"training": mode}) for mode in (None, True, False))
    if all(
        _form(inputs, either, mode) == _form(inputs, other, mode)
        for mode, other in ((True, training), (False, after))
    ):
        return keras.Model(inputs, either, name=layer.name)
    return keras.Model(inputs, switch(layer, training, after), name=layer.name)


def _new_inputs(arguments: Any) -> tuple[list[Any], Any, dict[str, Any]]:
    """Return new inputs of a model, and the arguments of a call with these in place of others."""
    import keras

    inputs = {
        id(tensor): keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype)
        for tensor in tensors_in((arguments.args, arguments.kwargs))
    }
    args, kwargs = keras.tree.map_structure(
        lambda each: inputs.get(id(each), each), (arguments.args, dict(arguments.kwargs))
    )
    return list(inputs.values()), args, kwargs


def _called(layer: Any, args: Any, kwargs: Mapping[str, Any], weights: OwnWeights) -> Any:
    """Return what a layer gives for symbolic inputs, with symbols for the weights it reads."""

    def by_keras(*args: Any, **kwargs: Any) -> Any:
        with weights.in_place():
            outputs = layer.call(*args, **kwargs)
        if layer.weights and _reads_numbers(args, kwargs, outputs):
            raise NotOpened
        return outputs

    return _by_its_backend(by_keras, args, kwargs, weights, layer.call)


def _reads_numbers(args: Any, kwargs: Any, outputs: Any) -> bool:
    """Return whether arrays take part in a computation, which may come from a layer's weights."""
    import keras

    known = {id(each) for each in tensors_in((args, kwargs))}
    pending = tensors_in(outputs)
    while pending:
        tensor = pending.pop()
        if id(tensor) in known or not hasattr(tensor, "_keras_history"):
            continue
        known.add(id(tensor))
        operation, index, _ = tensor._keras_history
        arguments = operation._inbound_nodes[index].arguments
        leaves = keras.tree.flatten((arguments.args, arguments.kwargs))
        if any(keras.ops.is_tensor(x) or isinstance(x, keras.Variable) for x in leaves):
            return True
        pending.extend(tensors_in(leaves))
    return False


def _form(inputs: Sequence[Any], outputs: Any, training: bool) -> list[Any]:
    """Return what is computed from inputs, apart from names, as plain data that can be compared.

    Args:
        inputs: Symbolic tensors.
        outputs: What is computed from them.
        training: What a layer that is not told whether it trains is told.
    """
    import keras

    model = keras.Model(inputs, outputs)
    positions: dict[int, int] = {}
    form: list[Any] = []
    for depth in sorted(model._nodes_by_depth, reverse=True):
        for node in model._nodes_by_depth[depth]:
            for tensor in node.outputs:
                positions.setdefault(id(tensor), len(positions))
            if node.input_tensors:
                arguments = node.arguments
                kwargs = dict(arguments.kwargs)
                if "training" in kwargs and kwargs["training"] is None:
                    kwargs["training"] = training
                given = keras.tree.map_structure(
                    lambda each: positions.get(id(each), repr(each)), (arguments.args, kwargs)
                )
                form.append((_kind(node.operation), given))
    return [*form, [positions[id(tensor)] for tensor in model.outputs]]


def _kind(operation: Any) -> Any:
    """Return what an operation is: itself, or for a new one without weights its settings."""
    if getattr(operation, "weights", None) or not is_of_keras(type(operation)):
        return id(operation)
    config = {key: each for key, each in operation.get_config().items() if key != "name"}
    return type(operation).__name__, repr(config)


def _with_activation_apart(layer: Any) -> Any:
    """Return a layer of Keras without its activation, followed by that activation."""
    import keras

    plain = type(layer).from_config({**layer.get_config(), "activation": "linear"})
    inputs, args, kwargs = _new_inputs(layer._inbound_nodes[-1].arguments)
    outputs = _by_its_backend(layer.activation, (plain(*args, **kwargs),), {})
    return keras.Model(inputs, outputs, name=layer.name)


def _by_its_backend(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    weights: OwnWeights | None = None,
    original: Callable[..., Any] | None = None,
) -> Any:
    """Return what a function gives for symbolic inputs: by Keras alone, or by its backend.

    Args:
        function: What to call with symbolic tensors of Keras.
        args: Its arguments.
        kwargs: Others, by name.
        weights: What stands for the variables that it reads, where it may read any.
        original: What to call with tensors of TensorFlow, where that is another function.
    """
    try:
        return function(*args, **kwargs)
    except Exception:
        if tensorflow_tracing.available():
            return tensorflow_tracing.call(original or function, args, kwargs, weights)
        with foreign_functions.understood():
            return foreign_functions.same_in_keras(function)(*args, **kwargs)
