"""Reads the JSON of a Keras model (`model.to_json()`) as a `Graph`.

Layers, `keras.ops` functions and raw operators such as `x + y` all appear in that JSON. Several
spellings of one operation become the same node. What is not known here becomes a node of the
operation "unknown", never a guess.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from checks.graph import Graph, GraphBuilder, Node
from checks.operations import OPERATIONS

Step = tuple[str, dict[str, Any]]
Json = Mapping[str, Any]


class MalformedEvidence(ValueError):
    """The JSON is not that of a Keras model."""


def read_model(model: Json) -> Graph:
    """Read a model with one output.

    Args:
        model: The parsed JSON of a functional or sequential Keras model.

    Returns:
        The graph. Its nodes bear the names of the layers.

    Raises:
        MalformedEvidence: If the JSON is not that of such a model.
    """
    try:
        reader = _Reader()
        outputs = reader.read(model, None, "")
        if len(outputs) != 1:
            raise MalformedEvidence(f"expected a network with one output, received {len(outputs)}")
        return reader.builder.graph(outputs[0])
    except (KeyError, TypeError, IndexError, AttributeError, ValueError) as error:
        if isinstance(error, MalformedEvidence):
            raise
        raise MalformedEvidence(f"this is not the JSON of a Keras model: {error!r}") from error


class _Reader:
    """Walks the layers of a model, and of the models nested in it, in the order of the JSON."""

    def __init__(self) -> None:
        self.builder = GraphBuilder()

    def read(self, model: Json, inputs: Sequence[str] | None, prefix: str) -> list[str]:
        """Add a model's nodes; `inputs` are the nodes it is applied to, if it is nested."""
        config = model["config"]
        if model["class_name"] == "Sequential":
            return [self._read_sequential(config, inputs, prefix)]
        feeds = [_reference(each)[0] for each in _listed(config["input_layers"])]
        given = dict(zip(feeds, inputs, strict=True)) if inputs is not None else {}
        results: dict[tuple[str, int, int], str] = {}
        pending = [(layer, at) for layer in config["layers"] for at in range(_applications(layer))]
        while pending:
            left = []
            for layer, at in pending:
                name = layer["name"]
                if name in given:
                    results[(name, 0, 0)] = given[name]
                elif layer["class_name"] == "InputLayer":
                    shape = layer["config"]["batch_shape"][1:]
                    results[(name, 0, 0)] = self.builder.input(shape, prefix + name)
                else:
                    arguments = layer["inbound_nodes"][at]
                    keys = [_reference(each) for each in _tensors(arguments["args"])]
                    keys += [_reference(each) for each in _tensors(arguments["kwargs"])]
                    if any(key not in results for key in keys):
                        left.append((layer, at))
                        continue
                    outputs = self._apply(layer, at, arguments, results, prefix)
                    results.update({(name, at, i): each for i, each in enumerate(outputs)})
            if len(left) == len(pending):
                raise MalformedEvidence("the layers of the network read each other in a circle")
            pending = left
        return [results[_reference(each)] for each in _listed(config["output_layers"])]

    def _read_sequential(self, config: Json, inputs: Sequence[str] | None, prefix: str) -> str:
        X = inputs[0] if inputs else None
        for layer in config["layers"]:
            if layer["class_name"] == "InputLayer":
                X = X or self.builder.input(layer["config"]["batch_shape"][1:], prefix + "input")
            elif X is None:
                raise MalformedEvidence("the Sequential model does not say the shape of its input")
            else:
                name = layer["config"]["name"]
                X = self._chain(layer | {"name": name}, 0, [X], {}, prefix)[0]
        if X is None:
            raise MalformedEvidence("the Sequential model is empty")
        return X

    def _apply(
        self,
        layer: Json,
        at: int,
        arguments: Json,
        results: Mapping[tuple[str, int, int], str],
        prefix: str,
    ) -> list[str]:
        name = prefix + layer["name"] + (f"[{at}]" if at else "")
        inputs = []
        for argument in _operands(layer, arguments):
            if _is_tensor(argument):
                inputs.append(results[_reference(argument)])
            else:
                constant = f"{name}: operand {len(inputs) + 1}"
                inputs.append(self.builder.add(constant, "constant", value=argument))
        return self._chain(layer, at, inputs, arguments["kwargs"], prefix)

    def _chain(
        self, layer: Json, at: int, inputs: list[str], kwargs: Json, prefix: str
    ) -> list[str]:
        """Add one application of a layer, which may stand for several operations in a row."""
        owner = prefix + layer["name"]
        name = owner + (f"[{at}]" if at else "")
        if layer["class_name"] in ("Functional", "Sequential", "Model"):
            return self.read(layer, inputs, f"{name}/")
        steps = _steps(layer, kwargs)
        if steps is None:
            shape = tuple(_output_shape(layer) or self.builder.nodes[inputs[0]].shape)
            params = {"class_name": layer["class_name"]}
            unknown = Node(name, "unknown", tuple(inputs), params, shape, owner)
            return [self.builder.append(unknown)]
        for number, (operation, params) in enumerate(steps):
            step = name if number == 0 else f"{name}: {OPERATIONS[operation].describe(params)}"
            inputs = [self.builder.add(step, operation, *inputs, layer=owner, **params)]
        return inputs


def _output_shape(layer: Json) -> Sequence[int] | None:
    shape = (layer.get("build_config") or {}).get("output_shape")
    return shape[1:] if shape else None


def _applications(layer: Json) -> int:
    return max(1, len(layer["inbound_nodes"]))


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__"


def _reference(value: Any) -> tuple[str, int, int]:
    name, at, output = value["config"]["keras_history"] if isinstance(value, Mapping) else value
    return name, at, output


def _listed(layers: Any) -> list[Any]:
    """Return a list of references, which Keras writes without the list where there is one."""
    return [layers] if layers and isinstance(layers[0], str) else list(layers)


def _tensors(value: Any) -> list[Json]:
    if _is_tensor(value):
        return [value]
    if isinstance(value, Mapping):
        return [tensor for each in value.values() for tensor in _tensors(each)]
    if isinstance(value, list):
        return [tensor for each in value for tensor in _tensors(each)]
    return []


def _operands(layer: Json, arguments: Json) -> list[Any]:
    """Return what a layer is applied to: tensors, and constants where it is an arithmetic one."""
    flat: list[Any] = []
    for argument in [*arguments["args"], *arguments["kwargs"].values()]:
        if isinstance(argument, list) and _tensors(argument):
            flat.extend(argument)
        elif _is_tensor(argument) or layer["class_name"] in _ARITHMETIC:
            flat.append(argument)
    return [each for each in flat if each is not None]


_ARITHMETIC = {
    "Add": "add",
    "Subtract": "subtract",
    "Multiply": "multiply",
    "Divide": "divide",
    "TrueDivide": "divide",
    "Average": "average",
    "Maximum": "maximum",
    "Minimum": "minimum",
}


def _pair(value: Any) -> tuple[int, int]:
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
        "sigmoid": ("sigmoid", {}),
        "tanh": ("tanh", {}),
    }
    return [known[activation]] if activation in known else None


def _with_activation(step: Step, config: Json) -> list[Step] | None:
    after = _activation(config.get("activation") or "linear")
    return None if after is None else [step, *after]


def _conv2d(config: Json, kwargs: Json) -> list[Step] | None:
    if config["groups"] != 1 or _pair(config["dilation_rate"]) != (1, 1) or not _last(config):
        return None
    params = {
        "filters": config["filters"],
        "kernel": _pair(config["kernel_size"]),
        "strides": _pair(config["strides"]),
        "padding": config["padding"],
        "use_bias": config["use_bias"],
    }
    return _with_activation(("conv2d", params), config)


def _dense(config: Json, kwargs: Json) -> list[Step] | None:
    params = {"units": config["units"], "use_bias": config["use_bias"]}
    return _with_activation(("dense", params), config)


def _batch_norm(config: Json, kwargs: Json) -> list[Step]:
    axis = config["axis"]
    params = {
        "axis": (axis[0] if len(axis) == 1 else axis) if isinstance(axis, list) else axis,
        "epsilon": config["epsilon"],
        "center": config["center"],
        "scale": config["scale"],
        "training": kwargs.get("training"),
    }
    return [("batch_norm", params)]


def _relu(config: Json, kwargs: Json) -> list[Step] | None:
    if config.get("threshold") or (config.get("negative_slope") and config.get("max_value")):
        return None
    if config.get("negative_slope"):
        return [("leaky_relu", {"slope": config["negative_slope"]})]
    if config.get("max_value") is not None:
        return [("clipped_relu", {"maximum": config["max_value"]})]
    return [("relu", {})]


def _pool(operation: str) -> Callable[[Json, Json], list[Step] | None]:
    def steps(config: Json, kwargs: Json) -> list[Step] | None:
        if not _last(config):
            return None
        params = {
            "kernel": _pair(config["pool_size"]),
            "strides": _pair(config["strides"] or config["pool_size"]),
            "padding": config["padding"],
        }
        return [(operation, params)]

    return steps


def _reduction(kind: str, over: Sequence[int] | None = None) -> Callable[[Json, Json], list[Step]]:
    def steps(config: Json, kwargs: Json) -> list[Step]:
        axis = over or config["axis"]
        axes = tuple(axis) if isinstance(axis, Sequence) else (axis,)
        return [("reduce", {"kind": kind, "axes": axes, "keepdims": bool(config["keepdims"])})]

    return steps


def _zero_pad(config: Json, kwargs: Json) -> list[Step]:
    pads = tuple(_pair(each) for each in config["padding"])
    return [("zero_pad", {"pads": pads})]


def _concatenate(config: Json, kwargs: Json) -> list[Step]:
    return [("concatenate", {"axis": config["axis"]})]


def _last(config: Json) -> bool:
    return config.get("data_format") in (None, "channels_last")


def _plain(operation: str) -> Callable[[Json, Json], list[Step]]:
    return lambda config, kwargs: [(operation, {})]


def _nothing(config: Json, kwargs: Json) -> list[Step]:
    return []


def _rescaling(config: Json, kwargs: Json) -> list[Step]:
    return [("rescaling", {"scale": config["scale"], "offset": config["offset"]})]


def _upsample(config: Json, kwargs: Json) -> list[Step] | None:
    if config.get("interpolation") != "nearest" or not _last(config):
        return None
    return [("upsample", {"size": _pair(config["size"])})]


_READERS: dict[str, Callable[[Json, Json], list[Step] | None]] = {
    "Conv2D": _conv2d,
    "Dense": _dense,
    "BatchNormalization": _batch_norm,
    "ReLU": _relu,
    "Relu": _relu,
    "LeakyReLU": _relu,
    "LeakyRelu": _relu,
    "Activation": lambda config, kwargs: _activation(config["activation"]),
    "Softmax": lambda config, kwargs: [("softmax", {"axis": config.get("axis", -1)})],
    "Sigmoid": lambda config, kwargs: [("sigmoid", {})],
    "Tanh": lambda config, kwargs: [("tanh", {})],
    "MaxPooling2D": _pool("max_pool"),
    "AveragePooling2D": _pool("average_pool"),
    "GlobalAveragePooling2D": _reduction("mean", (1, 2)),
    "GlobalMaxPooling2D": _reduction("max", (1, 2)),
    "Mean": _reduction("mean"),
    "Sum": _reduction("sum"),
    "Max": _reduction("max"),
    "ZeroPadding2D": _zero_pad,
    "Concatenate": _concatenate,
    "Flatten": lambda config, kwargs: [("flatten", {})],
    "Dropout": lambda config, kwargs: [("dropout", {"rate": config["rate"]})],
    "Identity": _nothing,
    "Rescaling": _rescaling,
    "UpSampling2D": _upsample,
    **{name: _plain(operation) for name, operation in _ARITHMETIC.items()},
}


def _steps(layer: Json, kwargs: Json) -> list[Step] | None:
    """Return the operations that a layer stands for, or None where it is not known here."""
    if not str(layer.get("module", "")).startswith("keras"):
        return None
    reader = _READERS.get(layer["class_name"])
    return reader(layer["config"], kwargs) if reader else None
