"""What each layer does, in NumPy float64: shapes, weights, values and a description in words."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from checks.graph.elementwise import ELEMENTWISE
from checks.graph.forms import FORMS
from checks.graph.operation import Array, Operation, Params, Shape, by, no_weights
from checks.graph.windows import WINDOWS


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


def _describe_normalisation(params: Params) -> str:
    extra = "" if params["axis"] in (-1, 3) else f" axis {params['axis']}"
    if params["training"] is not None:
        extra += f" training={params['training']}"
    return f"BatchNormalization{extra}"


def _normalise_with(
    params: Params, weights: Mapping[str, Array], inputs: Sequence[Array], training: bool
) -> Array:
    """Normalise with statistics that are inputs, then scale and shift if that is asked for."""
    X, mean, variance, *others = inputs
    result = (X - mean) / np.sqrt(variance + params["epsilon"])
    if params["scale"]:
        result = result * others.pop()
    return result + others.pop() if params["center"] else np.asarray(result)


def without_ones(shape: Sequence[int]) -> Shape:
    """Return the shape that a weight has to what it is combined with: leading ones say nothing."""
    shape = tuple(shape)
    while len(shape) > 1 and shape[0] == 1:
        shape = shape[1:]
    return shape


def _describe_reduction(params: Params) -> str:
    if sorted(params["axes"]) == [1, 2] and params["kind"] in ("mean", "max"):
        names = {"mean": "GlobalAveragePooling2D", "max": "GlobalMaxPooling2D"}
        return names[params["kind"]]
    axes = "axis" if len(params["axes"]) == 1 else "axes"
    return f"{params['kind']} over the {axes} {', '.join(map(str, params['axes']))}"


#: Operations whose results have no axis for the batch.
WITHOUT_A_BATCH = frozenset({"constant", "weight", "batch_statistic"})

OPERATIONS: dict[str, Operation] = {
    **WINDOWS,
    **FORMS,
    **ELEMENTWISE,
    "dense": Operation(
        lambda p, w, x, t: x[0] @ w["kernel"] + w.get("bias", 0.0),
        lambda p, s: (*s[0][:-1], p["units"]),
        _dense_weights,
        lambda p: f"Dense {p['units']}",
    ),
    "batch_norm": Operation(
        _normalise, _normalised_shape, _normalisation_weights, _describe_normalisation
    ),
    "reduce": Operation(
        lambda p, w, x, t: _REDUCTIONS[p["kind"]](
            x[0], axis=tuple(p["axes"]), keepdims=p["keepdims"]
        ),
        _reduced_shape,
        no_weights,
        lambda p: _describe_reduction(p),
    ),
    "batch_statistic": Operation(
        lambda p, w, x, t: _REDUCTIONS[p["kind"]](x[0], axis=tuple(range(x[0].ndim - 1))),
        lambda p, s: s[0][-1:],
        no_weights,
        lambda p: f"{p['kind']} over the batch",
    ),
    "softmax": Operation(_softmax, lambda p, s: s[0], no_weights, lambda p: "softmax"),
    "leaky_relu": Operation(
        lambda p, w, x, t: np.where(x[0] > 0, x[0], p["slope"] * x[0]),
        lambda p, s: s[0],
        no_weights,
        lambda p: f"LeakyReLU slope {p['slope']:g}",
    ),
    "clipped_relu": Operation(
        lambda p, w, x, t: np.clip(x[0], 0.0, p["maximum"]),
        lambda p, s: s[0],
        no_weights,
        lambda p: f"ReLU up to {p['maximum']:g}",
    ),
    "dropout": Operation(_drop, lambda p, s: s[0], no_weights, lambda p: f"Dropout {p['rate']:g}"),
    "rescaling": Operation(
        lambda p, w, x, t: x[0] * np.asarray(p["scale"]) + np.asarray(p["offset"]),
        lambda p, s: s[0],
        no_weights,
        lambda p: f"Rescaling × {p['scale']} + {p['offset']}",
    ),
    "constant": Operation(
        lambda p, w, x, t: np.asarray(p["value"], float),
        lambda p, s: tuple(np.shape(p["value"])),
        no_weights,
        lambda p: f"constant {p['value']}",
    ),
    "weight": Operation(
        lambda p, w, x, t: w["value"],
        lambda p, s: without_ones(p["shape"]),
        lambda p, s: {"value": without_ones(p["shape"])},
        lambda p: f"weight of the shape {by(p['shape'])}",
    ),
    "switch": Operation(
        lambda p, w, x, t: x[0] if t else x[1],
        lambda p, s: s[1],
        no_weights,
        lambda p: f"layer of the class {p['of_class']} that depends on training",
    ),
    "normalise_with": Operation(
        _normalise_with,
        lambda p, s: s[0],
        no_weights,
        lambda p: "normalisation with given statistics",
    ),
}
