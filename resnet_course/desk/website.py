"""The built website, served to this computer alone."""

import functools
import sys
import time
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from resnet_course.errors import CourseError

LOOPBACK = "127.0.0.1"


class _Files(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    extensions_map = {  # noqa: RUF012
        **SimpleHTTPRequestHandler.extensions_map,
        ".js": "text/javascript",
        ".mjs": "text/javascript",
        ".gz": "application/gzip",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    """Says nothing of a browser that has gone before it had its answer."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a connection that was closed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def is_site(folder: Path) -> bool:
    """Return whether a folder holds a built site."""
    return (folder / "searchindex.js").is_file()


@contextmanager
def serving(folder: Path, port: int = 0) -> Iterator[str]:
    """Serve a site while the block runs.

    Args:
        folder: The built site.
        port: The port; any free one if 0.

    Yields:
        The address of the start page.

    Raises:
        CourseError: If the folder holds no site, or the port is taken.
    """
    if not is_site(folder):
        raise CourseError(
            f"{folder} holds no site: build it with make site, or name the folder that has it."
        )
    handler = functools.partial(_Files, directory=str(folder))
    try:
        server = _Server((LOOPBACK, port), handler)
    except OSError as error:
        raise CourseError(
            f"port {port} cannot be used ({error.strerror}): name another one with --port."
        ) from error
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def show(folder: Path, port: int = 0, browser: bool = True) -> None:
    """Serve a site, open it in the browser, and wait for Ctrl-C.

    Args:
        folder: The built site.
        port: The port; any free one if 0.
        browser: Whether to open a browser.
    """
    with serving(folder, port) as address:
        print(f"The course is at {address} on this computer. Ctrl-C stops it.", flush=True)
        if browser:
            webbrowser.open(address)
        with suppress(KeyboardInterrupt):
            while True:
                time.sleep(1)
