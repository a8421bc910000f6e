"""Measuring a model: accuracy, confusion matrix, confidence and the most confident errors."""

from dataclasses import dataclass, replace
from typing import Any

import keras
import numpy as np

from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.training.chance import LUCK, by_chance
from resnet_course.training.temperature import temperature_of, tempered

IMAGES_A_BATCH = 500

#: How far probabilities may be from adding up to 1.
ROUNDING = 0.02


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What a model says about images whose labels are known.

    Attributes:
        labels: The true labels, integers of shape `(images,)`.
        probabilities: What the model says, float32 of shape `(images, classes)`.
        class_names: What each label stands for.
        temperature: What the model divides its logits by; 1 if it is not calibrated.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    class_names: tuple[str, ...]
    temperature: float = 1.0

    @property
    def predictions(self) -> np.ndarray:
        """The most probable label of each image, integers of shape `(images,)`."""
        return self.probabilities.argmax(axis=1)

    @property
    def confidence(self) -> np.ndarray:
        """The probability of each prediction, float32 of shape `(images,)`."""
        return self.probabilities.max(axis=1)

    @property
    def errors(self) -> int:
        """Number of wrong predictions."""
        return int(np.count_nonzero(self.predictions != self.labels))

    @property
    def accuracy(self) -> float:
        """Share of right predictions, between 0 and 1."""
        return 1 - self.errors / len(self.labels)

    @property
    def confusion(self) -> np.ndarray:
        """How often a class (row) is taken for a class (column): `(classes, classes)`."""
        counts = np.zeros((len(self.class_names),) * 2, dtype=int)
        np.add.at(counts, (self.labels, self.predictions), 1)
        return counts

    @property
    def at_chance(self) -> bool:
        """Whether the accuracy is no higher than that of guesses may be, by luck."""
        mean, deviation = by_chance(self.confusion)
        return self.errors > 0 and self.accuracy <= mean + LUCK * deviation

    def remarks(self) -> list[str]:
        """Return what people should know about the accuracy, one sentence each."""
        if not self.at_chance:
            return []
        mean, deviation = by_chance(self.confusion)
        return [
            f"This is no better than chance: guessing would be right on {mean:.1%} of these "
            f"images, give or take {LUCK * deviation:.1%}. Train for more epochs, or look at the "
            "images and their labels."
        ]

    def calibration(self, bins: int = 10) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Compare how sure the model is with how often it is right.

        Args:
            bins: Number of bins of equal width that confidences are sorted into.

        Returns:
            Mean confidence, share of right predictions, both not a number where a bin is empty,
            and number of images of each bin, each of shape `(bins,)`.
        """
        places = np.minimum((self.confidence * bins).astype(int), bins - 1)
        counts = np.bincount(places, minlength=bins)
        right = np.bincount(places, self.predictions == self.labels, minlength=bins)
        sure = np.bincount(places, self.confidence, minlength=bins)
        with np.errstate(invalid="ignore"):
            return sure / counts, right / counts, counts

    @property
    def calibration_error(self) -> float:
        """Expected calibration error: confidence minus accuracy, averaged over ten bins.

        Source: Guo et al. 2017, arXiv:1706.04599, equation 3.
        """
        sure, right, counts = self.calibration()
        full = counts > 0
        return float(np.average(np.abs(sure - right)[full], weights=counts[full]))

    @property
    def calibration_error_before(self) -> float:
        """Expected calibration error without the temperature."""
        return self.under(1.0).calibration_error

    def under(self, temperature: float) -> "Evaluation":
        """Return what the model would say under another temperature."""
        change = temperature / self.temperature
        if change == 1:
            return self
        said = tempered(self.probabilities, change).astype(np.float32)
        return replace(self, probabilities=said, temperature=temperature)

    def figures(self) -> dict[str, Any]:
        """Return the figures as plain data."""
        return {
            "images": len(self.labels),
            "errors": self.errors,
            "accuracy": self.accuracy,
            "at_chance": self.at_chance,
            "mean_confidence": float(self.confidence.mean()),
            "temperature": self.temperature,
            "calibration_error_before": self.calibration_error_before,
            "calibration_error": self.calibration_error,
            "class_names": list(self.class_names),
            "confusion": self.confusion.tolist(),
        }

    def count(self) -> str:
        """Return how many errors there are in how many images, in words."""
        errors, images = self.errors, len(self.labels)
        return f"{errors} error{'s' * (errors != 1)} in {images:,} image{'s' * (images != 1)}"

    def calibrations(self) -> str:
        """Return the calibration errors, in words."""
        after = f"calibration error {self.calibration_error:.2%}"
        if self.temperature == 1:
            return after
        return (
            f"{after} ({self.calibration_error_before:.2%} before its temperature of "
            f"{self.temperature:.3g})"
        )

    def report(self) -> str:
        """Return the figures as a few lines for people."""
        confusion, names = self.confusion, self.class_names
        lines = [
            f"accuracy {self.accuracy:.2%}: {self.count()}",
            *self.remarks(),
            f"mean confidence {self.confidence.mean():.2%}, {self.calibrations()}",
        ]
        for label, row in enumerate(confusion):
            wrong = [other for other in np.argsort(-row, kind="stable") if other != label]
            taken = [f"{names[other]} ({row[other]})" for other in wrong if row[other]]
            share = f"{row[label] / row.sum():7.2%}" if row.sum() else f"{'–':>7}"
            lines.append(
                f"  {names[label]:<12}{share} of {row.sum():,}"
                + (f", taken for {', '.join(taken[:3])}" if taken else "")
            )
        return "\n".join(lines)

    def most_confident_errors(self, most: int = 12) -> np.ndarray:
        """Return the positions of wrong predictions, the most confident first.

        Args:
            most: How many at most.

        Returns:
            Integers of shape `(errors,)`, at most `most` of them.
        """
        wrong = np.flatnonzero(self.predictions != self.labels)
        return wrong[np.argsort(-self.confidence[wrong], kind="stable")][:most]


def evaluate(model: keras.Model, dataset: Dataset) -> Evaluation:
    """Measure a model on a data set's test images.

    Args:
        model: From images to probabilities.
        dataset: What to measure on.

    Returns:
        The evaluation.

    Raises:
        CourseError: If the model takes other images, knows another number of classes, or says
            no probabilities.
    """
    image_shape, classes = tuple(model.input_shape[1:]), model.output_shape[-1]
    _check_units(classes)
    if image_shape != dataset.image_shape:
        raise CourseError(
            f"the model takes images of {size(image_shape)}, and those of {dataset.name} are "
            f"{size(dataset.image_shape)}: use a model trained on {dataset.name}, or other data."
        )
    if classes != dataset.classes:
        raise CourseError(
            f"the model knows {classes} classes, and {dataset.name} has {dataset.classes}: use a "
            f"model trained on {dataset.name}, or other data."
        )
    said = probabilities(model, dataset.x_test)
    return Evaluation(dataset.y_test, said, dataset.class_names, temperature_of(model))


def probabilities(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """Return what a model says about images.

    Args:
        model: From images to probabilities.
        images: uint8 of shape `(images, height, width, channels)`.

    Returns:
        Probabilities, float32 of shape `(images, classes)`.

    Raises:
        CourseError: If it does not return probabilities.
    """
    _check_units(model.output_shape[-1])
    said = model.predict(images, batch_size=IMAGES_A_BATCH, verbose=0)
    if not np.isfinite(said).all():
        raise CourseError(
            "the model returns NaN: its weights are damaged; train it again, with a lower "
            "learning rate if that was the cause."
        )
    if said.min() < 0 or np.abs(said.sum(axis=1) - 1).max() > ROUNDING:
        raise CourseError(
            "the model must return probabilities, which add up to 1 for each image: for the "
            f"first one they add up to {said.sum(axis=1)[0]:.4g}. Add a softmax at its end."
        )
    return said


def _check_units(units: int) -> None:
    if units == 1:
        raise CourseError(
            "the model returns one number for each image, as with a sigmoid, and a probability "
            "for each class is needed: end it in a softmax with one unit for each class, two for "
            "two classes."
        )


def size(image_shape: tuple[int, ...]) -> str:
    """Return the shape of an image for people, such as `28x28x1`."""
    return "x".join(map(str, image_shape))
