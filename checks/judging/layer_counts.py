"""Which kinds of layers are counted, and which of them a function builds."""

from checks.case import Case, Network, TransferNetwork
from checks.differences.comparison import kinds_of_layers, unlike_layers
from checks.exercise import NetworkExercise


def kinds(exercise: NetworkExercise, case: Case) -> list[str]:
    """Return the kinds of layers that are counted in a case."""
    return kinds_of_layers(exercise.expected(case))


def kinds_given(exercise: NetworkExercise, case: Case) -> set[str]:
    """Return the kinds of layers of which a function was given all that there should be."""
    given: set[str] = set()
    for value in case.arguments.values():
        if isinstance(value, TransferNetwork):
            return set(kinds(exercise, case))
        if isinstance(value, Network):
            given |= set(kinds(exercise, case)) - {
                *unlike_layers(exercise.expected(case), value.graph)
            }
    return given
