"""Layers that stand for what Keras has no layer for: a learner's weight, a switch, a closed box."""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checks.graph.own_weights import SWITCH, WEIGHT


class OwnWeights:
    """The weights that a layer reads itself, as symbolic tensors.

    Each is the output of a stand-in that is called on an input of the layer, as Keras has no other
    beginnings of a network than its inputs.
    """

    def __init__(self, layer: Any, like: Any) -> None:
        """Prepare to stand in for the weights of a layer.

        Args:
            layer: The layer.
            like: A symbolic tensor that the layer reads.
        """
        self._layer = layer
        self._like = like
        self._symbols: dict[int, Any] = {}
        self._settings: dict[int, dict[str, Any]] = {}
        self._updated: set[int] = set()

    @property
    def variables(self) -> list[Any]:
        """The weights of the layer, and of those in it."""
        return list(self._layer.weights)

    def symbol(self, variable: Any, shape: Sequence[int], dtype: Any) -> Any:
        """Return the symbolic tensor of a variable.

        Args:
            variable: A variable of Keras, or whatever tells one of TensorFlow from others.
            shape: Its shape.
            dtype: Its dtype.
        """
        if id(variable) not in self._symbols:
            name = f"{self._layer.name}_weight_{len(self._symbols) + 1}"
            learns = any(each is variable for each in self._layer.trainable_weights)
            settings = {
                **_owner(self._layer),
                "shape": [*shape],
                "learns": learns,
                "updated": id(variable) in self._updated,
            }
            symbol = _stand_in(WEIGHT, name, _tensor(shape, dtype), settings)(self._like)
            self._symbols[id(variable)] = symbol
            self._settings[id(variable)] = settings
        return self._symbols[id(variable)]

    def updated(self, variable: Any) -> None:
        """Keep in mind that the layer sets a variable to other values."""
        self._updated.add(id(variable))
        if id(variable) in self._settings:
            self._settings[id(variable)]["updated"] = True

    @contextlib.contextmanager
    def in_place(self) -> Iterator[None]:
        """Let the attributes of the layer that are variables be symbolic tensors meanwhile."""
        attributes = vars(self._layer)
        before = dict(attributes)
        try:
            for name, value in before.items():
                if not name.startswith(("_trainable", "_non_trainable", "_tracker")):
                    attributes[name] = self._replaced(value)
            yield
        finally:
            for name, value in before.items():
                attributes[name] = value

    def _replaced(self, value: Any) -> Any:
        import keras

        if isinstance(value, keras.Variable):
            return self.symbol(value, value.shape, value.dtype)
        if isinstance(value, list | tuple) and any(isinstance(x, keras.Variable) for x in value):
            return [self._replaced(each) for each in value]
        if isinstance(value, dict) and any(isinstance(x, keras.Variable) for x in value.values()):
            return {key: self._replaced(each) for key, each in value.items()}
        return value


def switch(layer: Any, training: Any, after: Any) -> Any:
    """Return a symbolic tensor that is one thing while training and another one afterwards.

    Args:
        layer: The layer that is so.
        training: What it gives while training.
        after: What it gives otherwise.
    """
    return _stand_in(SWITCH, f"{layer.name}_modes", after, _owner(layer))([training, after])


def _owner(layer: Any) -> dict[str, str]:
    return {"of": layer.name, "of_class": type(layer).__name__}


def closed(layer: Any, name: str, outputs: Any) -> Any:
    """Return a layer that has the class of another, and computes nothing.

    Args:
        layer: The other layer.
        name: A name for the new one.
        outputs: Symbolic tensors of the shapes and dtypes that the layer gives.
    """
    return _stand_in(type(layer).__name__, name, outputs, {})


def _tensor(shape: Sequence[int], dtype: Any) -> Any:
    import keras

    return keras.KerasTensor(shape, dtype=keras.backend.standardize_dtype(dtype))


def _stand_in(class_name: str, name: str, outputs: Any, settings: Mapping[str, Any]) -> Any:
    """Return a layer of a new class whose outputs have known shapes and dtypes."""
    import keras

    def compute_output_spec(self: Any, *args: Any, **kwargs: Any) -> Any:
        return keras.tree.map_structure(lambda each: _tensor(each.shape, each.dtype), outputs)

    members: dict[str, Any] = {
        "compute_output_spec": compute_output_spec,
        "get_config": lambda self: {"name": name, **settings},
        "is_a_stand_in": True,
        "__module__": __name__,
    }
    return type(class_name, (keras.layers.Layer,), members)(name=name)
