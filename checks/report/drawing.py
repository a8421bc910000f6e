"""Draws a graph as SVG: the longest path from top to bottom, shortcuts in lanes beside it."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from checks.graph import Graph, Node

_WIDTH, _HEIGHT, _GAP = 256, 26, 16
_COLUMN = _WIDTH + 44
_LANE = 14
_MARGIN = 22
#: Networks with more nodes than this are drawn around their marks only.
MAXIMUM_NODES = 36


@dataclass(frozen=True)
class _Place:
    x: float
    y: float

    @property
    def right(self) -> float:
        return self.x + _WIDTH

    @property
    def middle(self) -> float:
        return self.y + _HEIGHT / 2


def draw(graph: Graph, marks: frozenset[str] = frozenset(), title: str = "") -> str:
    """Draw a network.

    Args:
        graph: The network.
        marks: Names of the nodes to mark. They have a thick dashed frame and an arrow, so that
            they stand out without colour too.
        title: What the picture shows, also for those who cannot see it.

    Returns:
        An SVG element.
    """
    nodes = _window(graph, marks)
    places = _places(nodes)
    lanes = _long_edges(nodes, places)
    width = max(place.right for place in places.values()) + _LANE * len(lanes) + _MARGIN
    height = max(place.y for place in places.values()) + _HEIGHT + _MARGIN
    parts = [
        f'<svg role="img" xmlns="http://www.w3.org/2000/svg" width="{width:g}" '
        f'height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        f"<title>{escape(title)}</title>",
        f"<desc>{escape(describe(graph, marks))}</desc>",
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        *_edges(nodes, places, lanes),
        *(
            _box(node, places[node.name], node.name in marks, _has_failed(graph, node))
            for node in nodes.values()
        ),
        "</svg>",
    ]
    return "".join(parts)


def describe(graph: Graph, marks: frozenset[str] = frozenset()) -> str:
    """Return the network in words: every layer with what it reads, and the marked ones."""
    sentences = []
    for node in _window(graph, marks).values():
        reads = " and ".join(node.inputs)
        here = " (the difference is here)" if node.name in marks else ""
        failed = " and fails" if _has_failed(graph, node) else ""
        sentences.append(
            f"{node.name}: {node.describe()}{' reads ' + reads if reads else ''}{failed}{here}."
        )
    return " ".join(sentences)


def _has_failed(graph: Graph, node: Node) -> bool:
    """Return whether a node stands for the call at which building the network stopped."""
    return graph.stopped and node.name == graph.output


def _window(graph: Graph, marks: frozenset[str]) -> dict[str, Node]:
    """Return the nodes to draw: all of a small network, those near the marks of a large one."""
    if len(graph.nodes) <= MAXIMUM_NODES:
        return dict(graph.nodes)
    names = list(graph.nodes)
    first = min((names.index(name) for name in marks if name in graph.nodes), default=0)
    start = max(0, min(first - MAXIMUM_NODES // 3, len(names) - MAXIMUM_NODES // 2))
    return {name: graph.nodes[name] for name in names[start : start + MAXIMUM_NODES // 2]}


def _places(nodes: dict[str, Node]) -> dict[str, _Place]:
    """Put each node in the row of its depth; the longest path is the first column."""
    depth: dict[str, int] = {}
    for node in nodes.values():
        depth[node.name] = 1 + max((depth.get(name, -1) for name in node.inputs), default=-1)
    spine = _longest_path(nodes, depth)
    taken: dict[int, int] = {}
    places = {}
    for name, row in depth.items():
        column = 0
        if name not in spine:
            column = taken[row] = taken.get(row, 0) + 1
        places[name] = _Place(_MARGIN + column * _COLUMN, _MARGIN + row * (_HEIGHT + _GAP))
    return places


def _longest_path(nodes: dict[str, Node], depth: dict[str, int]) -> set[str]:
    name: str | None = max(depth, key=lambda each: depth[each])
    path = set()
    while name is not None:
        path.add(name)
        before = [each for each in nodes[name].inputs if each in nodes]
        name = max(before, key=lambda each: depth[each], default=None)
    return path


def _long_edges(nodes: dict[str, Node], places: dict[str, _Place]) -> list[tuple[str, str]]:
    """Return the edges that would cross boxes, and so go round in a lane."""
    return [
        (name, node.name)
        for node in nodes.values()
        for name in node.inputs
        if name in nodes
        and places[name].x == places[node.name].x
        and places[node.name].y - places[name].y > _HEIGHT + _GAP
    ]


def _edges(
    nodes: dict[str, Node], places: dict[str, _Place], lanes: list[tuple[str, str]]
) -> Iterator[str]:
    outside = max(place.right for place in places.values())
    for node in nodes.values():
        end = places[node.name]
        for name in node.inputs:
            if name not in nodes:
                yield _arrow(f"M{end.x + _WIDTH / 2:g},{end.y - _GAP + 4:g}", end, dashed=True)
            elif (name, node.name) in lanes:
                start = places[name]
                lane = outside + _LANE * (1 + lanes.index((name, node.name)))
                yield _line(
                    f"M{start.right:g},{start.middle:g} H{lane:g} V{end.middle:g} H{end.right:g}"
                )
                yield _head(end.right, end.middle, -1)
            elif places[name].x == end.x:
                yield _arrow(f"M{end.x + _WIDTH / 2:g},{places[name].y + _HEIGHT:g}", end)
            else:
                yield from _across(places[name], end)


def _across(start: _Place, end: _Place) -> Iterator[str]:
    """Draw an edge between columns: down from the start, then sideways into the end."""
    if end.x > start.x:
        x = end.x + _WIDTH / 2
        yield _line(f"M{start.right:g},{start.middle:g} H{x:g} V{end.y:g}")
        yield f'<path d="M{x - 4:g},{end.y - 7:g} L{x:g},{end.y:g} L{x + 4:g},{end.y - 7:g}z"/>'
    else:
        x = start.x + _WIDTH / 2
        yield _line(f"M{x:g},{start.y + _HEIGHT:g} V{end.middle:g} H{end.right:g}")
        yield _head(end.right, end.middle, -1)


def _arrow(begin: str, end: _Place, dashed: bool = False) -> str:
    x = end.x + _WIDTH / 2
    return _line(f"{begin} V{end.y:g}", dashed) + (
        f'<path d="M{x - 4:g},{end.y - 7:g} L{x:g},{end.y:g} L{x + 4:g},{end.y - 7:g}z"/>'
    )


def _line(path: str, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="3 3"' if dashed else ""
    return f'<path d="{path}" fill="none" stroke="#333333" stroke-width="1.4"{dash}/>'


def _head(x: float, y: float, direction: int) -> str:
    back = x - 7 * direction
    return f'<path d="M{back:g},{y - 4:g} L{x:g},{y:g} L{back:g},{y + 4:g}z"/>'


def _box(node: Node, place: _Place, marked: bool, failed: bool) -> str:
    style = (
        'fill="#fdeee8" stroke="#b03a12" stroke-width="2.5" stroke-dasharray="6 3"'
        if marked
        else 'fill="#f5f7fa" stroke="#56606b" stroke-width="1"'
    )
    arrow = (
        f'<text x="{place.x - 18:g}" y="{place.middle + 5:g}" font-size="15" '
        'fill="#b03a12">▶</text>'
        if marked
        else ""
    )
    words = "input" if node.operation == "input" else node.describe()
    words += " – stopped here" if failed else ""
    size = "none" if failed else "×".join(map(str, node.shape))
    return (
        f'<rect x="{place.x:g}" y="{place.y:g}" width="{_WIDTH}" height="{_HEIGHT}" rx="4" '
        f"{style}><title>{escape(node.name)}, output {escape(size)}</title></rect>"
        f'<text x="{place.x + _WIDTH / 2:g}" y="{place.middle + 4:g}" text-anchor="middle" '
        f'fill="#1a1a1a">{escape(words)}</text>{arrow}'
    )
