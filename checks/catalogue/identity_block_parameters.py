"""Lesson 2: `identity_block_parameters`."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.residual import GRADING, draw_filters
from checks.exercise import NumericExercise
from checks.variations import Slip, Variations, alone, table


def identity_block_parameters(f: int, channels: int, filters: Sequence[int]) -> int:
    """Count what training changes: kernels, biases, gamma and beta."""
    sizes = (1, f, 1)
    inputs = (channels, *filters[:-1])
    return sum(
        kernel * kernel * before * after + after + 2 * after
        for kernel, before, after in zip(sizes, inputs, filters, strict=True)
    )


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, f: int) -> Case:
        filters = draw_filters(generator, 3)
        return Case(covers, {"f": f, "channels": filters[-1], "filters": filters})

    cases = [
        case("first call", 3),
        Case("the blocks of ResNet50", {"f": 3, "channels": 256, "filters": (64, 64, 256)}),
        case("other kernel sizes", 5),
    ]
    return [*cases, case("other kernel sizes", 7)] if grading else cases


def _counted_by(f: int, channels: int, filters: Sequence[int], **parts: Any) -> Any:
    """Count the parameters of an identity block with some of the factors replaced.

    Args:
        f: Size of the middle kernel.
        channels: Channels of the input.
        filters: F1, F2 and F3.
        **parts: What stands in place of a factor: `kernel`, `inputs` or `filters` with the
            number of the unit, a name; `further` with the number of the unit, how many numbers
            are counted besides the kernel for each filter; `brackets`, the units in which these
            are multiplied by the channels that the kernel reads; `once`, how many numbers are
            counted for a unit whatever its filters; `units`, those that are counted, of which 4
            is the shortcut; `join`, what becomes of their counts.
    """
    F1, F2, F3 = filters
    sizes = {"channels": channels, "F1": F1, "F2": F2, "F3": F3, "1": 1, "0": 0}
    kernels = {"f": f, "2 × f": 2 * f, "f ^ 2": f ^ 2, "f + f²": f + f * f, "f²": f * f, "9": 9}
    right = {
        1: ("1", "channels", "F1"),
        2: ("f²", "F1", "F2"),
        3: ("1", "F2", "F3"),
        4: ("1", "channels", "F3"),
    }

    def count(unit: int) -> int:
        kernel, inputs, outputs = (
            parts.get(f"{factor} {unit}", name)
            for factor, name in zip(("kernel", "inputs", "filters"), right[unit], strict=True)
        )
        times = sizes[inputs] if unit in parts.get("brackets", ()) else 1
        further = parts.get(f"further {unit}", 3) * times * sizes[right[unit][2]]
        kernel_size = (sizes | kernels)[kernel] * sizes[inputs] * sizes[outputs]
        return int(kernel_size + further + parts.get("once", 0))

    return parts.get("join", sum)([count(unit) for unit in parts.get("units", (1, 2, 3))])


def _in_all(factor: str, wrong: Any, **others: Any) -> dict[str, Any]:
    """Return parts with the same factor wrong in all three units."""
    return {f"{factor} {unit}": wrong for unit in (1, 2, 3)} | others


_MISTAKES = alone(
    *table(
        "{}",
        "",
        {
            "Only the kernels are counted": (
                _in_all("further", 0),
                "Besides its kernel each filter has a bias, and its channel a gamma and a beta. "
                "These three numbers are not counted.",
            ),
            "The batch normalisations are left out": (
                _in_all("further", 1),
                "Each batch normalisation learns a gamma and a beta for each channel. These are "
                "parameters as well, and they are not counted.",
            ),
            "The biases are left out, or one of gamma and beta is": _in_all("further", 2),
            "The moving statistics are counted and the biases are not": (
                _in_all("further", 4),
                "The biases, one for each filter, are parameters and should be counted. The "
                "moving mean and variance are stored but not trained, and should not.",
            ),
            "The moving statistics are counted": (
                _in_all("further", 5),
                "The moving mean and variance are stored but not trained: the optimiser never "
                "sees them. Only what is trained should be counted.",
            ),
            "There is one bias for each convolution, not for each filter": (
                _in_all("further", 2, once=1),
                "A convolution adds another bias to each of its feature maps, so it has as many "
                "biases as filters.",
            ),
            "The last batch normalisation is left out": (
                {"further 3": 1},
                "All three units have a batch normalisation, the last one as well.",
            ),
        },
        "Add three times the number of filters of each convolution.",
        "Two numbers are counted for each filter besides its kernel. There are three: the bias of "
        "the convolution, and gamma and beta of the normalisation.",
    ),
    *table(
        "{}",
        "",
        {
            "The kernel is counted as f, not as f × f": (
                {"kernel 2": "f"},
                "A kernel of the size f has f rows and f columns: f × f numbers for each pair of "
                "channels.",
            ),
            "The middle kernel is counted as 3 × 3, whatever f says": (
                {"kernel 2": "9"},
                "`f` is the size of the middle kernel, and it need not be 3.",
            ),
            "All three kernels are counted as f × f": _in_all("kernel", "f²"),
            "All three kernels are counted as f, none as f × f": (
                _in_all("kernel", "f"),
                "A kernel has as many rows as columns: f × f numbers in the middle convolution, "
                "and 1 × 1 in the other two.",
            ),
        },
        "Count f × f for the second convolution only.",
        "Only the convolution in the middle has an f×f kernel. The kernels of the other two are "
        "1×1.",
    ),
    *table(
        "{}",
        "",
        {
            "The input channels are left out": (
                _in_all("inputs", "1"),
                "Each filter has a kernel for each input channel, so the count has to be "
                "multiplied by the number of input channels.",
            ),
            "Every convolution is counted as if it read the input of the block": {
                "inputs 2": "channels",
                "inputs 3": "channels",
            },
            "The third convolution is counted as if it read F1 channels": (
                {"inputs 3": "F1"},
                "The third convolution reads the output of the second, which has F2 channels.",
            ),
        },
        "Multiply by the filters of the convolution before, and in the first by the channels.",
        "Only the first convolution reads the input of the block. The second reads the F1 feature "
        "maps of the first, and the third the F2 of the second.",
    ),
    *table(
        "A {}",
        "",
        {
            "projection is counted on the shortcut": {"units": (1, 2, 3, 4)},
            "convolution is counted on the shortcut, its kernel alone": {
                "units": (1, 2, 3, 4),
                "further 4": 0,
            },
            "convolution is counted on the shortcut, without a normalisation": {
                "units": (1, 2, 3, 4),
                "further 4": 1,
            },
        },
        "Leave out what you count for the shortcut.",
        "The shortcut of an identity block has no layers, so it has no parameters.",
    ),
    Slip(
        "The third unit is left out",
        {"units": (1, 2)},
        "Add F2 × F3 + 3 × F3.",
        "The last unit, whose 1×1 convolution restores the number of channels, is not counted.",
    ),
    Slip(
        "The counts of the three units are returned, not their sum",
        {"join": list},
        "Return the sum of the three.",
        "The function returns three numbers. The exercise asks for one, the number of parameters "
        "of the whole block.",
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
                    "A `return` inside a loop ends it in its first turn; the sum runs over all "
                    "three units.",
                )


VARIATIONS = Variations(
    _counted_by,
    (
        *_MISTAKES,
        *_unit_slips(2, "f²", "F1", "F2"),
        *_unit_slips(3, "1", "F2", "F3"),
        *_unit_slips(1, "1", "channels", "F1"),
        *_further_slips(),
    ),
    "lesson 2, “What a block costs”",
    (
        "Write the table of the three units: kernel size, input channels, filters.",
        "The kernel sizes are 1, f and 1. The input channels are those of the block, F1 and F2.",
    ),
)

EXERCISE = NumericExercise(
    "identity_block_parameters",
    "02_identity_block",
    ("f", "channels", "filters"),
    _cases,
    VARIATIONS.mistakes,
    "Covered: the blocks of ResNet50 and blocks with unequal filters." + GRADING,
    truth=identity_block_parameters,
    tolerance=0.0,
    describe="a whole number",
    variations=VARIATIONS,
)
