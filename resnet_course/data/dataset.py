"""A data set: images as uint8 and labels as integers, to train on and to test on."""

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from resnet_course.choices import check_seed, check_share
from resnet_course.errors import CourseError
from resnet_course.files import one_form


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels to train on and to test on.

    Attributes:
        name: Name that `load` knows it by.
        x_train: Images, uint8 of shape `(images, height, width, channels)`.
        y_train: Labels, int64 of shape `(images,)`, from 0 up.
        x_test: Images to test on, likewise.
        y_test: Their labels, likewise.
        class_names: What each label stands for.
        validation: Images and labels to validate on, likewise, where a data set has its own.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    validation: tuple[np.ndarray, np.ndarray] | None = None

    def __post_init__(self) -> None:
        """Bring the class names to the form in which names are compared."""
        object.__setattr__(self, "class_names", tuple(map(one_form, self.class_names)))

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """Height, width and channels of the images."""
        height, width, channels = self.x_train.shape[1:]
        return height, width, channels

    @property
    def classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    def digest(self) -> str:
        """Return a name for all images, labels and class names: equal only if all of them are."""
        total = hashlib.sha256(repr((self.class_names, self.x_train.shape)).encode())
        arrays = self.x_train, self.y_train, self.x_test, self.y_test, *(self.validation or ())
        for array in arrays:
            total.update(np.ascontiguousarray(array).data)
        return total.hexdigest()[:24]

    def hold_out(self, fraction: float = 0.1, seed: int = 0) -> "Dataset":
        """Split the training images into a part to train on and a part to validate on.

        Choose settings on such a split, so that the test set stays unseen until the end.

        Args:
            fraction: Share of every class that is held out, between 0 and 1. Where the data set has
                images to validate on, they are held out, whatever the share.
            seed: Seed of the draw.

        Returns:
            A data set whose test images are the held-out ones; the real test set is left out.

        Raises:
            CourseError: If the share is not between 0 and 1, or nothing is left on one side.
        """
        check_share(fraction)
        if self.validation is not None:
            x, y = self.validation
            return replace(self, x_test=x, y_test=y, validation=None)
        rng = np.random.default_rng(seed)
        held_out = np.zeros(len(self.y_train), dtype=bool)
        for label in np.unique(self.y_train):
            members = rng.permutation(np.flatnonzero(self.y_train == label))
            held_out[members[: round(fraction * len(members))]] = True
        if held_out.all() or not held_out.any():
            raise CourseError(
                f"holding out {fraction:g} of the images of each class leaves "
                f"{np.count_nonzero(~held_out)} of {len(held_out)} to train on and "
                f"{np.count_nonzero(held_out)} to validate on: choose another share, "
                "or more images."
            )
        return replace(
            self,
            x_train=self.x_train[~held_out],
            y_train=self.y_train[~held_out],
            x_test=self.x_train[held_out],
            y_test=self.y_train[held_out],
        )

    def take(self, images: int, seed: int = 0) -> "Dataset":
        """Keep some of the training images, the same number of every class or nearly so.

        Args:
            images: Number of training images to keep.
            seed: Seed of the draw.

        Returns:
            A data set with fewer training images, in random order, and the same test images.

        Raises:
            CourseError: If there are not that many, or the seed is out of range.
        """
        check_seed(seed)
        if not 0 < images <= len(self.y_train):
            raise CourseError(
                f"{self.name} has {len(self.y_train)} training images: {images} cannot be taken."
            )
        order = np.random.default_rng(seed).permutation(len(self.y_train))
        labels = self.y_train[order]
        rank = np.empty(len(labels), dtype=int)
        for label in np.unique(labels):
            rank[labels == label] = np.arange(np.count_nonzero(labels == label))
        kept = order[np.sort(np.argsort(rank, kind="stable")[:images])]
        return replace(self, x_train=self.x_train[kept], y_train=self.y_train[kept])


def every_fifth(labels: np.ndarray) -> np.ndarray:
    """Choose every fifth image of each class for testing, or the last where there are fewer.

    Args:
        labels: Integers of shape `(images,)`.

    Returns:
        Booleans of the same shape, True for test images.
    """
    test = np.zeros(len(labels), dtype=bool)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        test[members[min(len(members), 5) - 1 :: 5]] = True
    return test
