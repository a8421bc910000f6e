"""Lessons 2 and 3: the building blocks."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from checks.case import Case, Images
from checks.exercise import Exercise, NetworkExercise, NumericExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    both,
    called_with,
    changed,
    ending_at,
    inserted_after,
    replaced,
    without,
)

LESSON_2 = "02_identity_block"
LESSON_3 = "03_convolutional_block"


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
    g: GraphBuilder, X: str, f: int, filters: Sequence[int], stage: int, block: str
) -> str:
    """Write the reference: a bottleneck added to its input."""
    return g.add("ReLU 3", "relu", g.add("addition", "add", _bottleneck(g, X, f, filters, 1), X))


def convolutional_block(
    g: GraphBuilder,
    X: str,
    f: int,
    filters: Sequence[int],
    stage: int,
    block: str,
    s: int = 2,
    strided: int = 1,
) -> str:
    """Write the reference: a bottleneck added to a projection of its input.

    `strided` says which convolution of the main path has the stride.
    """
    main = _bottleneck(g, X, f, filters, s, strided)
    shortcut = projection_shortcut(g, X, filters[-1], stage, block, s)
    return g.add("ReLU 3", "relu", g.add("addition", "add", main, shortcut))


def projection_shortcut(
    g: GraphBuilder, X: str, filters: int, stage: int, block: str, s: int = 2
) -> str:
    """Write the reference: 1x1 convolution with a stride, then batch normalisation."""
    X = g.conv("shortcut convolution", X, filters, 1, s)
    return g.batch_norm("shortcut batch normalisation", X)


def basic_block(g: GraphBuilder, X: str, filters: int, stage: int, block: str, s: int = 1) -> str:
    """Write the reference: two 3x3 convolutions added to their input or to its projection."""
    shortcut = X
    main = g.conv("convolution 1", X, filters, 3, s, use_bias=False)
    main = g.batch_norm("batch normalisation 1", main)
    main = g.add("ReLU 1", "relu", main)
    main = g.conv("convolution 2", main, filters, 3, use_bias=False)
    main = g.batch_norm("batch normalisation 2", main)
    if s != 1 or g.nodes[X].shape[-1] != filters:
        shortcut = projection_shortcut(g, X, filters, stage, block, s)
    return g.add("ReLU 2", "relu", g.add("addition", "add", main, shortcut))


def _bottleneck(
    g: GraphBuilder, X: str, f: int, filters: Sequence[int], s: int, strided: int = 1
) -> str:
    for number, (width, kernel) in enumerate(zip(filters, (1, f, 1), strict=True), start=1):
        X = g.conv(f"convolution {number}", X, width, kernel, s if number == strided else 1)
        X = g.batch_norm(f"batch normalisation {number}", X)
        if number < 3:
            X = g.add(f"ReLU {number}", "relu", X)
    return X


def _draw_shape(generator: np.random.Generator, channels: int) -> Images:
    """Draw images that are not square, so that height and width cannot be mixed up."""
    height, width = generator.choice(np.arange(6, 13), 2, replace=False)
    return Images((int(height), int(width), channels))


def _draw_filters(generator: np.random.Generator, count: int) -> tuple[int, ...]:
    """Draw numbers of filters that all differ, so that none can stand for another."""
    return tuple(int(number) for number in generator.choice(np.arange(3, 12), count, replace=False))


def _conv_bn_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, kernel_size: int, strides: int, **others: Any) -> Case:
        filters, channels = _draw_filters(generator, 2)
        arguments = {
            "X": _draw_shape(generator, channels),
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
    if grading:
        cases += [case("other kernel sizes", 5, 1), case("strides", 1, 3)]
    return cases


def _identity_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, stage: int, block: str, filters: tuple[int, ...]) -> dict[str, Any]:
        images = _draw_shape(generator, filters[-1])
        return {"X": images, "f": f, "filters": filters, "stage": stage, "block": block}

    filters = _draw_filters(generator, 3)
    twice = Case(
        "two blocks in one network",
        arguments(3, 2, "b", filters),
        then=arguments(3, 2, "c", filters),
    )
    cases = [
        Case("first call", arguments(3, 2, "b", filters)),
        Case("other kernel sizes", arguments(5, 3, "c", _draw_filters(generator, 3))),
        twice,
    ]
    if grading:
        for f in (1, 2, 7):
            cases.append(
                Case("other kernel sizes", arguments(f, 4, "d", _draw_filters(generator, 3)))
            )
    return cases


def _convolutional_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, s: int, block: str, channels: int | None = None) -> dict[str, Any]:
        *filters, drawn = _draw_filters(generator, 4)
        return {
            "X": _draw_shape(generator, channels or drawn),
            "f": f,
            "filters": tuple(filters),
            "stage": 3,
            "block": block,
            "s": s,
        }

    cases = [
        Case("first call", arguments(3, 2, "a")),
        Case("other strides", arguments(3, 1, "a")),
        Case("other kernel sizes", arguments(5, 2, "b")),
        Case("two blocks in one network", arguments(3, 2, "a"), then=arguments(3, 1, "b")),
    ]
    if grading:
        cases += [
            Case("other strides", arguments(3, 3, "c")),
            Case("other kernel sizes", arguments(1, 2, "d")),
            Case("other kernel sizes", arguments(2, 1, "e")),
        ]
    return cases


def _projection_shortcut_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, s: int) -> Case:
        filters, channels = _draw_filters(generator, 2)
        images = _draw_shape(generator, channels)
        return Case(covers, {"X": images, "filters": filters, "stage": 3, "block": "a", "s": s})

    cases = [case("first call", 2), case("other strides", 1)]
    return [*cases, case("other strides", 3)] if grading else cases


def _basic_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(filters: int, channels: int, s: int, block: str) -> dict[str, Any]:
        images = _draw_shape(generator, channels)
        return {"X": images, "filters": filters, "stage": 2, "block": block, "s": s}

    a, b = _draw_filters(generator, 2)
    cases = [
        Case("identity shortcut", arguments(a, a, 1, "b")),
        Case("projection where the stride is 2", arguments(a, a, 2, "a")),
        Case("projection where the channels change", arguments(b, a, 1, "a")),
        Case(
            "two blocks in one network",
            arguments(b, a, 2, "a"),
            then=arguments(b, b, 1, "b"),
        ),
    ]
    if grading:
        cases.append(Case("projection where the stride is 2", arguments(b, a, 2, "c")))
    return cases


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
        filters = _draw_filters(generator, 3)
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
_THE_PROJECTION = "lesson 3, “The projection shortcut”"
_THE_STRIDE = "lesson 3, “Where the stride goes”"
_BASIC = "lesson 3, “The basic block”"

_CONV_BN_MISTAKES = (
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
)


def _bottleneck_mistakes(section: str) -> tuple[Mistake, ...]:
    """Return the mistakes that both bottleneck blocks share."""
    return (
        Mistake(
            "The ReLU after the addition is missing",
            "The block returns the sum as it is. The paper rectifies it once more: without that, "
            "the blocks of a network are joined by nothing but additions.",
            (
                "What does the block do with the sum?",
                "Compare your last layer with the picture of the block.",
                "Apply `layers.ReLU()` to the sum and return the result.",
            ),
            section,
            without("ReLU 3"),
        ),
        Mistake(
            "A ReLU stands before the addition",
            "The main path is rectified before it is added. It can then only add, never take "
            "away from the shortcut, and the block's output grows from block to block.",
            (
                "How many ReLUs lie on the main path before the addition?",
                "The third unit of the main path has no ReLU of its own.",
                "Move the last ReLU behind the addition.",
            ),
            section,
            both(inserted_after("batch normalisation 3", "relu"), without("ReLU 3")),
        ),
        Mistake(
            "A ReLU too many: before the addition as well as after it",
            "The main path is rectified before it is added. It can then only add to the shortcut, "
            "never take anything away from it.",
            (
                "How many ReLUs does the block have in the picture?",
                "The third unit of the main path has no ReLU of its own.",
                "Take out the ReLU between the third normalisation and the addition.",
            ),
            section,
            inserted_after("batch normalisation 3", "relu"),
        ),
        Mistake(
            "The shortcut is missing",
            "Nothing is added to the main path. This is a plain network: the very thing that "
            "stops learning when it gets deep.",
            (
                "Where does your block use its input a second time?",
                "Keep the input under a second name before the first convolution.",
                "Add it to the main path with `layers.Add()` before the last ReLU.",
            ),
            section,
            without("addition"),
        ),
        Mistake(
            "Something else than the sum joins the two paths: they are concatenated",
            "Concatenation puts the channels side by side. A residual block adds number to number.",
            (
                "How are the two paths joined in the equation of the block?",
                "y = F(x) + x.",
                "Use `layers.Add()`.",
            ),
            section,
            replaced("addition", "concatenate", axis=-1),
        ),
        Mistake(
            "Something else than the sum joins the two paths: they are multiplied",
            "A product is large only where both paths are large, and its gradient vanishes where "
            "either does. A residual block adds.",
            (
                "How are the two paths joined in the equation of the block?",
                "y = F(x) + x.",
                "Use `layers.Add()`.",
            ),
            section,
            replaced("addition", "multiply"),
        ),
        Mistake(
            "Something else than the sum joins the two paths: their mean",
            "The mean halves the shortcut in every block: after ten blocks a thousandth is left "
            "of the input. A residual block adds.",
            (
                "How are the two paths joined in the equation of the block?",
                "y = F(x) + x.",
                "Use `layers.Add()`, not `layers.Average()`.",
            ),
            section,
            replaced("addition", "average"),
        ),
        Mistake(
            "The ReLU after the first convolution is missing",
            "Two convolutions in a row without anything in between are one linear map.",
            (
                "Count the ReLUs on the main path.",
                "A ReLU follows the first and the second unit.",
                "Apply `layers.ReLU()` after the first batch normalisation.",
            ),
            section,
            without("ReLU 1"),
        ),
        Mistake(
            "The ReLU after the second convolution is missing",
            "Two convolutions in a row without anything in between are one linear map.",
            (
                "Count the ReLUs on the main path.",
                "A ReLU follows the first and the second unit.",
                "Apply `layers.ReLU()` after the second batch normalisation.",
            ),
            section,
            without("ReLU 2"),
        ),
        Mistake(
            "The batch normalisations are missing",
            "No unit of the main path normalises its output.",
            (
                "What follows each convolution?",
                "Each of the three convolutions has a batch normalisation after it.",
                "Use the unit of the first exercise, `conv_bn`.",
            ),
            section,
            without("batch normalisation ?"),
        ),
        Mistake(
            "The last batch normalisation is missing",
            "The third unit ends with its convolution. What is added to the shortcut then has a "
            "size that nothing controls.",
            (
                "What follows each convolution?",
                "Count the batch normalisations.",
                "Normalise the output of the third convolution before the addition.",
            ),
            section,
            without("batch normalisation 3"),
        ),
        Mistake(
            "The kernel size f is ignored",
            "The middle convolution is always 3×3, whatever `f` says.",
            (
                "Which parameter of the function is never used?",
                "`f` is the size of one of the three kernels.",
                "Give `f` to the second convolution.",
            ),
            section,
            called_with(lambda arguments: {"f": 3}),
        ),
        Mistake(
            "The filters are taken in the wrong order",
            "The first convolution has the number of filters of the second, and the second that "
            "of the first.",
            (
                "Which number of filters does each convolution get?",
                "`filters` is (F1, F2, F3), in the order of the convolutions.",
                "Unpack them as `F1, F2, F3 = filters`.",
            ),
            section,
            called_with(
                lambda arguments: {
                    "filters": (
                        arguments["filters"][1],
                        arguments["filters"][0],
                        arguments["filters"][2],
                    )
                }
            ),
        ),
        Mistake(
            "The ReLU comes before the batch normalisation",
            "Each unit rectifies and then normalises. The paper normalises right after the "
            "convolution and then rectifies.",
            (
                "In which order come convolution, normalisation and ReLU?",
                "The statistics should be those of the convolution's output.",
                "Swap the ReLU and the batch normalisation.",
            ),
            section,
            both(
                without("ReLU 1", "ReLU 2"),
                inserted_after("convolution 1", "relu"),
                inserted_after("convolution 2", "relu"),
            ),
        ),
        Mistake(
            "Batch normalisation is fixed to training mode",
            "`training=True` is built into the network. It then normalises with the statistics of "
            "the batch at test time too: a prediction depends on the other images of its batch.",
            (
                "Is there an argument `training` in your code?",
                "Keras sets the mode by itself in `fit` and `predict`.",
                "Call the normalisation with nothing but its input.",
            ),
            section,
            changed("batch normalisation ?", training=True),
        ),
        Mistake(
            "The wrong variable is returned",
            "The block returns what it had before the addition. The shortcut is computed and never "
            "used.",
            (
                "Which name stands behind `return`?",
                "The result of the addition must go on to the last ReLU.",
                "Return the output of the last ReLU.",
            ),
            section,
            ending_at("batch normalisation 3"),
        ),
    )


_STRIDE_IN_THE_MIDDLE = Mistake(
    "The stride stands in the f×f convolution",
    "The first 1×1 convolution keeps the size and the middle one halves it. That is a later "
    "variant, known as ResNet “v1.5”: a little more accurate and slower. The paper, and the "
    "published weights of Keras, have the stride in the first 1×1 convolution.",
    (
        "Which of the three convolutions makes the images smaller?",
        "Look at the picture: the arrow with the s enters the first convolution.",
        "Give `strides=s` to the first convolution and none to the second.",
    ),
    _THE_STRIDE,
    called_with(lambda arguments: {"strided": 2}),
)

_PROJECTION_MISTAKES = (
    Mistake(
        "The shortcut has no batch normalisation",
        "The projection ends with its convolution. The main path is normalised before the "
        "addition, and so must the shortcut be: else one drowns the other.",
        (
            "What follows each convolution?",
            "The shortcut's convolution is a unit like the others.",
            "Normalise the output of the shortcut's convolution.",
        ),
        _THE_PROJECTION,
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
        _THE_PROJECTION,
        inserted_after("shortcut batch normalisation", "relu"),
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
        _THE_PROJECTION,
        changed("shortcut convolution", kernel=(3, 3)),
    ),
)

_ADDITION_NEEDS_PROJECTION = Mistake(
    "The last ReLU is missing",
    "The block returns the sum as it is. The paper rectifies it once more.",
    (
        "What does the block do with the sum?",
        "Compare your last layer with the picture.",
        "Apply `layers.ReLU()` to the sum and return the result.",
    ),
    _BASIC,
    without("ReLU 2"),
)


def _parameter_mistake(title: str, explanation: str, hint: str, count: Any) -> Mistake:
    hints = ("Count the parameters of one convolution by hand.", explanation, hint)
    return Mistake(title, explanation, hints, _COUNTING, function=_parameters_by(count))


_PARAMETER_MISTAKES = (
    _parameter_mistake(
        "The biases are left out",
        "Each convolution of the block has one bias for each filter.",
        "Add the number of filters of each convolution.",
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
)

_GRADING = " Grading draws other shapes, filters and kernels."

EXERCISES: tuple[Exercise, ...] = (
    NetworkExercise(
        "conv_bn",
        LESSON_2,
        ("X", "filters", "kernel_size", "name", "strides", "use_bias"),
        _conv_bn_cases,
        _CONV_BN_MISTAKES,
        "Covered: the two layers, kernel size, strides, bias and padding." + _GRADING,
        build=conv_bn,
    ),
    NetworkExercise(
        "identity_block",
        LESSON_2,
        ("X", "f", "filters", "stage", "block"),
        _identity_block_cases,
        _bottleneck_mistakes(_THE_BLOCK),
        "Covered: both paths layer by layer, kernels from 3 to 5, three unequal filters, images "
        "that are not square, two blocks in one network." + _GRADING,
        build=identity_block,
    ),
    NumericExercise(
        "identity_block_parameters",
        LESSON_2,
        ("f", "channels", "filters"),
        _parameter_cases,
        _PARAMETER_MISTAKES,
        "Covered: the blocks of ResNet50 and blocks with unequal filters." + _GRADING,
        truth=identity_block_parameters,
        tolerance=0.0,
        describe="a whole number",
    ),
    NetworkExercise(
        "projection_shortcut",
        LESSON_3,
        ("X", "filters", "stage", "block", "s"),
        _projection_shortcut_cases,
        _PROJECTION_MISTAKES,
        "Covered: kernel, stride, filters and normalisation." + _GRADING,
        build=projection_shortcut,
    ),
    NetworkExercise(
        "convolutional_block",
        LESSON_3,
        ("X", "f", "filters", "stage", "block", "s"),
        _convolutional_block_cases,
        (*_bottleneck_mistakes(_THE_STRIDE), _STRIDE_IN_THE_MIDDLE, *_PROJECTION_MISTAKES),
        "Covered: both paths layer by layer, strides 1 and 2, kernels from 3 to 5, unequal "
        "filters, two blocks in one network." + _GRADING,
        build=convolutional_block,
    ),
    NetworkExercise(
        "basic_block",
        LESSON_3,
        ("X", "filters", "stage", "block", "s"),
        _basic_block_cases,
        (_ADDITION_NEEDS_PROJECTION, *_PROJECTION_MISTAKES),
        "Covered: identity and projection shortcuts, strides 1 and 2." + _GRADING,
        build=basic_block,
    ),
)
