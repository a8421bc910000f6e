"""Lesson 4: `stem`."""

import numpy as np

from checks.case import Case, Images
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    both,
    changed,
    inserted_after,
    replaced,
    without,
)

SECTION = "lesson 4, “The stem”"


def stem(g: GraphBuilder, X: str) -> str:
    """Write the reference: a 7x7 convolution and a 3x3 max pooling, both padded with zeros."""
    X = g.zero_pad("zero padding", X, 3)
    X = g.conv("convolution", X, 64, 7, 2, padding="valid")
    X = g.batch_norm("batch normalisation", X)
    X = g.add("ReLU", "relu", X)
    X = g.zero_pad("pooling padding", X, 1)
    return g.max_pool("max pooling", X, 3, 2)


def draw_sizes(generator: np.random.Generator, parity: int) -> tuple[int, int]:
    """Draw height and width of images that are not square, both even (0) or both odd (1)."""
    height, width = generator.choice(np.arange(10, 16), 2, replace=False)
    return 2 * int(height) + parity, 2 * int(width) + parity


def _stem_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, parity: int, channels: int) -> Case:
        return Case(covers, {"X": Images((*draw_sizes(generator, parity), channels))})

    cases = [
        case("first call", 0, 3),
        case("odd heights and widths", 1, 3),
        case("other numbers of channels", 0, 1),
    ]
    if grading:
        cases += [case("odd heights and widths", 1, 2), case("other numbers of channels", 0, 4)]
    return cases


_WINDOW_HINTS = (
    "How large are the windows of the pooling in the picture?",
    "The size of the window is the first argument of the pooling.",
    "Write `layers.MaxPooling2D(3, strides=2, …)`.",
)


_STEM_MISTAKES = (
    Mistake(
        "The zero padding before the pooling is missing",
        "The pooling starts at the first pixel and not at the border before it. Its windows lie "
        "one pixel further on, and the feature maps come out smaller. No layer with weights "
        "notices: official weights load without an error and give other features.",
        (
            "What stands between the ReLU and the pooling?",
            "The stem has two layers of zero padding.",
            "Put `layers.ZeroPadding2D(1)` before the pooling.",
        ),
        SECTION,
        without("pooling padding"),
    ),
    Mistake(
        "The pooling pads by itself",
        'With `padding="same"` Keras adds what the last window lacks, and to images of even size '
        "that is one row at the bottom and one column on the right. The zero padding adds one on "
        "each side. The shapes agree; the windows lie one pixel apart.",
        (
            "Which pixels does the first pooling window cover?",
            'What `padding="same"` adds depends on the size of the image.',
            "Put `layers.ZeroPadding2D(1)` before a pooling without padding.",
        ),
        SECTION,
        both(without("pooling padding"), changed("max pooling", padding="same")),
    ),
    Mistake(
        "The pooling is padded twice",
        'A layer of zero padding comes before the pooling, and `padding="same"` adds more.',
        (
            "Compare the output's height and width with a quarter of the input's.",
            "Where does the pooling get its padding from?",
            'Take `padding="same"` out of the pooling: “valid” is the default.',
        ),
        SECTION,
        changed("max pooling", padding="same"),
    ),
    Mistake(
        "The zero padding before the convolution is missing",
        "A 7×7 kernel without padding loses three pixels on each side before it takes strides.",
        (
            "Compare the output's height and width with a quarter of the input's.",
            "The stem has two layers of zero padding.",
            "Begin with `layers.ZeroPadding2D(3)`.",
        ),
        SECTION,
        without("zero padding"),
    ),
    Mistake(
        "The convolution pads by itself",
        'With `padding="same"` and a stride of 2, Keras pads images of even size by two pixels at '
        "the top and left and three at the bottom and right. The zero padding adds three on each "
        "side. The shapes agree; the windows lie one pixel apart.",
        (
            "Which pixels does the first window of the convolution cover?",
            'What `padding="same"` adds depends on the size of the image.',
            "Put `layers.ZeroPadding2D(3)` before a convolution without padding.",
        ),
        SECTION,
        both(without("zero padding"), changed("convolution", padding="same")),
    ),
    Mistake(
        "The convolution is padded twice",
        'A layer of zero padding comes before the convolution, and `padding="same"` adds more.',
        (
            "Compare the output's height and width with a quarter of the input's.",
            "Where does the convolution get its padding from?",
            'Take `padding="same"` out of the convolution: “valid” is the default.',
        ),
        SECTION,
        changed("convolution", padding="same"),
    ),
    Mistake(
        "The convolution has no stride",
        "The convolution moves by one pixel. The feature maps are then twice as high and wide, in "
        "every stage of the network, and everything after the stem costs four times as much.",
        (
            "Compare the output's height and width with a quarter of the input's.",
            "Two layers of the stem halve the size.",
            "Give the convolution `strides=2`.",
        ),
        SECTION,
        changed("convolution", strides=(1, 1)),
    ),
    Mistake(
        "The pooling takes strides as wide as its window",
        "Without `strides` a pooling layer moves by the size of its window, here three pixels.",
        (
            "Compare the output's height and width with a quarter of the input's.",
            "What is the default of the pooling's strides?",
            "Give the pooling `strides=2`.",
        ),
        SECTION,
        changed("max pooling", strides=(3, 3)),
    ),
    Mistake(
        "The pooling takes the mean",
        "The stem keeps the largest value of each window, and this one takes the mean.",
        (
            "Which of the two pooling layers does the stem have?",
            "Average pooling comes at the other end of the network.",
            "Use `layers.MaxPooling2D`.",
        ),
        SECTION,
        replaced("max pooling", "average_pool", kernel=(3, 3), strides=(2, 2), padding="valid"),
    ),
    Mistake(
        "The pooling has a window of 2×2, without padding",
        "The windows of the published network are 3×3 and overlap: each begins two pixels after "
        "the one before.",
        _WINDOW_HINTS,
        SECTION,
        both(without("pooling padding"), changed("max pooling", kernel=(2, 2))),
    ),
    Mistake(
        "The pooling has a window of 2×2",
        "The windows of the published network are 3×3 and overlap: each begins two pixels after "
        "the one before.",
        _WINDOW_HINTS,
        SECTION,
        changed("max pooling", kernel=(2, 2)),
    ),
    Mistake(
        "The pooling is missing",
        "The stem ends before the pooling. All stages then work on feature maps of twice the "
        "height and width.",
        (
            "Compare the output's height and width with a quarter of the input's.",
            "Two layers of the stem halve the size.",
            "End with zero padding and max pooling.",
        ),
        SECTION,
        without("pooling padding", "max pooling"),
    ),
    Mistake(
        "The batch normalisation is missing",
        "The convolution's output goes straight to the ReLU. Every convolution of the network is "
        "followed by a batch normalisation, the first one too.",
        (
            "What follows each convolution in a residual network?",
            "Count the layers that have weights.",
            "Put `layers.BatchNormalization(axis=3, …)` after the convolution.",
        ),
        SECTION,
        without("batch normalisation"),
    ),
    Mistake(
        "The ReLU is missing",
        "Nothing comes between normalisation and pooling.",
        (
            "What follows the normalisation?",
            "Compare your layers with the picture of the stem.",
            "Put `layers.ReLU()` after the batch normalisation.",
        ),
        SECTION,
        without("ReLU"),
    ),
    Mistake(
        "The ReLU comes before the batch normalisation",
        "The stem rectifies and then normalises. The network normalises right after each "
        "convolution and then rectifies.",
        (
            "In which order come convolution, normalisation and ReLU?",
            "The statistics should be those of the convolution's output.",
            "Swap the ReLU and the batch normalisation.",
        ),
        SECTION,
        both(without("ReLU"), inserted_after("convolution", "relu")),
    ),
)


EXERCISE = NetworkExercise(
    "stem",
    "04_resnet50",
    ("X",),
    _stem_cases,
    _STEM_MISTAKES,
    "Covered: all six layers, images of even and of odd size that are not square, other "
    "numbers of channels. Grading draws other shapes.",
    build=stem,
)
