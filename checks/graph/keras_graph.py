"""Reads the JSON of a Keras model (`model.to_json()`) as a `Graph`.

Layers, `keras.ops` functions and raw operators such as `x + y` all appear in that JSON. Several
spellings of one operation become the same node. What is not known here becomes a node of the
operation "unknown", never a guess.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from checks.graph.contractions import add_einsum
from checks.graph.graph import Graph, GraphBuilder, Node, ShapesDoNotFit, unfinished
from checks.graph.keras_forms import is_function_of_keras, is_of_keras, without_batch
from checks.graph.keras_layers import ARITHMETIC, aligns_axes, mode, moments, steps_of
from checks.graph.keras_reading import Json
from checks.graph.modes import with_modes_apart
from checks.graph.operations import OPERATIONS, WITHOUT_A_BATCH
from checks.graph.own_normalisation import with_normalisations
from checks.graph.own_weights import stand_in, weighted, with_biases

#: Name of the layer that stands for the call that failed, in a network that is not finished.
STOPPED = "the call that failed"

#: A network of more operations is not read: models within models can be made to have any number.
MAXIMUM_NODES = 20_000

#: Nor is one with longer names, or with an operation of more inputs: pages repeat them.
MAXIMUM_NAME = 1_000
MAXIMUM_INPUTS = 500

_FUNCTIONAL = ("Functional", "Model")
_NO_ARGUMENTS: Json = {"args": [], "kwargs": {}}


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
    with _only_malformed():
        reader = _Reader()
        outputs = reader.read(model, None, "")
        if len(outputs) != 1:
            raise MalformedEvidence(f"expected a network with one output, received {len(outputs)}")
        graph = with_modes_apart(reader.builder.graph(outputs[0]))
        return with_normalisations(with_biases(graph))


def read_begun(model: Json) -> Graph | None:
    """Read what was built of a network before an error.

    Args:
        model: The parsed JSON of a functional Keras model of any number of outputs. A layer of the
            name `STOPPED` is the call that failed.

    Returns:
        The graph, which ends with the call that failed if the shapes of its inputs do not fit; the
        call is left out if that is not the reason. None if nothing but the input is left.

    Raises:
        MalformedEvidence: If the JSON is not that of such a model.
    """
    with _only_malformed():
        reader = _Reader()
        try:
            outputs = reader.read(model, None, "")
        except ShapesDoNotFit as error:
            if not error.built.output.startswith(STOPPED):
                raise
            return error.built
        nodes = {
            name: node
            for name, node in reader.builder.nodes.items()
            if not name.startswith(STOPPED)
        }
        graph = unfinished(_without_open_padding(nodes))
        if graph.nodes[graph.output].operation == "input":
            return None
        # What the call that failed was to read came last.
        ends = [name for name in outputs if name in graph.ends or name == graph.output]
        ends += [name for name in (*graph.ends, graph.output) if name not in ends]
        return Graph(graph.nodes, ends[-1], tuple(ends[:-1]))


def _without_open_padding(nodes: Mapping[str, Node]) -> dict[str, Node]:
    """Leave out zero padding that nothing reads yet: it belongs to the convolution to come."""
    read = {name for node in nodes.values() for name in node.inputs}
    return {
        name: node for name, node in nodes.items() if node.operation != "zero_pad" or name in read
    }


@contextmanager
def _only_malformed() -> Iterator[None]:
    """Let whatever reading malformed JSON may raise be `MalformedEvidence`."""
    try:
        yield
    except MalformedEvidence:
        raise
    except (KeyError, TypeError, IndexError, AttributeError, ValueError, RecursionError) as error:
        raise MalformedEvidence(f"this is not the JSON of a Keras model: {error!r}") from error


class _Reader:
    """Walks the layers of a model, and of the models nested in it, in the order of the JSON."""

    def __init__(self) -> None:
        self.builder = GraphBuilder()
        #: The mode that a call of the models around names, and the name of the innermost such one.
        self._mode: dict[str, Any] = {}

    def read(
        self, model: Json, inputs: Sequence[str] | None, prefix: str, owner: str = ""
    ) -> list[str]:
        """Add a model's nodes.

        Args:
            model: Its JSON.
            inputs: The nodes it is applied to, if it is nested.
            prefix: Put before the names of its nodes.
            owner: Put before the names of its layers: the same for each use of a nested model.
        """
        config = model["config"]
        if model["class_name"] == "Sequential":
            return [self._read_sequential(config, inputs, prefix, owner)]
        feeds = [_reference(each)[0] for each in _listed(config["input_layers"])]
        given = dict(zip(feeds, inputs, strict=True)) if inputs is not None else {}
        results = _Results()
        pending = [(layer, at) for layer in config["layers"] for at in range(_applications(layer))]
        pending.sort(key=lambda each: each[0]["name"] == STOPPED)  # what was built comes first
        while pending:
            left = []
            for layer, at in pending:
                name = layer["name"]
                if name in given:
                    results[(name, 0, 0)] = given[name]
                elif layer["class_name"] == "InputLayer":
                    shape = layer["config"]["batch_shape"][1:]
                    if len(prefix) + len(name) > MAXIMUM_NAME:
                        raise MalformedEvidence("an input has an endless name")
                    results[(name, 0, 0)] = self.builder.input(shape, prefix + name)
                else:
                    arguments = layer["inbound_nodes"][at]
                    keys = [_reference(each) for each in _tensors(arguments["args"])]
                    keys += [_reference(each) for each in _tensors(arguments["kwargs"])]
                    if any((name, at, 0) not in results for name, at, _ in keys):
                        left.append((layer, at))
                        continue
                    outputs = self._apply(layer, at, arguments, results, prefix, owner)
                    results.update({(name, at, i): each for i, each in enumerate(outputs)})
            if len(left) == len(pending):
                raise MalformedEvidence("the layers of the network read each other in a circle")
            pending = left
        nested = {layer["name"] for layer in config["layers"] if layer["class_name"] in _FUNCTIONAL}
        return [
            results[_output_reference(each, nested)] for each in _listed(config["output_layers"])
        ]

    def _read_sequential(
        self, config: Json, inputs: Sequence[str] | None, prefix: str, owner: str
    ) -> str:
        X = inputs[0] if inputs else None
        for layer in config["layers"]:
            if layer["class_name"] == "InputLayer":
                X = X or self.builder.input(layer["config"]["batch_shape"][1:], prefix + "input")
            elif X is None:
                raise MalformedEvidence("the Sequential model does not say the shape of its input")
            else:
                name = layer["config"]["name"]
                X = self._chain(layer | {"name": name}, 0, [X], _NO_ARGUMENTS, prefix, owner)[0]
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
        owner: str,
    ) -> list[str]:
        name = prefix + layer["name"] + (f"[{at}]" if at else "")
        inputs = []
        for argument in _operands(layer, arguments):
            if _is_tensor(argument):
                inputs.append(results[_reference(argument)])
            else:
                constant = f"{name}: operand {len(inputs) + 1}"
                value = _number(argument)
                inputs.append(self.builder.add(constant, "constant", value=value))
        return self._chain(layer, at, inputs, arguments, prefix, owner)

    def _chain(
        self, layer: Json, at: int, inputs: list[str], arguments: Json, prefix: str, owner: str
    ) -> list[str]:
        """Add one application of a layer, which may stand for several operations in a row."""
        if len(self.builder.nodes) > MAXIMUM_NODES:
            raise MalformedEvidence(f"the network has more than {MAXIMUM_NODES} operations")
        if len(prefix) + len(layer["name"]) > MAXIMUM_NAME or len(inputs) > MAXIMUM_INPUTS:
            raise MalformedEvidence("a layer has an endless name, or no end of inputs")
        owner += layer.get("of", layer["name"])
        name = prefix + layer["name"] + (f"[{at}]" if at else "")
        if layer["class_name"] in (*_FUNCTIONAL, "Sequential"):
            with self._in_mode(layer, arguments):
                return self.read(layer, inputs, f"{name}/", f"{owner}/")
        if (special := stand_in(layer)) is not None:
            operation, params = special
            inputs = [] if operation == "weight" else inputs
            params |= self._mode if operation == "switch" else {}
            return [self.builder.add(name, operation, *inputs, layer=owner, **params)]
        operands = [self.builder.nodes[each] for each in inputs]
        if (product := weighted(layer, operands)) is not None:
            operation, params = product
            X, weight = operands
            return [self.builder.add(name, operation, X.name, layer=weight.layer, **params)]
        if without_batch(layer, arguments):
            return inputs
        if layer["class_name"] == "Moments" and is_of_keras(layer):
            both = moments(layer["config"], arguments)
            return [
                self.builder.add(f"{name}: {params['kind']}", operation, inputs[0], **params)
                for operation, params in both or ()
            ]
        batches = all(each.operation not in WITHOUT_A_BATCH for each in operands)
        if layer["class_name"] == "Einsum" and is_function_of_keras(layer) and batches:
            subscripts = layer["config"]["subscripts"]
            result = add_einsum(self.builder, name, owner, subscripts, inputs)
            if result is not None:
                return [result]
        if aligns_axes(layer):
            inputs = [self._aligned(each, operands, name) for each in inputs]
        steps = steps_of(layer, arguments)
        if steps is None:
            shape = tuple(_output_shape(layer, at) or self.builder.nodes[inputs[0]].shape)
            closed = not is_of_keras(layer) or is_function_of_keras(layer)
            params = {"class_name": _in_words(layer), "closed": closed}
            unknown = Node(name, "unknown", tuple(inputs), params, shape, owner)
            return [self.builder.append(unknown)]
        for number, (operation, params) in enumerate(steps):
            if operation == "unknown":  # an activation inside a layer
                shape = self.builder.nodes[inputs[0]].shape
                step = f"{name}: activation"
                unknown = Node(step, "unknown", tuple(inputs), params, shape, owner)
                return [self.builder.append(unknown)]
            step = name if number == 0 else f"{name}: {OPERATIONS[operation].describe(params)}"
            if operation == "batch_norm":
                params |= self._mode if params["training"] is None else {"told_by": owner}
            inputs = [self.builder.add(step, operation, *inputs, layer=owner, **params)]
        return inputs

    def _aligned(self, X: str, operands: Sequence[Node], name: str) -> str:
        """Give a tensor as many axes as the operand of a layer that has most."""
        shape = self.builder.nodes[X].shape
        missing = max(len(each.shape) for each in operands) - len(shape)
        if not missing:
            return X
        target = (1,) * missing + shape
        return self.builder.add(f"{name}: axes of {X}", "reshape", X, target=target, implied=True)

    @contextmanager
    def _in_mode(self, model: Json, arguments: Json) -> Iterator[None]:
        """Read what is in a model meanwhile, in the mode that its call names if it names one."""
        around, training = self._mode, mode(arguments)
        if training is not None:
            self._mode = {"training": training, "told_by": model.get("of", model["name"])}
        yield
        self._mode = around


class _Results(dict[tuple[str, int, int], str]):
    """The nodes that calls of layers came to: one for each output, or one for all."""

    def __missing__(self, key: tuple[str, int, int]) -> str:
        name, at, output = key
        if output == 0:
            raise KeyError(key)
        return self[name, at, 0]


def _output_shape(layer: Json, at: int) -> Sequence[int] | None:
    """Return the shape of what a call of a layer returns, where the probe wrote it down."""
    shapes = layer.get("output_shapes") or ()
    return shapes[at][1:] if at < len(shapes) else None


def _applications(layer: Json) -> int:
    return max(1, len(layer["inbound_nodes"]))


def _in_words(layer: Json) -> str:
    """Return the class of a layer that is not known, with the setting that may be why."""
    name, config = str(layer["class_name"]), layer.get("config", {})
    if not isinstance(config, Mapping):
        return name
    activation = config.get("activation")
    if isinstance(activation, str) and activation not in ("linear", "relu"):
        return f"{name} with {activation}"
    if config.get("data_format") == "channels_first":
        return f"{name} with the channels first"
    if config.get("groups") not in (None, 1):
        return f"{name} in groups"
    return name


def _is_tensor(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("class_name") == "__keras_tensor__"


def _reference(value: Any) -> tuple[str, int, int]:
    name, at, output = value["config"]["keras_history"] if isinstance(value, Mapping) else value
    return name, at, output


def _output_reference(value: Any, nested: set[str]) -> tuple[str, int, int]:
    """Return a reference to an output: there Keras counts a nested model's calls from 1."""
    name, at, output = _reference(value)
    return name, max(at - 1, 0) if name in nested else at, output


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


def _number(value: Any) -> Any:
    """Return a constant: a number, or nested lists where it is an array."""
    if not isinstance(value, Mapping):
        return value
    array = value["config"]["value"]
    while isinstance(array, list) and len(array) == 1 and isinstance(array[0], list):
        array = array[0]  # an axis of length 1, of the batch for one, says nothing
    return array


def _operands(layer: Json, arguments: Json) -> list[Any]:
    """Return what a layer is applied to: tensors, and constants where it is an arithmetic one."""
    flat: list[Any] = []
    for argument in [*arguments["args"], *arguments["kwargs"].values()]:
        if isinstance(argument, list) and _tensors(argument):
            flat.extend(argument)
        elif _is_tensor(argument) or layer["class_name"] in ARITHMETIC:
            flat.append(argument)
    return [each for each in flat if each is not None]
