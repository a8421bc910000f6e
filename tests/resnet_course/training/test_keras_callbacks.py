"""What Keras has of its own and what is not used here: why, as docs/decisions.md says.

If one of these tests fails, Keras has changed, and code of ours can perhaps go.
"""

from pathlib import Path

import keras
import numpy as np
import pytest

from resnet_course.augmentation.bending import Augmentation

#: Steps an epoch, and epochs.
STEPS, EPOCHS = 5, 4


class Interrupted(Exception):
    """Stands for the end of a process."""


class Backup(keras.callbacks.BackupAndRestore):
    """Keras's, with the end of the process after some steps or between the two files of a state."""

    def __init__(self, folder: Path, steps: int = 99, torn: int = 99, save_freq: int | str = 1):
        super().__init__(str(folder / "backup"), save_freq, double_checkpoint=True)
        self.left, self.torn = steps, torn

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        super().on_train_batch_end(batch, logs)
        self.left -= 1
        if self.left == 0:
            raise Interrupted

    def _save_model(self) -> None:
        if self._current_epoch < self.torn:
            super()._save_model()
        else:
            self.model.save_weights(self._weights_path, overwrite=True)
            raise Interrupted


def trained(*callbacks: keras.callbacks.Callback, shift: int = 0) -> keras.Model:
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    images, labels = rng.integers(0, 256, (160, 8, 8, 1), np.uint8), rng.integers(0, 2, 160)
    inputs = keras.Input((8, 8, 1), dtype="uint8")
    X = Augmentation(shift, seed=1)(inputs) if shift else inputs
    X = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(X))
    model = keras.Model(inputs, keras.layers.Dense(2, "softmax")(X))
    model.compile("adam", "sparse_categorical_crossentropy")
    model.fit(images, labels, 32, EPOCHS, callbacks=callbacks, shuffle=False, verbose=0)
    return model


def resumed(folder: Path, shift: int = 0, **end: int | str) -> keras.Model:
    """Train until the end that is asked for, then go on in a new model."""
    with pytest.raises(Interrupted):
        trained(Backup(folder, **end), shift=shift)
    return trained(Backup(folder, save_freq=end.get("save_freq", 1)), shift=shift)


def steps(model: keras.Model) -> int:
    return int(model.optimizer.iterations)


def difference(one: keras.Model, other: keras.Model) -> float:
    pairs = zip(one.get_weights(), other.get_weights(), strict=True)
    return max(float(np.abs(a - b).max()) for a, b in pairs)


def test_a_backup_after_an_epoch_goes_on_to_the_same_end_without_augmentation(tmp_path) -> None:
    assert difference(trained(), resumed(tmp_path, save_freq="epoch", steps=3 * STEPS)) == 0


def test_a_backup_forgets_the_random_numbers_of_augmentation(tmp_path) -> None:
    again = resumed(tmp_path, shift=1, save_freq="epoch", steps=3 * STEPS)
    assert steps(again) == STEPS * EPOCHS
    assert difference(trained(shift=1), again) > 1e-4


def test_a_backup_within_an_epoch_trains_its_first_steps_twice(tmp_path) -> None:
    again = resumed(tmp_path, steps=2 * STEPS + 3)
    assert steps(again) == STEPS * EPOCHS + 3
    assert difference(trained(), again) > 1e-4


def test_a_kill_between_the_two_files_of_a_backup_trains_an_epoch_twice(tmp_path) -> None:
    again = resumed(tmp_path, save_freq="epoch", torn=2)
    assert steps(again) == STEPS * EPOCHS + STEPS


class Played(keras.callbacks.Callback):
    """Plays epochs with given validation losses; the model's one weight counts them."""

    def __init__(self, losses: list[float], end: int = 99):
        super().__init__()
        self.losses, self.end = losses, end

    def on_epoch_begin(self, epoch: int, logs: dict | None = None) -> None:
        if epoch == self.end:
            raise Interrupted

    def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
        logs["val_loss"] = self.losses[epoch]
        self.model.set_weights([np.full((1, 1), epoch + 1.0)])


def watched(folder: Path, end: int = 99) -> float:
    """Return the epoch whose weight is taken."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    model.compile("sgd", "mse")
    beside = [
        Played([3.0, 2.0, 2.5, 2.1, 1.0], end),
        keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True),
        keras.callbacks.BackupAndRestore(str(folder / "backup")),
    ]
    model.fit(np.zeros((4, 1)), np.zeros((4, 1)), epochs=5, callbacks=beside, verbose=0)
    return model.get_weights()[0].item()


def test_early_stopping_forgets_the_best_epoch_when_a_training_goes_on(tmp_path) -> None:
    assert watched(tmp_path) == 2
    with pytest.raises(Interrupted):
        watched(tmp_path, end=3)
    assert watched(tmp_path) == 5


@pytest.mark.skipif(keras.config.backend() != "tensorflow", reason="on other backends it may run")
def test_coordinates_are_not_mapped_in_batches_of_unknown_size() -> None:
    import tensorflow as tf

    @tf.function(input_signature=[tf.TensorSpec((None, 4, 4)), tf.TensorSpec((3, None, 4, 4))])
    def sampled(images: tf.Tensor, places: tf.Tensor) -> tf.Tensor:
        return keras.ops.image.map_coordinates(images, places, 1, "nearest")

    with pytest.raises(TypeError, match="NoneType"):
        sampled(tf.zeros((2, 4, 4)), tf.zeros((3, 2, 4, 4)))
