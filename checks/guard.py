"""Calls what a learner wrote: with a limit of time, and with the interpreter as it was afterwards.

Three things cannot be survived in the same process: `os._exit`, running out of memory, and a
function in C that never returns and never lets other threads run, such as `sum(range(10**12))`.
"""

import contextlib
import ctypes
import gc
import io
import os
import random
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np

Value = TypeVar("Value")

MAXIMUM_PRINTED = 10_000
#: Seconds for a function to end once it has been told to.
GRACE = 1.0


class OutOfTime(BaseException):
    """The learner's function did not finish in time."""


class Crashed(Exception):
    """The function raised something."""

    def __init__(self, error: BaseException) -> None:
        """Keep what was raised."""
        self.error = error


def within(seconds: float, function: Callable[[], Value]) -> Value:
    """Call a function in a thread of its own, and give up when the time is up.

    A thread can be left behind where it does not end, and works in the main thread and in others,
    on every platform. A Ctrl-C reaches the caller, never the function.

    Args:
        seconds: Time limit.
        function: What to call. It shares the state that Keras keeps for each thread.

    Raises:
        OutOfTime: If it does not return in time. It is stopped if it can be, else left behind.
        Crashed: If it raises.
    """
    returned: list[Value] = []
    raised: list[BaseException] = []
    keras_state = _keras_state()

    def work() -> None:
        with contextlib.suppress(OutOfTime):
            try:
                _share(keras_state)
                returned.append(function())
            except BaseException as error:
                raised.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        _wait(thread, seconds)
        if thread.is_alive():
            raise OutOfTime
    finally:
        _stop(thread)
    if returned:
        return returned[0]
    raise Crashed(raised[0])


def _wait(thread: threading.Thread, seconds: float) -> None:
    """Wait in small steps: on Windows a longer one would not notice a Ctrl-C."""
    end = time.monotonic() + seconds
    while thread.is_alive() and (left := end - time.monotonic()) > 0:
        thread.join(min(left, 0.1))


def _stop(thread: threading.Thread) -> None:
    """Raise `OutOfTime` in a thread, again and again, in case its code catches the first."""
    end = time.monotonic() + GRACE
    while thread.is_alive() and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(OutOfTime)
        )
        thread.join(0.05)


@contextlib.contextmanager
def preserved(printed: "Printed") -> Iterator[None]:
    """Collect what is printed, and put back what the learner's code may change of the interpreter.

    That is the standard streams, warnings, the recursion limit, the working directory, the states
    of the random generators of Python and NumPy, the settings of Keras, and the functions and
    classes of NumPy and Keras themselves.
    """
    stdin = sys.stdin
    settings = [(put_back, value()) for value, put_back in _settings()]
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(),
    ):
        sys.stdin = io.StringIO()
        try:
            yield
        finally:
            sys.stdin = stdin
            for put_back, value in settings:
                put_back(value)


def _settings() -> list[tuple[Callable[[], Any], Callable[[Any], Any]]]:
    """Return what is put back: how to get it, and how to set it."""
    settings: list[tuple[Callable[[], Any], Callable[[Any], Any]]] = [
        (sys.getrecursionlimit, sys.setrecursionlimit),
        (sys.getswitchinterval, sys.setswitchinterval),
        (os.getcwd, os.chdir),
        (random.getstate, random.setstate),
        (np.random.get_state, np.random.set_state),
        (gc.isenabled, lambda enabled: gc.enable() if enabled else gc.disable()),
        (_namespaces, _set_namespaces),
    ]
    if "keras" in sys.modules:
        import keras

        config = keras.config
        settings += [
            (config.floatx, config.set_floatx),
            (config.epsilon, config.set_epsilon),
            (config.image_data_format, config.set_image_data_format),
            (_keras_trackers, _set_keras_trackers),
        ]
    return settings


def _namespaces() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return modules that learners' code may patch: each namespace, and a copy of it."""
    names = ("numpy", "keras", "keras.layers", "keras.ops", "keras.activations")
    modules = [sys.modules[name] for name in names if name in sys.modules]
    return [(vars(module), dict(vars(module))) for module in modules]


def _set_namespaces(namespaces: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for namespace, copy in namespaces:
        namespace.update(copy)


def _keras_trackers() -> tuple[Any, Any]:
    """Return where Keras keeps names, policies and scopes: `clear_session` makes new ones."""
    from keras.src.backend.common import global_state

    return global_state.GLOBAL_STATE_TRACKER, global_state.GLOBAL_SETTINGS_TRACKER


def _set_keras_trackers(trackers: tuple[Any, Any]) -> None:
    from keras.src.backend.common import global_state

    global_state.GLOBAL_STATE_TRACKER, global_state.GLOBAL_SETTINGS_TRACKER = trackers


def _keras_state() -> list[dict[str, Any]]:
    """Return what Keras keeps for this thread, such as the names that are taken."""
    if "keras" not in sys.modules:
        return []
    return [dict(vars(tracker)) for tracker in _keras_trackers()]


def _share(state: list[dict[str, Any]]) -> None:
    """Give this thread the state of Keras that another had."""
    if state:
        for tracker, attributes in zip(_keras_trackers(), state, strict=True):
            vars(tracker).update(attributes)


class Printed(io.TextIOBase):
    """Keeps the beginning of what is printed. It cannot be closed."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._text = ""

    def write(self, text: str) -> int:
        """Keep a text as long as there is room for it."""
        self._text += str(text[: MAXIMUM_PRINTED - len(self._text)])
        return len(text)

    def writable(self) -> bool:
        """Return whether it can be written to: always."""
        return True

    def close(self) -> None:
        """Stay open, for whoever prints next."""

    def __str__(self) -> str:
        """Return what was printed, without what no file could hold."""
        return self._text.encode("utf-8", "replace").decode("utf-8")
