"""Says in a title what is wrong with numbers that no known mistake explains."""

from inspect import signature
from typing import Any

from checks.case import Case
from checks.differences.unlike_form import unlike_form
from checks.differences.unlike_numbers import leaning, unlike_numbers
from checks.differences.values import same_form, shape_of
from checks.evidence import Record
from checks.judging.returned_numbers import Numbers
from checks.judging.verdict import group


def wrong_form(numbers: Numbers, truth: Any, received: Any) -> str:
    """Say how the form of a result differs from the one that is expected."""
    return (
        _at_a_glance(numbers, of_another_form=True)
        or _fixed_length(numbers)
        or _unlike_form(truth, received)
    )


def wrong_values(numbers: Numbers, name: str, case: Case) -> str:
    """Say what is wrong with numbers.

    Args:
        numbers: Those of all calls.
        name: The result that fails.
        case: The call whose numbers are wrong.
    """
    if title := _wrong_default(numbers, case):
        return title
    pairs = [(truth, received) for _, truth, received in numbers.returned()]
    truth, received = next(pair for pair in pairs if not numbers.agree(*pair))
    if not same_form(truth, received):
        title = _at_a_glance(numbers, of_another_form=True) or _unlike_form(truth, received)
        return title if name == "values" else f"Only for {name}: {_lowered(title)}"
    pairs = [pair for pair in pairs if same_form(*pair)]
    tolerance = numbers.exercise.tolerance
    pattern = _at_a_glance(numbers) or unlike_numbers(pairs, tolerance)
    if name == "values":
        return pattern or leaning(pairs, tolerance)
    only = f"The numbers are wrong only for {name}"
    return f"{only}: {_lowered(pattern)}" if pattern else only


def _unlike_form(truth: Any, received: Any) -> str:
    return unlike_form(truth, received) or "The function returns the wrong kind of value"


def _at_a_glance(numbers: Numbers, of_another_form: bool = False) -> str | None:
    """Say what the shapes or the ranges show, if those of all wrong results show the same.

    Args:
        numbers: Those of all calls.
        of_another_form: Look only at results that have another form than expected.
    """
    look = numbers.exercise.at_a_glance
    titles = {
        look(case.arguments, truth, received)
        for case, truth, received in numbers.returned()
        if look and not (same_form if of_another_form else numbers.agree)(truth, received)
    }
    return titles.pop() if len(titles) == 1 else None


def _fixed_length(numbers: Numbers) -> str | None:
    """Say which axes of the result always have one length, whatever an argument says."""
    calls = [
        (case.arguments, shape_of(truth), shape_of(received))
        for case, truth, received in numbers.returned()
    ]
    if len({len(shape) for _, *shapes in calls for shape in shapes}) != 1:
        return None
    if any(sorted(truth) == sorted(received) != truth for _, truth, received in calls):
        return None
    for name in numbers.exercise.parameters:
        given = [call for call in calls if isinstance(call[0].get(name), int)]
        axes = [
            axis
            for axis in range(len(calls[0][1]))
            if len(given) > 1
            and all(truth[axis] == arguments[name] for arguments, truth, _ in given)
            and len({received[axis] for _, _, received in given}) == 1
            and len({truth[axis] for _, truth, _ in given}) > 1
        ]
        if axes:
            length = given[0][2][axes[0]]
            where = " and ".join(f"axis {axis}" for axis in axes)
            return f"{name} is ignored: the result always has the length {length} along {where}"
    return None


def _wrong_default(numbers: Numbers, case: Case) -> str | None:
    """Say which default a parameter has that a case leaves out, if nothing else is wrong."""
    exercise = numbers.exercise
    left_out = [name for name in exercise.parameters if name not in case.arguments]
    others = [
        answer for answer in numbers.answers if answer[0].arguments.keys() != case.arguments.keys()
    ]
    if not left_out or not others or not all(numbers.are_right(*answer) for answer in others):
        return None
    name = left_out[0]
    wanted = signature(exercise.truth).parameters[name].default
    for answer in group(numbers.answers, case.covers):
        default = _other_default(numbers, name, wanted, *answer)
        if default is not None:
            return f"The default of {name} is {default}, not {wanted}"
    return None


def _other_default(
    numbers: Numbers, name: str, wanted: int, case: Case, record: Record
) -> int | None:
    """Return the length that a parameter which was left out gave to axes of the result."""
    if record.outcome != "returned":
        return None
    truth, received = numbers.of(case, record)
    shape = shape_of(received)
    for length in sorted(set(shape) - {wanted}):
        if shape == tuple(length if each == wanted else each for each in shape_of(truth)):
            other = numbers.exercise.truth(**case.arguments, **{name: length})
            return length if numbers.agree(other, received) else None
    return None


def _lowered(title: str) -> str:
    return f"{title[0].lower()}{title[1:]}"
