"""Lesson 4: `mnist_resnet`."""

from collections.abc import Sequence

import numpy as np

from checks.case import Case
from checks.catalogue.basic_block import basic_block
from checks.catalogue.bottleneck_stage import block_name
from checks.catalogue.network_top import SECTION as NETWORK_TOP_SECTION
from checks.catalogue.network_top import add_top, top_mistakes
from checks.catalogue.residual import always, draw_filters
from checks.catalogue.stem import draw_sizes, stem
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


def _strides_by_width(widths: Sequence[int]) -> tuple[int, ...]:
    return tuple(1 if width == widths[0] else 2 for width in widths)


_MNIST_RESNET_MISTAKES = (
    Mistake(
        "The stem is that of ResNet50",
        "A 7×7 convolution with 64 filters and a stride, and a 3×3 max pooling, are made for "
        "images of 224×224. Of small images they leave too little for the stages.",
        (
            "Which stem does the picture of the network show?",
            "The stem of the network for small images has one 3×3 convolution without a stride.",
            'Begin with `conv_bn(inputs, widths[0], 3, "_conv1", use_bias=False)`, a ReLU and '
            "`layers.MaxPooling2D(2)`.",
        ),
        _SMALL,
        called_with(lambda arguments: {"large_stem": True}),
    ),
    Mistake(
        "The pooling of the stem is missing",
        "The blocks work on feature maps of the size of the images: four times the cost.",
        (
            "How large are the feature maps of the first block?",
            "What ends the stem?",
            "Put `layers.MaxPooling2D(2)` after the first ReLU.",
        ),
        _SMALL,
        without("stem: max pooling"),
    ),
    Mistake(
        "The stem takes a stride in place of the pooling",
        "The convolution of the stem moves by two pixels, and no pooling follows. It looks at a "
        "quarter of the positions only.",
        (
            "Which layer of the stem halves the size?",
            "The convolution keeps the size.",
            "Put `layers.MaxPooling2D(2)` after the first ReLU, and no stride before it.",
        ),
        _SMALL,
        both(without("stem: max pooling"), changed("stem: convolution", strides=(2, 2))),
    ),
    Mistake(
        "The batch normalisation of the stem is missing",
        "The stem's convolution goes straight to the ReLU.",
        (
            "What follows each convolution in a residual network?",
            "Count the batch normalisations.",
            "Use `conv_bn` for the stem.",
        ),
        _SMALL,
        without("stem: batch normalisation"),
    ),
    Mistake(
        "The ReLU of the stem is missing",
        "Nothing comes between normalisation and pooling.",
        (
            "What follows each normalisation?",
            "Does `conv_bn` end with a ReLU?",
            "Put `layers.ReLU()` after the first batch normalisation.",
        ),
        _SMALL,
        without("stem: ReLU"),
    ),
    *(
        Mistake(
            "The ReLU of the stem comes before its batch normalisation",
            "The stem rectifies and then normalises. The network normalises right after each "
            "convolution and then rectifies.",
            (
                "In which order come convolution, normalisation and ReLU?",
                "The statistics should be those of the convolution's output.",
                "Use `conv_bn` for the stem, and apply `layers.ReLU()` to its result.",
            ),
            _SMALL,
            both(
                without("stem: ReLU"),
                inserted_after("stem: convolution", "relu"),
                changed("stem: convolution", use_bias=biased),
            ),
        )
        for biased in (True, False)
    ),
    Mistake(
        "The first stage has the stride 2",
        "The stem has just halved the size. The first stage keeps it; the others halve it.",
        (
            "How large are the feature maps of each stage?",
            "Which stages halve the size?",
            "Give the first block `s=1` and the others `s=2`.",
        ),
        _SMALL,
        called_with(lambda arguments: {"strides": (2,) * len(arguments["widths"])}),
    ),
    Mistake(
        "No stage has a stride",
        "All stages work on feature maps of one size, and the last ones are the widest.",
        (
            "How large are the feature maps of each stage?",
            "Which stages halve the size?",
            "Give every block but the first `s=2`.",
        ),
        _SMALL,
        called_with(lambda arguments: {"strides": (1,) * len(arguments["widths"])}),
    ),
    Mistake(
        "The first stage has the stride, and the others have none",
        "The stem has just halved the size, so the first stage keeps it; the others halve it.",
        (
            "Which stages make the feature maps smaller?",
            "Only the first stage has the stride 1.",
            "Write `s=1 if stage == 2 else 2`.",
        ),
        _SMALL,
        called_with(lambda arguments: {"strides": (2, *(1,) * (len(arguments["widths"]) - 1))}),
    ),
    Mistake(
        "The stride is decided by the width, not by the stage",
        "A later stage that is as wide as the first, or as the one before it, keeps the size. "
        "Every stage but the first halves it, however wide it is.",
        (
            "Which stride has each of your stages when the widths are (8, 8, 16)?",
            "Only the first stage has the stride 1: the first in order, not the first in width.",
            "Count the stages: `for stage, filters in enumerate(widths, start=2)`, and "
            "`s=1 if stage == 2 else 2`.",
        ),
        _SMALL,
        called_with(lambda arguments: {"strides": _strides_by_width(arguments["widths"])}),
    ),
    Mistake(
        "Every stage has two blocks",
        "One basic block a stage is asked for.",
        (
            "Count the additions in your network.",
            "How often is `basic_block` called in a stage?",
            "Call `basic_block` once for each of the widths.",
        ),
        _SMALL,
        called_with(lambda arguments: {"blocks": 2}),
    ),
    Mistake(
        "The widths are ignored",
        "The stages always have 32, 64 and 128 filters, whatever `widths` says.",
        (
            "Which parameter of the function is never used?",
            "There are as many stages as there are widths.",
            "Loop over `widths`.",
        ),
        _SMALL,
        called_with(lambda arguments: {"widths": (32, 64, 128)}),
    ),
    *(
        Mistake(
            f"The stem always has {filters} filters",
            "The stem has as many filters as the first stage, so that the first shortcut can be "
            "the identity.",
            (
                "Which filters does the stem have?",
                "Look at the stem when the widths are other than 32, 64 and 128.",
                "Give the stem `widths[0]` filters.",
            ),
            _SMALL,
            always(stem_filters=filters),
        )
        for filters in (16, 32, 64)
    ),
    Mistake(
        "There are always three stages",
        "Widths after the third are left out. There are as many stages as there are widths.",
        (
            "How many blocks does your network have for four widths?",
            "The number of stages is not fixed.",
            "Loop over `widths`.",
        ),
        _SMALL,
        called_with(lambda arguments: {"widths": arguments["widths"][:3]}),
    ),
    Mistake(
        "The number of classes is ignored",
        "The dense layer always has ten units, whatever `classes` says.",
        (
            "Which parameter of the function is never used?",
            "How many numbers should come out for each image?",
            "Give the dense layer `classes` units.",
        ),
        NETWORK_TOP_SECTION,
        called_with(lambda arguments: {"classes": 10}),
    ),
    Mistake(
        "The shape of the images is ignored",
        "The network always takes images of 28×28×1, whatever `input_shape` says.",
        (
            "Which parameter of the function is never used?",
            "Where does the network learn the shape of its images?",
            "Begin with `inputs = keras.Input(input_shape)`.",
        ),
        _SMALL,
        called_with(lambda arguments: {"input_shape": (28, 28, 1)}),
    ),
    *top_mistakes(
        "Flattening keeps every position: the dense layer then has a weight for each position of "
        "each channel, and the network fits images of one size only."
    ),
)


EXERCISE = NetworkExercise(
    "mnist_resnet",
    "04_resnet50",
    ("input_shape", "classes", "widths"),
    _mnist_resnet_cases,
    _MNIST_RESNET_MISTAKES,
    "Covered: stem, stages and top, other images and classes, other widths, two of them alike. "
    "Grading draws others, of odd size too.",
    build=mnist_resnet,
    returns="model",
    keywords=frozenset({"classes", "widths"}),
)
