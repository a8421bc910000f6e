"""Lesson 1: `residual_stack`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.plain_stack import GRADING, plain_stack, shared_layer, stack_mistakes
from checks.catalogue.residual import draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Mistake,
    Mutation,
    both,
    called_with,
    edited,
    inserted_after,
    replaced,
    without,
)

_RESIDUAL = "lesson 1, “A shortcut around every two convolutions”"


def residual_stack(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    """Write the reference: blocks of two convolutions, each added to its input."""
    for number in range(1, depth // 2 + 1):
        X = _block(g, number, X, X, width)
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


def _shortcuts_from_the_beginning(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    beginning = X
    for number in range(1, depth // 2 + 1):
        X = _block(g, number, X, beginning, width)
    return X


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


def _projected_shortcuts(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    for number in range(1, depth // 2 + 1):
        X = _block(g, number, X, g.conv(f"projection {number}", X, width, 1), width)
    return X


def _added(graph: Graph, name: str) -> Graph:
    """Let every block add one of its own nodes in place of its input."""
    return graph.rebuilt(
        replace(node, inputs=(node.inputs[0], node.name.replace("addition", name)))
        if node.name.endswith("addition")
        else node
        for node in graph.nodes.values()
    )


def _added_before_the_relu(graph: Graph) -> Graph:
    """Let every block but the first add the sum of the block before it, not yet rectified."""

    def early(name: str) -> str:
        return name.replace("ReLU 2", "addition")

    return graph.rebuilt(
        replace(node, inputs=(node.inputs[0], early(node.inputs[1])))
        if node.name.endswith("addition")
        else node
        for node in graph.nodes.values()
    )


def _relu_at_the_end_only(reference: Any, arguments: Any) -> Graph:
    """Leave out the ReLU after the addition in every block but the last."""
    numbers = range(1, arguments["depth"] // 2)
    mutation = without(*(f"block {number}: ReLU 2" for number in numbers))
    return mutation(reference, arguments)


def _preactivated(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    for number in range(1, depth // 2 + 1):
        with g.scope(f"block {number}"):
            main = g.conv("convolution 1", g.add("ReLU 1", "relu", X), width, 3)
            main = g.conv("convolution 2", g.add("ReLU 2", "relu", main), width, 3)
            X = g.add("addition", "add", main, X)
    return X


_JOINED_BY_A_SUM = (
    "How are the two paths joined in the equation of the block?",
    "y = F(x) + x: number is added to number.",
    "Use `layers.Add()([X, shortcut])`.",
)


_RESIDUAL_MISTAKES = (
    Mistake(
        "The shortcuts are missing",
        "Nothing is added to the convolutions, and no block's input is used a second time.",
        (
            "Where does your code use the input of a block a second time?",
            "Keep it under a second name before the first of the two convolutions.",
            "Add it with `layers.Add()` after the second convolution, before the ReLU.",
        ),
        _RESIDUAL,
        without("block ?: addition"),
    ),
    Mistake(
        "Every block adds the input of the whole stack",
        "The shortcut is saved once, before the loop. Each block adds its own input, so that the "
        "signal has a way through the whole stack.",
        (
            "At which line do you save the shortcut, and how often does that line run?",
            "The shortcut of the second block starts where the first block ends.",
            "Move `shortcut = X` into the loop.",
        ),
        _RESIDUAL,
        _written(_shortcuts_from_the_beginning),
    ),
    Mistake(
        "There is one shortcut around the whole stack",
        "A single shortcut leads from the beginning of the stack to its end. In between lies a "
        "plain stack, as deep as before.",
        (
            "How many additions does a stack of six convolutions have?",
            "There is a shortcut around every two convolutions.",
            "Save the shortcut and add it inside the loop over the blocks.",
        ),
        _RESIDUAL,
        _written(_one_long_shortcut),
    ),
    Mistake(
        "There is a shortcut around every single convolution",
        "A block has one convolution only. Around a single layer the paper saw no advantage "
        "(section 3.2): the block is then linear up to its last ReLU.",
        (
            "How many convolutions lie between two additions?",
            "A block has two convolutions, with a ReLU between them.",
            "Let the loop run `depth // 2` times and put two convolutions into it.",
        ),
        _RESIDUAL,
        _written(_shortcut_around_each),
    ),
    Mistake(
        "Only the last block counts: every turn of the loop reads the same input",
        "The other blocks are computed, and nothing reads what they compute.",
        (
            "What does each block read?",
            "Each block reads what the one before it returned.",
            "Let each block overwrite `X`.",
        ),
        _RESIDUAL,
        called_with(lambda arguments: {"depth": 2}),
        loses=True,
    ),
    Mistake(
        "There is only one block: a `return` in the loop, or no loop at all",
        "The result is that of a single block, whatever `depth` says.",
        (
            "What does each block read, and where does the function return?",
            "Each block reads what the one before it returned.",
            "Let each block overwrite `X`, and write `return X` after the loop.",
        ),
        _RESIDUAL,
        called_with(lambda arguments: {"depth": 2}),
    ),
    Mistake(
        "There is one block too few",
        "The stack has `depth` / 2 − 1 blocks.",
        (
            "Count the additions.",
            "How many blocks do `depth` convolutions make?",
            "Let the loop run `depth // 2` times.",
        ),
        _RESIDUAL,
        called_with(lambda arguments: {"depth": arguments["depth"] - 2}),
    ),
    Mistake(
        "There is one block too many",
        "The stack has `depth` / 2 + 1 blocks.",
        (
            "Count the additions.",
            "How many blocks do `depth` convolutions make?",
            "Let the loop run `depth // 2` times.",
        ),
        _RESIDUAL,
        called_with(lambda arguments: {"depth": arguments["depth"] + 2}),
    ),
    Mistake(
        "The shortcuts start after the first convolution of a block",
        "What is added is the output of the first convolution, not the block's input, which has no "
        "way around it.",
        (
            "What does the name `X` stand for at the line that saves the shortcut?",
            "The shortcut is the input of the block, before any layer touched it.",
            "Write `shortcut = X` before the first convolution of the block.",
        ),
        _RESIDUAL,
        edited(lambda graph: _added(graph, "convolution 1")),
    ),
    Mistake(
        "The shortcuts start after the first ReLU of a block",
        "What is added is the output of the first convolution and its ReLU, not the block's input.",
        (
            "What does the name `X` stand for at the line that saves the shortcut?",
            "The shortcut is the input of the block, before any layer touched it.",
            "Write `shortcut = X` before the first convolution of the block.",
        ),
        _RESIDUAL,
        edited(lambda graph: _added(graph, "ReLU 1")),
    ),
    Mistake(
        "Each block adds its main path to itself",
        "The shortcut is taken after the main path has overwritten `X`, so the sum is twice the "
        "main path, and nothing passes unchanged.",
        (
            "What does the name `X` stand for at the line that saves the shortcut?",
            "The shortcut is the input of the block, before any layer touched it.",
            "Write `shortcut = X` before the first convolution of the block.",
        ),
        _RESIDUAL,
        edited(lambda graph: _added(graph, "convolution 2")),
    ),
    Mistake(
        "The shortcuts start before the last ReLU of the block before",
        "What is added is the sum of the block before, not yet rectified. A block's input is what "
        "its first convolution reads, and both paths start there.",
        (
            "Do the shortcut and the first convolution of a block start at the same tensor?",
            "The shortcut is the input of the block: what the ReLU of the block before returned.",
            "Write `shortcut = X` at the beginning of the loop, where `X` has been rectified.",
        ),
        _RESIDUAL,
        edited(_added_before_the_relu),
    ),
    Mistake(
        "Only the last addition is followed by a ReLU",
        "The ReLU after the addition stands behind the loop. Every block ends with one.",
        (
            "How many ReLUs does a stack of six convolutions have?",
            "How far is the line with the last ReLU indented?",
            "Move the ReLU after the addition into the loop.",
        ),
        _RESIDUAL,
        _relu_at_the_end_only,
    ),
    Mistake(
        "The ReLUs come before the convolutions",
        "That is the order of the second paper, and ends with the addition. Here a block begins "
        "with a convolution, and a ReLU follows the addition.",
        (
            "Which layer does the input meet first?",
            "A block is convolution, ReLU, convolution, addition, ReLU.",
            "Put one ReLU between the convolutions and one after the addition.",
        ),
        _RESIDUAL,
        _written(_preactivated),
    ),
    Mistake(
        "There are depth blocks, twice as many layers as asked for",
        "`depth` counts convolutions, and a block has two of them.",
        (
            "Count the additions.",
            "How many blocks do `depth` convolutions make?",
            "Let the loop run `depth // 2` times.",
        ),
        _RESIDUAL,
        called_with(lambda arguments: {"depth": 2 * arguments["depth"]}),
    ),
    Mistake(
        "The ReLU after the addition is missing",
        "The block returns the sum as it is. The paper rectifies it once more.",
        (
            "What does the block do with the sum?",
            "Compare your last layer with the picture.",
            "Apply `layers.ReLU()` to the sum.",
        ),
        _RESIDUAL,
        without("block ?: ReLU 2"),
    ),
    Mistake(
        "A ReLU stands before the addition",
        "What is added is rectified first. It can then only add, never take away from the "
        "shortcut, and the signal grows from block to block.",
        (
            "Where do the two ReLUs of a block stand?",
            "The second convolution has no ReLU of its own.",
            "Move the second ReLU behind the addition.",
        ),
        _RESIDUAL,
        both(inserted_after("block ?: convolution 2", "relu"), without("block ?: ReLU 2")),
    ),
    Mistake(
        "There is one ReLU too many: before the addition as well as after it",
        "What is added is rectified first. It can then only add to the shortcut, never take "
        "anything away from it.",
        (
            "How many ReLUs does a block have in the picture?",
            "The second convolution has no ReLU of its own.",
            "Take out the ReLU between the second convolution and the addition.",
        ),
        _RESIDUAL,
        inserted_after("block ?: convolution 2", "relu"),
    ),
    Mistake(
        "The ReLU between the two convolutions is missing",
        "Two convolutions in a row with nothing in between are one linear map.",
        (
            "Count the ReLUs of a block.",
            "One stands between the convolutions, one after the addition.",
            "Apply `layers.ReLU()` after the first convolution.",
        ),
        _RESIDUAL,
        without("block ?: ReLU 1"),
    ),
    Mistake(
        "The paths are concatenated",
        "Concatenation puts the channels side by side. A residual block adds number to number.",
        _JOINED_BY_A_SUM,
        _RESIDUAL,
        replaced("block ?: addition", "concatenate", axis=-1),
    ),
    Mistake(
        "The paths are multiplied",
        "A product is large only where both paths are, and its gradient vanishes where either "
        "does. A residual block adds.",
        _JOINED_BY_A_SUM,
        _RESIDUAL,
        replaced("block ?: addition", "multiply"),
    ),
    Mistake(
        "The shortcuts have convolutions",
        "Each shortcut goes through a 1×1 convolution. The input has the right number of channels "
        "already and should pass unchanged; a convolution makes the shortcut a layer like others.",
        (
            "What does the shortcut do to the input of its block?",
            "The identity needs no layer.",
            "Write `shortcut = X`.",
        ),
        _RESIDUAL,
        _written(_projected_shortcuts),
    ),
    Mistake(
        "All convolutions are one layer",
        "The layer is made once and called again and again, so all convolutions share one "
        "kernel. A stack of `depth` layers has `depth` kernels.",
        (
            "How many `Conv2D` layers does your code make, and how often is each called?",
            "A layer that is made before the loop is the same layer in every turn.",
            "Make a new `layers.Conv2D(…)` inside the loop.",
        ),
        _RESIDUAL,
        edited(shared_layer),
    ),
    *stack_mistakes(_RESIDUAL),
)


EXERCISE = NetworkExercise(
    "residual_stack",
    "01_deep_network_problem",
    ("X", "depth", "width"),
    _residual_cases,
    _RESIDUAL_MISTAKES,
    "Covered: both paths of every block, depths from 2 to 6, an odd depth, two stacks in one "
    "network, images that are not square." + GRADING,
    build=residual_stack,
)
