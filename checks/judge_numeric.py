"""Judges exercises whose function computes numbers."""

import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from checks.case import Case, Network
from checks.encoding import decode
from checks.exercise import NumericExercise
from checks.mistakes import Mistake
from checks.numbers import agree, has_dtype, in_words, same_form, shape_of
from checks.relation import unlike_form, unlike_numbers
from checks.verdict import Answers, Record, Verdict, group, other_groups

ORDER = "order of the entries"
DTYPE = "type of the numbers"

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
        self._known_values: dict[int, tuple[Any, Any]] = {}
        self._diagnosed = False

    def judge(self) -> bool:
        """Record the results of all answers.

        Returns:
            Whether the function answers: the first case ran, or all the others are right.
        """
        first = group(self.answers, self.answers[0][0].covers)
        ran = self.verdict.ran("runs", *first[0]) and self.verdict.passed("runs")
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
        if answer[1]["outcome"] != "returned":
            return False
        return agree(*self._values(*answer), self.exercise.tolerance)

    def _values(self, case: Case, record: Record) -> tuple[Any, Any]:
        """Return what is expected of a case and what was received."""
        if id(record) not in self._known_values:
            value = record["value"]
            received = decode(value["value"]) if value["kind"] == "value" else f"a {value['kind']}"
            self._known_values[id(record)] = self.exercise.truth(**case.arguments), received
        return self._known_values[id(record)]

    def _has_the_form(self, case: Case, record: Record) -> bool:
        if not self.verdict.ran("form of the result", case, record):
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
            cause=self._fixed_length()
            or unlike_form(truth, received)
            or "The function returns the wrong thing",
        )

    def _fixed_length(self) -> str | None:
        """Say which axes of the result always have one length, whatever an argument says."""
        calls = []
        for case, record in self.answers:
            if record["outcome"] == "returned":
                truth, received = map(shape_of, self._values(case, record))
                calls.append((case.arguments, truth, received))
        if len({len(shape) for _, truth, received in calls for shape in (truth, received)}) != 1:
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
        if not self.verdict.ran(name, case, record):
            return False
        truth, received = self._values(case, record)
        if agree(truth, received, self.exercise.tolerance):
            return True
        self._diagnose()
        expected = f"{in_words(truth)} for {case.in_words()}"
        return self.verdict.failed(
            name,
            expected,
            in_words(received),
            hint="Call your function with small arguments of your own, and print every step.",
            cause=self._pattern(case, record) or self._only_there(name),
        )

    def _only_there(self, name: str) -> str | None:
        """Say in which calls alone the numbers are wrong: not where the first ones are."""
        return None if name == "values" else f"The numbers are wrong only for {name}"

    def _pattern(self, case: Case, record: Record) -> str | None:
        """Say in a title how a result differs from the truth.

        One number differs from another by some factor always, so for numbers it has to be the same
        in every case.
        """
        truth, received = self._values(case, record)
        if default := self._wrong_default(case):
            return f"The default of {default} is another one than in the lesson"
        if not same_form(truth, received):
            return unlike_form(truth, received)
        if np.size(truth) > 1 or isinstance(truth, Mapping):
            return unlike_numbers(truth, received, self.exercise.tolerance)
        pairs = [
            self._values(*answer) for answer in self.answers if answer[1]["outcome"] == "returned"
        ]
        if len({str(value) for _, value in pairs}) == 1 < len({str(value) for value, _ in pairs}):
            return f"The result is {in_words(received)} whatever the arguments are"
        patterns = {
            unlike_numbers(*pair, self.exercise.tolerance)
            for pair in pairs
            if not agree(*pair, self.exercise.tolerance)
        }
        return patterns.pop() if len(patterns) == 1 < len(pairs) else None

    def _wrong_default(self, case: Case) -> str | None:
        """Return the parameter that a case leaves out, if all cases that give it are right."""
        left_out = [name for name in self.exercise.parameters if name not in case.arguments]
        others = [
            answer for answer in self.answers if answer[0].arguments.keys() != case.arguments.keys()
        ]
        right = all(
            record["outcome"] == "returned"
            and agree(*self._values(other, record), self.exercise.tolerance)
            for other, record in others
        )
        return left_out[0] if left_out and others and right else None

    def _leaves_arguments_alone(self) -> None:
        changed = {
            name: case.arguments[name]
            for case, record in self.answers
            if record["outcome"] == "returned"
            for name in record["value"]["changed_arguments"]
        }
        if not changed:
            self._leaves_settings_alone()
            return
        self.verdict.failed(
            "leaves its arguments alone",
            "arguments that are as they were",
            f"changed: {', '.join(sorted(changed))}",
            "Whoever calls the function goes on with what it was given.",
            "Keep `model.get_weights()` before you change the model and put them back at the end."
            if any(isinstance(value, Network) for value in changed.values())
            else "Work on a copy: `x = x - mean` makes a new array, `x -= mean` changes the old.",
            cause="The function changes its arguments",
        )

    def _leaves_settings_alone(self) -> None:
        """Record whether the models that the function was given are compiled and frozen as before.

        What the evidence says of this is not checked before it comes here.
        """
        changed = [
            (name, words)
            for _, record in self.answers
            if record["outcome"] == "returned"
            for name, settings in (record["value"].get("changed_settings") or {}).items()
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
            "arguments that are as they were",
            f"changed: {words}, of the argument {name}",
            "Whoever calls the function goes on with what it was given.",
            hint,
            cause=cause,
        )

    def _has_the_order(self) -> None:
        """Record whether the entries of dictionaries stand in the order that is asked for."""
        pairs = [
            self._values(*answer) for answer in self.answers if answer[1]["outcome"] == "returned"
        ]
        orders = [(list(map(str, truth)), list(received)) for truth, received in pairs]
        unlike = [(wanted, there) for wanted, there in orders if wanted != there]
        if not unlike:
            self.verdict.passed(ORDER)
            return
        wanted, there = unlike[0]
        is_reversed = all(there == wanted[::-1] for wanted, there in unlike)
        order = "in the reversed order" if is_reversed else "not in the order"
        self.verdict.failed(
            ORDER,
            ", ".join(wanted),
            ", ".join(there),
            f"The numbers are right, and they should stand in the order of "
            f"{self.exercise.ordered_by}: who draws them goes through the dictionary from its "
            "beginning.",
            f"Fill the dictionary in the order of {self.exercise.ordered_by}.",
            cause=f"The entries of the dictionary stand {order} of {self.exercise.ordered_by}",
        )

    def _has_the_dtypes(self) -> None:
        """Record whether the numbers are of the type that is asked for."""
        for case, record in self.answers:
            if record["outcome"] != "returned":
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
            "converts an array; better is to find the line that makes it another type.",
            cause=f"The numbers of {words} are of the type {received}, not {wanted}",
        )

    def _diagnose(self) -> None:
        """Find the mistake that gives the learner's numbers, in all cases."""
        if self.verdict.mistake or self._diagnosed:
            return
        self._diagnosed = True
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            known = (each for each in self.exercise.mistakes if self._explains(each))
            self.verdict.mistake = next(known, None)
            if not self.verdict.mistake and self.exercise.variations:
                self.verdict.mistake = self.exercise.variations.fitting(self._gives_the_numbers)

    def _explains(self, mistake: Mistake) -> bool:
        assert mistake.function is not None
        return self._gives_the_numbers(mistake.function)

    def _gives_the_numbers(self, function: Callable[..., Any]) -> bool:
        """Return whether a wrong function returns what the learner's did, in all cases."""
        for case, record in self.answers:
            if record["outcome"] != "returned":
                continue
            _, received = self._values(case, record)
            try:
                wrong = function(**case.arguments)
            except Exception:
                return False
            if not agree(wrong, received, self.exercise.tolerance):
                return False
        return True


def results(exercise: NumericExercise) -> list[str]:
    """Return the names of the results of the first cases, in order."""
    order = [ORDER] if exercise.ordered_by else []
    dtype = [DTYPE] if exercise.dtypes else []
    return ["form of the result", "values", *order, *dtype, "leaves its arguments alone"]
