"""Calls a learner's function and returns evidence, and no verdict.

This half of a check runs where the function lives, in a notebook or in a sandbox. It is the only
part of the package that needs Keras.
"""

import inspect
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case, Images, Network, TransferNetwork
from checks.encoding import encode
from checks.evidence import Error, Evidence, Record, Value
from checks.probing.built import built, uncalled
from checks.probing.guard import Crashed, OutOfTime, Printed, preserved, within
from checks.probing.initial_weights import repeated_draws
from checks.probing.opening import layers_within
from checks.probing.recording import Recording, recorded, without_own_frames
from checks.probing.serialisation import functional, unused, write
from checks.probing.variables import held, set_to_none

MAXIMUM_MESSAGE = 4_000
MAXIMUM_WEIGHTS = 40


def probe(function: Any, cases: Sequence[Case], seconds: float = 20.0) -> Evidence:
    """Call a function on every case and describe what happened.

    Args:
        function: Whatever the learner handed in.
        cases: The calls to make.
        seconds: Time limit for each case.
    """
    printed = Printed()
    with preserved(printed):
        evidence = _describe(function, seconds)
    records: list[Record] = []
    for case in cases if evidence.callable else ():
        with preserved(printed):
            records.append(_run(function, case, seconds))
        if records[-1].outcome == "out of time":
            break
    return replace(evidence, printed=str(printed), cases=tuple(records))


def _describe(function: Any, seconds: float) -> Evidence:
    """Return what a thing is. Even to ask may run a learner's code."""
    is_function = callable(function)
    try:
        return within(
            seconds,
            lambda: Evidence(is_function, str(type(function).__name__), _parameters(function)),
        )
    except (Crashed, OutOfTime):
        return Evidence(is_function, "object")


def _parameters(function: Any) -> tuple[str, ...] | None:
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return None
    takes_any = any(each.kind is inspect.Parameter.VAR_KEYWORD for each in parameters.values())
    return None if takes_any else tuple(parameters)


def _run(function: Callable[..., Any], case: Case, seconds: float) -> Record:
    try:
        with repeated_draws(), recorded(function) as recording:
            return within(seconds, lambda: _record(function, case, recording))
    except OutOfTime:
        return Record("out of time", seconds=seconds)
    except Crashed as crash:
        # The error could not even be described: its own methods raise.
        name = type(crash.error).__name__
        return Record("raised", error=Error(name, (name,)))


def _record(function: Callable[..., Any], case: Case, recording: Recording) -> Record:
    raised: BaseException | None = None
    try:
        record = Record("returned", _call(function, case, recording))
    except OutOfTime:
        raise
    except BaseException as error:
        raised = error
        record = Record("raised", error=_describe_error(error, function))
    if record.value and record.value.graph is not None:
        value = replace(record.value, uncalled=uncalled(recording))
        return replace(record, value=value, lines=recording.lines())
    begun = built(recording, raised, function)
    return replace(record, built=begun, lines=recording.lines()) if begun else record


def _call(function: Callable[..., Any], case: Case, recording: Recording) -> Value:
    """Return the result of a case: a network's graph, or numbers."""
    images: list[Any] = []
    arguments = {name: _realise(value, images) for name, value in case.arguments.items()}
    before = {name: (_numbers(value), _settings(value)) for name, value in arguments.items()}
    with recording.of_this_thread():
        result = _answer(function, arguments)
    if case.then is not None:
        later = {
            name: result if isinstance(value, Images) else _realise(value, images)
            for name, value in case.then.items()
        }
        with recording.of_this_thread():
            result = _answer(function, later)
    described = _describe_result(result, images, case.arguments.get("input_shape"))
    changed = [
        name
        for name, value in arguments.items()
        if not all(map(np.array_equal, before[name][0], _numbers(value)))
    ]
    return replace(
        described,
        keeps_what_was_learned=_keeps_what_was_learned(result, before),
        returns_the_same_model=any(result is value for value in arguments.values()),
        changed_arguments=tuple(changed),
        changed_settings={
            name: tuple(each for each, setting in old.items() if _settings(value)[each] != setting)
            for (name, value), (_, old) in zip(arguments.items(), before.values(), strict=True)
            if old
        },
    )


def _answer(function: Callable[..., Any], arguments: Mapping[str, Any]) -> Any:
    """Call a function by the names of its parameters, and by position where it has other names."""
    names = _parameters(function)
    others = [at for at, name in enumerate(arguments) if names is not None and name not in names]
    count = others[-1] + 1 if others else 0
    by_position, by_name = list(arguments.values())[:count], list(arguments.items())[count:]
    return function(*by_position, **dict(by_name))


def _numbers(value: Any) -> list[np.ndarray]:
    """Copy what a function must not change of an argument: an array, or a model's weights."""
    if isinstance(value, np.ndarray):
        return [value.copy()]
    return value.get_weights() if hasattr(value, "get_weights") else []


def _keeps_what_was_learned(
    result: Any, before: Mapping[str, tuple[list[np.ndarray], Any]]
) -> bool | None:
    """Return whether all weights that models came with are in a model that was made of them."""
    learned = [each for weights, settings in before.values() if settings for each in weights]
    if not learned or not hasattr(result, "get_weights"):
        return None
    there = result.get_weights()
    return all(any(np.array_equal(each, other) for other in there) for each in learned)


def _settings(value: Any) -> dict[str, Any]:
    """Return what a function may change of a model besides its weights, by words for it."""
    if not hasattr(value, "layers"):
        return {}
    return {
        "how it is compiled": getattr(value, "optimizer", None),
        "which layers are trainable": [bool(layer.trainable) for layer in layers_within(value)],
    }


def _realise(value: Any, images: list[Any]) -> Any:
    """Turn an argument of a case into what the learner's function is called with."""
    if isinstance(value, Images):
        import keras

        images.append(keras.Input(value.shape))
        return images[-1]
    if isinstance(value, Network):
        from checks.probing.realisation import keras_model

        return keras_model(value.graph, value.weights)
    if isinstance(value, TransferNetwork):
        from checks.probing.realisation import keras_transfer_model

        return keras_transfer_model(value.backbone, value.head)
    return value.copy() if isinstance(value, np.ndarray) else value


def _describe_result(result: Any, images: list[Any], shape: Any) -> Value:
    """Return what a function returned; `shape` is that of a model's input."""
    if "keras" in sys.modules:
        import keras

        if isinstance(result, keras.KerasTensor):
            return _describe_tensor(result, images)
        if isinstance(result, keras.Model):
            model = functional(result, shape)
            if model is None:
                return _something("Keras model of a class of its own that was never called")
            if len(model.outputs) != 1:
                return _something(f"Keras model with {len(model.outputs)} outputs")
            return describe_model("model", model, compiled=result)
    return Value("value", encode(result))


def _describe_tensor(tensor: Any, images: list[Any]) -> Value:
    import keras

    if not images:
        return Value("tensor")
    try:
        model = keras.Model(images[0] if len(images) == 1 else images, tensor)
    except ValueError as error:
        if "not connected" in str(error) or "disconnected" in str(error):
            return _something("Keras tensor that does not come from the input alone")
        raise
    return describe_model("tensor", model)


def _something(words: str) -> Value:
    return Value("value", {"other": words})


def describe_model(kind: str, model: Any, compiled: Any = None) -> Value:
    """Return what the judge needs to know of a functional or sequential Keras model.

    Args:
        kind: What the function returned: a "model", or a "tensor" that it was made of.
        model: A model with one output.
        compiled: The model that was compiled, where it is another: one defined as a class.
    """
    return Value(
        kind,
        graph=write(model),
        shape=tuple(model.output_shape[1:]),
        frozen=tuple(layer.name for layer in layers_within(model) if _is_frozen(layer)),
        unfrozen_without_weights=_unfrozen_without_weights(model),
        unused=unused(model),
        trainable_parameters=_count(model.trainable_weights),
        **_compilation(compiled or model),
    )


def _is_frozen(layer: Any) -> bool:
    """Return whether training would change nothing of a layer that has weights.

    What a layer says of itself counts for its own weights, not for the layers inside of it.
    """
    inner = [each for each in layer._flatten_layers(include_self=False) if each.weights]
    return bool(layer.weights) and not layer.trainable and not any(each.trainable for each in inner)


def _unfrozen_without_weights(model: Any) -> int:
    """Count the layers of models inside of a model that are not frozen and have no weights."""
    inner = [each for each in layers_within(model) if each not in model.layers]
    return sum(bool(each.trainable) and not each.weights for each in inner)


def _compilation(model: Any) -> dict[str, Any]:
    """Return how a model is compiled. An optimiser is new while it knows no weights yet."""
    optimiser, loss = getattr(model, "optimizer", None), getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", None))
    if name and getattr(loss, "_fn_kwargs", {}).get("from_logits"):
        name = f"{name} of logits"
    weights = getattr(getattr(model, "_compile_loss", None), "_user_loss_weights", None)
    if name and weights not in (None, 1, [1]):  # where metrics belong, if given by position
        words = ", ".join(map(str, weights if isinstance(weights, list | tuple) else [weights]))
        name = f"{name}, weighted by {words[:MAXIMUM_WEIGHTS]}"
    return {
        "learning_rate": float(optimiser.learning_rate) if optimiser else None,
        "new_optimiser": bool(optimiser and not optimiser.built),
        "optimiser": type(optimiser).__name__ if optimiser else None,
        "loss": name if isinstance(name, str) else None,
    }


def _count(weights: Sequence[Any]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def _describe_error(error: BaseException, function: Callable[..., Any]) -> Error:
    """Return what Python said, the last line of the learner's own code, and its variables."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    steps = [step for step, _ in traceback.walk_tb(error.__traceback__)]
    own_steps = [step for step in steps if code and step.f_code.co_filename == code.co_filename]
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code and frame.filename == code.co_filename]
    last = own[-1] if own else None
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return Error(
        type(error).__name__,
        tuple(each.__name__ for each in type(error).__mro__),
        str(error)[:MAXIMUM_MESSAGE],
        line=(last.line or "").strip() if last else "",
        line_number=last.lineno if last else None,
        in_function=bool(code and last and last.name == code.co_name),
        first_statement=bool(code and last and last.lineno == _first_statement(code)),
        variables=held(own_steps),
        set_to_none=set_to_none({step.f_code for step in own_steps}),
        traceback=without_own_frames(lines)[-MAXIMUM_MESSAGE:],
    )


def _first_statement(code: Any) -> int:
    """Return the line of a function's first statement after its docstring."""
    lines = [line for *_, line in code.co_lines() if line and line > code.co_firstlineno]
    return min(lines, default=code.co_firstlineno)
