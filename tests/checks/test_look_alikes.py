"""Answers that look right and are not, or that a check cannot see into: none of them passes."""

from collections.abc import Callable

import keras
import numpy as np
import pytest
from keras import layers, ops

import checks
from tests.checks.test_equivalents import lists_filled_in_a_loop, main_path, unit

ANSWERS: list[tuple[str, Callable, str]] = []


def look_alike(exercise: str, words: str) -> Callable[[Callable], Callable]:
    """Enter a function; `words` is something that the report on it has to say."""

    def enter(function: Callable) -> Callable:
        ANSWERS.append((exercise, function, words))
        return function

    return enter


def not_a_relu():
    def relu(values):
        return values

    return relu


@look_alike("identity_block", "The ReLU after the addition is missing")
def a_function_that_is_only_called_relu(X, f, filters, stage, block):
    return layers.Activation(not_a_relu())(main_path(X, f, filters) + X)


@look_alike("plain_stack", "The ReLUs are missing")
def an_activation_that_is_only_called_relu(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=not_a_relu())(X)
    return X


@look_alike("identity_block", "Dropout")
def dropout_left_in(X, f, filters, stage, block):
    return layers.ReLU()(layers.Dropout(0.2)(main_path(X, f, filters)) + X)


@look_alike("identity_block", "GaussianNoise")
def noise_while_training(X, f, filters, stage, block):
    return layers.ReLU()(layers.GaussianNoise(0.1)(main_path(X, f, filters)) + X)


@look_alike("identity_block", "training=True")
def one_normalisation_fixed_to_training(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = layers.ReLU()(unit(X, F1, 1))
    Y = layers.BatchNormalization()(layers.Conv2D(F2, f, padding="same")(Y), training=True)
    return layers.ReLU()(unit(layers.ReLU()(Y), F3, 1) + X)


@look_alike("identity_block", "2 × Conv2D")
def a_trainable_layer_without_effect(X, f, filters, stage, block):
    return layers.ReLU()(main_path(X, f, filters) + X + 0 * layers.Conv2D(filters[-1], 1)(X))


@look_alike("identity_block", "frozen")
def a_frozen_convolution(X, f, filters, stage, block):
    F1, F2, F3 = filters
    Y = layers.ReLU()(unit(X, F1, 1, trainable=False))
    return layers.ReLU()(unit(layers.ReLU()(unit(Y, F2, f)), F3, 1) + X)


class NormalisesOnlyWhileTraining(layers.Layer):
    def __init__(self):
        super().__init__()
        self.normalisation = layers.BatchNormalization()

    def call(self, X, training=False):
        return self.normalisation(X) if training else X


@look_alike("identity_block", "NormalisesOnlyWhileTraining")
def a_layer_that_is_another_one_while_training(X, f, filters, stage, block):
    return ops.relu(NormalisesOnlyWhileTraining()(main_path(X, f, filters)) + X)


class OwnWeights(layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(1, 1, shape[-1], shape[-1]), name="kernel")

    def call(self, X):
        return ops.conv(X, self.kernel)


@look_alike("identity_block", "There is one convolution too many")
def a_layer_with_weights_of_its_own(X, f, filters, stage, block):
    return ops.relu(OwnWeights()(main_path(X, f, filters)) + X)


@look_alike("identity_block", "cannot see into the layer 'lambda' of the class Lambda")
def a_lambda_that_needs_numbers(X, f, filters, stage, block):
    def relu(values):
        return np.maximum(np.asarray(values), 0)

    return layers.Lambda(relu, output_shape=lambda shape: shape)(main_path(X, f, filters) + X)


class TwoAtOnce(layers.Layer):
    def compute_output_spec(self, X):
        return keras.KerasTensor(X.shape), keras.KerasTensor(X.shape)

    def call(self, X):
        return np.maximum(np.asarray(X), 0), X


@look_alike("identity_block", "cannot see into the layer 'two_at_once' of the class TwoAtOnce")
def a_layer_with_two_outputs_that_needs_numbers(X, f, filters, stage, block):
    return TwoAtOnce()(main_path(X, f, filters) + X)[1]


class Unfriendly(layers.Layer):
    def __init__(self, what):
        super().__init__()
        self.what = what

    def call(self, X):
        raise SystemError(self.what)

    def compute_output_shape(self, shape):
        return shape


@look_alike("identity_block", "cannot see into the layer 'unfriendly' of the class Unfriendly")
def a_layer_that_never_computes(X, f, filters, stage, block):
    return layers.ReLU()(Unfriendly("nothing")(main_path(X, f, filters)) + X)


@look_alike("identity_block", "cannot see into")
def a_wrapper_of_a_layer_that_never_computes(X, f, filters, stage, block):
    wrapped = layers.TimeDistributed(Unfriendly("nothing"))
    return layers.ReLU()(wrapped(main_path(X, f, filters)) + X)


@look_alike("identity_block", "KerasTensor")
def the_block_and_its_input(X, f, filters, stage, block):
    return layers.ReLU()(main_path(X, f, filters) + X), X


@look_alike("ResNet50", "2 outputs")
def a_model_with_two_outputs(input_shape=(64, 64, 3), classes=6):
    inputs = keras.Input(input_shape)
    return keras.Model(inputs, [layers.ReLU()(inputs), inputs])


@look_alike("output_size", "string")
def a_number_in_quotes(size, kernel, stride, padding):
    return str(-(-(size if padding == "same" else size - kernel + 1) // stride))


@look_alike("confidence", "form of the result")
def labels_in_quotes(probabilities):
    labels, sure = lists_filled_in_a_loop(probabilities)
    return [list(map(str, labels)), sure]


@look_alike("confidence", "generator")
def a_generator(probabilities):
    yield from lists_filled_in_a_loop(probabilities)


@pytest.mark.parametrize(
    ("exercise", "function", "words"),
    [pytest.param(*each, id=f"{each[0]}-{each[1].__name__}") for each in ANSWERS],
)
def test_a_look_alike_is_refused_and_the_report_says_what_it_saw(exercise, function, words):
    report = checks.run(exercise, function)
    assert not report.passed
    assert words in str(report), str(report)
    if "cannot see into" in words:
        counted = {"convolutions", "batch normalisations", "activations", "additions"}
        assert {each.status for each in report.results if each.name in counted} == {"not run"}
