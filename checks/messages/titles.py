"""Joins the titles of mistakes that were made at once: the same mistake in two places is one."""

import re
from collections.abc import Sequence

_HOW_MANY = {2: "Two", 3: "Three"}

#: Verbs of one subject, and of several.
_VERBS = {"is": "are", "has": "have", "pads": "pad", "reads": "read", "adds": "add"}

#: Words after which a place comes.
_BEFORE_A_PLACE = frozenset({"of", "after", "before"})

#: What comes between a layer's number and its setting, or what it should be.
_INSTEAD = re.compile(r"(.*): (.+) instead of (.+)")

#: The part of a network that a layer belongs to, as it follows what the layer is called.
_SCOPE = re.compile(r" \(((?:stage|block) [^()]+)\)")

#: The most words that name a place.
_LONGEST = 3


def joined(titles: Sequence[str]) -> str:
    """Return the title of mistakes that were made at once.

    Args:
        titles: That of each mistake: up to three.
    """
    said = merged(titles)
    return f"{_HOW_MANY[len(said)]} things: {' · '.join(said)}" if len(said) > 1 else said[0]


def merged(titles: Sequence[str]) -> list[str]:
    """Return titles, of which those are one that say the same of different places."""
    groups: list[list[str]] = []
    for title in titles:
        alike = next((group for group in groups if said_once([*group, title])), None)
        if alike is None:
            groups.append([title])
        else:
            alike.append(title)
    return [said_once(group) for group in groups]


def said_once(sentences: Sequence[str]) -> str:
    """Return sentences that say the same of different places as one; nothing if they do not.

    Args:
        sentences: One or more.
    """
    if len(sentences) == 1:
        return sentences[0]
    return _in_scopes(sentences) or _with_values(sentences) or _of_places(sentences)


def _in_scopes(sentences: Sequence[str]) -> str:
    """Join sentences about the same layer of several blocks."""
    scopes = [list(dict.fromkeys(_SCOPE.findall(each))) for each in sentences]
    bare = {_SCOPE.sub("", each) for each in sentences}
    if len(bare) > 1 or any(len(each) != 1 for each in scopes):
        return ""
    parts = [each[0].split(", ") for each in scopes]
    same_form = len({tuple(part.split(" ")[0] for part in each) for each in parts}) == 1
    columns = [list(dict.fromkeys(column)) for column in zip(*parts, strict=False)]
    if not same_form or sum(len(column) > 1 for column in columns) != 1:
        where = ", and ".join(each[0] for each in scopes)
    else:
        where = ", ".join(map(_numbered, columns))
    return _SCOPE.sub(f" ({where})", sentences[0])


def _numbered(parts: Sequence[str]) -> str:
    """Return parts of a kind, such as "block 1" and "block 2", as "blocks 1 and 2"."""
    kind, _, first = parts[0].partition(" ")
    others = [part.partition(" ")[2] for part in parts[1:]]
    return f"{kind}s {_listed([first, *others])}" if others else parts[0]


def _with_values(sentences: Sequence[str]) -> str:
    """Join sentences about a setting of several layers that should have the same value."""
    found = [_INSTEAD.fullmatch(each.rstrip(".")) for each in sentences]
    parts = [each.groups() for each in found if each]
    if len(parts) < len(sentences) or len({expected for *_, expected in parts}) > 1:
        return ""
    heads, values, (expected, *_) = zip(*parts, strict=True)
    once = _of_places(heads)
    end = "." if sentences[0].endswith(".") else ""
    return once and f"{once}: {_listed(list(dict.fromkeys(values)))} instead of {expected}{end}"


def _of_places(sentences: Sequence[str]) -> str:
    """Join sentences that differ in one place only."""
    words = [each.split(" ") for each in sentences]
    before = _common(words)
    after = _common([each[before:][::-1] for each in words])
    places = [" ".join(each[before : len(each) - after]) for each in words]
    start, end = words[0][:before], words[0][len(words[0]) - after :]
    longest = max(len(place.split(" ")) for place in places)
    if not start or (not end and not places[0][-1:].isdigit()) or longest > _LONGEST:
        return ""
    if not all(places) or (end[:2] == ["is", "missing"] and start in (["The"], ["the"])):
        return ""
    if set(start) & {*_VERBS, *_VERBS.values()}:
        return _after_a_verb(start, places, end)
    at = next((at for at, word in enumerate(end) if word in _VERBS), None)
    if at is None:
        return ""
    several = [*end[:at], _VERBS[end[at]], *end[at + 1 :]]
    sentence = " ".join([*_of_subjects(start, places), *several])
    return sentence.replace(" itself", " themselves")


def _of_subjects(start: list[str], places: Sequence[str]) -> list[str]:
    """Return the subject of a sentence about several places."""
    at = next((at for at, word in enumerate(start) if word in _BEFORE_A_PLACE), len(start))
    if all(place.isdigit() for place in places) or at < len(start):
        start = [*start[: at - 1], f"{start[at - 1]}s", *start[at:]]
    article = start[-1].lower() == "the"
    return [*start, _listed([places[0], *(f"{'the ' * article}{each}" for each in places[1:])])]


def _after_a_verb(start: list[str], places: Sequence[str], end: list[str]) -> str:
    """Join sentences whose places come after their verb: the last preposition is repeated."""
    at = next((at for at in reversed(range(len(start))) if start[at] in _BEFORE_A_PLACE), None)
    if at is None or "between" in start:
        return ""
    repeated = [" ".join([*start[at:], place]) for place in places]
    return " ".join([*start[:at], _listed(repeated), *end])


def _common(sentences: Sequence[Sequence[str]]) -> int:
    """Return how many words sentences have in common at their beginning."""
    count = 0
    for words in zip(*sentences, strict=False):
        if len(set(words)) > 1:
            break
        count += 1
    return min(count, min(map(len, sentences)) - 1)


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last
