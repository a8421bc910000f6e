"""Opens layers that learners defined: says what they compute, in layers and functions of Keras.

Keras writes down the settings of such a layer, not what it does. So it is called once more, on new
symbolic inputs, and the model that comes out stands for it. The weights that it reads itself become
symbolic tensors too. One that cannot be opened keeps the name of its class and nothing else.
"""

import contextlib
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from checks.probing import foreign_functions, modes_given, tensorflow_tracing
from checks.probing.stand_ins import OwnWeights, closed, switch

#: So deep may models and layers of one's own be nested.
MAXIMUM_DEPTH = 20

#: What a class may define without changing what the class of Keras below it computes.
_OF_NO_EFFECT = frozenset({"get_config", "from_config", "compute_output_shape"})


class NotOpened(Exception):
    """What a layer computes cannot be told."""


def opened(model: Any) -> Any:
    """Return a model that computes the same, out of layers of Keras as far as possible.

    Each model in it that stands for a layer has the layer's name as its attribute `of`.
    """
    with _shapes_kept():
        try:
            return _Opener(MAXIMUM_DEPTH).opened(model)
        except Exception:
            return _Opener(0).opened(model)


class _Opener:
    """Opens the layers of a model, and those that come to light."""

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self._models: dict[Any, Any] = {}
        self._names: set[str] = set()

    def opened(self, model: Any) -> Any:
        """Return a model in which layers are opened."""
        import keras

        if not any(_is_foreign(layer) for layer in layers_within(model)):
            return model
        self._names.update(layer.name for layer in model.layers)
        plain = keras.Model(model.inputs, model.outputs, name=model.name)
        modes_given.without_defaults(plain)
        return keras.models.clone_model(
            plain, clone_function=lambda layer: layer, call_function=self._call
        )

    def _call(self, layer: Any, *args: Any, **kwargs: Any) -> Any:
        """Call what a layer computes in place of the layer, in the mode that its call names."""
        if not _is_foreign(layer) and not _holds_foreign(layer):
            return layer(*args, **kwargs)
        mode, args, kwargs = modes_given.without_mode(layer, args, kwargs)
        key = _call_in_data(layer, args, kwargs)
        if key not in self._models:
            name = self._name(layer)
            self._models[key] = _opened_layer(layer, args, kwargs, name, self.depth)
            self._models[key].of = layer.name
        tensors = tensors_in((args, kwargs))
        named = {} if mode is None else {"training": mode}
        return self._models[key](tensors if len(tensors) > 1 else tensors[0], **named)

    def _name(self, layer: Any) -> str:
        """Return the name of a layer, or a new one for another way in which it is called."""
        if not any(model.of == layer.name for model in self._models.values()):
            return str(layer.name)
        name = f"{layer.name}_again"
        while name in self._names:
            name += "_again"
        self._names.add(name)
        return name


def _call_in_data(layer: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
    """Return what tells the call of a layer from others: the shapes, and all other arguments."""
    import keras

    places: dict[int, int] = {}

    def described(value: Any) -> Any:
        if not isinstance(value, keras.KerasTensor):
            return repr(value)
        return places.setdefault(id(value), len(places)), tuple(value.shape), value.dtype

    return id(layer), repr(keras.tree.map_structure(described, (args, kwargs)))


@contextlib.contextmanager
def _shapes_kept() -> Iterator[None]:
    """Let a layer of a learner's own be called but once meanwhile for the shape of its output."""
    import keras

    original = keras.layers.Layer.compute_output_spec
    known: dict[Any, Any] = {}

    def compute_output_spec(layer: Any, *args: Any, **kwargs: Any) -> Any:
        if is_of_keras(type(layer)):
            return original(layer, *args, **kwargs)
        others = {name: each for name, each in kwargs.items() if name != "training"}
        key = _call_in_data(layer, args, others)
        if key not in known:
            known[key] = original(layer, *args, **kwargs)
        return keras.tree.map_structure(
            lambda each: keras.KerasTensor(each.shape, dtype=each.dtype), known[key]
        )

    keras.layers.Layer.compute_output_spec = compute_output_spec
    try:
        yield
    finally:
        keras.layers.Layer.compute_output_spec = original


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
    if isinstance(layer, keras.layers.Wrapper) and _is_foreign(layer.layer):
        return True
    activation = getattr(layer, "activation", None)
    named = activation is None or inspect.isfunction(activation)
    return not named or (activation is not None and not is_of_keras(activation))


def _opened_layer(layer: Any, args: Any, kwargs: Mapping[str, Any], name: str, depth: int) -> Any:
    """Return what a call of a layer computes as a model, or a closed stand-in."""
    import keras

    try:
        if depth == 0:
            raise NotOpened
        if computes_its_graph(layer):
            inside = keras.Model(layer.inputs, layer.outputs, name=name)
        else:
            inputs, args, kwargs = _new_inputs(args, kwargs)
            inside = keras.Model(inputs, _computed(layer, inputs, args, kwargs), name=name)
        return _Opener(depth - 1).opened(inside)
    except Exception:
        return closed(layer, name, layer.compute_output_spec(*args, **kwargs))


def _computed(layer: Any, inputs: Sequence[Any], args: Any, kwargs: Mapping[str, Any]) -> Any:
    """Return what a layer gives for new inputs, which are among its arguments."""
    if base := _same_layer_of_keras(layer):
        return _plain(layer, base)(*args, **kwargs)
    if is_of_keras(type(layer)) and layer.weights:
        plain = _plain(layer, type(layer), with_activation=False)
        return _by_its_backend(layer.activation, (plain(*args, **kwargs),), {})
    return _traced(layer, inputs, args, kwargs)


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


def _plain(layer: Any, base: Any, with_activation: bool = True) -> Any:
    """Return a new layer of a class of Keras with the settings of another layer."""
    import keras

    attributes, activation = vars(layer), vars(layer).get("activation")
    if activation is None:
        return base.from_config(base.get_config(layer))
    attributes["activation"] = keras.activations.linear  # others may have no data
    try:
        plain = base.from_config(base.get_config(layer))
    finally:
        attributes["activation"] = activation
    if with_activation:
        plain.activation = activation
    return plain


def _traced(layer: Any, inputs: Sequence[Any], args: Any, kwargs: Mapping[str, Any]) -> Any:
    """Return what a layer's own `call` gives for new symbolic inputs."""
    weights = OwnWeights(layer, inputs[0])
    if "training" not in inspect.signature(layer.call).parameters:
        return _called(layer, args, kwargs, weights)
    either, training, after = (
        _called(layer, args, {**kwargs, "training": mode}, weights) for mode in (None, True, False)
    )
    alike = all(
        _form(inputs, either, mode) == _form(inputs, other, mode)
        for mode, other in ((True, training), (False, after))
    )
    return either if alike else switch(layer, training, after)


def _new_inputs(args: Any, kwargs: Mapping[str, Any]) -> tuple[list[Any], Any, dict[str, Any]]:
    """Return new inputs of a model, and the arguments of a call with these in place of others."""
    import keras

    inputs = {
        id(tensor): keras.Input(batch_shape=tensor.shape, dtype=tensor.dtype)
        for tensor in tensors_in((args, kwargs))
    }
    given, named = keras.tree.map_structure(
        lambda each: inputs.get(id(each), each), (args, dict(kwargs))
    )
    return list(inputs.values()), given, named


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
        same = foreign_functions.same_in_keras(function)
        with foreign_functions.understood():
            return same(*args, **kwargs)
