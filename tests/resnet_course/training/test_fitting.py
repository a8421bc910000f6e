"""Recipes follow the data: more passes over fewer images, mirrored photographs."""

import math
from dataclasses import replace

import numpy as np
import pytest

from resnet_course.data import sets
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.training import loop
from resnet_course.training.fitting import FEWEST_STEPS, fitted_recipe
from resnet_course.training.recipes import RECIPES, THOROUGH, Recipe, default_recipe
from resnet_course.training.settings import TrainingSettings


def dataset(images: int, name: str = "own", photographs: bool = False) -> Dataset:
    """Return grey images, or a few different ones in colour."""
    rng = np.random.default_rng(0)
    few = rng.integers(0, 256, (10, 32, 32, 3), dtype=np.uint8)
    x = few[np.arange(images) % 10] if photographs else np.zeros((images, 8, 8, 1), np.uint8)
    y = np.arange(images) % 3
    return Dataset(name, x, y, x[:3], y[:3], ("a", "b", "c"))


def steps(recipe: Recipe, images: int) -> int:
    return recipe.epochs * math.ceil(recipe.repeats * images / recipe.batch_size)


@pytest.mark.parametrize("model", [*RECIPES, None])
@pytest.mark.parametrize("images", [4, 20, 362, 1000, 4999, 5000, 20_000])
def test_few_images_are_passed_over_more_often(model: str | None, images: int) -> None:
    whole = default_recipe(model, "own") if model else Recipe()
    recipe = fitted_recipe(model, dataset(images))
    assert steps(recipe, images) >= FEWEST_STEPS
    assert recipe.epochs >= whole.epochs
    assert recipe.batch_size == (min(32, whole.batch_size) if images < 5000 else whole.batch_size)
    assert replace(recipe, epochs=whole.epochs, batch_size=whole.batch_size) == whole


def test_the_fewer_images_the_more_passes_over_them() -> None:
    counts = (20, 100, 362, 1000, 5000, 20_000, 60_000)
    epochs = [fitted_recipe("custom", dataset(count)).epochs for count in counts]
    assert epochs == sorted(epochs, reverse=True)
    assert epochs[2] * math.ceil(362 / 32) > 400
    assert epochs[-1] == RECIPES["custom"].epochs


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist"])
def test_a_large_data_set_is_trained_on_as_ever(name: str) -> None:
    for model in RECIPES:
        for images in (60_000, 54_000, 45_000):
            assert fitted_recipe(model, dataset(images, name)) == default_recipe(model, name)


def test_a_recipe_that_was_made_for_a_small_data_set_stays_for_all_of_it() -> None:
    digits = sets.load("digits")
    assert fitted_recipe("custom", digits) == default_recipe("custom", "digits")
    assert fitted_recipe("custom", digits.hold_out(0.2)) == default_recipe("custom", "digits")
    assert steps(fitted_recipe("custom", digits.take(100)), 100) >= FEWEST_STEPS
    assert steps(fitted_recipe("resnet18", digits), 1442) >= FEWEST_STEPS


def test_what_is_given_stays_and_the_rest_is_fitted_to_it() -> None:
    few = dataset(362, photographs=True)
    recipe = fitted_recipe("custom", few, {"epochs": 5, "flip": 0.0, "shift": 1})
    assert (recipe.epochs, recipe.flip, recipe.shift) == (5, 0, 1)
    assert recipe.colour > 0
    large = fitted_recipe("custom", few, {"batch_size": 128})
    assert large.batch_size == 128
    assert steps(large, 362) >= FEWEST_STEPS
    often = fitted_recipe("custom", few, {"repeats": 10})
    assert 5 < often.epochs < fitted_recipe("custom", few).epochs
    with pytest.raises(CourseError, match="flip must be between 0 and 1"):
        fitted_recipe("custom", few, {"flip": 2.0})


def test_photographs_are_mirrored_shifted_and_recoloured_and_drawings_are_not() -> None:
    for model in RECIPES:
        for images in (100, 50_000):
            recipe = fitted_recipe(model, dataset(images, photographs=True))
            assert recipe.flip == 0.5
            assert recipe.colour > 0
            assert recipe.shift >= 4
        drawn = fitted_recipe(model, dataset(100))
        assert (drawn.flip, drawn.colour) == (0, 0)
        assert drawn.shift == RECIPES[model].shift


def test_a_thorough_recipe_is_fitted_too() -> None:
    assert fitted_recipe("custom", dataset(60_000, "mnist"), thorough=True) == THOROUGH
    few = fitted_recipe("custom", dataset(500, "mnist"), thorough=True)
    assert few.epochs > THOROUGH.epochs
    assert few.bend == THOROUGH.bend


def test_a_training_without_a_recipe_has_the_one_that_suits_what_is_left(monkeypatch) -> None:
    seen = []
    monkeypatch.setattr(loop, "fit", lambda model, left, recipe, *_: seen.append((left, recipe)))
    with pytest.raises(AttributeError):
        loop.train(
            "custom", sets.load("digits").take(200), settings=TrainingSettings(validation=0.5)
        )
    ((left, recipe),) = seen
    assert len(left.y_train) == 100
    assert recipe == fitted_recipe("custom", left)


def test_hand_signs_are_learnt_from_few_photographs(signs: Dataset) -> None:
    few = signs.take(200)
    small = replace(
        few,
        name="own",
        x_train=few.x_train[:, ::2, ::2],
        x_test=few.x_test[:, ::2, ::2],
    )
    run = loop.train("custom", small)
    assert run.recipe.flip == 0.5
    assert run.evaluation.accuracy > 0.8
    assert not run.evaluation.at_chance
