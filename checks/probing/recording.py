"""Records what of Keras a learner's function makes and calls, and where in its code.

A function that raises returns nothing. What it built up to the error is still there: every call of
a layer, the call that failed, and the layers that were made and never called.

Calls of layers that are handed a mode are marked too, in whatever runs meanwhile (`modes_given`).
"""

import inspect
import linecache
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import wraps
from types import FrameType
from typing import Any

from checks.probing import modes_given

#: So many layers and calls are kept.
MAXIMUM_KEPT = 10_000

#: So much of a line of code is shown.
MAXIMUM_LINE = 100


class Recording:
    """What a function made and called.

    Attributes:
        thread: The thread whose calls count.
        made: The layers and operations that were made, in order, each with the frame that made it
            and the place in its code.
        calls: The nodes of Keras's graph that calls gave, in order.
        failed: The last call that raised: what was called, its arguments, and the error.
    """

    def __init__(self, function: Any) -> None:
        """Begin with nothing. Nothing is recorded until a thread is named.

        Args:
            function: What will be called; the lines of its file are those that count.
        """
        self._function = function
        self._file: str | None = None
        self._lines: dict[int, list[int]] = {}
        self.thread: int | None = None
        self.made: list[tuple[Any, FrameType, int]] = []
        self.calls: list[Any] = []
        self.failed: tuple[Any, Sequence[Any], Mapping[str, Any], BaseException] | None = None
        self._inside = False

    @contextmanager
    def of_this_thread(self) -> Iterator[None]:
        """Record what the current thread does meanwhile."""
        with suppress(Exception):  # whatever a thing of the learner's own does when it is asked
            self._file = inspect.unwrap(self._function).__code__.co_filename
        self.thread = threading.get_ident()
        try:
            yield
        finally:
            self.thread = None

    def listens(self) -> bool:
        """Return whether what happens now is the doing of the function, not of a layer."""
        return threading.get_ident() == self.thread and not self._inside

    def called(
        self, original: Callable[..., Any], operation: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """Call a layer or an operation, and keep the node or what failed."""
        self._inside = True
        nodes = getattr(operation, "_inbound_nodes", [])
        known = len(nodes)
        if not known:
            self._keep_line(operation)
        try:
            result = original(operation, *args, **kwargs)
        except BaseException as error:
            self.failed = operation, args, kwargs, error
            raise
        finally:
            self._inside = False
        if len(self.calls) < MAXIMUM_KEPT:
            self.calls += nodes[known:][-1:]
        return result

    def keep(self, made: Any) -> None:
        """Keep a layer or an operation that was made, and where."""
        if len(self.made) < MAXIMUM_KEPT:
            frame = _caller(sys._getframe(2))
            self.made.append((made, frame, frame.f_lasti))
            self._keep_line(made)

    def _keep_line(self, operation: Any) -> None:
        """Keep the lines of the function's own file that are being executed."""
        frame: FrameType | None = sys._getframe(2)
        numbers = []
        while frame:
            if frame.f_code.co_filename == self._file:
                numbers.append(frame.f_lineno)
            frame = frame.f_back
        if numbers and len(self._lines) < MAXIMUM_KEPT:
            outermost, innermost = numbers[-1], numbers[0]
            self._lines[id(operation)] = list(dict.fromkeys((outermost, innermost)))

    def lines(self) -> dict[str, tuple[tuple[int, str], ...]]:
        """Return where each layer or operation was called first, or else made.

        Returns:
            By the name of the layer: the number of the line in the function, and the line; and
            those of a line of the same file that it led to, if the function called another one.
        """
        found = {}
        for operation in [each for each, *_ in self.made] + [node.operation for node in self.calls]:
            with suppress(Exception):  # one that could not be made has no name
                numbers = self._lines[id(operation)]
                found[str(operation.name)] = tuple((each, self._text(each)) for each in numbers)
        return found

    def _text(self, number: int) -> str:
        return linecache.getline(self._file or "", number).strip()[:MAXIMUM_LINE]


@contextmanager
def recorded(function: Any) -> Iterator[Recording]:
    """Record what is made and called of Keras, if it has been loaded.

    Args:
        function: What will be called.
    """
    recording = Recording(function)
    with ExitStack() as patches:
        if "keras" in sys.modules:
            from keras.src.layers.layer import Layer
            from keras.src.ops.operation import Operation

            calls = ((Layer, "__call__"), (Operation, "__call__"), (Operation, "symbolic_call"))
            for owner, name in (*calls, (Operation, "__new__")):
                original = vars(owner)[name]
                patches.callback(setattr, owner, name, original)
                record = _recording_new if name == "__new__" else _recording_call
                marked = modes_given.marking(original) if owner is Layer else original
                setattr(owner, name, record(recording, marked))
        yield recording


def _recording_call(recording: Recording, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        if not recording.listens():
            return original(self, *args, **kwargs)
        return recording.called(original, self, *args, **kwargs)

    return call


def _recording_new(recording: Recording, original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made = original(cls, *args, **kwargs)
        if recording.listens():
            recording.keep(made)
        return made

    return staticmethod(new)


def _caller(frame: FrameType) -> FrameType:
    """Return the first frame from here on that is none of Keras."""
    while frame.f_back and frame.f_globals.get("__name__", "").startswith("keras."):
        frame = frame.f_back
    return frame


def without_own_frames(traceback: Sequence[str]) -> str:
    """Return a formatted traceback without the steps through this module and `modes_given`."""
    own = __file__, modes_given.__file__
    return "".join(lines for lines in traceback if not any(f'"{each}"' in lines for each in own))
