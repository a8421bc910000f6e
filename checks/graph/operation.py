"""What an operation is: a small record of four functions.

Shapes leave out the batch axis. Images are channels-last, as in Keras's default.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Params = Mapping[str, Any]
Shape = tuple[int, ...]
Pads = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Operation:
    """One kind of layer.

    Attributes:
        values: From parameters, weights, inputs and the training flag to the output.
        shape: From parameters and input shapes to the output's shape.
        weights: From parameters and input shapes to the shapes of the weights, by name.
        describe: From parameters to a few words such as "Conv2D 64 filters 3×3".
        commutative: Whether the order of the inputs makes no difference.
    """

    values: Callable[[Params, Mapping[str, Array], Sequence[Array], bool], Array]
    shape: Callable[[Params, Sequence[Shape]], Shape]
    weights: Callable[[Params, Sequence[Shape]], dict[str, Shape]]
    describe: Callable[[Params], str]
    commutative: bool = False


def no_weights(params: Params, shapes: Sequence[Shape]) -> dict[str, Shape]:
    """Return that an operation has no weights."""
    return {}


def by(size: Sequence[int]) -> str:
    """Return sizes as in "3×3"."""
    return "×".join(str(length) for length in size)
