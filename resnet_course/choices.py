"""Choosing by name or by number, with a helpful refusal."""

import difflib
from collections.abc import Iterable

from resnet_course.errors import CourseError


def choose(name: str, choices: Iterable[str], what: str) -> str:
    """Return `name` if it is one of the choices.

    Args:
        name: What the user wrote.
        choices: The names there are.
        what: What is chosen, for the message, such as `"model"`.

    Returns:
        `name`.

    Raises:
        CourseError: If it is none of them. Names the nearest one, or all of them.
    """
    names = list(choices)
    if name in names:
        return name
    near = difflib.get_close_matches(name.lower(), names, n=1)
    hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(names)}."
    raise CourseError(f"there is no {what} {name!r}: {hint}")


def check_seed(seed: int) -> int:
    """Return a seed of random numbers if it is in the range that all libraries take.

    Raises:
        CourseError: If it is not.
    """
    if not 0 <= seed < 2**32:
        raise CourseError(f"the seed must be between 0 and {2**32 - 1}: received {seed}.")
    return seed


def check_share(share: float) -> None:
    """Refuse a share of the images to hold out that makes no sense.

    Raises:
        CourseError: If it is not between 0 and 1.
    """
    if not 0 < share < 1:
        raise CourseError(f"the share to hold out must be between 0 and 1: received {share}.")


def check_patience(patience: int, validation: float) -> None:
    """Refuse a patience that means nothing.

    Raises:
        CourseError: If it is negative, or no images are held out to look at.
    """
    if patience < 0:
        raise CourseError(f"the patience must be 0 epochs or more: received {patience}.")
    if patience and not validation:
        raise CourseError(
            "early stopping needs held-out images: hold out a share of the training images for "
            "validation."
        )
