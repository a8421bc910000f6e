"""Recipes have defaults for every network, and refuse what cannot be trained with."""

from dataclasses import fields, replace

import pytest

from resnet_course.errors import CourseError
from resnet_course.training.recipes import RECIPES, THOROUGH, Recipe, default_recipe, recipe_with


def test_resnet18_is_trained_as_published() -> None:
    recipe = default_recipe("resnet18", "mnist")
    assert (recipe.optimiser, recipe.learning_rate, recipe.momentum) == ("sgd", 0.01, 0.9)
    assert (recipe.weight_decay, recipe.batch_size, recipe.epochs) == (5e-4, 128, 10)


def test_a_data_set_may_need_another_recipe() -> None:
    assert default_recipe("custom", "digits") != default_recipe("custom", "mnist")
    assert default_recipe("custom", "fashion_mnist") == RECIPES["custom"]
    assert default_recipe("custom", "mnist").crop > 0


def test_the_thorough_recipe_is_for_the_custom_network_on_mnist() -> None:
    assert default_recipe("custom", "mnist", thorough=True) == THOROUGH
    for model, data in (("custom", "fashion_mnist"), ("resnet18", "mnist")):
        with pytest.raises(CourseError, match=f"custom on mnist: received {model} on {data}"):
            default_recipe(model, data, thorough=True)


def test_an_unknown_network_gets_a_hint() -> None:
    with pytest.raises(CourseError, match="did you mean resnet18"):
        default_recipe("resnet19", "mnist")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("epochs", 0, "epochs must be at least 1: received 0"),
        ("batch_size", 1, "batch size must be between 2 and"),
        ("learning_rate", float("nan"), "learning rate must be at least"),
        ("learning_rate", -0.1, "received -0.1"),
        ("momentum", 1.0, "momentum must be between 0 and 0.999"),
        ("label_smoothing", 1.5, "label smoothing must be between 0 and 0.99"),
        ("shift", -1, "shift must be at least 0"),
        ("image_size", 0, "image size must be between 1 and"),
        ("flip", 1.5, "flip must be between 0 and 1"),
        ("colour", -0.1, "colour must be between 0 and 0.9"),
        ("optimiser", "adam", "did you mean adamw"),
        ("schedule", "cosine", "choose from one-cycle, constant"),
    ],
)
def test_a_value_out_of_its_range_is_named(name: str, value: object, words: str) -> None:
    with pytest.raises(CourseError, match=words):
        recipe_with(Recipe(), {name: value})


def test_settings_that_are_not_given_stay_as_they_are() -> None:
    changed = recipe_with(RECIPES["resnet18"], {"epochs": 2, "shift": None, "model": "resnet18"})
    assert changed.epochs == 2
    for item in fields(Recipe):
        if item.name != "epochs":
            assert getattr(changed, item.name) == getattr(RECIPES["resnet18"], item.name)


def test_the_line_of_settings_leaves_out_those_that_are_off() -> None:
    assert str(Recipe()) == (
        "epochs 3, batch size 128, optimiser adamw, learning rate 0.01, schedule one-cycle, "
        "warm up 0.2, weight decay 0.01, label smoothing 0.1, batch norm momentum 0.9, shift 2, "
        "precision float32"
    )


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"rotation": 10.0}, "rotation 10.0"),
        ({"flip": 0.5}, "flip 0.5"),
        ({"repeats": 4}, "repeats 4"),
        ({"class_weights": True}, "class weights True"),
        ({"image_size": 16}, "image size 16"),
        ({"optimiser": "sgd"}, "momentum 0.9"),
        ({"momentum": 0.5}, "momentum 0.5"),
        ({"shift": 0}, "shift 0"),
        ({"label_smoothing": 0.0}, "label smoothing 0.0"),
    ],
)
def test_the_line_of_settings_has_what_is_on_or_not_as_by_default(settings, words) -> None:
    assert words not in str(Recipe()).split(", ")
    assert words in str(replace(Recipe(), **settings)).split(", ")


def test_a_steady_rate_has_no_warm_up() -> None:
    assert "warm up" not in str(replace(Recipe(), schedule="constant"))
