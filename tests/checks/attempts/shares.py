"""Attempts at `confidence` and `compare_stages`: other averages, units and axes."""

import statistics
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tests.checks.attempts.attempt import Attempt, collector

ATTEMPTS: list[Attempt] = []
_, wrong = collector(ATTEMPTS)

# confidence --------------------------------------------------------------------------------


def sure_by(name: str, pattern: str, confidences: Callable) -> None:
    """Enter an answer with the right labels and other confidences."""

    def answer(probabilities):
        return probabilities.argmax(axis=1), confidences(probabilities)

    answer.__name__ = name
    wrong("confidence", pattern)(answer)


def softmax(values, axis):
    powers = np.exp(values)
    return (powers / powers.sum(axis=axis, keepdims=True)).max(axis=1)


sure_by(
    "whole_percents", "two things.*in percent.*whole numbers", lambda p: np.round(100 * p.max(1))
)
sure_by("percents_to_two_places", "two things.*percent.*2", lambda p: (100 * p.max(1)).round(2))
sure_by("norms_of_the_rows", "L2 norms", lambda p: np.linalg.norm(p, axis=1))
sure_by("sums_of_squares", "sums of the squares", lambda p: (p**2).sum(1))
sure_by("minus_logarithms", "minus the logarithms", lambda p: -np.log(p.max(1)))
sure_by("entropies", "^the confidences are entropies$", lambda p: -(p * np.log(p)).sum(1))
sure_by("entropies_in_bits", "entropies in bits", lambda p: -(p * np.log2(p)).sum(1))
sure_by("negative_entropies", "entropies with the wrong sign", lambda p: (p * np.log(p)).sum(1))
sure_by("cut_to_integers", "truncated to whole numbers", lambda p: p.max(1).astype(int))
sure_by("true_or_false", "compared with 0.5", lambda p: p.max(1) > 0.5)
sure_by("one_mean_for_all", "one number, the mean of all images", lambda p: p.max(1).mean())
sure_by(
    "the_mean_for_each", "mean over all images, for each", lambda p: 0 * p[:, 0] + p.max(1).mean()
)
sure_by("variances", "^the confidences are variances$", lambda p: p.var(1))
sure_by("sample_deviations", "sample standard deviations", lambda p: p.std(1, ddof=1))
sure_by("a_softmax_over_all", "softmax over all images", lambda p: softmax(p, None))
sure_by("a_softmax_over_images", "softmax over the images", lambda p: softmax(p, 0))
sure_by("ranges", "between the largest and the smallest", lambda p: np.ptp(p, axis=1))
sure_by(
    "above_the_mean", "between the largest probability and the mean", lambda p: p.max(1) - p.mean(1)
)
sure_by("relative_to_the_best", "largest of all images", lambda p: p.max(1) / p.max())
sure_by("shares_of_the_sum", "divided by their sum", lambda p: p.max(1) / p.max(1).sum())
sure_by(
    "corrected_for_chance",
    "chance counts as 0",
    lambda p: (p.max(1) - 1 / p.shape[1]) / (1 - 1 / p.shape[1]),
)
sure_by(
    "texts", "second value is a list of strings", lambda p: [f"{each:.2f}" for each in p.max(1)]
)
sure_by(
    "something_else",
    "^only the second value is wrong: the numbers are too small$",
    lambda p: p.max(1) ** 3,
)


@wrong("confidence", "^the labels are the most confident predictions of each class")
def labels_of_the_columns(probabilities):
    return probabilities.argmax(axis=0), probabilities.max(axis=1)


@wrong("confidence", "sorted, the most confident first")
def sorted_by_confidence(probabilities):
    order = np.argsort(-probabilities.max(axis=1))
    return probabilities.argmax(axis=1)[order], probabilities.max(axis=1)[order]


@wrong("confidence", "^only the last image is looked at.*makes new lists")
def lists_made_anew(probabilities):
    for row in probabilities:
        labels, sure = [row.argmax()], [row.max()]
    return labels, sure


@wrong("confidence", "no axis 2|axis 2 in an array of the rank 2")
def along_an_axis_that_is_not_there(probabilities):
    return probabilities.argmax(axis=2), probabilities.max(axis=2)


@wrong("confidence", "an index is not an integer")
def values_for_places(probabilities):
    sure = probabilities.max(axis=1)
    return probabilities[:, sure], sure


@wrong("confidence", "`\\w+` is None where a value is needed")
def labels_left_empty(probabilities):
    labels = None
    return labels.astype(int), probabilities.max(axis=1)


@wrong("confidence", "calls itself without end")
def endless(probabilities):
    return endless(probabilities)


# compare_stages ----------------------------------------------------------------------------


def hits(labels, probabilities):
    return probabilities.argmax(axis=1) == labels


def mean(values):
    return float(np.mean(values)) if len(values) else float("nan")


def compared(labels, frozen, tuned):
    before, after, sure = hits(labels, frozen), hits(labels, tuned), tuned.max(axis=1)
    return {
        "frozen_accuracy": mean(before),
        "tuned_accuracy": mean(after),
        "gain": 100 * (mean(after) - mean(before)),
        "confidence_right": mean(sure[after]),
        "confidence_wrong": mean(sure[~after]),
    }


def compared_but(name: str, pattern: str, **entries: Callable) -> None:
    """Enter an answer in which some entries are others; each takes the labels and both stages."""

    def answer(labels, frozen, tuned):
        others = {key: value(labels, frozen, tuned) for key, value in entries.items()}
        return compared(labels, frozen, tuned) | others

    answer.__name__ = name
    wrong("compare_stages", pattern)(answer)


compared_but(
    "error_rates",
    "accuracies are error rates",
    frozen_accuracy=lambda y, f, t: 1 - mean(hits(y, f)),
    tuned_accuracy=lambda y, f, t: 1 - mean(hits(y, t)),
)
compared_but(
    "one_image_less",
    "number of images minus 1",
    frozen_accuracy=lambda y, f, t: float(hits(y, f).sum() / (len(y) - 1)),
    tuned_accuracy=lambda y, f, t: float(hits(y, t).sum() / (len(y) - 1)),
)
compared_but(
    "probabilities_of_the_labels",
    "'frozen_accuracy' and 'tuned_accuracy' are wrong",
    frozen_accuracy=lambda y, f, t: mean(f[np.arange(len(y)), y]),
    tuned_accuracy=lambda y, f, t: mean(t[np.arange(len(y)), y]),
)
compared_but(
    "confidence_of_the_first_stage_where_wrong",
    "^where the tuned stage is wrong, the average is of the frozen confidences",
    confidence_wrong=lambda y, f, t: mean(f.max(1)[~hits(y, t)]),
)
compared_but(
    "confidence_of_the_first_stage_where_right",
    "^where the tuned stage is right, the average is of the frozen confidences",
    confidence_right=lambda y, f, t: mean(f.max(1)[hits(y, t)]),
)
compared_but(
    "all_probabilities_averaged",
    "means of all probabilities",
    confidence_right=lambda y, f, t: mean(t[hits(y, t)]),
    confidence_wrong=lambda y, f, t: mean(t[~hits(y, t)]),
)
compared_but(
    "a_gain_divided",
    "gain is divided by 100",
    gain=lambda y, f, t: (mean(hits(y, t)) - mean(hits(y, f))) / 100,
)
compared_but(
    "a_gain_to_one_place",
    "gain is rounded to one decimal place",
    gain=lambda y, f, t: round(100 * (mean(hits(y, t)) - mean(hits(y, f))), 1),
)
compared_but(
    "a_gain_of_whole_points",
    "gain is truncated to whole points",
    gain=lambda y, f, t: int(100 * (mean(hits(y, t)) - mean(hits(y, f)))),
)
compared_but(
    "a_gain_of_images",
    "gain is the number of additional images",
    gain=lambda y, f, t: int(hits(y, t).sum() - hits(y, f).sum()),
)
compared_but(
    "a_gain_in_words",
    "the entry 'gain' is a string",
    gain=lambda y, f, t: f"{100 * (mean(hits(y, t)) - mean(hits(y, f))):.1f} %",
)
compared_but(
    "the_first_accuracy_twice",
    "accuracy of the second stage is that of the first stage",
    tuned_accuracy=lambda y, f, t: mean(hits(y, f)),
    gain=lambda y, f, t: 0.0,
)
compared_but(
    "one_of_two_answers_right",
    "^only 'tuned_accuracy' is wrong: it is too large",
    tuned_accuracy=lambda y, f, t: mean((np.argsort(t, 1)[:, -2:] == y[:, np.newaxis]).any(1)),
)
compared_but(
    "confidences_not_averaged",
    "the entry 'confidence_right' is a sequence of \\d+ values",
    confidence_right=lambda y, f, t: t.max(1)[hits(y, t)].tolist(),
)
compared_but(
    "sums_where_right",
    "confidence where it is right is sums",
    confidence_right=lambda y, f, t: float(t.max(1)[hits(y, t)].sum()),
)


@wrong("compare_stages", "^probabilities are compared with labels: the argmax is missing$")
def without_argmax(labels, frozen, tuned):
    right = tuned == labels
    return compared(labels, frozen, tuned) | {"tuned_accuracy": mean(right)}


@wrong("compare_stages", "^probabilities are compared with labels: the argmax is missing$")
def without_argmax_in_tensorflow(labels, frozen, tuned):
    right = tf.equal(tf.cast(labels, "float64"), tuned)
    return compared(labels, frozen, tuned) | {"tuned_accuracy": mean(right)}


@wrong("compare_stages", "^the argmax is taken over the images, not over the classes$")
def argmax_over_the_images(labels, frozen, tuned):
    return compared(labels, frozen, tuned) | {"tuned_accuracy": mean(tuned.argmax(0) == labels)}


@wrong("compare_stages", "^the argmax is taken over all images at once: its axis is missing$")
def argmax_without_an_axis(labels, frozen, tuned):
    before, after, sure = frozen.argmax() == labels, tuned.argmax() == labels, tuned.max(axis=1)
    return {
        "frozen_accuracy": mean(before),
        "tuned_accuracy": mean(after),
        "gain": 100 * (mean(after) - mean(before)),
        "confidence_right": mean(sure[after]),
        "confidence_wrong": mean(sure[~after]),
    }


@wrong("compare_stages", "^the largest probabilities are compared with the labels: the argmax is")
def largest_probabilities_for_predictions(labels, frozen, tuned):
    before, after, sure = frozen.max(axis=1) == labels, tuned.max(axis=1) == labels, tuned.max(1)
    return {
        "frozen_accuracy": mean(before),
        "tuned_accuracy": mean(after),
        "gain": 100 * (mean(after) - mean(before)),
        "confidence_right": mean(sure[after]),
        "confidence_wrong": mean(sure[~after]),
    }


@wrong("compare_stages", "^the mask holds integers: they pick the images 0 and 1, and `~` those at")
def a_mask_of_integers(labels, frozen, tuned):
    right, sure = hits(labels, tuned).astype(int), tuned.max(axis=1)
    return compared(labels, frozen, tuned) | {
        "confidence_right": mean(sure[right]),
        "confidence_wrong": mean(sure[~right]),
    }


@wrong("compare_stages", "^the confidences are always those of the images 0 and 1: integers pick")
def a_mask_of_integers_and_its_complement(labels, frozen, tuned):
    right, sure = hits(labels, tuned).astype(int), tuned.max(axis=1)
    return compared(labels, frozen, tuned) | {
        "confidence_right": mean(sure[right]),
        "confidence_wrong": mean(sure[1 - right]),
    }


def enter_a_mean_that_fails(average: Callable) -> None:
    """Enter an answer whose mean raises an error where there is nothing to average."""

    def answer(labels, frozen, tuned):
        right, sure = hits(labels, tuned), tuned.max(axis=1)
        return compared(labels, frozen, tuned) | {
            "confidence_right": average(sure[right].tolist()),
            "confidence_wrong": average(sure[~right].tolist()),
        }

    answer.__name__ = f"a_mean_that_fails_by_{average.__name__}"
    wrong("compare_stages", "^where no prediction is wrong, there is an error instead of NaN$")(
        answer
    )


def sum_by_length(values):
    return sum(values) / len(values)


enter_a_mean_that_fails(statistics.mean)
enter_a_mean_that_fails(statistics.fmean)
enter_a_mean_that_fails(sum_by_length)
