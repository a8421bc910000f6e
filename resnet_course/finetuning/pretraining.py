"""Pretraining the backbones whose weights come with the package; a command reproduces each."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import keras

from resnet_course.choices import check_seed, choose
from resnet_course.data import sets
from resnet_course.data.characters import distorted_characters
from resnet_course.data.dataset import Dataset
from resnet_course.finetuning.backbones import EMBEDDED, save_weights
from resnet_course.results.run_folder import versions
from resnet_course.training import networks
from resnet_course.training.loop import Run, train
from resnet_course.training.recipes import Recipe, recipe_with
from resnet_course.training.settings import DEFAULT, TrainingSettings


@dataclass(frozen=True)
class Pretraining:
    """How a backbone is trained.

    Attributes:
        dataset: Gives what it is trained on, from a seed and the data folder.
        recipe: How.
    """

    dataset: Callable[[int, Path | None], Dataset]
    recipe: Recipe


#: The recipes of the embedded weights.
PRETRAININGS = {
    "characters": Pretraining(
        lambda seed, folder: distorted_characters(30_000, seed=seed),
        Recipe(epochs=3, shift=1),
    ),
    "cifar10": Pretraining(
        lambda seed, folder: sets.load("cifar10", folder),
        # Label smoothing would tell the classes apart better, and other images worse.
        Recipe(
            epochs=14,
            learning_rate=0.003,
            weight_decay=0.05,
            label_smoothing=0.0,
            shift=4,
            precision="auto",
        ),
    ),
}


def pretrain(
    name: str,
    changes: Mapping[str, Any] | None = None,
    settings: TrainingSettings = DEFAULT,
    data_folder: Path | None = None,
) -> Run:
    """Train a backbone from scratch, with a classifier on top.

    Args:
        name: One of `PRETRAININGS`.
        changes: Changes of its recipe.
        settings: What else there is to say of it. The seed is that of the data, too, if they are
            drawn. Probabilities are not calibrated.
        data_folder: Where data sets are; see `sets.load`.

    Returns:
        The run, measured on the test images of what it was trained on.

    Raises:
        CourseError: If there is no such backbone, or its data is missing.
    """
    choose(name, PRETRAININGS, "backbone to pretrain")
    check_seed(settings.seed)
    build, shape = EMBEDDED[name]
    dataset = PRETRAININGS[name].dataset(settings.seed, data_folder)
    recipe = recipe_with(PRETRAININGS[name].recipe, changes or {})
    keras.utils.set_random_seed(settings.seed)
    network = build(shape, dataset.classes)
    networks.set_batch_norm_momentum(network, recipe.batch_norm_momentum)
    model = networks.from_pixels(network, dataset)
    return train(model, dataset, recipe, replace(settings, calibrate=False))


def save(run: Run, name: str, path: Path) -> None:
    """Write the weights of a pretrained backbone, and where they are from.

    Args:
        run: What `pretrain` returned.
        name: Name of the backbone.
        path: Where to write, ending in `.npz`.
    """
    about = {
        "weights": name,
        "data": run.dataset.name,
        "training_images": len(run.dataset.y_train),
        "classes": run.dataset.classes,
        "recipe": asdict(run.recipe),
        "seed": run.seed,
        "accuracy": run.evaluation.accuracy,
        "cpu_seconds": round(run.cpu_seconds),
        "versions": versions(),
    }
    save_weights(run.model, name, path, about)
