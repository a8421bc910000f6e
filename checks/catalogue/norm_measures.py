"""Lesson 1, `gradient_norms`: what learners measure of a gradient instead of its L2 norm."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np

from checks.graph.operation import Array
from checks.variations import table


def _step_of_adam(gradient: Array, kernel: Array) -> Any:
    """Return the norm of Adam's first step (Kingma and Ba 2015, algorithm 1, as Keras has it)."""
    rate, epsilon, forgetting = 1e-3, 1e-7, 0.999
    step = rate * gradient / (np.abs(gradient) + epsilon / np.sqrt(1 - forgetting))
    return np.linalg.norm(step)


#: From a gradient, as a row of numbers, and the kernel to what is measured.
Measure = Callable[[Array, Array], Any]


def _by(function: Callable[[Array], Any]) -> Measure:
    return lambda gradient, kernel: function(gradient)


def _along(axes: tuple[int, ...], join: Callable[[Array], Any] = np.asarray) -> Measure:
    """Join the norms along some axes of the kernel."""
    return lambda gradient, kernel: join(
        np.sqrt(np.sum(gradient.reshape(kernel.shape) ** 2, axis=axes))
    )


def _of_matrix(order: Any) -> Measure:
    """Take a norm of the gradient as a matrix with a column for each filter."""
    return lambda gradient, kernel: np.linalg.norm(gradient.reshape(-1, kernel.shape[-1]), order)


def _of_weights_after(rate: float, change: Callable[[Array], Array] = np.asarray) -> Measure:
    """Take the norm of the kernel after a step."""
    return lambda gradient, kernel: np.linalg.norm(kernel.ravel() - rate * change(gradient))


def _difference_after(rate: float) -> Measure:
    """Take the difference that a step makes to the norm of the kernel."""
    return lambda gradient, kernel: abs(
        np.linalg.norm(kernel) - np.linalg.norm(kernel.ravel() - rate * gradient)
    )


def of_both(join: Callable[[list[Any]], Any]) -> Measure:
    """Join the norms of kernel and bias, the gradient's first numbers and the others."""

    def measure(gradient: Array, kernel: Array) -> Any:
        parts = np.split(gradient, [kernel.size])
        return join([np.linalg.norm(part) for part in parts if part.size])

    return measure


#: The axes along which a norm may be taken that are not all of the kernel's.
_AXES = [axes for count in (1, 2, 3) for axes in combinations(range(4), count)]


def _named(axes: tuple[int, ...]) -> str:
    *first, last = map(str, axes)
    return f"axes {', '.join(first)} and {last}" if first else f"axis {last}"


_L2 = (
    "The L2 norm is the square root of the sum of the squares of all numbers of the gradient: "
    "`float(np.linalg.norm(gradient.ravel()))`."
)

MEASURES = table(
    "What is measured is {}, not the L2 norm of the gradient",
    "measure",
    {
        "the largest sum of a column": _of_matrix(1),
        "the largest sum of a row": _of_matrix(np.inf),
        "the sum of the singular values": _of_matrix("nuc"),
        "the smallest singular value": _of_matrix(-2),
        "the mean of the norms of the filters": _along((0, 1, 2), np.mean),
        "the sum of the norms of the filters": _along((0, 1, 2), np.sum),
        "the largest norm of a filter": _along((0, 1, 2), np.max),
        "the mean of the norms by pairs of channels": _along((0, 1), np.mean),
        "the sum of the norms by pairs of channels": _along((0, 1), np.sum),
        "the sum of the gradient": _by(np.sum),
        "the mean of the gradient": _by(np.mean),
        "the absolute value of the mean": _by(lambda gradient: abs(gradient.mean())),
        "the absolute value of the sum": _by(lambda gradient: abs(gradient.sum())),
        "the standard deviation": _by(np.std),
        "the variance": _by(np.var),
        "the mean of the squares": _by(lambda gradient: (gradient**2).mean()),
        "half of the sum of the squares": _by(lambda gradient: gradient @ gradient / 2),
        "the largest number, with its sign": _by(np.max),
        "the logarithm of the norm": _by(lambda gradient: np.log(np.linalg.norm(gradient))),
        "the logarithm of the norm, to the base 10": _by(
            lambda gradient: np.log10(np.linalg.norm(gradient))
        ),
        "the norm divided by that of the kernel": lambda gradient, kernel: (
            np.linalg.norm(gradient) / np.linalg.norm(kernel)
        ),
        "the norm divided by the number of weights": _by(
            lambda gradient: np.linalg.norm(gradient) / gradient.size
        ),
        "the difference that the gradient makes to the norm of the kernel": _difference_after(1),
        "the difference that a step of 0.01 makes to the norm of the kernel": (
            _difference_after(0.01)
        ),
        "the norm of the kernel minus the gradient": _of_weights_after(1),
        "the norm of kernel and gradient together": _of_weights_after(-1),
        "the norm after a step of 0.01": _of_weights_after(0.01),
        "the norm after a step of Adam": _of_weights_after(0.001, np.sign),
        **{
            f"the {words} of the norms along {_named(axes)}": _along(axes, join)
            for axes in _AXES
            for words, join in (
                ("mean", np.mean),
                ("sum", np.sum),
                ("largest", np.max),
                ("smallest", np.min),
                ("median", np.median),
            )
        },
    },
    _L2,
)

ARRAYS = table(
    "There is an array for each layer, not a single number: {}",
    "measure",
    {
        {(0, 1): "a norm for each pair of channels", (0, 1, 2): "a norm for each filter"}.get(
            axes, f"the norms along {_named(axes)}"
        ): _along(axes)
        for axes in _AXES
    },
    "A norm without an axis is taken over all numbers: `float(np.linalg.norm(gradient.ravel()))`.",
)

WRONG_NORMS = table(
    "The norm is {}",
    "measure",
    {
        "squared": (
            _by(lambda gradient: gradient @ gradient),
            "The square root is missing. Without it, small norms look far smaller than they are.",
        ),
        "the sum of the absolute values": (
            _by(lambda gradient: np.abs(gradient).sum()),
            "That is the L1 norm, which grows much faster with the number of weights than the L2 "
            "norm.",
        ),
        "a mean of absolute values": _by(lambda gradient: np.abs(gradient).mean()),
        "the root of the mean, not of the sum, of the squares": _by(
            lambda gradient: np.sqrt((gradient**2).mean())
        ),
        "the largest absolute value": (
            _by(lambda gradient: np.abs(gradient).max()),
            "That is the maximum norm, which depends on a single weight. The L2 norm depends on "
            "all of them.",
        ),
        "the largest singular value": (
            _of_matrix(2),
            "With `ord=2`, `np.linalg.norm` takes a matrix for a linear map and returns its "
            "spectral norm, which depends on one direction only. Without `ord` it is the L2 norm "
            "of all numbers.",
        ),
    },
    (
        "Which norm does the docstring ask for?",
        "The L2 norm is the square root of the sum of the squares.",
        "Flatten the gradient, or let `np.linalg.norm` do it, and return a float.",
    ),
    "A mean does not grow with the number of weights, as an L2 norm does. The norms of large and "
    "small layers then compare in another way.",
)

STEPS = table(
    "{}",
    "measure",
    {
        "The norms are multiplied by the learning rate": (
            _by(lambda gradient: 0.01 * np.linalg.norm(gradient)),
            "What is measured is the change that a step of `SGD` makes: the gradient times the "
            "learning rate, which is 0.01 by default.",
        ),
        "What is measured is a step of Adam": (
            _step_of_adam,
            "Adam divides each gradient by its recent size. In its first step every weight moves "
            "by the learning rate, 0.001, however small its gradient is.",
        ),
    },
    (
        "Which optimiser takes the step?",
        "The change that an optimiser makes is not the gradient.",
        "Use `GradientRecorder()`.",
    ),
)
