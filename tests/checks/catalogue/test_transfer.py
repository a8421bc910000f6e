"""The exercises of lesson 5."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import checks
from checks.catalogue import EXERCISES
from resnet_course import transfer_learning

NAMES = ("transfer_model", "count_parameters", "unfreeze", "confidence", "compare_stages")


def titled(name: str, part: str) -> str:
    """Return the whole title of a mistake."""
    return next(each.title for each in EXERCISES[name].mistakes if part in each.title)


def head(X: Any, classes: int) -> Any:
    X = layers.GlobalAveragePooling2D()(X)
    X = layers.Dense(128, activation="relu")(X)
    return layers.Dense(classes, activation="softmax")(X)


def compile_for_tuning(model: keras.Model, rate: float) -> keras.Model:
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    return model


def unfreeze_inside(model: keras.Model, normalisations: bool = False) -> None:
    for part in model.layers:
        part.trainable = True
        for layer in getattr(part, "layers", []):
            layer.trainable = normalisations or not isinstance(layer, layers.BatchNormalization)


@pytest.mark.parametrize("grading", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_passes(name, grading):
    report = checks.run(name, getattr(transfer_learning, name), grading=grading)
    assert report.passed, str(report)
    assert report.score == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_stub_gets_nothing(name):
    def stub(*arguments: Any, **others: Any) -> None:
        raise NotImplementedError

    parameters = ", ".join(EXERCISES[name].parameters)
    function = eval(f"lambda {parameters}: stub()", {"stub": stub})
    report = checks.run(name, function)
    assert not report.passed
    assert report.score == 0


def normalised_before_resizing(digits: Any, size: int = 224) -> Any:
    grey = digits.reshape(*digits.shape[:3], 1).astype("float32")
    bgr = np.concatenate([grey - 103.939, grey - 116.779, grey - 123.68], axis=-1)
    return keras.ops.image.resize(bgr, (size, size))


def prepared_by_keras(digits: Any, size: int = 224) -> Any:
    if digits.ndim == 3:
        digits = digits[..., np.newaxis]
    rgb = keras.ops.image.resize(keras.ops.cast(digits.repeat(3, -1), "float32"), (size, size))
    return keras.applications.resnet50.preprocess_input(rgb)


def as_sequential(backbone: keras.Model, classes: int = 10) -> keras.Model:
    backbone.trainable = False
    return keras.Sequential(
        [
            keras.Input(backbone.input_shape[1:]),
            backbone,
            layers.GlobalAveragePooling2D(),
            layers.Dense(128),
            layers.ReLU(),
            layers.Dense(classes),
            layers.Softmax(),
        ]
    )


def on_the_backbones_own_output(backbone: keras.Model, classes: int = 10) -> keras.Model:
    for layer in backbone.layers:
        layer.trainable = False
    return keras.Model(backbone.input, head(backbone.output, classes))


def pooled_by_an_operation(backbone: keras.Model, classes: int = 10) -> keras.Model:
    inputs = keras.Input(backbone.input_shape[1:])
    X = keras.ops.mean(backbone(inputs), axis=(1, 2))
    X = layers.Dense(128, activation=keras.activations.relu)(X)
    backbone.trainable = False
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


def unfrozen_one_by_one(model: keras.Model, learning_rate: float = 1e-5) -> keras.Model:
    unfreeze_inside(model)
    model.compile(
        keras.optimizers.Adam(learning_rate), keras.losses.SparseCategoricalCrossentropy()
    )
    return model


def unfrozen_and_frozen_again(model: keras.Model, learning_rate: float = 1e-5) -> keras.Model:
    unfreeze_inside(model, normalisations=True)
    for part in model.layers:
        for layer in getattr(part, "layers", []):
            if "normalisation" in layer.name:
                layer.trainable = False
    return compile_for_tuning(model, learning_rate)


def counted_by_numpy(model: keras.Model) -> list[int]:
    total = model.count_params()
    return [total - sum(value.numpy().size for value in model.non_trainable_weights), total]


def sorted_confidence(probabilities: np.ndarray) -> Any:
    order = np.argsort(probabilities, axis=-1)
    return [row[-1] for row in order], np.sort(probabilities, axis=-1)[:, -1]


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("digits_to_images", normalised_before_resizing),
        ("digits_to_images", prepared_by_keras),
        ("transfer_model", as_sequential),
        ("transfer_model", on_the_backbones_own_output),
        ("transfer_model", pooled_by_an_operation),
        ("unfreeze", unfrozen_one_by_one),
        ("unfreeze", unfrozen_and_frozen_again),
        ("count_parameters", counted_by_numpy),
        ("confidence", sorted_confidence),
    ],
)
def test_another_right_answer_passes(name: str, answer: Callable[..., Any]) -> None:
    for grading in (False, True):
        report = checks.run(name, answer, grading=grading)
        assert report.passed, str(report)


def resized_as_uint8(digits: Any, size: int = 224) -> Any:
    rgb = digits.reshape(*digits.shape[:3], 1).repeat(3, -1)
    rgb = keras.ops.convert_to_numpy(keras.ops.image.resize(rgb, (size, size)))
    return rgb.astype("float32") - np.array([103.939, 116.779, 123.68])


def not_frozen(backbone: keras.Model, classes: int = 10) -> keras.Model:
    inputs = keras.Input(backbone.input_shape[1:])
    return keras.Model(inputs, head(backbone(inputs, training=False), classes))


def all_frozen(backbone: keras.Model, classes: int = 10) -> keras.Model:
    model = not_frozen(backbone, classes)
    model.trainable = False
    return model


def flag_set_on_the_whole(model: keras.Model, learning_rate: float = 1e-5) -> keras.Model:
    for part in model.layers:
        part.trainable = True
    return compile_for_tuning(model, learning_rate)


def not_unfrozen(model: keras.Model, learning_rate: float = 1e-5) -> keras.Model:
    return compile_for_tuning(model, learning_rate)


def not_compiled(model: keras.Model, learning_rate: float = 1e-5) -> keras.Model:
    unfreeze_inside(model)
    return model


def old_optimiser(model: keras.Model, learning_rate: float = 1e-5) -> keras.Model:
    unfreeze_inside(model)
    model.optimizer.learning_rate = learning_rate
    return model


def default_rate(model: keras.Model, learning_rate: float = 1e-5) -> keras.Model:
    unfreeze_inside(model)
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def counted_by_layers(model: keras.Model) -> tuple[int, int]:
    trainable = sum(layer.count_params() for layer in model.layers if layer.trainable)
    return trainable, model.count_params()


@pytest.mark.parametrize(
    ("name", "answer", "title"),
    [
        ("transfer_model", not_frozen, "The backbone is not frozen"),
        ("transfer_model", all_frozen, "Everything is frozen"),
        ("unfreeze", flag_set_on_the_whole, "normalisations are unfrozen too"),
        ("unfreeze", not_unfrozen, "The backbone stays frozen"),
        ("unfreeze", not_compiled, "is not compiled again"),
        ("unfreeze", old_optimiser, "The old optimiser"),
        ("unfreeze", default_rate, "Adam's default"),
        ("count_parameters", counted_by_layers, "moving statistics count as trainable"),
    ],
)
def test_a_mistake_is_named_in_keras_code(
    name: str, answer: Callable[..., Any], title: str
) -> None:
    report = checks.run(name, answer)
    assert not report.passed
    assert report.cause == titled(name, title), str(report)


@pytest.mark.parametrize("last", [1, 2])
def test_last_layers_without_weights_are_told_from_a_backbone_that_stays_frozen(last: int) -> None:
    def unfreeze(model: Any, learning_rate: float = 1e-5) -> Any:
        for part in model.layers:
            part.trainable = True
            for layer in getattr(part, "layers", [])[:-last]:
                layer.trainable = False
            for layer in getattr(part, "layers", [])[-last:]:
                layer.trainable = not isinstance(layer, layers.BatchNormalization)
        return compile_for_tuning(model, learning_rate)

    assert checks.run("unfreeze", unfreeze).cause == titled("unfreeze", "have no weights to train")


def test_resizing_whole_numbers_is_named() -> None:
    report = checks.run("digits_to_images", resized_as_uint8)
    assert not report.passed
    assert report.cause == "The resized images are rounded to whole numbers"


def test_the_report_tells_both_numbers_of_trainable_parameters():
    report = checks.run("transfer_model", not_frozen)
    failed = next(result for result in report.results if result.status == "failed")
    assert failed.name == "trainable parameters"
    assert int(failed.expected.split()[0]) < int(failed.received)


def test_a_function_that_returns_nothing_is_told_so():
    def forgetful(model: keras.Model, learning_rate: float = 1e-5) -> None:
        unfrozen_one_by_one(model, learning_rate)

    report = checks.run("unfreeze", forgetful)
    assert report.cause == "The function returns nothing"
    assert "nothing (None)" in str(report)


def test_a_new_model_of_the_same_layers_is_not_the_model_that_was_given() -> None:
    def unfreeze(model: Any, learning_rate: float = 1e-5) -> Any:
        unfreeze_inside(model)
        return compile_for_tuning(keras.Model(model.inputs, model.outputs), learning_rate)

    report = checks.run("unfreeze", unfreeze)
    assert report.cause == titled("unfreeze", "Another model is prepared")
    assert [each.name for each in report.results if each.status == "failed"] == [
        "returns the same model"
    ]


def test_a_wrong_number_of_trainable_parameters_comes_with_the_frozen_layers() -> None:
    def unfreeze(model: Any, learning_rate: float = 1e-5) -> Any:
        unfreeze_inside(model)
        model.get_layer("hidden_layer").trainable = False
        return compile_for_tuning(model, learning_rate)

    why = next(each.why for each in checks.run("unfreeze", unfreeze).results if each.why)
    assert why.startswith("Frozen: ")
    assert "hidden_layer" in why
