"""Computes with the functions of Keras what gives tensors another form in TensorFlow."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from checks.probing.tensorflow_reading import BATCH, NotReadable, Reader, Rows, Stack, text


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


def over_a_stack(operation: Any, tensors: Sequence[Any]) -> Any:
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
        return ops.pad(X, pairs, mode=text(operation.get_attr("mode")).lower())
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


FORMS: dict[str, Reader] = {
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


#: Forms with several results.
PARTS: dict[str, Reader] = {
    "Split": _split,
    "SplitV": _split_by_sizes,
    "Unpack": _unstacked,
}
