"""Lesson 3: `basic_block`."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np

from checks.case import Case, Images
from checks.catalogue import residual
from checks.catalogue.derived import another_default
from checks.catalogue.projection_shortcut import (
    PROJECTION_MISTAKES,
    SECTION,
    projection_shortcut,
    stride_mistakes,
)
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import Row, Rows, always, mistakes, rewired, where

_BASIC = "lesson 3, “The basic block”"


def basic_block(
    g: GraphBuilder,
    X: str,
    filters: int,
    stage: int,
    block: str,
    s: int = 1,
    strided: Collection[int] = (1,),
    always_projected: bool = False,
    padded: bool = False,
) -> str:
    """Write the reference: two 3x3 convolutions added to their input or to its projection.

    A learner may have `strided` other convolutions, `always_projected` the input, or `padded` its
    channels with zeros.
    """
    side = X
    main = g.conv("convolution 1", X, filters, 3, s if 1 in strided else 1, use_bias=False)
    main = g.batch_norm("batch normalisation 1", main)
    main = g.add("ReLU 1", "relu", main)
    main = g.conv("convolution 2", main, filters, 3, s if 2 in strided else 1, use_bias=False)
    main = g.batch_norm("batch normalisation 2", main)
    if padded:
        side = _with_channels(g, g.add("subsampling", "subsample", X, strides=(s, s)), filters)
    elif s != 1 or g.nodes[X].shape[-1] != filters or always_projected:
        side = projection_shortcut(g, X, filters, stage, block, s)
    return g.add("ReLU 2", "relu", g.add("addition", "add", main, side))


def _with_channels(g: GraphBuilder, X: str, filters: int) -> str:
    """Add zeros after the channels, or leave out the last of them."""
    more = filters - g.nodes[X].shape[-1]
    if more > 0:
        return g.add("zeros", "pad", X, pads=((0, 0), (0, 0), (0, more)))
    everything = (None, None, 1)
    return g.add("channels", "slice", X, bounds=(everything, everything, (None, filters, 1)))


def _basic_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(filters: int, channels: int, s: int, block: str) -> dict[str, Any]:
        images = residual.draw_images(generator, channels)
        return {"X": images, "filters": filters, "stage": 2, "block": block, "s": s}

    a, b = sorted(residual.draw_filters(generator, 2))
    left_out = arguments(a, a, 1, "d")
    del left_out["s"]
    # As high as there are filters, so that height and channels cannot be mixed up.
    as_high = arguments(b, a, 1, "a") | {"X": Images((b, b + 2, a))}
    cases = [
        Case("identity shortcut", arguments(a, a, 1, "b")),
        Case("projection where the stride is 2", arguments(a, a, 2, "a")),
        Case("projection where the channels change", as_high),
        Case("two blocks in one network", arguments(b, a, 2, "a"), then=arguments(a, b, 1, "b")),
        Case("s left out", left_out),
    ]
    if grading:
        cases.append(Case("projection where stride and channels change", arguments(b, a, 3, "c")))
    return cases


_END = "batch normalisation 2"
_IDENTITY = rewired("addition", _END, "input")
_PROJECTION = always(always_projected=True)
#: Learners may leave out `use_bias=False`, and before a ReLU a bias counts.
_BIASES = (False, True)

_PROJECT = 'conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, use_bias=False)'


def _projected(X: Images, filters: int, s: int = 1, **others: Any) -> bool:
    return s != 1 or X.shape[-1] != filters


_TO_ITSELF = where(
    _projected, rewired("shortcut convolution", _END), rewired("addition", _END, _END)
)


def _wrong_condition(
    projects: Callable[[int, int, int, int], bool], explanation: str, case: str
) -> Row:
    """Return the mistake of a condition that takes another shortcut where it should not.

    Args:
        projects: The condition, from the stride, the channels, the height and the filters.
        explanation: What is wrong with it.
        case: Where it fails.
    """

    def condition(X: Images, filters: int, s: int = 1, **others: Any) -> bool:
        height, _, channels = X.shape
        return projects(s, channels, height, filters)

    return (
        where(condition, _PROJECTION, _IDENTITY),
        explanation,
        f"What are the shapes of both paths when {case}?",
        "Two things can make the shapes differ: the stride and the channels. What does your "
        "condition test, and has the main path overwritten that tensor by then?",
        "Project where `s != 1 or shortcut.shape[-1] != filters`, and add the input itself "
        "otherwise.",
    )


_MISTAKES: Rows = {
    "The shortcut is never projected": _wrong_condition(
        lambda s, channels, height, filters: False,
        "The input is added as it is, even where the stride or the number of filters gives the "
        "main path another shape.",
        "the stride is 2",
    ),
    "The shortcut is projected only where the stride is not 1, not where the channels change": (
        _wrong_condition(
            lambda s, channels, height, filters: s != 1,
            "The number of channels may change even where the stride is 1, and then the input "
            "does not fit the main path. Either the condition tests the stride alone, or it looks "
            "at a tensor that the main path has overwritten.",
            "the stride is 1 and the channels change",
        )
    ),
    "The shortcut is projected only where the channels change": _wrong_condition(
        lambda s, channels, height, filters: channels != filters,
        "With a stride above 1 the main path gets smaller even where the number of channels stays "
        "the same, and then the input does not fit.",
        "the stride is 2 and the channels stay",
    ),
    "The shortcut is projected only where the stride is not 1 and the channels change": (
        _wrong_condition(
            lambda s, channels, height, filters: s != 1 and channels != filters,
            "Either of the two is enough to give the main path another shape than the input: the "
            "condition needs `or`, not `and`.",
            "the stride is 2 and the channels stay",
        )
    ),
    "The shortcut is not projected where the channels get fewer": _wrong_condition(
        lambda s, channels, height, filters: s != 1 or channels < filters,
        "With fewer filters than channels the input does not fit the main path either. What "
        "counts is that the two numbers differ.",
        "a block has fewer filters than channels",
    ),
    "The height is compared with the number of filters, not the channels": _wrong_condition(
        lambda s, channels, height, filters: s != 1 or height != filters,
        "The condition compares the number of filters with the height of the images. `X.shape` is "
        "(batch, height, width, channels): the channels are the last axis.",
        "there are as many filters as channels",
    ),
    "The shortcut is projected where it fits, and the identity where it does not": _wrong_condition(
        lambda s, channels, height, filters: s == 1 and channels == filters,
        "The condition is the wrong way round: the input is added as it is where it does not fit, "
        "and projected where it does.",
        "the stride is 2",
    ),
    "The shortcut is always projected": _wrong_condition(
        lambda s, channels, height, filters: True,
        "The input is projected even where it has the right shape. That is option C of the paper: "
        "more parameters, and no path on which the input passes unchanged.",
        "the stride is 1 and the channels stay",
    ),
    "The shortcut has zeros for new channels instead of a projection": (
        always(padded=True),
        "The new channels of the shortcut are all zeros. That is option A of the paper, which has "
        "no parameters. The exercise asks for option B, which projects the input where it does "
        "not fit.",
        "Which layer gives the shortcut its new shape?",
        "A projection learns what goes into each of the new channels.",
        f"Add `{_PROJECT}` where `s != 1 or shortcut.shape[-1] != filters`.",
    ),
    **stride_mistakes(
        {
            "The stride stands in the second convolution": (
                (2,),
                "The shape is right, but the first convolution works on s² times as many "
                "positions as in the paper.",
            ),
            "Both convolutions have the stride": (
                (1, 2),
                "Each stride divides height and width by s. The main path has two strides and "
                "divides them by s², the shortcut divides them by s, and the two cannot be added.",
            ),
        },
        "The projection has no stride",
        _PROJECT,
    ),
    "The main path is added to itself": (_TO_ITSELF, *residual.ADDED_TO_ITSELF),
    **another_default("s", 1, 2),
}

EXERCISE = NetworkExercise(
    "basic_block",
    "03_convolutional_block",
    ("X", "filters", "stage", "block", "s"),
    _basic_block_cases,
    (
        *mistakes(_BASIC, _MISTAKES),
        *mistakes(SECTION, PROJECTION_MISTAKES),
        *mistakes(
            _BASIC,
            {
                **residual.residual_mistakes(2, _BIASES),
                **residual.rectified_in(
                    2, "the shortcut's too", "shortcut convolution", biases=_BIASES
                ),
            },
        ),
    ),
    "Covered: identity and projection shortcuts, strides 1 and 2, unequal filters, two blocks "
    "in one network." + residual.GRADING,
    build=basic_block,
    keywords=frozenset({"s"}),
)
