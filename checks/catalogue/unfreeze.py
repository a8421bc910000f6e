"""Lesson 5: `unfreeze`."""

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.case import Case, TransferNetwork
from checks.catalogue.transfer_networks import (
    DEEP,
    LAST_LAYERS,
    LAST_LAYERS_BY_CONVOLUTIONS,
    add_backbone,
    add_head,
    draw_transfer_network,
    ending_with_the_backbone,
    normalisation_parameters,
    parameters_of,
    trained_in,
)
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
)

_TUNING = "lesson 5, “Stage two: tune gently”"


def unfreeze(g: GraphBuilder, model: TransferNetwork, learning_rate: float = 1e-5) -> str:
    """Write the reference: the network as it was."""
    X = add_backbone(g, model.backbone)
    hidden, classes = (
        node.params["units"] for node in model.head.nodes.values() if node.operation == "dense"
    )
    return add_head(g, X, classes, hidden)


def _tuned(model: TransferNetwork, learning_rate: float = 1e-5) -> dict[str, Any]:
    backbone = parameters_of(model.backbone, trained_only=True) - normalisation_parameters(
        model.backbone
    )
    return {
        "trainable_parameters": parameters_of(model.head) + backbone,
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
            "trainable_parameters": parameters_of(model.head)
            + trained_in(model.backbone, layers, normalisations)
        }
    )


def _unfreeze_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, learning_rate: float, convolutions: int = 2) -> Case:
        model = draw_transfer_network(generator, convolutions)
        return Case(covers, {"model": model, "learning_rate": learning_rate})

    def rate() -> float:
        return float(np.round(generator.uniform(2e-6, 9e-6), 7))

    cases = [
        case("first call", 1e-5),
        case("other learning rates", rate()),
        Case("the rate left out", {"model": draw_transfer_network(generator)}),
        case("a deeper backbone", 1e-5, DEEP),
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
        lambda model, right: (
            right["trainable_parameters"] + normalisation_parameters(model.backbone)
        ),
    ),
    ("the backbone stays frozen", lambda model, right: parameters_of(model.head)),
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
        frozen = trained_in(model.head, slice(at, at + 1))
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
                + normalisation_parameters(model.backbone)
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
                "trainable_parameters": parameters_of(model.head),
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
            lambda model, right: {"trainable_parameters": parameters_of(model.head)},
        ),
    ),
    Mistake(
        "The head is frozen",
        "Only the backbone is trainable. In the second stage head and backbone learn together.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {
                "trainable_parameters": right["trainable_parameters"] - parameters_of(model.head)
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
        ending_with_the_backbone,
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
        for normalisations, ends in ((False, LAST_LAYERS_BY_CONVOLUTIONS), (True, LAST_LAYERS))
        for layers in ends
    ),
    Mistake(
        "Only the batch normalisations are trained: it should be the other way round",
        "Everything is to be trained, head and backbone, except the batch normalisations.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {"trainable_parameters": normalisation_parameters(model.backbone)}
        ),
    ),
    Mistake(
        "The head is frozen, and the batch normalisations are not",
        "Everything is to be trained, head and backbone, except the batch normalisations.",
        _UNFREEZE_HINTS,
        _TUNING,
        state=_tuned_but(
            lambda model, right: {
                "trainable_parameters": parameters_of(model.backbone, trained_only=True)
            }
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
                "trainable_parameters": parameters_of(model.head)
                + normalisation_parameters(model.backbone)
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


EXERCISE = NetworkExercise(
    "unfreeze",
    "05_mnist_transfer",
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
)
