"""Lesson 3: `projection_shortcut`."""

from dataclasses import replace

import numpy as np

from checks.case import Case
from checks.catalogue.residual import (
    GRADING,
    default_mistake,
    draw_filters,
    draw_images,
)
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    called_with,
    changed,
    ending_at,
    inserted_after,
    without,
)

SECTION = "lesson 3, “The projection shortcut”"


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


PROJECTION_MISTAKES = (
    Mistake(
        "The shortcut has no batch normalisation",
        "The projection ends with its convolution. The main path is normalised before the "
        "addition, and so must the shortcut be: else one drowns the other.",
        (
            "What follows each convolution?",
            "The shortcut's convolution is a unit like the others.",
            "Normalise the output of the shortcut's convolution.",
        ),
        SECTION,
        without("shortcut batch normalisation"),
    ),
    Mistake(
        "The shortcut has a ReLU",
        "The projection is rectified before it is added. It then passes only what is positive, "
        "and the path that should let everything through does not.",
        (
            "What is the shortcut for?",
            "It should change the shape and as little else as possible.",
            "Take the ReLU out of the shortcut.",
        ),
        SECTION,
        inserted_after("shortcut batch normalisation", "relu"),
    ),
    Mistake(
        "A ReLU stands between the shortcut's convolution and its normalisation",
        "The convolution rectifies its output before it is normalised. The projection has no ReLU "
        "at all.",
        (
            "What stands between the two layers of the shortcut?",
            "Does its convolution have an activation?",
            'Take `activation="relu"` out of the shortcut\'s convolution.',
        ),
        SECTION,
        inserted_after("shortcut convolution", "relu"),
    ),
    Mistake(
        "The shortcut's batch normalisation is fixed to training mode",
        "`training=True` is built into the call. Wherever the model is called without a mode, as "
        "in `model(images)`, the shortcut is normalised with the statistics of the batch.",
        (
            "Is there an argument `training` in your code?",
            "Keras sets the mode by itself in `fit` and `predict`.",
            "Take `training=True` out of the call of the shortcut's normalisation.",
        ),
        SECTION,
        changed("shortcut batch normalisation", training=True),
    ),
    Mistake(
        "The shortcut's kernel is too large",
        "The projection has a 3×3 kernel. A 1×1 kernel is enough to change the number of "
        "channels, and costs a ninth.",
        (
            "How large is the kernel of a projection?",
            "It only mixes channels, pixel by pixel.",
            "Give the shortcut's convolution a 1×1 kernel.",
        ),
        SECTION,
        changed("shortcut convolution", kernel=(3, 3)),
    ),
)


def main_path_halved(section: str) -> Mistake:
    """Return the mistake of a main path whose stride does not come from `s`."""
    return Mistake(
        "The main path has the stride 2, whatever s says",
        "The shortcut takes steps of `s`. Where `s` is not 2, the two paths get different sizes.",
        (
            "What are the shapes of both paths where s is 1?",
            "Does the first convolution know `s`?",
            "Give `strides=s` to the first convolution.",
        ),
        section,
        changed("convolution 1", strides=(2, 2)),
    )


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


_PROJECTION_ONLY_MISTAKES = (
    Mistake(
        "The stride is ignored",
        "The projection keeps height and width, whatever `s` says. The main path shrinks by s, "
        "and the two cannot be added.",
        (
            "Which parameter of the function is never used?",
            "The convolution takes the stride.",
            "Give the convolution `strides=s`.",
        ),
        SECTION,
        called_with(lambda arguments: {"s": 1}),
    ),
    Mistake(
        "The stride is always 2",
        "The projection halves height and width, whatever `s` says. The first stage of ResNet50 "
        "begins with a convolutional block with s = 1.",
        (
            "Which parameter of the function is never used?",
            "2 is only the default of `s`.",
            "Give the convolution `strides=s`.",
        ),
        SECTION,
        called_with(lambda arguments: {"s": 2}),
    ),
    Mistake(
        "The stride stands in the place of the kernel size, and the stride is 1",
        "The projection has an s×s kernel and keeps height and width. It should look at one pixel "
        "at a time and take every s-th of them.",
        (
            "Which argument of the convolution is the kernel and which the stride?",
            "Compare the output's height and width with the input's.",
            "The kernel size is 1; `strides=s`.",
        ),
        SECTION,
        called_with(lambda arguments: {"kernel": arguments.get("s", 2), "s": 1}),
    ),
    Mistake(
        "The stride is taken for the size of the kernel as well",
        "The projection has an s×s kernel. It should look at one pixel and mix its channels.",
        (
            "Which argument of the convolution is the kernel and which the stride?",
            "The kernel of a projection has the same size for every `s`.",
            "The kernel size is 1; `strides=s`.",
        ),
        SECTION,
        called_with(lambda arguments: {"kernel": arguments.get("s", 2)}),
    ),
    Mistake(
        "The number of channels stays as it was",
        "The projection has as many filters as its input has channels, not `filters`.",
        (
            "How many channels does the main path end with?",
            "`filters` says how many channels to project to.",
            "Give `filters` to the convolution.",
        ),
        SECTION,
        called_with(lambda arguments: {"filters": arguments["X"].shape[-1]}),
    ),
    Mistake(
        "The shortcut is pooled before it is projected",
        "An average pooling makes the feature maps smaller, and the convolution has the stride 1. "
        "That is a later variant, known as ResNet-D; the paper's projection has the stride itself.",
        (
            "How many layers does the projection have?",
            "One layer changes the size as well as the channels.",
            "Leave out the pooling and give the convolution `strides=s`.",
        ),
        SECTION,
        called_with(lambda arguments: {"pooled": True}),
    ),
    Mistake(
        "The input is returned unchanged",
        "Whatever the function computes, it returns the tensor that it was given.",
        (
            "Which name stands behind `return`?",
            "The projection has another shape than the input.",
            "Return the output of the batch normalisation.",
        ),
        SECTION,
        ending_at("input"),
    ),
    default_mistake("s", 2, 1, SECTION),
)


EXERCISE = NetworkExercise(
    "projection_shortcut",
    "03_convolutional_block",
    ("X", "filters", "stage", "block", "s"),
    _projection_shortcut_cases,
    (*PROJECTION_MISTAKES, *_PROJECTION_ONLY_MISTAKES),
    "Covered: kernel, strides from 1 to 3, filters and normalisation." + GRADING,
    build=projection_shortcut,
)
