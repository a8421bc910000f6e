"""Which images a model's temperature is fitted on: never on those that it was trained on.

A model is surer of images that it has seen. So a few of many training images are spared. Few are
all needed: then a second training leaves a fifth of them out, only to see how sure it is of those.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import keras
import numpy as np

from resnet_course.data.dataset import Dataset
from resnet_course.training.settings import DEFAULT, TrainingSettings
from resnet_course.training.temperature import fit_temperature

#: From how many training images on some are spared, as which share of them, and how many at most.
MANY, SPARED, MOST_SPARED = 5000, 0.05, 1000

#: Share of fewer images that the second training leaves out.
LEFT_OUT = 0.2

#: Training images a class, on average, below which no temperature is fitted.
FEWEST_A_CLASS = 5


@dataclass(frozen=True)
class Temperature:
    """A temperature, and how it was found.

    Attributes:
        temperature: What logits are divided by. 1 changes nothing.
        fitted_on: Which images it was fitted on; None if there were too few.
        images: How many.
        cpu_seconds: Processor time of the second training, if there was one.
    """

    temperature: float = 1.0
    fitted_on: str | None = None
    images: int = 0
    cpu_seconds: float = 0.0


#: That of a model whose probabilities are as its training made them.
UNCALIBRATED = Temperature()


@dataclass(frozen=True, eq=False)
class Plan:
    """What to train on, and what to fit the temperature on.

    Attributes:
        dataset: What to train on.
        held_out: A data set whose test images the temperature is fitted on; None for no fitting.
        fitted_on: Which images these are.
        again: Whether they are among those to train on, so that it takes a second training, on
            the training images of `held_out`.
    """

    dataset: Dataset
    held_out: Dataset | None = None
    fitted_on: str | None = None
    again: bool = False

    def announcement(self) -> str:
        """Return what to say before the second training."""
        assert self.held_out is not None
        return (
            f"once more, without {len(self.held_out.y_test):,} of the images, to calibrate the "
            "probabilities"
        )

    def fitted(self, probabilities: np.ndarray, cpu_seconds: float = 0.0) -> Temperature:
        """Fit the temperature.

        Args:
            probabilities: What a model says about the test images of `held_out`.
            cpu_seconds: What its training took, if it was the second one.
        """
        assert self.held_out is not None
        labels = self.held_out.y_test
        value = fit_temperature(probabilities, labels)
        return Temperature(value, self.fitted_on, len(labels), round(cpu_seconds, 2))


def plan(dataset: Dataset, settings: TrainingSettings = DEFAULT) -> Plan:
    """Choose the images that the temperature is fitted on, if any.

    Args:
        dataset: What to train and to measure on. If there is a validation, its test images are
            held-out training images.
        settings: How the training is carried out.
    """
    if not settings.calibrate:
        return Plan(dataset)
    images = len(dataset.y_train)
    if settings.validation:
        return Plan(dataset, dataset, "the validation images")
    if images >= MANY:
        parted = dataset.hold_out(min(SPARED, MOST_SPARED / images))
        rest = replace(parted, x_test=dataset.x_test, y_test=dataset.y_test)
        return Plan(rest, parted, "training images that were held out for it")
    if images >= FEWEST_A_CLASS * dataset.classes:
        parted = dataset.hold_out(LEFT_OUT)
        return Plan(dataset, parted, "training images that a second training left out", again=True)
    return Plan(dataset)


@contextmanager
def kept_weights(model: keras.Model) -> Iterator[None]:
    """Give a model back the weights that it has now when the block ends."""
    weights = model.get_weights()
    try:
        yield
    finally:
        model.set_weights(weights)
