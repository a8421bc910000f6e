"""What a check found, as data: results with reasons, points, and what explains them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from checks.differences.comparison import Comparison

Status = Literal["passed", "failed", "not run"]


@dataclass(frozen=True)
class Result:
    """The outcome of one check.

    Attributes:
        name: What was checked, such as "output shape".
        status: "passed", "failed", or "not run" because an earlier check failed.
        points: Weight of the result in the score; 0 for what earns nothing by itself.
        expected: What the reference gives, in words.
        received: What the learner's function gives, in words.
        why: The reason, where it is known.
        hint: What to look at next.
    """

    name: str
    status: Status
    points: int = 1
    expected: str = ""
    received: str = ""
    why: str = ""
    hint: str = ""


class Points(float):
    """Points earned. Shows as a plain number, which nbgrader reads, and in notebooks in words."""

    def __new__(cls, earned: float, maximum: float) -> "Points":
        """Make the number, rounded to hundredths.

        Args:
            earned: Points earned.
            maximum: Points that could be had.
        """
        points = super().__new__(cls, round(earned, 2))
        points.maximum = maximum
        return points

    maximum: float

    def _repr_html_(self) -> str:
        return f"<b>{self:g} of {self.maximum:g} points</b>"


@dataclass(frozen=True)
class Findings:
    """Everything that a check found about one exercise.

    Attributes:
        exercise: Name of the exercise.
        results: Results in the order in which they were checked.
        cause: Title of the mistake that explains the failure, where one is known.
        explanation: What is wrong with it and why it matters.
        hints: From a nudge to nearly the answer.
        place: Where in the learner's code the network parts from the expected one.
        section: Where the lesson explains it.
        covered: What the checks covered, and what grading adds.
        printed: What the learner's function printed.
        comparison: The learner's network beside the expected one, for drawing.
        traceback: What Python itself said, where the function raised an error.
        maximum: What the exercise is worth, in points, if it is known.
    """

    exercise: str
    results: Sequence[Result]
    cause: str | None = None
    explanation: str = ""
    hints: Sequence[str] = ()
    place: str = ""
    section: str = ""
    covered: str = ""
    printed: str = ""
    comparison: Comparison | None = field(default=None, repr=False)
    traceback: str = ""
    maximum: float | None = None

    @property
    def passed(self) -> bool:
        """Whether every result passed."""
        return all(result.status == "passed" for result in self.results)

    @property
    def score(self) -> float:
        """The share of the points whose results passed, from 0 to 1."""
        total = sum(result.points for result in self.results)
        gained = sum(result.points for result in self.results if result.status == "passed")
        return gained / total if total else 0.0

    @property
    def earned(self) -> Points | None:
        """The points earned, or None where it is not known what the exercise is worth."""
        return None if self.maximum is None else Points(self.maximum * self.score, self.maximum)

    def worth(self, result: Result) -> float:
        """Return what one of the results is worth, in points."""
        total = sum(each.points for each in self.results)
        return (self.maximum or 0.0) * result.points / total if total else 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return the findings as plain data, ready for JSON."""
        return {
            "exercise": self.exercise,
            "passed": self.passed,
            "score": self.score,
            "earned": self.earned,
            "maximum": self.maximum,
            "cause": self.cause,
            "explanation": self.explanation,
            "hints": list(self.hints),
            "place": self.place,
            "section": self.section,
            "covered": self.covered,
            "printed": self.printed,
            "traceback": self.traceback,
            "results": [asdict(result) for result in self.results],
        }
