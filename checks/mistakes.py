"""Misconceptions as small transformations of a reference, and the words to explain them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

from checks.graph import Graph, Node, ShapesDoNotFit

#: Builds the reference graph for some arguments.
Reference = Callable[[Mapping[str, Any]], Graph]
#: Builds the graph that a learner with the misconception would build.
Mutation = Callable[[Reference, Mapping[str, Any]], Graph]


@dataclass(frozen=True)
class Mistake:
    """A misconception of a learner.

    Attributes:
        title: What was done, in a few words: "The ReLU after the addition is missing".
        explanation: What is wrong with it and why it matters.
        hints: From a nudge to nearly the answer.
        section: Where the lesson explains it.
        mutation: For networks: from the reference to what the learner built.
        state: For networks: the state of the learner's model, as in `NetworkExercise.state`.
        function: For numeric exercises: the function that the learner wrote, in NumPy.
        loses: For networks: whether some layers are computed and never used; None if that does
            not tell the mistake from others.
    """

    title: str
    explanation: str
    hints: tuple[str, ...]
    section: str
    mutation: Mutation | None = None
    state: Callable[..., Mapping[str, Any]] | None = None
    function: Callable[..., Any] | None = None
    loses: bool | None = None


def together(first: Mistake, second: Mistake) -> Mistake:
    """Return two mistakes of networks made at once. Where one changes nothing, the other stays."""
    hints = tuple(_both_said(*pair) for pair in zip(first.hints, second.hints, strict=True))
    return Mistake(
        f"Two things: {first.title} · {second.title}",
        _both_explained(first.explanation, second.explanation),
        hints,
        "; ".join(filter(None, dict.fromkeys([first.section, second.section]))),
        mutation=where_they_fit(first.mutation, second.mutation),
    )


def _both_explained(first: str, second: str) -> str:
    if first == second or not first or not second:
        return first or second
    return f"First: {first} Second: {second}"


def _both_said(first: str, second: str) -> str:
    return first if first == second else f"{first} And: {second}"


def where_they_fit(*mutations: Mutation | None) -> Mutation:
    """Apply several mutations in turn; one that finds nothing to change is left out."""

    def attempted(mutation: Mutation, reference: Reference) -> Reference:
        def build(arguments: Mapping[str, Any]) -> Graph:
            try:
                return mutation(reference, arguments)
            except Inapplicable:
                return reference(arguments)

        return build

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        for each in mutations:
            if each is not None:
                reference = attempted(each, reference)
        return reference(arguments)

    return mutation


class Inapplicable(ValueError):
    """A mutation finds nothing to change."""


def without(*patterns: str) -> Mutation:
    """Leave out the nodes whose names fit: what read them reads their first input instead."""

    def edit(graph: Graph) -> Graph:
        _matching(graph, patterns)
        stands_for: dict[str, str] = {}
        kept = []
        for node in graph.nodes.values():
            inputs = tuple(stands_for.get(name, name) for name in node.inputs)
            if _fits(node.name, patterns):
                stands_for[node.name] = inputs[0]
            else:
                kept.append(replace(node, inputs=inputs))
        return graph.rebuilt(kept, stands_for.get(graph.output, graph.output))

    return edited(edit)


def changed(pattern: str, **params: Any) -> Mutation:
    """Give the nodes whose names fit other parameters."""

    def edit(graph: Graph) -> Graph:
        _matching(graph, [pattern])
        return graph.rebuilt(
            replace(node, params={**node.params, **params}) if _fits(node.name, [pattern]) else node
            for node in graph.nodes.values()
        )

    return edited(edit)


def replaced(pattern: str, operation: str, **params: Any) -> Mutation:
    """Put another operation in the place of the nodes whose names fit."""

    def edit(graph: Graph) -> Graph:
        _matching(graph, [pattern])
        return graph.rebuilt(
            replace(node, operation=operation, params=params)
            if _fits(node.name, [pattern])
            else node
            for node in graph.nodes.values()
        )

    return edited(edit)


def inserted_after(pattern: str, operation: str, **params: Any) -> Mutation:
    """Add a node after those whose names fit; what read them reads the new one."""

    def edit(graph: Graph) -> Graph:
        _matching(graph, [pattern])
        stands_for: dict[str, str] = {}
        nodes: list[Node] = []
        for node in graph.nodes.values():
            inputs = tuple(stands_for.get(name, name) for name in node.inputs)
            nodes.append(replace(node, inputs=inputs))
            if _fits(node.name, [pattern]):
                name = f"{operation} after {node.name}"
                nodes.append(Node(name, operation, (node.name,), params, (), name))
                stands_for[node.name] = name
        return graph.rebuilt(nodes, stands_for.get(graph.output, graph.output))

    return edited(edit)


def rewired(pattern: str, *inputs: str) -> Mutation:
    """Let the node whose name fits read these nodes instead."""

    def edit(graph: Graph) -> Graph:
        _matching(graph, [pattern])
        return graph.rebuilt(
            replace(node, inputs=inputs) if _fits(node.name, [pattern]) else node
            for node in graph.nodes.values()
        )

    return edited(edit)


def ending_at(name: str) -> Mutation:
    """Return this node instead of the last one."""
    return edited(lambda graph: graph.rebuilt(graph.nodes.values(), name))


def called_with(change: Callable[[dict[str, Any]], Mapping[str, Any]]) -> Mutation:
    """Build the reference with other arguments than it was given: an argument that is ignored."""
    return lambda reference, arguments: reference({**arguments, **change(dict(arguments))})


def edited(edit: Callable[[Graph], Graph]) -> Mutation:
    """Apply a change to the reference graph, or to the beginning that another change leaves of it.

    Raises:
        ValueError: If shapes did not fit, and now they do: what comes after is not known.
    """

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        try:
            graph = reference(arguments)
        except ShapesDoNotFit as error:
            edit(error.built)  # this raises anew where shapes still do not fit
            raise ValueError("the rest of the network is not known") from error
        return edit(graph)

    return mutation


def both(*mutations: Mutation) -> Mutation:
    """Apply several mutations, one after the other."""

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        for each in mutations:
            reference = _bound(each, reference)
        return reference(arguments)

    return mutation


def _bound(mutation: Mutation, reference: Reference) -> Reference:
    return lambda arguments: mutation(reference, arguments)


def _fits(name: str, patterns: Any) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _matching(graph: Graph, patterns: Any) -> None:
    if not any(_fits(name, patterns) for name in graph.nodes):
        raise Inapplicable(f"no node is called {' or '.join(patterns)}")
