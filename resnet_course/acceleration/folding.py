"""Folding: batch normalisation made part of the convolution before it.

In inference a batch normalisation multiplies and adds what it has stored, channel by channel, and
so does a convolution with other weights: (Jacob et al. 2018, arXiv:1712.05877, equation 14). What
is saved are passes over whole feature maps.
"""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
from keras import KerasTensor, layers

from resnet_course.acceleration.training_twin import is_of_keras


def folded(model: keras.Model) -> keras.Model:
    """Copy a model so that it predicts the same in less time.

    Args:
        model: A functional or sequential model.

    Returns:
        A model for inference only, equal but for rounding. `model` itself if it has custom
        layers, or nothing in it can be folded.
    """
    pairs = {id(conv): norm for conv, norm in _pairs(model)}
    gone = {id(norm) for norm in pairs.values()}
    if not pairs or not is_of_keras(model):
        return model

    def copy(layer: keras.Layer) -> keras.Layer:
        config = layer.get_config()
        if id(layer) in gone:
            return _Passing(name=layer.name)
        if id(layer) in pairs:
            config["use_bias"] = True
        return layer.__class__.from_config(config)

    twin = keras.models.clone_model(model, clone_function=copy, recursive=True)
    for old, new in zip(_layers(model), _layers(twin), strict=True):
        if id(old) in pairs:
            new.set_weights(_folded_weights(old, pairs[id(old)]))
        elif id(old) not in gone:
            new.set_weights(old.get_weights())
    return twin


class _Passing(layers.Layer):
    """Takes the place of a batch normalisation and lets everything pass."""

    def call(self, inputs: KerasTensor, training: Any = None, mask: Any = None) -> KerasTensor:
        return inputs


def _layers(model: keras.Model) -> Iterator[keras.Layer]:
    """Yield all layers, those of models within it in their place."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from _layers(layer)
        else:
            yield layer


def _pairs(model: keras.Model) -> Iterator[tuple[layers.Conv2D, layers.BatchNormalization]]:
    """Yield convolutions whose outputs go to a batch normalisation and nowhere else."""
    for norm in _layers(model):
        if type(norm) is not layers.BatchNormalization or len(norm._inbound_nodes) != 1:
            continue
        conv = norm.input._keras_history.operation
        if (
            type(conv) is layers.Conv2D
            and norm.axis in (3, -1)
            and conv.data_format == "channels_last"
            and conv.activation is keras.activations.linear
            and len(conv._inbound_nodes) == len(conv._outbound_nodes) == 1
        ):
            yield conv, norm


def _folded_weights(
    conv: layers.Conv2D, norm: layers.BatchNormalization
) -> tuple[np.ndarray, np.ndarray]:
    """Return the kernel and bias of a convolution that normalises, too."""
    arrays = [np.asarray(array, np.float64) for array in norm.get_weights()]
    gamma = arrays.pop(0) if norm.scale else 1.0
    beta = arrays.pop(0) if norm.center else 0.0
    mean, variance = arrays
    factor = gamma / np.sqrt(variance + norm.epsilon)
    kernel, *bias = conv.get_weights()
    return kernel * factor, (sum(bias) - mean) * factor + beta
