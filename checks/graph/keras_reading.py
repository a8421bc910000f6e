"""What readers of Keras's layers share."""

from collections.abc import Callable, Mapping
from typing import Any

Json = Mapping[str, Any]


Step = tuple[str, dict[str, Any]]


#: From a layer's settings and the arguments of its call to its steps; None for what is not known.
Reader = Callable[[Json, Json], list[Step] | None]


def pair(value: Any) -> tuple[int, int]:
    """Return a setting for height and width, which may be given as one number."""
    first, second = (value, value) if isinstance(value, int) else value
    return first, second


def channels_last(config: Json) -> bool:
    """Return whether a layer has its channels last."""
    return config.get("data_format") in (None, "channels_last")
