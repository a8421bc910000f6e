"""Prints reports as JSON, by the name of the answer, on whatever backend `KERAS_BACKEND` names.

Right answers are the reference solutions of all exercises, and some that use the backend's own
functions or weights of a layer's own; the wrong ones are below, for each kind of exercise.
"""

import functools
import importlib
import json
from collections.abc import Callable

import keras
import numpy as np
from keras import layers, ops

import checks
from resnet_course.desk.solutions import reference_solution

#: Where the backends have their activations.
ACTIVATIONS = {"tensorflow": "tensorflow.nn", "jax": "jax.nn", "torch": "torch.nn.functional"}


def of_the_backend(name):
    return getattr(importlib.import_module(ACTIVATIONS[keras.backend.backend()]), name)


class OwnConvolution(layers.Layer):
    def __init__(self, width, activation):
        super().__init__()
        self.width, self.activation = width, activation

    def build(self, shape):
        self.kernel = self.add_weight(shape=(3, 3, shape[-1], self.width))
        self.bias = self.add_weight(shape=(self.width,), initializer="zeros")

    def call(self, X):
        return self.activation(ops.conv(X, self.kernel, padding="same") + self.bias)


def an_activation_of_the_backend(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=of_the_backend("relu"))(X)
    return X


def convolutions_by_hand(X, depth, width):
    for _ in range(depth):
        X = OwnConvolution(width, lambda t: of_the_backend("relu")(t))(X)
    return X


def another_activation_of_the_backend(X, depth, width):
    for _ in range(depth):
        X = layers.Conv2D(width, 3, padding="same", activation=of_the_backend("elu"))(X)
    return X


def another_slope_of_the_backend(X, depth, width):
    leaky = functools.partial(
        of_the_backend("leaky_relu"), **{SLOPES[keras.backend.backend()]: 0.1}
    )
    for _ in range(depth):
        X = layers.Activation(leaky)(layers.Conv2D(width, 3, padding="same")(X))
    return X


#: What the backends call the slope of a leaky ReLU.
SLOPES = {"tensorflow": "alpha", "jax": "negative_slope", "torch": "negative_slope"}


def no_shortcut(X, f, filters, stage, block):
    for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True)):
        X = layers.Conv2D(width, kernel, padding="same", name=f"res{stage}{block}{number}")(X)
        X = layers.BatchNormalization(name=f"bn{stage}{block}{number}")(X)
        X = layers.ReLU(name=f"relu{stage}{block}{number}")(X)
    return X


def shapes_that_do_not_fit(X, f, filters, stage, block):
    return layers.Add()([layers.Conv2D(filters[0], 1)(X), X])


def a_layer_that_is_not_known(X, depth, width):
    return layers.LayerNormalization()(layers.Conv2D(width, 3, padding="same")(X))


def no_stages(input_shape, classes):
    inputs = keras.Input(input_shape)
    X = ops.mean(ops.relu(layers.Conv2D(64, 7, strides=2)(inputs)), axis=(1, 2))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


def nothing_frozen(backbone, classes):
    inputs = keras.Input(backbone.input_shape[1:])
    X = layers.GlobalAveragePooling2D()(backbone(inputs, training=False))
    X = layers.Dense(128, activation="relu")(X)
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(X))


def squared_norms(model, images, labels):
    return {
        name: norm**2
        for name, norm in reference_solution("gradient_norms")(model, images, labels).items()
    }


def swapped(probabilities):
    return np.max(probabilities, axis=1), np.argmax(probabilities, axis=1)


def only_trainable(model):
    count = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    return count, count


def red_first(digits, size=224):
    return reference_solution("digits_to_images")(digits, size)[..., ::-1]


RIGHT = {
    an_activation_of_the_backend: "plain_stack",
    convolutions_by_hand: "plain_stack",
}

WRONG = {
    another_activation_of_the_backend: "plain_stack",
    another_slope_of_the_backend: "plain_stack",
    no_shortcut: "identity_block",
    shapes_that_do_not_fit: "identity_block",
    a_layer_that_is_not_known: "plain_stack",
    no_stages: "ResNet50",
    nothing_frozen: "transfer_model",
    squared_norms: "gradient_norms",
    swapped: "confidence",
    only_trainable: "count_parameters",
    red_first: "digits_to_images",
}


def reports() -> dict[str, dict]:
    right = {name: report(name, reference_solution(name)) for name in checks.exercise_names()}
    others = {**RIGHT, **WRONG}
    return right | {each.__name__: report(name, each) for each, name in others.items()}


def report(exercise: str, function: Callable) -> dict:
    """Return a report without its traceback, which names the folders of libraries."""
    data = checks.run(exercise, function, seconds=300).to_dict()
    return {key: value for key, value in data.items() if key != "traceback"}


if __name__ == "__main__":
    print(json.dumps({"backend": keras.backend.backend(), "reports": reports()}))
