"""Training is repeatable, honest about what it measured, and leaves what is needed to go on."""

import math
from dataclasses import replace

import keras
import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.finetuning.batch_norm_statistics import renew_statistics
from resnet_course.training import networks
from resnet_course.training.loop import Run, fit, train
from resnet_course.training.recipes import Recipe, default_recipe
from resnet_course.training.settings import TrainingSettings

REALLY_ON_PYTORCH = keras.config.backend() == "torch"
BRIEF = Recipe(epochs=2, batch_size=64, shift=1)


@pytest.fixture(scope="module")
def digits() -> Dataset:
    whole = sets.load("digits")
    small = whole.take(300)
    return replace(small, x_test=whole.x_test[:100], y_test=whole.y_test[:100])


def tiny(digits: Dataset) -> keras.Model:
    """Build a model that trains at once."""
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    return networks.from_pixels(keras.Sequential(layers, name="own"), digits)


@pytest.fixture(scope="module")
def run(digits: Dataset) -> Run:
    return train("custom", digits, BRIEF, TrainingSettings(seed=1, calibrate=False))


def test_a_run_says_what_was_done_and_what_came_of_it(run: Run, digits: Dataset) -> None:
    assert run.model.name == "custom"
    assert run.recipe == BRIEF
    assert run.seed == 1
    assert run.measured_on == "test"
    assert len(run.evaluation.labels) == 100
    assert run.cpu_seconds > 0
    assert run.wall_seconds > 0


def test_the_figures_are_those_of_the_model_that_is_returned(run: Run, digits: Dataset) -> None:
    again = run.model.predict(digits.x_test, verbose=0).argmax(axis=1)
    assert run.evaluation.accuracy == pytest.approx(np.mean(again == digits.y_test))


def test_the_curve_has_a_point_a_step_and_its_loss_falls(run: Run) -> None:
    steps = BRIEF.epochs * math.ceil(300 / BRIEF.batch_size)
    assert [len(run.curve[name]) for name in ("epoch", "loss", "accuracy")] == [steps] * 3
    assert run.curve["epoch"] == pytest.approx([step / 5 for step in range(1, 11)])
    assert run.curve["loss"][-1] < run.curve["loss"][0]
    assert all(0 <= value <= 1 for value in run.curve["accuracy"])


def test_the_same_seed_gives_the_same_model(run: Run, digits: Dataset) -> None:
    again = train("custom", digits, BRIEF, TrainingSettings(seed=1, calibrate=False))
    assert np.array_equal(again.evaluation.probabilities, run.evaluation.probabilities)
    assert again.curve == run.curve


def test_another_seed_gives_another_order_and_other_shifts(digits: Dataset) -> None:
    model = tiny(digits)
    start = model.get_weights()
    ends = []
    for seed in (1, 1, 2):
        model.set_weights(start)
        run = train(model, digits, BRIEF, TrainingSettings(seed=seed, calibrate=False))
        ends.append(run.evaluation.probabilities)
    assert np.array_equal(ends[0], ends[1])
    assert not np.array_equal(ends[0], ends[2])


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_refused(digits: Dataset, seed: int) -> None:
    with pytest.raises(CourseError, match=f"received {seed}"):
        train("custom", digits, BRIEF, TrainingSettings(seed=seed))


def test_validation_holds_out_training_images_and_leaves_the_test_images_alone(
    digits: Dataset,
) -> None:
    unusable = replace(digits, x_test=np.zeros((0, 8, 8, 1), np.uint8), y_test=np.zeros(0, int))
    run = train(tiny(digits), unusable, BRIEF, TrainingSettings(validation=0.2))
    assert run.measured_on == "validation"
    assert len(run.evaluation.labels) == 60
    assert len(run.dataset.y_train) == 240
    assert len(run.curve["validation_accuracy"]) == BRIEF.epochs
    assert run.curve["validation_accuracy"][-1] == pytest.approx(run.evaluation.accuracy)


@pytest.mark.parametrize(
    ("setting", "found", "needed"),
    [("image_data_format", "channels_first", "channels_last"), ("floatx", "float16", "float32")],
)
def test_settings_of_keras_that_networks_are_not_made_for_are_named(
    digits: Dataset, setting: str, found: str, needed: str
) -> None:
    getattr(keras.config, f"set_{setting}")(found)
    try:
        with pytest.raises(
            CourseError, match=rf"set to {setting} {found}.*set_{setting}\('{needed}"
        ):
            train("custom", digits, BRIEF)
    finally:
        getattr(keras.config, f"set_{setting}")(needed)


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_a_share_to_hold_out_must_be_one(digits: Dataset, share: float) -> None:
    with pytest.raises(CourseError, match="between 0 and 1"):
        train("custom", digits, BRIEF, TrainingSettings(validation=share))


def test_a_model_of_ones_own_is_trained(digits: Dataset) -> None:
    run = train(tiny(digits), digits, Recipe(epochs=10, shift=0))
    assert run.model.name == "own"
    assert run.evaluation.accuracy > 0.5


def test_a_single_image_is_too_few_for_batch_normalisation_only(digits: Dataset) -> None:
    with pytest.raises(CourseError, match="two training images or more"):
        train("custom", digits.take(1), BRIEF)
    assert train(tiny(digits), digits.take(1), BRIEF).evaluation.accuracy > 0


@pytest.mark.parametrize("images", [65, 129])
def test_one_image_more_than_a_batch_does_not_spoil_the_statistics(
    digits: Dataset, images: int
) -> None:
    recipe = Recipe(
        epochs=1, batch_size=images - 1, learning_rate=1e-12, batch_norm_momentum=0.0, shift=0
    )
    model = networks.build("custom", digits, recipe)
    fit(model, digits.take(images), recipe)
    of_last_batch = variances(model)
    renew_statistics(model, digits.take(images).x_train)
    ratios = of_last_batch / variances(model)
    assert 0.5 < np.quantile(ratios, 0.05) < np.quantile(ratios, 0.95) < 2


def variances(model: keras.Model) -> np.ndarray:
    """Return the variances that a model's normalisations divide by."""
    return np.concatenate(
        [
            keras.ops.convert_to_numpy(layer.moving_variance)
            for layer in networks.normalisations(model)
        ]
    )


def test_a_loss_that_is_not_a_number_stops_the_training(digits: Dataset) -> None:
    wild = Recipe(
        epochs=2, optimiser="sgd", schedule="constant", learning_rate=1e30, label_smoothing=0.0
    )
    with pytest.raises(CourseError, match=r"loss became (nan|inf) .* lower the learning rate"):
        train("custom", digits, wild)


def test_progress_is_a_line_an_epoch(digits: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    train(tiny(digits), digits, BRIEF, TrainingSettings(progress=True))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("own, 650 parameters, on 300 images of digits: epochs 2, ")
    epochs = ["epoch 1/2", "epoch 2/2"]
    assert [line[:9] for line in lines[1:]] == [*epochs, "once more", *epochs]
    assert all("loss" in line and "accuracy" in line for line in [*lines[1:3], *lines[4:]])
    assert "without 60 of the images" in lines[3]


def test_without_progress_nothing_is_printed(
    digits: Dataset, capfd: pytest.CaptureFixture[str]
) -> None:
    train(tiny(digits), digits, BRIEF)
    assert capfd.readouterr().out == ""


def test_the_custom_network_learns_the_digits() -> None:
    run = train("custom", sets.load("digits"))
    assert run.recipe == default_recipe("custom", "digits")
    assert run.evaluation.accuracy >= 0.98


def test_the_custom_network_learns_real_mnist(mnist: Dataset) -> None:
    small = replace(mnist.take(6000), x_test=mnist.x_test[:1000], y_test=mnist.y_test[:1000])
    run = train("custom", small, Recipe(epochs=1, batch_size=64))
    assert run.evaluation.accuracy >= 0.95


@pytest.mark.parametrize(("weighted", "expected"), [(False, 0.1), (True, 0.5)])
def test_class_weights_let_a_rare_class_weigh_as_much_as_others(
    weighted: bool, expected: float
) -> None:
    """All images look the same: nothing can be known of one but how often its class counts."""
    images, labels = np.zeros((200, 8, 8, 1), np.uint8), np.array([0] * 180 + [1] * 20)
    images[:, 0, 0] = 255
    same = Dataset("own", images, labels, images, labels, ("common", "rare"))
    layers = [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(2, "softmax")]
    model = networks.from_pixels(keras.Sequential(layers, name="own"), same)
    recipe = Recipe(
        epochs=100,
        batch_size=200,
        shift=0,
        learning_rate=0.1,
        label_smoothing=0.0,
        class_weights=weighted,
    )
    fit(model, same, recipe, TrainingSettings(validation=0.5))
    said = model.predict(images[:1], verbose=0)[0]
    assert said[1] == pytest.approx(expected, abs=0.03)


def test_pytorch_takes_one_step_at_a_time(digits: Dataset, monkeypatch) -> None:
    seen = []
    callback = keras.callbacks.LambdaCallback(
        on_train_begin=lambda logs: seen.append(callback.model.steps_per_execution)
    )
    fit(
        tiny(digits),
        digits,
        replace(BRIEF, epochs=1),
        TrainingSettings(callbacks=[callback]),
        steps_per_call=8,
    )
    monkeypatch.setattr(keras.config, "backend", lambda: "torch")
    fit(
        tiny(digits),
        digits,
        replace(BRIEF, epochs=1),
        TrainingSettings(callbacks=[callback]),
        steps_per_call=8,
    )
    assert seen == [1 if REALLY_ON_PYTORCH else 8, 1]
