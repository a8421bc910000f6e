"""Says what became of a layer that is computed, and whose result is lost."""

from collections.abc import Sequence
from dataclasses import replace

from checks.differences.unused import (
    LOST,
    USE_IT,
    are_lost,
    left_behind,
    never_called,
    unused_operations,
)
from checks.evidence import Value
from checks.exercise import NetworkExercise
from checks.graph.canonical import simplify
from checks.graph.equivalence import same_structure
from checks.judging.diagnosis.edits import rewirings
from checks.judging.diagnosis.explaining import Built, explains
from checks.mistakes import Mistake

#: In a network of more layers there are too many ways to rewire one.
FEW_LAYERS = 30


def lost_on_the_way(exercise: NetworkExercise, mistake: Mistake, built: Sequence[Built]) -> Mistake:
    """Say of a layer that seems to be missing what became of it, if it is there."""
    if astray := led_astray(exercise, built):
        return replace(mistake, title=astray.title, hints=astray.hints)
    expected = simplify(exercise.expected(built[0].case))
    if found := never_called(_uncalled(built[0].value), expected, built[0].graph):
        title, hint = found
        return replace(mistake, title=title, hints=(*mistake.hints[:2], hint))
    computed = unused_operations(built[0].value) or left_behind(built[0].graph)
    if "missing" in mistake.title and are_lost(computed, expected, built[0].graph):
        return replace(mistake, title=f"{mistake.title} {LOST}", hints=(*mistake.hints[:2], USE_IT))
    return mistake


def _uncalled(value: Value | None) -> list[str]:
    return [each.class_name for each in value.uncalled] if value else []


def led_astray(exercise: NetworkExercise, built: Sequence[Built]) -> Mistake | None:
    """Find the layer that reads another tensor, so that what was computed is never used.

    Several may give the same network; the one is meant whose lost layers are just those that the
    learner's function computed.
    """
    case, graph, value = built[0].case, built[0].graph, built[0].value
    computed = unused_operations(value) if value is not None else left_behind(graph)
    expected = simplify(exercise.expected(case))
    if not computed or max(len(expected.nodes), len(graph.nodes)) > FEW_LAYERS:
        return None
    found = None
    for mistake in rewirings(expected):
        if explains(exercise, mistake, built, same_structure):
            left = simplify(exercise.expected(case, mistake.mutation)).nodes
            lost = [node.operation for node in expected.nodes.values() if node.name not in left]
            found = mistake if computed in (lost, _without_activations(lost)) else found
    return found


def _without_activations(operations: Sequence[str]) -> list[str]:
    """Return the same without what may be part of the layer before."""
    return [each for each in operations if each not in ("relu", "softmax")]
