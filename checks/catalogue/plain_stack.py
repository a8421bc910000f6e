"""Lesson 1: `plain_stack`."""

from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.residual import always, draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Mistake,
    both,
    called_with,
    changed,
    edited,
    inserted_after,
    without,
)


def plain_stack(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    """Write the reference: convolutions, each followed by a ReLU."""
    for number in range(1, depth + 1):
        X = g.conv(f"convolution {number}", X, width, 3)
        X = g.add(f"ReLU {number}", "relu", X)
    return X


def shared_layer(graph: Graph, first: int = 1) -> Graph:
    """Let all convolutions, from the first or the second on, be one layer."""
    convolutions = [node.name for node in graph.nodes.values() if node.operation == "conv2d"]
    return graph.rebuilt(
        replace(node, layer="convolution") if node.name in convolutions[first - 1 :] else node
        for node in graph.nodes.values()
    )


BATCH_NORM = {"axis": 3, "epsilon": 1e-3, "center": True, "scale": True, "training": None}


def stack_mistakes(section: str) -> tuple[Mistake, ...]:
    """Return the mistakes that both stacks share."""
    return (
        Mistake(
            "The convolutions have no padding",
            "With “valid” padding every 3×3 convolution makes the images two pixels smaller. After "
            "a few layers nothing is left, and nothing can be added to a shortcut.",
            (
                "Compare the output's height and width with the input's.",
                "Which padding keeps the size where the stride is 1?",
                'Give every convolution `padding="same"`.',
            ),
            section,
            changed("*convolution ?", padding="valid"),
        ),
        Mistake(
            "The kernels are not 3×3",
            "The kernels are 1×1: every pixel is treated by itself, and no layer sees an edge.",
            (
                "How large is the kernel of each convolution?",
                "The second argument of `layers.Conv2D` is the size of the kernel.",
                "Write `layers.Conv2D(width, 3, …)`.",
            ),
            section,
            changed("*convolution ?", kernel=(1, 1)),
        ),
        Mistake(
            "There are batch normalisations",
            "The convolutions are normalised. This lesson leaves that out, to show the problem "
            "bare; lesson 2 brings it in.",
            (
                "Which layers does the stack consist of?",
                "Nothing stands between a convolution and what follows it in the picture.",
                "Take out the batch normalisations.",
            ),
            section,
            inserted_after("*convolution ?", "batch_norm", **BATCH_NORM),
        ),
    )


GRADING = " Grading draws other depths, widths and shapes."


_PLAIN = "lesson 1, “A plain stack”"


def _plain_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, depth: int, same: bool = False) -> Case:
        width, channels = draw_filters(generator, 2)
        images = draw_images(generator, width if same else channels)
        return Case(covers, {"X": images, "depth": depth, "width": width})

    cases = [
        case("first call", 3),
        case("other depths", 1),
        case("other depths", 6),
        case("as many channels as filters", 4, same=True),
    ]
    if grading:
        cases += [case("other depths", int(depth)) for depth in generator.integers(2, 9, 2)]
    return cases


_ONE_LAYER_HINTS = (
    "How many `Conv2D` layers does your code make, and how often is each called?",
    "A layer that is made before the loop is the same layer in every turn.",
    "Make a new `layers.Conv2D(…)` inside the loop.",
)


def _relu_after_the_last_only(reference: Any, arguments: Any) -> Graph:
    numbers = range(1, arguments["depth"])
    return without(*(f"ReLU {number}" for number in numbers))(reference, arguments)


_PLAIN_MISTAKES = (
    Mistake(
        "The ReLUs are missing",
        "Convolutions in a row with nothing in between are one linear map, however many there are.",
        (
            "What makes a network more than one linear map?",
            "Every convolution is followed by something.",
            "Apply `layers.ReLU()` after each convolution.",
        ),
        _PLAIN,
        without("ReLU *"),
    ),
    Mistake(
        "The last ReLU is missing",
        "The stack ends with a convolution. Every convolution is followed by a ReLU, the last one "
        "too.",
        (
            "Count convolutions and ReLUs.",
            "What does the stack end with?",
            "Put the ReLU inside the loop, after the convolution.",
        ),
        _PLAIN,
        lambda reference, arguments: without(f"ReLU {arguments['depth']}")(reference, arguments),
    ),
    Mistake(
        "Only the last convolution is followed by a ReLU",
        "The ReLU stands behind the loop. Convolutions in a row with nothing in between are one "
        "linear map.",
        (
            "How many ReLUs does a stack of three convolutions have?",
            "How far is the line with the ReLU indented?",
            "Move the ReLU into the loop.",
        ),
        _PLAIN,
        _relu_after_the_last_only,
    ),
    Mistake(
        "Only the last convolution counts: every turn of the loop reads the same input",
        "The other convolutions are computed, and nothing reads what they compute.",
        (
            "Which tensor does the second convolution read?",
            "In every turn of the loop the convolution reads the result of the turn before.",
            "Write `X = layers.Conv2D(…)(X)`, the same name on both sides.",
        ),
        _PLAIN,
        called_with(lambda arguments: {"depth": 1}),
        loses=True,
    ),
    Mistake(
        "There is only one convolution: a `return` in the loop, or no loop at all",
        "The result is that of a single convolution and ReLU, whatever `depth` says.",
        (
            "Which tensor does the second convolution read, and where does the function return?",
            "In every turn of the loop the convolution reads the result of the turn before.",
            "Write `X = layers.Conv2D(…)(X)`, the same name on both sides, and `return X` after "
            "the loop.",
        ),
        _PLAIN,
        called_with(lambda arguments: {"depth": 1}),
    ),
    Mistake(
        "There is one layer too many",
        "The stack has `depth` + 1 convolutions.",
        (
            "Count the convolutions.",
            "Is there a convolution before the loop, or does the loop run once too often?",
            "`for _ in range(depth):` runs `depth` times.",
        ),
        _PLAIN,
        called_with(lambda arguments: {"depth": arguments["depth"] + 1}),
    ),
    Mistake(
        "There is one convolution too few",
        "The stack has `depth` − 1 convolutions, each with its ReLU.",
        (
            "Count the convolutions.",
            "`range(1, depth)` runs from 1 to `depth` − 1.",
            "`for _ in range(depth):` runs `depth` times.",
        ),
        _PLAIN,
        called_with(lambda arguments: {"depth": arguments["depth"] - 1}),
    ),
    Mistake(
        "The width is ignored",
        "Every convolution has as many filters as the input has channels, whatever `width` says.",
        (
            "Which parameter of the function is never used?",
            "`width` is the number of filters.",
            "Write `layers.Conv2D(width, 3, …)`.",
        ),
        _PLAIN,
        called_with(lambda arguments: {"width": arguments["X"].shape[-1]}),
    ),
    *(
        Mistake(
            f"There are always {depth} convolutions, whatever depth says",
            "Either the stack is written out layer by layer, or the turns of a loop all read the "
            "same tensor, so that only one of them counts.",
            (
                "How many convolutions does your function make for another depth?",
                "The number of layers is an argument, so you need a loop, and every turn reads "
                "what the turn before computed.",
                "Begin with `for _ in range(depth):`, and write `X = …(X)` in it.",
            ),
            _PLAIN,
            always(depth=depth),
        )
        for depth in (2, 3, 4, 5, 6, 8, 10, 20)
    ),
    Mistake(
        "Depth and width are swapped",
        "There are `width` convolutions with `depth` filters each.",
        (
            "Which argument says how often the loop runs?",
            "`depth` is the number of convolutions, `width` the number of their filters.",
            "Write `for _ in range(depth):` and `layers.Conv2D(width, 3, …)`.",
        ),
        _PLAIN,
        called_with(lambda arguments: {"depth": arguments["width"], "width": arguments["depth"]}),
    ),
    Mistake(
        "The ReLUs come before the convolutions",
        "The stack begins with a ReLU, and the last convolution has none after it.",
        (
            "Which layer does the input meet first?",
            "Each convolution is followed by a ReLU.",
            "Swap the two lines in the loop.",
        ),
        _PLAIN,
        lambda reference, arguments: both(
            inserted_after("input", "relu"), without(f"ReLU {arguments['depth']}")
        )(reference, arguments),
    ),
    Mistake(
        "All convolutions but the first are one layer",
        "The layer is made once and called again and again, so these convolutions share one "
        "kernel.",
        _ONE_LAYER_HINTS,
        _PLAIN,
        edited(lambda graph: shared_layer(graph, 2)),
    ),
    *stack_mistakes(_PLAIN),
)


EXERCISE = NetworkExercise(
    "plain_stack",
    "01_deep_network_problem",
    ("X", "depth", "width"),
    _plain_cases,
    _PLAIN_MISTAKES,
    "Covered: the layers and their order, depths from 1 to 6, unequal numbers of channels, "
    "images that are not square." + GRADING,
    build=plain_stack,
)
