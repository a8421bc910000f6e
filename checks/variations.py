"""Formulas of which a part or two are wrong: what a learner may have computed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from checks.mistakes import Mistake


@dataclass(frozen=True)
class Slip:
    """Something else in the place of a part of a formula.

    Attributes:
        title: What was done, in a few words.
        parts: The wrong parts by name.
        hint: What to do about it.
        alone: Whether it is tried by itself only.
    """

    title: str
    parts: Mapping[str, Any]
    hint: str = ""
    alone: bool = False


def _as_they_are(**arguments: Any) -> Mapping[str, Any]:
    return arguments


@dataclass(frozen=True)
class Variations:
    """The formula of an exercise, and what learners write in the place of its parts.

    A mistake of the catalogue is one wrong function with its own explanation. These are many, and
    tried after those: one slip, then two at once, then three.

    Attributes:
        formula: Computes what the exercise asks for. It takes what `material` returns, and the
            parts by name; those that it is not given are right.
        slips: What may stand in the place of the parts.
        section: Where the lesson explains it.
        nudge: The first hint.
        together: So many slips are tried at once, 3 at most.
        material: From the arguments of a call to those of the formula: what takes long to compute
            and is the same whatever the slip.
    """

    formula: Callable[..., Any]
    slips: tuple[Slip, ...]
    section: str
    nudge: str = "Compute one small example by hand, and print every step of your function."
    together: int = 2
    material: Callable[..., Mapping[str, Any]] = field(default=_as_they_are)

    def fitting(self, fits: Callable[[Callable[..., Any]], bool]) -> Mistake | None:
        """Return the first wrong formula that fits as a mistake; None if none does.

        Args:
            fits: Whether a function gives the learner's numbers in every call.
        """
        known: dict[tuple[int, ...], Mapping[str, Any]] = {}
        for count in range(1, self.together + 1):
            among = [slip for slip in self.slips if count == 1 or not slip.alone]
            for slips in combinations(among, count):
                parts = {name: part for slip in slips for name, part in slip.parts.items()}
                if len(parts) == sum(len(slip.parts) for slip in slips):
                    function = self.with_parts(parts, known)
                    if fits(function):
                        return self._mistake(slips, function)
        return None

    def with_parts(
        self, parts: Mapping[str, Any], known: dict[tuple[int, ...], Mapping[str, Any]]
    ) -> Callable[..., Any]:
        """Return the formula with some of its parts replaced.

        Args:
            parts: What stands in their place, by name.
            known: Keeps what `material` returns, by the arguments of a call, which have to live on.
        """

        def function(**arguments: Any) -> Any:
            call = tuple(map(id, arguments.values()))
            if call not in known:
                known[call] = self.material(**arguments)
            return self.formula(**known[call], **parts)

        return function

    def _mistake(self, slips: tuple[Slip, ...], function: Callable[..., Any]) -> Mistake:
        titles = " · ".join(slip.title for slip in slips)
        number = ("", "", "Two things: ", "Three things: ")[len(slips)]
        explain = "These mistakes together explain" if number else "This one mistake explains"
        return Mistake(
            f"{number}{titles}",
            f"{explain} every number that your function returned.",
            (
                self.nudge,
                "Which line of yours does this? Print what it gives.",
                " And: ".join(dict.fromkeys(slip.hint for slip in slips if slip.hint))
                or "Compare that line with the docstring.",
            ),
            self.section,
            function=function,
        )
