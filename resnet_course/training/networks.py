"""Networks by name, ready for raw pixels: what `train` builds and saves."""

from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np
from keras import KerasTensor, layers

from resnet_course import resnet
from resnet_course.choices import choose
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.training.recipes import SMALLEST, Recipe
from resnet_course.training.temperature import uncalibrated


@dataclass(frozen=True)
class Network:
    """What a network needs of its images.

    Attributes:
        build: Builds it from an input shape and a number of classes.
        channels: Number of channels it takes, or None for any.
    """

    build: Callable[[tuple[int, int, int], int], keras.Model]
    channels: int | None


NETWORKS = {
    "custom": Network(resnet.mnist_resnet, channels=None),
    "resnet18": Network(resnet.ResNet18, channels=3),
    "resnet34": Network(resnet.ResNet34, channels=3),
    "resnet50": Network(resnet.ResNet50, channels=3),
    "resnet101": Network(resnet.ResNet101, channels=3),
    "resnet152": Network(resnet.ResNet152, channels=3),
}


def build(name: str, dataset: Dataset, recipe: Recipe) -> keras.Model:
    """Build a network that takes a data set's raw images; see `from_pixels`.

    Args:
        name: One of `NETWORKS`.
        dataset: Data set that gives the shape of the images, the classes and the normalisation.
        recipe: Recipe that gives crop, size to resize to and batch normalisation's momentum.

    Returns:
        A model from uint8 images of shape `(batch, height, width, channels)` to probabilities of
        shape `(batch, classes)`.

    Raises:
        CourseError: If there is no such network, or the images are too small for it.
    """
    choose(name, NETWORKS, "model")
    network = NETWORKS[name]
    height, width, channels = dataset.image_shape
    height, width = height - 2 * recipe.crop, width - 2 * recipe.crop
    if recipe.image_size is not None and min(height, width) > 0:
        height = width = recipe.image_size
    if min(height, width) < SMALLEST[name]:
        raise CourseError(
            f"{name} needs images of {SMALLEST[name]} pixels or more a side: {dataset.name} "
            f"gives {height}x{width}. Set the image size to {SMALLEST[name]} or more, and crop "
            "less."
        )
    body = network.build((height, width, network.channels or channels), dataset.classes)
    set_batch_norm_momentum(body, recipe.batch_norm_momentum)
    return from_pixels(body, dataset, name, recipe.crop)


def set_batch_norm_momentum(network: keras.Model, momentum: float) -> None:
    """Set how long a network's batch normalisations remember earlier batches' statistics."""
    for layer in normalisations(network):
        layer.momentum = momentum


def normalisations(model: keras.Model) -> list[layers.BatchNormalization]:
    """Return a model's batch normalisations, however deeply nested."""
    found = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            found += normalisations(layer)
        elif isinstance(layer, layers.BatchNormalization):
            found.append(layer)
    return found


def from_pixels(
    body: keras.Model, dataset: Dataset, name: str | None = None, crop: int = 0
) -> keras.Model:
    """Let a network take a data set's raw images.

    In front of it stand, as layers, normalisation to zero mean and unit variance over the training
    images, a crop if asked for and, where the network takes other images, resizing and grey to
    RGB.

    Args:
        body: The network, from images of a fixed size, already normalised, to probabilities.
        dataset: The data set.
        name: Name of the model. The network's if not given.
        crop: Pixels to cut off every side of an image.

    Returns:
        A model from uint8 images of shape `(batch, height, width, channels)` to what `body`
        returns. Once saved, it loads with plain `keras.models.load_model`.

    Raises:
        CourseError: If the network takes neither grey nor RGB images, or grey ones where the
            images are RGB.
    """
    height, width, channels = body.input_shape[1:]
    inputs = keras.Input(dataset.image_shape, dtype="uint8", name="pixels")
    X = normalisation(dataset.x_train)(inputs)
    if crop:
        X = layers.Cropping2D(crop, name="crop")(X)
    X = resized(X, height, width, channels)
    if X.shape[-1] != channels:
        raise CourseError(
            f"{body.name} takes images with {channels} channels, and those of {dataset.name} have "
            f"{dataset.image_shape[2]}: use another network or other data."
        )
    return keras.Model(inputs, body(X), name=name or body.name)


def resized(X: KerasTensor, height: int, width: int, channels: int) -> KerasTensor:
    """Resize images and turn grey into RGB, where a network takes such images.

    Args:
        X: Images of shape `(batch, height, width, channels)`.
        height: Height that the network takes.
        width: Width that it takes.
        channels: Channels that it takes. Other images than grey ones keep theirs.
    """
    if X.shape[1:3] != (height, width):
        # Keras resizes as if in training unless told otherwise, and all layers after it follow.
        X = layers.Resizing(height, width, name="resize")(X, training=False)
    if (X.shape[-1], channels) == (1, 3):
        X = layers.Concatenate(name="grey_to_rgb")([X, X, X])
    return X


def normalisation(images: np.ndarray) -> keras.Layer:
    """Scale pixels as some images need to have zero mean and unit variance.

    Args:
        images: The images to take mean and variance from, over all pixels and channels, uint8 of
            shape `(images, height, width, channels)`.

    Returns:
        A layer from pixels, 0 to 255, to floats of the same shape.
    """
    levels, counts = np.arange(256), np.zeros(256, dtype=np.int64)
    for image in images:
        counts += np.bincount(image.reshape(-1), minlength=256)
    mean = np.average(levels, weights=counts)
    deviation = np.sqrt(np.average((levels - mean) ** 2, weights=counts)) or 1.0
    return layers.Rescaling(1 / deviation, offset=-mean / deviation, name="normalise")


def one_to_one(model: keras.Model) -> keras.Model:
    """Return a model from one tensor to one tensor, where another may take and give lists of one.

    What is compiled into it stays behind. Both share their layers and weights.
    """
    (inputs,), (outputs,) = model.inputs, model.outputs
    return keras.Model(inputs, outputs, name=model.name)


def without_classifier(model: keras.Model) -> keras.Model:
    """Cut the classifier off a network.

    Args:
        model: A network that ends in a dense layer, or in one with a temperature.

    Returns:
        The network up to what that layer sees, sharing its weights.

    Raises:
        CourseError: If the network does not end in a dense layer.
    """
    model = uncalibrated(model)
    last = model.layers[-1]
    if isinstance(last, keras.Model):
        network = without_classifier(last)
        return keras.Model(model.inputs[0], network(model.layers[-2].output), name=model.name)
    if not isinstance(last, layers.Dense):
        raise CourseError(
            f"{model.name} ends in {type(last).__name__}, not in a dense layer: it cannot be made "
            "a backbone."
        )
    return keras.Model(model.inputs[0], last.input, name=model.name)
