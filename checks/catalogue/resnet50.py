"""Lesson 4: `ResNet50`."""

from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.bottleneck_stage import bottleneck_stage
from checks.catalogue.network_top import SECTION as NETWORK_TOP_SECTION
from checks.catalogue.network_top import add_top, top_mistakes
from checks.catalogue.stem import SECTION as STEM_SECTION
from checks.catalogue.stem import stem
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    both,
    called_with,
    inserted_after,
    replaced,
    without,
)

_NETWORK = "lesson 4, “The whole network”"


#: Filters, blocks and stride of the stages of ResNet50.
STAGES = (
    ((64, 64, 256), 3, 1),
    ((128, 128, 512), 4, 2),
    ((256, 256, 1024), 6, 2),
    ((512, 512, 2048), 3, 2),
)


def resnet50(
    g: GraphBuilder,
    input_shape: tuple[int, int, int],
    classes: int,
    stages: Sequence[tuple[Sequence[int], int, int]] = STAGES,
    strided: Collection[int] = (1,),
) -> str:
    """Write the reference: stem, four stages, top.

    A learner may have built other `stages`, or `strided` another convolution.
    """
    X = g.input(input_shape)
    with g.scope("stem"):
        X = stem(g, X)
    for stage, (filters, blocks, s) in enumerate(stages, start=2):
        X = bottleneck_stage(g, X, filters, stage, blocks, s, strided=strided)
    return add_top(g, X, classes)


def _resnet50_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    """Draw a second network whose last feature maps are of 3×2 or 4×2 pixels, not 2×2."""

    def other(channels: int) -> Case:
        shape = (int(generator.integers(70, 128)), int(generator.integers(33, 64)), channels)
        classes = int(generator.choice([3, 4, 5, 7, 8, 9]))
        return Case("other images and classes", {"input_shape": shape, "classes": classes})

    cases = [Case("first call", {"input_shape": (64, 64, 3), "classes": 6}), other(3)]
    return [*cases, other(1)] if grading else cases


def _count_mistake(stage: int, more: int) -> Mistake:
    """Return the mistake of one block too many, or too few, in a stage."""
    stages = list(STAGES)
    filters, right, s = stages[stage - 2]
    stages[stage - 2] = (filters, right + more, s)
    return Mistake(
        f"Stage {stage} has {right + more} blocks, not {right}",
        "The depth of the network is the sum over its stages: 3 + 4 + 6 + 3 blocks of three "
        "convolutions each, one convolution in the stem and one dense layer make 50.",
        (
            "Count the blocks of each stage.",
            "The table of the lesson has a row for each stage.",
            f"Give stage {stage} `blocks={right}`.",
        ),
        _NETWORK,
        called_with(lambda arguments: {"stages": stages}),
    )


def _stride_mistake(stage: int) -> Mistake:
    """Return the mistake of the wrong stride in a stage."""
    stages = list(STAGES)
    filters, blocks, right = stages[stage - 2]
    wrong = 3 - right
    stages[stage - 2] = (filters, blocks, wrong)
    explanation = (
        "The pooling of the stem has just halved the size. Stage 2 keeps it."
        if stage == 2
        else "Each of the stages 3, 4 and 5 halves height and width while it doubles the filters, "
        "so that a block costs about as much in every stage."
    )
    return Mistake(
        f"Stage {stage} has the stride {wrong}, not {right}",
        explanation,
        (
            "Which stages halve the size of the feature maps?",
            "The table of the lesson gives the size after each stage.",
            f"Give stage {stage} `s={right}`.",
        ),
        _NETWORK,
        called_with(lambda arguments: {"stages": stages}),
    )


def _narrow_stages(change: Callable[[Sequence[int]], Sequence[int]]) -> dict[str, Any]:
    return {"stages": [(change(filters), blocks, s) for filters, blocks, s in STAGES]}


_FIXED_POOLING = both(
    replaced(
        "global average pooling",
        "average_pool",
        kernel=(2, 2),
        strides=(2, 2),
        padding="valid",
    ),
    inserted_after("global average pooling", "flatten"),
)


_RESNET50_MISTAKES = (
    Mistake(
        "The zero padding before the pooling is missing",
        "The windows of the pooling lie one pixel further on than in the published network, and "
        "the feature maps of stage 2 come out smaller. No layer with weights notices: official "
        "weights load without an error and give other features.",
        (
            "Is your stem the one of the first exercise?",
            "The stem has two layers of zero padding.",
            "Put `layers.ZeroPadding2D(1)` before the max pooling.",
        ),
        STEM_SECTION,
        without("stem: pooling padding"),
    ),
    Mistake(
        "The average pooling has a window of 2×2",
        "Images of 64×64 leave feature maps of 2×2, so that a 2×2 window is all of them. Of larger "
        "images it averages a part only, and images of 32×32 do not fit.",
        (
            "How large are the last feature maps, for which images?",
            "Which layer averages over height and width, whatever they are?",
            "Use `layers.GlobalAveragePooling2D()` in place of pooling and flattening.",
        ),
        NETWORK_TOP_SECTION,
        _FIXED_POOLING,
    ),
    Mistake(
        "The padding before the max pooling is missing, and the average pooling has a window of "
        "2×2",
        "This is the network that many tutorials teach. It has the same weights as the published "
        "one and computes something else, and it is made for images of 64×64 only.",
        (
            "Compare the stem with that of the first exercise, and the top with the picture.",
            "The stem has two layers of zero padding. The top has a global pooling.",
            "Use `layers.ZeroPadding2D(1)` before the max pooling and "
            "`layers.GlobalAveragePooling2D()` after the last stage.",
        ),
        _NETWORK,
        both(without("stem: pooling padding"), _FIXED_POOLING),
    ),
    *(_count_mistake(stage, more) for stage in (2, 3, 4, 5) for more in (-1, 1)),
    *(_stride_mistake(stage) for stage in (2, 3, 4, 5)),
    Mistake(
        "A stage is missing",
        "The network ends with stage 4: the feature maps have 1024 channels.",
        (
            "How many channels should the features have?",
            "Count the stages.",
            "Add stage 5 with the filters (512, 512, 2048) and three blocks.",
        ),
        _NETWORK,
        called_with(lambda arguments: {"stages": STAGES[:3]}),
    ),
    Mistake(
        "The blocks do not widen",
        "The last convolution of a block has as many filters as the others. In a bottleneck it "
        "has four times as many.",
        (
            "How many channels does a block of stage 2 hand on?",
            "Which of the three numbers in `filters` is the largest?",
            "The filters of stage 2 are (64, 64, 256).",
        ),
        _NETWORK,
        called_with(lambda arguments: _narrow_stages(lambda filters: (*filters[:2], filters[0]))),
    ),
    Mistake(
        "All stages have the filters of stage 2",
        "The filters stay the same while the feature maps shrink. The network doubles them from "
        "stage to stage.",
        (
            "What changes from stage to stage?",
            "The table of the lesson has a row for each stage.",
            "Stage 3 has the filters (128, 128, 512), and so on.",
        ),
        _NETWORK,
        called_with(lambda arguments: _narrow_stages(lambda filters: (64, 64, 256))),
    ),
    Mistake(
        "The stride stands in the 3×3 convolutions",
        "The first blocks of the stages 3, 4 and 5 halve the size in the middle. That is a later "
        "variant, known as ResNet “v1.5”. The paper, and the published weights of Keras, have the "
        "stride in the first 1×1 convolution.",
        (
            "Are your blocks those of lesson 3?",
            "Which of the three convolutions makes the feature maps smaller?",
            "Import `convolutional_block` from `resnet_course.blocks`.",
        ),
        _NETWORK,
        called_with(lambda arguments: {"strided": (2,)}),
    ),
    Mistake(
        "The stem is missing",
        "Stage 2 reads the images themselves.",
        (
            "How high and wide are the feature maps of stage 2?",
            "What comes before the stages?",
            "Begin with `X = stem(inputs)`.",
        ),
        _NETWORK,
        without("stem: *"),
    ),
    Mistake(
        "The number of classes is ignored",
        "The dense layer always has six units, whatever `classes` says.",
        (
            "Which parameter of the function is never used?",
            "How many numbers should come out for each image?",
            "Give the dense layer `classes` units.",
        ),
        NETWORK_TOP_SECTION,
        called_with(lambda arguments: {"classes": 6}),
    ),
    Mistake(
        "The shape of the images is ignored",
        "The network always takes images of 64×64×3, whatever `input_shape` says.",
        (
            "Which parameter of the function is never used?",
            "Where does the network learn the shape of its images?",
            "Begin with `inputs = keras.Input(input_shape)`.",
        ),
        _NETWORK,
        called_with(lambda arguments: {"input_shape": (64, 64, 3)}),
    ),
    *top_mistakes(
        "Flattening keeps every position: the dense layer then has a weight for each position of "
        "each channel, 100,352 a class for images of 224×224 in place of 2,048, and fits images "
        "of one size only."
    ),
)


EXERCISE = NetworkExercise(
    "ResNet50",
    "04_resnet50",
    ("input_shape", "classes"),
    _resnet50_cases,
    _RESNET50_MISTAKES,
    "Covered: stem, stages, blocks and top, images of 64×64 and others that are not square, "
    "other numbers of classes. Grading draws other images and classes.",
    build=resnet50,
    returns="model",
)
