"""What each layer of Keras, and each function of `keras.ops`, stands for: steps of operations.

Several spellings become the same steps. A layer, or a setting of it, that is not known here has
no steps: it is never guessed.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from checks.graph.contractions import is_dense
from checks.graph.keras_forms import FORMS, is_of_keras
from checks.graph.keras_reading import Json, Reader, Step, channels_last, pair

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
    "hard_sigmoid",
    "hard_silu",
    "mish",
    "softsign",
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
        "gelu": ("gelu", {}),
        "exponential": ("exp", {}),
        "leaky_relu": ("leaky_relu", {"slope": 0.2}),
        "relu6": ("clipped_relu", {"maximum": 6.0}),
    }
    return [known[activation]] if activation in known else None


def _with_activation(step: Step, config: Json) -> list[Step] | None:
    """Return the steps of a layer and of the activation inside it, which may not be known."""
    activation = config.get("activation") or "linear"
    after = _activation(activation)
    if after is None and isinstance(activation, str):
        after = [("unknown", {"class_name": f"Activation with {activation}", "closed": False})]
    return None if after is None else [step, *after]


def _conv2d(config: Json, arguments: Json) -> list[Step] | None:
    if config["groups"] != 1 or not channels_last(config):
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


def _einsum_dense(config: Json, arguments: Json) -> list[Step] | None:
    """Read a layer `EinsumDense` that is a dense layer, with a bias for each of its units."""
    equation, biased = config["equation"], config["bias_axes"]
    if not is_dense(equation) or biased not in (None, equation.strip()[-1]):
        return None
    units = config["output_shape"]
    units = units if isinstance(units, int) else units[-1]
    return _with_activation(("dense", {"units": units, "use_bias": biased is not None}), config)


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
        if not channels_last(config):
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
        if axis is None or 0 in axes or not channels_last(config):
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


_READERS: dict[str, Reader] = {
    **FORMS,
    "Conv2D": _conv2d,
    "Dense": _dense,
    "EinsumDense": _einsum_dense,
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
    "Gelu": lambda config, arguments: [("gelu_tanh" if config["approximate"] else "gelu", {})],
    "StopGradient": lambda config, arguments: [("stop_gradient", {})],
    "BatchNorm": _given_statistics,
    "Clip": _clip,
    "Var": _reduction("var"),
    "MaxPooling2D": _pool("max_pool"),
    "AveragePooling2D": _pool("average_pool"),
    "MaxPool": _pool("max_pool"),
    "AveragePool": _pool("average_pool"),
    "GlobalAveragePooling2D": _reduction("mean", (1, 2)),
    "GlobalMaxPooling2D": _reduction("max", (1, 2)),
    "GlobalAveragePooling1D": _reduction("mean", (1,)),
    "GlobalMaxPooling1D": _reduction("max", (1,)),
    "Mean": _reduction("mean"),
    "Sum": _reduction("sum"),
    "Max": _reduction("max"),
    "Flatten": lambda config, arguments: [("flatten", {})],
    "Dropout": lambda config, arguments: [("dropout", {"rate": config["rate"]})],
    "Identity": _nothing,
    "Negative": lambda config, arguments: [("negative", {})],
    "Absolute": lambda config, arguments: [("absolute", {})],
    "Abs": lambda config, arguments: [("absolute", {})],
    "Cast": _cast,
    "ConvertToTensor": _cast,
    "Rescaling": _rescaling,
    **{name: _plain(operation) for name, operation in ARITHMETIC.items()},
    "Average": _average,
}


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
