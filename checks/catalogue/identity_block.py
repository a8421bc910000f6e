"""Lesson 2: `identity_block`."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue import residual
from checks.catalogue.derived import BATCH_NORM, PATHS, START
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import Mutation, Reference, Rows, always, hinted, mistakes, rewired


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
    main = residual.bottleneck(g, X, f, filters, 1, preactivated=preactivated)
    total = g.add("addition", "add", main, X)
    return total if preactivated else g.add("ReLU 3", "relu", total)


def _identity_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, stage: int, block: str, filters: tuple[int, ...]) -> dict[str, Any]:
        images = residual.draw_images(generator, filters[-1])
        return {"X": images, "f": f, "filters": filters, "stage": stage, "block": block}

    filters = residual.draw_filters(generator, 3)
    twice = Case(
        "two blocks in one network",
        arguments(3, 2, "b", filters),
        then=arguments(3, 2, "c", filters),
    )
    cases = [
        Case("first call", arguments(3, 2, "b", filters)),
        Case("other kernel sizes", arguments(5, 3, "c", residual.draw_filters(generator, 3))),
        twice,
    ]
    if grading:
        for f in (1, 2, 7):
            cases.append(
                Case(
                    "other kernel sizes", arguments(f, 4, "d", residual.draw_filters(generator, 3))
                )
            )
    return cases


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
        return residual.on_the_shortcut(*layers)(reference, arguments)

    return mutation


_MISTAKES: Rows = {
    **residual.bottleneck_mistakes(),
    **hinted(
        {
            "The shortcut is projected": (
                _projected("conv2d", "batch_norm"),
                "A 1×1 convolution and a batch normalisation stand on the shortcut. That is the "
                "convolutional block of lesson 3. The identity block adds its input unchanged.",
            ),
            "The shortcut goes through a convolution": (
                _projected("conv2d"),
                "A convolution stands on the shortcut. The input has the right shape already, and "
                "the identity block adds it unchanged.",
            ),
            "The shortcut is normalised": (
                _projected("batch_norm"),
                "A batch normalisation stands on the shortcut and changes the mean and the "
                "variance of the input. The identity block adds its input unchanged.",
            ),
            "The shortcut is rectified": (
                _projected("relu"),
                "A ReLU stands on the shortcut and removes whatever is negative in the input. The "
                "identity block adds its input unchanged.",
            ),
        },
        "What does the picture show on the shortcut?",
        "The identity needs no layer: the input is added as it came in.",
        "Keep the input, `shortcut = X`, and add that.",
    ),
    "The main path is added to itself": (
        rewired("addition", "batch normalisation 3", "batch normalisation 3"),
        *residual.ADDED_TO_ITSELF,
    ),
    "The shortcut is added twice": (
        rewired("addition", "batch normalisation 3", "input", "input"),
        "The input counts twice in the sum, so the signal on the shortcut doubles in every block. "
        "The block adds it once.",
        "How many additions does your block have, and what does each add?",
        "The block is F(x) + x.",
        "Add the shortcut once, after the third unit.",
    ),
    "The shortcut starts after the first unit": (
        rewired("addition", "batch normalisation 3", "ReLU 1"),
        "What is added is the output of the first unit, with F1 channels, and not the input of "
        "the block, with F3. It does not fit the end of the main path, and the first unit has no "
        "way around it.",
        PATHS,
        START,
        "Write `shortcut = X` before the first convolution.",
    ),
    "The block is pre-activated: normalisation and ReLU come before each convolution": (
        always(preactivated=True),
        "That is the block of the second paper, which ends with the addition. The block of "
        "ResNet50 begins with a convolution and ends with a ReLU.",
        "Which layer does the input meet first?",
        "A unit is convolution, normalisation, ReLU, in this order.",
        "Let each unit begin with its convolution, and put a ReLU after the addition.",
    ),
}

EXERCISE = NetworkExercise(
    "identity_block",
    "02_identity_block",
    ("X", "f", "filters", "stage", "block"),
    _identity_block_cases,
    mistakes("lesson 2, “The identity block, layer by layer”", _MISTAKES),
    "Covered: both paths layer by layer, kernels from 3 to 5, three unequal filters, images "
    "that are not square, two blocks in one network." + residual.GRADING,
    build=identity_block,
    keywords=frozenset({"stage", "block"}),
)
