"""Lesson 4: `bottleneck_stage`."""

import string
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue import derived
from checks.catalogue.convolutional_block import convolutional_block
from checks.catalogue.identity_block import identity_block
from checks.catalogue.residual import draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import Rows, always, called_with, hinted, mistakes, more


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


def _stage_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    """Draw stages whose numbers do not give away their strides, as those of ResNet50 do."""

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


_LOOP = "Add `blocks - 1` identity blocks after the convolutional block."

_FIRST_MISTAKES: Rows = {
    **derived.rectified_first(
        "Every unit of the blocks rectifies before it normalises",
        "Every convolution has a ReLU of its own, before its normalisation",
        ["*convolution*"],
        ["*: ReLU 1", "*: ReLU 2"],
    ),
    "The stage begins with an identity block": (
        (always(projections=()), called_with(lambda blocks, **others: {"before": blocks - 1})),
        "The first block of a stage changes the number of channels and, with `s` above 1, the "
        "size. Its input then has another shape than its main path, and an identity block cannot "
        "add the two.",
        "Print the shapes of both paths before the first addition.",
        "Which of the two blocks changes the shape of its input?",
        'Begin with `convolutional_block(X, 3, filters, stage, "a", s)`.',
    ),
    "There is one block too many": derived.miscounted(
        more(blocks=1),
        "The stage has `blocks` + 1 blocks. `blocks` counts all of them, the convolutional block "
        "included.",
        _LOOP,
    ),
    "The identity blocks are missing": derived.miscounted(
        always(blocks=1),
        "The stage ends after its convolutional block. `blocks` − 1 identity blocks should follow.",
        _LOOP,
    ),
}

_MISTAKES: Rows = {
    "There is one block too few": derived.miscounted(
        called_with(lambda blocks, **others: {"blocks": max(1, blocks - 1)}),
        "The stage has `blocks` − 1 blocks. `blocks` counts all of them: the convolutional block "
        "and every identity block.",
        _LOOP,
    ),
    "The number of blocks is ignored": derived.ignored(
        "The stage always has three blocks, whatever `blocks` says.",
        "Let a loop add `blocks - 1` identity blocks.",
        blocks=3,
    ),
    **derived.another_default("s", 2, 1),
    "The stride is ignored": derived.ignored(
        "The convolutional block always has the stride 2, whatever `s` says. Stage 2 of ResNet50 "
        "needs the stride 1.",
        "Give the convolutional block `s=s`.",
        s=2,
    ),
    "The stride is guessed from the number of the stage": (
        called_with(lambda stage, **others: {"s": 1 if stage == 2 else 2}),
        "The stage has the stride 1 if its number is 2, and else the stride 2. That is right for "
        "ResNet50, but here the stride is an argument, `s`.",
        *derived.unused("s"),
        "Give the convolutional block `s=s`.",
    ),
    **hinted(
        {
            "Every block is a convolutional block with the stride": (
                called_with(lambda blocks, s=2, **others: {"projections": (s,) * blocks}),
                "Every block has the stride `s`, so each of them makes the feature maps smaller "
                "again. Only the first block of a stage changes the shape; the others are "
                "identity blocks.",
            ),
            "Every block is a convolutional block": (
                called_with(
                    lambda blocks, s=2, **others: {"projections": (s, *(1,) * (blocks - 1))}
                ),
                "Every block has a projection on its shortcut. Only the first block changes the "
                "shape; in the others the input can pass unchanged, which costs nothing.",
            ),
        },
        "Which block fits where input and output have the same shape?",
        "Only the first block of a stage changes the shape.",
        "Use the identity block for all blocks but the first.",
    ),
}

EXERCISE = NetworkExercise(
    "bottleneck_stage",
    "04_resnet50",
    ("X", "filters", "stage", "blocks", "s"),
    _stage_cases,
    (
        *mistakes(_STAGES, _FIRST_MISTAKES),
        *derived.one_turn(
            _STAGES,
            "identity block",
            called_with(lambda blocks, **others: {"blocks": min(2, blocks)}),
            "Write `X = identity_block(X, …)`",
            (
                "Every identity block reads the output of the convolutional block, not of the one "
                "before",
                "Only one identity block is part of the stage",
            ),
        ),
        *mistakes(_STAGES, _MISTAKES),
    ),
    "Covered: the blocks and their order, numbers of blocks, strides 1 and 2, two stages in "
    "one network. Grading draws other filters, a stage of one block and one of more blocks "
    "than the alphabet has letters.",
    build=bottleneck_stage,
    keywords=frozenset({"stage", "blocks", "s"}),
)
