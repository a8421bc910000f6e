"""Two-stage transfer as a run: a head on frozen features, then everything, gently."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from resnet_course.choices import check_patience, check_seed
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.files import made_folder
from resnet_course.finetuning.backbones import backbone
from resnet_course.finetuning.batch_norm_statistics import renew_statistics
from resnet_course.finetuning.head import Stage, train_head, with_head
from resnet_course.finetuning.recipes import Stages, default_stages
from resnet_course.quiet import check_settings_of_keras
from resnet_course.training import calibration, tensorboard
from resnet_course.training.calibration import UNCALIBRATED, Plan, Temperature, kept_weights
from resnet_course.training.evaluation import evaluate, probabilities
from resnet_course.training.loop import Trace, fit
from resnet_course.training.temperature import calibrated
from resnet_course.transfer_learning import compare_stages, count_parameters


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
    calibrate: bool = True,
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
        calibrate: Whether probabilities are made as sure as they are right; see `training.train`.

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
    model = with_head(source, dataset.classes, stages.hidden)
    plan = calibration.plan(dataset, bool(validation)) if calibrate else Plan(dataset)
    dataset = plan.dataset
    how = _How(seed, bool(validation), progress, patience, folder, logs)
    start = model.get_weights()
    spared = None if plan.again else plan.held_out
    frozen, parameters, trace, said = _train_both(
        model, source, dataset, stages, cache, how, spared
    )
    temperatures = _temperatures(model, source, plan, start, stages, how, said)
    model = calibrated(model, temperatures[1].temperature)
    frozen = replace(
        frozen,
        evaluation=frozen.evaluation.under(temperatures[0].temperature),
        temperature=temperatures[0],
    )
    tuned = Stage(evaluate(model, dataset), parameters, trace, temperatures[1])
    measured_on = "validation" if validation else "test"
    return TransferRun(model, str(weights), dataset, stages, seed, measured_on, frozen, tuned)


@dataclass(frozen=True)
class _How:
    """How both stages are trained, apart from their recipes; see `transfer`."""

    seed: int
    validate: bool
    progress: bool
    patience: int
    folder: Path | None
    logs: Path | None

    def of(self, stage: str) -> dict[str, Any]:
        """Return what `training.fit` takes, for one stage."""
        return {
            "seed": self.seed,
            "validate": self.validate,
            "progress": self.progress,
            "patience": self.patience,
            "folder": self.folder and made_folder(self.folder / stage),
            "callbacks": tensorboard.callbacks(self.logs / stage) if self.logs else (),
        }

    def again(self) -> "_How":
        """Return how a second training goes, for the temperature only."""
        folder = self.folder and self.folder / "calibration"
        return replace(self, validate=False, patience=0, folder=folder, logs=None)


def _train_both(
    model: keras.Model,
    source: keras.Model,
    dataset: Dataset,
    stages: Stages,
    cache: Path | None,
    how: _How,
    held_out: Dataset | None,
) -> tuple[Stage, tuple[int, int], Trace, list[np.ndarray]]:
    """Train the head, then everything.

    Returns:
        The first stage; parameters and trace of the second; and what the model says after each
        about the test images of `held_out`, if there are any.
    """
    source.trainable = False
    with _said_of("the head"):
        frozen = train_head(model, source, dataset, stages.head, cache, how.of("frozen"))
    said = [probabilities(model, held_out.x_test)] if held_out else []
    unfreeze(model, stages.statistics)
    parameters = count_parameters(model)
    with _said_of("everything"):
        trace = fit(model, dataset, stages.tuning, **how.of("tuned"))
    if stages.renewed:
        renew_statistics(model, dataset.x_train)
    if held_out:
        said.append(probabilities(model, held_out.x_test))
    return frozen, parameters, trace, said


def _temperatures(
    model: keras.Model,
    source: keras.Model,
    plan: Plan,
    start: list[np.ndarray],
    stages: Stages,
    how: _How,
    said: list[np.ndarray],
) -> list[Temperature]:
    """Fit the temperature after each stage of a trained model, which began with `start`."""
    if plan.held_out is None:
        return [UNCALIBRATED] * 2
    if not plan.again:
        return [plan.fitted(each) for each in said]
    if how.progress:
        print(plan.announcement(), flush=True)
    with kept_weights(model):
        model.set_weights(start)
        frozen, _, trace, said = _train_both(
            model, source, plan.held_out, stages, None, how.again(), plan.held_out
        )
    seconds = frozen.trace.cpu_seconds, trace.cpu_seconds
    return [plan.fitted(*each) for each in zip(said, seconds, strict=True)]


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


@contextmanager
def _said_of(part: str) -> Iterator[None]:
    """Say of an error which stage's settings are at fault."""
    try:
        yield
    except CourseError as error:
        raise CourseError(f"while {part} was trained: {error}") from error
