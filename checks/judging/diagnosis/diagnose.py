"""Finds the mistake of the catalogue that explains what a learner built."""

from collections.abc import Sequence
from dataclasses import replace

from checks.exercise import NetworkExercise
from checks.graph.canonical import simplify
from checks.graph.equivalence import same_structure, same_values
from checks.judging.diagnosis.explaining import Built, explains, is_expected
from checks.judging.diagnosis.fixed_modes import fixed_mode, without_modes
from checks.judging.diagnosis.lost_results import led_astray, lost_on_the_way
from checks.judging.diagnosis.two_mistakes import two_at_once
from checks.mistakes import Mistake, together

#: Above this many nodes, mistakes are recognised by structure alone: running each takes too long.
SMALL_GRAPH = 60


def diagnose(exercise: NetworkExercise, built: Sequence[Built]) -> Mistake | None:
    """Return the mistake, or the two at once, that gives what was built in all cases.

    Args:
        exercise: The exercise.
        built: What was built, which is not what is expected.
    """
    small = all(
        max(len(each.graph.nodes), len(exercise.expected(each.case).nodes)) <= SMALL_GRAPH
        for each in built
    )
    for same in (same_structure, same_values) if small else (same_structure,):
        for mistake in exercise.mistakes:
            if explains(exercise, mistake, built, same):
                return lost_on_the_way(exercise, mistake, built)
    if not built:
        return None
    return (
        _with_fixed_modes(exercise, built, small)
        or led_astray(exercise, built)
        or two_at_once(exercise, built, small)
    )


def _with_fixed_modes(
    exercise: NetworkExercise, built: Sequence[Built], small: bool
) -> Mistake | None:
    """Find calls that fix the mode of normalisations, in networks that are right otherwise.

    Whatever else is wrong may be one mistake of the catalogue.
    """
    fixed = [fixed_mode(each.graph) for each in built]
    mistake = next(filter(None, fixed), None)
    if mistake is None:
        return None
    following = [replace(each, graph=without_modes(each.graph, True, False)) for each in built]
    if all(_is_right(exercise, each, small) for each in following):
        return mistake
    others = (
        each for each in exercise.mistakes if explains(exercise, each, following, same_structure)
    )
    other = next(others, None)
    return together(other, mistake) if other else None


def _is_right(exercise: NetworkExercise, built: Built, small: bool) -> bool:
    if is_expected(exercise, built):
        return True
    expected = simplify(exercise.expected(built.case))
    return small and built.value is not None and same_values(expected, built.graph, exercise.free)
