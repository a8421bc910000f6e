"""Training a network: one run from a seed to a measured model."""

import math
import time
from dataclasses import dataclass

import keras

from resnet_course import networks
from resnet_course.batches import Batches
from resnet_course.data import Dataset
from resnet_course.errors import CourseError
from resnet_course.evaluation import Evaluation, evaluate
from resnet_course.optimisers import optimiser
from resnet_course.progress import ProgressBar
from resnet_course.recipes import Recipe, default_recipe

#: Number of points of a learning curve, or one a step where there are fewer steps.
POINTS = 200


@dataclass(frozen=True, eq=False)
class Run:
    """A trained model and how it came about.

    Attributes:
        model: The model, from uint8 images to probabilities.
        dataset: What it was trained on.
        recipe: How.
        seed: Seed of the weights, the order and the shifts.
        measured_on: What `evaluation` is about: `"test"` or `"validation"`.
        evaluation: How well it does.
        curve: Equally long lists of `"epoch"` (a fraction), `"loss"` and `"accuracy"` while
            training, and, if validated, `"validation_loss"` and `"validation_accuracy"` an epoch.
        cpu_seconds: Processor time of the training, over all cores.
        wall_seconds: Time by the clock of the training.
    """

    model: keras.Model
    dataset: Dataset
    recipe: Recipe
    seed: int
    measured_on: str
    evaluation: Evaluation
    curve: dict[str, list[float]]
    cpu_seconds: float
    wall_seconds: float


class Recorder(keras.callbacks.Callback):
    """Records the learning curve, draws the progress bar and stops when the loss is no number."""

    def __init__(self, recipe: Recipe, images: int, progress: bool):
        """Begin an empty curve.

        Args:
            recipe: What is trained with.
            images: Number of training images.
            progress: Whether to draw the bar.
        """
        super().__init__()
        self.recipe = recipe
        self.images = images
        self.progress = progress
        self.steps = math.ceil(images / recipe.batch_size)
        self.every = math.ceil(self.steps * recipe.epochs / POINTS)
        self.curve: dict[str, list[float]] = {"epoch": [], "loss": [], "accuracy": []}
        self.epoch = 0
        self.before = (0, 0.0, 0.0)
        self.bar: ProgressBar | None = None

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Start a new bar and new means."""
        self.epoch = epoch
        self.before = (0, 0.0, 0.0)
        if self.progress:
            self.bar = ProgressBar(f"epoch {epoch + 1}/{self.recipe.epochs}", self.steps)

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Check the loss, draw, and record a point now and then."""
        loss, accuracy = float((logs or {})["loss"]), float((logs or {})["accuracy"])
        if not math.isfinite(loss):
            raise CourseError(
                f"the loss became {loss} in step {batch + 1} of epoch {self.epoch + 1}: lower the "
                f"learning rate, which is {self.recipe.learning_rate:g}."
            )
        if self.bar:
            self.bar.update(batch + 1, f"loss {loss:.3f}  accuracy {accuracy:.1%}")
        if (batch + 1) % self.every == 0 or batch + 1 == self.steps:
            self._record(batch + 1, loss, accuracy)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Record the validation, if there is one."""
        for name in ("loss", "accuracy"):
            if f"val_{name}" in (logs or {}):
                value = float((logs or {})[f"val_{name}"])
                self.curve.setdefault(f"validation_{name}", []).append(value)

    def _record(self, step: int, loss: float, accuracy: float) -> None:
        """Turn means since the epoch began into means since the last point."""
        seen = min(step * self.recipe.batch_size, self.images)
        now = (seen, seen * loss, seen * accuracy)
        new, loss_sum, hits = (
            after - before for after, before in zip(now, self.before, strict=True)
        )
        self.before = now
        self.curve["epoch"].append(round(self.epoch + step / self.steps, 4))
        self.curve["loss"].append(round(loss_sum / new, 5))
        self.curve["accuracy"].append(round(hits / new, 5))


def train(
    model: str | keras.Model,
    dataset: Dataset,
    recipe: Recipe | None = None,
    seed: int = 0,
    validation: float = 0.0,
    progress: bool = False,
) -> Run:
    """Train a network and measure it once at the end.

    Args:
        model: Name of a network, one of `networks.NETWORKS`, or a model of one's own from uint8
            images to probabilities; `networks.from_pixels` makes such a model.
        dataset: What to train and to measure on.
        recipe: How. If not given, the network's default for this data set.
        seed: Seed of the weights, the order and the shifts. The same seed gives the same result
            on the same machine.
        validation: Share of the training images that are held out. If there is one, the run is
            measured on them, after every epoch too, and the test images are not looked at.
        progress: Whether to say what is trained, and draw a progress bar, on standard output.

    Returns:
        The run. `runs.save` writes it to disk.

    Raises:
        CourseError: If there is no such network, the images do not fit it, or the loss is not a
            number.
    """
    if not 0 <= validation < 1:
        raise CourseError(f"the share to hold out must be between 0 and 1: received {validation}.")
    if not 0 <= seed < 2**32:
        raise CourseError(f"the seed must be between 0 and {2**32 - 1}: received {seed}.")
    keras.utils.set_random_seed(seed)
    name = model if isinstance(model, str) else model.name
    if recipe is None:
        recipe = default_recipe(name, dataset.name) if isinstance(model, str) else Recipe()
    if validation:
        dataset = dataset.hold_out(validation)
    if isinstance(model, str):
        model = networks.build(model, dataset, recipe)
    if progress:
        print(
            f"{model.name}, {model.count_params():,} parameters, on {len(dataset.y_train):,} "
            f"images of {dataset.name}: {recipe}",
            flush=True,
        )
    wall, cpu = time.perf_counter(), time.process_time()
    curve = fit(model, dataset, recipe, seed, bool(validation), progress)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Run(
        model=model,
        dataset=dataset,
        recipe=recipe,
        seed=seed,
        measured_on="validation" if validation else "test",
        evaluation=evaluate(model, dataset),
        curve=curve,
        cpu_seconds=cpu,
        wall_seconds=wall,
    )


def fit(
    model: keras.Model,
    dataset: Dataset,
    recipe: Recipe,
    seed: int = 0,
    validate: bool = False,
    progress: bool = False,
) -> dict[str, list[float]]:
    """Train a model on a data set's training images.

    Args:
        model: From uint8 images to probabilities. Its weights change.
        dataset: What to train on.
        recipe: How.
        seed: Seed of the order and the shifts.
        validate: Whether to measure on `dataset`'s test images after every epoch.
        progress: Whether to draw a progress bar on standard output.

    Returns:
        The learning curve, see `Run`.

    Raises:
        CourseError: If the loss is not a number.
    """
    batches = Batches(
        dataset.x_train, dataset.y_train, dataset.classes, recipe.batch_size, recipe.shift, seed
    )
    watched = Batches(dataset.x_test, dataset.y_test, dataset.classes, 500) if validate else None
    recorder = Recorder(recipe, len(dataset.y_train), progress)
    model.compile(
        optimizer=optimiser(recipe, len(batches) * recipe.epochs),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=recipe.label_smoothing),
        metrics=["accuracy"],
    )
    model.fit(
        batches,
        epochs=recipe.epochs,
        validation_data=watched,
        callbacks=[recorder],
        shuffle=False,
        verbose=0,
    )
    return recorder.curve
