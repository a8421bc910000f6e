"""Lesson 3: the convolutional block."""

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
from checks.exercise import Exercise, NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    called_with,
    changed,
    inserted_after,
    without,
)

LESSON_3 = "03_convolutional_block"


def projection_shortcut(
    g: GraphBuilder, X: str, filters: int, stage: int, block: str, s: int = 2
) -> str:
    """Write the reference: 1x1 convolution with a stride, then batch normalisation."""
    X = g.conv("shortcut convolution", X, filters, 1, s)
    return g.batch_norm("shortcut batch normalisation", X)


def convolutional_block(
    g: GraphBuilder,
    X: str,
    f: int,
    filters: Sequence[int],
    stage: int,
    block: str,
    s: int = 2,
    strided: int = 1,
) -> str:
    """Write the reference: a bottleneck added to a projection of its input.

    `strided` says which convolution of the main path has the stride.
    """
    main = bottleneck(g, X, f, filters, s, strided)
    shortcut = projection_shortcut(g, X, filters[-1], stage, block, s)
    return g.add("ReLU 3", "relu", g.add("addition", "add", main, shortcut))


def basic_block(g: GraphBuilder, X: str, filters: int, stage: int, block: str, s: int = 1) -> str:
    """Write the reference: two 3x3 convolutions added to their input or to its projection."""
    shortcut = X
    main = g.conv("convolution 1", X, filters, 3, s, use_bias=False)
    main = g.batch_norm("batch normalisation 1", main)
    main = g.add("ReLU 1", "relu", main)
    main = g.conv("convolution 2", main, filters, 3, use_bias=False)
    main = g.batch_norm("batch normalisation 2", main)
    if s != 1 or g.nodes[X].shape[-1] != filters:
        shortcut = projection_shortcut(g, X, filters, stage, block, s)
    return g.add("ReLU 2", "relu", g.add("addition", "add", main, shortcut))


def _projection_shortcut_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, s: int) -> Case:
        filters, channels = draw_filters(generator, 2)
        images = draw_images(generator, channels)
        return Case(covers, {"X": images, "filters": filters, "stage": 3, "block": "a", "s": s})

    cases = [case("first call", 2), case("other strides", 1)]
    return [*cases, case("other strides", 3)] if grading else cases


def _convolutional_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, s: int, block: str, channels: int | None = None) -> dict[str, Any]:
        *filters, drawn = draw_filters(generator, 4)
        return {
            "X": draw_images(generator, channels or drawn),
            "f": f,
            "filters": tuple(filters),
            "stage": 3,
            "block": block,
            "s": s,
        }

    cases = [
        Case("first call", arguments(3, 2, "a")),
        Case("other strides", arguments(3, 1, "a")),
        Case("other kernel sizes", arguments(5, 2, "b")),
        Case("two blocks in one network", arguments(3, 2, "a"), then=arguments(3, 1, "b")),
    ]
    if grading:
        cases += [
            Case("other strides", arguments(3, 3, "c")),
            Case("other kernel sizes", arguments(1, 2, "d")),
            Case("other kernel sizes", arguments(2, 1, "e")),
        ]
    return cases


def _basic_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(filters: int, channels: int, s: int, block: str) -> dict[str, Any]:
        images = draw_images(generator, channels)
        return {"X": images, "filters": filters, "stage": 2, "block": block, "s": s}

    a, b = draw_filters(generator, 2)
    cases = [
        Case("identity shortcut", arguments(a, a, 1, "b")),
        Case("projection where the stride is 2", arguments(a, a, 2, "a")),
        Case("projection where the channels change", arguments(b, a, 1, "a")),
        Case(
            "two blocks in one network",
            arguments(b, a, 2, "a"),
            then=arguments(b, b, 1, "b"),
        ),
    ]
    if grading:
        cases.append(Case("projection where the stride is 2", arguments(b, a, 2, "c")))
    return cases


_THE_PROJECTION = "lesson 3, “The projection shortcut”"


_THE_STRIDE = "lesson 3, “Where the stride goes”"


_BASIC = "lesson 3, “The basic block”"


_STRIDE_IN_THE_MIDDLE = Mistake(
    "The stride stands in the f×f convolution",
    "The first 1×1 convolution keeps the size and the middle one halves it. That is a later "
    "variant, known as ResNet “v1.5”: a little more accurate and slower. The paper, and the "
    "published weights of Keras, have the stride in the first 1×1 convolution.",
    (
        "Which of the three convolutions makes the images smaller?",
        "Look at the picture: the arrow with the s enters the first convolution.",
        "Give `strides=s` to the first convolution and none to the second.",
    ),
    _THE_STRIDE,
    called_with(lambda arguments: {"strided": 2}),
)


_PROJECTION_MISTAKES = (
    Mistake(
        "The shortcut has no batch normalisation",
        "The projection ends with its convolution. The main path is normalised before the "
        "addition, and so must the shortcut be: else one drowns the other.",
        (
            "What follows each convolution?",
            "The shortcut's convolution is a unit like the others.",
            "Normalise the output of the shortcut's convolution.",
        ),
        _THE_PROJECTION,
        without("shortcut batch normalisation"),
    ),
    Mistake(
        "The shortcut has a ReLU",
        "The projection is rectified before it is added. It then passes only what is positive, "
        "and the path that should let everything through does not.",
        (
            "What is the shortcut for?",
            "It should change the shape and as little else as possible.",
            "Take the ReLU out of the shortcut.",
        ),
        _THE_PROJECTION,
        inserted_after("shortcut batch normalisation", "relu"),
    ),
    Mistake(
        "The shortcut's kernel is too large",
        "The projection has a 3×3 kernel. A 1×1 kernel is enough to change the number of "
        "channels, and costs a ninth.",
        (
            "How large is the kernel of a projection?",
            "It only mixes channels, pixel by pixel.",
            "Give the shortcut's convolution a 1×1 kernel.",
        ),
        _THE_PROJECTION,
        changed("shortcut convolution", kernel=(3, 3)),
    ),
)


_ADDITION_NEEDS_PROJECTION = Mistake(
    "The last ReLU is missing",
    "The block returns the sum as it is. The paper rectifies it once more.",
    (
        "What does the block do with the sum?",
        "Compare your last layer with the picture.",
        "Apply `layers.ReLU()` to the sum and return the result.",
    ),
    _BASIC,
    without("ReLU 2"),
)


EXERCISES: tuple[Exercise, ...] = (
    NetworkExercise(
        "projection_shortcut",
        LESSON_3,
        ("X", "filters", "stage", "block", "s"),
        _projection_shortcut_cases,
        _PROJECTION_MISTAKES,
        "Covered: kernel, stride, filters and normalisation." + GRADING,
        build=projection_shortcut,
    ),
    NetworkExercise(
        "convolutional_block",
        LESSON_3,
        ("X", "f", "filters", "stage", "block", "s"),
        _convolutional_block_cases,
        (*bottleneck_mistakes(_THE_STRIDE), _STRIDE_IN_THE_MIDDLE, *_PROJECTION_MISTAKES),
        "Covered: both paths layer by layer, strides 1 and 2, kernels from 3 to 5, unequal "
        "filters, two blocks in one network." + GRADING,
        build=convolutional_block,
    ),
    NetworkExercise(
        "basic_block",
        LESSON_3,
        ("X", "filters", "stage", "block", "s"),
        _basic_block_cases,
        (_ADDITION_NEEDS_PROJECTION, *_PROJECTION_MISTAKES),
        "Covered: identity and projection shortcuts, strides 1 and 2." + GRADING,
        build=basic_block,
    ),
)
