"""Lesson 2: `identity_block_parameters`."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.residual import (
    GRADING,
    draw_filters,
)
from checks.exercise import NumericExercise
from checks.mistakes import (
    Mistake,
)
from checks.variations import Slip, Variations


def identity_block_parameters(f: int, channels: int, filters: Sequence[int]) -> int:
    """Count what training changes: kernels, biases, gamma and beta."""
    sizes = (1, f, 1)
    inputs = (channels, *filters[:-1])
    return sum(
        kernel * kernel * before * after + after + 2 * after
        for kernel, before, after in zip(sizes, inputs, filters, strict=True)
    )


def _parameter_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, f: int) -> Case:
        filters = draw_filters(generator, 3)
        return Case(covers, {"f": f, "channels": filters[-1], "filters": filters})

    cases = [
        case("first call", 3),
        Case("the blocks of ResNet50", {"f": 3, "channels": 256, "filters": (64, 64, 256)}),
        case("other kernel sizes", 5),
    ]
    return [*cases, case("other kernel sizes", 7)] if grading else cases


def _parameters_by(
    count: Any,
) -> Any:
    def function(f: int, channels: int, filters: Sequence[int]) -> int:
        inputs = (channels, *filters[:-1])
        return sum(
            count(kernel, before, after)
            for kernel, before, after in zip((1, f, 1), inputs, filters, strict=True)
        )

    return function


_COUNTING = "lesson 2, “What a block costs”"


def _units(sizes: Sequence[int], inputs: Sequence[int], filters: Sequence[int]) -> int:
    """Count the parameters of convolutions with batch normalisation, one after the other."""
    return sum(
        kernel * kernel * before * after + 3 * after
        for kernel, before, after in zip(sizes, inputs, filters, strict=True)
    )


_SIZE_HINTS = (
    "Write the table of the three units: kernel size, input channels, filters.",
    "The kernel sizes are 1, f and 1. The input channels are those of the block, F1 and F2.",
)


_WRONG_SIZES: tuple[tuple[str, str, tuple[str, str, str], Any], ...] = (
    (
        "All three kernels are counted as f × f",
        "Only the convolution in the middle has an f×f kernel. The other two are 1×1.",
        (*_SIZE_HINTS, "Count f × f for the second convolution only."),
        lambda f, channels, filters: _units((f, f, f), (channels, *filters[:-1]), filters),
    ),
    (
        "The middle kernel is counted as 3 × 3, whatever f says",
        "`f` is the size of the middle kernel. It need not be 3.",
        (*_SIZE_HINTS, "Count f × f for the second convolution."),
        lambda f, channels, filters: _units((1, 3, 1), (channels, *filters[:-1]), filters),
    ),
    (
        "Every convolution is counted as if it read the input of the block",
        "The second convolution reads the F1 feature maps of the first, the third the F2 of the "
        "second.",
        (*_SIZE_HINTS, "Multiply by the filters of the convolution before."),
        lambda f, channels, filters: _units((1, f, 1), (channels,) * 3, filters),
    ),
    (
        "The third convolution is counted as if it read F1 channels",
        "It reads the output of the second convolution, which has F2 channels.",
        (*_SIZE_HINTS, "The kernel of the third convolution has F2 × F3 numbers."),
        lambda f, channels, filters: _units((1, f, 1), (channels, *filters[:1] * 2), filters),
    ),
    (
        "The third unit is left out",
        "The last 1×1 convolution, which restores the number of channels, is not counted.",
        (*_SIZE_HINTS, "Add F2 × F3 + 3 × F3."),
        lambda f, channels, filters: _units((1, f), (channels, filters[0]), filters[:2]),
    ),
    (
        "A projection is counted on the shortcut",
        "The shortcut of an identity block has no layers, and so no parameters.",
        (*_SIZE_HINTS, "Leave out what you count for the shortcut."),
        lambda f, channels, filters: _units(
            (1, f, 1, 1), (channels, *filters[:-1], channels), (*filters, filters[-1])
        ),
    ),
    (
        "All three kernels are counted as f, none as f × f",
        "A kernel has as many rows as columns: f × f numbers in the middle, and 1 × 1 before and "
        "after it.",
        (*_SIZE_HINTS, "Count f × f for the second convolution only."),
        lambda f, channels, filters: sum(
            f * before * after + 3 * after
            for before, after in zip((channels, *filters[:-1]), filters, strict=True)
        ),
    ),
    *(
        (
            f"A convolution is counted on the shortcut, {words}",
            "The shortcut of an identity block has no layers, and so no parameters.",
            (*_SIZE_HINTS, "Leave out what you count for the shortcut."),
            lambda f, channels, filters, further=further: (
                identity_block_parameters(f, channels, filters)
                + channels * filters[-1]
                + further * filters[-1]
            ),
        )
        for words, further in (("its kernel alone", 0), ("without a normalisation", 1))
    ),
    (
        "The last batch normalisation is left out",
        "All three units normalise, the last one too.",
        (*_SIZE_HINTS, "Add gamma and beta, 2 × F3, for the third unit."),
        lambda f, channels, filters: (
            identity_block_parameters(f, channels, filters) - 2 * filters[-1]
        ),
    ),
    (
        "The counts of the three units are returned, not their sum",
        "The block has one number of parameters: that of all its units together.",
        (*_SIZE_HINTS, "Return the sum of the three."),
        lambda f, channels, filters: [
            _units((size,), (before,), (after,))
            for size, before, after in zip(
                (1, f, 1), (channels, *filters[:-1]), filters, strict=True
            )
        ],
    ),
)


def _parameter_mistake(title: str, explanation: str, hint: str, count: Any) -> Mistake:
    hints = ("Count the parameters of one convolution by hand.", explanation, hint)
    return Mistake(title, explanation, hints, _COUNTING, function=_parameters_by(count))


_PARAMETER_MISTAKES = (
    _parameter_mistake(
        "The biases are left out, or one of gamma and beta is",
        "Two numbers are counted for each filter besides its kernel. There are three: the bias of "
        "the convolution, and gamma and beta of the normalisation.",
        "Add three times the number of filters of each convolution.",
        lambda kernel, before, after: kernel * kernel * before * after + 2 * after,
    ),
    _parameter_mistake(
        "The batch normalisations are left out",
        "Each batch normalisation learns gamma and beta, two numbers for each channel.",
        "Add twice the number of filters of each convolution.",
        lambda kernel, before, after: kernel * kernel * before * after + after,
    ),
    _parameter_mistake(
        "The moving statistics are counted",
        "The moving mean and variance are stored but not trained: the optimiser never sees them.",
        "Count two numbers for each channel of a normalisation, not four.",
        lambda kernel, before, after: kernel * kernel * before * after + after + 4 * after,
    ),
    _parameter_mistake(
        "The kernel is counted as f, not as f × f",
        "A kernel of the size f has f × f positions for each pair of channels.",
        "Square the kernel size.",
        lambda kernel, before, after: kernel * before * after + after + 2 * after,
    ),
    _parameter_mistake(
        "The input channels are left out",
        "Each filter has a kernel of its own for each input channel.",
        "Multiply by the number of channels that enter the convolution.",
        lambda kernel, before, after: kernel * kernel * after + after + 2 * after,
    ),
    _parameter_mistake(
        "Only the kernels are counted",
        "Besides its kernel each filter has a bias, and its channel a gamma and a beta.",
        "Add three times the number of filters of each convolution.",
        lambda kernel, before, after: kernel * kernel * before * after,
    ),
    _parameter_mistake(
        "There is one bias for each convolution, not for each filter",
        "A convolution adds one number of its own to each of its feature maps.",
        "Add the number of filters, not 1, for the biases of a convolution.",
        lambda kernel, before, after: kernel * kernel * before * after + 1 + 2 * after,
    ),
    _parameter_mistake(
        "The moving statistics are counted and the biases are not",
        "A convolution has a bias for each filter. The moving mean and variance are stored but "
        "not trained.",
        "Count three numbers for each filter: bias, gamma and beta.",
        lambda kernel, before, after: kernel * kernel * before * after + 4 * after,
    ),
    *(
        Mistake(title, explanation, hints, _COUNTING, function=function)
        for title, explanation, hints, function in _WRONG_SIZES
    ),
)


_UNITS = ("first", "second", "third")


_KERNELS = {
    "f": "is counted as f numbers, not f × f",
    "2 × f": "is counted as 2 × f, not f × f",
    "f ^ 2": "is counted with `f ^ 2`, which in Python is not a power: `f ** 2` is",
    "f + f²": "is counted as f + f × f, not f × f",
    "9": "is counted as 3 × 3, whatever f says",
    "1": "is counted as 1 × 1",
    "f²": "is counted as f × f",
    "0": "is left out",
}


_LEFT_OUT = (
    ("nothing is", 0),
    ("one number is", 1),
    ("two numbers are", 2),
    ("four numbers are", 4),
    ("five numbers are", 5),
    ("six numbers are", 6),
)


def _counted_by(f: int, channels: int, filters: Sequence[int], **parts: Any) -> int:
    """Count the parameters of an identity block with some of the factors replaced.

    Args:
        f: Size of the middle kernel.
        channels: Channels of the input.
        filters: F1, F2 and F3.
        **parts: What stands in the place of a factor: `kernel`, `inputs` or `filters` with the
            number of the unit, a name; `further` with the number of the unit, how many numbers
            are counted besides the kernel for each filter; `brackets`, the units in which these
            are multiplied by the channels that the kernel reads; `units`, those that are counted.
    """
    F1, F2, F3 = filters
    sizes = {"channels": channels, "F1": F1, "F2": F2, "F3": F3, "1": 1, "0": 0}
    kernels = {"f": f, "2 × f": 2 * f, "f ^ 2": f ^ 2, "f + f²": f + f * f, "f²": f * f, "9": 9}
    right = (("1", "channels", "F1"), ("f²", "F1", "F2"), ("1", "F2", "F3"))
    total = 0
    for unit in parts.get("units", (1, 2, 3)):
        kernel, before, after = right[unit - 1]
        kernel = parts.get(f"kernel {unit}", kernel)
        before, after = parts.get(f"inputs {unit}", before), parts.get(f"filters {unit}", after)
        weights = (sizes | kernels)[kernel] * sizes[before] * sizes[after]
        times = sizes[before] if unit in parts.get("brackets", ()) else 1
        total += weights + parts.get(f"further {unit}", 3) * times * filters[unit - 1]
    return total


def _unit_slips(unit: int, kernel: str, before: str, after: str) -> Iterator[Slip]:
    """Yield what may be wrong in the count of one unit of the block."""
    name = f"the kernel of the {_UNITS[unit - 1]} convolution"
    title = name[0].upper() + name[1:]
    for wrong, words in _KERNELS.items():
        if wrong != kernel and not (wrong == "1" and unit != 2):
            yield Slip(f"{title} {words}", {f"kernel {unit}": wrong}, f"Count {name} by hand.")
    for wrong in ("channels", "F1", "F2", "F3"):
        if wrong != before:
            words = f"is counted as if it read {wrong} channels, not {before}"
            yield Slip(f"{title} {words}", {f"inputs {unit}": wrong}, f"It reads {before}.")
        if wrong != after:
            words = f"is counted with {wrong} filters, not {after}"
            yield Slip(f"{title} {words}", {f"filters {unit}": wrong}, f"It has {after} filters.")
    by_inputs, by_filters = f"Multiply by {before}.", f"Multiply by {after}."
    yield Slip(
        f"{title} is not multiplied by its input channels", {f"inputs {unit}": "1"}, by_inputs
    )
    yield Slip(f"{title} is not multiplied by its filters", {f"filters {unit}": "1"}, by_filters)


def _further_slips() -> Iterator[Slip]:
    """Yield what may be wrong in the count of biases, gamma and beta."""
    for count in (1, 2, 3):
        for units in combinations((1, 2, 3), count):
            where = " and ".join(_UNITS[unit - 1] for unit in units)
            for words, number in _LEFT_OUT:
                yield Slip(
                    f"Besides the kernel, {words} counted for each filter of the {where} "
                    f"unit{'s' * (count > 1)}, and there are three",
                    {f"further {unit}": number for unit in units},
                    "Bias, gamma and beta are three numbers for each filter of each unit; mind "
                    "the brackets in 3 × (F1 + F2 + F3).",
                )
            yield Slip(
                f"Bias, gamma and beta of the {where} unit{'s' * (count > 1)} are multiplied by "
                "the channels that the kernel reads",
                {"brackets": units},
                "A filter has one bias, one gamma and one beta, however many channels it reads. "
                "Mind the brackets.",
            )
            if count < 3:
                yield Slip(
                    f"Only the {where} unit{'s are' if count > 1 else ' is'} counted",
                    {"units": units},
                    "A `return` inside of a loop ends it in its first turn; the sum runs over all "
                    "three units.",
                )


_COUNT_SLIPS = (
    *_unit_slips(2, "f²", "F1", "F2"),
    *_unit_slips(3, "1", "F2", "F3"),
    *_unit_slips(1, "1", "channels", "F1"),
    *_further_slips(),
)


EXERCISE = NumericExercise(
    "identity_block_parameters",
    "02_identity_block",
    ("f", "channels", "filters"),
    _parameter_cases,
    _PARAMETER_MISTAKES,
    "Covered: the blocks of ResNet50 and blocks with unequal filters." + GRADING,
    truth=identity_block_parameters,
    tolerance=0.0,
    describe="a whole number",
    variations=Variations(
        _counted_by,
        _COUNT_SLIPS,
        _COUNTING,
        (
            "Write down what each of the three units counts.",
            "Which line of yours does this? Print what it gives.",
        ),
    ),
)
