"""What happens around a training's steps: the curve, the bar, early stopping, the state on disk."""

import math
import time
from typing import Any

import keras

from resnet_course.errors import CourseError
from resnet_course.training.batches import bounds
from resnet_course.training.checkpoints import Checkpoints
from resnet_course.training.progress import ProgressBar
from resnet_course.training.recipes import Recipe

#: Seconds between two states on disk, and how many times longer than writing one that must be.
SECONDS_BETWEEN_STATES, TIMES_WRITING = 30.0, 20.0

#: Number of points of a learning curve, or one a step where there are fewer steps.
POINTS = 200

Logs = dict[str, float] | None


class Recorder(keras.callbacks.Callback):
    """Records the learning curve, draws the progress bar, and stops when the loss is NaN."""

    def __init__(self, recipe: Recipe, images: int, progress: bool = False):
        """Begin an empty curve.

        Args:
            recipe: What is trained with.
            images: Number of training images in an epoch.
            progress: Whether to draw the bar.
        """
        super().__init__()
        self.recipe = recipe
        self.bounds = bounds(images, recipe.batch_size)
        self.progress = progress
        self.steps = len(self.bounds) - 1
        self.every = math.ceil(self.steps * recipe.epochs / POINTS)
        self.curve: dict[str, list[float]] = {"epoch": [], "loss": [], "accuracy": []}
        self.epoch = 0
        self.step = 0
        self.before = (0.0, 0.0, 0.0)
        self.skipped = 0
        self.bar: ProgressBar | None = None

    def state(self) -> dict[str, Any]:
        """Return where the training is, and its curve, as plain data."""
        return {
            "epoch": self.epoch,
            "step": self.step,
            "before": self.before,
            "curve": self.curve,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.epoch, self.step, self.curve = state["epoch"], state["step"], state["curve"]
        self.before = tuple(state["before"])

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Start a new bar and, unless the epoch is being resumed, new means."""
        self.epoch = epoch
        self.skipped = self.step
        if not self.step:
            self.before = (0.0, 0.0, 0.0)
        if self.progress:
            self.bar = ProgressBar(f"epoch {epoch + 1}/{self.recipe.epochs}", self.steps)

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Check the loss, draw, and record a point now and then."""
        loss, accuracy = float((logs or {})["loss"]), float((logs or {})["accuracy"])
        before = self.step
        # Where several steps are taken at a time, Keras counts beyond the end of an epoch.
        self.step = min(self.skipped + batch + 1, self.steps)
        if not math.isfinite(loss):
            raise CourseError(
                f"the loss became {loss} in step {self.step} of epoch {self.epoch + 1}: lower the "
                f"learning rate, which is {self.recipe.learning_rate:g}."
            )
        if self.bar:
            self.bar.update(self.step, f"loss {loss:.3f}  accuracy {accuracy:.1%}")
        if self.step // self.every > before // self.every or self.step == self.steps:
            self._record(loss, accuracy)

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Record the validation, if there is one."""
        self.epoch, self.step = epoch + 1, 0
        for name in ("loss", "accuracy"):
            if f"val_{name}" in (logs or {}):
                value = float((logs or {})[f"val_{name}"])
                self.curve.setdefault(f"validation_{name}", []).append(value)

    def _record(self, loss: float, accuracy: float) -> None:
        """Turn means since the epoch began into means since the last point."""
        seen = int(self.bounds[self.step])
        now = (seen, seen * loss, seen * accuracy)
        new, loss_sum, hits = (
            after - before for after, before in zip(now, self.before, strict=True)
        )
        self.before = now
        self.curve["epoch"].append(round(self.epoch + self.step / self.steps, 4))
        self.curve["loss"].append(round(loss_sum / new, 5))
        self.curve["accuracy"].append(round(hits / new, 5))


class EarlyStopping(keras.callbacks.Callback):
    """Stops when the validation loss has not fallen for some epochs, and keeps the best weights."""

    def __init__(self, patience: int):
        """Wait for a first epoch.

        Args:
            patience: Epochs without a new lowest validation loss, after which training stops. 0
                for never.
        """
        super().__init__()
        self.patience = patience
        self.best_epoch = 0
        self.best_loss = math.inf
        self.stopped = False
        self.best: list[keras.Variable] = []

    def set_model(self, model: keras.Model) -> None:
        """Make room for the best weights."""
        super().set_model(model)
        if self.patience and not self.best:
            # Made of a weight itself, a variable would share its memory on PyTorch's backend.
            self.best = [
                keras.Variable(keras.ops.zeros_like(weight), trainable=False, dtype=weight.dtype)
                for weight in model.weights
            ]

    def state(self) -> dict[str, Any]:
        """Return all but the weights, as plain data."""
        return {
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss if self.best_epoch else None,
            "stopped": self.stopped,
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Continue from what `state` returned."""
        self.best_epoch, self.stopped = state["best_epoch"], state["stopped"]
        self.best_loss = math.inf if state["best_loss"] is None else state["best_loss"]

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Compare the validation loss with the best."""
        if not self.patience:
            return
        loss = float((logs or {})["val_loss"])
        if loss < self.best_loss:
            self.best_loss, self.best_epoch = loss, epoch + 1
            _copy(self.model.weights, self.best)
        elif epoch + 1 - self.best_epoch >= self.patience:
            self.stopped = self.model.stop_training = True

    def bring_back(self) -> None:
        """Give the model the best weights, if there are any."""
        if self.best_epoch:
            _copy(self.best, self.model.weights)


class Clock:
    """Counts the time that a training takes, over interruptions."""

    def __init__(self) -> None:
        """Start."""
        self.earlier = (0.0, 0.0)
        self.start = _now()

    def spent(self) -> tuple[float, float]:
        """Return CPU seconds over all cores, and seconds by the clock."""
        cpu, wall = (
            earlier + end - begin
            for earlier, begin, end in zip(self.earlier, self.start, _now(), strict=True)
        )
        return cpu, wall


class Keeper(keras.callbacks.Callback):
    """Writes the state of a training to disk now and then, and restores it.

    It is written after the first step, after the last, and between them after a step whenever the
    last state is `SECONDS_BETWEEN_STATES` old; later where a disk is so slow that writing would
    take more than one part in `TIMES_WRITING` of the time.
    """

    def __init__(
        self, checkpoints: Checkpoints, recorder: Recorder, stopping: EarlyStopping, clock: Clock
    ):
        """Take note of what makes up the state, apart from the model.

        Args:
            checkpoints: Where states are.
            recorder: Knows how far the training is.
            stopping: Knows the best weights.
            clock: Knows the time it took.
        """
        super().__init__()
        self.checkpoints = checkpoints
        self.recorder = recorder
        self.stopping = stopping
        self.clock = clock
        self.due = -math.inf

    def restore(self) -> None:
        """Resume from the newest state, if there is one; every variable must exist already."""
        facts = self.checkpoints.read(self._variables())
        if facts is not None:
            self.recorder.restore(facts["recorder"])
            self.stopping.restore(facts["stopping"])
            self.clock.earlier = tuple(facts["spent"])

    def on_epoch_begin(self, epoch: int, logs: Logs = None) -> None:
        """Restore the means of an epoch that is being resumed; Keras has just begun new ones."""
        if self.recorder.step:
            self.checkpoints.read(self._variables())

    def on_train_batch_end(self, batch: int, logs: Logs = None) -> None:
        """Keep the step if it is time to, unless it ends the epoch."""
        if self.recorder.step < self.recorder.steps:
            self._write_if_due()

    def on_epoch_end(self, epoch: int, logs: Logs = None) -> None:
        """Keep the epoch's last step and what the validation said, if it is time to."""
        is_last = self.recorder.epoch == self.recorder.recipe.epochs or self.stopping.stopped
        self._write_if_due(at_once=is_last)

    def _write_if_due(self, at_once: bool = False) -> None:
        begin = time.monotonic()
        if begin < self.due and not at_once:
            return
        states = {"recorder": self.recorder.state(), "stopping": self.stopping.state()}
        self.checkpoints.write(states | {"spent": self.clock.spent()}, self._variables())
        end = time.monotonic()
        self.due = end + max(SECONDS_BETWEEN_STATES, TIMES_WRITING * (end - begin))

    def _variables(self) -> list[keras.Variable]:
        model = self.model
        found = [
            *model.variables,
            *model.optimizer.variables,
            *model.metrics_variables,
            *self.stopping.best,
        ]
        return list({id(variable): variable for variable in found}.values())


def _copy(source: list[keras.Variable], target: list[keras.Variable]) -> None:
    for value, variable in zip(source, target, strict=True):
        variable.assign(value)


def _now() -> tuple[float, float]:
    return time.process_time(), time.perf_counter()
