"""A model is measured as the definitions say, and only on data that fit it."""

import keras
import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.errors import CourseError
from resnet_course.training.evaluation import Evaluation, evaluate

LABELS = np.array([0, 0, 1, 1, 2, 2])
PROBABILITIES = np.array(
    [
        [0.8, 0.1, 0.1],
        [0.3, 0.6, 0.1],
        [0.1, 0.8, 0.1],
        [0.0, 0.1, 0.9],
        [0.2, 0.1, 0.7],
        [0.5, 0.1, 0.4],
    ],
    dtype=np.float32,
)


@pytest.fixture
def measured() -> Evaluation:
    return Evaluation(LABELS, PROBABILITIES, ("cat", "dog", "cow"))


def constant_model(shape: tuple[int, int, int], classes: int) -> keras.Model:
    """Build a model that always says the first class."""
    inputs = keras.Input(shape, dtype="uint8")
    X = keras.layers.Flatten()(keras.layers.Rescaling(0.0)(inputs))
    bias = keras.initializers.Constant([5.0] + [0.0] * (classes - 1))
    outputs = keras.layers.Dense(classes, "softmax", bias_initializer=bias)(X)
    return keras.Model(inputs, outputs)


def test_figures_follow_their_definitions(measured: Evaluation) -> None:
    assert measured.predictions.tolist() == [0, 1, 1, 2, 2, 0]
    assert measured.errors == 3
    assert measured.accuracy == 0.5
    assert measured.confidence == pytest.approx([0.8, 0.6, 0.8, 0.9, 0.7, 0.5])
    assert measured.confusion.tolist() == [[1, 1, 0], [0, 1, 1], [1, 0, 1]]


def test_the_most_confident_errors_come_first(measured: Evaluation) -> None:
    assert measured.most_confident_errors().tolist() == [3, 1, 5]
    assert measured.most_confident_errors(2).tolist() == [3, 1]


def test_the_report_names_what_a_class_is_taken_for(measured: Evaluation) -> None:
    lines = measured.report().splitlines()
    assert lines[0] == "accuracy 50.00%: 3 errors in 6 images"
    assert lines[-3].split() == ["cat", "50.00%", "of", "2,", "taken", "for", "dog", "(1)"]


def test_one_error_is_said_in_the_singular() -> None:
    measured = Evaluation(np.array([0]), np.array([[0.1, 0.9]]), ("cat", "dog"))
    assert measured.count() == "1 error in 1 image"


def test_a_class_without_images_is_reported_as_such() -> None:
    measured = Evaluation(np.array([0]), np.array([[0.9, 0.1]]), ("cat", "dog"))
    assert measured.report().splitlines()[-1].split() == ["dog", "–", "of", "0"]


def test_figures_are_plain_data(measured: Evaluation) -> None:
    figures = measured.figures()
    assert figures["accuracy"] == 0.5
    assert figures["errors"] == 3
    assert figures["confusion"] == [[1, 1, 0], [0, 1, 1], [1, 0, 1]]
    assert figures["mean_confidence"] == pytest.approx(4.3 / 6)


def test_a_model_is_measured_on_the_test_images() -> None:
    digits = sets.load("digits")
    measured = evaluate(constant_model((8, 8, 1), 10), digits)
    assert np.array_equal(measured.labels, digits.y_test)
    assert measured.accuracy == pytest.approx(np.mean(digits.y_test == 0))
    assert measured.probabilities.shape == (len(digits.y_test), 10)


@pytest.mark.parametrize(
    ("shape", "classes", "words"),
    [
        ((28, 28, 1), 10, "images of 28x28x1, and those of digits are 8x8x1"),
        ((8, 8, 3), 10, "images of 8x8x3"),
        ((8, 8, 1), 6, "knows 6 classes, and digits has 10"),
    ],
)
def test_data_that_do_not_fit_are_refused(shape, classes: int, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        evaluate(constant_model(shape, classes), sets.load("digits"))


def test_calibration_compares_confidence_with_accuracy_bin_by_bin(measured: Evaluation) -> None:
    sure, right, counts = measured.calibration(bins=2)
    assert counts.tolist() == [0, 6]
    assert np.isnan(sure[0])
    assert sure[1] == pytest.approx(np.mean([0.8, 0.6, 0.8, 0.9, 0.7, 0.5]))
    assert right[1] == pytest.approx(3 / 6)


def test_a_model_that_is_right_as_often_as_it_is_sure_has_no_calibration_error() -> None:
    labels = np.array([0] * 7 + [1] * 3)
    probabilities = np.tile(np.array([0.7, 0.3], np.float32), (10, 1))
    assert Evaluation(labels, probabilities, ("a", "b")).calibration_error == pytest.approx(
        0, abs=1e-6
    )
    labels[:5] = 1
    assert Evaluation(labels, probabilities, ("a", "b")).calibration_error == pytest.approx(
        0.5, abs=1e-6
    )
