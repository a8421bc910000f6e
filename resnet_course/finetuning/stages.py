"""The recipes of a transfer's two stages, and their defaults."""

import math
from dataclasses import dataclass, replace
from pathlib import Path

from resnet_course.augmentation.redrawing import are_line_drawings
from resnet_course.data.dataset import Dataset
from resnet_course.training.fitting import MANY, batch_size
from resnet_course.training.recipes import Recipe, check_hidden

#: Up to how many images the head stays what it begins as, but for one pass.
VERY_FEW = 50

#: Up to how many images a network sees too few kinds of each class.
FEW = 200

#: Height and width from which on a shift by two pixels is a small one.
MANY_PIXELS = 16

#: Of the second stage, for line drawings of which there are few.
REDRAWN = Recipe(
    epochs=30,
    batch_size=32,
    shift=1,
    rotation=10.0,
    scale=0.1,
    slant=0.2,
    bend=0.7,
    thickness=0.35,
    strokes=0.3,
)


#: Of both stages of a large network with ImageNet's weights: nothing but a steady rate.
GENTLE = Recipe(batch_size=64, schedule="constant", shift=0, weight_decay=0.0, label_smoothing=0.0)


@dataclass(frozen=True)
class Stages:
    """The recipes of both stages.

    Attributes:
        head: Of the first stage, which trains the head on features. Images are not augmented.
        tuning: Of the second, which trains everything.
        hidden: Units of a dense layer before the last one in the head; 0 for none.
        statistics: Whether the second stage trains the batch normalisations, too.
        renewed: Whether their statistics are computed again after it, from unchanged images.
    """

    head: Recipe
    tuning: Recipe
    hidden: int = 0
    statistics: bool = False
    renewed: bool = False

    def __post_init__(self) -> None:
        """Check the head's size."""
        check_hidden(self.hidden)


#: For ResNet50 with the weights of ImageNet, as lesson 5 has them: a head of 128 units and one for
#: each class, then everything but the batch normalisations at a hundredth of the rate.
FOR_IMAGENET = Stages(
    head=replace(GENTLE, epochs=5, learning_rate=1e-3),
    tuning=replace(GENTLE, epochs=3, learning_rate=1e-5),
    hidden=128,
)


def default_stages(weights: str | Path, dataset: Dataset) -> Stages:
    """Return the recipes of both stages that suit some training images.

    Args:
        weights: What to transfer from. Photographs are far from drawings: batch normalisations
            that were trained on them need statistics of the new images.
        dataset: What to transfer to.
    """
    if str(weights) == "imagenet":
        return FOR_IMAGENET
    images = len(dataset.y_train)
    near = str(weights) == "characters"
    tuning = _tuning(dataset, near)
    return Stages(
        _head(images),
        tuning,
        # A few images as they are say too little of the statistics of all of them.
        statistics=not near and (images > FEW or tuning.strokes > 0),
        renewed=not near and images > FEW,
    )


def _head(images: int) -> Recipe:
    # A head for a few images stays near the means of the classes without label smoothing.
    return Recipe(
        epochs=1 if images <= VERY_FEW else 30 if images < MANY else 10,
        batch_size=batch_size(images),
        learning_rate=0.003,
        label_smoothing=0.0 if images <= FEW else 0.1,
        shift=0,
        weight_decay=0.0,
    )


def _tuning(dataset: Dataset, near: bool) -> Recipe:
    images = len(dataset.y_train)
    if images <= FEW and are_line_drawings(dataset.x_train):
        # The fewer drawings there are, the more often each is redrawn.
        repeats = round(120 / math.sqrt(images))
        return replace(REDRAWN, repeats=repeats, learning_rate=1e-3 if near else 3e-3)
    tuning = Recipe(
        epochs=60 if images <= FEW else 20 if images < MANY else 3,
        batch_size=batch_size(images),
        learning_rate=1e-5 if images <= VERY_FEW else 1e-3 if images < MANY else 3e-3,
        shift=2 if min(dataset.image_shape[:2]) >= MANY_PIXELS else 1,
    )
    if FEW < images < MANY and not near:
        # Far from what it was trained on, the backbone has more to learn.
        tuning = replace(tuning, epochs=30, learning_rate=3e-3, rotation=10.0, scale=0.1)
    return tuning
