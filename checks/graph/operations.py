"""What each layer does, in NumPy float64: shapes, weights, values and a description in words.

An operation is a small record of four functions. Shapes leave out the batch axis. Images are
channels-last, as in Keras's default.
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


def same_pads(sizes: Shape, window: Shape, strides: Shape) -> Pads:
    """Return the zero padding that "same" stands for: (before, after) for height and width."""
    height, width = (
        (total // 2, total - total // 2)
        for size, length, stride in zip(sizes, window, strides, strict=True)
        for total in [max((-(-size // stride) - 1) * stride + length - size, 0)]
    )
    return height, width


def span(params: Params) -> Shape:
    """Return the height and the width that a kernel covers, with the gaps of its dilation."""
    dilation = params.get("dilation", (1, 1))
    return tuple(
        (size - 1) * step + 1 for size, step in zip(params["kernel"], dilation, strict=True)
    )


def _windows(X: Array, params: Params) -> Array:
    """Return all windows of images as a view of shape (n, rows, columns, channels, h, w)."""
    (rows, columns), (down, right) = params["strides"], params.get("dilation", (1, 1))
    views = np.lib.stride_tricks.sliding_window_view(X, span(params), (1, 2))
    return views[:, ::rows, ::columns, :, ::down, ::right]


def _pad(X: Array, pads: Pads, value: float = 0.0) -> Array:
    if not any(map(any, pads)):
        return X
    return np.pad(X, ((0, 0), *pads, (0, 0)), constant_values=value)


def _window_shape(params: Params, shapes: Sequence[Shape]) -> tuple[int, int]:
    if len(shapes[0]) != 3:
        raise ValueError(f"images have height, width and channels, not the shape {shapes[0]}")
    rows, columns = (
        (size + sum(pad) - window) // stride + 1
        for size, pad, window, stride in zip(
            shapes[0][:2], params["pads"], span(params), params["strides"], strict=True
        )
    )
    return rows, columns


def _convolve(
    params: Params, weights: Mapping[str, Array], inputs: Sequence[Array], training: bool
) -> Array:
    X = _pad(inputs[0], params["pads"])
    kernel = weights["kernel"]
    if tuple(params["kernel"]) == (1, 1):
        rows, columns = params["strides"]
        windows = X[:, ::rows, ::columns]
    else:
        windows = _windows(X, params).transpose(0, 1, 2, 4, 5, 3)
    shape = (*windows.shape[:3], params["filters"])
    # One product of two matrices is far faster than one for every row of the images.
    flat = windows.reshape(np.prod(shape[:3]), -1) @ kernel.reshape(-1, params["filters"])
    return flat.reshape(shape) + weights.get("bias", 0.0)


def _convolution_weights(params: Params, shapes: Sequence[Shape]) -> dict[str, Shape]:
    kernel = (*params["kernel"], shapes[0][-1], params["filters"])
    return {"kernel": kernel} | ({"bias": (params["filters"],)} if params["use_bias"] else {})


def _dense_weights(params: Params, shapes: Sequence[Shape]) -> dict[str, Shape]:
    kernel = (shapes[0][-1], params["units"])
    return {"kernel": kernel} | ({"bias": (params["units"],)} if params["use_bias"] else {})


def _normalise(
    params: Params, weights: Mapping[str, Array], inputs: Sequence[Array], training: bool
) -> Array:
    X = np.moveaxis(inputs[0], params["axis"], -1)
    if params["training"] if params["training"] is not None else training:
        axes = tuple(range(X.ndim - 1))
        mean, variance = X.mean(axes), X.var(axes)
    else:
        mean, variance = weights["moving_mean"], weights["moving_variance"]
    normalised = (X - mean) / np.sqrt(variance + params["epsilon"])
    scaled = normalised * weights.get("gamma", 1.0) + weights.get("beta", 0.0)
    return np.moveaxis(scaled, -1, params["axis"])


def _normalised_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    axis, rank = params["axis"], len(shapes[0]) + 1
    if isinstance(axis, int) and not -rank <= axis < rank:
        raise ValueError(f"there is no axis {axis}")
    return shapes[0]


def _normalisation_weights(params: Params, shapes: Sequence[Shape]) -> dict[str, Shape]:
    size = (shapes[0][params["axis"] - 1 if params["axis"] > 0 else params["axis"]],)
    names = ["gamma"] * params["scale"] + ["beta"] * params["center"]
    return dict.fromkeys([*names, "moving_mean", "moving_variance"], size)


def _max_pool(
    params: Params, weights: Mapping[str, Array], inputs: Sequence[Array], training: bool
) -> Array:
    X = _pad(inputs[0], params["pads"], -np.inf)
    return _windows(X, params).max((-1, -2))


def _average_pool(
    params: Params, weights: Mapping[str, Array], inputs: Sequence[Array], training: bool
) -> Array:
    def total(X: Array) -> Array:
        return _windows(_pad(X, params["pads"]), params).sum((-1, -2))

    return total(inputs[0]) / total(np.ones_like(inputs[0]))


def _softmax(
    params: Params, weights: Mapping[str, Array], inputs: Sequence[Array], training: bool
) -> Array:
    powers = np.exp(inputs[0] - inputs[0].max(params["axis"], keepdims=True))
    return powers / powers.sum(params["axis"], keepdims=True)


def _drop(
    params: Params, weights: Mapping[str, Array], inputs: Sequence[Array], training: bool
) -> Array:
    """Drop a fixed pattern while training, so that dropout shows in the values."""
    if not training:
        return inputs[0]
    keep = np.random.default_rng(0).random(inputs[0].shape) >= params["rate"]
    return inputs[0] * keep / (1 - params["rate"])


_REDUCTIONS: dict[str, Callable[..., Array]] = {
    "mean": np.mean,
    "sum": np.sum,
    "max": np.max,
    "var": np.var,
}


def _reduced_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    if max(params["axes"]) > len(shapes[0]):
        raise ValueError(f"there is no axis {max(params['axes'])}")
    axes = {axis % (len(shapes[0]) + 1) for axis in params["axes"]}
    sizes = [(1 if at in axes else size, at in axes) for at, size in enumerate(shapes[0], start=1)]
    return tuple(size for size, reduced in sizes if params["keepdims"] or not reduced)


def _parts(params: Params) -> tuple[slice, ...]:
    return tuple(slice(*bounds) for bounds in params["bounds"])


def _sliced_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    pairs = zip(_parts(params), shapes[0], strict=True)
    return tuple(len(range(*part.indices(size))) for part, size in pairs)


def _describe_slice(params: Params) -> str:
    def words(start: int | None, stop: int | None, step: int) -> str:
        ends = f"{'' if start is None else start}:{'' if stop is None else stop}"
        return ends if step == 1 else f"{ends}:{step}"

    *places, channels = params["bounds"]
    whole_pixels = channels == (None, None, 1) and all(step == 1 for *_, step in places)
    kind = "cropping" if whole_pixels and len(places) == 2 else "slice"
    return f"{kind} [:, {', '.join(words(*bounds) for bounds in params['bounds'])}]"


def _reshaped(params: Params, shapes: Sequence[Shape]) -> Shape:
    return np.broadcast_to(np.int8(0), shapes[0]).reshape(params["target"]).shape


def _squeezed(params: Params, shapes: Sequence[Shape]) -> Shape:
    rank = len(shapes[0]) + 1
    axes = {axis % rank for axis in params["axes"]} or set(range(1, rank))
    return tuple(size for at, size in enumerate(shapes[0], start=1) if at not in axes or size != 1)


def _broadcast(params: Params, shapes: Sequence[Shape]) -> Shape:
    return np.broadcast_shapes(*shapes)


def _concatenated_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    axis = params["axis"] - 1 if params["axis"] > 0 else params["axis"]
    shape = list(shapes[0])
    shape[axis] = sum(each[axis] for each in shapes)
    if len({tuple(np.delete(each, axis)) for each in shapes}) > 1:
        raise ValueError("only one axis may differ")
    return tuple(shape)


def _by(size: Sequence[int]) -> str:
    return "×".join(str(length) for length in size)


def _describe_window(params: Params) -> str:
    words = _by(params["kernel"])
    if tuple(params["strides"]) != (1, 1):
        words += f", stride {params['strides'][0]}"
        if params["strides"][0] != params["strides"][1]:
            words += f"×{params['strides'][1]}"
    if params.get("padding") and tuple(params["kernel"]) != (1, 1):
        words += f", padding {params['padding']}"
    if "dilation" in params:
        words += f", dilation {_by(params['dilation'])}"
    return words


def _describe_normalisation(params: Params) -> str:
    extra = "" if params["axis"] in (-1, 3) else f" axis {params['axis']}"
    if params["training"] is not None:
        extra += f" training={params['training']}"
    return f"BatchNormalization{extra}"


def _elementwise(function: Callable[[Array], Array], name: str) -> Operation:
    return Operation(lambda p, w, x, t: function(x[0]), _broadcast, lambda p, s: {}, lambda p: name)


def _combination(
    function: Callable[[Sequence[Array]], Array], name: str, commutative: bool = True
) -> Operation:
    return Operation(
        lambda p, w, x, t: function(x), _broadcast, lambda p, s: {}, lambda p: name, commutative
    )


def _normalise_with(
    params: Params, weights: Mapping[str, Array], inputs: Sequence[Array], training: bool
) -> Array:
    """Normalise with statistics that are inputs, then scale and shift if that is asked for."""
    X, mean, variance, *others = inputs
    result = (X - mean) / np.sqrt(variance + params["epsilon"])
    if params["scale"]:
        result = result * others.pop()
    return result + others.pop() if params["center"] else np.asarray(result)


def _elu(X: Array, alpha: float = 1.0) -> Array:
    return np.where(X > 0, X, alpha * np.expm1(np.minimum(X, 0.0)))


def without_ones(shape: Sequence[int]) -> Shape:
    """Return the shape that a weight has to what it is combined with: leading ones say nothing."""
    shape = tuple(shape)
    while len(shape) > 1 and shape[0] == 1:
        shape = shape[1:]
    return shape


def _no_weights(params: Params, shapes: Sequence[Shape]) -> dict[str, Shape]:
    return {}


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


def _padded_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    return tuple(size + sum(pair) for size, pair in zip(shapes[0], params["pads"], strict=True))


def _mirrored_shape(params: Params, shapes: Sequence[Shape]) -> Shape:
    """Return the shape of what is padded, by a mirror no further than what it mirrors reaches."""
    short = {"reflect": 1, "symmetric": 0}.get(params["mode"])
    pairs = zip(shapes[0], params["pads"], strict=True)
    if short is not None and any(max(pad) > size - short for size, pad in pairs):
        raise ValueError(f"a mirror of {shapes[0]} does not reach {params['pads']} far")
    return _padded_shape(params, shapes)


OPERATIONS: dict[str, Operation] = {
    "conv2d": Operation(
        _convolve,
        lambda p, s: (*_window_shape(p, s), p["filters"]),
        _convolution_weights,
        lambda p: f"Conv2D {p['filters']} filters {_describe_window(p)}",
    ),
    "dense": Operation(
        lambda p, w, x, t: x[0] @ w["kernel"] + w.get("bias", 0.0),
        lambda p, s: (*s[0][:-1], p["units"]),
        _dense_weights,
        lambda p: f"Dense {p['units']}",
    ),
    "batch_norm": Operation(
        _normalise, _normalised_shape, _normalisation_weights, _describe_normalisation
    ),
    "zero_pad": Operation(
        lambda p, w, x, t: _pad(x[0], p["pads"]),
        lambda p, s: (s[0][0] + sum(p["pads"][0]), s[0][1] + sum(p["pads"][1]), s[0][2]),
        _no_weights,
        lambda p: f"ZeroPadding2D {_describe_pads(p['pads'])}",
    ),
    "max_pool": Operation(
        _max_pool,
        lambda p, s: (*_window_shape(p, s), s[0][-1]),
        _no_weights,
        lambda p: f"MaxPooling2D {_describe_window(p)}",
    ),
    "average_pool": Operation(
        _average_pool,
        lambda p, s: (*_window_shape(p, s), s[0][-1]),
        _no_weights,
        lambda p: f"AveragePooling2D {_describe_window(p)}",
    ),
    "reduce": Operation(
        lambda p, w, x, t: _REDUCTIONS[p["kind"]](
            x[0], axis=tuple(p["axes"]), keepdims=p["keepdims"]
        ),
        _reduced_shape,
        _no_weights,
        lambda p: _describe_reduction(p),
    ),
    "batch_statistic": Operation(
        lambda p, w, x, t: _REDUCTIONS[p["kind"]](x[0], axis=tuple(range(x[0].ndim - 1))),
        lambda p, s: s[0][-1:],
        _no_weights,
        lambda p: f"{p['kind']} over the batch",
    ),
    "softmax": Operation(_softmax, lambda p, s: s[0], _no_weights, lambda p: "softmax"),
    "leaky_relu": Operation(
        lambda p, w, x, t: np.where(x[0] > 0, x[0], p["slope"] * x[0]),
        lambda p, s: s[0],
        _no_weights,
        lambda p: f"LeakyReLU slope {p['slope']:g}",
    ),
    "clipped_relu": Operation(
        lambda p, w, x, t: np.clip(x[0], 0.0, p["maximum"]),
        lambda p, s: s[0],
        _no_weights,
        lambda p: f"ReLU up to {p['maximum']:g}",
    ),
    "dropout": Operation(_drop, lambda p, s: s[0], _no_weights, lambda p: f"Dropout {p['rate']:g}"),
    "flatten": Operation(
        lambda p, w, x, t: x[0].reshape(len(x[0]), -1),
        lambda p, s: (int(np.prod(s[0])),),
        _no_weights,
        lambda p: "Flatten",
    ),
    "reshape": Operation(
        lambda p, w, x, t: x[0].reshape(len(x[0]), *_reshaped(p, [x[0].shape[1:]])),
        lambda p, s: _reshaped(p, s),
        _no_weights,
        lambda p: f"Reshape to {_by(p['target'])}",
    ),
    "squeeze": Operation(
        lambda p, w, x, t: x[0].reshape(len(x[0]), *_squeezed(p, [x[0].shape[1:]])),
        lambda p, s: _squeezed(p, s),
        _no_weights,
        lambda p: "squeeze",
    ),
    "subsample": Operation(
        lambda p, w, x, t: x[0][:, :: p["strides"][0], :: p["strides"][1]],
        lambda p, s: (-(-s[0][0] // p["strides"][0]), -(-s[0][1] // p["strides"][1]), s[0][2]),
        _no_weights,
        lambda p: f"subsampling with the stride {_by(p['strides'])}",
    ),
    "slice": Operation(
        lambda p, w, x, t: x[0][(slice(None), *_parts(p))],
        _sliced_shape,
        _no_weights,
        _describe_slice,
    ),
    "pad": Operation(
        lambda p, w, x, t: np.pad(x[0], ((0, 0), *p["pads"])),
        _padded_shape,
        _no_weights,
        lambda p: f"padding with zeros by {tuple(map(tuple, p['pads']))}",
    ),
    "pad_otherwise": Operation(
        lambda p, w, x, t: np.pad(
            x[0],
            ((0, 0), *p["pads"]),
            p["mode"],
            **({"constant_values": p["value"]} if p["mode"] == "constant" else {}),
        ),
        _mirrored_shape,
        _no_weights,
        lambda p: (
            f"padding with the number {p['value']:g}"
            if p["mode"] == "constant"
            else f"padding in the mode “{p['mode']}”"
        ),
    ),
    "rescaling": Operation(
        lambda p, w, x, t: x[0] * np.asarray(p["scale"]) + np.asarray(p["offset"]),
        lambda p, s: s[0],
        _no_weights,
        lambda p: f"Rescaling × {p['scale']} + {p['offset']}",
    ),
    "upsample": Operation(
        lambda p, w, x, t: x[0].repeat(p["size"][0], 1).repeat(p["size"][1], 2),
        lambda p, s: (s[0][0] * p["size"][0], s[0][1] * p["size"][1], s[0][2]),
        _no_weights,
        lambda p: f"UpSampling2D {_by(p['size'])}",
    ),
    "concatenate": Operation(
        lambda p, w, x, t: np.concatenate(x, p["axis"]),
        _concatenated_shape,
        _no_weights,
        lambda p: "Concatenate",
    ),
    "constant": Operation(
        lambda p, w, x, t: np.asarray(p["value"], float),
        lambda p, s: tuple(np.shape(p["value"])),
        _no_weights,
        lambda p: f"constant {p['value']}",
    ),
    "weight": Operation(
        lambda p, w, x, t: w["value"],
        lambda p, s: without_ones(p["shape"]),
        lambda p, s: {"value": without_ones(p["shape"])},
        lambda p: f"weight of the shape {_by(p['shape'])}",
    ),
    "switch": Operation(
        lambda p, w, x, t: x[0] if t else x[1],
        lambda p, s: s[1],
        _no_weights,
        lambda p: f"layer of the class {p['of_class']} that depends on training",
    ),
    "normalise_with": Operation(
        _normalise_with,
        lambda p, s: s[0],
        _no_weights,
        lambda p: "normalisation with given statistics",
    ),
    #: Its values are those of its input. It is not the same: training does not see what is before.
    "stop_gradient": _elementwise(lambda x: x, "stop_gradient"),
    "elu": _elementwise(_elu, "ELU"),
    "selu": _elementwise(lambda x: 1.0507009873554805 * _elu(x, 1.6732632423543772), "SELU"),
    "softplus": _elementwise(lambda x: np.logaddexp(x, 0.0), "softplus"),
    "silu": _elementwise(lambda x: x / (1 + np.exp(-x)), "SiLU"),
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


def _describe_pads(pads: Pads) -> str:
    sizes = {size for pair in pads for size in pair}
    return str(sizes.pop()) if len(sizes) == 1 else str(tuple(map(tuple, pads)))


def _describe_reduction(params: Params) -> str:
    if sorted(params["axes"]) == [1, 2] and params["kind"] in ("mean", "max"):
        names = {"mean": "GlobalAveragePooling2D", "max": "GlobalMaxPooling2D"}
        return names[params["kind"]]
    return f"{params['kind']} over the axes {', '.join(map(str, params['axes']))}"
