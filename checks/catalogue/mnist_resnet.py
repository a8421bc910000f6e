"""Lesson 4: `mnist_resnet`."""

from collections.abc import Callable, Sequence

import numpy as np

from checks.case import Case
from checks.catalogue.basic_block import basic_block
from checks.catalogue.bottleneck_stage import block_name
from checks.catalogue.derived import ignored, miscounted, missing
from checks.catalogue.network_top import add_top, whole_network_mistakes
from checks.catalogue.residual import draw_filters
from checks.catalogue.stem import draw_sizes, stem, unit_mistakes
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mutation,
    Rows,
    always,
    both,
    called_with,
    changed,
    hinted,
    mistakes,
    without,
)

_SMALL = "lesson 4, “A network for small images”"


def mnist_resnet(
    g: GraphBuilder,
    input_shape: tuple[int, int, int],
    classes: int,
    widths: Sequence[int],
    strides: Sequence[int] | None = None,
    blocks: int = 1,
    stem_filters: int | None = None,
    large_stem: bool = False,
) -> str:
    """Write the reference: a pooling stem, basic blocks, top.

    A learner may have taken other `strides` of the stages, more `blocks` a stage, other
    `stem_filters` or the `large_stem` of ResNet50.
    """
    X = g.input(input_shape)
    with g.scope("stem"):
        if large_stem:
            X = stem(g, X)
        else:
            X = g.conv("convolution", X, stem_filters or widths[0], 3, use_bias=False)
            X = g.batch_norm("batch normalisation", X)
            X = g.max_pool("max pooling", g.add("ReLU", "relu", X), 2, 2)
    for stage, filters in enumerate(widths, start=2):
        s = strides[stage - 2] if strides else 1 if stage == 2 else 2
        for position in range(blocks):
            block = block_name(position)
            with g.scope(f"stage {stage}, block {block}"):
                X = basic_block(g, X, filters, stage, block, s if position == 0 else 1)
    return add_top(g, X, classes)


def _mnist_resnet_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    """Draw networks, one of them with two stages of one width: only the first keeps the size."""

    def case(covers: str, parity: int, channels: int, stages: int) -> Case:
        first, *others = draw_filters(generator, min(stages, 3))
        arguments = {
            "input_shape": (*draw_sizes(generator, parity), channels),
            "classes": int(generator.choice([3, 4, 5, 7, 8, 9])),
            "widths": (*[first] * (stages - len(others)), *others),
        }
        return Case(covers, arguments)

    digits = {"input_shape": (28, 28, 1), "classes": 10, "widths": (32, 64, 128)}
    cases = [
        Case("first call", digits),
        case("other images and classes", 0, 3, 3),
        case("other widths", 0, 1, 4),
    ]
    if grading:
        cases += [case("other images and classes", 1, 2, 3), case("other widths", 0, 1, 2)]
    return cases


def _strided(strides: Callable[[Sequence[int]], tuple[int, ...]]) -> Mutation:
    """Take strides that are computed from the widths."""
    return called_with(lambda widths, **others: {"strides": strides(widths)})


_MISTAKES: Rows = {
    "The stem is that of ResNet50": (
        always(large_stem=True),
        "A 7×7 convolution with a stride and a 3×3 max pooling are made for images of 224×224. "
        "They leave too little of small images for the stages.",
        "Which stem does the picture of the network show?",
        "The stem of the network for small images has one 3×3 convolution without a stride.",
        'Begin with `conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)`, a ReLU and '
        "`layers.MaxPooling2D(2)`.",
    ),
    "The pooling of the stem is missing": missing(
        "stem: max pooling",
        "stem: ReLU",
        "The stem ends without its pooling, so the blocks work on feature maps as large as the "
        "images, at four times the cost.",
    ),
    "The stem takes a stride in place of the pooling": (
        both(without("stem: max pooling"), changed("stem: convolution", strides=(2, 2))),
        "The convolution moves by two pixels, and no pooling follows, so three quarters of its "
        "positions are left out. The convolution should keep the size, and the pooling halve it.",
        "Which layer of the stem halves the size?",
        "The convolution keeps the size.",
        "Put `layers.MaxPooling2D(2)` after the first ReLU, and no stride before it.",
    ),
    **unit_mistakes("stem: ", biases=(True, False)),
    **hinted(
        {
            "The first stage has the stride 2": (
                _strided(lambda widths: (2,) * len(widths)),
                "The pooling of the stem has just halved the size, so the first stage should keep "
                "it.",
            ),
            "No stage has a stride": (
                _strided(lambda widths: (1,) * len(widths)),
                "All stages work on feature maps of the same size. Every stage but the first "
                "should halve it, so that the wide ones at the end do not cost too much.",
            ),
            "The first stage has the stride, and the others have none": (
                _strided(lambda widths: (2, *(1,) * (len(widths) - 1))),
                "The pooling of the stem has just halved the size, so the first stage should keep "
                "it. Each of the others should halve it.",
            ),
            "The stride is decided by the width, not by the stage": (
                _strided(lambda widths: tuple(1 + (width != widths[0]) for width in widths)),
                "A later stage that is as wide as the first one keeps the size. Every stage but "
                "the first should halve it, however wide it is.",
            ),
        },
        "How large are the feature maps of each stage, when the widths are (8, 8, 16)?",
        "Only the first stage has the stride 1: the first in order, not the first in width.",
        "Count with `for stage, filters in enumerate(widths, start=2)`, and write "
        "`s=1 if stage == 2 else 2`.",
    ),
    "Every stage has two blocks": miscounted(
        always(blocks=2),
        "Every stage has two basic blocks, and the exercise asks for one.",
        "Call `basic_block` once for each of the widths.",
    ),
    "The widths are ignored": ignored(
        "The stages always have 32, 64 and 128 filters, whatever `widths` says.",
        "Loop over `widths`.",
        widths=(32, 64, 128),
    ),
    **{
        f"The stem always has {filters} filters": (
            always(stem_filters=filters),
            "The stem should have as many filters as the first stage, so that the first block can "
            "add its input unchanged.",
            "Which filters does the stem have?",
            "Look at the stem when the widths are other than 32, 64 and 128.",
            "Give the stem `widths[0]` filters.",
        )
        for filters in (16, 32, 64)
    },
    "There are always three stages": miscounted(
        called_with(lambda widths, **others: {"widths": widths[:3]}),
        "Widths after the third are ignored. The network should have as many stages as there are "
        "widths.",
        "Loop over `widths`.",
    ),
}

EXERCISE = NetworkExercise(
    "mnist_resnet",
    "04_resnet50",
    ("input_shape", "classes", "widths"),
    _mnist_resnet_cases,
    (
        *mistakes(_SMALL, _MISTAKES),
        *whole_network_mistakes(
            _SMALL,
            "The dense layer then has a weight for each position of each channel, and the network "
            "fits images of one size only.",
            classes=10,
            input_shape=(28, 28, 1),
        ),
    ),
    "Covered: stem, stages and top, other images and classes, other widths, two of them alike. "
    "Grading draws others, also of odd size.",
    build=mnist_resnet,
    returns="model",
    keywords=frozenset({"classes", "widths"}),
)
