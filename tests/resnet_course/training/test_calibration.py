"""Temperatures are fitted on images that were not trained on, and cost no accuracy."""

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.cli import main
from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.results import run_folder
from resnet_course.training import calibration, loop, networks
from resnet_course.training.loop import train
from resnet_course.training.recipes import Recipe
from resnet_course.training.settings import TrainingSettings

RECIPE = Recipe(epochs=30, batch_size=32, shift=0)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return sets.load("digits").take(600)


def linear(dataset: Dataset) -> keras.Model:
    """Build a model that trains at once."""
    keras.utils.set_random_seed(0)
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten()]
    layers.append(keras.layers.Dense(dataset.classes, "softmax"))
    return networks.from_pixels(keras.Sequential(layers, name="own"), dataset)


def of_size(images: int) -> Dataset:
    x, y = np.zeros((images, 8, 8, 1), np.uint8), np.arange(images) % 10
    x[:, 0, 0, 0], x[:, 0, 1, 0] = np.arange(images) % 251, np.arange(images) // 251
    return Dataset("made up", x, y, x[:7], y[:7], tuple("0123456789"))


def rows(images: np.ndarray) -> set[bytes]:
    return {image.tobytes() for image in images}


@pytest.mark.parametrize(
    ("images", "trained_on", "fitted_on", "again"),
    [
        (60_000, 59_000, 1000, False),
        (5000, 4750, 250, False),
        (4990, 4990, 1000, True),
        (50, 50, 10, True),
        (40, 40, 0, False),
    ],
)
def test_many_images_spare_some_and_few_are_trained_on_twice(
    images: int, trained_on: int, fitted_on: int, again: bool
) -> None:
    dataset = of_size(images)
    plan = calibration.plan(dataset)
    assert len(plan.dataset.y_train) == trained_on
    assert np.array_equal(plan.dataset.x_test, dataset.x_test)
    assert plan.again == again
    if fitted_on == 0:
        assert plan.held_out is None
        return
    assert plan.held_out is not None
    assert len(plan.held_out.y_test) == pytest.approx(fitted_on, abs=10)
    seen = plan.held_out if again else plan.dataset
    assert not rows(seen.x_train) & rows(plan.held_out.x_test)


def test_validation_images_serve_for_the_temperature_too(digits: Dataset) -> None:
    dataset = digits.hold_out(0.2)
    plan = calibration.plan(dataset, TrainingSettings(validation=0.2))
    assert plan.dataset is plan.held_out is dataset
    assert not plan.again


def test_calibration_mends_label_smoothing_and_changes_no_prediction(digits: Dataset) -> None:
    plain = train(linear(digits), digits, RECIPE, TrainingSettings(calibrate=False))
    run = train(linear(digits), digits, RECIPE)
    assert np.array_equal(run.evaluation.predictions, plain.evaluation.predictions)
    assert run.curve == plain.curve
    assert run.evaluation.calibration_error < 0.5 * plain.evaluation.calibration_error
    assert run.evaluation.calibration_error_before == pytest.approx(
        plain.evaluation.calibration_error, abs=1e-4
    )
    assert run.temperature.temperature < 1
    assert run.temperature.images == 120
    assert run.temperature.cpu_seconds > 0


def test_a_model_that_learns_nothing_but_its_training_images_is_not_made_surer() -> None:
    # Labels drawn at random: what was trained on is right, everything else is chance.
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (700, 8, 8, 1), dtype=np.uint8)
    y = rng.integers(0, 10, 700)
    noise = Dataset("noise", x[:100], y[:100], x[100:], y[100:], tuple("0123456789"))
    run = train(linear(noise), noise, replace(RECIPE, epochs=60, label_smoothing=0.0))
    assert run.curve["accuracy"][-1] > 0.9
    assert run.temperature.temperature > 2
    assert run.evaluation.calibration_error < 0.6 * run.evaluation.calibration_error_before


def test_a_calibrated_model_that_is_trained_further_gets_a_temperature_of_its_own(
    digits: Dataset,
) -> None:
    first = train(linear(digits), digits, RECIPE)
    second = train(first.model, digits, replace(RECIPE, epochs=2))
    assert second.temperature.temperature != first.temperature.temperature
    assert [layer.name for layer in second.model.layers].count("temperature") == 1
    plain = train(first.model, digits, replace(RECIPE, epochs=1), TrainingSettings(calibrate=False))
    assert plain.evaluation.temperature == 1


def test_too_few_images_leave_probabilities_as_they_are(digits: Dataset) -> None:
    run = train(linear(digits), digits.take(30), replace(RECIPE, epochs=1))
    assert run.temperature == calibration.UNCALIBRATED
    assert run.evaluation.calibration_error == run.evaluation.calibration_error_before


def test_an_interrupted_second_training_goes_on_to_the_same_temperature(
    digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, epochs=4)
    whole = train(linear(digits), digits, recipe)
    real, calls = loop.fit, []

    def interrupted(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(loop, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(linear(digits), digits, recipe, TrainingSettings(folder=tmp_path))
    again = train(linear(digits), digits, recipe, TrainingSettings(folder=tmp_path))
    assert len(calls) == 4
    np.testing.assert_array_equal(again.evaluation.probabilities, whole.evaluation.probabilities)


def test_commands_report_both_calibration_errors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ["train", "custom", "--labels", "400", "--epochs", "6", "--output"]
    assert main([*words, "run"]) == 0
    said = capsys.readouterr().out
    result = json.loads(Path("run/result.json").read_text())
    errors = result["calibration_error"], result["calibration_error_before"]
    assert errors[0] < errors[1]
    for error in errors:
        assert f"{error:.2%}" in said.splitlines()[-2]
    assert result["calibration"]["images"] == 80
    assert main(["evaluate", "run"]) == 0
    report = capsys.readouterr().out
    assert f"calibration error {errors[0]:.2%} ({errors[1]:.2%} before its temperature" in report
    assert main(["evaluate", "run/model.keras", "--data", "digits", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["calibration_error"] == errors[0]
    assert figures["calibration_error_before"] == pytest.approx(errors[1])
    assert figures["temperature"] == pytest.approx(result["calibration"]["temperature"])
    assert main([*words, "plain", "--no-calibration"]) == 0
    plain = json.loads(Path("plain/result.json").read_text())
    assert plain["accuracy"] == result["accuracy"]
    assert plain["calibration_error"] == pytest.approx(errors[1], abs=1e-4)
    assert run_folder.load(Path("plain")).model.layers[-1].name != "calibrated"


def test_real_mnist_is_calibrated_to_within_two_per_cent(mnist: Dataset) -> None:
    small = replace(mnist.take(6000), x_test=mnist.x_test[:2000], y_test=mnist.y_test[:2000])
    run = train("custom", small, Recipe(epochs=2, batch_size=64, crop=3))
    assert run.evaluation.calibration_error_before > 0.05
    assert run.evaluation.calibration_error < 0.02
