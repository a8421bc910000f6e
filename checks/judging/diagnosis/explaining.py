"""Whether a mistake gives the networks that a learner's function built."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from checks.case import Case
from checks.differences.unfinished import begins
from checks.differences.unused import unused_operations
from checks.differences.values import agree
from checks.evidence import Value
from checks.exercise import NetworkExercise
from checks.graph import Graph
from checks.graph.canonical import simplify
from checks.graph.equivalence import same_structure
from checks.mistakes import Mistake

#: Keras keeps a learning rate in float32.
STATE_TOLERANCE = 1e-5

#: What building a network with a mistake may raise, besides that shapes do not fit.
INAPPLICABLE = (ValueError, KeyError, IndexError)


@dataclass(frozen=True)
class Built:
    """What a learner's function built for a case.

    Attributes:
        case: The call.
        graph: The network, simplified.
        value: What else the probe says of a network that was returned; None for one that is not
            finished.
    """

    case: Case
    graph: Graph
    value: Value | None = None


def explains(
    exercise: NetworkExercise, mistake: Mistake, built: Sequence[Built], same: Any
) -> bool:
    """Return whether the mistake gives just the networks that were built."""
    if mistake.state is None and mistake.mutation is None:
        return False
    if mistake.loses not in (None, any(unused_operations(each.value) for each in built)):
        return False
    try:
        return all(
            _gives(exercise, mistake, each, same)
            if each.value is not None
            else begins(
                each.graph,
                simplify(exercise.begun(each.case, mistake.mutation)),
                exercise.free,
            )
            for each in built
        )
    except INAPPLICABLE:
        return False


def _gives(exercise: NetworkExercise, mistake: Mistake, built: Built, same: Any) -> bool:
    mistaken = simplify(exercise.expected(built.case, mistake.mutation))
    return _is_state_of(mistake, built) and same(mistaken, built.graph, exercise.free)


def _is_state_of(mistake: Mistake, built: Built) -> bool:
    """Return whether a model has the state that a mistake gives it, where it gives it one."""
    if mistake.state is None or built.value is None or built.case.then is not None:
        return True
    wrong = mistake.state(**built.case.arguments)
    return all(agree(wrong[key], getattr(built.value, key), STATE_TOLERANCE) for key in wrong)


def is_expected(exercise: NetworkExercise, built: Built) -> bool:
    """Return whether a network has the structure of the expected one, or of its beginning."""
    expected = simplify(exercise.expected(built.case))
    same = same_structure if built.value is not None else _is_begun
    return same(expected, built.graph, exercise.free)


def _is_begun(expected: Graph, begun: Graph, free: frozenset[str]) -> bool:
    return begins(begun, expected, free)
