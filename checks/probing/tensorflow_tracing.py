"""Calls functions of TensorFlow on the symbolic tensors of Keras, which they refuse.

Such a function runs in a graph of TensorFlow. What it computes there is then computed anew,
operation by operation, by the functions of Keras, so that the rest of a check sees nothing but
Keras. A layer that is called on the way stays that layer.
"""

import contextlib
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from checks.probing.stand_ins import OwnWeights
from checks.probing.tensorflow_operations import computed
from checks.probing.tensorflow_reading import BATCH, NotReadable


def available() -> bool:
    """Return whether Keras computes with TensorFlow."""
    import keras

    return keras.backend.backend() == "tensorflow" and "tensorflow" in sys.modules


def call(
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    weights: OwnWeights | None = None,
) -> Any:
    """Call a function on symbolic tensors of Keras.

    Args:
        function: It may use TensorFlow, Keras, or both.
        args: Its arguments, with symbolic tensors of Keras among them.
        kwargs: Others, by name.
        weights: What stands for the variables that the function reads, where it may read any.

    Returns:
        What the function returns, with symbolic tensors of Keras that come from the given ones.

    Raises:
        NotReadable: If the function computes something that Keras has no function for.
    """
    return _Trace(weights).run(function, args, kwargs)


class _Trace:
    """One call of a function in a graph of TensorFlow."""

    def __init__(self, weights: OwnWeights | None) -> None:
        import tensorflow as tf

        self.weights = weights
        self.graph = tf.__internal__.FuncGraph("opened")
        #: What tensors are: symbolic tensors of Keras, or arrays where they are constant.
        self.known: dict[str, Any] = {}
        #: The calls of layers, and which of their results a tensor is.
        self.calls: dict[str, tuple[Any, int]] = {}

    def run(
        self, function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        import keras

        scope = keras.StatelessScope()
        with scope, self.graph.as_default(), self._recording(), _inlined():
            given_args, given_kwargs = keras.tree.map_structure(self._fed, (args, dict(kwargs)))
            outputs = function(*given_args, **given_kwargs)
            outputs = keras.tree.map_structure(self._as_tensor, outputs)
        self._stand_in()
        if self.weights is not None:
            for variable in self.weights.variables:
                if scope.get_current_value(variable) is not None:
                    self.weights.updated(variable)
        for tensor in self._needed(keras.tree.flatten(outputs)):
            self.known[tensor.name] = self._computed(tensor)
        return keras.tree.map_structure(self._symbolic, outputs)

    def _fed(self, value: Any) -> Any:
        """Return a placeholder for a symbolic tensor of Keras, and other values as they are."""
        import keras

        if not isinstance(value, keras.KerasTensor):
            return value
        tensor = _placeholder(value)
        self.known[tensor.name] = value
        return tensor

    def _as_tensor(self, value: Any) -> Any:
        import tensorflow as tf

        if value is None:
            raise NotReadable("a function that returns nothing")
        tensor = tf.convert_to_tensor(value)
        if getattr(tensor, "graph", None) is not self.graph:
            raise NotReadable("a result that does not come from the input")
        return tensor

    def _symbolic(self, tensor: Any) -> Any:
        result = self.known[tensor.name]
        if isinstance(result, np.ndarray):
            raise NotReadable("a result that does not come from the input")
        return result

    @contextlib.contextmanager
    def _recording(self) -> Iterator[None]:
        """Keep the calls of layers meanwhile, and mark what comes out of them."""
        import keras
        import tensorflow as tf

        original = keras.layers.Layer.__call__

        def recorded(layer: Any, *args: Any, **kwargs: Any) -> Any:
            given = [x for x in keras.tree.flatten((args, kwargs)) if self._is_ours(x)]
            if tf.compat.v1.get_default_graph() is not self.graph or not given:
                return original(layer, *args, **kwargs)
            outputs = self._outputs(layer, args, kwargs) if layer.built else None
            if outputs is None:
                outputs = original(layer, *args, **kwargs)
            marked = keras.tree.map_structure(tf.identity, outputs)
            for at, tensor in enumerate(keras.tree.flatten(marked)):
                self.calls[tensor.name] = (_Call(layer, args, kwargs), at)
            return marked

        keras.layers.Layer.__call__ = recorded
        try:
            yield
        finally:
            keras.layers.Layer.__call__ = original

    def _outputs(self, layer: Any, args: Any, kwargs: Mapping[str, Any]) -> Any:
        """Return tensors like those that a layer gives, or None where their shapes vary.

        What the layer computes is of no interest here, and would take time.
        """
        import keras

        def symbolic(value: Any) -> Any:
            if not self._is_ours(value):
                return value
            batch, *rest = value.shape
            shape = (None if batch == BATCH else batch, *rest)
            return keras.KerasTensor(shape, dtype=value.dtype.name)

        args, kwargs = keras.tree.map_structure(symbolic, (args, dict(kwargs)))
        outputs = layer.compute_output_spec(*args, **kwargs)
        if any(None in each.shape[1:] for each in keras.tree.flatten(outputs)):
            return None
        return keras.tree.map_structure(_placeholder, outputs)

    def _is_ours(self, value: Any) -> bool:
        return getattr(value, "graph", None) is self.graph

    def _stand_in(self) -> None:
        """Say what the readings of variables are, and which of these are set."""
        tracked = {id(x.value.handle): x for x in self.weights.variables} if self.weights else {}
        for handle, internal in self.graph.captures:
            variable = tracked.get(id(handle), handle)
            for operation in internal.consumers():
                if self.weights is None:
                    raise NotReadable("a variable")
                if operation.type == "ReadVariableOp":
                    read = operation.outputs[0]
                    symbol = self.weights.symbol(variable, tuple(read.shape), read.dtype.name)
                    self.known[read.name] = symbol
                elif operation.type.startswith("Assign"):
                    self.weights.updated(variable)

    def _read_by(self, tensor: Any) -> list[Any]:
        """Return the tensors that another one is computed from."""
        import keras

        if tensor.name not in self.calls:
            return list(tensor.op.inputs)
        made = self.calls[tensor.name][0]
        given = keras.tree.flatten((made.args, made.kwargs))
        return [each for each in given if self._is_ours(each)]

    def _needed(self, outputs: Sequence[Any]) -> list[Any]:
        """Return the tensors that lead to the outputs and are not known, in order."""
        needed: dict[str, Any] = {}
        pending = list(outputs)
        while pending:
            tensor = pending.pop()
            if tensor.name not in needed and tensor.name not in self.known:
                needed[tensor.name] = tensor
                pending.extend(self._read_by(tensor))
        order = {operation.name: at for at, operation in enumerate(self.graph.get_operations())}
        return sorted(needed.values(), key=lambda each: (order[each.op.name], each.name))

    def _computed(self, tensor: Any) -> Any:
        import keras

        if tensor.name in self.calls:
            made, at = self.calls[tensor.name]
            if made.results is None:
                args, kwargs = keras.tree.map_structure(self._translated, (made.args, made.kwargs))
                made.results = keras.tree.flatten(made.layer(*args, **kwargs))
            return made.results[at]
        operands = [self.known[each.name] for each in tensor.op.inputs]
        if all(isinstance(each, np.ndarray) for each in operands):
            return self._constant(tensor)
        return computed(tensor, operands)

    def _translated(self, value: Any) -> Any:
        return self.known[value.name] if self._is_ours(value) else value

    def _constant(self, tensor: Any) -> Any:
        import tensorflow as tf

        if tensor.op.op_def.is_stateful or tensor.op.type == "Placeholder":
            raise NotReadable(tensor.op.type)
        value = tf.get_static_value(tensor)
        if value is None:
            with tf.compat.v1.Session(graph=self.graph) as session:
                value = session.run(tensor)
        return np.asarray(value)


def _placeholder(tensor: Any) -> Any:
    """Return a tensor of TensorFlow of the shape of a symbolic one of Keras."""
    import tensorflow as tf

    batch, *rest = tensor.shape
    return tf.compat.v1.placeholder(tensor.dtype, (BATCH if batch is None else batch, *rest))


class _Call:
    """A call of a layer, and what it gave when it was repeated with symbolic tensors of Keras."""

    def __init__(self, layer: Any, args: Any, kwargs: Any) -> None:
        self.layer, self.args, self.kwargs = layer, args, kwargs
        self.results: list[Any] | None = None


@contextlib.contextmanager
def _inlined() -> Iterator[None]:
    """Let functions that are decorated with `tf.function` run as if they were not."""
    import tensorflow as tf

    before = tf.config.functions_run_eagerly()
    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(before)
