"""The recipe that suits a network and a data set: more passes where there are few images."""

import math
from collections.abc import Mapping
from typing import Any

from resnet_course.data.dataset import Dataset
from resnet_course.pictures.photographs import are_photographs
from resnet_course.training.recipes import Recipe, default_recipe, recipe_with

#: From how many images on a recipe is taken as it is.
LARGE = 40_000

#: Likewise, where a recipe was made for a smaller data set, by network and data set.
LARGE_EXCEPTIONS = {("custom", "digits"): 1000}

#: From how many images on small batches and many passes are not needed.
MANY = 5000

#: Batch size with fewer images than that.
SMALL_BATCH = 32

#: Passes over the images, times the root of their number.
PASSES = 735

#: Steps that batch normalisations and a one-cycle schedule need at least.
FEWEST_STEPS = 300

#: For photographs: what is mirrored, how colours change, and the largest shift, as a share.
FLIP, COLOUR, SHIFT = 0.5, 0.2, 1 / 8


def fitted_recipe(
    model: str | None,
    dataset: Dataset,
    settings: Mapping[str, Any] | None = None,
    thorough: bool = False,
) -> Recipe:
    """Return the recipe that a network is trained with on a data set unless told otherwise.

    Args:
        model: Name of a network; None for a model of your own.
        dataset: What to train on. The fewer images, the more passes over them and the smaller the
            batches; photographs are mirrored, shifted and recoloured.
        settings: Settings that are given, by name; the others are fitted to them.
        thorough: See `recipes.default_recipe`.

    Raises:
        CourseError: If a value is out of range, or there is no such recipe.
    """
    recipe = default_recipe(model, dataset.name, thorough) if model else Recipe()
    given = {name: value for name, value in (settings or {}).items() if value is not None}
    fitted: dict[str, Any] = {}
    if are_photographs(dataset.x_train):
        side = min(dataset.image_shape[:2])
        fitted = {"flip": FLIP, "colour": COLOUR, "shift": max(recipe.shift, round(SHIFT * side))}
    images = len(dataset.y_train)
    if images < LARGE_EXCEPTIONS.get((model or "", dataset.name), LARGE):
        fitted["batch_size"] = batch_size(images, recipe.batch_size)
        recipe = recipe_with(recipe, fitted | given)
        seen = recipe.repeats * images
        steps = math.ceil(seen / recipe.batch_size)
        passes = max(PASSES / math.sqrt(seen), FEWEST_STEPS / steps)
        fitted["epochs"] = max(recipe.epochs, math.ceil(passes))
    return recipe_with(recipe, fitted | given)


def batch_size(images: int, usual: int = 128) -> int:
    """Return the batch size that suits a number of training images.

    Args:
        images: Number of training images.
        usual: The batch size where there are many.
    """
    return min(usual, SMALL_BATCH) if images < MANY else usual
