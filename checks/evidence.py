"""What a probe says of a learner's function, and a judge reads: the seam of a check.

A probe writes these records where the function lives. Where that is a sandbox, they travel as JSON,
and whoever wrote that is not to be trusted: `read` takes nothing that has another form than the
fields say. To add something to the evidence, add a field.
"""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

from checks.encoding import Malformed, checked

T = TypeVar("T")

#: Characters of a text and entries of a list, where a field does not say otherwise.
LONGEST, MOST = 500, 500


@dataclass(frozen=True)
class Longest:
    """A text is cut after this many characters."""

    characters: int


@dataclass(frozen=True)
class Most:
    """A list or a mapping may have this many entries."""

    entries: int


@dataclass(frozen=True)
class Below:
    """A number is neither negative nor this large."""

    limit: int


@dataclass(frozen=True)
class OneOf:
    """A text is one of these."""

    words: tuple[str, ...]


class Encoded:
    """A value in the form of `checks.encoding`."""


Message = Annotated[str, Longest(4_000)]
LineNumber = Annotated[int, Below(1_000_000)]
Layers = Most(10_000)
#: The JSON of a Keras model, which `checks.graph.keras_graph` reads and bounds.
Model = Mapping[str, Any]
#: The shape of an output without the axis of the images; None stands for any size.
AnyShape = Annotated[tuple[Annotated[int, Below(2**31)] | None, ...], Most(32)]


@dataclass(frozen=True)
class Error:
    """What a function raised.

    Attributes:
        type: The name of its class.
        types: That, and the names of the classes that it is derived from.
        message: What Python said.
        line: The last line of the learner's own code; nothing where that is not known.
        line_number: Its number.
        in_function: Whether it is a line of the function itself.
        first_statement: Whether it is the function's first one.
        variables: What each variable held, as `checks.probing.variables.held` puts it.
        set_to_none: The variables that the learner's code sets to None.
        traceback: All that Python has to say.
    """

    type: str
    types: tuple[str, ...] = ()
    message: Message = ""
    line: str = ""
    line_number: LineNumber | None = None
    in_function: bool = True
    first_statement: bool = True
    variables: Mapping[str, str] = field(default_factory=dict)
    set_to_none: tuple[str, ...] = ()
    traceback: Message = ""


@dataclass(frozen=True)
class Layer:
    """A layer, or a function of Keras, by its class and its name."""

    class_name: str
    name: str


@dataclass(frozen=True)
class FailedCall:
    """The call of a layer that failed.

    Attributes:
        class_name: The class of the layer.
        name: Its name.
        again: Whether it had been called before.
        layers: The classes of the layers that it was given instead of tensors.
        others: What else it was given instead of tensors: names of types.
    """

    class_name: str
    name: str
    again: bool
    layers: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


@dataclass(frozen=True)
class Built:
    """What a function built before it ended without a network.

    Attributes:
        graph: The network so far, with the call that failed as its layer
            `checks.graph.keras_graph.STOPPED`; None if there is none.
        stopped: More of the call that failed.
        making: The class of the layer that could not be made; nothing if there is none.
        inputs: The shapes of the inputs that were made.
        uncalled: The layers that were made and never called.
        variables: The name of the layer whose output each variable holds.
    """

    graph: Model | None = None
    stopped: FailedCall | None = None
    making: str = ""
    inputs: Annotated[tuple[AnyShape, ...], Layers] = ()
    uncalled: Annotated[tuple[Layer, ...], Layers] = ()
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Value:
    """What a function returned.

    Attributes:
        kind: "tensor" or "model" of Keras, or "value" for everything else.
        value: Of a value, its encoding.
        changed_arguments: Names of the arguments whose numbers the function changed.
        changed_settings: What it changed of models besides, by the name of the argument.
        returns_the_same_model: Whether it returned one of its arguments.
        keeps_what_was_learned: Whether all weights that models came with are in the result.
        graph: Of a network, what it computes.
        shape: The shape of its output.
        frozen: Names of the layers of which training changes nothing.
        unfrozen_without_weights: How many layers inside its models are trainable and have no
            weights.
        unused: The layers that were called and lead nowhere.
        uncalled: The layers that were made and never called.
        trainable_parameters: How many numbers training changes.
        learning_rate: That of the optimiser; None if the model is not compiled.
        new_optimiser: Whether the optimiser has not been used.
        optimiser: The class of the optimiser.
        loss: The name of the loss.
    """

    kind: Annotated[str, OneOf(("tensor", "model", "value"))]
    value: Annotated[Any, Encoded] = None
    changed_arguments: tuple[str, ...] = ()
    changed_settings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    returns_the_same_model: bool = False
    keeps_what_was_learned: bool | None = None
    graph: Model | None = None
    shape: AnyShape = ()
    frozen: Annotated[tuple[str, ...], Layers] = ()
    unfrozen_without_weights: int = 0
    unused: Annotated[tuple[Layer, ...], Layers] = ()
    uncalled: Annotated[tuple[Layer, ...], Layers] = ()
    trainable_parameters: float | None = None
    learning_rate: float | None = None
    new_optimiser: bool = False
    optimiser: str | None = None
    loss: str | None = None


@dataclass(frozen=True, eq=False)
class Record:
    """What became of one case.

    Attributes:
        outcome: "returned" with a value, "raised" with an error, or "out of time".
        value: What the function returned.
        error: What it raised.
        seconds: How long it ran, if it did not come to an end.
        built: What it built, where there is no network in the end.
        lines: The lines in which layers were called, each as its number and its code, by the names
            of the layers: the outermost and the innermost line of the learner's code.
    """

    outcome: Annotated[str, OneOf(("returned", "raised", "out of time"))]
    value: Value | None = None
    error: Error | None = None
    seconds: Annotated[float, Below(1_000_000)] = 0.0
    built: Built | None = None
    lines: Annotated[
        Mapping[str, Annotated[tuple[tuple[LineNumber, str], ...], Most(2)]], Layers
    ] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a record that lacks what its outcome promises."""
        if self.outcome == "returned" and self.value is None:
            raise Malformed("a call returned, and nothing is said of what")
        if self.outcome == "raised" and self.error is None:
            raise Malformed("a call raised, and nothing is said of what")

    @property
    def result(self) -> Value:
        """What a function returned that did."""
        if self.value is None:
            raise Malformed("nothing was returned")
        return self.value


@dataclass(frozen=True)
class Evidence:
    """What a probe says of a function.

    Attributes:
        callable: Whether it is a function at all.
        type: The name of its type.
        parameters: Names of its parameters; None where Python cannot tell, or where any will do.
        printed: What it printed.
        cases: What became of the cases, one after the other, until time was over.
        missing: Whether there is nothing of the function's name at all, where one was looked for.
    """

    callable: bool
    type: str = "function"
    parameters: tuple[str, ...] | None = None
    printed: Annotated[str, Longest(10_000)] = ""
    cases: tuple[Record, ...] = ()
    missing: bool = False


def written(record: Any) -> Any:
    """Return a record as plain data for JSON. What is as if nothing was said is left out."""
    if is_dataclass(record):
        return {
            each.name: written(value)
            for each in fields(record)
            if (value := getattr(record, each.name)) != _default(each)
        }
    return [written(each) for each in record] if isinstance(record, tuple) else record


def read(kind: type[T], data: Any) -> T:
    """Read a record from plain data that nobody has checked.

    Args:
        kind: The class of the record.
        data: What `written` returned, after its way through JSON.

    Raises:
        Malformed: If the data have another form than the record's fields.
    """
    result: T = _read(kind, data)
    return result


def _default(item: Any) -> Any:
    return item.default_factory() if item.default_factory is not MISSING else item.default


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _read(kind: Any, data: Any, bound: Any = None) -> Any:
    """Read what has a type, as the annotations of fields say it."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return checked(data) if inner[1] is Encoded else _read(inner[0], data, inner[1])
    if origin is UnionType or NoneType in inner:
        return None if data is None else _read(inner[0], data, bound)
    if is_dataclass(kind):
        return _read_record(kind, data)
    if origin is tuple:
        return _read_tuple(inner, data, bound)
    if origin is not None:
        return _read_mapping(inner, data, bound)
    return _read_plain(kind, data, bound)


def _read_record(kind: Any, data: Any) -> Any:
    if not isinstance(data, dict):
        raise Malformed(f"something is said that is no {kind.__name__}")
    hints = _hints(kind)
    for each in fields(kind):
        if each.name not in data and _default(each) is MISSING:
            raise Malformed(f"{kind.__name__} lacks {each.name}")
    return kind(**{name: _read(hint, data[name]) for name, hint in hints.items() if name in data})


def _read_tuple(inner: Sequence[Any], data: Any, bound: Most | None) -> tuple[Any, ...]:
    if not isinstance(data, list) or len(data) > (bound.entries if bound else MOST):
        raise Malformed("a list is missing or too long")
    if inner[-1] is Ellipsis:
        return tuple(_read(inner[0], each) for each in data)
    if len(data) != len(inner):
        raise Malformed("a list has another length")
    return tuple(map(_read, inner, data))


def _read_mapping(inner: Sequence[Any], data: Any, bound: Most | None) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise Malformed("an object is missing")
    if inner[1] is Any:
        return data
    if len(data) > (bound.entries if bound else MOST):
        raise Malformed("an object has too many entries")
    return {_read(inner[0], name): _read(inner[1], each) for name, each in data.items()}


def _read_plain(kind: Any, data: Any, bound: Any) -> Any:
    if kind is str:
        if not isinstance(data, str) or (isinstance(bound, OneOf) and data not in bound.words):
            raise Malformed("a text is missing, or not one of those known")
        longest = bound.characters if isinstance(bound, Longest) else LONGEST
        return data[:longest].encode("utf-8", "replace").decode("utf-8")
    if type(data) is not kind and not (kind is float and type(data) is int):
        raise Malformed(f"something is not of the type {kind.__name__}")
    if isinstance(bound, Below) and not 0 <= data < bound.limit:
        raise Malformed("a number is negative or too large")
    return data
