"""What the exercises on residual blocks have in common: lessons 2 and 3."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Images
from checks.graph import Graph, GraphBuilder, Node
from checks.mistakes import (
    Mistake,
    Mutation,
    Reference,
    both,
    called_with,
    changed,
    edited,
    ending_at,
    inserted_after,
    replaced,
    where_they_fit,
    without,
)

GRADING = " Grading draws other shapes, filters and kernels."

BATCH_NORM = {"axis": 3, "epsilon": 1e-3, "center": True, "scale": True, "training": None}


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


def always(**arguments: Any) -> Mutation:
    """Build the reference with these arguments, whatever was given."""
    return called_with(lambda given: arguments)


def default_mistake(name: str, default: int, wrong: int, section: str) -> Mistake:
    """Return the mistake of another default value of a parameter."""
    return Mistake(
        f"The default of {name} is {wrong}, not {default}",
        f"Without an argument for `{name}` the function should use {default}, as its first line "
        "in the lesson says.",
        (
            "Compare the first line of your function with that of the lesson.",
            f"What is `{name}` when the call does not say?",
            f"Write `{name}={default}` in the first line.",
        ),
        section,
        called_with(lambda arguments: {} if name in arguments else {name: wrong}),
    )


def bottleneck_mistakes(section: str) -> tuple[Mistake, ...]:
    """Return the mistakes that both bottleneck blocks share.

    Args:
        section: Where the lesson explains the block.
    """
    return (
        *residual_mistakes(section, units=3),
        Mistake(
            "The kernel size f is ignored",
            "The middle convolution is always 3×3, whatever `f` says.",
            (
                "Which parameter of the function is never used?",
                "`f` is the size of one of the three kernels.",
                "Give `f` to the second convolution.",
            ),
            section,
            called_with(lambda arguments: {"f": 3}),
        ),
        Mistake(
            "The filters are taken in the wrong order",
            "The first convolution has the number of filters of the second, and the second that "
            "of the first.",
            (
                "Which number of filters does each convolution get?",
                "`filters` is (F1, F2, F3), in the order of the convolutions.",
                "Unpack them as `F1, F2, F3 = filters`.",
            ),
            section,
            called_with(lambda arguments: {"filters": _swapped(*arguments["filters"])}),
        ),
        Mistake(
            "The filters are taken in reversed order",
            "The first convolution has the number of filters of the last, and the last that of the "
            "first.",
            (
                "Which number of filters does each convolution get?",
                "`filters` is (F1, F2, F3), in the order of the convolutions.",
                "Unpack them as `F1, F2, F3 = filters`.",
            ),
            section,
            called_with(lambda arguments: {"filters": tuple(arguments["filters"])[::-1]}),
        ),
        Mistake(
            "The filters are always 64, 64 and 256",
            "These are the filters of the blocks of stage 2. Each stage has others, which are in "
            "`filters`.",
            (
                "Which parameter of the function is never used?",
                "`filters` is (F1, F2, F3), in the order of the convolutions.",
                "Begin with `F1, F2, F3 = filters`.",
            ),
            section,
            called_with(lambda arguments: {"filters": (64, 64, 256)}),
        ),
        Mistake(
            "The middle convolution has no padding",
            "With “valid” padding an f×f convolution makes the feature maps f − 1 pixels smaller, "
            "and the main path no longer fits the shortcut.",
            (
                "Which of the three convolutions can change height and width by itself?",
                "An f×f kernel needs zeros around the feature maps to keep their size.",
                'Give the second convolution `padding="same"`, or use `conv_bn`.',
            ),
            section,
            changed("convolution 2", padding="valid"),
        ),
    )


def _swapped(F1: int, F2: int, F3: int) -> tuple[int, int, int]:
    return F2, F1, F3


def residual_mistakes(section: str, units: int) -> tuple[Mistake, ...]:
    """Return the mistakes that all residual blocks share.

    Args:
        section: Where the lesson explains the block.
        units: Number of convolutions on the main path, 2 or 3.
    """
    nth = {1: "first", 2: "second", 3: "third"}
    last = f"batch normalisation {units}"
    return (
        *_addition_mistakes(section),
        Mistake(
            "The ReLU after the addition is missing",
            "The block returns the sum as it is. The paper rectifies it once more: without that, "
            "the blocks of a network are joined by nothing but additions.",
            (
                "What does the block do with the sum?",
                "Compare your last layer with the picture of the block.",
                "Apply `layers.ReLU()` to the sum and return the result.",
            ),
            section,
            without(f"ReLU {units}"),
        ),
        Mistake(
            "A ReLU stands before the addition",
            "The main path is rectified before it is added. It can then only add, never take "
            "away from the shortcut, and the block's output grows from block to block.",
            (
                "How many ReLUs lie on the main path before the addition?",
                f"The {nth[units]} unit of the main path has no ReLU of its own.",
                "Move the last ReLU behind the addition.",
            ),
            section,
            both(inserted_after(last, "relu"), without(f"ReLU {units}")),
        ),
        Mistake(
            "There is one ReLU too many: before the addition as well as after it",
            "The main path is rectified before it is added. It can then only add to the shortcut, "
            "never take anything away from it.",
            (
                "How many ReLUs does the block have in the picture?",
                f"The {nth[units]} unit of the main path has no ReLU of its own.",
                f"Take out the ReLU between the {nth[units]} normalisation and the addition.",
            ),
            section,
            inserted_after(last, "relu"),
        ),
        *(
            Mistake(
                f"The ReLU after the {nth[number]} convolution is missing",
                "Two convolutions without a nonlinear function in between are one linear map.",
                (
                    "Count the ReLUs on the main path.",
                    "A ReLU follows every unit of the main path but the last.",
                    f"Apply `layers.ReLU()` after the {nth[number]} batch normalisation.",
                ),
                section,
                without(f"ReLU {number}"),
            )
            for number in range(1, units)
        ),
        Mistake(
            "The batch normalisations are missing",
            "No unit of the block normalises its output.",
            (
                "What follows each convolution?",
                "Each convolution has a batch normalisation after it.",
                "Use the unit of lesson 2, `conv_bn`.",
            ),
            section,
            without("*batch normalisation*"),
        ),
        Mistake(
            "The last batch normalisation is missing",
            f"The {nth[units]} unit ends with its convolution. What is added to the shortcut then "
            "has a size that nothing controls.",
            (
                "What follows each convolution?",
                "Count the batch normalisations.",
                f"Normalise the output of the {nth[units]} convolution before the addition.",
            ),
            section,
            without(last),
        ),
        Mistake(
            "The ReLU comes before the batch normalisation",
            "Where a unit has a ReLU, it stands before the normalisation. The paper normalises "
            "right after the convolution and then rectifies.",
            (
                "In which order come convolution, normalisation and ReLU?",
                "The statistics should be those of the convolution's output.",
                "Swap the ReLU and the batch normalisation.",
            ),
            section,
            both(
                without(*(f"ReLU {number}" for number in range(1, units))),
                *(inserted_after(f"convolution {number}", "relu") for number in range(1, units)),
            ),
        ),
        *rectified_first(section, units),
        Mistake(
            "The batch normalisations come before the convolutions",
            "Each unit normalises what it reads, not what its convolution computes. The paper "
            "normalises right after the convolution.",
            (
                "In which order come convolution, normalisation and ReLU?",
                "The statistics should be those of the convolution's output.",
                "Apply each normalisation to the result of its convolution.",
            ),
            section,
            both(
                without(*(f"batch normalisation {number}" for number in range(1, units + 1))),
                _normalised_first,
            ),
        ),
        Mistake(
            "Batch normalisation is fixed to training mode",
            "`training=True` is built into the network. Wherever the model is called without a "
            "mode, as in `model(images)`, it then normalises with the statistics of the batch: an "
            "answer depends on the other images of its batch.",
            (
                "Is there an argument `training` in your code?",
                "Keras sets the mode by itself in `fit` and `predict`.",
                "Call the normalisation with nothing but its input.",
            ),
            section,
            changed("*batch normalisation*", training=True),
        ),
        *(
            Mistake(
                f"The {nth[number]} batch normalisation is fixed to training mode",
                "`training=True` is built into one of the calls. Wherever the model is called "
                "without a mode, as in `model(images)`, that normalisation takes the statistics of "
                "the batch, and the others take those that training has collected.",
                (
                    "Are all normalisations called alike?",
                    "Keras sets the mode by itself in `fit` and `predict`.",
                    f"Take `training=True` out of the call of the {nth[number]} normalisation.",
                ),
                section,
                changed(f"batch normalisation {number}", training=True),
            )
            for number in range(1, units + 1)
        ),
        Mistake(
            "The wrong variable is returned",
            "The block returns what it had before the addition. The shortcut is computed and never "
            "used.",
            (
                "Which name stands behind `return`?",
                "The result of the addition must go on to the last ReLU.",
                "Return the output of the last ReLU.",
            ),
            section,
            ending_at(last),
        ),
        Mistake(
            "The input is returned unchanged",
            "Whatever the function computes, it returns the tensor that it was given.",
            (
                "Which name stands behind `return`?",
                "What does that name stand for at the end of your function?",
                "Return the output of the last ReLU.",
            ),
            section,
            ending_at("input"),
        ),
        Mistake(
            "The last batch normalisation stands after the addition",
            "The sum is normalised, and with it the shortcut: the input no longer passes "
            "unchanged.",
            (
                "What does each batch normalisation read?",
                "Each of them follows a convolution.",
                f"Normalise the output of the {nth[units]} convolution, then add.",
            ),
            section,
            both(without(last), inserted_after("addition", "batch_norm", **BATCH_NORM)),
        ),
    )


def _normalised_first(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    """Put a batch normalisation before each convolution of the main path."""

    def edit(graph: Graph) -> Graph:
        nodes: list[Node] = []
        for node in graph.nodes.values():
            if node.name.startswith("convolution "):
                name = f"normalisation before {node.name}"
                nodes.append(Node(name, "batch_norm", node.inputs, BATCH_NORM, (), name))
                node = replace(node, inputs=(name,))
            nodes.append(node)
        return graph.rebuilt(nodes)

    return edit(reference(arguments))


def rectified_first(section: str, units: int, shortcut: bool = False) -> tuple[Mistake, ...]:
    """Return the mistakes of convolutions with a ReLU of their own, before the normalisation.

    Args:
        section: Where the lesson explains the block.
        units: Number of convolutions on the main path.
        shortcut: Whether the projection of the shortcut has one too.
    """
    numbers = range(1, units + 1)
    rectified = [inserted_after(f"convolution {number}", "relu") for number in numbers]
    others = without(*(f"ReLU {number}" for number in numbers[:-1]))
    too = "the shortcut's too" if shortcut else "the last one too"
    if shortcut:
        rectified.append(inserted_after("shortcut convolution", "relu"))
    return tuple(
        Mistake(
            title.format(too),
            explanation,
            (
                "In which order come convolution, normalisation and ReLU?",
                'A convolution with `activation="relu"` rectifies before the normalisation.',
                "Take the activations out of the convolutions; apply `layers.ReLU()` after every "
                "normalisation of the main path but the last.",
            ),
            section,
            mutation,
        )
        for title, explanation, steps in (
            (
                "Every unit rectifies before it normalises, {}",
                "Each convolution has a ReLU of its own, and the batch normalisation comes after "
                "it. The paper normalises right after the convolution; the last unit of the main "
                "path and the shortcut have no ReLU.",
                [others, *rectified],
            ),
            (
                "Every convolution has a ReLU of its own, before its normalisation, {}",
                "These ReLUs come in addition to those of the block. The paper normalises right "
                "after the convolution and rectifies only then.",
                rectified,
            ),
        )
        for mutation in (where_they_fit(*steps), where_they_fit(_BIASED, *steps))
    )


#: Before a ReLU a bias counts: convolutions have one unless they are told to have none.
_BIASED = changed("convolution ?", use_bias=True)


def _addition_mistakes(section: str) -> tuple[Mistake, ...]:
    """Return the ways not to join the two paths of a block."""
    return (
        Mistake(
            "The shortcut is missing",
            "Nothing is added to the main path. This is a plain network: the very thing that "
            "stops learning when it gets deep.",
            (
                "Where does your block use its input a second time?",
                "Keep the input under a second name before the first convolution.",
                "Add the shortcut to the main path with `layers.Add()` before the last ReLU.",
            ),
            section,
            without("addition"),
        ),
        Mistake(
            "Something other than the sum joins the two paths: they are concatenated",
            "Concatenation puts the channels side by side. A residual block adds number to number.",
            (
                "How are the two paths joined in the equation of the block?",
                "The output is F(x) plus the shortcut.",
                "Use `layers.Add()`.",
            ),
            section,
            replaced("addition", "concatenate", axis=-1),
        ),
        Mistake(
            "Something other than the sum joins the two paths: they are multiplied",
            "A product is large only where both paths are large, and its gradient vanishes where "
            "either does. A residual block adds.",
            (
                "How are the two paths joined in the equation of the block?",
                "The output is F(x) plus the shortcut.",
                "Use `layers.Add()`.",
            ),
            section,
            replaced("addition", "multiply"),
        ),
        Mistake(
            "Something other than the sum joins the two paths: their mean",
            "The mean halves the shortcut in every block: after ten blocks a thousandth is left "
            "of the input. A residual block adds.",
            (
                "How are the two paths joined in the equation of the block?",
                "The output is F(x) plus the shortcut.",
                "Use `layers.Add()`, not `layers.Average()`.",
            ),
            section,
            replaced("addition", "average"),
        ),
    )
