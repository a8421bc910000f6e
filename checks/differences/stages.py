"""Compares networks stage by stage: their blocks, channels and strides."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from checks.graph import Graph, Node, ancestors
from checks.graph.operation import Shape

_STAGE = re.compile(r"\bstage (\d+), block ")
_CONVOLUTION = re.compile(r"\bconvolution (\d)$")

_ORDINALS = ("the first", "the second", "the third", *(f"number {n}" for n in range(4, 100)))

#: Strides that are looked for.
STRIDES = range(1, 5)


@dataclass(frozen=True)
class Stage:
    """Residual blocks in a row whose outputs have one shape.

    Attributes:
        blocks: The additions that end its blocks.
        convolutions: Number of its convolutions.
        stride: How much smaller its feature maps are than those that it reads; None where their
            sizes do not tell.
    """

    blocks: tuple[Node, ...]
    convolutions: int
    stride: int | None

    @property
    def channels(self) -> int:
        """The number of channels of its output."""
        return self.blocks[0].shape[-1]


def unlike_stages(expected: Graph, received: Graph) -> str:
    """Say in a title which stages differ as a whole; nothing where none does, or not only that.

    Args:
        expected: The reference graph, simplified. Its nodes bear the names of the stages.
        received: The learner's graph, simplified.
    """
    # What a call that failed would have given is not known, nor what stands in its place.
    ends = (expected.output, received.output) if received.stopped else ("", "")
    ours, theirs = _stages(expected, ends[0]), _stages(received, ends[1])
    names = [_name(each) for each in ours]
    if not ours or not theirs or not all(names):
        return ""
    if len(ours) != len(theirs):
        return _left_out(names, ours, theirs)
    return (
        _rows(names, "{} channels", [(a.channels, b.channels) for a, b in _zip(ours, theirs)])
        or _blocks(expected, names, ours, theirs)
        or _strides(names, ours, theirs, _kernels(expected) >= _kernels(received))
    )


def _name(stage: Stage) -> str:
    """Return the number of a stage of the reference, or nothing where it is not one stage."""
    numbers = {number for block in stage.blocks for number in _STAGE.findall(block.name)}
    return numbers.pop() if len(numbers) == 1 else ""


def _zip(ours: Sequence[Stage], theirs: Sequence[Stage]) -> list[tuple[Stage, Stage]]:
    return list(zip(ours, theirs, strict=True))


def _left_out(names: Sequence[str], ours: Sequence[Stage], theirs: Sequence[Stage]) -> str:
    """Say which stages are missing or too many, where the others are as they should be."""
    kept = [(each.channels, len(each.blocks)) for each in ours]
    there = [(each.channels, len(each.blocks)) for each in theirs]
    for missing in combinations(range(len(ours)), max(len(ours) - len(theirs), 0)):
        if [each for at, each in enumerate(kept) if at not in missing] == there:
            *first, last = [names[at] for at in missing]
            if first:
                return f"Stages {', '.join(first)} and {last} are missing"
            return f"Stage {last} is missing"
    for at, more in enumerate(theirs):
        if len(theirs) == len(ours) + 1 and there[:at] + there[at + 1 :] == kept:
            what = f"{len(more.blocks)} blocks with {more.channels} channels"
            return f"There is one stage too many, of {what}".replace(" 1 blocks", " 1 block")
    return ""


def _blocks(
    expected: Graph, names: Sequence[str], ours: Sequence[Stage], theirs: Sequence[Stage]
) -> str:
    """Say which stages have another number of blocks, if that explains their convolutions."""
    found = [_CONVOLUTION.search(name) for name in expected.nodes]
    in_a_block = max((int(each[1]) for each in found if each), default=0)
    rows = [(len(a.blocks), len(b.blocks)) for a, b in _zip(ours, theirs)]
    explained = all(
        b.convolutions - a.convolutions == (there - wanted) * in_a_block
        for (a, b), (wanted, there) in zip(_zip(ours, theirs), rows, strict=True)
    )
    return _rows(names, "{} blocks", rows) if explained else ""


def _strides(
    names: Sequence[str], ours: Sequence[Stage], theirs: Sequence[Stage], same_kernels: bool
) -> str:
    """Say which stages have another stride.

    A stride often comes from the number of a stage, and a learner may count from another one on.
    """
    rows = [(a.stride, b.stride) for a, b in _zip(ours, theirs)]
    named = [f"{name} ({each})" for name, each in zip(names, _ORDINALS, strict=False)]
    return _rows(named, "the stride {}", rows) if same_kernels else ""


def _kernels(graph: Graph) -> set[tuple[int, int]]:
    return {each.params["kernel"] for each in graph.nodes.values() if each.operation == "conv2d"}


def _rows(names: Sequence[str], words: str, rows: Sequence[tuple[int | None, int | None]]) -> str:
    """Say what stages have: "Stage 3 has 6 blocks instead of 4, and stage 4 has 4 instead of 6"."""
    parts = [
        f"stage {name} has {words.format(there) if not at else there} instead of {wanted}"
        for at, (name, wanted, there) in enumerate(
            (name, wanted, there)
            for name, (wanted, there) in zip(names, rows, strict=True)
            if wanted != there and None not in (wanted, there)
        )
    ]
    *first, last = parts or [""]
    title = f"{', '.join(first)}, and {last}" if first else last
    return title.replace("1 blocks", "1 block").capitalize()


def _stages(graph: Graph, without: str = "") -> list[Stage]:
    nodes = [node for node in graph.nodes.values() if node.name != without]
    stages: list[Stage] = []
    blocks: list[Node] = []
    convolutions = 0
    for node in nodes:
        convolutions += node.operation == "conv2d"
        if node.operation != "add" or len(node.shape) != 3:
            continue
        if blocks and blocks[-1].shape == node.shape:
            last = stages.pop()
            stages.append(
                Stage((*last.blocks, node), last.convolutions + convolutions, last.stride)
            )
        else:
            read = blocks[-1].shape if blocks else _read_by(graph, node)
            stages.append(Stage((node,), convolutions, _stride(read, node.shape)))
        blocks.append(node)
        convolutions = 0
    if stages:
        last = stages.pop()
        stages.append(replace(last, convolutions=last.convolutions + convolutions))
    return stages


def _read_by(graph: Graph, addition: Node) -> Shape:
    """Return the shape of what all operands of an addition come from."""
    common = set.intersection(*({name, *ancestors(graph.nodes, name)} for name in addition.inputs))
    names = (name for name in reversed([*graph.nodes]) if name in common)
    return next((graph.nodes[name].shape for name in names), addition.shape)


def _stride(read: Shape, written: Shape) -> int | None:
    fitting = [
        s
        for s in STRIDES
        if all(-(-a // s) == b for a, b in zip(read[:2], written[:2], strict=True))
    ]
    return fitting[0] if len(fitting) == 1 else None
