"""The model that trains in another's place: the same weights, faster layers."""

import keras
from keras import layers

from resnet_course.acceleration.batch_norm import FusedBatchNormalization, has_kernel
from resnet_course.acceleration.small_maps import SmallMapConv2D, measured_here

#: Layers that stay in float32: they see pixels or make probabilities.
EXACT = (layers.InputLayer, layers.Rescaling, layers.Resizing, layers.Cropping2D, layers.Dense)


def training_twin(model: keras.Model, precision: str = "float32") -> keras.Model:
    """Copy a model so that it trains faster to the same end.

    Batch normalisations run in one kernel where the backend has one, and convolutions over small
    maps as matrix products. In bfloat16, layers compute in half the bits; dense layers and what
    prepares pixels do not, and weights stay in float32.

    Args:
        model: A functional or sequential model.
        precision: `"float32"` or `"bfloat16"`.

    Returns:
        A model with the same layers, and copies of the weights in the same order: give them back
        with `model.set_weights(twin.get_weights())`. `model` itself if a copy would not be faster,
        or, in float32, if it has layers that Keras does not know how to copy.
    """
    in_bfloat16 = precision == "bfloat16"
    if not in_bfloat16 and not (has_kernel() and is_of_keras(model)):
        return model

    def copy(layer: keras.Layer) -> keras.Layer:
        kind, config = layer.__class__, layer.get_config()
        if kind is layers.BatchNormalization and has_kernel():
            kind = FusedBatchNormalization
        elif kind is layers.Conv2D and has_kernel() and measured_here():
            kind = SmallMapConv2D
        if in_bfloat16 and not isinstance(layer, EXACT):
            config["dtype"] = "mixed_bfloat16"
        return kind.from_config(config)

    twin = keras.models.clone_model(model, clone_function=copy, recursive=True)
    twin.set_weights(model.get_weights())
    return twin


def is_of_keras(layer: keras.Layer) -> bool:
    """Return whether a layer, and all within it, are of Keras's own kinds."""
    within = layer.layers if isinstance(layer, keras.Model) else []
    return layer.__class__.__module__.startswith("keras.") and all(map(is_of_keras, within))
