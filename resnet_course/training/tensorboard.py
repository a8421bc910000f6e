"""Logs for TensorBoard, for those who have it."""

from importlib.util import find_spec
from pathlib import Path

import keras

from resnet_course.errors import CourseError


def callbacks(folder: Path) -> list[keras.callbacks.Callback]:
    """Return the callback that writes logs for TensorBoard.

    Args:
        folder: Where to write. It is made if need be.

    Raises:
        CourseError: If TensorBoard is not installed.
    """
    if find_spec("tensorboard") is None:
        raise CourseError(
            "logs for TensorBoard need the package tensorboard: install it with "
            "`python -m pip install tensorboard`, or leave out --tensorboard."
        )
    return [keras.callbacks.TensorBoard(str(folder), write_graph=False)]
