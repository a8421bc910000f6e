"""Says what a learner's function computed and never used."""

from collections import Counter
from collections.abc import Iterable

from checks.differences.values import first_of
from checks.evidence import Value
from checks.graph import Graph, ancestors

MAXIMUM_NAMED = 3

#: What is added to a title on layers that are missing, where `are_lost`; and what to do.
LOST = "(computed, but not used)"
USE_IT = (
    "Find the line that computes what is missing. Which variable holds its result, and which one "
    "does the line after it read?"
)

_WITH_WEIGHTS = ("conv2d", "batch_norm", "dense")

#: What layers and functions of Keras compute, by their classes.
OPERATIONS = {
    "Conv2D": "conv2d",
    "BatchNormalization": "batch_norm",
    "ReLU": "relu",
    "Relu": "relu",
    "Activation": "relu",
    "Add": "add",
    "MaxPooling2D": "max_pool",
    "AveragePooling2D": "average_pool",
    "GlobalAveragePooling2D": "reduce",
    "Flatten": "flatten",
    "Dense": "dense",
}


def unused_operations(value: Value | None) -> list[str]:
    """Return what a learner's function computed and never used, as names of operations.

    Args:
        value: What the probe says of a network.
    """
    return [OPERATIONS.get(each.class_name, "") for each in value.unused] if value else []


def never_called(uncalled: Iterable[str], wanted: Graph, there: Graph) -> tuple[str, str] | None:
    """Return a title and a hint on a layer that is missing because it was never called.

    Args:
        uncalled: The classes of the layers that were made and never called.
        wanted: The network as it should be.
        there: The network as it is.
    """
    missing = _operations(wanted) - _operations(there)
    for layer in uncalled:
        if OPERATIONS.get(layer) in missing:
            return f"A layer is made and never called: {layer}", call_it(layer)
    return None


def left_behind(graph: Graph) -> list[str]:
    """Return what a call that failed did not need of what was computed before it.

    Args:
        graph: What was built, simplified.
    """
    if not graph.stopped:
        return []
    needed = ancestors(graph.nodes, graph.output)
    lost = (each for name, each in graph.nodes.items() if name not in needed)
    return [each.operation for each in lost if each.name != graph.output and each.inputs]


def are_lost(computed: Iterable[str], wanted: Graph, there: Graph) -> bool:
    """Return whether the layers with weights that are missing were computed and then not used.

    Args:
        computed: The operations that were computed and not used.
        wanted: The network as it should be.
        there: The network as it is.
    """
    missing = _operations(wanted) - _operations(there)
    missing = Counter({name: missing[name] for name in _WITH_WEIGHTS if missing[name]})
    return bool(missing) and missing <= Counter(computed)


def _operations(graph: Graph) -> Counter[str]:
    return Counter(node.operation for node in graph.nodes.values())


def call_it(layer: str) -> str:
    """Return the hint on a layer that was made and never called."""
    return (
        f"`layers.{layer}(…)` makes a layer. It computes something only when called on a tensor: "
        f"`layers.{layer}(…)(X)`."
    )


def unused_in_words(value: Value) -> str:
    """Return a sentence on the layers whose results lead nowhere, or nothing if there are none.

    Args:
        value: What the probe says of a network.
    """
    if not value.unused:
        return ""
    named = [f"{each.class_name} (layer '{each.name}')" for each in value.unused]
    return f"Computed and never used: {first_of(named, MAXIMUM_NAMED)}."
