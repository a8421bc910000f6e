"""A model with its recipe's augmentation in front of it."""

import keras

from resnet_course.augmentation.bending import Augmentation
from resnet_course.augmentation.recolouring import Recolouring
from resnet_course.augmentation.redrawing import Redrawing
from resnet_course.errors import CourseError
from resnet_course.training.recipes import Recipe


def augmented(model: keras.Model, recipe: Recipe, seed: int | None = None) -> keras.Model:
    """Put augmentation in front of a model, in a model of its own.

    Both share their weights: train the one that is returned, and save and use the other.

    Args:
        model: From uint8 images.
        recipe: How far images may change. If lines may get thinner or thicker, or stray strokes
            are drawn, the images are taken for line drawings and redrawn.
        seed: Seed of the draws.

    Returns:
        A model with the same inputs and outputs; `model` itself if nothing may change.

    Raises:
        CourseError: If colour images are to be redrawn.
    """
    changes = (recipe.shift, recipe.rotation, recipe.scale, recipe.slant, recipe.bend)
    of_lines = (recipe.thickness, recipe.strokes)
    of_photographs = (recipe.flip, recipe.colour)
    if not any(changes + of_lines + of_photographs):
        return model
    X = inputs = keras.Input(model.input_shape[1:], dtype="uint8", name="pixels")
    if any(of_photographs):
        other = None if seed is None else (seed + 1) % 2**32
        X = Recolouring(*of_photographs, seed=other, name="recolouring")(X)
    if any(of_lines):
        if inputs.shape[-1] != 1:
            raise CourseError(
                "thickness and strokes change grey line drawings, and these images have "
                f"{inputs.shape[-1]} channels: set both to 0."
            )
        X = Redrawing(*changes, *of_lines, seed=seed, name="augmentation")(X)
    elif any(changes):
        X = Augmentation(*changes, seed=seed, name="augmentation")(X)
    return keras.Model(inputs, model(X), name=model.name)
