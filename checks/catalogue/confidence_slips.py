"""Lesson 5, `confidence`: both results with parts, and what learners put in their place."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any

import numpy as np

from checks.graph.operation import Array
from checks.variations import Slip, Variations, alone, table

SECTION = "lesson 5, “How sure is the network?”"


def smallest_margin(probabilities: Array) -> Array:
    """Return how far the largest probability of each image is above the second."""
    ordered = np.sort(probabilities, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def _entropy(probabilities: Array) -> Array:
    """Return the entropy of each row, in nats."""
    return np.asarray(-np.sum(probabilities * np.log(probabilities), axis=1))


def _relative_entropy(probabilities: Array) -> Array:
    """Return the entropy of each row as a share of the largest there can be."""
    return np.asarray(_entropy(probabilities) / np.log(probabilities.shape[1]))


def _softmax(values: Array, axis: int | None = 1) -> Array:
    powers = np.exp(values)
    return np.asarray(powers / powers.sum(axis, keepdims=True))


def _by(
    probabilities: Array,
    labels: Callable[[Array], Any] = lambda p: p.argmax(1),
    confidences: Callable[[Array], Any] = lambda p: p.max(1),
    digits: int | None = None,
    afterwards: Callable[[tuple[Array, Array]], Any] = lambda found: found,
) -> Any:
    """Return labels and confidences with something else in place of some steps."""
    sure = confidences(probabilities)
    return afterwards((labels(probabilities), sure if digits is None else np.round(sure, digits)))


_FIRST_CLASS = "Here confidence is the largest probability itself."
_ADD_UP = "The probabilities of an image add up to 1, for every image and every model."

_LABELS = table(
    "The labels are {}",
    "labels",
    {
        "always the last one: the position of the largest after sorting": lambda p: np.full(
            len(p), p.shape[1] - 1
        ),
        "always 0": lambda p: np.zeros(len(p)),
        "the first of those above 0.5, or 0 where none is": lambda p: (p > 0.5).argmax(1),
        "the first of those above the mean of the row": lambda p: (
            p > p.mean(1, keepdims=True)
        ).argmax(1),
        "the first of those that round to the largest": lambda p: p.round().argmax(1),
        "those of the least probable class": lambda p: p.argmin(1),
        "those of the second class": lambda p: np.argsort(p, axis=1)[:, -2],
        "the most confident predictions of each class, not the class of each image": (
            lambda p: p.argmax(0)
        ),
        "the numbers of the images": lambda p: np.arange(len(p)),
        "counted from the end": lambda p: p.shape[1] - 1 - p.argmax(1),
        "counted from 1": (
            lambda p: p.argmax(1) + 1,
            "Labels are counted from 0, like the positions in a row.",
        ),
        "positions among all probabilities, not in the row": lambda p: (
            p.argmax(1) + np.arange(len(p)) * p.shape[1]
        ),
        "those of the whole sorting, not its last column": lambda p: np.argsort(p, axis=1),
        "one-hot rows, not numbers": lambda p: np.eye(p.shape[1])[p.argmax(1)],
        "the probabilities": lambda p: p.max(1),
    },
    "The label is the position of the largest number of a row: `np.argmax(…, axis=1)`.",
)

_MAX = "The confidence is the largest number of a row: `np.max(…, axis=1)`."

_CONFIDENCES = (
    *table(
        "The confidences are {}",
        "confidences",
        {
            "for every image those of all labels: `probabilities[:, labels]`": lambda p: p[
                :, p.argmax(1)
            ],
            "the probabilities of the second class": lambda p: np.sort(p, axis=1)[:, -2],
            "the smallest probabilities": lambda p: p.min(1),
            "medians": lambda p: np.median(p, axis=1),
            "the last probabilities of the rows": lambda p: p[:, -1],
            "the first probabilities of the rows": lambda p: p[:, 0],
            "standard deviations": lambda p: p.std(1),
            "logarithms": lambda p: np.log(p.max(1)),
            "squares of the probabilities": lambda p: p.max(1) ** 2,
            "the largest probability of all images": np.max,
            "the largest probability of all images, for each": lambda p: np.full(len(p), p.max()),
            "the largest probabilities of the classes, not of the images": lambda p: p.max(0),
            "the ratio of the first class to the second": lambda p: (
                p.max(1) / np.sort(p, axis=1)[:, -2]
            ),
            "all probabilities of the images": lambda p: p,
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
            "differences between the largest and the smallest probability": lambda p: np.ptp(p, 1),
            "differences between the largest probability and the mean": lambda p: (
                p.max(1) - p.mean(1)
            ),
            "divided by the largest of all images": lambda p: p.max(1) / p.max(),
            "divided by their sum over all images": lambda p: p.max(1) / p.max(1).sum(),
            "scaled so that chance counts as 0": lambda p: (
                (p.max(1) - 1 / p.shape[1]) / (1 - 1 / p.shape[1])
            ),
            "those of a softmax over the images, not over the classes": lambda p: _softmax(
                p, 0
            ).max(1),
            "those of a softmax over all images": lambda p: _softmax(p, None).max(1),
            "truncated to whole numbers, which leaves 0": lambda p: p.max(1).astype(int),
            "one number, the mean of all images": lambda p: p.max(1).mean(),
            "the mean over all images, for each": lambda p: np.full(len(p), p.max(1).mean()),
        },
        _MAX,
    ),
    *table(
        "{}",
        "confidences",
        {
            "The confidence is in percent": (
                lambda p: 100 * p.max(1),
                "The confidence should be a probability, between 0 and 1.",
            ),
            "The confidence is the lead over the second class": (
                smallest_margin,
                "That is a margin: how far the most probable class is ahead of the next. "
                f"{_FIRST_CLASS}",
            ),
            "The confidence is the mean of the probabilities": (
                lambda p: p.mean(1),
                f"{_ADD_UP} So their mean is always 1 divided by the number of classes.",
            ),
            "A softmax is applied to probabilities": (
                lambda p: _softmax(p).max(1),
                "The model has applied a softmax already. A second one makes every prediction "
                "look unsure.",
            ),
            "The confidence is computed from the entropy": (
                lambda p: 1 - _relative_entropy(p),
                f"The entropy looks at the probabilities of all classes. {_FIRST_CLASS}",
            ),
            "The confidence is the sum of the probabilities": (
                lambda p: p.sum(1),
                f"{_ADD_UP} So their sum says nothing.",
            ),
            "The confidence is one minus the largest probability": (
                lambda p: 1 - p.max(1),
                "That is how unsure the model is. The confidence is the largest probability "
                "itself.",
            ),
        },
        _MAX,
    ),
)

_ROUNDED = table(
    "The confidences are rounded to {}",
    "digits",
    {
        "whole numbers, 0 or 1, or compared with 0.5": 0,
        "1 decimal place": 1,
        **{f"{digits} decimal places": digits for digits in (2, 3, 4)},
    },
    "Return what `np.max` returns.",
    "Rounding hides how two confident predictions differ.",
)


def _at(places: Any) -> Callable[[tuple[Array, Array]], Any]:
    """Return a choice of images: `places` are theirs, or give them for the confidences."""
    return lambda found: tuple(
        result[places(found[1]) if callable(places) else places] for result in found
    )


_AFTERWARDS = (
    *table(
        "{}",
        "afterwards",
        {
            "An axis of length 1 is left: the results have the shape (images, 1)": _at(
                (slice(None), np.newaxis)
            ),
            "Only the first image is looked at": _at(0),
            "Only the first image is looked at, as a list of one": _at(slice(1)),
            "Only the last image is looked at": _at(-1),
            "Only the last image is looked at: each turn of the loop makes new lists": (
                _at(slice(-1, None))
            ),
            "The images are in reverse order": _at(slice(None, None, -1)),
            "The images are sorted, the most confident first": _at(
                lambda sure: np.argsort(-sure, kind="stable")
            ),
            "The images are sorted, the least confident first": _at(
                lambda sure: np.argsort(sure, kind="stable")
            ),
        },
        "Return one label and one confidence for each row, in the order of the rows: "
        "`np.argmax(…, axis=1), np.max(…, axis=1)`.",
    ),
    *alone(
        *table(
            "{}",
            "afterwards",
            {
                "The two results are in the wrong order": (
                    lambda found: found[::-1],
                    "The labels should come first, then the confidences.",
                ),
                "Only the labels are returned": itemgetter(0),
                "Only the confidences are returned": itemgetter(1),
                "The results are paired image by image": (
                    lambda found: np.stack(found, axis=1),
                    "The result has a row for each image, with its label and its confidence. The "
                    "exercise asks for two arrays: all labels, then all confidences.",
                ),
            },
            "Return both: `return np.argmax(…, axis=1), np.max(…, axis=1)`.",
            "The exercise asks for two arrays: the labels of all images, then their confidences.",
        )
    ),
)

_BOTH = alone(
    *table(
        "{}",
        "",
        {
            "The largest number of each column is taken": (
                {"labels": lambda p: p.argmax(0), "confidences": lambda p: p.max(0)},
                "A column holds the probabilities of one class for all images. Each image is a "
                "row.",
            ),
            "There is one label and one confidence in all, not one for each image": (
                {"labels": np.argmax, "confidences": np.max},
                "Without an axis, NumPy looks at all images at once. Each row is an image, and "
                "each image has a label and a confidence.",
            ),
        },
        "Reduce the last axis of all rows: `axis=1`, or `axis=-1`.",
    ),
    Slip(
        "The least probable class is taken",
        {"labels": lambda p: p.argmin(1), "confidences": lambda p: p.min(1)},
        "Use `np.argmax` and `np.max`.",
        "The model's prediction is the class to which it gives the largest probability.",
    ),
)

VARIATIONS = Variations(
    _by,
    (*_LABELS, *_CONFIDENCES, *_ROUNDED, *_AFTERWARDS, *_BOTH),
    SECTION,
    (
        "Take one image of three classes and compute both results by hand.",
        "A row is an image; its largest number is the confidence, and the position of that number "
        "is the label.",
    ),
)
