"""The exercises of lesson 4."""

import inspect

import keras
import numpy as np
import pytest
from keras import layers

import resnet_course.resnet as reference
from checks.catalogue import EXERCISES
from checks.judging.judge import judge
from checks.probing.probe import probe
from checks.report import Report
from resnet_course.blocks import basic_block, convolutional_block, identity_block

NAMES = ("stem", "bottleneck_stage", "ResNet50", "mnist_resnet")


def check(name: str, function, grading: bool = False) -> Report:
    exercise = EXERCISES[name]
    cases = exercise.cases(np.random.default_rng(0), grading)
    return judge(exercise, cases, probe(function, cases))


@pytest.mark.parametrize("grading", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_the_reference_solution_passes(name: str, grading: bool) -> None:
    report = check(name, getattr(reference, name), grading)
    assert report.passed, str(report)
    assert report.score == 1


@pytest.mark.parametrize("name", NAMES)
def test_the_stub_scores_nothing(name: str) -> None:
    def stub(*arguments, **others):
        raise NotImplementedError

    stub.__signature__ = inspect.signature(getattr(reference, name))
    report = check(name, stub)
    assert report.score == 0
    assert report.cause == "The exercise is not started"


def stem_in_other_words(X):
    """Keep the default epsilon, leave out the bias, pad with zeros before the ReLU."""
    X = layers.ZeroPadding2D(((3, 3), (3, 3)))(X)
    X = layers.Conv2D(64, (7, 7), (2, 2), use_bias=False)(X)
    X = layers.BatchNormalization()(X)
    X = layers.ZeroPadding2D(1)(X)
    return layers.MaxPooling2D((3, 3), (2, 2))(keras.ops.relu(X))


def stem_that_pools_first(X):
    """Rectify after the pooling: the largest of the rectified is the rectified largest."""
    X = layers.Conv2D(64, 7, 2)(layers.ZeroPadding2D(3)(X))
    X = layers.BatchNormalization()(X)
    return layers.ReLU()(layers.MaxPooling2D(3, 2)(layers.ZeroPadding2D(1)(X)))


def stage_by_recursion(X, filters, stage, blocks, s=2):
    if blocks == 1:
        return convolutional_block(X, 3, list(filters), stage, "a", s)
    X = stage_by_recursion(X, filters, stage, blocks - 1, s)
    return identity_block(X, 3, filters, stage, f"number_{blocks}")


def resnet50_from_its_table(input_shape=(64, 64, 3), classes=6):
    """Take the mean with `keras.ops`, apply softmax as a layer, name the blocks otherwise."""
    X = inputs = layers.Input(shape=input_shape)
    X = reference.stem(X)
    for stage, blocks in enumerate((3, 4, 6, 3), start=2):
        width = 2 ** (stage + 4)
        filters = [width, width, 4 * width]
        X = convolutional_block(X, 3, filters, stage, "first", s=min(stage - 1, 2))
        for number in range(1, blocks):
            X = identity_block(X, 3, filters, stage, f"other{number}")
    X = keras.ops.mean(X, axis=(1, 2))
    return keras.Model(inputs, layers.Softmax()(layers.Dense(classes)(X)))


def mnist_resnet_by_hand(input_shape=(28, 28, 1), classes=10, widths=(32, 64, 128)):
    inputs = keras.Input(input_shape)
    X = layers.Conv2D(widths[0], 3, padding="same")(inputs)
    X = layers.MaxPooling2D()(layers.ReLU()(layers.BatchNormalization()(X)))
    for number, width in enumerate(widths):
        X = basic_block(X, width, number, "only", s=2 if number else 1)
    X = layers.GlobalAveragePooling2D()(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("stem", stem_in_other_words),
        ("stem", stem_that_pools_first),
        ("bottleneck_stage", stage_by_recursion),
        ("ResNet50", resnet50_from_its_table),
        ("mnist_resnet", mnist_resnet_by_hand),
    ],
)
def test_another_right_answer_passes(name: str, answer) -> None:
    report = check(name, answer)
    assert report.passed, str(report)


def test_the_first_difference_is_told_by_stage_and_block() -> None:
    def answer(input_shape=(64, 64, 3), classes=6):
        inputs = keras.Input(input_shape)
        X = reference.bottleneck_stage(reference.stem(inputs), (64, 64, 256), 2, 3, s=1)
        X = convolutional_block(X, 3, (128, 128, 512), 3, "a")
        X = identity_block(X, 5, (128, 128, 512), 3, "b")
        for stage, blocks in ((3, 2), (4, 6), (5, 3)):
            width = 2 ** (stage + 4)
            filters, s = (width, width, 4 * width), 1 if stage == 3 else 2
            X = reference.bottleneck_stage(X, filters, 10 + stage, blocks, s)
        X = layers.GlobalAveragePooling2D()(X)
        return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))

    report = check("ResNet50", answer)
    failed = next(result for result in report.results if result.name == "wiring")
    assert failed.expected.startswith("stage 3, block b: Conv2D 128 filters 3×3 after ReLU 1")
    assert failed.received.startswith("Conv2D 128 filters 5×5")


def test_a_tensor_in_place_of_a_model_is_told() -> None:
    def answer(input_shape, classes):
        return reference.ResNet50(input_shape, classes).output

    report = check("ResNet50", answer)
    failed = next(result for result in report.results if result.status == "failed")
    assert failed.name == "returns the right kind"
    assert failed.expected == "a Keras model"
