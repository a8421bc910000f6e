"""Lesson 5: `confidence`."""

import numpy as np
from numpy.typing import NDArray

from checks.case import Case
from checks.catalogue.confidence_slips import VARIATIONS
from checks.exercise import NumericExercise
from checks.graph.operation import Array


def draw_probabilities(
    generator: np.random.Generator, labels: NDArray[np.int64], classes: int, skill: float
) -> Array:
    """Draw what a model of some skill says: right more often than not, and not always."""
    raw = generator.normal(size=(len(labels), classes))
    raw[np.arange(len(labels)), labels] += skill
    raw[0, labels[0]] += 6
    raw[1, labels[1]] -= 6
    powers = np.exp(raw)
    return np.asarray(powers / powers.sum(1, keepdims=True))


def confidence(probabilities: Array) -> tuple[Array, Array]:
    """Compute the reference: the most probable label and its probability."""
    return probabilities.argmax(1), probabilities.max(1)


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, images: int, classes: int) -> Case:
        labels = generator.integers(classes, size=images)
        return Case(covers, {"probabilities": draw_probabilities(generator, labels, classes, 1.0)})

    cases = [case("first call", 7, 4), case("other numbers of classes", 5, 10)]
    return [*cases, case("other numbers of classes", 12, 3)] if grading else cases


EXERCISE = NumericExercise(
    "confidence",
    "05_mnist_transfer",
    ("probabilities",),
    _cases,
    VARIATIONS.mistakes,
    "Covered: several numbers of images and classes. Grading draws others.",
    truth=confidence,
    dtypes={"the labels": "integer", "the confidences": None},
    variations=VARIATIONS,
    tolerance=1e-5,
    describe="labels and confidences, one of each for every image",
)
