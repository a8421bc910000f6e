"""Lesson 1, `gradient_norms`: the norms with parts, and what learners put in their place."""

from collections.abc import Callable
from itertools import accumulate
from operator import itemgetter
from typing import Any

import numpy as np

from checks.case import Network
from checks.catalogue.gradients import (
    Gradients,
    after_a_step,
    binary_cross_entropy,
    by_loss,
    kernels,
    of_errors,
    of_kernels,
    of_logits,
    of_outputs,
    of_own_answers,
    softmax_twice,
)
from checks.catalogue.norm_measures import ARRAYS, MEASURES, STEPS, WRONG_NORMS, of_both
from checks.graph.operation import Array
from checks.variations import Slip, Variations, alone, table


def norms(
    model: Network,
    images: Array,
    labels: Array,
    gradients: Gradients = of_kernels,
    batch: Callable[[Array], Any] = lambda found: found.mean(axis=1),
    measure: Callable[[Array, Array], Any] = lambda gradient, kernel: np.linalg.norm(gradient),
    across: Callable[[dict[str, Any]], dict[Any, Any]] = lambda norms: norms,
) -> dict[Any, Any]:
    """Measure gradients with something else in place of some steps.

    Args:
        model: A network that ends in a softmax, with its weights.
        images: Batch of shape `(batch, height, width, channels)`.
        labels: Class of each image, integers of shape `(batch,)`.
        gradients: Whose gradients, of what: an array of shape `(numbers, batch)` for each layer.
        batch: From the gradients of the images to that of the batch, a row of numbers.
        measure: From this row and the kernel to the norm.
        across: What is done to the norms of all layers at the end.
    """
    weights = model.weights or {}
    measured = {
        layer: measure(batch(each), weights[layer]["kernel"])
        for layer, each in gradients(model, images, labels).items()
    }
    return across(
        {layer: norm if np.ndim(norm) else float(norm) for layer, norm in measured.items()}
    )


def _divided(by: Callable[[list[float]], Any]) -> Callable[[dict[str, float]], dict[str, float]]:
    return lambda norms: {layer: norm / by([*norms.values()]) for layer, norm in norms.items()}


def _rounded(digits: int) -> Callable[[dict[str, float]], dict[str, float]]:
    return lambda norms: {layer: round(norm, digits) for layer, norm in norms.items()}


_ACROSS = table(
    "The norms are {}",
    "across",
    {
        "divided by their sum": _divided(sum),
        "divided by the largest of them": _divided(max),
        "divided by their mean": _divided(np.mean),
        "divided by that of the first layer": _divided(itemgetter(0)),
        "divided by that of the last layer": _divided(itemgetter(-1)),
        "added up from layer to layer": lambda norms: dict(
            zip(norms, accumulate(norms.values()), strict=True)
        ),
        **{f"rounded to {digits} decimal places": _rounded(digits) for digits in (1, 2, 3, 4)},
    },
    "Return each norm as it is.",
)

_LOSSES = table(
    "The loss is the {}",
    "gradients",
    {
        "squared error": by_loss(of_errors(lambda errors: (errors**2).mean(axis=1))),
        "squared error, summed over the classes": by_loss(
            of_errors(lambda errors: (errors**2).sum(axis=1))
        ),
        "absolute error": by_loss(of_errors(lambda errors: np.abs(errors).mean(axis=1))),
        "binary cross-entropy": by_loss(binary_cross_entropy),
    },
    (
        "Which loss is compiled into your second model?",
        "The loss for integer labels and a softmax is a cross-entropy.",
        'Use `loss="sparse_categorical_crossentropy"`.',
    ),
    "The gradients are those of another loss, which compares the probabilities with the labels as "
    "rows of zeros with a single one. The exercise asks for the cross-entropy.",
)

_BATCHES = table(
    "{}",
    "batch",
    {
        "Only the first 32 images are used": (
            lambda found: found[:, :32].mean(axis=1),
            "The gradient is that of 32 images. It should be that of the mean loss over the whole "
            "batch, however many images there are.",
        ),
        "Only the first image is used": (
            lambda found: found[:, 0],
            "The gradient is that of one image. It should be that of the mean loss over the whole "
            "batch.",
        ),
        "The loss is summed over the batch": (
            lambda found: found.sum(axis=1),
            "The loss is the sum over the images, so the result grows with the size of the batch. "
            "It should be their mean, as it is in Keras.",
        ),
    },
    (
        "How many images go into your step of training?",
        "`train_on_batch` takes the whole batch, and the loss is the mean over it.",
        "Write `train_on_batch(images, labels)`.",
    ),
)

_BIASES = (
    "Which variables does a convolution have?",
    "The kernel is the first of them.",
    "Use `layer.kernel`, not all of `layer.trainable_weights`.",
)
_BIAS = (
    "The result includes the gradient with respect to the biases. Only the kernel of each layer "
    "should count."
)
_OF_ALL = by_loss(kinds=("kernel", "bias"))

_KEYS = table(
    "The keys are {}",
    "across",
    {
        "numbers, not the names of the layers": (
            lambda norms: dict(enumerate(norms.values())),
            "Whoever reads the result needs the names of the layers to know which norm belongs to "
            "which layer.",
        ),
        "the names of the kernels, not of the layers": (
            lambda norms: {f"{layer}/kernel": norm for layer, norm in norms.items()},
            "The path of a kernel is the name of its layer followed by “kernel”. The keys should "
            "be the names of the layers alone.",
        ),
    },
    (
        "What are the keys of your dictionary?",
        "Each layer has a `name`.",
        "Write `norms[layer.name] = …`.",
    ),
)

_ONE_ENTRY = table(
    "Only the {} convolution is measured",
    "across",
    {
        "first": lambda norms: dict([*norms.items()][:1]),
        "last": lambda norms: dict([*norms.items()][-1:]),
    },
    (
        "How often does your loop run, and where is your dictionary made?",
        "A `return` in the loop ends it in its first turn. A dictionary that is made in the loop "
        "is a new one in every turn, and holds one entry in the end.",
        "Make the dictionary before the loop, and return it after the loop.",
    ),
    "The result has a single entry. It should have one for every `Conv2D` layer.",
)


def _asked(question: str, last: str) -> tuple[str, str, str]:
    return (
        question,
        "One step of training takes the whole batch once, and what it changes are the kernels.",
        last,
    )


_OTHERS = (
    Slip(
        "The norms of the gradients of single images are averaged",
        {
            "batch": lambda found: found,
            "measure": lambda found, kernel: np.linalg.norm(found, axis=0).mean(),
        },
        _asked(
            "How many images go into one step of training?",
            "Compute the loss of the whole batch, and its gradient once.",
        ),
        "The gradients of two images point in different directions and partly cancel: the norm of "
        "their mean is smaller than the mean of their norms. The loss is that of the batch.",
    ),
    Slip(
        "The norms are those of the kernels, not of their gradients",
        {"gradients": kernels},
        (
            "What do the kernels hold when you read them?",
            "First one step of training, then read the kernels, then put the weights back.",
            "Move `model.set_weights(weights)` after the line that computes the norms.",
        ),
        "The kernels hold gradients only from the step of the recorder until the weights are put "
        "back. Your function reads them at another time, so it measures the weights themselves.",
    ),
    Slip("The biases are counted too", {"gradients": _OF_ALL}, _BIASES, _BIAS),
    *(
        Slip(
            f"The biases are counted too: the norms of kernel and bias are {words}",
            {"gradients": _OF_ALL, "measure": of_both(join)},
            _BIASES,
            _BIAS,
        )
        for words, join in (("added", sum), ("averaged", np.mean))
    ),
    Slip(
        "Layers other than convolutions are counted",
        {"gradients": by_loss(operations=("conv2d", "dense"))},
        _asked(
            "Which names are in your result that should not be there?",
            "Keep the layers for which `isinstance(layer, layers.Conv2D)` is true.",
        ),
        "The dense layer has a kernel as well, and the result has an entry for it. Only `Conv2D` "
        "layers should have one.",
    ),
    Slip(
        "The softmax is applied twice",
        {"gradients": by_loss(softmax_twice)},
        _asked(
            "What does the model return: logits or probabilities?",
            "Use a loss that takes probabilities, without `from_logits=True`, and no function "
            "with a name that ends in `with_logits`.",
        ),
        "The loss takes the model's output for logits and applies a softmax to it, but the model "
        "already ends in one.",
    ),
    Slip(
        "The loss is the binary cross-entropy",
        {"gradients": of_logits},
        _LOSSES[0].hints,
        _LOSSES[0].explanation,
    ),
    Slip(
        "The labels are the model's own predictions",
        {"gradients": of_own_answers},
        _asked(
            "What do you pass to `train_on_batch` besides the images?",
            "The labels are the third argument: write `train_on_batch(images, labels)`.",
        ),
        "The loss compares the probabilities with the class that the model itself finds most "
        "probable, not with the label of the image.",
    ),
    Slip(
        "Two steps are taken, not one",
        {"gradients": after_a_step},
        _asked(
            "How often does your optimiser take a step?",
            "`fit` takes a step for each batch of each epoch: call "
            "`train_on_batch(images, labels)` once.",
        ),
        "After the first step the kernels hold gradients. The second step then measures the "
        "gradients of a network that has these as its weights.",
    ),
    Slip(
        "The gradients are those of the outputs of the layers, not of their kernels",
        {"gradients": of_outputs},
        _asked(
            "With respect to what is your gradient taken?",
            "Take it with respect to `layer.kernel`: that is what training changes.",
        ),
        "The gradient says how the loss changes with the output of each convolution. The exercise "
        "asks how it changes with the kernel.",
    ),
    Slip(
        "The images are divided by 255",
        {"gradients": lambda model, images, labels: of_kernels(model, images / 255, labels)},
        _asked(
            "What do you do with the images before the step of training?",
            "Remove the division.",
        ),
        "The function changes the images before it measures. The caller has already prepared them.",
    ),
)

VARIATIONS = Variations(
    norms,
    (
        *MEASURES,
        *_ACROSS,
        *alone(*ARRAYS, *WRONG_NORMS, *STEPS, *_LOSSES, *_BATCHES, *_KEYS, *_ONE_ENTRY, *_OTHERS),
    ),
    "lesson 1, “Measuring the signal”",
    (
        "Which norm does the docstring ask for, and of what?",
        "The L2 norm of the gradient of the mean loss over the batch, for the kernel of each "
        "convolution.",
    ),
)
