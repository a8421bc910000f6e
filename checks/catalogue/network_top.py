"""The top of a network, which the exercises on whole networks share: pooling and softmax."""

from checks.graph import GraphBuilder
from checks.mistakes import (
    Mistake,
    ending_at,
    replaced,
    without,
)

SECTION = "lesson 4, “The top”"


def add_top(g: GraphBuilder, X: str, classes: int) -> str:
    """Write global average pooling, a dense layer and a softmax."""
    X = g.global_average_pool("global average pooling", X)
    return g.add("softmax", "softmax", g.dense("dense layer", X, classes), axis=-1)


def top_mistakes(flattening: str) -> tuple[Mistake, ...]:
    """Return the mistakes in the top, which both networks have."""
    return (
        Mistake(
            "The feature maps are flattened, not averaged",
            flattening,
            (
                "How does the network get from feature maps to one number for each channel?",
                "Height and width should be gone after one layer, whatever they were.",
                "Use `layers.GlobalAveragePooling2D()` in place of `layers.Flatten()`.",
            ),
            SECTION,
            replaced("global average pooling", "flatten"),
        ),
        Mistake(
            "The global pooling takes the maximum",
            "The network averages each feature map over all positions, and this one takes its "
            "largest value.",
            (
                "Which of the two global pooling layers does the network have?",
                "Max pooling comes at the other end of the network.",
                "Use `layers.GlobalAveragePooling2D()`.",
            ),
            SECTION,
            replaced("global average pooling", "reduce", kind="max", axes=(1, 2), keepdims=False),
        ),
        Mistake(
            "The global average pooling is missing",
            "The dense layer reads feature maps and gives a vector of classes for every position.",
            (
                "What is the shape of your model's output?",
                "What comes between the last stage and the dense layer?",
                "Put `layers.GlobalAveragePooling2D()` before the dense layer.",
            ),
            SECTION,
            without("global average pooling"),
        ),
        Mistake(
            "The softmax is missing",
            "The model gives scores that may be negative and do not add up to one. The exercise "
            "asks for probabilities.",
            (
                "Add up the outputs for one image: what do you expect?",
                "What is the activation of the last layer?",
                'Give the dense layer `activation="softmax"`.',
            ),
            SECTION,
            without("softmax"),
        ),
        Mistake(
            "The classes have a sigmoid each",
            "A sigmoid for each class gives probabilities that do not add up to one. Here an image "
            "belongs to exactly one class.",
            (
                "Add up the outputs for one image: what do you expect?",
                "Which activation lets the classes share a probability of one?",
                'Give the dense layer `activation="softmax"`.',
            ),
            SECTION,
            replaced("softmax", "sigmoid"),
        ),
        Mistake(
            "The classifier is missing",
            "The model ends with its features.",
            (
                "What is the shape of your model's output?",
                "How many numbers should come out for each image?",
                "End with a dense layer of `classes` units and softmax.",
            ),
            SECTION,
            ending_at("global average pooling"),
        ),
    )
