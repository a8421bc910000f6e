"""The messages between grader and sandbox: a letter, the number of a step, a length, the rest."""

import os
import struct
from dataclasses import dataclass
from typing import Protocol

_HEADER = struct.Struct("!cHI")

#: A step begins; a step's result, as JSON; the last step has ended; the sandbox does not work.
BEGINS, RESULT, END, FAILURE = b"b", b"r", b"e", b"f"


class Connection(Protocol):
    """What messages go over: a socket, or two pipes."""

    def recv(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""

    def sendall(self, content: bytes, /) -> None:
        """Send all bytes."""


@dataclass(frozen=True)
class Pipes:
    """Two file descriptors as a connection: one to read from, one to write to."""

    reading: int
    writing: int

    def recv(self, size: int, /) -> bytes:
        """Return up to `size` bytes; none at the end."""
        return os.read(self.reading, size)

    def sendall(self, content: bytes, /) -> None:
        """Send all bytes."""
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(self.writing, rest) :]


class TooLong(ValueError):
    """A message is longer than allowed."""


def send(connection: Connection, kind: bytes, step: int = 0, content: bytes = b"") -> None:
    """Send one message."""
    connection.sendall(_HEADER.pack(kind, step, len(content)) + content)


def receive(connection: Connection, longest: int) -> tuple[bytes, int, bytes]:
    """Receive one message: its kind, the number of its step and its content.

    Raises:
        EOFError: If there are no more.
        TooLong: If it says that it is longer than `longest` bytes.
        TimeoutError: If it does not come in the time that the connection has.
    """
    kind, step, length = _HEADER.unpack(_exactly(connection, _HEADER.size))
    if length > longest:
        raise TooLong(f"a message of {length} bytes, {longest} are allowed")
    return kind, step, _exactly(connection, length)


def _exactly(connection: Connection, length: int) -> bytes:
    chunks = bytearray()
    while len(chunks) < length:
        chunk = connection.recv(min(length - len(chunks), 1 << 20))
        if not chunk:
            raise EOFError
        chunks += chunk
    return bytes(chunks)
