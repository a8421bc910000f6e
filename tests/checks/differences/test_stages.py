"""What a report says of networks whose stages differ as a whole."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from checks.case import Images
from checks.catalogue import EXERCISES
from checks.catalogue.resnet50 import STAGES
from checks.differences.difference import cause_of
from checks.differences.stages import unlike_stages
from checks.exercise import NetworkExercise
from checks.graph import Graph, Node
from checks.graph.canonical import simplify


def network(name: str, **arguments: Any) -> Graph:
    exercise = EXERCISES[name]
    assert isinstance(exercise, NetworkExercise)
    return simplify(exercise.reference(arguments))


def resnet50(*stages: tuple[tuple[int, int, int], int, int]) -> Graph:
    return network("ResNet50", input_shape=(64, 64, 3), classes=6, stages=stages)


def small(*widths: int, strides: tuple[int, ...] | None = None, blocks: int = 1) -> Graph:
    arguments = {"widths": widths, "strides": strides, "blocks": blocks}
    return network("mnist_resnet", input_shape=(28, 26, 1), classes=3, **arguments)


@pytest.mark.parametrize(
    ("left", "title"),
    [
        ((0, 1, 3), "Stage 4 is missing"),
        ((1, 2, 3), "Stage 2 is missing"),
        ((0, 3), "Stages 3 and 4 are missing"),
        ((0,), "Stages 3, 4 and 5 are missing"),
    ],
)
def test_stages_that_are_missing_are_named(left: tuple[int, ...], title: str) -> None:
    assert unlike_stages(resnet50(*STAGES), resnet50(*(STAGES[at] for at in left))) == title


def test_a_stage_too_many_is_told_by_what_it_has() -> None:
    more = ((8, 8, 4096), 1, 2)
    title = unlike_stages(resnet50(*STAGES), resnet50(*STAGES, more))
    assert title == "There is one stage too many, of 1 block with 4096 channels"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(1, 4), min_size=3, max_size=3))
def test_every_stage_with_another_number_of_blocks_is_named(blocks: list[int]) -> None:
    right = [((3, 4, 5), 2, 1), ((4, 5, 6), 3, 2), ((5, 6, 7), 1, 2)]
    wrong = [(filters, count, s) for (filters, _, s), count in zip(right, blocks, strict=True)]
    title = unlike_stages(resnet50(*right), resnet50(*wrong))
    for stage, ((_, wanted, _), there) in enumerate(zip(right, blocks, strict=True), start=2):
        assert (f"tage {stage} has {there} " in title) == (there != wanted)
    assert bool(title) == (blocks != [2, 3, 1])


@settings(max_examples=25, deadline=None)
@given(st.tuples(*[st.sampled_from([1, 2])] * 3))
def test_every_stage_with_another_stride_is_named(strides: tuple[int, ...]) -> None:
    title = unlike_stages(small(5, 6, 7), small(5, 6, 7, strides=strides))
    for stage, (wanted, there) in enumerate(zip((1, 2, 2), strides, strict=True), start=2):
        assert (f"tage {stage} (" in title) == (there != wanted)


def test_channels_are_told_before_what_follows_from_them() -> None:
    title = cause_of(small(5, 6, 7), small(5, 8, 7))
    assert title == "Stage 3 has 8 channels instead of 6"


def test_one_block_is_told_in_the_singular() -> None:
    title = cause_of(small(5, 6, blocks=2), small(5, 6))
    assert title == "Stage 2 has 1 block instead of 2, and stage 3 has 1 instead of 2"


def test_networks_without_stages_are_not_compared_by_them() -> None:
    images = Images((6, 8, 5))
    short, long = (network("residual_stack", X=images, depth=depth, width=5) for depth in (4, 6))
    assert unlike_stages(short, long) == ""
    plain = network("plain_stack", X=images, depth=4, width=5)
    assert unlike_stages(plain, short) == ""


def test_an_addition_more_is_no_block() -> None:
    expected = small(5, 6)
    end = "stage 3, block a: ReLU 2"
    more = Node("more", "add", (end, end), {}, (), "more")
    nodes: list[Node] = []
    for node in expected.nodes.values():
        reads_the_end = node.inputs == (end,)
        nodes.append(replace(node, inputs=("more",)) if reads_the_end else node)
        if node.name == end:
            nodes.append(more)
    received = expected.rebuilt(nodes)
    assert unlike_stages(expected, received) == ""
    assert cause_of(expected, received) == (
        "There is one addition too many, of ReLU 2 (stage 3, block a) and ReLU 2 (stage 3, block a)"
    )
