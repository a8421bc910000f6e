"""Misconceptions as small transformations of a reference, and the words to explain them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, Literal

from checks.graph import Graph, Node, ShapesDoNotFit
from checks.messages.titles import joined, said_once

#: Builds the reference graph for some arguments.
Reference = Callable[[Mapping[str, Any]], Graph]
#: Builds the graph that a learner with the misconception would build.
Mutation = Callable[[Reference, Mapping[str, Any]], Graph]

#: The state of a learner's model, from the arguments of a call.
State = Callable[..., Mapping[str, Any]]


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
    state: State | None = None
    function: Callable[..., Any] | None = None
    loses: bool | None = None


#: A mistake of a network: its mutation or its state, or several that make the same mistake; what is
#: wrong with it; and its hints.
Row = tuple[Mutation | State | tuple[Mutation | State, ...], str, *tuple[str, ...]]
#: Such mistakes by their titles.
Rows = Mapping[str, Row]


def mistakes(
    section: str,
    rows: Rows,
    of: Literal["mutation", "state"] = "mutation",
    loses: bool | None = None,
) -> tuple[Mistake, ...]:
    """Return the mistakes of networks that a section of the lesson explains.

    Args:
        section: Where the lesson explains them.
        rows: The mistakes.
        of: Whether they show in the graph or in the state of a model.
        loses: As in `Mistake`.
    """

    def mistake(title: str, explanation: str, hints: Sequence[str], change: Any) -> Mistake:
        found = Mistake(title, explanation, tuple(hints), section, loses=loses)
        return replace(found, **{of: change})

    return tuple(
        mistake(title, explanation, hints, change)
        for title, (changes, explanation, *hints) in rows.items()
        for change in (changes if isinstance(changes, tuple) else (changes,))
    )


def hinted(rows: Rows, *hints: str) -> Rows:
    """Return mistakes whose hints all begin with these; each adds its own, to three in all."""
    found: dict[str, Row] = {}
    for title, (changes, explanation, *own) in rows.items():
        all_hints = (*hints, *own)
        found[title] = (changes, explanation, *all_hints)
    return found


def together(first: Mistake, second: Mistake) -> Mistake:
    """Return two mistakes of networks made at once. Where one changes nothing, the other stays."""
    hints = tuple(_both_said(*pair) for pair in zip(first.hints, second.hints, strict=True))
    return Mistake(
        joined([first.title, second.title]),
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
    return first if first == second else said_once([first, second]) or f"{first} Also: {second}"


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


def without(*patterns: str, which: slice = slice(None)) -> Mutation:
    """Leave out the nodes whose names fit, or which of them, in their order.

    What read them reads their first input instead.
    """

    def edit(graph: Graph) -> Graph:
        left_out = _fitting(graph, patterns)[which]
        if not left_out:
            raise Inapplicable(f"too few nodes are called {' or '.join(patterns)}")
        stands_for: dict[str, str] = {}
        kept = []
        for node in graph.nodes.values():
            inputs = tuple(stands_for.get(name, name) for name in node.inputs)
            if node.name in left_out:
                stands_for[node.name] = inputs[0]
            else:
                kept.append(replace(node, inputs=inputs))
        return graph.rebuilt(kept, stands_for.get(graph.output, graph.output))

    return edited(edit)


def changed(pattern: str, **params: Any) -> Mutation:
    """Give the nodes whose names fit other parameters."""
    return rewritten(pattern, lambda node: replace(node, params={**node.params, **params}))


def replaced(pattern: str, operation: str, **params: Any) -> Mutation:
    """Put another operation in place of the nodes whose names fit."""
    return rewritten(pattern, lambda node: replace(node, operation=operation, params=params))


def rewired(pattern: str, *inputs: str) -> Mutation:
    """Let the nodes whose names fit read these nodes instead."""
    return rewritten(pattern, lambda node: replace(node, inputs=inputs))


def rewritten(pattern: str, change: Callable[[Node], Node]) -> Mutation:
    """Change the nodes whose names fit."""

    def edit(graph: Graph) -> Graph:
        names = _fitting(graph, [pattern])
        return graph.rebuilt(
            change(node) if node.name in names else node for node in graph.nodes.values()
        )

    return edited(edit)


def inserted_after(pattern: str, operation: str, **params: Any) -> Mutation:
    """Add a node after those whose names fit; what read them reads the new one."""

    def edit(graph: Graph) -> Graph:
        names = _fitting(graph, [pattern])
        stands_for: dict[str, str] = {}
        nodes: list[Node] = []
        for node in graph.nodes.values():
            inputs = tuple(stands_for.get(name, name) for name in node.inputs)
            nodes.append(replace(node, inputs=inputs))
            if node.name in names:
                name = f"{operation} after {node.name}"
                nodes.append(Node(name, operation, (node.name,), params, (), name))
                stands_for[node.name] = name
        return graph.rebuilt(nodes, stands_for.get(graph.output, graph.output))

    return edited(edit)


def ending_at(name: str) -> Mutation:
    """Return this node instead of the last one."""
    return edited(lambda graph: graph.rebuilt(graph.nodes.values(), name))


def called_with(change: Callable[..., Mapping[str, Any]]) -> Mutation:
    """Build the reference with other arguments; `change` takes those that were given, by name."""
    return lambda reference, arguments: reference({**arguments, **change(**arguments)})


def always(**fixed: Any) -> Mutation:
    """Build the reference with these arguments, whatever was given."""
    return called_with(lambda **given: fixed)


def by_default(**values: Any) -> Mutation:
    """Build the reference with these arguments where the call leaves them out."""
    return lambda reference, arguments: reference({**values, **arguments})


def more(**numbers: int) -> Mutation:
    """Build the reference with arguments that are larger by these numbers, or smaller."""
    return called_with(
        lambda **given: {name: given[name] + number for name, number in numbers.items()}
    )


def swapped(one: str, other: str) -> Mutation:
    """Build the reference with two arguments that have changed places."""
    return called_with(lambda **given: {one: given[other], other: given[one]})


def where(
    condition: Callable[..., bool], mutation: Mutation, otherwise: Mutation | None = None
) -> Mutation:
    """Apply a mutation to calls whose arguments, by name, fulfil a condition, and another to the "
    "rest."""

    def chosen(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        change = mutation if condition(**arguments) else otherwise
        return change(reference, arguments) if change else reference(arguments)

    return chosen


def edited(edit: Callable[[Graph], Graph]) -> Mutation:
    """Apply a change to the reference graph, or to the beginning that another change leaves of it.

    Raises:
        ValueError: If shapes did not fit, and now they do: what comes after is not known.
    """

    def mutation(reference: Reference, arguments: Mapping[str, Any]) -> Graph:
        try:
            graph = reference(arguments)
        except ShapesDoNotFit as error:
            edit(error.built)  # raises again if shapes still do not fit
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


def _fitting(graph: Graph, patterns: Sequence[str]) -> list[str]:
    """Return the names of the nodes that fit one of the patterns; there has to be one."""
    names = [name for name in graph.nodes if any(fnmatchcase(name, each) for each in patterns)]
    if not names:
        raise Inapplicable(f"no node is called {' or '.join(patterns)}")
    return names
