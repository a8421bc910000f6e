"""What the checks know of the exercise: in the course, a file of `checks/catalogue`."""

import numpy as np

from checks.case import Case
from checks.catalogue.derived import missing, unpadded
from checks.catalogue.residual import draw_filters, draw_images
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import Rows, both, inserted_after, mistakes, without

#: Invented, as the lesson below is: the lesson and heading that a report sends learners to.
SECTION = "lesson 9, “The activation comes first”"


def pre_activation(g: GraphBuilder, X: str, filters: int) -> str:
    """Write the reference: normalisation, ReLU, convolution."""
    X = g.add("ReLU", "relu", g.batch_norm("batch normalisation", X))
    return g.conv("convolution", X, filters, 3, use_bias=False)


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    """Draw the calls: images that are not square, other numbers of channels and filters."""

    def case(covers: str) -> Case:
        filters, channels = draw_filters(generator, 2)
        return Case(covers, {"X": draw_images(generator, channels), "filters": filters})

    return [case("first call"), *(case("other filters") for _ in range(4 if grading else 2))]


MISTAKES: Rows = {
    "The ReLU is missing": missing(
        "ReLU",
        "batch normalisation",
        "Without an activation, two such units in a row are no more than one linear map.",
    ),
    "The activation comes after the convolution": (
        both(without("ReLU"), inserted_after("convolution", "relu")),
        "Then nothing negative is ever added to the shortcut, and the signal can only grow.",
        "In which order do the layers of the unit come?",
        "The unit ends with the convolution.",
        "Call the normalisation and the ReLU before the convolution.",
    ),
    **unpadded(
        "The padding is “valid”",
        "convolution",
        "The images get two pixels smaller, and they do not fit the shortcut any more.",
    ),
}

EXERCISE = NetworkExercise(
    name="pre_activation",
    lesson="09_pre_activation",
    parameters=("X", "filters"),
    cases=_cases,
    mistakes=mistakes(SECTION, MISTAKES),
    covered="A pass covers three calls with images and filters of several sizes.",
    build=pre_activation,
)
