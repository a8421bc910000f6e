"""Lesson 5: `compare_stages`."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.confidence import SECTION as CONFIDENCE_SECTION
from checks.catalogue.confidence import draw_probabilities, smallest_margin
from checks.exercise import NumericExercise
from checks.graph.operations import Array
from checks.messages.python_errors import Explanation, at_line, broadcast, plain
from checks.mistakes import (
    Mistake,
)
from checks.variations import Slip, Variations


def compare_stages(labels: Array, frozen: Array, tuned: Array) -> dict[str, float]:
    """Compute the reference: accuracies, gain in points, confidence where right and wrong."""
    right = tuned.argmax(1) == labels
    before, after = float(np.mean(frozen.argmax(1) == labels)), float(np.mean(right))
    sure = tuned.max(1)
    return {
        "frozen_accuracy": before,
        "tuned_accuracy": after,
        "gain": 100 * (after - before),
        "confidence_right": _mean_of(sure[right]),
        "confidence_wrong": _mean_of(sure[~right]),
    }


def _mean_of(values: Array) -> float:
    return float(np.mean(values)) if values.size else float("nan")


def _compare_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
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


def _compared_but(
    change: Callable[[dict[str, float], Array, Array, Array], dict[str, float]],
) -> Callable[..., dict[str, float]]:
    def function(labels: Array, frozen: Array, tuned: Array) -> dict[str, float]:
        right = compare_stages(labels, frozen, tuned)
        return right | change(right, labels, frozen, tuned)

    return function


def _error_reduction(right: dict[str, float], *arguments: Array) -> dict[str, float]:
    before, after = 1 - right["frozen_accuracy"], 1 - right["tuned_accuracy"]
    return {"gain": 100 * (before - after) / before}


def _relative_gain(right: dict[str, float], *arguments: Array) -> dict[str, float]:
    before, after = right["frozen_accuracy"], right["tuned_accuracy"]
    return {"gain": 100 * (after - before) / before}


def _frozen_confidence(
    right: dict[str, float], labels: Array, frozen: Array, tuned: Array
) -> dict[str, float]:
    compared = compare_stages(labels, frozen, frozen)
    return {key: compared[key] for key in ("confidence_right", "confidence_wrong")}


def _of_the_true_label(
    right: dict[str, float], labels: Array, frozen: Array, tuned: Array
) -> dict[str, float]:
    hits, given = tuned.argmax(1) == labels, tuned[np.arange(len(labels)), labels]
    return {"confidence_wrong": float(np.mean(given[~hits]))}


def _median_confidences(
    right: dict[str, float], labels: Array, frozen: Array, tuned: Array
) -> dict[str, float]:
    hits, sure = tuned.argmax(1) == labels, tuned.max(1)
    return {
        "confidence_right": float(np.median(sure[hits])),
        "confidence_wrong": float(np.median(sure[~hits])),
    }


def _over_all_images(
    right: dict[str, float], labels: Array, frozen: Array, tuned: Array
) -> dict[str, float]:
    hits, sure = tuned.argmax(1) == labels, tuned.max(1)
    return {
        "confidence_right": float(np.mean(sure * hits)),
        "confidence_wrong": float(np.mean(sure * ~hits)),
    }


def _compare_mistake(
    title: str,
    explanation: str,
    hints: tuple[str, str],
    change: Callable[..., dict[str, float]],
) -> Mistake:
    first = "Take four images and compute the five numbers by hand."
    return Mistake(
        title, explanation, (first, *hints), CONFIDENCE_SECTION, function=_compared_but(change)
    )


_COMPARE_MISTAKES = (
    _compare_mistake(
        "The gain is a fraction, not in percentage points",
        "From 0.95 to 0.99 is a gain of 4 percentage points, not of 0.04.",
        ("In which unit should the gain be?", "Multiply the difference by 100."),
        lambda right, *arguments: {"gain": right["gain"] / 100},
    ),
    _compare_mistake(
        "The accuracies are in percent",
        "The two accuracies should be shares between 0 and 1. Only the gain is in percentage "
        "points.",
        (
            "Between which numbers should an accuracy lie?",
            "Take the mean of `predictions == labels` as it is.",
        ),
        lambda right, *arguments: {
            key: 100 * right[key] for key in ("frozen_accuracy", "tuned_accuracy")
        },
    ),
    _compare_mistake(
        "The gain has the wrong sign",
        "The gain is what the second stage adds: positive where it is better.",
        ("Which stage comes later?", "Subtract the frozen accuracy from the tuned one."),
        lambda right, *arguments: {"gain": -right["gain"]},
    ),
    _compare_mistake(
        "The gain is the reduction of the errors",
        "That is the share of the errors that are gone. The exercise asks for the difference of "
        "the two accuracies in percentage points.",
        ("Do not divide.", "`100 * (tuned accuracy - frozen accuracy)`."),
        _error_reduction,
    ),
    _compare_mistake(
        "The gain is relative to the first stage",
        "A gain in percentage points is a difference, not a ratio: from 0.50 to 0.75 it is 25 "
        "points, not 50 percent.",
        ("Do not divide.", "`100 * (tuned accuracy - frozen accuracy)`."),
        _relative_gain,
    ),
    _compare_mistake(
        "The confidence is that of the first stage",
        "The last two numbers should be about the network after the second stage.",
        (
            "Which probabilities do you take the confidence from?",
            "Call `confidence(tuned)` for the last two numbers.",
        ),
        _frozen_confidence,
    ),
    _compare_mistake(
        "Right and wrong are swapped",
        "The confidence where the network is right has the name of that where it is wrong.",
        (
            "Which images does your mask select?",
            "`right = predictions == labels`; the wrong ones are `~right`.",
        ),
        lambda right, *arguments: {
            "confidence_right": right["confidence_wrong"],
            "confidence_wrong": right["confidence_right"],
        },
    ),
    _compare_mistake(
        "The confidence of errors is that of the true label",
        "Where the network is wrong, the true label has a low probability. The confidence is the "
        "probability of what the network *did* say, and it can be high.",
        (
            "Which probability makes an error dangerous?",
            "Take the largest probability of each wrong image, not that at the true label.",
        ),
        _of_the_true_label,
    ),
    _compare_mistake(
        "The confidences are averaged over all images",
        "Each sum is divided by the number of all images, not by the number of those that are "
        "right, or wrong.",
        (
            "How many images are you averaging over?",
            "Select first, then take the mean: `np.mean(sure[right])`.",
        ),
        _over_all_images,
    ),
    _compare_mistake(
        "The two stages are swapped",
        "What is reported of the frozen stage belongs to the tuned one, and the other way round.",
        ("Which probabilities come from the second stage?", "`tuned` is the second stage."),
        lambda right, labels, frozen, tuned: compare_stages(labels, tuned, frozen),
    ),
    _compare_mistake(
        "Right and wrong predictions get the same confidence: the mean over all images",
        "The mean confidence should be taken where the network is right, and where it is wrong.",
        ("Which images does each of the two means look at?", "Select first: `sure[right]`."),
        lambda right, labels, frozen, tuned: dict.fromkeys(
            ("confidence_right", "confidence_wrong"), float(tuned.max(1).mean())
        ),
    ),
    _compare_mistake(
        "The accuracies are numbers of correct predictions, not shares",
        "The number of correct predictions says little without the number of images.",
        ("Between which numbers should an accuracy lie?", "Take the mean, not the sum."),
        lambda right, labels, *arguments: {
            key: len(labels) * right[key] for key in ("frozen_accuracy", "tuned_accuracy")
        },
    ),
    _compare_mistake(
        "All five numbers are in percent",
        "Accuracies and confidences should be shares between 0 and 1. Only the gain is in "
        "percentage points.",
        ("Between which numbers should an accuracy lie?", "Multiply only the gain by 100."),
        lambda right, *arguments: {
            key: value if key == "gain" else 100 * value for key, value in right.items()
        },
    ),
    _compare_mistake(
        "The gain is relative to the first stage, and a share",
        "A gain in percentage points is a difference, not a ratio.",
        ("Do not divide.", "`100 * (tuned accuracy - frozen accuracy)`."),
        lambda right, *arguments: {"gain": _relative_gain(right)["gain"] / 100},
    ),
    _compare_mistake(
        "The confidences are medians, not means",
        "The exercise asks for the mean confidence.",
        ("Which average do you take?", "Use `np.mean`."),
        _median_confidences,
    ),
    _compare_mistake(
        "The confidence where it is wrong is computed as one minus that where it is right",
        "The two are means over different images, and do not add up to 1.",
        ("Which images does each of the two means look at?", "Take the mean of `sure[~right]`."),
        lambda right, *arguments: {"confidence_wrong": 1 - right["confidence_right"]},
    ),
    _compare_mistake(
        "The confidence where it is wrong is one minus the probability",
        "The confidence is that of the network's prediction, right or wrong.",
        (
            "How confident is a network whose largest probability is 0.9?",
            "Take the mean of `sure`.",
        ),
        lambda right, *arguments: {"confidence_wrong": 1 - right["confidence_wrong"]},
    ),
    _compare_mistake(
        "The gain is that of the confidence",
        "The gain is the difference of the accuracies.",
        ("Of which two numbers is the gain the difference?", "Subtract the accuracies."),
        lambda right, labels, frozen, tuned: {
            "gain": 100 * float(tuned.max(1).mean() - frozen.max(1).mean())
        },
    ),
    *(
        _compare_mistake(
            f"The numbers are rounded to {digits} decimal place{'s' * (digits > 1)}",
            "Round where you print, not where you compute.",
            ("What do you do with the numbers at the end?", "Return them as they are."),
            lambda right, *arguments, digits=digits: {
                key: round(value, digits) for key, value in right.items()
            },
        )
        for digits in (1, 2, 3)
    ),
)


def _compare_material(labels: Array, frozen: Array, tuned: Array) -> dict[str, Any]:
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
    hits = {
        "frozen": rows["frozen predictions"] == labels,
        "tuned": rows["tuned predictions"] == labels,
        "alike": rows["frozen predictions"] == rows["tuned predictions"],
        "sure": rows["tuned confidences"] > 0.5,
        "all": np.ones(len(labels), bool),
    }
    hits["both"] = hits["frozen"] & hits["tuned"]
    hits["either"] = hits["frozen"] | hits["tuned"]
    return {"rows": rows, "hits": hits}


def _mean_where(values: Array, mask: Array) -> float:
    return _mean_of(values[mask])


def _picked(values: Array, mask: Array, shift: int = 0) -> float:
    return _always_picked(values, mask, shift) if mask.any() else float("nan")


def _always_picked(values: Array, mask: Array, shift: int = 0) -> float:
    return float(np.mean(values[mask.astype(int) + shift]))


def _mean_or(empty: float | None) -> Callable[[Array, Array], Any]:
    return lambda values, mask: _mean_of(values[mask]) if mask.any() else empty


def _shared(values: Array, mask: Array) -> float:
    return float(np.mean(values * mask)) if mask.any() else float("nan")


_AVERAGES: dict[str, Callable[[Array, Array], Any]] = {
    "divided by the number of all images": _shared,
    "divided by the number of all images, and 0 where there are none": lambda values, mask: float(
        np.mean(values * mask)
    ),
    "those of the images 0 and 1: integers pick positions, they are not a mask": _picked,
    "always those of the images 0 and 1: integers pick positions, they are not a mask": (
        _always_picked
    ),
    "sums, not means": lambda values, mask: float(np.sum(values[mask])),
    "the largest, not the mean": lambda values, mask: float(values[mask].max(initial=0)),
    "the smallest, not the mean": lambda values, mask: (
        float(values[mask].min()) if mask.any() else float("nan")
    ),
    "medians, not means": lambda values, mask: (
        float(np.median(values[mask])) if mask.any() else float("nan")
    ),
    "standard deviations, not means": lambda values, mask: (
        float(np.std(values[mask])) if mask.any() else float("nan")
    ),
    "in percent": lambda values, mask: 100 * _mean_where(values, mask),
    "not the confidences but shares of the images": lambda values, mask: float(np.mean(mask)),
    "rounded to 2 decimal places": lambda values, mask: round(_mean_where(values, mask), 2),
    **{
        f"{empty} where there is nothing to average, instead of NaN": _mean_or(empty)
        for empty in (0, 1, -1, None)
    },
}


def _accuracy(hits: Array) -> float:
    return float(np.mean(hits))


def _compared_by(
    rows: dict[str, Array],
    hits: dict[str, Array],
    before: tuple[str, str] = ("frozen predictions", "labels"),
    after: tuple[str, str] = ("tuned predictions", "labels"),
    mask: str = "",
    sure: str = "tuned confidences",
    sure_right: str = "",
    sure_wrong: str = "",
    average: Callable[[Array, Array], Any] = _mean_where,
    of_right: Callable[[Array, Array], Any] | None = None,
    of_wrong: Callable[[Array, Array], Any] | None = None,
    right_of: str = "",
    wrong_of: str = "",
    accuracy: Callable[[Array], Any] = _accuracy,
    of_tuned: str = "",
    gain: Callable[[Array, Array], Any] = lambda before, after: (
        100 * (_accuracy(after) - _accuracy(before))
    ),
) -> dict[str, Any]:
    """Compare the stages with something else in the place of some rows or steps."""
    was_right, is_right = (rows[one] == rows[other] for one, other in (before, after))
    chosen = hits[mask] if mask else is_right
    tuned = hits[of_tuned] if of_tuned else is_right
    return {
        "frozen_accuracy": accuracy(was_right),
        "tuned_accuracy": accuracy(tuned),
        "gain": gain(was_right, tuned),
        "confidence_right": (of_right or average)(
            rows[sure_right or sure], hits[right_of] if right_of else chosen
        ),
        "confidence_wrong": (of_wrong or average)(
            rows[sure_wrong or sure], np.logical_not(hits[wrong_of] if wrong_of else chosen)
        ),
    }


def _compare_slips() -> Iterator[Slip]:
    """Yield what may stand in the place of the rows and steps of a comparison."""
    for words, wrong in (
        ("where the frozen stage was right and wrong, not the tuned one", "frozen"),
        ("where the two stages agree and where they do not", "alike"),
        ("where both stages are right, and elsewhere", "both"),
        ("where one of the stages is right, and elsewhere", "either"),
        ("where the tuned stage gives more than 0.5, and elsewhere", "sure"),
    ):
        yield Slip(
            f"The confidences are averaged {words}",
            {"mask": wrong},
            "Select by where the tuned stage is right: `predictions == labels`.",
        )
    for which, part in (("right", "right_of"), ("wrong", "wrong_of")):
        yield Slip(
            f"The confidence where the tuned stage is {which} is averaged where the frozen one is",
            {part: "frozen"},
            "Select by where the tuned stage is right: `predictions == labels`.",
        )
    yield Slip(
        "The confidence where it is right is averaged over all images",
        {"right_of": "all"},
        "Select first: `np.mean(sure[right])`.",
    )
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
    ):
        for where, part in (
            ("", "sure"),
            ("Where the tuned stage is right, ", "sure_right"),
            ("Where the tuned stage is wrong, ", "sure_wrong"),
        ):
            what = f"{where}the average is" if where else "The averages are"
            yield Slip(
                f"{what} of the {words}, not of the tuned confidences",
                {part: words},
                "Take the largest probability of each image of the second stage.",
                alone=bool(where),
            )
    for words, average in _AVERAGES.items():
        for names, parts in (
            ("confidences are", ("average",)),
            ("confidence where it is right is", ("of_right",)),
            ("confidence where it is wrong is", ("of_wrong",)),
        ):
            yield Slip(
                f"The {names} {words}",
                dict.fromkeys(parts, average),
                "Select the images first, then take the mean of what is left, as a float.",
                alone=parts != ("average",),
            )
    yield Slip(
        "The frozen predictions are taken for the labels",
        {"after": ("tuned predictions", "frozen predictions")},
        "Compare the predictions of both stages with `labels`.",
    )
    for average in (_picked, _always_picked):
        yield Slip(
            "The mask holds integers: they pick the images 0 and 1, and `~` those at −1 and −2",
            {"of_right": average, "of_wrong": partial(average, shift=-2)},
            "Leave the mask as it is, true and false: `right = predictions == labels`.",
            alone=True,
        )
    for title, before, after in (
        ("are", "frozen confidences", "tuned confidences"),
        ("of the second stage are", "frozen predictions", "tuned confidences"),
        ("of the first stage are", "frozen confidences", "tuned predictions"),
    ):
        yield Slip(
            f"The largest probabilities {title} compared with the labels: the argmax is missing",
            {"before": (before, "labels"), "after": (after, "labels")},
            "Compare predictions with labels: `np.argmax(tuned, axis=1) == labels`.",
        )
    yield Slip(
        "The argmax is taken over all images at once: its axis is missing",
        {
            "before": ("frozen argmax without an axis", "labels"),
            "after": ("tuned argmax without an axis", "labels"),
        },
        "There is one prediction for each image: `np.argmax(tuned, axis=1)`.",
    )
    swapped = "Labels and confidences are swapped: probabilities are compared with labels"
    unpack = "`confidence` returns the labels first: `predictions, sure = confidence(…)`."
    frozen, tuned = ("frozen confidences", "labels"), ("tuned confidences", "labels")
    yield Slip(swapped, {"before": frozen, "after": tuned, "sure": "tuned predictions"}, unpack)
    yield Slip(
        f"{swapped}, in the second stage", {"after": tuned, "sure": "tuned predictions"}, unpack
    )
    yield Slip(f"{swapped}, in the first stage", {"before": frozen}, unpack)
    for words, change in _GAINS.items():
        yield Slip(
            f"The gain is {words}",
            {"gain": change},
            "The gain is the second accuracy minus the first, times 100.",
        )
    for words, accuracy in _ACCURACIES.items():
        yield Slip(
            f"The accuracies are {words}",
            {"accuracy": accuracy},
            "An accuracy is a share: the mean of `predictions == labels`.",
        )
    for words, hits in (
        ("first stage", "frozen"),
        ("two stages compared with each other", "alike"),
    ):
        yield Slip(
            f"The accuracy of the second stage is that of the {words}",
            {"of_tuned": hits, "mask": "tuned"},
            "Compare the predictions of the second stage with `labels`.",
        )


def _gain_of(change: Callable[[float, float], Any]) -> Callable[[Array, Array], Any]:
    return lambda before, after: change(_accuracy(before), _accuracy(after))


_GAINS: dict[str, Callable[[Array, Array], Any]] = {
    "the number of additional images that are right": lambda before, after: int(
        after.sum() - before.sum()
    ),
    "always 0": lambda before, after: 0.0,
    **{
        words: _gain_of(change)
        for words, change in {
            "a fraction, not in percentage points": lambda before, after: after - before,
            "divided by 100, not multiplied": lambda before, after: (after - before) / 100,
            "the first accuracy minus the second": lambda before, after: 100 * (before - after),
            "never negative": lambda before, after: 100 * abs(after - before),
            "set to 0 where the second stage is worse": lambda before, after: (
                100 * max(after - before, 0)
            ),
            "relative to the first stage": lambda before, after: (
                100 * (after - before) / before if before else float("nan")
            ),
            "relative to the second stage": lambda before, after: (
                100 * (after - before) / after if after else float("nan")
            ),
            "a ratio of the accuracies": lambda before, after: (
                after / before if before else float("nan")
            ),
            "rounded to whole points": lambda before, after: round(100 * (after - before)),
            "truncated to whole points": lambda before, after: int(100 * (after - before)),
            "rounded to one decimal place": lambda before, after: round(100 * (after - before), 1),
            "rounded to two decimal places": lambda before, after: round(100 * (after - before), 2),
            "in per mille": lambda before, after: 1000 * (after - before),
            "the sum of the accuracies": lambda before, after: 100 * (after + before),
            "the mean of the accuracies": lambda before, after: 50 * (after + before),
        }.items()
    },
}


_ACCURACIES: dict[str, Callable[[Array], Any]] = {
    "error rates, the shares of wrong predictions": lambda hits: 1 - _accuracy(hits),
    "numbers of wrong predictions": lambda hits: int(len(hits) - hits.sum()),
    "divided by the number of images minus 1": lambda hits: float(hits.sum() / (len(hits) - 1)),
    "rounded to one decimal place": lambda hits: round(_accuracy(hits), 1),
    "rounded to two decimal places": lambda hits: round(_accuracy(hits), 2),
    "truncated to whole numbers": lambda hits: int(_accuracy(hits)),
    "standard deviations, not means": lambda hits: float(np.std(hits)),
    "in percent": lambda hits: 100 * _accuracy(hits),
    "numbers of correct predictions": lambda hits: int(hits.sum()),
    "ratios of correct predictions to wrong ones": lambda hits: (
        float(hits.sum() / (len(hits) - hits.sum())) if not hits.all() else float("inf")
    ),
}


_COMPARE_VARIATIONS = Variations(
    _compared_by,
    tuple(_compare_slips()),
    CONFIDENCE_SECTION,
    (
        "Take four images and compute the five numbers by hand.",
        "Which line of yours does this? Print what it gives.",
    ),
    material=_compare_material,
)


#: What errors say that come of a mean or a largest number of nothing.
_NOTHING = "data point|by zero|empty|zero-size"


def _compare_error(arguments: Mapping[str, Any], error: Mapping[str, Any]) -> Explanation | None:
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
    if (right.all() or not right.any()) and re.search(_NOTHING, plain(error["message"])):
        which = "wrong" if right.all() else "right"
        return Explanation(
            f"Where no prediction is {which}, there is an error instead of NaN",
            f"All predictions are {'right' if right.all() else 'wrong'} in one of the calls, and "
            f"the mean of no numbers raises an error{where}.",
            'Return `float("nan")` where there is nothing to average.',
        )
    return None


EXERCISE = NumericExercise(
    "compare_stages",
    "05_mnist_transfer",
    ("labels", "frozen", "tuned"),
    _compare_cases,
    _COMPARE_MISTAKES,
    "Covered: all five numbers, for a second stage that is better and for one that is worse. "
    "Grading draws others.",
    truth=compare_stages,
    variations=_COMPARE_VARIATIONS,
    on_error=_compare_error,
    tolerance=1e-5,
    describe="a dictionary with five numbers, by the names in the docstring",
)
