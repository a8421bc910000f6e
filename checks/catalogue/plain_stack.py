"""Lesson 1: `plain_stack`."""

from dataclasses import replace

import numpy as np

from checks.case import Case
from checks.catalogue import derived
from checks.catalogue.residual import draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Rows,
    always,
    both,
    called_with,
    changed,
    edited,
    hinted,
    inserted_after,
    mistakes,
    more,
    swapped,
    without,
)


def plain_stack(g: GraphBuilder, X: str, depth: int, width: int) -> str:
    """Write the reference: convolutions, each followed by a ReLU."""
    for number in range(1, depth + 1):
        X = g.conv(f"convolution {number}", X, width, 3)
        X = g.add(f"ReLU {number}", "relu", X)
    return X


def _shared_layer(graph: Graph, first: int) -> Graph:
    """Let all convolutions, from the first or the second on, be one layer."""
    convolutions = [node.name for node in graph.nodes.values() if node.operation == "conv2d"]
    return graph.rebuilt(
        replace(node, layer="convolution") if node.name in convolutions[first - 1 :] else node
        for node in graph.nodes.values()
    )


def stack_mistakes() -> Rows:
    """Return the mistakes that both stacks share."""
    return {
        **derived.unpadded(
            "The convolutions have no padding",
            "*convolution ?",
            "With “valid” padding every 3×3 convolution makes the images two pixels smaller: "
            "after a few layers nothing is left, and a shortcut no longer has the same shape.",
        ),
        "The kernels are not 3×3": (
            changed("*convolution ?", kernel=(1, 1)),
            "With 1×1 kernels every pixel is processed by itself, so no layer can see an edge or "
            "a shape. The stack has 3×3 kernels.",
            "How large is the kernel of each convolution?",
            "The second argument of `layers.Conv2D` is the size of the kernel.",
            "Write `layers.Conv2D(width, 3, …)`.",
        ),
        "There are batch normalisations": (
            inserted_after("*convolution ?", "batch_norm", **derived.BATCH_NORM),
            "The stack of this lesson has no batch normalisation, to show what depth alone does. "
            "Lesson 2 introduces it.",
            "Which layers does the stack consist of?",
            "Nothing stands between a convolution and what follows it in the picture.",
            "Take out the batch normalisations.",
        ),
    }


def one_layer(title: str, first: int) -> Rows:
    """Return the mistake of convolutions that are one layer, from this one on."""
    return {
        title: (
            edited(lambda graph: _shared_layer(graph, first)),
            "The layer is made once and called in every turn of the loop, so these convolutions "
            "share one kernel. Each layer of the stack should learn a kernel of its own.",
            "How many `Conv2D` layers does your code make, and how often is each called?",
            "A layer that is made before the loop is the same layer in every turn.",
            "Make a new `layers.Conv2D(…)` inside the loop.",
        )
    }


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


_LAST = slice(-1, None)
_LOOP = "`for _ in range(depth):` runs `depth` times."

_MISTAKES: Rows = {
    **hinted(
        {
            "The ReLUs are missing": (
                without("ReLU *"),
                "Convolutions with nothing in between amount to a single linear map, however many "
                "there are, so making the stack deeper gains nothing.",
            ),
            "The last ReLU is missing": (
                without("ReLU *", which=_LAST),
                "The stack ends with a convolution. Every convolution should be followed by a "
                "ReLU, the last one as well.",
            ),
            "Only the last convolution is followed by a ReLU": (
                without("ReLU *", which=slice(None, -1)),
                "The ReLU comes after the loop, so only the last convolution has one. The "
                "convolutions before it amount to a single linear map, however many there are.",
            ),
        },
        "How many ReLUs does a stack of three convolutions have?",
        "Every convolution is followed by one. Is the line with the ReLU indented as far as the "
        "convolution's?",
        "Apply `layers.ReLU()` inside the loop, after the convolution.",
    ),
    "There is one layer too many": derived.miscounted(
        more(depth=1),
        "The stack has `depth` + 1 convolutions, and it should have `depth`.",
        _LOOP,
    ),
    "There is one convolution too few": derived.miscounted(
        more(depth=-1),
        "The stack has `depth` − 1 convolutions, as a loop over `range(1, depth)` gives. It "
        "should have `depth`.",
        _LOOP,
    ),
    "The width is ignored": (
        called_with(lambda X, **others: {"width": X.shape[-1]}),
        "Every convolution has as many filters as the input has channels, whatever `width` says.",
        *derived.unused("width"),
        "Write `layers.Conv2D(width, 3, …)`.",
    ),
    **{
        f"There are always {depth} convolutions, whatever depth says": derived.miscounted(
            always(depth=depth),
            "Either the stack is written out layer by layer, or every turn of the loop reads the "
            "same tensor, so that only the last turn counts.",
            "Begin with `for _ in range(depth):`, and write `X = …(X)` in it.",
        )
        for depth in (2, 3, 4, 5, 6, 8, 10, 20)
    },
    "Depth and width are swapped": (
        swapped("depth", "width"),
        "The stack has `width` convolutions with `depth` filters each, instead of `depth` "
        "convolutions with `width` filters.",
        "Which argument says how often the loop runs?",
        "`depth` is the number of convolutions, `width` the number of their filters.",
        "Write `for _ in range(depth):` and `layers.Conv2D(width, 3, …)`.",
    ),
    "The ReLUs come before the convolutions": (
        both(inserted_after("input", "relu"), without("ReLU *", which=_LAST)),
        "The stack begins with a ReLU, which removes whatever is negative in the input, and the "
        "last convolution has no ReLU after it.",
        "Which layer does the input meet first?",
        "Each convolution is followed by a ReLU.",
        "Swap the two lines in the loop.",
    ),
    **one_layer("All convolutions but the first are one layer", 2),
    **stack_mistakes(),
}

EXERCISE = NetworkExercise(
    "plain_stack",
    "01_deep_network_problem",
    ("X", "depth", "width"),
    _plain_cases,
    (
        *derived.one_turn(
            _PLAIN, "convolution", always(depth=1), "Write `X = layers.Conv2D(…)(X)`"
        ),
        *mistakes(_PLAIN, _MISTAKES),
    ),
    "Covered: the layers and their order, depths from 1 to 6, unequal numbers of channels, "
    "images that are not square." + GRADING,
    build=plain_stack,
)
