"""Recipes: every setting of a training run, and the defaults of each network."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from resnet_course.choices import choose
from resnet_course.errors import CourseError

#: Units of a dense layer, at most.
LARGEST_LAYER = 100_000


def setting(
    default: Any,
    meaning: str,
    least: float | None = None,
    most: float = math.inf,
    choices: tuple[str, ...] = (),
    concerns: str = "steps",
    off: Any = 0,
    only_with: str = "",
) -> Any:
    """Describe one setting of a recipe.

    Args:
        default: Its value unless told otherwise.
        meaning: What it is, for the command line's help.
        least: The smallest value allowed.
        most: The largest value allowed.
        choices: The words allowed, for a setting that is a word.
        concerns: What it is about: the `"steps"` of the training, how training `"images"` change,
            or how the `"network"` is built.
        off: The value, apart from None, with which it does nothing.
        only_with: The optimiser or schedule without which it does nothing.
    """
    kind = type(default) if default is not None else int
    described = {
        "meaning": meaning,
        "kind": kind,
        "least": least,
        "most": most,
        "choices": choices,
        "concerns": concerns,
        "off": off,
        "only_with": only_with,
    }
    return field(default=default, metadata=described)


@dataclass(frozen=True)
class Recipe:
    """Every setting of a training run.

    The schedule `one-cycle` warms the rate up in a straight line from a tenth of its peak, then
    takes it down to zero (Smith and Topin 2018, arXiv:1708.07120). The optimiser `adamw` decays
    weights apart from the gradient, kernels only (Loshchilov and Hutter 2019, arXiv:1711.05101);
    `sgd` adds the decay to the gradient of every weight, as published recipes do.

    Raises:
        CourseError: If a value is out of range.
    """

    epochs: int = setting(3, "passes over the training images", least=1)
    repeats: int = setting(
        1, "times that each image comes in a pass, changed each time", least=1, most=100_000, off=1
    )
    batch_size: int = setting(128, "images per step", least=2, most=1_000_000)
    optimiser: str = setting("adamw", "how weights are updated", choices=("adamw", "sgd"))
    learning_rate: float = setting(0.01, "the rate, or its peak", least=1e-12)
    schedule: str = setting("one-cycle", "the rate over time", choices=("one-cycle", "constant"))
    warm_up: float = setting(
        0.2, "share of a one-cycle run before its peak", least=0, most=0.99, only_with="one-cycle"
    )
    momentum: float = setting(0.9, "momentum of sgd", least=0, most=0.999, only_with="sgd")
    weight_decay: float = setting(0.01, "decay of the weights", least=0)
    label_smoothing: float = setting(0.1, "share of a label spread evenly", least=0, most=0.99)
    batch_norm_momentum: float = setting(
        0.9, "momentum of batch normalisation's averages", 0, 0.9999, concerns="network"
    )
    shift: int = setting(
        2, "largest random shift of a training image, in pixels", 0, concerns="images"
    )
    rotation: float = setting(0.0, "largest random turn, in degrees", 0, 180, concerns="images")
    scale: float = setting(
        0.0, "largest random change of size, as a share", 0, 0.9, concerns="images"
    )
    slant: float = setting(
        0.0, "largest random slant, in pixels per pixel", 0, 1, concerns="images"
    )
    bend: float = setting(0.0, "strength of random bending, in pixels", 0, 10, concerns="images")
    thickness: float = setting(
        0.0, "line drawings: how much thinner or thicker lines may get", 0, 1, concerns="images"
    )
    strokes: float = setting(
        0.0, "line drawings: share that gets a stray stroke", 0, 1, concerns="images"
    )
    flip: float = setting(
        0.0,
        "share of the training images that are mirrored, left to right",
        0,
        1,
        concerns="images",
    )
    colour: float = setting(
        0.0,
        "largest random change of brightness, contrast and saturation, as a share",
        0,
        0.9,
        concerns="images",
    )
    class_weights: bool = setting(False, "give every class the same weight, however rare it is")
    precision: str = setting(
        "float32",
        "number format for computing; auto is bfloat16 where the processor has it",
        choices=("float32", "bfloat16", "auto"),
    )
    crop: int = setting(0, "pixels cut off every side of an image", 0, concerns="network")
    image_size: int | None = setting(
        None,
        "height and width that images are resized to, in pixels",
        least=1,
        most=4096,
        concerns="network",
    )

    def __str__(self) -> str:
        """Return the settings on one line, without those that do nothing, as by default."""
        values = {item: getattr(self, item.name) for item in fields(self)}
        return ", ".join(
            f"{item.name.replace('_', ' ')} {value}"
            for item, value in values.items()
            if value != item.default or self._is_on(value, item.metadata)
        )

    def _is_on(self, value: Any, described: Mapping[str, Any]) -> bool:
        without = described["only_with"]
        return value not in (None, described["off"]) and (
            not without or without in (self.optimiser, self.schedule)
        )

    def __post_init__(self) -> None:
        """Check every value."""
        for item in fields(self):
            _check(item.name.replace("_", " "), getattr(self, item.name), item.metadata)


def _check(name: str, value: Any, described: Any) -> None:
    if described["kind"] is bool or (value is None and described["kind"] is int):
        return
    if described["choices"]:
        choose(value, described["choices"], name)
        return
    least, most = described["least"], described["most"]
    if not (least <= value <= most and math.isfinite(value)):
        limits = f"at least {least}" if most == math.inf else f"between {least} and {most}"
        raise CourseError(f"{name} must be {limits}: received {value}.")


#: As published with these networks for images of 32x32 pixels.
PUBLISHED = Recipe(
    epochs=10,
    batch_size=128,
    optimiser="sgd",
    learning_rate=0.01,
    schedule="constant",
    momentum=0.9,
    weight_decay=5e-4,
    label_smoothing=0.0,
    shift=0,
    image_size=32,
)

#: For the deep bottleneck networks, from scratch.
DEEP = Recipe(epochs=20, batch_size=32, learning_rate=0.001, shift=4, image_size=64)

#: The default recipe of each network.
RECIPES = {
    "custom": Recipe(),
    "resnet18": PUBLISHED,
    "resnet34": PUBLISHED,
    "resnet50": DEEP,
    "resnet101": DEEP,
    "resnet152": DEEP,
}

#: Smallest height and width of the images that each network sees, in pixels.
SMALLEST = {
    "custom": 8,
    "resnet18": 8,
    "resnet34": 8,
    "resnet50": 32,
    "resnet101": 32,
    "resnet152": 32,
}

#: The default recipe where a data set needs another one, by network and data set.
EXCEPTIONS = {
    # MNIST's digits have an empty margin. Without most of it, an epoch costs a third less.
    ("custom", "mnist"): Recipe(crop=3, epochs=2),
    ("custom", "digits"): Recipe(epochs=12, batch_size=64, shift=1, image_size=16),
}

#: For the custom network on MNIST: the most accurate that ten minutes of processor time allow.
THOROUGH = Recipe(
    epochs=12,
    weight_decay=0.05,
    precision="auto",
    crop=2,
    shift=1,
    rotation=10.0,
    scale=0.1,
    slant=0.1,
    bend=0.5,
    thickness=0.2,
)


def check_hidden(units: int) -> None:
    """Refuse a number of units of a dense layer that is out of range.

    Raises:
        CourseError: If it is.
    """
    if not 0 <= units <= LARGEST_LAYER:
        raise CourseError(f"hidden must be between 0 and {LARGEST_LAYER} units: received {units}.")


def default_recipe(model: str, data: str, thorough: bool = False) -> Recipe:
    """Return the recipe that a network is trained with unless told otherwise.

    Args:
        model: Name of the network.
        data: Name of the data set.
        thorough: Whether to return `THOROUGH` instead, which is for one network and data set.

    Raises:
        CourseError: If there is no such network, or no thorough recipe for it.
    """
    choose(model, RECIPES, "model")
    if thorough:
        if (model, data) != ("custom", "mnist"):
            raise CourseError(
                f"the thorough recipe is for custom on mnist: received {model} on {data}. Leave "
                "out --thorough, and set the epochs and the augmentation yourself."
            )
        return THOROUGH
    return EXCEPTIONS.get((model, data), RECIPES[model])


def recipe_with(recipe: Recipe, settings: Mapping[str, Any]) -> Recipe:
    """Change some settings of a recipe.

    Args:
        recipe: The recipe to start from.
        settings: New values by name. None leaves a setting as it is; other names are ignored.

    Returns:
        The changed recipe.

    Raises:
        CourseError: If a value is out of range.
    """
    names = {item.name for item in fields(Recipe)}
    changed = {name: value for name, value in settings.items() if name in names}
    return replace(recipe, **{name: value for name, value in changed.items() if value is not None})
