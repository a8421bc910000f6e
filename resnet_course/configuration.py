"""nbgrader's configuration of a course folder."""

import sys
from pathlib import Path
from typing import Any

from resnet_course.errors import CourseError
from resnet_course.quiet import silent_stderr

CONFIG = "nbgrader_config.py"


def load_configuration(folder: Path) -> Any:
    """Load nbgrader's configuration of a course folder.

    Args:
        folder: It holds `nbgrader_config.py`.

    Returns:
        The configuration, a `traitlets.config.Config`, with the folder as nbgrader's root.

    Raises:
        CourseError: If it cannot be read.
    """
    from traitlets.config import PyFileConfigLoader

    folder = folder.resolve()
    if str(folder) not in sys.path:
        # nbgrader, too, finds an instructor's plugins beside the configuration.
        sys.path.append(str(folder))
    try:
        with silent_stderr():
            config = PyFileConfigLoader(CONFIG, path=str(folder)).load_config()
    except Exception as error:
        raise CourseError(f"{folder / CONFIG} cannot be read: {error!r}.") from error
    config.CourseDirectory.root = str(folder)
    return config
