"""Lesson 2: `conv_bn`."""

from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue import derived
from checks.catalogue.residual import GRADING, draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import Rows, State, both, changed, inserted_after, mistakes, swapped, without


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


def _conv_bn_state(biased_if_not: bool, biased_if_so: bool) -> State:
    """Return what training changes in a unit: its numbers tell whether there is a bias.

    Args:
        biased_if_not: Whether there is one where `use_bias` is false.
        biased_if_so: Whether there is one where it is true.
    """

    def state(
        X: Any, filters: int, kernel_size: int, use_bias: bool = True, **others: Any
    ) -> dict[str, int]:
        bias = biased_if_so if use_bias else biased_if_not
        kernel = kernel_size * kernel_size * X.shape[-1]
        return {"trainable_parameters": filters * (kernel + bias + 2)}

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


_SECTION = "lesson 2, “Convolution and batch normalisation”"

_BIAS_MISTAKES: Rows = {
    title: (
        _conv_bn_state(*biased),
        "The batch normalisation subtracts the bias again, so the outputs are the same. But the "
        "convolution has other weights than `use_bias` asks for, so that published weights cannot "
        "be loaded into it.",
        "How many weights does the convolution have, with and without a bias?",
        "Follow the argument `use_bias` through your function.",
        "Write `layers.Conv2D(…, use_bias=use_bias, …)`.",
    )
    for title, biased in {
        "The argument use_bias is ignored: there is always a bias": (True, True),
        "The argument use_bias is ignored: there is never a bias": (False, False),
        "The argument use_bias is used the wrong way round": (True, False),
    }.items()
}

_MISTAKES: Rows = {
    "The batch normalisation is missing": derived.missing(
        "batch normalisation",
        "convolution",
        "The unit ends with its convolution. Without a normalisation the size of the signal "
        "drifts from layer to layer, and deep networks become hard to train.",
    ),
    **derived.rectified(
        "",
        "The unit has a ReLU",
        "A ReLU stands between convolution and normalisation",
        "The unit ends with a ReLU. The block decides where a ReLU goes: the last unit of the main "
        "path must not have one, because it comes after the addition.",
    ),
    **derived.unpadded(
        "The padding is “valid”",
        "convolution",
        "Without padding, a 3×3 convolution makes the images two pixels smaller, and its output "
        "no longer fits the shortcut.",
    ),
    "The stride is ignored": derived.ignored(
        "The convolution always moves by one pixel, whatever `strides` says, so it never makes "
        "the feature maps smaller.",
        "Give the convolution `strides=strides`.",
        strides=1,
    ),
    "The kernel size is ignored": derived.ignored(
        "The kernel is always 3×3, whatever `kernel_size` says. The blocks need 1×1 kernels as "
        "well.",
        "Give the convolution `kernel_size` as its second argument.",
        kernel_size=3,
    ),
    "The normalisation uses the wrong axis": (
        changed("batch normalisation", axis=1),
        "The normalisation computes a mean and a variance for each row of the images. It should "
        "do so for each channel, and the channels are the last axis, number 3.",
        "What are the four axes of `X`?",
        "Each channel should have its own mean and variance.",
        "Give the normalisation `axis=3`.",
    ),
    "The batch normalisation comes before the convolution": (
        both(
            without("batch normalisation"),
            inserted_after("input", "batch_norm", **derived.BATCH_NORM),
        ),
        "The unit normalises its input and leaves the output of the convolution as it is. It "
        "should normalise what the convolution computes.",
        "Which of the two layers reads the input?",
        "The unit is a convolution, then its normalisation.",
        "Apply the convolution to `X` and the normalisation to its result.",
    ),
    "The number of filters and the kernel size are swapped": (
        swapped("filters", "kernel_size"),
        "The convolution has `kernel_size` filters, each with a kernel of the size `filters`. Its "
        "first argument is the number of filters, its second the kernel size.",
        "In which order does a convolution take its first two arguments?",
        "First the number of filters, then the size of the kernel.",
        "Write `layers.Conv2D(filters, kernel_size, …)`.",
    ),
    **derived.fixed_modes("*batch normalisation*"),
    **{
        f"The batch normalisation has no {missing}": (
            changed("batch normalisation", **dict.fromkeys(settings, False)),
            "Gamma and beta let training scale and shift what was normalised. Without both of "
            "them the unit can compute less, and published weights do not fit.",
            "Which settings does your normalisation have besides `axis` and `epsilon`?",
            "Gamma belongs to `scale`, beta to `center`; both are there by default.",
            "Leave out `scale` and `center`.",
        )
        for missing, settings in {
            "gamma": ["scale"],
            "beta": ["center"],
            "gamma and no beta": ["scale", "center"],
        }.items()
    },
    **derived.another_default("strides", 1, 2),
}

EXERCISE = NetworkExercise(
    "conv_bn",
    "02_identity_block",
    ("X", "filters", "kernel_size", "name", "strides", "use_bias"),
    _conv_bn_cases,
    (*mistakes(_SECTION, _BIAS_MISTAKES, of="state"), *mistakes(_SECTION, _MISTAKES)),
    "Covered: the two layers, kernel size, strides, bias and padding." + GRADING,
    build=conv_bn,
    state=_conv_bn_state(False, True),
    keywords=frozenset({"strides", "use_bias"}),
)
