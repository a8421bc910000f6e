"""Writes down what a learner's function built before it ended without a network."""

import dis
import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType, TracebackType
from typing import Any

from checks.evidence import AnyShape, Built, FailedCall, Layer
from checks.graph.keras_graph import STOPPED
from checks.probing.guard import OutOfTime
from checks.probing.recording import Recording
from checks.probing.serialisation import write

#: So many layers, variables and arguments are written down.
MAXIMUM_LISTED = 100


def built(
    recording: Recording, error: BaseException | None, function: Callable[..., Any]
) -> Built | None:
    """Return what a function built before it ended without a network.

    Args:
        recording: What was recorded of it.
        error: What it raised, if it did.
        function: The function.

    Returns:
        What was built; None if nothing was, or if it cannot be written down.
    """
    failed = recording.failed if recording.failed and recording.failed[-1] is error else None
    if not (recording.made or recording.calls or failed):
        return None
    try:
        graph, stopped = _network(recording, failed)
        return Built(
            graph,
            stopped,
            making=_making(error),
            inputs=_shapes_of_inputs(recording),
            uncalled=uncalled(recording, failed[0] if failed else None, error),
            variables=_variables(error, function),
        )
    except OutOfTime:
        raise
    except BaseException:  # whatever a layer of the learner's own does while it is written down
        return None


def _network(
    recording: Recording, failed: Any
) -> tuple[Mapping[str, Any] | None, FailedCall | None]:
    """Write down all calls as one network, and the call that failed as its last layer."""
    import keras

    known = {id(node.operation) for node in recording.calls}
    stopped = _Stopped(failed[0], failed[1], failed[2], id(failed[0]) in known) if failed else None
    calls = [*recording.calls, *([stopped.node] if stopped and stopped.node else [])]
    if not calls:
        return None, stopped.described() if stopped and stopped.given else None
    read = {id(tensor) for node in calls for tensor in node.input_tensors}
    inside = _inputs_of_called_models(recording)
    outputs = {
        id(tensor): tensor
        for node in calls
        for tensor in node.outputs
        if id(tensor) not in read and not inside & {id(each) for each in _inputs(tensor)}
    }
    inputs = {id(each): each for tensor in outputs.values() for each in _inputs(tensor)}
    _name_apart(recording)
    data = write(keras.Model(list(inputs.values()), list(outputs.values())))
    if stopped is None:
        return data, None
    for layer in data["config"]["layers"]:
        if layer["name"] == STOPPED:
            layer.update(stopped.settings())
    return data, stopped.described()


class _Stopped:
    """A call that failed, and a node of Keras's graph that stands for it if it read tensors."""

    def __init__(
        self, operation: Any, args: Sequence[Any], kwargs: Mapping[str, Any], again: bool
    ) -> None:
        import keras

        self.operation = operation
        self.again = again
        leaves = keras.tree.flatten([args, kwargs])
        self.given = [each for argument in args for each in _in_place_of_tensors(argument)]
        self.node = None
        if any(isinstance(each, keras.KerasTensor) for each in leaves):
            args, kwargs = keras.tree.map_structure(_plain_or_none, (args, dict(kwargs)))
            stand_in = _stand_in(STOPPED)
            stand_in.symbolic_call(*args, **kwargs)
            self.node = stand_in._inbound_nodes[0]

    def settings(self) -> dict[str, Any]:
        """Return the class and the settings of what was called, as Keras writes them down."""
        import keras

        kind = type(self.operation)
        plain = {"module": kind.__module__, "class_name": kind.__name__, "config": {}}
        if getattr(self.operation, "layers", None):  # what is in a model makes no difference
            return {**plain, "class_name": "model"}
        try:
            data = keras.saving.serialize_keras_object(self.operation)
            return {key: data[key] for key in plain}
        except Exception:
            return plain

    def described(self) -> FailedCall:
        """Return what was called, whether for the first time, and on what besides tensors."""
        given = self.given[:MAXIMUM_LISTED]
        return FailedCall(
            type(self.operation).__name__,
            str(self.operation.name),
            self.again,
            layers=tuple(type(each).__name__ for each in given if _is_operation(each)),
            others=tuple(_kind(each) for each in given if not _is_operation(each)),
        )


def _in_place_of_tensors(argument: Any) -> list[Any]:
    """Return what stands in an argument where tensors should: parts of it, or all of it."""
    import keras

    parts = keras.tree.flatten(argument)
    tensors = [each for each in parts if isinstance(each, keras.KerasTensor)]
    if tensors or any(map(_is_operation, parts)):
        return [each for each in parts if not _is_plain(each)]
    return [argument]


def _kind(value: Any) -> str:
    return f"class {value.__name__}" if isinstance(value, type) else type(value).__name__


def _stand_in(name: str) -> Any:
    import keras

    class StandIn(keras.Operation):
        def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
            return keras.KerasTensor((None, 1))

    return StandIn(name=name)


def _is_plain(value: Any) -> bool:
    """Return whether a value is a tensor of the network or can be written down as it is."""
    import keras

    return isinstance(value, keras.KerasTensor | bool | int | float | str)


def _plain_or_none(value: Any) -> Any:
    return value if _is_plain(value) else None


def _is_operation(value: Any) -> bool:
    import keras

    return isinstance(value, keras.Operation)


def _inputs(tensor: Any) -> list[Any]:
    """Return the inputs that a tensor was computed from."""
    found: dict[int, Any] = {}
    known: set[int] = set()
    pending = [tensor]
    while pending:
        each = pending.pop()
        if id(each) in known:
            continue
        known.add(id(each))
        operation, index, _ = each._keras_history
        read = operation._inbound_nodes[index].input_tensors
        if not read:
            found[id(each)] = each
        pending.extend(read)
    return list(found.values())


def _inputs_of_called_models(recording: Recording) -> set[int]:
    """Return the inputs of models that stand as one layer in what was built."""
    called = [node.operation for node in recording.calls]
    return {id(each) for model in called for each in getattr(model, "inputs", None) or ()}


def _name_apart(recording: Recording) -> None:
    """Give layers names of their own: those that collide may be what stopped the function."""
    taken: dict[str, int] = {}
    for operation in {id(node.operation): node.operation for node in recording.calls}.values():
        taken[operation.name] = taken.get(operation.name, 0) + 1
        if taken[operation.name] > 1:
            operation.name = f"{operation.name} ({taken[operation.name]})"


def _shapes_of_inputs(recording: Recording) -> tuple[AnyShape, ...]:
    import keras

    made = [each for each, *_ in recording.made if isinstance(each, keras.layers.InputLayer)]
    shapes = [getattr(each, "batch_shape", None) for each in made]
    return tuple(tuple(shape[1:]) for shape in shapes if shape)[:MAXIMUM_LISTED]


def uncalled(
    recording: Recording, failed: Any = None, error: BaseException | None = None
) -> tuple[Layer, ...]:
    """Return the layers that were made and never called, in order.

    Args:
        recording: What was recorded of a function.
        failed: The layer whose call failed, if one did.
        error: What the function raised, if it did.
    """
    import keras

    steps = {id(step.tb_frame): step for step in _steps(error)}
    return tuple(
        Layer(type(layer).__name__, str(layer.name))
        for layer, frame, place in recording.made
        if isinstance(layer, keras.layers.Layer)
        and not isinstance(layer, keras.Model | keras.layers.InputLayer)
        and layer is not failed
        and not getattr(layer, "_called", True)
        and not _is_about_to_be_called(place, steps.get(id(frame)))
    )[:MAXIMUM_LISTED]


def _steps(error: BaseException | None) -> Iterator[TracebackType]:
    """Yield the steps of an error's traceback, from the outermost call to the innermost."""
    step = error.__traceback__ if error else None
    while step:
        yield step
        step = step.tb_next


def _is_about_to_be_called(place: int, step: TracebackType | None) -> bool:
    """Return whether a layer was made in the statement that failed, as in `ReLU()(Add()(…))`.

    Python makes that ReLU first and calls it last. A statement ends where something is stored or
    thrown away.
    """
    if step is None or place > step.tb_lasti:
        return False
    return not any(
        each.opname.startswith(("STORE_", "POP_TOP"))
        for each in dis.get_instructions(step.tb_frame.f_code)
        if place < each.offset < step.tb_lasti
    )


def _making(error: BaseException | None) -> str:
    """Return the class of the layer whose settings were refused; nothing if that is not the error.

    Keras leaves the steps through its own calls out of a traceback, but not those of `__init__`.
    """
    import keras

    for step in _steps(error):
        made = step.tb_frame.f_locals.get("self")
        if (
            step.tb_frame.f_code.co_name == "__init__"
            and isinstance(made, keras.layers.Layer)
            and not isinstance(made, keras.Model)
        ):
            return type(made).__name__
    return ""


def _variables(error: BaseException | None, function: Callable[..., Any]) -> dict[str, str]:
    """Return the name of the layer whose output each variable of a function held at the error."""
    import keras

    frame = _frame(error, function)
    held = frame.f_locals if frame else {}
    return {
        name: str(value._keras_history.operation.name)
        for name, value in list(held.items())[:MAXIMUM_LISTED]
        if isinstance(value, keras.KerasTensor) and hasattr(value, "_keras_history")
    }


def _frame(error: BaseException | None, function: Callable[..., Any]) -> FrameType | None:
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = (step.tb_frame for step in _steps(error))
    return next((frame for frame in frames if frame.f_code is code), None)
