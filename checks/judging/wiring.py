"""Says how the wiring of a network differs from the expected one, or why that is not known."""

from dataclasses import replace

from checks.case import Case
from checks.differences.broadcasting import lacking_axes
from checks.differences.comparison import Comparison
from checks.differences.names import shared_in_words
from checks.evidence import Record
from checks.graph.canonical import simplify
from checks.graph.interpreter import UnknownLayer
from checks.graph.work import is_far_more
from checks.judging.diagnosis.fixed_modes import without_made_up_numbers
from checks.judging.inspection import Inspection
from checks.judging.network_reading import closed_layer, own_layer_in_words
from checks.judging.verdict import Failure

#: Why a network that cannot be read fails.
UNREAD = Failure(
    "a network that the check can read",
    "one that it cannot read, so it cannot tell whether yours is right",
    "That is a limit of the check, and not necessarily a mistake of yours.",
    "Build the network from the layers that the lesson uses.",
    "The check cannot read this network",
)

_FAR_MORE = (
    "Your network takes far more work than the expected one, so it was compared layer by layer "
    "and not run."
)
_LOOK_AT_THE_PICTURE = "Look at the place that is marked in the picture of the two networks."
_NEW_LAYERS = (
    "Make a separate layer for each place: `layers.Conv2D(…)` makes a new one each time it runs, "
    "and calling the same layer again uses the same weights again."
)


def opaque(inspection: Inspection, case: Case, record: Record, unknown: UnknownLayer) -> Failure:
    """Return why a network fails of which one layer is not known, or cannot be seen into."""
    closed = closed_layer(record)
    layer = closed or unknown
    shown = without_made_up_numbers(layer.name)
    words = f"the layer {shown!r} of the class {layer.class_name}"
    parted = inspection.compare(case, record)
    if closed:
        name = parted.received.nodes[closed.name].layer
        inspection.keep(replace(parted, at=name), record)
    return Failure(
        "layers and functions that the check can see into",
        words,
        "The check cannot tell what this layer computes, and so it cannot tell whether the "
        "network is right."
        if closed
        else "The check does not know this layer.",
        "Build the network from the layers that the lesson uses.",
        f"The check cannot see into {words}"
        if closed
        else own_layer_in_words(record) or parted.cause,
    )


def difference(inspection: Inspection, case: Case, record: Record, parted: Comparison) -> Failure:
    """Return how a network that is not the expected one differs from it.

    Args:
        inspection: What all answers built.
        case: The call.
        record: What became of it.
        parted: Where the network parts from the expected one.
    """
    # What does two things is called once for each.
    two_modes = any(each.operation == "switch" for each in parted.received.nodes.values())
    told = inspection.verdict.mistake or two_modes
    shared = "" if told else shared_in_words(parted.received)
    why, hint = (f"{shared}.", _NEW_LAYERS) if shared else _first_difference(parted)
    return Failure(
        parted.summary_expected,
        parted.summary_received,
        why,
        hint,
        shared or own_layer_in_words(record) or _wrong_default(inspection, case) or parted.cause,
    )


def _first_difference(parted: Comparison) -> tuple[str, str]:
    """Return why a network counts as another one, where that can be said, and a hint."""
    received = simplify(parted.received)
    flat = lacking_axes(received)
    if flat and flat.cause == parted.cause:
        return flat.why, flat.hint
    far_more = is_far_more(received, simplify(parted.expected))
    return _FAR_MORE if far_more else "", _LOOK_AT_THE_PICTURE


def _wrong_default(inspection: Inspection, case: Case) -> str:
    """Say which default is wrong, where only a call that leaves out an argument is."""
    others = [(other, record) for other, record in inspection.answers if other is not case]
    left_out = [
        name
        for name in inspection.exercise.parameters
        if all(name in other.arguments for other, _ in others) and name not in case.arguments
    ]
    right = all(
        record.outcome == "returned" and inspection.is_equivalent(other, record)
        for other, record in others
    )
    default = left_out[0] if left_out and right and others else ""
    return f"The default of {default} is not the one in the lesson" if default else ""
