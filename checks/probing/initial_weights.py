"""Gives new layers their random weights at little cost.

A check reads how a network is wired, never the weights that its layers begin with. Drawing them is
nearly half of the time that it takes to build a ResNet50. So while a learner's function runs, a
layer with many weights gets one block of random numbers again and again. The block has the
distribution that the initialiser asks for: whoever prints or uses the weights sees nothing odd.
"""

import math
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from types import SimpleNamespace
from typing import Any

#: So many weights of a layer are drawn; the others repeat them.
BLOCK = 4_096

_DISTRIBUTIONS = ("normal", "truncated_normal", "uniform")


@contextmanager
def repeated_draws() -> Iterator[None]:
    """Let Keras's initialisers repeat a block of random numbers, if Keras has been loaded."""
    if "keras" not in sys.modules:
        yield
        return
    from keras.src.initializers import random_initializers

    original = random_initializers.random
    repeating = {name: _repeating(getattr(original, name)) for name in _DISTRIBUTIONS}
    random_initializers.random = SimpleNamespace(**{**vars(original), **repeating})
    try:
        yield
    finally:
        random_initializers.random = original


def _repeating(draw: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(draw)
    def drawn(shape: Sequence[int], *args: Any, **kwargs: Any) -> Any:
        count = math.prod(shape)
        if count <= BLOCK:
            return draw(shape, *args, **kwargs)
        from keras import ops

        block = draw((BLOCK,), *args, **kwargs)
        # Keras's own operations, because a layer may be built while only shapes are computed.
        return ops.reshape(ops.tile(block, -(-count // BLOCK))[:count], tuple(shape))

    return drawn
