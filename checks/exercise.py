"""What an exercise is, for the probe and for the judge."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np

from checks.case import Case, Images
from checks.evidence import Error
from checks.graph import Graph, GraphBuilder, ShapesDoNotFit, chained
from checks.messages.python_errors import Explanation
from checks.mistakes import Inapplicable, Mistake, Mutation
from checks.variations import Variations

#: Draws the cases of a check. The flag asks for those of grading, which are more.
DrawCases = Callable[[np.random.Generator, bool], Sequence[Case]]


@dataclass(frozen=True)
class Exercise:
    """What all exercises have in common.

    Attributes:
        name: Name of the exercise and of the learner's function.
        lesson: Folder of the lesson, such as "02_identity_block".
        parameters: Names of the function's parameters, in order.
        cases: Draws the calls to make.
        mistakes: The catalogue of misconceptions.
        covered: What a pass covers, and what grading adds, in a sentence or two.
        keywords: Parameters that the lessons pass by name. A learner may call the others
            what they like.
    """

    name: str
    lesson: str
    parameters: tuple[str, ...]
    cases: DrawCases
    mistakes: tuple[Mistake, ...] = ()
    covered: str = ""
    keywords: frozenset[str] = field(default=frozenset(), kw_only=True)


@dataclass(frozen=True)
class NetworkExercise(Exercise):
    """An exercise whose function adds layers to a tensor, or builds a model.

    Attributes:
        build: Writes the reference: it takes a `GraphBuilder` and the function's own arguments,
            `Images` arguments as names of nodes, and returns the name of the output.
        returns: Whether the function returns a tensor or a model.
        free: Names of parameters that learners may choose, such as "epsilon".
        in_inference: Whether normalisations may be called in inference mode, as those of a
            backbone are.
        state: What training will do with the model, which its graph does not show. It takes the
            function's own arguments and returns expected values by the name of their evidence:
            "trainable_parameters", "optimiser", "learning_rate", "loss", "new_optimiser",
            "returns_the_same_model" or "keeps_what_was_learned".
    """

    build: Callable[..., str] = field(kw_only=True)
    returns: Literal["tensor", "model"] = "tensor"
    free: frozenset[str] = frozenset({"epsilon"})
    in_inference: bool = False
    state: Callable[..., Mapping[str, Any]] | None = None

    def reference(self, arguments: Mapping[str, Any]) -> Graph:
        """Return the reference graph for the arguments of one call."""
        builder = GraphBuilder()
        given = {
            name: builder.input(value.shape) if isinstance(value, Images) else value
            for name, value in arguments.items()
        }
        return builder.graph(self.build(builder, **given))

    def expected(self, case: Case, mutation: Mutation | None = None) -> Graph:
        """Return the reference graph for a case of one call or two, or what a mistake makes of it.

        A call in which the mutation finds nothing to change stays as it is: a mistake in the
        projection does not show in a block without one.

        Raises:
            ShapesDoNotFit: If the mutation makes shapes that do not fit.
        """

        def build(arguments: Mapping[str, Any]) -> Graph:
            with suppress(Inapplicable):
                if mutation is not None:
                    return mutation(self.reference, arguments)
            return self.reference(arguments)

        first = build(case.arguments)
        if case.then is None:
            return first
        size = first.nodes[first.output].shape[:-1]
        later = {
            name: replace(value, shape=(*size, value.shape[-1]))
            if isinstance(value, Images)
            else value
            for name, value in case.then.items()
        }
        try:
            second = build(later)
        except ShapesDoNotFit as error:
            error.built = chained(first, error.built)
            raise
        return chained(first, second)

    def begun(self, case: Case, mutation: Mutation | None = None) -> Graph:
        """Return the same graph, but up to where shapes do not fit if they do not.

        Raises:
            ValueError: If the mutation finds nothing to change, or changes what cannot be changed.
        """
        try:
            return self.expected(case, mutation)
        except ShapesDoNotFit as error:
            return error.built


@dataclass(frozen=True)
class NumericExercise(Exercise):
    """An exercise whose function computes numbers.

    Attributes:
        truth: The reference in NumPy. It takes the function's own arguments.
        variations: The formula, and what learners write in place of its parts.
        tolerance: Largest relative difference that counts as equal.
        describe: What the function should return, in a few words, for the report.
        ordered_by: What the entries of the dictionary that is returned stand in the order of, such
            as "the layers of the model"; nothing where their order does not count.
        dtypes: The kind of numbers of the result, or of each of its parts, by words for it:
            "integer", a dtype such as "float32", or None where any will do.
        at_a_glance: Says in a title what the shape or the range of a wrong result shows, if they
            show something. It takes the arguments of a call, the truth and the result.
        on_error: Explains an error that has a special meaning in this exercise; None for
            others. It takes the arguments of a call and what the evidence says of the error.
        only_wrong: The title of a mistake that shows in calls of one kind alone, with what to do
            about it, by what these calls cover.
    """

    truth: Callable[..., Any] = field(kw_only=True)
    variations: Variations = field(kw_only=True)
    tolerance: float = 1e-4
    describe: str = ""
    ordered_by: str = ""
    dtypes: Mapping[str, str | None] = field(default_factory=dict)
    at_a_glance: Callable[[Mapping[str, Any], Any, Any], str | None] | None = None
    on_error: Callable[[Mapping[str, Any], Error], Explanation | None] | None = None
    only_wrong: Mapping[str, tuple[str, str]] = field(default_factory=dict)
