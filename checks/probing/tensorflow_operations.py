"""Computes with the functions of Keras what an operation of a TensorFlow graph computes."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from checks.probing.tensorflow_forms import FORMS, PARTS, over_a_stack
from checks.probing.tensorflow_reading import BATCH, NotReadable, Reader, Rows, Stack, text


def computed(tensor: Any, operands: Sequence[Any]) -> Any:
    """Return a symbolic tensor of Keras that is computed like a tensor of a TensorFlow graph.

    Args:
        tensor: One result of an operation.
        operands: What the operation reads: symbolic tensors of Keras and constant arrays.

    Raises:
        NotReadable: If the operation is not known here.
    """
    operation = tensor.op
    reader = _PARTS.get(operation.type)
    if reader is not None:
        return reader(operation, tensor.value_index, *operands)
    reader = _READERS.get(operation.type)
    if reader is None or len(operation.outputs) != 1:
        raise NotReadable(operation.type)
    if isinstance(operands[0], Stack):
        if np.ravel(operands[-1]).tolist() != [0]:
            raise NotReadable("a stack of tensors")
        return over_a_stack(operation, operands[0].tensors)
    if any(isinstance(each, Rows) for each in operands):
        return _of_rows(reader, operation, operands)
    return reader(operation, *operands)


def _of_rows(reader: Reader, operation: Any, operands: Sequence[Any]) -> Any:
    """Apply what treats all rows alike to a tensor whose axes were joined for a moment."""
    if operation.type == "Reshape":
        tensor = operands[0].tensor
        if tuple(operation.outputs[0].shape)[:-1] == (BATCH, *tensor.shape[1:-1]):
            return tensor
    if operation.type in ("MatMul", "BiasAdd", "AddV2", "Relu", "Identity"):
        operands = [each.tensor if isinstance(each, Rows) else each for each in operands]
        return Rows(reader(operation, *operands))
    raise NotReadable(operation.type)


def _pairwise(name: str) -> Reader:
    """Read what combines two tensors number by number."""

    def read(operation: Any, *operands: Any) -> Any:
        from keras import ops

        rank = len(operation.outputs[0].shape)
        return getattr(ops, name)(*(_one_image(each, rank) for each in operands))

    return read


def _one_image(operand: Any, rank: int) -> Any:
    """Return a constant without the batch axis that it got from the input's."""
    if not isinstance(operand, np.ndarray):
        return operand
    if operand.ndim == rank and operand.ndim and len(operand) == BATCH:
        if not np.all(operand == operand[:1]):
            raise NotReadable("a constant that is another one for each image")
        operand = operand[:1]
    return operand.item() if operand.size == 1 and operand.ndim == 0 else operand


def _single(name: str) -> Reader:
    """Read what is done to each number of a tensor."""

    def read(operation: Any, X: Any) -> Any:
        from keras import ops

        return getattr(ops, name)(X)

    return read


def _same(operation: Any, X: Any, *others: Any) -> Any:
    return X


def _cast(operation: Any, X: Any) -> Any:
    from keras import ops

    return ops.cast(X, operation.outputs[0].dtype.name)


def _leaky_relu(operation: Any, X: Any) -> Any:
    from keras import ops

    return ops.leaky_relu(X, operation.get_attr("alpha"))


def _squared_difference(operation: Any, X: Any, Y: Any) -> Any:
    from keras import ops

    return ops.square(_pairwise("subtract")(operation, X, Y))


def _sum(operation: Any, *operands: Any) -> Any:
    total = operands[0]
    for each in operands[1:]:
        total = _pairwise("add")(operation, total, each)
    return total


def _channels_last(operation: Any) -> None:
    if operation.get_attr("data_format") not in (b"NHWC", "NHWC"):
        raise NotReadable(f"{operation.type} with the channels first")


def _padded(operation: Any, X: Any) -> tuple[Any, str]:
    """Return a tensor with the zeros that an operation puts around it, and the padding left."""
    from keras import ops

    padding = text(operation.get_attr("padding")).lower()
    if padding != "explicit":
        return X, padding
    pads = np.reshape(operation.get_attr("explicit_paddings"), (-1, 2)).tolist()
    if operation.type == "MaxPool":
        raise NotReadable("a max pooling with explicit padding")
    return ops.pad(X, pads), "valid"


def _convolution(name: str) -> Reader:
    def read(operation: Any, X: Any, kernel: Any) -> Any:
        from keras import ops

        _channels_last(operation)
        X, padding = _padded(operation, X)
        return getattr(ops, name)(
            X,
            kernel,
            strides=tuple(operation.get_attr("strides")[1:3]),
            padding=padding,
            data_format="channels_last",
            dilation_rate=tuple(operation.get_attr("dilations")[1:3]),
        )

    return read


def _pool(name: str) -> Reader:
    def read(operation: Any, X: Any) -> Any:
        from keras import ops

        _channels_last(operation)
        X, padding = _padded(operation, X)
        size, strides = (tuple(operation.get_attr(each)) for each in ("ksize", "strides"))
        if (size[0], size[3], strides[0], strides[3]) != (1, 1, 1, 1):
            raise NotReadable("a pooling of the channels")
        return getattr(ops, name)(
            X, size[1:3], strides=strides[1:3], padding=padding, data_format="channels_last"
        )

    return read


def _bias(operation: Any, X: Any, bias: Any) -> Any:
    _channels_last(operation)
    return _pairwise("add")(operation, X, bias)


def _product(transposes: tuple[str, str]) -> Reader:
    def read(operation: Any, X: Any, Y: Any) -> Any:
        from keras import ops

        if any(operation.get_attr(each) for each in transposes):
            raise NotReadable("a product with a transposed matrix")
        return ops.matmul(X, Y)

    return read


def _einsum(operation: Any, *operands: Any) -> Any:
    from keras import ops

    return ops.einsum(text(operation.get_attr("equation")), *operands)


def _reduction(name: str) -> Reader:
    def read(operation: Any, X: Any, axes: Any) -> Any:
        from keras import ops

        chosen = tuple(np.ravel(axes).tolist())
        return getattr(ops, name)(X, axis=chosen, keepdims=operation.get_attr("keep_dims"))

    return read


def _normalised(operation: Any, at: int, X: Any, *weights: Any) -> Any:
    from keras import ops

    _channels_last(operation)
    if at != 0 or operation.get_attr("is_training"):
        raise NotReadable("a fused normalisation while training")
    scale, offset, mean, variance = weights
    epsilon = round(operation.get_attr("epsilon"), 9)
    return ops.batch_normalization(
        X, mean, variance, axis=-1, offset=offset, scale=scale, epsilon=epsilon
    )


def _with_own_gradient(operation: Any, at: int, *operands: Any) -> Any:
    """Read what has a gradient of its own: of these, only TensorFlow's SiLU is known."""
    from keras import ops

    product = operation.inputs[0].op
    factors = {each.op.type for each in product.inputs}
    if at == 0 and product.type == "Mul" and "Sigmoid" in factors:
        return ops.silu(operands[1])
    raise NotReadable("a gradient of its own")


#: Operations with several results.
_PARTS: dict[str, Reader] = {
    "IdentityN": _with_own_gradient,
    **PARTS,
    "FusedBatchNormV3": _normalised,
}


_SINGLE = (
    *("Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign", "Sigmoid", "Tanh", "Softmax"),
    *("Exp", "Sqrt", "Rsqrt", "Square", "Abs"),
)


_READERS: dict[str, Reader] = {
    **{name: _single(name.lower()) for name in _SINGLE},
    "LogSoftmax": _single("log_softmax"),
    "Neg": _single("negative"),
    "Reciprocal": _single("reciprocal"),
    "ZerosLike": _single("zeros_like"),
    "OnesLike": _single("ones_like"),
    "StopGradient": _single("stop_gradient"),
    **dict.fromkeys(("Identity", "Snapshot", "EnsureShape", "CheckNumerics"), _same),
    "Cast": _cast,
    "LeakyRelu": _leaky_relu,
    **{
        name: _pairwise(function)
        for name, function in {
            "Add": "add",
            "AddV2": "add",
            "Sub": "subtract",
            "Mul": "multiply",
            "RealDiv": "divide",
            "Div": "divide",
            "Maximum": "maximum",
            "Minimum": "minimum",
            "Pow": "power",
            "Greater": "greater",
            "GreaterEqual": "greater_equal",
            "Less": "less",
            "LessEqual": "less_equal",
            "Select": "where",
            "SelectV2": "where",
        }.items()
    },
    "SquaredDifference": _squared_difference,
    "AddN": _sum,
    "BiasAdd": _bias,
    "Conv2D": _convolution("conv"),
    "DepthwiseConv2dNative": _convolution("depthwise_conv"),
    "MaxPool": _pool("max_pool"),
    "AvgPool": _pool("average_pool"),
    "MatMul": _product(("transpose_a", "transpose_b")),
    "BatchMatMulV2": _product(("adj_x", "adj_y")),
    "Einsum": _einsum,
    "Mean": _reduction("mean"),
    "Sum": _reduction("sum"),
    "Max": _reduction("max"),
    **FORMS,
}
