"""Lesson 3: the convolutional block."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np

from checks.case import Case, Images
from checks.catalogue.residual import (
    GRADING,
    bottleneck,
    bottleneck_mistakes,
    default_mistake,
    draw_filters,
    draw_images,
    rectified_first,
    residual_mistakes,
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
    edited,
    ending_at,
    inserted_after,
    replaced,
    rewired,
    without,
)
from checks.variations import Slip, Variations

LESSON = "03_convolutional_block"

_SHAPES = "lesson 3, “When the shapes stop fitting”"
_PROJECTION = "lesson 3, “The projection shortcut”"
_BLOCK = "lesson 3, “The block, layer by layer”"
_STRIDE = "lesson 3, “Where the stride goes”"
_BASIC = "lesson 3, “The basic block”"


def output_size(size: int, kernel: int, stride: int, padding: str) -> int:
    """Count the positions at which a kernel is laid along one axis."""
    padded = size + kernel - 1 if padding == "same" else size
    return len(range(0, padded - kernel + 1, stride))


def projection_shortcut(
    g: GraphBuilder,
    X: str,
    filters: int,
    stage: int,
    block: str,
    s: int = 2,
    kernel: int = 1,
    pooled: bool = False,
) -> str:
    """Write the reference: 1x1 convolution with a stride, then batch normalisation.

    A learner may have taken a larger `kernel`, or `pooled` instead of taking strides.
    """
    if pooled and s > 1:
        X = g.add("pooling", "average_pool", X, kernel=(s, s), strides=(s, s), padding="same")
        s = 1
    X = g.conv("shortcut convolution", X, filters, kernel, s)
    return g.batch_norm("shortcut batch normalisation", X)


def convolutional_block(
    g: GraphBuilder,
    X: str,
    f: int,
    filters: Sequence[int],
    stage: int,
    block: str,
    s: int = 2,
    strided: Collection[int] = (1,),
    shortcut: Mapping[str, int] | None = None,
) -> str:
    """Write the reference: a bottleneck added to a projection of its input.

    A learner may have `strided` other convolutions of the main path, or projected with other
    arguments, which `shortcut` holds.
    """
    main = bottleneck(g, X, f, filters, s, strided)
    arguments: dict[str, Any] = {"filters": filters[-1], "s": s} | dict(shortcut or {})
    side = projection_shortcut(g, X, stage=stage, block=block, **arguments)
    return g.add("ReLU 3", "relu", g.add("addition", "add", main, side))


def basic_block(
    g: GraphBuilder,
    X: str,
    filters: int,
    stage: int,
    block: str,
    s: int = 1,
    strided: Collection[int] = (1,),
    always_projected: bool = False,
    padded: bool = False,
) -> str:
    """Write the reference: two 3x3 convolutions added to their input or to its projection.

    A learner may have `strided` other convolutions, `always_projected` the input, or `padded` its
    channels with zeros.
    """
    side = X
    main = g.conv("convolution 1", X, filters, 3, s if 1 in strided else 1, use_bias=False)
    main = g.batch_norm("batch normalisation 1", main)
    main = g.add("ReLU 1", "relu", main)
    main = g.conv("convolution 2", main, filters, 3, s if 2 in strided else 1, use_bias=False)
    main = g.batch_norm("batch normalisation 2", main)
    if padded:
        side = _with_channels(g, g.add("subsampling", "subsample", X, strides=(s, s)), filters)
    elif s != 1 or g.nodes[X].shape[-1] != filters or always_projected:
        side = projection_shortcut(g, X, filters, stage, block, s)
    return g.add("ReLU 2", "relu", g.add("addition", "add", main, side))


def _with_channels(g: GraphBuilder, X: str, filters: int) -> str:
    """Add zeros behind the channels, or leave out the last of them."""
    more = filters - g.nodes[X].shape[-1]
    if more > 0:
        return g.add("zeros", "pad", X, pads=((0, 0), (0, 0), (0, more)))
    everything = (None, None, 1)
    return g.add("channels", "slice", X, bounds=(everything, everything, (None, filters, 1)))


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


def _projection_shortcut_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, s: int) -> Case:
        filters, channels = draw_filters(generator, 2)
        images = draw_images(generator, channels)
        return Case(covers, {"X": images, "filters": filters, "stage": 3, "block": "a", "s": s})

    left_out, twice = case("s left out", 2), case("two projections in one network", 2)
    first = {key: value for key, value in left_out.arguments.items() if key != "s"}
    second = {**twice.arguments, "block": "b", "s": 1}
    cases = [
        case("first call", 2),
        case("other strides", 1),
        case("other strides", 3),
        replace(left_out, arguments=first),
        replace(twice, then=second),
    ]
    return [*cases, case("other strides", 4)] if grading else cases


def _convolutional_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(f: int, s: int, block: str, fits: bool = False) -> dict[str, Any]:
        *filters, channels = draw_filters(generator, 4)
        return {
            "X": draw_images(generator, filters[-1] if fits else channels),
            "f": f,
            "filters": tuple(filters),
            "stage": 3,
            "block": block,
            "s": s,
        }

    left_out = arguments(3, 2, "a")
    del left_out["s"]
    cases = [
        Case("first call", arguments(3, 2, "a")),
        Case("other strides", arguments(3, 1, "a", fits=True)),
        Case("other kernel sizes", arguments(5, 2, "b")),
        Case("s left out", left_out),
        Case("two blocks in one network", arguments(3, 2, "a"), then=arguments(3, 1, "b")),
    ]
    if grading:
        cases += [
            Case("other strides", arguments(3, 3, "c")),
            Case("other kernel sizes", arguments(1, 2, "d")),
            Case("other kernel sizes", arguments(2, 1, "e")),
        ]
    return cases


def _basic_block_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def arguments(filters: int, channels: int, s: int, block: str) -> dict[str, Any]:
        images = draw_images(generator, channels)
        return {"X": images, "filters": filters, "stage": 2, "block": block, "s": s}

    a, b = sorted(draw_filters(generator, 2))
    left_out = arguments(a, a, 1, "d")
    del left_out["s"]
    # As high as there are filters, so that height and channels cannot be mixed up.
    as_high = arguments(b, a, 1, "a") | {"X": Images((b, b + 2, a))}
    cases = [
        Case("identity shortcut", arguments(a, a, 1, "b")),
        Case("projection where the stride is 2", arguments(a, a, 2, "a")),
        Case("projection where the channels change", as_high),
        Case(
            "two blocks in one network",
            arguments(b, a, 2, "a"),
            then=arguments(a, b, 1, "b"),
        ),
        Case("s left out", left_out),
    ]
    if grading:
        cases.append(Case("projection where stride and channels change", arguments(b, a, 3, "c")))
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
        _PROJECTION,
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
        _PROJECTION,
        inserted_after("shortcut batch normalisation", "relu"),
    ),
    Mistake(
        "A ReLU stands between the shortcut's convolution and its normalisation",
        "The convolution rectifies its output before it is normalised. The projection has no ReLU "
        "at all.",
        (
            "What stands between the two layers of the shortcut?",
            "Does its convolution have an activation?",
            'Take `activation="relu"` out of the shortcut\'s convolution.',
        ),
        _PROJECTION,
        inserted_after("shortcut convolution", "relu"),
    ),
    Mistake(
        "The shortcut's batch normalisation is fixed to training mode",
        "`training=True` is built into the call. Wherever the model is called without a mode, as "
        "in `model(images)`, the shortcut is normalised with the statistics of the batch.",
        (
            "Is there an argument `training` in your code?",
            "Keras sets the mode by itself in `fit` and `predict`.",
            "Take `training=True` out of the call of the shortcut's normalisation.",
        ),
        _PROJECTION,
        changed("shortcut batch normalisation", training=True),
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
        _PROJECTION,
        changed("shortcut convolution", kernel=(3, 3)),
    ),
)

_PROJECTION_ONLY_MISTAKES = (
    Mistake(
        "The stride is ignored",
        "The projection keeps height and width, whatever `s` says. The main path shrinks by s, "
        "and the two cannot be added.",
        (
            "Which parameter of the function is never used?",
            "The convolution takes the stride.",
            "Give the convolution `strides=s`.",
        ),
        _PROJECTION,
        called_with(lambda arguments: {"s": 1}),
    ),
    Mistake(
        "The stride is always 2",
        "The projection halves height and width, whatever `s` says. The first stage of ResNet50 "
        "begins with a convolutional block with s = 1.",
        (
            "Which parameter of the function is never used?",
            "2 is only the default of `s`.",
            "Give the convolution `strides=s`.",
        ),
        _PROJECTION,
        called_with(lambda arguments: {"s": 2}),
    ),
    Mistake(
        "The stride stands in the place of the kernel size, and the stride is 1",
        "The projection has an s×s kernel and keeps height and width. It should look at one pixel "
        "at a time and take every s-th of them.",
        (
            "Which argument of the convolution is the kernel and which the stride?",
            "Compare the output's height and width with the input's.",
            "The kernel size is 1; `strides=s`.",
        ),
        _PROJECTION,
        called_with(lambda arguments: {"kernel": arguments.get("s", 2), "s": 1}),
    ),
    Mistake(
        "The stride is taken for the size of the kernel as well",
        "The projection has an s×s kernel. It should look at one pixel and mix its channels.",
        (
            "Which argument of the convolution is the kernel and which the stride?",
            "The kernel of a projection has the same size for every `s`.",
            "The kernel size is 1; `strides=s`.",
        ),
        _PROJECTION,
        called_with(lambda arguments: {"kernel": arguments.get("s", 2)}),
    ),
    Mistake(
        "The number of channels stays as it was",
        "The projection has as many filters as its input has channels, not `filters`.",
        (
            "How many channels does the main path end with?",
            "`filters` says how many channels to project to.",
            "Give `filters` to the convolution.",
        ),
        _PROJECTION,
        called_with(lambda arguments: {"filters": arguments["X"].shape[-1]}),
    ),
    Mistake(
        "The shortcut is pooled before it is projected",
        "An average pooling makes the feature maps smaller, and the convolution has the stride 1. "
        "That is a later variant, known as ResNet-D; the paper's projection has the stride itself.",
        (
            "How many layers does the projection have?",
            "One layer changes the size as well as the channels.",
            "Leave out the pooling and give the convolution `strides=s`.",
        ),
        _PROJECTION,
        called_with(lambda arguments: {"pooled": True}),
    ),
    Mistake(
        "The input is returned unchanged",
        "Whatever the function computes, it returns the tensor that it was given.",
        (
            "Which name stands behind `return`?",
            "The projection has another shape than the input.",
            "Return the output of the batch normalisation.",
        ),
        _PROJECTION,
        ending_at("input"),
    ),
    default_mistake("s", 2, 1, _PROJECTION),
)


def _main_path_halved(section: str) -> Mistake:
    """Return the mistake of a main path whose stride does not come from `s`."""
    return Mistake(
        "The main path has the stride 2, whatever s says",
        "The shortcut takes steps of `s`. Where `s` is not 2, the two paths get different sizes.",
        (
            "What are the shapes of both paths where s is 1?",
            "Does the first convolution know `s`?",
            "Give `strides=s` to the first convolution.",
        ),
        section,
        changed("convolution 1", strides=(2, 2)),
    )


_STRIDE_MISTAKES = (
    Mistake(
        "The stride stands in the f×f convolution",
        "The first 1×1 convolution keeps the size and the middle one reduces it. That is a later "
        "variant, known as ResNet “v1.5”: a little more accurate and slower. The paper, and the "
        "published weights of Keras, have the stride in the first 1×1 convolution.",
        (
            "Which of the three convolutions makes the feature maps smaller?",
            "Look at the picture: the s stands at the first convolution.",
            "Give `strides=s` to the first convolution and none to the second.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"strided": (2,)}),
    ),
    Mistake(
        "The stride stands in the last convolution",
        "The feature maps keep their size almost to the end of the main path: the shape is right, "
        "but the f×f convolution works on s² times as many positions as in the paper.",
        (
            "Which of the three convolutions makes the feature maps smaller?",
            "Look at the picture: the s stands at the first convolution.",
            "Give `strides=s` to the first convolution and none to the third.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"strided": (3,)}),
    ),
    Mistake(
        "Two convolutions of the main path have the stride",
        "Each stride divides height and width by s. So the main path divides them by s², and the "
        "shortcut by s.",
        (
            "How often does the main path get smaller?",
            "Only one of its convolutions has the stride.",
            "Give `strides=s` to the first convolution and to no other of the main path.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"strided": (1, 2)}),
    ),
    Mistake(
        "All three convolutions of the main path have the stride",
        "Each stride divides height and width by s, and the main path gets much smaller than the "
        "shortcut.",
        (
            "How often does the main path get smaller?",
            "Only one of its convolutions has the stride.",
            "Give `strides=s` to the first convolution and to no other of the main path.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"strided": (1, 2, 3)}),
    ),
    Mistake(
        "Only one of the two paths has the stride",
        "One path is s times smaller than the other, and they cannot be added.",
        (
            "Print the shapes of both paths before the addition.",
            "Main path and shortcut have to shrink by the same factor.",
            "Give the stride `s` to the first convolution and to the projection.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"shortcut": {"s": 1}}),
    ),
    _main_path_halved(_STRIDE),
    Mistake(
        "The projection has the stride 2, whatever s says",
        "2 is the default of `projection_shortcut`. Where `s` is another number, the main path and "
        "the shortcut get different sizes.",
        (
            "What are the shapes of both paths where s is 1?",
            "Does the projection know `s`?",
            "Call `projection_shortcut(X, F3, stage, block, s)`.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"shortcut": {"s": 2}}),
    ),
    Mistake(
        "The stride is ignored",
        "Both paths keep height and width, whatever `s` says.",
        (
            "Which parameter of the function is never used?",
            "Two convolutions of the block take the stride: one on each path.",
            "Give the stride `s` to the first convolution and to the projection.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"s": 1}),
    ),
    Mistake(
        "The stride is always 2",
        "Both paths halve height and width, whatever `s` says. The first stage of ResNet50 begins "
        "with a convolutional block with s = 1.",
        (
            "Which parameter of the function is never used?",
            "2 is only the default of `s`.",
            "Give the stride `s` to the first convolution and to the projection.",
        ),
        _STRIDE,
        called_with(lambda arguments: {"s": 2}),
    ),
)


def _projected_from(name: str) -> Mutation:
    """Let the projection read a node of the main path, with the stride 1."""

    def edit(graph: Graph) -> Graph:
        return graph.rebuilt(
            replace(node, inputs=(name,), params={**node.params, "strides": (1, 1)})
            if node.name == "shortcut convolution"
            else node
            for node in graph.nodes.values()
        )

    return edited(edit)


def _pooled_in_place_of_projected(operation: str, padding: str) -> Mutation:
    """Let a pooling of the size of the stride stand in the place of the projection."""

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        window = (arguments.get("s", 2),) * 2
        pooled = replaced(
            "shortcut convolution", operation, kernel=window, strides=window, padding=padding
        )
        return both(without("shortcut batch normalisation"), pooled)(reference, arguments)

    return mutation


def _identity_where_it_fits(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    """Add the input of a convolutional block itself where its shape allows it."""
    fits = arguments["X"].shape[-1] == arguments["filters"][-1] and arguments.get("s", 2) == 1
    identity = rewired("addition", "batch normalisation 3", "input")
    return identity(reference, arguments) if fits else reference(arguments)


_SHORTCUT_MISTAKES = (
    Mistake(
        "The filters of the main path are always 64, 64 and 256",
        "These are the filters of the blocks of stage 2. Each stage has others, which are in "
        "`filters`, and the shortcut has F3 of them.",
        (
            "Which numbers of filters stand in your main path?",
            "`filters` is (F1, F2, F3), in the order of the convolutions.",
            "Begin with `F1, F2, F3 = filters`.",
        ),
        _BLOCK,
        called_with(
            lambda arguments: {
                "filters": (64, 64, 256),
                "shortcut": {"filters": arguments["filters"][-1]},
            }
        ),
    ),
    *(
        Mistake(
            f"The shortcut is pooled, not projected: it keeps the channels{words}",
            "A pooling makes the feature maps smaller and leaves their number as it is. The main "
            "path ends with F3 channels, and so should the shortcut.",
            (
                "Print the shapes of both paths before the addition.",
                "Which layer changes the number of channels?",
                "Add `projection_shortcut(X, F3, stage, block, s)`, made from the block's input.",
            ),
            _BLOCK,
            _pooled_in_place_of_projected(operation, padding),
        )
        for operation in ("max_pool", "average_pool")
        for padding, words in (("valid", ""), ("same", " (padding “same”)"))
    ),
    Mistake(
        "The shortcut is not projected",
        "The input is added as it is, as in the identity block. Its shape is not that of the main "
        "path's output.",
        (
            "Print the shapes of both paths before the addition.",
            "Which function of this lesson brings the input to the shape of the main path?",
            "Add `projection_shortcut(X, F3, stage, block, s)`, made from the block's input.",
        ),
        _BLOCK,
        rewired("addition", "batch normalisation 3", "input"),
    ),
    Mistake(
        "The shortcut projects to the wrong number of channels",
        "The shortcut has as many channels as the first convolution of the main path. It is added "
        "to the output of the last.",
        (
            "Print the shapes of both paths before the addition.",
            "With how many channels does the main path end?",
            "Project to F3 channels.",
        ),
        _BLOCK,
        called_with(lambda arguments: {"shortcut": {"filters": arguments["filters"][0]}}),
    ),
    Mistake(
        "The shortcut starts at the end of the main path",
        "The projection reads the output of the main path. By then the name `X` no longer stands "
        "for the block's input.",
        (
            "What does the name `X` stand for at the line that makes the shortcut?",
            "Both paths start at the block's input.",
            "Make the shortcut before the first convolution of the main path.",
        ),
        _BLOCK,
        rewired("shortcut convolution", "batch normalisation 3"),
    ),
    Mistake(
        "The shortcut projects the end of the main path",
        "The projection reads the output of the main path, so nothing leads around it. By then the "
        "name `X` no longer stands for the block's input.",
        (
            "What does the name `X` stand for at the line that makes the shortcut?",
            "Both paths start at the block's input.",
            "Make the shortcut before the first convolution of the main path.",
        ),
        _BLOCK,
        _projected_from("batch normalisation 3"),
    ),
    Mistake(
        "The shortcut starts after the first unit",
        "The projection reads the output of the first unit of the main path. The first convolution "
        "then has no way around it.",
        (
            "What does the name `X` stand for at the line that makes the shortcut?",
            "Both paths start at the block's input.",
            "Make the shortcut before the first convolution, with the stride `s`.",
        ),
        _BLOCK,
        _projected_from("ReLU 1"),
    ),
    Mistake(
        "The shortcut starts after the second unit",
        "The projection reads the output of the second unit of the main path. The first two "
        "convolutions then have no way around them.",
        (
            "What does the name `X` stand for at the line that makes the shortcut?",
            "Both paths start at the block's input.",
            "Make the shortcut before the first convolution, with the stride `s`.",
        ),
        _BLOCK,
        _projected_from("ReLU 2"),
    ),
    Mistake(
        "The shortcut projects to F2 channels, not F3",
        "The shortcut has as many channels as the second convolution of the main path. It is added "
        "to the output of the last.",
        (
            "Print the shapes of both paths before the addition.",
            "With how many channels does the main path end?",
            "Project to F3 channels.",
        ),
        _BLOCK,
        called_with(lambda arguments: {"shortcut": {"filters": arguments["filters"][1]}}),
    ),
    Mistake(
        "The shortcut is projected only where the shapes differ",
        "That is right for the basic block. The convolutional block always projects: it is the "
        "first of its stage.",
        (
            "Which condition do you test before you make the shortcut?",
            "The convolutional block has one form only.",
            "Project without asking.",
        ),
        _BLOCK,
        _identity_where_it_fits,
    ),
    Mistake(
        "The shortcut's kernel is f × f",
        "`f` is the size of the middle kernel of the main path. The projection is 1×1: it mixes "
        "channels, pixel by pixel.",
        (
            "How large is the kernel of a projection?",
            "Only one of the four convolutions of the block uses `f`.",
            "Give the shortcut's convolution a 1×1 kernel.",
        ),
        _BLOCK,
        called_with(lambda arguments: {"shortcut": {"kernel": arguments["f"]}}),
    ),
    Mistake(
        "The shortcut is returned, not the sum",
        "The main path is computed and thrown away.",
        (
            "Which name stands behind `return`?",
            "The addition reads both paths, and the last ReLU reads the addition.",
            "Return the output of the last ReLU.",
        ),
        _BLOCK,
        ending_at("shortcut batch normalisation"),
    ),
    default_mistake("s", 2, 1, _BLOCK),
)


def _identity_where(condition: Callable[[Mapping[str, Any]], bool]) -> Mutation:
    """Add the block's input itself wherever a condition on the arguments holds."""
    identity = rewired("addition", "batch normalisation 2", "input")

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        return identity(reference, arguments) if condition(arguments) else reference(arguments)

    return mutation


def _fits(arguments: Mapping[str, Any]) -> bool:
    same_channels = arguments["X"].shape[-1] == arguments["filters"]
    return bool(same_channels and arguments.get("s", 1) == 1)


def _projected_where_it_fits(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    always = called_with(lambda arguments: {"always_projected": True})
    mutation = always if _fits(arguments) else _identity_where(lambda arguments: True)
    return mutation(reference, arguments)


def _projected_by_the_height(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    """Add the input itself where its height is the number of filters, and the stride is 1."""
    fits = arguments["X"].shape[0] == arguments["filters"] and arguments.get("s", 1) == 1
    always = called_with(lambda arguments: {"always_projected": True})
    mutation = _identity_where(lambda arguments: True) if fits else always
    return mutation(reference, arguments)


def _identity_of_the_main_path(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    """Add the main path to itself where the shortcut is the identity."""
    twice = rewired("addition", "batch normalisation 2", "batch normalisation 2")
    projected = rewired("shortcut convolution", "batch normalisation 2")
    mutation = twice if _fits(arguments) else projected
    return mutation(reference, arguments)


_BASIC_MISTAKES = (
    Mistake(
        "The shortcut is never projected",
        "The input is added as it is even where its shape is not that of the main path's output.",
        (
            "What are the shapes of both paths where the stride is 2?",
            "The block has two forms. Which condition decides between them?",
            "Project the input where `s` is not 1 or the channels change.",
        ),
        _BASIC,
        _identity_where(lambda arguments: True),
    ),
    Mistake(
        "The shortcut is projected only where the stride is not 1, not where the channels change",
        "With the stride 1 the number of channels may change as well, and then the input does not "
        "fit the main path either. Either the condition tests the stride alone, or it looks at a "
        "tensor that the main path has overwritten by then.",
        (
            "What are the shapes of both paths where the stride is 1 and the channels change?",
            "Which tensor does your condition look at, and has it been overwritten by then?",
            "Keep the input as `shortcut`, and project where "
            "`s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _identity_where(lambda arguments: arguments.get("s", 1) == 1),
    ),
    Mistake(
        "The shortcut is projected only where the channels change",
        "With a stride above 1 the main path gets smaller even if the number of channels stays, "
        "and then the input does not fit it either.",
        (
            "What are the shapes of both paths where the stride is 2 and the channels stay?",
            "Two things can make the shapes differ. Which of them does your condition test?",
            "Project where `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _identity_where(lambda arguments: arguments["X"].shape[-1] == arguments["filters"]),
    ),
    Mistake(
        "The shortcut is projected only where the stride is not 1 and the channels change",
        "One of the two is enough to give the main path another shape than the input.",
        (
            "What are the shapes of both paths where the stride is 2 and the channels stay?",
            "Two things can make the shapes differ. How does your condition join them?",
            "Write `or` in place of `and`: `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _identity_where(
            lambda arguments: (
                arguments.get("s", 1) == 1 or arguments["X"].shape[-1] == arguments["filters"]
            )
        ),
    ),
    Mistake(
        "The shortcut is not projected where the channels get fewer",
        "With fewer filters than channels the input does not fit the main path either.",
        (
            "What are the shapes of both paths where a block has fewer filters than channels?",
            "Which comparison tells that two numbers differ?",
            "Project where `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _identity_where(
            lambda arguments: (
                arguments.get("s", 1) == 1 and arguments["X"].shape[-1] >= arguments["filters"]
            )
        ),
    ),
    Mistake(
        "The height is compared with the number of filters, not the channels",
        "`X.shape` begins with the batch, then come height and width. The channels are the last "
        "axis.",
        (
            "What are the four numbers of `X.shape`?",
            "The channels are the last axis, number 3 or −1.",
            "Project where `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        _projected_by_the_height,
    ),
    _main_path_halved(_BASIC),
    Mistake(
        "The projection has the stride 2, whatever s says",
        "2 is the default of `projection_shortcut`. Where `s` is another number, the main path and "
        "the shortcut get different sizes.",
        (
            "What are the shapes of both paths where the stride is 1?",
            "Does the projection know `s`?",
            'Write `conv_bn(shortcut, filters, 1, f"{stage}{block}_branch1", strides=s, '
            "use_bias=False)`.",
        ),
        _BASIC,
        changed("shortcut convolution", strides=(2, 2)),
    ),
    Mistake(
        "The shortcut has zeros for new channels instead of a projection",
        "That is option A of the paper: no parameters, and new channels that carry nothing. The "
        "exercise asks for option B, which projects the input where it does not fit.",
        (
            "Which layer gives the shortcut its new shape?",
            "A projection learns what goes into each of the new channels.",
            "Use a 1×1 `conv_bn` with the stride `s` and without a bias where "
            "`s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        called_with(lambda arguments: {"padded": True}),
    ),
    Mistake(
        "The shortcut is always projected",
        "The input is projected even where it fits. That is option C of the paper: more "
        "parameters, and no path on which the input passes unchanged.",
        (
            "When does the input already have the shape of the main path's output?",
            "Where it fits, the shortcut is the input itself.",
            "Project only where `s != 1 or shortcut.shape[-1] != filters`.",
        ),
        _BASIC,
        called_with(lambda arguments: {"always_projected": True}),
    ),
    Mistake(
        "The stride stands in the second convolution",
        "The first convolution keeps the size and the second reduces it. The shape is right, but "
        "the first convolution works on s² times as many positions as in the paper.",
        (
            "Which of the two convolutions makes the feature maps smaller?",
            "The stride belongs to the first layer of each path.",
            "Give `strides=s` to the first convolution and none to the second.",
        ),
        _BASIC,
        called_with(lambda arguments: {"strided": (2,)}),
    ),
    Mistake(
        "Both convolutions have the stride",
        "Each stride divides height and width by s. So the main path divides them by s², and the "
        "shortcut by s.",
        (
            "How often does the main path get smaller?",
            "Only one of its convolutions has the stride.",
            "Give `strides=s` to the first convolution and none to the second.",
        ),
        _BASIC,
        called_with(lambda arguments: {"strided": (1, 2)}),
    ),
    Mistake(
        "The stride is ignored",
        "The block keeps height and width, whatever `s` says.",
        (
            "Which parameter of the function is never used?",
            "The first convolution takes the stride, and so does the projection.",
            "Give the stride `s` to the first convolution and to the projection.",
        ),
        _BASIC,
        called_with(lambda arguments: {"s": 1}),
    ),
    Mistake(
        "The projection has no stride",
        "The main path gets smaller and the shortcut does not, so they cannot be added.",
        (
            "Print the shapes of both paths before the addition.",
            "Main path and shortcut have to shrink by the same factor.",
            "Give the stride `s` to the projection too.",
        ),
        _BASIC,
        changed("shortcut convolution", strides=(1, 1)),
    ),
    Mistake(
        "The shortcut is projected where it fits, and the identity where it does not",
        "The condition is the wrong way round.",
        (
            "What are the shapes of both paths where the stride is 2?",
            "Does your condition test that the shapes are equal or that they differ?",
            "Project where `s != 1 or shortcut.shape[-1] != filters`, else add the input.",
        ),
        _BASIC,
        _projected_where_it_fits,
    ),
    Mistake(
        "The main path is added to itself",
        "Either the addition reads the same tensor twice, or the shortcut was taken after the main "
        "path had overwritten `X`.",
        (
            "Which two tensors does the addition read?",
            "The shortcut is the input as it came in, or its projection.",
            "Write `shortcut = X` before the first convolution, and add `shortcut` to `X`.",
        ),
        _BASIC,
        _identity_of_the_main_path,
    ),
    default_mistake("s", 1, 2, _BASIC),
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


EXERCISES: tuple[Exercise, ...] = (
    NumericExercise(
        "output_size",
        LESSON,
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
            "Draw one row of five pixels and lay the kernel on it, step by step.",
            together=1,
        ),
    ),
    NetworkExercise(
        "projection_shortcut",
        LESSON,
        ("X", "filters", "stage", "block", "s"),
        _projection_shortcut_cases,
        (*_PROJECTION_MISTAKES, *_PROJECTION_ONLY_MISTAKES),
        "Covered: kernel, strides from 1 to 3, filters and normalisation." + GRADING,
        build=projection_shortcut,
    ),
    NetworkExercise(
        "convolutional_block",
        LESSON,
        ("X", "f", "filters", "stage", "block", "s"),
        _convolutional_block_cases,
        (
            *_STRIDE_MISTAKES,
            *_SHORTCUT_MISTAKES,
            *_PROJECTION_MISTAKES,
            *bottleneck_mistakes(_BLOCK),
            *rectified_first(_BLOCK, units=3, shortcut=True),
        ),
        "Covered: both paths layer by layer, strides 1 and 2, kernels from 3 to 5, unequal "
        "filters, two blocks in one network." + GRADING,
        build=convolutional_block,
        keywords=frozenset({"s"}),
    ),
    NetworkExercise(
        "basic_block",
        LESSON,
        ("X", "filters", "stage", "block", "s"),
        _basic_block_cases,
        (
            *_BASIC_MISTAKES,
            *_PROJECTION_MISTAKES,
            *residual_mistakes(_BASIC, units=2),
            *rectified_first(_BASIC, units=2, shortcut=True),
        ),
        "Covered: identity and projection shortcuts, strides 1 and 2, unequal filters, two blocks "
        "in one network." + GRADING,
        build=basic_block,
        keywords=frozenset({"s"}),
    ),
)
