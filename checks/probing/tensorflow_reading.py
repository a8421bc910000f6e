"""What readers of TensorFlow's operations share."""

from collections.abc import Callable, Sequence
from typing import Any

#: Images in a batch while a function is traced: a prime, so that it is no size of anything else.
BATCH = 13


#: From an operation of TensorFlow and its operands to a symbolic tensor of Keras. An operand that
#: does not depend on the input is an array.
Reader = Callable[..., Any]


class NotReadable(Exception):
    """TensorFlow computes something that is not known here."""


class Rows:
    """A tensor whose axes but the last are one, as TensorFlow has it around matrix products."""

    def __init__(self, tensor: Any) -> None:
        """Keep the tensor as it was before."""
        self.tensor = tensor


class Stack:
    """Tensors that are one for a moment, along a new first axis."""

    def __init__(self, tensors: Sequence[Any]) -> None:
        """Keep the tensors."""
        self.tensors = tensors


def text(value: Any) -> str:
    """Return what an attribute says, which TensorFlow keeps as bytes."""
    return value.decode() if isinstance(value, bytes) else str(value)
