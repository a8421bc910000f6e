"""Calls what a learner wrote: with a limit of time, and with the interpreter as it was afterwards.

Three things cannot be survived in the same process: `os._exit`, running out of memory, and a
function in C that never returns and never lets other threads run, such as `sum(range(10**12))`.

In a web page there are no threads, and so no limit of time: the page ends its worker instead.
"""

import contextlib
import ctypes
import io
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from checks.probing.settings import as_in_a_new_thread, begin_thread, handed_on, usual_settings

Value = TypeVar("Value")

MAXIMUM_PRINTED = 10_000
#: Whether this Python can start threads.
HAS_THREADS = sys.platform != "emscripten"
#: Seconds for a function to end once it has been told to.
GRACE = 1.0


class OutOfTime(BaseException):
    """The learner's function did not finish in time."""


class Crashed(Exception):
    """The function raised something."""

    def __init__(self, error: BaseException) -> None:
        """Keep what was raised."""
        self.error = error


def within(seconds: float, function: Callable[[], Value]) -> Value:
    """Call a function in a thread of its own, and give up when the time is up.

    Where there are no threads, it is called at once, and the time does not count.

    A thread can be left behind where it does not end, and works in the main thread and in others,
    on every platform. A Ctrl-C reaches the caller, never the function.

    Args:
        seconds: Time limit.
        function: What to call. It knows nothing of what Keras keeps for other threads.

    Raises:
        OutOfTime: If it does not return in time. It is stopped if it can be, else left behind.
        Crashed: If it raises.
    """
    if not HAS_THREADS:
        return _without_thread(function)
    returned: list[Value] = []
    raised: list[BaseException] = []
    state = handed_on()

    def work() -> None:
        with contextlib.suppress(OutOfTime):
            try:
                begin_thread(state)
                returned.append(function())
            except BaseException as error:
                raised.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        _wait(thread, seconds)
        if thread.is_alive():
            raise OutOfTime
    finally:
        _stop(thread)
    if returned:
        return returned[0]
    raise Crashed(raised[0])


def _without_thread(function: Callable[[], Value]) -> Value:
    with as_in_a_new_thread():
        try:
            return function()
        except BaseException as error:
            raise Crashed(error) from None


def _wait(thread: threading.Thread, seconds: float) -> None:
    """Wait in small steps: on Windows a longer one would not notice a Ctrl-C."""
    end = time.monotonic() + seconds
    while thread.is_alive() and (left := end - time.monotonic()) > 0:
        thread.join(min(left, 0.1))


def _stop(thread: threading.Thread) -> None:
    """Raise `OutOfTime` in a thread, again and again, in case its code catches the first."""
    end = time.monotonic() + GRACE
    while thread.is_alive() and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident or 0), ctypes.py_object(OutOfTime)
        )
        thread.join(0.05)


@contextlib.contextmanager
def preserved(printed: "Printed") -> Iterator[None]:
    """Collect what is printed, and put back what the learner's code may change of the interpreter.

    That is the standard streams and all that `settings` knows of.
    """
    stdin = sys.stdin
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        usual_settings(),
    ):
        sys.stdin = io.StringIO()
        try:
            yield
        finally:
            sys.stdin = stdin


class Printed(io.TextIOBase):
    """Keeps the beginning of what is printed. It cannot be closed."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._text = ""

    def write(self, text: str) -> int:
        """Keep a text as long as there is room for it."""
        self._text += str(text[: MAXIMUM_PRINTED - len(self._text)])
        return len(text)

    def writable(self) -> bool:
        """Return whether it can be written to: always."""
        return True

    def close(self) -> None:
        """Stay open, for whoever prints next."""

    def __str__(self) -> str:
        """Return what was printed, without what no file could hold."""
        return self._text.encode("utf-8", "replace").decode("utf-8")
