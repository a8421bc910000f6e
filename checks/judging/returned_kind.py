"""Says how what a function returned is of another kind than the network that is expected."""

from checks.differences.values import in_words
from checks.encoding import Other, decode
from checks.evidence import Value
from checks.judging.verdict import Failure

_KINDS = {"tensor": "a Keras tensor", "model": "a Keras model"}

#: Classes of layers that learners return without calling them on a tensor.
_LAYERS = frozenset(
    {
        "Activation",
        "Add",
        "AveragePooling2D",
        "BatchNormalization",
        "Concatenate",
        "Conv2D",
        "Dense",
        "Dropout",
        "Flatten",
        "GlobalAveragePooling2D",
        "MaxPooling2D",
        "ReLU",
        "Softmax",
        "ZeroPadding2D",
    }
)


def of_another_kind(value: Value, wanted: str) -> Failure | None:
    """Return how a value differs in kind; None if it is of the kind that is wanted.

    Args:
        value: What was returned.
        wanted: "tensor" or "model".
    """
    if value.kind == wanted:
        return None
    expected = _KINDS[wanted]
    received = _KINDS.get(value.kind) or in_words(decode(value.value))
    hint = "Does the function end with `return` and the right name?"
    if received == "None":
        received, cause = "nothing (None)", "The function returns nothing"
    elif layer := _layer_class(value):
        cause = f"The function returns a layer, {layer}, instead of what the layer computes"
        hint = f"`layers.{layer}(…)` makes a layer. Call it on a tensor: `layers.{layer}(…)(X)`."
    else:
        cause = f"The function returns {received} where {expected} is expected"
    return Failure(expected, received, hint=hint, cause=cause)


def _layer_class(value: Value) -> str | None:
    """Return the class of a layer that was returned; None for other things."""
    result = decode(value.value)
    return result.type_name if isinstance(result, Other) and result.type_name in _LAYERS else None
