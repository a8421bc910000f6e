"""Predicting what image files show."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from resnet_course.errors import CourseError
from resnet_course.pictures.framing import Framing, Prepared, prepare, read_picture
from resnet_course.results import plots
from resnet_course.results.familiarity import Familiarity
from resnet_course.results.picture import Picture
from resnet_course.training.evaluation import probabilities

#: What is said of an image that does not look like the training data.
UNLIKE = "the picture does not look like the training data"

#: Confidence below which a prediction is in doubt.
SURE = 0.75


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model says about image files.

    Attributes:
        paths: The files.
        images: What the model was shown, uint8 of shape `(images, height, width, channels)`.
        probabilities: What it says, float32 of shape `(images, classes)`.
        class_names: What each class is called.
        unlike: Which images do not look like the training data, booleans of shape `(images,)`.
        doubts: What was in doubt when each picture was prepared, as sentences.
        refused: A sentence for each file that could not be used and is not among the others.
    """

    paths: tuple[Path, ...]
    images: np.ndarray
    probabilities: np.ndarray
    class_names: tuple[str, ...]
    unlike: np.ndarray
    doubts: tuple[tuple[str, ...], ...]
    refused: tuple[str, ...] = ()

    def lines(self) -> list[str]:
        """Return a line an image: its path, its label, the confidence, and what is in doubt."""
        labels, confidence = self.labels(), self.probabilities.max(axis=1)
        widths = max(len(str(path)) for path in self.paths), max(map(len, labels))
        return [
            f"{path!s:<{widths[0]}}  {label:<{widths[1]}}  {share:6.1%}"
            + (f"  in doubt: {'; '.join(warnings)}" if warnings else "")
            for path, label, share, warnings in zip(
                self.paths, labels, confidence, self.warnings(), strict=True
            )
        ]

    def warnings(self) -> list[tuple[str, ...]]:
        """Return what is in doubt about each prediction, as sentences without a full stop."""
        return [
            doubts + (UNLIKE,) * bool(unlike) + self._unsure(shares)
            for doubts, unlike, shares in zip(
                self.doubts, self.unlike, self.probabilities, strict=True
            )
        ]

    def _unsure(self, shares: np.ndarray) -> tuple[str, ...]:
        if shares.max() >= SURE:
            return ()
        second = shares.argsort()[-2]
        return (f"it could also be {self.class_names[second]} ({shares[second]:.0%})",)

    def labels(self) -> list[str]:
        """Return the name of each image's most probable class."""
        return [self.class_names[best] for best in self.probabilities.argmax(axis=1)]

    def plot(self) -> Picture:
        """Show the images as the model saw them, with the confidence."""
        names = [path.name for path in self.paths]
        return plots.predictions(self.images, self.probabilities, self.class_names, names)

    def records(self) -> list[dict[str, Any]]:
        """Return the predictions as plain data, an entry an image."""
        return [
            {
                "image": str(path),
                "label": label,
                "confidence": float(shares.max()),
                "unlike_training_data": bool(unlike),
                "warnings": list(warnings),
                "probabilities": dict(zip(self.class_names, map(float, shares), strict=True)),
            }
            for path, label, shares, unlike, warnings in zip(
                self.paths,
                self.labels(),
                self.probabilities,
                self.unlike,
                self.warnings(),
                strict=True,
            )
        ]


def predict(
    model: keras.Model,
    paths: Sequence[Path],
    class_names: Sequence[str],
    framing: Framing | None,
    familiarity: Familiarity | None = None,
) -> Predictions:
    """Predict what image files show.

    A file that cannot be used does not keep the others from being predicted.

    Args:
        model: From uint8 images to probabilities.
        paths: The image files.
        class_names: What each class is called.
        framing: How figures sit in the model's training images; None for photographs.
        familiarity: What training images look like to the model. If None, no image is called
            unlike them.

    Returns:
        The predictions.

    Raises:
        CourseError: If no file can be used, being missing, no image or blank, or the model says no
            probabilities.
    """
    usable, prepared, refused = [], [], []
    for path in paths:
        try:
            prepared.append(_prepared(path, model.input_shape[1:], framing))
            usable.append(path)
        except CourseError as error:
            refused.append(str(error))
    if not usable:
        raise CourseError("\n".join(refused))
    images = np.stack([one.image for one in prepared])
    said = probabilities(model, images)
    unlike = familiarity.is_unlike(model, images) if familiarity else np.zeros(len(images), bool)
    doubts = tuple(one.doubts for one in prepared)
    return Predictions(
        tuple(usable), images, said, tuple(class_names), unlike, doubts, tuple(refused)
    )


def _prepared(path: Path, shape: tuple[int, int, int], framing: Framing | None) -> Prepared:
    picture = read_picture(path)
    try:
        return prepare(picture, shape, framing)
    except CourseError as error:
        raise CourseError(f"{path} cannot be used: {error}") from error
