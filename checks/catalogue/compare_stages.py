"""Lesson 5: `compare_stages`."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.confidence import draw_probabilities
from checks.catalogue.confidence_slips import SECTION, smallest_margin
from checks.catalogue.stage_comparison import compared
from checks.catalogue.stage_slips import SLIPS
from checks.evidence import Error
from checks.exercise import NumericExercise
from checks.graph.operation import Array
from checks.messages.python_errors import Explanation, at_line, broadcast, plain
from checks.variations import Variations


def compare_stages(labels: Array, frozen: Array, tuned: Array) -> dict[str, float]:
    """Compute the reference: accuracies, gain in points, confidence where right and wrong."""
    return compared(**_material(labels, frozen, tuned))


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, images: int, classes: int, skills: tuple[float, float]) -> Case:
        labels = generator.integers(classes, size=images)
        frozen, tuned = (draw_probabilities(generator, labels, classes, skill) for skill in skills)
        return Case(covers, {"labels": labels, "frozen": frozen, "tuned": tuned})

    cases = [
        case("first call", 40, 5, (0.5, 3.0)),
        case("a loss instead of a gain", 30, 4, (3, 0)),
        case("every image right", 12, 3, (1.0, 60.0)),
    ]
    return [*cases, case("a loss instead of a gain", 50, 7, (4, 0.5))] if grading else cases


def _material(labels: Array, frozen: Array, tuned: Array) -> dict[str, Any]:
    """Return every row of numbers that a learner may take for another, by words for it."""
    at = np.arange(len(labels))
    rows = {
        "labels": labels,
        "frozen predictions": frozen.argmax(1),
        "tuned predictions": tuned.argmax(1),
        "frozen confidences": frozen.max(1),
        "tuned confidences": tuned.max(1),
        "frozen probabilities of the label": frozen[at, labels],
        "tuned probabilities of the label": tuned[at, labels],
        "leads over the second class": smallest_margin(tuned),
        "probabilities that the tuned stage gives to the frozen predictions": tuned[
            at, frozen.argmax(1)
        ],
        "differences from 1": 1 - tuned.max(1),
        "means of all probabilities": tuned.mean(1),
        "frozen argmax without an axis": np.full(len(labels), frozen.argmax()),
        "tuned argmax without an axis": np.full(len(labels), tuned.argmax()),
        "smallest probabilities": tuned.min(1),
    }
    was_right, is_right = (rows[f"{stage} predictions"] == labels for stage in ("frozen", "tuned"))
    hits = {
        "frozen": was_right,
        "tuned": is_right,
        "wrong": ~is_right,
        "alike": rows["frozen predictions"] == rows["tuned predictions"],
        "sure": rows["tuned confidences"] > 0.5,
        "all": at >= 0,
        "none": at < 0,
        "both": was_right & is_right,
        "either": was_right | is_right,
    }
    return {"rows": rows, "hits": hits}


VARIATIONS = Variations(
    compared,
    SLIPS,
    SECTION,
    (
        "Take four images and compute the five numbers by hand.",
        "Which line of yours does this? Print what it gives.",
    ),
    material=_material,
)


#: What errors say that come from the mean or the maximum of nothing.
_NOTHING = "data point|by zero|empty|zero-size"


def _compare_error(arguments: Mapping[str, Any], error: Error) -> Explanation | None:
    """Explain errors that come from a missing argmax, or from a mean of nothing."""
    labels, tuned = arguments["labels"], arguments["tuned"]
    where, found = at_line(error), {*broadcast(error)}
    argmax = "The prediction is the class of the largest probability: `np.argmax(…, axis=1)`."
    if {tuned.shape, labels.shape} <= found:
        return Explanation(
            "Probabilities are compared with labels: the argmax is missing",
            f"There are {tuned.shape[1]} probabilities for each image, and one label{where}.",
            argmax,
        )
    if {tuned.shape[1:], labels.shape} <= found:
        return Explanation(
            "The argmax is taken over the images, not over the classes",
            f"It gives {tuned.shape[1]} numbers, and there are {len(labels)} labels{where}.",
            argmax,
        )
    right = tuned.argmax(1) == labels
    if (right.all() or not right.any()) and re.search(_NOTHING, plain(error.message)):
        which = "wrong" if right.all() else "right"
        return Explanation(
            f"Where no prediction is {which}, there is an error instead of NaN",
            f"All predictions are {'right' if right.all() else 'wrong'} in one of the calls, and "
            f"taking the mean of nothing raises an error{where}.",
            'Return `float("nan")` where there is nothing to average.',
        )
    return None


EXERCISE = NumericExercise(
    "compare_stages",
    "05_mnist_transfer",
    ("labels", "frozen", "tuned"),
    _cases,
    VARIATIONS.mistakes,
    "Covered: all five numbers, for a second stage that is better and for one that is worse. "
    "Grading draws others.",
    truth=compare_stages,
    variations=VARIATIONS,
    on_error=_compare_error,
    tolerance=1e-5,
    describe="a dictionary with five numbers, by the names in the docstring",
)
