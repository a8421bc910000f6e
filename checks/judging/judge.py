"""From evidence to a report. Pure: needs neither Keras nor the learner's code."""

import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import NamedTuple

import numpy as np

from checks.case import Case
from checks.encoding import Other, decode
from checks.evidence import Error, Evidence, Record
from checks.exercise import Exercise, NetworkExercise, NumericExercise
from checks.judging import networks, numerics
from checks.judging.verdict import Answers, Verdict
from checks.messages.python_errors import in_short
from checks.report import Report


class _Kind(NamedTuple):
    """How the exercises of one kind are judged: by what, and with which results."""

    judge: Callable[..., networks.NetworkJudge | numerics.NumericJudge]
    results: Callable[..., list[str]]


JUDGES: Mapping[type[Exercise], _Kind] = {
    NetworkExercise: _Kind(networks.NetworkJudge, networks.results),
    NumericExercise: _Kind(numerics.NumericJudge, numerics.results),
}

FIRST_RESULTS = ("is a function", "takes the arguments", "runs")


def judge(exercise: Exercise, cases: Sequence[Case], evidence: Evidence) -> Report:
    """Judge the evidence that a probe collected.

    Args:
        exercise: The exercise.
        cases: The cases that the probe was given.
        evidence: What it returned.

    Returns:
        The report. Checks that depend on a failed one are "not run".
    """
    # What the interpreter makes of infinities and warnings is not part of the evidence.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _judge(exercise, cases, evidence)


def _judge(exercise: Exercise, cases: Sequence[Case], evidence: Evidence) -> Report:
    verdict = Verdict(exercise)
    if _is_callable(verdict, evidence) and _takes_the_arguments(verdict, evidence):
        pairs = list(zip(cases, evidence.cases, strict=False))
        answers = [(case, record) for case, record in pairs if case.raises is None]
        judge = JUDGES[type(exercise)].judge(exercise, verdict, answers)
        ran = False
        try:
            ran = judge.judge()
        except Exception as error:
            _could_not_judge(verdict, error)
        if ran:
            _refuses(verdict, [(case, record) for case, record in pairs if case.raises])
    return verdict.report(_planned(exercise, cases), evidence.printed)


def _planned(exercise: Exercise, cases: Sequence[Case]) -> list[str]:
    """Return the names of all results, in order."""
    own = JUDGES[type(exercise)].results(exercise, cases[0])
    others = dict.fromkeys(case.covers for case in cases if case.covers != cases[0].covers)
    return [*FIRST_RESULTS, *own, *others]


def _could_not_judge(verdict: Verdict, error: Exception) -> None:
    """Say that the check itself failed: a learner should never see an error of ours."""
    verdict.traceback = "".join(traceback.format_exception(error))
    verdict.failed(
        "can be judged",
        "an answer that the check understands",
        f"{type(error).__name__}: {error}",
        "The check itself failed on your answer. That is a fault of the check.",
        "Write the function the way the lesson does, and tell your instructor.",
        cause="The check could not judge this answer",
    )


def _is_callable(verdict: Verdict, evidence: Evidence) -> bool:
    if evidence.callable:
        return verdict.passed("is a function")
    return verdict.failed(
        "is a function",
        f"the function {verdict.exercise.name}",
        f"an object of the type {evidence.type}",
        hint=f"Pass the function itself: checks.{verdict.exercise.name}"
        f"({verdict.exercise.name}), without calling it.",
        cause="What was passed to the check is not a function",
    )


def _takes_the_arguments(verdict: Verdict, evidence: Evidence) -> bool:
    exercise, names = verdict.exercise, evidence.parameters
    wanted = exercise.parameters
    missing = _not_taken(exercise, names) if names is not None else []
    if names is None or not missing:
        return verdict.passed("takes the arguments")
    by_name = [name for name in missing if name in exercise.keywords]
    why = f"The function has no parameter called {' and none called '.join(missing)}."
    if by_name:
        others = ", ".join(f"`{name}=…`" for name in by_name)
        it = "it" if len(by_name) == 1 else "them"
        why += f" Other cells of the lessons pass {it} by name: {others}."
    close = get_close_matches(missing[0], [name for name in names if name not in wanted], n=1)
    hint = f"Is `{close[0]}` meant to be `{missing[0]}`? " if close else ""
    return verdict.failed(
        "takes the arguments",
        f"({', '.join(wanted)})",
        f"({', '.join(names)})",
        why,
        hint + "Keep the first line of the function as the lesson gives it.",
        cause="The parameters have other names than in the lesson"
        if len(names) >= len(wanted)
        else "The function has too few parameters",
    )


def _not_taken(exercise: Exercise, names: Sequence[str]) -> list[str]:
    """Return the arguments that a function takes neither by name nor under another by position."""
    return [
        name
        for at, name in enumerate(exercise.parameters)
        if name not in names
        and (name in exercise.keywords or at >= len(names) or names[at] in exercise.parameters)
    ]


def _refuses(verdict: Verdict, answers: Answers) -> None:
    """Record whether the function refuses the arguments that it should refuse."""
    for case, record in answers:
        error = record.error or Error(_returned(record) or "no error")
        if case.raises in error.types and error.message:
            verdict.passed(case.covers)
            continue
        verdict.failed(
            case.covers,
            f"a {case.raises} with a message, for {case.in_words()}",
            in_short(error),
            "A caller who passes such arguments by mistake gets a wrong result without a warning."
            if not error.types
            else f"A {case.raises} with a message says what is wrong with the arguments.",
            f"Check the arguments first: `raise {case.raises}(…)` with a sentence that says what "
            "was expected and what was received. Without the word `raise`, nothing happens.",
            cause=_how_refused(case, error),
        )


def _how_refused(case: Case, error: Error) -> str:
    """Say in a title what a function does with arguments that it should refuse."""
    what = case.covers.removeprefix("refuses ")
    if case.raises in error.types:
        return f"The {case.raises} for {what} has no message"
    subject = what[0].upper() + what[1:]
    if error.types:
        article = "an" if error.type[0] in "AEIOU" else "a"
        return f"{subject} raises {article} {error.type}, not a {case.raises}"
    if error.type == case.raises:
        return f"The {case.raises} for {what} is returned, not raised"
    return f"{subject} is accepted instead of refused with a {case.raises}"


def _returned(record: Record) -> str:
    """Return the type of a value that has no encoding, such as an exception; "" for others."""
    value = record.value
    result = decode(value.value) if value and value.kind == "value" else None
    return result.type_name if isinstance(result, Other) else ""
