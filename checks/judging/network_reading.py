"""Reads the network that a function returned, and finds layers in it that say nothing."""

from checks.evidence import Record
from checks.graph import Graph, ShapesDoNotFit
from checks.graph.canonical import simplify
from checks.graph.interpreter import UnknownLayer
from checks.graph.keras_graph import MalformedEvidence, read_model

#: What reading a network of a form that nobody foresaw may raise.
UNREADABLE = (MalformedEvidence, ShapesDoNotFit, KeyError, TypeError, IndexError)


def has_graph(record: Record) -> bool:
    """Return whether an answer is a network, which may be of the wrong kind."""
    return record.value is not None and record.value.graph is not None


def read_returned(record: Record) -> Graph:
    """Read the network that a function returned."""
    if record.result.graph is None:
        raise MalformedEvidence("there is no network")
    return read_model(record.result.graph)


def closed_layer(record: Record) -> UnknownLayer | None:
    """Return a layer that the probe could not see into, where a network has one."""
    for node in read_returned(record).nodes.values():
        if node.params.get("closed"):
            return UnknownLayer(node.name, node.params["class_name"])
    return None


def own_layer_in_words(record: Record) -> str:
    """Say in a title which layer of the learner's own does what no layer of a reference does."""
    nodes = list(simplify(read_returned(record)).nodes.values())
    found = {node.operation: node for node in reversed(nodes)}
    owner = found.get("switch") or found.get("weight")
    if owner is None:
        return ""
    if "batch_statistic" in found:
        what = "takes statistics of the batch and is not a batch normalisation"
    elif "switch" in found:
        what = "computes one thing while training and another afterwards"
    else:
        what = "computes with its weights what none of the expected layers does"
    return f"The layer {owner.params['of']!r} of the class {owner.params['of_class']} {what}"
