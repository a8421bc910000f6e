"""Two-stage transfer: train a head on frozen features, then train everything gently."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import keras
import numpy as np

from resnet_course.data import Dataset
from resnet_course.errors import CourseError
from resnet_course.evaluation import size
from resnet_course.transfer import (
    compare_stages,
    count_parameters,
    digits_to_images,
    transfer_model,
    unfreeze,
)

#: Turns uint8 images and a size in pixels into what a backbone takes.
Prepare = Callable[[np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Stages:
    """How long and how fast the two stages train.

    Attributes:
        head_epochs: Passes over the features in the first stage.
        head_rate: Learning rate of the first stage.
        tuning_epochs: Passes over the images in the second stage.
        tuning_rate: Learning rate of the second stage.
        batch_size: Images a step, in both stages.
    """

    head_epochs: int = 5
    head_rate: float = 1e-3
    tuning_epochs: int = 1
    tuning_rate: float = 1e-5
    batch_size: int = 64


@dataclass(frozen=True, eq=False)
class Transfer:
    """A network after both stages, and what each of them did.

    Attributes:
        model: The tuned network, from prepared images to probabilities.
        labels: Labels of the test images, integers of shape `(images,)`.
        frozen: Probabilities of the test images after the first stage, `(images, classes)`.
        tuned: The same after the second stage.
        parameters: Trainable and all parameters, by stage: "frozen" and "tuned".
        seconds: Wall time of the training, by stage.
    """

    model: keras.Model
    labels: np.ndarray
    frozen: np.ndarray
    tuned: np.ndarray
    parameters: dict[str, tuple[int, int]]
    seconds: dict[str, float]

    def comparison(self) -> dict[str, float]:
        """Return accuracy, gain and confidence, see `compare_stages`."""
        return compare_stages(self.labels, self.frozen, self.tuned)


class PreparedBatches(keras.utils.PyDataset):
    """Batches for a backbone, prepared one at a time and shuffled anew in every epoch."""

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        prepare: Callable[[np.ndarray], np.ndarray],
        batch_size: int,
        seed: int,
    ):
        """Prepare the first epoch.

        Args:
            images: uint8 of shape `(images, height, width, channels)`.
            labels: Integers of shape `(images,)`.
            prepare: Turns a batch of images into what the backbone takes.
            batch_size: Images a batch. The last batch may be smaller.
            seed: Seed of the order.
        """
        super().__init__()
        self.images = images
        self.labels = labels
        self.prepare = prepare
        self.batch_size = batch_size
        self.rng = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self) -> int:
        """Return the number of batches an epoch."""
        return math.ceil(len(self.labels) / self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return prepared images and their labels."""
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        return self.prepare(self.images[chosen]), self.labels[chosen]

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self.order = self.rng.permutation(len(self.labels))


def imagenet_backbone(pixels: int = 224) -> keras.Model:
    """Load ResNet50 with the ImageNet weights that Keras publishes, without its top.

    Args:
        pixels: Height and width of the images, 32 or more.

    Returns:
        A model from prepared images of shape `(batch, pixels, pixels, 3)` to feature maps.

    Raises:
        CourseError: If the weights are not in Keras's cache and cannot be downloaded.
    """
    try:
        return keras.applications.ResNet50(
            weights="imagenet", include_top=False, input_shape=(pixels, pixels, 3)
        )
    except Exception as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise CourseError(
            f"the ImageNet weights could not be loaded ({reason}): go online once, Keras then "
            "keeps them, or use a backbone of your own."
        ) from error


def two_stage_transfer(
    backbone: keras.Model,
    dataset: Dataset,
    stages: Stages | None = None,
    prepare: Prepare = digits_to_images,
    seed: int = 0,
) -> Transfer:
    """Move a trained backbone to new images: first the head alone, then everything.

    In the first stage the backbone does not change, so its features are computed once, and only
    the head is trained on them.

    Args:
        backbone: A trained network from images of one square size to feature maps, such as
            `imagenet_backbone()`. Its weights change.
        dataset: What to train and to measure on.
        stages: How to train. If not given, the defaults of `Stages`.
        prepare: Turns uint8 images into the backbone's input, as it was trained with.
        seed: Seed of the head's weights and of the order.

    Returns:
        The network and what each stage did.

    Raises:
        CourseError: If the backbone takes images of no fixed square size, or if the default
            preparation is asked to prepare images that are not grey.
    """
    stages = stages or Stages()
    pixels = _square_size(backbone)
    if prepare is digits_to_images and dataset.image_shape[-1] != 1:
        raise CourseError(
            f"digits_to_images takes grey images, and those of {dataset.name} are "
            f"{size(dataset.image_shape)}: give a `prepare` for them."
        )
    keras.utils.set_random_seed(seed)
    model = transfer_model(backbone, dataset.classes)

    def ready(images: np.ndarray) -> np.ndarray:
        return prepare(images, pixels)

    def measure() -> np.ndarray:
        return in_batches(model, dataset.x_test, ready, stages.batch_size)

    parameters, seconds = {"frozen": count_parameters(model)}, {}
    start = time.perf_counter()
    features = frozen_features(model, dataset.x_train, ready, stages.batch_size)
    train_head(model, features, dataset.y_train, stages)
    seconds["frozen"] = time.perf_counter() - start
    frozen = measure()

    start = time.perf_counter()
    unfreeze(model, stages.tuning_rate)
    parameters["tuned"] = count_parameters(model)
    batches = PreparedBatches(dataset.x_train, dataset.y_train, ready, stages.batch_size, seed)
    model.fit(batches, epochs=stages.tuning_epochs, shuffle=False, verbose=0)
    seconds["tuned"] = time.perf_counter() - start
    return Transfer(model, dataset.y_test, frozen, measure(), parameters, seconds)


def frozen_features(
    model: keras.Model,
    images: np.ndarray,
    prepare: Callable[[np.ndarray], np.ndarray],
    batch_size: int = 64,
) -> np.ndarray:
    """Compute what the head sees, once and for all epochs.

    Args:
        model: A model as `transfer_model` returns it.
        images: uint8 of shape `(images, height, width, channels)`. They are prepared a batch at
            a time.
        prepare: Turns a batch of images into what the model takes.
        batch_size: Images a batch.

    Returns:
        Features, float32 of shape `(images, channels of the backbone's feature maps)`.
    """
    extractor = keras.Model(model.input, model.get_layer("features").output)
    return in_batches(extractor, images, prepare, batch_size)


def train_head(
    model: keras.Model, features: np.ndarray, labels: np.ndarray, stages: Stages
) -> None:
    """Train the head of a model on features; the backbone is not looked at.

    Args:
        model: A model as `transfer_model` returns it. The weights of its head change.
        features: What `frozen_features` returned.
        labels: Integers of shape `(images,)`.
        stages: Epochs, rate and batch size.
    """
    names = [layer.name for layer in model.layers]
    after = model.layers[names.index("features") + 1 :]
    head = keras.Sequential([keras.Input(features.shape[1:]), *after])
    head.compile(
        optimizer=keras.optimizers.Adam(stages.head_rate), loss="sparse_categorical_crossentropy"
    )
    head.fit(features, labels, batch_size=stages.batch_size, epochs=stages.head_epochs, verbose=0)


def in_batches(
    model: keras.Model,
    images: np.ndarray,
    prepare: Callable[[np.ndarray], np.ndarray],
    batch_size: int,
) -> np.ndarray:
    """Return a model's outputs for images that are prepared a batch at a time."""
    parts = range(0, len(images), batch_size)
    return np.concatenate(
        [model.predict_on_batch(prepare(images[at : at + batch_size])) for at in parts]
    )


def _square_size(backbone: keras.Model) -> int:
    height, width, channels = backbone.input_shape[1:]
    if height is None or height != width or channels != 3:
        raise CourseError(
            "two-stage transfer needs a backbone for colour images of one square size, such as "
            f"64x64x3: received one for {height}x{width}x{channels}."
        )
    return int(height)
