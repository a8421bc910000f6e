"""Lesson 3: `output_size`."""

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from checks.case import Case
from checks.exercise import NumericExercise
from checks.mistakes import (
    Mistake,
)
from checks.variations import Slip, Variations

_SHAPES = "lesson 3, “When the shapes stop fitting”"


def output_size(size: int, kernel: int, stride: int, padding: str) -> int:
    """Count the positions at which a kernel is laid along one axis."""
    padded = size + kernel - 1 if padding == "same" else size
    return len(range(0, padded - kernel + 1, stride))


def _output_size_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
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


def _size_mistake(
    title: str, explanation: str, hint: str, same: Callable[..., Any], valid: Callable[..., Any]
) -> Mistake:
    """Return a mistake in the size of a convolution's output, for either padding."""

    def function(size: int, kernel: int, stride: int, padding: str) -> Any:
        return (same if padding == "same" else valid)(size, kernel, stride)

    hints = (
        "Draw one row of five pixels and lay the kernel on it, step by step.",
        "Where can the kernel start, at the earliest and at the latest?",
        hint,
    )
    return Mistake(title, explanation, hints, _SHAPES, function=function)


def _same(size: int, kernel: int, stride: int) -> int:
    return output_size(size, kernel, stride, "same")


def _valid(size: int, kernel: int, stride: int) -> int:
    return output_size(size, kernel, stride, "valid")


_SIZE_MISTAKES = (
    _size_mistake(
        "The size is rounded down with padding “same”",
        "The kernel also starts in the last, incomplete step: five pixels with the stride 2 make "
        "three positions, 0, 2 and 4.",
        "Round up. In whole numbers that is `-(-size // stride)` or `math.ceil(size / stride)`.",
        lambda size, kernel, stride: size // stride,
        _valid,
    ),
    _size_mistake(
        "The size is rounded down with either padding",
        "The kernel also starts in the last, incomplete step: from five starts the stride 2 leaves "
        "three, 0, 2 and 4.",
        "Count the starts for the stride 1, divide by the stride and round up.",
        lambda size, kernel, stride: size // stride,
        lambda size, kernel, stride: (size - kernel + 1) // stride,
    ),
    _size_mistake(
        "The size is divided by the stride and rounded down, whatever the padding",
        "The kernel also starts in the last, incomplete step; and with padding “valid” it has to "
        "lie inside the image, which leaves fewer starts.",
        "Count the starts for the stride 1, divide by the stride and round up.",
        lambda size, kernel, stride: size // stride,
        lambda size, kernel, stride: size // stride,
    ),
    _size_mistake(
        "The size is not rounded",
        "A feature map has a whole number of rows. Division with `/` gives a fraction.",
        "Count the starts for the stride 1, divide by the stride and round up.",
        lambda size, kernel, stride: size / stride,
        lambda size, kernel, stride: (size - kernel + 1) / stride,
    ),
    _size_mistake(
        "The size is not rounded: (size − kernel) / stride + 1 can be a fraction",
        "A feature map has a whole number of rows. Division with `/` gives a fraction.",
        'Round up for "same"; round down before you add 1 for "valid".',
        lambda size, kernel, stride: size / stride,
        lambda size, kernel, stride: (size - kernel) / stride + 1,
    ),
    _size_mistake(
        "The padding is ignored: always “valid”",
        "With padding “same” there are zeros around the image, and the kernel may start "
        "everywhere.",
        'For "same", the size of the kernel makes no difference.',
        _valid,
        _valid,
    ),
    _size_mistake(
        "The padding is ignored: always “same”",
        "With padding “valid” the kernel has to lie inside the image.",
        'For "valid", the last start is `size - kernel`.',
        _same,
        _same,
    ),
    _size_mistake(
        "One position is missing with padding “valid”",
        "The starts run from 0 to size − kernel, both included: that is one more than the "
        "difference.",
        "Add 1 after the division.",
        _same,
        lambda size, kernel, stride: (size - kernel) // stride,
    ),
    _size_mistake(
        "The size is rounded up with padding “valid”",
        "An incomplete step at the end would leave the image: the kernel does not start there.",
        "Use `//` for the division, then add 1.",
        _same,
        lambda size, kernel, stride: -(-(size - kernel) // stride) + 1,
    ),
    _size_mistake(
        "The stride is ignored",
        "The kernel moves by `stride` pixels at a time, not by one.",
        "Divide by the stride.",
        lambda size, kernel, stride: size,
        lambda size, kernel, stride: size - kernel + 1,
    ),
    _size_mistake(
        "Padding “same” is taken for (kernel − 1) / 2 zeros on either side",
        "That is right for kernels of odd size. For one of even size “same” puts one zero more on "
        "the right than on the left, and the formula loses it.",
        'For "same" there is a formula without the kernel.',
        lambda size, kernel, stride: (size + 2 * ((kernel - 1) // 2) - kernel) // stride + 1,
        _valid,
    ),
    _size_mistake(
        "Padding “same” is taken for kernel // 2 zeros on either side",
        "That is right for kernels of odd size. For one of even size it is one zero too many, and "
        "with some sizes one start too many.",
        'For "same" there is a formula without the kernel.',
        lambda size, kernel, stride: (size + 2 * (kernel // 2) - kernel) // stride + 1,
        _valid,
    ),
    _size_mistake(
        "Padding “same” is taken for one zero on either side",
        "That is right for kernels of three pixels only. “same” adds as many zeros as the kernel "
        "needs.",
        'For "same" there is a formula without the kernel.',
        lambda size, kernel, stride: (size + 2 - kernel) // stride + 1,
        _valid,
    ),
    _size_mistake(
        "One position is too many with padding “same”, where the stride divides the size",
        "`size // stride + 1` rounds up even where nothing is left over: six pixels with the "
        "stride 2 make three positions, 0, 2 and 4.",
        "Round up: `-(-size // stride)` or `math.ceil(size / stride)`.",
        lambda size, kernel, stride: size // stride + 1,
        _valid,
    ),
    _size_mistake(
        "The two paddings are swapped",
        "What is computed for “same” belongs to “valid”, and the other way round.",
        'With padding "same" the kernel can start at every pixel.',
        _valid,
        _same,
    ),
    _size_mistake(
        "With padding “same” the stride is ignored",
        "“same” keeps the size only where the stride is 1. With the stride 2 every second start is "
        "left.",
        "Divide by the stride for either padding.",
        lambda size, kernel, stride: size,
        _valid,
    ),
    _size_mistake(
        "With padding “valid” only the kernel is divided by the stride",
        "`size - kernel // stride + 1` divides before it subtracts.",
        "Put brackets around the difference: `(size - kernel) // stride + 1`.",
        _same,
        lambda size, kernel, stride: size - kernel // stride + 1,
    ),
    _size_mistake(
        "The size is rounded to the nearest whole number",
        "The kernel also starts in the last, incomplete step, however small that is.",
        "Round up: `math.ceil(…)` of the starts for the stride 1, divided by the stride.",
        lambda size, kernel, stride: round(size / stride),
        lambda size, kernel, stride: round((size - kernel + 1) / stride),
    ),
    _size_mistake(
        "With padding “same” the size is rounded to the nearest whole number",
        "The kernel also starts in the last, incomplete step, however small that is.",
        'Round up for "same": `math.ceil(size / stride)`.',
        lambda size, kernel, stride: round(size / stride),
        _valid,
    ),
    _size_mistake(
        "Kernel and stride are swapped",
        "The stride is taken for the size of the kernel, and that for the stride.",
        "The kernel says how much is looked at, the stride how far it moves.",
        lambda size, kernel, stride: _same(size, stride, kernel),
        lambda size, kernel, stride: len(range(0, size - stride + 1, kernel)),
    ),
    *(
        _size_mistake(
            f"The stride is always {always}",
            f"The kernel moves by `stride` pixels, which need not be {always}.",
            "Divide by `stride`.",
            lambda size, kernel, stride, always=always: _same(size, kernel, always),
            lambda size, kernel, stride, always=always: _valid(size, kernel, always),
        )
        for always in (2, 3)
    ),
    _size_mistake(
        "The size is that of a transposed convolution, which makes images larger",
        "A convolution with a stride leaves out starts, so that less comes out than goes in.",
        "Divide by the stride.",
        lambda size, kernel, stride: size * stride,
        lambda size, kernel, stride: (size - 1) * stride + kernel,
    ),
    _size_mistake(
        "The number of all pixels is returned, rows times columns",
        "Only the rows, or the columns, are asked for.",
        "Return the number along one axis.",
        lambda size, kernel, stride: _same(size, kernel, stride) ** 2,
        lambda size, kernel, stride: _valid(size, kernel, stride) ** 2,
    ),
    _size_mistake(
        "Rows and columns are returned, two numbers",
        "Only the rows, or the columns, are asked for.",
        "Return one number.",
        lambda size, kernel, stride: [_same(size, kernel, stride)] * 2,
        lambda size, kernel, stride: [_valid(size, kernel, stride)] * 2,
    ),
    _size_mistake(
        "Nothing is returned with padding “valid”",
        "The function ends without a `return` where the padding is not “same”.",
        'Return a number for "valid" too.',
        _same,
        lambda size, kernel, stride: None,
    ),
    _size_mistake(
        "Nothing is returned with padding “same”",
        "The function ends without a `return` where the padding is not “valid”.",
        'Return a number for "same" too.',
        lambda size, kernel, stride: None,
        _valid,
    ),
)


#: From how many pixels the starts are counted, by how a learner may write it, and what is wrong.
_STARTS: dict[str, tuple[Callable[[int, int], int], str]] = {
    "size": (lambda size, kernel: size, "the kernel is left out"),
    "size - kernel": (lambda size, kernel: size - kernel, ""),
    "size - kernel + 1": (lambda size, kernel: size - kernel + 1, ""),
    "size + kernel - 1": (lambda size, kernel: size + kernel - 1, "that is “full” padding"),
    "size + kernel - 2": (lambda size, kernel: size + kernel - 2, "that is “full” padding"),
    "size + kernel": (lambda size, kernel: size + kernel, "the kernel is added"),
    "size - kernel + 2": (lambda size, kernel: size - kernel + 2, ""),
    "size - kernel - 1": (lambda size, kernel: size - kernel - 1, ""),
    "size - 2 * (kernel // 2)": (
        lambda size, kernel: size - 2 * (kernel // 2),
        "kernel // 2 on either side is one too many for an even kernel",
    ),
    "size - kernel // 2": (
        lambda size, kernel: size - kernel // 2,
        "half of the kernel is taken away on one side only",
    ),
    "size + 2 * (kernel // 2) - kernel": (
        lambda size, kernel: size + 2 * (kernel // 2) - kernel,
        "there is kernel // 2 of padding on either side",
    ),
    "size + 2 * (kernel // 2)": (
        lambda size, kernel: size + 2 * (kernel // 2),
        "there is kernel // 2 of padding on either side, and the kernel is left out",
    ),
    "size - 1": (lambda size, kernel: size - 1, ""),
    "size + 1": (lambda size, kernel: size + 1, ""),
    "size - 2": (lambda size, kernel: size - 2, "a kernel of 3 is taken for granted"),
}


_DIVISIONS: dict[str, Callable[[int, int], float]] = {
    "({}) // stride": lambda starts, stride: starts // stride,
    "ceil(({}) / stride)": lambda starts, stride: -(-starts // stride),
    "round(({}) / stride)": lambda starts, stride: round(starts / stride),
    "({}) / stride": lambda starts, stride: starts / stride,
    "{}": lambda starts, stride: starts,
    "({}) * stride": lambda starts, stride: starts * stride,
}


_ONE_TOO_MANY = "one too many where the stride divides the number of starts"


_ADDED = {"": 0, " + 1": 1, " - 1": -1}


def _size_by(size: int, kernel: int, stride: int, padding: str, **formulas: Any) -> float:
    """Compute a size by another formula for one padding, or for both."""
    if padding not in formulas:
        return output_size(size, kernel, stride, padding)
    starts, division, added = formulas[padding]
    return float(_DIVISIONS[division](_STARTS[starts][0](size, kernel), stride) + _ADDED[added])


def _size_slips() -> Iterator[Slip]:
    """Yield every formula for one padding, then every rounding that is wrong for both."""
    for padding in ("same", "valid"):
        for starts, division, added in product(_STARTS, _DIVISIONS, _ADDED):
            because = _because(padding, starts, added)
            yield Slip(
                f"With padding “{padding}” the size is computed as "
                f"{_formula(starts, division, added)}" + (f": {because}" if because else ""),
                {padding: (starts, division, added)},
                "Count the starts for the stride 1; of these, the first and then every stride-th "
                "one is left.",
            )
    for division, added, valid in product(
        _DIVISIONS, _ADDED, ("size - kernel + 1", "size - kernel")
    ):
        same = _formula("size", division, added)
        yield Slip(
            f"The size is computed as {same} with padding “same” and "
            f"{_formula(valid, division, added)} with “valid”"
            + (f": {_ONE_TOO_MANY}" if "//" in division and added == " + 1" else ""),
            {"same": ("size", division, added), "valid": (valid, division, added)},
            "Count the starts for the stride 1, divide by the stride, round up and add nothing.",
        )
    for same, valid in product(_STARTS, repeat=2):
        formula = ("({}) // stride", " + 1")
        yield Slip(
            f"The size is computed as {_formula(same, *formula)} with padding “same” and "
            f"{_formula(valid, *formula)} with “valid”",
            {"same": (same, *formula), "valid": (valid, *formula)},
            "Count the starts for the stride 1, divide by the stride and round up.",
        )


def _because(padding: str, starts: str, added: str) -> str:
    """Say what is wrong with where a formula begins to count, if that is what is wrong."""
    if starts == {"same": "size", "valid": "size - kernel + 1"}[padding]:
        return _ONE_TOO_MANY if added == " + 1" else ""
    if padding == "valid" and starts == "size - kernel" and not added:
        return "the last start is not counted, the 1 is missing"
    return _STARTS[starts][1]


def _formula(starts: str, division: str, added: str) -> str:
    """Return a formula as it is written in Python."""
    return division.format(starts).replace("(size)", "size") + added


EXERCISE = NumericExercise(
    "output_size",
    "03_convolutional_block",
    ("size", "kernel", "stride", "padding"),
    _output_size_cases,
    _SIZE_MISTAKES,
    "Covered: both paddings, strides from 1 to 3, kernels of odd and of even size, sizes that "
    "the stride does not divide. Grading draws other sizes.",
    truth=output_size,
    tolerance=0.0,
    describe="a whole number",
    variations=Variations(
        _size_by,
        tuple(_size_slips()),
        _SHAPES,
        (
            "Draw one row of five pixels and lay the kernel on it, step by step.",
            "Which line of yours does this? Print what it gives.",
        ),
        together=1,
    ),
)
