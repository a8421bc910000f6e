"""What each layer of Keras, and each function of `keras.ops`, stands for: steps of operations.

Several spellings become the same steps. A layer, or a setting of it, that is not known here has
no steps: it is never guessed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

Step = tuple[str, dict[str, Any]]
Json = Mapping[str, Any]
#: From a layer's settings and the arguments of its call to its steps; None for what is not known.
Reader = Callable[[Json, Json], list[Step] | None]

ARITHMETIC = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Divide": "divide",
    "TrueDivide": "divide",
    "Average": "average",
    "Maximum": "maximum",
    "Minimum": "minimum",
    "Greater": "greater",
    "GreaterEqual": "greater_equal",
    "Less": "less",
    "LessEqual": "less_equal",
    "Where": "where",
    "Power": "power",
}

#: Functions of Keras that are operations of the same name, and take each number by itself.
NUMBER_BY_NUMBER = (
    "sigmoid",
    "tanh",
    "elu",
    "selu",
    "softplus",
    "silu",
    "exp",
    "square",
    "sqrt",
    "rsqrt",
    "reciprocal",
    "zeros_like",
    "ones_like",
)

#: With less, a moving average forgets what it has seen within a batch or two.
LEAST_MOMENTUM = 0.5


def pair(value: Any) -> tuple[int, int]:
    """Return a setting for height and width, which may be given as one number."""
    first, second = (value, value) if isinstance(value, int) else value
    return first, second


def _activation(activation: Any) -> list[Step] | None:
    """Return the steps of an activation given by name or as a serialised function."""
    if isinstance(activation, Mapping):
        activation = activation["config"] if activation["class_name"] == "function" else None
    if activation in (None, "linear"):
        return [] if activation == "linear" else None
    known: dict[str, Step] = {
        "relu": ("relu", {}),
        "softmax": ("softmax", {"axis": -1}),
        **{name: (name, {}) for name in NUMBER_BY_NUMBER},
        "relu6": ("clipped_relu", {"maximum": 6.0}),
    }
    return [known[activation]] if activation in known else None


def _with_activation(step: Step, config: Json) -> list[Step] | None:
    after = _activation(config.get("activation") or "linear")
    return None if after is None else [step, *after]


def _conv2d(config: Json, arguments: Json) -> list[Step] | None:
    if config["groups"] != 1 or not _last(config):
        return None
    dilation = pair(config["dilation_rate"])
    params = {
        "filters": config["filters"],
        "kernel": pair(config["kernel_size"]),
        "strides": pair(config["strides"]),
        "padding": config["padding"],
        "use_bias": config["use_bias"],
        **({"dilation": dilation} if dilation != (1, 1) else {}),
    }
    return _with_activation(("conv2d", params), config)


def _dense(config: Json, arguments: Json) -> list[Step] | None:
    params = {"units": config["units"], "use_bias": config["use_bias"]}
    return _with_activation(("dense", params), config)


def mode(arguments: Json) -> bool | None:
    """Return the mode that a call of a layer or a model names: whether it is to train, or None."""
    value = arguments["kwargs"].get("training")
    return None if value is None else bool(value)


def _batch_norm(config: Json, arguments: Json) -> list[Step] | None:
    """Read a normalisation. Its momentum is a free choice, and told only where it is none."""
    if config.get("renorm"):
        return None
    axis, momentum = config["axis"], config.get("momentum", 0.99)
    params = {
        "axis": (axis[0] if len(axis) == 1 else axis) if isinstance(axis, list) else axis,
        "epsilon": config["epsilon"],
        "center": config["center"],
        "scale": config["scale"],
        "training": mode(arguments),
    }
    if not LEAST_MOMENTUM <= momentum < 1:
        params["momentum"] = momentum
    return [("batch_norm", params)]


def _relu(config: Json, arguments: Json) -> list[Step] | None:
    if config.get("threshold") or (config.get("negative_slope") and config.get("max_value")):
        return None
    if config.get("negative_slope"):
        return [("leaky_relu", {"slope": config["negative_slope"]})]
    if config.get("max_value") is not None:
        return [("clipped_relu", {"maximum": config["max_value"]})]
    return [("relu", {})]


def _pool(operation: str) -> Reader:
    def steps(config: Json, arguments: Json) -> list[Step] | None:
        if not _last(config):
            return None
        params = {
            "kernel": pair(config["pool_size"]),
            "strides": pair(config["strides"] or config["pool_size"]),
            "padding": config["padding"],
        }
        return [(operation, params)]

    return steps


def _reduction(kind: str, over: Sequence[int] | None = None) -> Reader:
    def steps(config: Json, arguments: Json) -> list[Step] | None:
        axis = over or config["axis"]
        axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
        if axis is not None and over is None and _all_but_channels(axes, arguments):
            return [("batch_statistic", {"kind": kind})]
        if axis is None or 0 in axes or not _last(config):
            return None
        return [("reduce", {"kind": kind, "axes": axes, "keepdims": bool(config["keepdims"])})]

    return steps


def _all_but_channels(axes: Sequence[int], arguments: Json) -> bool:
    """Return whether axes are those that a batch normalisation takes its statistics over."""
    rank = len(arguments["args"][0]["config"]["shape"])
    return {axis % rank for axis in axes} == {*range(rank - 1)}


def _average(config: Json, arguments: Json) -> list[Step] | None:
    """Read the layer, a mean of tensors, and the function, a mean over axes of one."""
    if "axis" not in config:
        return [("average", {})]
    if arguments["kwargs"].get("weights") is not None or len(arguments["args"]) > 1:
        return None
    return _reduction("mean")({**config, "keepdims": False}, arguments)


def _reshape(config: Json, arguments: Json) -> list[Step] | None:
    """Read the layer, whose shape leaves out the batch axis, and the function's, which has it."""
    if "target_shape" in config:
        return [("reshape", {"target": tuple(config["target_shape"])})]
    batch, *target = config["newshape"]
    return [("reshape", {"target": tuple(target)})] if batch == -1 and -1 not in target else None


def _expand(config: Json, arguments: Json) -> list[Step] | None:
    """Read the function `keras.ops.expand_dims`, where the new axes are not the batch's."""
    shape = arguments["args"][0]["config"]["shape"]
    axes = config["axis"] if isinstance(config["axis"], Sequence) else [config["axis"]]
    rank = len(shape) + len(axes)
    return _with_new_axes({axis % rank for axis in axes}, shape)


def _with_new_axes(axes: Collection[int], shape: Sequence[Any]) -> list[Step] | None:
    """Return the reshaping that puts axes of length 1 into a shape, which begins with the batch."""
    if 0 in axes or None in shape[1:]:
        return None
    sizes = iter(shape[1:])
    target = tuple(1 if at in axes else next(sizes) for at in range(1, len(shape) + len(axes)))
    return [("reshape", {"target": target})]


def _squeeze(config: Json, arguments: Json) -> list[Step] | None:
    axis = config["axis"]
    axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
    return [("squeeze", {"axes": () if axis is None else axes})]


def _slice(config: Json, arguments: Json) -> list[Step] | None:
    """Read `X[:, ::2, ::2]` and other parts of images; all of the batch, and no axis less."""
    key = arguments["args"][1] if len(arguments["args"]) > 1 else arguments["kwargs"]["key"]
    shape = arguments["args"][0]["config"]["shape"]
    if isinstance(key, list) and None in key:
        return _new_axes_only(key, shape)
    parts = _bounds(key, shape)
    if parts is None or parts[0] != (None, None, 1):
        return None
    if len(parts) == 4 and parts[3][2] == 1 and all(each[:2] == (None, None) for each in parts):
        return [("subsample", {"strides": (parts[1][2], parts[2][2])})]
    return [("slice", {"bounds": tuple(parts[1:])})]


def _new_axes_only(key: list[Any], shape: Sequence[Any]) -> list[Step] | None:
    """Read `X[:, None, None, :]`, which takes every axis whole and adds others."""
    whole = [each for each in key if each is not None]
    parts = _bounds(whole, shape)
    if parts != [(None, None, 1)] * len(shape):
        return None
    ellipsis = next((at for at, each in enumerate(key) if _is_ellipsis(each)), len(key))
    left_out = len(shape) - len(whole) + any(map(_is_ellipsis, key))
    axes = [at + (left_out - 1) * (at > ellipsis) for at, each in enumerate(key) if each is None]
    return _with_new_axes(axes, shape)


def _is_ellipsis(part: Any) -> bool:
    return isinstance(part, Mapping) and part["class_name"] == "__ellipsis__"


def _bounds(key: Any, shape: Sequence[Any]) -> list[tuple[int | None, int | None, int]] | None:
    """Return start, stop and step for each axis; None where an axis is lost, new or turned."""
    classes = [each["class_name"] if isinstance(each, Mapping) else None for each in key]
    if any(each not in ("__slice__", "__ellipsis__") for each in classes):
        return None
    everything = {"config": {"start": None, "stop": None, "step": None}}
    at = classes.index("__ellipsis__") if "__ellipsis__" in classes else len(key)
    named = [each for each in key if each["class_name"] == "__slice__"]
    filled = [*named[:at], *[everything] * (len(shape) - len(named)), *named[at:]]
    parts = [
        (
            each["config"]["start"] or None,
            None if each["config"]["stop"] == size else each["config"]["stop"],
            each["config"]["step"] or 1,
        )
        for each, size in zip(filled, shape, strict=True)
    ]
    return parts if all(step > 0 for *_, step in parts) else None


def _crop(config: Json, arguments: Json) -> list[Step] | None:
    if not _last(config):
        return None
    rows, columns = map(pair, config["cropping"])
    bounds = [(before or None, -after or None, 1) for before, after in (rows, columns)]
    return [("slice", {"bounds": (*bounds, (None, None, 1))})]


def _pad(config: Json, arguments: Json) -> list[Step] | None:
    """Read the function `keras.ops.pad`, where it puts numbers around images or zeros elsewhere."""
    pads = [tuple(pair) for pair in config["pad_width"]]
    mode, value = config["mode"], arguments["kwargs"].get("constant_values") or 0
    if len(pads) != 4 or pads[0] != (0, 0) or len(arguments["args"]) > 1:
        return None
    if mode in ("reflect", "symmetric") or (isinstance(value, int | float) and value):
        otherwise = {"pads": tuple(pads[1:]), "mode": mode, "value": value}
        return [("pad_otherwise", otherwise)]
    if mode != "constant" or value != 0:
        return None
    if pads[3] != (0, 0):
        return [("pad", {"pads": tuple(pads[1:])})]
    return [("zero_pad", {"pads": (pads[1], pads[2])})]


def _pad_images(config: Json, arguments: Json) -> list[Step] | None:
    rows = config["top_padding"], config["bottom_padding"]
    columns = config["left_padding"], config["right_padding"]
    unknown = None in (*rows, *columns) or not _last(config)
    return None if unknown else [("zero_pad", {"pads": (rows, columns)})]


def _zero_pad(config: Json, arguments: Json) -> list[Step] | None:
    if not _last(config):
        return None
    pads = tuple(pair(each) for each in config["padding"])
    return [("zero_pad", {"pads": pads})]


def _concatenate(config: Json, arguments: Json) -> list[Step]:
    return [("concatenate", {"axis": config["axis"]})]


def _last(config: Json) -> bool:
    return config.get("data_format") in (None, "channels_last")


def _plain(operation: str) -> Reader:
    return lambda config, arguments: [(operation, {})]


def _number_by_number(operation: str) -> Reader:
    def steps(config: Json, arguments: Json) -> list[Step] | None:
        return [(operation, {})] if config.get("alpha", 1.0) == 1.0 else None

    return steps


def _clip(config: Json, arguments: Json) -> list[Step] | None:
    """Read the function `keras.ops.clip`, where it cuts off what is negative."""
    least, most = config["x_min"], config["x_max"]
    if least != 0:
        return None
    return [("clipped_relu", {"maximum": most}) if most is not None else ("relu", {})]


def _resize(config: Json, arguments: Json) -> list[Step] | None:
    """Read a resizing that repeats pixels, or that leaves the size as it is."""
    rows, columns = arguments["args"][0]["config"]["shape"][1:3]
    height, width = config["size"]
    usual = not config["crop_to_aspect_ratio"] and not config["pad_to_aspect_ratio"]
    if not usual or not _last(config) or None in (rows, columns):
        return None
    if (height, width) == (rows, columns):
        return []
    whole = height % rows == width % columns == 0 and config["interpolation"] == "nearest"
    return [("upsample", {"size": (height // rows, width // columns)})] if whole else None


def aligns_axes(layer: Json) -> bool:
    """Return whether a layer puts axes of length 1 behind the batch of what has fewer of them.

    The layers that merge tensors do, such as `layers.multiply`; operators follow NumPy's rule.
    """
    merges = layer["class_name"] in ("Average", *ARITHMETIC)
    return merges and str(layer.get("module", "")) in ("keras.layers", "keras.src.layers")


def moments(config: Json, arguments: Json) -> list[Step] | None:
    """Return the two results of the function `keras.ops.moments`: a mean and a variance."""
    settings = {"axis": config["axes"], "keepdims": config["keepdims"]}
    results = [_reduction(kind)(settings, arguments) for kind in ("mean", "var")]
    return [steps[0] for steps in results if steps] or None


def without_batch(layer: Json, arguments: Json) -> bool:
    """Return whether a layer gives a tensor without a batch axis only another form.

    That is one number for each channel, whose axes of length 1 say nothing.
    """
    if not is_of_keras(layer) or layer["class_name"] not in ("Reshape", "Squeeze", "ExpandDims"):
        return False
    shape = arguments["args"][0]["config"]["shape"] if arguments["args"] else [None]
    form = layer["config"].get("newshape") or [-1]
    alone = shape[0] is not None and all(size == 1 for size in shape[:-1])
    return alone and form[-1] in (-1, shape[-1]) and all(size == 1 for size in form[:-1])


def _given_statistics(config: Json, arguments: Json) -> list[Step] | None:
    """Read the function `keras.ops.batch_normalization`, over the channels."""
    args = [*arguments["args"], None, None][:5]
    if config["axis"] not in (-1, len(args[0]["config"]["shape"]) - 1):
        return None
    params = {"center": args[3] is not None, "scale": args[4] is not None}
    return [("normalise_with", {**params, "epsilon": config["epsilon"]})]


def _nothing(config: Json, arguments: Json) -> list[Step]:
    return []


def _cast(config: Json, arguments: Json) -> list[Step] | None:
    """Read a change to another precision, which changes nothing that is checked."""
    dtype = config.get("dtype")
    return [] if dtype is None or "float" in str(dtype) else None


def _rescaling(config: Json, arguments: Json) -> list[Step]:
    return [("rescaling", {"scale": config["scale"], "offset": config["offset"]})]


def _upsample(config: Json, arguments: Json) -> list[Step] | None:
    if config.get("interpolation") != "nearest" or not _last(config):
        return None
    return [("upsample", {"size": pair(config["size"])})]


_READERS: dict[str, Reader] = {
    "Conv2D": _conv2d,
    "Dense": _dense,
    "BatchNormalization": _batch_norm,
    "ReLU": _relu,
    "Relu": _relu,
    "Relu6": lambda config, arguments: [("clipped_relu", {"maximum": 6.0})],
    "LeakyReLU": _relu,
    "LeakyRelu": _relu,
    "Activation": lambda config, arguments: _activation(config["activation"]),
    "Softmax": lambda config, arguments: [("softmax", {"axis": config.get("axis", -1)})],
    "Sigmoid": lambda config, arguments: [("sigmoid", {})],
    "Tanh": lambda config, arguments: [("tanh", {})],
    **{
        name.title().replace("_", ""): _number_by_number(name)
        for name in NUMBER_BY_NUMBER
        if name not in ("sigmoid", "tanh")
    },
    "StopGradient": lambda config, arguments: [("stop_gradient", {})],
    "BatchNorm": _given_statistics,
    "Clip": _clip,
    "Resize": _resize,
    "Var": _reduction("var"),
    "MaxPooling2D": _pool("max_pool"),
    "AveragePooling2D": _pool("average_pool"),
    "MaxPool": _pool("max_pool"),
    "AveragePool": _pool("average_pool"),
    "GlobalAveragePooling2D": _reduction("mean", (1, 2)),
    "GlobalMaxPooling2D": _reduction("max", (1, 2)),
    "Mean": _reduction("mean"),
    "Sum": _reduction("sum"),
    "Max": _reduction("max"),
    "ZeroPadding2D": _zero_pad,
    "Pad": _pad,
    "PadImages": _pad_images,
    "Cropping2D": _crop,
    "GetItem": _slice,
    "Reshape": _reshape,
    "ExpandDims": _expand,
    "Squeeze": _squeeze,
    "Concatenate": _concatenate,
    "Flatten": lambda config, arguments: [("flatten", {})],
    "Dropout": lambda config, arguments: [("dropout", {"rate": config["rate"]})],
    "Identity": _nothing,
    "Negative": lambda config, arguments: [("negative", {})],
    "Absolute": lambda config, arguments: [("absolute", {})],
    "Abs": lambda config, arguments: [("absolute", {})],
    "Cast": _cast,
    "ConvertToTensor": _cast,
    "Rescaling": _rescaling,
    "UpSampling2D": _upsample,
    **{name: _plain(operation) for name, operation in ARITHMETIC.items()},
    "Average": _average,
}


def is_of_keras(layer: Json) -> bool:
    """Return whether a layer is one of Keras's own."""
    return str(layer.get("module", "")).partition(".")[0] == "keras"


def steps_of(layer: Json, arguments: Json) -> list[Step] | None:
    """Return the operations that a layer stands for, or None where it is not known here.

    Args:
        layer: Its JSON.
        arguments: What it is called with: `args` and `kwargs`, as in the JSON.
    """
    if not is_of_keras(layer):
        return None
    reader = _READERS.get(layer["class_name"])
    return reader(layer["config"], arguments) if reader else None
