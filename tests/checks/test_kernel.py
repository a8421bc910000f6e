"""A verdict does not depend on what ran in the kernel before, nor what runs there on the check.

A kernel is a thread of its own here: what Keras and TensorFlow keep for a thread ends with it.
"""

import os
import random
import warnings
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

import checks
from checks.case import Images, Network, TransferNetwork
from checks.catalogue import EXERCISES
from checks.probing.realisation import keras_model, keras_transfer_model
from checks.probing.settings import usual_settings
from resnet_course.desk.solutions import reference_solution
from tests.checks.attempts.corpus import ATTEMPTS


class Kernel:
    """Runs cells, one after the other, in one thread."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)

    def run(self, cell: Callable[[], Any]) -> Any:
        return self._thread.submit(cell).result()

    def shut_down(self) -> None:
        self._thread.shutdown()


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    """Give a kernel; afterwards the process is as before."""
    with usual_settings():
        one = Kernel()
        yield one
        one.shut_down()


# Answers --------------------------------------------------------------------------------------


class ConvolutionWithNorm(layers.Layer):
    """A learner's own layer, whose layers are made in `__init__`."""

    def __init__(self, filters, kernel_size, **settings):
        super().__init__(**settings)
        self.convolution = layers.Conv2D(filters, kernel_size, padding="same")
        self.norm = layers.BatchNormalization()

    def call(self, X, training=None):
        return self.norm(self.convolution(X), training=training)


def main_path(X, f, filters):
    for number, (width, size) in enumerate(zip(filters, (1, f, 1), strict=True)):
        X = ConvolutionWithNorm(width, size)(X)
        X = layers.ReLU()(X) if number < 2 else X
    return X


def of_layers_of_ones_own(X, f, filters, stage, block):
    return layers.ReLU()(main_path(X, f, filters) + X)


def with_layers_that_are_kept() -> Callable:
    """Return an answer that keeps a layer from before its calls, and one from its first call."""
    before, kept = layers.ReLU(), []

    def identity_block(X, f, filters, stage, block):
        X = before(main_path(X, f, filters) + X)
        if not kept:
            kept.append(layers.ReLU())
        return kept[0](X)

    return identity_block


#: Right answers that earlier work may get in the way of, each with its exercise.
SENSITIVE: dict[str, tuple[str, Callable[[], Callable]]] = {
    "layers of one's own, and kept ones": ("identity_block", with_layers_that_are_kept),
    "gradients": ("gradient_norms", lambda: reference_solution("gradient_norms")),
    "a backbone": ("transfer_model", lambda: reference_solution("transfer_model")),
}


def called_in_a_cell(exercise: str, function: Callable) -> Any:
    """Call an answer as a learner would, with arguments of the exercise's first case."""
    case = EXERCISES[exercise].cases(np.random.default_rng(1), False)[0]
    return function(*[realised(value) for value in case.arguments.values()])


def realised(value: Any) -> Any:
    match value:
        case Images():
            return keras.Input(value.shape)
        case Network():
            return keras_model(value.graph, value.weights)
        case TransferNetwork():
            return keras_transfer_model(value.backbone, value.head)
    return value


# Histories ------------------------------------------------------------------------------------


def a_small_model() -> keras.Model:
    inputs = keras.Input((8, 8, 4))
    X = layers.Flatten()(of_layers_of_ones_own(inputs, 3, (2, 2, 4), 1, "a"))
    model = keras.Model(inputs, layers.Dense(2)(X))
    model.compile("sgd", "mse")
    return model


def fit(model: keras.Model | None = None) -> list[float]:
    """Train a model; return its losses."""
    generator = np.random.default_rng(0)
    images, targets = generator.normal(size=(8, 8, 8, 4)), generator.normal(size=(8, 2))
    model = model or a_small_model()
    return model.fit(images, targets, batch_size=4, verbose=0).history["loss"]


def an_error_in_a_layer() -> None:
    class Failing(layers.Layer):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(3)

        def call(self, X):
            self.dense(X)
            raise RuntimeError("in the midst")

    for argument in (keras.Input((4,)), np.ones((2, 4))):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                Failing()(argument)
        except RuntimeError:
            pass


def left_in(make_scope: Callable[[], Any]) -> Callable[[], None]:
    """Return a cell that was interrupted within a scope, or entered one and did not leave it."""

    def cell() -> None:
        make_scope().__enter__()

    return cell


def left_in_the_call_of_a_layer() -> None:
    from keras.src.backend.common import global_state
    from keras.src.layers.layer import CallContext

    context = CallContext(entry_layer=layers.ReLU())
    context.set_value("training", True)
    global_state.set_global_attribute("current_call_ctx", context)


def an_answer_without_end() -> None:
    def endless(X, f, filters, stage, block):
        of_layers_of_ones_own(X, f, filters, stage, block)
        while True:
            pass

    assert not checks.run("identity_block", endless, seconds=0.2).passed


def a_wrong_answer() -> None:
    wrong = random.choice([each for each in ATTEMPTS if each.cause and each.exercise != "ResNet50"])
    assert not checks.run(wrong.exercise, wrong.function, seconds=300).passed, wrong.name


def a_removed_folder(path) -> Callable[[], None]:
    def cell() -> None:
        (path / "gone").mkdir()
        os.chdir(path / "gone")
        (path / "gone").rmdir()

    return cell


#: What may have happened in a kernel, and leaves it usable.
WORK: dict[str, Callable[[], Any]] = {
    "a call": lambda: called_in_a_cell("identity_block", of_layers_of_ones_own),
    "two calls": lambda: [called_in_a_cell("plain_stack", reference_solution("plain_stack"))] * 2,
    "a model": a_small_model,
    "a training": fit,
    "many layers": lambda: [layers.ReLU() for _ in range(100)],
    "a cleared session": keras.utils.clear_session,
    "a seed": lambda: keras.utils.set_random_seed(random.randrange(1000)),
    "an error in a layer": an_error_in_a_layer,
    "a wrong answer": a_wrong_answer,
    "an answer without end": an_answer_without_end,
}

#: What may have been set, or gone wrong, and may keep the learner's own cells from working.
SETTINGS: dict[str, Callable[[], Any]] = {
    "float16": lambda: keras.config.set_dtype_policy("mixed_float16"),
    "bfloat16": lambda: keras.config.set_dtype_policy("mixed_bfloat16"),
    "floatx 16": lambda: keras.config.set_floatx("float16"),
    "floatx 64": lambda: keras.config.set_floatx("float64"),
    "epsilon": lambda: keras.config.set_epsilon(0.5),
    "channels first": lambda: keras.config.set_image_data_format("channels_first"),
    "no epochs": lambda: keras.config.set_max_epochs(0),
    "no steps": lambda: keras.config.set_max_steps_per_epoch(0),
    "eager functions": lambda: tf.config.run_functions_eagerly(True),
    "strict NumPy": lambda: np.seterr(all="raise"),
    "strict warnings": lambda: warnings.simplefilter("error"),
    "a stateless scope": left_in(keras.StatelessScope),
    "a symbolic scope": left_in(keras.SymbolicScope),
    "a name scope": left_in(lambda: keras.name_scope("left")),
    "a scope of names": left_in(lambda: keras.saving.custom_object_scope({"ReLU": layers.Add})),
    "rematerialisation": left_in(lambda: keras.RematScope(mode="full")),
    "a call of a layer": left_in_the_call_of_a_layer,
    "a graph": left_in(lambda: tf.Graph().as_default()),
    "a strategy": left_in(lambda: tf.distribute.MirroredStrategy(["/cpu:0"]).scope()),
    "a device that is not there": left_in(lambda: tf.device("/gpu:7")),
}


def assert_right(kernel: Kernel, exercise: str, function: Callable, past: str = "") -> None:
    report = kernel.run(lambda: checks.run(exercise, function, seconds=300))
    assert report.passed, f"{report}\n{report.traceback}\n{past}"


@pytest.mark.parametrize("answer", SENSITIVE)
@pytest.mark.parametrize("history", WORK | SETTINGS)
def test_a_right_answer_is_right_after(history, answer, kernel):
    exercise, make = SENSITIVE[answer]
    function = kernel.run(make)
    kernel.run((WORK | SETTINGS)[history])
    assert_right(kernel, exercise, function)


@pytest.mark.parametrize("answer", SENSITIVE)
def test_a_right_answer_is_right_and_works_in_a_cell_again_and_again(answer, kernel):
    exercise, make = SENSITIVE[answer]
    function = kernel.run(make)
    for _ in range(3):
        kernel.run(lambda: called_in_a_cell(exercise, function))
        assert_right(kernel, exercise, function)
        kernel.run(keras.utils.clear_session)
        assert_right(kernel, exercise, function)


def test_a_working_directory_that_is_gone_does_not_matter(kernel, tmp_path):
    kernel.run(a_removed_folder(tmp_path))
    assert kernel.run(lambda: checks.run("confidence", reference_solution("confidence"))).passed


#: Right answers of an exercise that run in one kernel, others each time.
MOST_ANSWERS = 12


@pytest.mark.parametrize("exercise", checks.exercise_names())
def test_right_answers_are_right_in_any_order_with_other_work_between(exercise, kernel):
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    right = [each for each in ATTEMPTS if each.exercise == exercise and not each.cause]
    answers = [each.function for each in right if not each.open]
    answers.append(reference_solution(exercise))
    past = [f"seed {seed}"]
    for function in draw.sample(answers, min(MOST_ANSWERS, len(answers))):
        for name in draw.sample(list(WORK), 2):
            kernel.run(WORK[name])
            past.append(name)
        if draw.random() < 0.5 and exercise != "ResNet50":
            kernel.run(lambda function=function: called_in_a_cell(exercise, function))
            past.append(f"a call of {function.__name__}")
        past.append(function.__name__)
        assert_right(kernel, exercise, function, f"in this order: {', '.join(past)}")


# Afterwards -----------------------------------------------------------------------------------


def setting_everything(X, f, filters, stage, block):
    """A right answer that leaves nothing in the interpreter as it was."""
    keras.utils.set_random_seed(3)
    keras.config.set_floatx("float64")
    keras.config.set_epsilon(0.1)
    keras.config.set_image_data_format("channels_first")
    keras.config.set_dtype_policy("mixed_bfloat16")
    keras.config.set_max_epochs(0)
    keras.config.disable_traceback_filtering()
    tf.config.run_functions_eagerly(True)
    np.seterr(all="raise")
    keras.saving.get_custom_objects()["ReLU"] = layers.Add
    keras.saving.register_keras_serializable(name=f"Own{stage}{block}")(type("Own", (), {}))
    for enter in SETTINGS.values():
        enter()
    return main_path(X, f, filters)


def clearing_the_session(X, f, filters, stage, block):
    keras.utils.clear_session()
    return of_layers_of_ones_own(X, f, filters, stage, block)


def drawing(X, f, filters, stage, block):
    keras.random.normal((3,)), tf.random.normal((3,)), np.random.rand(), random.random()
    return of_layers_of_ones_own(X, f, filters, stage, block)


def raising(X, f, filters, stage, block):
    of_layers_of_ones_own(X, f, filters, stage, block)
    with keras.name_scope("left"):
        an_error_in_a_layer()
        raise RuntimeError


KEPT = with_layers_that_are_kept()

CHECKED: dict[str, Callable[[], Any]] = {
    "a right answer": lambda: checks.run("identity_block", of_layers_of_ones_own),
    "layers that are kept": lambda: checks.run("identity_block", KEPT),
    "all settings": lambda: checks.run("identity_block", setting_everything),
    "a cleared session": lambda: checks.run("identity_block", clearing_the_session),
    "random numbers": lambda: checks.run("identity_block", drawing),
    "an error": lambda: checks.run("identity_block", raising),
    "no end": an_answer_without_end,
    "gradients": lambda: checks.run("gradient_norms", reference_solution("gradient_norms")),
    "a backbone": lambda: checks.run("transfer_model", reference_solution("transfer_model")),
    "something else": lambda: checks.run("unfreeze", 3),
}


def what_is_seen(model: keras.Model) -> list[Any]:
    """Return what a learner may see of a kernel: numbers drawn, names, settings, losses."""
    return [
        *(random.random(), np.random.rand(), float(keras.random.uniform(()))),
        *(float(tf.random.uniform(())), float(tf.random.uniform((), seed=1))),
        keras.initializers.GlorotUniform()((2, 2)).numpy().tolist(),
        *(layers.Conv2D(1, 1).name, layers.ReLU().name, keras.Input((1,)).name),
        *(keras.config.dtype_policy().name, keras.config.floatx(), keras.config.epsilon()),
        *(keras.config.image_data_format(), keras.config.max_epochs()),
        keras.config.is_traceback_filtering_enabled(),
        *(tf.config.functions_run_eagerly(), tf.executing_eagerly(), np.geterr()),
        sorted(keras.saving.get_custom_objects()),
        *fit(model),
        *(weight.tolist() for weight in a_small_model().get_weights()),
    ]


def other_settings() -> None:
    keras.config.set_floatx("float64")
    keras.config.set_dtype_policy("float64")
    keras.config.disable_traceback_filtering()


BEFORE = {
    "nothing": lambda: None,
    "other settings": other_settings,
    "a cleared session": keras.utils.clear_session,
}


def seen_after(before: str, checked: Iterable[str]) -> list[Any]:
    """Return what is seen of a new kernel after some checks."""
    with usual_settings():
        kernel = Kernel()
        kernel.run(BEFORE[before])
        kernel.run(lambda: keras.utils.set_random_seed(5))
        kernel.run(lambda: tf.random.uniform(()))
        model = kernel.run(a_small_model)
        for name in checked:
            kernel.run(CHECKED[name])
        seen = kernel.run(lambda: what_is_seen(model))
        kernel.shut_down()
    return seen


@pytest.fixture(scope="module")
def seen_after_nothing() -> list[Any]:
    return seen_after("nothing", ())


@pytest.mark.parametrize("checked", CHECKED)
def test_after_a_check_a_kernel_is_as_if_there_had_been_none(checked, seen_after_nothing):
    assert seen_after("nothing", [checked]) == seen_after_nothing


@pytest.mark.parametrize("before", ["other settings", "a cleared session"])
def test_after_all_checks_a_kernel_is_as_if_there_had_been_none(before):
    assert seen_after(before, CHECKED) == seen_after(before, ())


def test_the_own_cells_work_before_and_after_all_checks(kernel):
    kernel.run(fit)
    for checked in CHECKED.values():
        for function in (of_layers_of_ones_own, KEPT):
            kernel.run(lambda function=function: called_in_a_cell("identity_block", function))
        kernel.run(checked)
    assert np.isfinite(kernel.run(fit)).all()
