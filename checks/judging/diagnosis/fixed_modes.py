"""Says which calls fix the mode of batch normalisations, which should follow their network."""

import re
from collections.abc import Sequence
from dataclasses import replace

from checks.differences.values import first_of
from checks.graph import Graph, Node
from checks.mistakes import Mistake

#: How many layers are named.
MAXIMUM_NAMED = 3

#: The number in a name that Keras made up during a check, see `settings`.
_MADE_UP = re.compile(r"_1\d{4}\b")


def without_made_up_numbers(name: str) -> str:
    """Return the name of a layer as it would be outside of a check."""
    return _MADE_UP.sub("", name)


def without_modes(graph: Graph, *modes: bool) -> Graph:
    """Return a graph in which normalisations that have one of the modes follow the network."""
    nodes = dict(graph.nodes)
    for name, node in nodes.items():
        if node.operation == "batch_norm" and node.params["training"] in modes:
            others = {key: value for key, value in node.params.items() if key != "told_by"}
            nodes[name] = replace(node, params={**others, "training": None})
    return replace(graph, nodes=nodes)


def fixed_mode(graph: Graph) -> Mistake | None:
    """Return the mistake that calls name the mode of normalisations, or None where none does.

    None as well where a mode has other reasons: a normalisation in steps that has but one mode, or
    a layer that is one thing while training and another afterwards.
    """
    nodes = graph.nodes.values()
    normalisations = [node for node in nodes if node.operation == "batch_norm"]
    fixed = [node for node in normalisations if node.params["training"] is not None]
    others = any("told_by" not in node.params for node in fixed)
    if not fixed or others or any(node.operation == "switch" for node in nodes):
        return None
    mode = fixed[0].params["training"]
    fixed = [node for node in fixed if node.params["training"] is mode]
    with_the_mode = f"called with training={mode}, which fixes"
    return Mistake(
        _title(fixed, with_the_mode),
        "A batch normalisation follows the mode of its network: while training it uses the mean "
        "and variance of the batch and collects them, and afterwards it uses what it has "
        "collected. A mode that is written into a call applies wherever Keras is not told "
        "otherwise, and inside the `call` of your own layer it always applies. "
        + (
            "With `training=True`, the output for an image depends on the other images of its "
            "batch."
            if mode
            else "With `training=False`, a normalisation collects no statistics."
        ),
        (
            "Is there an argument `training` in your code?",
            "A layer that is called without a mode takes that of the network.",
            f"Take `training={mode}` out. If you write a `call` yourself, give it the argument "
            "`training=None`, and let it pass on what it is given.",
        ),
        "",
    )


def _title(fixed: Sequence[Node], with_the_mode: str) -> str:
    """Say whose calls fix the mode: those of layers and models, or of the normalisations."""
    told = [node for node in fixed if node.params["told_by"] != node.layer]
    tellers = dict.fromkeys(node.params["told_by"] for node in told or fixed)
    layers = [without_made_up_numbers(name) for name in tellers]
    if not told:
        if len(layers) == 1:
            return f"The batch normalisation {layers[0]!r} is {with_the_mode} its mode"
        return f"{len(layers)} batch normalisations are {with_the_mode} their mode"
    if len(layers) == 1:
        several = "s" if len(told) > 1 else ""
        return (
            f"The layer {layers[0]!r} is {with_the_mode} the mode of its batch "
            f"normalisation{several}"
        )
    names = first_of([*map(repr, layers)], MAXIMUM_NAMED) if len({*layers}) == len(layers) else ""
    title = f"{len(layers)} layers are {with_the_mode} the mode of their batch normalisations"
    return f"{title}: {names}" if names else title
