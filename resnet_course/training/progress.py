"""A progress bar on a terminal; one line a stage where there is none."""

import sys
import time
from typing import TextIO

WIDTH = 24
SECONDS_BETWEEN_DRAWINGS = 0.1


class ProgressBar:
    """One line that fills up.

    On a terminal the line is drawn again and again; in a file or a pipe it is written once, when
    it is complete.
    """

    def __init__(self, title: str, total: int, stream: TextIO | None = None):
        """Start the clock.

        Args:
            title: What is under way, such as `"epoch 1/3"`.
            total: Number of steps.
            stream: Where to write. Standard output if not given.
        """
        self.title = title
        self.total = total
        self.stream = stream or sys.stdout
        self.start = time.monotonic()
        self._marks = "█·" if _writes(self.stream, "█·") else "#."
        self._drawn = -1.0
        self._length = 0

    def update(self, done: int, note: str = "") -> None:
        """Show how far it is.

        Args:
            done: Number of steps that are done. The last one ends the line.
            note: What to show after the bar, such as the loss.
        """
        now = time.monotonic()
        last = done >= self.total
        if not last and not self.stream.isatty():
            return
        if not last and now - self._drawn < SECONDS_BETWEEN_DRAWINGS:
            return
        self._drawn = now
        filled = WIDTH * done // self.total
        seconds = now - self.start
        left = seconds / max(done, 1) * (self.total - done)
        clock = f"{seconds:.0f} s" if last else f"{left:.0f} s left"
        bar = self._marks[0] * filled + self._marks[1] * (WIDTH - filled)
        line = f"{self.title} {bar} {clock:>9}  {note}".rstrip()
        if self.stream.isatty():
            line = "\r" + line.ljust(self._length)
            self._length = len(line) - 1
        self.stream.write(line + ("\n" if last else ""))
        self.stream.flush()


def _writes(stream: TextIO, text: str) -> bool:
    """Return whether a stream's encoding has the characters of a text."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
