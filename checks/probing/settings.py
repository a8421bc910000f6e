"""What a check neither takes from the interpreter nor leaves in it.

A verdict follows from the answer alone, whatever ran before: the learner's function is called with
the settings that a new interpreter has, in a thread that knows nothing of scopes, policies and
variables of other threads. Afterwards all settings are as they were, as if there had been no check.
"""

import gc
import os
import random
import sys
import threading
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

#: What a new interpreter has, and what is put back, by the name in `keras.config`.
_KERAS_DEFAULTS: Mapping[str, Any] = {
    "floatx": "float32",
    "epsilon": 1e-7,
    "image_data_format": "channels_last",
    "max_epochs": None,
    "max_steps_per_epoch": None,
}

#: What Keras keeps for a thread and an answer may need: names of classes, trust in what is loaded.
_HANDED_ON = ("custom_objects_scope_dict", "safe_mode_saving")

#: Kinds of warnings that Python does not show.
_HIDDEN_WARNINGS = (
    DeprecationWarning,
    PendingDeprecationWarning,
    ImportWarning,
    ResourceWarning,
)

_AS_IT_IS = object()


class Setting(NamedTuple):
    """A setting of the interpreter.

    Attributes:
        read: Returns its value.
        write: Sets it.
        during: What it is while a learner's function runs; at first, if not given, what it was.
    """

    read: Callable[[], Any]
    write: Callable[[Any], Any]
    during: Any = _AS_IT_IS


@contextmanager
def usual_settings() -> Iterator[None]:
    """Set what may decide a verdict to what a new interpreter has; put all settings back."""
    before = [(setting, setting.read()) for setting in _settings()]
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        for kind in _HIDDEN_WARNINGS:
            warnings.simplefilter("ignore", kind)
        try:
            for setting, _ in before:
                if setting.during is not _AS_IT_IS:
                    setting.write(setting.during)
            yield
        finally:
            for setting, value in before:
                setting.write(value)


def _settings() -> list[Setting]:
    """Return what can be set in the libraries that are loaded."""
    settings = [
        Setting(sys.getrecursionlimit, sys.setrecursionlimit),
        Setting(sys.getswitchinterval, sys.setswitchinterval),
        Setting(_folder, _set_folder),
        Setting(random.getstate, random.setstate),
        Setting(np.random.get_state, np.random.set_state),
        Setting(gc.isenabled, lambda enabled: gc.enable() if enabled else gc.disable()),
        Setting(_namespaces, _set_namespaces),
    ]
    if "keras" in sys.modules:
        settings += _keras_settings()
    if "tensorflow" in sys.modules:
        settings += _tensorflow_settings()
    return settings


def _folder() -> Path | None:
    """Return the working directory, or None if it has been removed."""
    try:
        return Path.cwd()
    except OSError:
        return None


def _set_folder(folder: Path | None) -> None:
    if folder is not None:
        with suppress(OSError):  # it has been removed meanwhile
            os.chdir(folder)


def _namespaces() -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Return modules that learners' code may patch: each namespace, and a copy of it."""
    names = ("numpy", "keras", "keras.layers", "keras.ops", "keras.activations")
    modules = [sys.modules[name] for name in names if name in sys.modules]
    return [(vars(module), dict(vars(module))) for module in modules]


def _set_namespaces(namespaces: list[tuple[dict[str, Any], dict[str, Any]]]) -> None:
    for namespace, copy in namespaces:
        namespace.update(copy)


def _keras_settings() -> list[Setting]:
    import keras
    from keras.src.saving import object_registration

    config = keras.config
    return [
        *(
            Setting(getattr(config, name), getattr(config, f"set_{name}"), value)
            for name, value in _KERAS_DEFAULTS.items()
            if hasattr(config, name)
        ),
        _contents(object_registration.GLOBAL_CUSTOM_OBJECTS),
        _contents(object_registration.GLOBAL_CUSTOM_NAMES),
        Setting(_keras_trackers, _set_keras_trackers),
    ]


def _contents(dictionary: dict[Any, Any]) -> Setting:
    """Return as a setting what a dictionary holds."""

    def write(contents: dict[Any, Any]) -> None:
        dictionary.clear()
        dictionary.update(contents)

    return Setting(dictionary.copy, write)


def _keras_trackers() -> tuple[Any, Any]:
    """Return where Keras keeps names, policies and scopes: `clear_session` makes new ones."""
    from keras.src.backend.common import global_state

    return global_state.GLOBAL_STATE_TRACKER, global_state.GLOBAL_SETTINGS_TRACKER


def _set_keras_trackers(trackers: tuple[Any, Any]) -> None:
    from keras.src.backend.common import global_state

    global_state.GLOBAL_STATE_TRACKER, global_state.GLOBAL_SETTINGS_TRACKER = trackers


def _tensorflow_settings() -> list[Setting]:
    import tensorflow as tf

    return [
        Setting(tf.config.functions_run_eagerly, tf.config.run_functions_eagerly, False),
        Setting(_tensorflow_seed, _set_tensorflow_seed),
    ]


def _tensorflow_seed() -> tuple[Any, Any]:
    """Return the seed of the whole interpreter, and how far the seeds drawn from it have come."""
    from tensorflow.python.eager import context

    generator = getattr(context.context(), "_rng", None)
    return context.global_seed(), generator and generator.getstate()


def _set_tensorflow_seed(seed: tuple[Any, Any]) -> None:
    """Set both. TensorFlow's own `set_seed` would start from the beginning."""
    from tensorflow.python.eager import context

    if seed != _tensorflow_seed():
        eager: Any = context.context()
        eager._seed, state = seed
        if state:
            eager._rng.setstate(state)


class _FreshNumbers(defaultdict[str, int]):
    """Numbers for names that Keras makes up, such as `conv2d_10000`.

    A learner may keep layers in variables, made before the check or in it, before a
    `clear_session` or after. No name that Keras makes up in a check is that of one of them.
    """

    FIRST = 10_000

    def __missing__(self, name: str) -> int:
        self[name] = self.FIRST
        return self.FIRST

    def __contains__(self, name: object) -> bool:
        return True


_numbers = _FreshNumbers()


def handed_on() -> dict[str, Any]:
    """Return what Keras keeps for this thread and the one of a learner's function needs."""
    if "keras" not in sys.modules:
        return {}
    state = vars(_keras_trackers()[0])
    return {name: state[name] for name in _HANDED_ON if name in state}


def begin_thread(state: Mapping[str, Any]) -> None:
    """Begin to work with Keras in a new thread: with what was handed on, and names of its own."""
    if "keras" in sys.modules:
        vars(_keras_trackers()[0]).update(state, object_name_uids=_numbers)


@contextmanager
def as_in_a_new_thread() -> Iterator[None]:
    """Let this thread know of Keras what a new one would, for a while."""
    if "keras" not in sys.modules:
        yield
        return
    state, trackers = handed_on(), _keras_trackers()
    _set_keras_trackers((threading.local(), trackers[1]))
    try:
        begin_thread(state)
        yield
    finally:
        _set_keras_trackers(trackers)
