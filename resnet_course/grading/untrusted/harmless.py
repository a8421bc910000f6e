r"""Makes text of learners harmless, for what renders Markdown or TeX, or obeys codes of terminals.

Wherever something would come to life, a space is put into it: `< script>`, `[x] (javascript:…)`,
`\ href`. That reads the same in words, in code and in formulas, where an entity would not.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

#: Characters of a cell that are shown, and of all cells together that are the learner's own.
MAXIMUM_SHOWN, MAXIMUM_OWN = 10_000, 40_000
_MAXIMUM_LINE = 500

#: Pictures that are shown of a cell, and characters in which they come.
_MAXIMUM_PICTURES, _MAXIMUM_DATA = 20, 8 * 2**20

_PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")

#: Control characters, and those that turn the direction of what follows.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")

_PASTED = re.compile(
    r"!\[[^\[\]\n]*\]\((?:attachment:(?P<name>[^()\n]{1,200})"
    r"|data:(?P<kind>image/\w+);base64,(?P<data>[A-Za-z0-9+/=]+))\)"
)

#: Commands of TeX that make links, take attributes or JavaScript, define others, or cover a page.
_COMMANDS = (
    r"href|url|unicode|style|class|cssId|id|data|html\w*|require|csname|begingroup|let|futurelet"
    r"|[gex]?def|(?:re)?newcommand|providecommand|(?:re)?newenvironment|DeclareMathOperator|bbox"
    r"|[rR]ule|Space|enclose|mmlToken|includegraphics|toggle|(?:math|text)tip|[tT]ip|action\w*"
)

#: Where a space is put, each after the letter that it follows. A link keeps its target on the web.
_ACTIVE = re.compile(
    rf"""
      (?P<picture>!\[(?P<name>picture-\d+)\]\(attachment:(?P=name)\))
    | <(?=[A-Za-z/!?])
    | &(?=\#|[^\t\n\f <&\#;]{{1,32}};)
    | !(?=\[)
    | \](?=:)
    | \](?=\((?!https?://[^\s()<>"'\\\[\]`$]+\)))
    | \\(?=(?:{_COMMANDS})(?![A-Za-z]))
    | (?<![`~])[`~]{{3,}}(?=[ \t]*mermaid)
    """,
    re.VERBOSE,
)


def plain(text: str) -> str:
    """Return text without characters that a terminal obeys or that turn what follows around."""
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", re.sub(r"\r\n?", "\n", text))


def line(text: str) -> str:
    """Return a sentence for whatever may render Markdown: one line, of some length."""
    text = " ".join(plain(text).split())
    return _still(text[:_MAXIMUM_LINE] + "…" * (len(text) > _MAXIMUM_LINE), {})


def answer(
    source: str, attachments: Mapping[str, Any], longest: int = MAXIMUM_SHOWN
) -> tuple[str, dict[str, Any]]:
    """Return Markdown in which nothing comes to life, and the pictures that were pasted into it.

    Args:
        source: What the learner wrote.
        attachments: Pictures pasted into the cell, as its notebook holds them.
        longest: So many characters are shown.
    """
    pasted = _Pasted(attachments)
    text = _PASTED.sub(pasted.mention, source)
    still = _still(plain(text[: longest + 1]), pasted.pictures)
    return shown(still, longest, len(text)), pasted.pictures


class _Pasted:
    """The pictures that a cell shows: each is kept once, and only as many as a person pastes."""

    def __init__(self, attachments: Mapping[str, Any]) -> None:
        self.attachments = attachments
        self.pictures: dict[str, dict[str, str]] = {}
        self._names: dict[str, str] = {}
        self._left = _MAXIMUM_DATA

    def mention(self, match: re.Match[str]) -> str:
        """Return what stands in the place of a picture that a text shows."""
        kind, data, name = match["kind"], match["data"], match["name"]
        key = name or f"{kind};{data}"
        if key not in self._names:
            self._names[key] = self._kept(match)
        known = self._names[key]
        if not known:
            words = re.sub(r"[^\w.-]+", " ", name or str(kind)).strip()
            return f"(picture {words}: not shown)"
        return f"![{known}](attachment:{known})"

    def _kept(self, match: re.Match[str]) -> str:
        """Keep a picture and return its name; nothing if it is not to be shown."""
        if len(self._names) >= _MAXIMUM_PICTURES:
            return ""
        kind, data = match["kind"], match["data"]
        found = {kind: data} if kind in _PICTURES else _picture(self.attachments, match["name"])
        self._left -= sum(map(len, found.values()))
        if not found or self._left < 0:
            return ""
        name = f"picture-{len(self.pictures) + 1}"
        self.pictures[name] = found
        return name


def shown(text: str, longest: int = MAXIMUM_SHOWN, total: int | None = None) -> str:
    """Return text of a bounded length, which says so where it was cut.

    Args:
        text: The text.
        longest: So many characters are shown.
        total: How many there are, if the text was cut before.
    """
    total = len(text) if total is None else total
    if total <= longest:
        return text
    return f"{text[:longest]}\n\n{_cut(total, longest)}"


def code(source: str, longest: int = MAXIMUM_SHOWN) -> str:
    """Return code of a bounded length in which nothing turns the reader's eye around."""
    if len(source) <= longest:
        return plain(source)
    return f"{plain(source[:longest])}\n\n# {_cut(len(source), longest)}"


def _cut(total: int, longest: int) -> str:
    return (
        f"Cut here: there are {total:,} characters, and {longest:,} are shown. "
        "The submission holds all of them."
    )


def _still(text: str, pictures: Mapping[str, Any]) -> str:
    def spaced(match: re.Match[str]) -> str:
        if match["picture"]:
            return match[0] if match["name"] in pictures else f"(picture {match['name']})"
        return f"{match[0]} text " if match[0][0] in "`~" else f"{match[0]} "

    return _ACTIVE.sub(spaced, text)


def _picture(attachments: Mapping[str, Any], name: str | None) -> dict[str, str]:
    """Return an attachment if it is a picture that browsers show; nothing if it is not."""
    name = (name or "").strip("<> ")
    content = attachments.get(name, attachments.get(unquote(name)))
    for kind, data in content.items() if isinstance(content, Mapping) else ():
        if kind in _PICTURES and isinstance(data, str) and _BASE64.fullmatch(data):
            return {kind: data}
    return {}
