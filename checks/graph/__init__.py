"""Networks as data: operations and what they read, run in NumPy, brought into one form.

A network is read here from Keras's description of it, without Keras. Nothing here knows of
exercises, mistakes or reports; it imports nothing from the other rooms.
"""

from checks.graph.graph import (
    Graph,
    GraphBuilder,
    Node,
    ShapesDoNotFit,
    ancestors,
    chained,
    pruned,
    unfinished,
)

__all__ = [
    "Graph",
    "GraphBuilder",
    "Node",
    "ShapesDoNotFit",
    "ancestors",
    "chained",
    "pruned",
    "unfinished",
]
