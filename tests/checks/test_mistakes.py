"""Changes of a reference, and how mistakes are written."""

import pytest

from checks.graph import Graph, GraphBuilder
from checks.mistakes import (
    Inapplicable,
    always,
    by_default,
    hinted,
    mistakes,
    more,
    swapped,
    without,
)


def stack(depth: int = 2, width: int = 4) -> Graph:
    g = GraphBuilder()
    X = g.input((8, 8, 3))
    for number in range(1, depth + 1):
        X = g.add(f"ReLU {number}", "relu", g.conv(f"convolution {number}", X, width, 3))
    return g.graph(X)


def names(mutation, **arguments):
    """Return the nodes of a stack with a mistake, and the filters of its convolutions."""
    graph = mutation(lambda given: stack(**given), arguments)
    filters = {node.params.get("filters") for node in graph.nodes.values()} - {None}
    return list(graph.nodes), filters


def test_an_argument_is_ignored_larger_or_swapped_with_another():
    assert names(always(depth=1), depth=3) == (["input", "convolution 1", "ReLU 1"], {4})
    assert names(more(depth=-1), depth=2, width=5) == (["input", "convolution 1", "ReLU 1"], {5})
    assert names(swapped("depth", "width"), depth=3, width=1)[1] == {3}


def test_another_default_counts_only_where_the_call_leaves_the_argument_out():
    assert names(by_default(width=9))[1] == {9}
    assert names(by_default(width=9), width=5)[1] == {5}


def test_nodes_are_left_out_all_or_some():
    assert names(without("ReLU *"))[0] == ["input", "convolution 1", "convolution 2"]
    assert "ReLU 1" not in names(without("ReLU *", which=slice(None, -1)))[0]
    last = names(without("ReLU *", which=slice(-1, None)))[0]
    assert last == ["input", "convolution 1", "ReLU 1", "convolution 2"]


@pytest.mark.parametrize("mutation", [without("pooling"), without("ReLU 1", which=slice(1, None))])
def test_a_change_that_finds_nothing_says_so(mutation):
    with pytest.raises(Inapplicable):
        names(mutation)


def test_rows_become_mistakes_with_the_hints_that_they_share():
    rows = {
        "One": ((without("a"), without("b")), "Why.", "third"),
        "Other": (without("c"), "Also why.", "last"),
    }
    found = mistakes("a section", hinted(rows, "first", "second"), loses=True)
    assert [each.title for each in found] == ["One", "One", "Other"]
    assert {each.section for each in found} == {"a section"}
    assert all(each.loses and each.mutation and not each.state for each in found)
    assert found[0].hints == ("first", "second", "third")


def test_a_row_may_have_a_state_in_place_of_a_change():
    (found,) = mistakes("a section", {"One": (lambda: {"loss": "other"}, "Why.")}, of="state")
    assert found.state is not None
    assert found.mutation is None
