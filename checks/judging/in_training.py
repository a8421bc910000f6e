"""What would go wrong while training a network that computes the right thing."""

from collections.abc import Sequence

from checks.evidence import Record
from checks.exercise import NetworkExercise
from checks.graph import Node
from checks.judging.network_reading import read_returned
from checks.judging.verdict import Failure

#: A batch normalisation with a larger epsilon does not bring its input to unit variance.
LARGEST_EPSILON = 0.1


def wrong_in_training(exercise: NetworkExercise, record: Record) -> Failure | None:
    """Return what would go wrong while training, or None.

    Frozen layers are looked for only where the exercise does not ask for any.
    """
    nodes = list(read_returned(record).nodes.values())
    about_training = exercise.state is not None and exercise.returns == "model"
    fixed = None if about_training else _fixed(nodes, record)
    return fixed or _epsilon(nodes) or _statistics(nodes)


def _fixed(nodes: Sequence[Node], record: Record) -> Failure | None:
    """Return which layers training would leave as they are."""
    fixed = [node for node in nodes if node.params.get("learns") is False]
    if fixed:
        return Failure(
            "weights that training changes",
            f"weights of the layer {fixed[0].layer!r} that it does not",
            "The network computes the right thing, but training would leave these weights as they "
            "are. Keras trains weights that a layer gets from `self.add_weight`, and not a "
            "`tf.Variable`.",
            "Make the weights in `build`, with `self.add_weight(shape=…)`.",
            "A layer has weights that training does not change",
        )
    if record.result.frozen:
        return Failure(
            "layers that training changes",
            f"frozen: {', '.join(map(str, record.result.frozen))}",
            "The network computes the right thing, but training would leave these layers as they "
            "are.",
            "Take `trainable=False` out of your function.",
            "A layer is frozen",
        )
    return None


def _epsilon(nodes: Sequence[Node]) -> Failure | None:
    """Return which epsilon does not add next to nothing to the variances."""
    for node in nodes:
        epsilon = node.params.get("epsilon", 0)
        received = f"the epsilon {epsilon:g} in the layer {node.layer!r}"
        cause = f"A batch normalisation has the epsilon {epsilon:g}"
        if not epsilon >= 0:
            return Failure(
                "an epsilon above 0 and far below 1, such as 1.001e-5",
                received,
                "Epsilon is added to the variance before the square root is taken. With this one, "
                "what is under the root may be negative.",
                "Is a minus sign in the wrong place?",
                cause,
            )
        if epsilon > LARGEST_EPSILON:
            return Failure(
                "an epsilon far below 1, such as 1.001e-5",
                received,
                "Epsilon only keeps the division from failing where the variance is zero. One "
                "that is as large as the variance, or larger, makes the outputs smaller.",
                "Is a minus sign missing in the exponent?",
                cause,
            )
    return None


def _statistics(nodes: Sequence[Node]) -> Failure | None:
    """Return which normalisations do not collect statistics of more than the last batch."""
    if any(node.params.get("updated") is False for node in nodes):
        return Failure(
            "a moving mean and variance that follow the batches while training",
            "ones that are never set",
            "While training, a batch normalisation collects the statistics of the batches, and "
            "outside of training it normalises with them.",
            "Set the moving statistics where `training` is true, with `assign`.",
            "The moving mean and variance of a normalisation never change",
        )
    told = next((node for node in nodes if "momentum" in node.params), None)
    if told is None:
        return None
    momentum = told.params["momentum"]
    return Failure(
        "a momentum near 1 in every batch normalisation, such as Keras's own 0.99",
        f"the momentum {momentum:g} in the layer {told.name!r}",
        "The momentum says how much of the moving mean and variance is kept from batch to "
        "batch. With this one they are those of the last batch, or never change at all, and "
        "outside of training the network normalises with them.",
        "The second argument of `layers.BatchNormalization` is the momentum. Give epsilon by "
        "its name: `epsilon=…`.",
        f"A batch normalisation has the momentum {momentum:g}",
    )
