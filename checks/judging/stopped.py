"""Says what stopped a learner's function, judging by what it built up to the error."""

import re
from contextlib import suppress
from dataclasses import dataclass

from checks.differences.difference import cause_of
from checks.differences.names import called
from checks.differences.parting import parting, role
from checks.differences.unfinished import begins, joined, up_to, without_stop
from checks.differences.unused import LOST, USE_IT, are_lost, call_it, left_behind, never_called
from checks.evidence import Built, Error, FailedCall, Record
from checks.graph import Graph
from checks.graph.canonical import simplify
from checks.graph.keras_graph import MalformedEvidence, read_begun
from checks.messages.python_errors import Explanation, explain, in_short, is_known, is_stub

#: If this many layers read the input, none of them reads what the one before computed.
MANY_READERS = 3

#: The most characters of an error in a title.
MAXIMUM_TITLE = 100

_MODELS = frozenset({"Functional", "Sequential", "Model"})

_GIVE_THE_SHAPE = (
    "Give `keras.Input` the shape of one image, as a tuple: height, width, channels. Does it come "
    "from what your function is given?"
)

#: What makes feature maps smaller, or takes their height and width away.
_POOLINGS = frozenset({"average_pool", "max_pool", "reduce", "flatten"})


@dataclass(frozen=True)
class Begun:
    """What a function built up to an error, or before it returned something else than a network.

    Attributes:
        graph: The network; None where nothing was built.
        simple: The same, simplified.
        built: What else is said of it.
        stopped: The call of a layer that failed; one without a name if that was none.
    """

    graph: Graph | None
    simple: Graph | None
    built: Built
    stopped: FailedCall

    @property
    def misfits(self) -> bool:
        """Whether the shapes that the call was given are why it failed."""
        return self.graph is not None and self.graph.stopped

    @property
    def uncalled(self) -> list[str]:
        """The classes of the layers that were made and never called."""
        return [each.class_name for each in self.built.uncalled]


def read(record: Record) -> Begun:
    """Read what the record of a case says was built. What cannot be read was not built."""
    built = record.built or Built()
    graph = simple = None
    with suppress(MalformedEvidence, KeyError, TypeError, IndexError, ValueError):
        graph = read_begun(built.graph or {})
        if graph and graph.stopped and record.error and "TypeError" in record.error.types:
            graph = without_stop(graph)  # the call itself is wrong, whatever the shapes are
        simple = simplify(graph) if graph else None
    nothing = FailedCall("", "", False)
    return Begun(graph if simple else None, simple, built, built.stopped or nothing)


def explain_stop(
    error: Error,
    parameters: tuple[str, ...],
    begun: Begun,
    expected: Graph,
    free: frozenset[str],
) -> Explanation:
    """Explain an error by what was built before it, or else by what Python said.

    Args:
        error: What the evidence says of it.
        parameters: Names of the exercise's parameters.
        begun: What was built.
        expected: The reference graph.
        free: Names of parameters that do not count.
    """
    said = explain(error, parameters, begun.stopped.class_name)
    if is_stub(error):
        return _left_over(said) if begun.graph else said
    if title := _other_input(begun, expected):
        return Explanation(title, said.why, _GIVE_THE_SHAPE)
    if begun.stopped.layers:
        return _on_a_layer(begun, said)
    unfitting = re.search(r"axis -?\d+ of input", error.message)
    if begun.stopped.again and begun.stopped.class_name != "Functional" and unfitting:
        return _called_again(begun, said)
    if begun.built.making and re.search(r"not supported between instances of '?str", error.message):
        return Explanation(
            f"{begun.built.making} is given a string where it expects a number",
            said.why,
            "Give a layer's name by its keyword: `name=…`.",
        )
    known = is_known(said)
    if layer := _made_with_a_tensor(error, begun):
        return Explanation(
            f"{layer} is made with a tensor in the place of a setting",
            said.why,
            f"Make the layer first, then call it: `layers.{layer}(…)(X)`.",
        )
    if "NoneType" in begun.stopped.others or (begun.stopped.others and not known):
        return _on_no_tensor(begun, said)
    found = _difference(begun, expected, free) if deviates(begun, expected, free) else None
    if found and (begun.misfits or not known):
        return Explanation(found[0], said.why, found[1] or said.hint)
    if found:
        why = f"{said.why} And in what was built before that: {_lowered(found[0])}."
        return Explanation(said.cause, why, said.hint)
    if known or not (begun.stopped.class_name or begun.built.making):
        return said
    stopped, making = begun.stopped.class_name, begun.built.making
    what = f"The call of {stopped}" if stopped else f"Making {making}"
    return Explanation(
        f"{what} failed: {in_short(error, MAXIMUM_TITLE)}",
        said.why,
        "What was built before is right. Look at the settings of this layer, and at what it is "
        "called on.",
    )


def deviates(begun: Begun, expected: Graph, free: frozenset[str]) -> bool:
    """Return whether what was built is not the beginning of the expected network.

    Args:
        begun: What was built.
        expected: The reference graph.
        free: Names of parameters that do not count.
    """
    return begun.simple is not None and not begins(begun.simple, simplify(expected), free)


def _other_input(begun: Begun, expected: Graph) -> str:
    """Say in a title that the one input which was made has another shape than it should."""
    if len(begun.built.inputs) != 1 or len(expected.inputs) != 1:
        return ""
    (shape,), wanted = begun.built.inputs, expected.inputs[0].shape
    if len(shape) == len(wanted) + 1 and shape[1:] == wanted:
        return "The shape given to `keras.Input` has a batch axis, which Keras adds by itself"
    if None in shape or shape == wanted:
        return ""
    there, right = ("×".join(map(str, each)) for each in (shape, wanted))
    return f"The network takes images of {there} instead of {right}"


def _called_again(begun: Begun, said: Explanation) -> Explanation:
    layer = begun.stopped.class_name
    return Explanation(
        f"One {layer} is called in several places, and its weights fit only the first",
        said.why,
        f"Make a new layer for each place: `layers.{layer}(…)` inside the loop makes one each "
        "time.",
    )


def _left_over(said: Explanation) -> Explanation:
    return Explanation(
        "The line `raise NotImplementedError()` is still there",
        "Layers were built, and then the function came to the line that the stub ends with.",
        said.hint,
    )


def _on_a_layer(begun: Begun, said: Explanation) -> Explanation:
    layer = begun.stopped.layers[0]
    if layer in _MODELS:
        return Explanation(
            f"{begun.stopped.class_name} is called on a model, not on what the model computes",
            said.why,
            "Call the model on a tensor first, or take its output: `model.output`.",
        )
    return Explanation(
        f"{begun.stopped.class_name} is called on a layer, {layer}, that was made and never called",
        said.why,
        call_it(layer),
    )


def _made_with_a_tensor(error: Error, begun: Begun) -> str:
    """Return the class of a layer that could not be made because a tensor is among its settings."""
    if begun.built.making and "kerastensor" in error.message.lower():  # some settings are lowered
        return begun.built.making
    made = re.search(r"\b(\w+)\((\w+)\s*[,)]", error.line)
    refused = "__init__() got multiple values" in error.message
    return made[1] if refused and made and made[2] in begun.built.variables else ""


def _on_no_tensor(begun: Begun, said: Explanation) -> Explanation:
    """Explain a call on something that is neither a tensor nor a layer."""
    if "NoneType" in begun.stopped.others:
        return Explanation(
            f"{begun.stopped.class_name} is called on nothing (None)",
            f"{said.why} A function that ends without `return` gives None.",
            "Which line sets the variable that you call the layer on? Print it.",
        )
    kind = begun.stopped.others[0]
    what = f"the {kind}" if kind.startswith("class ") else f"a value of the type {kind}"
    return Explanation(
        f"{begun.stopped.class_name} is called on {what}, not on a tensor",
        said.why,
        "Print what you call the layer on. A layer is called on what another layer computed.",
    )


def _difference(begun: Begun, expected: Graph, free: frozenset[str]) -> tuple[str, str]:
    """Say in a title how what was built differs from the reference, and what to do, if known."""
    assert begun.simple is not None
    if title := _one_reader_of_many(begun, expected):
        return title, "Use one name for what goes through the layers: `X = layers.ReLU()(X)`."
    simple, part = simplify(expected), joined(begun.simple, paths(expected))
    if found := never_called(begun.uncalled, up_to(simple, begun.simple), part):
        return found
    if title := _another_pooling(begun.simple, simple, free):
        return title, ""
    wanted = up_to(simple, begun.simple, free)
    title = cause_of(wanted, part, free)
    if "missing" in title and are_lost(left_behind(begun.simple), wanted, part):
        return f"{title} {LOST}", USE_IT
    return title, ""


def _another_pooling(begun: Graph, expected: Graph, free: frozenset[str]) -> str:
    """Say in a title that the layer that failed is there instead of another pooling."""
    theirs = begun.nodes[begun.output]
    if not begun.stopped or theirs.operation not in _POOLINGS:
        return ""
    partners = parting(expected, begun, free).partners
    read = tuple(partners.get(name, "") for name in theirs.inputs)
    wanted = [node for node in expected.nodes.values() if node.inputs == read]
    if len(wanted) != 1 or wanted[0].operation not in _POOLINGS - {theirs.operation}:
        return ""
    return f"There is {called(theirs)} in the place of {role(expected, wanted[0].name)}"


def paths(expected: Graph) -> int:
    """Return the most paths of a network that are open at once: as many as it joins."""
    return max(len(node.inputs) for node in expected.nodes.values())


def _one_reader_of_many(begun: Begun, expected: Graph) -> str:
    """Say that layer after layer reads the input, and none what the one before it computed."""
    assert begun.graph is not None
    graph = begun.graph
    readers = graph.readers()
    wanted = max((len(expected.readers()[node.name]) for node in expected.inputs), default=0)
    for node in graph.inputs:
        lost = [name for name in readers[node.name] if not readers[name] and name != graph.output]
        if len(readers[node.name]) < max(MANY_READERS, wanted + 1) or len(lost) < 2:
            continue
        names = [name for name, layer in begun.built.variables.items() if layer == node.name]
        others = [
            name
            for name, layer in begun.built.variables.items()
            if layer != node.name and node.name in graph.nodes.get(layer, node).inputs
        ]
        input_name = f", `{names[0]}`," if names else ""
        instead = f"`{others[-1]}`, " if others else ""
        return (
            f"{len(readers[node.name])} layers read the input{input_name or ' itself'} and not "
            f"{instead}what the layer before them computed"
        )
    return ""


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]
