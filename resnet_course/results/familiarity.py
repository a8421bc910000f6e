"""Telling whether an image looks like those that a model was trained on.

A network gives every image a class, a photograph of a cat among digits, too. What it sees before
its last layer tells more: images of a class lie near the mean of the class, others do not.
"""

from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.files import DAMAGED, new_file
from resnet_course.training.networks import without_classifier

#: Share of the training images that are farther from every class's mean than the threshold.
UNFAMILIAR = 0.01

#: Training images a class, on average, that a spread and a threshold need at least.
FEWEST_A_CLASS = 5

#: Training images that means and threshold are taken from, at most.
SAMPLE = 5000


@dataclass(frozen=True, eq=False)
class Familiarity:
    """What the images of each class look like to a model, and how far is too far.

    Attributes:
        means: Mean features of each class, float32 of shape `(classes, features)`.
        scale: Spread of each feature within the classes, float32 of shape `(features,)`.
        threshold: The largest distance from the nearest mean that is still familiar.
        false_alarms: Share of the test images, which are like the training images, that are
            farther away.
    """

    means: np.ndarray
    scale: np.ndarray
    threshold: float
    false_alarms: float

    def distances(self, features: np.ndarray) -> np.ndarray:
        """Return how far features are from the nearest class's mean, of shape `(images,)`."""
        return self.from_each_mean(features).min(axis=1)

    def from_each_mean(self, features: np.ndarray) -> np.ndarray:
        """Return how far features are from every class's mean, of shape `(images, classes)`."""
        steps = (features[:, np.newaxis] - self.means) / self.scale
        return np.sqrt(np.mean(steps**2, axis=-1))

    def is_unlike(self, model: keras.Model, images: np.ndarray) -> np.ndarray:
        """Return which images do not look like the training images.

        Args:
            model: The model that this was measured on.
            images: uint8 of shape `(images, height, width, channels)`.

        Returns:
            Booleans of shape `(images,)`.
        """
        return self.distances(seen_by(model, images)) > self.threshold

    def save(self, path: Path) -> None:
        """Write this to an `.npz` file."""
        figures = np.array([self.threshold, self.false_alarms])
        with new_file(path) as aside:
            np.savez(aside, means=self.means, scale=self.scale, figures=figures)


def measure(model: keras.Model, dataset: Dataset) -> Familiarity | None:
    """Measure what a data set's images look like to a model.

    Args:
        model: A model that was trained on the data set.
        dataset: The data set. Its test images are used to count false alarms only.

    Returns:
        Means, spread and threshold, or None for a model that does not end in a dense layer, or
        if there are too few images to take them from.

    Source: Lee et al. 2018, arXiv:1807.03888, section 2.1, with a diagonal covariance.
    """
    sample = dataset.take(min(SAMPLE, len(dataset.y_train)))
    if len(sample.y_train) < FEWEST_A_CLASS * dataset.classes:
        return None
    try:
        features = seen_by(model, sample.x_train)
    except CourseError:
        return None
    overall = features.mean(axis=0)
    means = np.stack(
        [
            features[sample.y_train == label].mean(axis=0)
            if (sample.y_train == label).any()
            else overall
            for label in range(dataset.classes)
        ]
    )
    counts = np.bincount(sample.y_train, minlength=dataset.classes)
    # An image is nearer to a mean that it is a part of than one like it that is not.
    scale = (features - means[sample.y_train]).std(axis=0) + 1e-3
    scale *= np.sqrt(len(features) / (len(features) - np.count_nonzero(counts)))
    found = Familiarity(means, scale, np.inf, 0.0)
    distances = found.from_each_mean(features)
    own = np.arange(len(features)), sample.y_train
    distances[own] *= (counts / np.maximum(counts - 1, 1))[sample.y_train]
    threshold = float(np.quantile(distances.min(axis=1), 1 - UNFAMILIAR))
    alarms = float(np.mean(found.distances(seen_by(model, dataset.x_test)) > threshold))
    return Familiarity(means, scale, threshold, alarms)


def seen_by(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return what a model's last layer sees, float32 of shape `(images, features)`.

    Raises:
        CourseError: If the model does not end in a dense layer.
    """
    return without_classifier(model).predict(images, batch_size=500, verbose=0)


def load(path: Path) -> Familiarity | None:
    """Read what `Familiarity.save` wrote, or return None if there is no whole file."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            threshold, false_alarms = map(float, archive["figures"])
            return Familiarity(archive["means"], archive["scale"], threshold, false_alarms)
    except DAMAGED:
        return None
