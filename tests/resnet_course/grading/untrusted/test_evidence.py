"""Evidence is read only where it has the form that the probe gives it."""

import json

import pytest

from checks.encoding import Malformed
from checks.evidence import written
from resnet_course.grading.untrusted.evidence import CellResult, Remark, read_cell, read_probe

RECORD = {
    "outcome": "returned",
    "value": {
        "kind": "value",
        "value": {"sequence": [1, 2.5, {"array": [1, 2], "shape": [2], "dtype": "int64"}]},
    },
}
EVIDENCE = {"callable": True, "parameters": ["f"], "cases": [RECORD]}


def content(**changes):
    return json.dumps(EVIDENCE | changes).encode()


def built(**changes):
    return content(cases=[RECORD | {"built": changes}])


def value(**changes):
    return content(cases=[{"outcome": "returned", "value": RECORD["value"] | changes}])


def test_what_the_probe_writes_is_read():
    assert written(read_probe(content(), 1)) == EVIDENCE


def test_what_a_real_probe_writes_is_read():
    from checks.probing.probe import probe
    from resnet_course.grading.marking.judging import arguments_only, draw_cases

    cases = draw_cases("identity_block_parameters", 7)
    said = probe(lambda f, channels, filters: f, arguments_only(cases))
    read = read_probe(json.dumps(written(said)).encode(), len(cases))
    assert [each.result.value for each in read.cases] == [case.arguments["f"] for case in cases]


@pytest.mark.parametrize(
    "exercise", ["identity_block", "transfer_model", "unfreeze", "compare_stages"]
)
def test_what_a_real_probe_writes_of_networks_is_read_whole(exercise):
    from checks.probing.probe import probe
    from resnet_course.desk.solutions import reference_solution
    from resnet_course.grading.marking.judging import arguments_only, draw_cases

    cases = draw_cases(exercise, 7)
    said = json.dumps(written(probe(reference_solution(exercise), arguments_only(cases))))
    read = read_probe(said.encode(), len(cases))
    assert json.loads(json.dumps(written(read))) == json.loads(said)


def test_what_a_real_probe_writes_of_a_function_that_raises_is_read_whole():
    from keras import layers

    from checks.probing.probe import probe
    from resnet_course.grading.marking.judging import arguments_only, draw_cases

    def identity_block(X, f, filters, stage, block):
        lost = layers.ReLU()
        return layers.Add()([layers.Conv2D(filters[0], 1)(X), X, lost])

    cases = draw_cases("identity_block", 7)
    said = json.dumps(written(probe(identity_block, arguments_only(cases))))
    read = read_probe(said.encode(), len(cases))
    assert json.loads(json.dumps(written(read))) == json.loads(said)
    assert read.cases[0].built.stopped.layers == ("ReLU",)
    assert read.cases[0].built.uncalled[0].class_name == "ReLU"


def test_other_words_on_what_was_built_are_not_read():
    layer = {"class_name": "A", "name": "b"}
    claim = {"graph": {}, "score": 1.0, "passed": True, "uncalled": [layer | {"points": 3}]}
    read = read_probe(content(cases=[RECORD | {"built": claim}], score=1.0), 1)
    assert written(read.cases[0].built) == {"graph": {}, "uncalled": [layer]}


@pytest.mark.parametrize(
    "lines",
    [
        [],
        {"conv": [3, "X = Y"]},
        {"conv": [["3", "X = Y"]]},
        {"conv": [[-1, "X = Y"]]},
        {"conv": [[3, 4]]},
        {"conv": [[3, "X = Y"]] * 3},
        {"conv": [[True, "X = Y"]]},
    ],
)
def test_lines_of_another_form_are_refused(lines):
    with pytest.raises(Malformed):
        read_probe(content(cases=[RECORD | {"lines": lines}]), 1)


def test_a_long_line_is_cut_short():
    read = read_probe(content(cases=[RECORD | {"lines": {"conv": [[3, "X" * 9_000]]}}]), 1)
    ((_, line),) = read.cases[0].lines["conv"]
    assert len(line) <= 500


def test_calls_without_a_record_count_as_unfinished():
    outcomes = [each.outcome for each in read_probe(content(), 3).cases]
    assert outcomes == ["returned", "out of time", "out of time"]


@pytest.mark.parametrize(
    "evidence",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"callable": ' + b"9" * 100_000 + b"}",
        b'{"callable": 1}',
        content(parameters="f"),
        content(type=None),
        content(printed=5),
        content(cases=[RECORD, RECORD]),
        content(cases="none"),
        content(cases=[{"outcome": "passed"}]),
        content(cases=[{"outcome": "raised", "error": {"type": "E", "types": "E"}}]),
        content(cases=[{"outcome": "raised"}]),
        content(cases=[{"outcome": "returned", "error": {"type": "E"}}]),
        content(cases=[{"outcome": "raised", "error": {"type": "E", "line_number": -1}}]),
        content(cases=[{"outcome": "out of time", "seconds": -1}]),
        content(cases=[{"outcome": "out of time", "seconds": 10**7}]),
        content(missing="yes"),
        content(cases=[RECORD | {"built": "all of it"}]),
        built(graph="a graph"),
        built(stopped="here"),
        built(stopped={"class_name": 7}),
        built(stopped={"class_name": "Add", "name": "sum", "layers": "ReLU", "others": []}),
        built(stopped={"class_name": "Add", "name": "sum", "layers": [], "others": [None]}),
        built(uncalled="ReLU"),
        built(uncalled=[{"class_name": 1, "name": "a"}]),
        built(variables=["X"]),
        built(variables={"X": 1}),
        built(variables={str(number): "a" for number in range(600)}),
        value(kind="verdict"),
        value(changed_arguments=None),
        value(graph="a graph"),
        value(shape=[10**30]),
        value(frozen=[{}]),
        value(frozen=["a"] * 20_000),
        value(unused="a layer"),
        value(trainable_parameters="many"),
        value(unfrozen_without_weights=1.5),
        value(new_optimiser=1),
        value(learning_rate=[0.1]),
        value(optimiser=7),
        value(returns_the_same_model="yes"),
        value(changed_settings=["all"]),
        value(value=[1]),
        value(value={"array": [1], "shape": [2], "dtype": "int64"}),
        value(value={"array": [1], "shape": [1], "dtype": "object"}),
        value(value={"array": ["1"], "shape": [1], "dtype": "float64"}),
        value(value={"not finite": "42"}),
        value(value={"mapping": [[1, 2]]}),
        value(value={"unheard of": 1}),
    ],
)
def test_other_forms_are_refused(evidence):
    with pytest.raises(Malformed):
        read_probe(evidence, 1)


def test_how_a_cell_ended_is_read():
    error = {"type": "ValueError", "message": "no", "line": 3}
    warning = {"type": "SyntaxWarning", "message": "perhaps", "line": None}
    ended = {"outcome": "raised", "error": error, "warnings": [warning]}
    read = read_cell(json.dumps(ended).encode())
    assert read.error == Remark("ValueError", "no", 3)
    assert read.warnings == (Remark("SyntaxWarning", "perhaps"),)
    assert read_cell(b'{"outcome": "ran", "points": 5}') == CellResult("ran")


@pytest.mark.parametrize("ended", [b'{"outcome": "passed"}', b'{"outcome": "raised"}'])
def test_a_cell_that_says_something_else_is_refused(ended):
    with pytest.raises(Malformed):
        read_cell(ended)


def test_what_a_cell_says_is_not_even_parsed_where_it_is_long():
    error = {"type": "E", "message": "", "line": 1}
    said = json.dumps({"outcome": "raised", "error": error}).encode()
    assert read_cell(said).error.type == "E"
    with pytest.raises(Malformed, match="too long"):
        read_cell(said + b" " * 100_000)
