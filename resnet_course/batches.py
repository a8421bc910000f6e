"""Batches to train on: uint8 images, shuffled and shifted anew in every epoch."""

import math

import keras
import numpy as np


class Batches(keras.utils.PyDataset):
    """Batches of uint8 images, shuffled and shifted anew in every epoch.

    A batch depends on the seed, the epoch and its position only, so that it does not matter who
    asks for it, when, or how often.
    """

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        classes: int,
        batch_size: int,
        shift: int = 0,
        seed: int | None = None,
    ):
        """Prepare the first epoch.

        Args:
            images: uint8 of shape `(images, height, width, channels)`. They are never copied as
                a whole.
            labels: Integers of shape `(images,)`.
            classes: Number of classes.
            batch_size: Images a batch. The last batch may be smaller.
            shift: Largest random shift up, down, left and right, in pixels.
            seed: Seed of the order and of the shifts. If None, images come in order, unshifted.
        """
        super().__init__()
        self.images = images
        self.labels = labels
        self.classes = classes
        self.batch_size = batch_size
        self.shift = shift
        self.seed = seed
        self.epoch = 0
        self._order()

    def __len__(self) -> int:
        """Return the number of batches an epoch."""
        return math.ceil(len(self.labels) / self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return a batch.

        Returns:
            Images, uint8 of shape `(batch, height, width, channels)`, and labels one-hot, float32
            of shape `(batch, classes)`.
        """
        chosen = self.order[index * self.batch_size : (index + 1) * self.batch_size]
        images = self.images[chosen]
        if self.shift and self.seed is not None:
            images = shifted(images, self.shift, self._random(index + 1))
        return images, np.eye(self.classes, dtype=np.float32)[self.labels[chosen]]

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self.epoch += 1
        self._order()

    def _order(self) -> None:
        count = len(self.labels)
        self.order = np.arange(count) if self.seed is None else self._random(0).permutation(count)

    def _random(self, purpose: int) -> np.random.Generator:
        return np.random.default_rng([self.seed or 0, self.epoch, purpose])


def shifted(images: np.ndarray, most: int, rng: np.random.Generator) -> np.ndarray:
    """Shift every image by its own whole number of pixels.

    What moves in is black in grey images, whose background is, and repeats the edge in colour
    images.

    Args:
        images: uint8 of shape `(batch, height, width, channels)`.
        most: Largest shift up, down, left and right, in pixels.
        rng: Source of the shifts.

    Returns:
        The shifted images, of the same shape and dtype.
    """
    count, height, width, channels = images.shape
    padding = ((0, 0), (most, most), (most, most), (0, 0))
    padded = np.pad(images, padding, mode="constant" if channels == 1 else "edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, (height, width), axis=(1, 2))
    down, right = rng.integers(0, 2 * most + 1, size=(2, count))
    return np.moveaxis(windows[np.arange(count), down, right], 1, -1)
