"""Lesson 5: `transfer_model`."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from checks.case import Case, Network
from checks.catalogue.transfer_networks import (
    DEEP,
    LAST_LAYERS,
    LAST_LAYERS_BY_CONVOLUTIONS,
    add_backbone,
    add_head,
    draw_backbone,
    draw_head,
    ending_with_the_backbone,
    normalisation_parameters,
    parameters_of,
    trained_in,
)
from checks.exercise import NetworkExercise
from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Mistake,
    Reference,
    called_with,
    changed,
    inserted_after,
    replaced,
    without,
)

_FREEZING = "lesson 5, “Stage one: freeze the backbone”"


def transfer_model(g: GraphBuilder, backbone: Network, classes: int = 10) -> str:
    """Write the reference: the backbone, pooling and two dense layers."""
    return add_head(g, add_backbone(g, backbone.graph), classes)


def _transfer_model_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, classes: int, convolutions: int = 2) -> Case:
        backbone = Network(draw_backbone(generator, convolutions))
        return Case(covers, {"backbone": backbone, "classes": classes})

    left_out = {"backbone": Network(draw_backbone(generator))}
    cases = [
        case("first call", 10),
        case("other numbers of classes", 5),
        Case("the number of classes left out", left_out),
        case("a deeper backbone", 10, DEEP),
    ]
    return [*cases, case("other numbers of classes", 3)] if grading else cases


def _head_of(backbone: Network, classes: int) -> Graph:
    return draw_head(backbone.graph, classes, 128)


def _frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    return {
        "trainable_parameters": parameters_of(_head_of(backbone, classes)),
        "keeps_what_was_learned": True,
    }


def _partly_frozen(
    layers: slice, normalisations: bool = True, head: bool = True
) -> Callable[..., dict[str, Any]]:
    """Return the state of a model of which these layers of the backbone are trained."""

    def state(backbone: Network, classes: int = 10) -> dict[str, Any]:
        trained = trained_in(backbone.graph, layers, normalisations)
        return {
            "trainable_parameters": trained + head * parameters_of(_head_of(backbone, classes)),
        }

    return state


def _only_of_the_head(layer: str) -> Callable[..., dict[str, Any]]:
    """Return the state of a model of which only one layer of the head is trained."""

    def state(backbone: Network, classes: int = 10) -> dict[str, Any]:
        head = _head_of(backbone, classes)
        at = list(head.nodes).index(layer)
        return {"trainable_parameters": trained_in(head, slice(at, at + 1))}

    return state


def _nothing_frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    head = parameters_of(_head_of(backbone, classes))
    return {"trainable_parameters": head + parameters_of(backbone.graph, trained_only=True)}


def _only_convolutions_frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    head = parameters_of(_head_of(backbone, classes))
    return {"trainable_parameters": head + normalisation_parameters(backbone.graph)}


def _only_normalisations_frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    trained = _nothing_frozen(backbone, classes)["trainable_parameters"]
    return {"trainable_parameters": trained - normalisation_parameters(backbone.graph)}


def _with_new_weights(backbone: Network, classes: int = 10) -> dict[str, Any]:
    return _frozen(backbone, classes) | {"keeps_what_was_learned": False}


def _all_frozen(backbone: Network, classes: int = 10) -> dict[str, Any]:
    return {"trainable_parameters": 0}


def _only_normalisations_trained(backbone: Network, classes: int = 10) -> dict[str, Any]:
    return {"trainable_parameters": normalisation_parameters(backbone.graph)}


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
        for normalisations, ends in ((True, LAST_LAYERS), (False, LAST_LAYERS_BY_CONVOLUTIONS))
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
        ending_with_the_backbone,
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


EXERCISE = NetworkExercise(
    "transfer_model",
    "05_mnist_transfer",
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
)
