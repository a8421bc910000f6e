"""What happens beside a training's steps: a curve that loses nothing, and early stopping."""

import keras
import numpy as np
import pytest

from resnet_course.training import callbacks
from resnet_course.training.batches import Batches
from resnet_course.training.callbacks import EarlyStopping, Recorder
from resnet_course.training.recipes import Recipe


def test_a_long_curve_is_thinned_without_losing_its_mean() -> None:
    rng = np.random.default_rng(0)
    losses = rng.uniform(1, 2, 1000)
    recorder = Recorder(Recipe(epochs=1, batch_size=10), images=10_000, progress=False)
    recorder.on_epoch_begin(0)
    for step in range(1000):
        mean = losses[: step + 1].mean()
        recorder.on_train_batch_end(step, {"loss": mean, "accuracy": 0.5})
    assert len(recorder.curve["loss"]) == callbacks.POINTS
    assert recorder.curve["loss"] == pytest.approx(losses.reshape(200, 5).mean(axis=1), abs=1e-4)


def test_steps_that_are_taken_together_end_with_the_epoch() -> None:
    recorder = Recorder(Recipe(epochs=2, batch_size=32), images=100, progress=False)
    for epoch in range(2):
        recorder.on_epoch_begin(epoch)
        recorder.on_train_batch_end(7, {"loss": 1.0, "accuracy": 0.5})
        recorder.on_epoch_end(epoch)
    assert recorder.curve == {"epoch": [1, 2], "loss": [1, 1], "accuracy": [0.5, 0.5]}


def test_a_point_of_the_curve_is_the_mean_of_its_images() -> None:
    recipe = Recipe(epochs=1, batch_size=128)
    images, labels = np.zeros((301, 1, 1, 1), np.uint8), np.zeros(301, int)
    losses = np.random.default_rng(0).uniform(size=301)
    batches, recorder = Batches(images, labels, 1, 128), Recorder(recipe, images=301)
    recorder.on_epoch_begin(0)
    seen = 0
    for step in range(len(batches)):
        seen += len(batches[step][0])
        recorder.on_train_batch_end(step, {"loss": losses[:seen].mean(), "accuracy": 0.5})
    ends = np.cumsum([len(batches[step][0]) for step in range(len(batches))])
    means = [part.mean() for part in np.split(losses, ends[:-1])]
    assert recorder.curve["loss"] == pytest.approx(means, abs=1e-4)


def watched(losses: list[float], patience: int) -> tuple[EarlyStopping, keras.Model]:
    """Play epochs with given validation losses; the model's one weight counts them."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    stopping = EarlyStopping(patience)
    stopping.set_model(model)
    for epoch, loss in enumerate(losses):
        model.set_weights([np.full((1, 1), epoch + 1.0)])
        stopping.on_epoch_end(epoch, {"val_loss": loss})
        if stopping.stopped:
            break
    return stopping, model


def test_training_stops_when_the_loss_has_not_fallen_and_takes_the_best_weights() -> None:
    stopping, model = watched([3.0, 2.0, 2.5, 2.1, 1.0], patience=2)
    assert stopping.stopped
    assert stopping.best_epoch == 2
    stopping.bring_back()
    assert model.get_weights()[0].item() == 2


def test_without_patience_nothing_stops_and_the_last_weights_stay() -> None:
    stopping, model = watched([1.0, 2.0, 3.0], patience=0)
    stopping.bring_back()
    assert not stopping.stopped
    assert model.get_weights()[0].item() == 3


def test_steps_that_are_taken_together_lose_no_point_of_the_curve() -> None:
    recorder = Recorder(Recipe(epochs=2, batch_size=10), images=10_000)
    assert recorder.every == 10
    for epoch in range(2):
        recorder.on_epoch_begin(epoch)
        for step in range(7, 1000, 8):
            recorder.on_train_batch_end(step, {"loss": 1.5, "accuracy": 0.5})
        recorder.on_epoch_end(epoch)
    assert 90 * 2 <= len(recorder.curve["loss"]) <= callbacks.POINTS
    assert recorder.curve["epoch"][-1] == 2
    assert set(recorder.curve["loss"]) == {1.5}
