"""The state of a training run on disk, so that a kill loses little of it and no bit of the result.

Two files take turns: while one is written, the other holds the state before, whole. A checksum
tells a whole file from a torn one. Files are written in place, which costs a copy in memory; the
operating system brings them to disk in its own time, and keeps them when the process is killed.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from resnet_course.errors import CourseError

FILES = ("state-0", "state-1")

#: Mark of the format, number of the state, bytes of facts and of arrays, checksum of both.
HEADER = struct.Struct("<4sQQQI")
MARK = b"RCS1"


class Checkpoints:
    """The states of one run in a folder, of which the newest whole one counts."""

    def __init__(self, folder: Path):
        """Look at what is there.

        Args:
            folder: A folder that exists.
        """
        self.paths = [folder / name for name in FILES]
        self.numbers = [_read(path)[0] for path in self.paths]

    def hold_a_state(self) -> bool:
        """Return whether there is a whole state.

        Raises:
            CourseError: If there are two, and neither is whole: no kill leaves that behind.
        """
        if max(self.numbers) < 0 and all(path.exists() for path in self.paths):
            raise CourseError(
                f"both states in {self.paths[0].parent} are damaged: add --overwrite to start "
                "again."
            )
        return max(self.numbers) >= 0

    def write(self, facts: dict[str, Any], variables: Sequence[keras.Variable]) -> None:
        """Write a state over the older of the two.

        Args:
            facts: Plain data.
            variables: Numbers that training changes, always the same in the same order.

        Raises:
            OSError: If the disk is full. The newer state is as it was.
        """
        number = max(self.numbers) + 1
        place = self.numbers.index(min(self.numbers))
        text = json.dumps(facts).encode()
        arrays = [_bytes(variable) for variable in variables]
        checksum = zlib.crc32(text)
        for array in arrays:
            checksum = zlib.crc32(array, checksum)
        size = sum(array.nbytes for array in arrays)
        header = HEADER.pack(MARK, number, len(text), size, checksum)
        self.numbers[place] = -1
        path = self.paths[place]
        with path.open("r+b" if path.exists() else "wb") as file:
            file.writelines([header, text, *arrays])
        self.numbers[place] = number

    def read(self, variables: Sequence[keras.Variable]) -> dict[str, Any] | None:
        """Bring variables back to the newest whole state.

        Args:
            variables: Those that the state was written from.

        Returns:
            The facts of that state, or None if there is no whole state.

        Raises:
            CourseError: If the state is of other variables.
        """
        newest = int(np.argmax(self.numbers))
        if self.numbers[newest] < 0:
            return None
        text, content = _read(self.paths[newest])[1:]
        forms = [keras.ops.convert_to_numpy(each) for each in variables]
        expected = sum(form.nbytes for form in forms)
        if expected != len(content):
            raise CourseError(
                f"{self.paths[newest]} holds the state of another model: {len(content):,} bytes, "
                f"and this one has {expected:,}. Start again with --overwrite."
            )
        start = 0
        for variable, form in zip(variables, forms, strict=True):
            values = np.frombuffer(content, form.dtype, form.size, start)
            variable.assign(values.reshape(form.shape))
            start += form.nbytes
        return dict(json.loads(text))


def _bytes(variable: keras.Variable) -> memoryview:
    """Return the bytes of a variable, without a copy where the backend allows."""
    return keras.ops.convert_to_numpy(variable.value).reshape(-1).view(np.uint8).data


def _read(path: Path) -> tuple[int, bytes, bytes]:
    """Return number, facts and arrays of a state; number -1 if the file is not whole."""
    torn = -1, b"", b""
    if not path.exists():
        return torn
    with path.open("rb") as file:
        header = file.read(HEADER.size)
        if len(header) < HEADER.size:
            return torn
        mark, number, facts, arrays, checksum = HEADER.unpack(header)
        if mark != MARK or facts + arrays > path.stat().st_size:
            return torn
        body = file.read(facts + arrays)
    return (number, body[:facts], body[facts:]) if zlib.crc32(body) == checksum else torn
