"""Lesson 2: `identity_block`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.residual import (
    BATCH_NORM,
    GRADING,
    bottleneck,
    bottleneck_mistakes,
    draw_filters,
    draw_images,
    on_the_shortcut,
)
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Mistake,
    Mutation,
    Reference,
    called_with,
    rewired,
)


def identity_block(
    g: GraphBuilder,
    X: str,
    f: int,
    filters: Sequence[int],
    stage: int,
    block: str,
    preactivated: bool = False,
) -> str:
    """Write the reference: a bottleneck added to its input.

    A learner may have normalised and rectified before each convolution.
    """
    main = bottleneck(g, X, f, filters, 1, preactivated=preactivated)
    total = g.add("addition", "add", main, X)
    return total if preactivated else g.add("ReLU 3", "relu", total)


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


_THE_BLOCK = "lesson 2, “The identity block, layer by layer”"


_ON_THE_SHORTCUT = (
    "What does the picture show on the shortcut?",
    "The identity needs no layer: the input is added as it came in.",
    "Keep the input, `shortcut = X`, and add that.",
)


def _projected(*steps: str) -> Mutation:
    """Put layers on the shortcut; a convolution has as many filters as there are channels."""

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        convolution = {
            "filters": arguments["filters"][-1],
            "kernel": (1, 1),
            "strides": (1, 1),
            "padding": "same",
            "use_bias": True,
        }
        params: dict[str, Mapping[str, Any]] = {"conv2d": convolution, "batch_norm": BATCH_NORM}
        layers = [(step, params.get(step, {})) for step in steps]
        return on_the_shortcut(*layers)(reference, arguments)

    return mutation


_IDENTITY_MISTAKES = (
    *(
        Mistake(title, explanation, _ON_THE_SHORTCUT, _THE_BLOCK, _projected(*steps))
        for title, explanation, steps in (
            (
                "The shortcut is projected",
                "A 1×1 convolution and a batch normalisation stand on the shortcut. That is the "
                "convolutional block of lesson 3. Here the input passes unchanged.",
                ("conv2d", "batch_norm"),
            ),
            (
                "The shortcut goes through a convolution",
                "The input has the right shape already and should pass unchanged. A convolution "
                "makes the shortcut a layer like others.",
                ("conv2d",),
            ),
            (
                "The shortcut is normalised",
                "A batch normalisation stands on the shortcut, which should pass its input "
                "unchanged.",
                ("batch_norm",),
            ),
            (
                "The shortcut is rectified",
                "A ReLU stands on the shortcut, which should pass its input unchanged, positive "
                "and negative.",
                ("relu",),
            ),
        )
    ),
    Mistake(
        "The main path is added to itself",
        "The sum is twice the main path, and nothing passes unchanged. Either the addition reads "
        "the same tensor twice, or the shortcut was taken after the main path had overwritten `X`.",
        (
            "Which two tensors does the addition read?",
            "The shortcut is the input as it came in, kept before the first convolution.",
            "Write `shortcut = X` before the first convolution, and add `shortcut` to `X`.",
        ),
        _THE_BLOCK,
        rewired("addition", "batch normalisation 3", "batch normalisation 3"),
    ),
    Mistake(
        "The shortcut is added twice",
        "The input counts double in the sum, and doubles again in every block.",
        (
            "How many additions does your block have, and what does each add?",
            "The block is F(x) + x.",
            "Add the shortcut once, after the third unit.",
        ),
        _THE_BLOCK,
        rewired("addition", "batch normalisation 3", "input", "input"),
    ),
    Mistake(
        "The shortcut starts after the first unit",
        "What is added is the output of the first unit, which has F1 channels, and not the block's "
        "input, which has F3.",
        (
            "Print the shapes of both paths before the addition.",
            "What does the name `X` stand for at the line that saves the shortcut?",
            "Write `shortcut = X` before the first convolution.",
        ),
        _THE_BLOCK,
        rewired("addition", "batch normalisation 3", "ReLU 1"),
    ),
    Mistake(
        "The block is pre-activated: normalisation and ReLU come before each convolution",
        "That is the block of the second paper, and ends with the addition. The block of ResNet50 "
        "begins with a convolution and ends with a ReLU.",
        (
            "Which layer does the input meet first?",
            "A unit is convolution, normalisation, ReLU, in this order.",
            "Let each unit begin with its convolution, and put a ReLU after the addition.",
        ),
        _THE_BLOCK,
        called_with(lambda arguments: {"preactivated": True}),
    ),
)


EXERCISE = NetworkExercise(
    "identity_block",
    "02_identity_block",
    ("X", "f", "filters", "stage", "block"),
    _identity_block_cases,
    (*bottleneck_mistakes(_THE_BLOCK), *_IDENTITY_MISTAKES),
    "Covered: both paths layer by layer, kernels from 3 to 5, three unequal filters, images "
    "that are not square, two blocks in one network." + GRADING,
    build=identity_block,
    keywords=frozenset({"stage", "block"}),
)
