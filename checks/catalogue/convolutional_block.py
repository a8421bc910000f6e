"""Lesson 3: `convolutional_block`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case, Images
from checks.catalogue import residual
from checks.catalogue.derived import NTH, PATHS, START, another_default, ignored, returned
from checks.catalogue.projection_shortcut import (
    KERNEL,
    PROJECTION_MISTAKES,
    SECTION,
    projection_shortcut,
    stride_mistakes,
)
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Mutation,
    Reference,
    Rows,
    both,
    called_with,
    hinted,
    mistakes,
    replaced,
    rewired,
    rewritten,
    where,
    without,
)


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
    main = residual.bottleneck(g, X, f, filters, s, strided)
    arguments: dict[str, Any] = {"filters": filters[-1], "s": s} | dict(shortcut or {})
    side = projection_shortcut(g, X, stage=stage, block=block, **arguments)
    return g.add("ReLU 3", "relu", g.add("addition", "add", main, side))


def _convolutional_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, s: int, block: str, fits: bool = False) -> dict[str, Any]:
        *filters, channels = residual.draw_filters(generator, 4)
        return {
            "X": residual.draw_images(generator, filters[-1] if fits else channels),
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


def _projected_from(name: str) -> Mutation:
    """Let the projection read a node of the main path, with the stride 1."""
    return rewritten(
        "shortcut convolution",
        lambda node: replace(node, inputs=(name,), params={**node.params, "strides": (1, 1)}),
    )


def _pooled_in_place_of_projected(operation: str, padding: str) -> Mutation:
    """Put a pooling of the size of the stride in place of the projection."""

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        window = (arguments.get("s", 2),) * 2
        pooled = replaced(
            "shortcut convolution", operation, kernel=window, strides=window, padding=padding
        )
        return both(without("shortcut batch normalisation"), pooled)(reference, arguments)

    return mutation


def _fits(X: Images, filters: Sequence[int], s: int = 2, **others: Any) -> bool:
    return s == 1 and X.shape[-1] == filters[-1]


V1_5 = (
    "The stride is in the middle convolution, not in the first. That is a later variant, known as "
    "ResNet “v1.5”: a little more accurate, and slower. The paper and the published weights of "
    "Keras have the stride in the first 1×1 convolution."
)

_PROJECT = "projection_shortcut(X, F3, stage, block, s)"

_STRIDE_MISTAKES: Rows = {
    **stride_mistakes(
        {
            "The stride stands in the f×f convolution": ((2,), V1_5),
            "The stride stands in the last convolution": (
                (3,),
                "The shape is right, but the f×f convolution works on s² times as many positions "
                "as in the paper.",
            ),
            "Two convolutions of the main path have the stride": (
                (1, 2),
                "Each stride divides height and width by s. The main path has two strides and "
                "divides them by s², the shortcut divides them by s, and the two cannot be added.",
            ),
            "All three convolutions of the main path have the stride": (
                (1, 2, 3),
                "Each stride divides height and width by s. The main path has three strides and "
                "divides them by s³, the shortcut divides them by s, and the two cannot be added.",
            ),
        },
        "Only one of the two paths has the stride",
        _PROJECT,
    ),
    "The stride is always 2": ignored(
        "Both paths halve height and width, whatever `s` says. The first stage of ResNet50 begins "
        "with a convolutional block with s = 1.",
        "Give the stride `s` to the first convolution and to the projection.",
        s=2,
    ),
}

_SHORTCUT_MISTAKES: Rows = {
    "The filters of the main path are always 64, 64 and 256": (
        called_with(
            lambda filters, **others: {
                "filters": (64, 64, 256),
                "shortcut": {"filters": filters[-1]},
            }
        ),
        "The main path has the numbers of filters of stage 2, and only the shortcut uses "
        "`filters`. Every stage has its own numbers.",
        "Which numbers of filters does your main path have?",
        "`filters` is (F1, F2, F3), in the order of the convolutions.",
        "Begin with `F1, F2, F3 = filters`.",
    ),
    **hinted(
        {
            **{
                f"The shortcut is pooled, not projected: it keeps the channels{words}": (
                    tuple(
                        _pooled_in_place_of_projected(operation, padding)
                        for operation in ("max_pool", "average_pool")
                    ),
                    "A pooling makes the feature maps smaller and leaves the number of channels "
                    "as it is. The main path ends with F3 channels, so the shortcut needs as "
                    "many.",
                )
                for padding, words in (("valid", ""), ("same", " (padding “same”)"))
            },
            "The shortcut is not projected": (
                rewired("addition", "batch normalisation 3", "input"),
                "The input is added as it is, as in the identity block. Here the main path "
                "changes the shape, so the shortcut has to be projected to the same one.",
            ),
            "The shortcut projects to the wrong number of channels": (
                called_with(lambda filters, **others: {"shortcut": {"filters": filters[0]}}),
                "The shortcut has F1 channels, as many as the first convolution. The end of the "
                "main path, which it is added to, has F3.",
            ),
            "The shortcut projects to F2 channels, not F3": (
                called_with(lambda filters, **others: {"shortcut": {"filters": filters[1]}}),
                "The shortcut has F2 channels, as many as the second convolution. The end of the "
                "main path, which it is added to, has F3.",
            ),
        },
        PATHS,
        "With how many channels does the main path end, and which layer gives as many?",
        f"Add `{_PROJECT}`, made from the block's input.",
    ),
    **hinted(
        {
            "The shortcut starts at the end of the main path": (
                rewired("shortcut convolution", "batch normalisation 3"),
                "The projection reads the end of the main path, which has become smaller already, "
                "instead of the block's input.",
            ),
            "The shortcut projects the end of the main path": (
                _projected_from("batch normalisation 3"),
                "The projection reads the end of the main path instead of the block's input, so "
                "nothing leads around the main path.",
            ),
            **{
                f"The shortcut starts after the {NTH[number]} unit": (
                    _projected_from(f"ReLU {number}"),
                    "The projection reads the output of a unit of the main path instead of the "
                    "block's input, so nothing leads around what comes before.",
                )
                for number in (1, 2)
            },
        },
        START.replace("saves", "makes"),
        "Both paths start at the block's input.",
        "Make the shortcut before the first convolution of the main path, with the stride `s`.",
    ),
    "The shortcut is projected only where the shapes differ": (
        where(_fits, rewired("addition", "batch normalisation 3", "input")),
        "That is the rule of the basic block. The convolutional block is the first of its stage "
        "and always projects, even where the input would fit.",
        "Which condition do you test before you make the shortcut?",
        "The convolutional block has one form only.",
        "Project the input in every call, without a condition.",
    ),
    "The shortcut's kernel is f × f": (
        called_with(lambda f, **others: {"shortcut": {"kernel": f}}),
        "`f` is the size of the middle kernel of the main path. The projection mixes the channels "
        "of one pixel at a time, so its kernel is 1×1.",
        *KERNEL,
        "Give the shortcut's convolution a 1×1 kernel.",
    ),
    "The shortcut is returned, not the sum": returned(
        "shortcut batch normalisation",
        "The block returns its shortcut, so the main path is computed and thrown away.",
        "the output of the last ReLU",
    ),
    **another_default("s", 2, 1),
}

EXERCISE = NetworkExercise(
    "convolutional_block",
    "03_convolutional_block",
    ("X", "f", "filters", "stage", "block", "s"),
    _convolutional_block_cases,
    (
        *mistakes("lesson 3, “Where the stride goes”", _STRIDE_MISTAKES),
        *mistakes("lesson 3, “The block, layer by layer”", _SHORTCUT_MISTAKES),
        *mistakes(SECTION, PROJECTION_MISTAKES),
        *mistakes(
            "lesson 3, “The block, layer by layer”",
            {
                **residual.bottleneck_mistakes(),
                **residual.rectified_in(3, "the shortcut's too", "shortcut convolution"),
            },
        ),
    ),
    "Covered: both paths layer by layer, strides 1 and 2, kernels from 3 to 5, unequal "
    "filters, two blocks in one network." + residual.GRADING,
    build=convolutional_block,
    keywords=frozenset({"s"}),
)
