"""Temperature: one number that makes a model as sure as it is right.

Label smoothing makes probabilities too modest, training for long makes them too sure. Dividing
what goes into the softmax by a temperature corrects both and leaves the predictions as they are
(Guo et al. 2017, arXiv:1706.04599, section 4.2).
"""

import keras
import numpy as np
from keras import layers, ops

#: Name of the layer that divides by the temperature.
LAYER = "temperature"

#: Taken for the logarithm of a probability that is 0.
SMALLEST = 1e-30

#: Before any image is seen, the temperature is taken to be 1, give or take this factor's logarithm:
#: a few images that are all right would otherwise say that the model is always right.
SPREAD = 0.7

#: Least and greatest temperature that is looked at.
LEAST, MOST = 0.05, 20.0


def fit_temperature(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Find the temperature under which labels are most probable.

    Args:
        probabilities: What a model says about images that it was not trained on, of shape
            `(images, classes)`.
        labels: Their labels, integers of shape `(images,)`.

    Returns:
        The temperature: below 1 if the model is too modest, above if it is too sure.
    """
    from scipy.optimize import minimize_scalar

    logits = _logs(probabilities)
    own = np.arange(len(labels)), labels

    def loss(log_temperature: float) -> float:
        scaled = logits / np.exp(log_temperature)
        surprise = np.logaddexp.reduce(scaled, axis=1) - scaled[own]
        return float(surprise.sum() + (log_temperature / SPREAD) ** 2 / 2)

    limits = np.log(LEAST), np.log(MOST)
    return float(np.exp(minimize_scalar(loss, bounds=limits, method="bounded").x))


def tempered(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return probabilities under a temperature, float64 of the same shape."""
    scaled = _logs(probabilities) / temperature
    return np.exp(scaled - np.logaddexp.reduce(scaled, axis=1, keepdims=True))


def calibrated(model: keras.Model, temperature: float) -> keras.Model:
    """Put a temperature at the end of a model.

    Args:
        model: From images to probabilities.
        temperature: See `fit_temperature`.

    Returns:
        A model from images to probabilities, of Keras's own layers, that shares the weights;
        `model` itself if the temperature is 1.
    """
    if temperature == 1:
        return model
    X = ops.log(ops.maximum(model.outputs[0], SMALLEST))
    X = layers.Rescaling(1 / temperature, name=LAYER)(X)
    outputs = layers.Softmax(name="calibrated")(X)
    return keras.Model(model.inputs[0], outputs, name=model.name)


def temperature_of(model: keras.Model) -> float:
    """Return the temperature at the end of a model, 1 if there is none."""
    return 1 / float(model.get_layer(LAYER).scale) if _has_temperature(model) else 1.0


def uncalibrated(model: keras.Model) -> keras.Model:
    """Undo what `calibrated` did."""
    if not _has_temperature(model):
        return model
    X = model.get_layer(LAYER).input
    for _ in ("log", "maximum"):
        X = X._keras_history.operation._inbound_nodes[0].input_tensors[0]
    return keras.Model(model.inputs[0], X, name=model.name)


def _has_temperature(model: keras.Model) -> bool:
    return any(layer.name == LAYER for layer in model.layers)


def _logs(probabilities: np.ndarray) -> np.ndarray:
    return np.log(np.maximum(probabilities.astype(np.float64), SMALLEST))
