"""Wrong attempts are told their true cause, and right ones pass."""

import re

import pytest

import checks
from tests.checks.attempts.attempt import Attempt
from tests.checks.attempts.corpus import ATTEMPTS

#: Every so many attempts is graded as well.
GRADED = 16

#: A computer may be busy.
PATIENCE = 300.0


def marked(attempts: list[Attempt]) -> list:
    """Return attempts as parameters of a test; what the checks cannot do yet may fail."""
    return [
        pytest.param(
            each,
            id=each.name,
            marks=[pytest.mark.xfail(reason=each.open)] if each.open else [],
        )
        for each in attempts
    ]


def assert_judged(attempt: Attempt, grading: bool = False) -> None:
    report = checks.run(attempt.exercise, attempt.function, grading, PATIENCE)
    if attempt.cause is None:
        assert report.passed, str(report)
        return
    assert not report.passed
    assert report.cause is not None, str(report)
    assert re.search(attempt.cause, report.cause, re.IGNORECASE), report.cause


@pytest.mark.parametrize("attempt", marked(ATTEMPTS))
def test_an_attempt_is_judged_truthfully(attempt: Attempt) -> None:
    assert_judged(attempt)


@pytest.mark.parametrize(
    "attempt", marked([each for each in ATTEMPTS[::GRADED] if each.exercise != "ResNet50"])
)
def test_grading_judges_an_attempt_alike(attempt: Attempt) -> None:
    assert_judged(attempt, grading=True)


def test_every_exercise_has_attempts() -> None:
    for exercise in checks.exercise_names():
        wrong = [each for each in ATTEMPTS if each.exercise == exercise and each.cause]
        right = [each for each in ATTEMPTS if each.exercise == exercise and not each.cause]
        assert len(wrong) >= 8, exercise
        assert len(right) >= 2, exercise


def test_attempts_have_names_of_their_own() -> None:
    names = [each.name for each in ATTEMPTS]
    assert len(names) == len(set(names))
