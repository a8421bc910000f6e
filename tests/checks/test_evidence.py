"""The records between probe and judge: what is written is read again, and nothing else is."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from checks.encoding import Malformed
from checks.evidence import (
    Below,
    Built,
    Encoded,
    Error,
    Evidence,
    FailedCall,
    Layer,
    Longest,
    Most,
    OneOf,
    Record,
    Value,
    read,
    written,
)

RECORDS = (Evidence, Record, Value, Built, Error, FailedCall, Layer)
FIELDS = [(record, each.name) for record in RECORDS for each in fields(record)]
#: A value of a function may be anything that has an encoding.
TYPED = [each for each in FIELDS if each != (Value, "value")]


def hint(record: type, name: str) -> Any:
    return get_type_hints(record, include_extras=True)[name]


def sample(kind: Any) -> Any:
    """Return some value of a type, in the form that it has in JSON."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin is Annotated:
        if inner[1] is Encoded:
            return {"sequence": [1, "a"]}
        return inner[1].words[0] if isinstance(inner[1], OneOf) else sample(inner[0])
    if NoneType in inner:
        return sample(inner[0])
    if is_dataclass(kind):
        return {each.name: sample(hint(kind, each.name)) for each in fields(kind)}
    if origin is tuple:
        return [sample(inner[0])] if inner[-1] is Ellipsis else [sample(each) for each in inner]
    if origin is not None:
        return {"a": 1} if inner[1] is Any else {"a": sample(inner[1])}
    return {str: "a", bool: True, int: 3, float: 0.5}[kind]


@pytest.mark.parametrize("record", RECORDS)
def test_a_full_record_is_read_as_it_was_written(record):
    data = json.loads(json.dumps(written(read(record, sample(record)))))
    assert written(read(record, data)) == written(read(record, sample(record)))
    assert all(hasattr(read(record, data), each.name) for each in fields(record))


@pytest.mark.parametrize("record", RECORDS)
def test_what_is_as_if_nothing_was_said_is_not_written(record):
    least = {name: sample(hint(record, name)) for name in required(record)}
    assert written(read(record, least)).keys() <= least.keys() | {"value", "error"}


def required(record: type) -> list[str]:
    names = [each.name for each in fields(record) if each.name not in read_defaults(record)]
    return [*names, "value"] if record is Record else names


def read_defaults(record: type) -> set[str]:
    from dataclasses import MISSING

    return {
        each.name
        for each in fields(record)
        if each.default is not MISSING or each.default_factory is not MISSING
    }


@pytest.mark.parametrize(("record", "name"), TYPED)
def test_a_field_of_another_type_is_refused(record, name):
    right = sample(hint(record, name))
    for other in (5, "all of it", True, [[None]], 0.25):
        if type(other) is not type(right) and (type(right), type(other)) != (float, int):
            with pytest.raises(Malformed):
                read(record, sample(record) | {name: other})


@pytest.mark.parametrize(("record", "name"), FIELDS)
def test_every_text_list_and_number_is_bounded(record, name):
    kind = hint(record, name)
    bound = get_args(kind)[1] if get_origin(kind) is Annotated else None
    plain = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    plain = get_args(plain)[0] if NoneType in get_args(plain) else plain
    if plain is str and not isinstance(bound, OneOf):
        read_text = getattr(read(record, sample(record) | {name: "é\ud800" * 20_000}), name)
        assert len(read_text) == (bound.characters if isinstance(bound, Longest) else 500)
        assert read_text.encode()
    elif get_origin(plain) is tuple:
        many = sample(plain) * (1 + (bound.entries if isinstance(bound, Most) else 500))
        with pytest.raises(Malformed):
            read(record, sample(record) | {name: many})
    elif get_origin(plain) is not None and get_args(plain)[1] is not Any:
        entry = sample(get_args(plain)[1])
        with pytest.raises(Malformed):
            read(record, sample(record) | {name: {str(n): entry for n in range(10_001)}})
    elif isinstance(bound, Below):
        with pytest.raises(Malformed):
            read(record, sample(record) | {name: bound.limit})


@pytest.mark.parametrize("record", RECORDS)
@pytest.mark.parametrize("data", [None, [], "all of it", 5, {}])
def test_what_is_no_record_is_refused(record, data):
    if record is Built and data == {}:
        assert read(record, data) == Built()
        return
    with pytest.raises(Malformed):
        read(record, data)


@pytest.mark.parametrize("missing", [("returned", "value"), ("raised", "error")])
def test_a_record_lacks_nothing_that_its_outcome_promises(missing):
    outcome, name = missing
    data: Mapping[str, Any] = sample(Record) | {"outcome": outcome}
    assert read(Record, data).outcome == outcome
    with pytest.raises(Malformed):
        read(Record, {key: value for key, value in data.items() if key != name})
