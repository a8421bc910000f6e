"""Lesson 1: `gradient_norms`."""

from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from itertools import accumulate, combinations
from typing import Any

import numpy as np

from checks.case import Case, Network
from checks.exercise import NumericExercise
from checks.graph import Graph, GraphBuilder, Node, pruned
from checks.graph.interpreter import Weights, draw_weights, evaluate
from checks.graph.operations import Array
from checks.messages.error_patterns import Patterns
from checks.messages.python_errors import Explanation, at_line, by_patterns, is_about_none
from checks.mistakes import Mistake
from checks.variations import Slip, Variations

_SECTION = "lesson 1, “Measuring the signal”"


#: What `fit` would take in two steps.
MANY_IMAGES = "more images than the 32 of a batch of `fit`"


#: From probabilities of shape (batch, classes) and integer labels to the loss of each image.
Loss = Callable[[Array, Array], Array]


#: From the gradients of the single images, of shape (weights, images), to that of the batch.
Reduction = Callable[[Array], Array]


#: What a learner hands in.
Measurement = Callable[[Network, Array, Array], dict[str, float]]


def _l2_norm(gradient: Array) -> float:
    return float(np.linalg.norm(gradient))


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


def cross_entropy(probabilities: Array, labels: Array) -> Array:
    """Return minus the logarithm of the true class's probability, for each image."""
    return np.asarray(-np.log(probabilities[np.arange(len(labels)), labels]))


def _softmax_twice(probabilities: Array, labels: Array) -> Array:
    powers = np.exp(probabilities)
    return cross_entropy(powers / powers.sum(-1, keepdims=True), labels)


def _squared_error(probabilities: Array, labels: Array) -> Array:
    truth = np.eye(probabilities.shape[1])[labels]
    return np.asarray(((probabilities - truth) ** 2).mean(axis=1))


def _summed_squared_error(probabilities: Array, labels: Array) -> Array:
    return _squared_error(probabilities, labels) * probabilities.shape[1]


def _absolute_error(probabilities: Array, labels: Array) -> Array:
    truth = np.eye(probabilities.shape[1])[labels]
    return np.asarray(np.abs(probabilities - truth).mean(axis=1))


def _binary_cross_entropy(probabilities: Array, labels: Array) -> Array:
    truth = np.eye(probabilities.shape[1])[labels]
    surprise = truth * np.log(probabilities) + (1 - truth) * np.log(1 - probabilities)
    return np.asarray(-surprise.mean(axis=1))


def _binary_cross_entropy_of_logits(logits: Array, labels: Array) -> Array:
    return _binary_cross_entropy(1 / (1 + np.exp(-logits)), labels)


def _mean(gradients: Array) -> Array:
    return np.asarray(gradients.mean(axis=1))


def gradients(
    model: Network,
    images: Array,
    labels: Array,
    operations: Collection[str] = ("conv2d",),
    kinds: Collection[str] = ("kernel",),
    loss: Loss = cross_entropy,
    reduce: Reduction = _mean,
) -> dict[str, Array]:
    """Return the gradient of the loss for each layer, by central differences.

    Args:
        model: A network that ends in a softmax, with its weights.
        images: Batch of shape `(batch, height, width, channels)`.
        labels: Class of each image, integers of shape `(batch,)`.
        operations: Operations of the layers that count.
        kinds: Names of the weights that count.
        loss: The loss of each image.
        reduce: What the gradient of the batch is of those of its images: their mean.

    Returns:
        The gradient by the layer's name: one row of numbers, for all weights that count.
    """
    return {
        layer: np.concatenate(
            [
                reduce(_of_each_image(model, images, labels, loss, layer, kind))
                for kind in each
                if kind in kinds
            ]
        )
        for layer, each in (model.weights or {}).items()
        if model.graph.nodes[layer].operation in operations
    }


#: Gradients computed last, with the arguments that they belong to: mistakes share them.
_COMPUTED: deque[tuple[tuple[Any, ...], Array]] = deque(maxlen=64)


def _of_each_image(*arguments: Any) -> Array:
    """Return the gradients of all images with respect to one variable: (weights, images)."""
    for others, known in list(_COMPUTED):
        if all(one is other for one, other in zip(arguments, others, strict=True)):
            return known
    result = _differences(*arguments)
    _COMPUTED.append((arguments, result))
    return result


def _differences(
    model: Network,
    images: Array,
    labels: Array,
    loss: Loss,
    layer: str,
    kind: str,
    step: float = 1e-6,
) -> Array:
    """Return the central differences of each image's loss for every number of a variable."""
    weights = _as_keras_holds_them(model)
    variable = weights[layer][kind]

    def losses() -> Array:
        return loss(evaluate(model.graph, weights, [images]), labels)

    result = np.empty((variable.size, len(images)))
    for position, index in enumerate(np.ndindex(variable.shape)):
        value = variable[index]
        variable[index] = value + step
        above = losses()
        variable[index] = value - step
        result[position] = (above - losses()) / (2 * step)
        variable[index] = value
    return result


def _as_keras_holds_them(model: Network) -> dict[str, dict[str, Array]]:
    """Copy the weights, rounded to float32."""
    weights: Weights = model.weights or {}
    return {
        layer: {kind: weight.astype(np.float32).astype(np.float64) for kind, weight in each.items()}
        for layer, each in weights.items()
    }


def gradient_norms(model: Network, images: Array, labels: Array) -> dict[str, float]:
    """Return the L2 norm of the gradient for the kernel of every convolution."""
    return _measured()(model, images, labels)


def _measured(
    measure: Callable[[Array], float] = _l2_norm,
    operations: Collection[str] = ("conv2d",),
    kinds: Collection[str] = ("kernel",),
    loss: Loss = cross_entropy,
    reduce: Reduction = _mean,
) -> Measurement:
    """Return a function that measures the gradient of every layer in its own way."""

    def function(model: Network, images: Array, labels: Array) -> dict[str, float]:
        found = gradients(model, images, labels, operations, kinds, loss, reduce)
        return {layer: float(measure(gradient)) for layer, gradient in found.items()}

    return function


def _kernel_norms(model: Network, images: Array, labels: Array) -> dict[str, float]:
    return {
        layer: _l2_norm(each["kernel"])
        for layer, each in (model.weights or {}).items()
        if model.graph.nodes[layer].operation == "conv2d"
    }


def _step_of_adam(gradient: Array) -> float:
    """Return the norm of Adam's first step (Kingma and Ba 2015, algorithm 1, as Keras has it)."""
    rate, epsilon, forgetting = 1e-3, 1e-7, 0.999
    return _l2_norm(rate * gradient / (np.abs(gradient) + epsilon / np.sqrt(1 - forgetting)))


def _spectral_norms(model: Network, images: Array, labels: Array) -> dict[str, float]:
    """Return the largest singular value of each gradient, as a matrix with a column a filter."""
    found = _in_shape(model, images, labels)
    return _measured_by(
        **found, measure=lambda gradient, _: float(np.linalg.norm(_matrix(gradient), 2))
    )


def _measured_by(
    gradients: dict[str, Array],
    weights: Weights,
    measure: Callable[[Array, Array], Any] = lambda gradient, kernel: _l2_norm(gradient),
    across: Callable[[dict[str, float]], dict[str, float]] = lambda norms: norms,
) -> dict[str, Any]:
    """Measure each gradient, in the shape of its kernel, in some way, then change all of them."""
    return across(
        {
            layer: measure(gradient, weights[layer]["kernel"])
            for layer, gradient in gradients.items()
        }
    )


def _of_kernel_and_bias(
    join: Callable[[list[float]], float],
) -> Callable[[Network, Array, Array], dict[str, float]]:
    """Return a function that joins the norms of the kernel's and of the bias's gradient."""

    def function(model: Network, images: Array, labels: Array) -> dict[str, float]:
        return {
            layer: join(
                [
                    _l2_norm(
                        _mean(_of_each_image(model, images, labels, cross_entropy, layer, kind))
                    )
                    for kind in each
                ]
            )
            for layer, each in (model.weights or {}).items()
            if model.graph.nodes[layer].operation == "conv2d"
        }

    return function


def _after_a_step(model: Network, images: Array, labels: Array) -> dict[str, float]:
    """Measure the gradients at the point where all weights are gradients already."""
    recorded = {
        layer: {
            kind: _mean(_of_each_image(model, images, labels, cross_entropy, layer, kind)).reshape(
                weight.shape
            )
            for kind, weight in each.items()
        }
        for layer, each in (model.weights or {}).items()
    }
    return gradient_norms(Network(model.graph, recorded), images, labels)


def _of_the_outputs(model: Network, images: Array, labels: Array) -> dict[str, float]:
    """Return the norms of the gradients with respect to what the convolutions put out."""
    return {
        node.name: _l2_norm(_output_differences(model, images, labels, node) / len(images))
        for node in model.graph.nodes.values()
        if node.operation == "conv2d"
    }


def _output_differences(
    model: Network, images: Array, labels: Array, layer: Node, step: float = 1e-6
) -> Array:
    """Return the central differences of each image's loss for every number of a layer's output."""
    weights, graph = _as_keras_holds_them(model), _with_a_shift(model.graph, layer)
    shift = np.zeros((len(images), *layer.shape))

    def losses(index: Any, by: float) -> Array:
        shift[:, *index] = by
        result = cross_entropy(evaluate(graph, weights, [images, shift]), labels)
        shift[:, *index] = 0
        return result

    return np.asarray(
        [
            (losses(index, step) - losses(index, -step)) / (2 * step)
            for index in np.ndindex(layer.shape)
        ]
    )


def _with_a_shift(graph: Graph, layer: Node) -> Graph:
    """Add a second input to what a layer puts out."""
    nodes: list[Node] = []
    for node in graph.nodes.values():
        inputs = tuple("shifted" if name == layer.name else name for name in node.inputs)
        nodes.append(replace(node, inputs=inputs))
        if node.name == layer.name:
            nodes.append(Node("shift", "input", (), {}, layer.shape, "shift"))
            nodes.append(Node("shifted", "add", (layer.name, "shift"), {}, (), "shifted"))
    return graph.rebuilt(nodes)


def _with_logits(loss: Loss) -> Measurement:
    """Return a function whose loss takes what the softmax reads.

    Keras keeps that beside the probabilities, and its binary cross-entropy prefers it.
    """

    def function(model: Network, images: Array, labels: Array) -> dict[str, float]:
        nodes = model.graph.nodes
        logits = pruned(nodes, nodes[model.graph.output].inputs[0])
        return _measured(loss=loss)(Network(logits, model.weights), images, labels)

    return function


def _own_answers(model: Network, images: Array, labels: Array) -> dict[str, float]:
    answers = evaluate(model.graph, _as_keras_holds_them(model), [images]).argmax(1)
    return gradient_norms(model, images, answers)


def _matrix(gradient: Array) -> Array:
    return gradient.reshape(-1, gradient.shape[-1])


def _in_shape(model: Network, images: Array, labels: Array) -> dict[str, Any]:
    """Return the gradients in the shapes of the kernels, and the weights."""
    found = {
        layer: gradient.reshape(model.graph.weight_shapes(layer)["kernel"])
        for layer, gradient in gradients(model, images, labels).items()
    }
    return {"gradients": found, "weights": model.weights or {}}


def _norm_of_each_image(model: Network, images: Array, labels: Array) -> dict[str, float]:
    return {
        layer: float(np.linalg.norm(gradient.reshape(-1, len(images)), axis=0).mean())
        for layer, gradient in gradients(model, images, labels, reduce=np.ravel).items()
    }


def _wrong_norm(title: str, explanation: str, measure: Callable[[Array], float]) -> Mistake:
    hints = (
        "Which norm does the docstring ask for?",
        "The L2 norm is the square root of the sum of the squares.",
        "Flatten the gradient, or let `np.linalg.norm` do it, and return a float.",
    )
    return Mistake(title, explanation, hints, _SECTION, function=_measured(measure))


#: What may be made of several norms, in words.
_JOINTS: dict[str, Callable[[Array], float]] = {
    "mean": np.mean,
    "sum": np.sum,
    "largest": np.max,
    "smallest": np.min,
    "median": np.median,
}


#: The axes along which a norm may be taken that are not all of the kernel's.
_AXES = [axes for count in (1, 2, 3) for axes in combinations(range(4), count)]


def _norms_along(axes: tuple[int, ...]) -> Callable[[Array], Array]:
    return lambda gradient: np.sqrt(np.sum(gradient**2, axis=axes))


def _joined_norms(
    axes: tuple[int, ...], join: Callable[[Array], float]
) -> Callable[[Array, Array], float]:
    return lambda gradient, kernel: float(join(_norms_along(axes)(gradient)))


def _rounded(digits: int) -> Callable[[dict[str, float]], dict[str, float]]:
    return lambda norms: {layer: round(norm, digits) for layer, norm in norms.items()}


def _named(axes: tuple[int, ...]) -> str:
    *first, last = map(str, axes)
    return f"axes {', '.join(first)} and {last}" if first else f"axis {last}"


def _measures() -> dict[str, Callable[[Array, Array], float]]:
    """Return what else may be measured of a gradient, by words for it."""

    def of_columns(gradient: Array) -> Array:
        return np.asarray(np.linalg.norm(_matrix(gradient), axis=0))

    def of_slices(gradient: Array) -> Array:
        return np.asarray(np.linalg.norm(gradient, axis=(0, 1)))

    return {
        "the largest sum of a column": lambda g, w: float(np.linalg.norm(_matrix(g), 1)),
        "the largest sum of a row": lambda g, w: float(np.linalg.norm(_matrix(g), np.inf)),
        "the sum of the singular values": lambda g, w: float(np.linalg.norm(_matrix(g), "nuc")),
        "the smallest singular value": lambda g, w: float(np.linalg.norm(_matrix(g), -2)),
        "the mean of the norms of the filters": lambda g, w: float(of_columns(g).mean()),
        "the sum of the norms of the filters": lambda g, w: float(of_columns(g).sum()),
        "the largest norm of a filter": lambda g, w: float(of_columns(g).max()),
        "the mean of the norms by pairs of channels": lambda g, w: float(of_slices(g).mean()),
        "the sum of the norms by pairs of channels": lambda g, w: float(of_slices(g).sum()),
        "the sum of the gradient": lambda g, w: float(g.sum()),
        "the mean of the gradient": lambda g, w: float(g.mean()),
        "the absolute value of the mean": lambda g, w: float(abs(g.mean())),
        "the absolute value of the sum": lambda g, w: float(abs(g.sum())),
        "the standard deviation": lambda g, w: float(g.std()),
        "the variance": lambda g, w: float(g.var()),
        "the mean of the squares": lambda g, w: float((g**2).mean()),
        "half of the sum of the squares": lambda g, w: float((g**2).sum() / 2),
        "the largest number, with its sign": lambda g, w: float(g.max()),
        "the logarithm of the norm": lambda g, w: float(np.log(_l2_norm(g))),
        "the logarithm of the norm, to the base 10": lambda g, w: float(np.log10(_l2_norm(g))),
        "the norm divided by that of the kernel": lambda g, w: _l2_norm(g) / _l2_norm(w),
        "the norm divided by the number of weights": lambda g, w: _l2_norm(g) / g.size,
        "the difference that the gradient makes to the norm of the kernel": lambda g, w: abs(
            _l2_norm(w) - _l2_norm(w - g)
        ),
        "the difference that a step of 0.01 makes to the norm of the kernel": lambda g, w: abs(
            _l2_norm(w) - _l2_norm(w - 0.01 * g)
        ),
        "the norm of the kernel minus the gradient": lambda g, w: _l2_norm(w - g),
        "the norm of kernel and gradient together": lambda g, w: _l2_norm(w + g),
        "the norm after a step of 0.01": lambda g, w: _l2_norm(w - 0.01 * g),
        "the norm after a step of Adam": lambda g, w: _l2_norm(w - 0.001 * np.sign(g)),
        **{
            f"the {words} of the norms along {_named(axes)}": _joined_norms(axes, join)
            for axes in _AXES
            for words, join in _JOINTS.items()
        },
    }


#: What may be done to all norms at the end.
_ACROSS: dict[str, Callable[[dict[str, float]], dict[str, float]]] = {
    "divided by their sum": lambda norms: {k: v / sum(norms.values()) for k, v in norms.items()},
    "divided by the largest of them": lambda norms: {
        k: v / max(norms.values()) for k, v in norms.items()
    },
    "divided by their mean": lambda norms: {
        k: v * len(norms) / sum(norms.values()) for k, v in norms.items()
    },
    "divided by that of the first layer": lambda norms: {
        k: v / next(iter(norms.values())) for k, v in norms.items()
    },
    "divided by that of the last layer": lambda norms: {
        k: v / list(norms.values())[-1] for k, v in norms.items()
    },
    "added up from layer to layer": lambda norms: dict(
        zip(norms, accumulate(norms.values()), strict=True)
    ),
    **{f"rounded to {digits} decimal places": _rounded(digits) for digits in (1, 2, 3, 4)},
}


#: What an array of norms holds for each layer, by the axes along which they are taken.
_ARRAYS = {(0, 1): "a norm for each pair of channels", (0, 1, 2): "a norm for each filter"} | {
    axes: f"the norms along {_named(axes)}" for axes in _AXES if axes not in ((0, 1), (0, 1, 2))
}


_VARIATIONS = Variations(
    _measured_by,
    (
        *(
            Slip(
                f"What is measured is {words}, not the L2 norm of the gradient",
                {"measure": measure},
                "The L2 norm is the square root of the sum of the squares of all numbers of the "
                "gradient: `float(np.linalg.norm(gradient.ravel()))`.",
            )
            for words, measure in _measures().items()
        ),
        *(
            Slip(
                f"There is an array for each layer, not a single number: {words}",
                {"measure": lambda g, w, axes=axes: _norms_along(axes)(g)},
                "A norm without an axis is taken over all numbers: "
                "`float(np.linalg.norm(gradient.ravel()))`.",
                alone=True,
            )
            for axes, words in _ARRAYS.items()
        ),
        *(
            Slip(
                f"The norms are {words}",
                {"across": change},
                "Return each norm as it is.",
            )
            for words, change in _ACROSS.items()
        ),
    ),
    _SECTION,
    (
        "Which norm does the docstring ask for, and of what?",
        "Which line of yours does this? Print what it gives.",
    ),
    material=_in_shape,
)


_MISTAKES = (
    _wrong_norm(
        "The norm is squared",
        "The square root is missing. Squaring makes small norms look far smaller than they are.",
        lambda gradient: float(gradient @ gradient),
    ),
    _wrong_norm(
        "The norm is the sum of the absolute values",
        "That is the L1 norm. It grows with the number of weights far more than the L2 norm.",
        lambda gradient: np.abs(gradient).sum(),
    ),
    _wrong_norm(
        "The norm is a mean of absolute values",
        "The mean does not grow with the number of weights, and an L2 norm does.",
        lambda gradient: np.abs(gradient).mean(),
    ),
    _wrong_norm(
        "The norm is the root of the mean, not of the sum, of the squares",
        "The root of the mean square does not grow with the number of weights. An L2 norm does.",
        lambda gradient: np.sqrt((gradient**2).mean()),
    ),
    _wrong_norm(
        "The norm is the largest absolute value",
        "That is the maximum norm: it depends on a single weight.",
        lambda gradient: np.abs(gradient).max(),
    ),
    Mistake(
        "The norm is the largest singular value",
        "`np.linalg.norm` with `ord=2` takes a matrix as a map of vectors: the result is its "
        "spectral norm, which depends on one direction only.",
        (
            "What shape does the gradient have when you take the norm?",
            "The L2 norm of all numbers does not depend on how they are arranged.",
            "Leave out `ord`, or flatten the gradient: `np.linalg.norm(gradient.ravel())`.",
        ),
        _SECTION,
        function=_spectral_norms,
    ),
    Mistake(
        "The norms of the gradients of single images are averaged",
        "The gradients of two images point in different directions and partly cancel: the norm of "
        "their mean is smaller than the mean of their norms. The loss is that of the batch.",
        (
            "How many images go into one step of training?",
            "First the mean over the batch, then the norm.",
            "Compute the loss of the whole batch, and its gradient once.",
        ),
        _SECTION,
        function=_norm_of_each_image,
    ),
    Mistake(
        "The norms are those of the kernels, not of their gradients",
        "The kernels hold gradients only between the step of the recorder and the moment when the "
        "weights are put back. They are read at another time.",
        (
            "What do the kernels hold when you read them?",
            "First one step of training, then read the kernels, then put the weights back.",
            "Move `model.set_weights(weights)` after the line that computes the norms.",
        ),
        _SECTION,
        function=_kernel_norms,
    ),
    Mistake(
        "The norms are multiplied by the learning rate",
        "What was measured is the change that a step of `SGD` makes: the gradient times the "
        "learning rate, which is 0.01 by default.",
        (
            "By which factor is your result too small?",
            "`SGD` changes a weight by the gradient times the learning rate.",
            "Use `GradientRecorder()`, or divide by the learning rate.",
        ),
        _SECTION,
        function=_measured(lambda gradient: 0.01 * _l2_norm(gradient)),
    ),
    Mistake(
        "The biases are counted too",
        "The gradient with respect to the biases is part of the norm. Only the kernel counts.",
        (
            "Which variables does a convolution have?",
            "The kernel is the first of them.",
            "Use `layer.kernel`, not all of `layer.trainable_weights`.",
        ),
        _SECTION,
        function=_measured(kinds=("kernel", "bias")),
    ),
    Mistake(
        "Layers other than convolutions are counted",
        "The dense layer has a kernel too, and it is in the result. Only `Conv2D` layers count.",
        (
            "Which names are in your result that should not be there?",
            "Check the class of each layer.",
            "Keep the layers for which `isinstance(layer, layers.Conv2D)` is true.",
        ),
        _SECTION,
        function=_measured(operations=("conv2d", "dense")),
    ),
    Mistake(
        "The loss is summed over the batch",
        "The loss is the sum over the images, so the result grows with the batch. It should be the "
        "mean.",
        (
            "By which factor is your result too large?",
            "Compare that factor with the number of images.",
            "Take the mean of the losses, as Keras does by itself.",
        ),
        _SECTION,
        function=_measured(reduce=lambda gradients: gradients.sum(axis=1)),
    ),
    Mistake(
        "The softmax is applied twice",
        "The loss takes the model's output for logits and applies a softmax to it. The model "
        "already ends in a softmax.",
        (
            "What does the model return: logits or probabilities?",
            "Which argument of the loss says so?",
            "Use a loss that takes probabilities, without `from_logits=True`, and no function with "
            "a name that ends in `with_logits`.",
        ),
        _SECTION,
        function=_measured(loss=_softmax_twice),
    ),
    Mistake(
        "The loss is the squared error",
        "The gradients are those of the mean squared error between the probabilities and the "
        "labels as rows of zeros and a one. The exercise asks for the cross-entropy.",
        (
            "Which loss is compiled into your second model?",
            "The loss for integer labels and a softmax is a cross-entropy.",
            'Use `loss="sparse_categorical_crossentropy"`.',
        ),
        _SECTION,
        function=_measured(loss=_squared_error),
    ),
    *(
        Mistake(
            f"The loss is the {words}",
            "The gradients are those of another loss between the probabilities and the labels as "
            "rows of zeros and a one. The exercise asks for the cross-entropy.",
            (
                "Which loss is compiled into your second model?",
                "The loss for integer labels and a softmax is a cross-entropy.",
                'Use `loss="sparse_categorical_crossentropy"`.',
            ),
            _SECTION,
            function=function,
        )
        for words, function in (
            ("squared error, summed over the classes", _measured(loss=_summed_squared_error)),
            ("absolute error", _measured(loss=_absolute_error)),
            ("binary cross-entropy", _with_logits(_binary_cross_entropy_of_logits)),
            ("binary cross-entropy", _measured(loss=_binary_cross_entropy)),
        )
    ),
    Mistake(
        "The labels are the model's own predictions",
        "The loss compares the probabilities with the most probable class of each image, not with "
        "its label.",
        (
            "What do you pass to `train_on_batch` besides the images?",
            "The labels are the third argument of the function.",
            "Write `train_on_batch(images, labels)`.",
        ),
        _SECTION,
        function=_own_answers,
    ),
    Mistake(
        "Two steps are taken, not one",
        "After the first step the weights are gradients. The second step measures the gradients of "
        "a network that has these as its weights.",
        (
            "How often does your optimiser take a step?",
            "`fit` takes one for each batch of each epoch, `train_on_batch` takes one.",
            "Call `train_on_batch(images, labels)` once.",
        ),
        _SECTION,
        function=_after_a_step,
    ),
    Mistake(
        "The gradients are those of the outputs of the layers, not of their kernels",
        "How the loss changes with the output of a convolution is another question than how it "
        "changes with its kernel.",
        (
            "With respect to what is your gradient taken?",
            "What training changes is the kernel.",
            "Take the gradient with respect to `layer.kernel`.",
        ),
        _SECTION,
        function=_of_the_outputs,
    ),
    *(
        Mistake(
            f"The biases are counted too: the norms of kernel and bias are {words}",
            "The gradient with respect to the biases is part of the result. Only the kernel "
            "counts.",
            (
                "Which variables does a convolution have?",
                "The kernel is the first of them.",
                "Use `layer.kernel`, not all of `layer.trainable_weights`.",
            ),
            _SECTION,
            function=_of_kernel_and_bias(join),
        )
        for words, join in (("added", sum), ("averaged", lambda norms: sum(norms) / len(norms)))
    ),
    Mistake(
        "Only the first 32 images are used",
        "The gradient is that of 32 images. It should be that of the mean loss over the batch, "
        "however many there are.",
        (
            "How many images go into your step of training?",
            "`train_on_batch` takes the whole batch.",
            "Write `train_on_batch(images, labels)`.",
        ),
        _SECTION,
        function=_measured(reduce=lambda gradients: gradients[:, :32].mean(axis=1)),
    ),
    Mistake(
        "Only the first image is used",
        "The gradient is that of one image. It should be that of the mean loss over the batch.",
        (
            "How many images go into your step of training?",
            "`train_on_batch` takes the whole batch.",
            "Write `train_on_batch(images, labels)`.",
        ),
        _SECTION,
        function=_measured(reduce=lambda gradients: gradients[:, 0]),
    ),
    Mistake(
        "The images are divided by 255",
        "The function changes the images before it measures. Whoever calls it has already prepared "
        "them.",
        (
            "What do you do with the images before the step of training?",
            "The gradient of the first layer grows with its input.",
            "Remove the division.",
        ),
        _SECTION,
        function=lambda model, images, labels: gradient_norms(model, images / 255, labels),
    ),
    Mistake(
        "What is measured is a step of Adam",
        "Adam divides each gradient by its recent size, so in its first step every weight moves "
        "by the learning rate, 0.001, however small the gradient is.",
        (
            "Which optimiser takes the step?",
            "The change that an optimiser makes is not the gradient.",
            "Use `GradientRecorder()`.",
        ),
        _SECTION,
        function=_measured(_step_of_adam),
    ),
    Mistake(
        "The keys are numbers, not the names of the layers",
        "Whoever reads the result needs to know which layer a norm belongs to.",
        (
            "What are the keys of your dictionary?",
            "Each layer has a `name`.",
            "Write `norms[layer.name] = …`.",
        ),
        _SECTION,
        function=lambda model, images, labels: dict(
            enumerate(gradient_norms(model, images, labels).values())
        ),
    ),
    Mistake(
        "The keys are the names of the kernels, not of the layers",
        "The path of a kernel is the name of its layer followed by “kernel”.",
        (
            "What are the keys of your dictionary?",
            "Each layer has a `name`.",
            "Write `norms[layer.name] = …`.",
        ),
        _SECTION,
        function=lambda model, images, labels: {
            f"{name}/kernel": norm for name, norm in gradient_norms(model, images, labels).items()
        },
    ),
    Mistake(
        "Only the first convolution is measured",
        "The result has one entry. Every `Conv2D` layer should have one.",
        (
            "How often does your loop run?",
            "Is there a `return` or a `break` in the loop?",
            "Return the dictionary after the loop.",
        ),
        _SECTION,
        function=lambda model, images, labels: dict(
            list(gradient_norms(model, images, labels).items())[:1]
        ),
    ),
    Mistake(
        "Only the last convolution is measured",
        "The result has one entry. Every `Conv2D` layer should have one.",
        (
            "Where is your dictionary made: in the loop or before it?",
            "A dictionary that is made anew in every turn of the loop holds one entry in the end.",
            "Make the dictionary once, before the loop.",
        ),
        _SECTION,
        function=lambda model, images, labels: dict(
            list(gradient_norms(model, images, labels).items())[-1:]
        ),
    ),
)


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


#: What errors mean while gradients are taken, in the form of `checks.messages.error_patterns`.
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


def _on_error(arguments: Mapping[str, Any], error: Mapping[str, Any]) -> Explanation | None:
    """Explain errors of gradients that were taken with a tape."""
    held = (error.get("variables") or {}).values()
    without = any(kind == "None" or kind.endswith("with None") for kind in held)
    asked = "gradient(" in str(error.get("line"))
    if is_about_none(error) and "GradientTape" in held and (without or asked):
        why = f"A gradient that the tape cannot compute is None{at_line(error)}."
        return Explanation(_UNRECORDED, why, _RECORD)
    return by_patterns(_ERRORS, error)


EXERCISE = NumericExercise(
    "gradient_norms",
    "01_deep_network_problem",
    ("model", "images", "labels"),
    _cases,
    _MISTAKES,
    "Covered: the norms of plain and residual networks, held against central differences; "
    "strides, biases, several sizes of batch; that the model is as before. Grading draws "
    "other networks and images.",
    truth=gradient_norms,
    tolerance=1e-3,
    describe="a dictionary from the name of every Conv2D layer to a float",
    ordered_by="the layers of the model",
    variations=_VARIATIONS,
    on_error=_on_error,
    only_wrong={
        MANY_IMAGES: (
            "The images are taken in several batches, not in one: `fit` takes 32 at a time",
            "The gradient is that of one batch of all images. `train_on_batch(images, labels)` "
            "takes them as one; `fit` takes a step for every 32 of them.",
        )
    },
)
