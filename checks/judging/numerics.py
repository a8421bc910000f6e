"""Judges exercises whose function computes numbers."""

import warnings
from collections.abc import Mapping
from inspect import signature
from typing import Any

import numpy as np

from checks.case import Case, Network, TransferNetwork
from checks.differences.values import agree, has_dtype, in_words, same_form, shape_of
from checks.encoding import decode
from checks.evidence import Error, Record
from checks.exercise import NumericExercise
from checks.judging.formulas import Returned
from checks.judging.relation import leaning, unlike_form, unlike_numbers
from checks.judging.verdict import Answers, Verdict, group, other_groups
from checks.messages.python_errors import Explanation

ORDER = "order of the entries"
DTYPE = "type of the numbers"
UNCHANGED = "arguments left unchanged"
_STILL_IN_USE = "Whoever calls the function may go on using what they passed to it."

#: What converts to a type of numbers, by the word for the type.
_CONVERSIONS = {"integer": "int64"}

#: What a model that was changed has to do with, by what changed.
_UNTOUCHED = {
    "how it is compiled": (
        "The function compiles the model that it was given",
        "Make a second model of the same layers and compile that one: "
        "`recorder = keras.Model(model.input, model.output)`.",
    ),
    "which layers are trainable": (
        "The function changes which layers of the model are trainable",
        "Leave `trainable` as it is, or put it back at the end.",
    ),
}


class NumericJudge:
    """Compares numbers with the truth, and with what the known mistakes would give."""

    def __init__(self, exercise: NumericExercise, verdict: Verdict, answers: Answers) -> None:
        """Prepare to judge the answers to an exercise's cases."""
        self.exercise = exercise
        self.verdict = verdict
        self.answers = answers
        self._known_values: dict[Record, tuple[Any, Any]] = {}
        self._diagnosed = False

    def judge(self) -> bool:
        """Record the results of all answers.

        Returns:
            Whether the function answers: the first case ran, or all the others are right.
        """
        first = group(self.answers, self.answers[0][0].covers)
        ran = self._ran("runs", *first[0]) and self.verdict.passed("runs")
        if not ran or not self._is_right_at_first(first):
            return self._keeps_the_rest() or ran
        for covers in other_groups(self.answers):
            cases = group(self.answers, covers)
            if all(self._agrees(covers, case, record) for case, record in cases):
                self.verdict.passed(covers)
        return True

    def _is_right_at_first(self, first: Answers) -> bool:
        """Record the results of the first case, up to one that fails."""
        if not all(self._has_the_form(case, record) for case, record in first):
            return False
        self.verdict.passed("form of the result")
        if not all(self._agrees("values", case, record) for case, record in first):
            return False
        self.verdict.passed("values")
        if self.exercise.ordered_by:
            self._has_the_order()
        if self.exercise.dtypes:
            self._has_the_dtypes()
        self._leaves_arguments_alone()
        return True

    def _keeps_the_rest(self) -> bool:
        """Record the results of the other cases if all of them are right: only the first is not."""
        covers = other_groups(self.answers)
        others = [answer for name in covers for answer in group(self.answers, name)]
        if not covers or not all(map(self._is_right, others)):
            return False
        return all(map(self.verdict.passed, covers))

    def _is_right(self, answer: tuple[Case, Record]) -> bool:
        if answer[1].outcome != "returned":
            return False
        return agree(*self._values(*answer), self.exercise.tolerance)

    def _ran(self, name: str, case: Case, record: Record) -> bool:
        """Return whether a case ran to its end; else record what the error means."""
        explanation = self._explained(case, record.error) if record.error else None
        return self.verdict.ran(name, case, record, explanation)

    def _explained(self, case: Case, error: Error) -> Explanation | None:
        """Return what an error means in this exercise, if that is more than Python said."""
        explain = self.exercise.on_error
        return explain(case.arguments, error) if explain else None

    def _values(self, case: Case, record: Record) -> tuple[Any, Any]:
        """Return what is expected of a case and what was received."""
        if record not in self._known_values:
            value = record.result
            received = decode(value.value) if value.kind == "value" else f"a {value.kind}"
            self._known_values[record] = self.exercise.truth(**case.arguments), received
        return self._known_values[record]

    def _has_the_form(self, case: Case, record: Record) -> bool:
        if not self._ran("form of the result", case, record):
            return False
        truth, received = self._values(case, record)
        if same_form(truth, received):
            return True
        self._diagnose()
        return self.verdict.failed(
            "form of the result",
            self.exercise.describe or in_words(truth),
            "nothing (None)" if received is None else in_words(received),
            hint="Does the function end with `return` and the right name?"
            if received is None
            else "Compare the form of your result with what the docstring asks for.",
            cause=self._at_a_glance(of_another_form=True)
            or self._fixed_length()
            or unlike_form(truth, received)
            or "The function returns the wrong kind of value",
        )

    def _fixed_length(self) -> str | None:
        """Say which axes of the result always have one length, whatever an argument says."""
        calls = []
        for case, record in self.answers:
            if record.outcome == "returned":
                truth, received = map(shape_of, self._values(case, record))
                calls.append((case.arguments, truth, received))
        if len({len(shape) for _, truth, received in calls for shape in (truth, received)}) != 1:
            return None
        if any(sorted(truth) == sorted(received) != truth for _, truth, received in calls):
            return None
        for name in self.exercise.parameters:
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

    def _agrees(self, name: str, case: Case, record: Record) -> bool:
        if not self._ran(name, case, record):
            return False
        truth, received = self._values(case, record)
        if self._same(truth, received):
            return True
        self._diagnose()
        cause, hint = self.exercise.only_wrong.get(name) or (
            self._cause(name, case),
            "Call your function with small arguments of your own, and print every step.",
        )
        expected = f"{in_words(truth)} for {case.in_words()}"
        return self.verdict.failed(name, expected, in_words(received), hint=hint, cause=cause)

    def _cause(self, name: str, case: Case) -> str:
        """Say in a title what is wrong with numbers that no known mistake explains."""
        if title := self._wrong_default(case):
            return title
        pairs = [self._values(*each) for each in self.answers if each[1].outcome == "returned"]
        truth, received = next(pair for pair in pairs if not self._same(*pair))
        if not same_form(truth, received):
            title = (
                self._at_a_glance(of_another_form=True)
                or unlike_form(truth, received)
                or "The function returns the wrong kind of value"
            )
            return title if name == "values" else f"Only for {name}: {title[0].lower()}{title[1:]}"
        pairs = [pair for pair in pairs if same_form(*pair)]
        tolerance = self.exercise.tolerance
        title = self._at_a_glance() or unlike_numbers(pairs, tolerance)
        if name == "values":
            return title or leaning(pairs, tolerance)
        only = f"The numbers are wrong only for {name}"
        return f"{only}: {title[0].lower()}{title[1:]}" if title else only

    def _same(self, truth: Any, received: Any) -> bool:
        return agree(truth, received, self.exercise.tolerance)

    def _at_a_glance(self, of_another_form: bool = False) -> str | None:
        """Say what the shapes or the ranges show, if those of all wrong results show the same.

        Args:
            of_another_form: Look only at results that have another form than expected.
        """
        look = self.exercise.at_a_glance
        pairs = [
            (case, *self._values(case, record))
            for case, record in self.answers
            if record.outcome == "returned"
        ]
        titles = {
            look(case.arguments, truth, received)
            for case, truth, received in pairs
            if look and not (same_form if of_another_form else self._same)(truth, received)
        }
        return titles.pop() if len(titles) == 1 else None

    def _wrong_default(self, case: Case) -> str | None:
        """Say which default a parameter has that a case leaves out, if nothing else is wrong."""
        left_out = [name for name in self.exercise.parameters if name not in case.arguments]
        others = [
            answer for answer in self.answers if answer[0].arguments.keys() != case.arguments.keys()
        ]
        if not left_out or not others or not all(map(self._is_right, others)):
            return None
        name = left_out[0]
        wanted = signature(self.exercise.truth).parameters[name].default
        for answer in group(self.answers, case.covers):
            default = self._other_default(name, wanted, *answer)
            if default is not None:
                return f"The default of {name} is {default}, not {wanted}"
        return None

    def _other_default(self, name: str, wanted: int, case: Case, record: Record) -> int | None:
        """Return the length that a parameter which was left out gave to axes of the result."""
        if record.outcome != "returned":
            return None
        truth, received = self._values(case, record)
        shape = shape_of(received)
        for length in sorted(set(shape) - {wanted}):
            if shape == tuple(length if each == wanted else each for each in shape_of(truth)):
                other = self.exercise.truth(**case.arguments, **{name: length})
                return length if self._same(other, received) else None
        return None

    def _leaves_arguments_alone(self) -> None:
        changed = {
            name: case.arguments[name]
            for case, record in self.answers
            if record.outcome == "returned"
            for name in record.result.changed_arguments
        }
        if not changed:
            self._leaves_settings_alone()
            return
        self.verdict.failed(
            "leaves its arguments alone",
            UNCHANGED,
            f"changed: {', '.join(sorted(changed))}",
            _STILL_IN_USE,
            "Keep `model.get_weights()` before you change the model, and put them back at the end "
            "with `model.set_weights(…)`."
            if any(map(_is_model, changed.values()))
            else "Make a new array: `x -= mean` and `x.shape = …` change the array that was passed "
            "to the function, `x = x - mean` and `x = x.reshape(…)` do not.",
            cause=_changed_in_words(changed),
        )

    def _leaves_settings_alone(self) -> None:
        """Record whether the models that the function was given are compiled and frozen as before.

        What the evidence says of this is not checked before it comes here.
        """
        changed = [
            (name, words)
            for _, record in self.answers
            if record.outcome == "returned"
            for name, settings in record.result.changed_settings.items()
            for words in settings
            if words in _UNTOUCHED
        ]
        if not changed:
            self.verdict.passed("leaves its arguments alone")
            return
        name, words = changed[0]
        cause, hint = _UNTOUCHED[words]
        self.verdict.failed(
            "leaves its arguments alone",
            UNCHANGED,
            f"changed: {words}, of the argument {name}",
            _STILL_IN_USE,
            hint,
            cause=cause,
        )

    def _has_the_order(self) -> None:
        """Record whether the entries of dictionaries stand in the order that is asked for."""
        pairs = [
            self._values(*answer) for answer in self.answers if answer[1].outcome == "returned"
        ]
        orders = [(list(map(str, truth)), list(received)) for truth, received in pairs]
        unlike = [(wanted, there) for wanted, there in orders if wanted != there]
        if not unlike:
            self.verdict.passed(ORDER)
            return
        wanted, there = unlike[0]
        is_reversed = all(there == wanted[::-1] for wanted, there in unlike)
        order = "in the reverse order" if is_reversed else "not in the order"
        self.verdict.failed(
            ORDER,
            ", ".join(wanted),
            ", ".join(there),
            f"The numbers are right, but they should be in the order of "
            f"{self.exercise.ordered_by}: whoever plots them goes through the dictionary from "
            "first to last.",
            f"Fill the dictionary in the order of {self.exercise.ordered_by}.",
            cause=f"The entries of the dictionary are {order} of {self.exercise.ordered_by}",
        )

    def _has_the_dtypes(self) -> None:
        """Record whether the numbers are of the type that is asked for."""
        for case, record in self.answers:
            if record.outcome != "returned":
                continue
            _, received = self._values(case, record)
            parts = received if len(self.exercise.dtypes) > 1 else [received]
            for (words, wanted), part in zip(self.exercise.dtypes.items(), parts, strict=False):
                if wanted and not has_dtype(part, wanted):
                    self._lacks_the_dtype(words, wanted, np.asarray(part).dtype.name)
                    return
        self.verdict.passed(DTYPE)

    def _lacks_the_dtype(self, words: str, wanted: str, received: str) -> None:
        self.verdict.failed(
            DTYPE,
            f"{words} as {wanted}",
            f"{words} as {received}",
            f"The values are right, but their type is {received}: the docstring asks for {wanted}.",
            f'Print `.dtype` after every step. `.astype("{_CONVERSIONS.get(wanted, wanted)}")` '
            "converts an array; it is better to find the line that changes the type.",
            cause=f"{words[0].upper()}{words[1:]} are of type {received}, not {wanted}",
        )

    def _diagnose(self) -> None:
        """Find the mistake that gives the learner's numbers, in all cases."""
        if self.verdict.mistake or self._diagnosed:
            return
        self._diagnosed = True
        calls = [
            (case.arguments, self._values(case, record)[1])
            for case, record in self.answers
            if record.outcome == "returned"
        ]
        returned = Returned(calls, self.exercise.tolerance)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if returned.says_something():
                self.verdict.mistake = self.exercise.variations.fitting(returned.is_given_by)


def _is_model(value: Any) -> bool:
    return isinstance(value, Network | TransferNetwork)


def _changed_in_words(changed: Mapping[str, Any]) -> str:
    """Say in a title which arguments a function changes: arrays, and the weights of models."""
    arrays = [name for name in changed if not _is_model(changed[name])]
    models = [name for name in changed if _is_model(changed[name])]
    parts = [f"its argument{'s' * (len(arrays) > 1)} {' and '.join(arrays)}"] * bool(arrays)
    parts += [f"the weights of its argument {name}" for name in models]
    return f"The function changes {' and '.join(parts)}"


def results(exercise: NumericExercise, case: Case) -> list[str]:
    """Return the names of the results of the first cases, in order."""
    order = [ORDER] if exercise.ordered_by else []
    dtype = [DTYPE] if exercise.dtypes else []
    return ["form of the result", "values", *order, *dtype, "leaves its arguments alone"]
