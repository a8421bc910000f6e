"""Residual networks from first principles: the reference solutions and the course's tools.

    from resnet_course import load_data, train

    run = train("custom", load_data("digits"))
    print(run.evaluation.accuracy)

`plain`, `blocks`, `resnet` and `transfer_learning` are the course: what the lessons ask for,
written out. All other rooms are tools, and import each other downwards only: `cli`, `commands`,
then `desk`, `grading` and `authoring`, then `finetuning`, `results`, `training`, `data`, then the
course. What is named here is for your own programs: docs/training.md shows how. A name is loaded
when it is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from resnet_course.blocks import convolutional_block, identity_block
    from resnet_course.data.sets import load as load_data
    from resnet_course.finetuning.two_stages import transfer
    from resnet_course.resnet import ResNet50
    from resnet_course.results.run_folder import load as load_model
    from resnet_course.training.loop import train
    from resnet_course.training.recipes import Recipe
    from resnet_course.training.settings import TrainingSettings

__version__ = "0.1.0"

__all__ = [
    "Recipe",
    "ResNet50",
    "TrainingSettings",
    "convolutional_block",
    "identity_block",
    "load_data",
    "load_model",
    "train",
    "transfer",
]

_PLACES = {
    "Recipe": "training.recipes.Recipe",
    "TrainingSettings": "training.settings.TrainingSettings",
    "ResNet50": "resnet.ResNet50",
    "convolutional_block": "blocks.convolutional_block",
    "identity_block": "blocks.identity_block",
    "load_data": "data.sets.load",
    "load_model": "results.run_folder.load",
    "train": "training.loop.train",
    "transfer": "finetuning.two_stages.transfer",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, _, own_name = _PLACES[name].rpartition(".")
    return getattr(import_module(f"{__name__}.{module}"), own_name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
