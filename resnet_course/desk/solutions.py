"""Where the reference solution of each exercise is."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

from resnet_course.errors import CourseError

#: The modules that hold reference solutions, in the order of the lessons.
MODULES = ("plain", "blocks", "resnet", "transfer_learning")


def reference_solution(exercise: str) -> Callable[..., Any]:
    """Return the reference solution of an exercise.

    Args:
        exercise: Name of the exercise, which is the name of its function.

    Raises:
        CourseError: If no module defines such a function.
    """
    for name in MODULES:
        module = import_module(f"resnet_course.{name}")
        function = getattr(module, exercise, None)
        if callable(function) and function.__module__ == module.__name__:
            return function
    raise CourseError(
        f"there is no reference solution called {exercise!r}: define it in one of the modules "
        f"{', '.join(MODULES)} of resnet_course."
    )
