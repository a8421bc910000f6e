"""Lesson 1: `gradient_norms`."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from checks.case import Case, Network
from checks.catalogue.norm_slips import VARIATIONS, norms
from checks.evidence import Error
from checks.exercise import NumericExercise
from checks.graph import GraphBuilder
from checks.graph.interpreter import draw_weights
from checks.graph.operation import Array
from checks.messages.patterns import Patterns
from checks.messages.python_errors import Explanation, at_line, by_patterns, is_about_none

#: What `fit` would take in two steps.
MANY_IMAGES = "more images than the 32 of a batch of `fit`"


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    cases = [
        _case(generator, "first call", batch=3, blocks=0),
        _case(generator, "other networks", batch=4, blocks=1),
        _case(generator, "other networks", batch=1, blocks=0, use_bias=False),
        _case(generator, MANY_IMAGES, batch=34, blocks=0, use_bias=False),
    ]
    if grading:
        cases.append(_case(generator, "other networks", batch=6, blocks=1, use_bias=False))
    return cases


def _case(
    generator: np.random.Generator, covers: str, batch: int, blocks: int, use_bias: bool = True
) -> Case:
    """Draw a network of few weights, a batch of images and their labels."""
    height, width, classes = (int(number) for number in generator.permutation([4, 5, 6]))
    filters = int(generator.integers(2, 4))
    g = GraphBuilder()
    X = g.input((height, width, 1))
    X = g.add("stem_relu", "relu", g.conv("stem", X, filters, 3, strides=2, use_bias=use_bias))
    for block in range(1, blocks + 1):
        main = g.conv(f"block_{block}a", X, filters, 2, use_bias=use_bias)
        main = g.conv(f"block_{block}b", g.add(f"relu_{block}a", "relu", main), filters, 1)
        X = g.add(f"relu_{block}b", "relu", g.add(f"sum_{block}", "add", main, X))
    X = g.global_average_pool("pooling", g.conv("last", X, filters + 1, 2, use_bias=use_bias))
    graph = g.graph(g.add("probabilities", "softmax", g.dense("classes", X, classes), axis=-1))
    arguments = {
        "model": Network(graph, draw_weights(graph, int(generator.integers(2**31)))),
        "images": generator.standard_normal((batch, *graph.inputs[0].shape)).astype(np.float32),
        "labels": generator.integers(0, classes, batch),
    }
    return Case(covers, arguments)


def gradient_norms(model: Network, images: Array, labels: Array) -> dict[str, float]:
    """Return the L2 norm of the gradient for the kernel of every convolution."""
    return norms(model, images, labels)


_RECORD = (
    "Compute everything from the kernels to the loss inside `with tf.GradientTape() as tape:`, "
    "with TensorFlow: call `model(images)` there. The tape sees neither what was computed before "
    "it, nor `model.predict`, `.numpy()`, `argmax` and the functions of NumPy."
)


_OF_KERNELS = (
    "Take the gradient with respect to the kernels themselves: `[layer.kernel, …]`. "
    "`layer.get_weights()` returns copies, and `layer.output` is a symbol without values."
)


_UNRECORDED = (
    "The gradients are None: the tape has not recorded how the loss depends on the kernels"
)


#: What errors mean while gradients are taken, in the form of `checks.messages.patterns`.
_ERRORS: Patterns = (
    (
        r"'(?:[\w.]+\.)?(Conv2D|\w*Layer|Functional|Sequential)' object has no attribute '_id'",
        (
            "The gradient is taken with respect to layers, not to their kernels",
            "A tape gives gradients with respect to variables and tensors{where}.",
            _OF_KERNELS,
        ),
    ),
    (
        r"'KerasTensor' object has no attribute '_id'",
        (
            "The gradient is taken with respect to the symbolic outputs of layers",
            "These stand for what the layers will compute, and have no values{where}.",
            _OF_KERNELS,
        ),
    ),
    (
        r"'numpy\.float\d+' object has no attribute '_id'|argument `type_value`: [-\d.e]+ ",
        (
            "The loss is a plain number: the tape has not recorded how it was computed",
            "A tape gives gradients of tensors only{where}.",
            _RECORD,
        ),
    ),
    (
        r"'(?:numpy\.)?ndarray' object has no attribute '_id'",
        (
            "The gradient is taken of an array, or with respect to arrays",
            "A tape knows variables and tensors of TensorFlow, not the arrays of NumPy{where}.",
            f"{_OF_KERNELS} Compute the loss with TensorFlow as well.",
        ),
    ),
    (
        r"Improper number of dimensions to norm",
        (
            "`np.linalg.norm` is told to take the norm of a matrix, and a kernel has four axes",
            "With `ord`, NumPy takes norms of vectors and matrices only{where}.",
            "Leave out `ord`: without it, the norm is the L2 norm of all numbers.",
        ),
    ),
)


def _on_error(arguments: Mapping[str, Any], error: Error) -> Explanation | None:
    """Explain errors of gradients that were taken with a tape."""
    held = error.variables.values()
    without = any(kind == "None" or kind.endswith("with None") for kind in held)
    asked = "gradient(" in error.line
    if is_about_none(error) and "GradientTape" in held and (without or asked):
        why = f"A gradient that the tape cannot compute is None{at_line(error)}."
        return Explanation(_UNRECORDED, why, _RECORD)
    return by_patterns(_ERRORS, error)


EXERCISE = NumericExercise(
    "gradient_norms",
    "01_deep_network_problem",
    ("model", "images", "labels"),
    _cases,
    VARIATIONS.mistakes,
    "Covered: the norms of plain and residual networks, held against central differences; "
    "strides, biases, several sizes of batch; that the model is as before. Grading draws "
    "other networks and images.",
    truth=gradient_norms,
    tolerance=1e-3,
    describe="a dictionary from the name of every Conv2D layer to a float",
    ordered_by="the layers of the model",
    variations=VARIATIONS,
    on_error=_on_error,
    only_wrong={
        MANY_IMAGES: (
            "The images are taken in several batches, not in one: `fit` takes 32 at a time",
            "The gradient should be that of one batch of all images. `train_on_batch(images, "
            "labels)` takes them as one batch; `fit` takes a step for every 32 of them.",
        )
    },
)
