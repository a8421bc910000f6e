"""Lesson 3: `output_size`."""

from functools import cache
from math import ceil
from types import CodeType
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.size_formulas import FORMULAS
from checks.exercise import NumericExercise
from checks.variations import Slip, Variations, table


def output_size(size: int, kernel: int, stride: int, padding: str) -> int:
    """Count the positions at which a kernel is laid along one axis."""
    padded = size + kernel - 1 if padding == "same" else size
    return len(range(0, padded - kernel + 1, stride))


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    """Draw sizes that the stride does not divide, so that rounding shows."""

    def case(covers: str, size: int, kernel: int, stride: int, padding: str) -> Case:
        arguments = {"size": size, "kernel": kernel, "stride": stride, "padding": padding}
        return Case(covers, arguments)

    half, third, wide = (int(number) for number in generator.integers(5, 16, 3))
    even = int(generator.choice([2, 4]))
    cases = [
        case("first call", 2 * half + 1, 3, 2, "same"),
        case("padding “valid”", 2 * half, 3, 2, "valid"),
        case("padding “valid”", wide, 5, 1, "valid"),
        case("other strides", 3 * third + 1, 1, 3, "same"),
        case("other strides", 3 * third + 2, 3, 3, "same"),
        case("other strides", 3 * third, 3, 3, "same"),
        case("other strides", 3 * third + 1, 5, 3, "same"),
        case("other strides", 3 * third + 2, 5, 3, "valid"),
        case("other strides", wide, 3, 1, "same"),
        case("kernels of even size", 3 * third + 1, even, 3, "same"),
        case("kernels of even size", 3 * third, even, 3, "same"),
        case("kernels of even size", wide, even, 1, "valid"),
        case("kernels of even size", 2 * half + 1, even, 2, "valid"),
    ]
    if grading:
        cases += [
            case("kernels of even size", 3 * third + 1, even, 3, "valid"),
        ]
    return cases


def _size_by(size: int, kernel: int, stride: int, padding: str, **formulas: str) -> Any:
    """Compute a size by another formula for one padding, or for both, as it is written."""
    if padding not in formulas:
        return output_size(size, kernel, stride, padding)
    numbers = {"size": size, "kernel": kernel, "stride": stride}
    return eval(_compiled(formulas[padding]), {"ceil": ceil}, numbers)


@cache
def _compiled(formula: str) -> CodeType:
    return compile(formula, "a formula", "eval")


_SAME, _VALID = "ceil(size / stride)", "(size - kernel) // stride + 1"

_MISTAKES = (
    *table(
        "{}",
        "",
        {
            "The size is rounded down with padding “same”": {"same": "size // stride"},
            "The size is rounded down with either padding": {
                "same": "size // stride",
                "valid": "(size - kernel + 1) // stride",
            },
            "The size is divided by the stride and rounded down, whatever the padding": (
                {"same": "size // stride", "valid": "size // stride"},
                "The size should be rounded up, because the kernel also starts in the last, "
                "incomplete step. And with padding “valid” it has to lie inside the image, which "
                "leaves fewer starts.",
            ),
            "The size is rounded to the nearest whole number": {
                "same": "round(size / stride)",
                "valid": "round((size - kernel + 1) / stride)",
            },
            "With padding “same” the size is rounded to the nearest whole number": {
                "same": "round(size / stride)"
            },
            "One position is too many with padding “same”, where the stride divides the size": (
                {"same": "size // stride + 1"},
                "`size // stride + 1` is one too large where nothing is left over: six pixels "
                "with the stride 2 make three positions, 0, 2 and 4.",
            ),
            "The size is not rounded": (
                {"same": "size / stride", "valid": "(size - kernel + 1) / stride"},
                "A feature map has a whole number of rows, and a division with `/` can give a "
                "fraction.",
            ),
        },
        "Count the starts for the stride 1, divide by the stride and round up: "
        "`-(-starts // stride)` or `math.ceil(starts / stride)`.",
        "The size should be rounded up, because the kernel also starts in the last, incomplete "
        "step: of five starts the stride 2 leaves three, 0, 2 and 4.",
    ),
    Slip(
        "The size is not rounded: (size − kernel) / stride + 1 can be a fraction",
        {"same": "size / stride", "valid": "(size - kernel) / stride + 1"},
        'Round up for "same"; round down before you add 1 for "valid".',
        "A feature map has a whole number of rows, and a division with `/` can give a fraction.",
    ),
    *table(
        "{}",
        "",
        {
            "The padding is ignored: always “valid”": (
                {"same": _VALID},
                "The kernel is taken to lie inside the image, whatever `padding` says. With “same” "
                "there are zeros around the image, so that the kernel may start at every pixel.",
            ),
            "The padding is ignored: always “same”": (
                {"valid": _SAME},
                "The kernel is taken to start at every pixel, whatever `padding` says. With "
                "“valid” it has to lie inside the image, which leaves fewer starts.",
            ),
            "The two paddings are swapped": (
                {"same": _VALID, "valid": _SAME},
                "What is computed for “same” belongs to “valid”, and the other way round. With "
                "“valid” the kernel has to lie inside the image.",
            ),
        },
        'For "same", the size of the kernel makes no difference. For "valid", the last start is '
        "`size - kernel`.",
    ),
    *table(
        "{}",
        "valid",
        {
            "One position is missing with padding “valid”": (
                "(size - kernel) // stride",
                "The kernel can start at 0, at size − kernel and everywhere in between: that is "
                "one start more than the difference.",
            ),
            "The size is rounded up with padding “valid”": (
                "ceil((size - kernel) / stride) + 1",
                "After an incomplete step at the end the kernel would stick out of the image, so "
                "it does not start there.",
            ),
            "With padding “valid” only the kernel is divided by the stride": (
                "size - kernel // stride + 1",
                "`size - kernel // stride + 1` divides before it subtracts, because the brackets "
                "are missing.",
            ),
        },
        "Divide the difference, in brackets, by the stride with `//`; then add 1.",
    ),
    *table(
        "Padding “same” is taken for {} on either side",
        "same",
        {
            "(kernel − 1) / 2 zeros": "(size + 2 * ((kernel - 1) // 2) - kernel) // stride + 1",
            "kernel // 2 zeros": "(size + 2 * (kernel // 2) - kernel) // stride + 1",
            "one zero": "(size + 2 - kernel) // stride + 1",
        },
        'For "same" there is a formula without the kernel.',
        "That gives the right size for some kernels only. “same” adds as many zeros as the kernel "
        "needs to start at every `stride`-th pixel, which may be one more on the right than on "
        "the left.",
    ),
    *table(
        "{}",
        "",
        {
            "The stride is ignored": (
                {"same": "size", "valid": "size - kernel + 1"},
                "The kernel is taken to move by one pixel. It moves by `stride` pixels at a time.",
            ),
            "With padding “same” the stride is ignored": (
                {"same": "size"},
                "“same” keeps the size only where the stride is 1. With the stride 2, only every "
                "second start is left.",
            ),
            **{
                f"The stride is always {always}": (
                    {
                        "same": f"ceil(size / {always})",
                        "valid": f"(size - kernel) // {always} + 1",
                    },
                    f"The kernel moves by `stride` pixels at a time, which need not be {always}.",
                )
                for always in (2, 3)
            },
            "Kernel and stride are swapped": (
                {"same": "ceil(size / kernel)", "valid": "(size - stride) // kernel + 1"},
                "`stride` says by how many pixels the kernel moves, and `kernel` how many it "
                "covers. Your function takes each for the other.",
            ),
            "The size is that of a transposed convolution, which makes images larger": (
                {"same": "size * stride", "valid": "(size - 1) * stride + kernel"},
                "That formula makes images larger. A convolution with a stride leaves out starts, "
                "so less comes out than goes in.",
            ),
        },
        "Divide by the stride, for either padding.",
    ),
    *table(
        "{}",
        "",
        {
            "The number of all pixels is returned, rows times columns": {
                "same": f"({_SAME}) ** 2",
                "valid": f"({_VALID}) ** 2",
            },
            "Rows and columns are returned, two numbers": {
                "same": f"[{_SAME}] * 2",
                "valid": f"[{_VALID}] * 2",
            },
        },
        "Return one number, that along one axis.",
        "The exercise asks for one number: that of the rows, or of the columns.",
    ),
    *table(
        "Nothing is returned with padding “{}”",
        "",
        {padding: {padding: "None"} for padding in ("valid", "same")},
        'Return a number for "same", and one for "valid".',
        "For this padding the function ends without a `return`, so it returns None.",
    ),
)

VARIATIONS = Variations(
    _size_by,
    (*_MISTAKES, *FORMULAS),
    "lesson 3, “When the shapes stop fitting”",
    (
        "Draw one row of five pixels and lay the kernel on it, step by step.",
        "Where can the kernel start, at the earliest and at the latest?",
    ),
    together=1,
)

EXERCISE = NumericExercise(
    "output_size",
    "03_convolutional_block",
    ("size", "kernel", "stride", "padding"),
    _cases,
    VARIATIONS.mistakes,
    "Covered: both paddings, strides from 1 to 3, kernels of odd and of even size, sizes that "
    "the stride does not divide. Grading draws other sizes.",
    truth=output_size,
    variations=VARIATIONS,
    tolerance=0.0,
    describe="a whole number",
)
