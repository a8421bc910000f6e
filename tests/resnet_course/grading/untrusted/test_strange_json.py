"""JSON is read unless it would take far more memory than its text."""

import json
import time
import tracemalloc

import pytest

from resnet_course.grading.untrusted import strange_json
from resnet_course.grading.untrusted.strange_json import MAXIMUM_VALUES, TooManyValues, read_json

SIZE = 2 * 2**20


@pytest.mark.parametrize(
    "content",
    [{}, [], "a", 1, {"cells": [{"source": ["a", 'b"[,\\'], "n": None}]}, "[,{:" * 600_000],
)
def test_what_is_written_is_read(content):
    assert read_json(json.dumps(content).encode()) == content
    assert read_json(b"\xef\xbb\xbf" + json.dumps(content).encode()) == content


def test_as_many_values_as_are_allowed_are_read():
    assert len(read_json(b"[" + b"0," * (MAXIMUM_VALUES - 1) + b"0]")) == MAXIMUM_VALUES


@pytest.mark.parametrize(
    "value",
    [b"[]", b"{}", b"0", b'""', b'{"a":1}', b'"\\"",[]', b"[[[[[[[[[]]]]]]]]]", b'{"a":{"a":{}}}'],
)
def test_more_are_refused_before_they_take_memory(monkeypatch, value):
    monkeypatch.setattr(strange_json, "MAXIMUM_VALUES", 100_000)
    content = b"[" + (value + b",") * (SIZE // (len(value) + 1)) + value + b"]"
    tracemalloc.start()
    try:
        with pytest.raises(TooManyValues, match="more than 100,000 values"):
            read_json(content)
        assert tracemalloc.get_traced_memory()[1] < 2 * SIZE
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("value", [b"[]", b'{"a":1}', b'{"abcdef":{"a":{}}}', b'"abcdefgh"'])
def test_what_is_allowed_takes_little(value):
    signs = sum(map((value + b",").count, (b",", b":", b"[", b"{")))
    content = b"[" + (value + b",") * (MAXIMUM_VALUES // signs - 2) + b"0]"
    tracemalloc.start()
    try:
        read_json(content)
        assert tracemalloc.get_traced_memory()[1] < 160 * 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("content", [b"", b"{", b'{"a": "' + b"[," * 900_000, b"\xff", b"nothing"])
def test_what_is_no_json_is_refused(content):
    with pytest.raises(ValueError):
        read_json(content)


@pytest.mark.parametrize("inside", [rb"\"", rb"\\", rb"\n", rb'"', b'",'])
def test_what_holds_a_string_without_end_is_refused_in_no_time(inside):
    content = b"," * (MAXIMUM_VALUES + 2) + b'"' + inside * 1_000_000
    begun = time.process_time()
    with pytest.raises(ValueError):
        read_json(content)
    assert time.process_time() - begun < 5


def test_what_is_too_deep_is_refused():
    with pytest.raises(RecursionError):
        read_json(b"[" * 500_000)
