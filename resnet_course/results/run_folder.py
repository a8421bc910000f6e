"""Runs on disk: a folder with the model, its result and pictures of both."""

import json
import platform
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.files import RESULT_FILE, one_form
from resnet_course.pictures import framing
from resnet_course.pictures.framing import Framing
from resnet_course.results import familiarity, picture, plots
from resnet_course.results.familiarity import Familiarity
from resnet_course.results.model_files import MODEL_FILE, find_model, why_unread
from resnet_course.training.calibration import Temperature
from resnet_course.training.evaluation import Evaluation
from resnet_course.training.loop import Run
from resnet_course.training.networks import one_to_one
from resnet_course.training.precision import resolved

FAMILIARITY_FILE = "familiarity.npz"


@dataclass(frozen=True, eq=False)
class SavedModel:
    """A model from disk, with what is known about it.

    Attributes:
        model: From uint8 images to probabilities.
        path: Its file.
        data: Name of the data set that it was trained on, or None if that is not known.
        class_names: What each class is called: its number, if nothing else is known.
        framing: How figures sit in its training images; None for photographs.
        familiarity: Tells images that do not look like its training images, if that is known.
    """

    model: keras.Model
    path: Path
    data: str | None
    class_names: tuple[str, ...]
    framing: Framing | None
    familiarity: Familiarity | None = None


def save(run: Run, folder: Path, settings: Mapping[str, Any] | None = None) -> None:
    """Write a run: the model, the result and pictures.

    Args:
        run: The run.
        folder: A folder that exists. `files.new_folder` gives one that takes its name only when
            everything is written.
        settings: What was asked for, as plain data, to be kept with the result.
    """
    save_result(run.model, run.dataset, run.evaluation, result(run), folder, settings)
    picture.save(plots.learning_curve(run.curve), folder / "learning_curve.png")


def save_result(
    model: keras.Model,
    dataset: Dataset,
    evaluation: Evaluation,
    facts: dict[str, Any],
    folder: Path,
    settings: Mapping[str, Any] | None,
) -> None:
    """Write what a run and a transfer have in common: the model, the result and pictures.

    Args:
        model: The model.
        dataset: What it was trained on.
        evaluation: What it says about the test images.
        facts: The result, as plain data.
        folder: Where to write.
        settings: What was asked for, likewise.
    """
    one_to_one(model).save(folder / MODEL_FILE)
    seen = familiarity.measure(model, dataset)
    if seen is not None:
        seen.save(folder / FAMILIARITY_FILE)
    alarms = seen.false_alarms if seen else None
    facts = facts | {"false_alarms": alarms, "settings": dict(settings or {})}
    (folder / RESULT_FILE).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    save_pictures(evaluation, dataset.x_test, folder)


def result(run: Run) -> dict[str, Any]:
    """Return what is needed to judge a run and to repeat it, as plain data."""
    return common_result(run.model, run.dataset, run.evaluation, run.temperature) | {
        "parameters": run.model.count_params(),
        "recipe": asdict(run.recipe),
        "precision": resolved(run.recipe.precision),
        "seed": run.seed,
        "measured_on": run.measured_on,
        "errors": run.evaluation.errors,
        "mean_confidence": float(run.evaluation.confidence.mean()),
        "cpu_seconds": round(run.cpu_seconds, 2),
        "wall_seconds": round(run.wall_seconds, 2),
        "best_epoch": run.best_epoch,
        "curve": run.curve,
    }


def common_result(
    model: keras.Model, dataset: Dataset, evaluation: Evaluation, temperature: Temperature
) -> dict[str, Any]:
    """Return what the results of a run and of a transfer have in common, as plain data."""
    measured = framing.measure(dataset.x_train)
    return {
        "model": model.name,
        "data": dataset.name,
        "image_shape": list(dataset.image_shape),
        "class_names": list(dataset.class_names),
        "framing": asdict(measured) if measured else None,
        "training_images": len(dataset.y_train),
        "images": len(evaluation.labels),
        "accuracy": evaluation.accuracy,
        "at_chance": evaluation.at_chance,
        "calibration_error_before": evaluation.calibration_error_before,
        "calibration_error": evaluation.calibration_error,
        "calibration": asdict(temperature),
        "versions": versions(),
    }


def summary(run: Run) -> str:
    """Return what came of a run, on one line for people, and what they should know about it."""
    measured = run.evaluation
    epochs = len(run.curve.get("validation_loss", ()))
    best = f"; best weights: those of epoch {run.best_epoch} of {epochs}" if run.best_epoch else ""
    line = (
        f"{run.measured_on} accuracy {measured.accuracy:.2%} ({measured.count()}), "
        f"{measured.calibrations()}, trained in {run.cpu_seconds:.0f} CPU seconds, "
        f"{run.wall_seconds:.0f} s by the clock{best}"
    )
    return "\n".join([line, *measured.remarks()])


def versions() -> dict[str, str]:
    """Return the versions of what takes part in training, by name."""
    backend = keras.config.backend()
    return {
        "resnet-course": version("resnet-course"),
        "python": platform.python_version(),
        "keras": keras.__version__,
        backend: getattr(sys.modules.get(backend), "__version__", "unknown"),
        "numpy": np.__version__,
        "platform": f"{platform.system()} {platform.machine()}",
    }


def save_pictures(evaluation: Evaluation, images: np.ndarray, folder: Path) -> list[Path]:
    """Write pictures of how well a model does.

    Args:
        evaluation: What the model says.
        images: The images that it is about.
        folder: Where to write the confusion matrix, the calibration and, if there are any, the
            most confident errors.

    Returns:
        The files.
    """
    matrix = plots.confusion_matrix(evaluation.confusion, evaluation.class_names)
    plain = evaluation.under(1.0)
    before = None if plain is evaluation else plain.calibration()
    figures = {
        "confusion_matrix.png": matrix,
        "calibration.png": plots.calibration(*evaluation.calibration(), before),
    }
    worst = evaluation.most_confident_errors()
    if len(worst):
        figures["most_confident_errors.png"] = plots.predictions(
            images[worst],
            evaluation.probabilities[worst],
            evaluation.class_names,
            names=[f"test image {position}" for position in worst],
            labels=evaluation.labels[worst],
        )
    for name, figure in figures.items():
        picture.save(figure, folder / name)
    return [folder / name for name in figures]


def load(path: Path | str) -> SavedModel:
    """Load a model that takes images and returns probabilities.

    Args:
        path: A `.keras` file, or the folder of a run.

    Returns:
        The model, with what the result beside it says about it.

    Raises:
        CourseError: If there is no such file, it is not a whole Keras model, or the model does
            not take images.
    """
    file = find_model(Path(path))
    model = _read_model(file)
    shapes = model.input_shape, model.output_shape
    if not (_is(shapes[0], 4) and shapes[0][-1] in (1, 3) and _is(shapes[1], 2)):
        first = _is(shapes[0], 4) and shapes[0][1] in (1, 3)
        hint = " The channels must come last: build it with (height, width, channels)."
        raise CourseError(
            f"{file} must take grey or RGB images of a fixed size and return a probability for "
            f"each class: it takes {shapes[0]} and returns {shapes[1]}.{hint if first else ''}"
        )
    classes, grey = shapes[1][-1], shapes[0][-1] == 1
    result_file = file.parent / RESULT_FILE
    if not result_file.exists():
        names = tuple(map(str, range(classes)))
        return SavedModel(model, file, None, names, Framing() if grey else None)
    try:
        known = json.loads(result_file.read_text(encoding="utf-8"))
        names = tuple(one_form(str(name)) for name in known["class_names"])
        figures = known["framing"]
        frame = Framing.of(figures) if figures else None
        if tuple(known["image_shape"]) != shapes[0][1:]:
            raise ValueError(f"images of {known['image_shape']} for a model of {shapes[0][1:]}")
        if len(names) != classes:
            raise ValueError(f"{len(names)} class names for {classes} classes")
        seen = familiarity.load(file.parent / FAMILIARITY_FILE)
        return SavedModel(model, file, str(known["data"]), names, frame, seen)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CourseError(
            f"{result_file} does not belong to the model beside it or is damaged ({error}): train "
            "again, or move the model to a folder of its own."
        ) from error


def _read_model(file: Path) -> keras.Model:
    try:
        model = keras.models.load_model(file, compile=False)
    except Exception as error:
        raise CourseError(f"{file} {why_unread(file, error)}") from error
    if not model.built or not model.inputs:
        raise CourseError(
            f"{file} was saved before it was built, and does not say what images it takes: begin "
            "it with keras.Input((height, width, channels)), train it, and save it again."
        )
    return model


def _is(shape: Any, dimensions: int) -> bool:
    """Return whether a shape is a single one, with so many dimensions, all but the first fixed."""
    return isinstance(shape, tuple) and len(shape) == dimensions and None not in shape[1:]
