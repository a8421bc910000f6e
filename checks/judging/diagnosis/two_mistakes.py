"""Finds two mistakes that were made at once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import chain, combinations, islice, starmap

from checks.case import Case
from checks.differences.difference import cause_of
from checks.differences.numbers_of_layers import has_a_layer_in_place_of_a_stride
from checks.differences.unfinished import up_to
from checks.exercise import NetworkExercise
from checks.graph import Graph
from checks.graph.canonical import settings, simplify
from checks.graph.equivalence import same_structure
from checks.judging.diagnosis.edits import edits, further
from checks.judging.diagnosis.explaining import INAPPLICABLE, Built, explains, is_expected
from checks.judging.diagnosis.traits import Traits, change, is_part, pairs_that_make, traits
from checks.mistakes import Mistake, together

#: How many of the likely pairs of mistakes are tried.
MAXIMUM_PAIRS = 20

#: Single edits are tried in networks of at most this many layers, and how many of their pairs.
FEW_LAYERS = 30
MAXIMUM_EDITS = 120

#: With at most this many mistakes, all pairs of them can be tried in a small network.
FEW_MUTATIONS = 25


def two_at_once(exercise: NetworkExercise, built: Sequence[Built], small: bool) -> Mistake | None:
    """Find two mistakes that together give just the networks that were built.

    Where there are many, only the pairs are tried that the kinds of layers suggest.
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
    pair = next((each for each in pairs if explains(exercise, each, built, same_structure)), None)
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
    if any(explains(exercise, edit, built, same_structure) for edit in single):
        return None
    pairs = islice(_likely_pairs(exercise, [*mutations, *single], first, False), MAXIMUM_EDITS)
    return next(
        (
            pair
            for pair in starmap(together, pairs)
            if explains(exercise, pair, built, same_structure)
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
