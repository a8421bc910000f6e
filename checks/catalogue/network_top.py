"""The top of a network, which the exercises on whole networks share: pooling and softmax."""

from collections.abc import Sequence
from typing import Any

from checks.catalogue.derived import ignored, returned
from checks.graph import GraphBuilder
from checks.mistakes import Mistake, Rows, mistakes, replaced, without

SECTION = "lesson 4, “The top”"


def add_top(g: GraphBuilder, X: str, classes: int) -> str:
    """Write global average pooling, a dense layer and a softmax."""
    X = g.global_average_pool("global average pooling", X)
    return g.add("softmax", "softmax", g.dense("dense layer", X, classes), axis=-1)


#: The titles of mistakes in the top: flattened, maximum, not pooled, no softmax, a sigmoid.
_TITLES = (
    "The feature maps are flattened, not averaged",
    "The global pooling takes the maximum",
    "The global average pooling is missing",
    "The softmax is missing",
    "The classes have a sigmoid each",
)


def classifier_mistakes(flattening: str, titles: Sequence[str] = _TITLES) -> Rows:
    """Return the mistakes between feature maps and probabilities of classes.

    Args:
        flattening: What is wrong with flattening.
        titles: Those of the mistakes, in order.
    """
    flattened, largest, unpooled, scores, sigmoids = titles
    pooling = "global average pooling"
    pooled = (
        "How does the network get from feature maps to one number for each channel?",
        "That number is the mean over all positions, whatever height and width were.",
        "Use `layers.GlobalAveragePooling2D()`.",
    )
    shared = (
        "Add up the outputs for one image: what do you expect?",
        "Which activation makes the probabilities of the classes add up to 1?",
        'Give the last dense layer `activation="softmax"`.',
    )
    return {
        flattened: (replaced(pooling, "flatten"), flattening, *pooled),
        largest: (
            replaced(pooling, "reduce", kind="max", axes=(1, 2), keepdims=False),
            "The pooling keeps the largest value of each feature map. ResNets are trained with "
            "the mean, and their features are made for it.",
            *pooled,
        ),
        unpooled: (
            without(pooling),
            "The dense layer is applied to every position by itself, so the output holds "
            "probabilities for each position instead of for the image.",
            *pooled,
        ),
        scores: (
            without("softmax"),
            "The outputs can be negative and do not add up to 1, so they are not probabilities.",
            *shared,
        ),
        sigmoids: (
            replaced("softmax", "sigmoid"),
            "With a sigmoid for each class the outputs do not add up to 1, as if an image could "
            "show several classes at once. Here it belongs to exactly one.",
            *shared,
        ),
    }


def whole_network_mistakes(section: str, flattening: str, **usual: Any) -> tuple[Mistake, ...]:
    """Return the mistakes that both networks share.

    Args:
        section: Where the lesson explains the whole network.
        flattening: What is wrong with flattening.
        usual: The classes and the shape of the images that the lesson begins with.
    """
    classes, shape = usual["classes"], usual["input_shape"]
    words = "×".join(map(str, shape))
    return (
        *mistakes(
            section,
            {
                "The shape of the images is ignored": ignored(
                    f"The network always takes images of {words}, whatever `input_shape` says.",
                    "Begin with `inputs = keras.Input(input_shape)`.",
                    input_shape=shape,
                )
            },
        ),
        *mistakes(
            SECTION,
            {
                "The number of classes is ignored": ignored(
                    f"The last dense layer always has {classes} units, whatever `classes` says.",
                    "Give the dense layer `classes` units.",
                    classes=classes,
                ),
                **classifier_mistakes(flattening),
                "The classifier is missing": returned(
                    "global average pooling",
                    "The model ends with its features. A dense layer and a softmax should turn "
                    "them into a probability for each class.",
                    "the output of a dense layer of `classes` units and softmax",
                ),
            },
        ),
    )
