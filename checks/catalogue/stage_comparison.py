"""Lesson 5, `compare_stages`: the comparison with parts, and what learners put in their place."""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from checks.graph.operation import Array
from checks.variations import Slip, alone, table

#: What becomes of the numbers in the places of a mask.
Average = Callable[[Array, Array], Any]


def _of(function: Callable[[Array], Any], empty: Any = float("nan")) -> Average:
    """Return an average of the numbers that are selected, and what it is where there are none."""
    return lambda values, mask: float(function(values[mask])) if mask.any() else empty


def _over_all(values: Array, mask: Array) -> float:
    return float(np.mean(values * mask))


def _picked(values: Array, mask: Array, shift: int = 0) -> float:
    return float(np.mean(values[mask.astype(int) + shift]))


def _unless_empty(average: Average) -> Average:
    return lambda values, mask: average(values, mask) if mask.any() else float("nan")


def _share(hits: Array) -> float:
    return float(np.mean(hits))


def _percentage(numbers: Array) -> float:
    return 100 * float(np.mean(numbers))


def compared(
    rows: dict[str, Array],
    hits: dict[str, Array],
    before: str = "frozen predictions",
    after: str = "tuned predictions",
    truth: str = "labels",
    mask: str = "",
    sure: str = "tuned confidences",
    sure_right: str = "",
    sure_wrong: str = "",
    average: Average = _of(np.mean),  # noqa: B008
    of_right: Average | None = None,
    of_wrong: Average | None = None,
    right_of: str = "",
    wrong_of: str = "",
    accuracy: Callable[[Array], Any] = _share,
    of_tuned: str = "",
    gain: Callable[[float, float], Any] = lambda before, after: 100 * (after - before),
    gained: Callable[[Array], Any] = _share,
    gain_of: tuple[str, str] | None = None,
    digits: int | None = None,
) -> dict[str, Any]:
    """Compare the stages with something else in the place of some rows or steps."""
    was_right, is_right = rows[before] == rows["labels"], rows[after] == rows[truth]
    chosen = hits[mask] if mask else is_right
    tuned = hits[of_tuned] if of_tuned else is_right
    changed = [rows[name] for name in gain_of] if gain_of else [was_right, tuned]
    found = {
        "frozen_accuracy": accuracy(was_right),
        "tuned_accuracy": accuracy(tuned),
        "gain": gain(*map(gained, changed)),
        "confidence_right": (of_right or average)(
            rows[sure_right or sure], hits[right_of] if right_of else chosen
        ),
        "confidence_wrong": (of_wrong or average)(
            rows[sure_wrong or sure], np.logical_not(hits[wrong_of] if wrong_of else chosen)
        ),
    }
    if digits is None:
        return found
    return {name: round(number, digits) for name, number in found.items()}


_SELECT = "Select by where the tuned stage is right: `predictions == labels`."
_SELECT_FIRST = "Select the images first, then take the mean of what is left, as a float."
_SHARES = "An accuracy is a share: the mean of `predictions == labels`."
_LARGEST = "Take the largest probability of each image of the second stage."
_SUBTRACT = "The gain is the second accuracy minus the first, times 100."
_NO_RATIO = (
    "A gain in percentage points is a difference, not a ratio: from 0.50 to 0.75 it is 25 points."
)

_ROWS = {
    words: words
    for words in (
        "frozen confidences",
        "tuned probabilities of the label",
        "frozen probabilities of the label",
        "leads over the second class",
        "probabilities that the tuned stage gives to the frozen predictions",
        "differences from 1",
        "means of all probabilities",
        "smallest probabilities",
        "tuned predictions",
        "labels",
    )
}

_AVERAGES: dict[str, Any] = {
    "divided by the number of all images": _unless_empty(_over_all),
    "those of the images 0 and 1: integers pick positions, they are not a mask": (
        _unless_empty(_picked)
    ),
    "always those of the images 0 and 1: integers pick positions, they are not a mask": _picked,
    "sums, not means": lambda values, mask: float(np.sum(values[mask])),
    "the largest, not the mean": lambda values, mask: float(values[mask].max(initial=0)),
    "the smallest, not the mean": _of(np.min),
    "standard deviations, not means": _of(np.std),
    "in percent": _of(_percentage),
    "not the confidences but shares of the images": lambda values, mask: float(np.mean(mask)),
    "rounded to 2 decimal places": _of(lambda chosen: round(chosen.mean(), 2)),
    **{
        f"{empty} where there is nothing to average, instead of NaN": _of(np.mean, empty)
        for empty in (0, 1, -1, None)
    },
}
_ALONE_AVERAGES = _AVERAGES | {
    "medians, not means": _of(np.median),
    "divided by the number of all images, and 0 where there are none": _over_all,
}

#: From the accuracies before and after to the gain.
_GAINS: dict[str, Any] = {
    "always 0": lambda b, a: 0.0,
    "a fraction, not in percentage points": (
        lambda b, a: a - b,
        "From 0.95 to 0.99 is a gain of 4 percentage points, not of 0.04.",
    ),
    "divided by 100, not multiplied": lambda b, a: (a - b) / 100,
    "never negative": lambda b, a: 100 * abs(a - b),
    "set to 0 where the second stage is worse": lambda b, a: 100 * max(a - b, 0),
    "relative to the first stage": (lambda b, a: 100 * (a / b - 1), _NO_RATIO),
    "relative to the first stage, and a share": (
        lambda b, a: a / b - 1,
        _NO_RATIO,
    ),
    "relative to the second stage": lambda b, a: 100 * (1 - b / a),
    "a ratio of the accuracies": lambda b, a: a / b,
    "the reduction of the errors": (
        lambda b, a: 100 * (a - b) / (1 - b),
        "That is the share of the errors that are gone. The exercise asks for the difference of "
        "the two accuracies in percentage points.",
    ),
    "rounded to whole points": lambda b, a: round(100 * (a - b)),
    "truncated to whole points": lambda b, a: int(100 * (a - b)),
    "rounded to one decimal place": lambda b, a: round(100 * (a - b), 1),
    "rounded to two decimal places": lambda b, a: round(100 * (a - b), 2),
    "in per mille": lambda b, a: 1000 * (a - b),
    "the sum of the accuracies": lambda b, a: 100 * (a + b),
    "the mean of the accuracies": lambda b, a: 50 * (a + b),
}

_ACCURACIES: dict[str, Any] = {
    "error rates, the shares of wrong predictions": lambda hits: 1 - _share(hits),
    "numbers of wrong predictions": lambda hits: np.sum(~hits),
    "divided by the number of images minus 1": lambda hits: np.sum(hits) / (len(hits) - 1),
    "rounded to one decimal place": lambda hits: round(_share(hits), 1),
    "rounded to two decimal places": lambda hits: round(_share(hits), 2),
    "truncated to whole numbers": lambda hits: int(np.mean(hits)),
    "standard deviations, not means": np.std,
    "in percent": (
        _percentage,
        "The two accuracies should be shares between 0 and 1. Only the gain is in percentage "
        "points.",
    ),
    "numbers of correct predictions, not shares": (
        np.sum,
        "The number of correct predictions says little without the number of images.",
    ),
    "ratios of correct predictions to wrong ones": lambda hits: np.sum(hits) / np.sum(~hits),
}

_TOGETHER = (
    *table(
        "The confidences are averaged {}",
        "mask",
        {
            "where the frozen stage was right and wrong, not the tuned one": "frozen",
            "where the two stages agree and where they do not": "alike",
            "where both stages are right, and elsewhere": "both",
            "where one of the stages is right, and elsewhere": "either",
            "where the tuned stage gives more than 0.5, and elsewhere": "sure",
        },
        _SELECT,
    ),
    *(
        Slip(
            f"The confidence where the tuned stage is {which} is averaged where the frozen one is",
            {f"{which}_of": "frozen"},
            _SELECT,
        )
        for which in ("right", "wrong")
    ),
    Slip(
        "The confidence where it is right is averaged over all images",
        {"right_of": "all"},
        "Select first: `np.mean(sure[right])`.",
    ),
    *table(
        "The averages are of the {}, not of the tuned confidences",
        "sure",
        _ROWS,
        _LARGEST,
    ),
    *table(
        "The confidences are {}",
        "average",
        _AVERAGES | {"medians, not means": (_of(np.median), "The exercise asks for the mean.")},
        _SELECT_FIRST,
    ),
    Slip(
        "The confidences are averaged over all images",
        {"average": _over_all},
        "Select first, then take the mean: `np.mean(sure[right])`.",
        "Each sum is divided by the number of all images, not by the number of those that are "
        "right, or wrong.",
    ),
    Slip(
        "The frozen predictions are taken for the labels",
        {"truth": "frozen predictions"},
        "Compare the predictions of both stages with `labels`.",
    ),
    *(
        Slip(
            f"The largest probabilities {which} compared with the labels: the argmax is missing",
            {"before": before, "after": after},
            "Compare predictions with labels: `np.argmax(tuned, axis=1) == labels`.",
        )
        for which, before, after in (
            ("are", "frozen confidences", "tuned confidences"),
            ("of the second stage are", "frozen predictions", "tuned confidences"),
            ("of the first stage are", "frozen confidences", "tuned predictions"),
        )
    ),
    Slip(
        "The argmax is taken over all images at once: its axis is missing",
        {"before": "frozen argmax without an axis", "after": "tuned argmax without an axis"},
        "There is one prediction for each image: `np.argmax(tuned, axis=1)`.",
    ),
    *(
        Slip(
            "Labels and confidences are swapped: probabilities are compared with labels" + where,
            parts,
            "`confidence` returns the labels first: `predictions, sure = confidence(…)`.",
        )
        for where, parts in (
            (
                "",
                {
                    "before": "frozen confidences",
                    "after": "tuned confidences",
                    "sure": "tuned predictions",
                },
            ),
            (
                ", in the second stage",
                {"after": "tuned confidences", "sure": "tuned predictions"},
            ),
            (", in the first stage", {"before": "frozen confidences"}),
        )
    ),
    Slip(
        "The gain is the number of additional images that are right",
        {"gain": lambda before, after: after - before, "gained": np.sum},
        _SUBTRACT,
    ),
    Slip(
        "The gain has the wrong sign",
        {"gain": lambda before, after: 100 * (before - after)},
        "Subtract the frozen accuracy from the tuned one.",
        "The gain is what the second stage adds: positive where it is better.",
    ),
    *table("The gain is {}", "gain", _GAINS, _SUBTRACT),
    *table("The accuracies are {}", "accuracy", _ACCURACIES, _SHARES),
    *(
        Slip(
            f"The accuracy of the second stage is that of the {words}",
            {"of_tuned": hits, "mask": "tuned"},
            "Compare the predictions of the second stage with `labels`.",
        )
        for words, hits in (
            ("first stage", "frozen"),
            ("two stages compared with each other", "alike"),
        )
    ),
)

#: Tried by themselves only.
_ALONE = (
    Slip(
        "The confidence is that of the first stage",
        {"mask": "frozen", "sure": "frozen confidences"},
        "Call `confidence(tuned)` for the last two numbers.",
        "The last two numbers should be about the network after the second stage.",
    ),
    Slip(
        "Right and wrong are swapped",
        {"mask": "wrong"},
        "`right = predictions == labels`; the wrong ones are `~right`.",
        "The confidence where the network is right has the name of that where it is wrong.",
    ),
    Slip(
        "The confidence of errors is that of the true label",
        {"sure_wrong": "tuned probabilities of the label"},
        "Take the largest probability of each wrong image, not that at the true label.",
        "Where the network is wrong, the true label has a low probability. The confidence is the "
        "probability of what the network *did* say, and it can be high.",
    ),
    Slip(
        "The two stages are swapped",
        {
            "before": "tuned predictions",
            "after": "frozen predictions",
            "sure": "frozen confidences",
        },
        "`tuned` is the second stage.",
        "What is reported of the frozen stage belongs to the tuned one, and the other way round.",
    ),
    Slip(
        "Right and wrong predictions get the same confidence: the mean over all images",
        {"right_of": "all", "wrong_of": "none"},
        "Select first: `sure[right]`.",
        "The mean confidence should be taken where the network is right, and where it is wrong.",
    ),
    Slip(
        "The confidence where it is wrong is one minus the probability",
        {"sure_wrong": "differences from 1"},
        "Take the mean of `sure`: a network whose largest probability is 0.9 is confident by 0.9.",
        "The confidence is that of the network's prediction, right or wrong.",
    ),
    Slip(
        "All five numbers are in percent",
        {"accuracy": _percentage, "average": _of(_percentage)},
        "Multiply only the gain by 100.",
        "Accuracies and confidences should be shares between 0 and 1.",
    ),
    Slip(
        "The confidence where it is wrong is computed as one minus that where it is right",
        {"of_wrong": lambda values, mask: 1 - _of(np.mean)(values, ~mask)},
        "Take the mean of `sure[~right]`.",
        "The two are means over different images, and do not add up to 1.",
    ),
    Slip(
        "The gain is that of the confidence",
        {"gain_of": ("frozen confidences", "tuned confidences")},
        "Subtract the accuracies.",
        "The gain is the difference of the accuracies.",
    ),
    *table(
        "The numbers are rounded to {}",
        "digits",
        {"1 decimal place": 1, "2 decimal places": 2, "3 decimal places": 3},
        "Return the numbers as they are.",
        "Round where you print, not where you compute.",
    ),
    *table(
        "Where the tuned stage is right, the average is of the {}, not of the tuned confidences",
        "sure_right",
        _ROWS,
        _LARGEST,
    ),
    *table(
        "Where the tuned stage is wrong, the average is of the {}, not of the tuned confidences",
        "sure_wrong",
        _ROWS,
        _LARGEST,
    ),
    *table("The confidence where it is right is {}", "of_right", _ALONE_AVERAGES, _SELECT_FIRST),
    *table("The confidence where it is wrong is {}", "of_wrong", _ALONE_AVERAGES, _SELECT_FIRST),
    *(
        Slip(
            "The mask holds integers: they pick the images 0 and 1, and `~` those at −1 and −2",
            {"of_right": way(_picked), "of_wrong": way(partial(_picked, shift=-2))},
            "Leave the mask as it is, true and false: `right = predictions == labels`.",
        )
        for way in (_unless_empty, lambda average: average)
    ),
)

SLIPS = (*_TOGETHER, *alone(*_ALONE))
