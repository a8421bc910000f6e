"""Lesson 2: `conv_bn`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.residual import (
    BATCH_NORM,
    GRADING,
    default_mistake,
    draw_filters,
    draw_images,
)
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    both,
    called_with,
    changed,
    inserted_after,
    without,
)


def conv_bn(
    g: GraphBuilder,
    X: str,
    filters: int,
    kernel_size: int,
    name: str,
    strides: int = 1,
    use_bias: bool = True,
) -> str:
    """Write the reference: convolution, then batch normalisation."""
    X = g.conv("convolution", X, filters, kernel_size, strides, use_bias=use_bias)
    return g.batch_norm("batch normalisation", X)


def _conv_bn_state(biased: Callable[[bool], bool]) -> Callable[..., dict[str, int]]:
    """Return what training changes in a unit: its numbers tell whether there is a bias.

    Args:
        biased: From the argument `use_bias` to whether there is one.
    """

    def state(X: Any, filters: int, kernel_size: int, **others: Any) -> dict[str, int]:
        kernel = kernel_size * kernel_size * X.shape[-1] * filters
        bias = filters if biased(others.get("use_bias", True)) else 0
        return {"trainable_parameters": kernel + bias + 2 * filters}

    return state


def _conv_bn_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, kernel_size: int, strides: int, **others: Any) -> Case:
        filters, channels = draw_filters(generator, 2)
        arguments = {
            "X": draw_images(generator, channels),
            "filters": filters,
            "kernel_size": kernel_size,
            "name": "2a_branch2a",
            "strides": strides,
        }
        return Case(covers, arguments | others)

    cases = [
        case("first call", 3, 1),
        case("other kernel sizes", 1, 1),
        case("strides", 3, 2),
        case("convolution without bias", 3, 1, use_bias=False),
    ]
    left_out, twice = case("strides left out", 3, 1), case("two units in one network", 3, 1)
    first = {key: value for key, value in left_out.arguments.items() if key != "strides"}
    second = {**twice.arguments, "name": "2a_branch2b"}
    cases += [replace(left_out, arguments=first), replace(twice, then=second)]
    if grading:
        cases += [case("other kernel sizes", 5, 1), case("strides", 1, 3)]
    return cases


_THE_UNIT = "lesson 2, “Convolution and batch normalisation”"


_CONV_BN_MISTAKES = (
    *(
        Mistake(
            title,
            "A batch normalisation takes the bias away again, so both compute the same. But the "
            "weights of published networks have biases where `use_bias` says so: without a place "
            "for each, they cannot be loaded.",
            (
                "How many weights has the convolution, with and without a bias?",
                "Follow the argument `use_bias` through your function.",
                "Write `layers.Conv2D(…, use_bias=use_bias, …)`.",
            ),
            "lesson 2, “Convolution and batch normalisation”",
            state=_conv_bn_state(biased),
        )
        for title, biased in (
            ("The argument use_bias is ignored: there is always a bias", lambda use_bias: True),
            ("The argument use_bias is ignored: there is never a bias", lambda use_bias: False),
            ("The argument use_bias is used the wrong way round", lambda use_bias: not use_bias),
        )
    ),
    Mistake(
        "The batch normalisation is missing",
        "The unit ends with the convolution. Without the normalisation, the size of the signal "
        "drifts from layer to layer, and deep networks become hard to train.",
        (
            "How many layers should the unit have?",
            "The convolution's output is the input of a second layer.",
            "Apply `layers.BatchNormalization(axis=3, …)` to the result of the convolution.",
        ),
        _THE_UNIT,
        without("batch normalisation"),
    ),
    Mistake(
        "The unit has a ReLU",
        "The unit ends with a ReLU. The block decides where a ReLU goes: the last unit of the main "
        "path must not have one, because it comes after the addition.",
        (
            "Which layers does the unit consist of?",
            "Nothing comes after the normalisation here.",
            "Return the output of the batch normalisation itself.",
        ),
        _THE_UNIT,
        inserted_after("batch normalisation", "relu"),
    ),
    Mistake(
        "A ReLU stands between convolution and normalisation",
        "The convolution rectifies its output before it is normalised. The statistics are then "
        "those of half the values. The paper normalises right after the convolution.",
        (
            "What stands between the two layers?",
            "Does the convolution have an activation?",
            'Take `activation="relu"` out of the convolution.',
        ),
        _THE_UNIT,
        inserted_after("convolution", "relu"),
    ),
    Mistake(
        "The padding is “valid”",
        "Without padding, each 3×3 convolution makes the images two pixels smaller, and the sum "
        "with the shortcut does not fit.",
        (
            "Compare the output's height and width with the input's.",
            "Which padding keeps the size where the stride is 1?",
            'Give the convolution `padding="same"`.',
        ),
        _THE_UNIT,
        changed("convolution", padding="valid"),
    ),
    Mistake(
        "The stride is ignored",
        "The convolution always moves by one pixel, whatever `strides` says.",
        (
            "Which parameter of the function is never used?",
            "The convolution takes the stride.",
            "Give the convolution `strides=strides`.",
        ),
        _THE_UNIT,
        called_with(lambda arguments: {"strides": 1}),
    ),
    Mistake(
        "The kernel size is ignored",
        "The kernel is always 3×3, whatever `kernel_size` says.",
        (
            "Which parameter of the function is never used?",
            "The second argument of the convolution is the size of its kernel.",
            "Give the convolution `kernel_size`.",
        ),
        _THE_UNIT,
        called_with(lambda arguments: {"kernel_size": 3}),
    ),
    Mistake(
        "The normalisation uses the wrong axis",
        "The normalisation works over an axis of the image. Each channel has statistics of its "
        "own, and the channels are the last axis, number 3.",
        (
            "What are the four axes of `X`?",
            "Each channel should have its own mean and variance.",
            "Give the normalisation `axis=3`.",
        ),
        _THE_UNIT,
        changed("batch normalisation", axis=1),
    ),
    Mistake(
        "The batch normalisation comes before the convolution",
        "The unit normalises its input, not what the convolution computes.",
        (
            "Which of the two layers reads the input?",
            "The unit is a convolution, then its normalisation.",
            "Apply the convolution to `X` and the normalisation to its result.",
        ),
        _THE_UNIT,
        both(
            without("batch normalisation"),
            inserted_after("input", "batch_norm", **BATCH_NORM),
        ),
    ),
    Mistake(
        "The number of filters and the kernel size are swapped",
        "The convolution has `kernel_size` filters, and kernels of the size `filters`.",
        (
            "In which order does a convolution take its first two arguments?",
            "First the number of filters, then the size of the kernel.",
            "Write `layers.Conv2D(filters, kernel_size, …)`.",
        ),
        _THE_UNIT,
        called_with(
            lambda arguments: {
                "filters": arguments["kernel_size"],
                "kernel_size": arguments["filters"],
            }
        ),
    ),
    Mistake(
        "Batch normalisation is fixed to training mode",
        "`training=True` is built into the network. Wherever the model is called without a mode, "
        "as in `model(images)`, it then normalises with the statistics of the batch: an answer "
        "depends on the other images of its batch.",
        (
            "Is there an argument `training` in your code?",
            "Keras sets the mode by itself in `fit` and `predict`.",
            "Call the normalisation with nothing but its input.",
        ),
        _THE_UNIT,
        changed("batch normalisation", training=True),
    ),
    *(
        Mistake(
            f"The batch normalisation has no {missing}",
            "Gamma and beta let training stretch and move what was normalised. Without them the "
            "unit can compute less.",
            (
                "Which settings does your normalisation have besides `axis` and `epsilon`?",
                "Gamma belongs to `scale`, beta to `center`; both are there by default.",
                "Leave out `scale` and `center`.",
            ),
            _THE_UNIT,
            changed("batch normalisation", **settings),
        )
        for missing, settings in (
            ("gamma", {"scale": False}),
            ("beta", {"center": False}),
            ("gamma and no beta", {"scale": False, "center": False}),
        )
    ),
    default_mistake("strides", 1, 2, _THE_UNIT),
)


EXERCISE = NetworkExercise(
    "conv_bn",
    "02_identity_block",
    ("X", "filters", "kernel_size", "name", "strides", "use_bias"),
    _conv_bn_cases,
    _CONV_BN_MISTAKES,
    "Covered: the two layers, kernel size, strides, bias and padding." + GRADING,
    build=conv_bn,
    state=_conv_bn_state(lambda use_bias: use_bias),
    keywords=frozenset({"strides", "use_bias"}),
)
