"""A transfer on disk: the model, the result of both stages and pictures."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from resnet_course.finetuning.two_stages import Stage, TransferRun
from resnet_course.results import picture, plots, run_folder
from resnet_course.training.precision import resolved


def save(run: TransferRun, folder: Path, settings: Mapping[str, Any] | None = None) -> None:
    """Write a transfer: the model, the result of both stages and pictures.

    Args:
        run: The transfer.
        folder: A folder that exists.
        settings: What was asked for, as plain data, to be kept with the result.
    """
    measured = run.tuned.evaluation
    run_folder.save_result(run.model, run.dataset, measured, result(run), folder, settings)
    for name, stage in (("frozen", run.frozen), ("tuned", run.tuned)):
        picture.save(plots.learning_curve(stage.trace.curve), folder / f"learning_curve_{name}.png")


def result(run: TransferRun) -> dict[str, Any]:
    """Return what is needed to judge a transfer and to repeat it, as plain data."""
    tuned = run.tuned
    common = run_folder.common_result(run.model, run.dataset, tuned.evaluation, tuned.temperature)
    return common | {
        "weights": run.weights,
        "stages": asdict(run.stages),
        "precision": resolved(run.stages.tuning.precision),
        "seed": run.seed,
        "measured_on": run.measured_on,
        "frozen": _stage(run.frozen),
        "tuned": _stage(run.tuned),
        "gain": run.comparison()["gain"],
    }


def table(run: TransferRun) -> list[tuple[str, str, str]]:
    """Return what people compare: a row a figure, with its name, frozen and fine-tuned."""
    rows = [("", "frozen", "fine-tuned")]
    stages = [_stage(stage) for stage in (run.frozen, run.tuned)]
    for title, name, form in (
        (f"{run.measured_on} accuracy", "accuracy", ".2%"),
        ("parameters trained", "trainable_parameters", ",d"),
        ("CPU seconds", "cpu_seconds", ".1f"),
        ("confidence, right", "confidence_right", ".1%"),
        ("confidence, wrong", "confidence_wrong", ".1%"),
        ("calibration error", "calibration_error", ".2%"),
        ("… uncalibrated", "calibration_error_before", ".2%"),
    ):
        values = [stage[name] for stage in stages]
        before, after = ("–" if value is None else f"{value:{form}}" for value in values)
        rows.append((title, before, after))
    return rows


def summary(run: TransferRun) -> str:
    """Return a table of both stages on a few lines."""
    lines = [f"{title:<20}{frozen:>12}{tuned:>12}" for title, frozen, tuned in table(run)]
    gain = run.comparison()["gain"]
    lines.append(f"{'gain':<20}{'':>12}{gain:>+11.2f} points")
    return "\n".join([*lines, *run.tuned.evaluation.remarks()])


def _stage(stage: Stage) -> dict[str, Any]:
    measured = stage.evaluation
    right = measured.predictions == measured.labels
    return {
        "accuracy": measured.accuracy,
        "errors": measured.errors,
        "mean_confidence": float(measured.confidence.mean()),
        "confidence_right": _mean(measured.confidence[right]),
        "confidence_wrong": _mean(measured.confidence[~right]),
        "temperature": measured.temperature,
        "calibration_error_before": measured.calibration_error_before,
        "calibration_error": measured.calibration_error,
        "trainable_parameters": stage.parameters[0],
        "parameters": stage.parameters[1],
        "cpu_seconds": round(stage.trace.cpu_seconds, 2),
        "wall_seconds": round(stage.trace.wall_seconds, 2),
        "best_epoch": stage.trace.best_epoch,
        "curve": stage.trace.curve,
    }


def _mean(values: np.ndarray) -> float | None:
    return float(values.mean()) if len(values) else None
