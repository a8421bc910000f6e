"""The functions of optree that Keras uses, in plain Python.

Keras takes nested lists, tuples and dictionaries of tensors apart with optree, which is compiled
and exists for no web page. This module stands in for it under optree's own names (`tree_flatten`,
`tree_unflatten`, `tree_map`, …), and tests compare every one with optree's.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

IsLeaf = Callable[[Any], bool] | None


class _Parts(NamedTuple):
    """A node of a tree, taken apart.

    Attributes:
        kind: What two trees must share here to be of the same structure.
        children: What it holds.
        entries: The index or the key of each child.
        rebuild: Makes such a node of new children.
    """

    kind: Any
    children: Sequence[Any]
    entries: Sequence[Any]
    rebuild: Callable[[list[Any]], Any]


class TreeSpec:
    """The structure of a tree without its leaves."""

    def __init__(self, parts: _Parts | None, children: Sequence["TreeSpec"] = ()) -> None:
        """Keep a node and the structures below it; a leaf has neither."""
        self.parts = parts
        self.children = children

    @property
    def num_leaves(self) -> int:
        """Number of leaves."""
        return 1 if self.parts is None else sum(child.num_leaves for child in self.children)

    @property
    def num_nodes(self) -> int:
        """Number of nodes, the leaves included."""
        return 1 + sum(child.num_nodes for child in self.children)


_classes: dict[type, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {}


def register_pytree_node(
    cls: type,
    flatten: Callable[[Any], Any],
    unflatten: Callable[[Any, Any], Any],
    namespace: str = "",
) -> type:
    """Let trees have nodes of a class.

    Args:
        cls: The class.
        flatten: Returns children, data, and perhaps the children's names.
        unflatten: Makes a node of data and children.
        namespace: Taken for optree's sake; there is one for all here.
    """
    _classes[cls] = flatten, unflatten
    return cls


def register_pytree_node_class(cls: Any, namespace: str = "") -> Any:
    """Let trees have nodes of a class with `tree_flatten` and `tree_unflatten`."""
    return register_pytree_node(cls, lambda node: node.tree_flatten(), cls.tree_unflatten)


def tree_is_leaf(
    tree: Any, is_leaf: IsLeaf = None, *, none_is_leaf: bool = False, namespace: str = ""
) -> bool:
    """Return whether something is a leaf, not a node that holds others."""
    return _parts(tree, is_leaf, none_is_leaf) is None


def tree_flatten(
    tree: Any, is_leaf: IsLeaf = None, *, none_is_leaf: bool = False, namespace: str = ""
) -> tuple[list[Any], TreeSpec]:
    """Return the leaves of a tree and its structure."""
    _, leaves, spec = tree_flatten_with_path(tree, is_leaf, none_is_leaf=none_is_leaf)
    return leaves, spec


def tree_paths(
    tree: Any, is_leaf: IsLeaf = None, *, none_is_leaf: bool = False, namespace: str = ""
) -> list[tuple[Any, ...]]:
    """Return where each leaf is: the indices and keys that lead there."""
    return tree_flatten_with_path(tree, is_leaf, none_is_leaf=none_is_leaf)[0]


def tree_flatten_with_path(
    tree: Any, is_leaf: IsLeaf = None, *, none_is_leaf: bool = False, namespace: str = ""
) -> tuple[list[tuple[Any, ...]], list[Any], TreeSpec]:
    """Return where each leaf is, the leaves, and the structure."""
    paths: list[tuple[Any, ...]] = []
    leaves: list[Any] = []

    def descend(node: Any, path: tuple[Any, ...]) -> TreeSpec:
        parts = _parts(node, is_leaf, none_is_leaf)
        if parts is None:
            paths.append(path)
            leaves.append(node)
            return TreeSpec(None)
        pairs = zip(parts.children, parts.entries, strict=True)
        return TreeSpec(parts, [descend(child, (*path, entry)) for child, entry in pairs])

    spec = descend(tree, ())
    return paths, leaves, spec


def tree_unflatten(spec: TreeSpec, leaves: Any) -> Any:
    """Make a tree of a structure and new leaves.

    Raises:
        ValueError: If there are more or fewer leaves than the structure has.
    """
    new = list(leaves)
    if len(new) != spec.num_leaves:
        raise ValueError(f"Expected {spec.num_leaves} leaves. Received: {len(new)}")
    return _rebuilt(spec, iter(new))


def tree_map(
    function: Callable[..., Any],
    tree: Any,
    *others: Any,
    is_leaf: IsLeaf = None,
    none_is_leaf: bool = False,
    namespace: str = "",
) -> Any:
    """Call a function on the leaves of a tree, and on what others have in their places.

    Raises:
        ValueError: If another tree has another structure down to the first one's leaves.
    """
    leaves, spec = tree_flatten(tree, is_leaf, none_is_leaf=none_is_leaf)
    columns = [leaves, *(list(_down_to(spec, other, none_is_leaf)) for other in others)]
    return tree_unflatten(spec, [function(*row) for row in zip(*columns, strict=True)])


def _parts(node: Any, is_leaf: IsLeaf, none_is_leaf: bool) -> _Parts | None:
    """Take a node apart; None for a leaf."""
    if is_leaf is not None and is_leaf(node):
        return None
    cls = type(node)
    if node is None:
        return None if none_is_leaf else _Parts(None, (), (), lambda children: None)
    if cls in _classes:
        return _registered(node)
    if cls in (dict, OrderedDict, defaultdict):
        return _dictionary(node)
    if isinstance(node, tuple) and hasattr(node, "_fields"):
        return _Parts(cls, node, range(len(node)), lambda children: cls(*children))
    if cls is deque:
        length = node.maxlen
        return _Parts(
            (cls, length), list(node), range(len(node)), lambda children: deque(children, length)
        )
    return _Parts(cls, node, range(len(node)), cls) if cls in (list, tuple) else None


def _registered(node: Any) -> _Parts:
    flatten, unflatten = _classes[type(node)]
    children, data, *rest = flatten(node)
    children = list(children)
    entries = rest[0] if rest and rest[0] is not None else range(len(children))
    return _Parts(type(node), children, list(entries), lambda new: unflatten(data, new))


def _dictionary(node: Any) -> _Parts:
    """Take a dictionary apart, in the order of its keys; an ordered one in its own order."""
    keys = list(node)
    if not isinstance(node, OrderedDict):
        keys = _sorted(keys)

    def rebuild(children: list[Any]) -> Any:
        new = dict(zip(keys, children, strict=True))
        pairs = {key: new[key] for key in node}
        if isinstance(node, defaultdict):
            return defaultdict(node.default_factory, pairs)
        return type(node)(pairs)

    return _Parts((dict, frozenset(keys)), [node[key] for key in keys], keys, rebuild)


def _sorted(keys: list[Any]) -> list[Any]:
    """Sort keys; by their classes first, if they cannot be compared; or leave them as they are."""

    def class_and_key(key: Any) -> tuple[str, Any]:
        return f"{type(key).__module__}.{type(key).__qualname__}", key

    for by in (None, class_and_key):
        with suppress(TypeError):
            return sorted(keys, key=by)
    return keys


def _rebuilt(spec: TreeSpec, leaves: Iterator[Any]) -> Any:
    if spec.parts is None:
        return next(leaves)
    return spec.parts.rebuild([_rebuilt(child, leaves) for child in spec.children])


def _down_to(spec: TreeSpec, tree: Any, none_is_leaf: bool) -> Iterator[Any]:
    """Yield what a tree has where a structure has its leaves."""
    if spec.parts is None:
        yield tree
        return
    parts = _parts(tree, None, none_is_leaf)
    if parts is None or parts.kind != spec.parts.kind or len(parts.children) != len(spec.children):
        raise ValueError(f"Expected a node like {spec.parts.kind}. Received: {tree!r}")
    others = dict(zip(parts.entries, parts.children, strict=True))
    for child, entry in zip(spec.children, spec.parts.entries, strict=True):
        yield from _down_to(child, others[entry], none_is_leaf)
