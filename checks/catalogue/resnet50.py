"""Lesson 4: `ResNet50`."""

from collections.abc import Callable, Collection, Sequence

import numpy as np

from checks.case import Case
from checks.catalogue.bottleneck_stage import bottleneck_stage
from checks.catalogue.convolutional_block import V1_5
from checks.catalogue.network_top import SECTION as TOP_SECTION
from checks.catalogue.network_top import add_top, whole_network_mistakes
from checks.catalogue.stem import SECTION as STEM_SECTION
from checks.catalogue.stem import pooling_padding, stem
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mutation,
    Rows,
    always,
    both,
    hinted,
    inserted_after,
    mistakes,
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


def _with_stage(stage: int, more: int = 0, stride: int | None = None) -> Mutation:
    """Build a stage of other blocks or with another stride."""
    stages = list(STAGES)
    filters, blocks, s = stages[stage - 2]
    stages[stage - 2] = (filters, blocks + more, stride or s)
    return always(stages=stages)


def _with_filters(change: Callable[[Sequence[int]], Sequence[int]]) -> Mutation:
    return always(stages=[(change(filters), blocks, s) for filters, blocks, s in STAGES])


_UNPADDED = without("stem: pooling padding")
_GLOBAL = "global average pooling"
_FIXED_POOLING = both(
    replaced(_GLOBAL, "average_pool", kernel=(2, 2), strides=(2, 2), padding="valid"),
    inserted_after(_GLOBAL, "flatten"),
)
_STEM = "The zero padding before the pooling is missing"
_TABLE = "The table of the lesson has a row for each stage."

_TOP_MISTAKES: Rows = {
    "The average pooling has a window of 2×2": (
        _FIXED_POOLING,
        "For images of 64×64 the last feature maps are 2×2, and the window covers all of them. "
        "For larger images it covers only a part, and for images of 32×32 it is too large.",
        "How large are the last feature maps, for which images?",
        "Which layer averages over height and width, whatever they are?",
        "Use `layers.GlobalAveragePooling2D()` in place of pooling and flattening.",
    )
}

_MISTAKES: Rows = {
    "The padding before the max pooling is missing, and the average pooling has a window of 2×2": (
        both(_UNPADDED, _FIXED_POOLING),
        "This is the network that many tutorials teach. The published weights fit it, but it "
        "computes something else with them, and it is made for images of 64×64 only.",
        "Compare the stem with that of the first exercise, and the top with the picture.",
        "The stem has two layers of zero padding. The top has a global pooling.",
        "Use `layers.ZeroPadding2D(1)` before the max pooling and "
        "`layers.GlobalAveragePooling2D()` after the last stage.",
    ),
    **{
        f"Stage {stage} has {blocks + more} blocks, not {blocks}": (
            _with_stage(stage, more),
            "The stages of ResNet50 have 3, 4, 6 and 3 blocks. With three convolutions in each "
            "block, one in the stem and the dense layer at the end, that makes the 50 layers of "
            "its name.",
            "Count the blocks of each stage.",
            _TABLE,
            f"Give stage {stage} `blocks={blocks}`.",
        )
        for stage, (_, blocks, _) in enumerate(STAGES, start=2)
        for more in (-1, 1)
    },
    **{
        f"Stage {stage} has the stride {3 - s}, not {s}": (
            _with_stage(stage, stride=3 - s),
            "The pooling of the stem has just halved the size, so stage 2 keeps it. Each of the "
            "other stages halves height and width while it doubles the filters, so that a block "
            "costs about as much in every stage.",
            "Which stages halve the size of the feature maps?",
            "The table of the lesson gives the size after each stage.",
            f"Give stage {stage} `s={s}`.",
        )
        for stage, (_, _, s) in enumerate(STAGES, start=2)
    },
    **hinted(
        {
            "A stage is missing": (
                always(stages=STAGES[:3]),
                "The network ends with stage 4, whose feature maps have 1024 channels. A fifth "
                "stage should follow, with 2048.",
                "Add stage 5 with the filters (512, 512, 2048) and three blocks.",
            ),
            "The blocks do not widen": (
                _with_filters(lambda filters: (*filters[:2], filters[0])),
                "The last convolution of each block has as many filters as the others. In a "
                "bottleneck block it has four times as many.",
                "The filters of stage 2 are (64, 64, 256).",
            ),
            "All stages have the filters of stage 2": (
                _with_filters(lambda filters: (64, 64, 256)),
                "The number of filters stays the same while the feature maps get smaller. The "
                "network should double it from stage to stage.",
                "Stage 3 has the filters (128, 128, 512), and so on.",
            ),
        },
        "How many channels does each stage output?",
        _TABLE,
    ),
    "The stride stands in the 3×3 convolutions": (
        always(strided=(2,)),
        V1_5,
        "Are your blocks those of lesson 3?",
        "Which of the three convolutions makes the feature maps smaller?",
        "Import `convolutional_block` from `resnet_course.blocks`.",
    ),
    "The stem is missing": (
        without("stem: *"),
        "Stage 2 reads the images themselves. The stem should come first: it turns them into 64 "
        "feature maps of a quarter of the height and width.",
        "How high and wide are the feature maps of stage 2?",
        "What comes before the stages?",
        "Begin with `X = stem(inputs)`.",
    ),
}

EXERCISE = NetworkExercise(
    "ResNet50",
    "04_resnet50",
    ("input_shape", "classes"),
    _resnet50_cases,
    (
        *mistakes(STEM_SECTION, {_STEM: pooling_padding("stem: ")[_STEM]}),
        *mistakes(TOP_SECTION, _TOP_MISTAKES),
        *mistakes(_NETWORK, _MISTAKES),
        *whole_network_mistakes(
            _NETWORK,
            "The dense layer then has a weight for each position of each channel, for images of "
            "224×224 100,352 of them for each class instead of 2,048, and the network fits images "
            "of one size only.",
            classes=6,
            input_shape=(64, 64, 3),
        ),
    ),
    "Covered: stem, stages, blocks and top, images of 64×64 and others that are not square, "
    "other numbers of classes. Grading draws other images and classes.",
    build=resnet50,
    returns="model",
)
