"""Lesson 5: `unfreeze`."""

from typing import Any

import numpy as np

from checks.case import Case, TransferNetwork
from checks.catalogue import transfer_networks as transfer
from checks.catalogue.transfer_networks import LAST_WITH, LAST_WITHOUT, NONE, Trained, otherwise
from checks.exercise import NetworkExercise
from checks.graph import GraphBuilder
from checks.mistakes import Rows, State, ending_at, hinted, mistakes

_TUNING = "lesson 5, “Stage two: tune gently”"

_ASKED_FOR = Trained(normalisations=False)


def unfreeze(g: GraphBuilder, model: TransferNetwork, learning_rate: float = 1e-5) -> str:
    """Write the reference: the network as it was."""
    X = transfer.add_backbone(g, model.backbone)
    hidden, classes = (
        node.params["units"] for node in model.head.nodes.values() if node.operation == "dense"
    )
    return transfer.add_head(g, X, classes, hidden)


def _state(trained: Trained = _ASKED_FOR, default: float = 1e-5, **others: Any) -> State:
    """Return the state of a model after the function.

    Args:
        trained: Which weights are trained.
        default: The rate where the call gives none.
        others: What else is not as it should be.
    """

    def state(model: TransferNetwork, learning_rate: float = default) -> dict[str, Any]:
        right = {
            "trainable_parameters": trained.parameters(model.backbone, model.head),
            "optimiser": "Adam",
            "learning_rate": learning_rate,
            "new_optimiser": True,
            "loss": "sparse_categorical_crossentropy",
            "returns_the_same_model": True,
        }
        return right | others

    return state


def _unfreeze_cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def case(covers: str, learning_rate: float, convolutions: int = 2) -> Case:
        model = transfer.draw_transfer_network(generator, convolutions)
        return Case(covers, {"model": model, "learning_rate": learning_rate})

    def rate() -> float:
        return float(np.round(generator.uniform(2e-6, 9e-6), 7))

    cases = [
        case("first call", 1e-5),
        case("other learning rates", rate()),
        Case("the rate left out", {"model": transfer.draw_transfer_network(generator)}),
        case("a deeper backbone", 1e-5, transfer.DEEP),
    ]
    return [*cases, case("other learning rates", 100 * rate())] if grading else cases


_TRAINED_HINTS = (
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
_ALL = (
    "In the second stage the head and the whole backbone are trained, except the batch "
    "normalisations."
)

_WRONGLY_TRAINED: dict[str, tuple[Trained | list[Trained], str]] = {
    "The batch normalisations are unfrozen too": (
        Trained(),
        "Under `fit` they then normalise with the statistics of each small batch and overwrite "
        "those that they came with. `training=False` in the call does not prevent that: `fit` "
        "passes its own `training=True` on to every layer. If your code does freeze them, look at "
        "the order: setting `trainable` of a whole model sets that of every layer inside again.",
    ),
    "The backbone stays frozen": (
        Trained(NONE),
        "Only the head is trainable, as in the first stage. If you set `model.trainable = True`: "
        "it was true already, and on TensorFlow setting it again does not reach the layers inside.",
    ),
    "The head is frozen": (
        Trained(normalisations=False, head=()),
        f"Only the backbone is trained, and the head cannot follow it. {_ALL}",
    ),
    "The hidden layer of the head is frozen": (
        Trained(normalisations=False, head=("output layer",)),
        f"Of the head, only the output layer is trained. {_ALL}",
    ),
    "The output layer of the head is frozen": (
        Trained(normalisations=False, head=("hidden layer",)),
        f"Of the head, only the hidden layer is trained. {_ALL}",
    ),
    "Only the last layers of the backbone are unfrozen": (
        LAST_WITHOUT,
        f"The first layers of the backbone stay frozen. {_ALL}",
    ),
    "Only the last layers of the backbone are unfrozen, with their batch normalisations": (
        LAST_WITH,
        "The first layers of the backbone stay frozen, and the last batch normalisations do not. "
        f"{_ALL}",
    ),
    "Only the batch normalisations are trained: it should be the other way round": (
        Trained(convolutions=False, head=()),
        f"The convolutions and the head are frozen, and the batch normalisations are not. {_ALL}",
    ),
    "The head is frozen, and the batch normalisations are not": (
        Trained(head=()),
        f"The whole backbone is trained, and nothing of the head. {_ALL}",
    ),
    "Only the backbone's batch normalisations are unfrozen": (
        Trained(convolutions=False),
        "The convolutions of the backbone are frozen, and its batch normalisations are not. "
        f"{_ALL}",
    ),
    "Everything is frozen": (
        Trained(NONE, head=()),
        f"Nothing is left to train, neither in the head nor in the backbone. {_ALL}",
    ),
}

_TRAINED_MISTAKES: Rows = {
    "Only the last layers of the backbone are unfrozen, and they have no weights to train": (
        _state(Trained(NONE), unfrozen_without_weights=1),
        "The layers that are unfrozen are a batch normalisation, which has to stay frozen, and a "
        f"ReLU, so nothing of the backbone is trained. {_ALL}",
        *_TRAINED_HINTS,
    ),
    **otherwise(_state, _WRONGLY_TRAINED, *_TRAINED_HINTS),
}

_PREPARED_MISTAKES: Rows = {
    "The model is not compiled again": (
        _state(learning_rate=1e-3, new_optimiser=False),
        "The model still has the optimiser of the first stage, with its high rate and for the "
        "weights of the head only: `fit` silently goes on with those, or stops with an error.",
        *_COMPILE_HINTS,
    ),
    "The old optimiser is kept, with a new learning rate": (
        _state(new_optimiser=False),
        "Its rate is right, but it knows the weights of the head only: `fit` silently goes on with "
        "those, or stops with an error. It also keeps the momentum of the first stage.",
        *_COMPILE_HINTS,
    ),
    **hinted(
        {
            "The learning rate is Adam's default": (
                _state(learning_rate=1e-3),
                "A rate of 0.001 is a hundred times the default of the second stage. It "
                "overwrites in a few steps what the backbone took days to learn.",
            ),
            "The learning rate is always 0.00001": (
                _state(learning_rate=1e-5),
                "The optimiser always has the rate 0.00001, whatever `learning_rate` says.",
            ),
        },
        "Which rate does your optimiser have?",
        "An optimiser that is given by its name, or made without a rate, has its default rate.",
        "Write `keras.optimizers.Adam(learning_rate)`.",
    ),
    "The loss is the one for one-hot labels": (
        _state(loss="categorical_crossentropy"),
        "The labels are integers. This loss expects a row for each image, with a one at the label "
        "and zeros everywhere else.",
        "What form do the labels have?",
        "Keras has a loss for each form; the one for integers is called “sparse”.",
        'Use `loss="sparse_categorical_crossentropy"`.',
    ),
    "The loss takes the probabilities for logits": (
        _state(loss="sparse_categorical_crossentropy of logits"),
        "The model ends in a softmax. With `from_logits=True` the loss applies a second one, and "
        "so it works with other probabilities than the model's.",
        "What does the model return: logits or probabilities?",
        "Which argument of the loss says so?",
        'Use `loss="sparse_categorical_crossentropy"`, or leave out `from_logits=True`.',
    ),
    "Another model is prepared, not the one that was given": (
        _state(returns_the_same_model=False),
        "The function returns a copy, or a new model of the same layers. Whoever called it may go "
        "on using the model that they passed, and that one is not compiled again.",
        "Which model do you compile and return?",
        "A function can change what it is given: no copy is needed.",
        "Call `model.compile(…)` on the model itself and end with `return model`.",
    ),
    **{
        f"The default of learning_rate is {rate:g}, not 1e-05": (
            _state(default=rate),
            "A call that leaves out the rate should use 1e-05, as in the lesson. Yours uses "
            f"{rate:g}, which changes the backbone too much at each step.",
            "Compare the first line of your function with that of the lesson.",
            "What is the rate when a call leaves it out?",
            "Write `learning_rate=1e-5` in the first line.",
        )
        for rate in (1e-2, 1e-3, 1e-4)
    },
}

_BACKBONE_RETURNED: Rows = {
    "The backbone is returned, not the whole model": (
        transfer.last_of_the_backbone(ending_at),
        "The function compiles and returns the layer that holds the backbone. The head is not part "
        "of it.",
        "Which name follows `return`, and what is it on that line?",
        "The backbone is one of the layers of the model.",
        "Compile and return `model`.",
    )
}

_WRONGLY_PREPARED: dict[str, dict[str, Any]] = {
    "The model is not compiled again": {"learning_rate": 1e-3, "new_optimiser": False},
    "The learning rate is Adam's default": {"learning_rate": 1e-3},
    "The learning rate is always 0.00001": {"learning_rate": 1e-5},
    "The loss is the one for one-hot labels": {"loss": "categorical_crossentropy"},
}


def _two_things(which: str, how: str) -> Rows:
    """Return the mistake of a model of which the wrong weights are trained, and in a wrong way."""
    trained, first = _WRONGLY_TRAINED[which]
    assert isinstance(trained, Trained)
    _, second, *hints = _PREPARED_MISTAKES[how]
    title = f"Two things: {which[0].lower()}{which[1:]} · {how[0].lower()}{how[1:]}"
    return {
        title: (
            _state(trained, **_WRONGLY_PREPARED[how]),
            f"First: {first} Second: {second}",
            *(f"{a} Also: {b}" for a, b in zip(_TRAINED_HINTS, hints, strict=True)),
        )
    }


_TWO_THINGS: Rows = {
    title: row
    for which in ("The batch normalisations are unfrozen too", "The backbone stays frozen")
    for how in _WRONGLY_PREPARED
    for title, row in _two_things(which, how).items()
}

EXERCISE = NetworkExercise(
    "unfreeze",
    "05_mnist_transfer",
    ("model", "learning_rate"),
    _unfreeze_cases,
    (
        *mistakes(_TUNING, _BACKBONE_RETURNED),
        *mistakes(
            _TUNING,
            {**_TRAINED_MISTAKES, **_PREPARED_MISTAKES, **_TWO_THINGS},
            of="state",
        ),
    ),
    "Covered: what is trainable, the rate, a new optimiser and the loss, for backbones of two "
    "and of five convolutions. "
    "Grading draws others.",
    in_inference=True,
    build=unfreeze,
    returns="model",
    state=_state(),
    keywords=frozenset({"learning_rate"}),
)
