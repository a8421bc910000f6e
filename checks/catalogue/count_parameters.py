"""Lesson 5: `count_parameters`."""

import numpy as np

from checks.case import Case, Network, TransferNetwork
from checks.catalogue.count_slips import VARIATIONS
from checks.catalogue.transfer_networks import draw_backbone, draw_transfer_network, parameters_of
from checks.exercise import NumericExercise


def count_parameters(model: Network | TransferNetwork) -> tuple[int, int]:
    """Compute the reference: trainable parameters and all of them."""
    if isinstance(model, Network):
        return parameters_of(model.graph, trained_only=True), parameters_of(model.graph)
    return parameters_of(model.head), parameters_of(model.head) + parameters_of(model.backbone)


def _cases(generator: np.random.Generator, grading: bool) -> list[Case]:
    def plain() -> Case:
        return Case("first call", {"model": Network(draw_backbone(generator))})

    def frozen() -> Case:
        return Case("a frozen backbone", {"model": draw_transfer_network(generator)})

    return [plain(), frozen(), *([plain(), frozen()] if grading else [])]


EXERCISE = NumericExercise(
    "count_parameters",
    "05_mnist_transfer",
    ("model",),
    _cases,
    VARIATIONS.mistakes,
    "Covered: a network with batch normalisation, and one with a frozen backbone. Grading "
    "draws others.",
    truth=count_parameters,
    variations=VARIATIONS,
    tolerance=0.0,
    describe="two integers",
)
