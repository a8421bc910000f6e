"""Says why layers of one network have the same name."""

import re

from checks.case import Case
from checks.evidence import Error
from checks.messages.python_errors import Explanation, plain

#: What the names of layers are built from.
_PARTS = ("stage", "block", "name")

_COLLISION = re.compile(r'The name "(?P<name>.+?)" is used|names should be unique')


def explain_collision(error: Error, parameters: tuple[str, ...], case: Case) -> Explanation | None:
    """Explain that names of layers collide; None where that is not the error.

    Args:
        error: What the evidence says of it.
        parameters: Names of the exercise's parameters.
        case: The call, or the two calls in one network.
    """
    match = _COLLISION.search(plain(error.message))
    if match is None:
        return None
    named = f', "{match["name"]}"' if match["name"] else ""
    if case.then is not None:
        given = [part for part in _PARTS if case.arguments.get(part) != case.then.get(part)]
        parts = " or ".join(f"`{part}`" for part in given)
        return Explanation(
            f"The names of layers do not depend on {parts}",
            f"Called twice for one network, the function gives layers the same name{named}. Keras "
            "needs names that are unique.",
            f"Build the name of each layer from {parts.replace(' or ', ' and ')}.",
        )
    if "block" in parameters or "name" in parameters:
        return Explanation(
            f"Several layers of one block have the same name{named}",
            "Keras needs names that are unique in a network.",
            "Give each layer of the block a different name: add something that tells them apart, "
            "such as `2a`, `2b` and `2c`.",
        )
    if not match["name"] or "branch" not in match["name"]:
        return Explanation(
            f"Several layers have the same name{named}",
            "Keras needs names that are unique in a network.",
            "Give each layer a different name, or none: Keras then makes one up.",
        )
    return Explanation(
        f"Two blocks give their layers the same name{named}",
        "Keras needs names that are unique in a network, and the names of a block's layers come "
        "from its stage and its letter.",
        "Give each block a different `stage` or `block`.",
    )
