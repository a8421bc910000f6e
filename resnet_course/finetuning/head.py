"""The first stage of a transfer: a head on features of a frozen backbone."""

from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
from keras import layers

from resnet_course.acceleration.folding import folded
from resnet_course.data.dataset import Dataset
from resnet_course.errors import CourseError
from resnet_course.finetuning.features import features
from resnet_course.training.calibration import UNCALIBRATED, Temperature
from resnet_course.training.callbacks import Clock
from resnet_course.training.evaluation import Evaluation
from resnet_course.training.loop import Trace, fit
from resnet_course.training.recipes import Recipe
from resnet_course.training.settings import TrainingSettings
from resnet_course.transfer_learning import count_parameters

#: Added to the standard deviation of every feature: some features never change.
SMALLEST_DEVIATION = 1e-3

#: A head's step is so short that calling the backend for each would take most of the time.
HEAD_STEPS_PER_CALL = 8

#: What the cosine of an angle is multiplied by before softmax, when a head begins.
SHARPNESS = 10.0


@dataclass(frozen=True, eq=False)
class Stage:
    """What one stage did.

    Attributes:
        evaluation: How well the network does after it.
        parameters: Trainable and all parameters while it ran.
        trace: Its learning curve and the time it took, computing features included.
        temperature: What its probabilities were calibrated by.
    """

    evaluation: Evaluation
    parameters: tuple[int, int]
    trace: Trace
    temperature: Temperature = UNCALIBRATED


def with_head(source: keras.Model, classes: int, hidden: int) -> keras.Model:
    """Put a new head on a backbone.

    Args:
        source: From uint8 images to features of shape `(batch, features)`.
        classes: Number of classes.
        hidden: Units of a dense layer with ReLU before the last one; 0 for none.

    Returns:
        A model from uint8 images to probabilities of shape `(batch, classes)`.
    """
    X = source.output
    if hidden:
        X = layers.Dense(hidden, activation="relu", name="hidden")(X)
    outputs = layers.Dense(classes, activation="softmax", name="probabilities")(X)
    return keras.Model(source.inputs[0], outputs, name="transfer")


def train_head(
    model: keras.Model,
    source: keras.Model,
    dataset: Dataset,
    recipe: Recipe,
    cache: Path | None,
    settings: TrainingSettings,
) -> Stage:
    """Train the head on features that are computed once, centred and scaled.

    Args:
        model: What `with_head` returned.
        source: The frozen backbone in it.
        dataset: What to train and to measure on.
        recipe: How.
        cache: Folder in which features are kept.
        settings: What else there is to say of it.

    Raises:
        CourseError: If the backbone's features are no numbers.
    """
    clock = Clock()
    twin = folded(source)
    x_train, x_test = (
        features(source, x, cache, twin).astype(np.float32)
        for x in (dataset.x_train, dataset.x_test)
    )
    spent = clock.spent()
    if not np.isfinite(x_train).all():
        raise CourseError(
            f"the backbone {source.name} returns features that are NaN: its weights are damaged, "
            "use others."
        )
    mean, scale = x_train.mean(axis=0), x_train.std() + SMALLEST_DEVIATION
    x_train, x_test = (x_train - mean) / scale, (x_test - mean) / scale
    of_head = model.layers[model.layers.index(source.layers[-1]) + 1 :]
    head = keras.Sequential([keras.Input(x_train.shape[1:]), *of_head], name="head")
    if len(of_head) == 1:
        head.set_weights(class_means(x_train, dataset.y_train, dataset.classes))
    seen = replace(dataset, x_train=x_train, x_test=x_test)
    trace = fit(head, seen, recipe, settings, HEAD_STEPS_PER_CALL)
    said = head.predict(x_test, batch_size=1000, verbose=0)
    kernel, bias = of_head[0].get_weights()
    of_head[0].set_weights([kernel / scale, bias - mean @ kernel / scale])
    measured = Evaluation(dataset.y_test, said, dataset.class_names)
    return Stage(
        measured,
        count_parameters(model),
        replace(
            trace,
            cpu_seconds=trace.cpu_seconds + spent[0],
            wall_seconds=trace.wall_seconds + spent[1],
        ),
    )


def class_means(x: np.ndarray, labels: np.ndarray, classes: int) -> list[np.ndarray]:
    """Return kernel and bias of a dense layer that compares features with the mean of each class.

    It predicts the class to whose mean an image's features have the smallest angle.

    Args:
        x: Centred features, float32 of shape `(images, features)`.
        labels: Integers of shape `(images,)`.
        classes: Number of classes.

    Source: Snell, Swersky and Zemel 2017, arXiv:1703.05175, with angles as in Gidaris and Komodakis
    2018, arXiv:1804.09458.
    """
    lengths = np.linalg.norm(x, axis=1, keepdims=True) + SMALLEST_DEVIATION
    means = np.stack([(x / lengths)[labels == label].sum(axis=0) for label in range(classes)])
    means /= np.linalg.norm(means, axis=1, keepdims=True) + SMALLEST_DEVIATION
    return [means.T * (SHARPNESS / lengths.mean()), np.zeros(classes, np.float32)]
