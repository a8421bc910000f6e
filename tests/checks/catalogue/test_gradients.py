"""The exercise on the gradients of convolutions (lesson 1)."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

import checks
from resnet_course.plain import GradientRecorder, gradient_norms


@pytest.mark.parametrize("grading", [False, True])
def test_the_reference_passes(grading: bool) -> None:
    report = checks.run("gradient_norms", gradient_norms, grading)
    assert report.passed, str(report)


def test_the_stub_scores_nothing() -> None:
    def stub(model: Any, images: Any, labels: Any) -> Any:
        raise NotImplementedError

    report = checks.run("gradient_norms", stub)
    assert not report.passed
    assert report.score == 0


def test_a_gradient_tape_passes() -> None:
    import tensorflow as tf

    def gradient_norms(model: Any, images: Any, labels: Any) -> Any:
        convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
        with tf.GradientTape() as tape:
            probabilities = model(images, training=True)
            losses = keras.losses.sparse_categorical_crossentropy(labels, probabilities)
            loss = tf.reduce_mean(losses)
        kernels = [layer.kernel.value for layer in convolutions]
        found = tape.gradient(loss, kernels)
        return {
            layer.name: tf.norm(gradient)
            for layer, gradient in zip(convolutions, found, strict=True)
        }

    report = checks.run("gradient_norms", gradient_norms)
    assert report.passed, str(report)


def test_weights_that_are_not_put_back_fail() -> None:
    def gradient_norms(model: Any, images: Any, labels: Any) -> Any:
        model.compile(GradientRecorder(), "sparse_categorical_crossentropy", run_eagerly=True)
        model.train_on_batch(images, labels)
        return {
            layer.name: np.linalg.norm(layer.get_weights()[0])
            for layer in model.layers
            if isinstance(layer, layers.Conv2D)
        }

    report = checks.run("gradient_norms", gradient_norms)
    assert report.cause == "The function changes the weights of its argument model"
    assert "get_weights" in str(report)


def test_weights_that_are_put_back_too_early_are_told_so() -> None:
    def gradient_norms(model: Any, images: Any, labels: Any) -> Any:
        weights = model.get_weights()
        model.compile(GradientRecorder(), "sparse_categorical_crossentropy", run_eagerly=True)
        model.train_on_batch(images, labels)
        model.set_weights(weights)
        return {
            layer.name: np.linalg.norm(layer.get_weights()[0])
            for layer in model.layers
            if isinstance(layer, layers.Conv2D)
        }

    cause = checks.run("gradient_norms", gradient_norms).cause
    assert cause == "The norms are those of the kernels, not of their gradients"


def test_the_step_of_an_ordinary_optimiser_is_told_from_a_gradient() -> None:
    def gradient_norms(model: Any, images: Any, labels: Any) -> Any:
        before = model.get_weights()
        kernels = {
            layer.name: layer.get_weights()[0]
            for layer in model.layers
            if isinstance(layer, layers.Conv2D)
        }
        model.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
        model.train_on_batch(images, labels)
        norms = {
            name: np.linalg.norm(model.get_layer(name).get_weights()[0] - kernel)
            for name, kernel in kernels.items()
        }
        model.set_weights(before)
        return norms

    report = checks.run("gradient_norms", gradient_norms)
    assert report.cause == "The norms are multiplied by the learning rate"


def test_a_model_that_is_compiled_is_named_though_its_weights_are_as_before() -> None:
    def gradient_norms(model: Any, images: Any, labels: Any) -> Any:
        weights = model.get_weights()
        model.compile(GradientRecorder(), "sparse_categorical_crossentropy", run_eagerly=True)
        model.train_on_batch(images, labels)
        norms = _norms(model)
        model.set_weights(weights)
        return norms

    report = checks.run("gradient_norms", gradient_norms)
    assert report.cause == "The function compiles the model that it was given"
    assert report.score == 1


def test_a_model_whose_layers_are_frozen_is_named() -> None:
    def wrong(model: Any, images: Any, labels: Any) -> Any:
        norms = gradient_norms(model, images, labels)
        model.layers[1].trainable = model.layers[-1].trainable = False
        return norms

    cause = checks.run("gradient_norms", wrong).cause
    assert cause == "The function changes which layers of the model are trainable"


@pytest.mark.parametrize(
    ("order", "words"),
    [(lambda names: names[::-1], "in the reverse order"), (sorted, "not in the order")],
)
def test_norms_in_another_order_than_the_layers_are_told_so(order: Any, words: str) -> None:
    def wrong(model: Any, images: Any, labels: Any) -> Any:
        norms = gradient_norms(model, images, labels)
        return {name: norms[name] for name in order(list(norms))}

    report = checks.run("gradient_norms", wrong)
    cause = f"The entries of the dictionary are {words} of the layers of the model"
    assert report.cause == cause
    assert [each.name for each in report.results if each.status == "failed"] == [
        "order of the entries"
    ]


def _norms(model: Any) -> dict[str, float]:
    return {
        layer.name: float(np.linalg.norm(layer.get_weights()[0]))
        for layer in model.layers
        if isinstance(layer, layers.Conv2D)
    }
