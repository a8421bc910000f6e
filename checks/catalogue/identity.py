"""Lesson 2: the identity block."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from checks.case import Case
from checks.catalogue.residual import (
    BATCH_NORM,
    GRADING,
    bottleneck,
    bottleneck_mistakes,
    default_mistake,
    draw_filters,
    draw_images,
    on_the_shortcut,
)
from checks.exercise import Exercise, NetworkExercise, NumericExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Mistake,
    Mutation,
    Reference,
    both,
    called_with,
    changed,
    inserted_after,
    rewired,
    without,
)
from checks.variations import Slip, Variations

LESSON_2 = "02_identity_block"


def conv_bn(
    g: GraphBuilder,
    X: str,
    filters: int,
    kernel_size: int,
    name: str,
    strides: int = 1,
    use_bias: bool = True,
) -> str:
    """Write the reference: convolution, then batch normalisation."""
    X = g.conv("convolution", X, filters, kernel_size, strides, use_bias=use_bias)
    return g.batch_norm("batch normalisation", X)


def identity_block(
    g: GraphBuilder,
    X: str,
    f: int,
    filters: Sequence[int],
    stage: int,
    block: str,
    preactivated: bool = False,
) -> str:
    """Write the reference: a bottleneck added to its input.

    A learner may have normalised and rectified before each convolution.
    """
    main = bottleneck(g, X, f, filters, 1, preactivated=preactivated)
    total = g.add("addition", "add", main, X)
    return total if preactivated else g.add("ReLU 3", "relu", total)


def identity_block_parameters(f: int, channels: int, filters: Sequence[int]) -> int:
    """Count what training changes: kernels, biases, gamma and beta."""
    sizes = (1, f, 1)
    inputs = (channels, *filters[:-1])
    return sum(
        kernel * kernel * before * after + after + 2 * after
        for kernel, before, after in zip(sizes, inputs, filters, strict=True)
    )


def _conv_bn_state(biased: Callable[[bool], bool]) -> Callable[..., dict[str, int]]:
    """Return what training changes in a unit: its numbers tell whether there is a bias.

    Args:
        biased: From the argument `use_bias` to whether there is one.
    """

    def state(X: Any, filters: int, kernel_size: int, **others: Any) -> dict[str, int]:
        kernel = kernel_size * kernel_size * X.shape[-1] * filters
        bias = filters if biased(others.get("use_bias", True)) else 0
        return {"trainable_parameters": kernel + bias + 2 * filters}

    return state


def _conv_bn_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, kernel_size: int, strides: int, **others: Any) -> Case:
        filters, channels = draw_filters(generator, 2)
        arguments = {
            "X": draw_images(generator, channels),
            "filters": filters,
            "kernel_size": kernel_size,
            "name": "2a_branch2a",
            "strides": strides,
        }
        return Case(covers, arguments | others)

    cases = [
        case("first call", 3, 1),
        case("other kernel sizes", 1, 1),
        case("strides", 3, 2),
        case("convolution without bias", 3, 1, use_bias=False),
    ]
    left_out, twice = case("strides left out", 3, 1), case("two units in one network", 3, 1)
    first = {key: value for key, value in left_out.arguments.items() if key != "strides"}
    second = {**twice.arguments, "name": "2a_branch2b"}
    cases += [replace(left_out, arguments=first), replace(twice, then=second)]
    if grading:
        cases += [case("other kernel sizes", 5, 1), case("strides", 1, 3)]
    return cases


def _identity_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, stage: int, block: str, filters: tuple[int, ...]) -> dict[str, Any]:
        images = draw_images(generator, filters[-1])
        return {"X": images, "f": f, "filters": filters, "stage": stage, "block": block}

    filters = draw_filters(generator, 3)
    twice = Case(
        "two blocks in one network",
        arguments(3, 2, "b", filters),
        then=arguments(3, 2, "c", filters),
    )
    cases = [
        Case("first call", arguments(3, 2, "b", filters)),
        Case("other kernel sizes", arguments(5, 3, "c", draw_filters(generator, 3))),
        twice,
    ]
    if grading:
        for f in (1, 2, 7):
            cases.append(
                Case("other kernel sizes", arguments(f, 4, "d", draw_filters(generator, 3)))
            )
    return cases


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


_THE_BLOCK = "lesson 2, “The identity block, layer by layer”"


_THE_UNIT = "lesson 2, “Convolution and batch normalisation”"


_COUNTING = "lesson 2, “What a block costs”"


_CONV_BN_MISTAKES = (
    *(
        Mistake(
            title,
            "A batch normalisation takes the bias away again, so both compute the same. But the "
            "weights of published networks have biases where `use_bias` says so: without a place "
            "for each, they cannot be loaded.",
            (
                "How many weights has the convolution, with and without a bias?",
                "Follow the argument `use_bias` through your function.",
                "Write `layers.Conv2D(…, use_bias=use_bias, …)`.",
            ),
            "lesson 2, “Convolution and batch normalisation”",
            state=_conv_bn_state(biased),
        )
        for title, biased in (
            ("The argument use_bias is ignored: there is always a bias", lambda use_bias: True),
            ("The argument use_bias is ignored: there is never a bias", lambda use_bias: False),
            ("The argument use_bias is used the wrong way round", lambda use_bias: not use_bias),
        )
    ),
    Mistake(
        "The batch normalisation is missing",
        "The unit ends with the convolution. Without the normalisation, the size of the signal "
        "drifts from layer to layer, and deep networks become hard to train.",
        (
            "How many layers should the unit have?",
            "The convolution's output is the input of a second layer.",
            "Apply `layers.BatchNormalization(axis=3, …)` to the result of the convolution.",
        ),
        _THE_UNIT,
        without("batch normalisation"),
    ),
    Mistake(
        "The unit has a ReLU",
        "The unit ends with a ReLU. The block decides where a ReLU goes: the last unit of the main "
        "path must not have one, because it comes after the addition.",
        (
            "Which layers does the unit consist of?",
            "Nothing comes after the normalisation here.",
            "Return the output of the batch normalisation itself.",
        ),
        _THE_UNIT,
        inserted_after("batch normalisation", "relu"),
    ),
    Mistake(
        "A ReLU stands between convolution and normalisation",
        "The convolution rectifies its output before it is normalised. The statistics are then "
        "those of half the values. The paper normalises right after the convolution.",
        (
            "What stands between the two layers?",
            "Does the convolution have an activation?",
            'Take `activation="relu"` out of the convolution.',
        ),
        _THE_UNIT,
        inserted_after("convolution", "relu"),
    ),
    Mistake(
        "The padding is “valid”",
        "Without padding, each 3×3 convolution makes the images two pixels smaller, and the sum "
        "with the shortcut does not fit.",
        (
            "Compare the output's height and width with the input's.",
            "Which padding keeps the size where the stride is 1?",
            'Give the convolution `padding="same"`.',
        ),
        _THE_UNIT,
        changed("convolution", padding="valid"),
    ),
    Mistake(
        "The stride is ignored",
        "The convolution always moves by one pixel, whatever `strides` says.",
        (
            "Which parameter of the function is never used?",
            "The convolution takes the stride.",
            "Give the convolution `strides=strides`.",
        ),
        _THE_UNIT,
        called_with(lambda arguments: {"strides": 1}),
    ),
    Mistake(
        "The kernel size is ignored",
        "The kernel is always 3×3, whatever `kernel_size` says.",
        (
            "Which parameter of the function is never used?",
            "The second argument of the convolution is the size of its kernel.",
            "Give the convolution `kernel_size`.",
        ),
        _THE_UNIT,
        called_with(lambda arguments: {"kernel_size": 3}),
    ),
    Mistake(
        "The normalisation uses the wrong axis",
        "The normalisation works over an axis of the image. Each channel has statistics of its "
        "own, and the channels are the last axis, number 3.",
        (
            "What are the four axes of `X`?",
            "Each channel should have its own mean and variance.",
            "Give the normalisation `axis=3`.",
        ),
        _THE_UNIT,
        changed("batch normalisation", axis=1),
    ),
    Mistake(
        "The batch normalisation comes before the convolution",
        "The unit normalises its input, not what the convolution computes.",
        (
            "Which of the two layers reads the input?",
            "The unit is a convolution, then its normalisation.",
            "Apply the convolution to `X` and the normalisation to its result.",
        ),
        _THE_UNIT,
        both(
            without("batch normalisation"),
            inserted_after("input", "batch_norm", **BATCH_NORM),
        ),
    ),
    Mistake(
        "The number of filters and the kernel size are swapped",
        "The convolution has `kernel_size` filters, and kernels of the size `filters`.",
        (
            "In which order does a convolution take its first two arguments?",
            "First the number of filters, then the size of the kernel.",
            "Write `layers.Conv2D(filters, kernel_size, …)`.",
        ),
        _THE_UNIT,
        called_with(
            lambda arguments: {
                "filters": arguments["kernel_size"],
                "kernel_size": arguments["filters"],
            }
        ),
    ),
    Mistake(
        "Batch normalisation is fixed to training mode",
        "`training=True` is built into the network. Wherever the model is called without a mode, "
        "as in `model(images)`, it then normalises with the statistics of the batch: an answer "
        "depends on the other images of its batch.",
        (
            "Is there an argument `training` in your code?",
            "Keras sets the mode by itself in `fit` and `predict`.",
            "Call the normalisation with nothing but its input.",
        ),
        _THE_UNIT,
        changed("batch normalisation", training=True),
    ),
    *(
        Mistake(
            f"The batch normalisation has no {missing}",
            "Gamma and beta let training stretch and move what was normalised. Without them the "
            "unit can compute less.",
            (
                "Which settings does your normalisation have besides `axis` and `epsilon`?",
                "Gamma belongs to `scale`, beta to `center`; both are there by default.",
                "Leave out `scale` and `center`.",
            ),
            _THE_UNIT,
            changed("batch normalisation", **settings),
        )
        for missing, settings in (
            ("gamma", {"scale": False}),
            ("beta", {"center": False}),
            ("gamma and no beta", {"scale": False, "center": False}),
        )
    ),
    default_mistake("strides", 1, 2, _THE_UNIT),
)

_ON_THE_SHORTCUT = (
    "What does the picture show on the shortcut?",
    "The identity needs no layer: the input is added as it came in.",
    "Keep the input, `shortcut = X`, and add that.",
)


def _projected(*steps: str) -> Mutation:
    """Put layers on the shortcut; a convolution has as many filters as there are channels."""

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        convolution = {
            "filters": arguments["filters"][-1],
            "kernel": (1, 1),
            "strides": (1, 1),
            "padding": "same",
            "use_bias": True,
        }
        params: dict[str, Mapping[str, Any]] = {"conv2d": convolution, "batch_norm": BATCH_NORM}
        layers = [(step, params.get(step, {})) for step in steps]
        return on_the_shortcut(*layers)(reference, arguments)

    return mutation


_IDENTITY_MISTAKES = (
    *(
        Mistake(title, explanation, _ON_THE_SHORTCUT, _THE_BLOCK, _projected(*steps))
        for title, explanation, steps in (
            (
                "The shortcut is projected",
                "A 1×1 convolution and a batch normalisation stand on the shortcut. That is the "
                "convolutional block of lesson 3. Here the input passes unchanged.",
                ("conv2d", "batch_norm"),
            ),
            (
                "The shortcut goes through a convolution",
                "The input has the right shape already and should pass unchanged. A convolution "
                "makes the shortcut a layer like others.",
                ("conv2d",),
            ),
            (
                "The shortcut is normalised",
                "A batch normalisation stands on the shortcut, which should pass its input "
                "unchanged.",
                ("batch_norm",),
            ),
            (
                "The shortcut is rectified",
                "A ReLU stands on the shortcut, which should pass its input unchanged, positive "
                "and negative.",
                ("relu",),
            ),
        )
    ),
    Mistake(
        "The main path is added to itself",
        "The sum is twice the main path, and nothing passes unchanged. Either the addition reads "
        "the same tensor twice, or the shortcut was taken after the main path had overwritten `X`.",
        (
            "Which two tensors does the addition read?",
            "The shortcut is the input as it came in, kept before the first convolution.",
            "Write `shortcut = X` before the first convolution, and add `shortcut` to `X`.",
        ),
        _THE_BLOCK,
        rewired("addition", "batch normalisation 3", "batch normalisation 3"),
    ),
    Mistake(
        "The shortcut is added twice",
        "The input counts double in the sum, and doubles again in every block.",
        (
            "How many additions does your block have, and what does each add?",
            "The block is F(x) + x.",
            "Add the shortcut once, after the third unit.",
        ),
        _THE_BLOCK,
        rewired("addition", "batch normalisation 3", "input", "input"),
    ),
    Mistake(
        "The shortcut starts after the first unit",
        "What is added is the output of the first unit, which has F1 channels, and not the block's "
        "input, which has F3.",
        (
            "Print the shapes of both paths before the addition.",
            "What does the name `X` stand for at the line that saves the shortcut?",
            "Write `shortcut = X` before the first convolution.",
        ),
        _THE_BLOCK,
        rewired("addition", "batch normalisation 3", "ReLU 1"),
    ),
    Mistake(
        "The block is pre-activated: normalisation and ReLU come before each convolution",
        "That is the block of the second paper, and ends with the addition. The block of ResNet50 "
        "begins with a convolution and ends with a ReLU.",
        (
            "Which layer does the input meet first?",
            "A unit is convolution, normalisation, ReLU, in this order.",
            "Let each unit begin with its convolution, and put a ReLU after the addition.",
        ),
        _THE_BLOCK,
        called_with(lambda arguments: {"preactivated": True}),
    ),
)


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


EXERCISES: tuple[Exercise, ...] = (
    NetworkExercise(
        "conv_bn",
        LESSON_2,
        ("X", "filters", "kernel_size", "name", "strides", "use_bias"),
        _conv_bn_cases,
        _CONV_BN_MISTAKES,
        "Covered: the two layers, kernel size, strides, bias and padding." + GRADING,
        build=conv_bn,
        state=_conv_bn_state(lambda use_bias: use_bias),
        keywords=frozenset({"strides", "use_bias"}),
    ),
    NetworkExercise(
        "identity_block",
        LESSON_2,
        ("X", "f", "filters", "stage", "block"),
        _identity_block_cases,
        (*bottleneck_mistakes(_THE_BLOCK), *_IDENTITY_MISTAKES),
        "Covered: both paths layer by layer, kernels from 3 to 5, three unequal filters, images "
        "that are not square, two blocks in one network." + GRADING,
        build=identity_block,
        keywords=frozenset({"stage", "block"}),
    ),
    NumericExercise(
        "identity_block_parameters",
        LESSON_2,
        ("f", "channels", "filters"),
        _parameter_cases,
        _PARAMETER_MISTAKES,
        "Covered: the blocks of ResNet50 and blocks with unequal filters." + GRADING,
        truth=identity_block_parameters,
        tolerance=0.0,
        describe="a whole number",
        variations=Variations(
            _counted_by, _COUNT_SLIPS, _COUNTING, "Write down what each of the three units counts."
        ),
    ),
)
