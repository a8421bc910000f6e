"""Whatever a learner hands in: a report comes back in time, and the interpreter is as before."""

import asyncio
import contextlib
import decimal
import functools
import gc
import io
import json
import os
import random
import signal
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import keras
import numpy as np
import pytest
from keras import layers, ops

import checks
from checks.probing.guard import OutOfTime

#: One of each kind: a tensor, a model, numbers from arrays, numbers from a model.
EXERCISES = ("identity_block", "ResNet50", "confidence", "count_parameters")
SECONDS = 0.3


@pytest.fixture(autouse=True)
def _the_interpreter_as_before():
    before = interpreter()
    yield
    assert interpreter() == before


def interpreter() -> dict:
    """Return what a check has to leave alone."""
    return {
        "streams": (sys.stdin, sys.stdout, sys.stderr),
        "streams are open": not any(map(_closed, (sys.stdout, sys.stderr))),
        "handlers": (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGALRM)),
        "alarm": signal.getitimer(signal.ITIMER_REAL),
        "recursion limit": sys.getrecursionlimit(),
        "switch interval": sys.getswitchinterval(),
        "folder": str(Path.cwd()),
        "warnings": list(warnings.filters),
        "random": random.getstate(),
        "random of NumPy": tuple(map(str, np.random.get_state())),
        "garbage": gc.isenabled(),
        "Keras": (
            keras.config.floatx(),
            keras.config.image_data_format(),
            keras.config.dtype_policy().name,
        ),
        "functions": (keras.Model, keras.Input, layers.Add, ops.add, np.array),
    }


def _closed(stream) -> bool:
    return bool(getattr(stream, "closed", False))


def assert_reported(report: checks.Report) -> None:
    """Assert that a report on something wrong can be read in all its forms."""
    assert not report.passed
    assert 0 <= report.score < 1
    assert report.results
    assert str(report).encode("utf-8", "replace")
    assert report._repr_html_()
    assert json.loads(json.dumps(report.to_dict()))["exercise"] == report.exercise


# What is handed over --------------------------------------------------------------------------


class Raising:
    """Raises in whatever is asked of it."""

    def __getattribute__(self, name):
        raise RuntimeError(name)

    def __call__(self, *args, **kwargs):
        raise RuntimeError

    __repr__ = __str__ = __len__ = __iter__ = __float__ = __bool__ = __call__
    __eq__ = __hash__ = __array__ = __index__ = __getitem__ = __call__


class OtherClass:
    """Says that it is of a class that it is not of."""

    def __init__(self, claim):
        self.claim = claim

    @property
    def __class__(self):
        if isinstance(self.claim, BaseException):
            raise self.claim
        return self.claim

    def __call__(self, **kwargs):
        return self


class EndlessAttributes:
    def __getattr__(self, name):
        return getattr(self, name + "_")

    def __call__(self, **kwargs):
        return self


class OtherSignature:
    def __init__(self, signature):
        self.__signature__ = signature

    def __call__(self, **kwargs):
        return 1


class NamelessMeta(type):
    @property
    def __name__(cls):
        raise RuntimeError("no name")


class Nameless(metaclass=NamelessMeta):
    def __call__(self, **kwargs):
        raise NamelessError


class NamelessError(Exception, metaclass=NamelessMeta):
    def __str__(self):
        raise RuntimeError("no message")


def wraps_itself(**kwargs):
    return 1


wraps_itself.__wrapped__ = wraps_itself


async def coroutine(**kwargs):
    await asyncio.sleep(60)


async def asynchronous_generator(**kwargs):
    yield 1


HANDED_OVER = [
    *(None, True, 0, 1.5, 2j, "identity_block", b"bytes", ..., NotImplemented, [], (), {}, set()),
    *(int, str, type, object, dict, Exception, KeyboardInterrupt, keras.Model, layers.Conv2D),
    *(print, len, exec, sorted, iter, vars, super, property, staticmethod, range, zip, map),
    *(np.add, np.mean, np.zeros(3), np.random, np.vectorize(len), functools.partial(print)),
    *(layers.ReLU(), keras.Sequential(), ops.relu, keras, types.SimpleNamespace(), sys),
    *(mock.Mock(), mock.MagicMock(), mock.MagicMock(side_effect=KeyError), mock.NonCallableMock()),
    *(Raising(), Raising, OtherClass(int), OtherClass(keras.KerasTensor), OtherClass(keras.Model)),
    *(OtherClass(SystemExit(1)), EndlessAttributes(), EndlessAttributes, Nameless(), Nameless),
    *(OtherSignature(None), OtherSignature("x"), OtherSignature(Raising()), wraps_itself),
    *(coroutine, asynchronous_generator, (each for each in "abc"), open, io.StringIO(), id),
    *(functools.lru_cache(len), classmethod(len), lambda: 1, lambda *X: X, lambda X, /, f: X),
    *(
        weakly
        for weakly in (threading.Lock(), threading.Thread(), contextlib.suppress(OSError), gc)
    ),
]


@pytest.mark.parametrize("exercise", ["identity_block", "confidence"])
@pytest.mark.parametrize("number", range(len(HANDED_OVER)))
def test_whatever_is_handed_over_gets_a_report(exercise, number):
    assert_reported(checks.run(exercise, HANDED_OVER[number], seconds=SECONDS))


# What is returned -----------------------------------------------------------------------------


def deep(depth: int) -> list:
    inside: list = []
    for _ in range(depth):
        inside = [inside]
    return inside


def knot(width: int) -> list:
    """Return a list that holds nothing but itself."""
    tied: list = []
    tied.extend([tied] * width)
    return tied


def mapping_that_raises() -> dict:
    class Mapping(dict):
        def items(self):
            raise KeyError("items")

    return Mapping(a=1)


def text_of_its_own():
    class Text(str):
        def __str__(self):
            return self

        def __getitem__(self, key):
            raise IndexError

    return Text("x" * 20_000)


def deep_model(depth: int = 60):
    model = keras.Sequential([keras.Input((8, 8, 3)), layers.ReLU()])
    for _ in range(depth):
        model = keras.Sequential([keras.Input((8, 8, 3)), model])
    return model


def model_of_two():
    a, b = keras.Input((8, 8, 3)), keras.Input((4,))
    return keras.Model([a, b], [layers.ReLU()(a), layers.ReLU()(b)])


class HostileModel(keras.Model):
    """A functional model whose methods raise."""

    def __init__(self):
        inputs = keras.Input((8, 8, 3))
        super().__init__(inputs, layers.ReLU()(inputs))

    def get_config(self):
        raise SystemExit("no settings")

    def to_json(self, **kwargs):
        raise SystemExit("no JSON")


class UncalledModel(keras.Model):
    def call(self, X):
        raise RuntimeError("not this one")


def unusual_names():
    inputs = keras.Input((8, 8, 3), name="влез \U0001f600")
    X = layers.ReLU(name="<script>alert(1)</script>")(inputs)
    return keras.Model(inputs, layers.ReLU(name="x" * 5_000)(X), name="\ud800")


def masked() -> np.ma.MaskedArray:
    return np.ma.masked_array([1.0, 2.0, 3.0], mask=[True, False, True])


RETURNED: list[Callable] = [
    *(lambda each=each: each for each in (None, ..., 0, -1, True, 10**30, 10**400, 2j, b"", "")),
    *(lambda each=each: float(each) for each in ("nan", "inf", "-inf", "1e-320")),
    *(lambda each=each: each for each in ("\ud800", "\0", "x" * 10**6, "<b>", [], (), {}, set())),
    *(lambda each=each: each for each in ({1: 2}, {None: None}, [[1], [1, 2]], [1, "2"], [None])),
    *(lambda n=n: deep(n) for n in (1, 9, 10_000)),
    *(lambda n=n: knot(n) for n in (1, 2, 12)),
    lambda: {"self": knot(3)},
    mapping_that_raises,
    text_of_its_own,
    lambda: range(10**9),
    lambda: iter([1, 2]),
    lambda: map(len, "ab"),
    lambda: [0.5] * 2_000_000,
    lambda: np.array(5),
    lambda: np.array([]),
    lambda: np.zeros((0, 5)),
    lambda: np.zeros((7, 0)),
    lambda: np.array(["a", "b"]),
    lambda: np.array([None, 1, "x", [2]], dtype=object),
    lambda: np.array([(1, 2.0)], dtype=[("a", int), ("b", float)]),
    masked,
    lambda: (masked(), masked()),
    lambda: np.datetime64("2020-01-01"),
    lambda: np.array(["2020-01-01"], dtype="datetime64[s]"),
    lambda: np.float16(3),
    lambda: np.longdouble(3),
    lambda: np.ones(3, np.longdouble),
    lambda: np.bool_(True),
    lambda: np.ones(3, bool),
    lambda: (np.ones(7, bool), np.ones(7, bool)),
    lambda: np.ones(3) * 1j,
    lambda: np.full((7, 2), np.nan),
    lambda: (np.full(7, np.inf), np.full(7, -np.inf)),
    lambda: np.arange(12.0)[::-3],
    lambda: np.broadcast_to(0.0, (10**6, 10**6)),
    lambda: np.array([2**63], dtype="uint64"),
    lambda: decimal.Decimal(1),
    lambda: int,
    lambda: len,
    lambda: sys,
    lambda: ValueError("returned"),
    lambda: Raising(),
    lambda: [Raising()],
    lambda: {"a": Raising()},
    lambda: OtherClass(int),
    lambda: OtherClass(dict),
    lambda: OtherClass(keras.KerasTensor),
    lambda: OtherClass(keras.Model),
    lambda: OtherClass(SystemExit()),
    lambda: EndlessAttributes(),
    lambda: Nameless(),
    lambda: mock.MagicMock(),
    lambda: mock.MagicMock(spec=keras.KerasTensor),
    lambda: mock.MagicMock(spec=keras.Model),
    lambda: coroutine(),
    lambda: keras.Input((8, 8, 3)),
    lambda: [keras.Input((8, 8, 3))] * 3,
    lambda: layers.ReLU()(keras.Input((None, None, 3))),
    lambda: keras.Input((4,), sparse=True),
    lambda: keras.Variable(1.0),
    lambda: ops.ones((2, 3)),
    lambda: ops.ones((2,), "bfloat16"),
    lambda: layers.Dense(3),
    lambda: keras.Sequential(),
    lambda: keras.Sequential([layers.Dense(3)]),
    lambda: keras.Sequential([keras.Input((8, 8, 3))]),
    deep_model,
    model_of_two,
    unusual_names,
    HostileModel,
    UncalledModel,
    lambda: keras.optimizers.Adam(),
    lambda: keras.DTypePolicy("float16"),
]


@pytest.mark.parametrize("exercise", EXERCISES[:3])
@pytest.mark.parametrize("number", range(len(RETURNED)))
def test_whatever_is_returned_gets_a_report(exercise, number):
    report = checks.run(exercise, lambda **kwargs: RETURNED[number](), seconds=5)
    assert_reported(report)


# What is raised -------------------------------------------------------------------------------


class NoMessage(Exception):
    def __str__(self):
        raise KeyError("no message")


class EndlessMessage(Exception):
    def __str__(self):
        while True:
            pass


class MessageOfNumbers(Exception):
    def __str__(self):
        return 5


def chained() -> Exception:
    first, second = ValueError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    return first


RAISED = [
    *(SystemExit, SystemExit(0), SystemExit("\ud800"), KeyboardInterrupt, GeneratorExit),
    *(BaseException, Exception, StopIteration, StopAsyncIteration, asyncio.CancelledError),
    *(MemoryError, RecursionError, AssertionError("x" * 10**6), NotImplementedError, OSError(5)),
    *(NoMessage(), EndlessMessage(), MessageOfNumbers(), NamelessError(), chained(), OutOfTime()),
    *(
        ExceptionGroup("many", [ValueError(1), TypeError(2)]),
        UnicodeDecodeError("u", b"", 0, 1, ""),
    ),
    *(BaseExceptionGroup("many", [KeyboardInterrupt()]), SyntaxError("bad", ("f", 1, 1, "x"))),
    *(ValueError("{0} {where} {missing}"), ValueError("incompatible shapes (((("), Warning("w")),
    *(TypeError("got an unexpected keyword argument '\u00e9'"), KeyError(Raising), NameError("x")),
]


@pytest.mark.parametrize("exercise", ["identity_block", "confidence"])
@pytest.mark.parametrize("number", range(len(RAISED)))
def test_whatever_is_raised_gets_a_report(exercise, number):
    def function(**kwargs):
        raise RAISED[number]

    assert_reported(checks.run(exercise, function, seconds=SECONDS))


def test_a_recursion_without_end_gets_a_report():
    def identity_block(X, f, filters, stage, block):
        return identity_block(X, f, filters, stage, block)

    assert "RecursionError" in str(checks.run("identity_block", identity_block))


def test_a_function_that_deletes_itself_gets_a_report():
    def confidence(probabilities):
        del globals_of_its_own["confidence"]
        return globals_of_its_own["confidence"](probabilities)

    globals_of_its_own = {"confidence": confidence}
    assert_reported(checks.run("confidence", confidence))


# What does not come to an end -----------------------------------------------------------------

stop = threading.Event()


def busy():
    while True:
        pass


def busy_and_deaf():
    while not stop.is_set():
        with contextlib.suppress(BaseException):
            for _ in range(1000):
                pass


def asleep_and_deaf():
    while not stop.is_set():
        with contextlib.suppress(BaseException):
            time.sleep(0.02)


def late():
    with contextlib.suppress(OutOfTime):
        while True:
            pass
    return 1


def locked():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire(timeout=30)


def printing():
    while True:
        print("x" * 10_000)


def many_arrays():
    while True:
        np.ones((50, 50)) @ np.ones((50, 50))


def cleaning_up():
    try:
        busy()
    finally:
        stop.wait(30)


UNENDING = [
    *(busy, busy_and_deaf, asleep_and_deaf, late, locked, printing, many_arrays, cleaning_up),
    *(functools.partial(time.sleep, 30), functools.partial(stop.wait, 30)),
]


@pytest.mark.parametrize("function", UNENDING, ids=lambda each: getattr(each, "__name__", "asleep"))
@pytest.mark.parametrize("where", ["in the main thread", "in another thread"])
def test_what_does_not_end_is_given_up(function, where):
    def check():
        reports.append(checks.run("confidence", lambda **kwargs: function(), seconds=SECONDS))

    reports: list[checks.Report] = []
    stop.clear()
    try:
        if where == "in the main thread":
            check()
        else:
            thread = threading.Thread(target=check)
            thread.start()
            thread.join(60)
    finally:
        stop.set()
    assert reports[0].cause == "The function does not finish"
    assert_reported(reports[0])


def test_a_check_in_another_thread_passes_what_is_right():
    def check():
        reports.append(checks.run("confidence", lambda probabilities: _confidence(probabilities)))

    reports: list[checks.Report] = []
    thread = threading.Thread(target=check)
    thread.start()
    thread.join(60)
    assert reports[0].passed


def _confidence(probabilities):
    return np.argmax(probabilities, axis=1), np.max(probabilities, axis=1)


def test_a_real_ctrl_c_stops_the_check():
    # Some programs that run tests ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)

    def confidence(probabilities):
        signal.raise_signal(signal.SIGINT)
        time.sleep(30)

    try:
        with pytest.raises(KeyboardInterrupt):
            checks.run("confidence", confidence)
    finally:
        signal.signal(signal.SIGINT, before)


def test_an_endless_loop_takes_one_case_only():
    calls = []

    def confidence(probabilities):
        calls.append(1)
        busy()

    checks.run("confidence", confidence, grading=True, seconds=SECONDS)
    assert len(calls) == 1


# What is changed meanwhile --------------------------------------------------------------------


def close_streams():
    sys.stdout.close()
    sys.stderr.close()
    print("still there")


def other_streams():
    sys.stdout = sys.stderr = sys.stdin = None


def no_streams():
    del sys.stdout, sys.stderr


def patch_keras():
    keras.Model = keras.Input = layers.Add = ops.add = None


def patch_numpy():
    np.array = np.asarray = np.argmax = None


def other_settings():
    keras.config.set_floatx("float16")
    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_float16")
    sys.setrecursionlimit(5_000)
    sys.setswitchinterval(0.5)
    gc.disable()


def other_state():
    random.seed(1)
    np.random.seed(1)
    keras.utils.set_random_seed(1)
    os.chdir(os.sep)
    warnings.simplefilter("error")
    np.seterr(all="raise")


def errors_for_warnings():
    warnings.simplefilter("error")
    warnings.warn("now an error", stacklevel=1)


def new_session():
    keras.backend.clear_session()


def other_handlers():
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def much_printing():
    for _ in range(1000):
        print("x" * 100_000)
        print("y" * 100_000, file=sys.stderr)


def odd_printing():
    print("\ud800 \x1b[31m \0 " + "é" * 10)
    sys.stdout.write(text_of_its_own())


def read_input():
    input("name? ")


CHANGES = [
    *(close_streams, other_streams, no_streams, patch_keras, patch_numpy, other_settings),
    *(other_state, errors_for_warnings, new_session, other_handlers, much_printing, odd_printing),
    read_input,
]


@pytest.mark.parametrize("exercise", EXERCISES)
@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_what_a_function_changes_is_put_back(exercise, change):
    report = checks.run(exercise, lambda **kwargs: change(), seconds=10)
    assert_reported(report)
    assert len(report.printed) <= 10_000


def test_a_right_answer_that_changes_settings_passes_and_changes_nothing():
    def confidence(probabilities):
        for change in (close_streams, other_state, other_settings, new_session, much_printing):
            change()
        with np.errstate(all="ignore"):
            return _confidence(probabilities)

    assert checks.run("confidence", confidence).passed


def test_names_of_layers_do_not_collide_after_a_new_session():
    before = layers.ReLU().name

    def identity_block(X, f, filters, stage, block):
        keras.backend.clear_session()
        return X

    checks.run("identity_block", identity_block)
    assert layers.ReLU().name != before


def test_arguments_that_are_changed_are_named():
    def confidence(probabilities):
        result = _confidence(probabilities)
        probabilities[:] = 0
        return result

    report = checks.run("confidence", confidence)
    assert report.cause == "The function changes its argument probabilities"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_arguments_that_are_taken_apart_get_a_report(exercise):
    def function(**kwargs):
        for name, value in list(kwargs.items()):
            for attribute in ("shape", "dtype", "_keras_history", "layers", "__class__"):
                with contextlib.suppress(Exception):
                    setattr(value, attribute, None)
            kwargs[name] = None
        return value

    assert_reported(checks.run(exercise, function, seconds=5))
