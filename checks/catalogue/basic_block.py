"""Lesson 3: `basic_block`."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import numpy as np

from checks.case import Case, Images
from checks.catalogue.projection_shortcut import (
    PROJECTION_MISTAKES,
    main_path_halved,
    projection_shortcut,
)
from checks.catalogue.residual import (
    GRADING,
    default_mistake,
    draw_filters,
    draw_images,
    rectified_first,
    residual_mistakes,
)
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Mistake,
    Mutation,
    Reference,
    called_with,
    changed,
    rewired,
)

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
    """Add zeros behind the channels, or leave out the last of them."""
    more = filters - g.nodes[X].shape[-1]
    if more > 0:
        return g.add("zeros", "pad", X, pads=((0, 0), (0, 0), (0, more)))
    everything = (None, None, 1)
    return g.add("channels", "slice", X, bounds=(everything, everything, (None, filters, 1)))


def _basic_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(filters: int, channels: int, s: int, block: str) -> dict[str, Any]:
        images = draw_images(generator, channels)
        return {"X": images, "filters": filters, "stage": 2, "block": block, "s": s}

    a, b = sorted(draw_filters(generator, 2))
    left_out = arguments(a, a, 1, "d")
    del left_out["s"]
    # As high as there are filters, so that height and channels cannot be mixed up.
    as_high = arguments(b, a, 1, "a") | {"X": Images((b, b + 2, a))}
    cases = [
        Case("identity shortcut", arguments(a, a, 1, "b")),
        Case("projection where the stride is 2", arguments(a, a, 2, "a")),
        Case("projection where the channels change", as_high),
        Case(
            "two blocks in one network",
            arguments(b, a, 2, "a"),
            then=arguments(a, b, 1, "b"),
        ),
        Case("s left out", left_out),
    ]
    if grading:
        cases.append(Case("projection where stride and channels change", arguments(b, a, 3, "c")))
    return cases


def _identity_where(condition: Callable[[Mapping[str, Any]], bool]) -> Mutation:
    """Add the block's input itself wherever a condition on the arguments holds."""
    identity = rewired("addition", "batch normalisation 2", "input")

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        return identity(reference, arguments) if condition(arguments) else reference(arguments)

    return mutation


def _fits(arguments: Mapping[str, Any]) -> bool:
    same_channels = arguments["X"].shape[-1] == arguments["filters"]
    return bool(same_channels and arguments.get("s", 1) == 1)


def _projected_where_it_fits(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    always = called_with(lambda arguments: {"always_projected": True})
    mutation = always if _fits(arguments) else _identity_where(lambda arguments: True)
    return mutation(reference, arguments)


def _projected_by_the_height(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    """Add the input itself where its height is the number of filters, and the stride is 1."""
    fits = arguments["X"].shape[0] == arguments["filters"] and arguments.get("s", 1) == 1
    always = called_with(lambda arguments: {"always_projected": True})
    mutation = _identity_where(lambda arguments: True) if fits else always
    return mutation(reference, arguments)


def _identity_of_the_main_path(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    """Add the main path to itself where the shortcut is the identity."""
    twice = rewired("addition", "batch normalisation 2", "batch normalisation 2")
    projected = rewired("shortcut convolution", "batch normalisation 2")
    mutation = twice if _fits(arguments) else projected
    return mutation(reference, arguments)


_BASIC_MISTAKES = (
    Mistake(
        "The shortcut is never projected",
        "The input is added as it is even where its shape is not that of the main path's output.",
        (
            "What are the shapes of both paths where the stride is 2?",
            "The block has two forms. Which condition decides between them?",
            "Project the input where `s` is not 1 or the channels change.",
        ),
        _BASIC,
        _identity_where(lambda arguments: True),
    ),
    Mistake(
        "The shortcut is projected only where the stride is not 1, not where the channels change",
        "With the stride 1 the number of channels may change as well, and then the input does not "
        "fit the main path either. Either the condition tests the stride alone, or it looks at a "
        "tensor that the main path has overwritten by then.",
        (
            "What are the shapes of both paths where the stride is 1 and the channels change?",
            "Which tensor does your condition look at, and has it been overwritten by then?",
            "Keep the input as `shortcut`, and project where "
            "`s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _identity_where(lambda arguments: arguments.get("s", 1) == 1),
    ),
    Mistake(
        "The shortcut is projected only where the channels change",
        "With a stride above 1 the main path gets smaller even if the number of channels stays, "
        "and then the input does not fit it either.",
        (
            "What are the shapes of both paths where the stride is 2 and the channels stay?",
            "Two things can make the shapes differ. Which of them does your condition test?",
            "Project where `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _identity_where(lambda arguments: arguments["X"].shape[-1] == arguments["filters"]),
    ),
    Mistake(
        "The shortcut is projected only where the stride is not 1 and the channels change",
        "One of the two is enough to give the main path another shape than the input.",
        (
            "What are the shapes of both paths where the stride is 2 and the channels stay?",
            "Two things can make the shapes differ. How does your condition join them?",
            "Write `or` in place of `and`: `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _identity_where(
            lambda arguments: (
                arguments.get("s", 1) == 1 or arguments["X"].shape[-1] == arguments["filters"]
            )
        ),
    ),
    Mistake(
        "The shortcut is not projected where the channels get fewer",
        "With fewer filters than channels the input does not fit the main path either.",
        (
            "What are the shapes of both paths where a block has fewer filters than channels?",
            "Which comparison tells that two numbers differ?",
            "Project where `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _identity_where(
            lambda arguments: (
                arguments.get("s", 1) == 1 and arguments["X"].shape[-1] >= arguments["filters"]
            )
        ),
    ),
    Mistake(
        "The height is compared with the number of filters, not the channels",
        "`X.shape` begins with the batch, then come height and width. The channels are the last "
        "axis.",
        (
            "What are the four numbers of `X.shape`?",
            "The channels are the last axis, number 3 or −1.",
            "Project where `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _projected_by_the_height,
    ),
    main_path_halved(_BASIC),
    Mistake(
        "The projection has the stride 2, whatever s says",
        "2 is the default of `projection_shortcut`. Where `s` is another number, the main path and "
        "the shortcut get different sizes.",
        (
            "What are the shapes of both paths where the stride is 1?",
            "Does the projection know `s`?",
            'Write `conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, '
            "use_bias=False)`.",
        ),
        _BASIC,
        changed("shortcut convolution", strides=(2, 2)),
    ),
    Mistake(
        "The shortcut has zeros for new channels instead of a projection",
        "That is option A of the paper: no parameters, and new channels that carry nothing. The "
        "exercise asks for option B, which projects the input where it does not fit.",
        (
            "Which layer gives the shortcut its new shape?",
            "A projection learns what goes into each of the new channels.",
            "Use a 1×1 `conv_bn` with the stride `s` and without a bias where "
            "`s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        called_with(lambda arguments: {"padded": True}),
    ),
    Mistake(
        "The shortcut is always projected",
        "The input is projected even where it fits. That is option C of the paper: more "
        "parameters, and no path on which the input passes unchanged.",
        (
            "When does the input already have the shape of the main path's output?",
            "Where it fits, the shortcut is the input itself.",
            "Project only where `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        called_with(lambda arguments: {"always_projected": True}),
    ),
    Mistake(
        "The stride stands in the second convolution",
        "The first convolution keeps the size and the second reduces it. The shape is right, but "
        "the first convolution works on s² times as many positions as in the paper.",
        (
            "Which of the two convolutions makes the feature maps smaller?",
            "The stride belongs to the first layer of each path.",
            "Give `strides=s` to the first convolution and none to the second.",
        ),
        _BASIC,
        called_with(lambda arguments: {"strided": (2,)}),
    ),
    Mistake(
        "Both convolutions have the stride",
        "Each stride divides height and width by s. So the main path divides them by s², and the "
        "shortcut by s.",
        (
            "How often does the main path get smaller?",
            "Only one of its convolutions has the stride.",
            "Give `strides=s` to the first convolution and none to the second.",
        ),
        _BASIC,
        called_with(lambda arguments: {"strided": (1, 2)}),
    ),
    Mistake(
        "The stride is ignored",
        "The block keeps height and width, whatever `s` says.",
        (
            "Which parameter of the function is never used?",
            "The first convolution takes the stride, and so does the projection.",
            "Give the stride `s` to the first convolution and to the projection.",
        ),
        _BASIC,
        called_with(lambda arguments: {"s": 1}),
    ),
    Mistake(
        "The projection has no stride",
        "The main path gets smaller and the shortcut does not, so they cannot be added.",
        (
            "Print the shapes of both paths before the addition.",
            "Main path and shortcut have to shrink by the same factor.",
            "Give the stride `s` to the projection too.",
        ),
        _BASIC,
        changed("shortcut convolution", strides=(1, 1)),
    ),
    Mistake(
        "The shortcut is projected where it fits, and the identity where it does not",
        "The condition is the wrong way round.",
        (
            "What are the shapes of both paths where the stride is 2?",
            "Does your condition test that the shapes are equal or that they differ?",
            "Project where `s != 1 or shortcut.shape[-1] != filters`, else add the input.",
        ),
        _BASIC,
        _projected_where_it_fits,
    ),
    Mistake(
        "The main path is added to itself",
        "Either the addition reads the same tensor twice, or the shortcut was taken after the main "
        "path had overwritten `X`.",
        (
            "Which two tensors does the addition read?",
            "The shortcut is the input as it came in, or its projection.",
            "Write `shortcut = X` before the first convolution, and add `shortcut` to `X`.",
        ),
        _BASIC,
        _identity_of_the_main_path,
    ),
    default_mistake("s", 1, 2, _BASIC),
)


EXERCISE = NetworkExercise(
    "basic_block",
    "03_convolutional_block",
    ("X", "filters", "stage", "block", "s"),
    _basic_block_cases,
    (
        *_BASIC_MISTAKES,
        *PROJECTION_MISTAKES,
        *residual_mistakes(_BASIC, units=2),
        *rectified_first(_BASIC, units=2, shortcut=True),
    ),
    "Covered: identity and projection shortcuts, strides 1 and 2, unequal filters, two blocks "
    "in one network." + GRADING,
    build=basic_block,
    keywords=frozenset({"s"}),
)
