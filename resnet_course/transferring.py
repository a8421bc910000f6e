"""Two-stage transfer as a run: a head on frozen features, then everything, gently."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from resnet_course import tensorboard
from resnet_course.backbones import backbone
from resnet_course.callbacks import Clock
from resnet_course.choices import check_patience, check_seed
from resnet_course.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.evaluation import Evaluation, evaluate
from resnet_course.features import features
from resnet_course.files import make_folder
from resnet_course.folding import folded
from resnet_course.quiet import check_settings_of_keras
from resnet_course.recipes import Recipe
from resnet_course.stages import Stages, default_stages
from resnet_course.statistics import renew_statistics
from resnet_course.training import Trace, fit
from resnet_course.transfer import compare_stages, count_parameters

#: Added to the standard deviation of every feature: some features never change.
SMALLEST_DEVIATION = 1e-3

#: A head's step is so short that calling the backend for each would take most of the time.
HEAD_STEPS_PER_CALL = 8

#: What the cosine of an angle is multiplied by before softmax, when a head begins.
SHARPNESS = 10.0


@dataclass(frozen=True, eq=False)
class Stage:
    """What one stage did.

    Attributes:
        evaluation: How well the network does after it.
        parameters: Trainable and all parameters while it ran.
        trace: Its learning curve and the time it took, computing features included.
    """

    evaluation: Evaluation
    parameters: tuple[int, int]
    trace: Trace


@dataclass(frozen=True, eq=False)
class TransferRun:
    """A network after both stages, and what each of them did."""

    model: keras.Model
    weights: str
    dataset: Dataset
    stages: Stages
    seed: int
    measured_on: str
    frozen: Stage
    tuned: Stage

    def comparison(self) -> dict[str, float]:
        """Return accuracy, gain and confidence, see `transfer.compare_stages`."""
        return compare_stages(
            self.dataset.y_test,
            self.frozen.evaluation.probabilities,
            self.tuned.evaluation.probabilities,
        )


def transfer(
    weights: str | Path,
    dataset: Dataset,
    stages: Stages | None = None,
    seed: int = 0,
    validation: float = 0.0,
    pixels: int = 224,
    progress: bool = False,
    cache: Path | None = None,
    folder: Path | None = None,
    patience: int = 0,
    logs: Path | None = None,
) -> TransferRun:
    """Move a trained backbone to new images: first the head alone, then everything.

    Args:
        weights: What to transfer from, see `backbones.backbone`.
        dataset: What to train and to measure on.
        stages: How. If not given, what suits the number of training images.
        seed: Seed of the head's weights, the order and the augmentation.
        validation: Share of the training images that are held out. If there is one, the run is
            measured on them, after every epoch too, and the test images are not looked at.
        pixels: Height and width of the images that the ImageNet network sees.
        progress: Whether to say what is trained, and draw progress bars, on standard output.
        cache: Folder in which features of frozen backbones are kept.
        folder: A folder that exists, for the state of the training; see `training.train`.
        patience: Epochs without a new lowest validation loss, after which a stage stops and takes
            its best weights. 0 for never.
        logs: Folder for logs of TensorBoard, in one sub-folder a stage.

    Returns:
        The run. `transfer_report.save` writes it to disk.

    Raises:
        CourseError: If the weights cannot be used, or the loss is not a number.
    """
    check_patience(patience, validation)
    check_seed(seed)
    check_settings_of_keras()
    if validation:
        dataset = dataset.hold_out(validation)
    stages = stages or default_stages(weights, dataset)
    keras.utils.set_random_seed(seed)
    source = backbone(weights, dataset, pixels)
    source.trainable = False
    model = with_head(source, dataset.classes, stages.hidden)
    how: dict[str, dict[str, Any]] = {
        stage: {
            "seed": seed,
            "validate": bool(validation),
            "progress": progress,
            "patience": patience,
            "folder": folder and _made(folder / stage),
            "callbacks": tensorboard.callbacks(logs / stage) if logs else (),
        }
        for stage in ("frozen", "tuned")
    }
    with _said_of("the head"):
        frozen = _train_head(model, source, dataset, stages.head, cache, how["frozen"])
    unfreeze(model, stages.statistics)
    parameters = count_parameters(model)
    with _said_of("everything"):
        trace = fit(model, dataset, stages.tuning, **how["tuned"])
    if stages.renewed:
        renew_statistics(model, dataset.x_train)
    tuned = Stage(evaluate(model, dataset), parameters, trace)
    measured_on = "validation" if validation else "test"
    return TransferRun(model, str(weights), dataset, stages, seed, measured_on, frozen, tuned)


def with_head(source: keras.Model, classes: int, hidden: int) -> keras.Model:
    """Put a new head on a backbone.

    Args:
        source: From uint8 images to features of shape `(batch, features)`.
        classes: Number of classes.
        hidden: Units of a dense layer with ReLU before the last one; 0 for none.

    Returns:
        A model from uint8 images to probabilities of shape `(batch, classes)`.
    """
    X = source.output
    if hidden:
        X = layers.Dense(hidden, activation="relu", name="hidden")(X)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(X)
    return keras.Model(source.inputs[0], outputs, name="transfer")


def unfreeze(model: keras.Model, statistics: bool) -> None:
    """Make everything trainable but, unless told otherwise, the batch normalisations.

    Args:
        model: A model that was frozen in part, however deeply nested.
        statistics: Whether batch normalisations are trained, too, and so go on with statistics of
            the new images. Frozen ones stay in inference mode.
    """
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            layer.trainable = True
            unfreeze(layer, statistics)
        else:
            layer.trainable = statistics or not isinstance(layer, layers.BatchNormalization)


def _train_head(
    model: keras.Model,
    source: keras.Model,
    dataset: Dataset,
    recipe: Recipe,
    cache: Path | None,
    how: dict[str, Any],
) -> Stage:
    """Train the head on features that are computed once, centred and scaled."""
    clock = Clock()
    twin = folded(source)
    x_train, x_test = (
        features(source, x, cache, twin).astype(np.float32)
        for x in (dataset.x_train, dataset.x_test)
    )
    spent = clock.spent()
    if not np.isfinite(x_train).all():
        raise CourseError(
            f"the backbone {source.name} gives features that are no numbers: its weights are "
            "damaged, take others."
        )
    mean, scale = x_train.mean(axis=0), x_train.std() + SMALLEST_DEVIATION
    x_train, x_test = (x_train - mean) / scale, (x_test - mean) / scale
    of_head = model.layers[model.layers.index(source.layers[-1]) + 1 :]
    head = keras.Sequential([keras.Input(x_train.shape[1:]), *of_head], name="head")
    if len(of_head) == 1:
        head.set_weights(class_means(x_train, dataset.y_train, dataset.classes))
    seen = replace(dataset, x_train=x_train, x_test=x_test)
    trace = fit(head, seen, recipe, steps_per_call=HEAD_STEPS_PER_CALL, **how)
    said = head.predict(x_test, batch_size=1000, verbose=0)
    kernel, bias = of_head[0].get_weights()
    of_head[0].set_weights([kernel / scale, bias - mean @ kernel / scale])
    measured = Evaluation(dataset.y_test, said, dataset.class_names)
    return Stage(
        measured,
        count_parameters(model),
        replace(
            trace,
            cpu_seconds=trace.cpu_seconds + spent[0],
            wall_seconds=trace.wall_seconds + spent[1],
        ),
    )


def class_means(x: np.ndarray, labels: np.ndarray, classes: int) -> list[np.ndarray]:
    """Return kernel and bias of a dense layer that compares features with the mean of each class.

    It predicts the class to whose mean an image's features have the smallest angle.

    Args:
        x: Centred features, float32 of shape `(images, features)`.
        labels: Integers of shape `(images,)`.
        classes: Number of classes.

    Source: Snell, Swersky and Zemel 2017, arXiv:1703.05175, with angles as in Gidaris and Komodakis
    2018, arXiv:1804.09458.
    """
    lengths = np.linalg.norm(x, axis=1, keepdims=True) + SMALLEST_DEVIATION
    means = np.stack([(x / lengths)[labels == label].sum(axis=0) for label in range(classes)])
    means /= np.linalg.norm(means, axis=1, keepdims=True) + SMALLEST_DEVIATION
    return [means.T * (SHARPNESS / lengths.mean()), np.zeros(classes, np.float32)]


@contextmanager
def _said_of(part: str) -> Iterator[None]:
    """Say of an error which stage's settings are at fault."""
    try:
        yield
    except CourseError as error:
        raise CourseError(f"while {part} was trained: {error}") from error


def _made(folder: Path) -> Path:
    make_folder(folder)
    return folder
