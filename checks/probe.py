"""Calls a learner's function and returns evidence: plain data, and no verdict.

This half of a check runs where the function lives, in a notebook or in a sandbox. It is the only
part of the package that needs Keras.
"""

import contextlib
import inspect
import io
import json
import signal
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any

import numpy as np

from checks.case import Case, Images, Network, TransferNetwork
from checks.encoding import encode

MAXIMUM_PRINTED = 10_000
MAXIMUM_MESSAGE = 4_000


class OutOfTime(BaseException):
    """The learner's function did not finish in time."""


def probe(function: Any, cases: Sequence[Case], seconds: float = 20.0) -> dict[str, Any]:
    """Call a function on every case and describe what happened.

    Args:
        function: Whatever the learner handed in.
        cases: The calls to make.
        seconds: Time limit for each case.

    Returns:
        Evidence as plain data: `callable`, `type`, `parameters` (names, or None where Python
        cannot tell), `printed`, and under `cases` a record for each case with its `outcome`:
        "returned" with a `value`, "raised" with an `error`, or "out of time".
    """
    evidence: dict[str, Any] = {
        "callable": callable(function),
        "type": type(function).__name__,
        "parameters": _parameters(function),
        "cases": [],
        "printed": "",
    }
    if not callable(function):
        return evidence
    with _captured() as printed:
        for case in cases:
            evidence["cases"].append(_run(function, case, seconds))
            if evidence["cases"][-1]["outcome"] == "out of time":
                break
    evidence["printed"] = printed.getvalue()[:MAXIMUM_PRINTED]
    return evidence


def _parameters(function: Any) -> list[str] | None:
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return None


def _run(function: Callable[..., Any], case: Case, seconds: float) -> dict[str, Any]:
    try:
        with _time_limit(seconds):
            return {"outcome": "returned", "value": _call(function, case)}
    except OutOfTime:
        return {"outcome": "out of time", "seconds": seconds}
    except (Exception, SystemExit) as error:
        return {"outcome": "raised", "error": _describe_error(error, function)}


def _call(function: Callable[..., Any], case: Case) -> Any:
    """Return the encoded result of a case: a network's graph, or numbers."""
    images: list[Any] = []
    arguments = {name: _realise(value, images) for name, value in case.arguments.items()}
    before = {name: _numbers(value) for name, value in arguments.items()}
    result = function(**arguments)
    if case.then is not None:
        later = {
            name: result if isinstance(value, Images) else _realise(value, images)
            for name, value in case.then.items()
        }
        result = function(**later)
    encoded = _encode_result(result, images)
    changed = [
        name
        for name, value in arguments.items()
        if not all(map(np.array_equal, before[name], _numbers(value)))
    ]
    return {**encoded, "changed_arguments": changed}


def _numbers(value: Any) -> list[np.ndarray]:
    """Copy what a function must not change of an argument: an array, or a model's weights."""
    if isinstance(value, np.ndarray):
        return [value.copy()]
    return value.get_weights() if hasattr(value, "get_weights") else []


def _realise(value: Any, images: list[Any]) -> Any:
    """Turn an argument of a case into what the learner's function is called with."""
    if isinstance(value, Images):
        import keras

        images.append(keras.Input(value.shape))
        return images[-1]
    if isinstance(value, Network):
        from checks.realisation import keras_model

        return keras_model(value.graph, value.weights)
    if isinstance(value, TransferNetwork):
        from checks.realisation import keras_transfer_model

        return keras_transfer_model(value.backbone, value.head)
    return value.copy() if isinstance(value, np.ndarray) else value


def _encode_result(result: Any, images: list[Any]) -> dict[str, Any]:
    if type(result).__module__.partition(".")[0] == "keras":
        import keras

        if isinstance(result, keras.KerasTensor) and not images:
            return {"kind": "tensor"}
        if isinstance(result, keras.KerasTensor):
            model = keras.Model(images[0] if len(images) == 1 else images, result)
            return {"kind": "tensor", **encode_model(model)}
        if isinstance(result, keras.Model):
            return {"kind": "model", **encode_model(result)}
    return {"kind": "value", "value": encode(result)}


def encode_model(model: Any) -> dict[str, Any]:
    """Return what the judge needs to know of a Keras model, as plain data."""
    return {
        "graph": json.loads(model.to_json()),
        "shape": list(model.output_shape[1:]),
        "trainable": {layer.name: bool(layer.trainable) for layer in model.layers},
        "trainable_parameters": _count(model.trainable_weights),
        "parameters": _count(model.weights),
        **_encode_compilation(model),
    }


def _encode_compilation(model: Any) -> dict[str, Any]:
    """Return how a model is compiled. An optimiser is new while it knows no weights yet."""
    optimiser, loss = getattr(model, "optimizer", None), getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", None))
    return {
        "learning_rate": float(optimiser.learning_rate) if optimiser else None,
        "new_optimiser": bool(optimiser and not optimiser.built),
        "loss": name if isinstance(name, str) else None,
    }


def _count(weights: Sequence[Any]) -> int:
    return sum(int(np.prod(weight.shape)) for weight in weights)


def _describe_error(error: BaseException, function: Callable[..., Any]) -> dict[str, Any]:
    """Return what Python said, and the last line of the learner's own code."""
    code = getattr(inspect.unwrap(function), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if code and frame.filename == code.co_filename]
    last = own[-1] if own else None
    lines = traceback.format_exception(type(error), error, error.__traceback__)
    return {
        "type": type(error).__name__,
        "types": [each.__name__ for each in type(error).__mro__],
        "message": str(error)[:MAXIMUM_MESSAGE],
        "line": (last.line or "").strip() if last else "",
        "line_number": last.lineno if last else None,
        "traceback": "".join(lines)[-MAXIMUM_MESSAGE:],
    }


@contextlib.contextmanager
def _captured() -> Iterator[io.StringIO]:
    """Collect what is printed, so that a warning in a graded cell costs nothing."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
        yield printed


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    """Raise `OutOfTime` in the block when the time is up.

    Outside the main thread, and on Windows, there is no alarm clock; the block then runs without
    a limit.
    """
    if not hasattr(signal, "setitimer") or (
        threading.current_thread() is not threading.main_thread()
    ):
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise OutOfTime

    previous = signal.signal(signal.SIGALRM, ring)
    # It rings again and again, in case the learner's code catches the first.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
