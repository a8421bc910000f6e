"""What the exercises on residual blocks have in common: lessons 2 and 3."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Images
from checks.catalogue import derived
from checks.graph import Graph, GraphBuilder, Node
from checks.mistakes import (
    Mutation,
    Rows,
    both,
    called_with,
    edited,
    inserted_after,
    replaced,
    without,
)

ADDED_TO_ITSELF = (
    "The sum is twice the main path, and nothing passes unchanged. Either the addition reads the "
    "same tensor twice, or the shortcut was taken after the main path had overwritten `X`.",
    "Which two tensors does the addition read?",
    derived.START,
    "Write `shortcut = X` before the first convolution, and add `shortcut` to `X`.",
)

GRADING = " Grading draws other shapes, filters and kernels."


def bottleneck(
    g: GraphBuilder,
    X: str,
    f: int,
    filters: Sequence[int],
    s: int,
    strided: Collection[int] = (1,),
    preactivated: bool = False,
) -> str:
    """Write the main path of both bottleneck blocks, up to the addition.

    `strided` says which of the three convolutions have the stride `s`. A learner may have
    normalised and rectified before each convolution.
    """
    for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True), start=1):
        if preactivated:
            X = g.batch_norm(f"batch normalisation {number}", X)
            X = g.add(f"ReLU {number}", "relu", X)
            X = g.conv(f"convolution {number}", X, width, kernel)
            continue
        X = g.conv(f"convolution {number}", X, width, kernel, s if number in strided else 1)
        X = g.batch_norm(f"batch normalisation {number}", X)
        if number < 3:
            X = g.add(f"ReLU {number}", "relu", X)
    return X


def draw_images(generator: np.random.Generator, channels: int) -> Images:
    """Draw images that are not square, so that height and width cannot be mixed up."""
    height, width = generator.choice(np.arange(6, 13), 2, replace=False)
    return Images((int(height), int(width), channels))


def draw_filters(generator: np.random.Generator, count: int) -> tuple[int, ...]:
    """Draw numbers of filters that all differ, so that none can stand for another."""
    return tuple(int(number) for number in generator.choice(np.arange(3, 12), count, replace=False))


def on_the_shortcut(*steps: tuple[str, Mapping[str, Any]]) -> Mutation:
    """Add nodes to the shortcut, right before the addition: operations and their parameters."""

    def edit(graph: Graph) -> Graph:
        nodes: list[Node] = []
        for node in graph.nodes.values():
            if node.name == "addition":
                main, side = node.inputs
                for operation, params in steps:
                    name = f"{operation} on the shortcut"
                    nodes.append(Node(name, operation, (side,), params, (), name))
                    side = name
                node = replace(node, inputs=(main, side))
            nodes.append(node)
        return graph.rebuilt(nodes)

    return edited(edit)


def bottleneck_mistakes() -> Rows:
    """Return the mistakes that both bottleneck blocks share."""
    taken = (
        "Which number of filters does each convolution get?",
        "`filters` is (F1, F2, F3), in the order of the convolutions.",
        "Unpack them as `F1, F2, F3 = filters`.",
    )
    return {
        **residual_mistakes(units=3),
        "The kernel size f is ignored": derived.ignored(
            "The middle convolution is always 3×3, whatever `f` says.",
            "Give `f` to the second convolution.",
            f=3,
        ),
        "The filters are taken in the wrong order": (
            called_with(_with_the_first_two_swapped),
            "The first convolution has the number of filters that is meant for the second, and "
            "the second has that of the first.",
            *taken,
        ),
        "The filters are taken in reversed order": (
            called_with(lambda filters, **others: {"filters": filters[::-1]}),
            "The first convolution has the number of filters that is meant for the last, and the "
            "last has that of the first.",
            *taken,
        ),
        "The filters are always 64, 64 and 256": derived.ignored(
            "These are the numbers of filters in the blocks of stage 2. Every stage has its own, "
            "which are in `filters`.",
            "Begin with `F1, F2, F3 = filters`.",
            filters=(64, 64, 256),
        ),
        **derived.unpadded(
            "The middle convolution has no padding",
            "convolution 2",
            "With “valid” padding, an f×f convolution makes the feature maps f − 1 pixels "
            "smaller, and they no longer fit the shortcut.",
        ),
    }


def _with_the_first_two_swapped(filters: tuple[int, ...], **others: Any) -> dict[str, Any]:
    F1, F2, F3 = filters
    return {"filters": (F2, F1, F3)}


def residual_mistakes(units: int, biases: Sequence[bool] = (True,)) -> Rows:
    """Return the mistakes that all residual blocks of this many convolutions share.

    Args:
        units: Number of convolutions on the main path.
        biases: Whether convolutions with a ReLU of their own have a bias: one or both.
    """
    numbers = range(1, units + 1)
    relus = [f"ReLU {number}" for number in numbers[:-1]]
    convolutions = [f"convolution {number}" for number in numbers]
    normalisations = [f"batch normalisation {number}" for number in numbers]
    last, nth = normalisations[-1], derived.NTH[units]
    normalised = ("What follows each convolution?", "Count the batch normalisations.")
    return {
        "The shortcut is missing": (
            without("addition"),
            "The block does not add its input to the main path. That makes it a plain network, "
            "the very thing that stops learning when it gets deep.",
            "Where does your block use its input a second time?",
            "Keep the input under a second name before the first convolution.",
            "Add the shortcut to the main path with `layers.Add()` before the last ReLU.",
        ),
        **derived.not_added("Something other than the sum joins the two paths: they", "addition"),
        "Something other than the sum joins the two paths: their mean": (
            replaced("addition", "average"),
            "The mean halves the shortcut in every block: after ten blocks, a thousandth of the "
            "input is left. A residual block adds its paths.",
            *derived.ADDED,
        ),
        **derived.relus_at_the_addition(last, f"ReLU {units}", f"{nth} unit"),
        **{
            f"The ReLU after the {derived.NTH[number]} convolution is missing": derived.missing(
                relu,
                f"batch normalisation {number}",
                "Two convolutions with no ReLU in between amount to a single linear map, which "
                "one convolution could compute.",
            )
            for number, relu in enumerate(relus, start=1)
        },
        "The batch normalisations are missing": (
            without("*batch normalisation*"),
            "No convolution of the block is followed by a batch normalisation. The size of the "
            "signal then drifts from layer to layer, and deep networks become hard to train.",
            *normalised,
            "Use the unit of lesson 2, `conv_bn`.",
        ),
        "The last batch normalisation is missing": (
            without(last),
            "The last convolution is not followed by a batch normalisation, so nothing controls "
            "the size of what is added to the shortcut.",
            *normalised,
            f"Normalise the output of the {nth} convolution before the addition.",
        ),
        "The ReLU comes before the batch normalisation": (
            both(without(*relus), *(inserted_after(each, "relu") for each in convolutions[:-1])),
            "Where a unit has a ReLU, the ReLU comes before the batch normalisation. The paper "
            "normalises right after the convolution and rectifies only then.",
            *derived.ORDER,
            "Swap the ReLU and the batch normalisation.",
        ),
        **rectified_in(units, "the last one too", biases=biases),
        "The batch normalisations come before the convolutions": (
            both(without(*normalisations), edited(_normalised_first)),
            "Each unit normalises what it reads, not what its convolution computes. The paper "
            "normalises right after the convolution.",
            *derived.ORDER,
            "Apply each normalisation to the result of its convolution.",
        ),
        **derived.fixed_modes("*batch normalisation*", *normalisations),
        "The wrong variable is returned": derived.returned(
            last,
            "The block returns the end of its main path, as it was before the addition, so the "
            "shortcut is never used.",
            "the output of the last ReLU",
        ),
        "The input is returned unchanged": derived.returned(
            "input",
            "The function returns the tensor that it was given, so nothing that the block "
            "computes is used.",
            "the output of the last ReLU",
        ),
        "The last batch normalisation stands after the addition": (
            both(without(last), inserted_after("addition", "batch_norm", **derived.BATCH_NORM)),
            "The normalisation is applied to the sum, and so to the shortcut as well: the input "
            "no longer passes through the block unchanged.",
            "What does each batch normalisation read?",
            "Each of them follows a convolution.",
            f"Normalise the output of the {nth} convolution, then add.",
        ),
    }


def rectified_in(units: int, too: str, *shortcut: str, biases: Sequence[bool] = (True,)) -> Rows:
    """Return the mistakes of convolutions with a ReLU of their own in a residual block."""
    return derived.rectified_first(
        f"Every unit rectifies before it normalises, {too}",
        f"Every convolution has a ReLU of its own, before its normalisation, {too}",
        [*(f"convolution {number}" for number in range(1, units + 1)), *shortcut],
        [f"ReLU {number}" for number in range(1, units)],
        biases,
    )


def _normalised_first(graph: Graph) -> Graph:
    """Put a batch normalisation before each convolution of the main path."""
    nodes: list[Node] = []
    for node in graph.nodes.values():
        if node.name.startswith("convolution "):
            name = f"normalisation before {node.name}"
            nodes.append(Node(name, "batch_norm", node.inputs, derived.BATCH_NORM, (), name))
            node = replace(node, inputs=(name,))
        nodes.append(node)
    return graph.rebuilt(nodes)
