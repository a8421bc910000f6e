"""Reads Einstein sums as what they are: axes in another order, products and sums over axes."""

import re
from collections.abc import Sequence

from checks.graph.graph import GraphBuilder

#: Products over the last axis of the first operand and the first of the second.
_LAST_WITH_FIRST = re.compile(r"^(\w*|\.\.\.)(\w),\2(\w)->\1\3$")


def is_dense(subscripts: str) -> bool:
    """Return whether an Einstein sum takes a matrix to the last axis, as a dense layer does."""
    return bool(_LAST_WITH_FIRST.match(subscripts.replace(" ", "")))


def add_einsum(
    builder: GraphBuilder, name: str, owner: str, subscripts: str, inputs: Sequence[str]
) -> str | None:
    """Add the operations that an Einstein sum of tensors with a batch axis stands for.

    Args:
        builder: Gets the nodes.
        name: The name of the node that multiplies; the others have longer ones.
        owner: The name of the layer.
        subscripts: What is summed, such as "bhwc,bc->bhwc".
        inputs: The nodes that are multiplied.

    Returns:
        The node of the result. None, and nothing is added, where the sum cannot be read: it takes
        a diagonal, mixes images, or has an operand without a batch axis.
    """
    shapes = [builder.nodes[each].shape for each in inputs]
    parts = _with_letters(subscripts.replace(" ", ""), [len(shape) + 1 for shape in shapes])
    if parts is None:
        return None
    terms, output = parts
    whole = zip(terms, shapes, strict=True)
    if not output or any(
        term[:1] != output[0] or len(set(term)) != len(term) or len(term) != len(shape) + 1
        for term, shape in whole
    ):
        return None
    given = "".join(dict.fromkeys("".join(terms)))
    if len(set(output)) != len(output) or not set(output) <= set(given):
        return None
    order = output[1:] + "".join(each for each in given if each not in output)
    factors = [
        _spread(builder, f"{name}: operand {number}", owner, (X, term[1:]), order)
        for number, (X, term) in enumerate(zip(inputs, terms, strict=True), start=1)
    ]
    result = factors[0]
    if len(factors) > 1:
        result = builder.add(name, "multiply", *factors, layer=owner)
    if len(order) >= len(output):
        axes = tuple(range(len(output), len(order) + 1))
        sums = {"kind": "sum", "axes": axes, "keepdims": False}
        result = builder.add(f"{name}: sum", "reduce", result, layer=owner, **sums)
    return result


def _with_letters(subscripts: str, ranks: Sequence[int]) -> tuple[list[str], str] | None:
    """Return the terms and the output with letters of their own in the place of dots."""
    left, arrow, output = subscripts.partition("->")
    terms = left.split(",")
    if not arrow or len(terms) != len(ranks):
        return None
    free = [each for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if each not in subscripts]
    dots = [
        rank - len(term.replace("...", "")) if "..." in term else 0
        for term, rank in zip(terms, ranks, strict=True)
    ]
    if min(dots) < 0:
        return None
    letters = "".join(free[: max(dots)])
    terms = [
        term.replace("...", letters[len(letters) - count :])
        for term, count in zip(terms, dots, strict=True)
    ]
    return terms, output.replace("...", letters)


def _spread(
    builder: GraphBuilder, name: str, owner: str, operand: tuple[str, str], order: str
) -> str:
    """Bring the axes of an operand into an order, with axes of length 1 for those it lacks."""
    X, own = operand
    dims = tuple(own.index(each) + 1 for each in order if each in own)
    if dims != tuple(range(1, len(own) + 1)):
        X = builder.add(f"{name}, turned", "permute", X, layer=owner, dims=dims)
    sizes = iter(builder.nodes[X].shape)
    target = tuple(next(sizes) if each in own else 1 for each in order)
    if target != builder.nodes[X].shape:
        X = builder.add(name, "reshape", X, layer=owner, target=target, implied=True)
    return X
