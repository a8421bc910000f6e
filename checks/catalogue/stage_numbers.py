"""Lesson 5, `compare_stages`: averages, gains and accuracies that learners compute instead.

Each table is by words for what is computed. What has its own explanation is a pair.
"""

from typing import Any

import numpy as np

from checks.catalogue.stage_comparison import (
    of_selected,
    over_all,
    percentage,
    picked,
    share,
    unless_empty,
)

_NO_RATIO = (
    "A gain in percentage points is a difference, not a ratio: from 0.50 to 0.75 it is 25 points, "
    "not 50 percent."
)

AVERAGES: dict[str, Any] = {
    "divided by the number of all images": unless_empty(over_all),
    "those of the images 0 and 1: integers pick positions, they are not a mask": (
        unless_empty(picked)
    ),
    "always those of the images 0 and 1: integers pick positions, they are not a mask": picked,
    "sums, not means": lambda values, mask: float(np.sum(values[mask])),
    "the largest, not the mean": lambda values, mask: float(values[mask].max(initial=0)),
    "the smallest, not the mean": of_selected(np.min),
    "standard deviations, not means": of_selected(np.std),
    "in percent": of_selected(percentage),
    "not the confidences but shares of the images": lambda values, mask: float(np.mean(mask)),
    "rounded to 2 decimal places": of_selected(lambda chosen: round(chosen.mean(), 2)),
    **{
        f"{empty} where there is nothing to average, instead of NaN": of_selected(np.mean, empty)
        for empty in (0, 1, -1, None)
    },
}
ALONE_AVERAGES = AVERAGES | {
    "medians, not means": of_selected(np.median),
    "divided by the number of all images, and 0 where there are none": over_all,
}

#: From the accuracies before and after to the gain.
GAINS: dict[str, Any] = {
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
        "That is the share of the errors that the second stage removes. The exercise asks for the "
        "difference of the two accuracies, in percentage points.",
    ),
    "rounded to whole points": lambda b, a: round(100 * (a - b)),
    "truncated to whole points": lambda b, a: int(100 * (a - b)),
    "rounded to one decimal place": lambda b, a: round(100 * (a - b), 1),
    "rounded to two decimal places": lambda b, a: round(100 * (a - b), 2),
    "in per mille": lambda b, a: 1000 * (a - b),
    "the sum of the accuracies": lambda b, a: 100 * (a + b),
    "the mean of the accuracies": lambda b, a: 50 * (a + b),
}

ACCURACIES: dict[str, Any] = {
    "error rates, the shares of wrong predictions": lambda hits: 1 - share(hits),
    "numbers of wrong predictions": lambda hits: np.sum(~hits),
    "divided by the number of images minus 1": lambda hits: np.sum(hits) / (len(hits) - 1),
    "rounded to one decimal place": lambda hits: round(share(hits), 1),
    "rounded to two decimal places": lambda hits: round(share(hits), 2),
    "truncated to whole numbers": lambda hits: int(np.mean(hits)),
    "standard deviations, not means": np.std,
    "in percent": (
        percentage,
        "The two accuracies should be shares between 0 and 1. Only the gain is in percentage "
        "points.",
    ),
    "numbers of correct predictions, not shares": (
        np.sum,
        "The number of correct predictions says little without the number of images. An accuracy "
        "is the share of predictions that are correct.",
    ),
    "ratios of correct predictions to wrong ones": lambda hits: np.sum(hits) / np.sum(~hits),
}
