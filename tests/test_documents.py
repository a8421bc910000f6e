"""Links between documents lead to a file that is there, and to a heading that it has."""

import re
from pathlib import Path

import pytest

from tests.structure import ROOT

PAGES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in (ROOT, ROOT / "docs", ROOT / "benchmarks")
    for path in folder.glob("*.md")
)


def text_of(path: Path) -> str:
    """Return a page without its blocks of code."""
    return re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)


def links(path: Path) -> list[str]:
    """Return the links of a page that lead into the repository."""
    text = re.sub(r"``.*?``|`[^`]*`", "", text_of(path))
    targets = re.findall(r"\]\(([^)\s]+)\)", text)
    return [each for each in targets if not re.match(r"\w+:", each)]


def anchors(path: Path) -> set[str]:
    """Return the names by which links find the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    for link in links(ROOT / page):
        name, _, anchor = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_the_readme_links_every_page():
    assert {page for page in PAGES if page.startswith("docs/")} <= set(links(ROOT / "README.md"))
