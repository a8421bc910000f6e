"""Formulas of which a part or two are wrong: what a learner may have computed."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

from checks.messages.titles import joined, merged
from checks.mistakes import Mistake

#: What `material` made of the arguments of a call, by their ids.
Known = dict[tuple[int, ...], Mapping[str, Any]]


@dataclass(frozen=True)
class Slip:
    """Something else in place of a part of a formula.

    Attributes:
        title: What was done, in a few words.
        parts: The wrong parts by name.
        hints: The last hint, which comes after those of the exercise; or all three hints.
        explanation: What is wrong with it and why it matters; nothing where the title says it all.
        alone: Whether it is tried by itself only.
    """

    title: str
    parts: Mapping[str, Any]
    hints: str | tuple[str, str, str] = ""
    explanation: str = ""
    alone: bool = False

    @property
    def last_hint(self) -> str:
        """What nearly is the answer."""
        return self.hints if isinstance(self.hints, str) else self.hints[-1]


def table(
    title: str,
    part: str,
    rows: Mapping[str, Any],
    hints: str | tuple[str, str, str] = "",
    explanation: str = "",
) -> tuple[Slip, ...]:
    """Return a slip for each row of a table.

    Args:
        title: The title, with `{}` in place of the words of a row.
        part: The part that is replaced. If there is none, each row gives its parts by name.
        rows: What stands in its place, by words for it. A pair has its own explanation.
        hints: What to do about any of them.
        explanation: What is wrong with any of them.
    """
    return tuple(
        Slip(title.format(words), {part: wrong} if part else wrong, hints, why or explanation)
        for words, row in rows.items()
        for wrong, why in [row if isinstance(row, tuple) else (row, "")]
    )


def alone(*slips: Slip) -> tuple[Slip, ...]:
    """Return slips that are tried by themselves only."""
    return tuple(replace(slip, alone=True) for slip in slips)


def _as_they_are(**arguments: Any) -> Mapping[str, Any]:
    return arguments


@dataclass(frozen=True)
class Variations:
    """The formula of an exercise, and what learners write in place of its parts.

    One slip is tried after the other, those with an explanation first; then two at once, then
    three.

    Attributes:
        formula: Computes what the exercise asks for. It takes what `material` returns, and the
            parts by name; those that it is not given are right.
        slips: What may stand in place of the parts.
        section: Where the lesson explains it.
        nudges: The first two hints.
        together: How many of the slips are tried at once: 3 at most.
        material: From the arguments of a call to those of the formula: what takes long to compute
            and is the same whatever the slip.
    """

    formula: Callable[..., Any]
    slips: tuple[Slip, ...]
    section: str
    nudges: tuple[str, str] = (
        "Compute one small example by hand, and print every step of your function.",
        "Which line of yours does this? Print what it gives.",
    )
    together: int = 2
    material: Callable[..., Mapping[str, Any]] = field(default=_as_they_are)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The slips that have their own explanation, as mistakes."""
        return tuple(self._mistake((slip,), None) for slip in self._in_order() if slip.explanation)

    def fitting(self, fits: Callable[[Callable[..., Any]], bool]) -> Mistake | None:
        """Return the first wrong formula that fits as a mistake; None if none does.

        Args:
            fits: Whether a function gives the learner's numbers in every call.
        """
        known: Known = {}
        for slips in self._attempts():
            if fits(self.with_parts(_joined(slips), known)):
                return self._mistake(slips, known)
        return None

    def with_parts(
        self, parts: Mapping[str, Any], known: Known | None = None
    ) -> Callable[..., Any]:
        """Return the formula with some of its parts replaced.

        Args:
            parts: What stands in their place, by name.
            known: Keeps what `material` returns, by the arguments of a call, which have to live on:
                of others that take their place in memory it would say the same. None keeps nothing.
        """

        def function(**arguments: Any) -> Any:
            if known is None:
                return self.formula(**self.material(**arguments), **parts)
            call = tuple(map(id, arguments.values()))
            if call not in known:
                known[call] = self.material(**arguments)
            return self.formula(**known[call], **parts)

        return function

    def _in_order(self) -> list[Slip]:
        return sorted(self.slips, key=lambda slip: not slip.explanation)

    def _attempts(self) -> Iterator[tuple[Slip, ...]]:
        """Yield single slips, then those that replace different parts, two at once and three."""
        yield from ((slip,) for slip in self._in_order())
        for count in range(2, self.together + 1):
            for slips in combinations([each for each in self.slips if not each.alone], count):
                if len(_joined(slips)) == sum(len(slip.parts) for slip in slips):
                    yield slips

    def _mistake(self, slips: tuple[Slip, ...], known: Known | None) -> Mistake:
        """Return one slip as a mistake, in its own words, or several."""
        said = merged([slip.title for slip in slips])
        explanation = _EXPLAINED if len(said) == 1 else _EXPLAINED_TOGETHER
        last = " Also: ".join(dict.fromkeys(slip.last_hint for slip in slips if slip.hints))
        hints = (*self.nudges, last or "Compare that line with the docstring.")
        if len(slips) == 1:
            explanation = slips[0].explanation or explanation
            hints = hints if isinstance(slips[0].hints, str) else slips[0].hints
        function = self.with_parts(_joined(slips), known)
        return Mistake(joined(said), explanation, hints, self.section, function=function)


_ALL = "every number that your function returned"
_EXPLAINED = f"This one mistake explains {_ALL}."
_EXPLAINED_TOGETHER = f"These mistakes together explain {_ALL}."


def _joined(slips: tuple[Slip, ...]) -> dict[str, Any]:
    """Return the wrong parts of several slips."""
    return {name: part for slip in slips for name, part in slip.parts.items()}
