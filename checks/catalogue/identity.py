"""Lesson 2: the identity block."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.residual import (
    GRADING,
    bottleneck,
    bottleneck_mistakes,
    draw_filters,
    draw_images,
)
from checks.exercise import Exercise, NetworkExercise, NumericExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    called_with,
    changed,
    inserted_after,
    without,
)

LESSON_2 = "02_identity_block"


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


def identity_block(
    g: GraphBuilder, X: str, f: int, filters: Sequence[int], stage: int, block: str
) -> str:
    """Write the reference: a bottleneck added to its input."""
    return g.add("ReLU 3", "relu", g.add("addition", "add", bottleneck(g, X, f, filters, 1), X))


def identity_block_parameters(f: int, channels: int, filters: Sequence[int]) -> int:
    """Count what training changes: kernels, biases, gamma and beta."""
    sizes = (1, f, 1)
    inputs = (channels, *filters[:-1])
    return sum(
        kernel * kernel * before * after + after + 2 * after
        for kernel, before, after in zip(sizes, inputs, filters, strict=True)
    )


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
    if grading:
        cases += [case("other kernel sizes", 5, 1), case("strides", 1, 3)]
    return cases


def _identity_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, stage: int, block: str, filters: tuple[int, ...]) -> dict[str, Any]:
        images = draw_images(generator, filters[-1])
        return {"X": images, "f": f, "filters": filters, "stage": stage, "block": block}

    filters = draw_filters(generator, 3)
    twice = Case(
        "two blocks in one network",
        arguments(3, 2, "b", filters),
        then=arguments(3, 2, "c", filters),
    )
    cases = [
        Case("first call", arguments(3, 2, "b", filters)),
        Case("other kernel sizes", arguments(5, 3, "c", draw_filters(generator, 3))),
        twice,
    ]
    if grading:
        for f in (1, 2, 7):
            cases.append(
                Case("other kernel sizes", arguments(f, 4, "d", draw_filters(generator, 3)))
            )
    return cases


def _parameter_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, f: int) -> Case:
        filters = draw_filters(generator, 3)
        return Case(covers, {"f": f, "channels": filters[-1], "filters": filters})

    cases = [
        case("first call", 3),
        Case("the blocks of ResNet50", {"f": 3, "channels": 256, "filters": (64, 64, 256)}),
        case("other kernel sizes", 5),
    ]
    return [*cases, case("other kernel sizes", 7)] if grading else cases


def _parameters_by(
    count: Any,
) -> Any:
    def function(f: int, channels: int, filters: Sequence[int]) -> int:
        inputs = (channels, *filters[:-1])
        return sum(
            count(kernel, before, after)
            for kernel, before, after in zip((1, f, 1), inputs, filters, strict=True)
        )

    return function


_THE_BLOCK = "lesson 2, “The identity block, layer by layer”"


_THE_UNIT = "lesson 2, “Convolution and batch normalisation”"


_COUNTING = "lesson 2, “What a block costs”"


_CONV_BN_MISTAKES = (
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
)


def _parameter_mistake(title: str, explanation: str, hint: str, count: Any) -> Mistake:
    hints = ("Count the parameters of one convolution by hand.", explanation, hint)
    return Mistake(title, explanation, hints, _COUNTING, function=_parameters_by(count))


_PARAMETER_MISTAKES = (
    _parameter_mistake(
        "The biases are left out",
        "Each convolution of the block has one bias for each filter.",
        "Add the number of filters of each convolution.",
        lambda kernel, before, after: kernel * kernel * before * after + 2 * after,
    ),
    _parameter_mistake(
        "The batch normalisations are left out",
        "Each batch normalisation learns gamma and beta, two numbers for each channel.",
        "Add twice the number of filters of each convolution.",
        lambda kernel, before, after: kernel * kernel * before * after + after,
    ),
    _parameter_mistake(
        "The moving statistics are counted",
        "The moving mean and variance are stored but not trained: the optimiser never sees them.",
        "Count two numbers for each channel of a normalisation, not four.",
        lambda kernel, before, after: kernel * kernel * before * after + after + 4 * after,
    ),
    _parameter_mistake(
        "The kernel is counted as f, not as f × f",
        "A kernel of the size f has f × f positions for each pair of channels.",
        "Square the kernel size.",
        lambda kernel, before, after: kernel * before * after + after + 2 * after,
    ),
    _parameter_mistake(
        "The input channels are left out",
        "Each filter has a kernel of its own for each input channel.",
        "Multiply by the number of channels that enter the convolution.",
        lambda kernel, before, after: kernel * kernel * after + after + 2 * after,
    ),
)


EXERCISES: tuple[Exercise, ...] = (
    NetworkExercise(
        "conv_bn",
        LESSON_2,
        ("X", "filters", "kernel_size", "name", "strides", "use_bias"),
        _conv_bn_cases,
        _CONV_BN_MISTAKES,
        "Covered: the two layers, kernel size, strides, bias and padding." + GRADING,
        build=conv_bn,
    ),
    NetworkExercise(
        "identity_block",
        LESSON_2,
        ("X", "f", "filters", "stage", "block"),
        _identity_block_cases,
        bottleneck_mistakes(_THE_BLOCK),
        "Covered: both paths layer by layer, kernels from 3 to 5, three unequal filters, images "
        "that are not square, two blocks in one network." + GRADING,
        build=identity_block,
    ),
    NumericExercise(
        "identity_block_parameters",
        LESSON_2,
        ("f", "channels", "filters"),
        _parameter_cases,
        _PARAMETER_MISTAKES,
        "Covered: the blocks of ResNet50 and blocks with unequal filters." + GRADING,
        truth=identity_block_parameters,
        tolerance=0.0,
        describe="a whole number",
    ),
)
