"""Builds a Keras model from a graph: a network that a check hands to a learner's function."""

from collections.abc import Mapping
from typing import Any

from checks.graph import Graph, Node
from checks.graph.interpreter import Weights


def keras_model(graph: Graph, weights: Weights | None = None) -> Any:
    """Return a Keras model that computes a graph.

    Args:
        graph: A graph of layers that Keras has; its operations' padding is "same" or "valid".
        weights: Weights by layer and by the name of the weight.

    Returns:
        A `keras.Model` whose layers bear the names of the nodes.
    """
    import keras

    tensors: dict[str, Any] = {}
    built: dict[str, Any] = {}
    for node in graph.nodes.values():
        inputs = [tensors[name] for name in node.inputs]
        if node.operation == "input":
            tensors[node.name] = keras.Input(node.shape, name=_legal(node.name))
            continue
        layer = built.setdefault(node.layer, _layer(node))
        mode = {} if node.params.get("training") is None else {"training": node.params["training"]}
        tensors[node.name] = layer(inputs if len(inputs) > 1 else inputs[0], **mode)
        if weights and node.layer in weights:
            layer.set_weights([weights[node.layer][weight.name] for weight in layer.weights])
    inputs = [tensors[node.name] for node in graph.inputs]
    return keras.Model(inputs if len(inputs) > 1 else inputs[0], tensors[graph.output])


def keras_transfer_model(backbone: Graph, head: Graph) -> Any:
    """Return a Keras model that calls a frozen backbone as one layer, with a head on top.

    Args:
        backbone: A graph as `keras_model` takes it.
        head: Another, of one layer after the other, for the backbone's output.

    Returns:
        A `keras.Model`, compiled with Adam at 0.001, whose optimiser knows the head's weights, as
        after some training.
    """
    import keras

    body = keras_model(backbone)
    body.trainable = False
    inputs = keras.Input(body.input_shape[1:])
    X = body(inputs, training=False)
    for layer in keras_model(head).layers[1:]:
        X = layer(X)
    model = keras.Model(inputs, X)
    model.compile(keras.optimizers.Adam(1e-3), "sparse_categorical_crossentropy")
    model.optimizer.build(model.trainable_variables)
    return model


def _legal(name: str) -> str:
    return name.replace(" ", "_").replace(":", "").replace(",", "")


def _combination(operation: str, name: str) -> Any:
    """Return the layer that combines tensors, which adds axes where there are fewer: here none."""
    from keras import layers, ops

    layer = getattr(layers, operation.capitalize())(name=name)

    def combined(tensors: Any) -> Any:
        if len({len(each.shape) for each in tensors}) > 1:
            return getattr(ops, operation)(*tensors)
        return layer(tensors)

    return combined


def _layer(node: Node) -> Any:
    from keras import layers, ops

    params: Mapping[str, Any] = node.params
    name = _legal(node.layer)
    match node.operation:
        case "conv2d":
            return layers.Conv2D(
                params["filters"],
                params["kernel"],
                strides=params["strides"],
                padding=params["padding"],
                use_bias=params["use_bias"],
                dilation_rate=params.get("dilation", 1),
                name=name,
            )
        case "dense":
            return layers.Dense(params["units"], use_bias=params["use_bias"], name=name)
        case "batch_norm":
            return layers.BatchNormalization(
                axis=params["axis"],
                epsilon=params["epsilon"],
                center=params["center"],
                scale=params["scale"],
                name=name,
            )
        case "max_pool" | "average_pool":
            kind = layers.MaxPooling2D if node.operation == "max_pool" else layers.AveragePooling2D
            return kind(
                params["kernel"], strides=params["strides"], padding=params["padding"], name=name
            )
        case "reduce":
            kind, axes = params["kind"], tuple(params["axes"])
            if axes == (1, 2) and kind in ("mean", "max"):
                kinds = {"mean": layers.GlobalAveragePooling2D, "max": layers.GlobalMaxPooling2D}
                return kinds[kind](keepdims=params["keepdims"], name=name)
            return lambda X: getattr(ops, kind)(X, axes, keepdims=params["keepdims"])
        case "zero_pad":
            return layers.ZeroPadding2D(params["pads"], name=name)
        case "dropout":
            return layers.Dropout(params["rate"], name=name)
        case "reshape":
            return layers.Reshape(params["target"], name=name)
        case "permute":
            return layers.Permute(params["dims"], name=name)
        case "squeeze":
            return lambda X: ops.squeeze(X, params["axes"] or None)
        case "subsample":
            rows, columns = params["strides"]
            return lambda X: X[:, ::rows, ::columns]
        case "slice":
            return lambda X: X[(slice(None), *(slice(*each) for each in params["bounds"]))]
        case "pad":
            return lambda X: ops.pad(X, ((0, 0), *params["pads"]))
        case "pad_otherwise":
            value = params["value"] if params["mode"] == "constant" else None
            return lambda X: ops.pad(X, ((0, 0), *params["pads"]), params["mode"], value)
        case "absolute":
            return ops.absolute
        case "concatenate":
            return layers.Concatenate(params["axis"], name=name)
        case "rescaling":
            return layers.Rescaling(params["scale"], params["offset"], name=name)
        case "upsample":
            return layers.UpSampling2D(params["size"], name=name)
        case "leaky_relu":
            return layers.LeakyReLU(params["slope"], name=name)
        case "clipped_relu":
            return layers.ReLU(params["maximum"], name=name)
        case "relu" | "softmax" | "sigmoid" | "tanh" | "gelu" | "hard_sigmoid" | "hard_silu":
            return layers.Activation(node.operation, name=name)
        case "mish" | "softsign":
            return layers.Activation(node.operation, name=name)
        case "flatten":
            return layers.Flatten(name=name)
        case "add" | "multiply" | "average" | "maximum" | "minimum" | "subtract":
            return _combination(node.operation, name)
    raise ValueError(f"Keras has no layer for the operation {node.operation!r}")
