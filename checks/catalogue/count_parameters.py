"""Lesson 5: `count_parameters`."""

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from checks.case import Case, Network, TransferNetwork
from checks.catalogue.transfer_networks import draw_backbone, draw_transfer_network, parameters_of
from checks.exercise import NumericExercise
from checks.graph import Graph
from checks.mistakes import (
    Mistake,
)
from checks.variations import Slip, Variations

_COUNTING = "lesson 5, “What is trained”"


def count_parameters(model: Network | TransferNetwork) -> tuple[int, int]:
    """Compute the reference: trainable parameters and all of them."""
    if isinstance(model, Network):
        return parameters_of(model.graph, trained_only=True), parameters_of(model.graph)
    return parameters_of(model.head), parameters_of(model.head) + parameters_of(model.backbone)


def _count_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def plain() -> Case:
        return Case("first call", {"model": Network(draw_backbone(generator))})

    def frozen() -> Case:
        return Case("a frozen backbone", {"model": draw_transfer_network(generator)})

    return [plain(), frozen(), *([plain(), frozen()] if grading else [])]


def _moving_statistics_count(model: Network | TransferNetwork) -> tuple[int, int]:
    trainable, total = count_parameters(model)
    return (total, total) if isinstance(model, Network) else (trainable, total)


def _flags_ignored(model: Network | TransferNetwork) -> tuple[int, int]:
    if isinstance(model, Network):
        return count_parameters(model)
    trainable = parameters_of(model.head) + parameters_of(model.backbone, trained_only=True)
    return trainable, parameters_of(model.head) + parameters_of(model.backbone)


def _counted(
    model: Network | TransferNetwork, size: Callable[[tuple[int, ...]], int]
) -> tuple[int, int]:
    """Count what is trainable and everything, where `size` says what a tensor counts for."""

    def number(graph: Graph, trained_only: bool) -> int:
        return sum(
            size(shape)
            for layer in graph.weighted_layers()
            for name, shape in graph.weight_shapes(layer).items()
            if not (trained_only and name.startswith("moving_"))
        )

    if isinstance(model, Network):
        return number(model.graph, True), number(model.graph, False)
    return number(model.head, True), number(model.head, False) + number(model.backbone, False)


def _count_mistake(
    title: str, explanation: str, last_hint: str, function: Callable[..., Any]
) -> Mistake:
    hints = (
        "Compare your two numbers with those at the end of `model.summary()`.",
        "`model.trainable_weights` and `model.weights` are lists of tensors.",
        last_hint,
    )
    return Mistake(title, explanation, hints, _COUNTING, function=function)


_COUNT_MISTAKES = (
    _count_mistake(
        "The tensors are counted, not the numbers in them",
        "A kernel of 3×3×64×64 is one tensor and 36,864 parameters.",
        "Multiply the lengths of each tensor's axes, `np.prod(weight.shape)`, and add them up.",
        lambda model: _counted(model, lambda shape: 1),
    ),
    _count_mistake(
        "The second number is that of the untrainable parameters",
        "The second number should be that of all parameters, trainable ones included.",
        "Count `model.weights` for it.",
        lambda model: (
            count_parameters(model)[0],
            count_parameters(model)[1] - count_parameters(model)[0],
        ),
    ),
    _count_mistake(
        "The two numbers are in the wrong order",
        "The trainable parameters come first, then all of them.",
        "Swap the two values after `return`.",
        lambda model: count_parameters(model)[::-1],
    ),
    _count_mistake(
        "The moving statistics count as trainable",
        "The moving mean and variance of a batch normalisation are measured, not trained: no "
        "gradient reaches them, although the layer that holds them is trainable.",
        "Count the tensors of `model.trainable_weights`, not the layers that are trainable.",
        _moving_statistics_count,
    ),
    _count_mistake(
        "Frozen weights count as trainable",
        "What a frozen layer holds is not trained, whatever kind of weight it is.",
        "Count the tensors of `model.trainable_weights`: a frozen layer has none there.",
        _flags_ignored,
    ),
    _count_mistake(
        "The moving statistics are left out of the total",
        "They are not trained, but the model holds them, saves them and needs them to predict.",
        "Count `model.weights` for the total: all tensors are in it.",
        lambda model: (count_parameters(model)[0], _total_without_statistics(model)),
    ),
    _count_mistake(
        "The lengths of the axes are added, not multiplied",
        "A kernel of 3×3×64×64 holds 3 · 3 · 64 · 64 numbers, not 3 + 3 + 64 + 64.",
        "Take the product, `np.prod(weight.shape)`, not the sum.",
        lambda model: _counted(model, lambda shape: int(np.sum(shape))),
    ),
    _count_mistake(
        "Biases, gamma and beta are left out: only kernels are counted",
        "Every tensor counts, those with one axis too.",
        "Add up all of `model.trainable_weights`, and all of `model.weights`.",
        lambda model: _counted(model, lambda shape: int(np.prod(shape)) * (len(shape) > 1)),
    ),
    _count_mistake(
        "Both numbers are the total",
        "The first number should be that of the trainable parameters only.",
        "Count `model.trainable_weights` for the first.",
        lambda model: (count_parameters(model)[1],) * 2,
    ),
    _count_mistake(
        "Both numbers are that of the trainable parameters",
        "The second number should be that of all parameters.",
        "Count `model.weights` for the second.",
        lambda model: (count_parameters(model)[0],) * 2,
    ),
    _count_mistake(
        "Only the total is returned",
        "Two numbers are asked for: the trainable parameters, and all of them.",
        "Return both: `return trainable, total`.",
        lambda model: count_parameters(model)[1],
    ),
    _count_mistake(
        "Only the number of trainable parameters is returned",
        "Two numbers are asked for: the trainable parameters, and all of them.",
        "Return both: `return trainable, total`.",
        lambda model: count_parameters(model)[0],
    ),
    _count_mistake(
        "The first number is that of the untrainable parameters",
        "What training changes are the trainable parameters.",
        "Count `model.trainable_weights` for the first.",
        lambda model: (
            count_parameters(model)[1] - count_parameters(model)[0],
            count_parameters(model)[1],
        ),
    ),
    _count_mistake(
        "The trainable parameters are counted twice in the total",
        "`model.weights` holds all tensors, the trainable ones included.",
        "Count `model.weights` for the second, and add nothing.",
        lambda model: (count_parameters(model)[0], sum(count_parameters(model))),
    ),
    _count_mistake(
        "The backbone is left out: only the layers outside of it are counted",
        "A backbone that is called as one layer holds layers of its own, and the model holds them "
        "all.",
        "`model.weights` goes through the layers inside of layers as well.",
        lambda model: (
            count_parameters(model)[0],
            count_parameters(model)[0]
            if isinstance(model, TransferNetwork)
            else count_parameters(model)[1],
        ),
    ),
    _count_mistake(
        "Tensors of the same shape are counted only once",
        "Two kernels of the same shape are two tensors. A set holds each shape once.",
        "Add up the sizes in a list, without a set or a dictionary by shape.",
        lambda model: _of_different_shapes(_tensors(model)),
    ),
    _count_mistake(
        "The counts are in millions",
        "The exercise asks for the numbers of parameters themselves.",
        "Do not divide.",
        lambda model: tuple(number / 1e6 for number in count_parameters(model)),
    ),
)


def _of_different_shapes(tensors: Sequence["Tensor"]) -> tuple[int, int]:
    first = {each.shape for each in tensors if each.trainable}
    return sum(map(prod, first)), sum(map(prod, {each.shape for each in tensors}))


_BACKBONE = "backbone"


class Tensor(NamedTuple):
    """A tensor of a model.

    Attributes:
        name: Its short name.
        shape: Its shape.
        trainable: Whether training changes it.
        layer: The layer that holds it.
        outer: The layer of the model itself that holds it: the backbone for its layers.
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool
    layer: str
    outer: str


def _tensors(model: Network | TransferNetwork) -> list[Tensor]:
    """Return the tensors of a model in the order in which Keras lists them."""
    graphs = (
        [(model.graph, True, "")]
        if isinstance(model, Network)
        else [(model.backbone, False, _BACKBONE), (model.head, True, "")]
    )
    return [
        Tensor(
            name,
            tuple(shape),
            trainable and not name.startswith("moving_"),
            f"{outer} {layer}",
            outer or layer,
        )
        for graph, trainable, outer in graphs
        for layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
    ]


def _product(name: str, shape: tuple[int, ...]) -> int:
    return prod(shape)


def _not_zero(name: str, shape: tuple[int, ...]) -> int:
    """Count the numbers that are not zero in a model that was just made."""
    return 0 if name in ("bias", "beta", "moving_mean") else _product(name, shape)


def _counted_with(
    tensors: Sequence[Tensor],
    size: Callable[[str, tuple[int, ...]], int] = _product,
    first: Callable[[Tensor], bool] = lambda tensor: tensor.trainable,
    second: Callable[[Tensor], bool] = lambda tensor: True,
    unit: Callable[[int], Any] = lambda number: number,
    known_by: Callable[[Tensor], Any] | None = None,
    order: int = 1,
    chosen: slice = slice(None),
    outside: bool = False,
) -> tuple[Any, Any]:
    """Count the parameters of tensors with something else in the place of some steps."""

    def number(counts: Callable[[Tensor], bool]) -> Any:
        counted = [tensor for tensor in tensors if counts(tensor)]
        if outside:
            counted = [tensor for tensor in counted if tensor.outer != _BACKBONE]
        if known_by:
            counted = list({known_by(tensor): tensor for tensor in counted[::order]}.values())
        return unit(sum(size(each.name, each.shape) for each in counted[chosen]))

    return number(first), number(second)


_COUNT_SIZES: dict[str, Callable[[str, tuple[int, ...]], int]] = {
    "Only the first axis of each tensor is counted": lambda name, shape: shape[0],
    "Only the last axis of each tensor is counted": lambda name, shape: shape[-1],
    "The axes of each tensor are counted, not the numbers in it": lambda name, shape: len(shape),
    "Only the first two axes of each tensor are multiplied": lambda name, shape: _product(
        name, shape[:2]
    ),
    "Only the last two axes of each tensor are multiplied": lambda name, shape: _product(
        name, shape[-2:]
    ),
    "The last axis of each tensor is left out": lambda name, shape: _product(name, shape[:-1]),
    "The first axis of each tensor is left out": lambda name, shape: _product(name, shape[1:]),
    "Numbers that are zero are not counted": _not_zero,
}


_COUNT_TENSORS: dict[str, Callable[[Tensor], bool]] = {
    "kernels": lambda tensor: tensor.name == "kernel",
    "kernels and biases": lambda tensor: tensor.name in ("kernel", "bias"),
    "tensors other than kernels": lambda tensor: tensor.name != "kernel",
    "tensors other than biases": lambda tensor: tensor.name != "bias",
    "tensors of batch normalisations": lambda tensor: tensor.name not in ("kernel", "bias"),
    "moving statistics": lambda tensor: tensor.name.startswith("moving_"),
}


_COUNT_UNITS: dict[str, Callable[[int], Any]] = {
    "The counts are in bytes, four for each number": lambda number: 4 * number,
    "The counts are in bits, 32 for each number": lambda number: 32 * number,
    "The counts are in thousands": lambda number: number / 1e3,
    "The counts are in megabytes": lambda number: 4 * number / 1e6,
    "The counts are in mebibytes": lambda number: 4 * number / 2**20,
    "Both numbers are 0": lambda number: 0,
    "The counts are in millions, rounded to 3 digits": lambda number: round(number / 1e6, 3),
    "The counts are in millions, rounded to 4 digits": lambda number: round(number / 1e6, 4),
    "The counts are in thousands, rounded to 1 digit": lambda number: round(number / 1e3, 1),
    "The counts are in thousands, rounded to 2 digits": lambda number: round(number / 1e3, 2),
}


def _count_slips() -> Iterator[Slip]:
    for title, size in _COUNT_SIZES.items():
        yield Slip(title, {"size": size}, "A tensor holds as many numbers as its axes multiply to.")
    every = "Every layer may have several weights: add up all of `layer.weights`."
    for more, known_by in (
        ("", lambda tensor: tensor.layer),
        (", and the first of the whole backbone", lambda tensor: tensor.outer),
    ):
        yield Slip(
            f"Only the first weight of each layer is counted{more}: biases, for example, are left "
            "out",
            {"known_by": known_by, "order": -1},
            every,
        )
        yield Slip(
            f"Only the last weight of each layer is counted{more.replace('first', 'last')}: "
            "kernels, for example, are left out",
            {"known_by": known_by},
            every,
        )
    yield Slip(
        "The backbone is left out",
        {"outside": True},
        "`model.weights` goes through the layers inside of layers as well.",
    )
    yield Slip(
        "Tensors of the same short name overwrite each other: only the last kernel is counted",
        {"known_by": lambda tensor: tensor.name},
        "Many tensors are called `kernel`: add up their sizes without a dictionary by name.",
    )
    for words, chosen in (
        ("the first tensor is", slice(1)),
        ("the last tensor is", slice(-1, None)),
        ("the first two tensors are", slice(2)),
        ("the last two tensors are", slice(-2, None)),
    ):
        yield Slip(
            f"Only {words} counted",
            {"chosen": chosen},
            "Add up the sizes of all tensors; a `return` inside of a loop ends it.",
        )
    for title, unit in _COUNT_UNITS.items():
        yield Slip(title, {"unit": unit}, "Return the numbers as they are.")
    for words, counts in _COUNT_TENSORS.items():
        yield Slip(
            f"Only {words} are counted",
            {
                "first": lambda tensor, counts=counts: tensor.trainable and counts(tensor),
                "second": counts,
            },
            "Add up all of `model.trainable_weights`, and all of `model.weights`.",
        )
        yield Slip(
            f"For the trainable parameters only {words} are counted",
            {"first": lambda tensor, counts=counts: tensor.trainable and counts(tensor)},
            "Add up all of `model.trainable_weights`.",
        )
        yield Slip(
            f"For the total only {words} are counted",
            {"second": counts},
            "Add up all of `model.weights`.",
        )


_COUNT_VARIATIONS = Variations(
    _counted_with,
    tuple(_count_slips()),
    _COUNTING,
    (
        "Compare your two numbers with those at the end of `model.summary()`.",
        "Which line of yours does this? Print what it gives.",
    ),
    material=lambda model: {"tensors": _tensors(model)},
)


def _total_without_statistics(model: Network | TransferNetwork) -> int:
    graphs = [model.graph] if isinstance(model, Network) else [model.backbone, model.head]
    return sum(parameters_of(graph, trained_only=True) for graph in graphs)


EXERCISE = NumericExercise(
    "count_parameters",
    "05_mnist_transfer",
    ("model",),
    _count_cases,
    _COUNT_MISTAKES,
    "Covered: a network with batch normalisation, and one with a frozen backbone. Grading "
    "draws others.",
    truth=count_parameters,
    variations=_COUNT_VARIATIONS,
    tolerance=0.0,
    describe="two integers",
)
