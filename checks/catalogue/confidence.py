"""Lesson 5: `confidence`."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from checks.case import Case
from checks.exercise import NumericExercise
from checks.graph.operations import Array
from checks.mistakes import (
    Mistake,
)
from checks.variations import Slip, Variations

SECTION = "lesson 5, “How sure is the network?”"


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


def smallest_margin(probabilities: Array) -> Array:
    """Return how far the largest probability of each image is above the second."""
    ordered = np.sort(probabilities, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def confidence(probabilities: Array) -> tuple[Array, Array]:
    """Compute the reference: the most probable label and its probability."""
    return probabilities.argmax(1), probabilities.max(1)


def _confidence_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, images: int, classes: int) -> Case:
        labels = generator.integers(classes, size=images)
        return Case(covers, {"probabilities": draw_probabilities(generator, labels, classes, 1.0)})

    cases = [case("first call", 7, 4), case("other numbers of classes", 5, 10)]
    return [*cases, case("other numbers of classes", 12, 3)] if grading else cases


def _entropy(probabilities: Array) -> Array:
    """Return the entropy of each row, in nats."""
    return np.asarray(-np.sum(probabilities * np.log(probabilities), axis=1))


def _relative_entropy(probabilities: Array) -> Array:
    """Return the entropy of each row as a share of the largest there can be."""
    return np.asarray(_entropy(probabilities) / np.log(probabilities.shape[1]))


def _softmax(values: Array, axis: int | None = 1) -> Array:
    powers = np.exp(values)
    return np.asarray(powers / powers.sum(axis, keepdims=True))


def _confidence_mistake(
    title: str, explanation: str, last_hint: str, function: Callable[..., Any]
) -> Mistake:
    hints = (
        "Take one image of three classes and compute both results by hand.",
        "A row is an image; its largest number is the confidence, and the position of that number "
        "is the label.",
        last_hint,
    )
    return Mistake(title, explanation, hints, SECTION, function=function)


_CONFIDENCE_MISTAKES = (
    _confidence_mistake(
        "The largest number of each column is taken",
        "A column holds one class of all images. Each image is a row.",
        "Reduce the last axis: `axis=1`, or `axis=-1`.",
        lambda probabilities: (probabilities.argmax(0), probabilities.max(0)),
    ),
    _confidence_mistake(
        "The two results are in the wrong order",
        "The labels come first, then the confidences.",
        "Swap the two values after `return`.",
        lambda probabilities: confidence(probabilities)[::-1],
    ),
    _confidence_mistake(
        "The confidence is the mean of the probabilities",
        "The probabilities of an image add up to 1, so their mean is 1 divided by the number of "
        "classes, for every image and every model.",
        "Use `np.max`, not `np.mean`.",
        lambda probabilities: (probabilities.argmax(1), probabilities.mean(1)),
    ),
    _confidence_mistake(
        "The confidence is the lead over the second class",
        "That is a margin: how far ahead the first class is. Here confidence is the probability of "
        "the first class itself.",
        "Return the largest probability and subtract nothing.",
        lambda probabilities: (probabilities.argmax(1), smallest_margin(probabilities)),
    ),
    _confidence_mistake(
        "A softmax is applied to probabilities",
        "The model has applied it already. A second one makes every prediction look unsure.",
        "Work with `probabilities` as they are.",
        lambda probabilities: (probabilities.argmax(1), _softmax(probabilities).max(1)),
    ),
    _confidence_mistake(
        "The confidence is in percent",
        "The result should be a probability, between 0 and 1.",
        "Remove the factor of 100.",
        lambda probabilities: (probabilities.argmax(1), 100 * probabilities.max(1)),
    ),
    _confidence_mistake(
        "The labels are counted from 1",
        "Labels begin at 0, as the positions in a row do.",
        "Return what `np.argmax` returns.",
        lambda probabilities: (probabilities.argmax(1) + 1, probabilities.max(1)),
    ),
    _confidence_mistake(
        "The least probable class is taken",
        "The model's prediction is the class to which it gives the largest probability.",
        "Use `np.argmax` and `np.max`.",
        lambda probabilities: (probabilities.argmin(1), probabilities.min(1)),
    ),
    _confidence_mistake(
        "There is one label and one confidence in all, not one for each image",
        "Each row is an image with a label and a confidence of its own. Without an axis, NumPy "
        "looks at all images at once.",
        "Reduce the last axis of all rows: `axis=1`, or `axis=-1`.",
        lambda probabilities: (probabilities.argmax(), probabilities.max()),
    ),
    _confidence_mistake(
        "Only the labels are returned",
        "Two arrays are asked for: the labels, and the confidences.",
        "Return both: `return labels, confidences`.",
        lambda probabilities: probabilities.argmax(1),
    ),
    _confidence_mistake(
        "Only the confidences are returned",
        "Two arrays are asked for: the labels, and the confidences.",
        "Return both: `return labels, confidences`.",
        lambda probabilities: probabilities.max(1),
    ),
    _confidence_mistake(
        "The results are paired image by image",
        "Two arrays are asked for: the labels of all images, then the confidences of all.",
        "Return `np.argmax(…, axis=1), np.max(…, axis=1)`.",
        lambda probabilities: np.stack(confidence(probabilities), axis=1),
    ),
    _confidence_mistake(
        "The confidence is the sum of the probabilities",
        "The probabilities of an image add up to 1, for every image and every model.",
        "Use `np.max`, not `np.sum`.",
        lambda probabilities: (probabilities.argmax(1), probabilities.sum(1)),
    ),
    _confidence_mistake(
        "The confidence is one minus the largest probability",
        "That is how unsure the model is.",
        "Return the largest probability itself.",
        lambda probabilities: (probabilities.argmax(1), 1 - probabilities.max(1)),
    ),
    _confidence_mistake(
        "The confidence is computed from the entropy",
        "The entropy looks at the probabilities of all classes. Here confidence is the probability "
        "of the first class itself.",
        "Use `np.max`.",
        lambda probabilities: (probabilities.argmax(1), 1 - _relative_entropy(probabilities)),
    ),
    *(
        _confidence_mistake(
            f"The confidences are rounded to {digits} decimal place{'s' * (digits > 1)}",
            "Rounding hides how two confident predictions differ.",
            "Return what `np.max` returns.",
            lambda probabilities, digits=digits: (
                probabilities.argmax(1),
                probabilities.max(1).round(digits),
            ),
        )
        for digits in (1, 2, 3, 4)
    ),
)


_LABELS: dict[str, Callable[[Array], Any]] = {
    "always the last one: the position of the largest after sorting": lambda p: np.full(
        len(p), p.shape[1] - 1
    ),
    "always 0": lambda p: np.zeros(len(p)),
    "the first of those above 0.5, or 0 where none is": lambda p: (p > 0.5).argmax(1),
    "the first of those above the mean of the row": lambda p: (p > p.mean(1, keepdims=True)).argmax(
        1
    ),
    "the first of those that round to the largest": lambda p: p.round().argmax(1),
    "those of the least probable class": lambda p: p.argmin(1),
    "those of the second class": lambda p: np.argsort(p, axis=1)[:, -2],
    "the most confident predictions of each class, not the class of each image": lambda p: p.argmax(
        0
    ),
    "the numbers of the images": lambda p: np.arange(len(p)),
    "counted from the end": lambda p: p.shape[1] - 1 - p.argmax(1),
    "counted from 1": lambda p: p.argmax(1) + 1,
    "positions among all probabilities, not in the row": lambda p: (
        p.argmax(1) + np.arange(len(p)) * p.shape[1]
    ),
    "those of the whole sorting, not its last column": lambda p: np.argsort(p, axis=1),
    "one-hot rows, not numbers": lambda p: np.eye(p.shape[1])[p.argmax(1)],
    "the probabilities": lambda p: p.max(1),
}


_CONFIDENCES: dict[str, Callable[[Array], Any]] = {
    "for every image those of all labels: `probabilities[:, labels]`": lambda p: p[:, p.argmax(1)],
    "the probabilities of the second class": lambda p: np.sort(p, axis=1)[:, -2],
    "the smallest probabilities": lambda p: p.min(1),
    "medians": lambda p: np.median(p, axis=1),
    "the last probabilities of the rows": lambda p: p[:, -1],
    "the first probabilities of the rows": lambda p: p[:, 0],
    "standard deviations": lambda p: p.std(1),
    "logarithms": lambda p: np.log(p.max(1)),
    "squares of the probabilities": lambda p: p.max(1) ** 2,
    "the largest probability of all images": lambda p: p.max(),
    "the largest probability of all images, for each": lambda p: np.full(len(p), p.max()),
    "the largest probabilities of the classes, not of the images": lambda p: p.max(0),
    "the ratio of the first class to the second": lambda p: (
        np.sort(p, axis=1)[:, -1] / np.sort(p, axis=1)[:, -2]
    ),
    "in percent": lambda p: 100 * p.max(1),
    "the leads over the second class": smallest_margin,
    "means": lambda p: p.mean(1),
    "those of a second softmax": lambda p: _softmax(p).max(1),
    "all probabilities of the images": lambda p: p,
    "computed from the entropy": lambda p: 1 - _relative_entropy(p),
    "labels": lambda p: p.argmax(1),
    "entropies": _entropy,
    "entropies in bits": lambda p: _entropy(p) / np.log(2),
    "entropies with the wrong sign": lambda p: -_entropy(p),
    "entropies, divided by the largest possible": _relative_entropy,
    "minus the logarithms of the largest probabilities": lambda p: -np.log(p.max(1)),
    "L2 norms of the rows": lambda p: np.linalg.norm(p, axis=1),
    "sums of the squares of the rows": lambda p: (p**2).sum(1),
    "variances": lambda p: p.var(1),
    "sample standard deviations": lambda p: p.std(1, ddof=1),
    "sums, which are always 1": lambda p: p.sum(1),
    "differences between the largest and the smallest probability": lambda p: p.max(1) - p.min(1),
    "differences between the largest probability and the mean": lambda p: p.max(1) - p.mean(1),
    "divided by the largest of all images": lambda p: p.max(1) / p.max(),
    "divided by their sum over all images": lambda p: p.max(1) / p.max(1).sum(),
    "scaled so that chance counts as 0": lambda p: (
        (p.max(1) - 1 / p.shape[1]) / (1 - 1 / p.shape[1])
    ),
    "those of a softmax over the images, not over the classes": lambda p: _softmax(p, 0).max(1),
    "those of a softmax over all images": lambda p: _softmax(p, None).max(1),
    "truncated to whole numbers, which leaves 0": lambda p: p.max(1).astype(int),
    "one number, the mean of all images": lambda p: p.max(1).mean(),
    "the mean over all images, for each": lambda p: np.full(len(p), p.max(1).mean()),
}


#: What may be done to both results at the end.
_AFTERWARDS: dict[str, Callable[[tuple[Array, Array]], Any]] = {
    "An axis of length 1 is left: the results have the shape (images, 1)": (
        lambda found: tuple(each[:, np.newaxis] for each in found)
    ),
    "Only the first image is looked at": lambda found: tuple(each[0] for each in found),
    "Only the first image is looked at, as a list of one": (
        lambda found: tuple(each[:1] for each in found)
    ),
    "Only the last image is looked at": lambda found: tuple(each[-1] for each in found),
    "Only the last image is looked at: the lists are made anew in every turn of the loop": (
        lambda found: tuple(each[-1:] for each in found)
    ),
    "The images are in reverse order": lambda found: tuple(each[::-1] for each in found),
    "The images are sorted, the most confident first": lambda found: tuple(
        each[np.argsort(-found[1], kind="stable")] for each in found
    ),
    "The images are sorted, the least confident first": lambda found: tuple(
        each[np.argsort(found[1], kind="stable")] for each in found
    ),
}


def _confidence_by(
    probabilities: Array,
    labels: Callable[[Array], Any] = lambda p: p.argmax(1),
    confidences: Callable[[Array], Any] = lambda p: p.max(1),
    digits: int | None = None,
    afterwards: Callable[[tuple[Array, Array]], Any] = lambda found: found,
) -> Any:
    sure = confidences(probabilities)
    return afterwards((labels(probabilities), sure if digits is None else np.round(sure, digits)))


_CONFIDENCE_VARIATIONS = Variations(
    _confidence_by,
    (
        *(
            Slip(
                f"The labels are {words}",
                {"labels": labels},
                "The label is the position of the largest number of a row: `np.argmax(…, axis=1)`.",
            )
            for words, labels in _LABELS.items()
        ),
        *(
            Slip(
                f"The confidences are {words}",
                {"confidences": confidences},
                "The confidence is the largest number of a row: `np.max(…, axis=1)`.",
            )
            for words, confidences in _CONFIDENCES.items()
        ),
        *(
            Slip(
                f"The confidences are rounded {words}",
                {"digits": digits},
                "Return what `np.max` returns.",
            )
            for digits, words in (
                (0, "to whole numbers, 0 or 1, or compared with 0.5"),
                (1, "to one decimal place"),
                *((number, f"to {number} decimal places") for number in (2, 3, 4)),
            )
        ),
        *(
            Slip(
                title,
                {"afterwards": change},
                "Return one label and one confidence for each row, in the order of the rows: "
                "`np.argmax(…, axis=1), np.max(…, axis=1)`.",
            )
            for title, change in _AFTERWARDS.items()
        ),
    ),
    SECTION,
    (
        "Take one image of three classes and compute both results by hand.",
        "Which line of yours does this? Print what it gives.",
    ),
)


EXERCISE = NumericExercise(
    "confidence",
    "05_mnist_transfer",
    ("probabilities",),
    _confidence_cases,
    _CONFIDENCE_MISTAKES,
    "Covered: several numbers of images and classes. Grading draws others.",
    truth=confidence,
    dtypes={"the labels": "integer", "the confidences": None},
    variations=_CONFIDENCE_VARIATIONS,
    tolerance=1e-5,
    describe="labels and confidences, one of each for every image",
)
