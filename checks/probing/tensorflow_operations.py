"""Computes with the functions of Keras what an operation of a TensorFlow graph computes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

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
        return _over_a_stack(operation, operands[0].tensors)
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


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _padded(operation: Any, X: Any) -> tuple[Any, str]:
    """Return a tensor with the zeros that an operation puts around it, and the padding left."""
    from keras import ops

    padding = _text(operation.get_attr("padding")).lower()
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

    return ops.einsum(_text(operation.get_attr("equation")), *operands)


def _reduction(name: str) -> Reader:
    def read(operation: Any, X: Any, axes: Any) -> Any:
        from keras import ops

        chosen = tuple(np.ravel(axes).tolist())
        return getattr(ops, name)(X, axis=chosen, keepdims=operation.get_attr("keep_dims"))

    return read


def _concatenated(operation: Any, *operands: Any) -> Any:
    """Read a concatenation; zeros behind or before a tensor are a padding."""
    from keras import ops

    *parts, axis = operands
    rank = len(operation.outputs[0].shape)
    at = int(axis) % rank
    tensors = [each for each in parts if not isinstance(each, np.ndarray)]
    if len(tensors) == len(parts):
        return ops.concatenate(parts, axis=at)
    if len(tensors) != 1 or any(np.any(each) for each in parts if isinstance(each, np.ndarray)):
        raise NotReadable("a concatenation with constants")
    place = next(i for i, each in enumerate(parts) if each is tensors[0])
    sizes = [np.shape(each)[at] if isinstance(each, np.ndarray) else 0 for each in parts]
    pads = [(0, 0)] * rank
    pads[at] = sum(sizes[:place]), sum(sizes[place:])
    return ops.pad(tensors[0], pads)


def _stacked(operation: Any, *operands: Any) -> Any:
    if operation.get_attr("axis") != 0:
        raise NotReadable("a stack of tensors")
    return Stack(operands)


def _over_a_stack(operation: Any, tensors: Sequence[Any]) -> Any:
    """Read what takes several tensors together after they were stacked."""
    from keras import layers

    kinds = {"Sum": layers.add, "Mean": layers.average, "Max": layers.maximum}
    if operation.type not in kinds or operation.get_attr("keep_dims"):
        raise NotReadable("a stack of tensors")
    return kinds[operation.type](list(tensors))


def _pad(operation: Any, X: Any, pads: Any, value: Any = 0) -> Any:
    from keras import ops

    pairs = np.asarray(pads).tolist()
    if operation.type == "MirrorPad":
        return ops.pad(X, pairs, mode=_text(operation.get_attr("mode")).lower())
    return ops.pad(X, pairs, constant_values=None if value == 0 else float(value))


def _reshape(operation: Any, X: Any, shape: Any) -> Any:
    from keras import ops

    target = tuple(operation.outputs[0].shape)
    if X.shape[:1] != (None,):
        return ops.reshape(X, target)
    if target[0] == BATCH:
        return ops.reshape(X, (-1, *target[1:]))
    if len(target) == 2 and len(X.shape) > 2 and target[1] == X.shape[-1]:
        return Rows(X)
    raise NotReadable("a reshape that mixes images")


def _expand(operation: Any, X: Any, axis: Any) -> Any:
    from keras import ops

    return ops.expand_dims(X, int(np.ravel(axis)[0]))


def _squeeze(operation: Any, X: Any) -> Any:
    from keras import ops

    return ops.squeeze(X, tuple(operation.get_attr("squeeze_dims")) or None)


def _transpose(operation: Any, X: Any, order: Any) -> Any:
    axes = np.ravel(order).tolist()
    if axes != sorted(axes):
        raise NotReadable("axes in another order")
    return X


def _strided_slice(operation: Any, X: Any, begin: Any, end: Any, strides: Any) -> Any:
    masks = {
        each: operation.get_attr(f"{each}_mask")
        for each in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")
    }
    key: list[Any] = []
    for at, (start, stop, step) in enumerate(zip(begin, end, strides, strict=True)):
        on = {name for name, mask in masks.items() if mask >> at & 1}
        if "ellipsis" in on:
            key.append(Ellipsis)
        elif "new_axis" in on:
            key.append(None)
        elif "shrink_axis" in on:
            key.append(int(start))
        else:
            first = None if "begin" in on else int(start)
            last = None if "end" in on else int(stop)
            key.append(slice(first, last, int(step)))
    return X[tuple(_of_all_images(key, X))]


def _of_all_images(key: list[Any], X: Any) -> list[Any]:
    """Return a key that says nothing of the batch axis where it takes all of the batch."""
    if X.shape[0] is None and key and key[0] in (slice(0, BATCH, 1), slice(None, BATCH, 1)):
        return [slice(None), *key[1:]]
    return key


def _slice(operation: Any, X: Any, begin: Any, size: Any) -> Any:
    key = [
        slice(int(start), None if length == -1 else int(start + length), 1)
        for start, length in zip(begin, size, strict=True)
    ]
    return X[tuple(_of_all_images(key, X))]


def _resize(interpolation: str) -> Reader:
    def read(operation: Any, X: Any, size: Any) -> Any:
        from keras import ops

        if operation.get_attr("align_corners") or not operation.get_attr("half_pixel_centers"):
            raise NotReadable("a resizing of an older kind")
        return ops.image.resize(
            X,
            tuple(np.ravel(size).tolist()),
            interpolation=interpolation,
            data_format="channels_last",
        )

    return read


def _split(operation: Any, at: int, axis: Any, X: Any) -> Any:
    return _part(operation, at, int(axis), X)


def _split_by_sizes(operation: Any, at: int, X: Any, sizes: Any, axis: Any) -> Any:
    return _part(operation, at, int(axis), X)


def _part(operation: Any, at: int, axis: int, X: Any) -> Any:
    """Return one part of a tensor that is cut in pieces."""
    axis %= len(X.shape)
    if axis == 0:
        raise NotReadable("a batch that is cut in pieces")
    ends = np.cumsum([0, *(each.shape[axis] for each in operation.outputs)]).tolist()
    return X[(*[slice(None)] * axis, slice(ends[at], ends[at + 1]))]


def _unstacked(operation: Any, at: int, X: Any) -> Any:
    axis = operation.get_attr("axis") % len(X.shape)
    return X[(*[slice(None)] * axis, at)]


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
    "Split": _split,
    "SplitV": _split_by_sizes,
    "Unpack": _unstacked,
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
    "ConcatV2": _concatenated,
    "Pack": _stacked,
    **dict.fromkeys(("Pad", "PadV2", "MirrorPad"), _pad),
    "Reshape": _reshape,
    "ExpandDims": _expand,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "StridedSlice": _strided_slice,
    "Slice": _slice,
    "ResizeBilinear": _resize("bilinear"),
    "ResizeNearestNeighbor": _resize("nearest"),
}
