"""Lesson 5, `compare_stages`: what learners put in place of parts of the comparison."""

from functools import partial

import numpy as np

from checks.catalogue.stage_comparison import (
    of_selected,
    over_all,
    percentage,
    picked,
    unless_empty,
)
from checks.catalogue.stage_numbers import ACCURACIES, ALONE_AVERAGES, AVERAGES, GAINS
from checks.variations import Slip, alone, table

_SELECT = "Select by where the tuned stage is right: `predictions == labels`."
_SELECT_FIRST = "Select the images first, then take the mean of what is left, as a float."
_SHARES = "An accuracy is a share: the mean of `predictions == labels`."
_LARGEST = "Take the largest probability of each image of the second stage."
_SUBTRACT = "The gain is the second accuracy minus the first, times 100."
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
        AVERAGES
        | {
            "medians, not means": (
                of_selected(np.median),
                "The exercise asks for the mean of the confidences, not for their median.",
            )
        },
        _SELECT_FIRST,
    ),
    Slip(
        "The confidences are averaged over all images",
        {"average": over_all},
        "Select first, then take the mean: `np.mean(sure[right])`.",
        "Each sum is divided by the number of all images. It should be divided by the number of "
        "those that are right, or of those that are wrong.",
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
        "The gain is what the second stage adds to the first, so it is positive where the second "
        "is better.",
    ),
    *table("The gain is {}", "gain", GAINS, _SUBTRACT),
    *table("The accuracies are {}", "accuracy", ACCURACIES, _SHARES),
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
        "The last two numbers should be the confidence of the network after the second stage.",
    ),
    Slip(
        "Right and wrong are swapped",
        {"mask": "wrong"},
        "`right = predictions == labels`; the wrong ones are `~right`.",
        "The confidence where the network is right is returned as the one where it is wrong, and "
        "the other way round.",
    ),
    Slip(
        "The confidence of errors is that of the true label",
        {"sure_wrong": "tuned probabilities of the label"},
        "Take the largest probability of each wrong image, not that at the true label.",
        "Where the network is wrong, the true label has a low probability. The confidence is the "
        "probability of what the network did predict, and that can be high.",
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
        "Both confidences are the mean over all images. One should be the mean where the network "
        "is right, and the other where it is wrong.",
    ),
    Slip(
        "The confidence where it is wrong is one minus the probability",
        {"sure_wrong": "differences from 1"},
        "Take the mean of `sure`: a network whose largest probability is 0.9 is confident by 0.9.",
        "The confidence is the probability of the network's own prediction, whether it is right "
        "or wrong.",
    ),
    Slip(
        "All five numbers are in percent",
        {"accuracy": percentage, "average": of_selected(percentage)},
        "Multiply only the gain by 100.",
        "Accuracies and confidences should be shares between 0 and 1. Only the gain is in "
        "percentage points.",
    ),
    Slip(
        "The confidence where it is wrong is computed as one minus that where it is right",
        {"of_wrong": lambda values, mask: 1 - of_selected(np.mean)(values, ~mask)},
        "Take the mean of `sure[~right]`.",
        "The two are means over different images, and need not add up to 1.",
    ),
    Slip(
        "The gain is that of the confidence",
        {"gain_of": ("frozen confidences", "tuned confidences")},
        "Subtract the accuracies.",
        "The gain is the difference of the two accuracies, not that of the confidences.",
    ),
    *table(
        "The numbers are rounded to {}",
        "digits",
        {"1 decimal place": 1, "2 decimal places": 2, "3 decimal places": 3},
        "Return the numbers as they are.",
        "The exercise asks for the numbers as they are. Round them where you print, not where you "
        "compute.",
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
    *table("The confidence where it is right is {}", "of_right", ALONE_AVERAGES, _SELECT_FIRST),
    *table("The confidence where it is wrong is {}", "of_wrong", ALONE_AVERAGES, _SELECT_FIRST),
    *(
        Slip(
            "The mask holds integers: they pick the images 0 and 1, and `~` those at −1 and −2",
            {"of_right": way(picked), "of_wrong": way(partial(picked, shift=-2))},
            "Leave the mask as it is, true and false: `right = predictions == labels`.",
        )
        for way in (unless_empty, lambda average: average)
    ),
)

SLIPS = (*_TOGETHER, *alone(*_ALONE))
