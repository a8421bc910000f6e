"""What a sandbox is: a way to start the server that runs submissions."""

import json
import os
import subprocess
import sys
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from resnet_course.errors import CourseError
from resnet_course.grading.isolation.library import INSIDE

#: One thread each: a submission's networks are small, and threads cost time to start.
ENVIRONMENT = {
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "Agg",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "CUDA_VISIBLE_DEVICES": "",
}

_SERVER = INSIDE / "zygote.py"
_STAND_IN = _SERVER.with_name("hidden_module.py")
_ANSWERS = _SERVER.with_name("answers.py")

#: Where no answers can lie, but what looks like files without end.
PASSED_OVER = ("/proc", "/sys", "/dev")


@dataclass(frozen=True)
class Sandbox(ABC):
    """A way to start the server that runs submissions.

    Attributes:
        library: Folder of the modules that submissions may import.
        hidden: Files to hide behind `stand_in`, such as modules that answer the lesson.
        data: A folder with data sets that experiments may read.
        secrets: Folders that must not be seen, wherever they lie.
    """

    library: Path
    hidden: Sequence[Path] = ()
    data: Path | None = None
    secrets: Sequence[Path] = field(default=(), kw_only=True)

    #: Whether submissions are kept from this machine.
    isolates = True
    #: Whether the server can give each submission namespaces of its own.
    nests = False

    @abstractmethod
    def enter(self, name: str) -> list[str]:
        """Return the command that starts Python in the sandbox, without what Python is to run.

        Args:
            name: A name that no other sandbox has.
        """

    def command(self, settings: str, name: str) -> list[str]:
        """Return the command that starts the server.

        Args:
            settings: What to tell the server: the last word of the command.
            name: A name that no other server has.
        """
        return [*self.enter(name), f"{self.library_inside}/{_SERVER}", settings]

    def readable_answers(self, elsewhere: bool) -> list[str]:
        """Return the files and folders that answer a lesson and can be read in the sandbox.

        Args:
            elsewhere: Whether Keras answers the lesson, too, and not only this course.

        Raises:
            CourseError: If the sandbox does not work.
        """
        passed_over = [*PASSED_OVER, self.library_inside, "/data"]
        settings = search(["/"], elsewhere, passed_over, (self.library / _STAND_IN).read_text())
        name = f"resnet-course-{uuid.uuid4().hex}"
        words = [*self.enter(name), f"{self.library_inside}/{_ANSWERS}", settings]
        mend = "see what `resnet-course grade --check-host` says"
        return found(words, "the sandbox does not start", mend)

    def covers(self) -> Iterator[tuple[Path, str]]:
        """Yield the files to hide, each with what to put in its place."""
        stand_in = str(self.library / _STAND_IN)
        for file in self.hidden:
            yield file, stand_in if file.suffix == ".py" else os.devnull

    def stop_command(self, name: str) -> list[str]:
        """Return the command that ends what outlives the server's process; none by default."""
        return []

    @property
    def library_inside(self) -> str:
        """Path of the library as the server sees it."""
        return "/library"


@dataclass(frozen=True)
class Unconfined(Sandbox):
    """No sandbox at all: for submissions that are trusted."""

    isolates = False

    def enter(self, name: str) -> list[str]:
        """Return the command that starts Python as an ordinary process."""
        return [sys.executable, "-I", "-B"]

    @property
    def library_inside(self) -> str:
        """Path of the library, which is the same for the server."""
        return str(self.library)


def search(
    folders: Sequence[str], elsewhere: bool, passed_over: Sequence[str], stand_in: str
) -> str:
    """Return what to tell `sandboxed/answers.py`."""
    settings = {"folders": folders, "elsewhere": elsewhere, "passed_over": passed_over}
    return json.dumps({**settings, "stand_in": stand_in})


def found(words: Sequence[str], refused: str, mend: str) -> list[str]:
    """Return the paths that a command prints in JSON.

    Args:
        words: The command.
        refused: What to say if it fails, before the reason.
        mend: What to say after it.

    Raises:
        CourseError: If it fails.
    """
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode == 0:
        return list(json.loads(done.stdout))
    reason = (done.stderr.strip().splitlines() or [f"code {done.returncode}"])[-1][:300]
    raise CourseError(f"{refused} ({reason}): {mend}.")
