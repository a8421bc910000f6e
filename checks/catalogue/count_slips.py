"""Lesson 5, `count_parameters`: the count with parts, and what learners put in their place."""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from math import prod
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

from checks.case import Network, TransferNetwork
from checks.variations import Slip, Variations, alone, table


class Tensor(NamedTuple):
    """A tensor of a model.

    Attributes:
        name: Its short name.
        shape: Its shape.
        layer: The layer that holds it.
        outer: The layer of the model itself that holds it: the backbone for its layers.
    """

    name: str
    shape: tuple[int, ...]
    layer: str
    outer: str

    @property
    def frozen(self) -> bool:
        """Whether it is the backbone's."""
        return self.outer == _BACKBONE

    @property
    def measured(self) -> bool:
        """Whether it is a moving mean or variance."""
        return self.name.startswith("moving_")

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return not self.frozen and not self.measured


_BACKBONE = "backbone"


def _tensors(model: Network | TransferNetwork) -> dict[str, list[Tensor]]:
    """Return the tensors of a model in the order in which Keras lists them."""
    graphs = (
        [(model.graph, "")]
        if isinstance(model, Network)
        else [(model.backbone, _BACKBONE), (model.head, "")]
    )
    tensors = [
        Tensor(name, tuple(shape), f"{outer} {layer}", outer or layer)
        for graph, outer in graphs
        for layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
    ]
    return {"tensors": tensors}


def _size(tensor: Tensor, axes: slice = slice(None)) -> int:
    return prod(tensor.shape[axes])


def _counted(
    tensors: Sequence[Tensor],
    size: Callable[[Tensor], int] = _size,
    first: Callable[[Tensor], bool] = attrgetter("trainable"),
    second: Callable[[Tensor], bool] = lambda tensor: True,
    unit: Callable[[int], Any] = lambda number: number,
    known_by: Callable[[Tensor], Any] | None = None,
    order: int = 1,
    chosen: slice = slice(None),
    outside: bool = False,
    result: Callable[[tuple[Any, Any]], Any] = tuple,
) -> Any:
    """Count the parameters of tensors with something else in place of some steps."""

    def number(counts: Callable[[Tensor], bool]) -> Any:
        counted = [
            tensor for tensor in tensors if counts(tensor) and not (outside and tensor.frozen)
        ]
        if known_by:
            counted = list({known_by(tensor): tensor for tensor in counted[::order]}.values())
        return unit(sum(map(size, counted[chosen])))

    return result((number(first), number(second)))


def _in(unit: float, digits: int | None = None) -> Callable[[int], float]:
    return lambda number: number / unit if digits is None else round(number / unit, digits)


def _only(words: str, names: Collection[str]) -> tuple[Slip, ...]:
    """Return what counts tensors of some names only: for both numbers, or for one of them."""
    first = {"first": lambda tensor: tensor.trainable and tensor.name in names}
    second = {"second": lambda tensor: tensor.name in names}
    return table(
        f"{{}} {words} are counted",
        "",
        {
            "Only": first | second,
            "For the trainable parameters only": first,
            "For the total only": second,
        },
        "Add up all of `model.trainable_weights`, and all of `model.weights`.",
    )


_OF_NORMALISATIONS = ("gamma", "beta", "moving_mean", "moving_variance")
_OUTSIDE = {"outside": True}
_INSIDE = "`model.weights` includes the weights of layers that are inside other layers."
_HOLDS = "A tensor holds as many numbers as the product of its axes: `np.prod(weight.shape)`."
_EVERY = "Every layer may have several weights: add up all of `layer.weights`."
_OF_LAYER, _OF_OUTER = attrgetter("layer"), attrgetter("outer")

_SLIPS = (
    *table(
        "{}",
        "size",
        {
            "Only the first axis of each tensor is counted": lambda tensor: tensor.shape[0],
            "Only the last axis of each tensor is counted": lambda tensor: tensor.shape[-1],
            "The axes of each tensor are counted, not the numbers in it": (
                lambda tensor: len(tensor.shape)
            ),
            "Only the first two axes of each tensor are multiplied": partial(_size, axes=slice(2)),
            "Only the last two axes of each tensor are multiplied": partial(
                _size, axes=slice(-2, None)
            ),
            "The last axis of each tensor is left out": partial(_size, axes=slice(-1)),
            "The first axis of each tensor is left out": partial(_size, axes=slice(1, None)),
            "Numbers that are zero are not counted": lambda tensor: (
                0 if tensor.name in ("bias", "beta", "moving_mean") else _size(tensor)
            ),
        },
        _HOLDS,
    ),
    *table(
        "Only the {} are left out",
        "",
        {
            "first weight of each layer is counted: biases, for example,": {
                "known_by": _OF_LAYER,
                "order": -1,
            },
            "last weight of each layer is counted: kernels, for example,": {"known_by": _OF_LAYER},
            "first weight of each layer is counted, and the first of the whole backbone: biases, "
            "for example,": {"known_by": _OF_OUTER, "order": -1},
            "last weight of each layer is counted, and the last of the whole backbone: kernels, "
            "for example,": {"known_by": _OF_OUTER},
        },
        _EVERY,
    ),
    Slip("The backbone is left out", _OUTSIDE, _INSIDE),
    Slip(
        "Tensors of the same short name overwrite each other: only the last kernel is counted",
        {"known_by": attrgetter("name")},
        "Many tensors are called `kernel`: add up their sizes without a dictionary by name.",
    ),
    *table(
        "Only the {} counted",
        "chosen",
        {
            "first tensor is": slice(1),
            "last tensor is": slice(-1, None),
            "first two tensors are": slice(2),
            "last two tensors are": slice(-2, None),
        },
        "Add up the sizes of all tensors; a `return` inside a loop ends it.",
    ),
    *table(
        "The counts are in {}",
        "unit",
        {
            "bytes, four for each number": _in(1 / 4),
            "bits, 32 for each number": _in(1 / 32),
            "thousands": _in(1e3),
            "megabytes": _in(1e6 / 4),
            "mebibytes": _in(2**20 / 4),
            "millions, rounded to 3 digits": _in(1e6, 3),
            "millions, rounded to 4 digits": _in(1e6, 4),
            "thousands, rounded to 1 digit": _in(1e3, 1),
            "thousands, rounded to 2 digits": _in(1e3, 2),
        },
        "Return the numbers as they are.",
    ),
    Slip("Both numbers are 0", {"unit": lambda number: 0}, "Return the numbers as they are."),
    *_only("kernels", ["kernel"]),
    *_only("kernels and biases", ["kernel", "bias"]),
    *_only("tensors other than kernels", ["bias", *_OF_NORMALISATIONS]),
    *_only("tensors other than biases", ["kernel", *_OF_NORMALISATIONS]),
    *_only("tensors of batch normalisations", _OF_NORMALISATIONS),
    *_only("moving statistics", _OF_NORMALISATIONS[2:]),
)

_ALONE = (
    *table(
        "{}",
        "size",
        {
            "The tensors are counted, not the numbers in them": (
                lambda tensor: 1,
                "A kernel of 3×3×64×64 is one tensor, and it holds 36,864 parameters.",
            ),
            "The lengths of the axes are added, not multiplied": (
                lambda tensor: sum(tensor.shape),
                "A kernel of 3×3×64×64 holds 3 · 3 · 64 · 64 numbers, not 3 + 3 + 64 + 64.",
            ),
            "Biases, gamma and beta are left out: only kernels are counted": (
                lambda tensor: _size(tensor) * (len(tensor.shape) > 1),
                "All tensors count. Biases, gamma and beta are tensors with a single axis.",
            ),
        },
        _HOLDS,
    ),
    *table(
        "{}",
        "first",
        {
            "The moving statistics count as trainable": (
                lambda tensor: not tensor.frozen,
                "The moving mean and variance of a batch normalisation are measured, not trained: "
                "no gradient reaches them, although the layer that holds them is trainable.",
            ),
            "Frozen weights count as trainable": (
                lambda tensor: not tensor.measured,
                "Training leaves the weights of a frozen layer as they are, whatever kind of "
                "weights these are.",
            ),
            "The first number is that of the untrainable parameters": (
                lambda tensor: not tensor.trainable,
                "The first number should be that of the parameters that training changes. Yours "
                "counts the others.",
            ),
        },
        "Count the tensors of `model.trainable_weights` for the first number. A frozen layer has "
        "none there, a batch normalisation has two.",
    ),
    *table(
        "{}",
        "second",
        {
            "The second number is that of the untrainable parameters": (
                lambda tensor: not tensor.trainable,
                "The second number should be that of all parameters, the trainable ones included.",
            ),
            "The moving statistics are left out of the total": (
                lambda tensor: not tensor.measured,
                "The moving mean and variance are not trained, but the model holds them, saves "
                "them and needs them to predict.",
            ),
        },
        "Count `model.weights` for the second number: all tensors are in it.",
    ),
    Slip(
        "The backbone is left out: only the layers outside of it are counted",
        _OUTSIDE,
        _INSIDE,
        "A backbone that is called as one layer contains layers itself, and the weights of all of "
        "them belong to the model.",
    ),
    Slip(
        "Tensors of the same shape are counted only once",
        {"known_by": attrgetter("shape")},
        "Add up the sizes in a list, without a set or a dictionary by shape.",
        "Two kernels of the same shape are two tensors. A set holds each shape once.",
    ),
    Slip(
        "The counts are in millions",
        {"unit": _in(1e6)},
        "Do not divide.",
        "The exercise asks for the numbers of parameters themselves.",
    ),
    *table(
        "{}",
        "result",
        {
            "The two numbers are in the wrong order": (
                itemgetter(1, 0),
                "The number of trainable parameters comes first, then that of all parameters.",
            ),
            "Both numbers are the total": (
                itemgetter(1, 1),
                "The first number should be that of the trainable parameters only.",
            ),
            "Both numbers are that of the trainable parameters": (
                itemgetter(0, 0),
                "The second number should be that of all parameters, trainable or not.",
            ),
            "Only the total is returned": itemgetter(1),
            "Only the number of trainable parameters is returned": itemgetter(0),
            "The trainable parameters are counted twice in the total": (
                lambda found: (found[0], sum(found)),
                "`model.weights` holds all tensors already, the trainable ones included.",
            ),
        },
        "`return trainable, total`: count `model.trainable_weights` for the first, and "
        "`model.weights` for the second.",
        "The exercise asks for two numbers: the trainable parameters, and then all of them.",
    ),
)

VARIATIONS = Variations(
    _counted,
    (*_SLIPS, *alone(*_ALONE)),
    "lesson 5, “What is trained”",
    (
        "Compare your two numbers with those at the end of `model.summary()`.",
        "`model.trainable_weights` and `model.weights` are lists of tensors.",
    ),
    material=_tensors,
)
