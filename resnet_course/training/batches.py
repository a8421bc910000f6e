"""Batches to train on: uint8 images, in another order in every epoch."""

import math

import keras
import numpy as np


class Batches(keras.utils.PyDataset):
    """Batches of uint8 images, in another order in every epoch.

    The training loop says with `go_to` which epoch comes next. A batch depends only on the seed,
    the epoch and its position, so it does not matter who asks for it, when, or how often.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        classes: int,
        batch_size: int,
        seed: int | None = None,
        repeats: int = 1,
        class_weights: np.ndarray | None = None,
    ):
        """Prepare the first epoch.

        Args:
            images: uint8 of shape `(images, height, width, channels)`. They are never copied as
                a whole.
            labels: Integers of shape `(images,)`.
            classes: Number of classes.
            batch_size: Images a batch, at most; see `bounds`.
            seed: Seed of the order. If None, images come in order.
            repeats: Times that each image comes in an epoch.
            class_weights: What the loss of an image of each class is multiplied by, float32 of
                shape `(classes,)`. If None, nothing.
        """
        super().__init__()
        self.images = images
        self.labels = labels
        self.classes = classes
        self.bounds = bounds(repeats * len(labels), batch_size)
        self.seed = seed
        self.repeats = repeats
        self.class_weights = class_weights
        self.go_to(0)

    def __len__(self) -> int:
        """Return the number of batches an epoch, or of those that are left of it."""
        return len(self.bounds) - 1 - self.first

    def __getitem__(self, index: int) -> tuple[np.ndarray, ...]:
        """Return a batch.

        Returns:
            Images, uint8 of shape `(batch, height, width, channels)`, labels one-hot, float32 of
            shape `(batch, classes)`, and, if classes have weights, those of the images, float32 of
            shape `(batch,)`.
        """
        start, end = self.bounds[self.first + index :][:2]
        chosen = self.order[start:end]
        labels = self.labels[chosen]
        batch = self.images[chosen], np.eye(self.classes, dtype=np.float32)[labels]
        return batch if self.class_weights is None else (*batch, self.class_weights[labels])

    def go_to(self, epoch: int, batch: int = 0) -> None:
        """Begin an epoch, or the rest of one. Keras's own calls at its ends come too early.

        Args:
            epoch: Number of the epoch, from 0.
            batch: Number of its batch that comes first.
        """
        self.epoch, self.first = epoch, batch
        count = self.repeats * len(self.labels)
        rng = np.random.default_rng([self.seed or 0, epoch, 0])
        order = np.arange(count) if self.seed is None else rng.permutation(count)
        self.order = order % len(self.labels)


def balancing_weights(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return class weights that let every class weigh the same, and an image 1 on average.

    Args:
        labels: Integers of shape `(images,)`.
        classes: Number of classes.

    Returns:
        float32 of shape `(classes,)`; 0 for a class without images.
    """
    counts = np.bincount(labels, minlength=classes)
    present = np.count_nonzero(counts)
    weights = len(labels) / (present * np.maximum(counts, 1))
    return np.where(counts, weights, 0).astype(np.float32)


def bounds(images: int, batch_size: int) -> np.ndarray:
    """Part images into as few batches as their size allows, all of the same size or nearly so.

    A small last batch would change the weights as much as a full one, and a batch of one image
    has no variance for batch normalisation to divide by. So no batch holds one image unless there
    is but one; two or three images are one batch.

    Args:
        images: Number of images.
        batch_size: Images a batch, at most; one more where a batch of one would be left.

    Returns:
        Where each batch begins, and where the last one ends: integers of shape `(batches + 1,)`.
    """
    batches = max(1, min(math.ceil(images / batch_size), images // 2))
    return np.arange(batches + 1) * images // batches
