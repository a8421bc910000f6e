"""Lesson 5: `transfer_model`."""

from typing import Any

import numpy as np

from checks.case import Case, Network
from checks.catalogue import transfer_networks as transfer
from checks.catalogue.derived import ignored
from checks.catalogue.network_top import classifier_mistakes
from checks.catalogue.transfer_networks import LAST_WITH, LAST_WITHOUT, NONE, Trained, otherwise
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Rows,
    State,
    changed,
    ending_at,
    hinted,
    inserted_after,
    mistakes,
    without,
)

_FREEZING = "lesson 5, “Stage one: freeze the backbone”"


def transfer_model(g: GraphBuilder, backbone: Network, classes: int = 10) -> str:
    """Write the reference: the backbone, pooling and two dense layers."""
    return transfer.add_head(g, transfer.add_backbone(g, backbone.graph), classes)


def _transfer_model_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, classes: int, convolutions: int = 2) -> Case:
        backbone = Network(transfer.draw_backbone(generator, convolutions))
        return Case(covers, {"backbone": backbone, "classes": classes})

    left_out = {"backbone": Network(transfer.draw_backbone(generator))}
    cases = [
        case("first call", 10),
        case("other numbers of classes", 5),
        Case("the number of classes left out", left_out),
        case("a deeper backbone", 10, transfer.DEEP),
    ]
    return [*cases, case("other numbers of classes", 3)] if grading else cases


def _state(trained: Trained, **others: bool) -> State:
    """Return the state of a model of which these weights are trained."""

    def state(backbone: Network, classes: int = 10) -> dict[str, Any]:
        head = transfer.draw_head(backbone.graph, classes, 128)
        return {"trainable_parameters": trained.parameters(backbone.graph, head), **others}

    return state


_FREEZING_MISTAKES: Rows = {
    **otherwise(
        _state,
        {
            "The backbone is not frozen": (
                Trained(),
                "The backbone is trainable. A head that is still random sends large gradients "
                "through it, which damage what it has learned.",
            ),
            "The backbone's batch normalisations are not frozen": (
                Trained(convolutions=False),
                "The convolutions are frozen, but the batch normalisations go on learning and "
                "follow the statistics of the new images. In the first stage the whole backbone "
                "should be frozen.",
            ),
            "Only the backbone's batch normalisations are frozen": (
                Trained(normalisations=False),
                "The convolutions of the backbone are trainable. That is the second stage; in the "
                "first one the whole backbone is frozen.",
            ),
            "Everything is frozen, the head too": (
                Trained(NONE, head=()),
                "Nothing is left to train: the head keeps the random weights that it began with.",
            ),
            "The head is frozen and the backbone is trained: it should be the other way round": (
                Trained(head=()),
                "The head keeps the random weights that it began with, and the backbone is "
                "changed to suit them.",
            ),
            "The head is frozen too, and only the backbone's batch normalisations are trained": (
                Trained(convolutions=False, head=()),
                "The head keeps the random weights that it began with. All of the backbone should "
                "be frozen, and nothing of the head.",
            ),
            **{
                f"Only the {layer} is trained, the rest of the head is frozen": (
                    Trained(NONE, head=(layer,)),
                    "Both layers of the head begin with random weights, so both of them have to "
                    "be trained.",
                )
                for layer in ("output layer", "hidden layer")
            },
            "The last layers of the backbone are not frozen": (
                LAST_WITH + LAST_WITHOUT,
                "The end of the backbone is trainable. A head that is still random sends large "
                "gradients into it; in the first stage the whole backbone should be frozen.",
            ),
        },
        "How many parameters should training change in the first stage?",
        "Keras layers, and whole models, have an attribute `trainable`.",
        "Begin with `backbone.trainable = False`, and change no other layer. Check the spelling of "
        "`trainable`: Python sets an attribute of any name.",
    ),
    "The model has lost what the backbone has learned: its weights are new": (
        _state(Trained(NONE), keeps_what_was_learned=False),
        "The model has the layers of the backbone, but not its weights. A copy made by "
        "`keras.models.clone_model` or from a configuration begins with random ones.",
        "Which object do you call on the input: the backbone itself?",
        "What was learned is in the weights. Are they in your model?",
        "Call the backbone that you were given: `backbone(inputs, training=False)`.",
    ),
}

_MISTAKES: Rows = {
    "The head is missing: the model ends with the backbone": (
        transfer.last_of_the_backbone(ending_at),
        "The model ends with the backbone, so it returns feature maps and not the probabilities "
        "of the classes.",
        "What is the shape of the model's output?",
        "Which layers follow the backbone?",
        "Pool the features, then add two dense layers.",
    ),
    "The last layer of the backbone is left out": (
        transfer.last_of_the_backbone(without),
        "The head reads the layer before the backbone's last one. A backbone that comes without a "
        "top ends with its features; nothing has to be cut off.",
        "Which of the backbone's layers does your head read?",
        "Does the backbone that you are given have a top?",
        "Call all of it: `backbone(inputs, training=False)`.",
    ),
    **classifier_mistakes(
        "Every position of every channel becomes an input of the dense layer. For images of "
        "224×224 pixels that is 49 times as many weights, which have to be learned from few "
        "labels.",
        (
            "The feature maps are flattened instead of averaged",
            "The pooling takes the maximum instead of the mean",
            "The pooling is missing",
            "The output has no softmax",
            "The output is a sigmoid instead of a softmax",
        ),
    ),
    **hinted(
        {
            "The hidden layer is missing": (
                without("hidden layer", "ReLU of the head"),
                "The features go straight to the output layer, so the head is a linear "
                "classifier. The exercise asks for a layer of 128 units in between.",
            ),
            "The hidden layer has no ReLU": (
                without("ReLU of the head"),
                "Two dense layers with no ReLU in between amount to a single linear map.",
            ),
            "The hidden layer has 64 units instead of 128": (
                changed("hidden layer", units=64),
                "A head with 64 units, which has about 132 thousand parameters, is in "
                "circulation. The exercise asks for 128 units.",
            ),
        },
        "Count the dense layers of your head.",
        "There are two: one of 128 units with ReLU, one with a unit for each class.",
        'Put `layers.Dense(128, activation="relu")` between the pooling and the output.',
    ),
    "The softmax is applied twice": (
        inserted_after("softmax", "softmax", axis=-1),
        "The second softmax takes the probabilities for raw scores: with ten classes, none can "
        "then get more than 0.24.",
        "What should the outputs of the network be, and what do they add up to?",
        "How many softmaxes are there, including those given as an `activation`?",
        'End with `layers.Dense(classes, activation="softmax")`.',
    ),
    "The number of classes is ignored": ignored(
        "The network always has ten outputs, whatever `classes` says.",
        "Give `classes` to the last dense layer.",
        classes=10,
    ),
}

EXERCISE = NetworkExercise(
    "transfer_model",
    "05_mnist_transfer",
    ("backbone", "classes"),
    _transfer_model_cases,
    (*mistakes(_FREEZING, _FREEZING_MISTAKES, of="state"), *mistakes(_FREEZING, _MISTAKES)),
    "Covered: the head, what is frozen, that the backbone's own weights are in the model, "
    "backbones of two and of five convolutions, other numbers of classes. Grading draws "
    "other backbones.",
    in_inference=True,
    build=transfer_model,
    returns="model",
    state=_state(Trained(NONE), keeps_what_was_learned=True),
)
