"""Backbones to transfer from: trained networks that turn a data set's raw images into features.

Three kinds of weights: those that come with the package, those of Keras for ImageNet, and those in
a file of your own.
"""

import io
import json
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from resnet_course.choices import choose
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError, reason
from resnet_course.files import new_file
from resnet_course.finetuning.slim import slim_resnet50
from resnet_course.finetuning.weights_files import ABOUT, check_weights, read_weights
from resnet_course.resnet import mnist_resnet
from resnet_course.results import run_folder
from resnet_course.training.networks import resized, without_classifier

#: Networks that `pretrain` makes weights for, by name: built from an input shape and classes.
EMBEDDED: dict[str, tuple[Callable[..., keras.Model], tuple[int, int, int]]] = {
    "characters": (mnist_resnet, (28, 28, 1)),
    "cifar10": (slim_resnet50, (32, 32, 3)),
}


def backbone(weights: str | Path, dataset: Dataset, pixels: int = 224) -> keras.Model:
    """Load a trained network that turns a data set's raw images into features.

    Args:
        weights: One of `shipped()`, which come with the package; `"imagenet"`, the ResNet50 of
            Keras, which Keras downloads once; or a file: a `.keras` model, a folder of
            a run, or an `.npz` written by `save_weights`.
        dataset: What to transfer to. Its images are resized, and turned into grey or RGB, as
            the network needs; the normalisation is the one that it was trained with.
        pixels: Height and width of the images that the ImageNet network sees.

    Returns:
        A model from uint8 images of shape `(batch, height, width, channels)` to features of shape
        `(batch, features)`.

    Raises:
        CourseError: If there are no such weights, or they cannot be used.
    """
    check_weights(weights, pixels)
    name = str(weights)
    if name in EMBEDDED:
        network = from_weights(name, embedded_file(name))
    elif name == "imagenet":
        network = _imagenet(pixels)
    else:
        network = _from_file(Path(weights))
    return _for_images(network, dataset)


def from_weights(name: str, content: bytes, source: Path | None = None) -> keras.Model:
    """Build an embedded network and give it the weights of a file.

    Args:
        name: One of `EMBEDDED`.
        content: Content of an `.npz` file that `save_weights` wrote.
        source: That file, if it does not come with the package; for the message.

    Returns:
        A model from pixels, 0 to 255, to features.

    Raises:
        CourseError: If the file is damaged or holds other weights.
    """
    build, shape = EMBEDDED[name]
    network = without_classifier(build(shape, 1))
    scaling = layers.Rescaling(1.0, name="normalise")
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            about = json.loads(str(archive[ABOUT]))
            arrays = [archive[weight.path].astype(np.float32) for weight in network.weights]
        network.set_weights(arrays)
        scaling.scale, scaling.offset = float(about["scale"]), float(about["offset"])
    except Exception as error:
        which = f"the weights in {source}" if source else f"the weights {name}"
        again = "replace it with an intact copy" if source else "install the package again"
        raise CourseError(
            f"{which} are damaged or of another version ({reason(error)}): {again}, or make them "
            f"with `resnet-course pretrain {name}`."
        ) from error
    inputs = keras.Input(shape, name="source_pixels")
    return keras.Model(inputs, network(scaling(inputs)), name=name)


def save_weights(model: keras.Model, name: str, path: Path, about: dict[str, Any]) -> None:
    """Write the weights of a pretrained network, without its classifier, as half precision.

    Args:
        model: A model that `networks.from_pixels` made of an embedded network.
        name: One of `EMBEDDED`.
        path: Where to write, ending in `.npz`.
        about: Where the weights are from, as plain data.
    """
    choose(name, EMBEDDED, "embedded network")
    scaling = model.get_layer("normalise")
    network = without_classifier(model.layers[-1])
    about = about | {"scale": float(scaling.scale), "offset": float(scaling.offset)}
    arrays: dict[str, Any] = {ABOUT: np.array(json.dumps(about))}
    for weight in network.weights:
        arrays[weight.path] = keras.ops.convert_to_numpy(weight.value).astype(np.float16)
    with new_file(path) as aside:
        np.savez_compressed(aside, **arrays)


def shipped() -> list[str]:
    """Return the names of the weights that come with the package."""
    folder = resources.files("resnet_course") / "weights"
    return [name for name in EMBEDDED if (folder / f"{name}.npz").is_file()]


def embedded_file(name: str) -> bytes:
    """Return the content of the file with embedded weights."""
    file = resources.files("resnet_course") / "weights" / f"{name}.npz"
    if not file.is_file():
        raise CourseError(
            f"the weights {name} are not in this package: make them with `resnet-course pretrain "
            f"{name}`, and name the file that it writes."
        )
    return file.read_bytes()


def _imagenet(pixels: int) -> keras.Model:
    """Load Keras's ResNet50 with its preprocessing in front: BGR, minus the means of ImageNet."""
    try:
        network = keras.applications.ResNet50(
            weights="imagenet", include_top=False, pooling="avg", input_shape=(pixels, pixels, 3)
        )
    except Exception as error:
        raise CourseError(
            f"the ImageNet weights could not be loaded ({reason(error)}): go online once, after "
            f"which Keras keeps them, or use weights that are already here: "
            f"{', '.join(EMBEDDED)} or a file."
        ) from error
    inputs = keras.Input((pixels, pixels, 3), name="source_pixels")
    means = [-103.939, -116.779, -123.68]
    X = layers.Rescaling(1.0, offset=means, name="normalise")(keras.ops.flip(inputs, axis=-1))
    return keras.Model(inputs, network(X), name="imagenet")


def _from_file(path: Path) -> keras.Model:
    if path.suffix == ".npz" and path.is_file():
        return from_weights(*read_weights(path), path)
    return without_classifier(run_folder.load(path).model)


def _for_images(network: keras.Model, dataset: Dataset) -> keras.Model:
    """Let a network from pixels to features take a data set's raw images."""
    height, width, channels = network.input_shape[1:]
    inputs = keras.Input(dataset.image_shape, dtype="uint8", name="pixels")
    X = layers.Rescaling(1.0, name="as_float")(inputs)
    X = resized(X, height, width, channels)
    if X.shape[-1] != channels:
        third = keras.initializers.Constant(1 / 3)
        mean = layers.Dense(
            1, use_bias=False, kernel_initializer=third, trainable=False, name="rgb_to_grey"
        )
        X = mean(X)
    return keras.Model(inputs, network(X), name=f"backbone_{network.name}")
