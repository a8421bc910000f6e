"""Two-stage transfer: each stage learns, is measured, and is repeated and resumed exactly."""

import json
from dataclasses import replace
from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.finetuning import report, two_stages
from resnet_course.finetuning.head import class_means
from resnet_course.finetuning.two_stages import Stages, TransferRun, transfer, unfreeze
from resnet_course.training import calibration, tensorboard
from resnet_course.training.recipes import Recipe
from resnet_course.training.settings import TrainingSettings

PLAIN = Recipe(epochs=5, batch_size=32, shift=0, weight_decay=0.0, learning_rate=0.01)
STAGES = Stages(PLAIN, replace(PLAIN, shift=1, epochs=6))


@pytest.fixture(scope="module")
def digits() -> Dataset:
    return sets.load("digits").take(200)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a small untrained network for 8x8 pixels, as a file."""
    keras.utils.set_random_seed(3)
    inputs = keras.Input((8, 8, 1))
    X = keras.layers.Conv2D(24, 3, activation="relu")(keras.layers.Rescaling(1 / 128)(inputs))
    X = keras.layers.BatchNormalization()(X)
    X = keras.layers.Flatten()(keras.layers.MaxPooling2D(2)(X))
    path = tmp_path_factory.mktemp("weights") / "small.keras"
    keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(X), name="small").save(path)
    return path


@pytest.fixture(scope="module")
def run(weights: Path, digits: Dataset) -> TransferRun:
    return transfer(weights, digits, STAGES)


def test_both_stages_learn_and_are_measured_on_the_test_images(run, digits: Dataset) -> None:
    assert run.measured_on == "test"
    assert run.frozen.evaluation.accuracy > 0.7
    assert run.tuned.evaluation.accuracy > 0.85
    assert run.tuned.trace.curve["loss"][-1] < run.tuned.trace.curve["loss"][0]
    said = run.model.predict(digits.x_test, batch_size=500, verbose=0)
    np.testing.assert_array_equal(said, run.tuned.evaluation.probabilities)


def test_the_head_that_was_trained_on_features_is_the_one_of_the_model(
    weights: Path, digits: Dataset
) -> None:
    idle = replace(PLAIN, epochs=1, learning_rate=1e-12, shift=0)
    run = transfer(weights, digits, Stages(PLAIN, idle), TrainingSettings(calibrate=False))
    np.testing.assert_allclose(
        run.tuned.evaluation.probabilities, run.frozen.evaluation.probabilities, atol=0.02
    )


def test_the_parameters_of_each_stage_are_counted(run) -> None:
    features = 3 * 3 * 24
    head, convolution, normalisation = features * 10 + 10, 9 * 24 + 24, 4 * 24
    total = head + convolution + normalisation
    assert run.frozen.parameters == (head, total)
    assert run.tuned.parameters == (head + convolution, total)


def test_the_same_seed_gives_the_same_result_and_kept_features_do_not_change_it(
    run, weights: Path, digits: Dataset, tmp_path: Path
) -> None:
    for _ in range(2):
        again = transfer(weights, digits, STAGES, cache=tmp_path)
        np.testing.assert_array_equal(
            again.tuned.evaluation.probabilities, run.tuned.evaluation.probabilities
        )
    assert len(list(tmp_path.iterdir())) == 2


def test_a_transfer_that_is_interrupted_goes_on(
    run, weights: Path, digits: Dataset, tmp_path: Path, monkeypatch
) -> None:
    real, calls = two_stages.fit, []

    def interrupted(*arguments, **options):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    monkeypatch.setattr(two_stages, "fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        transfer(weights, digits, STAGES, TrainingSettings(folder=tmp_path))
    again = transfer(weights, digits, STAGES, TrainingSettings(folder=tmp_path))
    np.testing.assert_array_equal(
        again.tuned.evaluation.probabilities, run.tuned.evaluation.probabilities
    )


def test_validation_leaves_the_test_images_alone(weights: Path, digits: Dataset) -> None:
    unusable = replace(digits, x_test=np.zeros((0, 8, 8, 1), np.uint8), y_test=np.zeros(0, int))
    run = transfer(weights, unusable, STAGES, TrainingSettings(validation=0.2))
    assert run.measured_on == "validation"
    assert len(run.tuned.evaluation.labels) == 40


def test_each_stage_stops_at_its_lowest_validation_loss(weights: Path, digits: Dataset) -> None:
    patient = replace(STAGES, tuning=replace(PLAIN, epochs=30, learning_rate=0.1))
    run = transfer(weights, digits, patient, TrainingSettings(validation=0.2, patience=1))
    curve, best = run.tuned.trace.curve, run.tuned.trace.best_epoch
    assert best is not None
    assert best + 1 == len(curve["validation_loss"]) < 30
    assert curve["validation_loss"][best - 1] == min(curve["validation_loss"])
    assert run.frozen.trace.best_epoch is not None
    stopped = curve["validation_accuracy"][best - 1]
    assert run.tuned.evaluation.accuracy == pytest.approx(stopped, abs=1e-6)


def test_early_stopping_needs_images_that_are_held_out(weights: Path, digits: Dataset) -> None:
    with pytest.raises(CourseError, match="hold out a share of the training images"):
        transfer(weights, digits, STAGES, TrainingSettings(patience=1))


def test_each_stage_has_logs_of_its_own(
    weights: Path, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: dict[str, int] = {}

    def callbacks(folder: Path) -> list[keras.callbacks.Callback]:
        def count(batch: int, logs: object) -> None:
            steps[folder.name] = steps.get(folder.name, 0) + 1

        return [keras.callbacks.LambdaCallback(on_train_batch_end=count)]

    monkeypatch.setattr(tensorboard, "callbacks", callbacks)
    transfer(weights, digits, STAGES, TrainingSettings(logs=tmp_path / "logs"))
    assert list(steps) == ["frozen", "tuned"]


@pytest.mark.parametrize(("stage", "said"), [("head", "the head"), ("tuning", "everything")])
def test_a_stage_that_becomes_no_number_is_named(
    weights: Path, digits: Dataset, stage: str, said: str
) -> None:
    # A single step, so that no later loss can tell.
    wild = replace(STAGES, **{stage: replace(PLAIN, epochs=1, batch_size=200, learning_rate=1e38)})
    with pytest.raises(CourseError, match=rf"while {said} was being trained: .* which is 1e\+38"):
        transfer(weights, digits, wild)


def test_both_stages_are_calibrated_on_images_that_a_second_training_left_out(
    run, weights: Path, digits: Dataset
) -> None:
    plain = transfer(weights, digits, STAGES, TrainingSettings(calibrate=False))
    for stage, before in ((run.frozen, plain.frozen), (run.tuned, plain.tuned)):
        assert stage.temperature.images == 40
        assert stage.temperature.cpu_seconds > 0
        assert np.array_equal(stage.evaluation.predictions, before.evaluation.predictions)
        errors = stage.evaluation.calibration_error, before.evaluation.calibration_error
        assert errors[0] < 0.7 * errors[1]
        assert stage.evaluation.calibration_error_before == pytest.approx(errors[1], abs=1e-3)


def test_many_images_spare_some_for_both_stages(
    weights: Path, digits: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibration, "MANY", 200)
    monkeypatch.setattr(calibration, "SPARED", 0.25)
    run = transfer(weights, digits, STAGES)
    assert len(run.dataset.y_train) == 150
    for stage in (run.frozen, run.tuned):
        assert (stage.temperature.images, stage.temperature.cpu_seconds) == (50, 0)
        assert stage.evaluation.calibration_error < stage.evaluation.calibration_error_before


def test_weights_that_are_no_numbers_are_named(digits: Dataset, tmp_path: Path) -> None:
    inputs = keras.Input((8, 8, 1))
    X = keras.layers.Dense(4)(keras.layers.Flatten()(inputs))
    model = keras.Model(inputs, keras.layers.Dense(4, activation="softmax")(X))
    model.set_weights([np.full_like(array, np.nan) for array in model.get_weights()])
    model.save(tmp_path / "damaged.keras")
    with pytest.raises(CourseError, match="features that are NaN"):
        transfer(tmp_path / "damaged.keras", digits, STAGES)


def test_a_hidden_layer_is_put_into_the_head(weights: Path, digits: Dataset) -> None:
    run = transfer(weights, digits, replace(STAGES, hidden=16), TrainingSettings(calibrate=False))
    assert run.model.get_layer("hidden").units == 16
    assert run.frozen.evaluation.accuracy > 0.5


def test_a_head_begins_with_the_class_whose_mean_has_the_smallest_angle() -> None:
    rng = np.random.default_rng(0)
    x, labels = rng.standard_normal((30, 6)).astype(np.float32), np.arange(30) % 3
    kernel, bias = class_means(x, labels, 3)
    unit = x / np.linalg.norm(x, axis=1, keepdims=True)
    means = np.stack([unit[labels == label].mean(axis=0) for label in range(3)])
    cosines = unit @ (means / np.linalg.norm(means, axis=1, keepdims=True)).T
    assert np.array_equal((x @ kernel + bias).argmax(axis=1), cosines.argmax(axis=1))


@pytest.mark.parametrize("statistics", [False, True])
def test_batch_normalisations_are_unfrozen_only_if_asked(weights: Path, statistics: bool) -> None:
    model = keras.models.load_model(weights)
    inputs = keras.Input((8, 8, 1))
    nested = keras.Model(inputs, model(inputs))
    nested.trainable = False
    unfreeze(nested, statistics)
    kinds = {type(layer).__name__: layer.trainable for layer in model.layers}
    assert kinds["Conv2D"]
    assert kinds["BatchNormalization"] == statistics


def test_the_result_compares_the_stages(run, tmp_path: Path) -> None:
    report.save(run, tmp_path)
    result = json.loads((tmp_path / "result.json").read_text())
    gain = 100 * (result["tuned"]["accuracy"] - result["frozen"]["accuracy"])
    assert result["gain"] == pytest.approx(gain)
    assert result["calibration"]["temperature"] == result["tuned"]["temperature"]
    assert result["calibration_error"] < result["calibration_error_before"]
    for stage in ("frozen", "tuned"):
        assert result[stage]["calibration_error"] < result[stage]["calibration_error_before"]
        assert result[stage]["cpu_seconds"] > 0
        assert 0 < result[stage]["confidence_wrong"] < result[stage]["confidence_right"] <= 1
    assert result["frozen"]["trainable_parameters"] < result["tuned"]["trainable_parameters"]
    assert result["stages"]["tuning"]["shift"] == 1
    assert (tmp_path / "learning_curve_tuned.png").exists()
    table = report.summary(run)
    assert f"{run.tuned.evaluation.accuracy:.2%}" in table
    assert "points" in table


def test_a_saved_transfer_takes_raw_pixels(run, digits: Dataset, tmp_path: Path) -> None:
    report.save(run, tmp_path)
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        loaded.predict(digits.x_test, batch_size=500, verbose=0),
        run.tuned.evaluation.probabilities,
    )
