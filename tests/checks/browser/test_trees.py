"""What stands in for optree does what optree does."""

from collections import OrderedDict, defaultdict, deque, namedtuple
from typing import Any

import optree
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.browser import trees

Point = namedtuple("Point", ["x", "y"])

LEAVES = st.none() | st.integers() | st.text(max_size=3)
KEYS = st.text(max_size=2) | st.integers()


def nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(children, max_size=3)
    dictionaries = st.dictionaries(KEYS, children, max_size=3)
    return st.one_of(
        lists,
        lists.map(tuple),
        lists.map(lambda held: deque(held, 5)),
        dictionaries,
        dictionaries.map(OrderedDict),
        dictionaries.map(lambda held: defaultdict(list, held)),
        st.tuples(children, children).map(lambda pair: Point(*pair)),
    )


TREES = st.recursive(LEAVES, nodes, max_leaves=12)


@given(TREES, st.booleans())
def test_trees_are_taken_apart_in_the_same_order(tree: Any, none_is_leaf: bool) -> None:
    paths, leaves, spec = trees.tree_flatten_with_path(tree, none_is_leaf=none_is_leaf)
    expected = optree.tree_flatten_with_path(tree, none_is_leaf=none_is_leaf)
    assert (paths, leaves) == (expected[0], expected[1])
    assert (spec.num_leaves, spec.num_nodes) == (expected[2].num_leaves, expected[2].num_nodes)
    assert trees.tree_paths(tree, none_is_leaf=none_is_leaf) == paths


@given(TREES, st.booleans())
def test_a_tree_is_put_together_again(tree: Any, none_is_leaf: bool) -> None:
    leaves, spec = trees.tree_flatten(tree, none_is_leaf=none_is_leaf)
    again = trees.tree_unflatten(spec, leaves)
    assert again == tree
    assert type(again) is type(tree)
    if isinstance(tree, dict):
        assert list(again) == list(tree)


@given(TREES, st.booleans())
def test_a_function_is_called_on_every_leaf(tree: Any, none_is_leaf: bool) -> None:
    def pair(one: Any, other: Any) -> tuple[str, Any, Any]:
        return "pair", one, other

    assert trees.tree_map(pair, tree, tree, none_is_leaf=none_is_leaf) == optree.tree_map(
        pair, tree, tree, none_is_leaf=none_is_leaf
    )


@given(TREES, TREES)
def test_trees_of_other_structures_are_refused_alike(tree: Any, other: Any) -> None:
    try:
        expected = optree.tree_map(lambda *row: row, tree, other, none_is_leaf=True)
    except ValueError:
        with pytest.raises(ValueError):
            trees.tree_map(lambda *row: row, tree, other, none_is_leaf=True)
    else:
        assert trees.tree_map(lambda *row: row, tree, other, none_is_leaf=True) == expected


def test_what_is_called_a_leaf_is_one() -> None:
    def is_shape(node: Any) -> bool:
        return isinstance(node, tuple) and all(isinstance(each, int) for each in node)

    tree = {"a": (1, 2), "b": [(3,), (4, (5, 6))]}
    for module in (trees, optree):
        assert module.tree_map(len, {"a": (1, 2), "b": [(3,)]}, is_leaf=is_shape) == {
            "a": 2,
            "b": [1],
        }
    assert trees.tree_flatten(tree, is_shape)[0] == optree.tree_flatten(tree, is_shape)[0]


def test_classes_that_are_registered_are_nodes() -> None:
    class Pair:
        def __init__(self, one: Any, other: Any) -> None:
            self.both = one, other

        def tree_flatten(self) -> tuple[Any, ...]:
            return self.both, None

        @classmethod
        def tree_unflatten(cls, data: None, children: Any) -> "Pair":
            return cls(*children)

    trees.register_pytree_node_class(Pair, namespace="keras")
    leaves, spec = trees.tree_flatten([Pair(1, [2, 3])])
    assert leaves == [1, 2, 3]
    assert trees.tree_unflatten(spec, [4, 5, 6])[0].both == (4, [5, 6])


def test_leaves_of_the_wrong_number_are_refused() -> None:
    _, spec = trees.tree_flatten([1, 2])
    with pytest.raises(ValueError, match=r"Expected 2 leaves\. Received: 3"):
        trees.tree_unflatten(spec, [1, 2, 3])
