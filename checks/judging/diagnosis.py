"""Finds the mistake of the catalogue that explains what a learner built."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain, combinations, islice, starmap
from typing import Any

from checks.case import Case
from checks.differences.difference import cause_of
from checks.differences.numbers_of_layers import has_a_layer_in_place_of_a_stride
from checks.differences.unfinished import begins, up_to
from checks.differences.unused import (
    LOST,
    USE_IT,
    are_lost,
    left_behind,
    never_called,
    unused_operations,
)
from checks.differences.values import agree
from checks.evidence import Value
from checks.exercise import NetworkExercise
from checks.graph import Graph
from checks.graph.canonical import settings, simplify
from checks.graph.equivalence import same_structure, same_values
from checks.judging.edits import edits, further, rewirings
from checks.judging.fixed_modes import fixed_mode, without_modes
from checks.judging.traits import Traits, change, is_part, pairs_that_make, traits
from checks.mistakes import Mistake, together

#: Above this many nodes, mistakes are recognised by structure alone: running each takes too long.
SMALL_GRAPH = 60

#: So many of the likely pairs of mistakes are tried.
MAXIMUM_PAIRS = 20

#: Single edits are tried in networks of so many layers, and so many of their likely pairs.
FEW_LAYERS = 30
MAXIMUM_EDITS = 120

#: With so many mistakes, all pairs of them can be tried in a small network.
FEW_MUTATIONS = 25

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
            if _explains(exercise, mistake, built, same):
                return _lost_on_the_way(exercise, mistake, built)
    if not built:
        return None
    return (
        _with_fixed_modes(exercise, built, small)
        or _led_astray(exercise, built)
        or _two_at_once(exercise, built, small)
    )


def _with_fixed_modes(
    exercise: NetworkExercise, built: Sequence[Built], small: bool
) -> Mistake | None:
    """Find calls that fix the mode of normalisations, in networks that else are right.

    What else is wrong may be one mistake of the catalogue.
    """
    fixed = [fixed_mode(each.graph) for each in built]
    mistake = next(filter(None, fixed), None)
    if mistake is None:
        return None
    following = [replace(each, graph=without_modes(each.graph, True, False)) for each in built]
    if all(_is_right(exercise, each, small) for each in following):
        return mistake
    others = (
        each for each in exercise.mistakes if _explains(exercise, each, following, same_structure)
    )
    other = next(others, None)
    return together(other, mistake) if other else None


def _is_right(exercise: NetworkExercise, built: Built, small: bool) -> bool:
    if is_expected(exercise, built):
        return True
    expected = simplify(exercise.expected(built.case))
    return small and built.value is not None and same_values(expected, built.graph, exercise.free)


def _explains(
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


def _two_at_once(exercise: NetworkExercise, built: Sequence[Built], small: bool) -> Mistake | None:
    """Find two mistakes that together give just the networks that were built.

    Where there are many, only the pairs are tried that the kinds of layers speak for.
    """
    wrong = (each for each in built if not is_expected(exercise, each))
    first = next(wrong, None)
    if first is None:
        return None
    mutations = [each for each in exercise.mistakes if each.mutation and not each.state]
    if _is_one_setting(exercise, first):
        return None
    likely = islice(_likely_pairs(exercise, mutations, first), MAXIMUM_PAIRS)
    others = combinations(mutations, 2) if small and len(mutations) <= FEW_MUTATIONS else iter(())
    pairs = starmap(together, chain(likely, others))
    pair = next((each for each in pairs if _explains(exercise, each, built, same_structure)), None)
    if pair or any(each.value is None for each in built):
        return pair
    pair = _with_edits(exercise, mutations, first) if _alike(exercise, [first, *wrong]) else None
    return pair or _known_and_more(exercise, mutations, built)


def _is_one_setting(exercise: NetworkExercise, built: Built) -> bool:
    """Return whether one layer differs, in one setting: two mistakes would be one too many."""
    ours = simplify(exercise.expected(built.case)).nodes.values()
    theirs = built.graph.nodes.values()
    if [node.operation for node in ours] != [node.operation for node in theirs]:
        return False
    unlike = [
        {*settings(one, exercise.free)} ^ {*settings(other, exercise.free)}
        for one, other in zip(ours, theirs, strict=True)
    ]
    return [len(each) for each in unlike if each] == [2]  # what it is, and what it should be


def _lost_on_the_way(
    exercise: NetworkExercise, mistake: Mistake, built: Sequence[Built]
) -> Mistake:
    """Say of a layer that seems to be missing what became of it, if it is there."""
    if astray := _led_astray(exercise, built):
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


def _led_astray(exercise: NetworkExercise, built: Sequence[Built]) -> Mistake | None:
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
        if _explains(exercise, mistake, built, same_structure):
            left = simplify(exercise.expected(case, mistake.mutation)).nodes
            lost = [node.operation for node in expected.nodes.values() if node.name not in left]
            found = mistake if computed in (lost, _without_activations(lost)) else found
    return found


def _without_activations(operations: Sequence[str]) -> list[str]:
    """Return the same without what may be part of the layer before."""
    return [each for each in operations if each not in ("relu", "softmax")]


def _alike(exercise: NetworkExercise, wrong: Sequence[Built]) -> bool:
    """Return whether layers of the same kinds are missing and too many in all networks.

    Two calls in one network have twice as many.
    """
    changes = []
    for each in (built for built in wrong if built.case.then is None):
        wanted, there = (
            Counter(node.operation for node in graph.nodes.values())
            for graph in (simplify(exercise.expected(each.case)), each.graph)
        )
        changes.append((wanted - there, there - wanted))
    return all(each == changes[0] for each in changes)


def _with_edits(
    exercise: NetworkExercise, mutations: Sequence[Mistake], first: Built
) -> Mistake | None:
    """Find two single edits, or a mistake and an edit, in a network of few layers.

    Where one edit is enough, the words for what differs say it. An edit has the numbers of one
    call, so it is compared with that one.
    """
    built = [first]
    expected = simplify(exercise.expected(first.case))
    if max(len(expected.nodes), len(first.graph.nodes)) > FEW_LAYERS:
        return None
    if has_a_layer_in_place_of_a_stride(expected, first.graph):
        return None
    single = list(edits(expected, first.graph, exercise.free))
    if any(_explains(exercise, edit, built, same_structure) for edit in single):
        return None
    pairs = islice(_likely_pairs(exercise, [*mutations, *single], first, False), MAXIMUM_EDITS)
    return next(
        (
            pair
            for pair in starmap(together, pairs)
            if _explains(exercise, pair, built, same_structure)
        ),
        None,
    )


def _known_and_more(
    exercise: NetworkExercise, mutations: Sequence[Mistake], built: Sequence[Built]
) -> Mistake | None:
    """Find a mistake of many parts, all of which are in networks that differ further."""
    free = exercise.free
    differences = []
    for each in built:
        before = traits(simplify(exercise.expected(each.case)), free)
        differences.append((each, before, change(before, traits(each.graph, free))))
    for mistake in _greatest_first(exercise, mutations, built[0].case):
        rests = []
        for each, before, difference in differences:
            with suppress(*INAPPLICABLE):
                mistaken = simplify(exercise.expected(each.case, mistake.mutation))
                if is_part(change(before, traits(mistaken, free)), difference):
                    rests.append(cause_of(mistaken, each.graph, free))
        if len(rests) == len(built):
            return together(mistake, further(rests[0]))
    return None


def _greatest_first(
    exercise: NetworkExercise, mutations: Sequence[Mistake], case: Case
) -> list[Mistake]:
    """Return the mistakes that apply, those that change most first."""
    before = traits(simplify(exercise.expected(case)), exercise.free)
    sizes: dict[int, int] = {}
    for at, mistake in enumerate(mutations):
        with suppress(*INAPPLICABLE):
            mistaken = simplify(exercise.expected(case, mistake.mutation))
            sizes[at] = len(change(before, traits(mistaken, exercise.free)))
    return [mutations[at] for at in sorted(filter(sizes.get, sizes), key=lambda at: -sizes[at])]


def is_expected(exercise: NetworkExercise, built: Built) -> bool:
    """Return whether a network has the structure of the expected one, or of its beginning."""
    expected = simplify(exercise.expected(built.case))
    same = same_structure if built.value is not None else _is_begun
    return same(expected, built.graph, exercise.free)


def _is_begun(expected: Graph, begun: Graph, free: frozenset[str]) -> bool:
    return begins(begun, expected, free)


def _likely_pairs(
    exercise: NetworkExercise, mutations: Sequence[Mistake], built: Built, idle: bool = True
) -> Iterator[tuple[Mistake, Mistake]]:
    """Yield the pairs of mistakes that together change a network's traits as they are.

    Args:
        exercise: The exercise.
        mutations: The mistakes.
        built: What was built for one call.
        idle: Whether one of the two may change nothing in this call.
    """

    def traits_of(graph: Graph) -> Traits:
        compared = graph if built.value is not None else up_to(graph, built.graph, exercise.free)
        return traits(compared, exercise.free)

    expected = traits_of(simplify(exercise.expected(built.case)))
    changes: list[Traits | None] = []
    for mistake in mutations:
        try:
            mistaken = simplify(exercise.begun(built.case, mistake.mutation))
        except INAPPLICABLE:
            changes.append(None)
        else:
            changed = change(expected, traits_of(mistaken))
            changes.append(changed if changed or idle else None)
    for one, other in pairs_that_make(change(expected, traits_of(built.graph)), changes):
        yield mutations[one], mutations[other]
