"""Formulas with wrong parts: what fits is named, the simplest first, and nothing by accident."""

import numpy as np
import pytest

from checks.catalogue import EXERCISES as ALL
from checks.encoding import encode
from checks.evidence import Evidence, Record, Value
from checks.exercise import NumericExercise
from checks.judging.judge import judge
from checks.report import Report
from checks.variations import Slip, Variations, alone, table

EXERCISES = [each for each in ALL.values() if isinstance(each, NumericExercise)]


def area(width: int, height: int, half: float = 1.0, extra: int = 0) -> float:
    return width * height * half + extra


VARIATIONS = Variations(
    area,
    (
        Slip("It is halved", {"half": 0.5}, "Take all of it."),
        Slip("There is one more", {"extra": 1}, "Add nothing."),
        Slip("There are two more", {"extra": 2}),
        Slip("It is a quarter and one more", {"half": 0.25, "extra": 1}, alone=True),
    ),
    "lesson 0",
)


def named(wrong) -> str | None:
    calls = [{"width": 2, "height": 5}, {"width": 3, "height": 4}]
    found = VARIATIONS.fitting(lambda function: all(function(**c) == wrong(**c) for c in calls))
    return found.title if found else None


def test_one_slip_is_named() -> None:
    assert named(lambda width, height: width * height + 1) == "There is one more"


def test_two_slips_are_named_together() -> None:
    title = named(lambda width, height: width * height / 2 + 2)
    assert title == "Two things: It is halved · There are two more"


def test_two_slips_in_one_part_are_not_put_together() -> None:
    assert named(lambda width, height: width * height + 3) is None


def test_hints_of_both_slips_are_given() -> None:
    found = VARIATIONS.fitting(lambda function: function(width=1, height=2) == 2.0)
    assert found is not None
    assert found.title == "Two things: It is halved · There is one more"
    assert found.hints[-1] == "Take all of it. Also: Add nothing."


def test_a_slip_with_an_explanation_is_tried_first_and_is_a_mistake() -> None:
    slips = (Slip("First", {"extra": 1}), Slip("Second", {"extra": 1}, "Look.", "It is because."))
    variations = Variations(area, slips, "lesson 0", ("A nudge", "Another"))
    found = variations.fitting(lambda function: function(width=1, height=2) == 3)
    assert found is not None
    (mistake,) = variations.mistakes
    for each_one in (found, mistake):
        assert (each_one.title, each_one.explanation) == ("Second", "It is because.")
        assert each_one.hints == ("A nudge", "Another", "Look.")
    assert mistake.function is not None
    assert mistake.function(width=1, height=2) == 3


def test_a_slip_may_have_all_hints_of_its_own() -> None:
    slips = (Slip("One", {"extra": 1}, ("a", "b", "c")), Slip("Half", {"half": 0.5}, "d"))
    variations = Variations(area, slips, "lesson 0", ("A nudge", "Another"))
    one = variations.fitting(lambda function: function(width=1, height=2) == 3)
    both = variations.fitting(lambda function: function(width=1, height=2) == 2)
    assert one is not None
    assert one.hints == ("a", "b", "c")
    assert both is not None
    assert both.hints == ("A nudge", "Another", "c Also: d")


def test_slips_alone_are_not_put_together() -> None:
    slips = alone(Slip("One", {"extra": 1}), Slip("Half", {"half": 0.5}))
    variations = Variations(area, slips, "lesson 0")
    assert variations.fitting(lambda function: function(width=1, height=2) == 2) is None


def test_a_table_makes_a_slip_of_each_row() -> None:
    rows = {"one": 1, "two": (2, "Two is too much.")}
    assert table("There is {} more", "extra", rows, "Add nothing.", "It is too much.") == (
        Slip("There is one more", {"extra": 1}, "Add nothing.", "It is too much."),
        Slip("There is two more", {"extra": 2}, "Add nothing.", "Two is too much."),
    )


def test_a_row_may_give_several_parts() -> None:
    (slip,) = table("It is {}", "", {"both": {"half": 0.5, "extra": 1}})
    assert slip.parts == {"half": 0.5, "extra": 1}


def report_on(exercise: NumericExercise, answer) -> Report:
    cases = exercise.cases(np.random.default_rng(3), False)
    records = [
        Record("returned", Value("value", encode(answer(**case.arguments)))) for case in cases
    ]
    return judge(exercise, cases, Evidence(True, cases=tuple(records)))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_the_formula_without_slips_is_the_truth(exercise: NumericExercise) -> None:
    right = exercise.variations.with_parts({})
    report = report_on(exercise, right)
    assert {each.name for each in report.results if each.status == "failed"} <= {
        "type of the numbers"
    }, str(report)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_every_slip_gives_a_wrong_answer_and_a_cause(exercise: NumericExercise) -> None:
    for slip in exercise.variations.slips[:: max(1, len(exercise.variations.slips) // 12)]:
        wrong = exercise.variations.with_parts(slip.parts)
        report = report_on(exercise, wrong)
        if not report.passed:
            assert report.cause, slip.title


def test_a_mistake_remembers_nothing_of_calls_whose_arguments_are_gone() -> None:
    drawn = Variations(
        lambda total, extra=0: total + extra,
        (Slip("There is one more", {"extra": 1}, explanation="Add nothing."),),
        "lesson 0",
        material=lambda values: {"total": sum(values)},
    )
    (mistake,) = drawn.mistakes
    assert mistake.function is not None
    for number in range(50):  # a list often takes the place in memory of the one before
        assert mistake.function(values=[number, number]) == 2 * number + 1


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_every_slip_can_be_computed(exercise: NumericExercise) -> None:
    cases = exercise.cases(np.random.default_rng(0), False)
    idle = []
    for slip in exercise.variations.slips:
        function = exercise.variations.with_parts(slip.parts)
        errors = []
        with np.errstate(all="ignore"):
            for case in cases:
                try:
                    function(**case.arguments)
                except Exception as error:
                    errors.append(f"{slip.title}: {error!r}")
        idle += errors if len(errors) == len(cases) else []
    assert idle == []
