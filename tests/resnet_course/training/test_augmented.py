"""A model with augmentation in front of it shares its weights with the model alone."""

import keras
import numpy as np
import pytest

from resnet_course.augmentation.bending import Augmentation
from resnet_course.augmentation.recolouring import Recolouring
from resnet_course.augmentation.redrawing import Redrawing
from resnet_course.errors import CourseError
from resnet_course.training.augmented import augmented
from resnet_course.training.recipes import Recipe


def small() -> keras.Model:
    inputs = keras.Input((8, 8, 1), dtype="uint8")
    flat = keras.layers.Flatten()(keras.layers.Rescaling(1 / 255)(inputs))
    return keras.Model(inputs, keras.layers.Dense(2, "softmax")(flat), name="small")


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(shift=2, rotation=10),
        Recipe(shift=1, thickness=0.2),
        Recipe(strokes=0.3),
        Recipe(shift=0, flip=0.5),
        Recipe(shift=1, colour=0.2),
        Recipe(flip=0.5, thickness=0.2),
    ],
)
def test_an_augmented_model_shares_its_weights_and_predicts_the_same(recipe: Recipe) -> None:
    model = small()
    wrapped = augmented(model, recipe, seed=0)
    images = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 1), dtype=np.uint8)
    assert wrapped.weights == model.weights
    assert np.array_equal(wrapped.predict(images, verbose=0), model.predict(images, verbose=0))
    wrapped.compile("sgd", "sparse_categorical_crossentropy")
    before = model.get_weights()[0].copy()
    wrapped.fit(images, np.arange(20) % 2, verbose=0)
    assert not np.array_equal(model.get_weights()[0], before)


def test_without_changes_a_model_stays_as_it_is() -> None:
    model = small()
    assert augmented(model, Recipe(shift=0)) is model


def test_lines_are_redrawn_only_where_the_recipe_changes_them() -> None:
    kinds = [
        type(augmented(small(), recipe).layers[1])
        for recipe in (Recipe(shift=1), Recipe(shift=1, strokes=0.1), Recipe(thickness=0.1))
    ]
    assert kinds == [Augmentation, Redrawing, Redrawing]


def test_photographs_are_recoloured_before_they_are_moved() -> None:
    kinds = [type(layer) for layer in augmented(small(), Recipe(flip=0.5, shift=1)).layers]
    assert kinds[1:3] == [Recolouring, Augmentation]
    assert Recolouring not in map(type, augmented(small(), Recipe(shift=1)).layers)


def test_colour_images_cannot_be_redrawn() -> None:
    inputs = keras.Input((8, 8, 3), dtype="uint8")
    model = keras.Model(inputs, keras.layers.Flatten()(inputs))
    with pytest.raises(CourseError, match="these images have 3 channels: set both to 0"):
        augmented(model, Recipe(strokes=0.5))
