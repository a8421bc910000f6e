"""Lesson 5: a frozen backbone with a new head, fine-tuning, confidence."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import prod
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from checks.case import Case, Network, TransferNetwork
from checks.exercise import Exercise, NetworkExercise, NumericExercise
from checks.graph import Graph, GraphBuilder
from checks.graph.operations import Array
from checks.messages.python_errors import Explanation, at_line, broadcast, plain
from checks.mistakes import (
    Mistake,
    Reference,
    called_with,
    changed,
    inserted_after,
    replaced,
    without,
)
from checks.variations import Slip, Variations

LESSON = "05_mnist_transfer"

_FREEZING = "lesson 5, “Stage one: freeze the backbone”"
_COUNTING = "lesson 5, “What is trained”"
_TUNING = "lesson 5, “Stage two: tune gently”"
_CONFIDENCE = "lesson 5, “How sure is the network?”"


def transfer_model(g: GraphBuilder, backbone: Network, classes: int = 10) -> str:
    """Write the reference: the backbone, pooling and two dense layers."""
    return _head(g, _backbone(g, backbone.graph), classes)


def _backbone(g: GraphBuilder, backbone: Graph) -> str:
    with g.scope("backbone"):
        names: dict[str, str] = {}
        for node in backbone.nodes.values():
            if node.operation == "input":
                names[node.name] = g.input(node.shape, node.name)
            else:
                inputs = [names[name] for name in node.inputs]
                params = {key: value for key, value in node.params.items() if key != "pads"}
                names[node.name] = g.add(node.name, node.operation, *inputs, **params)
    return names[backbone.output]


def _head(g: GraphBuilder, X: str, classes: int, hidden: int = 128) -> str:
    X = g.global_average_pool("global average pooling", X)
    X = g.add("ReLU of the head", "relu", g.dense("hidden layer", X, hidden))
    return g.add("softmax", "softmax", g.dense("output layer", X, classes), axis=-1)


#: Convolutions of a backbone that is deep enough to be frozen or unfrozen in part.
_DEEP = 5


def _draw_backbone(generator: np.random.Generator, convolutions: int = 2) -> Graph:
    """Draw convolutions with batch normalisation, for images that are not square."""
    height, width = generator.choice(np.arange(8, 13), 2, replace=False)
    filters = generator.choice(np.arange(3, 9), convolutions, replace=False)
    g = GraphBuilder()
    X = g.input((int(height), int(width), 3))
    for at, number in enumerate(filters, start=1):
        X = g.conv(f"convolution {at}", X, int(number), 3, 2 if at == 1 else 1)
        X = g.add(f"ReLU {at}", "relu", g.batch_norm(f"batch normalisation {at}", X))
    return g.graph(X)


def _draw_head(backbone: Graph, classes: int, hidden: int) -> Graph:
    g = GraphBuilder()
    X = g.input(backbone.nodes[backbone.output].shape)
    return g.graph(_head(g, X, classes, hidden))


def _draw_transfer_network(
    generator: np.random.Generator, convolutions: int = 2
) -> TransferNetwork:
    backbone = _draw_backbone(generator, convolutions)
    classes, hidden = (int(each) for each in generator.choice(np.arange(3, 9), 2, replace=False))
    return TransferNetwork(backbone, _draw_head(backbone, classes, hidden))


def _transfer_model_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, classes: int, convolutions: int = 2) -> Case:
        backbone = Network(_draw_backbone(generator, convolutions))
        return Case(covers, {"backbone": backbone, "classes": classes})

    left_out = {"backbone": Network(_draw_backbone(generator))}
    cases = [
        case("first call", 10),
        case("other numbers of classes", 5),
        Case("the number of classes left out", left_out),
        case("a deeper backbone", 10, _DEEP),
    ]
    return [*cases, case("other numbers of classes", 3)] if grading else cases


#: Gamma and beta: what batch normalisations learn.
_LEARNED = ("gamma", "beta")


def _trained_in(graph: Graph, layers: slice, normalisations: bool = True) -> int:
    """Count what training changes in some of the layers, which begin with the input as in Keras."""
    return sum(
        int(np.prod(shape))
        for layer in list(graph.nodes)[layers]
        if layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
        if not name.startswith("moving_") and (normalisations or name not in _LEARNED)
    )


def _sizes(graph: Graph, trained_only: bool = False) -> int:
    """Count a network's parameters: all, or without the moving statistics."""
    return sum(
        int(np.prod(shape))
        for layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
        if not (trained_only and name.startswith("moving_"))
    )


def _normalisations(graph: Graph) -> int:
    """Count gamma and beta of all batch normalisations."""
    return sum(
        int(np.prod(shape))
        for layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
        if name in _LEARNED
    )


def _head_of(backbone: Network, classes: int) -> Graph:
    return _draw_head(backbone.graph, classes, 128)


def _frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    return {
        "trainable_parameters": _sizes(_head_of(backbone, classes)),
        "keeps_what_was_learned": True,
    }


def _partly_frozen(
    layers: slice, normalisations: bool = True, head: bool = True
) -> Callable[..., dict[str, Any]]:
    """Return the state of a model of which these layers of the backbone are trained."""

    def state(backbone: Network, classes: int = 10) -> dict[str, Any]:
        trained = _trained_in(backbone.graph, layers, normalisations)
        return {
            "trainable_parameters": trained + head * _sizes(_head_of(backbone, classes)),
        }

    return state


def _only_of_the_head(layer: str) -> Callable[..., dict[str, Any]]:
    """Return the state of a model of which only one layer of the head is trained."""

    def state(backbone: Network, classes: int = 10) -> dict[str, Any]:
        head = _head_of(backbone, classes)
        at = list(head.nodes).index(layer)
        return {"trainable_parameters": _trained_in(head, slice(at, at + 1))}

    return state


def _nothing_frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    head = _sizes(_head_of(backbone, classes))
    return {"trainable_parameters": head + _sizes(backbone.graph, trained_only=True)}


def _only_convolutions_frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    head = _sizes(_head_of(backbone, classes))
    return {"trainable_parameters": head + _normalisations(backbone.graph)}


def _only_normalisations_frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    trained = _nothing_frozen(backbone, classes)["trainable_parameters"]
    return {"trainable_parameters": trained - _normalisations(backbone.graph)}


def _with_new_weights(backbone: Network, classes: int = 10) -> dict[str, Any]:
    return _frozen(backbone, classes) | {"keeps_what_was_learned": False}


def _all_frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    return {"trainable_parameters": 0}


def _only_normalisations_trained(backbone: Network, classes: int = 10) -> dict[str, Any]:
    return {"trainable_parameters": _normalisations(backbone.graph)}


#: The last layers of a backbone, by where a learner may part it: each end that trains another
#: number of layers of the deeper backbone, counted from its end or from its beginning.
_ENDS_BY_CONVOLUTIONS = (
    *(slice(-last, None) for last in range(3, 3 * _DEEP, 3)),
    *(slice(first, None) for first in range(2, 3 * _DEEP - 1, 3)),
)
_ENDS = (
    *_ENDS_BY_CONVOLUTIONS,
    *(slice(-last, None) for last in range(2, 3 * _DEEP, 3)),
    *(slice(first, None) for first in range(3, 3 * _DEEP, 3)),
)


def _ending_with_the_backbone(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    graph = reference(arguments)
    last = [name for name in graph.nodes if name.startswith("backbone: ")][-1]
    return graph.rebuilt(graph.nodes.values(), last)


def _without_the_last_layer(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
    graph = reference(arguments)
    last = [name for name in graph.nodes if name.startswith("backbone: ")][-1]
    return without(last)(reference, arguments)


_POOLING_HINTS = (
    "What is the shape of the backbone's output, and what does a dense layer need?",
    "One number for each channel: its mean over the whole image.",
    "Use `layers.GlobalAveragePooling2D()`.",
)
_HIDDEN_HINTS = (
    "Count the dense layers of your head.",
    "There are two: one of 128 units with ReLU, one with a unit for each class.",
    'Put `layers.Dense(128, activation="relu")` between the pooling and the output.',
)
_OUTPUT_HINTS = (
    "What are the network's outputs to be, and what do they add up to?",
    "Probabilities of classes that exclude each other come out of a softmax.",
    'Use `layers.Dense(classes, activation="softmax")`.',
)
_FREEZE_HINTS = (
    "How many parameters should training change in the first stage?",
    "Keras layers, and whole models, have an attribute `trainable`.",
    "Begin with `backbone.trainable = False`, and change no other layer. Is `trainable` spelt like "
    "that? Python sets an attribute of any name.",
)
_TRANSFER_MODEL_MISTAKES = (
    Mistake(
        "The backbone is not frozen",
        "All of its weights are trainable. A head that is still random sends large gradients "
        "through the backbone and damages what it has learned before.",
        _FREEZE_HINTS,
        _FREEZING,
        state=_nothing_frozen,
    ),
    Mistake(
        "The backbone's batch normalisations are not frozen",
        "The convolutions are frozen, the normalisations are not: they go on learning, and they go "
        "on to follow the statistics of the new images.",
        _FREEZE_HINTS,
        _FREEZING,
        state=_only_convolutions_frozen,
    ),
    Mistake(
        "Only the backbone's batch normalisations are frozen",
        "The convolutions of the backbone are trainable. That is the second stage: in the first "
        "one the whole backbone is frozen.",
        _FREEZE_HINTS,
        _FREEZING,
        state=_only_normalisations_frozen,
    ),
    Mistake(
        "Everything is frozen, the head too",
        "Nothing is left to train: the head keeps the random weights that it began with.",
        _FREEZE_HINTS,
        _FREEZING,
        state=_all_frozen,
    ),
    Mistake(
        "The head is frozen and the backbone is trained: it should be the other way round",
        "The head keeps the random weights that it began with, and the backbone has to learn to "
        "make sense of them.",
        _FREEZE_HINTS,
        _FREEZING,
        state=_partly_frozen(slice(None), head=False),
    ),
    Mistake(
        "The head is frozen too, and only the backbone's batch normalisations are trained",
        "The head keeps the random weights that it began with. All of the backbone is to be "
        "frozen, and nothing of the head.",
        _FREEZE_HINTS,
        _FREEZING,
        state=_only_normalisations_trained,
    ),
    *(
        Mistake(
            f"Only the {layer} is trained, the rest of the head is frozen",
            "The whole head begins with random weights, so all of it is to be trained.",
            _FREEZE_HINTS,
            _FREEZING,
            state=_only_of_the_head(layer),
        )
        for layer in ("output layer", "hidden layer")
    ),
    Mistake(
        "The model has lost what the backbone has learned: its weights are new",
        "The layers are those of the backbone, but their weights are not the ones that it came "
        "with: a copy made by `keras.models.clone_model` or from a configuration begins with "
        "random weights.",
        (
            "Which object do you call on the input: the backbone itself?",
            "What was learned is in the weights. Are they in your model?",
            "Call the backbone that you were given: `backbone(inputs, training=False)`.",
        ),
        _FREEZING,
        state=_with_new_weights,
    ),
    *(
        Mistake(
            "The last layers of the backbone are not frozen",
            "Part of it is frozen, and its end is not. In the first stage all of it is frozen: "
            "a head that is still random sends large gradients into whatever is not.",
            _FREEZE_HINTS,
            _FREEZING,
            state=_partly_frozen(layers, normalisations),
        )
        for normalisations, ends in ((True, _ENDS), (False, _ENDS_BY_CONVOLUTIONS))
        for layers in ends
    ),
    Mistake(
        "The head is missing: the model ends with the backbone",
        "The model returns feature maps, not probabilities of classes.",
        (
            "What is the shape of the model's output?",
            "Which layers follow the backbone?",
            "Pool the features, then add two dense layers.",
        ),
        _FREEZING,
        _ending_with_the_backbone,
    ),
    Mistake(
        "The last layer of the backbone is left out",
        "The head reads the layer before the backbone's last one. A backbone that comes without a "
        "top ends with its features; nothing has to be cut off.",
        (
            "Which of the backbone's layers does your head read?",
            "Does the backbone that you are given have a top?",
            "Call all of it: `backbone(inputs, training=False)`.",
        ),
        _FREEZING,
        _without_the_last_layer,
    ),
    Mistake(
        "The feature maps are flattened instead of averaged",
        "Every position of every channel becomes an input of the dense layer. At 224×224 pixels "
        "that is 49 times as many weights, for a data set with few labels.",
        _POOLING_HINTS,
        _FREEZING,
        replaced("global average pooling", "flatten"),
    ),
    Mistake(
        "The pooling takes the maximum instead of the mean",
        "ResNets are trained with the mean over all positions: their features are made for it.",
        _POOLING_HINTS,
        _FREEZING,
        changed("global average pooling", kind="max"),
    ),
    Mistake(
        "The pooling is missing",
        "The dense layers work on every position of the image by itself, and the output is an "
        "image of probabilities.",
        _POOLING_HINTS,
        _FREEZING,
        without("global average pooling"),
    ),
    Mistake(
        "The hidden layer is missing",
        "The features go straight to the output. That is a linear classifier; the exercise asks "
        "for a layer of 128 units in between.",
        _HIDDEN_HINTS,
        _FREEZING,
        without("hidden layer", "ReLU of the head"),
    ),
    Mistake(
        "The hidden layer has no ReLU",
        "Two dense layers without a nonlinear function in between are one linear map.",
        _HIDDEN_HINTS,
        _FREEZING,
        without("ReLU of the head"),
    ),
    Mistake(
        "The hidden layer has 64 units instead of 128",
        "That head is in circulation with the number of its parameters, about 132 thousand. The "
        "exercise asks for 128 units.",
        _HIDDEN_HINTS,
        _FREEZING,
        changed("hidden layer", units=64),
    ),
    Mistake(
        "The output has no softmax",
        "The outputs are any numbers, not probabilities, and the loss that follows expects "
        "probabilities.",
        _OUTPUT_HINTS,
        _FREEZING,
        without("softmax"),
    ),
    Mistake(
        "The output is a sigmoid instead of a softmax",
        "Each class gets a probability of its own, as if a digit could be a 3 and an 8 at once. "
        "They do not add up to 1.",
        _OUTPUT_HINTS,
        _FREEZING,
        replaced("softmax", "sigmoid"),
    ),
    Mistake(
        "The softmax is applied twice",
        "The second softmax takes probabilities for raw outputs: among ten classes, none can then "
        "get more than 0.24.",
        _OUTPUT_HINTS,
        _FREEZING,
        inserted_after("softmax", "softmax", axis=-1),
    ),
    Mistake(
        "The number of classes is ignored",
        "The network always has ten outputs, whatever `classes` says.",
        (
            "Which parameter of the function is never used?",
            "The output layer has a unit for each class.",
            "Give `classes` to the last dense layer.",
        ),
        _FREEZING,
        called_with(lambda arguments: {"classes": 10}),
    ),
)


def unfreeze(g: GraphBuilder, model: TransferNetwork, learning_rate: float = 1e-5) -> str:
    """Write the reference: the network as it was."""
    X = _backbone(g, model.backbone)
    hidden, classes = (
        node.params["units"] for node in model.head.nodes.values() if node.operation == "dense"
    )
    return _head(g, X, classes, hidden)


def _tuned(model: TransferNetwork, learning_rate: float = 1e-5) -> dict[str, Any]:
    backbone = _sizes(model.backbone, trained_only=True) - _normalisations(model.backbone)
    return {
        "trainable_parameters": _sizes(model.head) + backbone,
        "optimiser": "Adam",
        "learning_rate": learning_rate,
        "new_optimiser": True,
        "loss": "sparse_categorical_crossentropy",
        "returns_the_same_model": True,
    }


def _tuned_but(
    change: Callable[[TransferNetwork, dict[str, Any]], dict[str, Any]],
) -> Callable[..., dict[str, Any]]:
    """Return the state of a model in which something else than asked for is trained, or how."""

    def state(model: TransferNetwork, learning_rate: float = 1e-5) -> dict[str, Any]:
        right = _tuned(model, learning_rate)
        return right | change(model, right)

    return state


def _unfrozen(layers: slice, normalisations: bool) -> Callable[..., dict[str, Any]]:
    """Return the state of a model of which only some layers of the backbone are unfrozen."""
    return _tuned_but(
        lambda model, right: {
            "trainable_parameters": _sizes(model.head)
            + _trained_in(model.backbone, layers, normalisations)
        }
    )


def _unfreeze_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, learning_rate: float, convolutions: int = 2) -> Case:
        model = _draw_transfer_network(generator, convolutions)
        return Case(covers, {"model": model, "learning_rate": learning_rate})

    def rate() -> float:
        return float(np.round(generator.uniform(2e-6, 9e-6), 7))

    cases = [
        case("first call", 1e-5),
        case("other learning rates", rate()),
        Case("the rate left out", {"model": _draw_transfer_network(generator)}),
        case("a deeper backbone", 1e-5, _DEEP),
    ]
    return [*cases, case("other learning rates", 100 * rate())] if grading else cases


_UNFREEZE_HINTS = (
    "Compare the number of trainable parameters with what it should be.",
    "Go through the layers of the model, and through the layers inside the backbone.",
    "`layer.trainable = not isinstance(layer, layers.BatchNormalization)` for each of them.",
)
_COMPILE_HINTS = (
    "When did you compile the model?",
    "Keras chooses what an optimiser trains when it is first used. A change of `trainable` counts "
    "from the next `compile` on.",
    "End with `model.compile(optimizer=keras.optimizers.Adam(learning_rate), …)`.",
)
_WRONGLY_TRAINED: tuple[tuple[str, Callable[..., int]], ...] = (
    (
        "the batch normalisations are unfrozen too",
        lambda model, right: right["trainable_parameters"] + _normalisations(model.backbone),
    ),
    ("the backbone stays frozen", lambda model, right: _sizes(model.head)),
)
_WRONGLY_PREPARED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("the model is not compiled again", {"learning_rate": 1e-3, "new_optimiser": False}),
    ("the learning rate is Adam's default", {"learning_rate": 1e-3}),
    ("the learning rate is always 0.00001", {"learning_rate": 1e-5}),
    ("the loss is the one for one-hot labels", {"loss": "categorical_crossentropy"}),
)


def _wrongly_tuned(
    count: Callable[..., int], preparation: dict[str, Any]
) -> Callable[..., dict[str, Any]]:
    """Return the state of a model with the wrong weights to train, prepared in the wrong way."""
    return _tuned_but(
        lambda model, right: {"trainable_parameters": count(model, right), **preparation}
    )


def _default_rate(rate: float) -> Callable[..., dict[str, Any]]:
    """Return the state of a model that was tuned at another rate where none was given."""

    def state(model: TransferNetwork, learning_rate: float | None = None) -> dict[str, Any]:
        return _tuned(model, rate if learning_rate is None else learning_rate)

    return state


def _without_a_layer_of_the_head(layer: str) -> Callable[..., dict[str, Any]]:
    """Return the state of a model of which all is trained as asked for but a layer of the head."""

    def change(model: TransferNetwork, right: dict[str, Any]) -> dict[str, Any]:
        at = list(model.head.nodes).index(layer)
        frozen = _trained_in(model.head, slice(at, at + 1))
        return {"trainable_parameters": right["trainable_parameters"] - frozen}

    return _tuned_but(change)


_UNFREEZE_MISTAKES = (
    Mistake(
        "The batch normalisations are unfrozen too",
        "Under `fit` they then normalise with the statistics of each small batch and overwrite "
        "those that they brought along. `training=False` in the call does not prevent it: `fit` "
        "hands its own `training=True` down to every layer. If your code freezes them: setting "
        "`trainable` of a whole model afterwards sets that of every layer inside again.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {
                "trainable_parameters": right["trainable_parameters"]
                + _normalisations(model.backbone)
            }
        ),
    ),
    Mistake(
        "Only the last layers of the backbone are unfrozen, and they have no weights to train",
        "The last layers are a batch normalisation, which stays frozen, and a ReLU: nothing of the "
        "backbone is trained. In the second stage every layer of the backbone is trained, except "
        "the batch normalisations.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {
                "trainable_parameters": _sizes(model.head),
                "unfrozen_without_weights": 1,
            }
        ),
    ),
    Mistake(
        "The backbone stays frozen",
        "Only the head is trainable, as in the first stage. If you set `model.trainable = True`: "
        "it was true already, and on TensorFlow setting it again does not reach the layers inside.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {"trainable_parameters": _sizes(model.head)},
        ),
    ),
    Mistake(
        "The head is frozen",
        "Only the backbone is trainable. In the second stage head and backbone learn together.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {
                "trainable_parameters": right["trainable_parameters"] - _sizes(model.head)
            }
        ),
    ),
    Mistake(
        "The model is not compiled again",
        "The model still has the optimiser of the first stage, with its high rate and for the "
        "weights of the head only: `fit` silently goes on with those, or stops with an error.",
        _COMPILE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {"learning_rate": 1e-3, "new_optimiser": False},
        ),
    ),
    Mistake(
        "The old optimiser is kept, with a new learning rate",
        "Its rate is right, but it knows the weights of the head only: `fit` silently goes on with "
        "those, or stops with an error. It also keeps the momentum of the first stage.",
        _COMPILE_HINTS,
        _TUNING,
        state=_tuned_but(lambda model, right: {"new_optimiser": False}),
    ),
    Mistake(
        "The learning rate is Adam's default",
        "A rate of 0.001 is a hundred times the default of the second stage. It "
        "overwrites in a few steps what the backbone took days to learn.",
        (
            "Which rate does your optimiser have?",
            "An optimiser given by its name, or without a rate, takes its default.",
            "Write `keras.optimizers.Adam(learning_rate)`.",
        ),
        _TUNING,
        state=_tuned_but(lambda model, right: {"learning_rate": 1e-3}),
    ),
    Mistake(
        "The learning rate is always 0.00001",
        "The optimiser has a fixed rate, whatever `learning_rate` says.",
        (
            "Which parameter of the function is never used?",
            "The optimiser takes the rate.",
            "Write `keras.optimizers.Adam(learning_rate)`.",
        ),
        _TUNING,
        state=_tuned_but(lambda model, right: {"learning_rate": 1e-5}),
    ),
    Mistake(
        "The loss is the one for one-hot labels",
        "The labels of this course are integers, 0 to 9. `categorical_crossentropy` expects a row "
        "of zeros and a one for each image.",
        (
            "In which form are the labels?",
            "Keras has a loss for each form; the one for integers is called “sparse”.",
            'Use `loss="sparse_categorical_crossentropy"`.',
        ),
        _TUNING,
        state=_tuned_but(lambda model, right: {"loss": "categorical_crossentropy"}),
    ),
    Mistake(
        "The loss takes the probabilities for logits",
        "The model ends in a softmax, and `from_logits=True` has the loss apply another one.",
        (
            "What does the model return: logits or probabilities?",
            "Which argument of the loss says so?",
            'Use `loss="sparse_categorical_crossentropy"`, or leave out `from_logits=True`.',
        ),
        _TUNING,
        state=_tuned_but(
            lambda model, right: {"loss": "sparse_categorical_crossentropy of logits"}
        ),
    ),
    *(
        Mistake(
            f"The {layer} of the head is frozen",
            "In the second stage head and backbone learn together, except the batch "
            "normalisations.",
            _UNFREEZE_HINTS,
            _TUNING,
            state=_without_a_layer_of_the_head(layer),
        )
        for layer in ("hidden layer", "output layer")
    ),
    Mistake(
        "The backbone is returned, not the whole model",
        "What was compiled and returned is the layer that holds the backbone. The head is not part "
        "of it.",
        (
            "Which name follows `return`, and what is it on that line?",
            "The backbone is one of the layers of the model.",
            "Compile and return `model`.",
        ),
        _TUNING,
        _ending_with_the_backbone,
    ),
    Mistake(
        "Another model is prepared, not the one that was given",
        "The function returns a copy, or a new model of the same layers. Whoever called it may go "
        "on using the model that they passed, and that one is not compiled again.",
        (
            "Which model do you compile and return?",
            "A function can change what it is given: no copy is needed.",
            "Call `model.compile(…)` on the model itself and end with `return model`.",
        ),
        _TUNING,
        state=_tuned_but(lambda model, right: {"returns_the_same_model": False}),
    ),
    *(
        Mistake(
            "Only the last layers of the backbone are unfrozen"
            + (", with their batch normalisations" if normalisations else ""),
            "The first layers stay frozen. In the second stage every layer of the backbone is "
            "trained, except the batch normalisations.",
            _UNFREEZE_HINTS,
            _TUNING,
            state=_unfrozen(layers, normalisations),
        )
        for normalisations, ends in ((False, _ENDS_BY_CONVOLUTIONS), (True, _ENDS))
        for layers in ends
    ),
    Mistake(
        "Only the batch normalisations are trained: it should be the other way round",
        "Everything is to be trained, head and backbone, except the batch normalisations.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {"trainable_parameters": _normalisations(model.backbone)}
        ),
    ),
    Mistake(
        "The head is frozen, and the batch normalisations are not",
        "Everything is to be trained, head and backbone, except the batch normalisations.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {"trainable_parameters": _sizes(model.backbone, trained_only=True)}
        ),
    ),
    Mistake(
        "Only the backbone's batch normalisations are unfrozen",
        "That is the wrong way round: of the backbone, everything is to be trained but the "
        "normalisations.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {
                "trainable_parameters": _sizes(model.head) + _normalisations(model.backbone)
            }
        ),
    ),
    Mistake(
        "Everything is frozen",
        "Nothing is left to train, not even the head.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(lambda model, right: {"trainable_parameters": 0}),
    ),
    *(
        Mistake(
            f"The default of learning_rate is {rate:g}, not 1e-05",
            "Without a rate, the function should use a gentle one, as the first line of the "
            "function in the lesson says.",
            (
                "Compare the first line of your function with that of the lesson.",
                "What is the rate when a call leaves it out?",
                "Write `learning_rate=1e-5` in the first line.",
            ),
            _TUNING,
            state=_default_rate(rate),
        )
        for rate in (1e-2, 1e-3, 1e-4)
    ),
    *(
        Mistake(
            f"Two things: {trained} · {prepared}",
            "First, the wrong weights are trained; second, they are trained in the wrong way. "
            "Both have to be corrected.",
            tuple(f"{a} And: {b}" for a, b in zip(_UNFREEZE_HINTS, _COMPILE_HINTS, strict=True)),
            _TUNING,
            state=_wrongly_tuned(count, preparation),
        )
        for trained, count in _WRONGLY_TRAINED
        for prepared, preparation in _WRONGLY_PREPARED
    ),
)


def count_parameters(model: Network | TransferNetwork) -> tuple[int, int]:
    """Compute the reference: trainable parameters and all of them."""
    if isinstance(model, Network):
        return _sizes(model.graph, trained_only=True), _sizes(model.graph)
    return _sizes(model.head), _sizes(model.head) + _sizes(model.backbone)


def _count_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def plain() -> Case:
        return Case("first call", {"model": Network(_draw_backbone(generator))})

    def frozen() -> Case:
        return Case("a frozen backbone", {"model": _draw_transfer_network(generator)})

    return [plain(), frozen(), *([plain(), frozen()] if grading else [])]


def _moving_statistics_count(model: Network | TransferNetwork) -> tuple[int, int]:
    trainable, total = count_parameters(model)
    return (total, total) if isinstance(model, Network) else (trainable, total)


def _flags_ignored(model: Network | TransferNetwork) -> tuple[int, int]:
    if isinstance(model, Network):
        return count_parameters(model)
    trainable = _sizes(model.head) + _sizes(model.backbone, trained_only=True)
    return trainable, _sizes(model.head) + _sizes(model.backbone)


def _counted(
    model: Network | TransferNetwork, size: Callable[[tuple[int, ...]], int]
) -> tuple[int, int]:
    """Count what is trainable and everything, where `size` says what a tensor counts for."""

    def number(graph: Graph, trained_only: bool) -> int:
        return sum(
            size(shape)
            for layer in graph.weighted_layers()
            for name, shape in graph.weight_shapes(layer).items()
            if not (trained_only and name.startswith("moving_"))
        )

    if isinstance(model, Network):
        return number(model.graph, True), number(model.graph, False)
    return number(model.head, True), number(model.head, False) + number(model.backbone, False)


def _count_mistake(
    title: str, explanation: str, last_hint: str, function: Callable[..., Any]
) -> Mistake:
    hints = (
        "Compare your two numbers with those at the end of `model.summary()`.",
        "`model.trainable_weights` and `model.weights` are lists of tensors.",
        last_hint,
    )
    return Mistake(title, explanation, hints, _COUNTING, function=function)


_COUNT_MISTAKES = (
    _count_mistake(
        "The tensors are counted, not the numbers in them",
        "A kernel of 3×3×64×64 is one tensor and 36,864 parameters.",
        "Multiply the lengths of each tensor's axes, `np.prod(weight.shape)`, and add them up.",
        lambda model: _counted(model, lambda shape: 1),
    ),
    _count_mistake(
        "The second number is that of the untrainable parameters",
        "The second number should be that of all parameters, trainable ones included.",
        "Count `model.weights` for it.",
        lambda model: (
            count_parameters(model)[0],
            count_parameters(model)[1] - count_parameters(model)[0],
        ),
    ),
    _count_mistake(
        "The two numbers are in the wrong order",
        "The trainable parameters come first, then all of them.",
        "Swap the two values after `return`.",
        lambda model: count_parameters(model)[::-1],
    ),
    _count_mistake(
        "The moving statistics count as trainable",
        "The moving mean and variance of a batch normalisation are measured, not trained: no "
        "gradient reaches them, although the layer that holds them is trainable.",
        "Count the tensors of `model.trainable_weights`, not the layers that are trainable.",
        _moving_statistics_count,
    ),
    _count_mistake(
        "Frozen weights count as trainable",
        "What a frozen layer holds is not trained, whatever kind of weight it is.",
        "Count the tensors of `model.trainable_weights`: a frozen layer has none there.",
        _flags_ignored,
    ),
    _count_mistake(
        "The moving statistics are left out of the total",
        "They are not trained, but the model holds them, saves them and needs them to predict.",
        "Count `model.weights` for the total: all tensors are in it.",
        lambda model: (count_parameters(model)[0], _total_without_statistics(model)),
    ),
    _count_mistake(
        "The lengths of the axes are added, not multiplied",
        "A kernel of 3×3×64×64 holds 3 · 3 · 64 · 64 numbers, not 3 + 3 + 64 + 64.",
        "Take the product, `np.prod(weight.shape)`, not the sum.",
        lambda model: _counted(model, lambda shape: int(np.sum(shape))),
    ),
    _count_mistake(
        "Biases, gamma and beta are left out: only kernels are counted",
        "Every tensor counts, those with one axis too.",
        "Add up all of `model.trainable_weights`, and all of `model.weights`.",
        lambda model: _counted(model, lambda shape: int(np.prod(shape)) * (len(shape) > 1)),
    ),
    _count_mistake(
        "Both numbers are the total",
        "The first number should be that of the trainable parameters only.",
        "Count `model.trainable_weights` for the first.",
        lambda model: (count_parameters(model)[1],) * 2,
    ),
    _count_mistake(
        "Both numbers are that of the trainable parameters",
        "The second number should be that of all parameters.",
        "Count `model.weights` for the second.",
        lambda model: (count_parameters(model)[0],) * 2,
    ),
    _count_mistake(
        "Only the total is returned",
        "Two numbers are asked for: the trainable parameters, and all of them.",
        "Return both: `return trainable, total`.",
        lambda model: count_parameters(model)[1],
    ),
    _count_mistake(
        "Only the number of trainable parameters is returned",
        "Two numbers are asked for: the trainable parameters, and all of them.",
        "Return both: `return trainable, total`.",
        lambda model: count_parameters(model)[0],
    ),
    _count_mistake(
        "The first number is that of the untrainable parameters",
        "What training changes are the trainable parameters.",
        "Count `model.trainable_weights` for the first.",
        lambda model: (
            count_parameters(model)[1] - count_parameters(model)[0],
            count_parameters(model)[1],
        ),
    ),
    _count_mistake(
        "The trainable parameters are counted twice in the total",
        "`model.weights` holds all tensors, the trainable ones included.",
        "Count `model.weights` for the second, and add nothing.",
        lambda model: (count_parameters(model)[0], sum(count_parameters(model))),
    ),
    _count_mistake(
        "The backbone is left out: only the layers outside of it are counted",
        "A backbone that is called as one layer holds layers of its own, and the model holds them "
        "all.",
        "`model.weights` goes through the layers inside of layers as well.",
        lambda model: (
            count_parameters(model)[0],
            count_parameters(model)[0]
            if isinstance(model, TransferNetwork)
            else count_parameters(model)[1],
        ),
    ),
    _count_mistake(
        "Tensors of the same shape are counted only once",
        "Two kernels of the same shape are two tensors. A set holds each shape once.",
        "Add up the sizes in a list, without a set or a dictionary by shape.",
        lambda model: _of_different_shapes(_tensors(model)),
    ),
    _count_mistake(
        "The counts are in millions",
        "The exercise asks for the numbers of parameters themselves.",
        "Do not divide.",
        lambda model: tuple(number / 1e6 for number in count_parameters(model)),
    ),
)


def _of_different_shapes(tensors: Sequence["Tensor"]) -> tuple[int, int]:
    first = {each.shape for each in tensors if each.trainable}
    return sum(map(prod, first)), sum(map(prod, {each.shape for each in tensors}))


_BACKBONE = "backbone"


class Tensor(NamedTuple):
    """A tensor of a model.

    Attributes:
        name: Its short name.
        shape: Its shape.
        trainable: Whether training changes it.
        layer: The layer that holds it.
        outer: The layer of the model itself that holds it: the backbone for its layers.
    """

    name: str
    shape: tuple[int, ...]
    trainable: bool
    layer: str
    outer: str


def _tensors(model: Network | TransferNetwork) -> list[Tensor]:
    """Return the tensors of a model in the order in which Keras lists them."""
    graphs = (
        [(model.graph, True, "")]
        if isinstance(model, Network)
        else [(model.backbone, False, _BACKBONE), (model.head, True, "")]
    )
    return [
        Tensor(
            name,
            tuple(shape),
            trainable and not name.startswith("moving_"),
            f"{outer} {layer}",
            outer or layer,
        )
        for graph, trainable, outer in graphs
        for layer in graph.weighted_layers()
        for name, shape in graph.weight_shapes(layer).items()
    ]


def _product(name: str, shape: tuple[int, ...]) -> int:
    return prod(shape)


def _not_zero(name: str, shape: tuple[int, ...]) -> int:
    """Count the numbers that are not zero in a model that was just made."""
    return 0 if name in ("bias", "beta", "moving_mean") else _product(name, shape)


def _counted_with(
    tensors: Sequence[Tensor],
    size: Callable[[str, tuple[int, ...]], int] = _product,
    first: Callable[[Tensor], bool] = lambda tensor: tensor.trainable,
    second: Callable[[Tensor], bool] = lambda tensor: True,
    unit: Callable[[int], Any] = lambda number: number,
    known_by: Callable[[Tensor], Any] | None = None,
    order: int = 1,
    chosen: slice = slice(None),
    outside: bool = False,
) -> tuple[Any, Any]:
    """Count the parameters of tensors with something else in the place of some steps."""

    def number(counts: Callable[[Tensor], bool]) -> Any:
        counted = [tensor for tensor in tensors if counts(tensor)]
        if outside:
            counted = [tensor for tensor in counted if tensor.outer != _BACKBONE]
        if known_by:
            counted = list({known_by(tensor): tensor for tensor in counted[::order]}.values())
        return unit(sum(size(each.name, each.shape) for each in counted[chosen]))

    return number(first), number(second)


_COUNT_SIZES: dict[str, Callable[[str, tuple[int, ...]], int]] = {
    "Only the first axis of each tensor is counted": lambda name, shape: shape[0],
    "Only the last axis of each tensor is counted": lambda name, shape: shape[-1],
    "The axes of each tensor are counted, not the numbers in it": lambda name, shape: len(shape),
    "Only the first two axes of each tensor are multiplied": lambda name, shape: _product(
        name, shape[:2]
    ),
    "Only the last two axes of each tensor are multiplied": lambda name, shape: _product(
        name, shape[-2:]
    ),
    "The last axis of each tensor is left out": lambda name, shape: _product(name, shape[:-1]),
    "The first axis of each tensor is left out": lambda name, shape: _product(name, shape[1:]),
    "Numbers that are zero are not counted": _not_zero,
}
_COUNT_TENSORS: dict[str, Callable[[Tensor], bool]] = {
    "kernels": lambda tensor: tensor.name == "kernel",
    "kernels and biases": lambda tensor: tensor.name in ("kernel", "bias"),
    "tensors other than kernels": lambda tensor: tensor.name != "kernel",
    "tensors other than biases": lambda tensor: tensor.name != "bias",
    "tensors of batch normalisations": lambda tensor: tensor.name not in ("kernel", "bias"),
    "moving statistics": lambda tensor: tensor.name.startswith("moving_"),
}
_COUNT_UNITS: dict[str, Callable[[int], Any]] = {
    "The counts are in bytes, four for each number": lambda number: 4 * number,
    "The counts are in bits, 32 for each number": lambda number: 32 * number,
    "The counts are in thousands": lambda number: number / 1e3,
    "The counts are in megabytes": lambda number: 4 * number / 1e6,
    "The counts are in mebibytes": lambda number: 4 * number / 2**20,
    "Both numbers are 0": lambda number: 0,
    "The counts are in millions, rounded to 3 digits": lambda number: round(number / 1e6, 3),
    "The counts are in millions, rounded to 4 digits": lambda number: round(number / 1e6, 4),
    "The counts are in thousands, rounded to 1 digit": lambda number: round(number / 1e3, 1),
    "The counts are in thousands, rounded to 2 digits": lambda number: round(number / 1e3, 2),
}


def _count_slips() -> Iterator[Slip]:
    for title, size in _COUNT_SIZES.items():
        yield Slip(title, {"size": size}, "A tensor holds as many numbers as its axes multiply to.")
    every = "Every layer may have several weights: add up all of `layer.weights`."
    for more, known_by in (
        ("", lambda tensor: tensor.layer),
        (", and the first of the whole backbone", lambda tensor: tensor.outer),
    ):
        yield Slip(
            f"Only the first weight of each layer is counted{more}: biases, for example, are left "
            "out",
            {"known_by": known_by, "order": -1},
            every,
        )
        yield Slip(
            f"Only the last weight of each layer is counted{more.replace('first', 'last')}: "
            "kernels, for example, are left out",
            {"known_by": known_by},
            every,
        )
    yield Slip(
        "The backbone is left out",
        {"outside": True},
        "`model.weights` goes through the layers inside of layers as well.",
    )
    yield Slip(
        "Tensors of the same short name overwrite each other: only the last kernel is counted",
        {"known_by": lambda tensor: tensor.name},
        "Many tensors are called `kernel`: add up their sizes without a dictionary by name.",
    )
    for words, chosen in (
        ("the first tensor is", slice(1)),
        ("the last tensor is", slice(-1, None)),
        ("the first two tensors are", slice(2)),
        ("the last two tensors are", slice(-2, None)),
    ):
        yield Slip(
            f"Only {words} counted",
            {"chosen": chosen},
            "Add up the sizes of all tensors; a `return` inside of a loop ends it.",
        )
    for title, unit in _COUNT_UNITS.items():
        yield Slip(title, {"unit": unit}, "Return the numbers as they are.")
    for words, counts in _COUNT_TENSORS.items():
        yield Slip(
            f"Only {words} are counted",
            {
                "first": lambda tensor, counts=counts: tensor.trainable and counts(tensor),
                "second": counts,
            },
            "Add up all of `model.trainable_weights`, and all of `model.weights`.",
        )
        yield Slip(
            f"For the trainable parameters only {words} are counted",
            {"first": lambda tensor, counts=counts: tensor.trainable and counts(tensor)},
            "Add up all of `model.trainable_weights`.",
        )
        yield Slip(
            f"For the total only {words} are counted",
            {"second": counts},
            "Add up all of `model.weights`.",
        )


_COUNT_VARIATIONS = Variations(
    _counted_with,
    tuple(_count_slips()),
    _COUNTING,
    "Compare your two numbers with those at the end of `model.summary()`.",
    material=lambda model: {"tensors": _tensors(model)},
)


def _total_without_statistics(model: Network | TransferNetwork) -> int:
    graphs = [model.graph] if isinstance(model, Network) else [model.backbone, model.head]
    return sum(_sizes(graph, trained_only=True) for graph in graphs)


def confidence(probabilities: Array) -> tuple[Array, Array]:
    """Compute the reference: the most probable label and its probability."""
    return probabilities.argmax(1), probabilities.max(1)


def _draw_probabilities(
    generator: np.random.Generator, labels: NDArray[np.int64], classes: int, skill: float
) -> Array:
    """Draw what a model of some skill says: right more often than not, and not always."""
    raw = generator.normal(size=(len(labels), classes))
    raw[np.arange(len(labels)), labels] += skill
    raw[0, labels[0]] += 6
    raw[1, labels[1]] -= 6
    powers = np.exp(raw)
    return np.asarray(powers / powers.sum(1, keepdims=True))


def _confidence_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, images: int, classes: int) -> Case:
        labels = generator.integers(classes, size=images)
        return Case(covers, {"probabilities": _draw_probabilities(generator, labels, classes, 1.0)})

    cases = [case("first call", 7, 4), case("other numbers of classes", 5, 10)]
    return [*cases, case("other numbers of classes", 12, 3)] if grading else cases


def _margin(probabilities: Array) -> Array:
    ordered = np.sort(probabilities, axis=1)
    return ordered[:, -1] - ordered[:, -2]


def _entropy(probabilities: Array) -> Array:
    """Return the entropy of each row, in nats."""
    return np.asarray(-np.sum(probabilities * np.log(probabilities), axis=1))


def _relative_entropy(probabilities: Array) -> Array:
    """Return the entropy of each row as a share of the largest there can be."""
    return np.asarray(_entropy(probabilities) / np.log(probabilities.shape[1]))


def _softmax(values: Array, axis: int | None = 1) -> Array:
    powers = np.exp(values)
    return np.asarray(powers / powers.sum(axis, keepdims=True))


def _confidence_mistake(
    title: str, explanation: str, last_hint: str, function: Callable[..., Any]
) -> Mistake:
    hints = (
        "Take one image of three classes and compute both results by hand.",
        "A row is an image; its largest number is the confidence, and the position of that number "
        "is the label.",
        last_hint,
    )
    return Mistake(title, explanation, hints, _CONFIDENCE, function=function)


_CONFIDENCE_MISTAKES = (
    _confidence_mistake(
        "The largest number of each column is taken",
        "A column holds one class of all images. Each image is a row.",
        "Reduce the last axis: `axis=1`, or `axis=-1`.",
        lambda probabilities: (probabilities.argmax(0), probabilities.max(0)),
    ),
    _confidence_mistake(
        "The two results are in the wrong order",
        "The labels come first, then the confidences.",
        "Swap the two values after `return`.",
        lambda probabilities: confidence(probabilities)[::-1],
    ),
    _confidence_mistake(
        "The confidence is the mean of the probabilities",
        "The probabilities of an image add up to 1, so their mean is 1 divided by the number of "
        "classes, for every image and every model.",
        "Use `np.max`, not `np.mean`.",
        lambda probabilities: (probabilities.argmax(1), probabilities.mean(1)),
    ),
    _confidence_mistake(
        "The confidence is the lead over the second class",
        "That is a margin: how far ahead the first class is. Here confidence is the probability of "
        "the first class itself.",
        "Return the largest probability and subtract nothing.",
        lambda probabilities: (probabilities.argmax(1), _margin(probabilities)),
    ),
    _confidence_mistake(
        "A softmax is applied to probabilities",
        "The model has applied it already. A second one makes every prediction look unsure.",
        "Work with `probabilities` as they are.",
        lambda probabilities: (probabilities.argmax(1), _softmax(probabilities).max(1)),
    ),
    _confidence_mistake(
        "The confidence is in percent",
        "The result should be a probability, between 0 and 1.",
        "Remove the factor of 100.",
        lambda probabilities: (probabilities.argmax(1), 100 * probabilities.max(1)),
    ),
    _confidence_mistake(
        "The labels are counted from 1",
        "Labels begin at 0, as the positions in a row do.",
        "Return what `np.argmax` returns.",
        lambda probabilities: (probabilities.argmax(1) + 1, probabilities.max(1)),
    ),
    _confidence_mistake(
        "The least probable class is taken",
        "The model's prediction is the class to which it gives the largest probability.",
        "Use `np.argmax` and `np.max`.",
        lambda probabilities: (probabilities.argmin(1), probabilities.min(1)),
    ),
    _confidence_mistake(
        "There is one label and one confidence in all, not one for each image",
        "Each row is an image with a label and a confidence of its own. Without an axis, NumPy "
        "looks at all images at once.",
        "Reduce the last axis of all rows: `axis=1`, or `axis=-1`.",
        lambda probabilities: (probabilities.argmax(), probabilities.max()),
    ),
    _confidence_mistake(
        "Only the labels are returned",
        "Two arrays are asked for: the labels, and the confidences.",
        "Return both: `return labels, confidences`.",
        lambda probabilities: probabilities.argmax(1),
    ),
    _confidence_mistake(
        "Only the confidences are returned",
        "Two arrays are asked for: the labels, and the confidences.",
        "Return both: `return labels, confidences`.",
        lambda probabilities: probabilities.max(1),
    ),
    _confidence_mistake(
        "The results are paired image by image",
        "Two arrays are asked for: the labels of all images, then the confidences of all.",
        "Return `np.argmax(…, axis=1), np.max(…, axis=1)`.",
        lambda probabilities: np.stack(confidence(probabilities), axis=1),
    ),
    _confidence_mistake(
        "The confidence is the sum of the probabilities",
        "The probabilities of an image add up to 1, for every image and every model.",
        "Use `np.max`, not `np.sum`.",
        lambda probabilities: (probabilities.argmax(1), probabilities.sum(1)),
    ),
    _confidence_mistake(
        "The confidence is one minus the largest probability",
        "That is how unsure the model is.",
        "Return the largest probability itself.",
        lambda probabilities: (probabilities.argmax(1), 1 - probabilities.max(1)),
    ),
    _confidence_mistake(
        "The confidence is computed from the entropy",
        "The entropy looks at the probabilities of all classes. Here confidence is the probability "
        "of the first class itself.",
        "Use `np.max`.",
        lambda probabilities: (probabilities.argmax(1), 1 - _relative_entropy(probabilities)),
    ),
    *(
        _confidence_mistake(
            f"The confidences are rounded to {digits} decimal place{'s' * (digits > 1)}",
            "Rounding hides how two confident predictions differ.",
            "Return what `np.max` returns.",
            lambda probabilities, digits=digits: (
                probabilities.argmax(1),
                probabilities.max(1).round(digits),
            ),
        )
        for digits in (1, 2, 3, 4)
    ),
)


_LABELS: dict[str, Callable[[Array], Any]] = {
    "always the last one: the position of the largest after sorting": lambda p: np.full(
        len(p), p.shape[1] - 1
    ),
    "always 0": lambda p: np.zeros(len(p)),
    "the first of those above 0.5, or 0 where none is": lambda p: (p > 0.5).argmax(1),
    "the first of those above the mean of the row": lambda p: (p > p.mean(1, keepdims=True)).argmax(
        1
    ),
    "the first of those that round to the largest": lambda p: p.round().argmax(1),
    "those of the least probable class": lambda p: p.argmin(1),
    "those of the second class": lambda p: np.argsort(p, axis=1)[:, -2],
    "the most confident predictions of each class, not the class of each image": lambda p: p.argmax(
        0
    ),
    "the numbers of the images": lambda p: np.arange(len(p)),
    "counted from the end": lambda p: p.shape[1] - 1 - p.argmax(1),
    "counted from 1": lambda p: p.argmax(1) + 1,
    "positions among all probabilities, not in the row": lambda p: (
        p.argmax(1) + np.arange(len(p)) * p.shape[1]
    ),
    "those of the whole sorting, not its last column": lambda p: np.argsort(p, axis=1),
    "one-hot rows, not numbers": lambda p: np.eye(p.shape[1])[p.argmax(1)],
    "the probabilities": lambda p: p.max(1),
}
_CONFIDENCES: dict[str, Callable[[Array], Any]] = {
    "for every image those of all labels: `probabilities[:, labels]`": lambda p: p[:, p.argmax(1)],
    "the probabilities of the second class": lambda p: np.sort(p, axis=1)[:, -2],
    "the smallest probabilities": lambda p: p.min(1),
    "medians": lambda p: np.median(p, axis=1),
    "the last probabilities of the rows": lambda p: p[:, -1],
    "the first probabilities of the rows": lambda p: p[:, 0],
    "standard deviations": lambda p: p.std(1),
    "logarithms": lambda p: np.log(p.max(1)),
    "squares of the probabilities": lambda p: p.max(1) ** 2,
    "the largest probability of all images": lambda p: p.max(),
    "the largest probability of all images, for each": lambda p: np.full(len(p), p.max()),
    "the largest probabilities of the classes, not of the images": lambda p: p.max(0),
    "the ratio of the first class to the second": lambda p: (
        np.sort(p, axis=1)[:, -1] / np.sort(p, axis=1)[:, -2]
    ),
    "in percent": lambda p: 100 * p.max(1),
    "the leads over the second class": _margin,
    "means": lambda p: p.mean(1),
    "those of a second softmax": lambda p: _softmax(p).max(1),
    "all probabilities of the images": lambda p: p,
    "computed from the entropy": lambda p: 1 - _relative_entropy(p),
    "labels": lambda p: p.argmax(1),
    "entropies": _entropy,
    "entropies in bits": lambda p: _entropy(p) / np.log(2),
    "entropies with the wrong sign": lambda p: -_entropy(p),
    "entropies, divided by the largest possible": _relative_entropy,
    "minus the logarithms of the largest probabilities": lambda p: -np.log(p.max(1)),
    "L2 norms of the rows": lambda p: np.linalg.norm(p, axis=1),
    "sums of the squares of the rows": lambda p: (p**2).sum(1),
    "variances": lambda p: p.var(1),
    "sample standard deviations": lambda p: p.std(1, ddof=1),
    "sums, which are always 1": lambda p: p.sum(1),
    "differences between the largest and the smallest probability": lambda p: p.max(1) - p.min(1),
    "differences between the largest probability and the mean": lambda p: p.max(1) - p.mean(1),
    "divided by the largest of all images": lambda p: p.max(1) / p.max(),
    "divided by their sum over all images": lambda p: p.max(1) / p.max(1).sum(),
    "scaled so that chance counts as 0": lambda p: (
        (p.max(1) - 1 / p.shape[1]) / (1 - 1 / p.shape[1])
    ),
    "those of a softmax over the images, not over the classes": lambda p: _softmax(p, 0).max(1),
    "those of a softmax over all images": lambda p: _softmax(p, None).max(1),
    "truncated to whole numbers, which leaves 0": lambda p: p.max(1).astype(int),
    "one number, the mean of all images": lambda p: p.max(1).mean(),
    "the mean over all images, for each": lambda p: np.full(len(p), p.max(1).mean()),
}
#: What may be done to both results at the end.
_AFTERWARDS: dict[str, Callable[[tuple[Array, Array]], Any]] = {
    "An axis of length 1 is left: the results have the shape (images, 1)": (
        lambda found: tuple(each[:, np.newaxis] for each in found)
    ),
    "Only the first image is looked at": lambda found: tuple(each[0] for each in found),
    "Only the first image is looked at, as a list of one": (
        lambda found: tuple(each[:1] for each in found)
    ),
    "Only the last image is looked at": lambda found: tuple(each[-1] for each in found),
    "Only the last image is looked at: the lists are made anew in every turn of the loop": (
        lambda found: tuple(each[-1:] for each in found)
    ),
    "The images are in reverse order": lambda found: tuple(each[::-1] for each in found),
    "The images are sorted, the most confident first": lambda found: tuple(
        each[np.argsort(-found[1], kind="stable")] for each in found
    ),
    "The images are sorted, the least confident first": lambda found: tuple(
        each[np.argsort(found[1], kind="stable")] for each in found
    ),
}


def _confidence_by(
    probabilities: Array,
    labels: Callable[[Array], Any] = lambda p: p.argmax(1),
    confidences: Callable[[Array], Any] = lambda p: p.max(1),
    digits: int | None = None,
    afterwards: Callable[[tuple[Array, Array]], Any] = lambda found: found,
) -> Any:
    sure = confidences(probabilities)
    return afterwards((labels(probabilities), sure if digits is None else np.round(sure, digits)))


_CONFIDENCE_VARIATIONS = Variations(
    _confidence_by,
    (
        *(
            Slip(
                f"The labels are {words}",
                {"labels": labels},
                "The label is the position of the largest number of a row: `np.argmax(…, axis=1)`.",
            )
            for words, labels in _LABELS.items()
        ),
        *(
            Slip(
                f"The confidences are {words}",
                {"confidences": confidences},
                "The confidence is the largest number of a row: `np.max(…, axis=1)`.",
            )
            for words, confidences in _CONFIDENCES.items()
        ),
        *(
            Slip(
                f"The confidences are rounded {words}",
                {"digits": digits},
                "Return what `np.max` returns.",
            )
            for digits, words in (
                (0, "to whole numbers, 0 or 1, or compared with 0.5"),
                (1, "to one decimal place"),
                *((number, f"to {number} decimal places") for number in (2, 3, 4)),
            )
        ),
        *(
            Slip(
                title,
                {"afterwards": change},
                "Return one label and one confidence for each row, in the order of the rows: "
                "`np.argmax(…, axis=1), np.max(…, axis=1)`.",
            )
            for title, change in _AFTERWARDS.items()
        ),
    ),
    _CONFIDENCE,
    "Take one image of three classes and compute both results by hand.",
)


def compare_stages(labels: Array, frozen: Array, tuned: Array) -> dict[str, float]:
    """Compute the reference: accuracies, gain in points, confidence where right and wrong."""
    right = tuned.argmax(1) == labels
    before, after = float(np.mean(frozen.argmax(1) == labels)), float(np.mean(right))
    sure = tuned.max(1)
    return {
        "frozen_accuracy": before,
        "tuned_accuracy": after,
        "gain": 100 * (after - before),
        "confidence_right": _mean_of(sure[right]),
        "confidence_wrong": _mean_of(sure[~right]),
    }


def _mean_of(values: Array) -> float:
    return float(np.mean(values)) if values.size else float("nan")


def _compare_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, images: int, classes: int, skills: tuple[float, float]) -> Case:
        labels = generator.integers(classes, size=images)
        frozen, tuned = (_draw_probabilities(generator, labels, classes, skill) for skill in skills)
        return Case(covers, {"labels": labels, "frozen": frozen, "tuned": tuned})

    cases = [
        case("first call", 40, 5, (0.5, 3.0)),
        case("a loss instead of a gain", 30, 4, (3, 0)),
        case("every image right", 12, 3, (1.0, 60.0)),
    ]
    return [*cases, case("a loss instead of a gain", 50, 7, (4, 0.5))] if grading else cases


def _compared_but(
    change: Callable[[dict[str, float], Array, Array, Array], dict[str, float]],
) -> Callable[..., dict[str, float]]:
    def function(labels: Array, frozen: Array, tuned: Array) -> dict[str, float]:
        right = compare_stages(labels, frozen, tuned)
        return right | change(right, labels, frozen, tuned)

    return function


def _error_reduction(right: dict[str, float], *arguments: Array) -> dict[str, float]:
    before, after = 1 - right["frozen_accuracy"], 1 - right["tuned_accuracy"]
    return {"gain": 100 * (before - after) / before}


def _relative_gain(right: dict[str, float], *arguments: Array) -> dict[str, float]:
    before, after = right["frozen_accuracy"], right["tuned_accuracy"]
    return {"gain": 100 * (after - before) / before}


def _frozen_confidence(
    right: dict[str, float], labels: Array, frozen: Array, tuned: Array
) -> dict[str, float]:
    compared = compare_stages(labels, frozen, frozen)
    return {key: compared[key] for key in ("confidence_right", "confidence_wrong")}


def _of_the_true_label(
    right: dict[str, float], labels: Array, frozen: Array, tuned: Array
) -> dict[str, float]:
    hits, given = tuned.argmax(1) == labels, tuned[np.arange(len(labels)), labels]
    return {"confidence_wrong": float(np.mean(given[~hits]))}


def _median_confidences(
    right: dict[str, float], labels: Array, frozen: Array, tuned: Array
) -> dict[str, float]:
    hits, sure = tuned.argmax(1) == labels, tuned.max(1)
    return {
        "confidence_right": float(np.median(sure[hits])),
        "confidence_wrong": float(np.median(sure[~hits])),
    }


def _over_all_images(
    right: dict[str, float], labels: Array, frozen: Array, tuned: Array
) -> dict[str, float]:
    hits, sure = tuned.argmax(1) == labels, tuned.max(1)
    return {
        "confidence_right": float(np.mean(sure * hits)),
        "confidence_wrong": float(np.mean(sure * ~hits)),
    }


def _compare_mistake(
    title: str,
    explanation: str,
    hints: tuple[str, str],
    change: Callable[..., dict[str, float]],
) -> Mistake:
    first = "Take four images and compute the five numbers by hand."
    return Mistake(title, explanation, (first, *hints), _CONFIDENCE, function=_compared_but(change))


_COMPARE_MISTAKES = (
    _compare_mistake(
        "The gain is a fraction, not in percentage points",
        "From 0.95 to 0.99 is a gain of 4 percentage points, not of 0.04.",
        ("In which unit should the gain be?", "Multiply the difference by 100."),
        lambda right, *arguments: {"gain": right["gain"] / 100},
    ),
    _compare_mistake(
        "The accuracies are in percent",
        "The two accuracies should be shares between 0 and 1. Only the gain is in percentage "
        "points.",
        (
            "Between which numbers should an accuracy lie?",
            "Take the mean of `predictions == labels` as it is.",
        ),
        lambda right, *arguments: {
            key: 100 * right[key] for key in ("frozen_accuracy", "tuned_accuracy")
        },
    ),
    _compare_mistake(
        "The gain has the wrong sign",
        "The gain is what the second stage adds: positive where it is better.",
        ("Which stage comes later?", "Subtract the frozen accuracy from the tuned one."),
        lambda right, *arguments: {"gain": -right["gain"]},
    ),
    _compare_mistake(
        "The gain is the reduction of the errors",
        "That is the share of the errors that are gone. The exercise asks for the difference of "
        "the two accuracies in percentage points.",
        ("Do not divide.", "`100 * (tuned accuracy - frozen accuracy)`."),
        _error_reduction,
    ),
    _compare_mistake(
        "The gain is relative to the first stage",
        "A gain in percentage points is a difference, not a ratio: from 0.50 to 0.75 it is 25 "
        "points, not 50 percent.",
        ("Do not divide.", "`100 * (tuned accuracy - frozen accuracy)`."),
        _relative_gain,
    ),
    _compare_mistake(
        "The confidence is that of the first stage",
        "The last two numbers should be about the network after the second stage.",
        (
            "Which probabilities do you take the confidence from?",
            "Call `confidence(tuned)` for the last two numbers.",
        ),
        _frozen_confidence,
    ),
    _compare_mistake(
        "Right and wrong are swapped",
        "The confidence where the network is right has the name of that where it is wrong.",
        (
            "Which images does your mask select?",
            "`right = predictions == labels`; the wrong ones are `~right`.",
        ),
        lambda right, *arguments: {
            "confidence_right": right["confidence_wrong"],
            "confidence_wrong": right["confidence_right"],
        },
    ),
    _compare_mistake(
        "The confidence of errors is that of the true label",
        "Where the network is wrong, the true label has a low probability. The confidence is the "
        "probability of what the network *did* say, and it can be high.",
        (
            "Which probability makes an error dangerous?",
            "Take the largest probability of each wrong image, not that at the true label.",
        ),
        _of_the_true_label,
    ),
    _compare_mistake(
        "The confidences are averaged over all images",
        "Each sum is divided by the number of all images, not by the number of those that are "
        "right, or wrong.",
        (
            "How many images are you averaging over?",
            "Select first, then take the mean: `np.mean(sure[right])`.",
        ),
        _over_all_images,
    ),
    _compare_mistake(
        "The two stages are swapped",
        "What is reported of the frozen stage belongs to the tuned one, and the other way round.",
        ("Which probabilities come from the second stage?", "`tuned` is the second stage."),
        lambda right, labels, frozen, tuned: compare_stages(labels, tuned, frozen),
    ),
    _compare_mistake(
        "Right and wrong predictions get the same confidence: the mean over all images",
        "The mean confidence should be taken where the network is right, and where it is wrong.",
        ("Which images does each of the two means look at?", "Select first: `sure[right]`."),
        lambda right, labels, frozen, tuned: dict.fromkeys(
            ("confidence_right", "confidence_wrong"), float(tuned.max(1).mean())
        ),
    ),
    _compare_mistake(
        "The accuracies are numbers of correct predictions, not shares",
        "The number of correct predictions says little without the number of images.",
        ("Between which numbers should an accuracy lie?", "Take the mean, not the sum."),
        lambda right, labels, *arguments: {
            key: len(labels) * right[key] for key in ("frozen_accuracy", "tuned_accuracy")
        },
    ),
    _compare_mistake(
        "All five numbers are in percent",
        "Accuracies and confidences should be shares between 0 and 1. Only the gain is in "
        "percentage points.",
        ("Between which numbers should an accuracy lie?", "Multiply only the gain by 100."),
        lambda right, *arguments: {
            key: value if key == "gain" else 100 * value for key, value in right.items()
        },
    ),
    _compare_mistake(
        "The gain is relative to the first stage, and a share",
        "A gain in percentage points is a difference, not a ratio.",
        ("Do not divide.", "`100 * (tuned accuracy - frozen accuracy)`."),
        lambda right, *arguments: {"gain": _relative_gain(right)["gain"] / 100},
    ),
    _compare_mistake(
        "The confidences are medians, not means",
        "The exercise asks for the mean confidence.",
        ("Which average do you take?", "Use `np.mean`."),
        _median_confidences,
    ),
    _compare_mistake(
        "The confidence where it is wrong is computed as one minus that where it is right",
        "The two are means over different images, and do not add up to 1.",
        ("Which images does each of the two means look at?", "Take the mean of `sure[~right]`."),
        lambda right, *arguments: {"confidence_wrong": 1 - right["confidence_right"]},
    ),
    _compare_mistake(
        "The confidence where it is wrong is one minus the probability",
        "The confidence is that of the network's prediction, right or wrong.",
        (
            "How confident is a network whose largest probability is 0.9?",
            "Take the mean of `sure`.",
        ),
        lambda right, *arguments: {"confidence_wrong": 1 - right["confidence_wrong"]},
    ),
    _compare_mistake(
        "The gain is that of the confidence",
        "The gain is the difference of the accuracies.",
        ("Of which two numbers is the gain the difference?", "Subtract the accuracies."),
        lambda right, labels, frozen, tuned: {
            "gain": 100 * float(tuned.max(1).mean() - frozen.max(1).mean())
        },
    ),
    *(
        _compare_mistake(
            f"The numbers are rounded to {digits} decimal place{'s' * (digits > 1)}",
            "Round where you print, not where you compute.",
            ("What do you do with the numbers at the end?", "Return them as they are."),
            lambda right, *arguments, digits=digits: {
                key: round(value, digits) for key, value in right.items()
            },
        )
        for digits in (1, 2, 3)
    ),
)


def _compare_material(labels: Array, frozen: Array, tuned: Array) -> dict[str, Any]:
    """Return every row of numbers that a learner may take for another, by words for it."""
    at = np.arange(len(labels))
    rows = {
        "labels": labels,
        "frozen predictions": frozen.argmax(1),
        "tuned predictions": tuned.argmax(1),
        "frozen confidences": frozen.max(1),
        "tuned confidences": tuned.max(1),
        "frozen probabilities of the label": frozen[at, labels],
        "tuned probabilities of the label": tuned[at, labels],
        "leads over the second class": _margin(tuned),
        "probabilities that the tuned stage gives to the frozen predictions": tuned[
            at, frozen.argmax(1)
        ],
        "differences from 1": 1 - tuned.max(1),
        "means of all probabilities": tuned.mean(1),
        "frozen argmax without an axis": np.full(len(labels), frozen.argmax()),
        "tuned argmax without an axis": np.full(len(labels), tuned.argmax()),
        "smallest probabilities": tuned.min(1),
    }
    hits = {
        "frozen": rows["frozen predictions"] == labels,
        "tuned": rows["tuned predictions"] == labels,
        "alike": rows["frozen predictions"] == rows["tuned predictions"],
        "sure": rows["tuned confidences"] > 0.5,
        "all": np.ones(len(labels), bool),
    }
    hits["both"] = hits["frozen"] & hits["tuned"]
    hits["either"] = hits["frozen"] | hits["tuned"]
    return {"rows": rows, "hits": hits}


def _mean_where(values: Array, mask: Array) -> float:
    return _mean_of(values[mask])


def _picked(values: Array, mask: Array, shift: int = 0) -> float:
    return _always_picked(values, mask, shift) if mask.any() else float("nan")


def _always_picked(values: Array, mask: Array, shift: int = 0) -> float:
    return float(np.mean(values[mask.astype(int) + shift]))


def _mean_or(empty: float | None) -> Callable[[Array, Array], Any]:
    return lambda values, mask: _mean_of(values[mask]) if mask.any() else empty


def _shared(values: Array, mask: Array) -> float:
    return float(np.mean(values * mask)) if mask.any() else float("nan")


_AVERAGES: dict[str, Callable[[Array, Array], Any]] = {
    "divided by the number of all images": _shared,
    "divided by the number of all images, and 0 where there are none": lambda values, mask: float(
        np.mean(values * mask)
    ),
    "those of the images 0 and 1: integers pick positions, they are not a mask": _picked,
    "always those of the images 0 and 1: integers pick positions, they are not a mask": (
        _always_picked
    ),
    "sums, not means": lambda values, mask: float(np.sum(values[mask])),
    "the largest, not the mean": lambda values, mask: float(values[mask].max(initial=0)),
    "the smallest, not the mean": lambda values, mask: (
        float(values[mask].min()) if mask.any() else float("nan")
    ),
    "medians, not means": lambda values, mask: (
        float(np.median(values[mask])) if mask.any() else float("nan")
    ),
    "standard deviations, not means": lambda values, mask: (
        float(np.std(values[mask])) if mask.any() else float("nan")
    ),
    "in percent": lambda values, mask: 100 * _mean_where(values, mask),
    "not the confidences but shares of the images": lambda values, mask: float(np.mean(mask)),
    "rounded to 2 decimal places": lambda values, mask: round(_mean_where(values, mask), 2),
    **{
        f"{empty} where there is nothing to average, instead of NaN": _mean_or(empty)
        for empty in (0, 1, -1, None)
    },
}


def _accuracy(hits: Array) -> float:
    return float(np.mean(hits))


def _compared_by(
    rows: dict[str, Array],
    hits: dict[str, Array],
    before: tuple[str, str] = ("frozen predictions", "labels"),
    after: tuple[str, str] = ("tuned predictions", "labels"),
    mask: str = "",
    sure: str = "tuned confidences",
    sure_right: str = "",
    sure_wrong: str = "",
    average: Callable[[Array, Array], Any] = _mean_where,
    of_right: Callable[[Array, Array], Any] | None = None,
    of_wrong: Callable[[Array, Array], Any] | None = None,
    right_of: str = "",
    wrong_of: str = "",
    accuracy: Callable[[Array], Any] = _accuracy,
    of_tuned: str = "",
    gain: Callable[[Array, Array], Any] = lambda before, after: (
        100 * (_accuracy(after) - _accuracy(before))
    ),
) -> dict[str, Any]:
    """Compare the stages with something else in the place of some rows or steps."""
    was_right, is_right = (rows[one] == rows[other] for one, other in (before, after))
    chosen = hits[mask] if mask else is_right
    tuned = hits[of_tuned] if of_tuned else is_right
    return {
        "frozen_accuracy": accuracy(was_right),
        "tuned_accuracy": accuracy(tuned),
        "gain": gain(was_right, tuned),
        "confidence_right": (of_right or average)(
            rows[sure_right or sure], hits[right_of] if right_of else chosen
        ),
        "confidence_wrong": (of_wrong or average)(
            rows[sure_wrong or sure], np.logical_not(hits[wrong_of] if wrong_of else chosen)
        ),
    }


def _compare_slips() -> Iterator[Slip]:
    """Yield what may stand in the place of the rows and steps of a comparison."""
    for words, wrong in (
        ("where the frozen stage was right and wrong, not the tuned one", "frozen"),
        ("where the two stages agree and where they do not", "alike"),
        ("where both stages are right, and elsewhere", "both"),
        ("where one of the stages is right, and elsewhere", "either"),
        ("where the tuned stage gives more than 0.5, and elsewhere", "sure"),
    ):
        yield Slip(
            f"The confidences are averaged {words}",
            {"mask": wrong},
            "Select by where the tuned stage is right: `predictions == labels`.",
        )
    for which, part in (("right", "right_of"), ("wrong", "wrong_of")):
        yield Slip(
            f"The confidence where the tuned stage is {which} is averaged where the frozen one is",
            {part: "frozen"},
            "Select by where the tuned stage is right: `predictions == labels`.",
        )
    yield Slip(
        "The confidence where it is right is averaged over all images",
        {"right_of": "all"},
        "Select first: `np.mean(sure[right])`.",
    )
    for words in (
        "frozen confidences",
        "tuned probabilities of the label",
        "frozen probabilities of the label",
        "leads over the second class",
        "probabilities that the tuned stage gives to the frozen predictions",
        "differences from 1",
        "means of all probabilities",
        "smallest probabilities",
        "tuned predictions",
        "labels",
    ):
        for where, part in (
            ("", "sure"),
            ("Where the tuned stage is right, ", "sure_right"),
            ("Where the tuned stage is wrong, ", "sure_wrong"),
        ):
            what = f"{where}the average is" if where else "The averages are"
            yield Slip(
                f"{what} of the {words}, not of the tuned confidences",
                {part: words},
                "Take the largest probability of each image of the second stage.",
                alone=bool(where),
            )
    for words, average in _AVERAGES.items():
        for names, parts in (
            ("confidences are", ("average",)),
            ("confidence where it is right is", ("of_right",)),
            ("confidence where it is wrong is", ("of_wrong",)),
        ):
            yield Slip(
                f"The {names} {words}",
                dict.fromkeys(parts, average),
                "Select the images first, then take the mean of what is left, as a float.",
                alone=parts != ("average",),
            )
    yield Slip(
        "The frozen predictions are taken for the labels",
        {"after": ("tuned predictions", "frozen predictions")},
        "Compare the predictions of both stages with `labels`.",
    )
    for average in (_picked, _always_picked):
        yield Slip(
            "The mask holds integers: they pick the images 0 and 1, and `~` those at −1 and −2",
            {"of_right": average, "of_wrong": partial(average, shift=-2)},
            "Leave the mask as it is, true and false: `right = predictions == labels`.",
            alone=True,
        )
    for title, before, after in (
        ("are", "frozen confidences", "tuned confidences"),
        ("of the second stage are", "frozen predictions", "tuned confidences"),
        ("of the first stage are", "frozen confidences", "tuned predictions"),
    ):
        yield Slip(
            f"The largest probabilities {title} compared with the labels: the argmax is missing",
            {"before": (before, "labels"), "after": (after, "labels")},
            "Compare predictions with labels: `np.argmax(tuned, axis=1) == labels`.",
        )
    yield Slip(
        "The argmax is taken over all images at once: its axis is missing",
        {
            "before": ("frozen argmax without an axis", "labels"),
            "after": ("tuned argmax without an axis", "labels"),
        },
        "There is one prediction for each image: `np.argmax(tuned, axis=1)`.",
    )
    swapped = "Labels and confidences are swapped: probabilities are compared with labels"
    unpack = "`confidence` returns the labels first: `predictions, sure = confidence(…)`."
    frozen, tuned = ("frozen confidences", "labels"), ("tuned confidences", "labels")
    yield Slip(swapped, {"before": frozen, "after": tuned, "sure": "tuned predictions"}, unpack)
    yield Slip(
        f"{swapped}, in the second stage", {"after": tuned, "sure": "tuned predictions"}, unpack
    )
    yield Slip(f"{swapped}, in the first stage", {"before": frozen}, unpack)
    for words, change in _GAINS.items():
        yield Slip(
            f"The gain is {words}",
            {"gain": change},
            "The gain is the second accuracy minus the first, times 100.",
        )
    for words, accuracy in _ACCURACIES.items():
        yield Slip(
            f"The accuracies are {words}",
            {"accuracy": accuracy},
            "An accuracy is a share: the mean of `predictions == labels`.",
        )
    for words, hits in (
        ("first stage", "frozen"),
        ("two stages compared with each other", "alike"),
    ):
        yield Slip(
            f"The accuracy of the second stage is that of the {words}",
            {"of_tuned": hits, "mask": "tuned"},
            "Compare the predictions of the second stage with `labels`.",
        )


def _gain_of(change: Callable[[float, float], Any]) -> Callable[[Array, Array], Any]:
    return lambda before, after: change(_accuracy(before), _accuracy(after))


_GAINS: dict[str, Callable[[Array, Array], Any]] = {
    "the number of additional images that are right": lambda before, after: int(
        after.sum() - before.sum()
    ),
    "always 0": lambda before, after: 0.0,
    **{
        words: _gain_of(change)
        for words, change in {
            "a fraction, not in percentage points": lambda before, after: after - before,
            "divided by 100, not multiplied": lambda before, after: (after - before) / 100,
            "the first accuracy minus the second": lambda before, after: 100 * (before - after),
            "never negative": lambda before, after: 100 * abs(after - before),
            "set to 0 where the second stage is worse": lambda before, after: (
                100 * max(after - before, 0)
            ),
            "relative to the first stage": lambda before, after: (
                100 * (after - before) / before if before else float("nan")
            ),
            "relative to the second stage": lambda before, after: (
                100 * (after - before) / after if after else float("nan")
            ),
            "a ratio of the accuracies": lambda before, after: (
                after / before if before else float("nan")
            ),
            "rounded to whole points": lambda before, after: round(100 * (after - before)),
            "truncated to whole points": lambda before, after: int(100 * (after - before)),
            "rounded to one decimal place": lambda before, after: round(100 * (after - before), 1),
            "rounded to two decimal places": lambda before, after: round(100 * (after - before), 2),
            "in per mille": lambda before, after: 1000 * (after - before),
            "the sum of the accuracies": lambda before, after: 100 * (after + before),
            "the mean of the accuracies": lambda before, after: 50 * (after + before),
        }.items()
    },
}
_ACCURACIES: dict[str, Callable[[Array], Any]] = {
    "error rates, the shares of wrong predictions": lambda hits: 1 - _accuracy(hits),
    "numbers of wrong predictions": lambda hits: int(len(hits) - hits.sum()),
    "divided by the number of images minus 1": lambda hits: float(hits.sum() / (len(hits) - 1)),
    "rounded to one decimal place": lambda hits: round(_accuracy(hits), 1),
    "rounded to two decimal places": lambda hits: round(_accuracy(hits), 2),
    "truncated to whole numbers": lambda hits: int(_accuracy(hits)),
    "standard deviations, not means": lambda hits: float(np.std(hits)),
    "in percent": lambda hits: 100 * _accuracy(hits),
    "numbers of correct predictions": lambda hits: int(hits.sum()),
    "ratios of correct predictions to wrong ones": lambda hits: (
        float(hits.sum() / (len(hits) - hits.sum())) if not hits.all() else float("inf")
    ),
}

_COMPARE_VARIATIONS = Variations(
    _compared_by,
    tuple(_compare_slips()),
    _CONFIDENCE,
    "Take four images and compute the five numbers by hand.",
    material=_compare_material,
)

#: What errors say that come of a mean or a largest number of nothing.
_NOTHING = "data point|by zero|empty|zero-size"


def _compare_error(arguments: Mapping[str, Any], error: Mapping[str, Any]) -> Explanation | None:
    """Explain errors that come from a missing argmax, or from a mean of nothing."""
    labels, tuned = arguments["labels"], arguments["tuned"]
    where, found = at_line(error), {*broadcast(error)}
    argmax = "The prediction is the class of the largest probability: `np.argmax(…, axis=1)`."
    if {tuned.shape, labels.shape} <= found:
        return Explanation(
            "Probabilities are compared with labels: the argmax is missing",
            f"There are {tuned.shape[1]} probabilities for each image, and one label{where}.",
            argmax,
        )
    if {tuned.shape[1:], labels.shape} <= found:
        return Explanation(
            "The argmax is taken over the images, not over the classes",
            f"It gives {tuned.shape[1]} numbers, and there are {len(labels)} labels{where}.",
            argmax,
        )
    right = tuned.argmax(1) == labels
    if (right.all() or not right.any()) and re.search(_NOTHING, plain(error["message"])):
        which = "wrong" if right.all() else "right"
        return Explanation(
            f"Where no prediction is {which}, there is an error instead of NaN",
            f"All predictions are {'right' if right.all() else 'wrong'} in one of the calls, and "
            f"the mean of no numbers raises an error{where}.",
            'Return `float("nan")` where there is nothing to average.',
        )
    return None


EXERCISES: tuple[Exercise, ...] = (
    NetworkExercise(
        "transfer_model",
        LESSON,
        ("backbone", "classes"),
        _transfer_model_cases,
        _TRANSFER_MODEL_MISTAKES,
        "Covered: the head, what is frozen, that the backbone's own weights are in the model, "
        "backbones of two and of five convolutions, other numbers of classes. Grading draws "
        "other backbones.",
        in_inference=True,
        build=transfer_model,
        returns="model",
        state=_frozen,
    ),
    NumericExercise(
        "count_parameters",
        LESSON,
        ("model",),
        _count_cases,
        _COUNT_MISTAKES,
        "Covered: a network with batch normalisation, and one with a frozen backbone. Grading "
        "draws others.",
        truth=count_parameters,
        variations=_COUNT_VARIATIONS,
        tolerance=0.0,
        describe="two integers",
    ),
    NetworkExercise(
        "unfreeze",
        LESSON,
        ("model", "learning_rate"),
        _unfreeze_cases,
        _UNFREEZE_MISTAKES,
        "Covered: what is trainable, the rate, a new optimiser and the loss, for backbones of two "
        "and of five convolutions. "
        "Grading draws others.",
        in_inference=True,
        build=unfreeze,
        returns="model",
        state=_tuned,
        keywords=frozenset({"learning_rate"}),
    ),
    NumericExercise(
        "confidence",
        LESSON,
        ("probabilities",),
        _confidence_cases,
        _CONFIDENCE_MISTAKES,
        "Covered: several numbers of images and classes. Grading draws others.",
        truth=confidence,
        dtypes={"the labels": "integer", "the confidences": None},
        variations=_CONFIDENCE_VARIATIONS,
        tolerance=1e-5,
        describe="labels and confidences, one of each for every image",
    ),
    NumericExercise(
        "compare_stages",
        LESSON,
        ("labels", "frozen", "tuned"),
        _compare_cases,
        _COMPARE_MISTAKES,
        "Covered: all five numbers, for a second stage that is better and for one that is worse. "
        "Grading draws others.",
        truth=compare_stages,
        variations=_COMPARE_VARIATIONS,
        on_error=_compare_error,
        tolerance=1e-5,
        describe="a dictionary with five numbers, by the names in the docstring",
    ),
)
