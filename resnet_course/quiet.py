"""Starting Keras without the lines that its backend writes to standard error."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resnet_course.errors import CourseError


def import_keras() -> None:
    """Import Keras in silence, with channels last and float32 whatever its settings file says.

    TensorFlow's libraries greet on standard error before any setting can stop them, and a reader
    of one sentence about a wrong path should find one sentence there.

    Raises:
        CourseError: If its backend cannot be imported.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    try:
        with silent_stderr():
            import keras
    except (ImportError, ValueError) as error:
        backend = os.environ.get("KERAS_BACKEND", "tensorflow")
        raise CourseError(
            f"Keras cannot be started with the backend {backend!r} ({error}): install the backend, "
            "or unset KERAS_BACKEND."
        ) from error
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")


def check_settings_of_keras() -> None:
    """Refuse settings of Keras that the networks here are not made for.

    `import_keras` sets what is needed; in your own program, a settings file may say
    otherwise.

    Raises:
        CourseError: If images have their channels first, or numbers are not float32.
    """
    from keras import config

    for what, found, needed in (
        ("image_data_format", config.image_data_format(), "channels_last"),
        ("floatx", config.floatx(), "float32"),
    ):
        if found != needed:
            raise CourseError(
                f"Keras is set to {what} {found}, perhaps in keras.json, and {needed} is needed: "
                f"call keras.config.set_{what}({needed!r}) first."
            )


@contextmanager
def silent_stderr() -> Iterator[None]:
    """Send what this process's libraries write to standard error nowhere, for a while."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
