"""Lesson 1: `residual_stack`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue import derived
from checks.catalogue.plain_stack import GRADING, one_layer, plain_stack, stack_mistakes
from checks.catalogue.residual import draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder, Node
from checks.mistakes import (
    Mutation,
    Rows,
    always,
    called_with,
    hinted,
    mistakes,
    more,
    rewritten,
    without,
)

_RESIDUAL = "lesson 1, “A shortcut around every two convolutions”"


def residual_stack(
    g: GraphBuilder,
    X: str,
    depth: int,
    width: int,
    from_the_beginning: bool = False,
    projected: bool = False,
) -> str:
    """Write the reference: blocks of two convolutions, each added to its input.

    A learner may have added the stack's input, or projected the shortcuts.
    """
    beginning = X
    for number in range(1, depth // 2 + 1):
        shortcut = beginning if from_the_beginning else X
        if projected:
            shortcut = g.conv(f"projection {number}", X, width, 1)
        X = _block(g, number, X, shortcut, width)
    return X


def _block(g: GraphBuilder, number: int, X: str, shortcut: str, width: int) -> str:
    with g.scope(f"block {number}"):
        main = g.add("ReLU 1", "relu", g.conv("convolution 1", X, width, 3))
        main = g.conv("convolution 2", main, width, 3)
        return g.add("ReLU 2", "relu", g.add("addition", "add", main, shortcut))


def _residual_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(depth: int, width: int) -> dict[str, Any]:
        return {"X": draw_images(generator, width), "depth": depth, "width": width}

    a, b, c, d = draw_filters(generator, 4)
    cases = [
        Case("first call", arguments(4, a)),
        Case("other depths", arguments(2, b)),
        Case("other depths", arguments(6, c)),
        Case("two stacks in one network", arguments(2, d), then=arguments(4, d)),
    ]
    if grading:
        cases += [Case("other depths", arguments(8, b)), Case("other depths", arguments(4, d))]
    odd = int(generator.choice([3, 5, 7]))
    return [*cases, Case("refuses an odd depth", arguments(odd, a), raises="ValueError")]


def _written(build: Callable[..., str]) -> Mutation:
    """Write another network instead of the reference."""

    def mutation(reference: Any, arguments: Any) -> Graph:
        g = GraphBuilder()
        return g.graph(build(g, **{**arguments, "X": g.input(arguments["X"].shape)}))

    return mutation


def _one_long_shortcut(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    beginning, X = X, plain_stack(g, X, depth - 1, width)
    X = g.conv("last convolution", X, width, 3)
    return g.add("last ReLU", "relu", g.add("addition", "add", X, beginning))


def _shortcut_around_each(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    for number in range(1, depth + 1):
        with g.scope(f"block {number}"):
            total = g.add("addition", "add", g.conv("convolution", X, width, 3), X)
            X = g.add("ReLU", "relu", total)
    return X


def _adding(change: Callable[[Node], str]) -> Mutation:
    """Let every block add another node, which is found from that of its addition."""
    return rewritten(
        "block ?: addition", lambda node: replace(node, inputs=(node.inputs[0], change(node)))
    )


def _own(name: str) -> Mutation:
    """Let every block add one of its own nodes in place of its input."""
    return _adding(lambda node: node.name.replace("addition", name))


def _preactivated(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    for number in range(1, depth // 2 + 1):
        with g.scope(f"block {number}"):
            main = g.conv("convolution 1", g.add("ReLU 1", "relu", X), width, 3)
            main = g.conv("convolution 2", g.add("ReLU 2", "relu", main), width, 3)
            X = g.add("addition", "add", main, X)
    return X


_LOOP = "Let the loop run `depth // 2` times."

_MISTAKES: Rows = {
    "The shortcuts are missing": (
        without("block ?: addition"),
        "No block adds its input to what its convolutions compute. This is a plain stack, which "
        "learns worse the deeper it is.",
        "Where does your code use the input of a block a second time?",
        "Keep it under a second name before the first of the two convolutions.",
        "Add it with `layers.Add()` after the second convolution, before the ReLU.",
    ),
    **hinted(
        {
            "Every block adds the input of the whole stack": (
                always(from_the_beginning=True),
                "The shortcut is saved once, before the loop. Each block should add its own "
                "input, so that the signal has a way through the whole stack.",
                "Move `shortcut = X` into the loop.",
            ),
            "There is one shortcut around the whole stack": (
                _written(_one_long_shortcut),
                "A single shortcut leads from the beginning of the stack to its end. The layers "
                "in between are a plain stack, as deep as before.",
                "Save the shortcut and add it inside the loop over the blocks.",
            ),
            "There is a shortcut around every single convolution": (
                _written(_shortcut_around_each),
                "Each block has a single convolution, so it is linear up to its ReLU. The paper "
                "saw no advantage in such blocks (section 3.2).",
                f"{_LOOP} Put two convolutions into it.",
            ),
        },
        "How many additions does a stack of six convolutions have, and what does each add?",
        "There is a shortcut around every two convolutions.",
    ),
    "There is one block too few": derived.miscounted(
        more(depth=-2),
        "The stack has `depth` / 2 − 1 blocks. Each block has two convolutions, so `depth` "
        "convolutions make `depth` / 2 blocks.",
        _LOOP,
    ),
    "There is one block too many": derived.miscounted(
        more(depth=2),
        "The stack has `depth` / 2 + 1 blocks. Each block has two convolutions, so `depth` "
        "convolutions make `depth` / 2 blocks.",
        _LOOP,
    ),
    "There are depth blocks, twice as many layers as asked for": derived.miscounted(
        called_with(lambda depth, **others: {"depth": 2 * depth}),
        "`depth` counts convolutions, and each block has two of them: there should be `depth` / 2 "
        "blocks.",
        _LOOP,
    ),
    **hinted(
        {
            "The shortcuts start after the first convolution of a block": (
                _own("convolution 1"),
                "Each block adds the output of its first convolution, not its own input, so "
                "nothing leads around that convolution.",
            ),
            "The shortcuts start after the first ReLU of a block": (
                _own("ReLU 1"),
                "Each block adds the output of its first convolution and ReLU, not its own input, "
                "so nothing leads around these two.",
            ),
            "Each block adds its main path to itself": (
                _own("convolution 2"),
                "The shortcut is taken after the main path has overwritten `X`. The sum is then "
                "twice the main path, and the block's input is lost.",
            ),
            "The shortcuts start before the last ReLU of the block before": (
                _adding(lambda node: node.inputs[1].replace("ReLU 2", "addition")),
                "What is added is the sum of the block before, as it was before its ReLU. The "
                "shortcut should be the block's input, which is what its first convolution reads.",
            ),
        },
        derived.START,
        "The shortcut is the input of the block, which its first convolution reads.",
        "Write `shortcut = X` at the beginning of the loop, before the first convolution.",
    ),
    "Only the last addition is followed by a ReLU": (
        without("block ?: ReLU 2", which=slice(None, -1)),
        "The ReLU after the addition comes after the loop, so only the last block has it. Every "
        "block should end with a ReLU.",
        "How many ReLUs does a stack of six convolutions have?",
        "Is the line with the last ReLU inside the loop?",
        "Move the ReLU after the addition into the loop.",
    ),
    "The ReLUs come before the convolutions": (
        _written(_preactivated),
        "That is the order of the second paper, where a block ends with the addition. Here a "
        "block begins with a convolution, and a ReLU follows the addition.",
        "Which layer does the input meet first?",
        "A block is convolution, ReLU, convolution, addition, ReLU.",
        "Put one ReLU between the convolutions and one after the addition.",
    ),
    **derived.relus_at_the_addition(
        "block ?: convolution 2", "block ?: ReLU 2", "second convolution"
    ),
    "The ReLU between the two convolutions is missing": derived.missing(
        "block ?: ReLU 1",
        "convolution 1",
        "Two convolutions with no ReLU in between amount to a single linear map, which one "
        "convolution could compute.",
    ),
    **derived.not_added("The paths", "block ?: addition"),
    "The shortcuts have convolutions": (
        always(projected=True),
        "Each shortcut goes through a convolution. The input has the right number of channels "
        "already, and should be added unchanged.",
        "What does the shortcut do to the input of its block?",
        "The identity needs no layer.",
        "Write `shortcut = X`.",
    ),
    **one_layer("All convolutions are one layer", 1),
    **stack_mistakes(),
}

EXERCISE = NetworkExercise(
    "residual_stack",
    "01_deep_network_problem",
    ("X", "depth", "width"),
    _residual_cases,
    (
        *derived.one_turn(_RESIDUAL, "block", always(depth=2), "Let each block overwrite `X`"),
        *mistakes(_RESIDUAL, _MISTAKES),
    ),
    "Covered: both paths of every block, depths from 2 to 6, an odd depth, two stacks in one "
    "network, images that are not square." + GRADING,
    build=residual_stack,
)
