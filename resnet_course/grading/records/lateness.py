"""What it costs to hand in late, as nbgrader's plugin for late submissions says."""

import math
from dataclasses import dataclass
from typing import Any

from resnet_course.errors import CourseError
from resnet_course.grading.course.folder import Course

_UNITS = (("week", 604_800), ("day", 86_400), ("hour", 3_600), ("minute", 60))


@dataclass(frozen=True)
class Late:
    """How late a submission is, and what the gradebook takes off for that.

    Attributes:
        seconds: Seconds between the due date, with any extension, and the time of handing in.
        penalty: Points that are taken off.
    """

    seconds: float = 0.0
    penalty: float = 0.0

    def net(self, score: float) -> float:
        """Return what is left of a score, rounded; never less than 0, as in nbgrader's export."""
        return round(max(0.0, score - self.penalty), 2)


@dataclass(frozen=True)
class Penalty:
    """What the plugin says of a submission.

    Attributes:
        points: Points to take off; None if it takes off nothing.
        problem: Why the plugin gave no answer; None if it did.
    """

    points: float | None = None
    problem: str | None = None


class Penalties:
    """nbgrader's plugin for late submissions, with the course's settings."""

    def __init__(self, course: Course) -> None:
        """Make the plugin, if `nbgrader autograde` would use one.

        Raises:
            CourseError: If the settings name no plugin that can be made.
        """
        from nbgrader.converters import Autograde
        from nbgrader.preprocessors import AssignLatePenalties
        from traitlets.utils.importstring import import_item

        self._step: Any = None
        try:
            for step in Autograde(config=course.config).autograde_preprocessors:
                kind = import_item(step) if isinstance(step, str) else step
                if isinstance(kind, type) and issubclass(kind, AssignLatePenalties):
                    made = kind(config=course.config)
                    if made.enabled:
                        made.init_plugin()
                        self._step = made
        except Exception as error:
            reason = " ".join(str(error).split())
            raise CourseError(
                f"nbgrader's plugin for late submissions cannot be made: {reason} See "
                "c.AssignLatePenalties and the plugin's own settings in "
                f"{course.folder / 'nbgrader_config.py'}."
            ) from error

    def of(self, notebook: Any, seconds: float) -> Penalty:
        """Return what being late costs.

        Args:
            notebook: nbgrader's record of the submitted notebook, with its score.
            seconds: How late it is.
        """
        if seconds <= 0 or self._step is None:
            return Penalty()
        try:
            answer = self._step.plugin_inst.late_submission_penalty(
                notebook.student.id, notebook.score, seconds
            )
            if answer is None:
                return Penalty()
            points = float(answer)
            if math.isnan(points):
                raise ValueError("it returned NaN instead of a number of points")
            return Penalty(float(self._step._check_late_penalty(notebook, points)))
        except Exception as error:
            name = type(self._step.plugin_inst).__name__
            reason = " ".join(str(error).split())
            return Penalty(
                problem=f"It is {in_words(seconds)} late, but the plugin {name} could not say what "
                f"that costs: {type(error).__name__}: {reason}."
            )


def seconds_late(submission: Any) -> float:
    """Return how late nbgrader's record of a submission is; an extension of no due date is none."""
    if submission.assignment.duedate is None:
        return 0.0
    return float(submission.total_seconds_late)


def in_words(seconds: float) -> str:
    """Return a length of time in its two largest units: 1 day and 3 hours."""
    left = int(seconds)
    for place, (_, size) in enumerate(_UNITS):
        if left >= size:
            parts = []
            for name, length in _UNITS[place : place + 2]:
                number, left = divmod(left, length)
                if number:
                    parts.append(f"{number} {name}{'' if number == 1 else 's'}")
            return " and ".join(parts)
    return "less than a minute"
