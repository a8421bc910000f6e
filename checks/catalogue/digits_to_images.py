"""Lesson 5: `digits_to_images`."""

import numpy as np
from numpy.typing import NDArray

from checks.case import Case
from checks.catalogue import digit_shapes
from checks.catalogue.digit_slips import VARIATIONS
from checks.catalogue.digit_steps import prepared
from checks.exercise import NumericExercise
from checks.graph.operation import Array


def digits_to_images(digits: Array, size: int = 224) -> Array:
    """Compute the reference: grey to colour, bilinear resizing, BGR minus the means."""
    return prepared(digits, size)


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    # All lengths are odd, so that no interpolated value lies exactly between two whole numbers.
    def digits(images: int, channel_axis: bool) -> NDArray[np.uint8]:
        sides = (int(each) for each in generator.choice([5, 7, 9, 11], 2, replace=False))
        shape = (images, *sides, *(1,) * channel_axis)
        return np.asarray(generator.integers(0, 256, shape, dtype=np.uint8))

    def stripes() -> NDArray[np.uint8]:
        # Odd differences between seven columns: nothing lies halfway, as above.
        row = 2 * generator.integers(0, 128, 7) + np.arange(7) % 2
        return np.broadcast_to(row.astype(np.uint8), (1, 9, 7)).copy()

    def case(covers: str, size: int, channel_axis: bool) -> Case:
        return Case(covers, {"digits": digits(2, channel_axis), "size": size})

    cases = [
        case("first call", 13, False),
        case("digits with a channel axis", 17, True),
        case("other sizes", 23, False),
        case("smaller images", 3, False),
        Case("a single image", {"digits": digits(1, False), "size": 15}),
        Case("the size left out", {"digits": stripes()}),
    ]
    return [*cases, case("smaller images", 3, True)] if grading else cases


EXERCISE = NumericExercise(
    "digits_to_images",
    "05_mnist_transfer",
    ("digits", "size"),
    _cases,
    VARIATIONS.mistakes,
    "Covered: colour, size and normalisation, digits with and without a channel axis, images "
    "that are not square. Grading draws others, and makes some smaller.",
    truth=digits_to_images,
    variations=VARIATIONS,
    describe="an array of the shape (images, size, size, 3)",
    at_a_glance=digit_shapes.at_a_glance,
    on_error=digit_shapes.on_error,
)
