"""Plays the learners of the catalogue: each makes one mistake, and the judge should name it."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import keras
import numpy as np
import pytest

from checks.case import Case
from checks.encoding import encode
from checks.evidence import Error, Evidence, Layer, Record, Value, read, written
from checks.exercise import Exercise, NetworkExercise, NumericExercise
from checks.graph import Graph, ShapesDoNotFit
from checks.judging.judge import judge
from checks.mistakes import Mistake
from checks.probing.built import built
from checks.probing.probe import describe_model
from checks.probing.realisation import keras_model
from checks.probing.recording import recorded
from checks.report import Report


def mutants(exercises: Iterable[Exercise]) -> list[Any]:
    """Return every exercise with each of its mistakes, as parameters for pytest."""
    return [
        pytest.param(exercise, mistake, id=f"{exercise.name}: {mistake.title}")
        for exercise in exercises
        for mistake in exercise.mistakes
    ]


def assert_named(exercise: Exercise, mistake: Mistake, in_grading: bool = True) -> None:
    """Assert that a learner who makes a mistake fails, and is told that mistake by its title.

    Both the learner's own check and the one of grading have to name it, unless grading draws the
    same network again and takes long for it.
    """
    for grading in (False, True)[: 1 + in_grading]:
        report = report_on(exercise, mistake, grading)
        assert not report.passed, (
            f"{mistake.title}: the changed network passes. What Keras builds of it "
            "(checks/probing/realisation.py) computes the same as the reference."
        )
        assert report.cause == mistake.title, str(report)
        assert 0 <= report.score < 1
        assert mistake.hints[0] in {result.hint for result in report.results}


def report_on(exercise: Exercise, mistake: Mistake, grading: bool = False) -> Report:
    """Judge what a learner who makes a mistake hands in."""
    cases = exercise.cases(np.random.default_rng(7), grading)
    if isinstance(exercise, NetworkExercise):
        records = [_record(exercise, mistake, case) for case in cases]
    else:
        assert isinstance(exercise, NumericExercise)
        records = [_answer(mistake, case) for case in cases]
    evidence = Evidence(True, parameters=exercise.parameters, cases=tuple(records))
    return judge(exercise, cases, read(Evidence, json.loads(json.dumps(written(evidence)))))


def _answer(mistake: Mistake, case: Case) -> Record:
    assert mistake.function is not None
    return Record("returned", Value("value", encode(mistake.function(**case.arguments))))


def _record(exercise: NetworkExercise, mistake: Mistake, case: Case) -> Record:
    if case.raises:
        return _crash("This is refused.")
    try:
        graph = exercise.expected(case, mistake.mutation)
    except ShapesDoNotFit as error:
        return _stopped(error.built)
    with _no_weights():
        model = keras_model(graph)
    state = mistake.state or exercise.state
    return Record(
        "returned",
        replace(
            describe_model(exercise.returns, model),
            unused=(Layer("Add", "lost"),) if mistake.loses else (),
            **(state(**case.arguments) if state else {}),
        ),
    )


def _stopped(graph: Graph) -> Record:
    """Return what the probe says where Keras itself refuses the last layer of a network."""
    with _no_weights(), recorded(None) as recording:
        try:
            with recording.of_this_thread():
                keras_model(graph)
        except Exception as error:
            raised = error
            built_before = built(recording, raised, keras_model)
    return replace(_crash(str(raised)), built=built_before)


@contextmanager
def _no_weights() -> Iterator[None]:
    """Draw no weights: only the structure counts. Keras is left as if nothing had been built."""
    with keras.StatelessScope(initialize_variables=False):
        yield
    keras.utils.clear_session(free_memory=False)


def _crash(message: str) -> Record:
    types = ("ValueError", "Exception", "BaseException", "object")
    return Record("raised", error=Error("ValueError", types, message))
