"""Lesson 4: whole networks."""

import string
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np

from checks.case import Case, Images
from checks.catalogue.convolutional import basic_block, convolutional_block
from checks.catalogue.identity import identity_block
from checks.catalogue.residual import always, default_mistake, draw_filters, draw_images
from checks.exercise import Exercise, NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    both,
    called_with,
    changed,
    ending_at,
    inserted_after,
    replaced,
    without,
)

LESSON = "04_resnet50"

_STEM = "lesson 4, “The stem”"
_STAGES = "lesson 4, “Stages”"
_NETWORK = "lesson 4, “The whole network”"
_TOP = "lesson 4, “The top”"
_SMALL = "lesson 4, “A network for small images”"

#: Filters, blocks and stride of the stages of ResNet50.
STAGES = (
    ((64, 64, 256), 3, 1),
    ((128, 128, 512), 4, 2),
    ((256, 256, 1024), 6, 2),
    ((512, 512, 2048), 3, 2),
)


_ONE_BLOCK_HINTS = (
    "Count the additions in your stage.",
    "Which tensor does the second identity block read?",
    "Write `X = identity_block(X, …)` in the loop and return `X` after it.",
)


def stem(g: GraphBuilder, X: str) -> str:
    """Write the reference: a 7x7 convolution and a 3x3 max pooling, both padded with zeros."""
    X = g.zero_pad("zero padding", X, 3)
    X = g.conv("convolution", X, 64, 7, 2, padding="valid")
    X = g.batch_norm("batch normalisation", X)
    X = g.add("ReLU", "relu", X)
    X = g.zero_pad("pooling padding", X, 1)
    return g.max_pool("max pooling", X, 3, 2)


def bottleneck_stage(
    g: GraphBuilder,
    X: str,
    filters: Sequence[int],
    stage: int,
    blocks: int,
    s: int = 2,
    projections: Sequence[int] | None = None,
    strided: Collection[int] = (1,),
    before: int = 0,
) -> str:
    """Write the reference: a convolutional block, then identity blocks.

    A learner may have written more convolutional blocks, with the strides `projections`, or
    `strided` another convolution of theirs, or put so many identity blocks `before` them.
    """
    strides = (s,) if projections is None else projections
    for position in range(blocks):
        block = _block_name(position)
        with g.scope(f"stage {stage}, block {block}"):
            if before <= position < before + len(strides):
                s = strides[position - before]
                X = convolutional_block(g, X, 3, filters, stage, block, s, strided)
            else:
                X = identity_block(g, X, 3, filters, stage, block)
    return X


def _block_name(position: int) -> str:
    letters = string.ascii_lowercase
    return letters[position] if position < len(letters) else str(position + 1)


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
    return _top(g, X, classes)


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
            block = _block_name(position)
            with g.scope(f"stage {stage}, block {block}"):
                X = basic_block(g, X, filters, stage, block, s if position == 0 else 1)
    return _top(g, X, classes)


def _top(g: GraphBuilder, X: str, classes: int) -> str:
    X = g.global_average_pool("global average pooling", X)
    return g.add("softmax", "softmax", g.dense("dense layer", X, classes), axis=-1)


def _draw_sizes(generator: np.random.Generator, parity: int) -> tuple[int, int]:
    """Draw height and width of images that are not square, both even (0) or both odd (1)."""
    height, width = generator.choice(np.arange(10, 16), 2, replace=False)
    return 2 * int(height) + parity, 2 * int(width) + parity


def _stem_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, parity: int, channels: int) -> Case:
        return Case(covers, {"X": Images((*_draw_sizes(generator, parity), channels))})

    cases = [
        case("first call", 0, 3),
        case("odd heights and widths", 1, 3),
        case("other numbers of channels", 0, 1),
    ]
    if grading:
        cases += [case("odd heights and widths", 1, 2), case("other numbers of channels", 0, 4)]
    return cases


def _stage_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    """Draw stages whose numbers do not tell their strides, as those of ResNet50 do."""

    def arguments(stage: int, blocks: int, s: int, channels: int = 0) -> dict[str, Any]:
        *filters, drawn = draw_filters(generator, 4)
        return {
            "X": draw_images(generator, channels or drawn),
            "filters": tuple(filters),
            "stage": stage,
            "blocks": blocks,
            "s": s,
        }

    left_out = arguments(4, 1, 2)
    del left_out["s"]
    cases = [
        Case("first call", arguments(3, 3, 2)),
        Case("other numbers of blocks", arguments(4, 7, 2)),
        Case("other strides", arguments(5, 2, 1)),
        Case("two stages in one network", arguments(2, 2, 2), then=arguments(3, 1, 1)),
        Case("s left out", left_out),
    ]
    if grading:
        cases += [
            Case("other numbers of blocks", arguments(4, 1, 2)),
            Case("other numbers of blocks", arguments(4, 28, 2)),
            Case("other strides", arguments(5, 2, 3)),
        ]
    return cases


def _resnet50_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    """Draw a second network whose last feature maps are of 3×2 or 4×2 pixels, not 2×2."""

    def other(channels: int) -> Case:
        shape = (int(generator.integers(70, 128)), int(generator.integers(33, 64)), channels)
        classes = int(generator.choice([3, 4, 5, 7, 8, 9]))
        return Case("other images and classes", {"input_shape": shape, "classes": classes})

    cases = [Case("first call", {"input_shape": (64, 64, 3), "classes": 6}), other(3)]
    return [*cases, other(1)] if grading else cases


def _mnist_resnet_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    """Draw networks, one of them with two stages of one width: only the first keeps the size."""

    def case(covers: str, parity: int, channels: int, stages: int) -> Case:
        first, *others = draw_filters(generator, min(stages, 3))
        arguments = {
            "input_shape": (*_draw_sizes(generator, parity), channels),
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


_WINDOW_HINTS = (
    "How large are the windows of the pooling in the picture?",
    "The size of the window is the first argument of the pooling.",
    "Write `layers.MaxPooling2D(3, strides=2, …)`.",
)
_STEM_MISTAKES = (
    Mistake(
        "The zero padding before the pooling is missing",
        "The pooling starts at the first pixel and not at the border before it. Its windows lie "
        "one pixel further on, and the feature maps come out smaller. No layer with weights "
        "notices: official weights load without an error and give other features.",
        (
            "What stands between the ReLU and the pooling?",
            "The stem has two layers of zero padding.",
            "Put `layers.ZeroPadding2D(1)` before the pooling.",
        ),
        _STEM,
        without("pooling padding"),
    ),
    Mistake(
        "The pooling pads by itself",
        'With `padding="same"` Keras adds what the last window lacks, and to images of even size '
        "that is one row at the bottom and one column on the right. The zero padding adds one on "
        "each side. The shapes agree; the windows lie one pixel apart.",
        (
            "Which pixels does the first pooling window cover?",
            'What `padding="same"` adds depends on the size of the image.',
            "Put `layers.ZeroPadding2D(1)` before a pooling without padding.",
        ),
        _STEM,
        both(without("pooling padding"), changed("max pooling", padding="same")),
    ),
    Mistake(
        "The pooling is padded twice",
        'A layer of zero padding comes before the pooling, and `padding="same"` adds more.',
        (
            "Compare the output's height and width with a quarter of the input's.",
            "Where does the pooling get its padding from?",
            'Take `padding="same"` out of the pooling: “valid” is the default.',
        ),
        _STEM,
        changed("max pooling", padding="same"),
    ),
    Mistake(
        "The zero padding before the convolution is missing",
        "A 7×7 kernel without padding loses three pixels on each side before it takes strides.",
        (
            "Compare the output's height and width with a quarter of the input's.",
            "The stem has two layers of zero padding.",
            "Begin with `layers.ZeroPadding2D(3)`.",
        ),
        _STEM,
        without("zero padding"),
    ),
    Mistake(
        "The convolution pads by itself",
        'With `padding="same"` and a stride of 2, Keras pads images of even size by two pixels at '
        "the top and left and three at the bottom and right. The zero padding adds three on each "
        "side. The shapes agree; the windows lie one pixel apart.",
        (
            "Which pixels does the first window of the convolution cover?",
            'What `padding="same"` adds depends on the size of the image.',
            "Put `layers.ZeroPadding2D(3)` before a convolution without padding.",
        ),
        _STEM,
        both(without("zero padding"), changed("convolution", padding="same")),
    ),
    Mistake(
        "The convolution is padded twice",
        'A layer of zero padding comes before the convolution, and `padding="same"` adds more.',
        (
            "Compare the output's height and width with a quarter of the input's.",
            "Where does the convolution get its padding from?",
            'Take `padding="same"` out of the convolution: “valid” is the default.',
        ),
        _STEM,
        changed("convolution", padding="same"),
    ),
    Mistake(
        "The convolution has no stride",
        "The convolution moves by one pixel. The feature maps are then twice as high and wide, in "
        "every stage of the network, and everything after the stem costs four times as much.",
        (
            "Compare the output's height and width with a quarter of the input's.",
            "Two layers of the stem halve the size.",
            "Give the convolution `strides=2`.",
        ),
        _STEM,
        changed("convolution", strides=(1, 1)),
    ),
    Mistake(
        "The pooling takes strides as wide as its window",
        "Without `strides` a pooling layer moves by the size of its window, here three pixels.",
        (
            "Compare the output's height and width with a quarter of the input's.",
            "What is the default of the pooling's strides?",
            "Give the pooling `strides=2`.",
        ),
        _STEM,
        changed("max pooling", strides=(3, 3)),
    ),
    Mistake(
        "The pooling takes the mean",
        "The stem keeps the largest value of each window, and this one takes the mean.",
        (
            "Which of the two pooling layers does the stem have?",
            "Average pooling comes at the other end of the network.",
            "Use `layers.MaxPooling2D`.",
        ),
        _STEM,
        replaced("max pooling", "average_pool", kernel=(3, 3), strides=(2, 2), padding="valid"),
    ),
    Mistake(
        "The pooling has a window of 2×2, without padding",
        "The windows of the published network are 3×3 and overlap: each begins two pixels after "
        "the one before.",
        _WINDOW_HINTS,
        _STEM,
        both(without("pooling padding"), changed("max pooling", kernel=(2, 2))),
    ),
    Mistake(
        "The pooling has a window of 2×2",
        "The windows of the published network are 3×3 and overlap: each begins two pixels after "
        "the one before.",
        _WINDOW_HINTS,
        _STEM,
        changed("max pooling", kernel=(2, 2)),
    ),
    Mistake(
        "The pooling is missing",
        "The stem ends before the pooling. All stages then work on feature maps of twice the "
        "height and width.",
        (
            "Compare the output's height and width with a quarter of the input's.",
            "Two layers of the stem halve the size.",
            "End with zero padding and max pooling.",
        ),
        _STEM,
        without("pooling padding", "max pooling"),
    ),
    Mistake(
        "The batch normalisation is missing",
        "The convolution's output goes straight to the ReLU. Every convolution of the network is "
        "followed by a batch normalisation, the first one too.",
        (
            "What follows each convolution in a residual network?",
            "Count the layers that have weights.",
            "Put `layers.BatchNormalization(axis=3, …)` after the convolution.",
        ),
        _STEM,
        without("batch normalisation"),
    ),
    Mistake(
        "The ReLU is missing",
        "Nothing comes between normalisation and pooling.",
        (
            "What follows the normalisation?",
            "Compare your layers with the picture of the stem.",
            "Put `layers.ReLU()` after the batch normalisation.",
        ),
        _STEM,
        without("ReLU"),
    ),
    Mistake(
        "The ReLU comes before the batch normalisation",
        "The stem rectifies and then normalises. The network normalises right after each "
        "convolution and then rectifies.",
        (
            "In which order come convolution, normalisation and ReLU?",
            "The statistics should be those of the convolution's output.",
            "Swap the ReLU and the batch normalisation.",
        ),
        _STEM,
        both(without("ReLU"), inserted_after("convolution", "relu")),
    ),
)

_STAGE_MISTAKES = (
    *(
        Mistake(
            title,
            "The paper normalises right after each convolution, and rectifies then. The last unit "
            "of a block and the projection have no ReLU of their own.",
            (
                "Are your blocks those of the lessons 2 and 3?",
                'A convolution with `activation="relu"` rectifies before the normalisation.',
                "Import `convolutional_block` and `identity_block` from `resnet_course.blocks`.",
            ),
            _STAGES,
            mutation,
        )
        for title, mutation in (
            (
                "Every unit of the blocks rectifies before it normalises",
                both(without("*: ReLU 1", "*: ReLU 2"), inserted_after("*convolution*", "relu")),
            ),
            (
                "Every convolution has a ReLU of its own, before its normalisation",
                inserted_after("*convolution*", "relu"),
            ),
        )
    ),
    *(
        Mistake(
            "The stage begins with an identity block",
            "The first block of a stage changes the number of channels and, with `s` above 1, the "
            "size. Its input does not have the shape of its output and cannot be added as it is.",
            (
                "Print the shapes of both paths before the first addition.",
                "Which of the two blocks changes the shape of its input?",
                'Begin with `convolutional_block(X, 3, filters, stage, "a", s)`.',
            ),
            _STAGES,
            called_with(change),
        )
        for change in (
            lambda arguments: {"projections": ()},
            lambda arguments: {"before": arguments["blocks"] - 1},
        )
    ),
    Mistake(
        "There is one block too many",
        "The number of blocks includes the convolutional block.",
        (
            "Count the additions in your stage.",
            "How many identity blocks follow the convolutional block?",
            "Add `blocks - 1` identity blocks.",
        ),
        _STAGES,
        called_with(lambda arguments: {"blocks": arguments["blocks"] + 1}),
    ),
    Mistake(
        "The identity blocks are missing",
        "The stage consists of its convolutional block.",
        (
            "Count the additions in your stage.",
            "What follows the convolutional block?",
            "Add `blocks - 1` identity blocks.",
        ),
        _STAGES,
        called_with(lambda arguments: {"blocks": 1}),
    ),
    Mistake(
        "Every identity block reads the output of the convolutional block, not of the one before",
        "So only the last of them is part of the stage: what the others compute is never used.",
        _ONE_BLOCK_HINTS,
        _STAGES,
        called_with(lambda arguments: {"blocks": min(2, arguments["blocks"])}),
        loses=True,
    ),
    Mistake(
        "Only one identity block is part of the stage",
        "However many blocks are asked for, one identity block is built. That is so, for example, "
        "where `return` stands inside the loop: the function ends with its first round.",
        _ONE_BLOCK_HINTS,
        _STAGES,
        called_with(lambda arguments: {"blocks": min(2, arguments["blocks"])}),
        loses=False,
    ),
    Mistake(
        "There is one block too few",
        "The number of blocks includes the convolutional block and every identity block.",
        (
            "Count the additions in your stage.",
            "Where does your loop begin and where does it end?",
            "Add `blocks - 1` identity blocks.",
        ),
        _STAGES,
        called_with(lambda arguments: {"blocks": max(1, arguments["blocks"] - 1)}),
    ),
    Mistake(
        "The number of blocks is ignored",
        "The stage always has three blocks, whatever `blocks` says.",
        (
            "Which parameter of the function is never used?",
            "ResNet50 has stages of three, four and six blocks.",
            "Let a loop add `blocks - 1` identity blocks.",
        ),
        _STAGES,
        called_with(lambda arguments: {"blocks": 3}),
    ),
    default_mistake("s", 2, 1, _STAGES),
    Mistake(
        "The stride is ignored",
        "The convolutional block always has the stride 2, whatever `s` says.",
        (
            "Which parameter of the function is never used?",
            "The stage's stride is that of its first block.",
            "Give the convolutional block `s=s`.",
        ),
        _STAGES,
        called_with(lambda arguments: {"s": 2}),
    ),
    Mistake(
        "The stride is guessed from the number of the stage",
        "Stage 2 has the stride 1 and every other stage 2, whatever `s` says. That is so in "
        "ResNet50; the function is told the stride.",
        (
            "Which parameter of the function is never used?",
            "What does your stage 3 do when `s` is 1?",
            "Give the convolutional block `s=s`.",
        ),
        _STAGES,
        called_with(lambda arguments: {"s": 1 if arguments["stage"] == 2 else 2}),
    ),
    Mistake(
        "Every block is a convolutional block with the stride",
        "Each block of the stage halves the size again, and each has a projection. Only the first "
        "block changes the shape; the others keep it.",
        (
            "Compare the output's height and width with the input's.",
            "Which block fits where input and output have the same shape?",
            "Use the identity block for all blocks but the first.",
        ),
        _STAGES,
        called_with(
            lambda arguments: {"projections": (arguments.get("s", 2),) * arguments["blocks"]}
        ),
    ),
    Mistake(
        "Every block is a convolutional block",
        "All blocks of the stage have a projection. Where input and output have the same shape "
        "the input can pass unchanged, at no cost.",
        (
            "Which block fits where input and output have the same shape?",
            "Count the convolutions in your stage.",
            "Use the identity block for all blocks but the first.",
        ),
        _STAGES,
        called_with(
            lambda arguments: {
                "projections": (arguments.get("s", 2),) + (1,) * (arguments["blocks"] - 1),
            }
        ),
    ),
)


def _top_mistakes(flattening: str) -> tuple[Mistake, ...]:
    """Return the mistakes in the top, which both networks have."""
    return (
        Mistake(
            "The feature maps are flattened, not averaged",
            flattening,
            (
                "How does the network get from feature maps to one number for each channel?",
                "Height and width should be gone after one layer, whatever they were.",
                "Use `layers.GlobalAveragePooling2D()` in place of `layers.Flatten()`.",
            ),
            _TOP,
            replaced("global average pooling", "flatten"),
        ),
        Mistake(
            "The global pooling takes the maximum",
            "The network averages each feature map over all positions, and this one takes its "
            "largest value.",
            (
                "Which of the two global pooling layers does the network have?",
                "Max pooling comes at the other end of the network.",
                "Use `layers.GlobalAveragePooling2D()`.",
            ),
            _TOP,
            replaced("global average pooling", "reduce", kind="max", axes=(1, 2), keepdims=False),
        ),
        Mistake(
            "The global average pooling is missing",
            "The dense layer reads feature maps and gives a vector of classes for every position.",
            (
                "What is the shape of your model's output?",
                "What comes between the last stage and the dense layer?",
                "Put `layers.GlobalAveragePooling2D()` before the dense layer.",
            ),
            _TOP,
            without("global average pooling"),
        ),
        Mistake(
            "The softmax is missing",
            "The model gives scores that may be negative and do not add up to one. The exercise "
            "asks for probabilities.",
            (
                "Add up the outputs for one image: what do you expect?",
                "What is the activation of the last layer?",
                'Give the dense layer `activation="softmax"`.',
            ),
            _TOP,
            without("softmax"),
        ),
        Mistake(
            "The classes have a sigmoid each",
            "A sigmoid for each class gives probabilities that do not add up to one. Here an image "
            "belongs to exactly one class.",
            (
                "Add up the outputs for one image: what do you expect?",
                "Which activation lets the classes share a probability of one?",
                'Give the dense layer `activation="softmax"`.',
            ),
            _TOP,
            replaced("softmax", "sigmoid"),
        ),
        Mistake(
            "The classifier is missing",
            "The model ends with its features.",
            (
                "What is the shape of your model's output?",
                "How many numbers should come out for each image?",
                "End with a dense layer of `classes` units and softmax.",
            ),
            _TOP,
            ending_at("global average pooling"),
        ),
    )


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


def _strides_by_width(widths: Sequence[int]) -> tuple[int, ...]:
    return tuple(1 if width == widths[0] else 2 for width in widths)


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
        _STEM,
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
        _TOP,
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
        _TOP,
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
    *_top_mistakes(
        "Flattening keeps every position: the dense layer then has a weight for each position of "
        "each channel, 100,352 a class for images of 224×224 in place of 2,048, and fits images "
        "of one size only."
    ),
)

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
        _TOP,
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
    *_top_mistakes(
        "Flattening keeps every position: the dense layer then has a weight for each position of "
        "each channel, and the network fits images of one size only."
    ),
)

EXERCISES: tuple[Exercise, ...] = (
    NetworkExercise(
        "stem",
        LESSON,
        ("X",),
        _stem_cases,
        _STEM_MISTAKES,
        "Covered: all six layers, images of even and of odd size that are not square, other "
        "numbers of channels. Grading draws other shapes.",
        build=stem,
    ),
    NetworkExercise(
        "bottleneck_stage",
        LESSON,
        ("X", "filters", "stage", "blocks", "s"),
        _stage_cases,
        _STAGE_MISTAKES,
        "Covered: the blocks and their order, numbers of blocks, strides 1 and 2, two stages in "
        "one network. Grading draws other filters, a stage of one block and one of more blocks "
        "than the alphabet has letters.",
        build=bottleneck_stage,
        keywords=frozenset({"stage", "blocks", "s"}),
    ),
    NetworkExercise(
        "ResNet50",
        LESSON,
        ("input_shape", "classes"),
        _resnet50_cases,
        _RESNET50_MISTAKES,
        "Covered: stem, stages, blocks and top, images of 64×64 and others that are not square, "
        "other numbers of classes. Grading draws other images and classes.",
        build=resnet50,
        returns="model",
    ),
    NetworkExercise(
        "mnist_resnet",
        LESSON,
        ("input_shape", "classes", "widths"),
        _mnist_resnet_cases,
        _MNIST_RESNET_MISTAKES,
        "Covered: stem, stages and top, other images and classes, other widths, two of them alike. "
        "Grading draws others, of odd size too.",
        build=mnist_resnet,
        returns="model",
        keywords=frozenset({"classes", "widths"}),
    ),
)
