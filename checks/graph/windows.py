"""Operations that look at images through a window: convolution, pooling, zero padding."""

from collections.abc import Mapping, Sequence

import numpy as np

from checks.graph.operation import Array, Operation, Pads, Params, Shape, by, no_weights


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


def _describe_window(params: Params) -> str:
    words = by(params["kernel"])
    if tuple(params["strides"]) != (1, 1):
        words += f", stride {params['strides'][0]}"
        if params["strides"][0] != params["strides"][1]:
            words += f"×{params['strides'][1]}"
    if params.get("padding") and tuple(params["kernel"]) != (1, 1):
        words += f", padding {params['padding']}"
    if "dilation" in params:
        words += f", dilation {by(params['dilation'])}"
    return words


def _describe_pads(pads: Pads) -> str:
    sizes = {size for pair in pads for size in pair}
    return str(sizes.pop()) if len(sizes) == 1 else str(tuple(map(tuple, pads)))


WINDOWS: dict[str, Operation] = {
    "conv2d": Operation(
        _convolve,
        lambda p, s: (*_window_shape(p, s), p["filters"]),
        _convolution_weights,
        lambda p: f"Conv2D {p['filters']} filters {_describe_window(p)}",
    ),
    "max_pool": Operation(
        _max_pool,
        lambda p, s: (*_window_shape(p, s), s[0][-1]),
        no_weights,
        lambda p: f"MaxPooling2D {_describe_window(p)}",
    ),
    "average_pool": Operation(
        _average_pool,
        lambda p, s: (*_window_shape(p, s), s[0][-1]),
        no_weights,
        lambda p: f"AveragePooling2D {_describe_window(p)}",
    ),
    "zero_pad": Operation(
        lambda p, w, x, t: _pad(x[0], p["pads"]),
        lambda p, s: (s[0][0] + sum(p["pads"][0]), s[0][1] + sum(p["pads"][1]), s[0][2]),
        no_weights,
        lambda p: f"ZeroPadding2D {_describe_pads(p['pads'])}",
    ),
}
