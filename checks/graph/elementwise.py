"""Operations on the numbers of tensors one by one, and on several tensors of one shape."""

from collections.abc import Callable, Sequence
from math import erf
from typing import Any

import numpy as np

from checks.graph.operation import Array, Operation, Params, Shape


def _broadcast(params: Params, shapes: Sequence[Shape]) -> Shape:
    return np.broadcast_shapes(*shapes)


def _elementwise(function: Callable[[Array], Array], name: str) -> Operation:
    return Operation(lambda p, w, x, t: function(x[0]), _broadcast, lambda p, s: {}, lambda p: name)


def _combination(
    function: Callable[[Sequence[Array]], Array], name: str, commutative: bool = True
) -> Operation:
    return Operation(
        lambda p, w, x, t: function(x), _broadcast, lambda p, s: {}, lambda p: name, commutative
    )


def _elu(X: Array, alpha: float = 1.0) -> Array:
    return np.where(X > 0, X, alpha * np.expm1(np.minimum(X, 0.0)))


def _gelu(X: Array) -> Array:
    return np.asarray(X * (1 + np.vectorize(erf, [np.float64])(X / np.sqrt(2.0))) / 2)


def _gelu_tanh(X: Array) -> Array:
    return np.asarray(X * (1 + np.tanh(np.sqrt(2 / np.pi) * (X + 0.044715 * X**3))) / 2)


def _hard_sigmoid(X: Array) -> Array:
    return np.asarray(np.clip(X + 3.0, 0.0, 6.0) / 6.0)


def _comparison(function: Callable[[Array, Array], Any], name: str) -> Operation:
    return _combination(
        lambda x: np.asarray(function(x[0], x[1]), np.float64), name, commutative=False
    )


def _total(arrays: Sequence[Array]) -> Array:
    result = arrays[0]
    for array in arrays[1:]:
        result = result + array
    return result


def _product(arrays: Sequence[Array]) -> Array:
    result = arrays[0]
    for array in arrays[1:]:
        result = result * array
    return result


ELEMENTWISE: dict[str, Operation] = {
    #: Its values are those of its input. It is not the same: training does not see what is before.
    "stop_gradient": _elementwise(lambda x: x, "stop_gradient"),
    "elu": _elementwise(_elu, "ELU"),
    "selu": _elementwise(lambda x: 1.0507009873554805 * _elu(x, 1.6732632423543772), "SELU"),
    "softplus": _elementwise(lambda x: np.logaddexp(x, 0.0), "softplus"),
    "silu": _elementwise(lambda x: x / (1 + np.exp(-x)), "SiLU"),
    "gelu": _elementwise(_gelu, "GELU"),
    "gelu_tanh": _elementwise(_gelu_tanh, "GELU"),
    "hard_sigmoid": _elementwise(_hard_sigmoid, "hard sigmoid"),
    "hard_silu": _elementwise(lambda x: x * _hard_sigmoid(x), "hard SiLU"),
    "mish": _elementwise(lambda x: x * np.tanh(np.logaddexp(x, 0.0)), "Mish"),
    "softsign": _elementwise(lambda x: x / (1 + np.abs(x)), "softsign"),
    "exp": _elementwise(np.exp, "exponential"),
    "square": _elementwise(np.square, "square"),
    "sqrt": _elementwise(np.sqrt, "square root"),
    "rsqrt": _elementwise(lambda x: 1 / np.sqrt(x), "one over the square root"),
    "reciprocal": _elementwise(lambda x: 1 / x, "reciprocal"),
    "zeros_like": _elementwise(np.zeros_like, "zeros"),
    "ones_like": _elementwise(np.ones_like, "ones"),
    "relu": _elementwise(lambda x: np.maximum(x, 0.0), "ReLU"),
    "negative": _elementwise(np.negative, "negative"),
    "absolute": _elementwise(np.abs, "absolute value"),
    "sigmoid": _elementwise(lambda x: 1 / (1 + np.exp(-x)), "sigmoid"),
    "tanh": _elementwise(np.tanh, "tanh"),
    "add": _combination(_total, "Add"),
    "multiply": _combination(_product, "Multiply"),
    "average": _combination(lambda x: _total(x) / len(x), "Average"),
    "maximum": _combination(lambda x: np.maximum.reduce(list(np.broadcast_arrays(*x))), "Maximum"),
    "minimum": _combination(lambda x: np.minimum.reduce(list(np.broadcast_arrays(*x))), "Minimum"),
    "subtract": _combination(lambda x: x[0] - x[1], "Subtract", commutative=False),
    "greater": _comparison(np.greater, "greater"),
    "greater_equal": _comparison(np.greater_equal, "greater or equal"),
    "less": _comparison(np.less, "less"),
    "less_equal": _comparison(np.less_equal, "less or equal"),
    "where": _combination(lambda x: np.where(x[0], x[1], x[2]), "where", commutative=False),
    "power": _combination(lambda x: np.power(x[0], x[1]), "power", commutative=False),
    "divide": _combination(lambda x: x[0] / x[1], "Divide", commutative=False),
}
