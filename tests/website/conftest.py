"""A built site, served, and a page of it in Chromium."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from resnet_course.desk.website import serving
from website.parts import numpy_place

ROOT = Path(__file__).parents[2]

#: Makes a page: `open_page(width=360, scheme="dark")`.
OpenPage = Callable[..., Any]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a site without the experiments' figures, or skip."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    if not numpy_place().is_file():
        pytest.skip(f"{numpy_place()} is missing")
    from website.build import build

    out = tmp_path_factory.mktemp("site") / "site"
    build(ROOT, out, with_figures=False)
    return out


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with serving(site) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Any, address: str) -> Iterator[OpenPage]:
    """Give a function that opens an address of the site in a browser without a memory."""
    contexts = []

    def open_page(where: str = "", width: int = 1280, scheme: str = "light") -> Any:
        context = chromium.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, accept_downloads=True
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        page = context.new_page()
        page.problems = []
        page.on("pageerror", lambda error: page.problems.append(str(error)))
        page.goto(f"{address}{where}")
        return page

    yield open_page
    for context in contexts:
        context.close()
