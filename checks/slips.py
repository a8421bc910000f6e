"""Explains networks: by mistakes of the catalogue, by pairs of them, and by what nobody listed."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, starmap
from typing import Any

from checks.canonical import same_structure, simplify
from checks.case import Case
from checks.difference import cause_of
from checks.edits import edits, further, rewirings
from checks.exercise import NetworkExercise
from checks.graph import Graph
from checks.mistakes import Mistake, together
from checks.numbers import agree
from checks.traits import Traits, change, is_part, pairs_that_make, traits
from checks.unused import unused_operations

#: The cases that were answered, with the network of each, simplified, and what the probe says.
Built = Sequence[tuple[Case, Graph, Mapping[str, Any]]]
#: Whether two simplified graphs are the same network.
Same = Callable[[Graph, Graph, frozenset[str]], bool]

#: Single edits are tried in networks of so many layers, and so many of their likely pairs.
FEW_LAYERS = 30
MAXIMUM_EDITS = 120

#: Keras keeps a learning rate in float32.
STATE_TOLERANCE = 1e-5

#: What a mutation raises where it makes no network.
IMPOSSIBLE = (ValueError, KeyError, IndexError)


def explains(
    exercise: NetworkExercise, mistake: Mistake, built: Built, same: Same = same_structure
) -> bool:
    """Return whether a mistake gives just the networks that were built."""
    if mistake.state is None and mistake.mutation is None:
        return False
    try:
        return all(
            _is_state_of(mistake, case, value)
            and same(simplify(exercise.expected(case, mistake.mutation)), graph, exercise.free)
            for case, graph, value in built
        )
    except IMPOSSIBLE:
        return False


def _is_state_of(mistake: Mistake, case: Case, value: Mapping[str, Any]) -> bool:
    """Return whether a model has the state that a mistake gives it, where it gives it one."""
    if mistake.state is None or case.then is not None:
        return True
    wrong = mistake.state(**case.arguments)
    return all(agree(wrong[key], value.get(key), STATE_TOLERANCE) for key in wrong)


def likely_pairs(
    exercise: NetworkExercise, mutations: Sequence[Mistake], case: Case, graph: Graph
) -> Iterator[tuple[Mistake, Mistake]]:
    """Yield the pairs of mistakes that together change a network's traits as they are."""
    expected = traits(simplify(exercise.expected(case)), exercise.free)
    changes = [_changed_traits(exercise, mistake, case, expected) for mistake in mutations]
    wanted = change(expected, traits(graph, exercise.free))
    for one, other in pairs_that_make(wanted, changes):
        yield mutations[one], mutations[other]


def _changed_traits(
    exercise: NetworkExercise, mistake: Mistake, case: Case, expected: Traits
) -> Traits | None:
    try:
        mistaken = simplify(exercise.expected(case, mistake.mutation))
    except IMPOSSIBLE:
        return None
    return change(expected, traits(mistaken, exercise.free))


def led_astray(exercise: NetworkExercise, built: Built) -> Mistake | None:
    """Find the layer that reads another tensor, so that what was computed is never used.

    Several may give the same network; the one is meant whose lost layers are just those that the
    learner's function computed.
    """
    case, graph, value = built[0]
    expected = simplify(exercise.expected(case))
    computed = unused_operations(value)
    if not computed or max(len(expected.nodes), len(graph.nodes)) > FEW_LAYERS:
        return None
    found = None
    for mistake in rewirings(expected):
        if explains(exercise, mistake, built):
            left = simplify(exercise.expected(case, mistake.mutation)).nodes
            lost = [node.operation for node in expected.nodes.values() if node.name not in left]
            found = mistake if lost == computed else found
    return found


def with_edits(
    exercise: NetworkExercise, mutations: Sequence[Mistake], case: Case, graph: Graph
) -> Mistake | None:
    """Find two single edits, or a mistake and an edit, in a network of few layers.

    Where one edit is enough, the words for what differs say it. An edit has the numbers of one
    call, so it is compared with that one.
    """
    built: Built = [(case, graph, {})]
    expected = simplify(exercise.expected(case))
    if max(len(expected.nodes), len(graph.nodes)) > FEW_LAYERS:
        return None
    single = list(edits(expected, graph, exercise.free))
    if any(explains(exercise, edit, built) for edit in single):
        return None
    pairs = islice(likely_pairs(exercise, [*mutations, *single], case, graph), MAXIMUM_EDITS)
    explaining = (pair for pair in starmap(together, pairs) if explains(exercise, pair, built))
    return next(explaining, None)


def known_and_more(
    exercise: NetworkExercise, mutations: Sequence[Mistake], built: Built
) -> Mistake | None:
    """Find a mistake of many parts, all of which are in networks that differ further."""
    free = exercise.free
    for mistake in _greatest_first(exercise, mutations, built[0][0]):
        rests = []
        for case, graph, _ in built:
            with suppress(*IMPOSSIBLE):
                expected = simplify(exercise.expected(case))
                mistaken = simplify(exercise.expected(case, mistake.mutation))
                before, after, there = (traits(each, free) for each in (expected, mistaken, graph))
                if is_part(change(before, after), change(before, there)):
                    rests.append(cause_of(mistaken, graph, free))
        if len(rests) == len(built):
            return together(mistake, further(rests[0]))
    return None


def _greatest_first(
    exercise: NetworkExercise, mutations: Sequence[Mistake], case: Case
) -> list[Mistake]:
    """Return the mistakes that apply, those that change most first."""
    before = traits(simplify(exercise.expected(case)), exercise.free)
    changes = [_changed_traits(exercise, mistake, case, before) for mistake in mutations]
    known = [at for at, each in enumerate(changes) if each]
    return [mutations[at] for at in sorted(known, key=lambda at: -len(changes[at] or ()))]
