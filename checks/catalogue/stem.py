"""Lesson 4: `stem`."""

from collections.abc import Sequence

import numpy as np

from checks.case import Case, Images
from checks.catalogue.derived import ORDER, missing
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import Rows, both, changed, hinted, inserted_after, mistakes, replaced, without

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


def unit_mistakes(scope: str = "", biases: Sequence[bool] = (True,)) -> Rows:
    """Return the mistakes in the unit of a stem: convolution, normalisation, ReLU.

    Args:
        scope: How the names of its nodes begin, where the stem is part of a network.
        biases: Whether a convolution that a ReLU follows has a bias: one or both.
    """
    of, its = (" of the stem", "its") if scope else ("", "the")
    return {
        f"The batch normalisation{of} is missing": missing(
            f"{scope}batch normalisation",
            f"{scope}convolution",
            "The convolution's output goes straight to the ReLU. Every convolution of the network "
            "is followed by a batch normalisation, the first one as well.",
        ),
        f"The ReLU{of} is missing": missing(
            f"{scope}ReLU",
            f"{scope}batch normalisation",
            "The pooling follows right after the batch normalisation. There should be a ReLU in "
            "between: without it the stem is linear up to the pooling.",
        ),
        f"The ReLU{of} comes before {its} batch normalisation": (
            tuple(
                both(
                    without(f"{scope}ReLU"),
                    inserted_after(f"{scope}convolution", "relu"),
                    changed(f"{scope}convolution", use_bias=bias),
                )
                for bias in biases
            ),
            "The stem rectifies before it normalises. The network normalises right after each "
            "convolution and rectifies only then.",
            *ORDER,
            "Apply `layers.ReLU()` to the output of the batch normalisation.",
        ),
    }


def pooling_padding(scope: str = "") -> Rows:
    """Return the mistakes in the padding of the pooling, in a stem of this scope."""
    return _padding_mistakes(
        "pooling",
        f"{scope}max pooling",
        f"{scope}pooling padding",
        1,
        "The windows begin at the first pixel and not at a border of zeros before it, and the "
        "feature maps come out smaller. No layer with weights notices: published weights load "
        "without an error and give other features.",
    )


def _padding_mistakes(what: str, layer: str, padding: str, pixels: int, explanation: str) -> Rows:
    """Return the mistakes in the padding of the convolution or the pooling, by their nodes.

    Args:
        what: Which of them it is, in words.
        layer: The node of the layer.
        padding: The node of its padding.
        pixels: How many are added on each side.
        explanation: What happens without them.
    """
    same = changed(layer, padding="same")
    hints = (
        f"Where does the {what} get its padding from, and how many pixels on which side?",
        "Two layers of zero padding do that in the stem; what follows them has no padding.",
        f"Put `layers.ZeroPadding2D({pixels})` before a {what} whose padding is “valid”.",
    )
    return {
        f"The zero padding before the {what} is missing": (without(padding), explanation, *hints),
        f"The {what} pads by itself": (
            both(without(padding), same),
            'On images of even size, `padding="same"` adds one pixel less on one side than on the '
            f"other; the published network adds {pixels} on each. The shapes agree, but all "
            "windows "
            "lie one pixel off, so published weights give other features.",
            *hints,
        ),
        f"The {what} is padded twice": (
            same,
            f'A layer of zero padding comes before the {what}, and `padding="same"` adds more '
            "zeros. The feature maps come out larger than in the published network.",
            *hints,
        ),
    }


_MISTAKES: Rows = {
    **pooling_padding(),
    **_padding_mistakes(
        "convolution",
        "convolution",
        "zero padding",
        3,
        "Without padding, a 7×7 kernel loses three pixels on each side of the images, so the "
        "feature maps come out smaller than in the published network.",
    ),
    **hinted(
        {
            "The convolution has no stride": (
                changed("convolution", strides=(1, 1)),
                "The convolution moves by one pixel. The feature maps then have twice the height "
                "and width, and everything after the convolution costs four times as much.",
                "Give the convolution `strides=2`.",
            ),
            "The pooling takes strides as wide as its window": (
                changed("max pooling", strides=(3, 3)),
                "The pooling moves by three pixels and should move by two. Without `strides`, a "
                "pooling layer moves by the size of its window.",
                "Give the pooling `strides=2`.",
            ),
            "The pooling is missing": (
                without("pooling padding", "max pooling"),
                "The stem ends before the pooling. All stages then work on feature maps of twice "
                "the height and width, which costs four times as much.",
                "End with zero padding and max pooling.",
            ),
        },
        "Compare the output's height and width with a quarter of the input's.",
        "Two layers of the stem halve the size.",
    ),
    "The pooling takes the mean": (
        replaced("max pooling", "average_pool", kernel=(3, 3), strides=(2, 2), padding="valid"),
        "The pooling takes the mean of each window. The stem should keep the largest value.",
        "Which of the two pooling layers does the stem have?",
        "Average pooling comes at the other end of the network.",
        "Use `layers.MaxPooling2D`.",
    ),
    **{
        f"The pooling has a window of 2×2{words}": (
            both(*steps, changed("max pooling", kernel=(2, 2))),
            "The windows of the published network are 3×3 and overlap: each begins two pixels "
            "after the one before.",
            "How large are the windows of the pooling in the picture?",
            "The size of the window is the first argument of the pooling.",
            "Write `layers.MaxPooling2D(3, strides=2, …)`.",
        )
        for words, steps in ((", without padding", [without("pooling padding")]), ("", []))
    },
    **unit_mistakes(),
}

EXERCISE = NetworkExercise(
    "stem",
    "04_resnet50",
    ("X",),
    _stem_cases,
    mistakes(SECTION, _MISTAKES),
    "Covered: all six layers, images of even and of odd size that are not square, other "
    "numbers of channels. Grading draws other shapes.",
    build=stem,
)
