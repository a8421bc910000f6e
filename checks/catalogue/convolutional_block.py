"""Lesson 3: `convolutional_block`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.projection_shortcut import (
    PROJECTION_MISTAKES,
    main_path_halved,
    projection_shortcut,
)
from checks.catalogue.residual import (
    GRADING,
    bottleneck,
    bottleneck_mistakes,
    default_mistake,
    draw_filters,
    draw_images,
    rectified_first,
)
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Mistake,
    Mutation,
    Reference,
    both,
    called_with,
    edited,
    ending_at,
    replaced,
    rewired,
    without,
)

_BLOCK = "lesson 3, “The block, layer by layer”"


_STRIDE = "lesson 3, “Where the stride goes”"


def convolutional_block(
    g: GraphBuilder,
    X: str,
    f: int,
    filters: Sequence[int],
    stage: int,
    block: str,
    s: int = 2,
    strided: Collection[int] = (1,),
    shortcut: Mapping[str, int] | None = None,
) -> str:
    """Write the reference: a bottleneck added to a projection of its input.

    A learner may have `strided` other convolutions of the main path, or projected with other
    arguments, which `shortcut` holds.
    """
    main = bottleneck(g, X, f, filters, s, strided)
    arguments: dict[str, Any] = {"filters": filters[-1], "s": s} | dict(shortcut or {})
    side = projection_shortcut(g, X, stage=stage, block=block, **arguments)
    return g.add("ReLU 3", "relu", g.add("addition", "add", main, side))


def _convolutional_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, s: int, block: str, fits: bool = False) -> dict[str, Any]:
        *filters, channels = draw_filters(generator, 4)
        return {
            "X": draw_images(generator, filters[-1] if fits else channels),
            "f": f,
            "filters": tuple(filters),
            "stage": 3,
            "block": block,
            "s": s,
        }

    left_out = arguments(3, 2, "a")
    del left_out["s"]
    cases = [
        Case("first call", arguments(3, 2, "a")),
        Case("other strides", arguments(3, 1, "a", fits=True)),
        Case("other kernel sizes", arguments(5, 2, "b")),
        Case("s left out", left_out),
        Case("two blocks in one network", arguments(3, 2, "a"), then=arguments(3, 1, "b")),
    ]
    if grading:
        cases += [
            Case("other strides", arguments(3, 3, "c")),
            Case("other kernel sizes", arguments(1, 2, "d")),
            Case("other kernel sizes", arguments(2, 1, "e")),
        ]
    return cases


_STRIDE_MISTAKES = (
    Mistake(
        "The stride stands in the f×f convolution",
        "The first 1×1 convolution keeps the size and the middle one reduces it. That is a later "
        "variant, known as ResNet “v1.5”: a little more accurate and slower. The paper, and the "
        "published weights of Keras, have the stride in the first 1×1 convolution.",
        (
            "Which of the three convolutions makes the feature maps smaller?",
            "Look at the picture: the s stands at the first convolution.",
            "Give `strides=s` to the first convolution and none to the second.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"strided": (2,)}),
    ),
    Mistake(
        "The stride stands in the last convolution",
        "The feature maps keep their size almost to the end of the main path: the shape is right, "
        "but the f×f convolution works on s² times as many positions as in the paper.",
        (
            "Which of the three convolutions makes the feature maps smaller?",
            "Look at the picture: the s stands at the first convolution.",
            "Give `strides=s` to the first convolution and none to the third.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"strided": (3,)}),
    ),
    Mistake(
        "Two convolutions of the main path have the stride",
        "Each stride divides height and width by s. So the main path divides them by s², and the "
        "shortcut by s.",
        (
            "How often does the main path get smaller?",
            "Only one of its convolutions has the stride.",
            "Give `strides=s` to the first convolution and to no other of the main path.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"strided": (1, 2)}),
    ),
    Mistake(
        "All three convolutions of the main path have the stride",
        "Each stride divides height and width by s, and the main path gets much smaller than the "
        "shortcut.",
        (
            "How often does the main path get smaller?",
            "Only one of its convolutions has the stride.",
            "Give `strides=s` to the first convolution and to no other of the main path.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"strided": (1, 2, 3)}),
    ),
    Mistake(
        "Only one of the two paths has the stride",
        "One path is s times smaller than the other, and they cannot be added.",
        (
            "Print the shapes of both paths before the addition.",
            "Main path and shortcut have to shrink by the same factor.",
            "Give the stride `s` to the first convolution and to the projection.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"shortcut": {"s": 1}}),
    ),
    main_path_halved(_STRIDE),
    Mistake(
        "The projection has the stride 2, whatever s says",
        "2 is the default of `projection_shortcut`. Where `s` is another number, the main path and "
        "the shortcut get different sizes.",
        (
            "What are the shapes of both paths where s is 1?",
            "Does the projection know `s`?",
            "Call `projection_shortcut(X, F3, stage, block, s)`.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"shortcut": {"s": 2}}),
    ),
    Mistake(
        "The stride is ignored",
        "Both paths keep height and width, whatever `s` says.",
        (
            "Which parameter of the function is never used?",
            "Two convolutions of the block take the stride: one on each path.",
            "Give the stride `s` to the first convolution and to the projection.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"s": 1}),
    ),
    Mistake(
        "The stride is always 2",
        "Both paths halve height and width, whatever `s` says. The first stage of ResNet50 begins "
        "with a convolutional block with s = 1.",
        (
            "Which parameter of the function is never used?",
            "2 is only the default of `s`.",
            "Give the stride `s` to the first convolution and to the projection.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"s": 2}),
    ),
)


def _projected_from(name: str) -> Mutation:
    """Let the projection read a node of the main path, with the stride 1."""

    def edit(graph: Graph) -> Graph:
        return graph.rebuilt(
            replace(node, inputs=(name,), params={**node.params, "strides": (1, 1)})
            if node.name == "shortcut convolution"
            else node
            for node in graph.nodes.values()
        )

    return edited(edit)


def _pooled_in_place_of_projected(operation: str, padding: str) -> Mutation:
    """Let a pooling of the size of the stride stand in the place of the projection."""

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        window = (arguments.get("s", 2),) * 2
        pooled = replaced(
            "shortcut convolution", operation, kernel=window, strides=window, padding=padding
        )
        return both(without("shortcut batch normalisation"), pooled)(reference, arguments)

    return mutation


def _identity_where_it_fits(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    """Add the input of a convolutional block itself where its shape allows it."""
    fits = arguments["X"].shape[-1] == arguments["filters"][-1] and arguments.get("s", 2) == 1
    identity = rewired("addition", "batch normalisation 3", "input")
    return identity(reference, arguments) if fits else reference(arguments)


_SHORTCUT_MISTAKES = (
    Mistake(
        "The filters of the main path are always 64, 64 and 256",
        "These are the filters of the blocks of stage 2. Each stage has others, which are in "
        "`filters`, and the shortcut has F3 of them.",
        (
            "Which numbers of filters stand in your main path?",
            "`filters` is (F1, F2, F3), in the order of the convolutions.",
            "Begin with `F1, F2, F3 = filters`.",
        ),
        _BLOCK,
        called_with(
            lambda arguments: {
                "filters": (64, 64, 256),
                "shortcut": {"filters": arguments["filters"][-1]},
            }
        ),
    ),
    *(
        Mistake(
            f"The shortcut is pooled, not projected: it keeps the channels{words}",
            "A pooling makes the feature maps smaller and leaves their number as it is. The main "
            "path ends with F3 channels, and so should the shortcut.",
            (
                "Print the shapes of both paths before the addition.",
                "Which layer changes the number of channels?",
                "Add `projection_shortcut(X, F3, stage, block, s)`, made from the block's input.",
            ),
            _BLOCK,
            _pooled_in_place_of_projected(operation, padding),
        )
        for operation in ("max_pool", "average_pool")
        for padding, words in (("valid", ""), ("same", " (padding “same”)"))
    ),
    Mistake(
        "The shortcut is not projected",
        "The input is added as it is, as in the identity block. Its shape is not that of the main "
        "path's output.",
        (
            "Print the shapes of both paths before the addition.",
            "Which function of this lesson brings the input to the shape of the main path?",
            "Add `projection_shortcut(X, F3, stage, block, s)`, made from the block's input.",
        ),
        _BLOCK,
        rewired("addition", "batch normalisation 3", "input"),
    ),
    Mistake(
        "The shortcut projects to the wrong number of channels",
        "The shortcut has as many channels as the first convolution of the main path. It is added "
        "to the output of the last.",
        (
            "Print the shapes of both paths before the addition.",
            "With how many channels does the main path end?",
            "Project to F3 channels.",
        ),
        _BLOCK,
        called_with(lambda arguments: {"shortcut": {"filters": arguments["filters"][0]}}),
    ),
    Mistake(
        "The shortcut starts at the end of the main path",
        "The projection reads the output of the main path. By then the name `X` no longer stands "
        "for the block's input.",
        (
            "What does the name `X` stand for at the line that makes the shortcut?",
            "Both paths start at the block's input.",
            "Make the shortcut before the first convolution of the main path.",
        ),
        _BLOCK,
        rewired("shortcut convolution", "batch normalisation 3"),
    ),
    Mistake(
        "The shortcut projects the end of the main path",
        "The projection reads the output of the main path, so nothing leads around it. By then the "
        "name `X` no longer stands for the block's input.",
        (
            "What does the name `X` stand for at the line that makes the shortcut?",
            "Both paths start at the block's input.",
            "Make the shortcut before the first convolution of the main path.",
        ),
        _BLOCK,
        _projected_from("batch normalisation 3"),
    ),
    Mistake(
        "The shortcut starts after the first unit",
        "The projection reads the output of the first unit of the main path. The first convolution "
        "then has no way around it.",
        (
            "What does the name `X` stand for at the line that makes the shortcut?",
            "Both paths start at the block's input.",
            "Make the shortcut before the first convolution, with the stride `s`.",
        ),
        _BLOCK,
        _projected_from("ReLU 1"),
    ),
    Mistake(
        "The shortcut starts after the second unit",
        "The projection reads the output of the second unit of the main path. The first two "
        "convolutions then have no way around them.",
        (
            "What does the name `X` stand for at the line that makes the shortcut?",
            "Both paths start at the block's input.",
            "Make the shortcut before the first convolution, with the stride `s`.",
        ),
        _BLOCK,
        _projected_from("ReLU 2"),
    ),
    Mistake(
        "The shortcut projects to F2 channels, not F3",
        "The shortcut has as many channels as the second convolution of the main path. It is added "
        "to the output of the last.",
        (
            "Print the shapes of both paths before the addition.",
            "With how many channels does the main path end?",
            "Project to F3 channels.",
        ),
        _BLOCK,
        called_with(lambda arguments: {"shortcut": {"filters": arguments["filters"][1]}}),
    ),
    Mistake(
        "The shortcut is projected only where the shapes differ",
        "That is right for the basic block. The convolutional block always projects: it is the "
        "first of its stage.",
        (
            "Which condition do you test before you make the shortcut?",
            "The convolutional block has one form only.",
            "Project without asking.",
        ),
        _BLOCK,
        _identity_where_it_fits,
    ),
    Mistake(
        "The shortcut's kernel is f × f",
        "`f` is the size of the middle kernel of the main path. The projection is 1×1: it mixes "
        "channels, pixel by pixel.",
        (
            "How large is the kernel of a projection?",
            "Only one of the four convolutions of the block uses `f`.",
            "Give the shortcut's convolution a 1×1 kernel.",
        ),
        _BLOCK,
        called_with(lambda arguments: {"shortcut": {"kernel": arguments["f"]}}),
    ),
    Mistake(
        "The shortcut is returned, not the sum",
        "The main path is computed and thrown away.",
        (
            "Which name stands behind `return`?",
            "The addition reads both paths, and the last ReLU reads the addition.",
            "Return the output of the last ReLU.",
        ),
        _BLOCK,
        ending_at("shortcut batch normalisation"),
    ),
    default_mistake("s", 2, 1, _BLOCK),
)


EXERCISE = NetworkExercise(
    "convolutional_block",
    "03_convolutional_block",
    ("X", "f", "filters", "stage", "block", "s"),
    _convolutional_block_cases,
    (
        *_STRIDE_MISTAKES,
        *_SHORTCUT_MISTAKES,
        *PROJECTION_MISTAKES,
        *bottleneck_mistakes(_BLOCK),
        *rectified_first(_BLOCK, units=3, shortcut=True),
    ),
    "Covered: both paths layer by layer, strides 1 and 2, kernels from 3 to 5, unequal "
    "filters, two blocks in one network." + GRADING,
    build=convolutional_block,
    keywords=frozenset({"s"}),
)
