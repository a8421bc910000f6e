"""A result at chance is told from a better one, and said."""

from itertools import permutations

import numpy as np
import pytest

from resnet_course.training.chance import by_chance
from resnet_course.training.evaluation import Evaluation


def confusion(labels: list[int], predictions: list[int], classes: int) -> np.ndarray:
    counts = np.zeros((classes, classes), int)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def test_chance_is_what_all_orders_of_the_predictions_come_to() -> None:
    labels, predictions = [0, 0, 0, 1, 1, 2, 2], [0, 1, 0, 1, 0, 2, 0]
    accuracies = [np.mean(np.equal(labels, order)) for order in permutations(predictions)]
    mean, deviation = by_chance(confusion(labels, predictions, 3))
    assert mean == pytest.approx(np.mean(accuracies))
    # The formula is for many images: with n of them it divides by n where n - 1 is exact.
    assert deviation == pytest.approx(np.std(accuracies) * np.sqrt(6 / 7))


def measured(labels: np.ndarray, predictions: np.ndarray, classes: int) -> Evaluation:
    names = tuple(map(str, range(classes)))
    return Evaluation(labels, np.eye(classes, dtype=np.float32)[predictions], names)


def test_always_saying_one_class_is_chance_however_often_it_comes() -> None:
    labels = np.array([0] * 95 + [1] * 5)
    constant = measured(labels, np.zeros(100, int), 2)
    assert constant.accuracy == 0.95
    assert constant.at_chance
    (remark,) = constant.remarks()
    assert "no better than chance: guessing would be right on 95.0% of these images" in remark
    assert remark in constant.report().splitlines()
    assert constant.figures()["at_chance"] is True


def test_guesses_are_chance_and_better_answers_are_not() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(300) % 6
    guesses = rng.integers(0, 6, 300)
    better = np.where(rng.random(300) < 0.2, labels, guesses)
    assert measured(labels, guesses, 6).at_chance
    assert measured(labels, (labels + 1) % 6, 6).at_chance
    assert not measured(labels, better, 6).at_chance
    assert measured(labels, better, 6).remarks() == []


def test_a_rare_class_that_is_found_is_no_chance() -> None:
    labels = np.array([0] * 95 + [1] * 5)
    found = labels.copy()
    found[[0, 1, 99]] = 1, 1, 0
    assert not measured(labels, found, 2).at_chance


@pytest.mark.parametrize("labels", [[0, 1], [0], [0, 1, 2]])
def test_no_error_at_all_is_never_called_chance(labels: list[int]) -> None:
    assert not measured(np.array(labels), np.array(labels), 3).at_chance
