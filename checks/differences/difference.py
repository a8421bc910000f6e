"""Says in a title how a network differs from the expected one, where no mistake is known."""

from collections import Counter

from checks.differences.broadcasting import lacking_axes, lacks_nothing_else
from checks.differences.names import capital, listed
from checks.differences.numbers_of_layers import same_place, unlike_numbers
from checks.differences.one_pixel import alike
from checks.differences.parting import Parting, parting, role
from checks.differences.settings import (
    TOLD,
    setting_in_words,
    unlike_in,
    unlike_settings,
    value_in_words,
)
from checks.differences.stages import unlike_stages
from checks.graph import Graph, Node
from checks.graph.canonical import DERIVED, settings


def cause_of(expected: Graph, received: Graph, free: frozenset[str] = frozenset()) -> str:
    """Say in a title what differs: layers too few or too many, their settings, or their order.

    Args:
        expected: The reference graph, simplified.
        received: The learner's graph, simplified, which is not equivalent to it.
        free: Names of parameters that do not count.
    """
    flat = lacking_axes(received)
    if flat and lacks_nothing_else(expected, received, free):
        return flat.cause
    expected, received = alike(expected, received, free)
    parted = parting(expected, received, free)
    return (
        _other_images(expected, received)
        or unlike_stages(expected, received)
        or unlike_numbers(expected, received, parted, free)
        or (flat.cause if flat else "")
        or _first_setting(expected, received, parted, free)
        or _read_elsewhere(expected, received, parted, free)
        or _in_another_order(expected, received, parted)
        or unlike_settings(expected, received, free)
        or "The network ends at another layer than expected"
    )


def _other_images(expected: Graph, received: Graph) -> str:
    wanted, there = ([node.shape for node in graph.inputs] for graph in (expected, received))
    if wanted == there or len(wanted) != 1 or len(there) != 1:
        return ""
    if len(there[0]) != len(wanted[0]):
        return (
            f"The model begins at a tensor of the shape {there[0]}, not at the images of "
            f"{value_in_words(wanted[0])}"
        )
    instead, images = value_in_words(there[0]), value_in_words(wanted[0])
    return f"The network takes images of {instead} instead of {images}"


def _first_setting(expected: Graph, received: Graph, parted: Parting, free: frozenset[str]) -> str:
    """Say how the settings differ of the kind of layers at which the networks part."""
    places = same_place(expected, parted)
    if not places:
        return ""
    kinds = tuple(dict.fromkeys(ours.operation for ours, _ in places))
    names = {theirs.name: role(expected, ours.name) for ours, theirs in places}
    return unlike_settings(expected, received, free, kinds, names) or _exchanged_setting(
        expected, places[0], free
    )


def _exchanged_setting(expected: Graph, place: tuple[Node, Node], free: frozenset[str]) -> str:
    """Say which one setting a layer has that another should have; with two, the layers moved."""
    ours, theirs = place
    unlike = [name for name in unlike_in(ours, theirs, free) if name in TOLD]
    if len(unlike) != 1:
        return ""
    return capital(f"{role(expected, ours.name)} has {setting_in_words(unlike[0], [place])}")


def _read_elsewhere(expected: Graph, received: Graph, parted: Parting, free: frozenset[str]) -> str:
    """Say which layer reads another tensor than it should."""
    lax = free | DERIVED | {"strides", "use_bias"}
    for ours in parted.missing:
        for theirs in parted.extra:
            same = ours.operation == theirs.operation and len(ours.inputs) == len(theirs.inputs)
            if not same or settings(ours, lax) != settings(theirs, lax):
                continue
            there = [parted.partners[name] for name in theirs.inputs]
            wanted, instead = Counter(ours.inputs), Counter(there)
            verb = "adds" if ours.operation == "add" else "reads"
            return capital(
                f"{role(expected, ours.name)} {verb} {listed(expected, instead - wanted)} "
                f"instead of {listed(expected, wanted - instead)}"
            )
    return ""


def _in_another_order(expected: Graph, received: Graph, parted: Parting) -> str:
    if not parted.missing or not parted.extra:
        return ""
    ours, theirs = parted.missing[0], parted.extra[0]
    if ours.describe() == theirs.describe() and same_place(expected, parted):
        return ""
    there = [parted.partners.get(name, "") for name in theirs.inputs]
    after = f" after {listed(expected, there)}" if there and all(there) else ""
    return (
        f"The layers are in a different order: {theirs.describe()}{after}, "
        f"where {ours.describe()} is expected"
    )
