"""A progress bar on a terminal; one line a stage where there is none."""

import sys
import time
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

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
        console = Console(file=stream or sys.stdout, force_jupyter=False)
        self.total = total
        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(WIDTH),
            TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            TextColumn("{task.fields[note]}"),
            console=console,
            auto_refresh=False,
            redirect_stdout=False,
            redirect_stderr=False,
        )
        self.task = self.bar.add_task(title, total=total, note="")
        self.drawn = 0.0
        self.bar.start()
        console.show_cursor()  # which would stay hidden if training were interrupted

    def update(self, done: int, note: str = "") -> None:
        """Show how far it is.

        Args:
            done: Number of steps that are done. The last one ends the line.
            note: What to show after the bar, such as the loss.
        """
        due = time.monotonic() - self.drawn >= SECONDS_BETWEEN_DRAWINGS
        self.bar.update(self.task, completed=done, note=note, refresh=due)
        if due:
            self.drawn = time.monotonic()
        if done >= self.total:
            self.bar.stop()
