"""Lesson 4: `bottleneck_stage`."""

import string
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.convolutional_block import convolutional_block
from checks.catalogue.identity_block import identity_block
from checks.catalogue.residual import default_mistake, draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    both,
    called_with,
    inserted_after,
    without,
)


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
        block = block_name(position)
        with g.scope(f"stage {stage}, block {block}"):
            if before <= position < before + len(strides):
                s = strides[position - before]
                X = convolutional_block(g, X, 3, filters, stage, block, s, strided)
            else:
                X = identity_block(g, X, 3, filters, stage, block)
    return X


def block_name(position: int) -> str:
    """Return the letter of a block, or its number after the alphabet ends."""
    letters = string.ascii_lowercase
    return letters[position] if position < len(letters) else str(position + 1)


_STAGES = "lesson 4, “Stages”"


_ONE_BLOCK_HINTS = (
    "Count the additions in your stage.",
    "Which tensor does the second identity block read?",
    "Write `X = identity_block(X, …)` in the loop and return `X` after it.",
)


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


EXERCISE = NetworkExercise(
    "bottleneck_stage",
    "04_resnet50",
    ("X", "filters", "stage", "blocks", "s"),
    _stage_cases,
    _STAGE_MISTAKES,
    "Covered: the blocks and their order, numbers of blocks, strides 1 and 2, two stages in "
    "one network. Grading draws other filters, a stage of one block and one of more blocks "
    "than the alphabet has letters.",
    build=bottleneck_stage,
    keywords=frozenset({"stage", "blocks", "s"}),
)
