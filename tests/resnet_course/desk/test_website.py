"""The built site is served to this computer alone, and what is no site is refused."""

import socket
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, build_opener

import pytest

from resnet_course.cli import main
from resnet_course.desk.website import serving
from resnet_course.errors import CourseError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("the start page")
    (tmp_path / "searchindex.js").write_text("Search.setIndex({})")
    (tmp_path / "worker.mjs").write_text("export {}")
    return tmp_path


def test_files_are_served_with_their_types(folder: Path) -> None:
    with serving(folder) as address:
        assert urlsplit(address).hostname == "127.0.0.1"
        with build_opener().open(address) as response:
            assert response.read() == b"the start page"
        with build_opener().open(f"{address}worker.mjs") as response:
            assert response.headers["Content-Type"] == "text/javascript"
        with pytest.raises(HTTPError, match="404"):
            build_opener().open(Request(f"{address}../secret"))


def test_a_folder_without_a_site_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["site", str(tmp_path), "--no-browser"]) == 2
    assert "holds no site: build it with make site" in capsys.readouterr().err


def test_a_port_that_is_taken_is_named(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CourseError, match=f"port {port} cannot be used"), serving(folder, port):
            pass
