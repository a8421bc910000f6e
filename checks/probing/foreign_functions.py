"""Lets functions of JAX and PyTorch take symbolic tensors of Keras, while a layer is opened."""

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

#: Modules whose functions are understood: each by its name, or by one in `_OTHER_NAMES`.
_MODULES = ("jax.nn", "jax.numpy", "jax.lax", "torch", "torch.nn.functional")

#: Functions that `keras.ops` has under the same name, with the same arguments in the same places.
_SAME = (
    *("relu", "relu6", "sigmoid", "tanh", "elu", "selu", "softplus", "silu"),
    *("add", "subtract", "multiply", "divide", "maximum", "minimum", "matmul"),
    *("abs", "negative", "square", "sqrt", "rsqrt", "exp", "log", "mean", "sum"),
)

_OTHER_NAMES = {"sub": "subtract", "mul": "multiply", "div": "divide", "neg": "negative"}
_OTHER_ARGUMENTS = {"dim": "axis", "keepdim": "keepdims"}


def same_in_keras(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function of `keras.ops` that does the same, or the function itself."""
    if isinstance(function, functools.partial):
        inner = same_in_keras(function.func)
        return functools.partial(inner, *function.args, **function.keywords)
    for module, name, understood in _functions():
        if getattr(module, name) is function:
            return understood
    return function


@contextlib.contextmanager
def understood() -> Iterator[None]:
    """Let the functions of the modules take symbolic tensors meanwhile."""
    before = [(module, name, getattr(module, name)) for module, name, _ in _functions()]
    try:
        for module, name, function in list(_functions()):
            setattr(module, name, function)
        yield
    finally:
        for module, name, function in before:
            setattr(module, name, function)


def _functions() -> Iterator[tuple[ModuleType, str, Callable[..., Any]]]:
    """Yield the functions that are known here: the module, the name, and what stands in."""
    for path in _MODULES:
        module = sys.modules.get(path)
        for name in (*_SAME, "softmax", "leaky_relu", *_OTHER_NAMES):
            if module is not None and hasattr(module, name):
                yield module, name, _standing_in(getattr(module, name), name)


def _standing_in(original: Callable[..., Any], name: str) -> Callable[..., Any]:
    from keras import ops

    def function(*args: Any, **kwargs: Any) -> Any:
        if not _symbolic((args, kwargs)):
            return original(*args, **kwargs)
        named = {_OTHER_ARGUMENTS.get(key, key): each for key, each in kwargs.items()}
        return getattr(ops, _OTHER_NAMES.get(name, name))(*args, **named)

    return function


def _symbolic(structure: Any) -> bool:
    import keras

    return any(isinstance(each, keras.KerasTensor) for each in keras.tree.flatten(structure))
