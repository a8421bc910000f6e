"""Two-stage transfer as a run: a head on frozen features, then everything, gently."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np

from resnet_course import transfer_learning
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.finetuning.backbones import backbone
from resnet_course.finetuning.batch_norm_statistics import renew_statistics
from resnet_course.finetuning.head import Stage, train_head, with_head
from resnet_course.finetuning.stages import Stages, default_stages
from resnet_course.training import calibration
from resnet_course.training.calibration import UNCALIBRATED, Plan, Temperature, kept_weights
from resnet_course.training.evaluation import evaluate, probabilities
from resnet_course.training.loop import Trace, begun, fit
from resnet_course.training.networks import normalisations
from resnet_course.training.settings import DEFAULT, TrainingSettings
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
    settings: TrainingSettings = DEFAULT,
    pixels: int = 224,
    cache: Path | None = None,
) -> TransferRun:
    """Move a trained backbone to new images: first the head alone, then everything.

    Args:
        weights: What to transfer from, see `backbones.backbone`.
        dataset: What to train and to measure on.
        stages: How. If not given, what suits the number of training images.
        settings: What else there is to say of both stages. The seed is that of the head's weights,
            too; each stage has patience of its own, and sub-folders for its state and its logs.
        pixels: Height and width of the images that the ImageNet network sees.
        cache: Folder in which features of frozen backbones are kept.

    Returns:
        The run. `transfer_report.save` writes it to disk.

    Raises:
        CourseError: If the weights cannot be used, or the loss is not a number.
    """
    dataset = begun(dataset, settings)
    stages = stages or default_stages(weights, dataset)
    source = backbone(weights, dataset, pixels)
    model = with_head(source, dataset.classes, stages.hidden)
    plan = calibration.plan(dataset, settings)
    dataset = plan.dataset
    start = model.get_weights()
    spared = None if plan.again else plan.held_out
    frozen, parameters, trace, said = _train_both(
        model, source, dataset, stages, cache, settings, spared
    )
    temperatures = _temperatures(model, source, plan, start, stages, settings, said)
    model = calibrated(model, temperatures[1].temperature)
    frozen = replace(
        frozen,
        evaluation=frozen.evaluation.under(temperatures[0].temperature),
        temperature=temperatures[0],
    )
    return TransferRun(
        model,
        str(weights),
        dataset,
        stages,
        settings.seed,
        settings.measured_on,
        frozen,
        Stage(evaluate(model, dataset), parameters, trace, temperatures[1]),
    )


def _train_both(
    model: keras.Model,
    source: keras.Model,
    dataset: Dataset,
    stages: Stages,
    cache: Path | None,
    settings: TrainingSettings,
    held_out: Dataset | None,
) -> tuple[Stage, tuple[int, int], Trace, list[np.ndarray]]:
    """Train the head, then everything.

    Returns:
        The first stage; parameters and trace of the second; and what the model says after each
        about the test images of `held_out`, if there are any.
    """
    source.trainable = False
    with _said_of("the head"):
        frozen = train_head(model, source, dataset, stages.head, cache, settings.in_part("frozen"))
    said = [probabilities(model, held_out.x_test)] if held_out else []
    unfreeze(model, stages.statistics)
    parameters = count_parameters(model)
    with _said_of("everything"):
        trace = fit(model, dataset, stages.tuning, settings.in_part("tuned"))
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
    settings: TrainingSettings,
    said: list[np.ndarray],
) -> list[Temperature]:
    """Fit the temperature after each stage of a trained model, which began with `start`."""
    if plan.held_out is None:
        return [UNCALIBRATED] * 2
    if not plan.again:
        return [plan.fitted(each) for each in said]
    if settings.progress:
        print(plan.announcement(), flush=True)
    with kept_weights(model):
        model.set_weights(start)
        frozen, _, trace, said = _train_both(
            model, source, plan.held_out, stages, None, settings.again(), plan.held_out
        )
    seconds = frozen.trace.cpu_seconds, trace.cpu_seconds
    return [plan.fitted(*each) for each in zip(said, seconds, strict=True)]


def unfreeze(model: keras.Model, statistics: bool) -> None:
    """Make everything trainable, as in lesson 5, with or without the batch normalisations.

    Args:
        model: A model that was frozen in part, however deeply nested.
        statistics: Whether batch normalisations are trained as well, and so go on with statistics
            of the new images. Frozen ones stay in inference mode.
    """
    transfer_learning.unfreeze(model)
    for layer in normalisations(model):
        layer.trainable = statistics


@contextmanager
def _said_of(part: str) -> Iterator[None]:
    """Say of an error which stage's settings are at fault."""
    try:
        yield
    except CourseError as error:
        raise CourseError(f"while {part} was being trained: {error}") from error
