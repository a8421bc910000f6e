"""Loading Keras without the log lines that its backend writes about itself."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

STDERR = 2


def load_keras() -> None:
    """Import Keras and its backend, which takes some seconds, and keep quiet about it.

    TensorFlow logs to the process's standard error from C++, past `sys.stderr`. In a notebook that
    fills a cell with red text, and nbgrader gives no points for a graded cell that has any.

    Raises:
        ImportError: If Keras cannot be imported. What was held back is then shown.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    if "keras" not in sys.modules:
        with _held_back_stderr():
            import keras  # noqa: F401


@contextmanager
def _held_back_stderr() -> Iterator[None]:
    sys.stderr.flush()
    with tempfile.TemporaryFile() as hidden:
        shown = os.dup(STDERR)
        os.dup2(hidden.fileno(), STDERR)
        try:
            yield
        except BaseException:
            hidden.seek(0)
            os.write(shown, hidden.read())
            raise
        finally:
            os.dup2(shown, STDERR)
            os.close(shown)
