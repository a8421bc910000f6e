"""Lesson 3: `projection_shortcut`."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from checks.case import Case
from checks.catalogue import derived
from checks.catalogue.residual import GRADING, draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import Rows, always, called_with, changed, hinted, mistakes

SECTION = "lesson 3, “The projection shortcut”"

KERNEL = ("How large is the kernel of a projection?", "It only mixes channels, pixel by pixel.")


def projection_shortcut(
    g: GraphBuilder,
    X: str,
    filters: int,
    stage: int,
    block: str,
    s: int = 2,
    kernel: int = 1,
    pooled: bool = False,
) -> str:
    """Write the reference: 1x1 convolution with a stride, then batch normalisation.

    A learner may have taken a larger `kernel`, or `pooled` instead of taking strides.
    """
    if pooled and s > 1:
        X = g.add("pooling", "average_pool", X, kernel=(s, s), strides=(s, s), padding="same")
        s = 1
    X = g.conv("shortcut convolution", X, filters, kernel, s)
    return g.batch_norm("shortcut batch normalisation", X)


PROJECTION_MISTAKES: Rows = {
    "The shortcut has no batch normalisation": derived.missing(
        "shortcut batch normalisation",
        "shortcut convolution",
        "The projection ends with its convolution. The main path is normalised before the "
        "addition, and the shortcut should be as well; otherwise the larger of the two drowns the "
        "other.",
    ),
    **derived.rectified(
        "shortcut ",
        "The shortcut has a ReLU",
        "A ReLU stands between the shortcut's convolution and its normalisation",
        "The projection is rectified before it is added, so only what is positive passes. The "
        "shortcut should let everything through.",
    ),
    **derived.fixed_modes("shortcut batch normalisation"),
    "The shortcut's kernel is too large": (
        changed("shortcut convolution", kernel=(3, 3)),
        "The projection has a 3×3 kernel. A 1×1 kernel is enough to change the number of "
        "channels, and costs a ninth.",
        *KERNEL,
        "Give the shortcut's convolution a 1×1 kernel.",
    ),
}


def stride_mistakes(
    places: Mapping[str, tuple[tuple[int, ...], str]], unstrided: str, projected: str
) -> Rows:
    """Return the mistakes with the stride of a block that has a projection.

    Args:
        places: By their titles, which convolutions of the main path have the stride, and what is
            wrong with that.
        unstrided: The title where the projection has none.
        projected: How the projection is written.
    """
    misplaced: Rows = {
        title: (
            always(strided=strided),
            explanation,
            "Which of the convolutions makes the feature maps smaller?",
            "The stride belongs to the first layer of each path.",
            "Give `strides=s` to the first convolution, and to no other of the main path.",
        )
        for title, (strided, explanation) in places.items()
    }
    apart = "Where `s` is another number, the two paths get different sizes and cannot be added."
    where = "What are the shapes of both paths when s is 1?"
    both_paths = "Give the stride `s` to the first convolution and to the projection."
    return {
        **misplaced,
        unstrided: (
            changed("shortcut convolution", strides=(1, 1)),
            "The first convolution has the stride and the projection has none. The main path gets "
            "smaller, the shortcut does not, and they cannot be added.",
            derived.PATHS,
            "Main path and shortcut have to shrink by the same factor.",
            both_paths,
        ),
        "The main path has the stride 2, whatever s says": (
            changed("convolution 1", strides=(2, 2)),
            f"The first convolution always has the stride 2. {apart}",
            where,
            "Does the first convolution use `s`?",
            "Give `strides=s` to the first convolution.",
        ),
        "The projection has the stride 2, whatever s says": (
            changed("shortcut convolution", strides=(2, 2)),
            f"The projection always has the stride 2. {apart}",
            where,
            "Does the projection use `s`?",
            f"Write `{projected}`.",
        ),
        "The stride is ignored": derived.ignored(
            "Neither path uses `s`: both keep height and width, whatever `s` says.", both_paths, s=1
        ),
    }


def _projection_shortcut_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, s: int) -> Case:
        filters, channels = draw_filters(generator, 2)
        images = draw_images(generator, channels)
        return Case(covers, {"X": images, "filters": filters, "stage": 3, "block": "a", "s": s})

    left_out, twice = case("s left out", 2), case("two projections in one network", 2)
    first = {key: value for key, value in left_out.arguments.items() if key != "s"}
    second = {**twice.arguments, "block": "b", "s": 1}
    cases = [
        case("first call", 2),
        case("other strides", 1),
        case("other strides", 3),
        replace(left_out, arguments=first),
        replace(twice, then=second),
    ]
    return [*cases, case("other strides", 4)] if grading else cases


_MISTAKES: Rows = {
    **PROJECTION_MISTAKES,
    "The stride is ignored": derived.ignored(
        "The projection keeps height and width, whatever `s` says. The main path gets s times "
        "smaller, so the two cannot be added.",
        "Give the convolution `strides=s`.",
        s=1,
    ),
    "The stride is always 2": derived.ignored(
        "The projection halves height and width, whatever `s` says. 2 is only the default: the "
        "first stage of ResNet50 begins with s = 1.",
        "Give the convolution `strides=s`.",
        s=2,
    ),
    **hinted(
        {
            "The stride stands in the place of the kernel size, and the stride is 1": (
                called_with(lambda s=2, **others: {"kernel": s, "s": 1}),
                "The convolution has an s×s kernel and the stride 1. It should look at one pixel "
                "at a time, with a 1×1 kernel, and move by s pixels.",
            ),
            "The stride is taken for the size of the kernel as well": (
                called_with(lambda s=2, **others: {"kernel": s}),
                "The convolution has an s×s kernel as well as the stride `s`. A projection looks "
                "at one pixel at a time and mixes its channels: its kernel is 1×1.",
            ),
        },
        "Which argument of the convolution is the kernel and which the stride?",
        "The kernel of a projection has the same size for every `s`.",
        "The kernel size is 1; `strides=s`.",
    ),
    "The number of channels stays as it was": (
        called_with(lambda X, **others: {"filters": X.shape[-1]}),
        "The projection has as many filters as its input has channels, whatever `filters` says. "
        "The main path ends with `filters` channels, and the two have to match.",
        "How many channels does the main path end with?",
        "`filters` says how many channels to project to.",
        "Give `filters` to the convolution.",
    ),
    "The shortcut is pooled before it is projected": (
        always(pooled=True),
        "An average pooling makes the feature maps smaller, and the convolution has the stride 1. "
        "That is a later variant, known as ResNet-D; in the paper the projection itself has the "
        "stride.",
        "How many layers does the projection have?",
        "One layer changes the size as well as the channels.",
        "Leave out the pooling and give the convolution `strides=s`.",
    ),
    "The input is returned unchanged": derived.returned(
        "input",
        "The function returns the tensor that it was given, so nothing that it computes is used.",
        "the output of the batch normalisation",
    ),
    **derived.another_default("s", 2, 1),
}

EXERCISE = NetworkExercise(
    "projection_shortcut",
    "03_convolutional_block",
    ("X", "filters", "stage", "block", "s"),
    _projection_shortcut_cases,
    mistakes(SECTION, _MISTAKES),
    "Covered: kernel, strides from 1 to 3, filters and normalisation." + GRADING,
    build=projection_shortcut,
)
