"""What a check asks of a learner's function: calls with arguments that the judge chose."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checks.graph import Graph
from checks.graph.interpreter import Weights
from checks.graph.operation import Shape


@dataclass(frozen=True)
class Images:
    """A symbolic batch of images (a `keras.Input`) as an argument.

    Attributes:
        shape: Height, width and channels.
    """

    shape: Shape

    def __str__(self) -> str:
        """Return words for a report."""
        return "images of the shape " + "×".join(map(str, self.shape))


@dataclass(frozen=True)
class Network:
    """A Keras model as an argument, built where the learner's function lives.

    Attributes:
        graph: What the model computes; its layers bear the names of the nodes.
        weights: Weights by layer and name; None leaves them as Keras draws them.
    """

    graph: Graph
    weights: Weights | None = None

    def __str__(self) -> str:
        """Return words for a report."""
        return f"a network of {len(self.graph.nodes) - 1} layers"


@dataclass(frozen=True)
class TransferNetwork:
    """A compiled Keras model as an argument: a frozen backbone, called as one layer, and a head.

    Attributes:
        backbone: What the backbone computes.
        head: What the head computes from the backbone's output: one layer after the other.
    """

    backbone: Graph
    head: Graph

    def __str__(self) -> str:
        """Return words for a report."""
        layers = len(self.backbone.nodes) - 1
        return f"a network with a frozen backbone of {layers} layers and a head"


@dataclass(frozen=True)
class Case:
    """One call of a learner's function, or two in one network.

    Attributes:
        covers: What the case stands for, such as "other kernel sizes": the name of its result.
        arguments: Arguments by name, in the order of the parameters; only the last may be left
            out. Plain values, arrays, `Images`, `Network` or `TransferNetwork`.
        then: Arguments of a second call, which takes the first call's output as its images.
        raises: Name of the exception that refuses the arguments, such as "ValueError", where the
            function should refuse them. Such a case covers "refuses …", followed by what it is
            that is refused. Not for the first case of an exercise.
    """

    covers: str
    arguments: Mapping[str, Any]
    then: Mapping[str, Any] | None = field(default=None)
    raises: str | None = None

    def in_words(self) -> str:
        """Return the arguments for a report: "f = 5, filters = (4, 6, 8)"."""
        words = _listed(self.arguments)
        if self.then is None:
            return words
        later = {name: each for name, each in self.then.items() if not isinstance(each, Images)}
        return f"{words}, and then on its output {_listed(later)}"


def _listed(arguments: Mapping[str, Any]) -> str:
    return ", ".join(f"{name} = {_short(value)}" for name, value in arguments.items())


def _short(value: Any) -> str:
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"array of the shape {tuple(value.shape)}, dtype {value.dtype}"
    return str(value) if isinstance(value, Images | Network | TransferNetwork) else repr(value)
